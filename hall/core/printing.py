"""Papers: each is asked for, and what became of it stands on the ticket's record."""

from datetime import datetime, timedelta

from hall.core import forecast
from hall.core.commands import PrintEnded, Reprint
from hall.core.events import Event, PrintAsked, PrintDone, TicketTaken, Wait
from hall.core.outlook import Outlooks
from hall.core.refusal import Refusal, refuse
from hall.core.rules import PRINT_WITHIN_S, Rules
from hall.core.state import State, Ticket


def job_id(ticket: str, index: int) -> str:
    """The same paper has the same id, however often it is asked for."""
    return f"{ticket}-{index + 1}"


def first_paper(rules: Rules, taken: TicketTaken) -> PrintAsked | None:
    """The paper of a fresh ticket, at the kiosk's own printer; None where there is none."""
    if taken.kiosk is None or not (printers := rules.hall.kiosks[taken.kiosk].printers):
        return None
    return PrintAsked(
        at=taken.at,
        by=taken.by,
        ticket=taken.ticket,
        job=job_id(taken.ticket, 0),
        printer=printers[0],
        copy=False,
        ahead=taken.ahead,
        forecast=taken.forecast,
        expires=_expires(rules, taken.at),
        kiosk=taken.kiosk,
    )


def reprint(
    state: State, rules: Rules, command: Reprint, ticket: Ticket, outlooks: Outlooks
) -> list[Event] | Refusal:
    """Another paper; it says that it is a copy unless every one before is known to have failed."""
    if None in ticket.prints:
        return refuse(rules, "printing", ticket=ticket.id, number=ticket.number)
    kiosk = command.kiosk or ticket.kiosk
    printer = _printer(rules, command, ticket, kiosk)
    if printer is None:
        return refuse(rules, "no_printer", ticket=ticket.id)
    before, wait = now_before(state, ticket, outlooks, command.at)
    return [
        PrintAsked(
            at=command.at,
            by=command.by,
            ticket=ticket.id,
            job=job_id(ticket.id, len(ticket.prints)),
            printer=printer,
            copy=any(outcome != "failed" for outcome in ticket.prints),
            ahead=before,
            forecast=wait,
            expires=_expires(rules, command.at),
            kiosk=kiosk,
        )
    ]


def ended(state: State, rules: Rules, command: PrintEnded) -> list[Event] | Refusal:
    """What the printer says became of a job."""
    job = state.printing.get(command.job)
    if job is None:
        return refuse(rules, "unknown_job")
    return [
        PrintDone(
            at=command.at,
            by=command.by,
            ticket=job.ticket,
            number=state.tickets[job.ticket].number,
            job=job.job,
            printer=job.printer,
            outcome=command.outcome,
            reason=command.reason,
            text=command.text,
            kiosk=job.kiosk,
        )
    ]


def _printer(rules: Rules, command: Reprint, ticket: Ticket, kiosk: str | None) -> str | None:
    if command.printer is not None:
        return command.printer if command.printer in rules.hall.ticket_printers else None
    if kiosk is not None and kiosk in rules.hall.kiosks and rules.hall.kiosks[kiosk].printers:
        return rules.hall.kiosks[kiosk].printers[0]
    return ticket.printer


def now_before(state: State, ticket: Ticket, outlooks: Outlooks, now: datetime) -> tuple[int, Wait | None]:
    """How many are before a ticket now, and for how long yet."""
    if ticket.status != "waiting":
        return 0, None
    seen = outlooks.of(state, ticket, now)
    before = forecast.ahead(state, ticket.service, ticket.turn, ticket.booked)
    return before, None if seen is None else seen.wait


def _expires(rules: Rules, now: datetime) -> datetime:
    return now + timedelta(seconds=PRINT_WITHIN_S * rules.speed)
