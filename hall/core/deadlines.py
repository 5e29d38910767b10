"""亮牌: cases with promised working days, the cards of those that are late, and 限时办结 records."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Final

from hall.core import events as e
from hall.core import task_commands as ask
from hall.core import task_events as t
from hall.core import tasks, workdays
from hall.core.commands import Command
from hall.core.duties import Card, Case
from hall.core.refusal import Refusal, refuse
from hall.core.rules import CLOCK, Rules
from hall.core.state import State

RECORD: Final = "record"
"""What is due of a case that is late at all: its responsibility record."""
CARDS: Final[tuple[Card, ...]] = ("blue", "yellow", "red")


def register(state: State, rules: Rules, command: ask.RegisterCase) -> list[e.Event] | Refusal:
    """A case, or what is new of it. One already known as it is said leads to nothing."""
    if no := _wrong(rules, command):
        return no
    known = state.duties.cases.get(command.case)
    if known is not None and known.finished is not None:
        return []
    promised = workdays.after(rules, command.accepted, command.promised_workdays)
    is_new = known is None or (known.accepted, known.promised) != (command.accepted, promised)
    found: list[e.Event] = [_registered(rules, command, promised)] if is_new else []
    note = None if known is None else known.note
    if command.note is not None and command.note != note:
        note = command.note
        found.append(t.CaseNoted(at=command.at, by=command.by, case=command.case, note=note))
    if command.finished is not None:
        found.append(_finished(rules, command, promised, note))
        for task in state.duties.tasks.values():
            if task.case == command.case and task.is_open and task.card != "discipline":
                found += tasks.settled(rules, task, command, state)
    return found


def may_tell(rules: Rules) -> bool:
    """Whether this hall tells anybody that their case is done."""
    return rules.hall.reminders.case_done and bool(rules.hall.gateways)


def reached_by(state: State, rules: Rules, today: date) -> set[str]:
    """The private notes that are still needed to tell somebody that their case is done."""
    if not may_tell(rules):
        return set()
    keep = timedelta(days=rules.hall.reminders.case_kept_days)
    return {
        case.note
        for case in state.duties.cases.values()
        if case.note is not None and today <= case.promised + keep
    }


def due(state: State, rules: Rules, case_id: str, what: str, now: datetime) -> Iterator[e.Event]:
    """A card, or the record, whose morning has come."""
    case = state.duties.cases[case_id]
    if what == RECORD:
        yield t.OverdueRecorded(
            at=now,
            by=CLOCK,
            case=case_id,
            item=case.item,
            department=case.department,
            promised=case.promised,
            handler=_handler(state, rules, case),
        )
        return
    for card in CARDS:
        if what == card:
            yield from _card(state, rules, case_id, case, card, now)


def _wrong(rules: Rules, command: ask.RegisterCase) -> Refusal | None:
    if command.zone is not None and command.zone not in rules.hall.zones:
        return refuse(rules, "unknown_zone", zone=command.zone)
    if command.finished is not None and command.finished < command.accepted:
        return refuse(rules, "finished_before_accepted", case=command.case)
    if max(command.accepted, command.finished or command.accepted) > command.at.date():
        return refuse(rules, "case_in_the_future", case=command.case)
    return None


def _registered(rules: Rules, command: ask.RegisterCase, promised: date) -> t.CaseRegistered:
    settings = rules.hall.deadlines
    days = {
        "blue": workdays.before(rules, promised, settings.blue_before),
        RECORD: workdays.after(rules, promised, 1),
        "yellow": workdays.after(rules, promised, settings.yellow_after),
        "red": workdays.after(rules, promised, settings.red_after),
    }
    return t.CaseRegistered(
        at=command.at,
        by=command.by,
        case=command.case,
        item=command.item,
        department=command.department,
        zone=command.zone,
        accepted=command.accepted,
        promised_workdays=command.promised_workdays,
        promised=promised,
        due=_still_to_come(
            [(workdays.opening(rules, day, command.at), what) for what, day in days.items()], command.at
        ),
    )


def _still_to_come(due: list[tuple[datetime, str]], now: datetime) -> tuple[tuple[datetime, str], ...]:
    """Of a case heard of late only the last card that has come is shown, not each that would have been."""
    passed = [what for moment, what in due if moment <= now and what != RECORD]
    return tuple(entry for entry in due if entry[1] not in passed[:-1])


def _finished(rules: Rules, command: ask.RegisterCase, promised: date, note: str | None) -> t.CaseFinished:
    assert command.finished is not None
    newest = timedelta(days=rules.hall.reminders.case_done_days)
    is_news = may_tell(rules) and command.at.date() - command.finished <= newest
    over = workdays.between(rules, promised, command.finished)
    # finished on a free day after the promised one: late, though no working day has passed
    return t.CaseFinished(
        at=command.at,
        by=command.by,
        case=command.case,
        department=command.department,
        finished=command.finished,
        workdays_over=max(over, 1) if command.finished > promised else over,
        forget_at=tasks.forget_at(rules, command.at),
        item=command.item,
        note=note if is_news else None,
    )


def _card(
    state: State, rules: Rules, case_id: str, case: Case, card: Card, now: datetime
) -> Iterator[e.Event]:
    settings = rules.hall.deadlines
    raised = _task(
        state,
        rules,
        now,
        card,
        case,
        task=_card_id(case_id, card),
        text=rules.texts(f"card.{card}", case=case_id, item=case.item, promised=case.promised.isoformat()),
        case_id=case_id,
        promised=case.promised,
    )
    for task in state.duties.tasks.values():
        if task.case == case_id and task.is_open and task.card != "discipline":
            yield from tasks.settled(rules, task, Command(at=now, by=CLOCK), state)
    yield raised
    yield tasks.raised_alarm(raised, "deadline", settings.parties, f"{raised.text}{raised.consequence}")
    if card != "red":
        return
    since = workdays.before(rules, now.date(), settings.discipline_workdays)
    reds = [day for day, department in state.duties.reds if department == case.department and day >= since]
    if len(reds) + 1 < settings.discipline_reds:
        return
    repeated = _task(
        state,
        rules,
        now,
        "discipline",
        case,
        task=_card_id(case_id, "discipline"),
        text=rules.texts("card.discipline", department=case.department, count=len(reds) + 1),
        case_id=case_id,
    )
    yield repeated
    text = f"{repeated.text}{repeated.consequence}"
    yield tasks.raised_alarm(repeated, "deadline", settings.discipline_parties, text)


def _task(
    state: State,
    rules: Rules,
    now: datetime,
    card: Card,
    case: Case,
    *,
    task: str,
    text: str,
    case_id: str = "",
    promised: date | None = None,
) -> t.TaskRaised:
    return t.TaskRaised(
        at=now,
        by=CLOCK,
        task=task,
        kind="deadline",
        text=text,
        department=case.department,
        handler=_handler(state, rules, case),
        card=card,
        case=case_id,
        promised=promised,
        consequence=getattr(rules.hall.deadlines.consequence, card) or rules.texts(f"consequence.{card}"),
    )


def _handler(state: State, rules: Rules, case: Case) -> str | None:
    return tasks.handler(state, rules, "deadline", case.zone, None)


def _card_id(case: str, card: Card) -> str:
    """The city's numbers of cases are no addresses on the bus."""
    return f"card-{sha256(case.encode()).hexdigest()[:16]}-{card}"
