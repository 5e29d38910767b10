"""Tasks counted on the drawn screens: touches, and seconds, from the first page to the printed ticket."""

import os
from dataclasses import replace
from datetime import datetime
from functools import cache
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")


from broker.messages.envelope import Forecast
from hallfile.guide import Item, load_guide
from hallfile.load import load
from kiosk.easel import Easel, known_languages
from kiosk.presenters.actions import (
    Action,
    CheckIn,
    ChooseService,
    GoBack,
    OpenDepartment,
    OpenDoor,
    OpenItem,
    ShowTicket,
    TakeNumber,
    Type,
)
from kiosk.presenters.finding import Found, found
from kiosk.presenters.floor import Floor, floor_of
from kiosk.presenters.happenings import (
    Answered,
    CardLaid,
    ConnectionTold,
    ControllerHeard,
    Happening,
    QueueTold,
    Ticked,
    Touched,
)
from kiosk.presenters.model import Line, Model, first_model
from kiosk.presenters.pages import TicketPage
from kiosk.presenters.present import advance
from kiosk.presenters.requests import LookUp, Request
from kiosk.presenters.visitor import Booking, PaperTold, Ticket
from kiosk.screens.widgets import View
from kiosk.spelling import names_of, spelled

EXAMPLE = Path(__file__).parents[2] / "examples" / "dezhou.toml"
SIZES = [(1080, 1920), (1920, 1080), (800, 1280)]
NINE = datetime(2026, 11, 20, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
READ_S = 1.35
"""Reading a page and deciding (the M of the keystroke-level model, Card, Moran and Newell 1980) …"""
REACH_S = 1.1
"""… reaching for a control (its P) …"""
TAP_S = 0.2
"""… and touching it (its K). A machine's own time is not in it; nor the seconds a printer takes."""
FORECAST = Forecast(low=13, median=19, high=24)


@cache
def floor() -> Floor:
    hall = load(EXAMPLE)
    guide = load_guide(EXAMPLE.parent / "guide.toml", hall.services)
    bare = floor_of(hall, "k1", known_languages(), guide, simulated=True)
    return replace(bare, spellings=spelled(names_of(bare)))


@cache
def easel(width: int, height: int) -> Easel:
    return Easel.set_up(width, height, load(EXAMPLE).hall.font, EXAMPLE.parent)


class Visit:
    """Somebody before a drawn screen, who touches only what is there to be touched."""

    def __init__(self, size: tuple[int, int] = (1080, 1920)) -> None:
        ids = count(1)
        self.touches = 0
        self.seconds = 0.0
        self.requests: list[Request] = []
        self.size = size
        self._easel = easel(*size)
        self._new_id = lambda: f"id-{next(ids)}"
        self._now = 100.0
        self.model: Model = first_model(floor(), self._now)
        self.happen(ConnectionTold(True), ControllerHeard(0.0), Ticked(NINE))
        self.happen(*(QueueTold(one.id, Line(5, FORECAST)) for one in floor().services))

    def happen(self, *happenings: Happening) -> None:
        for happening in happenings:
            step = advance(self.model, happening, self._now, self._new_id)
            self.model = step.model
            self.requests += step.requests

    def touch(self, action: Action) -> None:
        """A finger in the middle of the control that means `action`; the same page is not read again."""
        view = self.view()
        target = next(one for one in view.targets() if one.action == action).rect
        met = view.hit(target.x + target.w // 2, target.y + target.h // 2)
        assert met == action
        before = self.model.screen
        self._now += 1.0
        self.happen(Touched(action), ControllerHeard(0.0))
        self.touches += 1
        self.seconds += REACH_S + TAP_S + (0.0 if self.model.screen == before else READ_S)

    def view(self) -> View:
        return self._easel.view(self.model)

    def find(self, item: Item, keys: str) -> None:
        """From the first page to a number for `item`."""
        self.touch(OpenDoor("guide"))
        for key in keys:
            self.touch(Type(key))
        self.touch(OpenItem(item.number))
        self.touch(TakeNumber(item.service))

    def card(self) -> None:
        """A card is laid down, and what its owner has today is looked up."""
        self.happen(CardLaid("0123456789abcdef", "张*", (), valid=True))

    def looked_up(
        self, what: str, bookings: tuple[Booking, ...] = (), tickets: tuple[Ticket, ...] = ()
    ) -> None:
        asked = next(one for one in self.requests if isinstance(one.what, LookUp) and one.what.what == what)
        self.happen(Answered(asked.id, True, bookings=bookings, tickets=tickets))

    def printed(self) -> bool:
        """Whether what was asked for last comes to a ticket on paper."""
        asked = self.requests[-1]
        self.happen(Answered(asked.id, True, ticket="t-1", number="A012", service="a", ahead=5))
        self.happen(PaperTold("t-1", "p1", "printed"))
        page = self.model.page
        return isinstance(page, TicketPage) and page.ticket.paper == "printed"


@pytest.fixture(params=SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def visit(request: pytest.FixtureRequest) -> Visit:
    return Visit(request.param)


def test_a_common_service_takes_two_touches(visit: Visit) -> None:
    for service in floor().most_used[:3]:
        there = Visit(visit.size)
        there.touch(ChooseService(service.id))
        there.touch(TakeNumber(service.id))
        assert there.printed()
        assert there.touches == 2
        assert there.seconds < 6
    on_show = {str(one.action) for one in visit.view().targets()}
    assert {f"service-{one.id}" for one in floor().most_used} <= on_show


def test_a_card_and_one_touch_make_a_ticket(visit: Visit) -> None:
    visit.card()
    visit.touch(ChooseService("a"))
    assert visit.printed()
    assert (visit.touches, visit.seconds < 3) == (1, True)


def test_an_appointment_takes_a_card_and_one_touch_at_the_door_or_on_what_the_card_found(
    visit: Visit,
) -> None:
    visit.card()
    visit.touch(OpenDoor("check-in"))
    assert visit.printed()
    assert visit.touches == 1
    other = Visit(visit.size)
    other.card()
    other.looked_up("bookings", bookings=(Booking("b-1", "e", "10:00", "10:30"),))
    other.touch(CheckIn("b-1"))
    assert other.printed()
    assert other.touches == 1


def test_a_lost_ticket_is_a_card_and_one_touch_away(visit: Visit) -> None:
    visit.card()
    mine = Ticket("t-9", "E007", "e", 3, FORECAST, "none", "")
    visit.looked_up("tickets", tickets=(mine,))
    visit.touch(ShowTicket("t-9"))
    assert isinstance(visit.model.page, TicketPage)
    assert visit.model.page.ticket.number == "E007"
    assert visit.touches == 1


def keys_of(item: Item) -> str:
    """Its first three letters, as somebody types who knows what it is called."""
    return "".join(syllable[0] for syllable in floor().spellings[item.name])[:3]


def _place(item: Item) -> int:
    return found(floor(), keys_of(item), "zh-CN").index(Found("item", item.number))


def test_every_item_of_the_guide_is_six_touches_away(visit: Visit) -> None:
    """The door, three keys, the item, its number: those that others hide most are tried on the screen."""
    items = list(floor().guide.items.values())
    assert len(items) == 237
    hidden = sorted(items, key=lambda item: -_place(item))
    for item in hidden[:3]:
        there = Visit(visit.size)
        there.find(item, keys_of(item))
        assert there.printed(), item.name
        assert there.touches <= 6
        assert there.seconds < 15


def test_every_item_is_found_by_its_number_alone(visit: Visit) -> None:
    for item in floor().guide.items.values():
        assert found(floor(), item.number, "en") == [Found("item", item.number)]
    visit.find(floor().guide.items["237"], "237")
    assert visit.printed()
    assert visit.touches == 6


def test_a_department_leads_to_its_matters(visit: Visit) -> None:
    visit.touch(OpenDoor("guide"))
    visit.touch(OpenDepartment("tax"))
    visit.touch(OpenItem("001"))
    assert visit.model.screen == "item"
    visit.touch(GoBack())
    visit.touch(GoBack())
    assert visit.model.screen == "guide"
