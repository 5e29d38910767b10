"""What touches behind the doors lead to, with no screen, no bus and no clock."""

from dataclasses import replace
from typing import Literal

import pytest
from msgspec import structs

from hallfile.guide import Department, Guide, Item, Way
from kiosk.presenters.actions import (
    CheckIn,
    ChooseService,
    Claim,
    Erase,
    GoBack,
    LeavePhone,
    OpenDepartment,
    OpenDoor,
    OpenItem,
    PrintChecklist,
    SendReport,
    SwitchKeys,
    TakeNumber,
    Tick,
    TurnTo,
    Type,
    UsePriority,
)
from kiosk.presenters.finding import NOWHERE, Found, found, rank
from kiosk.presenters.happenings import (
    Answered,
    ControllerOnline,
    NamesSpelled,
    NotAnswered,
    PhonesKept,
    QueueTold,
)
from kiosk.presenters.model import Line
from kiosk.presenters.pages import (
    CheckInPage,
    Confirm,
    Finder,
    Home,
    ItemPage,
    PhoneForm,
    Refused,
    StuckForm,
    TicketPage,
)
from kiosk.presenters.requests import Arrive, Checklist, Report, Take
from kiosk.presenters.visitor import Booking, PaperTold, Visitor
from tests.kiosk_play import WANG, ZHANG, Play

Rule = Literal["always", "without_card", "never"]
ITEM = Item(number="000", service="a", name="", working_days=0, way="now", bring=["证"])
GUIDE = Guide(
    ways={"now": Way(steps=["取号", "办理"], steps_en=["Take a number", "Done"])},
    departments={
        "tax": Department(
            name="税务局",
            name_en="Tax",
            items=[
                structs.replace(ITEM, number="001", name="社保", name_en="Pension"),
                structs.replace(ITEM, number="012", service="b", name="办社保"),
            ],
        )
    },
)
SPELLINGS = {"社保": ("she", "bao"), "办社保": ("ban", "she", "bao")}


@pytest.fixture
def play() -> Play:
    there = Play()
    there.model = replace(there.model, floor=replace(there.model.floor, guide=GUIDE))
    there.happen(NamesSpelled(SPELLINGS))
    return there


@pytest.mark.parametrize(
    ("query", "fit"),
    [("s", 0), ("sb", 0), ("shebao", 0), ("sheb", 0), ("sbao", 0), ("b", 1), ("bao", 1), ("sa", NOWHERE)],
)
def test_letters_and_syllables_find_a_name_in_any_mixture(query: str, fit: int) -> None:
    assert rank(("she", "bao"), query) == fit


def test_what_begins_so_is_found_before_what_has_it_inside(play: Play) -> None:
    names = [one.id for one in found(play.model.floor, "sb", "zh-CN") if one.kind == "item"]
    assert names == ["001", "012"]
    assert found(play.model.floor, "01", "zh-CN") == [Found("item", "012")]
    assert found(play.model.floor, "p", "en")[0] == Found("item", "001")
    assert Found("item", "012") in found(play.model.floor, "bsb", "en"), (
        "without an English name, its syllables"
    )


def test_the_page_before_a_number_says_how_long_and_takes_what_is_claimed(play: Play) -> None:
    play.touch(ChooseService("a"))
    assert play.model.page == Confirm("a", Home())
    assert play.requests == []
    play.touch(Claim("pregnant", True), Claim("veteran", True), Claim("veteran", False), TakeNumber("a"))
    assert play.requests[-1].what == Take("a", None, ("pregnant",))


def test_what_somebody_typed_does_not_come_back_with_the_controller(play: Play) -> None:
    """Who stands there by then may be somebody else."""
    for page, empty in (
        (PhoneForm(("told",), "13800138000"), PhoneForm(("told",))),
        (CheckInPage("K7M2"), CheckInPage()),
    ):
        play.model = replace(play.model, page=page)
        play.happen(ControllerOnline(False))
        assert play.model.screen == "out-of-service"
        play.happen(ControllerOnline(True))
        assert play.model.page == empty


def test_what_the_card_found_does_not_come_back_with_the_controller(play: Play) -> None:
    known = Visitor("hash-1", "张*", (), bookings=(Booking("b-1", "e", "10:00", "10:30"),))
    play.model = replace(play.model, page=CheckInPage(), visitor=known)
    play.happen(ControllerOnline(False), ControllerOnline(True))
    assert play.model.visitor is None


