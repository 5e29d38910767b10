"""What the controller answers, and what becomes of the paper."""

from dataclasses import replace

from broker.ids import NewId
from kiosk.presenters.happenings import Answered
from kiosk.presenters.model import (
    Asking,
    Home,
    Model,
    Paper,
    PaperTold,
    PrintAgain,
    Refused,
    Take,
    Ticket,
    TicketPage,
    Unanswered,
    Void,
    Voided,
)
from kiosk.presenters.visits import turned_to


def answered(model: Model, answer: Answered, now: float, new_id: NewId) -> Model:
    """The reply to the question on show; any other is too late to matter."""
    page = model.page
    if not isinstance(page, Asking) or page.request.id != answer.re:
        return model
    if answer.reason == "expired":
        # it was certainly not done, and the same id would be refused for ever
        return turned_to(model, Unanswered(replace(page.request, id=new_id()), page.back), now)
    match page.request.what:
        case Take(service):
            return _taken(model, service, answer, now)
        case PrintAgain(_, printer) if answer.ok and isinstance(page.back, TicketPage):
            return _printing(model, replace(page.back.ticket, printer=printer), now)
        case Void() if answer.ok and isinstance(page.back, TicketPage):
            return turned_to(model, Voided(page.back.ticket.number), now)
        case _:
            return turned_to(model, Refused(answer.reason, answer.text, page.back), now)


def _taken(model: Model, service: str, answer: Answered, now: float) -> Model:
    known = answer.ticket is not None and answer.number is not None
    already = answer.reason == "already_waiting"
    if not known or not (answer.ok or already):
        return turned_to(model, Refused(answer.reason, answer.text, Home()), now)
    ticket = Ticket(
        id=answer.ticket or "",
        number=answer.number or "",
        service=answer.service or service,
        ahead=answer.ahead,
        forecast=answer.forecast,
        paper="none",
        printer=model.floor.printers[0].id if model.floor.printers else "",
    )
    return turned_to(model, TicketPage(ticket), now) if already else _printing(model, ticket, now)


def _printing(model: Model, ticket: Ticket, now: float) -> Model:
    """The ticket on its way to the printer, unless its outcome was quicker than the reply."""
    early = model.early_paper
    paper: Paper = "printing" if model.floor.printers else "failed"
    if early is not None and early.ticket == ticket.id:
        paper = early.paper
    return turned_to(replace(model, early_paper=None), TicketPage(replace(ticket, paper=paper)), now)


def not_answered(model: Model, re: str, now: float) -> Model:
    """Nobody answered: nothing is known, and asking again with the same id is safe."""
    page = model.page
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
