"""From a ticket's own page to the handler's: a number goes through the private notes, not over the bus."""

from pathlib import Path

from broker.messages import hall as m
from console.house import House
from console.public import contact
from hallfile.load import load
from hallfile.notes import Notes
from hallfile.premises import Premises
from tests.conftest import HandClock
from tests.hall.stage import Stage

EXAMPLE = Path(__file__).parents[2] / "examples" / "dezhou.toml"


async def test_who_was_not_satisfied_leaves_a_number_once_it_is_asked_for(
    clock: HandClock, tmp_path: Path
) -> None:
    async with Stage(load(EXAMPLE), clock, tmp_path).open() as stage:
        house = House.on(Premises.open(EXAMPLE, tmp_path, None), stage.bus)
        say = house.tongue("zh-CN")
        ticket = str((await stage.ask(m.TakeTicket, service="a")).ticket)
        await stage.ask(m.CallNext, counter="1")
        await stage.ask(m.Start, counter="1")
        await stage.ask(m.Finish, counter="1")
        assert contact.form(house, say, ticket) is None
        # a good grade is no matter to call about: nothing of it is kept
        early = await contact.take(house, say, ticket, {"phone": "0534-555 0100"})
        assert "没有需要回复" in early
        await stage.ask(m.Rate, ticket=ticket, grade=1)
        await stage.until(lambda: contact.form(house, say, ticket))
        assert "</button>" in str(contact.form(house, say, ticket))
        assert await contact.take(house, say, ticket, {"phone": "call me"}) == say("ticket.no_such_phone")
        told = await contact.take(house, say, ticket, {"name": "李女士", "phone": "0534-555 0100"})
        assert told == say("ticket.contact_left")
        (task,) = [task for task in stage.state.duties.tasks.values() if task.ticket == ticket]
        assert task.note is not None
        note = Notes(tmp_path).read(task.note)
        assert note is not None
        assert (note.name, note.phone) == ("李女士", "0534-555 0100")
        await stage.until(lambda: contact.form(house, say, ticket) is None)
        assert b"0534-555" not in b"".join(one.payload for one in stage.broker.retained.values())
        kept = b"".join(file.read_bytes() for file in tmp_path.glob("journal*"))
        assert b"0534-555" not in kept
