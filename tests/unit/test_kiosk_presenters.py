"""What the screen decides, with no screen, no bus and no clock."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from broker.messages.envelope import Forecast
from kiosk.presenters.actions import (
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
)
from kiosk.presenters.happenings import (
    Answered,
    CardFailed,
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
from kiosk.presenters.model import Line
from kiosk.presenters.pages import CardTrouble, Home, TicketPage, Unanswered
from kiosk.presenters.requests import PrintAgain, Request, Take
from kiosk.presenters.visitor import Paper, PaperTold, Visitor
from kiosk.presenters.words import ahead_words
from tests.kiosk_play import NINE, WANG, ZHANG, Play


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


def test_services_stand_in_the_order_of_their_use(play: Play) -> None:
    floor = play.model.floor
    assert [one.id for one in floor.by_use[: len(floor.often)]] == list(floor.often)
    assert set(floor.by_use) == set(floor.offered)


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


def test_an_outcome_whose_question_was_refused_is_not_kept_at_rest(play: Play) -> None:
    """Found by the monkey, seed 3."""
    play.take("a")
    play.happen(PaperTold("t-9", "p1", "printed"))
    play.answer(ok=False, reason="internal_error")
    play.touch(GoBack())
    assert play.model.page == Home()
    assert play.model.early_paper is None
    play.touch(ChooseService("a"), TakeNumber("a"))
    play.happen(PaperTold("t-9", "p1", "printed"), NotAnswered(play.requests[-1].id))
    assert play.touch(GoBack()).early_paper is None


def test_what_is_looked_up_of_somebody_is_forgotten_with_them_when_the_hall_goes_away(play: Play) -> None:
    """Found by the monkey, seed 3: the question outlived the greeting."""
    play.happen(WANG)
    assert play.model.lookups
    play.happen(ConnectionTold(False))
    assert play.model.visitor is None
    assert play.model.lookups == ()
