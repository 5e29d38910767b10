"""Folding the journal: each event changes the state in place, and asks nothing but the two of them."""

from bisect import insort
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from hall.core import diary_folding, notices, reminders, task_folds, watch_folds
from hall.core import events as e
from hall.core.duties import Visit
from hall.core.notice_events import NoticePosted, NoticeWithdrawn
from hall.core.reasons import STAFF
from hall.core.rules import HOURS
from hall.core.state import IN_HAND, Desk, PrintJob, Queue, RatingWindow, State, Ticket


def evolve(state: State, event: e.Event) -> State:
    """The state after `event`; the very same object, changed."""
    _FOLDS[type(event)](state, event)
    state.at = event.at
    return state


def _controller_started(state: State, event: e.ControllerStarted) -> None:
    state.epoch = event.epoch


def _day_began(state: State, event: e.DayBegan) -> None:
    state.day = event.day
    state.numbers.clear()
    state.issued.clear()
    state.given.clear()
    state.ended.clear()
    state.undecided.clear()
    state.tickets.clear()
    state.of_person.clear()
    state.appointments.clear()
    state.queues.clear()
    state.lessons.new_day()
    state.printing.clear()
    state.rating.clear()
    state.reminding.clear()
    diary_folding.new_day(state, event.day)


def _ticket_taken(state: State, event: e.TicketTaken) -> None:
    ticket = Ticket(
        id=event.ticket,
        number=event.number,
        ordinal=len(state.tickets),
        service=event.service,
        taken=event.at,
        since=event.at,
        queued=event.at,
        credit_minutes=event.credit_minutes,
        booked=event.booked,
        ahead=event.ahead,
        forecast=event.forecast,
        person=event.person,
        name_masked=event.name_masked,
        kiosk=event.kiosk,
        by_hand=event.by.startswith(STAFF),
        appointment=event.appointment,
        late=event.late,
        priority=event.priority,
        steps=event.steps,
    )
    state.tickets[ticket.id] = ticket
    state.numbers[event.prefix] = event.ordinal
    state.issued[event.service] = state.issued.get(event.service, 0) + 1
    insort(state.given.setdefault(event.service, []), event.at.timestamp())
    if event.person is not None:
        state.of_person.setdefault(event.person, []).append(ticket.id)
    if event.appointment is not None:
        state.appointments[event.appointment] = ticket.id
    _queue(state, event.service).put(ticket)
    state.lessons.took(event.service, event.at, event.booked, event.credit_minutes)


def _ticket_called(state: State, event: e.TicketCalled) -> None:
    ticket = state.tickets[event.ticket]
    ticket.last_called_at = event.at
    ticket.calls = event.nth
    _desk(state, event.counter).active_at = event.at
    if event.nth > 1:
        return
    state.undecided.pop(ticket.id, None)
    queue = _queue(state, ticket.service)
    if not ticket.booked:
        queue.run = 0
    queue.take(ticket)
    queue.step()
    queue.last_called = event.number
    for service in event.passed:
        _queue(state, service).run += 1
    ticket.status = "called"
    ticket.counter, ticket.clerk = event.counter, event.clerk
    ticket.called_at, ticket.started_at = event.at, None
    desk = _desk(state, event.counter)
    desk.ticket, desk.put_aside_at = ticket.id, None
    if desk.free_since is not None:
        came = max(desk.free_since, ticket.queued)
        state.lessons.waited_for_clerk(_minutes(came, event.at), idle=came == ticket.queued)


def _service_started(state: State, event: e.ServiceStarted) -> None:
    ticket = state.tickets[event.ticket]
    ticket.status, ticket.started_at = "serving", event.at
    _desk(state, event.counter).active_at = event.at
    state.lessons.stood_there(_kept(ticket, event.at))


def _service_finished(state: State, event: e.ServiceFinished) -> None:
    ticket = _put_down(state, event.ticket, event.at)
    ticket.finished_at = event.at
    ticket.rating_until = event.rating_until
    state.rating.pop(ticket.id, None)
    state.rating[ticket.id] = event.rating_until
    state.lessons.was_served(ticket.missed > 0, ticket.started_at is not None)
    if event.minutes is not None:
        state.lessons.took_so_long(ticket.service, event.clerk, event.at, event.minutes)
    ticket.windows.append(
        RatingWindow(
            counter=event.counter,
            clerk=event.clerk,
            service=event.service or ticket.service,
            stage=event.stage,
            step=ticket.step,
            opened=event.at,
            until=event.rating_until,
        )
    )
    if event.next is None:
        visit = Visit(ticket=ticket.id, number=ticket.number, service=ticket.service, counter=event.counter)
        task_folds.served(state, visit, state.day)
        ticket.status = "finished"
        _forget_visitor(state, ticket)
    else:
        _go_on(state, ticket, event.next, event.since or ticket.since, event.at)


