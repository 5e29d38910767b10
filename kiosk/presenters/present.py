"""The one way in: a model and what happened give the next model and what to ask of the controller."""

from dataclasses import dataclass, replace
from datetime import datetime
from math import ceil

from broker.ids import NewId
from kiosk.presenters.answers import answered, not_answered, paper_told
from kiosk.presenters.happenings import (
    Answered,
    CardFailed,
    CardLaid,
    ConnectionTold,
    ControllerHeard,
    ControllerOnline,
    Happening,
    NamesSpelled,
    NotAnswered,
    PhonesKept,
    PrinterTold,
    QueueTold,
    ReaderTold,
    Ticked,
    Touched,
)
from kiosk.presenters.model import HEARTBEAT_LOST_S, Facts, Model
from kiosk.presenters.pages import CheckInPage, Home, PhoneForm, TicketPage
from kiosk.presenters.patience import PATIENCE, overdue_at_the_printer, seconds_left, wiped
from kiosk.presenters.requests import Request, Void
from kiosk.presenters.visitor import PaperTold
from kiosk.presenters.visits import card_failed, card_laid, touched


@dataclass(frozen=True)
class Step:
    """What follows from a happening."""

    model: Model
    requests: tuple[Request, ...] = ()
    """To be asked of the controller now."""


def advance(model: Model, happening: Happening, now: float, new_id: NewId) -> Step:
    """What follows from `happening` at `now` (monotonic real seconds).

    The model itself, not a copy, where nothing that is seen has changed.
    """
    step = _react(model, happening, now, new_id)
    settled = _settled(step.model, now)
    return replace(step, model=model if settled == model else settled)


def _react(model: Model, happening: Happening, now: float, new_id: NewId) -> Step:
    match happening:
        case Touched(action):
            model, request = touched(model, action, now, new_id)
            return Step(model, (request,) if request else ())
        case CardLaid():
            return Step(*card_laid(_with_card_read(model), happening, now, new_id))
        case NamesSpelled(spellings):
            return Step(replace(model, floor=replace(model.floor, spellings=spellings)))
        case PhonesKept(kept):
            return Step(replace(model, facts=replace(model.facts, keeps_phones=kept)))
        case CardFailed(reason):
            return Step(card_failed(_with_card_read(model), reason, now))
        case Answered():
            return Step(answered(model, happening, now, new_id))
        case NotAnswered(re):
            return Step(not_answered(model, re, now))
        case PaperTold():
            return Step(paper_told(model, happening, now))
        case Ticked(hall_time):
            return _ticked(model, hall_time, now, new_id)
        case _:
            return Step(replace(model, facts=_told(model.facts, happening, now)))


def _with_card_read(model: Model) -> Model:
    return replace(model, facts=replace(model.facts, card_is_read=True))


def _told(facts: Facts, happening: Happening, now: float) -> Facts:
    match happening:
        case ConnectionTold(connected):
            return replace(facts, connected=connected)
        case ControllerOnline(online):
            return replace(facts, controller_online=online)
        case ControllerHeard(age_s):
            return replace(facts, controller_heard_at=now - max(0.0, age_s))
        case QueueTold(service, line) if line is not None:
            return replace(facts, lines={**facts.lines, service: line})
        case QueueTold(service):
            rest = {name: line for name, line in facts.lines.items() if name != service}
            return replace(facts, lines=rest)
        case PrinterTold(printer, down):
            return replace(facts, printers={**facts.printers, printer: down})
        case ReaderTold(ready, card):
            is_read = facts.card_is_read and card == "present"
            return replace(facts, reader_ready=ready, card=card, card_is_read=is_read)
        case _:
            return facts


def _ticked(model: Model, hall_time: datetime, now: float, new_id: NewId) -> Step:
    model = replace(
        model,
        time_of_day=f"{hall_time:%H:%M}",
        date=(hall_time.month, hall_time.day, hall_time.weekday()),
    )
    page = model.page
    if isinstance(page, TicketPage) and overdue_at_the_printer(model, now):
        told = PaperTold(page.ticket.id, page.ticket.printer, "unknown")
        return Step(paper_told(model, told, now))
    left = seconds_left(model, now)
    if left is None or left > 0:
        return Step(model)
    return Step(wiped(model, now), _left_behind(model, new_id))


def _left_behind(model: Model, new_id: NewId) -> tuple[Request, ...]:
    """A number whose paper failed and that nobody kept is voided: nobody waits who was never given one."""
    page = model.page
    if isinstance(page, TicketPage) and page.ticket.paper == "failed":
        return (Request(new_id(), Void(page.ticket.id, "not_collected"), unattended=True),)
    return ()


def _settled(model: Model, now: float) -> Model:
    """What follows from the moment alone: who is away, and the countdown."""
    in_service = _in_service(model.facts, now)
    if not in_service:
        model = _without_what_shows(model)
    left = seconds_left(model, now)
    countdown = max(1, ceil(left)) if left is not None and left <= PATIENCE.shown else None
    return replace(model, in_service=in_service, countdown=countdown)


def _without_what_shows(model: Model) -> Model:
    """What tells of a visitor does not come back with the controller: by then another may stand there."""
    match model.page:
        case Home() | CheckInPage():
            return replace(model, page=type(model.page)(), visitor=None, lookups=())
        case PhoneForm(reasons):
            return replace(model, page=PhoneForm(reasons))
        case _:
            return model


def _in_service(facts: Facts, now: float) -> bool:
    return (
        facts.connected
        and facts.controller_online
        and facts.controller_heard_at is not None
        and now - facts.controller_heard_at <= HEARTBEAT_LOST_S
    )
