"""What a visitor does: touches, and cards laid down."""

from dataclasses import replace
from typing import Final, Literal

from broker.ids import NewId
from kiosk.presenters.actions import (
    Action,
    GiveUpTicket,
    GoBack,
    GoHome,
    MoreTime,
    PrintAt,
    Speak,
    SwitchMode,
    TryAgain,
    UsePriority,
    VoidTicket,
)
from kiosk.presenters.asking import arrive, ask, turned_to
from kiosk.presenters.doors import behind_the_doors
from kiosk.presenters.happenings import CardLaid
from kiosk.presenters.model import Model
from kiosk.presenters.pages import (
    Asking,
    CardTrouble,
    CheckInPage,
    ClosedService,
    Confirm,
    DepartmentPage,
    Finder,
    Home,
    ItemPage,
    PhoneForm,
    Refused,
    StuckForm,
    TicketPage,
    Unanswered,
)
from kiosk.presenters.patience import PATIENCE, greeted, wiped
from kiosk.presenters.requests import Keep, LookUp, PrintAgain, Request, Void
from kiosk.presenters.visitor import Visitor

LOOKED_UP: Final[tuple[Literal["bookings", "tickets"], ...]] = ("bookings", "tickets")

LONGER_S: Final = PATIENCE.decision + 10.0
"""What the controller waits yet: the screen itself gives a number up before that, when nobody touches it."""
GUARD_S: Final = 0.4
"""A second tap of an impatient finger must not press what has just appeared under it."""


def touched(model: Model, action: Action | None, now: float, new_id: NewId) -> tuple[Model, Request | None]:
    """A finger on `action`, or beside every control."""
    after, request = _touched(model, action, now, new_id)
    undecided = _undecided(model)
    if request is not None or undecided is None or after.touched_at == model.touched_at:
        return after, request
    # the controller voids a number that nobody decides about: it is told that somebody does
    seconds = LONGER_S if _undecided(after) == undecided else None
    return after, Request(new_id(), Keep(undecided, seconds), unattended=True)


def _undecided(model: Model) -> str | None:
    """The ticket on show whose paper failed."""
    page = model.page
    return page.ticket.id if isinstance(page, TicketPage) and page.ticket.paper == "failed" else None


def _touched(model: Model, action: Action | None, now: float, new_id: NewId) -> tuple[Model, Request | None]:
    if not isinstance(model.page, Home) and now - model.page_at < GUARD_S:
        return model, None
    model = replace(model, touched_at=now)
    match action:
        case None | MoreTime():
            return model, None
        case Speak(language) if language in model.floor.languages:
            return replace(model, language=language), None
        case SwitchMode(mode, on):
            return replace(model, modes=model.modes.switched(mode, on)), None
        case GoHome() if model.page.name != "asking":
            return wiped(model, now), None
        case GoBack():
            return _back(model, now), None
        case _:
            return _on_the_page(model, action, now, new_id)


def _on_the_page(model: Model, action: Action, now: float, new_id: NewId) -> tuple[Model, Request | None]:
    """What only means something on the page it stands on; a touch that came too late means nothing."""
    match model.page, action:
        case Home(), UsePriority(wanted) if model.visitor is not None:
            return replace(model, visitor=replace(model.visitor, wants_priority=wanted)), None
        case TicketPage(ticket), _ if ticket.paper == "printing":
            return model, None
        case TicketPage() as page, PrintAt(printer) if model.floor.printer(printer) is not None:
            return ask(model, Request(new_id(), PrintAgain(page.ticket.id, printer)), page, now)
        case TicketPage() as page, GiveUpTicket():
            return turned_to(model, replace(page, giving_up=True), now), None
        case TicketPage(ticket, giving_up=True), VoidTicket():
            return ask(model, Request(new_id(), Void(ticket.id, "given_up")), TicketPage(ticket), now)
        case Unanswered() as page, TryAgain():
            return ask(model, page.request, page.back, now)
        case _:
            return behind_the_doors(model, action, now, new_id)


def _back(model: Model, now: float) -> Model:
    match model.page:
        case (
            Unanswered(back=back)
            | Refused(back=back)
            | ClosedService(back=back)
            | Confirm(back=back)
            | ItemPage(back=back)
        ):
            return turned_to(model, back, now)
        case PhoneForm(reasons):
            return turned_to(model, StuckForm(reasons), now)
        case DepartmentPage():
            return turned_to(model, Finder(), now)
        case TicketPage(ticket, giving_up=True):
            return turned_to(model, TicketPage(ticket), now)
        case CardTrouble():
            return turned_to(model, Home(), now)
        case _:
            return model


def card_laid(model: Model, card: CardLaid, now: float, new_id: NewId) -> tuple[Model, tuple[Request, ...]]:
    """Somebody's card was read: greet them, unless another visitor's number still needs a decision.

    What they have today, appointments and numbers, is looked up meanwhile; at the door for appointments
    the card is all it takes.
    """
    if not _is_free(model, card.person):
        return model, ()
    if not card.valid:
        return _in_trouble(model, "expired", now), ()
    visitor = Visitor(card.person, card.name_masked, card.priority)
    if model.visitor is not None and model.visitor.person == card.person:
        visitor = replace(visitor, wants_priority=model.visitor.wants_priority)
    there = greeted(model, visitor, now)
    if isinstance(model.page, CheckInPage):
        there, arriving = arrive(there, CheckInPage(), now, new_id)
        return there, (arriving,) if arriving else ()
    lookups = tuple(Request(new_id(), LookUp(card.person, what)) for what in LOOKED_UP)
    return replace(there, lookups=lookups), lookups


def card_failed(model: Model, reason: Literal["read_failed", "rejected", "bad_number"], now: float) -> Model:
    """A card lay there and could not be used: say so, and how to go on without."""
    return _in_trouble(model, reason, now) if _is_free(model, None) else model


def _in_trouble(
    model: Model, reason: Literal["read_failed", "rejected", "bad_number", "expired"], now: float
) -> Model:
    return turned_to(
        replace(wiped(model, now), language=model.language, modes=model.modes), CardTrouble(reason), now
    )


def _is_free(model: Model, person: str | None) -> bool:
    """Whether a card may change what is on show."""
    match model.page:
        case Asking() | Unanswered():
            return False
        case TicketPage(ticket):
            someone_else = model.visitor is None or model.visitor.person != person
            return person is not None and someone_else and ticket.paper in ("printed", "none")
        case _:
            return model.in_service
