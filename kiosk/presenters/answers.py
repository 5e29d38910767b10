"""What the controller answers, and what becomes of the paper."""

from dataclasses import replace
from typing import Final

from broker.ids import NewId
from kiosk.presenters.asking import turned_to
from kiosk.presenters.happenings import Answered
from kiosk.presenters.model import Model
from kiosk.presenters.pages import Asking, ItemPage, Refused, Reported, TicketPage, Unanswered, Voided
from kiosk.presenters.requests import Arrive, PrintAgain, Report, Request, Take, Void
from kiosk.presenters.visitor import Paper, PaperTold, Ticket

THEIRS_ALREADY: Final = ("already_waiting", "appointment_used", "booking_used")
"""Refusals that name the number the asker has."""


def answered(model: Model, answer: Answered, now: float, new_id: NewId) -> Model:
    """The reply to the question on show; any other is too late to matter."""
    page = model.page
    looked_up = next((one for one in model.lookups if one.id == answer.re), None)
    if looked_up is not None:
        return _known_of(model, looked_up, answer)
    if isinstance(page, ItemPage) and page.asked == answer.re:
        return replace(model, page=replace(page, paper=answer.paper or "failed"))
    if not isinstance(page, Asking) or page.request.id != answer.re:
        return model
    if answer.reason == "expired":
        # it was certainly not done, and the same id would be refused for ever
        return turned_to(model, Unanswered(replace(page.request, id=new_id()), page.back), now)
    match page.request.what:
        case Take() | Arrive() | Report():
            return _taken(model, page, answer, now)
        case PrintAgain(_, printer) if answer.ok and isinstance(page.back, TicketPage):
            return _printing(model, replace(page.back.ticket, printer=printer), now)
        case Void() if answer.ok and isinstance(page.back, TicketPage):
            return turned_to(model, Voided(page.back.ticket.number), now)
        case _:
            return _refused(model, page, answer, now)


def _refused(model: Model, page: Asking, answer: Answered, now: float) -> Model:
    return turned_to(model, Refused(answer.reason, answer.text, page.back, answer.text_in), now)


def _known_of(model: Model, looked_up: Request, answer: Answered) -> Model:
    """What the visitor has today; whoever has gone meanwhile is not told of."""
    model = replace(model, lookups=tuple(one for one in model.lookups if one is not looked_up))
    if model.visitor is None or not answer.ok:
        return model
    known = replace(
        model.visitor,
        bookings=answer.bookings or model.visitor.bookings,
        tickets=tuple(replace(one, printer=_own_printer(model)) for one in answer.tickets)
        or model.visitor.tickets,
    )
    return replace(model, visitor=known)


def _own_printer(model: Model) -> str:
    return model.floor.printers[0].id if model.floor.printers else ""


def _taken(model: Model, page: Asking, answer: Answered, now: float) -> Model:
    """A number: new, or the one that is theirs already; a report may go without one."""
    known = answer.ticket is not None and answer.number is not None
    already = answer.reason in THEIRS_ALREADY
    what = page.request.what
    if isinstance(what, Report) and answer.ok and not known:
        return turned_to(model, Reported(), now)
    if not known or not (answer.ok or already):
        return _refused(model, page, answer, now)
    ticket = Ticket(
        id=answer.ticket or "",
        number=answer.number or "",
        service=answer.service or (what.service if isinstance(what, Take) else ""),
        ahead=answer.ahead,
        forecast=answer.forecast,
        paper="none",
        printer=_own_printer(model),
        late=answer.late,
    )
    return turned_to(model, TicketPage(ticket), now) if already else _printing(model, ticket, now)


def _printing(model: Model, ticket: Ticket, now: float) -> Model:
    """The ticket on its way to the printer, unless its outcome was quicker than the reply."""
    early = model.early_paper
    paper: Paper = "printing" if model.floor.printers else "failed"
    if early is not None and early.ticket == ticket.id:
        paper = early.paper
    return turned_to(model, TicketPage(replace(ticket, paper=paper)), now)


def not_answered(model: Model, re: str, now: float) -> Model:
    """Nobody answered: nothing is known, and asking again with the same id is safe."""
    page = model.page
    if isinstance(page, ItemPage) and page.asked == re:
        return replace(model, page=replace(page, paper="unknown"))
    if isinstance(page, Asking) and page.request.id == re:
        return turned_to(model, Unanswered(page.request, page.back), now)
    return model


def paper_told(model: Model, told: PaperTold, now: float) -> Model:
    """The outcome of a print: of the ticket on show, or of one whose number is still on its way here."""
    page = model.page
    if isinstance(page, Asking | Unanswered):
        return replace(model, early_paper=told)
    if not isinstance(page, TicketPage) or page.ticket.id != told.ticket:
        return model
    ticket = replace(page.ticket, paper=told.paper, printer=told.printer or page.ticket.printer)
    return turned_to(model, TicketPage(ticket), now)
