"""What the screen decides, with no screen, no bus and no clock."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from broker.messages.envelope import Forecast
from hallfile.load import load
from kiosk.presenters.actions import (
    Action,
    ChooseService,
    GiveUpTicket,
    GoBack,
    GoHome,
    MoreTime,
    PrintAt,
    Speak,
    TakeNumber,
    TryAgain,
    UsePriority,
    VoidTicket,
)
from kiosk.presenters.floor import Floor, floor_of
from kiosk.presenters.happenings import (
    Answered,
    CardFailed,
    CardLaid,
    ConnectionTold,
    ControllerHeard,
    ControllerOnline,
    Happening,
    NotAnswered,
    QueueTold,
    ReaderTold,
    Ticked,
    Touched,
)
from kiosk.presenters.model import Line, Model, first_model
from kiosk.presenters.pages import CardTrouble, Home, TicketPage, Unanswered
from kiosk.presenters.present import advance
from kiosk.presenters.requests import Keep, LookUp, PrintAgain, Request, Take, Void
from kiosk.presenters.visitor import Paper, PaperTold, Visitor
from kiosk.presenters.words import ahead_words

NINE = datetime(2026, 11, 20, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
ZHANG = CardLaid("hash-1", "张*", ("elderly",), valid=True)
WANG = CardLaid("hash-2", "王*", (), valid=True)


@cache
def the_floor() -> Floor:
    hall = load(Path(__file__).parents[2] / "examples" / "dezhou.toml")
    return floor_of(hall, "k1", ("zh-CN", "en"))


class Play:
    """A screen that things happen to, one after the other."""

    def __init__(self) -> None:
        numbers = count(1)
        self.now = 1000.0
        self.model = first_model(the_floor(), self.now)
        self.requests: list[Request] = []
        self._new_id: Callable[[], str] = lambda: f"id-{next(numbers)}"
        self.happen(ConnectionTold(True), ControllerHeard(0.0), Ticked(NINE))

    def happen(self, *happenings: Happening) -> Model:
        for happening in happenings:
            step = advance(self.model, happening, self.now, self._new_id)
            self.model = step.model
            self.requests += [one for one in step.requests if not isinstance(one.what, LookUp)]
        return self.model

    def wait(self, seconds: float, step: float = 0.5) -> Model:
        """Time passes, with the controller's heartbeat."""
        end = self.now + seconds
        while self.now < end:
            self.now = min(end, self.now + step)
            self.happen(ControllerHeard(0.0), Ticked(NINE))
        return self.model

    def touch(self, *actions: Action | None) -> Model:
        """Touches by somebody who reads first."""
        for action in actions:
            self.now += 1.0
            self.happen(Touched(action))
        return self.model

    def take(self, service: str) -> Model:
        """A service, and yes to the page that says how long it takes, where there is one."""
        self.touch(ChooseService(service))
        return self.touch(TakeNumber(service)) if self.model.screen == "confirm" else self.model

    def answer(self, *, ok: bool = True, reason: str = "", text: str = "") -> Model:
        """The controller's answer to the last request, with a ticket."""
        asked = self.requests[-1]
        return self.happen(
            Answered(
                asked.id, ok, reason, text, ticket="t-1", number="A001", service="a", ahead=3,
                forecast=Forecast(low=8, median=12, high=17),
            )
        )  # fmt: skip

    def with_ticket(self, paper: Paper) -> Model:
        """As far as a ticket with this outcome."""
        self.take("a")
        self.answer()
        if paper in ("printed", "failed", "unknown"):
            self.happen(PaperTold("t-1", "p1", paper))
        return self.model

    @property
    def ticket_paper(self) -> Paper:
        assert isinstance(self.model.page, TicketPage)
        return self.model.page.ticket.paper


@pytest.fixture
def play() -> Play:
    return Play()


def test_two_touches_take_a_number_and_print_it(play: Play) -> None:
    play.take("a")
    assert play.model.screen == "asking"
    assert play.requests == [Request("id-1", Take("a", None))]
    play.answer()
    assert play.ticket_paper == "printing"
    play.happen(PaperTold("t-1", "p1", "printed"))
    assert play.ticket_paper == "printed"


def test_a_second_tap_while_asking_asks_nothing_more(play: Play) -> None:
    play.touch(ChooseService("a"), TakeNumber("a"), TakeNumber("a"), GoHome(), TryAgain())
    assert len(play.requests) == 1
    assert play.model.screen == "asking"


