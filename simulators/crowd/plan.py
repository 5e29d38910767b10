"""Who comes when, and what each will do: a whole day drawn from one seed (domain.md section 8). Pure."""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Final, Literal, TypeVar
from zoneinfo import ZoneInfo

from broker.messages.devices import PriorityClass
from hallfile.appointments import slots as appointment_slots
from hallfile.schema import HallFile
from hallfile.simulation import Arrivals

T = TypeVar("T")

HALF_HOUR: Final = timedelta(minutes=30)
ABSENCE_MIN: Final = 18.0
"""domain.md section 8."""

PRIORITY_MIX: Final[list[tuple[PriorityClass, float]]] = [
    ("elderly", 0.75),
    ("disabled", 0.08),
    ("pregnant", 0.07),
    ("veteran", 0.10),
]
"""Ours: most of those with priority are elderly."""

GOOD_GRADES: Final[list[tuple[Literal[3, 4, 5], float]]] = [(5, 0.83), (4, 0.14), (3, 0.03)]
"""Ours, near Ankang's 98.7% satisfied."""


@dataclass(frozen=True)
class Visitor:
    """One person's day at the hall."""

    arrives: datetime
    service: str
    minutes: float
    """How long the service will take."""
    way_s: float
    """From being called to standing at the counter, seconds."""
    priority: PriorityClass | None = None
    booked: bool = False
    slot: datetime | None = None
    """When the slot begins that those book who do; None where there is none to be booked."""
    stays_away: bool = False
    """Whether they miss their appointment."""
    misses_call: bool = False
    returns: bool = False
    """Whether someone who missed the call comes back."""
    transferred_to: str | None = None
    grade: Literal[1, 2, 3, 4, 5] | None = None
    """What they press on the pad; None: they walk away."""


@dataclass(frozen=True)
class Incident:
    """Something that goes wrong, on some device or counter."""

    at: datetime
    what: Literal["paper_out", "paper_in", "unplug", "plug", "quarrel", "slam", "absence"]
    where: str
    """A device id, or a counter for an absence."""
    minutes: float = 0.0
    """How long its clerk is gone once whoever is there has been served."""


@dataclass(frozen=True)
class Day:
    """Everything that will happen, in order of time."""

    visitors: list[Visitor]
    incidents: list[Incident]


def plan_day(hall: HallFile, day: date, seed: int) -> Day:
    """The same day for the same seed, whatever machine plays it."""
    chance = random.Random(f"{seed}/{day.isoformat()}")
    zone = ZoneInfo(hall.hall.timezone)
    visitors = [
        visitor
        for service, arrivals in hall.simulation.crowd.items()
        for visitor in _of_service(hall, service, arrivals, day, zone, chance)
    ]
    visitors = _with_appointments(hall, visitors, random.Random(f"{seed}/{day.isoformat()}/appointments"))
    visitors.sort(key=lambda visitor: visitor.arrives)
    return Day(_with_bad_ratings(hall, visitors, chance), _incidents(hall, day, zone))


def _of_service(
    hall: HallFile, service: str, arrivals: Arrivals, day: date, zone: ZoneInfo, chance: random.Random
) -> list[Visitor]:
    simulation = hall.simulation
    shares = simulation.early_arrivals if arrivals.early else simulation.arrivals
    slots = _slots(shares, day, zone)
    mean = arrivals.mean_minutes or hall.services[service].mean_minutes
    others = [name for name in hall.services if name != service]
    found = []
    for _ in range(arrivals.tickets):
        begins = chance.choices([slot for slot, _ in slots], [share for _, share in slots])[0]
        found.append(
            Visitor(
                arrives=begins + chance.random() * HALF_HOUR,
                service=service,
                minutes=_lognormal(mean, arrivals.cv, chance),
                way_s=chance.uniform(10, 40),
                priority=_drawn(PRIORITY_MIX, chance) if chance.random() < simulation.priority else None,
                booked=chance.random() < simulation.booked,
                misses_call=chance.random() < simulation.missed,
                returns=chance.random() < simulation.missed_return,
                transferred_to=chance.choice(others) if chance.random() < simulation.transferred else None,
                grade=_drawn(GOOD_GRADES, chance) if chance.random() < simulation.rated else None,
            )
        )
    return found


