"""The reader itself: a module, an antenna, at most one card in the field (protocols.md 1.2–1.5, 1.9).

It does one command at a time, each taking its while. A card that was read is not found again until it has
left the field. Time is an argument.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from simulators.id_reader.cards import PHOTO, TEXT_BYTES, Card
from simulators.id_reader.frames import Faulty, Request, RequestReader, reply

OK, FOUND, NO_CARD, SELECT_FAILED, READ_FAILED = 0x90, 0x9F, 0x80, 0x81, 0x41
UNKNOWN_COMMAND, NOT_PERMITTED, NOTHING_STORED, SELF_TEST_FAILED = 0x21, 0x23, 0x91, 0x60

SAM_ID: Final = bytes.fromhex("0500 0100 C5D53101 15CD5B07 B168DE3A")
"""05.01-20043205-0123456789-0987654321 in the layout of 1.5."""
SPEEDS: Final = (115200, 57600, 38400, 19200, 9600)
"""By the parameter of command 60 (1.2)."""
GAP_S: Final = 0.5
"""A frame whose rest does not come for so long is answered as of wrong length."""
CHANGE_S: Final = 0.003
"""After its answer, how long the UART takes to another speed; hosts wait 5 ms (1.2)."""
PIECE: Final = 64
"""A reply leaves in pieces of so many bytes, each when its time on the wire has passed."""
MOST_WAITING: Final = 16
"""Requests kept while one is being done; further ones are lost."""


class Step(Enum):
    """How far the host has come with the card in the field."""

    LAID = auto()
    FOUND = auto()
    SELECTED = auto()
    READ = auto()


ANSWERS: Final[dict[int, tuple[int, ...]]] = {
    0x10: (0x20, 0x30),
    0x11: (0x20, 0x30),
    0x21: (0x20, 0x30),
    0x23: (0x30,),
    0x24: (0x10, 0x11, 0x20, 0x30),
    0x31: (0x30,),
    0x32: (0x30,),
    0x33: (0x30,),
    0x40: (0x30,),
    0x41: (0x30,),
    0x47: (0x30,),
    0x4E: (0x10, 0x11, 0x20, 0x30),
    0x60: (0x10, 0x11, 0x12, 0x20, 0x30, 0x60, 0x61),
    0x66: (0x10, 0x11, 0x12, 0x20, 0x30, 0x60, 0x61),
    0x80: (0x20,),
    0x81: (0x20,),
    0x91: (0x30,),
}
"""Which commands a hand can make it answer with which SW3 (1.4; where a module says so, 1.9)."""
WITH_A_CARD: Final = frozenset({0x31, 0x32, 0x33, 0x40, 0x41, 0x47, 0x81, 0x91})
"""Those that need one: a card's fault is none while no card lies there."""
OF_THE_CARD: Final = {0x31: 0x6982, 0x41: 0x6700, 0x47: 0x6700}
"""SW1 SW2 beside them: the card's own words."""


class Fault(Enum):
    """What may be wrong with the reader or its wire."""

    NONE = "none"
    SILENT = "silent"
    BAD_CHECKSUM = "bad_checksum"
    TRUNCATED = "truncated"
    GARBAGE = "garbage"
    STRAY = "stray"
    HALF = "half"
    """Cut in the middle: what is missing never comes."""
    HALF_INSERTED = "half_inserted"
    """The card lies askew: found now and then, never read."""
    SAM_ERROR = "sam_error"
    READ_FAILED = "read_failed"


@dataclass(frozen=True)
class Pace:
    """How long things take, seconds (1.9: no measurement is published, so these are parameters)."""

    short: float = 0.005
    find: float = 0.020
    select: float = 0.050
    read: float = 0.900


