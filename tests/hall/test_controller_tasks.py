"""Tasks as the bus shows them, the draw at a day's end, and private notes that go when nobody needs them."""

from pathlib import Path
from typing import Any

from broker.messages import hall as m
from broker.messages import tasks as t
from broker.messages.envelope import Reply
from hall.core.followup import draw
from hall.core.task_events import FollowUpDrawn
from hall.journal.reader import read
from hallfile.notes import Note, Notes
from tests.conftest import HandClock
from tests.hall.kit import FRIDAY, small
from tests.hall.stage import Stage

WANG = {"by": "console/wang"}
STAFF = {"wang": {"name": "王主任", "name_en": "Wang"}}


def shown(stage: Stage) -> dict[str, t.TaskState]:
    """The tasks as they were last told, by what they are about."""
    return {task.ticket or task.kind: task for task in stage.all(t.TaskState)}


async def served(stage: Stage) -> str:
    taken = await stage.ask(m.TakeTicket, service="a")
    await stage.ask(m.CallNext, counter="1")
    await stage.ask(m.Start, counter="1")
    await stage.ask(m.Finish, counter="1")
    return str(taken.ticket)


async def step(stage: Stage, task: str, name: str, outcome: str | None = None) -> Reply:
    keys: dict[str, Any] = {} if outcome is None else {"outcome": outcome}
    return await stage.ask(t.StepTask, task=task, step=name, **keys, **WANG)


async def test_a_bad_rating_is_a_task_whose_note_is_erased_when_it_is_closed(
    clock: HandClock, tmp_path: Path
) -> None:
    stage = Stage(small(staff=STAFF), clock, tmp_path)
    notes = Notes(tmp_path)
    async with stage.open():
        ticket = await served(stage)
        await stage.ask(m.Rate, ticket=ticket, grade=1)
        await stage.until(lambda: ticket in shown(stage))
        task = f"rating-{ticket.lower()}"
        assert shown(stage)[ticket].handler == "wang"
        assert [near.step for near in shown(stage)[ticket].next] == ["verified", "extended"]
        notes.keep("n1", Note("李女士", "555-0100", ""), clock.now())
        assert (await stage.ask(t.LeaveContact, ticket=ticket, note="n1")).ok
        await stage.until(lambda: shown(stage)[ticket].contact == "left")
        for name, outcome in (("contacted", "reached"), ("verified", "true"), ("rectified", None)):
            assert (await step(stage, task, name, outcome)).ok
        await stage.stop()
        await stage.start()
        assert notes.read("n1") is not None
        for name in ("told", "closed"):
            assert (await step(stage, task, name)).ok
        await stage.until(lambda: shown(stage)[ticket].closed)
        await stage.until(lambda: notes.read("n1") is None)
        told = b"".join(packet.payload for packet in stage.broker.retained.values())
        assert b"555-0100" not in told
    kept = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert b"555-0100" not in kept
    assert "李女士".encode() not in kept


async def test_who_could_not_get_it_done_is_told_a_task_and_a_number(
    clock: HandClock, tmp_path: Path
) -> None:
    stage = Stage(small(stuck={"service": "b"}), clock, tmp_path)
    async with stage.open():
        answer = await stage.ask(t.ReportStuck, reasons=["late"], kiosk="k2")
        assert (answer.ok, answer.number, answer.service) == (True, "B001", "b")
        task = dict(answer.details or {})["task"]
        await stage.until(lambda: f"hall/small/task/{task}/state" in stage.broker.retained)


async def test_a_days_visitors_are_drawn_once_when_the_last_has_gone(
    clock: HandClock, tmp_path: Path
) -> None:
    stage = Stage(small(), clock, tmp_path)
    async with stage.open():
        tickets = [await served(stage) for _ in range(3)]
        clock.move(12 * 3600)
        await stage.until(lambda: "followup" in shown(stage))
        task = shown(stage)["followup"]
        assert len(task.visits) == 1
        events = read(stage.journal_path, FRIDAY.date())
        (drawn,) = [event for event in events if isinstance(event, FollowUpDrawn)]
        assert drawn.drawn == draw(tickets, drawn.seed, 0.1)
