"""Whatever is asked of a hall, in whatever order: the invariants hold, and the journal folds to the same."""

from datetime import timedelta
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.days.invariants import Watch
from hall.core import Engine, Rules, State, evolve
from hall.core import commands as c
from hall.core.decide import decide
from hall.core.events import DayBegan, Event, decode, encode
from hall.texts import texts
from tests.hall.kit import FRIDAY, small

COUNTERS = st.sampled_from(["1", "2", "99"])
SERVICES = st.sampled_from(["a", "b"])
TICKETS = st.integers(1, 12).map(lambda n: f"t{n}")
ABOUT: st.SearchStrategy[dict[str, str]] = st.one_of(
    st.fixed_dictionaries({"counter": COUNTERS}),
    st.fixed_dictionaries({"ticket": TICKETS}),
    st.fixed_dictionaries({"counter": COUNTERS, "ticket": TICKETS}),
    st.just({}),
)
PEOPLE = st.one_of(st.none(), st.integers(1, 4).map(lambda n: f"p{n}"))
TAKE = st.fixed_dictionaries(
    {
        "service": SERVICES,
        "person": PEOPLE,
        "kiosk": st.sampled_from([None, "k1"]),
        "appointment": st.one_of(st.none(), st.none(), st.integers(1, 9).map(lambda n: f"B{n}")),
        "priority": st.sampled_from([(), (), ("elderly",), ("disabled", "veteran")]),
    }
)
Step = tuple[type[c.Command], dict[str, Any], float]

_KINDS: list[tuple[type[c.Command], st.SearchStrategy[Any]]] = [
    (c.TakeTicket, TAKE),
    (c.TakeTicket, TAKE),
    (c.TakeTicket, TAKE),
    (c.CallNext, st.fixed_dictionaries({"counter": COUNTERS})),
    (c.CallNext, st.fixed_dictionaries({"counter": COUNTERS})),
    (c.Recall, ABOUT),
    (c.NoShow, ABOUT),
    (c.Hold, ABOUT),
    (c.Resume, ABOUT),
    (c.Start, ABOUT),
    (c.Finish, ABOUT),
    (c.Cancel, ABOUT),
    (c.Reprint, ABOUT),
    (c.Transfer, st.tuples(ABOUT, SERVICES).map(lambda both: {**both[0], "to": both[1]})),
    (c.Rate, st.tuples(ABOUT, st.integers(1, 5)).map(lambda both: {**both[0], "grade": both[1]})),
    (
        c.PrintEnded,
        st.fixed_dictionaries(
            {
                "job": st.tuples(TICKETS, st.integers(1, 2)).map(lambda both: f"{both[0]}-{both[1]}"),
                "outcome": st.sampled_from(["printed", "failed", "unknown"]),
            }
        ),
    ),
    (
        c.Press,
        st.fixed_dictionaries(
            {
                "counter": st.sampled_from(["1", "2"]),
                "action": st.sampled_from(["next", "recall", "pass", "hold", "finish"]),
            }
        ),
    ),
    (c.Login, st.fixed_dictionaries({"counter": COUNTERS, "clerk": st.sampled_from(["x", "clerk-1"])})),
    (c.Logout, st.fixed_dictionaries({"counter": COUNTERS})),
    (c.Pause, st.fixed_dictionaries({"counter": COUNTERS})),
    (c.Reopen, st.fixed_dictionaries({"counter": COUNTERS})),
    (
        c.RaiseAlarm,
        st.fixed_dictionaries(
            {
                "alarm": st.sampled_from(["n1", "n2"]),
                "kind": st.just("noise"),
                "where": st.sampled_from(["1", "2"]),
                "parties": st.just(("hall", "supervision")),
                "text": st.just("loud"),
                "escalates": st.booleans(),
            }
        ),
    ),
    (c.ClearAlarm, st.fixed_dictionaries({"alarm": st.sampled_from(["n1", "n2"])})),
    (
        c.Acknowledge,
        st.fixed_dictionaries(
            {"alarm": st.sampled_from(["n1", "n2"]), "party": st.sampled_from(["hall", "supervision", "x"])}
        ),
    ),
    (c.PassTime, st.just({})),
]
# mostly minutes, now and then hours over lunch, closing and midnight, and a clock that is put back
GAPS = st.one_of(
    st.floats(0, 1200), st.floats(0, 1200), st.floats(0, 60), st.floats(3600, 60000), st.floats(-7200, 0)
)
STEPS = st.lists(
    st.one_of([st.tuples(st.just(kind), keys, GAPS) for kind, keys in _KINDS]), min_size=20, max_size=120
)
HALLS = st.fixed_dictionaries(
    {
        "calling": st.fixed_dictionaries(
            {
                "no_show": st.sampled_from(["void", "tail", "back", "clerk"]),
                "back_after": st.integers(1, 3),
                "recalls": st.integers(0, 2),
                "appointments_in_a_row": st.integers(1, 3),
            }
        )
    }
)


