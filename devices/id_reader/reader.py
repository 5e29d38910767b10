"""The reader's side of things: what to send when, and what its answers mean (protocols.md 1.4, 1.9)."""

import logging
from typing import Final, Literal, Protocol, runtime_checkable

from devices.id_reader import codec
from devices.kit.errors import NoAnswer
from devices.kit.exchange import Exchange
from devices.kit.link import Link

log = logging.getLogger(__name__)

SPEEDS: Final = (115200, 57600, 38400, 19200, 9600)
"""protocols.md 1.2: a reader keeps a changed speed over a power cycle, so all of them are tried."""
SHORT_S: Final = 1.0
"""protocols.md 1.9: for commands that are answered at once."""
PROBE_S: Final = 0.3
"""The same at a speed that is only a guess."""
READ_S: Final = 5.0
"""protocols.md 1.9: 3 s to the first byte, and 1.35 s on the wire at 9600 baud."""
QUIET_S: Final = 0.05
"""protocols.md 1.9: how long the wire is to be quiet after a damaged frame."""
TRIES: Final = 3


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

    def __init__(self, status: int) -> None:
        super().__init__(f"SW3 {status:02X}")


@runtime_checkable
class HasSpeed(Protocol):
    """A link whose speed can be set."""

    def set_speed(self, baud: int) -> None:
        """Speak at `baud` bits a second from now on."""


class SamReader:
    """One reader on one open link. Raises `NoAnswer`, `LinkLost` and `Broken`; `read` also `CardFault`."""

    def __init__(self, link: Link) -> None:
        self.faults = 0
        """Damaged frames, wrong answers and silences."""
        self._link = link
        self._exchange: Exchange[codec.Reply | codec.Damaged] = Exchange(link, codec.FrameReader())

    async def tune(self, first: int) -> None:
        """Find the speed the reader speaks at, beginning with `first` baud."""
        if not isinstance(self._link, HasSpeed):
            return
        for baud in (first, *(speed for speed in SPEEDS if speed != first)):
            self._link.set_speed(baud)
            try:
                answer = await self._exchange.ask(codec.STATUS, SHORT_S if baud == first else PROBE_S)
            except NoAnswer:
                continue
            if isinstance(answer, codec.Reply):
                return
        raise NoAnswer("the ID reader answers at none of its five speeds; check its power and its cable")

    async def check(self) -> None:
        """Return when the reader says that it is well."""
        status = (await self._ask(codec.STATUS, SHORT_S)).status
        if status != codec.OK:
            raise Broken(status)

    async def find(self) -> bool:
        """Whether there is a card to be read; one that was read is not found again until it has left."""
        status = (await self._ask(codec.FIND, SHORT_S)).status
        if status not in codec.KNOWN:
            raise Broken(status)
        self.faults += status in codec.HOST_FAULT
        return status == codec.FOUND

    async def read(self) -> bytes:
        """The text block of the card just found; the photo that comes with it is dropped here."""
        _require_ok(await self._ask(codec.SELECT, SHORT_S))
        try:
            # once only: a card that was read and not heard is not read again before it is lifted
            reply = await self._ask(codec.READ_BASE, READ_S, tries=1)
        except NoAnswer:
            raise CardFault("read_failed") from None
        _require_ok(reply)
        if (text := codec.text_block(reply)) is None:
            self.faults += 1
            raise CardFault("read_failed")
        return text

    async def _ask(self, request: bytes, timeout_s: float, tries: int = TRIES) -> codec.Reply:
        for left in reversed(range(tries)):
            try:
                answer = await self._exchange.ask(request, timeout_s)
            except NoAnswer:
                self.faults += 1
                if not left:
                    raise
                continue
            if isinstance(answer, codec.Reply) and answer.status != codec.HOST_CHECKSUM:
                return answer
            self.faults += 1
            await self._link.drain_input(QUIET_S)
        raise NoAnswer(
            "the ID reader's answers are damaged; check its cable, its speed and what lies beside it"
        )


def _require_ok(reply: codec.Reply) -> None:
    if reply.status in codec.REJECTED:
        raise CardFault("rejected")
    if reply.status not in codec.KNOWN:
        raise Broken(reply.status)
    if reply.status != codec.OK:
        raise CardFault("read_failed")
