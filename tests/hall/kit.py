"""A small hall in memory, driven command by command at given times."""

from datetime import datetime, timedelta, timezone
from itertools import count
from typing import Any, TypeVar

import msgspec

from hall.core import Engine, Outcome, Refusal, Rules
from hall.core import commands as c
from hall.core.events import Event, TicketCalled
from hall.core.state import State, Ticket
from hall.texts import texts
from hallfile.schema import HallFile

ZONE = timezone(timedelta(hours=8))
FRIDAY = datetime(2026, 11, 20, tzinfo=ZONE)
"""A working day."""

E = TypeVar("E", bound=Event)

SMALL: dict[str, Any] = {
    "hall": {"id": "small", "name": "小厅", "name_en": "Small hall"},
    "calling": {"hurry_s": 0},
    "boards": {"flash_s": 0},
    "zones": {"z": {"name": "一区", "name_en": "Zone 1"}, "y": {"name": "二区", "name_en": "Zone 2"}},
    "services": {
        "a": {"prefix": "A", "name": "纳税", "name_en": "Tax", "zone": "z", "mean_minutes": 10},
        "b": {"prefix": "B", "name": "城建", "name_en": "Construction", "zone": "y", "mean_minutes": 20},
    },
    "counters": {
        "1": {"services": ["a"], "zone": "z", "clerk": "clerk-1"},
        "2": {"services": ["a", "b"], "zone": "y", "clerk": "clerk-2"},
    },
    "kiosks": {"k1": {"printers": ["p1", "p2"]}, "k2": {"printers": []}},
    "ticket_printers": {"p1": {"link": "tcp://127.0.0.1:9100"}, "p2": {"link": "tcp://127.0.0.1:9101"}},
    "rating_pads": {"rate-1": {"counter": "1", "link": "evdev:/dev/null"}},
    "call_pads": {"call-1": {"counter": "1", "link": "evdev:/dev/zero"}},
    "led_boards": {
        "b1": {
            "link": "tcp://127.0.0.1:5005",
            "areas": {"call": {"x": 0, "y": 0, "width": 64, "height": 32}},
        },
        "b2": {
            "link": "tcp://127.0.0.1:5006",
            "zone": "y",
            "areas": {"call": {"x": 0, "y": 0, "width": 64, "height": 32}},
        },
    },
    "mic_monitors": {"mic-1": {"counter": "1", "link": "pcm:/dev/full", "full_scale_db": 120}},
    "announcers": {"hall": {"link": "audio:ring"}},
}


def small(**tables: dict[str, Any]) -> HallFile:
    """The small hall with keys of its tables changed: ``small(calling={"recalls": 1})``."""
    changed = {name: {**SMALL.get(name, {}), **table} for name, table in tables.items()}
    return msgspec.convert({**SMALL, **changed}, HallFile)


class Hall:
    """A hall whose time moves by hand."""

    def __init__(self, time: str = "09:00", *, speed: float = 1.0, **tables: dict[str, Any]) -> None:
        self.rules = Rules(small(**tables), texts("zh-CN"), speed)
        self.engine = Engine(self.rules)
        self.events: list[Event] = []
        self.now = FRIDAY
        self._ids = count(1)
        self.at(time)

    @property
    def state(self) -> State:
        return self.engine.state

    def at(self, time: str, day: int = 0) -> "Hall":
        """It is HH:MM, `day` days after the Friday; what is due by then happens."""
        hour, minute = map(int, time.split(":"))
        self.now = FRIDAY + timedelta(days=day, hours=hour, minutes=minute)
        return self.after(0)

    def after(self, seconds: float) -> "Hall":
        """So many seconds later; what is due by then happens."""
        self.now += timedelta(seconds=seconds)
        self._take(self.engine.handle(c.PassTime(at=self.now)))
        return self

    def do(self, kind: type[c.Command], /, **keys: Any) -> Outcome:
        """A command now."""
        return self._take(self.engine.handle(kind(at=self.now, **keys)))

    def refused(self, kind: type[c.Command], /, **keys: Any) -> Refusal:
        """A command now that is refused."""
        refusal = self.do(kind, **keys).refusal
        assert refusal is not None
        assert refusal.text
        assert "{" not in refusal.text
        assert not refusal.text.startswith("refusal.")
        return refusal

    def done(self, kind: type[c.Command], /, **keys: Any) -> list[Event]:
        """A command now that is done; what came of it."""
        outcome = self.do(kind, **keys)
        assert outcome.refusal is None, outcome.refusal
        return outcome.own

    def take(self, service: str = "a", **keys: Any) -> Ticket:
        """A number for somebody."""
        ticket = f"t{next(self._ids)}"
        self.done(c.TakeTicket, ticket=ticket, service=service, **keys)
        return self.state.tickets[ticket]

    def call(self, counter: str = "1") -> Ticket:
        """The next one at `counter`."""
        self.done(c.CallNext, counter=counter)
        ticket = self.state.in_hand(counter)
        assert ticket is not None
        return ticket

    def calls(self, counter: str = "1") -> list[str]:
        """Call until nobody waits; the numbers in the order of calling."""
        numbers = []
        while self.do(c.CallNext, counter=counter).refusal is None:
            ticket = self.state.in_hand(counter)
            assert ticket is not None
            numbers.append(ticket.number)
        return numbers

    def calls_why(self) -> str:
        """What the newest call says of itself."""
        return self.last(TicketCalled).why

    def last(self, kind: type[E]) -> E:
        """The newest event of a kind."""
        return next(event for event in reversed(self.events) if isinstance(event, kind))

    def all(self, kind: type[E]) -> list[E]:
        """Every event of a kind."""
        return [event for event in self.events if isinstance(event, kind)]

    def _take(self, outcome: Outcome) -> Outcome:
        self.events += outcome.events
        return outcome
