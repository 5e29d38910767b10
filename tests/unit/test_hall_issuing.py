"""Numbers: exact, daily, one for a person and service, and a reason with every refusal."""

from hall.core import commands as c
from hall.core.events import PrintAsked, TicketTaken
from tests.hall.kit import SMALL, Hall


def test_numbers_are_prefix_and_digits_from_one_on() -> None:
    hall = Hall()
    assert [hall.take("a").number, hall.take("b").number, hall.take("a").number] == ["A001", "B001", "A002"]


def test_digits_and_first_number_are_the_halls() -> None:
    hall = Hall(numbering={"digits": 4, "first": 100})
    assert hall.take().number == "A0100"


def test_a_voided_number_is_not_given_again() -> None:
    hall = Hall()
    first = hall.take()
    hall.done(c.Cancel, ticket=first.id, why="print_failed")
    assert hall.take().number == "A002"


def test_numbers_restart_the_next_day_even_when_nobody_was_there_at_midnight() -> None:
    hall = Hall()
    hall.take()
    hall.at("09:00", day=3)
    assert hall.take().number == "A001"


def test_numbers_go_on_when_the_clock_is_put_back_over_midnight() -> None:
    hall = Hall()
    hall.at("09:00", day=3)
    hall.take()
    hall.at("09:00", day=0)
    assert hall.take().number == "A002"


def test_past_the_last_of_its_digits_a_number_grows() -> None:
    hall = Hall(numbering={"digits": 2, "first": 99})
    assert [hall.take().number, hall.take().number] == ["A99", "A100"]


def test_one_open_ticket_for_a_person_and_a_service() -> None:
    hall = Hall()
    mine = hall.take("a", person="p")
    no = hall.refused(c.TakeTicket, ticket="x", service="a", person="p")
    assert (no.reason, no.ticket) == ("already_waiting", mine.id)
    assert "补打" in no.text
    assert hall.take("b", person="p").number == "B001"
    assert hall.take("a", person="q").number == "A002"


def test_a_person_may_take_a_new_number_when_the_old_one_is_over() -> None:
    hall = Hall()
    hall.take(person="p")
    hall.call()
    hall.done(c.Finish, counter="1")
    assert hall.take(person="p").number == "A002"
    hall.done(c.Cancel, ticket="t2")
    assert hall.take(person="p").number == "A003"


def test_a_booking_gives_one_number() -> None:
    hall = Hall()
    first = hall.take(appointment="B1")
    assert first.booked
    assert hall.refused(c.TakeTicket, ticket="x", service="b", appointment="B1").ticket == first.id


def test_what_is_not_known_is_refused() -> None:
    hall = Hall()
    assert hall.refused(c.TakeTicket, ticket="x", service="zz").reason == "unknown_service"
    assert hall.refused(c.TakeTicket, ticket="x", service="a", kiosk="zz").reason == "unknown_kiosk"


def test_outside_its_hours_a_service_says_when_to_come() -> None:
    hall = Hall("08:00")
    reasons = {}
    for time, day in (("08:00", 0), ("12:30", 0), ("18:00", 0), ("10:00", 1)):
        hall.at(time, day)
        no = hall.refused(c.TakeTicket, ticket="x", service="a")
        reasons[no.reason] = no.text
    assert list(reasons) == ["not_open_yet", "lunch", "closed", "holiday"]
    assert "08:30" in reasons["not_open_yet"]
    assert "14:00" in reasons["lunch"]
    # from Friday evening to Monday morning
    assert "11月23日08:30" in reasons["closed"]
    assert "11月23日08:30" in reasons["holiday"]


def test_a_counter_with_hours_of_its_own_opens_its_services_early() -> None:
    counters = {**SMALL["counters"], "1": {**SMALL["counters"]["1"], "hours": [["07:30", "12:00"]]}}
    hall = Hall("07:40", counters=counters)
    assert hall.take("a").number == "A001"
    assert hall.refused(c.TakeTicket, ticket="x", service="b").reason == "not_open_yet"


def test_a_quota_is_kept_and_says_so() -> None:
    services = {**SMALL["services"], "a": {**SMALL["services"]["a"], "quota": 2}}
    hall = Hall(services=services)
    hall.take()
    hall.done(c.Cancel, ticket=hall.take().id)
    no = hall.refused(c.TakeTicket, ticket="x", service="a")
    assert no.reason == "quota"
    assert "2" in no.text


def test_no_number_where_no_counter_could_call_it() -> None:
    hall = Hall()
    hall.done(c.Logout, counter="2")
    assert hall.refused(c.TakeTicket, ticket="x", service="b").reason == "no_counter"
    assert hall.take("a").number == "A001"


def test_a_paused_counter_will_be_back() -> None:
    hall = Hall()
    hall.done(c.Pause, counter="2")
    ticket = hall.take("b")
    assert ticket.forecast is None


def test_no_number_for_what_would_end_after_closing() -> None:
    hall = Hall("17:00")
    taken = 0
    while (outcome := hall.do(c.TakeTicket, ticket=f"x{taken}", service="b")).refusal is None:
        taken += 1
    assert outcome.refusal.reason == "too_late"
    assert "17:30" in outcome.refusal.text
    # 30 minutes left, one counter, 20 minutes each: the second would end at 17:40
    assert taken == 1


def test_a_fresh_ticket_is_printed_at_the_kiosks_own_printer() -> None:
    hall = Hall()
    ticket = hall.take(kiosk="k1")
    asked = hall.last(PrintAsked)
    assert (asked.ticket, asked.printer, asked.copy, asked.job) == (ticket.id, "p1", False, "t1-1")
    assert ticket.prints == [None]


def test_without_a_kiosk_or_a_printer_nothing_is_printed() -> None:
    hall = Hall()
    hall.take()
    hall.take(kiosk="k2")
    assert not hall.all(PrintAsked)


def test_people_ahead_are_those_called_before() -> None:
    hall = Hall()
    assert [hall.take().ahead for _ in range(3)] == [0, 1, 2]
    assert hall.take(appointment="B1").ahead == 0
    hall.after(60)
    # twenty minutes of credit: only the appointment comes first
    assert hall.take(priority=("elderly",)).ahead == 1


def test_too_late_with_nobody_waiting_says_nothing_of_people() -> None:
    hall = Hall("17:20")
    no = hall.refused(c.TakeTicket, ticket="x", service="b")
    assert (no.reason, "人等候" in no.text, "17:30" in no.text) == ("too_late", False, True)


def test_staff_may_give_a_number_all_the_same_and_it_is_written_down() -> None:
    services = {**SMALL["services"], "a": {**SMALL["services"]["a"], "quota": 0}}
    hall = Hall("17:20", services=services)
    for service, reason in (("a", "quota"), ("b", "too_late")):
        asked = {"ticket": f"t-{service}", "service": service}
        assert hall.refused(c.TakeTicket, **asked, by="counter/1").reason == reason
        assert hall.refused(c.TakeTicket, **asked, by="kiosk/k1", override=True).reason == reason
        hall.done(c.TakeTicket, **asked, by="console/zhang", override=True)
        taken = hall.last(TicketTaken)
        assert (taken.override, taken.by) == (reason, "console/zhang")
    hall.at("08:00", day=3)
    no = hall.refused(c.TakeTicket, ticket="x", service="b", by="console/zhang", override=True)
    assert no.reason == "not_open_yet"