class Life:
    """An engine whose every event is watched as it is folded."""

    def __init__(self, tables: dict[str, Any]) -> None:
        self.rules = Rules(small(**tables), texts("zh-CN"))
        self.engine = Engine(self.rules)
        self.shadow = State()
        """Folded event by event beside the engine, so that each can be looked at."""
        self.watch = Watch(self.rules.hall.calling.appointments_in_a_row)
        self.journal: list[Event] = []
        self.now = FRIDAY + timedelta(hours=9)
        self._taken = 0

    def step(self, kind: type[c.Command], keys: dict[str, Any], gap: float) -> None:
        self.now += timedelta(seconds=gap)
        if kind is c.TakeTicket:
            self._taken += 1
            keys = {**keys, "ticket": f"t{self._taken}"}
        outcome = self.engine.handle(kind(at=self.now, **keys))
        if outcome.refusal is not None:
            assert outcome.refusal.reason
            assert outcome.refusal.text
            assert not outcome.refusal.text.startswith("refusal.")
        for event in outcome.events:
            counter = self.rules.hall.counters.get(getattr(event, "counter", ""))
            self.watch.before(self.shadow, event, () if counter is None else tuple(counter.services))
            evolve(self.shadow, event)
            self.watch.after(self.shadow, event)
            self.journal.append(event)


def same(one: State, other: State) -> bool:
    """Whether two states are the same, to the last figure."""
    return bool(msgspec.json.encode(one) == msgspec.json.encode(other))


@settings(max_examples=80, deadline=None, derandomize=True)
@given(HALLS, STEPS)
def test_whatever_is_asked_the_invariants_hold_and_replay_equals_live(
    tables: dict[str, Any], steps: list[Step]
) -> None:
    life = Life(tables)
    for kind, keys, gap in steps:
        life.step(kind, keys, gap)
    assert same(life.engine.state, life.shadow)
    folded = State()
    for event in life.journal:
        evolve(folded, decode(encode(event)))
    assert same(folded, life.engine.state)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(HALLS, STEPS)
def test_deciding_changes_nothing(tables: dict[str, Any], steps: list[Step]) -> None:
    life = Life(tables)
    for kind, keys, gap in steps:
        if kind is not c.TakeTicket:
            before = msgspec.json.encode(life.engine.state)
            decide(life.engine.state, life.rules, kind(at=life.now, **keys), life.engine.outlooks)
            assert msgspec.json.encode(life.engine.state) == before
        life.step(kind, keys, gap)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(HALLS, STEPS)
def test_nobody_is_lost_whoever_took_a_number_is_served_or_told_why_not(
    tables: dict[str, Any], steps: list[Step]
) -> None:
    life = Life(tables)
    for kind, keys, gap in steps:
        life.step(kind, keys, gap)
    owed = {ticket.id for ticket in life.shadow.tickets.values() if ticket.is_open}
    seen = len(life.journal)
    life.now = max(life.now, FRIDAY) + timedelta(days=8)
    life.step(c.PassTime, {}, 0)
    ended = {getattr(event, "ticket", "") for event in life.journal[seen:]}
    assert owed <= ended
    assert isinstance(life.journal[seen], Event)
    assert any(isinstance(event, DayBegan) for event in life.journal[seen:])
    assert not life.shadow.tickets
