"""Near turn and done: decided once, written down before sent, and nothing left of it afterwards."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from broker.messages import hall as m
from broker.messages.reminders import NearTurn, Remind
from hall.core import commands as c
from hall.core import reminders
from hall.core.remind_events import NearTurn as Near
from hall.shell.reminding import FILE, secrets
from hallfile.notes import REACH, Note, Notes
from hallfile.reminding import Gateway
from simulators.gateway.server import Gateway as SimulatedGateway
from tests.conftest import HandClock
from tests.hall.gateway import PHONE, asked, came
from tests.hall.kit import Hall, small
from tests.hall.stage import Stage


class TestTheCore:
    """Whose turn is near is decided from the state alone."""

    def test_near_is_few_people_ahead_and_said_once(self) -> None:
        hall = Hall(reminders={"near_people": 1, "near_minutes": 0})
        tickets = [hall.take() for _ in range(4)]
        hall.done(reminders.Remind, ticket=tickets[3].id)
        assert hall.done(reminders.LookNear) == []
        hall.call()
        assert hall.done(reminders.LookNear) == []
        hall.call("2")
        (near,) = hall.done(reminders.LookNear)
        assert isinstance(near, Near)
        assert (near.number, near.ahead) == ("A004", 1)
        assert hall.done(reminders.LookNear) == []
        assert not reminders.is_due(hall.state)

    def test_near_is_also_a_short_forecast(self) -> None:
        hall = Hall(reminders={"near_people": 0, "near_minutes": 60})
        hall.take()
        last = hall.take()
        hall.done(reminders.Remind, ticket=last.id, pager="17")
        (near,) = hall.done(reminders.LookNear)
        assert isinstance(near, Near)
        assert near.wait is not None
        assert (near.ahead, near.pager) == (1, "17")

    def test_who_wants_nothing_is_told_nothing(self) -> None:
        hall = Hall()
        hall.take()
        assert hall.done(reminders.LookNear) == []

    def test_a_wish_is_refused_for_what_is_over_or_unknown(self) -> None:
        hall = Hall()
        ticket = hall.take()
        assert hall.refused(reminders.Remind, ticket="no-such").reason == "unknown_ticket"
        hall.done(c.Cancel, ticket=ticket.id)
        assert hall.refused(reminders.Remind, ticket=ticket.id).reason == "reminder_over"

    def test_wishes_end_with_the_day(self) -> None:
        hall = Hall()
        hall.done(reminders.Remind, ticket=hall.take().id)
        hall.at("09:00", day=3)
        assert hall.state.reminding == {}


@asynccontextmanager
async def hall(clock: HandClock, data: Path, port: int) -> AsyncIterator[Stage]:
    gateways = {
        "sms": {
            "kind": "sms",
            "url": f"http://127.0.0.1:{port}/send?to={{phone}}",
            "body": "{text}",
            "success": '"code":0',
        }
    }
    file = small(gateways=gateways, reminders={"near_people": 1, "near_minutes": 0})
    async with Stage(file, clock, data).open() as stage:
        yield stage


async def test_from_the_wish_to_the_phone_and_nothing_is_left_of_it(
    clock: HandClock, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with SimulatedGateway().serving() as gateway, hall(clock, tmp_path, gateway.port) as stage:
        for _ in range(3):
            reply = await stage.ask(m.TakeTicket, service="a")
        ticket = str(reply.ticket)
        Notes(tmp_path, REACH).keep(ticket, Note(phone=PHONE), clock.now())
        assert (await stage.ask(Remind, ticket=ticket, pager="17")).ok
        await stage.ask(m.CallNext, counter="1")
        clock.move(3)
        near = await stage.hear(NearTurn)
        assert (near.number, near.ahead, near.pager) == ("A003", 1, "17")
        await came(gateway, 1)
        first = gateway.taken[0]
        assert first.path == f"/send?to={PHONE}"
        assert "A003 快到了，前面还有 1 人" in first.body.decode()
        await stage.ask(m.CallNext, counter="1")
        await stage.ask(m.CallNext, counter="1")
        clock.move(60)
        await stage.ask(m.Finish, counter="1")
        await came(gateway, 2)
        assert "已办理完毕" in gateway.taken[1].body.decode()
        clock.move(400)

        def erased() -> bool:
            clock.move(3)
            return not Notes(tmp_path, REACH).any_but(())

        await stage.until(erased)
    for file in tmp_path.rglob("*"):
        if file.is_file():
            assert PHONE.encode() not in file.read_bytes(), file
    assert PHONE not in caplog.text
    assert not any(PHONE in str(said) for _, said in stage._hearing)


async def test_what_was_decided_is_sent_though_the_controller_was_killed(
    clock: HandClock, tmp_path: Path
) -> None:
    async with SimulatedGateway(mood="refuses").serving() as gateway:
        async with hall(clock, tmp_path, gateway.port) as stage:
            reply = await stage.ask(m.TakeTicket, service="a")
            ticket = str(reply.ticket)
            Notes(tmp_path, REACH).keep(ticket, Note(phone=PHONE), clock.now())
            await stage.ask(Remind, ticket=ticket)
            clock.move(3)
            await stage.hear(NearTurn)
            await asked(gateway)
            await stage.stop()
            # as if the kill had come between the journal and the spool
            for file in tmp_path.glob(f"{FILE}*"):
                file.unlink()
            gateway.mood = "well"
            await stage.start()
            await came(gateway, 1)
        assert len(gateway.taken) == 1


def test_secrets_are_read_from_files_beside_the_hall_file(tmp_path: Path) -> None:
    from dataclasses import replace

    from msgspec.structs import replace as with_keys

    from tests.console_hall import premises_in

    premises = premises_in(tmp_path)
    gateway = Gateway(url="http://g.example", secret_file="hook.secret")
    there = replace(
        premises,
        path=tmp_path / "hall.toml",
        hall=with_keys(premises.hall, gateways={"g": gateway}),
    )
    assert secrets(there) == {}
    (tmp_path / "hook.secret").write_text("key\n", encoding="utf-8")
    assert secrets(there) == {"g": "key"}
