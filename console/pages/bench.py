"""The bench: every simulated device as something to see, hear and touch."""

from collections.abc import Callable, Mapping
from functools import partial

from nicegui import ui

from console.feed import TICK
from console.frame import Frame
from console.health import health
from console.markup import Html, el
from console.pages.controls import controls
from console.pages.pictures import picture, screen
from console.pages.speaker import speaker
from console.views import bench as view
from console.views.hall import badge
from hallfile.devices import Device


def build(frame: Frame) -> None:
    """Lay out the page."""
    house, say = frame.house, frame.say
    if not house.premises.simulated:
        frame.write(el("p", say("bench.not_simulated"), cls="notice"))
        return
    hall = house.hall
    with ui.element("div").classes("columns bench-columns"):
        with ui.element("div").classes("stack"):
            for name, kiosk in hall.kiosks.items():
                if kiosk.screen:
                    _card(frame, "kiosk", name, partial(screen, frame, name))
            for name, gateway in hall.gateways.items():
                if gateway.simulated:
                    _gateway(frame, name)
        with ui.element("div").classes("stack"):
            for name in _simulated(hall.id_readers):
                _card(frame, "id_reader", name, partial(controls, frame, name))
            with ui.element("div").classes("printers"):
                for name in _simulated(hall.ticket_printers):
                    _card(frame, "ticket_printer", name, partial(_printer, frame, name))
        with ui.element("div").classes("stack"):
            for name in _simulated(hall.led_boards):
                _card(frame, "led_board", name, partial(_board, frame, name))
            _counter(frame)
            for name in _simulated(hall.announcers):
                _card(frame, "announcer", name, partial(speaker, frame))


def _simulated(devices: Mapping[str, Device]) -> list[str]:
    return [name for name, device in devices.items() if device.simulated]


def _card(frame: Frame, kind: str, name: str, inside: Callable[[], None]) -> None:
    with ui.element("section").classes(f"card device-card {kind}"):
        _title(frame, kind, name)
        inside()


def _title(frame: Frame, kind: str, name: str) -> None:
    house, say = frame.house, frame.say

    def title() -> Html:
        found = health(house.picture, house.clock, kind, name)
        return el("h2", say(f"kind.{kind}"), el("small", name), badge(say, found))

    frame.show(title, kind, "room", TICK)


def _printer(frame: Frame, name: str) -> None:
    picture(frame, name, "strip")
    controls(frame, name)


def _board(frame: Frame, name: str) -> None:
    picture(frame, name, "board")
    controls(frame, name)


def _gateway(frame: Frame, name: str) -> None:
    """What went out to people, as its gateway was sent it."""
    house, say = frame.house, frame.say
    with ui.element("section").classes("card device-card gateway"):
        frame.write(el("h2", say("kind.gateway"), el("small", name)))
        frame.show(partial(view.messages, house, say, name), "simulator")
        controls(frame, name)


def _counter(frame: Frame) -> None:
    """The pads and the pickup of one counter, chosen from a list."""
    house, say = frame.house, frame.say
    with ui.element("section").classes("card device-card counter-devices"):
        names = {name: say("counter.title", counter=name) for name in house.hall.counters}
        chosen = ui.select(names, value=next(iter(names))).props("dense outlined options-dense")
        holder = ui.element("div").classes("pads")

        def make(inner: Frame) -> None:
            _devices_at(inner, str(chosen.value))

        look = frame.build(holder, lambda: str(chosen.value), make)
        chosen.on_value_change(look)


def _devices_at(frame: Frame, counter: str) -> None:
    house, say = frame.house, frame.say
    hall = house.hall
    for kind, devices in (("rating_pad", hall.rating_pads), ("call_pad", hall.call_pads)):
        for name, entry in devices.items():
            if entry.counter == counter and entry.simulated:
                _title(frame, kind, name)
                controls(frame, name)
    for name, pickup in hall.mic_monitors.items():
        if pickup.counter == counter and pickup.simulated:
            _title(frame, "mic_monitor", name)
            frame.show(partial(view.levels, house, say, name), "mic_monitor")
            controls(frame, name)
