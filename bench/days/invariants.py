"""What must be true of a hall after every event, whatever was asked of it."""

from bench.days.promise import Broken, hold
from hall.core.events import (
    DayBegan,
    Event,
    ServiceFinished,
    TicketCalled,
    TicketEnded,
    TicketMissed,
    TicketTaken,
    TicketVoided,
)
from hall.core.state import IN_HAND, State, Ticket


class Watch:
    """Sees every event with the state before and after it."""

    def __init__(self, most_in_a_row: int, *, every: int = 1) -> None:
        """`every`: after how many events all tickets are looked at; the one an event names always is."""
        self.numbers: set[str] = set()
        self.owed: set[str] = set()
        """Tickets whose owner has neither been served nor been told why not."""
        self.events = 0
        self._every = every
        self._most_in_a_row = most_in_a_row
        self._passed: dict[str, int] = {}
        """Walk-ins waiting → booked ones called before them since a walk-in of their queue was."""

    def before(self, state: State, event: Event, services: tuple[str, ...]) -> None:
        """`event` is about to be folded; `services` are those of the counter it names."""
        if isinstance(event, TicketCalled) and event.nth == 1:
            self._fairly(state, event, services)

    def after(self, state: State, event: Event) -> None:
        """`event` has been folded."""
        self.events += 1
        match event:
            case DayBegan():
                hold(not self.owed, "nobody lost", f"{len(self.owed)} at the day's turn")
                self.numbers.clear()
                self._passed.clear()
            case TicketTaken():
                hold(event.number not in self.numbers, "no number twice", event.number)
                self.numbers.add(event.number)
                self.owed.add(event.ticket)
            case ServiceFinished(next=None) | TicketVoided() | TicketEnded() | TicketMissed(goes="void"):
                hold(event.ticket in self.owed, "nobody ended twice", event.ticket)
                self.owed.discard(event.ticket)
            case _:
                pass
        if self.events % self._every == 0:
            places_agree(state)
            open_now = {ticket.id for ticket in state.tickets.values() if ticket.is_open}
            hold(open_now == self.owed, "nobody lost", ", ".join(open_now ^ self.owed))
        else:
            ticket = state.tickets.get(getattr(event, "ticket", ""))
            if ticket is not None:
                place_agrees(state, ticket)

    def _fairly(self, state: State, event: TicketCalled, services: tuple[str, ...]) -> None:
        called = state.tickets[event.ticket]
        hold(
            called.service in services, "a counter calls what it does", f"{called.number} at {event.counter}"
        )
        hold(bool(event.why), "every call says why", called.number)
        waiting = [
            state.tickets[turn[2]]
            for service in services
            for turn in state.queue(service).walk_in
            if turn[2] != called.id
        ]
        if not called.booked:
            for other in waiting:
                ahead = (called.since - other.since).total_seconds() / 60
                most = called.credit_minutes - other.credit_minutes + 1e-6
                hold(ahead <= most, "overtaking within its bound", f"{called.number} before {other.number}")
            for ticket in state.tickets.values():
                if ticket.service == called.service:
                    self._passed.pop(ticket.id, None)
            return
        for other in waiting:
            self._passed[other.id] = self._passed.get(other.id, 0) + 1
            most_in_a_row = self._passed[other.id] <= self._most_in_a_row
            hold(most_in_a_row, "appointments within their bound", f"{called.number} before {other.number}")


def place_agrees(state: State, ticket: Ticket) -> None:
    """One ticket is in the place its status says, and in no other."""
    queue = state.queue(ticket.service)
    lines = (queue.walk_in, queue.booked, [parked.turn for parked in queue.parked])
    queued = sum(line.count(ticket.turn) for line in lines)
    hold(queued == (ticket.status == "waiting"), "nobody in two states", f"{ticket.number} in queues")
    desk = state.desk(ticket.counter or "")
    in_hand = desk.ticket == ticket.id
    hold(in_hand == (ticket.status in IN_HAND), "nobody in two states", f"{ticket.number} in hands")
    held = desk.held.count(ticket.id)
    hold(held == (ticket.status == "held"), "nobody in two states", f"{ticket.number} on hold")
    void = ticket.status == "void"
    hold((ticket.end is not None) == void, "every end has a reason", ticket.number)


def places_agree(state: State) -> None:
    """Every ticket is in exactly the place its status says, and no place holds one that isn't there."""
    queued: list[str] = []
    for service, queue in state.queues.items():
        hold(queue.walk_in == sorted(queue.walk_in), "queues are in order", service)
        hold(queue.booked == sorted(queue.booked), "queues are in order", service)
        for turn in (*queue.walk_in, *queue.booked, *(parked.turn for parked in queue.parked)):
            queued.append(turn[2])
            ticket = state.tickets[turn[2]]
            hold(ticket.service == service, "nobody in two states", f"{ticket.number} in another's queue")
            hold(ticket.turn == turn, "queues are in order", ticket.number)
    _same(queued, state, "waiting")
    _same([desk.ticket for desk in state.desks.values() if desk.ticket is not None], state, *IN_HAND)
    _same([ticket for desk in state.desks.values() for ticket in desk.held], state, "held")
    for ticket in state.tickets.values():
        if (ticket.end is not None) != (ticket.status == "void"):
            raise Broken("every end has a reason", ticket.number)
        if ticket.person is not None and not ticket.is_open:
            raise Broken("who is gone is forgotten", ticket.number)
    for person, theirs in state.of_person.items():
        hold(bool(theirs), "who is gone is forgotten", "a person is remembered for no ticket")
        known = {(state.tickets[one].person, state.tickets[one].is_open) for one in theirs}
        hold(known == {(person, True)}, "who is gone is forgotten", "another's ticket")
    for job in state.printing.values():
        hold(state.tickets[job.ticket].prints[job.index] is None, "a print has one outcome", job.job)


def _same(places: list[str], state: State, *statuses: str) -> None:
    """Those in a kind of place are those whose status says so, each once."""
    should = {ticket.id for ticket in state.tickets.values() if ticket.status in statuses}
    hold(len(places) == len(should) and set(places) == should, "nobody in two states", "/".join(statuses))
