"""Requests of the screen, put to the controller and answered."""

import asyncio
import logging
from contextlib import suppress
from datetime import datetime
from typing import Any, Final, Literal

import msgspec
from msgspec import UNSET

from broker.client import Bus, Unanswered
from broker.messages.bookings import CheckIn, FindBookings
from broker.messages.devices import PriorityClass
from broker.messages.envelope import Command, Reply
from broker.messages.hall import Cancel, Reprint, TakeTicket
from broker.messages.tasks import ReportStuck
from broker.messages.visitors import FindTickets, OwnTicket, PrintChecklist
from broker.messages.watch import Keep as KeepNumber
from broker.topics import CONTROLLER_ID
from broker.transport import NotConnected
from hallfile.catalogue import Catalogue
from hallfile.notes import Note, Notes, NotesUnavailable
from kiosk.listening import Tell
from kiosk.presenters.happenings import Answered, NotAnswered
from kiosk.presenters.requests import Arrive, Checklist, Keep, LookUp, PrintAgain, Report, Request, Take
from kiosk.presenters.visitor import Booking, Ticket, Visitor

log = logging.getLogger(__name__)

ANSWER_S: Final = 5.0
"""A visitor waits so long for an answer, real seconds."""
PAPER_S: Final = 30.0
"""A checklist that could not be printed by then is not printed any more, real seconds."""
UNATTENDED_TRIES: Final = 24
UNATTENDED_REST_S: Final = 5.0
"""What nobody waits for is asked again this often, for about two to four minutes."""


class Mouth:
    """Asks the controller on behalf of one kiosk."""

    def __init__(
        self, bus: Bus, kiosk: str, sentence: Catalogue, tell: Tell, notes: Notes | None = None
    ) -> None:
        """`notes` is where a visitor's telephone number is kept; without it none is taken."""
        self._bus = bus
        self._kiosk = kiosk
        self._sentence = sentence
        self._tell = tell
        self._notes = notes
        self._topic = bus.topic("controller", CONTROLLER_ID, "command")
        self._tasks: set[asyncio.Task[None]] = set()

    def ask(self, request: Request) -> None:
        """Put a request to the controller; the answer, or that there was none, is told."""
        work = self._ask_until_answered(request) if request.unattended else self._ask_once(request)
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Wait for no more answers."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _ask_once(self, request: Request) -> None:
        if not await self._phone_kept(request):
            self._tell(Answered(request.id, ok=False, reason="phone_not_kept"))
            return
        reply = await self._reply(request)
        if reply is not None and not reply.ok:
            await self._phone_erased(request)
        self._tell(NotAnswered(request.id) if reply is None else answer_of(reply))

    async def _phone_kept(self, request: Request) -> bool:
        """Whether nothing of the request is lost: a number is written down before anything is sent, and under
        the id of the request, so that asking again writes no second note.
        """
        if (phone := _phone(request)) == "":
            return True
        if self._notes is None:
            return False
        try:
            await asyncio.to_thread(self._notes.keep, request.id, Note(phone=phone), self._bus.clock.now())
        except NotesUnavailable as error:
            log.warning("a visitor's number was not taken: %s", error)
            return False
        return True

    async def _phone_erased(self, request: Request) -> None:
        """What was refused has left nothing behind; what the disk keeps, the controller erases."""
        if self._notes is not None and _phone(request):
            with suppress(NotesUnavailable):
                await asyncio.to_thread(self._notes.erase, {request.id})

    async def _ask_until_answered(self, request: Request) -> None:
        for _ in range(UNATTENDED_TRIES):
            if await self._reply(request) is not None:
                return
            await asyncio.sleep(UNATTENDED_REST_S)

    async def _reply(self, request: Request) -> Reply | None:
        try:
            return await self._bus.ask_for(self._topic, self._command(request), _patience(request))
        except (Unanswered, NotConnected):
            return None

    def _command(self, request: Request) -> Command:
        head: dict[str, Any] = {
            "id": request.id,
            "at": self._bus.clock.now(),
            "expires": self._bus.expires(_patience(request)),
            "by": f"kiosk/{self._kiosk}",
        }
        match request.what:
            case Take(service, visitor, claims):
                about = _about(visitor, claims)
                return TakeTicket(**head, service=service, kiosk=self._kiosk, **about)
            case Arrive(visitor, code, booking):
                return CheckIn(**head, kiosk=self._kiosk, **_which(code, booking), **_about(visitor))
            case LookUp(person, "bookings"):
                return FindBookings(**head, person=person)
            case LookUp(person):
                return FindTickets(**head, person=person)
            case Checklist(item, printer):
                return PrintChecklist(**head, item=item, kiosk=self._kiosk, printer=printer)
            case Report(reasons, visitor, phone):
                known = _about(visitor)
                known.pop("priority", None)
                if phone:
                    known |= {"note": request.id, "contact": True}
                return ReportStuck(**head, reasons=list(reasons), kiosk=self._kiosk, **known)
            case PrintAgain(ticket, printer):
                return Reprint(**head, ticket=ticket, kiosk=self._kiosk, printer=printer)
            case Keep(ticket, seconds):
                longer: dict[str, Any] = {} if seconds is None else {"seconds": seconds}
                return KeepNumber(**head, ticket=ticket, **longer)
            case void:
                return Cancel(**head, ticket=void.ticket, why=self._sentence(f"void.{void.why}"))


