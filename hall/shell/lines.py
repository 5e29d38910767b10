"""Where each number stands, told to those who follow it on a page of their own (docs/bus.md, `line`)."""

import asyncio
import logging
from collections.abc import Iterator
from typing import Final

from broker.client import Bus
from broker.messages.envelope import Forecast
from broker.messages.hall import InLine, Line
from hall.core import Rules, State, forecast
from hall.core.forecast import Prospect
from hall.core.state import Ticket
from hall.shell.ledger import Ledger

log = logging.getLogger(__name__)

GATHER_S: Final = 0.2
PACE_S: Final = 0.7
"""So often at most, real seconds: a page may be two seconds late."""
AGAIN_S: Final = 15.0
"""So often at least, real seconds: forecasts move though nothing happens, and a message may be lost."""
MOST_IN_A_LINE: Final = 320
"""More would not fit into one message of 64 KiB."""


class Lines:
    """Tells every service's line soon after something in it may have changed."""

    def __init__(self, bus: Bus, ledger: Ledger) -> None:
        self._bus = bus
        self._ledger = ledger
        self._not_before = 0.0
        self._told_at = float("-inf")
        self._told: dict[str, list[InLine]] = {}
        self._soon: asyncio.TimerHandle | None = None

    def changed(self) -> None:
        """Something has happened: it is told together with what else does in the next moment."""
        if self._soon is None:
            left = self._not_before - self._bus.clock.monotonic()
            self._soon = asyncio.get_running_loop().call_later(max(GATHER_S, left), self._look)

    def look(self) -> None:
        """Tell everything again when that is due."""
        if self._bus.clock.monotonic() - self._told_at >= AGAIN_S:
            self.changed()

    def close(self) -> None:
        """Tell nothing more."""
        if self._soon is not None:
            self._soon.cancel()

    def _look(self) -> None:
        try:
            self._tell()
        except Exception:
            log.exception("where the numbers stand could not be told; the hall goes on")
        self._soon = None
        self._not_before = self._bus.clock.monotonic() + PACE_S

    def _tell(self) -> None:
        clock, state, rules = self._bus.clock, self._ledger.state, self._ledger.engine.rules
        again = clock.monotonic() - self._told_at >= AGAIN_S
        for service, line in lines(state, rules, self._foreseen(state)).items():
            if again or line != self._told.get(service, []):
                message = Line(id=self._bus.new_id(), at=clock.now(), tickets=line)
                self._bus.tell(self._bus.topic("queue", service, "telemetry"), message, qos=0)
                self._told[service] = line
        if again:
            self._told_at = clock.monotonic()

    def _foreseen(self, state: State) -> dict[str, Prospect]:
        outlooks, now = self._ledger.engine.outlooks, self._bus.clock.now()
        waiting = (ticket for ticket in state.tickets.values() if ticket.status == "waiting")
        seen = ((ticket.id, outlooks.of(state, ticket, now)) for ticket in waiting)
        return {ticket: prospect for ticket, prospect in seen if prospect is not None}


def lines(state: State, rules: Rules, prospects: dict[str, Prospect]) -> dict[str, list[InLine]]:
    """Every service's line: who is in hand or was just served, then who waits, in the order of turns."""
    found: dict[str, list[InLine]] = {service: [] for service in rules.hall.services}
    for ticket in state.tickets.values():
        if ticket.service in found and ticket.status != "waiting" and (one := _not_waiting(state, ticket)):
            found[ticket.service].append(one)
    return {
        service: [*before, *_waiting(state, service, prospects)][:MOST_IN_A_LINE]
        for service, before in found.items()
    }


def _not_waiting(state: State, ticket: Ticket) -> InLine | None:
    if ticket.status == "void":
        return None
    until = state.rating.get(ticket.id)
    if ticket.status == "finished" and until is None:
        return None
    return InLine(
        ticket=ticket.id,
        number=ticket.number,
        standing=ticket.status,
        counter=ticket.counter,
        rate_until=until,
        remind=ticket.id in state.reminding,
    )


def _waiting(state: State, service: str, prospects: dict[str, Prospect]) -> Iterator[InLine]:
    queue = state.queue(service)
    for turn in (*queue.booked, *queue.walk_in, *(one.turn for one in queue.parked)):
        ticket = state.tickets[turn[2]]
        yield InLine(
            ticket=ticket.id,
            number=ticket.number,
            standing="waiting",
            ahead=forecast.ahead(state, service, turn, ticket.booked),
            forecast_minutes=_rounded(prospects.get(ticket.id)),
            remind=ticket.id in state.reminding,
        )


def _rounded(seen: Prospect | None) -> Forecast | None:
    if seen is None:
        return None
    low, median, high = (round(minutes, 1) for minutes in (seen.wait.low, seen.wait.median, seen.wait.high))
    return Forecast(low=low, median=median, high=high)
