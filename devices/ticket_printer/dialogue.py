"""Speaking with a printer: one question at a time, its answers told from everything else on the wire."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from devices.kit.errors import DeviceError, NoAnswer
from devices.kit.link import Link
from devices.ticket_printer import codec, commands
from devices.ticket_printer.models import Model
from devices.ticket_printer.status import Status

MOST_SILENT: Final = 3
"""protocols.md 6.5: no valid reply after three tries is a printer that is not there."""
LATE_S: Final = 0.5
"""An answer that comes late is still this question's, since no other was asked; so it is waited for."""
TAKE_S: Final = 5.0
"""A printer's buffer is larger than a ticket; one that takes nothing for so long has hung."""
READ_S: Final = 0.02
CLEARED_S: Final = 0.5
PROBE_S: Final = 0.5
QUIET_S: Final = 0.1
"""Markers with no paper between them are answered one right after the other."""
MOST_PROBES: Final = 3
"""A printer that leaves so many markers unanswered is not asked again until it has answered one."""


class Dialogue:
    """One open link to a printer. `listen` must run for as long as it is used.

    `answer_s`: how long an answer may take; `byte_s`: how long a byte takes on the wire. Everything raises
    `LinkLost` once the link is gone, and `NoAnswer` when the printer has fallen silent; one that is driven
    `blind` may be silent.
    """

    def __init__(
        self, link: Link, model: Model, answer_s: float, byte_s: float = 0.0, *, blind: bool = False
    ) -> None:
        self.garbage = 0
        """Bytes that began no reply."""
        self.unasked = asyncio.Event()
        """The printer said by itself that something changed (GS a)."""
        self.pushed: Status | None = None
        """What it said then, until somebody takes it."""
        self._link = link
        self._model = model
        self._answer_s = answer_s
        self.byte_s = byte_s
        self._blind = blind
        self._parser = codec.ReplyParser(full_status=model.presenter)
        self._news = asyncio.Event()
        self._lost: DeviceError | None = None
        self._asked = 0
        """The n of the last DLE EOT."""
        self._answer: int | None = None
        self._silent = 0
        self._ident: bytes | None = None
        """The process id that the job just sent is confirmed by."""
        self._is_printed = False
        self._markers = 0
        self._marker: int | None = None
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

    async def open(self) -> None:
        """Ask a printer that can to tell of changes by itself."""
        if self._model.push:
            await self._write(commands.PUSH_STATUS)

    async def status(self) -> Status:
        """Fresh answers to DLE EOT 1–4, and 20 where there is a presenter, asked one after the other.

        A blind printer that has not answered for long is asked one question only, so that it holds nobody up.
        """
        if self._blind and self._silent >= MOST_SILENT:
            return Status(offline=await self._ask(2))
        status = Status(*[await self._ask(n) for n in (1, 2, 3, 4)])
        if self._model.presenter:
            status = replace(status, mouth=await self._ask(commands.FULL_STATUS))
        return status

    async def send(self, data: bytes, ident: bytes | None = None) -> None:
        """Send a job that ends with a marker, or with the question for a process id."""
        self._markers = 0
        self._ident = ident
        self._is_printed = False
        self._owed += ident is None
        await self._write(data)

    async def consumed(self, wait_s: float) -> bool:
        """Whether the end of the job just sent was confirmed within `wait_s`."""
        if self._ident is not None:
            return await self._until(lambda: self._is_printed, wait_s)
        if await self._until(lambda: self._markers > 0, wait_s):
            self._owed = 0
            return True
        return False

    @property
    def marker(self) -> int | None:
        """What the last marker said of the paper; None where the job was confirmed otherwise."""
        return self._marker if self._ident is None and self._markers else None

    async def settle(self) -> bool:
        """Whether no answer to an earlier job can still come that would be taken for the next one's."""
        if self._model.confirm == "process_id":
            return True
        if self._owed and self._unanswered_probes < MOST_PROBES:
            self._unanswered_probes += 1
            await self.send(commands.MARKER)
            if await self._until(lambda: self._markers > 0, PROBE_S):
                await asyncio.sleep(QUIET_S)
                self._owed = 0
        return self._owed == 0

    async def clear(self, *, recover: bool) -> bool:
        """Have the printer throw away what it has not printed yet; says whether it confirmed that.

        `recover`: it has stopped with a cutter or mechanical error, and is to try to get over it.
        """
        self._cleared = False
        await self._write(commands.CLEAR_BUFFERS + (commands.RECOVER if recover else b""))
        if await self._until(lambda: self._cleared, CLEARED_S):
            self._owed = 0
        return self._cleared

    def _hear(self, reply: codec.Reply) -> None:
        match reply:
            case codec.RealTimeStatus(value) if self._asked != commands.FULL_STATUS:
                self._answer = value
            case codec.FullStatus(value) if self._asked == commands.FULL_STATUS:
                self._answer = value[0]
            case codec.BufferedStatus(value):
                self._markers += 1
                self._marker = value
                self._unanswered_probes = 0
            case codec.AutomaticStatus(value):
                self.pushed = Status.pushed(value)
                self.unasked.set()
            case codec.Block(identifier=codec.BLOCK_PROCESS, data=ident):
                self._is_printed = self._is_printed or ident == self._ident
            case codec.Block(identifier=codec.BLOCK_CLEARED):
                self._cleared = True
            case codec.Unknown():
                self.garbage += 1
            case _:
                pass

    async def _ask(self, n: int) -> int | None:
        self._asked, self._answer = n, None
        await self._write(commands.ask_status(n))
        if await self._until(lambda: self._answer is not None, self._answer_s + LATE_S):
            self._silent = 0
            return self._answer
        self._silent += 1
        if self._silent >= MOST_SILENT and not self._blind:
            raise NoAnswer(
                f"the printer left {self._silent} questions unanswered; "
                "check its power, its cable and its speed"
            )
        self._parser.reset()
        return None

    async def _write(self, data: bytes) -> None:
        take_s = TAKE_S + len(data) * self.byte_s
        try:
            async with asyncio.timeout(take_s):
                await self._link.write(data)
        except TimeoutError:
            raise NoAnswer(
                f"the printer took no data for {take_s:.0f} s; switch it off and on again"
            ) from None

    async def _until(self, holds: Callable[[], bool], wait_s: float) -> bool:
        try:
            async with asyncio.timeout(wait_s):
                while not holds():
                    if self._lost is not None:
                        raise self._lost
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            # a loop that was held up runs its timers before it reads what has long arrived
            await asyncio.sleep(READ_S)
        return holds()
