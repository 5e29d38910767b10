"""Giving a number, or saying why not and what to do instead."""

from bisect import bisect_left
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from hall.core import calendar, forecast, printing
from hall.core.commands import TakeTicket
from hall.core.events import Event, TicketTaken
from hall.core.numbering import next_ordinal, number
from hall.core.outlook import Outlooks
from hall.core.reasons import WHY_MOST, is_staff, names_somebody
from hall.core.refusal import Refusal, refuse
from hall.core.rules import Rules
from hall.core.scene import Prospect
from hall.core.state import State


class Promise(NamedTuple):
    """What a booking gives its owner a right to; while on time, a number whatever the quota."""

    late: bool
    """Whether they come as a walk-in after all."""
    credit_minutes: float
    """What the waiting of a late one is credited with."""
    instead: str | None = None
    """The number they took as a walk-in, and give up for it."""


AT_ONCE: Final = timedelta()
OVERRIDDEN: Final = frozenset(("too_late", "quota", "stretch_full", "between_stretches"))


def take(
    state: State, rules: Rules, command: TakeTicket, outlooks: Outlooks, promise: Promise | None = None
) -> list[Event] | Refusal:
    """A number for `command.service`; by `promise` for the owner of a booking."""
    service = command.service
    if service not in rules.hall.services:
        return refuse(rules, "unknown_service", service=service)
    if command.kiosk is not None and command.kiosk not in rules.hall.kiosks:
        return refuse(rules, "unknown_kiosk", kiosk=command.kiosk)
    if command.ticket in state.tickets:
        return refuse(rules, "ticket_exists", ticket=command.ticket)
    if no := names_somebody(rules, command.why) or _theirs_already(state, rules, command, promise):
        return no
    late = promise is not None and promise.late
    promised = promise is not None and not late
    booked = command.appointment is not None and not late
    credit = max(credit_minutes(rules, command.priority), promise.credit_minutes if promise else 0.0)
    turn = forecast.newcomer(state, command.at, credit)
    prospect = outlooks.prospect(state, service, turn, booked, command.at)
    no = gate(state, rules, service, command.at, prospect)
    if no is not None and not ((promised or may_override(command)) and no.reason in OVERRIDDEN):
        return no
    ordinal = next_ordinal(state, rules, service)
    wait = None if prospect is None else prospect.wait
    taken = TicketTaken(
        at=command.at,
        by=command.by,
        ticket=command.ticket,
        number=number(rules, service, ordinal),
        ordinal=ordinal,
        service=service,
        prefix=rules.service(service).prefix,
        ahead=forecast.ahead(state, service, turn, booked),
        forecast=wait,
        credit_minutes=credit,
        booked=booked,
        person=command.person,
        name_masked=command.name_masked,
        kiosk=command.kiosk,
        appointment=command.appointment,
        late=late,
        priority=command.priority,
        override=None if no is None else no.reason,
        override_why=None if no is None or not command.why else command.why[:WHY_MOST],
        steps=tuple(rules.service(service).then),
    )
    paper = printing.first_paper(rules, taken)
    return [taken] if paper is None else [taken, paper]


def may_override(command: TakeTicket) -> bool:
    """Whether staff ask for it: at a counter or the console. A kiosk can't."""
    return command.override and is_staff(command)


def credit_minutes(rules: Rules, classes: tuple[str, ...]) -> float:
    """What the best of the priority classes is worth."""
    if not classes:
        return 0.0
    minutes = rules.hall.priority
    worth = {
        "elderly": minutes.elderly,
        "disabled": minutes.disabled,
        "pregnant": minutes.pregnant,
        "veteran": minutes.veteran,
    }
    return float(max((worth.get(name, 0.0) for name in classes), default=0.0))


