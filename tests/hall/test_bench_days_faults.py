"""The days bench sees what it is there to see: a core with one fault breaks just the promise it should.

Each fault is put into the core or the state by hand; days are lived until one breaks a promise, and the
command that is printed for it lives it again.
"""

from collections.abc import Callable
from typing import Any

import pytest
from typer.testing import CliRunner

from bench.command import bench
from bench.days import diary, quotas, report, wild
from hall.core import (
    Refusal,
    Rules,
    appointments,
    counters,
    desk,
    dispatch,
    engine,
    issuing,
    passing,
    penalties,
)
from hall.core import booking_events as b
from hall.core import events as e
from hall.core.diary import Client
from hall.core.evolve import evolve as folding_of_one
from hall.core.state import State

DAYS = 60
"""So many days at most show a fault."""

Patch = pytest.MonkeyPatch
Break = Callable[[State, e.Event], None]


def broken_after(patch: Patch, spoil: Break, *, live: bool = True) -> None:
    """Spoil the state by hand after each event; the live one and its replay, or only the replay."""

    def spoiled(state: State, event: e.Event) -> State:
        folding_of_one(state, event)
        spoil(state, event)
        return state

    patch.setattr(wild, "evolve", spoiled)
    if live:
        patch.setattr(engine, "evolve", spoiled)


def same_number(patch: Patch) -> None:
    patch.setattr(issuing, "next_ordinal", lambda *_: 1)


def lose_somebody(patch: Patch) -> None:
    def spoil(state: State, event: e.Event) -> None:
        if isinstance(event, e.TicketTaken) and len(state.tickets) > 1 and not state.printing:
            ticket = state.tickets[event.ticket]
            state.queues[ticket.service].take(ticket)
            ticket.status = "finished"
            state.of_person.pop(ticket.person or "", None)
            ticket.person = None

    broken_after(patch, spoil)


def two_places(patch: Patch) -> None:
    def spoil(state: State, event: e.Event) -> None:
        if isinstance(event, e.TicketCalled):
            state.desks[event.counter].held.append(event.ticket)

    broken_after(patch, spoil)


def latest_first(patch: Patch) -> None:
    def choose(state: State, rules: Any, counter: str) -> dispatch.Choice | None:
        lines = [state.queue(service).walk_in for service in rules.counter(counter).services]
        last = max((line[-1] for line in lines if line), default=None)
        return None if last is None else dispatch.Choice(state.tickets[last[2]], (), lambda _: "latest")

    patch.setattr(dispatch, "choose", choose)


def booked_always_first(patch: Patch) -> None:
    def spoil(state: State, _: e.Event) -> None:
        for queue in state.queues.values():
            queue.run = 0

    broken_after(patch, spoil)


def others_tickets(patch: Patch) -> None:
    def choose(state: State, *_: object) -> dispatch.Choice | None:
        lines = [queue.walk_in for queue in state.queues.values() if queue.walk_in]
        first = min((line[0] for line in lines), default=None)
        return None if first is None else dispatch.Choice(state.tickets[first[2]], (), lambda _: "first")

    patch.setattr(dispatch, "choose", choose)


def say_nothing(patch: Patch) -> None:
    patch.setattr(dispatch, "_why", lambda *_, **__: "")


def refuse_without_words(patch: Patch) -> None:
    patch.setattr(desk, "refuse", lambda _, reason, **__: Refusal(reason, ""))


def refuse_by_a_key(patch: Patch) -> None:
    patch.setattr(counters, "refuse", lambda _, reason, **__: Refusal(reason, f"refusal.{reason}"))


def replay_otherwise(patch: Patch) -> None:
    def spoil(state: State, event: e.Event) -> None:
        if isinstance(event, e.ServiceStarted):
            state.tickets[event.ticket].calls += 1

    broken_after(patch, spoil, live=False)


def replay_otherwise_elsewhere(patch: Patch) -> None:
    def spoil(state: State, event: e.Event) -> None:
        if isinstance(event, e.ServiceStarted):
            state.lessons.way.value += 1

    broken_after(patch, spoil, live=False)


def end_without_reason(patch: Patch) -> None:
    def spoil(state: State, event: e.Event) -> None:
        if isinstance(event, e.TicketVoided | e.TicketEnded):
            state.tickets[event.ticket].end = None

    broken_after(patch, spoil)


def disorder(patch: Patch) -> None:
    def spoil(state: State, event: e.Event) -> None:
        if isinstance(event, e.TicketTaken):
            state.queues[event.service].walk_in.sort(reverse=True)

    broken_after(patch, spoil)