class Reader:
    """One SAM_V reader. `noise` makes n bytes of it."""

    def __init__(self, noise: Callable[[int], bytes], speed: int = 115200, pace: Pace | None = None) -> None:
        self.speed = speed
        """Bits per second on its UART; the host may change it (command 60)."""
        self.fault = Fault.NONE
        self.answers: int | None = None
        """An SW3 that it gives in place of its own."""
        self.card: Card | None = None
        self.reads = 0
        """Cards read to the end since it was switched on."""
        self._noise = noise
        self.pace = pace or Pace()
        self._askew = False
        """Whether a half-inserted card was out of touch when last looked for."""
        self._requests = RequestReader()
        self._waiting: deque[Request | Faulty] = deque(maxlen=MOST_WAITING)
        self._answer_at: float | None = None
        self._leaving: deque[tuple[float, bytes]] = deque()
        self._said = bytearray()
        self._last_byte_at = 0.0
        self._step = Step.LAID
        self._next_speed = speed

    def lay(self, card: Card | None) -> None:
        """Put a card on the reader, or take it away (None)."""
        self.card = card
        self._step = Step.LAID

    def set_speed(self, speed: int) -> None:
        """As somebody else's program left it."""
        self.speed = self._next_speed = speed

    def power_cycle(self) -> None:
        """It is fed by its plug: pulled out, it forgets what it was doing; the speed stays (1.2)."""
        self._requests = RequestReader()
        self._waiting.clear()
        self._leaving.clear()
        self._said.clear()
        self._answer_at = None
        self._step = Step.LAID

    def receive(self, data: bytes, now: float) -> None:
        """Bytes from the host."""
        self._last_byte_at = now
        for request in self._requests.feed(data):
            self._ask(request, now)

    def advance(self, now: float) -> None:
        """Do what is due by `now`."""
        if self._requests.waiting and now >= (given_up_at := self._last_byte_at + GAP_S):
            self._ask(self._requests.give_up(), given_up_at)
        while (due := self._work_due()) is not None and due <= now:
            if self._leaving:
                self._leave(due)
            else:
                self._finish(due)

    def take(self) -> bytes:
        """What has gone out since last asked."""
        said = bytes(self._said)
        self._said.clear()
        return said

    def due(self) -> float | None:
        """When it next does something by itself."""
        moments = [self._work_due(), self._last_byte_at + GAP_S if self._requests.waiting else None]
        return min((moment for moment in moments if moment is not None), default=None)

    def _work_due(self) -> float | None:
        return self._leaving[0][0] if self._leaving else self._answer_at

    def _ask(self, request: Request | Faulty, now: float) -> None:
        if len(self._waiting) < MOST_WAITING:
            self._waiting.append(request)
        if self._answer_at is None and not self._leaving:
            self._begin(now)

    def _begin(self, now: float) -> None:
        if self._waiting:
            self._answer_at = now + self._duration(self._waiting[0])

    def _duration(self, request: Request | Faulty) -> float:
        if isinstance(request, Faulty) or self.card is None:
            return self.pace.short
        match request.command, request.parameter:
            case (0x20, 0x01):
                return self.pace.find
            case (0x20, 0x02):
                return self.pace.select
            case (0x30, 0x01 | 0x10):
                return self.pace.read
        return self.pace.short

    def _finish(self, now: float) -> None:
        self._answer_at = None
        request = self._waiting.popleft()
        answer = reply(request.status) if isinstance(request, Faulty) else self._do(request)
        self._send(self._disturbed(answer), now)
        if not self._leaving:
            self._begin(now)

    def _send(self, data: bytes, now: float) -> None:
        for start in range(0, len(data), PIECE):
            piece = data[start : start + PIECE]
            now += len(piece) * 10 / self.speed
            self._leaving.append((now, piece))
        if self._next_speed != self.speed:
            self._leaving.append((now + CHANGE_S, b""))

    def _leave(self, now: float) -> None:
        self._said += self._leaving.popleft()[1]
        if not self._leaving:
            self.speed = self._next_speed
            self._begin(now)

    def _do(self, request: Request) -> bytes:
        if self.fault is Fault.SAM_ERROR:
            return reply(SELF_TEST_FAILED)
        if (forced := self._forced(request)) is not None:
            return forced
        match request.command, request.parameter:
            case (0x10 | 0x11, 0xFF):
                return reply(OK)
            case (0x12, 0xFF):
                return reply(OK, SAM_ID)
            case (0x61, 0xFF):
                return reply(OK)
            case (0x60, speed) if speed < len(SPEEDS):
                self._next_speed = SPEEDS[speed]
                return reply(OK)
            case (0x20, 0x01):
                return self._find()
            case (0x20, 0x02):
                return self._select()
            case (0x30, 0x01 | 0x10):
                return self._read(with_fingerprint=request.parameter == 0x10)
            case (0x30, 0x03):
                return self._read_newest_address()
        return reply(UNKNOWN_COMMAND)

    def _forced(self, request: Request) -> bytes | None:
        """The answer that a hand has set, where it belongs to this command."""
        status = self.answers
        if status is None or request.command not in ANSWERS[status]:
            return None
        if status in WITH_A_CARD and self.card is None:
            return None
        if status == 0x81 and request.parameter != 0x02:
            return None
        return reply(status, card_status=OF_THE_CARD.get(status, 0))

    def _find(self) -> bytes:
        if self.fault is Fault.HALF_INSERTED:
            self._askew = not self._askew
        if self.card is None or self._step is Step.READ or self._slips:
            return reply(NO_CARD)
        self._step = Step.FOUND
        return reply(FOUND, bytes(4))

    def _select(self) -> bytes:
        if self.card is None or self._step is not Step.FOUND:
            return reply(SELECT_FAILED)
        self._step = Step.SELECTED
        return reply(OK, bytes(8))

    @property
    def _slips(self) -> bool:
        return self._askew and self.fault is Fault.HALF_INSERTED

    def _read(self, with_fingerprint: bool) -> bytes:
        if self.card is None or self.fault in (Fault.READ_FAILED, Fault.HALF_INSERTED):
            return reply(READ_FAILED)
        if self._step is not Step.SELECTED:
            return reply(NOT_PERMITTED)
        self._step = Step.READ
        self.reads += 1
        lengths = TEXT_BYTES.to_bytes(2, "big") + len(PHOTO).to_bytes(2, "big") + bytes(2 * with_fingerprint)
        return reply(OK, lengths + self.card.text_block() + PHOTO)

    def _read_newest_address(self) -> bytes:
        if self.card is None or self._step is not Step.READ:
            return reply(NOT_PERMITTED)
        address = self.card.newest_address()
        return reply(NOTHING_STORED) if address is None else reply(OK, address)

    def _disturbed(self, answer: bytes) -> bytes:
        match self.fault:
            case Fault.SILENT:
                return b""
            case Fault.BAD_CHECKSUM:
                return answer[:-1] + bytes([answer[-1] ^ 0x5A])
            case Fault.TRUNCATED:
                return answer[: max(1, len(answer) * 2 // 3)]
            case Fault.HALF:
                return answer[: len(answer) // 2]
            case Fault.GARBAGE:
                return self._noise(len(answer))
            case Fault.STRAY:
                return self._noise(7) + b"\xaa" + answer
        return answer
