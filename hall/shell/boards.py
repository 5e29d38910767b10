"""The boards of the hall: calls as long as they go on, and beside them what everybody is to know."""

from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

from broker.client import Bus
from broker.messages.devices import BoardState, Clear, Show
from broker.topics import Topic
from hall.core import Rules, State
from hall.core import events as e
from hall.core.state import IN_HAND
from hall.shell import faces, wording
from hall.shell.callarea import Call, CallArea
from hall.shell.faces import Face
from hallfile.schema import HallFile

CALL_AREA: Final = "call"
"""The area of a board that calls go to."""
NEWS_AREA: Final = "news"
"""The area of a board for what concerns everybody, where it has one."""
BEAT_S: Final = 2.0
"""An emergency changes its colour so often, real seconds."""
CLOSED_S: Final = 1800.0
"""For so many real seconds a board tells those who come that the hall has closed."""

Ask = Callable[..., None]
"""Asks a device for something: topic, type, moment, real seconds until it is stale, id parts, keys."""


class _Page(NamedTuple):
    """What takes its turn on a board."""

    turn: tuple[object, ...]
    """While this is the same, the page stays as it was when its turn came."""
    face: Face | None


class Boards:
    """Remembers what each board was told to show; `look` tells it what is due."""

    def __init__(self, bus: Bus, rules: Rules, state: Callable[[], State], ask: Ask) -> None:
        self._bus = bus
        self._rules = rules
        self._state = state
        self._ask = ask
        self._calls = {name: CallArea(rules.hall.calling.show_s) for name in rules.hall.led_boards}
        self._told: dict[tuple[str, str], Face | None] = {}
        """Board and area → what it was told last."""
        self._pages: dict[str, _Page] = {}
        self._closed_until = 0.0

    def take_over(self) -> None:
        """What an earlier run has called and not ended stands on the boards."""
        for board, calls in self._calls.items():
            calls.take_over(self._in_hand_for(board), self._bus.clock.monotonic())

    def called(self, event: e.TicketCalled) -> None:
        """A number was called: on every board that it is for."""
        purpose = wording.purpose(self._rules, self._rules.texts, self._state().tickets.get(event.ticket))
        call = Call(event.at, event.number, event.counter, event.ticket, purpose)
        for board, calls in self._calls.items():
            if serves(self._rules.hall, self._rules.hall.led_boards[board].zone, event.counter):
                calls.add(call)

    def closed(self) -> None:
        """Nobody is called any more today: those who come read so."""
        self._closed_until = self._bus.clock.monotonic() + CLOSED_S

    def look(self) -> None:
        """Show what is due."""
        now = self._bus.clock.monotonic()
        for board, calls in self._calls.items():
            calls.turn(now, self._is_in_hand, self._in_hand_for(board))
            for area, face in self._faces(board, now):
                if self._told.get((board, area)) != face:
                    self._show(board, area, face)

    def tell_again(self) -> None:
        """What stands there, under the id it had: for a board that may not have heard it."""
        for (board, area), face in self._told.items():
            if face is not None:
                self._show(board, area, face)

    def is_back(self, board: str) -> None:
        """A board that was away shows what is to be seen now: of calls the newest that is not over."""
        now = self._bus.clock.monotonic()
        self._calls[board].take_over(self._in_hand_for(board), now)
        for area, face in self._faces(board, now):
            if face is not None:
                self._show(board, area, face, again=True)

    def says(self, board: str, state: BoardState) -> None:
        """A board that shows a call of long ago, while there is none, is cleared."""
        areas = state.areas if isinstance(state.areas, dict) else {}
        idle = self._calls[board].is_empty and self._told.get((board, CALL_AREA)) is None
        if areas.get(CALL_AREA) and idle:
            self._show(board, CALL_AREA, None)

    def _faces(self, board: str, now: float) -> Iterator[tuple[str, Face | None]]:
        """What each area that is ours is to say."""
        areas = self._rules.hall.led_boards[board].areas
        standing = faces.standing(self._state(), self._zone(board), self._bus.clock.now())
        urgent = faces.emergency(standing, int(now / BEAT_S))
        if CALL_AREA in areas:
            notice = None if NEWS_AREA in areas else self._page(board, now, notices_only=True)
            yield CALL_AREA, urgent or self._called(board, now) or notice
        if NEWS_AREA in areas:
            yield NEWS_AREA, urgent or self._page(board, now, notices_only=False)

    def _called(self, board: str, now: float) -> Face | None:
        calls, area = self._calls[board], self._rules.hall.led_boards[board].areas[CALL_AREA]
        newest = calls.on
        if newest is None:
            return None
        before = sorted((call for call in self._in_hand_for(board) if call < newest), reverse=True)
        fresh = calls.stood_s(now) < self._rules.hall.boards.flash_s
        return faces.called(self._rules, area, [newest, *before], fresh=fresh)

    def _page(self, board: str, now: float, *, notices_only: bool) -> Face | None:
        """The page whose turn it is; its words are those of the moment it came."""
        if now < self._closed_until and not notices_only:
            return Face(self._rules.texts("closed.shown"))
        state, rules, zone, moment = self._state(), self._rules, self._zone(board), self._bus.clock.now()
        standing = faces.standing(state, zone, moment)
        if notices_only and not any(notice.level == "notice" for notice in standing):
            return None
        turn = (int(now / rules.hall.boards.page_s), *standing)
        if board not in self._pages or self._pages[board].turn != turn:
            pages = faces.pages(state, rules, zone, standing, moment)
            face = pages[int(now / rules.hall.boards.page_s) % len(pages)] if pages else None
            self._pages[board] = _Page(turn, face)
        return self._pages[board].face

    def _show(self, board: str, area: str, face: Face | None, again: bool = False) -> None:
        self._told[board, area] = face
        topic = self._bus.topic("led_board", board, "command")
        within_s, now = self._rules.hall.calling.stale_s, self._bus.clock.now()
        if face is None:
            self._clear(topic, board, area)
            return
        keys: dict[str, Any] = {"area": area, "text": face.text}
        if face.colour is not None:
            keys["colour"] = face.colour
        call = self._calls[board].on if area == CALL_AREA else None
        if call is None or again or (now - call.at).total_seconds() >= within_s * self._bus.clock.speed:
            self._ask(topic, Show, now, within_s, "again", *keys.values(), **keys)
        else:
            self._ask(topic, Show, call.at, within_s, call.ticket, *keys.values(), **keys)

    def _clear(self, topic: Topic, board: str, area: str) -> None:
        """Nobody is called. A board with other areas keeps what they say."""
        now, within_s = self._bus.clock.now(), self._rules.hall.calling.stale_s
        if len(self._rules.hall.led_boards[board].areas) == 1:
            self._ask(topic, Clear, now, within_s)
        else:
            self._ask(topic, Show, now, within_s, "nobody", area, area=area, text="")

    def _zone(self, board: str) -> str | None:
        return self._rules.hall.led_boards[board].zone

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
                purpose = wording.purpose(self._rules, self._rules.texts, ticket)
                yield Call(ticket.last_called_at, ticket.number, counter, ticket.id, purpose)


def serves(hall: HallFile, zone: str | None, counter: str) -> bool:
    """Whether something that stands in `zone` (None: for the whole hall) is for this counter."""
    return zone is None or (counter in hall.counters and hall.counters[counter].zone == zone)