def remember(patch: Patch) -> None:
    def spoil(state: State, event: e.Event) -> None:
        if isinstance(event, e.ServiceFinished) and event.next is None:
            state.tickets[event.ticket].person = "somebody"

    broken_after(patch, spoil)


def print_twice(patch: Patch) -> None:
    def spoil(state: State, event: e.Event) -> None:
        if isinstance(event, e.PrintAsked):
            state.tickets[event.ticket].prints[-1] = "printed"

    broken_after(patch, spoil)


def fail(patch: Patch) -> None:
    def never(*_: object) -> int:
        raise ZeroDivisionError

    patch.setattr(dispatch, "choose", never)


def always_free(patch: Patch) -> None:
    patch.setattr(appointments, "free", lambda *_: 9)


def never_free(patch: Patch) -> None:
    patch.setattr(appointments, "free", lambda *_: 0)


def no_caps(patch: Patch) -> None:
    patch.setattr(appointments, "_counted", lambda *_: 0)


def no_bans(patch: Patch) -> None:
    patch.setattr(Client, "is_banned", lambda *_: False)


def late_ones_first(patch: Patch) -> None:
    take = issuing.take

    def on_time(state: State, rules: Rules, command: Any, outlooks: Any, promise: Any = None) -> Any:
        return take(state, rules, command, outlooks, promise and promise._replace(late=False))

    patch.setattr(issuing, "take", on_time)


def quota_for_all(patch: Patch) -> None:
    patch.setattr(issuing, "OVERRIDDEN", frozenset())


def no_quota(patch: Patch) -> None:
    patch.setattr(issuing, "_no_more", lambda *_: None)


def anybody_overrides(patch: Patch) -> None:
    patch.setattr(issuing, "may_override", lambda _: True)


def nobody_misses(patch: Patch) -> None:
    steps = [step for step in passing._STEPS if step is not penalties.missing]
    patch.setattr(passing, "_STEPS", tuple(steps))


def no_penalty(patch: Patch) -> None:
    patch.setattr(penalties, "_penalty", lambda *_: None)


def places_miscounted(patch: Patch) -> None:
    def spoil(state: State, event: e.Event) -> None:
        if isinstance(event, b.BookingMade):
            state.diary.tally_of(state.diary.bookings[event.booking]).booked -= 1

    broken_after(patch, spoil)


FAULTS: list[tuple[Callable[[Patch], None], str]] = [
    (same_number, "no number twice"),
    (lose_somebody, "nobody lost"),
    (two_places, "nobody in two states"),
    (latest_first, "overtaking within its bound"),
    (booked_always_first, "appointments within their bound"),
    (others_tickets, "a counter calls what it does"),
    (say_nothing, "every call says why"),
    (refuse_without_words, "every refusal has a reason"),
    (refuse_by_a_key, "every refusal has a reason"),
    (replay_otherwise, "replay equals live"),
    (replay_otherwise_elsewhere, "replay equals live"),
    (end_without_reason, "every end has a reason"),
    (disorder, "queues are in order"),
    (remember, "who is gone is forgotten"),
    (print_twice, "a print has one outcome"),
    (fail, "no command fails"),
    (always_free, diary.SLOTS),
    (never_free, diary.FREE),
    (no_caps, diary.CAPS),
    (no_bans, diary.BANNED),
    (late_ones_first, diary.IN_TIME),
    (quota_for_all, diary.NUMBER),
    (no_quota, quotas.QUOTA),
    (anybody_overrides, quotas.OVERRIDE),
    (nobody_misses, diary.MISSED),
    (no_penalty, diary.PUNISHED),
    (places_miscounted, diary.AGREES),
]


@pytest.mark.parametrize(("fault", "invariant"), FAULTS, ids=[fault.__name__ for fault, _ in FAULTS])
def test_a_fault_breaks_its_promise_and_the_command_printed_shows_it_again(
    fault: Callable[[Patch], None], invariant: str, monkeypatch: Patch
) -> None:
    fault(monkeypatch)
    found = next(one for seed in range(1, DAYS) for one in report.live_all((seed,)).violations)
    assert found.invariant == invariant, found.how
    program, name, *words = report.again(found.seed).split()
    assert (program, name) == ("hallkeeper", "bench")
    said = CliRunner().invoke(bench, words).output
    assert f"days that broke a promise: {{'{invariant}': 1}}" in said
    assert report.again(found.seed) in said