def test_an_impatient_second_tap_does_not_press_what_has_just_appeared(play: Play) -> None:
    play.with_ticket("failed")
    play.now += 0.2
    play.happen(Touched(GiveUpTicket()))
    assert len(play.requests) == 1
    play.touch(GiveUpTicket())
    assert isinstance(play.model.page, TicketPage)
    assert play.model.page.giving_up


def test_a_card_greets_and_its_person_goes_with_the_ticket(play: Play) -> None:
    play.happen(ZHANG)
    assert play.model.visitor == Visitor("hash-1", "张*", ("elderly",))
    play.take("a")
    what = play.requests[-1].what
    assert isinstance(what, Take)
    assert what.visitor is not None
    assert what.visitor.claimed == ("elderly",), "the card itself proves it"


def test_priority_that_the_card_proves_can_be_declined(play: Play) -> None:
    play.happen(ZHANG)
    play.touch(UsePriority(False))
    play.happen(ZHANG)
    assert play.model.visitor is not None
    assert play.model.visitor.claimed == (), "the same card again changes nothing"


def test_priority_that_a_card_does_not_prove_goes_along_only_when_it_was_wanted(play: Play) -> None:
    play.happen(replace(ZHANG, priority=("elderly", "veteran")))
    assert play.model.visitor is not None
    assert play.model.visitor.claimed == ("elderly",)
    play.happen(replace(ZHANG, person="hash-3", priority=("veteran",)))
    assert play.model.visitor.claimed == ()
    play.touch(UsePriority(True))
    assert play.model.visitor.claimed == ("veteran",)
    play.happen(WANG)
    assert play.model.visitor == Visitor("hash-2", "王*", ())


@pytest.mark.parametrize(
    ("happening", "reason"),
    [
        (CardFailed("read_failed"), "read_failed"),
        (CardFailed("rejected"), "rejected"),
        (CardFailed("bad_number"), "bad_number"),
        (replace(ZHANG, valid=False), "expired"),
    ],
)
def test_a_card_that_cant_be_used_is_explained_and_attached_to_nobody(
    play: Play, happening: Happening, reason: str
) -> None:
    play.happen(WANG, happening)
    assert play.model.page == CardTrouble(reason)
    assert play.model.visitor is None
    play.touch(GoBack())
    assert play.model.page == Home()


def test_a_card_on_the_reader_is_being_read_until_something_is_told_of_it(play: Play) -> None:
    facts = play.happen(ReaderTold(True, "present")).facts
    assert (facts.card_being_read, facts.card_left_behind) == (True, False)
    facts = play.happen(WANG).facts
    assert (facts.card_being_read, facts.card_left_behind) == (False, True)
    play.happen(ReaderTold(True, "notPresent"))
    assert play.happen(ReaderTold(True, "present")).facts.card_being_read


@pytest.mark.parametrize("paper", ["printing", "failed", "unknown"])
def test_a_card_does_not_take_away_a_number_that_still_needs_somebody(play: Play, paper: Paper) -> None:
    play.with_ticket(paper)
    play.happen(WANG)
    assert play.model.visitor is None
    assert isinstance(play.model.page, TicketPage)


def test_the_next_visitors_card_ends_a_ticket_page_that_is_done(play: Play) -> None:
    play.happen(ZHANG)
    play.with_ticket("printed")
    play.happen(ZHANG)
    assert isinstance(play.model.page, TicketPage), "the same card, not lifted yet, is no new visitor"
    play.happen(WANG)
    assert play.model.page == Home()
    assert play.model.visitor == Visitor("hash-2", "王*", ())


def test_no_answer_is_said_and_asking_again_carries_the_same_id(play: Play) -> None:
    play.take("a")
    play.happen(NotAnswered("id-1"))
    assert play.model.screen == "unanswered"
    play.touch(TryAgain())
    assert [request.id for request in play.requests] == ["id-1", "id-1"]
    assert play.requests[0] == play.requests[1]
    play.answer()
    assert play.ticket_paper == "printing"


def test_after_an_expired_command_the_next_try_is_a_new_one(play: Play) -> None:
    play.take("a")
    play.answer(ok=False, reason="expired")
    play.touch(TryAgain())
    assert play.requests[0].id != play.requests[1].id
    assert play.requests[0].what == play.requests[1].what


