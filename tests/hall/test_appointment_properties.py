"""Whoever books, comes or stays away, in whatever order: capacity, caps, penalties hold; replay is live."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from hall.core import Engine, Rules, State, evolve
from hall.core import booking_commands as ask
from hall.core import booking_events as b
from hall.core import commands as c
from hall.core.diary import slot_key
from hall.core.events import Event, decode, encode
from hall.texts import texts
from hallfile.appointments import Penalty
from tests.hall.kit import FRIDAY, small

TABLES = st.fixed_dictionaries(
    {
        "per_slot": st.integers(1, 2),
        "per_day": st.integers(1, 2),
        "per_week": st.integers(1, 4),
        "per_month": st.integers(2, 6),
        "cancel_before_minutes": st.sampled_from([0, 120]),
        "misses_kept_days": st.sampled_from([5, 30]),
        "release_forgives": st.booleans(),
        "penalties": st.sampled_from(
            [
                [{"misses": 1, "days": 2}, {"misses": 3, "within_days": 5, "then": "blacklist"}],
                [{"misses": 2, "days": 1, "voids_bookings": True}],
                [{"misses": 1, "then": "blacklist", "days": 3}, {"misses": 2, "days": 1}],
                [],
            ]
        ),
        "late": st.sampled_from(["keeps_place", "walk_in", "refused"]),
    }
)
PEOPLE = st.sampled_from(["P1", "P2", None])
WHICH = st.integers(0, 5)
"""Counted back from the newest open booking."""
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("book"), PEOPLE, st.integers(0, 6), st.integers(0, 13)),
        st.tuples(st.just("book"), PEOPLE, st.integers(0, 1), st.integers(0, 13)),
        st.tuples(st.just("cancel"), WHICH, st.booleans()),
        # so many minutes after the beginning of the slot, where that is still to come
        st.tuples(st.just("come"), WHICH, st.integers(-40, 80)),
        st.tuples(st.just("release"), PEOPLE),
        # mostly within a day, now and then over days, and a clock that is put back
        st.tuples(st.just("wait"), st.one_of(st.floats(0, 4), st.floats(20, 80), st.floats(-2, 0))),
    ),
    min_size=10,
    max_size=60,
)


class Penalties:
    """The rule once more, plainly: what each miss must lead to."""

    def __init__(self, rules: list[Penalty], kept_days: int) -> None:
        self._rules = rules
        self._kept_days = kept_days
        self._missed_at: dict[str, datetime] = {}
        self._misses: dict[str, list[datetime]] = {}
        self._bans: dict[str, b.ClientBanned] = {}
        self._nobody: set[str] = set()
        self.expected: list[tuple[str, str, int, datetime | None]] = []
        self.told: list[tuple[str, str, int, datetime | None]] = []

    def take(self, event: Event) -> None:
        match event:
            case b.BookingMade():
                self._missed_at[event.booking] = event.missed_at
                if event.known_by == "code":
                    self._nobody.add(event.client)
            case b.BookingMissed() if event.client not in self._nobody:
                self._miss(event.client, self._missed_at[event.booking], event.at)
            case b.ClientBanned():
                self._bans[event.client] = event
                self.told.append((event.client, event.kind, event.misses, event.until))
            case b.BanReleased():
                del self._bans[event.client]
                if event.forgiven:
                    self._misses[event.client].clear()
            case b.ClientForgotten():
                self._misses.pop(event.client, None)
                self._bans.pop(event.client, None)

    def _miss(self, client: str, missed_at: datetime, at: datetime) -> None:
        misses = self._misses.setdefault(client, [])
        misses.append(missed_at)

        def counted(rule: Penalty) -> int:
            days = timedelta(days=rule.within_days or self._kept_days)
            return len([miss for miss in misses if missed_at - days < miss <= missed_at])

        hit = [rule for rule in self._rules if counted(rule) >= rule.misses]
        if not hit:
            return
        rule = sorted(hit, key=lambda rule: rule.misses)[-1]
        kind: str = rule.then
        until = missed_at + timedelta(days=rule.days) if rule.days else None
        before = self._bans.get(client)
        if before is not None and (before.until is None or before.until > at):
            kind = "blacklist" if "blacklist" in (kind, before.kind) else "ban"
            until = max(until, before.until) if until and before.until else None
        self.expected.append((client, kind, counted(rule), until))


def hold(state: State, rules: Rules, events: list[Event], now: datetime) -> None:
    """What is true of a diary at any moment."""
    diary, table = state.diary, rules.hall.appointments
    places: dict[tuple[str, str], int] = {}
    open_on: dict[tuple[str, str], int] = {}
    for booking in diary.bookings.values():
        if booking.status != "cancelled":
            slot = (booking.service, slot_key(booking.slot))
            places[slot] = places.get(slot, 0) + 1
        if booking.status == "open":
            mine = (booking.client, booking.slot.date().isoformat())
            open_on[mine] = open_on.get(mine, 0) + 1
            assert booking.id in diary.clients[booking.client].open
    for (service, begins), taken in places.items():
        assert taken <= table.places(service)
        assert diary.tallies[service][begins].booked == taken
    assert all(count <= table.per_day for count in open_on.values())
    assert [booking for _, booking in sorted(diary.due)] == [booking for _, booking in diary.due]
    assert {booking for _, booking in diary.due} == {
        one.id for one in diary.bookings.values() if one.status == "open"
    }
    for event in events:
        if isinstance(event, b.BookingMade) and (file := diary.clients.get(event.client)) is not None:
            assert not file.is_banned(now)


@settings(max_examples=60, deadline=None)
@given(TABLES, STEPS)
def test_diaries_hold_their_rules(table: dict[str, Any], steps: list[tuple[Any, ...]]) -> None:
    rules = Rules(small(appointments=table), texts("zh-CN"))
    engine, now = Engine(rules), FRIDAY + timedelta(hours=9)
    journal: list[Event] = []
    model = Penalties(rules.hall.appointments.penalties, rules.hall.appointments.misses_kept_days)

    def opened(which: int) -> str:
        due = engine.state.diary.due
        return due[-1 - which % len(due)][1] if due else "none"

    for number, step in enumerate(steps, 1):
        command: c.Command
        match step:
            case ("book", pseudonym, day, half_hour):
                slot = FRIDAY + timedelta(days=(now - FRIDAY).days + day, hours=8.5 + half_hour / 2)
                ids = {"booking": f"b{number}", "client": f"c{number}", "code": f"CODE{number}"}
                command = ask.Book(at=now, **ids, service="a", slot=slot, pseudonym=pseudonym)
            case ("cancel", which, by_staff):
                by = "console/x" if by_staff else "kiosk/k1"
                command = ask.CancelBooking(at=now, booking=opened(which), by=by)
            case ("come", which, minutes):
                booking = engine.state.diary.bookings.get(opened(which))
                if booking is not None:
                    now = max(now, booking.slot + timedelta(minutes=minutes))
                command = ask.CheckIn(at=now, booking=opened(which), ticket=f"t{number}")
            case ("release", pseudonym):
                client = engine.state.diary.known.pseudonyms.get(pseudonym)
                command = ask.ReleaseBan(at=now, client=client, why="看过", by="console/x")
            case ("wait", hours):
                now += timedelta(hours=hours)
                command = c.PassTime(at=now)
            case _:
                raise AssertionError(step)
        outcome = engine.handle(command)
        assert outcome.refusal is None or outcome.refusal.text
        journal += outcome.events
        for event in outcome.events:
            model.take(event)
        hold(engine.state, rules, outcome.events, now)
    assert model.told == model.expected
    again = State()
    for event in journal:
        evolve(again, decode(encode(event)))
    assert msgspec.json.encode(again) == msgspec.json.encode(engine.state)