def test_where_only_a_card_proves_priority_nothing_can_be_claimed(play: Play) -> None:
    play.model = replace(play.model, floor=replace(play.model.floor, declared=False))
    play.touch(ChooseService("a"), Claim("pregnant", True), TakeNumber("a"))
    assert play.requests[-1].what == Take("a", None)


def test_who_wants_a_priority_that_the_card_does_not_show_is_asked_which(play: Play) -> None:
    play.happen(WANG)
    play.touch(UsePriority(True), ChooseService("a"))
    assert play.model.screen == "confirm"
    play.touch(Claim("disabled", True), TakeNumber("a"))
    what = play.requests[-1].what
    assert isinstance(what, Take)
    assert (what.claims, what.visitor is not None) == (("disabled",), True)


@pytest.mark.parametrize(
    ("rule", "screen"), [("always", "confirm"), ("without_card", "asking"), ("never", "asking")]
)
def test_a_hall_says_whether_who_has_a_card_is_asked_first(play: Play, rule: Rule, screen: str) -> None:
    play.model = replace(play.model, floor=replace(play.model.floor, confirm=rule))
    play.happen(WANG)
    assert play.touch(ChooseService("a")).screen == screen


def test_a_card_on_a_page_that_everybody_reads_leaves_it_and_goes_with_the_number(play: Play) -> None:
    play.touch(OpenDoor("guide"), Type("0"), Type("1"), OpenItem("012"))
    play.happen(ZHANG)
    assert play.model.screen == "item"
    play.touch(TakeNumber("b"))
    what = play.requests[-1].what
    assert isinstance(what, Take)
    assert what.visitor is not None


def test_another_persons_card_takes_nothing_over_from_the_one_before(play: Play) -> None:
    play.touch(ChooseService("a"), Claim("pregnant", True))
    play.happen(WANG)
    assert isinstance(play.model.page, Confirm)
    assert play.model.page.claims == ()


def test_letters_after_digits_begin_anew_and_the_eraser_takes_the_last_back(play: Play) -> None:
    play.touch(OpenDoor("guide"), Type("0"), Type("1"), Type("s"), Type("b"), Erase())
    assert play.model.page == Finder("s")
    play.touch(Erase(), Erase(), Type("!"))
    assert play.model.page == Finder("")


def test_the_way_back_leads_through_every_page_it_came_by(play: Play) -> None:
    play.touch(OpenDoor("guide"), OpenDepartment("tax"), TurnTo(1), OpenItem("001"))
    assert play.touch(GoBack()).screen == "department"
    assert play.touch(GoBack()).screen == "guide"
    play.touch(OpenItem("404"), OpenDepartment("none"))
    assert play.model.screen == "guide"


def test_a_checklist_prints_without_leaving_its_page(play: Play) -> None:
    play.touch(OpenDoor("guide"), OpenItem("001"), PrintChecklist("001"), PrintChecklist("001"))
    assert [one.what for one in play.requests] == [Checklist("001", "p1")]
    play.happen(Answered(play.requests[-1].id, True, paper="printed"))
    assert play.model.page == ItemPage("001", Finder(), paper="printed", asked="id-1")
    play.touch(PrintChecklist("001"))
    play.happen(NotAnswered(play.requests[-1].id))
    assert isinstance(play.model.page, ItemPage)
    assert play.model.page.paper == "unknown"


def test_the_guide_can_be_read_while_the_controller_is_away(play: Play) -> None:
    play.happen(ControllerOnline(False))
    assert play.model.screen == "out-of-service"
    play.touch(OpenDoor("guide"), OpenItem("001"))
    assert play.model.screen == "item"
    play.touch(TakeNumber("a"))
    assert play.requests == []


def test_a_code_is_typed_and_sent(play: Play) -> None:
    play.touch(OpenDoor("check-in"), Type("4"), CheckIn(), SwitchKeys(False), Type("k"), Type("7"), Erase())
    assert play.model.page == CheckInPage("4K", letters=False)
    assert play.requests == [], "a code is longer"
    play.touch(*map(Type, "8210"), CheckIn())
    assert play.requests[-1].what == Arrive(None, code="4K8210")
    play.answer()
    assert isinstance(play.model.page, TicketPage)


def test_a_card_at_the_door_for_appointments_is_all_it_takes(play: Play) -> None:
    play.touch(OpenDoor("check-in"))
    play.happen(ZHANG)
    what = play.requests[-1].what
    assert isinstance(what, Arrive)
    assert what.visitor is not None
    play.happen(Answered(play.requests[-1].id, False, "too_early"))
    assert play.model.page == Refused("too_early", "", CheckInPage())