def _go_on(state: State, ticket: Ticket, service: str, since: datetime, at: datetime) -> None:
    """The next step of the visit: another queue, with the same number."""
    ticket.came_from, ticket.service = ticket.service, service
    ticket.steps = ticket.steps[ticket.steps.index(service) + 1 :]
    ticket.step += 1
    ticket.status, ticket.since, ticket.queued = "waiting", since, at
    ticket.booked, ticket.missed, ticket.calls = False, 0, 0
    _queue(state, service).put(ticket)
    state.lessons.sent_on(service)


def _ticket_missed(state: State, event: e.TicketMissed) -> None:
    ticket = _put_down(state, event.ticket, event.at)
    state.lessons.did_not_come(ticket.missed > 0, _kept(ticket, event.at))
    ticket.missed += 1
    ticket.queued = event.at
    ticket.booked = False
    queue = _queue(state, ticket.service)
    match event.goes:
        case "void":
            ticket.status, ticket.end = "void", "missed"
            _forget_visitor(state, ticket)
        case "tail":
            ticket.status, ticket.since, ticket.credit_minutes = "waiting", event.at, 0.0
            queue.put(ticket)
        case "back":
            ticket.status = "waiting"
            queue.park(ticket, event.after)
        case "clerk":
            ticket.status = "missed"
            _desk(state, event.counter).missed.append(ticket.id)


def _ticket_held(state: State, event: e.TicketHeld) -> None:
    ticket = _take_out(state, event.ticket, event.at)
    ticket.status = "held"
    desk = _desk(state, event.counter)
    desk.held.append(ticket.id)
    desk.put_aside_at = event.at


def _ticket_resumed(state: State, event: e.TicketResumed) -> None:
    ticket = _take_out(state, event.ticket, event.at)
    ticket.status, ticket.queued = "waiting", event.at
    _queue(state, ticket.service).put(ticket)


def _ticket_transferred(state: State, event: e.TicketTransferred) -> None:
    before = state.tickets[event.ticket]
    run = _queue(state, before.service).run if before.status == "waiting" else 0
    ticket = _take_out(state, event.ticket, event.at)
    ticket.came_from, ticket.service = ticket.service, event.to
    ticket.status, ticket.queued = "waiting", event.at
    if event.step is not None:
        ticket.step, ticket.steps = event.step, event.steps
    queue = _queue(state, event.to)
    queue.put(ticket)
    # whom appointments have gone before while they waited is not passed by as many again in another line
    if not ticket.booked:
        queue.run = max(queue.run, run)
    state.lessons.sent_on(event.to)


def _ticket_voided(state: State, event: e.TicketVoided) -> None:
    _over(state, event.ticket, event.why, event.at)


def _ticket_ended(state: State, event: e.TicketEnded) -> None:
    state.ended[event.reason] = state.ended.get(event.reason, 0) + 1
    _over(state, event.ticket, event.reason, event.at)


def _people_forgotten(state: State, _: e.PeopleForgotten) -> None:
    for code in state.appointments:
        state.tickets[state.appointments[code]].appointment = None
    state.appointments.clear()


def _print_asked(state: State, event: e.PrintAsked) -> None:
    ticket = state.tickets[event.ticket]
    state.printing[event.job] = PrintJob(
        job=event.job,
        ticket=ticket.id,
        index=len(ticket.prints),
        printer=event.printer,
        kiosk=event.kiosk,
        copy=event.copy,
        ahead=event.ahead,
        forecast=event.forecast,
        asked=event.at,
        expires=event.expires,
    )
    state.undecided.pop(ticket.id, None)
    ticket.prints.append(None)
    ticket.printer = event.printer


def _print_done(state: State, event: e.PrintDone) -> None:
    job = state.printing.pop(event.job)
    state.tickets[job.ticket].prints[job.index] = event.outcome
    if event.decide_by is not None:
        state.wait_for_word(job.ticket, event.decide_by)


def _rated(state: State, event: e.Rated) -> None:
    state.rating.pop(event.ticket, None)
    ticket = state.tickets[event.ticket]
    ticket.grade = event.grade
    for window in reversed(ticket.windows):
        if (window.counter, window.stage) == (event.counter, event.stage):
            window.grade = event.grade
            break


def _counter_opened(state: State, event: e.CounterOpened) -> None:
    desk = _desk(state, event.counter)
    desk.clerk, desk.paused = event.clerk, False
    desk.shift, desk.until = event.shift or desk.shift, event.until
    desk.free_since, desk.paused_at = event.at, None
    desk.pause_why, desk.back_at, desk.break_of, desk.active_at = None, None, None, event.at


