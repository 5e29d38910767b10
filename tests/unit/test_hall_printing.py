"""Papers: asked once, their outcome on the ticket's record, a copy called a copy."""

import pytest

from hall.core import commands as c
from hall.core.events import AlarmRaised, PrintAsked, PrintDone, TicketVoided
from tests.hall.kit import Hall


def printed(hall: Hall, outcome: str, reason: str | None = None) -> None:
    """The last paper that was asked for ended so."""
    hall.done(c.PrintEnded, job=hall.last(PrintAsked).job, outcome=outcome, reason=reason)


def test_the_outcome_stands_on_the_ticket() -> None:
    hall = Hall()
    ticket = hall.take(kiosk="k1")
    printed(hall, "printed")
    assert ticket.prints == ["printed"]
    done = hall.last(PrintDone)
    assert (done.number, done.printer, done.kiosk) == ("A001", "p1", "k1")
    assert not hall.state.printing


def test_a_job_ends_once() -> None:
    hall = Hall()
    hall.take(kiosk="k1")
    printed(hall, "printed")
    assert hall.refused(c.PrintEnded, job="t1-1", outcome="failed").reason == "unknown_job"


def test_a_failed_paper_is_printed_elsewhere_and_is_no_copy() -> None:
    hall = Hall()
    ticket = hall.take(kiosk="k1")
    assert hall.refused(c.Reprint, ticket=ticket.id, printer="p2").reason == "printing"
    printed(hall, "failed", "paper_out")
    hall.done(c.Reprint, ticket=ticket.id, printer="p2")
    asked = hall.last(PrintAsked)
    assert (asked.printer, asked.copy, asked.job) == ("p2", False, "t1-2")
    printed(hall, "printed")
    assert ticket.prints == ["failed", "printed"]


def test_after_a_paper_that_may_exist_the_next_is_a_copy() -> None:
    for outcome in ("printed", "unknown"):
        hall = Hall()
        ticket = hall.take(kiosk="k1")
        printed(hall, outcome)
        hall.done(c.Reprint, ticket=ticket.id)
        assert hall.last(PrintAsked).copy


def test_abandoned_after_a_failed_print_the_number_is_void_with_its_reason() -> None:
    hall = Hall()
    ticket = hall.take(kiosk="k1")
    printed(hall, "failed", "paper_out")
    hall.done(c.Cancel, ticket=ticket.id, why="print_failed")
    assert hall.last(TicketVoided).why == "print_failed"
    assert hall.refused(c.Reprint, ticket=ticket.id).reason == "ticket_void"
    assert hall.refused(c.CallNext, counter="1").reason == "nobody_waiting"


def test_a_reprint_says_what_is_before_it_now() -> None:
    hall = Hall()
    hall.take()
    mine = hall.take(kiosk="k1")
    hall.take()
    printed(hall, "printed")
    assert hall.last(PrintAsked).ahead == 1
    hall.call()
    hall.done(c.Reprint, ticket=mine.id)
    assert hall.last(PrintAsked).ahead == 0


def test_without_a_printer_there_is_no_reprint() -> None:
    hall = Hall()
    ticket = hall.take()
    assert hall.refused(c.Reprint, ticket=ticket.id).reason == "no_printer"
    assert hall.refused(c.Reprint, ticket=ticket.id, printer="zz").reason == "no_printer"


def test_a_paper_outlives_its_day_without_harm() -> None:
    hall = Hall()
    hall.take(kiosk="k1")
    hall.at("09:00", day=3)
    assert hall.refused(c.PrintEnded, job="t1-1", outcome="printed").reason == "unknown_job"


@pytest.mark.parametrize("by", ["console/hall", "counter/1"])
def test_a_number_given_by_hand_stands_though_its_paper_failed_and_no_page_says_a_word(by: str) -> None:
    hall = Hall()
    hall.take()
    given = hall.take(kiosk="k1", by=by)
    printed(hall, "failed", "paper_out")
    hall.after(91)
    assert hall.state.tickets[given.id].status == "waiting"
    alarm = hall.last(AlarmRaised)
    assert (alarm.kind, alarm.where) == ("device", "ticket/A002")
    assert "A002" in alarm.text
    assert "仍然有效" in alarm.text
    hall.after(3600)
    assert len(hall.all(AlarmRaised)) == 1
    assert hall.calls() == ["A001", "A002"]


def test_an_alarm_of_a_paper_is_over_with_the_paper_or_when_somebody_goes_there() -> None:
    hall = Hall()
    papers = [hall.take(kiosk="k1", by="console/hall") for _ in range(2)]
    for job in list(hall.state.printing):
        hall.done(c.PrintEnded, job=job, outcome="failed")
    hall.after(91)
    first, second = hall.state.alarms.values()
    hall.done(c.Reprint, ticket=papers[0].id, printer="p2")
    printed(hall, "failed")
    assert first.cleared is None
    hall.done(c.Reprint, ticket=papers[0].id, printer="p2")
    printed(hall, "printed")
    assert first.cleared == hall.now
    assert second.cleared is None
    hall.done(c.Acknowledge, alarm=hall.last(AlarmRaised).alarm, party="hall")
    assert second.cleared == hall.now


def test_an_alarm_of_a_paper_is_over_with_the_visit() -> None:
    hall = Hall()
    for _ in range(2):
        hall.take(kiosk="k1", by="console/hall")
    for job in list(hall.state.printing):
        hall.done(c.PrintEnded, job=job, outcome="failed")
    hall.after(91)
    served, left = hall.state.alarms.values()
    hall.call()
    hall.after(300)
    assert served.cleared is None, "it may be its owner who was called, and may not"
    hall.done(c.Finish, counter="1")
    hall.after(120)
    assert (served.cleared, left.cleared) == (hall.now, None)
    hall.at("00:00", day=1)
    assert left.cleared is not None, "the number is another's now"


def test_the_clerk_whose_page_is_open_says_the_word_and_nobody_else_is_told() -> None:
    hall = Hall()
    given = hall.take(kiosk="k1", by="counter/1")
    printed(hall, "failed", "paper_out")
    hall.done(c.Keep, ticket=given.id, by="counter/1")
    hall.after(91)
    assert not hall.all(AlarmRaised)
    assert hall.calls() == ["A001"]


def test_one_that_printed_is_nobodys_to_decide() -> None:
    hall = Hall()
    given = hall.take(kiosk="k1", by="counter/1")
    printed(hall, "printed")
    hall.after(91)
    assert not hall.state.undecided
    assert hall.state.tickets[given.id].status == "waiting"
