"""A number whose paper failed, and one that nobody wants: another printer, kept, or given up."""

import pytest

from kiosk.presenters.actions import (
    GiveUpTicket,
    GoBack,
    GoHome,
    MoreTime,
    PrintAt,
    VoidTicket,
)
from kiosk.presenters.pages import Home, TicketPage
from kiosk.presenters.requests import Keep, PrintAgain, Void
from kiosk.presenters.visitor import Paper, PaperTold
from tests.kiosk_play import Play


@pytest.fixture
def play() -> Play:
    return Play()


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
