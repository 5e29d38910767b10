"""At the counter: each command, each state it may be given in, each policy for a missed call."""

from typing import Any

import pytest

from hall.core import commands as c
from hall.core.events import PeopleForgotten, ServiceFinished, TicketCalled, TicketEnded, TicketVoided
from hall.core.state import Ticket
from tests.hall.kit import Hall


def test_next_finishes_the_one_in_hand_first() -> None:
    hall = Hall()
    first, second = hall.take(), hall.take()
    hall.call()
    hall.call()
    assert (first.status, second.status) == ("finished", "called")
    assert hall.refused(c.CallNext, counter="1").reason == "nobody_waiting"
    assert second.status == "finished"
    assert hall.state.in_hand("1") is None


def test_a_service_has_its_times_apart() -> None:
    hall = Hall()
    ticket = hall.take()
    hall.call()
    hall.after(30)
    hall.done(c.Start, counter="1")
    hall.after(300)
    hall.done(c.Finish, counter="1")
    assert ticket.called_at is not None
    assert ticket.started_at is not None
    assert (ticket.started_at - ticket.called_at).total_seconds() == 30
    assert hall.last(ServiceFinished).minutes == pytest.approx(5.5)


def test_recalls_are_counted_and_bounded() -> None:
    hall = Hall(calling={"recalls": 2})
    hall.take()
    hall.call()
    hall.done(c.Recall, counter="1")
    hall.done(c.Recall, ticket="t1")
    assert [call.nth for call in hall.all(TicketCalled)] == [1, 2, 3]
    assert hall.refused(c.Recall, counter="1").reason == "recalls_used"


def test_void_policy() -> None:
    hall = Hall(calling={"no_show": "void"})
    ticket = hall.take(person="p")
    hall.call()
    hall.done(c.NoShow, counter="1")
    assert (ticket.status, ticket.end) == ("void", "missed")
    assert hall.take(person="p").number == "A002"


def test_tail_policy() -> None:
    hall = Hall(calling={"no_show": "tail"})
    hall.take(priority=("disabled",))
    for _ in range(2):
        hall.take()
    hall.call()
    hall.after(60)
    hall.done(c.NoShow, counter="1")
    assert hall.calls() == ["A002", "A003", "A001"]


def test_back_policy_is_once() -> None:
    hall = Hall()
    ticket = hall.take()
    for _ in range(2):
        hall.call()
        hall.done(c.NoShow, counter="1")
    assert (ticket.status, ticket.end) == ("void", "missed")


def test_back_policy_a_clerk_may_bring_it_in_sooner() -> None:
    hall = Hall()
    for _ in range(3):
        hall.take()
    hall.call()
    hall.done(c.NoShow, counter="1")
    hall.done(c.Resume, ticket="t1")
    assert hall.call().number == "A001"


def test_clerk_policy() -> None:
    hall = Hall(calling={"no_show": "clerk"})
    ticket = hall.take(person="p")
    hall.call()
    hall.done(c.NoShow, counter="1")
    assert ticket.status == "missed"
    assert hall.refused(c.CallNext, counter="1").reason == "nobody_waiting"
    assert hall.refused(c.TakeTicket, ticket="x", service="a", person="p").reason == "already_waiting"
    hall.done(c.Resume, ticket=ticket.id)
    assert hall.call() is ticket


def test_one_who_is_being_served_did_not_miss_the_call() -> None:
    hall = Hall()
    hall.take()
    hall.call()
    hall.done(c.Start, counter="1")
    assert hall.refused(c.NoShow, counter="1").reason == "ticket_serving"


def test_hold_frees_the_counter_and_resume_brings_back() -> None:
    hall = Hall()
    first, second = hall.take(), hall.take()
    hall.call()
    hall.done(c.Hold, counter="1")
    assert first.status == "held"
    assert hall.state.desk("1").held == [first.id]
    assert hall.call() is second
    hall.done(c.Resume, counter="1", ticket=first.id)
    assert hall.state.desk("1").held == []
    assert hall.call() is first


def test_resume_without_a_ticket_takes_the_one_held_last() -> None:
    hall = Hall()
    for _ in range(2):
        hall.take()
        hall.call()
        hall.done(c.Hold, counter="1")
    hall.done(c.Resume, counter="1")
    assert hall.call().number == "A002"


def test_transfer_needs_another_service_that_somebody_does() -> None:
    hall = Hall()
    hall.take()
    hall.call()
    assert hall.refused(c.Transfer, counter="1", to="zz").reason == "unknown_service"
    assert hall.refused(c.Transfer, counter="1", to="a").reason == "same_service"
    hall.at("15:00")
    hall.done(c.Logout, counter="2")
    assert hall.refused(c.Transfer, counter="1", to="b").reason == "no_counter"


@pytest.mark.parametrize("before", [(), (c.CallNext,), (c.CallNext, c.Start), (c.CallNext, c.Hold)])
def test_a_number_can_be_given_up_at_any_time(before: tuple[type[c.Command], ...]) -> None:
    hall = Hall()
    ticket = hall.take()
    for kind in before:
        hall.done(kind, counter="1")
    hall.done(c.Cancel, ticket=ticket.id, why="x" * 1000)
    assert ticket.status == "void"
    assert len(hall.last(TicketVoided).why) == 200
    assert hall.state.in_hand("1") is None
    assert hall.refused(c.Cancel, ticket=ticket.id).reason == "ticket_void"


