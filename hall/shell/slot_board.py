"""Today's appointments by slot, kept on the bus as retained states: counts, and never whose."""

from datetime import datetime
from functools import partial

from broker.client import Bus, Received
from broker.messages.bookings import AppointmentsState, SlotState
from broker.topics import topic_filter
from hall.core import booking_events as b
from hall.core.events import ControllerStarted, DayBegan, Event
from hall.core.slots import slots_on
from hall.shell.ledger import Ledger

_OF_BOOKINGS = (b.BookingMade, b.BookingCancelled, b.CheckedIn, b.BookingMissed)


class SlotBoard:
    """Publishes a service's slots when something in them has changed."""

    def __init__(self, bus: Bus, ledger: Ledger) -> None:
        self._bus = bus
        self._ledger = ledger
        rules = ledger.engine.rules
        table = rules.hall.appointments
        self._services = [service for service in rules.hall.services if table.places(service)]

    def hang_up(self) -> None:
        """Begin to keep every state on the bus."""
        for service in self._services:
            self._bus.own(self._bus.topic("appointments", service, "state"), partial(self._state, service))
        self._bus.subscribe(topic_filter(self._bus.hall, "appointments", leaf="state"), self._sweep)

    def changed_by(self, events: list[Event]) -> None:
        """Publish what `events` have changed."""
        for service in self._touched(events):
            self._bus.refresh(self._bus.topic("appointments", service, "state"))

    def _sweep(self, received: Received) -> None:
        """Take off the bus what an earlier run left there of a service that can't be booked any more."""
        if received.packet.payload and received.topic.id not in self._services:
            self._bus.disown(received.topic)

    def _touched(self, events: list[Event]) -> list[str]:
        if any(isinstance(event, DayBegan | ControllerStarted) for event in events):
            return self._services
        of = self._ledger.state.diary.bookings
        ids = {event.booking for event in events if isinstance(event, _OF_BOOKINGS)}
        touched = {of[booking].service for booking in ids if booking in of}
        return [service for service in self._services if service in touched]

    def _state(self, service: str) -> AppointmentsState:
        clock, state, rules = self._bus.clock, self._ledger.state, self._ledger.engine.rules
        now, places = clock.now(), rules.hall.appointments.places(service)

        def slot(begins: datetime, ends: datetime) -> SlotState:
            tally = state.diary.tally(service, begins)
            return SlotState(
                slot=begins,
                ends=ends,
                capacity=places,
                booked=tally.booked,
                arrived=tally.arrived,
                late=tally.late,
                missed=tally.missed,
            )

        today = now.date()
        ahead = (booking for booking in state.diary.bookings.values() if booking.service == service)
        return AppointmentsState(
            id=self._bus.new_id(),
            at=now,
            day=today.isoformat(),
            slots=[slot(*found) for found in slots_on(rules, service, today, now.tzinfo)],
            ahead=sum(booking.status == "open" and booking.slot.date() > today for booking in ahead),
        )
