"""The boards of the hall: each shows the calls of its zone, one after the other, as long as they go on."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from broker.client import Bus
from broker.messages.devices import BoardState, Clear, Show
from broker.topics import Topic
from hall.core import Rules, State
from hall.core import events as e
from hall.core.state import IN_HAND
from hall.shell import wording
from hall.shell.callarea import Call, CallArea
from hallfile.schema import HallFile

CALL_AREA: Final = "call"
"""The area of a board that calls go to."""

Ask = Callable[..., None]
"""Asks a device for something: topic, type, moment, real seconds until it is stale, id parts, keys."""


class Boards:
    """Remembers what each board was told to show; `look` tells it what is due."""

    def __init__(self, bus: Bus, rules: Rules, state: Callable[[], State], ask: Ask) -> None:
        self._bus = bus
        self._rules = rules
        self._state = state
        self._ask = ask
        self._areas = {name: CallArea(rules.hall.calling.show_s) for name in rules.hall.led_boards}

    def take_over(self) -> None:
        """What an earlier run has called and not ended stands on the boards."""
        for board, area in self._areas.items():
            area.take_over(self._in_hand_for(board), self._bus.clock.monotonic())

    def called(self, event: e.TicketCalled) -> None:
        """A number was called: on every board that it is for."""
        call = Call(event.at, event.number, event.counter, event.ticket)
        for board, area in self._areas.items():
            if serves(self._rules.hall, self._rules.hall.led_boards[board].zone, event.counter):
                area.add(call)

    def look(self) -> None:
        """Show what is due."""
        now = self._bus.clock.monotonic()
        for board, area in self._areas.items():
            if area.turn(now, self._is_in_hand, self._in_hand_for(board)):
                self._show(board, area.on)

    def tell_again(self) -> None:
        """What stands there, under the id it had: for a board that may not have heard it."""
        for board, area in self._areas.items():
            if area.on is not None:
                self._show(board, area.on)

    def is_back(self, board: str) -> None:
        """A board that was away shows the newest call that is not over."""
        area = self._areas[board]
        area.take_over(self._in_hand_for(board), self._bus.clock.monotonic())
        if area.on is not None:
            self._show(board, area.on, again=True)

    def says(self, board: str, state: BoardState) -> None:
        """A board that shows a call of long ago, while there is none, is cleared."""
        areas = state.areas if isinstance(state.areas, dict) else {}
        if areas.get(CALL_AREA) and self._areas[board].is_empty:
            self._show(board, None)

    def _show(self, board: str, call: Call | None, again: bool = False) -> None:
        topic = self._bus.topic("led_board", board, "command")
        within_s, now = self._rules.hall.calling.stale_s, self._bus.clock.now()
        if call is None:
            self._clear(topic, board)
            return
        fresh = not again and (now - call.at).total_seconds() < within_s * self._bus.clock.speed
        parts = (call.ticket,) if fresh else (call.ticket, f"again {call.at}")
        text = wording.shown(self._rules, self._rules.texts, call.number, call.counter)
        self._ask(topic, Show, call.at if fresh else now, within_s, *parts, area=CALL_AREA, text=text)

    def _clear(self, topic: Topic, board: str) -> None:
        """Nobody is called. A board with other areas keeps what they say."""
        now, within_s = self._bus.clock.now(), self._rules.hall.calling.stale_s
        if len(self._rules.hall.led_boards[board].areas) == 1:
            self._ask(topic, Clear, now, within_s)
        else:
            keys: dict[str, Any] = {"area": CALL_AREA, "text": ""}
            self._ask(topic, Show, now, within_s, "nobody", **keys)

    def _is_in_hand(self, call: Call) -> bool:
        ticket = self._state().tickets.get(call.ticket)
        return (
            ticket is not None
            and ticket.status in IN_HAND
            and (ticket.last_called_at, ticket.counter) == (call.at, call.counter)
        )

    def _in_hand_for(self, board: str) -> Iterator[Call]:
        hall, state = self._rules.hall, self._state()
        for counter in state.desks:
            ticket = state.in_hand(counter)
            if ticket is None or ticket.last_called_at is None:
                continue
            if serves(hall, hall.led_boards[board].zone, counter):
                yield Call(ticket.last_called_at, ticket.number, counter, ticket.id)


def serves(hall: HallFile, zone: str | None, counter: str) -> bool:
    """Whether something that stands in `zone` (None: for the whole hall) is for this counter."""
    return zone is None or (counter in hall.counters and hall.counters[counter].zone == zone)
