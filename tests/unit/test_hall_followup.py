"""回访: a tenth of the day's visitors at least, drawn so that anybody can draw the same again."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hall.core import commands as c
from hall.core import followup
from hall.core import task_commands as ask
from hall.core.task_events import FollowedUp, FollowUpDrawn, TaskRaised
from tests.hall.kit import Hall


def day_of(visitors: int) -> Hall:
    hall = Hall()
    for _ in range(visitors):
        hall.take()
        hall.call()
        hall.after(60).done(c.Finish, counter="1")
    return hall


@given(st.sets(st.text("abc123", min_size=1), max_size=60), st.text(max_size=8), st.randoms())
def test_a_draw_depends_on_who_was_there_and_the_seed_alone(
    tickets: set[str], seed: str, chance: object
) -> None:
    drawn = followup.draw(tickets, seed, 0.1)
    assert followup.draw(sorted(tickets, reverse=True), seed, 0.1) == drawn
    assert len(drawn) == -(-len(tickets) // 10)
    assert set(drawn) <= tickets


def test_everybody_is_drawn_as_often() -> None:
    tickets = [f"t{number}" for number in range(30)]
    counts = Counter(name for seed in range(3000) for name in followup.draw(tickets, str(seed), 0.1))
    assert len(counts) == 30
    # 300 each; five standard deviations of a binomial with p = 0.1
    assert all(abs(count - 300) < 5 * (3000 * 0.1 * 0.9) ** 0.5 for count in counts.values())


def test_drawn_once_when_the_last_has_gone() -> None:
    hall = day_of(11)
    assert followup.wanted(hall.state, hall.rules, hall.now) is None
    hall.at("18:30")
    day = followup.wanted(hall.state, hall.rules, hall.now)
    assert day == "2026-11-20"
    hall.done(ask.DrawFollowUp, day=day, seed="s")
    drawn = hall.last(FollowUpDrawn)
    assert (drawn.served, len(drawn.drawn), drawn.seed) == (11, 2, "s")
    assert drawn.drawn == followup.draw([f"t{number}" for number in range(1, 12)], "s", 0.1)
    assert followup.wanted(hall.state, hall.rules, hall.now) is None
    assert hall.refused(ask.DrawFollowUp, day=day, seed="s").reason == "nobody_to_draw"


def test_a_day_that_was_not_drawn_is_drawn_later() -> None:
    hall = day_of(3)
    hall.at("09:00", day=3)
    assert followup.wanted(hall.state, hall.rules, hall.now) == "2026-11-20"


def test_a_hall_may_ask_nobody() -> None:
    hall = Hall(followup={"share": 0})
    hall.take()
    hall.call()
    hall.done(c.Finish, counter="1")
    assert followup.wanted(hall.state, hall.rules, hall.at("20:00").now) is None


def test_what_they_say_is_recorded_for_their_department_and_the_last_closes_the_list() -> None:
    hall = day_of(20)
    hall.at("18:30").done(ask.DrawFollowUp, day="2026-11-20", seed="s")
    raised = hall.last(TaskRaised)
    assert (raised.department, len(raised.visits)) == ("一区", 2)
    task = hall.state.duties.tasks[raised.task]
    first, second = task.visits
    hall.done(ask.RecordFollowUp, task=task.id, ticket=first, result="satisfied")
    assert hall.refused(ask.RecordFollowUp, task=task.id, ticket=first, result="declined").reason == (
        "already_asked"
    )
    assert hall.refused(ask.RecordFollowUp, task=task.id, ticket="x", result="declined").reason == "not_drawn"
    hall.done(ask.RecordFollowUp, task=task.id, ticket=second, result="unreachable")
    assert task.status == "closed"
    assert {event.department for event in hall.all(FollowedUp)} == {"一区"}


def test_long_lists_are_parted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(followup, "LIST_MOST", 2)
    hall = day_of(50)
    hall.at("18:30").done(ask.DrawFollowUp, day="2026-11-20", seed="s")
    assert [len(event.visits) for event in hall.all(TaskRaised)] == [2, 2, 1]
