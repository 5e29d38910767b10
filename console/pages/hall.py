"""The supervisor's page."""

from collections.abc import Callable
from functools import partial

from msgspec.structs import replace
from nicegui import ui

from broker.messages.hall import Acknowledge, AlarmState
from broker.topics import DEVICE_KINDS
from console.feed import TICK
from console.frame import Frame
from console.markup import Html, el
from console.pages import giving, judging
from console.pages.buttons import button
from console.picture import is_loud
from console.views import hall
from console.views.report import report

BY = "console/hall"
DEVICES = (*DEVICE_KINDS, "kiosk", "room", TICK)


def build(frame: Frame) -> None:
    """Lay out the page."""
    house, say = frame.house, frame.say
    alarms(frame)
    frame.show(lambda: hall.note(house, say), "controller")
    frame.show(lambda: hall.figures(house, say), "queue", "counter", "controller", *DEVICES)
    with ui.element("div").classes("columns hall-columns"):
        with ui.element("div").classes("stack"):
            _card(frame, "hall.queues", partial(hall.queues, house, say), "queue")
            giving.opener(frame, BY)
        with ui.element("div").classes("stack"):
            _card(frame, "hall.counters", partial(hall.counters, house, say), "counter", TICK)
            _card(frame, "hall.devices", partial(hall.devices, house, say), *DEVICES)
    _card(frame, "hall.report", partial(report, house, say), TICK)


def _card(frame: Frame, title: str, render: Callable[[], Html], *kinds: str) -> None:
    with ui.element("section").classes("card"):
        frame.write(el("h2", frame.say(title)))
        frame.show(render, *kinds)


def alarms(frame: Frame, *, without_tasks: bool = False) -> None:
    """What goes on or waits for somebody, each with a button for each party.

    Those that are a task too are answered there: `without_tasks` leaves them out.
    """
    picture = frame.house.picture
    holder = ui.element("section").classes("alarms")

    def waiting() -> list[tuple[str, AlarmState]]:
        tasks = picture.tasks if without_tasks else {}
        return [(name, state) for name, state in picture.open_alarms() if name not in tasks]

    def shape() -> str:
        # its id and time move with every heartbeat and change nothing that is shown
        return repr([(name, replace(state, id="", at=state.raised)) for name, state in waiting()])

    def make(inner: Frame) -> None:
        entries = waiting()
        if not entries:
            inner.write(el("p", inner.say("hall.no_alarms"), cls="soft"))
        for name, state in entries:
            _alarm(inner, name, state)

    frame.build(holder, shape, make, "alarm", "task")


def _alarm(frame: Frame, name: str, state: AlarmState) -> None:
    house, say = frame.house, frame.say
    with ui.element("article").classes("alarm loud" if is_loud(state) else "alarm"):
        frame.write(hall.alarm(house, say, state))
        with ui.element("div").classes("parties"):
            for party in state.parties:
                if judging.is_asked(state):
                    judging.ask(frame, name, party)
                else:
                    _party(frame, name, party, state)


def _party(frame: Frame, name: str, party: str, state: AlarmState) -> None:
    house, say = frame.house, frame.say
    title = say.known(f"party.{party}", party)
    if (seen := state.acknowledged.get(party)) is not None:
        words = say("alarm.acknowledged", party=title, time=say.clock(seen, house.clock.now()))
        frame.write(el("span", words, cls="badge good"))
        return

    async def acknowledge() -> None:
        frame.tell(await house.orders.controller(Acknowledge, BY, alarm=name, party=party))

    button(hall.promise(say, state, title), acknowledge, "action strong")
