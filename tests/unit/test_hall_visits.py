"""Visits of several steps on one number, numbers given in stretches, and what becomes of those not there."""

from typing import Any

import pytest

from hall.core import commands as c
from hall.core.events import ServiceFinished, TicketEnded, TicketMissed, TicketTaken, TicketVoided
from hall.core.watched import TicketKept
from tests.hall.kit import SMALL, Hall

STEPS: dict[str, Any] = {
    "services": {
        "a": {**SMALL["services"]["a"], "then": ["pay", "cert"], "step": "受理"},
        "pay": {
            "prefix": "J",
            "name": "缴费窗口",
            "name_en": "Cashier",
            "zone": "z",
            "mean_minutes": 2,
            "step": "缴费",
            "direct": False,
        },
        "cert": {"prefix": "L", "name": "领证", "name_en": "Papers", "zone": "y", "mean_minutes": 1},
    },
    "counters": {
        "3": {"services": ["pay"], "zone": "z", "clerk": "clerk-3"},
        "4": {"services": ["cert"], "zone": "y", "clerk": "clerk-4"},
    },
}


def walked(hall: Hall, *counters: str) -> None:
    """Called, served and finished at each of `counters`, ten minutes each."""
    for counter in counters:
        hall.call(counter)
        hall.after(600)
        hall.done(c.Finish, counter=counter)


def test_a_visit_walks_through_its_steps_on_one_number() -> None:
    hall = Hall(**STEPS)
    ticket = hall.take("a", person="p")
    assert (ticket.step, ticket.steps_in_all, ticket.steps) == (1, 3, ("pay", "cert"))
    walked(hall, "1")
    assert (ticket.status, ticket.service, ticket.step, ticket.number) == ("waiting", "pay", 2, "A001")
    assert hall.state.of_person == {"p": [ticket.id]}
    walked(hall, "3", "4")
    assert (ticket.status, ticket.step, ticket.steps) == ("finished", 3, ())
    finishes = hall.all(ServiceFinished)
    assert [event.stage for event in finishes] == ["accepted", "accepted", "finished"]
    assert [event.service for event in finishes] == ["a", "pay", "cert"]
    assert not hall.state.of_person


def test_the_call_of_a_further_step_says_what_it_is_for() -> None:
    hall = Hall(**STEPS)
    hall.take("a")
    walked(hall, "1")
    hall.call("3")
    assert "受理" in hall.calls_why()
    assert "缴费" in hall.calls_why()


@pytest.mark.parametrize(("rule", "first"), [("kept", "A001"), ("anew", "B001")])
def test_the_place_in_time_is_kept_or_begun_anew(rule: str, first: str) -> None:
    hall = Hall(**STEPS, calling={"next_step": rule})
    hall.take("a")
    hall.call("1")
    hall.after(300)
    other = hall.take("b")
    hall.done(c.Transfer, ticket=other.id, to="cert")
    hall.done(c.Finish, counter="1")
    walked(hall, "3")
    assert hall.call("4").number == first


def test_one_sent_on_by_hand_goes_on_from_that_step_or_begins_another_business() -> None:
    hall = Hall(**STEPS)
    ticket = hall.take("a")
    hall.call("1")
    hall.done(c.Transfer, counter="1", to="cert")
    assert (ticket.step, ticket.steps) == (3, ())
    other = hall.take("b")
    hall.done(c.Transfer, ticket=other.id, to="a")
    assert (other.step, other.steps) == (1, ("pay", "cert"))


def test_no_number_is_taken_for_what_is_only_a_further_step() -> None:
    assert Hall(**STEPS).refused(c.TakeTicket, ticket="x", service="pay").reason == "not_direct"


def test_a_visit_that_its_further_steps_make_too_late_is_refused() -> None:
    late = {**STEPS, "services": {**STEPS["services"]}}
    late["services"]["cert"] = {**STEPS["services"]["cert"], "mean_minutes": 120}
    hall = Hall("16:00", **late)
    assert hall.refused(c.TakeTicket, ticket="x", service="a").reason == "too_late"
    assert Hall("16:00", **STEPS).take("a").number == "A001"


STRETCHES: dict[str, Any] = {
    "services": {
        "a": {
            **SMALL["services"]["a"],
            "issuing": [
                {"opens": "08:30", "closes": "10:00", "most": 2},
                {"opens": "10:30", "closes": "12:00", "most": 1},
            ],
        }
    }
}


