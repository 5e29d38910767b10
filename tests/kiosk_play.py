"""A screen of the hall of Dezhou that things happen to, with no bus and no clock."""

from collections.abc import Callable
from datetime import datetime
from functools import cache
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

from broker.messages.envelope import Forecast
from hallfile.load import load
from kiosk.presenters.actions import (
    Action,
    ChooseService,
    TakeNumber,
)
from kiosk.presenters.floor import Floor, floor_of
from kiosk.presenters.happenings import (
    Answered,
    CardLaid,
    ConnectionTold,
    ControllerHeard,
    Happening,
    Ticked,
    Touched,
)
from kiosk.presenters.model import Model, first_model
from kiosk.presenters.pages import TicketPage
from kiosk.presenters.present import advance
from kiosk.presenters.requests import LookUp, Request
from kiosk.presenters.visitor import Paper, PaperTold

NINE = datetime(2026, 11, 20, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
ZHANG = CardLaid("hash-1", "张*", ("elderly",), valid=True)
WANG = CardLaid("hash-2", "王*", (), valid=True)


@cache
def the_floor() -> Floor:
    hall = load(Path(__file__).parents[1] / "examples" / "dezhou.toml")
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
