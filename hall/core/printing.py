"""Papers: each is asked for, and what became of it stands on the ticket's record."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from hall.core import alarms, forecast
from hall.core.commands import Command, Keep, PrintEnded, Reprint
from hall.core.events import (
    AlarmRaised,
    Event,
    PrintAsked,
    PrintDone,
    TicketTaken,
    TicketVoided,
    Wait,
)
from hall.core.outlook import Outlooks
from hall.core.refusal import Refusal, refuse
from hall.core.rules import CLOCK, PRINT_WITHIN_S, Rules
from hall.core.state import PrintJob, State, Ticket
from hall.core.watched import TicketKept


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
    done: list[Event] = [
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
            decide_by=_decide_by(state, rules, command, job),
        )
    ]
    alarm = alarms.of_paper(job.ticket)
    if command.outcome == "printed" and alarm in state.alarms and state.alarms[alarm].cleared is None:
        done.append(alarms.cleared(alarm, command))
    return done


def _decide_by(state: State, rules: Rules, command: PrintEnded, job: PrintJob) -> datetime | None:
    """Somebody who may never have seen their number is asked; a copy, or a paper that may be out, is no such
    case."""
    ticket = state.tickets[job.ticket]
    never_out = command.outcome == "failed" and not job.copy and ticket.status == "waiting"
    return command.at + timedelta(seconds=rules.hall.ticket.undecided_s * rules.speed) if never_out else None


def keep(state: State, rules: Rules, command: Keep) -> list[Event] | Refusal:
    """The owner has read or photographed the number, or wants time to decide."""
    ticket = state.tickets.get(command.ticket or "")
    if ticket is None:
        return refuse(rules, "unknown_ticket")
    if not ticket.is_open:
        status = rules.texts(f"status.{ticket.status}")
        return refuse(rules, f"ticket_{ticket.status}", ticket=ticket.id, number=ticket.number, status=status)
    if ticket.id not in state.undecided:
        return []
    more = None if command.seconds is None else timedelta(seconds=command.seconds * rules.speed)
    until = None if more is None else command.at + more
    return [TicketKept(at=command.at, by=command.by, ticket=ticket.id, until=until)]


def undecided(state: State, rules: Rules, now: datetime) -> Iterator[Event]:
    """Numbers nobody said a word about in time: nobody waits who was never given one, or a guide is told.

    What staff gave by hand they have told: it stays, whether or not their page is still open.
    """
    for ticket_id, until in state.undecided.items():
        if until > now:
            return
        ticket = state.tickets[ticket_id]
        if rules.hall.ticket.undecided == "void" and not ticket.by_hand:
            yield TicketVoided(at=now, by=CLOCK, ticket=ticket_id, why="not_printed")
            continue
        key = "alarm.not_printed_by_hand" if ticket.by_hand else "alarm.not_printed"
        yield AlarmRaised(
            at=now,
            by=CLOCK,
            alarm=alarms.of_paper(ticket_id),
            kind="device",
            where=f"ticket/{ticket.number}",
            parties=tuple(rules.hall.trouble.parties),
            text=rules.texts(key, number=ticket.number),
        )
        yield TicketKept(at=now, by=CLOCK, ticket=ticket_id)


def wanted_no_more(state: State, _: Rules, now: datetime) -> Iterator[Event]:
    """Alarms of papers of those whose visits are over: tomorrow their number is another's."""
    going_on = alarms.of_papers(state)
    if not going_on:
        return
    wanted = {alarms.of_paper(ticket.id) for ticket in state.tickets.values() if ticket.is_open}
    for alarm in going_on:
        if alarm not in wanted:
            yield alarms.cleared(alarm, Command(at=now, by=CLOCK))


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
