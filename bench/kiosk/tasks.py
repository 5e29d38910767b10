"""Tasks counted on the drawn screens: touches, and seconds, from the first page to the ticket's printing.

Seconds are those of the keystroke-level model (Card, Moran and Newell, "The keystroke-level model for user
performance time with interactive systems", Communications of the ACM 23, 1980): a page that is new is read
and decided on, each control is reached for and touched. The machine's own answer is added as measured.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")

from broker.messages.envelope import Forecast
from hallfile.guide import Item, load_guide
from hallfile.load import load
from kiosk.easel import Easel, known_languages
from kiosk.presenters.actions import Action, ChooseService, OpenDoor, OpenItem, TakeNumber, TurnTo, Type
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
from kiosk.presenters.modes import PLAIN, Modes
from kiosk.presenters.pages import TicketPage
from kiosk.presenters.present import advance
from kiosk.presenters.requests import LookUp, Request
from kiosk.presenters.visitor import Booking, PaperTold, Ticket
from kiosk.screens.geometry import Rect
from kiosk.screens.widgets import View
from kiosk.spelling import names_of, spelled

READ_S: Final = 1.35
"""Reading a page and deciding (the model's M) …"""
REACH_S: Final = 1.1
"""… reaching for a control (its P) …"""
TAP_S: Final = 0.2
"""… and touching it (its K)."""
NINE: Final = datetime(2026, 11, 20, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
FORECAST: Final = Forecast(low=13, median=19, high=24)
MODES: Final = {
    "plain": PLAIN,
    "elder": PLAIN.switched("elder", True),
    "low": PLAIN.switched("low", True),
    "elder-low": PLAIN.switched("elder", True).switched("low", True),
}


@dataclass(frozen=True)
class Counter:
    """A kiosk that tasks are counted at."""

    floor: Floor
    easel: Easel

    @classmethod
    def of(cls, path: Path, width: int, height: int) -> "Counter":
        """The first kiosk of a hall file, on a screen of that size."""
        hall = load(path)
        guide = load_guide(path.parent / (hall.touch.guide or ""), hall.services)
        bare = floor_of(hall, next(iter(hall.kiosks)), known_languages(), guide, simulated=True)
        floor = replace(bare, spellings=spelled(names_of(bare)))
        return cls(floor, Easel.set_up(width, height, hall.hall.font, path.parent))

    def keys_of(self, item: Item) -> str:
        """Its first three letters, as somebody types who knows what it is called."""
        return "".join(syllable[0] for syllable in self.floor.spellings[item.name])[:3]

    def most_hidden(self) -> list[Item]:
        """The matters of the guide, those first that others with the same letters hide most."""
        return sorted(self.floor.guide.items.values(), key=lambda item: -self._place(item))

    def _place(self, item: Item) -> int:
        return found(self.floor, self.keys_of(item), "zh-CN").index(Found("item", item.number))


class Visit:
    """Somebody before a drawn screen, who touches only what is there to be touched."""

    def __init__(self, counter: Counter, modes: Modes = PLAIN, answer_s: float = 0.0) -> None:
        """`answer_s`: from a touch to the first change of the screen, seconds."""
        ids = count(1)
        self.touches = 0
        self.seconds = 0.0
        self.requests: list[Request] = []
        self._easel = counter.easel
        self._answer_s = answer_s
        self._new_id: Callable[[], str] = lambda: f"id-{next(ids)}"
        self._now = 100.0
        self.model: Model = replace(first_model(counter.floor, self._now), modes=modes)
        self.happen(ConnectionTold(True), ControllerHeard(0.0), Ticked(NINE))
        self.happen(*(QueueTold(one.id, Line(5, FORECAST)) for one in counter.floor.services))

    def happen(self, *happenings: Happening) -> None:
        for happening in happenings:
            step = advance(self.model, happening, self._now, self._new_id)
            self.model = step.model
            self.requests += step.requests

    def touch(self, action: Action) -> None:
        """A finger in the middle of the control that means `action`; the same page is not read again."""
        view, target = self.view(), self.place(action)
        met = view.hit(target.x + target.w // 2, target.y + target.h // 2)
        assert met == action
        before = self.model.screen
        self._now += 1.0
        self.happen(Touched(action), ControllerHeard(0.0))
        self.touches += 1
        self.seconds += REACH_S + TAP_S + self._answer_s + (0.0 if self.model.screen == before else READ_S)

    def place(self, action: Action) -> Rect:
        """Where the control is that means `action`."""
        return next(one.rect for one in self.view().targets() if one.action == action)

    def view(self) -> View:
        return self._easel.view(self.model)

    def shows(self, action: Action) -> bool:
        """Whether there is a control on the page that means it."""
        return any(one.action == action for one in self.view().targets())

    def further(self) -> TurnTo:
        """The control that shows what comes after the entries on show."""
        turns = (one.action for one in self.view().targets() if isinstance(one.action, TurnTo))
        return max(turns, key=lambda turn: turn.start)

    def find(self, item: Item, keys: str) -> None:
        """From the first page to a number for `item`, turning the sheets of what was found if need be."""
        self.touch(OpenDoor("guide"))
        for key in keys:
            self.touch(Type(key))
        while not self.shows(OpenItem(item.number)):
            self.touch(self.further())
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


@dataclass(frozen=True)
class Done:
    """What a task took."""

    task: str
    mode: str
    touches: int
    seconds: float
    """By the model, with the machine's answers and without the printer's seconds."""


def counted(counter: Counter, answer_s: float) -> Iterator[Done]:
    """Every task in every mode; of the guide, the matter that is hidden most."""
    common = counter.floor.most_used[0].id
    hidden = counter.most_hidden()[0]

    def with_a_card(visit: Visit) -> None:
        visit.card()
        visit.touch(ChooseService(common))

    def without(visit: Visit) -> None:
        visit.touch(ChooseService(common))
        visit.touch(TakeNumber(common))

    def appointment(visit: Visit) -> None:
        visit.card()
        visit.touch(OpenDoor("check-in"))

    tasks: Sequence[tuple[str, Callable[[Visit], None]]] = (
        ("card on the reader", with_a_card),
        ("the service most used", without),
        ("appointment, by card", appointment),
        ("a matter by its number", lambda visit: visit.find(hidden, hidden.number)),
        ("the most hidden matter, by letters", lambda visit: visit.find(hidden, counter.keys_of(hidden))),
    )
    for mode, modes in MODES.items():
        for name, perform in tasks:
            visit = Visit(counter, modes, answer_s)
            perform(visit)
            if not visit.printed():
                raise SystemExit(f"{name} ({mode}) came to no ticket; {visit.model.screen} is on show")
            yield Done(name, mode, visit.touches, round(visit.seconds, 1))