def _slots(shares: dict[str, list[float]], day: date, zone: ZoneInfo) -> list[tuple[datetime, float]]:
    return [
        (datetime.combine(day, time.fromisoformat(start), zone) + index * HALF_HOUR, share)
        for start, per_half_hour in shares.items()
        for index, share in enumerate(per_half_hour)
    ]


def _lognormal(mean: float, cv: float, chance: random.Random) -> float:
    sigma = math.sqrt(math.log(1 + cv * cv))
    return chance.lognormvariate(math.log(mean) - sigma * sigma / 2, sigma)


def _drawn(mix: Sequence[tuple[T, float]], chance: random.Random) -> T:
    return chance.choices([value for value, _ in mix], [weight for _, weight in mix])[0]


def _with_bad_ratings(hall: HallFile, visitors: list[Visitor], chance: random.Random) -> list[Visitor]:
    raters = [index for index, visitor in enumerate(visitors) if visitor.grade is not None]
    chosen = chance.sample(raters, min(len(raters), hall.simulation.bad_ratings))
    for index in chosen:
        visitors[index] = replace(visitors[index], grade=chance.choice([1, 2]))
    return visitors


def _with_appointments(hall: HallFile, visitors: list[Visitor], chance: random.Random) -> list[Visitor]:
    """Who books, books the slot they come in; and some of them do not come after all."""
    simulation = hall.simulation
    slots = {
        name: appointment_slots(hall.hours_of(name), hall.appointments.slot_minutes)
        for name in hall.services
        if hall.appointments.places(name)
    }
    return [
        replace(
            visitor,
            slot=_slot_at(slots.get(visitor.service, ()), visitor.arrives),
            stays_away=chance.random() < simulation.booked_missed,
        )
        if visitor.booked
        else visitor
        for visitor in visitors
    ]


def _slot_at(slots: Sequence[tuple[str, str]], moment: datetime) -> datetime | None:
    """The beginning of the slot that `moment` falls into."""
    for begins, ends in slots:
        if begins <= f"{moment:%H:%M}" < ends:
            return datetime.combine(moment.date(), time.fromisoformat(begins), moment.tzinfo)
    return None


def _incidents(hall: HallFile, day: date, zone: ZoneInfo) -> list[Incident]:
    def at(clock_time: str) -> datetime:
        return datetime.combine(day, time.fromisoformat(clock_time), zone)

    mics = list(hall.mic_monitors)
    printers = [kiosk.printers[0] for kiosk in hall.kiosks.values() if not kiosk.screen and kiosk.printers]
    printers = printers or list(hall.ticket_printers)
    found: list[Incident] = []
    for printer in printers[:1]:
        found += [
            Incident(at("10:10"), "paper_out", printer),
            Incident(at("10:14"), "paper_in", printer),
        ]
    for board in list(hall.led_boards)[:1]:
        found += [Incident(at("15:00"), "unplug", board), Incident(at("15:01"), "plug", board)]
    if mics:
        found.append(Incident(at("09:40"), "slam", mics[len(mics) // 4]))
        found.append(Incident(at("11:05"), "quarrel", mics[len(mics) // 3]))
    if hall.counters:
        found.append(Incident(at("10:00"), "absence", _busiest(hall), ABSENCE_MIN))
    return sorted(found, key=lambda incident: incident.at)


def _busiest(hall: HallFile) -> str:
    """The counter with the most work of those that have a fellow: there people wait when a clerk is gone."""
    work = dict.fromkeys(hall.counters, 0.0)
    fellows = set[str]()
    for service, arrivals in hall.simulation.crowd.items():
        able = [name for name, counter in hall.counters.items() if service in counter.services]
        for name in able:
            mean = arrivals.mean_minutes or hall.services[service].mean_minutes
            work[name] += arrivals.tickets * mean / len(able)
        if len(able) > 1:
            fellows.update(able)
    return max(sorted(fellows) or work, key=work.__getitem__)
