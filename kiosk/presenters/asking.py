"""Turning a page, and putting a question to the controller."""

from dataclasses import replace

from broker.ids import NewId
from broker.messages.devices import PriorityClass
from kiosk.presenters.model import Model
from kiosk.presenters.pages import Asking, ClosedService, Confirm, Page, Unanswered
from kiosk.presenters.requests import Arrive, Request, Take

Turned = tuple[Model, Request | None]
"""The next model, and what to ask of the controller."""


def turned_to(model: Model, page: Page, now: float) -> Model:
    """Another page; whoever stands there has all the time for it again.

    An outcome that came early is kept only where its question is still open.
    """
    early = model.early_paper if isinstance(page, Asking | Unanswered) else None
    return replace(model, page=page, page_at=now, touched_at=now, early_paper=early)


def ask(model: Model, request: Request, back: Page, now: float) -> Turned:
    """Wait for the answer to `request`; a refusal leads to `back`."""
    return turned_to(replace(model, early_paper=None), Asking(request, back), now), request


def choose(model: Model, service: str, back: Page, now: float, new_id: NewId) -> Turned:
    """A service was touched: why it gives no numbers, how long it takes, or a number at once."""
    if not _is_offered(model, service):
        return model, None
    if model.facts.is_shut(service):
        return turned_to(model, ClosedService(service, back), now), None
    if _asks_first(model):
        return turned_to(model, Confirm(service, back), now), None
    return take(model, service, back, now, new_id)


def take(
    model: Model,
    service: str,
    back: Page,
    now: float,
    new_id: NewId,
    claims: tuple[PriorityClass, ...] = (),
) -> Turned:
    """A number for `service`, unless it has closed meanwhile."""
    if not _is_offered(model, service):
        return model, None
    if model.facts.is_shut(service):
        return turned_to(model, ClosedService(service, back), now), None
    return ask(model, Request(new_id(), Take(service, model.visitor, claims)), back, now)


def arrive(
    model: Model, back: Page, now: float, new_id: NewId, code: str = "", booking: str | None = None
) -> Turned:
    """Somebody is here for their appointment: with its code, or known by their card."""
    return ask(model, Request(new_id(), Arrive(model.visitor, code, booking)), back, now)


def _is_offered(model: Model, service: str) -> bool:
    entry = model.floor.service(service)
    return entry is not None and entry.direct


def _asks_first(model: Model) -> bool:
    """Whether the wait is shown before a number is taken; who wants a priority that the card does not show
    has to say which.
    """
    visitor = model.visitor
    match model.floor.confirm:
        case "always":
            return True
        case "never":
            return bool(visitor and visitor.wants_priority and not visitor.claimed)
        case "without_card":
            return visitor is None or bool(visitor.wants_priority and not visitor.claimed)
