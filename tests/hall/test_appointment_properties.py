"""Whoever books, comes or stays away, in whatever order: capacity, caps, penalties hold; replay is live."""

from datetime import timedelta
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.days.diary import Account
from hall.core import Engine, Rules, State, evolve
from hall.core import booking_commands as ask
from hall.core import commands as c
from hall.core.events import decode, encode
from hall.texts import texts
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


@settings(max_examples=60, deadline=None)
@given(TABLES, STEPS)
def test_diaries_hold_their_rules(table: dict[str, Any], steps: list[tuple[Any, ...]]) -> None:
    rules = Rules(small(appointments=table), texts("zh-CN"))
    engine, now = Engine(rules), FRIDAY + timedelta(hours=9)
    again = State()
    account = Account(rules)

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
        for event in outcome.events:
            evolve(again, decode(encode(event)))
            account.after(again, event)
        account.asked(command, outcome.refusal)
        account.agrees(engine.state)
    assert msgspec.json.encode(again) == msgspec.json.encode(engine.state)
