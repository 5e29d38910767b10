"""Booking, checking in, missing, and coming out of it again (domain.md sections 1 and 3)."""

from datetime import timedelta

import pytest

from hall.core import booking_commands as ask
from hall.core import booking_events as b
from hall.core import commands as c
from hall.core.slots import days
from tests.hall.booked import Booked

ANNA, BERT = "a" * 32, "b" * 32
"""Hashes of cards today."""
STAFF = "console/desk"


def test_a_booking_checked_in_by_its_code_goes_before_the_walk_ins() -> None:
    hall = Booked()
    booking = hall.book("10:00")
    hall.at("09:40")
    walk_in, visitor = hall.take(), hall.check_in(code="CODE1", kiosk="k1")
    assert (booking.status, booking.ticket, visitor.booked) == ("arrived", visitor.id, True)
    assert hall.calls() == [visitor.number, walk_in.number]
    assert hall.refused(ask.CheckIn, ticket="x", code="CODE1").ticket == visitor.id


def test_a_card_finds_the_booking_of_its_day() -> None:
    hall = Booked()
    hall.book("10:00", person_then=ANNA)
    hall.book("10:00", person_then=BERT, day=3)
    hall.at("09:50")
    assert hall.turned_away(person=BERT) == "no_booking_today"
    assert hall.turned_away(person=BERT, code="CODE1") == "not_theirs"
    assert hall.check_in(person=ANNA).booked


def test_who_took_a_number_first_gives_it_up_for_the_booking() -> None:
    hall = Booked()
    hall.book("10:00", person=ANNA)
    first = hall.at("09:45").take(person=ANNA)
    checked_in = hall.check_in(person=ANNA)
    assert (first.status, first.end) == ("void", "checked_in")
    assert hall.calls() == [checked_in.number]


@pytest.mark.parametrize(
    ("time", "came"),
    [
        ("09:29", "too_early"),
        ("09:30", "arrived"),
        ("10:30", "arrived"),
        ("10:31", "late"),
        ("11:00", "booking_missed"),
    ],
)
def test_how_punctual_one_must_be(time: str, came: str) -> None:
    hall = Booked()
    booking = hall.book("10:00")
    hall.at(time)
    if came in ("arrived", "late"):
        assert hall.check_in(code="CODE1").booked is (came == "arrived")
        assert booking.status == came
    else:
        assert hall.turned_away(code="CODE1") == came


def test_who_is_late_keeps_the_place_of_the_slot() -> None:
    hall = Booked()
    hall.book("10:00")
    hall.at("09:59").take()
    before = hall.at("10:20").take()
    late = hall.at("10:45").check_in(code="CODE1")
    assert hall.calls()[1:] == [late.number, before.number]
    why = [
        event.why
        for event in hall.events
        if getattr(event, "number", None) == late.number and hasattr(event, "why")
    ]
    assert "45" in why[0]


@pytest.mark.parametrize(("late", "first"), [("walk_in", False), ("keeps_place", True)])
def test_what_a_late_one_becomes_is_a_setting(late: str, first: bool) -> None:
    hall = Booked(appointments={"late": late})
    hall.book("10:00")
    walk_in = hall.at("10:20").take()
    came = hall.at("10:45").check_in(code="CODE1")
    assert hall.calls() == ([came.number, walk_in.number] if first else [walk_in.number, came.number])


def test_late_may_mean_refused() -> None:
    hall = Booked(appointments={"late": "refused"})
    hall.book("10:00")
    assert hall.at("10:45").turned_away(code="CODE1") == "too_late_for_booking"


def test_a_quota_that_is_used_up_does_not_turn_away_who_has_booked() -> None:
    hall = Booked(
        services={
            "a": {
                "prefix": "A",
                "name": "纳税",
                "name_en": "Tax",
                "zone": "z",
                "mean_minutes": 10,
                "quota": 1,
            },
            "b": {"prefix": "B", "name": "城建", "name_en": "C", "zone": "y", "mean_minutes": 20},
        }
    )
    hall.book("10:00")
    hall.take()
    assert hall.refused(c.TakeTicket, ticket="x", service="a").reason == "quota"
    assert hall.at("10:00").check_in(code="CODE1").booked