def _counter_closed(state: State, event: e.CounterClosed) -> None:
    desk = _desk(state, event.counter)
    desk.clerk, desk.paused, desk.until, desk.active_at = None, False, None, event.at
    if event.by != HOURS:
        desk.pause_why, desk.back_at, desk.break_of = None, None, None


def _counter_paused(state: State, event: e.CounterPaused) -> None:
    desk = _desk(state, event.counter)
    desk.paused, desk.paused_at, desk.put_aside_at = True, desk.paused_at or event.at, event.at
    desk.pause_why, desk.back_at, desk.active_at = event.why, event.until, event.at
    desk.break_of = desk.clerk


def _counter_reopened(state: State, event: e.CounterReopened) -> None:
    desk = _desk(state, event.counter)
    if desk.paused_at is not None:
        state.lessons.was_paused(_minutes(desk.paused_at, event.at))
    desk.paused, desk.paused_at, desk.free_since = False, None, event.at
    desk.put_aside_at = desk.active_at = event.at
    desk.pause_why, desk.back_at, desk.break_of = None, None, None


def _queue(state: State, service: str) -> Queue:
    queue = state.queues.get(service)
    if queue is None:
        queue = state.queues[service] = Queue()
    return queue


def _desk(state: State, counter: str) -> Desk:
    desk = state.desks.get(counter)
    if desk is None:
        desk = state.desks[counter] = Desk()
    return desk


def _minutes(start: datetime, end: datetime) -> float:
    return (end - start).total_seconds() / 60


def _kept(ticket: Ticket, at: datetime) -> float:
    """Minutes since its call."""
    return 0.0 if ticket.called_at is None else _minutes(ticket.called_at, at)


def _put_down(state: State, ticket_id: str, at: datetime) -> Ticket:
    """A ticket in hand leaves its counter."""
    ticket = state.tickets[ticket_id]
    if ticket.counter is not None:
        desk = _desk(state, ticket.counter)
        desk.ticket, desk.free_since, desk.active_at = None, at, at
    return ticket


def _take_out(state: State, ticket_id: str, at: datetime) -> Ticket:
    """A ticket leaves wherever it is: the queue, the counter's hand, or its pile of held ones."""
    ticket = state.tickets[ticket_id]
    state.undecided.pop(ticket_id, None)
    if ticket.status in IN_HAND:
        state.lessons.moved_on(ticket.missed > 0, _kept(ticket, at))
        return _put_down(state, ticket_id, at)
    if ticket.status == "waiting":
        _queue(state, ticket.service).take(ticket)
    elif ticket.status == "held" and ticket.counter is not None:
        _desk(state, ticket.counter).held.remove(ticket_id)
    elif ticket.status == "missed" and ticket.counter is not None:
        _desk(state, ticket.counter).missed.remove(ticket_id)
    return ticket


def _over(state: State, ticket_id: str, why: str, at: datetime) -> None:
    ticket = _take_out(state, ticket_id, at)
    ticket.status, ticket.end = "void", why
    _forget_visitor(state, ticket)


def _forget_visitor(state: State, ticket: Ticket) -> None:
    """A ticket that is over is nobody's any more."""
    if ticket.person is not None:
        state.of_person[ticket.person].remove(ticket.id)
        if not state.of_person[ticket.person]:
            del state.of_person[ticket.person]
    ticket.person = ticket.name_masked = None


_FOLDS: Final[dict[type[e.Event], Callable[[State, Any], None]]] = {
    e.ControllerStarted: _controller_started,
    e.DayBegan: _day_began,
    e.TicketTaken: _ticket_taken,
    e.TicketCalled: _ticket_called,
    e.ServiceStarted: _service_started,
    e.ServiceFinished: _service_finished,
    e.TicketMissed: _ticket_missed,
    e.TicketHeld: _ticket_held,
    e.TicketResumed: _ticket_resumed,
    e.TicketTransferred: _ticket_transferred,
    e.TicketVoided: _ticket_voided,
    e.TicketEnded: _ticket_ended,
    e.PeopleForgotten: _people_forgotten,
    e.PrintAsked: _print_asked,
    e.PrintDone: _print_done,
    e.Rated: _rated,
    e.CounterOpened: _counter_opened,
    e.CounterClosed: _counter_closed,
    e.CounterPaused: _counter_paused,
    e.CounterReopened: _counter_reopened,
    **watch_folds.FOLDS,
    **task_folds.FOLDS,
    **diary_folding.FOLDS,
    **reminders.FOLDS,
    NoticePosted: notices.posted,
    NoticeWithdrawn: notices.withdrawn,
}