def test_an_outcome_that_overtakes_the_answer_is_not_lost(play: Play) -> None:
    play.take("a")
    play.happen(PaperTold("t-1", "p1", "failed"))
    play.answer()
    assert play.ticket_paper == "failed"
    play.touch(PrintAt("p2"))
    play.answer()
    assert play.ticket_paper == "printing", "an old outcome says nothing of the new print"


def test_somebody_elses_outcome_changes_nothing(play: Play) -> None:
    model = play.with_ticket("printing")
    assert play.happen(PaperTold("t-9", "p1", "failed")).page == model.page


def test_a_failed_print_is_offered_at_the_other_printer(play: Play) -> None:
    play.with_ticket("failed")
    play.touch(PrintAt("p2"))
    assert play.requests[-1].what == PrintAgain("t-1", "p2")
    play.answer()
    play.happen(PaperTold("t-1", "p2", "printed"))
    assert isinstance(play.model.page, TicketPage)
    assert (play.model.page.ticket.paper, play.model.page.ticket.printer) == ("printed", "p2")


def test_a_printer_of_another_kiosk_is_never_asked(play: Play) -> None:
    play.with_ticket("failed")
    play.touch(PrintAt("p9"))
    assert not any(isinstance(request.what, PrintAgain) for request in play.requests)


def test_a_number_given_up_is_voided_and_said_so(play: Play) -> None:
    play.with_ticket("failed")
    play.touch(GiveUpTicket(), VoidTicket())
    assert play.requests[-1].what == Void("t-1", "given_up")
    assert play.answer().screen == "voided"
    play.wait(11)
    assert play.model.page == Home()


@pytest.mark.parametrize("paper", ["failed", "unknown"])
def test_giving_up_is_asked_first_and_may_be_thought_better_of(play: Play, paper: Paper) -> None:
    before = play.with_ticket(paper).page
    play.touch(VoidTicket())
    assert play.model.page == before, "nothing is voided that was not asked about"
    play.touch(GiveUpTicket())
    assert not any(isinstance(request.what, Void) for request in play.requests), "one touch voids nothing"
    play.touch(GoBack())
    assert play.model.page == before


def test_a_number_out_on_paper_is_voided_from_the_page_of_who_has_it_only_when_asked_twice(
    play: Play,
) -> None:
    play.take("a")
    play.answer(ok=False, reason="already_waiting")
    assert play.ticket_paper == "none"
    play.touch(GiveUpTicket())
    assert len(play.requests) == 1
    play.touch(VoidTicket())
    assert play.requests[-1].what == Void("t-1", "given_up")


def test_who_leaves_the_question_open_is_treated_as_before(play: Play) -> None:
    play.with_ticket("failed")
    play.touch(GiveUpTicket())
    play.wait(91)
    assert play.requests[-1].what == Void("t-1", "not_collected")


def test_a_number_kept_is_not_voided(play: Play) -> None:
    play.with_ticket("failed")
    play.touch(GoHome())
    assert play.requests[-1].what == Keep("t-1")
    assert play.requests[-1].unattended
    assert play.model.page == Home()


def test_who_still_decides_about_a_number_has_the_controller_wait(play: Play) -> None:
    play.with_ticket("failed")
    play.touch(MoreTime())
    assert play.requests[-1].what == Keep("t-1", 100.0)


def test_a_number_nobody_kept_is_voided_in_the_background(play: Play) -> None:
    play.with_ticket("failed")
    play.wait(89)
    assert play.model.countdown == 1
    play.wait(2)
    assert play.model.page == Home()
    assert play.requests[-1].what == Void("t-1", "not_collected")
    assert play.requests[-1].unattended


@pytest.mark.parametrize("paper", ["printed", "unknown"])
def test_a_number_that_may_be_on_paper_is_never_voided_by_itself(play: Play, paper: Paper) -> None:
    play.with_ticket(paper)
    play.wait(120)
    assert play.model.page == Home()
    assert len(play.requests) == 1


def test_the_number_that_is_theirs_already_is_shown_and_not_printed_unasked(play: Play) -> None:
    play.take("a")
    play.answer(ok=False, reason="already_waiting", text="您已经有号。")
    assert play.ticket_paper == "none"
    assert isinstance(play.model.page, TicketPage)
    ticket = play.model.page.ticket
    assert (ticket.ahead, ticket.forecast) == (3, Forecast(low=8, median=12, high=17))
    play.touch(PrintAt("p1"))
    assert play.requests[-1].what == PrintAgain("t-1", "p1")