def test_what_can_be_booked_is_told_and_nothing_else_is() -> None:
    hall = Booked(appointments={"days_ahead": 3, "capacity": {"b": 0}, "per_slot": 1})
    hall.book("10:00")
    assert hall.no_place("10:00") == "slot_full"
    assert hall.no_place("10:10") == "no_such_slot"
    assert hall.no_place("12:00") == "no_such_slot"
    assert hall.no_place("09:00") == "slot_over"
    assert hall.no_place("10:00", 1) == "closed_day"
    assert hall.no_place("10:00", 4) == "too_far_ahead"
    assert hall.no_place("10:00", -1) == "slot_over"
    assert hall.no_place("10:00", service="b") == "not_bookable"
    assert hall.no_place("10:00", service="q") == "unknown_service"
    told = list(days(hall.state, hall.rules, "a", None, hall.now))
    assert [day.closed.reason if day.closed else len(day.slots) for day in told] == [
        12,
        "closed_day",
        "closed_day",
        14,
    ]
    assert [free for slot, free in told[0].slots if slot.begins == hall.slot("10:00")] == [0]


def test_a_place_given_back_is_free_at_once() -> None:
    hall = Booked(appointments={"per_slot": 1})
    booking = hall.book("14:00")
    hall.done(ask.CancelBooking, code="CODE1")
    assert booking.status == "cancelled"
    hall.book("14:00")
    assert hall.at("13:40").turned_away(code="CODE1") == "booking_cancelled"


def test_a_booking_is_given_back_in_good_time_or_by_staff() -> None:
    hall = Booked("09:00")
    hall.book("11:00")
    hall.book("10:30")
    assert hall.refused(ask.CancelBooking, code="CODE2").reason == "too_late_to_cancel"
    hall.done(ask.CancelBooking, code="CODE1")
    hall.done(ask.CancelBooking, code="CODE2", by=STAFF)
    assert hall.refused(ask.CancelBooking, code="NONE99").reason == "unknown_booking"


def test_caps_follow_the_person() -> None:
    hall = Booked(appointments={"days_ahead": 40, "per_week": 2, "per_month": 3, "per_slot": 9})
    monday = 3
    hall.book("10:00", monday, pseudonym="P")
    assert hall.no_place("15:00", monday, pseudonym="P") == "cap_day"
    hall.book("10:00", monday + 1, pseudonym="P")
    assert hall.no_place("10:00", monday + 2, pseudonym="P") == "cap_week"
    hall.book("10:00", 0, pseudonym="P")
    assert hall.no_place("10:00", monday + 7, pseudonym="P") == "cap_month"  # still in November
    hall.book("10:00", monday + 14, pseudonym="P")
    hall.book("10:00", monday, pseudonym="Q")


def test_a_person_known_by_card_has_one_open_booking_today() -> None:
    hall = Booked()
    hall.book("10:00", person=ANNA)
    assert hall.no_place("15:00", person=ANNA) == "cap_day"
    hall.at("09:45").check_in(person=ANNA)
    hall.book("15:00", person=ANNA)


def test_a_hall_may_want_to_know_who_books() -> None:
    hall = Booked(appointments={"without_id": False})
    assert hall.no_place("10:00") == "id_needed"
    hall.book("10:00", pseudonym="P")
    hall.book("10:00", by=STAFF)


def test_dezhou_s_penalties() -> None:
    hall = Booked(appointments={"days_ahead": 40})
    first = hall.miss("10:00", 3, "P")
    ban = hall.ban_of(first.client)
    assert ban is not None
    assert (ban.kind, ban.until) == ("ban", first.missed_at + timedelta(days=7))
    assert hall.no_place("10:00", 4, pseudonym="P") == "banned"
    hall.at("12:00", 10)
    second = hall.miss("10:00", 11, "P")
    assert second.client == first.client
    third = hall.at("12:00", 18) and hall.miss("10:00", 19, "P")
    ban = hall.ban_of(first.client)
    assert ban is not None
    assert (ban.kind, ban.until, ban.misses) == ("blacklist", None, 3)
    assert third.client == first.client
    assert hall.at("12:00", 60).no_place("10:00", 61, pseudonym="P") == "blacklisted"


