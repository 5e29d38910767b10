"""How long the screen waits for a visitor, and what becomes of them when they are gone."""

from dataclasses import dataclass, replace
from typing import Final

from kiosk.presenters.model import Model
from kiosk.presenters.modes import PLAIN
from kiosk.presenters.pages import (
    Confirm,
    DepartmentPage,
    Finder,
    Home,
    ItemPage,
    Reported,
    Services,
    TicketPage,
    Voided,
)
from kiosk.presenters.visitor import Visitor


@dataclass(frozen=True)
class Patience:
    """Real seconds. The 60 s are the hall's rule (domain.md section 4), the others ours."""

    untouched: float = 60.0
    """Any page, without a touch, before it returns home."""
    ticket: float = 30.0
    """A ticket that is in the visitor's hand."""
    decision: float = 90.0
    """A ticket that did not print, and needs the visitor to say what next."""
    farewell: float = 10.0
    """A page that only confirms."""
    shown: float = 15.0
    """The countdown is seen for the last of these."""
    printing: float = 33.0
    """A print job is refused when it is 30 s old; after that nothing more is heard of the paper."""


PATIENCE = Patience()

IMPERSONAL: Final = (Services, Confirm, Finder, DepartmentPage, ItemPage)
"""Pages that say nothing of who reads them: whoever lays a card down there goes on from there."""


def is_at_rest(model: Model) -> bool:
    """Whether the screen stands as the next visitor should find it."""
    return (
        model.page == Home()
        and model.visitor is None
        and model.language == model.floor.languages[0]
        and model.modes == PLAIN
    )


def seconds_left(model: Model, now: float) -> float | None:
    """Until the screen returns home by itself; None when it is not going to."""
    allowed = _allowed(model)
    return None if allowed is None else allowed - (now - model.touched_at)


def _allowed(model: Model) -> float | None:
    page = model.page
    if page.name == "asking" or is_at_rest(model):
        return None
    if isinstance(page, TicketPage):
        match page.ticket.paper:
            case "printing":
                return None
            case "failed":
                return PATIENCE.decision
            case "unknown":
                return PATIENCE.untouched
            case "printed" | "none":
                return PATIENCE.ticket
    return PATIENCE.farewell if isinstance(page, Voided | Reported) else PATIENCE.untouched


def overdue_at_the_printer(model: Model, now: float) -> bool:
    """Whether the word on a ticket's paper should have come by now."""
    page = model.page
    return (
        isinstance(page, TicketPage)
        and page.ticket.paper == "printing"
        and now - model.page_at > PATIENCE.printing
    )


def wiped(model: Model, now: float) -> Model:
    """The home page with nothing left of whoever stood there."""
    return Model(
        floor=model.floor,
        facts=model.facts,
        page=Home(),
        language=model.floor.languages[0],
        touched_at=now,
        page_at=now,
        time_of_day=model.time_of_day,
        date=model.date,
        in_service=model.in_service,
    )


def greeted(model: Model, visitor: Visitor, now: float) -> Model:
    """The screen for somebody whose card was read: language, modes and what is read by everybody stay."""
    page = model.page if isinstance(model.page, IMPERSONAL) else Home()
    if isinstance(page, Confirm):
        page = replace(page, claims=())
    return replace(wiped(model, now), page=page, visitor=visitor, language=model.language, modes=model.modes)
