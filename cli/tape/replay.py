"""`hallkeeper replay`: the device's part played to a driver, or the host's to a device or its simulator."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from cli.tape.alignment import Fit, Follower, Heard, common
from cli.tape.records import Turn
from devices.kit.link import Link, Tunable
from devices.kit.links import open_link
from hallfile.links import LinkUrl
from simulators.kit.wire import wire_to

UNFINISHED_S: Final = 1.0
"""A question that is not finished by then is taken as it is."""
SILENCE_S: Final = 15.0
"""A driver that comes no further on the tape for so long has stopped."""
ANSWER_S: Final = 2.0
"""What a device may take longer than on the tape."""
SHOWN: Final = 8
"""Bytes shown around a difference."""


@dataclass
class Outcome:
    """How the other side behaved, beside how it did when the tape was made."""

    turns: int
    fits: dict[Fit, int] = field(default_factory=lambda: {"next": 0, "again": 0, "later": 0, "differs": 0})
    skipped: int = 0
    unasked: int = 0
    """Recorded questions that never came."""
    differences: list[str] = field(default_factory=list)
    """A sentence for each."""

    @property
    def same(self) -> bool:
        """Whether everything was said as it was recorded."""
        return not self.differences and not self.unasked

    def sentence(self) -> str:
        """All of it in one line."""
        met = self.fits["next"] + self.fits["later"]
        said = [f"{met} of {self.turns} turns as recorded"]
        for count, words in (
            (self.fits["again"], "asked once more"),
            (self.skipped, "passed over"),
            (self.unasked, "never asked"),
            (len(self.differences), "differ"),
        ):
            if count:
                said.append(f"{count} {words}")
        return ", ".join(said)


Tell = Callable[[str], None]


async def as_device(tape: Sequence[Turn], at: LinkUrl, *, paced: bool, tell: Tell) -> Outcome:
    """Stand at `at` as the recorded device until a driver has asked everything, or comes no further.

    `paced`: answers take as long as they did.
    """
    greeting, questions = (tape[0].answers, tape[1:]) if tape and not tape[0].question else ((), tape)
    outcome = Outcome(len(questions))
    follower = Follower(questions)
    wire = wire_to(at)
    said: asyncio.Queue[bytes] = asyncio.Queue()
    wire.on_bytes = said.put_nowait
    wire.plug()
    try:
        await _answer(greeting, wire.write, paced)
        last = asyncio.get_running_loop().time()
        while not follower.at_end:
            heard = await _hear(said, follower)
            for one in heard:
                turn = questions[one.index]
                _note(outcome, one, turn, tell)
                await _answer(turn.answers, wire.write, paced)
            now = asyncio.get_running_loop().time()
            if any(one.fit != "again" for one in heard):
                last = now
            elif now - last > SILENCE_S:
                break
    finally:
        wire.unplug()
    outcome.skipped, outcome.unasked = follower.skipped, follower.left
    return outcome


async def as_host(tape: Sequence[Turn], to: LinkUrl, *, paced: bool, tell: Tell) -> Outcome:
    """Ask at `to` whatever was asked, and hold the answers to the recorded ones; raises `DeviceError`."""
    outcome = Outcome(len(tape))
    link = await open_link(to)
    began = asyncio.get_running_loop().time()
    try:
        for number, turn in enumerate(tape, 1):
            if paced:
                await asyncio.sleep(max(0.0, began + turn.at_ns / 1e9 - asyncio.get_running_loop().time()))
            if turn.baud is not None and isinstance(link, Tunable):
                await link.set_speed(turn.baud)
            if turn.question:
                await link.write(turn.question)
            got = await _answered(link, turn)
            outcome.fits["next" if got == turn.answer else "differs"] += 1
            if got != turn.answer:
                outcome.differences.append(_sentence(number, turn, turn.answer, got, "answers"))
                tell(outcome.differences[-1])
    finally:
        await link.close()
    return outcome


async def _hear(said: "asyncio.Queue[bytes]", follower: Follower) -> list[Heard]:
    try:
        async with asyncio.timeout(UNFINISHED_S):
            return follower.feed(await said.get())
    except TimeoutError:
        return follower.settle()


async def _answer(
    answers: Sequence[tuple[float, bytes]], write: Callable[[bytes], None], paced: bool
) -> None:
    passed = 0.0
    for after, data in answers:
        if paced:
            await asyncio.sleep(max(0.0, after - passed))
            passed = after
        write(data)


async def _answered(link: Link, turn: Turn) -> bytes:
    """What the device says to a question, for as long as the recorded answer took and some more."""
    wanted = len(turn.answer)
    got = b""
    patience_s = (turn.answers[-1][0] if turn.answers else 0.0) + ANSWER_S
    try:
        async with asyncio.timeout(patience_s):
            while len(got) < wanted:
                got += await link.read()
    except TimeoutError:
        pass
    return got


def _note(outcome: Outcome, heard: Heard, turn: Turn, tell: Tell) -> None:
    outcome.fits[heard.fit] += 1
    if heard.fit == "differs":
        outcome.differences.append(_sentence(heard.index + 1, turn, turn.question, heard.got, "asks"))
        tell(outcome.differences[-1])


def _sentence(number: int, turn: Turn, recorded: bytes, got: bytes, does: str) -> str:
    at = common(recorded, got)
    shown = slice(max(0, at - SHOWN // 2), at + SHOWN)
    return (
        f"turn {number} at {turn.at_ns / 1e9:.3f} s: the other side {does} differently from byte {at} on: "
        f"recorded …{recorded[shown].hex(' ') or 'nothing'}…, now …{got[shown].hex(' ') or 'nothing'}… "
        f"({len(recorded)} and {len(got)} bytes)"
    )
