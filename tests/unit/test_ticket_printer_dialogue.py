"""Speaking with printers that answer late, in part, or never: what is known is never more than was said."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from devices.kit.errors import LinkLost, NoAnswer
from devices.ticket_printer import commands, dialogue
from devices.ticket_printer.dialogue import Dialogue
from devices.ticket_printer.models import model
from tests.links import MemoryLink, Wire, pair

ALL_WELL = {1: b"\x12", 2: b"\x12", 3: b"\x12", 4: b"\x12"}


class Printer:
    """Answers queries at once, markers when told to."""

    def __init__(self, link: MemoryLink) -> None:
        self.link = link
        self.answers: dict[int, bytes] = dict(ALL_WELL)
        self.marks = True
        self.clears = True
        self.heard = bytearray()

    async def run(self) -> None:
        while True:
            for byte in await self.link.read():
                self.heard.append(byte)
                await self._act(bytes(self.heard[-10:]))

    async def mark(self) -> None:
        await self.link.write(b"\x00")

    async def _act(self, tail: bytes) -> None:
        if tail[-3:-1] == b"\x10\x04":
            await self.link.write(self.answers.get(tail[-1], b""))
        elif tail.endswith(commands.MARKER) and self.marks:
            await self.mark()
        elif tail == commands.CLEAR_BUFFERS and self.clears:
            await self.link.write(b"\x37\x25\x00")


@asynccontextmanager
async def speaking(
    wire: Wire | None = None, kind: str = "generic-80", blind: bool = False
) -> AsyncIterator[tuple[Dialogue, Printer]]:
    near, far = pair(wire)
    talk, printer = Dialogue(near, model(kind), 0.02, blind=blind), Printer(far)
    tasks = [asyncio.create_task(talk.listen()), asyncio.create_task(printer.run())]
    try:
        yield talk, printer
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LATE_S", "PROBE_S", "QUIET_S", "CLEARED_S", "READ_S"):
        monkeypatch.setattr(dialogue, name, 0.02)
    monkeypatch.setattr(dialogue, "TAKE_S", 0.1)


@pytest.mark.parametrize("wire", [Wire(), Wire(chunk=1)])
async def test_four_questions_make_a_status(wire: Wire) -> None:
    async with speaking(wire) as (talk, printer):
        printer.answers |= {2: b"\x16", 4: b"\x1e"}
        status = await talk.status()
        assert (status.cover, status.cutter, status.paper) == ("open", "ok", "low")


async def test_a_question_without_an_answer_leaves_a_gap() -> None:
    async with speaking() as (talk, printer):
        del printer.answers[3]
        status = await talk.status()
        assert (status.cover, status.cutter, status.paper) == ("closed", "unknown", "full")


async def test_three_silences_are_nobody_there() -> None:
    async with speaking() as (talk, printer):
        printer.answers.clear()
        with pytest.raises(NoAnswer):
            await talk.status()


async def test_other_replies_on_the_wire_are_not_the_answer() -> None:
    async with speaking() as (talk, printer):
        printer.answers[2] = b"\x13\x10\x00\x00\x00\x37\x25\x00\xff\x16"
        status = await talk.status()
        assert status.cover == "open"
        assert talk.unasked.is_set()
        assert talk.garbage == 1


async def test_a_marker_is_the_job_s_own_only_when_no_other_is_owed() -> None:
    async with speaking() as (talk, printer):
        assert await talk.settle()
        await talk.send(b"A001\n" + commands.MARKER)
        assert await talk.consumed(1.0)
        printer.marks = False
        await talk.send(b"A002\n" + commands.MARKER)
        assert not await talk.consumed(0.02)
        assert not await talk.settle()
        await printer.mark()
        printer.marks = True
        assert await talk.settle()


async def test_a_printer_that_answers_no_markers_is_not_asked_for_ever() -> None:
    async with speaking() as (talk, printer):
        printer.marks = False
        for _ in range(10):
            assert not await talk.settle()
        assert printer.heard.count(commands.MARKER) == dialogue.MOST_PROBES
        printer.marks = True
        await printer.mark()
        await asyncio.sleep(0.01)
        assert await talk.settle()


async def test_cleared_buffers_owe_nothing() -> None:
    async with speaking() as (talk, printer):
        printer.marks = False
        await talk.send(b"A001\n" + commands.MARKER)
        assert await talk.clear(recover=True)
        assert printer.heard.endswith(commands.CLEAR_BUFFERS + commands.RECOVER)
        assert await talk.settle()
        printer.clears = False
        assert not await talk.clear(recover=False)


async def test_a_lost_link_ends_whatever_is_waited_for() -> None:
    async with speaking() as (talk, printer):
        printer.answers.clear()
        asking = asyncio.create_task(talk.status())
        await asyncio.sleep(0)
        printer.link.hang_up()
        with pytest.raises(LinkLost):
            await asking
        with pytest.raises(LinkLost):
            await talk.consumed(1.0)


async def test_a_printer_that_takes_nothing_has_hung() -> None:
    near, _ = pair(Wire(delay_s=10))
    with pytest.raises(NoAnswer, match="took no data"):
        await Dialogue(near, model("generic-80"), 0.02).send(b"A001\n" + commands.MARKER)