def test_a_refusal_is_shown_in_the_controllers_words(play: Play) -> None:
    play.take("a")
    play.happen(Answered("id-1", False, "quota", "今天的号已经取完。"))
    assert play.model.screen == "refused"
    play.touch(GoBack())
    assert play.model.page == Home()


def test_a_refused_reprint_leads_back_to_the_number(play: Play) -> None:
    play.with_ticket("failed")
    play.touch(PrintAt("p2"))
    play.happen(Answered(play.requests[-1].id, False, "printing", "还在打印。"))
    play.touch(GoBack())
    assert play.ticket_paper == "failed"


def test_an_unanswered_reprint_keeps_the_number(play: Play) -> None:
    play.with_ticket("failed")
    play.touch(PrintAt("p2"))
    play.happen(NotAnswered(play.requests[-1].id))
    assert isinstance(play.model.page, Unanswered)
    play.touch(GoBack())
    assert play.ticket_paper == "failed"


def test_an_answer_that_comes_too_late_changes_nothing(play: Play) -> None:
    play.take("a")
    play.happen(NotAnswered("id-1"))
    play.touch(GoHome())
    before = play.model
    assert play.answer() is before


def test_a_printer_that_never_says_anything_leaves_the_outcome_unknown(play: Play) -> None:
    play.with_ticket("printing")
    play.wait(34)
    assert play.ticket_paper == "unknown"


def test_a_closed_service_explains_itself_and_takes_nothing(play: Play) -> None:
    play.happen(QueueTold("a", Line(0, None, open=False, closed_reason="lunch")))
    play.take("a")
    assert play.model.screen == "closed"
    assert play.requests == []


def test_home_comes_back_after_a_minute_and_everything_about_the_person_is_gone(play: Play) -> None:
    at_rest = play.model
    play.happen(ZHANG)
    play.touch(Speak("en"), UsePriority(True))
    play.wait(44.4)
    assert play.model.countdown is None
    play.wait(1)
    assert play.model.countdown == 15
    play.wait(15)
    assert replace(play.model, facts=at_rest.facts, touched_at=0, page_at=0) == replace(
        at_rest, touched_at=0, page_at=0
    )
    assert "hash-1" not in repr(play.model)
    assert "张" not in repr(play.model)


def test_more_time_gives_a_whole_minute(play: Play) -> None:
    play.happen(ZHANG)
    play.wait(55)
    assert play.model.countdown is not None
    play.touch(MoreTime())
    assert play.model.countdown is None
    play.wait(55)
    assert play.model.visitor is not None


def test_a_home_page_at_rest_counts_nothing_down(play: Play) -> None:
    play.wait(300)
    assert play.model.countdown is None


@pytest.mark.parametrize(
    "away",
    [[ConnectionTold(False)], [ControllerOnline(False)], [ControllerHeard(91.0)]],
    ids=["no broker", "offline", "no heartbeat"],
)
def test_without_the_controller_the_screen_is_out_of_service(play: Play, away: Sequence[Happening]) -> None:
    play.happen(ZHANG, *away)
    assert play.model.screen == "out-of-service"
    assert play.model.visitor is None
    play.take("a")
    play.happen(WANG, CardFailed("rejected"))
    assert play.requests == []
    assert play.model.screen == "out-of-service"
    play.happen(ConnectionTold(True), ControllerOnline(True), ControllerHeard(0.0))
    assert play.model.screen == "home"


def test_a_number_on_show_stays_when_the_controller_goes(play: Play) -> None:
    play.with_ticket("failed")
    play.happen(ControllerOnline(False))
    assert play.model.screen == "ticket"


def test_a_tick_that_changes_nothing_leaves_the_very_model(play: Play) -> None:
    play.happen(ControllerHeard(0.0), Ticked(NINE))
    before = play.model
    play.now += 0.25
    assert play.happen(Ticked(NINE)) is before


def test_every_page_ends_at_home_by_itself(play: Play) -> None:
    for action in (ChooseService("a"), Speak("en")):
        play.touch(action)
    play.happen(NotAnswered("id-1"))
    play.wait(61)
    assert play.model.page == Home()
    assert play.model.language == "zh-CN"


def test_what_is_not_known_is_not_guessed() -> None:
    assert [ahead_words(ahead)[0] for ahead in (None, 0, 1, 2)] == [
        "ahead.unknown", "ahead.none", "ahead.one", "ahead.some",
    ]  # fmt: skip