@pytest.mark.parametrize(
    ("kind", "keys", "reason"),
    [
        (c.CallNext, {"counter": "99"}, "unknown_counter"),
        (c.Recall, {"counter": "99"}, "unknown_counter"),
        (c.Recall, {}, "names_nothing"),
        (c.Recall, {"counter": "1"}, "nothing_in_hand"),
        (c.Recall, {"ticket": "t1"}, "ticket_waiting"),
        (c.Finish, {"ticket": "zz"}, "unknown_ticket"),
        (c.Resume, {"ticket": "t1"}, "ticket_waiting"),
        (c.Start, {"ticket": "t1"}, "ticket_waiting"),
        (c.Hold, {"ticket": "t1"}, "ticket_waiting"),
        (c.Rate, {"ticket": "t1", "grade": 5}, "not_served"),
    ],
)
def test_what_can_not_be_is_refused_with_its_reason(
    kind: type[c.Command], keys: dict[str, Any], reason: str
) -> None:
    hall = Hall()
    hall.take()
    assert hall.refused(kind, **keys).reason == reason


def test_a_ticket_at_another_counter_is_left_there() -> None:
    hall = Hall()
    hall.take()
    hall.call("2")
    no = hall.refused(c.Finish, counter="1", ticket="t1")
    assert no.reason == "at_another_counter"
    assert "2号窗口" in no.text


def test_a_service_over_lunch_teaches_nothing_about_its_length() -> None:
    hall = Hall("11:50")
    hall.take()
    hall.call()
    hall.at("14:05")
    hall.done(c.Finish, counter="1")
    assert hall.last(ServiceFinished).minutes is None
    assert not hall.state.lessons.lengths


def test_after_closing_those_who_wait_are_served_for_an_hour_then_ended_with_a_reason() -> None:
    hall = Hall("17:20")
    waiting = [hall.take(), hall.take()]
    hall.at("18:00")
    assert hall.state.desk("1").is_open
    in_hand = hall.call()
    hall.at("18:31")
    assert (in_hand.status, waiting[1].status, waiting[1].end) == ("called", "void", "closing")
    assert [event.reason for event in hall.all(TicketEnded)] == ["closing"]
    hall.done(c.Finish, counter="1")
    assert not hall.state.desk("1").is_open


def served_late() -> tuple[Hall, Ticket]:
    """The day is over, and one is still served at a counter that was opened after its hours."""
    hall = Hall("17:00")
    hall.done(c.Logout, counter="2")
    booked = hall.take(appointment="code-1")
    waiting = hall.take()
    hall.at("17:40")
    hall.done(c.Logout, counter="1")
    hall.done(c.Login, counter="1", clerk="clerk-9")
    assert hall.call() is booked
    hall.at("18:31")
    assert (waiting.end, hall.all(PeopleForgotten)) == ("closing", [])
    return hall, booked


@pytest.mark.parametrize(("put_down", "status"), [(c.Hold, "void"), (c.Finish, "finished")])
def test_the_last_one_of_a_day_that_is_over_is_ended_at_once_and_then_all_are_forgotten(
    put_down: type[c.Command], status: str
) -> None:
    hall, last = served_late()
    hall.done(put_down, counter="1")
    due = hall.engine.due()
    assert due is not None
    assert due <= hall.now
    hall.after(0)
    assert (last.status, len(hall.all(PeopleForgotten))) == (status, 1)
    due = hall.engine.due()
    assert due is not None
    assert due > hall.now


def test_at_midnight_nothing_of_the_day_is_left_silently() -> None:
    hall = Hall("18:00", hours={"overrun_minutes": 600})
    hall.at("17:00")
    waiting, serving = hall.take(), hall.take()
    hall.call()
    hall.at("09:00", day=1)
    ended = {event.ticket: event.reason for event in hall.all(TicketEnded)}
    assert ended == {waiting.id: "day_end", serving.id: "day_end"}
    assert not hall.state.tickets
    assert hall.state.day == "2026-11-21"


def test_next_pressed_twice_ends_nobody_who_can_not_have_come() -> None:
    hall = Hall(calling={"hurry_s": 5})
    first, second = hall.take(), hall.take()
    hall.call()
    hall.after(4.9)
    no = hall.refused(c.CallNext, counter="1")
    assert (no.reason, no.ticket, first.status) == ("just_called", first.id, "called")
    hall.after(0.1)
    assert hall.call() is second


@pytest.mark.parametrize("freed_by", [c.Start, c.Finish, c.NoShow])
def test_one_who_came_or_was_put_down_is_followed_at_once(freed_by: type[c.Command]) -> None:
    hall = Hall(calling={"hurry_s": 5})
    hall.take()
    second = hall.take()
    hall.call()
    hall.after(1)
    hall.done(freed_by, counter="1")
    assert hall.call() is second


def test_who_was_put_down_before_coming_teaches_nothing_about_lengths() -> None:
    hall = Hall()
    hall.take()
    hall.take()
    hall.call()
    hall.after(14)
    hall.call()
    assert not hall.state.lessons.lengths
    hall.after(15)
    hall.done(c.Finish, counter="1")
    assert hall.state.lessons.lengths["a"].weight == 1
