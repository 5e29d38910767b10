"""The reader's side of things: what to send when, and what its answers mean (protocols.md 1.4, 1.9)."""

import asyncio
import logging
from typing import Final, Literal

from devices.id_reader import codec
from devices.kit.errors import NoAnswer
from devices.kit.link import Link, Tunable

log = logging.getLogger(__name__)

SHORT_S: Final = 1.0
"""protocols.md 1.9: for commands that are answered at once."""
PROBE_S: Final = 0.3
"""The same at a speed that is only a guess."""
READ_S: Final = 3.0
"""protocols.md 1.9: to the first byte of a card."""
SILENCE_S: Final = 0.1
"""protocols.md 1.9: a frame that has begun may pause so long, and as long as its rest takes on the wire."""
QUIET_S: Final = 0.05
"""protocols.md 1.9: how long the wire is to be quiet after a damaged frame."""
SETTLE_S: Final = 0.02
"""protocols.md 1.2: at least 5 ms after a change of speed."""
LATE_S: Final = 0.03
"""Whoever wakes so much later than it was to has not listened for as long."""
TRIES: Final = 3
BITS_A_BYTE: Final = 10

Frame = codec.Reply | codec.Damaged


class CardFault(Exception):
    """The card that was there can't be used: `reason` as the hall is told."""

    def __init__(self, reason: Literal["read_failed", "rejected", "bad_number"]) -> None:
        super().__init__(reason)
        self.reason = reason

    @property
    def may_pass(self) -> bool:
        """Whether another try may help."""
        return self.reason == "read_failed"


class Broken(Exception):
    """The reader says of itself that it can't work (SW3 60, 66, 24, or one that is in no table)."""

    def __init__(self, reply: codec.Reply) -> None:
        super().__init__(str(reply))