def _phone(request: Request) -> str:
    return request.what.phone if isinstance(request.what, Report) else ""


def _patience(request: Request) -> float:
    return PAPER_S if isinstance(request.what, Checklist) else ANSWER_S


def _about(visitor: Visitor | None, claims: tuple[PriorityClass, ...] = ()) -> dict[str, Any]:
    """What a ticket is told about its owner: only such priority as is claimed."""
    known: dict[str, Any] = {}
    if visitor is not None:
        known = {"person": visitor.person, "name_masked": visitor.name_masked}
        claims = (*visitor.claimed, *(one for one in claims if one not in visitor.claimed))
    return {**known, "priority": list(claims)} if claims else known


def _which(code: str, booking: str | None) -> dict[str, Any]:
    """The appointment: by its code, by its id, or by the card alone."""
    return {"code": code} if code else {"booking": booking} if booking else {}


def answer_of(reply: Reply) -> Answered:
    """A reply as the presenters read it."""
    return Answered(
        re=reply.re,
        ok=reply.ok,
        reason=_or(reply.reason, ""),
        text=_or(reply.text, ""),
        text_in=_or(reply.text_in, {}),
        ticket=_or(reply.ticket, None),
        number=_or(reply.number, None),
        service=_or(reply.service, None),
        ahead=_or(reply.ahead, None),
        forecast=_or(reply.forecast_minutes, None),
        **_details(_or(reply.details, {})),
        paper=_paper(reply),
    )


def _details(told: dict[str, Any]) -> dict[str, Any]:
    """What single commands answer besides; what can't be read is as if it were not there."""
    try:
        known = msgspec.convert(told, _Told)
    except msgspec.ValidationError:
        return {}
    return {
        "late": known.late,
        "bookings": tuple(
            Booking(one.booking, one.service, f"{one.slot:%H:%M}", f"{one.ends:%H:%M}")
            for one in known.bookings
            if one.status == "open"
        ),
        "tickets": tuple(
            Ticket(one.ticket, one.number, one.service, one.ahead, one.forecast_minutes, "none", "")
            for one in known.tickets
        ),
    }


class _ToldBooking(msgspec.Struct):
    """One of `bookings`, as far as a screen shows it."""

    booking: str
    service: str
    slot: datetime
    ends: datetime
    status: str


class _Told(msgspec.Struct):
    """What `details` may hold."""

    late: bool = False
    bookings: list[_ToldBooking] = []
    tickets: list[OwnTicket] = []


def _paper(reply: Reply) -> Literal["printed", "failed", "unknown"] | None:
    match reply.outcome:
        case "printed" | "failed" | "unknown" as outcome:
            return outcome
        case _:
            return None


def _or(value: Any, otherwise: Any) -> Any:
    return otherwise if value is UNSET else value