def test_a_miss_is_forgotten_in_time() -> None:
    hall = Booked(
        appointments={
            "days_ahead": 7,
            "misses_kept_days": 7,
            "penalties": [{"misses": 2, "then": "blacklist", "within_days": 7}],
        }
    )
    first = hall.miss("10:00", 3, "P")
    hall.at("12:00", 11)
    second = hall.miss("10:00", 12, "P")
    assert second.client != first.client
    assert hall.ban_of(second.client) is None
    assert hall.at("09:00", 60).state.diary.clients == {}
    assert hall.state.diary.known.pseudonyms == {}


def test_staff_release_and_write_down_why() -> None:
    hall = Booked()
    missed = hall.miss("10:00", 3, "P")
    said = {"client": missed.client, "why": "住院，有证明"}
    assert hall.refused(ask.Appeal, **said, by="kiosk/k1").reason == "staff_only"
    assert (
        hall.refused(ask.Appeal, **{**said, "why": "tel. 138 0013 8000"}, by=STAFF).reason == "names_somebody"
    )
    hall.done(ask.Appeal, **said, by=STAFF)
    ban = hall.ban_of(missed.client)
    assert ban is not None
    assert ban.appeal is not None
    assert (ban.appeal.by, ban.appeal.why) == (STAFF, "住院，有证明")
    (released,) = hall.done(ask.ReleaseBan, code="CODE1", why="已核实", by="console/manager")
    assert isinstance(released, b.BanReleased)
    assert (released.by, released.why, released.forgiven) == ("console/manager", "已核实", True)
    hall.book("10:00", 4, pseudonym="P")
    assert hall.refused(ask.ReleaseBan, **said, by=STAFF).reason == "not_banned"


def test_a_booking_by_code_alone_is_missed_without_a_penalty() -> None:
    hall = Booked()
    booking = hall.book("10:00")
    assert hall.at("12:00").state.diary.clients[booking.client].ban is None
    assert booking.status == "missed"


def test_a_penalty_may_take_the_other_bookings() -> None:
    hall = Booked(appointments={"penalties": [{"misses": 1, "days": 7, "voids_bookings": True}]})
    hall.book("10:00", 0, pseudonym="P")
    other = hall.book("10:00", 3, pseudonym="P")
    hall.at("12:00")
    assert other.status == "cancelled"
    assert [e.why for e in hall.events if isinstance(e, b.BookingCancelled)] == ["banned"]


def test_told_twice_is_booked_once() -> None:
    hall = Booked()
    booking = hall.book("10:00", 3, pseudonym="P", code="CITY-1")
    keys = {
        "service": "a",
        "slot": hall.slot("10:00", 3),
        "code": "CITY-1",
        "booking": "other",
        "client": "other",
    }
    assert hall.done(ask.Book, **keys, pseudonym="P") == []
    assert list(hall.state.diary.bookings) == [booking.id]
    assert (
        hall.refused(ask.Book, **{**keys, "slot": hall.slot("11:00", 3)}, pseudonym="P").reason
        == "code_taken"
    )


def test_nothing_leads_to_anybody_once_the_day_is_over() -> None:
    hall = Booked()
    hall.book("10:00", person=ANNA)
    hall.book("11:00", pseudonym="P", person_then=BERT)
    hall.book("11:00", 3, person_then=BERT)
    hall.at("09:50").check_in(code="CODE1")
    hall.calls()
    hall.calls("2")
    for counter in ("1", "2"):
        hall.do(c.Finish, counter=counter)
    assert set(hall.at("23:59").state.diary.known.codes) == {"CODE1", "CODE2", "CODE3"}
    known = hall.at("00:00", 1).state.diary.known
    assert (known.codes, known.persons) == ({"CODE3": "b3"}, {BERT: ["b3"]})
    assert list(hall.state.diary.bookings) == ["b3"]