def test_what_the_card_finds_is_offered_and_forgotten_with_the_visitor(play: Play) -> None:
    play.happen(ZHANG)
    bookings, tickets = play.model.lookups
    mine = Booking("b-1", "e", "10:00", "10:30")
    play.happen(Answered(bookings.id, True, bookings=(mine,)), Answered(tickets.id, True))
    assert play.model.visitor is not None
    assert play.model.visitor.bookings == (mine,)
    play.touch(CheckIn("b-1"))
    assert play.requests[-1].what == Arrive(play.model.visitor, booking="b-1")
    play.answer()
    play.happen(PaperTold("t-1", "p1", "printed"), WANG)
    assert "b-1" not in repr(play.model)


def test_an_answer_about_somebody_who_has_gone_is_not_shown(play: Play) -> None:
    play.happen(ZHANG)
    bookings, _ = play.model.lookups
    play.wait(61)
    play.happen(Answered(bookings.id, True, bookings=(Booking("b-1", "e", "10:00", "10:30"),)))
    assert "b-1" not in repr(play.model)


def test_who_is_checked_in_already_is_shown_the_number(play: Play) -> None:
    play.touch(OpenDoor("check-in"), *map(Type, "482109"), CheckIn())
    play.answer(ok=False, reason="booking_used")
    assert play.ticket_paper == "none"


def test_what_could_not_be_done_is_sent_with_its_reasons(play: Play) -> None:
    reason, other = (name for name, _ in play.model.floor.reasons[:2])
    play.touch(OpenDoor("stuck"))
    play.model = replace(play.model, page=StuckForm())
    play.touch(SendReport(), Tick(reason, True), Tick(other, True), Tick(other, False), SendReport())
    assert play.requests[-1].what == Report((reason,), None)
    play.happen(Answered(play.requests[-1].id, True))
    assert play.model.screen == "reported"
    play.wait(11)
    assert play.model.page == Home()


def test_a_number_to_be_called_back_goes_with_the_report_and_with_nothing_else(play: Play) -> None:
    reason = play.model.floor.reasons[0][0]
    play.touch(OpenDoor("stuck"), Tick(reason, True), LeavePhone())
    assert play.model.screen == "stuck", "no private notes here, so no number is taken"
    play.happen(PhonesKept(True))
    play.touch(LeavePhone(), *map(Type, "138001380000x"), Erase())
    assert play.model.page == PhoneForm((reason,), "13800138000")
    assert "13800138000" not in repr(play.model)
    play.touch(SendReport())
    assert play.requests[-1].what == Report((reason,), None, "13800138000")
    assert "13800138000" not in repr(play.requests)
    play.happen(Answered(play.requests[-1].id, True))
    assert play.model.screen == "reported"


def test_nobody_has_to_leave_a_number_and_a_forgotten_one_is_wiped(play: Play) -> None:
    reason = play.model.floor.reasons[0][0]
    play.happen(PhonesKept(True))
    play.touch(OpenDoor("stuck"), Tick(reason, True), LeavePhone(), *map(Type, "138"))
    assert play.touch(GoBack()).page == StuckForm((reason,))
    play.touch(LeavePhone(), *map(Type, "138"), SendReport())
    assert play.requests[-1].what == Report((reason,), None), "three digits are no number"
    play.answer(ok=False, reason="phone_not_kept")
    play.touch(GoBack(), *map(Type, "0013"))
    play.wait(61)
    assert play.model.page == Home()


def test_who_has_no_appointment_is_led_to_a_number(play: Play) -> None:
    play.touch(OpenDoor("check-in"), *map(Type, "482109"), CheckIn())
    play.answer(ok=False, reason="booking_missed")
    assert isinstance(play.model.page, Refused)
    assert play.touch(OpenDoor("services")).screen == "services"


def test_a_report_that_comes_with_a_number_shows_it(play: Play) -> None:
    reason = play.model.floor.reasons[0][0]
    play.touch(OpenDoor("stuck"), Tick(reason, True), SendReport())
    play.answer()
    assert play.ticket_paper == "printing"


def test_a_service_that_closes_while_its_page_is_read_says_so(play: Play) -> None:
    play.touch(ChooseService("a"))
    play.happen(QueueTold("a", Line(0, None, open=False, closed_reason="quota")))
    assert play.touch(TakeNumber("a")).screen == "closed"
    assert play.touch(GoBack()).page == Home()
