"""The hall file as the core reads it: the same rules, indexed, with the texts they are told in."""

from dataclasses import dataclass, field
from typing import Final

from hallfile.catalogue import FIRST_LANGUAGE, Catalogue
from hallfile.named import Entry, name_of
from hallfile.schema import Counter, HallFile
from hallfile.services import Service
from hallfile.table import Interval

Shifts = tuple[Interval, ...]
"""When a counter works on a working day, in order."""

CLOCK: Final = "clock"
"""The `by` of what no one asked for."""

HOURS: Final = "hours"
"""The `by` of what the hours of a counter bring."""

PRINT_WITHIN_S: Final = 30.0
"""A ticket not printed within so many real seconds is not printed any more: its owner has moved on."""

KEY_GRACE_S: Final = 3.0
"""Real seconds between a service's end and the pad's window opening, at most; a key inside it counts."""

TWICE_S: Final = 3.0
"""A key that turns something on and off, pressed again within so many real seconds, was meant once."""

ALARM_KEPT_H: Final = 24
"""docs/bus.md: a cleared alarm stays to be seen for so many hours."""


@dataclass(frozen=True)
class Rules:
    """What the core is told of the hall. Nothing in it changes while a journal is folded."""

    hall: HallFile
    texts: Catalogue
    """In the hall's language: refusals, alarms, and why somebody was called."""
    speed: float = 1.0
    """Hall seconds in one real second: turns what a person waits for into hall time."""
    simulated: bool = False
    """Whether visitors, and their phones, are simulated on this machine."""
    others: tuple["Rules", ...] = ()
    """The same rules in the other languages that people may read what is decided in."""
    counters_of: dict[str, tuple[str, ...]] = field(init=False)
    """The counters that can do a service."""
    shifts_of: dict[str, Shifts] = field(init=False)
    """Each counter's own hours."""
    all_hours: tuple[Shifts, ...] = field(init=False)
    """The different hours there are: many counters keep few of them."""
    turns: tuple[Shifts, ...] = field(init=False)
    """Those, and the stretches of the day in which numbers are given."""
    hours_of: dict[str, tuple[Shifts, ...]] = field(init=False)
    """The different hours of the counters that can do a service."""

    def __post_init__(self) -> None:
        hall = self.hall
        able = {
            service: tuple(name for name, counter in hall.counters.items() if service in counter.services)
            for service in hall.services
        }
        common = tuple(hall.hours.open)
        shifts = {
            name: common if counter.hours is None else tuple(counter.hours)
            for name, counter in hall.counters.items()
        }
        object.__setattr__(self, "counters_of", able)
        object.__setattr__(self, "shifts_of", shifts)
        hours = {
            service: tuple(dict.fromkeys(shifts[name] for name in names)) for service, names in able.items()
        }
        object.__setattr__(self, "hours_of", hours)
        all_hours = tuple(dict.fromkeys(shifts.values()))
        stretches = (
            tuple((stretch.opens, stretch.closes) for stretch in service.issuing)
            for service in hall.services.values()
        )
        object.__setattr__(self, "all_hours", all_hours)
        object.__setattr__(self, "turns", tuple(dict.fromkeys((*all_hours, *stretches))))

    def service(self, name: str) -> Service:
        return self.hall.services[name]

    def service_name(self, name: str) -> str:
        """What a service is called, in the language of these rules."""
        return self.named(self.hall.services[name])

    def step_name(self, name: str) -> str:
        """What a service is called as one step of a visit."""
        entry = self.hall.services[name]
        return entry.step_name if self.texts.language == FIRST_LANGUAGE else entry.step_name_en

    def counter(self, name: str) -> Counter:
        return self.hall.counters[name]

    def named(self, entry: Entry) -> str:
        """A name of the hall file, in the hall's language."""
        return name_of(entry, self.texts.language)

    def counter_name(self, name: str) -> str:
        """How a counter is called: its own name, or 3号窗口."""
        counter = self.hall.counters.get(name)
        if counter is not None and counter.name is not None:
            return counter.name
        return self.texts("counter.numbered", number=name)
