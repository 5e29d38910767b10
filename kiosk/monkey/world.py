"""The hall around a screen, gone mad: a controller, printers and a reader that fail whenever they like."""

import heapq
import itertools
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from random import Random
from typing import Final, TypeVar

from broker.messages.envelope import Forecast
from kiosk.asking import ANSWER_S
from kiosk.presenters.floor import Floor
from kiosk.presenters.happenings import (
    Answered,
    CardFailed,
    CardLaid,
    ConnectionTold,
    ControllerHeard,
    ControllerOnline,
    Happening,
    NotAnswered,
    PhonesKept,
    PrinterTold,
    QueueTold,
    ReaderTold,
)
from kiosk.presenters.model import Line
from kiosk.presenters.requests import LookUp, PrintAgain, Request, Take
from kiosk.presenters.visitor import Booking, PaperTold, Ticket

MORNING: Final = datetime(2026, 11, 20, 9, 0, tzinfo=timezone(timedelta(hours=8)))
REFUSALS: Final = (
    "quota",
    "too_late",
    "closed",
    "lunch",
    "internal_error",
    "no_printer",
    "unknown_ticket",
    "booking_missed",
    "phone_not_kept",
)
OUTCOMES: Final = ("printed", "failed", "unknown")

Some = TypeVar("Some")

Secret = Callable[[str], str]
"""Notes that a text belongs to whoever asked, and gives it back."""


class World:
    """Answers, cards and troubles, each at its moment; everything is drawn from one seed."""

    def __init__(self, floor: Floor, random: Random) -> None:
        self._floor = floor
        self._random = random
        self._order = itertools.count()
        self._ahead: list[tuple[float, int, Happening]] = []
        self._people = itertools.count()
        self._numbers = itertools.count(10_000)

    @property
    def _services(self) -> list[str]:
        return [service.id for service in self._floor.services]

    def due(self, now: float) -> Iterator[Happening]:
        """What has happened until `now`."""
        while self._ahead and self._ahead[0][0] <= now:
            yield heapq.heappop(self._ahead)[2]

    def waking(self) -> Iterator[Happening]:
        """A hall that opens: connected, heard, with private notes and queues."""
        yield ConnectionTold(True)
        yield ControllerHeard(0.0)
        yield PhonesKept(True)
        for service in self._services:
            yield QueueTold(service, self._line())

    def trouble(self, now: float) -> Iterator[Happening]:
        """Something or nothing breaks, or mends."""
        match self._random.randrange(14):
            case 0:
                yield ConnectionTold(self._random.random() < 0.7)
            case 1:
                yield ControllerOnline(self._random.random() < 0.7)
            case 2 | 3:
                yield QueueTold(self._random.choice(self._services), self._maybe(self._line()))
            case 4 if self._floor.printers:
                printer = self._random.choice(self._floor.printers).id
                yield PrinterTold(printer, self._random.random() < 0.4)
            case 5:
                yield ReaderTold(self._random.random() < 0.8, self._random.choice(("present", "notPresent")))
            case _:
                yield ControllerHeard(self._random.choice((0.0, 0.0, 5.0, 60.0)))
        self._later(now, 20.0, ConnectionTold(True))
        self._later(now, 20.0, ControllerOnline(True))

    def card(self) -> Happening:
        """Somebody new lays a card down."""
        if self._random.random() < 0.2:
            return CardFailed(self._random.choice(("read_failed", "rejected", "bad_number")))
        index = next(self._people)
        name = f"{chr(0x4E00 + index % 20_000)}{chr(0x4E00 + index // 20_000)}*"
        return CardLaid(
            f"{index:032x}",
            name,
            self._random.choice(((), ("elderly",), ("veteran",), ("elderly", "disabled"))),
            self._random.random() < 0.9,
        )

    def asked(self, request: Request, now: float, secret: Secret) -> None:
        """The screen asks: an answer, sooner or later or never, and paper that comes out or does not."""
        if request.unattended:
            return
        delay = self._random.uniform(0.01, ANSWER_S - 0.1)
        if self._random.random() < 0.1:
            self._push(now + ANSWER_S, NotAnswered(request.id))
            if self._random.random() < 0.5:
                self._push(now + ANSWER_S + delay * 8, self._answer(request, secret))
            return
        answer = self._answer(request, secret)
        self._push(now + delay, answer)
        ticket = answer.ticket or (request.what.ticket if isinstance(request.what, PrintAgain) else None)
        if ticket is not None and self._random.random() < 0.9:
            told = PaperTold(ticket, self._printer(), self._random.choice(OUTCOMES))
            self._push(now + self._random.uniform(0.01, 30.0), told)

    def _answer(self, request: Request, secret: Secret) -> Answered:
        if self._random.random() < 0.2:
            reason = self._random.choice((*REFUSALS, "expired", "already_waiting"))
            return Answered(request.id, ok=False, reason=reason, text="")
        if isinstance(request.what, LookUp):
            return Answered(
                request.id,
                ok=True,
                bookings=tuple(self._booking() for _ in range(self._random.randrange(3))),
                tickets=tuple(self._ticket(secret) for _ in range(self._random.randrange(3))),
            )
        service = (
            request.what.service if isinstance(request.what, Take) else self._random.choice(self._services)
        )
        ticket = self._ticket(secret)
        return Answered(
            request.id, ok=True, ticket=ticket.id, number=ticket.number, service=service,
            ahead=self._maybe(self._random.randrange(99)), forecast=self._maybe(self._forecast()),
        )  # fmt: skip

    def _ticket(self, secret: Secret) -> Ticket:
        number = next(self._numbers)
        return Ticket(
            id=f"t-{number}",
            number=secret(f"Q{number}"),
            service=self._random.choice(self._services),
            ahead=self._maybe(3),
            forecast=self._maybe(self._forecast()),
            paper="none",
            printer=self._printer(),
        )

    def _booking(self) -> Booking:
        return Booking(f"b-{next(self._order)}", self._random.choice(self._services), "09:30", "10:00")

    def _printer(self) -> str:
        return self._random.choice(self._floor.printers).id if self._floor.printers else ""

    def _line(self) -> Line:
        if self._random.random() < 0.25:
            return Line(0, None, open=False, closed_reason=self._random.choice(REFUSALS))
        return Line(self._random.randrange(120), self._maybe(self._forecast()))

    def _forecast(self) -> Forecast:
        low = self._random.uniform(0, 90)
        return Forecast(low=low, median=low + 5, high=low + 20)

    def _maybe(self, something: Some) -> Some | None:
        return something if self._random.random() < 0.8 else None

    def _later(self, now: float, within: float, happening: Happening) -> None:
        self._push(now + self._random.uniform(0.5, within), happening)

    def _push(self, at: float, happening: Happening) -> None:
        heapq.heappush(self._ahead, (at, next(self._order), happening))
