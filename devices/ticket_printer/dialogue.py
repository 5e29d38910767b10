"""Speaking with a printer: one question at a time, its answers told from everything else on the wire."""

import asyncio
from collections.abc import Callable
from typing import Final

from devices.kit.errors import DeviceError, NoAnswer
from devices.kit.link import Link
from devices.ticket_printer import codec
from devices.ticket_printer.status import Status

MOST_SILENT: Final = 3
"""protocols.md 6.5: no valid reply after three tries is a printer that is not there."""
LATE_S: Final = 0.05
"""Pause after a question without an answer, so that a late one is not taken for the next question's."""
TAKE_S: Final = 5.0
"""A printer's buffer is larger than a ticket; one that takes nothing for so long has hung."""
CLEARED_S: Final = 0.5
PROBE_S: Final = 0.5
QUIET_S: Final = 0.1
"""Markers with no paper between them are answered one right after the other."""
MOST_PROBES: Final = 3
"""A printer that leaves so many markers unanswered is not asked again until it has answered one."""


class Dialogue:
    """One open link to a printer. `listen` must run for as long as it is used.

    Everything raises `LinkLost` once the link is gone, and `NoAnswer` when the printer has fallen silent.
    """

    def __init__(self, link: Link, answer_s: float) -> None:
        self.garbage = 0
        """Bytes that began no reply."""
        self.unasked = asyncio.Event()
        """The printer said by itself that something changed (GS a)."""
        self._link = link
        self._answer_s = answer_s
        self._parser = codec.ReplyParser()
        self._news = asyncio.Event()
        self._lost: DeviceError | None = None
        self._answer: int | None = None
        self._silent = 0
        self._markers = 0
        self._owed = 1
        """Answers to markers that may still come; what an earlier link was owed, nobody knows."""
        self._unanswered_probes = 0
        self._cleared = False

    async def listen(self) -> None:
        """Take in what the printer says until the link is lost."""
        try:
            while True:
                for reply in self._parser.feed(await self._link.read()):
                    self._hear(reply)
                self._news.set()
        except DeviceError as error:
            self._lost = error
            raise
        finally:
            self._news.set()

    async def status(self) -> Status:
        """Fresh answers to DLE EOT 1–4, asked one after the other."""
        return Status(*[await self._ask(n) for n in (1, 2, 3, 4)])

    async def send(self, data: bytes) -> None:
        """Send a job that ends with a marker."""
        self._markers = 0
        self._owed += 1
        await self._write(data)

    async def consumed(self, wait_s: float) -> bool:
        """Whether the marker of the job just sent was answered within `wait_s`: all before it was taken."""
        if await self._until(lambda: self._markers > 0, wait_s):
            self._owed = 0
            return True
        return False

    async def settle(self) -> bool:
        """Whether no answer to an earlier job's marker can still come, so that the next one is this job's."""
        if self._owed and self._unanswered_probes < MOST_PROBES:
            self._unanswered_probes += 1
            await self.send(codec.MARKER)
            if await self._until(lambda: self._markers > 0, PROBE_S):
                await asyncio.sleep(QUIET_S)
                self._owed = 0
        return self._owed == 0

    async def clear(self, *, recover: bool) -> bool:
        """Have the printer throw away what it has not printed yet; says whether it confirmed that.

        `recover`: it has stopped with a cutter or mechanical error, and is to try to get over it.
        """
        self._cleared = False
        await self._write(codec.CLEAR_BUFFERS + (codec.RECOVER if recover else b""))
        if await self._until(lambda: self._cleared, CLEARED_S):
            self._owed = 0
        return self._cleared

    def _hear(self, reply: codec.Reply) -> None:
        match reply:
            case codec.RealTimeStatus(value):
                self._answer = value
            case codec.BufferedStatus():
                self._markers += 1
                self._unanswered_probes = 0
            case codec.AutomaticStatus():
                self.unasked.set()
            case codec.Block(identifier=codec.BLOCK_CLEARED):
                self._cleared = True
            case codec.Unknown():
                self.garbage += 1
            case _:
                pass

    async def _ask(self, n: int) -> int | None:
        self._answer = None
        await self._write(codec.ask_status(n))
        if await self._until(lambda: self._answer is not None, self._answer_s):
            self._silent = 0
            return self._answer
        self._silent += 1
        if self._silent >= MOST_SILENT:
            raise NoAnswer(
                f"the printer left {self._silent} questions unanswered; "
                "check its power, its cable and its speed"
            )
        self._parser.reset()
        await asyncio.sleep(LATE_S)
        return None

    async def _write(self, data: bytes) -> None:
        try:
            async with asyncio.timeout(TAKE_S):
                await self._link.write(data)
        except TimeoutError:
            raise NoAnswer(f"the printer took no data for {TAKE_S:g} s; switch it off and on again") from None

    async def _until(self, holds: Callable[[], bool], wait_s: float) -> bool:
        try:
            async with asyncio.timeout(wait_s):
                while not holds():
                    if self._lost is not None:
                        raise self._lost
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            return False
        return True
