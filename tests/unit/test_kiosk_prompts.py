"""What is said on a page: never what it does not offer."""

from dataclasses import replace
from pathlib import Path

import pytest

from hallfile.guide import load_guide
from hallfile.load import load
from kiosk.presenters.actions import OpenDepartment, OpenDoor, OpenItem, Type
from kiosk.presenters.happenings import ControllerOnline, PrinterTold, QueueTold, ReaderTold
from kiosk.presenters.model import Line
from kiosk.presenters.pages import CheckInPage
from kiosk.presenters.prompts import prompt_of
from kiosk.presenters.visitor import Booking, Visitor
from tests.kiosk_play import Play

EXAMPLES = Path(__file__).parents[2] / "examples"
SHUT = Line(0, None, open=False, closed_reason="lunch")


@pytest.fixture
def play() -> Play:
    there = Play()
    guide = load_guide(EXAMPLES / "guide.toml", load(EXAMPLES / "dezhou.toml").services)
    there.model = replace(there.model, floor=replace(there.model.floor, guide=guide))
    return there


def said(play: Play) -> str:
    return prompt_of(play.model)[0].removeprefix("prompt.")


def test_nothing_that_is_shut(play: Play) -> None:
    assert said(play) == "home"
    play.happen(*(QueueTold(one.id, SHUT) for one in play.model.floor.services))
    assert said(play) == "home_closed"


def test_no_departments_where_what_was_found_stands_in_their_place(play: Play) -> None:
    play.touch(OpenDoor("guide"))
    assert said(play) == "guide"
    play.touch(Type("s"))
    assert said(play) == "guide_typed"


def test_no_card_where_none_can_be_read(play: Play) -> None:
    play.happen(ReaderTold(ready=False, card="unknown"))
    assert said(play) == "home_no_reader"
    play.touch(OpenDoor("check-in"))
    assert said(play) == "check_in_code"


def test_no_checklist_where_nothing_can_be_printed(play: Play) -> None:
    play.touch(OpenDoor("guide"), OpenDepartment("tax"), OpenItem("001"))
    assert said(play) == "item"
    play.happen(*(PrinterTold(one.id, True) for one in play.model.floor.printers))
    assert said(play) == "item_no_paper"
    service = play.model.floor.guide.items["001"].service
    play.happen(QueueTold(service, SHUT))
    assert said(play) == "item_closed_no_paper"


def test_nothing_while_the_controller_is_away(play: Play) -> None:
    """Not even what a card has found: it does not stand there then."""
    known = Visitor("hash-1", "张*", (), bookings=(Booking("b-1", "a", "10:00", "10:30"),))
    play.model = replace(play.model, page=CheckInPage(), visitor=known)
    assert said(play) == "check_in_found"
    play.happen(ControllerOnline(False))
    assert said(play) == "out_of_service"