def gate(
    state: State, rules: Rules, service: str, now: datetime, prospect: Prospect | None
) -> Refusal | None:
    """Why no number is given for `service` now; None when one is."""
    able = rules.counters_of[service]
    if not rules.service(service).direct:
        return refuse(rules, "not_direct", service=rules.service_name(service))
    if not calendar.is_served(rules, service, now):
        return _not_now(rules, service, now)
    if no := _no_more(state, rules, service, now):
        return no
    if not any(state.desk(counter).is_open for counter in able):
        return refuse(rules, "no_counter", service=rules.service_name(service))
    last = [service, *rules.service(service).then][-1]
    closes = calendar.closing(rules, last, now)
    if prospect is not None and closes is not None and prospect.finish + _further(rules, service) > closes:
        waiting = len(state.queue(service))
        text = "refusal.too_late" if waiting else "refusal.too_late_alone"
        said = rules.texts(
            text,
            service=rules.service_name(service),
            waiting=waiting,
            closes=f"{closes:%H:%M}",
            next=_next_day(rules, service, now),
        )
        return Refusal("too_late", said)
    return None


def _further(rules: Rules, service: str) -> timedelta:
    """What the further steps of the visit take at least."""
    then = rules.service(service).then
    return timedelta(minutes=sum(rules.service(step).mean_minutes for step in then)) if then else AT_ONCE


def _no_more(state: State, rules: Rules, service: str, now: datetime) -> Refusal | None:
    """限号: all numbers of the day, or of this stretch of it, are given; or this is no time for them."""
    quota, issuing = rules.service(service).quota, rules.service(service).issuing
    if quota is None and not issuing:
        return None
    name = rules.service_name(service)
    if quota is not None and state.issued.get(service, 0) >= quota:
        return refuse(rules, "quota", service=name, quota=quota, next=_next_day(rules, service, now))
    if not issuing:
        return None
    stretch = calendar.stretch_at(rules, service, now)
    if stretch is None:
        return refuse(rules, "between_stretches", service=name, next=_next_time(rules, service, now))
    if stretch.most is None or _given_since(state, service, stretch.opens) < stretch.most:
        return None
    return refuse(
        rules,
        "stretch_full",
        service=name,
        opens=f"{stretch.opens:%H:%M}",
        closes=f"{stretch.closes:%H:%M}",
        most=stretch.most,
        next=_next_time(rules, service, now),
    )


def _given_since(state: State, service: str, moment: datetime) -> int:
    given = state.given.get(service, [])
    return len(given) - bisect_left(given, moment.timestamp())


def _theirs_already(
    state: State, rules: Rules, command: TakeTicket, promise: Promise | None
) -> Refusal | None:
    """The open ticket this person has for this service, or made of this booking."""
    if command.person is not None:
        for ticket in map(state.tickets.__getitem__, state.of_person.get(command.person, ())):
            if ticket.service == command.service and not (promise and ticket.id == promise.instead):
                return refuse(rules, "already_waiting", ticket=ticket.id, number=ticket.number)
    if command.appointment is not None and command.appointment in state.appointments:
        used = state.tickets[state.appointments[command.appointment]]
        return refuse(rules, "appointment_used", ticket=used.id, number=used.number)
    return None


def _not_now(rules: Rules, service: str, now: datetime) -> Refusal:
    able = rules.counters_of[service]
    today = [shift for counter in able for shift in calendar.shifts(rules, counter, now)]
    if not today:
        reason = "holiday"
    elif now < min(shift.opens for shift in today):
        reason = "not_open_yet"
    elif now < max(shift.closes for shift in today):
        reason = "lunch"
    else:
        reason = "closed"
    next_time = _next_time(rules, service, now)
    return refuse(rules, reason, service=rules.service_name(service), next=next_time)


def _next_time(rules: Rules, service: str, now: datetime) -> str:
    return _when(rules, calendar.next_issuing(rules, service, now), now)


def _next_day(rules: Rules, service: str, now: datetime) -> str:
    tonight = datetime.combine(now.date(), datetime.max.time(), now.tzinfo)
    return _when(rules, calendar.next_issuing(rules, service, tonight), now)


def _when(rules: Rules, moment: datetime | None, now: datetime) -> str:
    """A coming moment as it is said to a citizen."""
    if moment is None:
        return rules.texts("when.unknown")
    days = (moment.date() - now.date()).days
    key = {0: "when.today", 1: "when.tomorrow"}.get(days, "when.day")
    return rules.texts(key, time=f"{moment:%H:%M}", month=moment.month, day=moment.day)