def test_numbers_given_in_stretches_run_out_and_are_given_again() -> None:
    hall = Hall("09:00", **STRETCHES)
    hall.take()
    hall.take()
    no = hall.refused(c.TakeTicket, ticket="x", service="a")
    assert no.reason == "stretch_full"
    assert all(part in no.text for part in ("08:30–10:00", "2", "10:30"))
    hall.at("10:10")
    no = hall.refused(c.TakeTicket, ticket="x", service="a")
    assert (no.reason, "10:30" in no.text) == ("between_stretches", True)
    hall.at("10:30")
    hall.take()
    no = hall.refused(c.TakeTicket, ticket="x", service="a")
    assert (no.reason, "08:30" in no.text) == ("stretch_full", True)
    hall.at("08:30", day=3)
    assert hall.take().number == "A001"


def test_before_its_hours_a_service_with_stretches_names_the_first_of_them() -> None:
    hall = Hall("08:00", **STRETCHES)
    assert "08:30" in hall.refused(c.TakeTicket, ticket="x", service="a").text


def test_staff_give_a_number_all_the_same_and_it_is_said_who_and_why() -> None:
    hall = Hall("09:00", **STRETCHES)
    hall.take()
    hall.take()
    keys = {"ticket": "x", "service": "a", "override": True, "why": "带孩子看病"}
    assert hall.do(c.TakeTicket, by="kiosk/k1", **keys).refusal is not None
    hall.done(c.TakeTicket, by="console/hall", **keys)
    taken = hall.last(TicketTaken)
    assert (taken.by, taken.override, taken.override_why) == ("console/hall", "stretch_full", "带孩子看病")


def test_what_still_waits_at_closing_is_ended_with_that_reason_and_counted() -> None:
    hall = Hall("16:00", calling={"no_show": "clerk"})
    hall.take()
    hall.take()
    hall.at("20:00")
    assert [event.reason for event in hall.all(TicketEnded)] == ["closing", "closing"]
    assert hall.state.ended == {"closing": 2}
    hall.at("09:00", day=3)
    assert hall.state.ended == {}


@pytest.mark.parametrize(
    ("rule", "called"),
    [("void", ["A002", "A003"]), ("tail", ["A002", "A003", "A001"]), ("back", ["A002", "A001", "A003"])],
)
def test_one_who_is_not_there_goes_where_the_rule_says(rule: str, called: list[str]) -> None:
    hall = Hall(calling={"no_show": rule, "back_after": 1})
    for _ in range(3):
        hall.take()
    hall.call()
    hall.after(30)
    hall.done(c.NoShow, counter="1")
    hall.after(30)
    assert hall.calls() == called
    assert hall.last(TicketMissed).goes == rule


def test_one_that_only_a_clerk_brings_back_is_kept_at_hand_for_that() -> None:
    hall = Hall(calling={"no_show": "clerk"})
    first, _ = hall.take(), hall.take()
    hall.call()
    hall.done(c.NoShow, counter="1")
    assert (first.status, hall.state.desk("1").missed) == ("missed", [first.id])
    assert hall.calls() == ["A002"]
    hall.done(c.Resume, counter="1", ticket=first.id)
    assert hall.state.desk("1").missed == []
    assert hall.calls() == ["A001"]


def unprinted(**tables: Any) -> Hall:
    hall = Hall(**tables)
    hall.take(kiosk="k1")
    hall.done(c.PrintEnded, job="t1-1", outcome="failed", reason="paper_out")
    return hall


def test_a_number_that_did_not_print_and_nobody_decides_about_is_void() -> None:
    hall = unprinted()
    hall.after(89)
    assert not hall.all(TicketVoided)
    hall.after(1)
    assert hall.last(TicketVoided).why == "not_printed"


def test_one_may_say_the_number_is_known_or_ask_for_time() -> None:
    hall = unprinted()
    hall.done(c.Keep, ticket="t1", seconds=300)
    hall.after(200)
    assert hall.state.undecided
    hall.done(c.Keep, ticket="t1")
    hall.after(400)
    assert not hall.all(TicketVoided)
    assert hall.calls() == ["A001"]


def test_another_paper_or_a_call_decides_it_too() -> None:
    hall = unprinted()
    hall.done(c.Reprint, ticket="t1", printer="p2")
    assert not hall.state.undecided
    hall.done(c.PrintEnded, job="t1-2", outcome="failed")
    hall.call()
    hall.after(300)
    assert not hall.all(TicketVoided)


def test_a_hall_may_tell_a_guide_instead() -> None:
    hall = unprinted(ticket={"undecided": "alarm"})
    hall.after(90)
    alarm = hall.state.alarms["paper-t1"]
    assert "A001" in alarm.text
    assert hall.all(TicketKept)
    assert not hall.state.undecided


def test_a_paper_that_may_be_out_is_nobodys_to_void() -> None:
    hall = Hall()
    hall.take(kiosk="k1")
    hall.done(c.PrintEnded, job="t1-1", outcome="unknown")
    hall.after(600)
    assert not hall.all(TicketVoided)