class SamReader:
    """One reader on one open link. Raises `NoAnswer`, `LinkLost` and `Broken`; `read` also `CardFault`."""

    def __init__(self, link: Link) -> None:
        self.faults = 0
        """Damaged frames, wrong answers and silences."""
        self.retries = 0
        """Requests that were sent again."""
        self.baud: int | None = None
        """Bits a second at which it was found; None where the link has no speed."""
        self.has_read = False
        """The last card was read, or may have been: most readers find it again only after it has left."""
        self._named: set[int] = set()
        """Statuses that the log has named already."""
        self._link = link
        self._frames = codec.FrameReader()

    async def tune(self, wanted: int) -> None:
        """Find the speed the reader speaks at, beginning with `wanted` baud, and bring it there."""
        if not isinstance(self._link, Tunable):
            return
        self.baud = await self._found(self._link, wanted)
        if self.baud != wanted and wanted in codec.SPEEDS:
            await self._move(self._link, self.baud, wanted)

    async def check(self) -> None:
        """Return when the reader says that it is well."""
        reply = await self._ask(codec.STATUS, SHORT_S)
        if reply.status != codec.OK:
            raise Broken(reply)

    async def reset(self) -> None:
        """Start its module anew, as far as it lets us; what it says to that is of no use."""
        await self._ask(codec.RESET, SHORT_S)

    async def identity(self) -> str | None:
        """The module's number; None where it does not tell."""
        return codec.identity(await self._ask(codec.IDENTITY, SHORT_S))

    async def find(self) -> bool:
        """Whether there is a card that can be read."""
        reply = await self._ask(codec.FIND, SHORT_S)
        self._judge(reply)
        return reply.status == codec.FOUND

    async def read(self) -> bytes:
        """The text block of the card just found; the photo that comes with it is dropped here."""
        self.has_read = False
        self._require_ok(await self._ask(codec.SELECT, SHORT_S))
        self.has_read = True
        try:
            # once only: a card that was read and not heard is not read again before it is lifted
            reply = await self._ask(codec.READ_BASE, READ_S, tries=1)
        except NoAnswer:
            raise CardFault("read_failed") from None
        self.has_read = reply.status == codec.OK
        self._require_ok(reply)
        if (text := codec.text_block(reply)) is None:
            self.faults += 1
            raise CardFault("read_failed")
        return text

    async def newest_address(self) -> str | None:
        """The address appended to the card just read, or None.

        The hall's driver never asks for it: a queue needs no address, and what is not read can't leak.
        """
        return codec.newest_address(await self._ask(codec.READ_ADDRESS, READ_S))

    async def _found(self, link: Tunable, wanted: int) -> int:
        for baud in (wanted, *(speed for speed in codec.SPEEDS if speed != wanted)):
            await link.set_speed(baud)
            if await self._answers(SHORT_S if baud == wanted else PROBE_S):
                return baud
        raise NoAnswer(
            "the ID reader answers at none of its five speeds; check its power and its cable",
            code="reader_silent",
        )

    async def _move(self, link: Tunable, found: int, wanted: int) -> None:
        """Bring it to the wanted speed, or leave it where it was: a card takes 1.35 s at 9600 baud."""
        reply = await self._ask(codec.set_speed(wanted), SHORT_S)
        if reply.status != codec.OK:
            log.warning("the ID reader stays at %d baud; it does not take %d (%s)", found, wanted, reply)
            return
        await asyncio.sleep(SETTLE_S)
        for baud in (wanted, found):
            await link.set_speed(baud)
            if await self._answers(SHORT_S):
                self.baud = baud
                return
        raise NoAnswer(
            "the ID reader fell silent when its speed was changed; switch it off and on again",
            code="reader_silent",
        )

    async def _answers(self, wait_s: float) -> bool:
        try:
            return isinstance(await self._exchange(codec.STATUS, wait_s), codec.Reply)
        except NoAnswer:
            return False

    async def _ask(self, request: bytes, first_s: float, tries: int = TRIES) -> codec.Reply:
        """Send a request until a whole answer comes; raises `NoAnswer` when none did."""
        silence: NoAnswer | None = None
        for tried in range(tries):
            self.retries += tried > 0
            try:
                answer = await self._exchange(request, first_s)
            except NoAnswer as error:
                silence = error
            else:
                silence = None
                if isinstance(answer, codec.Reply) and codec.fate(answer.status) != "resend":
                    return answer
            self.faults += 1
            await self._link.drain_input(QUIET_S)
        raise silence or NoAnswer(
            "the ID reader's answers are damaged; check its cable, its speed and what lies beside it",
            code="reader_garbled",
        )

    async def _exchange(self, request: bytes, first_s: float) -> Frame:
        """Send one request and return the first frame that comes, whole or not."""
        await self._link.drain_input()
        self._frames.reset()
        await self._link.write(request)
        byte_s = BITS_A_BYTE / (self.baud or codec.SPEEDS[0])
        try:
            async with asyncio.timeout(first_s + SILENCE_S + codec.LONGEST * byte_s):
                return await self._frame(first_s, byte_s)
        except TimeoutError:
            raise NoAnswer(
                f"the ID reader did not answer {request[7:-1].hex(' ')} whole within {first_s:g} s; "
                "check its power, its cable and its speed",
                code="reader_silent",
            ) from None

    async def _frame(self, first_s: float, byte_s: float) -> Frame:
        """The next frame; raises `TimeoutError` where none begins, or one breaks off."""
        wait_s = first_s
        while True:
            for frame in self._frames.feed(await self._heard(wait_s)):
                return frame
            rest = self._frames.awaited
            wait_s = SILENCE_S + rest * byte_s if rest else first_s

    async def _heard(self, wait_s: float) -> bytes:
        """What comes within `wait_s`; raises `TimeoutError`.

        A process that was kept from running has not listened meanwhile: what came lies unread, and is read.
        """
        loop = asyncio.get_running_loop()
        while True:
            until = loop.time() + wait_s
            try:
                async with asyncio.timeout_at(until):
                    return await self._link.read()
            except TimeoutError:
                if loop.time() < until + LATE_S:
                    raise

    def _judge(self, reply: codec.Reply) -> codec.Fate:
        """What an answer leads to; raises `Broken`, and counts what should not have been answered."""
        fate = codec.fate(reply.status)
        if fate == "broken":
            raise Broken(reply)
        if fate in ("ours", "restart"):
            self.faults += 1
            if reply.status not in self._named:
                self._named.add(reply.status)
                log.warning("the ID reader did not take what it was asked (%s)", reply)
        return fate

    def _require_ok(self, reply: codec.Reply) -> None:
        fate = self._judge(reply)
        if fate == "rejected":
            raise CardFault("rejected")
        if fate != "ok":
            raise CardFault("read_failed")
