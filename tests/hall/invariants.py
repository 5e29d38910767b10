"""What must be true of a hall after every event, whatever was asked of it."""

from collections import Counter as Tally

from hall.core.events import DayBegan, Event, TicketCalled, TicketTaken
from hall.core.state import IN_HAND, State


class Watch:
    """Sees every event with the state before and after it."""

    def __init__(self, most_in_a_row: int) -> None:
        self.numbers: set[str] = set()
        self._most_in_a_row = most_in_a_row
        self._passed: dict[str, int] = {}
        """Walk-ins waiting → booked ones called before them since a walk-in of their queue was."""

    def before(self, state: State, event: Event, services: tuple[str, ...]) -> None:
        """`event` is about to be folded; `services` are those of the counter it names."""
        if isinstance(event, TicketCalled) and event.nth == 1:
            self._fairly(state, event, services)

    def after(self, state: State, event: Event) -> None:
        """`event` has been folded."""
        if isinstance(event, DayBegan):
            self.numbers.clear()
            self._passed.clear()
        if isinstance(event, TicketTaken):
            assert event.number not in self.numbers, f"{event.number} was given twice"
            self.numbers.add(event.number)
        places_agree(state)

    def _fairly(self, state: State, event: TicketCalled, services: tuple[str, ...]) -> None:
        called = state.tickets[event.ticket]
        waiting = [
            state.tickets[turn[2]]
            for service in services
            for turn in state.queue(service).walk_in
            if turn[2] != called.id
        ]
        if not called.booked:
            for other in waiting:
                ahead = (called.since - other.since).total_seconds() / 60
                assert ahead <= called.credit_minutes - other.credit_minutes + 1e-6, "overtaken beyond credit"
            for ticket in state.tickets.values():
                if ticket.service == called.service:
                    self._passed.pop(ticket.id, None)
            return
        for other in waiting:
            self._passed[other.id] = self._passed.get(other.id, 0) + 1
            assert self._passed[other.id] <= self._most_in_a_row, "more appointments in a row than allowed"


def places_agree(state: State) -> None:
    """Every ticket is in exactly the place its status says, and no place holds one that isn't there."""
    queued = Tally[str]()
    for service, queue in state.queues.items():
        assert queue.walk_in == sorted(queue.walk_in)
        assert queue.booked == sorted(queue.booked)
        for turn in (*queue.walk_in, *queue.booked, *(parked.turn for parked in queue.parked)):
            queued[turn[2]] += 1
            assert state.tickets[turn[2]].service == service
            assert state.tickets[turn[2]].turn == turn
    in_hand = Tally(desk.ticket for desk in state.desks.values() if desk.ticket is not None)
    held = Tally(ticket for desk in state.desks.values() for ticket in desk.held)
    for ticket in state.tickets.values():
        assert queued[ticket.id] == (ticket.status == "waiting"), f"{ticket.number} in queues"
        assert in_hand[ticket.id] == (ticket.status in IN_HAND), f"{ticket.number} in hands"
        assert held[ticket.id] == (ticket.status == "held"), f"{ticket.number} on hold"
        assert (ticket.end is not None) == (ticket.status == "void"), f"{ticket.number} ended without reason"
    for person, theirs in state.of_person.items():
        assert theirs, "a person is remembered for no ticket"
        assert {(state.tickets[one].person, state.tickets[one].is_open) for one in theirs} == {(person, True)}
    assert all(ticket.is_open or ticket.person is None for ticket in state.tickets.values())
    for job in state.printing.values():
        assert state.tickets[job.ticket].prints[job.index] is None
