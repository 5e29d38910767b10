"""The switches of a simulated device, made from what it says of itself (`SimulatorState`)."""

from collections.abc import Callable
from typing import Any, Final

from nicegui import ui
from nicegui.element import Element

from broker.messages.simulators import SimulatorState
from console.frame import Frame
from console.markup import el

RANGES: Final = {"level": (30.0, 110.0, 1.0)}
"""Quantities that are turned with a slider: least, most, step."""

Shape = tuple[tuple[str, str, tuple[str, ...]], ...]


def controls(frame: Frame, simulator: str) -> None:
    """All controls of `simulator`, or some; they appear with its first state and follow it."""
    holder = ui.element("div").classes("controls")

    def shape() -> Shape | None:
        state = frame.house.picture.simulators.get(simulator)
        return None if state is None else _shape(state)

    def make(inner: Frame) -> None:
        found = shape()
        if found is None:
            inner.write(el("p", inner.say("bench.no_simulator"), cls="soft"))
        for name, kind, choices in found or ():
            _control(inner, simulator, name, kind, choices)

    frame.build(holder, shape, make, "simulator")


def _shape(state: SimulatorState) -> Shape:
    return tuple(
        (name, _kind(value), tuple(state.choices.get(name, ()))) for name, value in state.controls.items()
    )


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "flag"
    return "number" if isinstance(value, int | float) else "choice"


def _control(frame: Frame, simulator: str, name: str, kind: str, choices: tuple[str, ...]) -> None:
    if choices:
        _choice(frame, simulator, name, choices)
    elif kind == "flag":
        _flag(frame, simulator, name)
    elif kind == "number":
        _number(frame, simulator, name)


def _title(frame: Frame, simulator: str, name: str) -> str:
    state = frame.house.picture.simulators.get(simulator)
    kind = state.kind if state else ""
    say = frame.say
    return say.known(f"control.{kind}.{name}", say.known(f"control.{name}", name))


def _value(frame: Frame, simulator: str, name: str) -> Any:
    state = frame.house.picture.simulators.get(simulator)
    return state.controls.get(name) if state else None


def _flag(frame: Frame, simulator: str, name: str) -> None:
    async def press() -> None:
        turned = not _value(frame, simulator, name)
        frame.tell(await frame.house.orders.switch(simulator, name, turned))

    button = ui.button(_title(frame, simulator, name), on_click=press, color=None).props("unelevated no-caps")
    button.classes("switch")
    _lit(frame, button, lambda: bool(_value(frame, simulator, name)))


def _choice(frame: Frame, simulator: str, name: str, choices: tuple[str, ...]) -> None:
    with ui.element("div").classes(f"choice choice-{name}"):
        frame.write(el("span", _title(frame, simulator, name), cls="soft"))
        for value in choices:
            _pick(frame, simulator, name, value)


def _pick(frame: Frame, simulator: str, name: str, value: str) -> None:
    async def pick() -> None:
        frame.tell(await frame.house.orders.switch(simulator, name, value))

    label = frame.say.known(f"choice.{name}.{value}", value)
    button = (
        ui.button(label, on_click=pick, color=None)
        .props("unelevated no-caps")
        .classes(f"switch value-{value}")
    )
    _lit(frame, button, lambda: bool(_value(frame, simulator, name) == value))


def _number(frame: Frame, simulator: str, name: str) -> None:
    least, most, step = RANGES.get(name, (0.0, 100.0, 1.0))
    with ui.element("div").classes("number-control"):
        frame.write(el("span", _title(frame, simulator, name), cls="soft"))
        slider = ui.slider(min=least, max=most, step=step, value=_value(frame, simulator, name))
        shown = ui.html("", sanitize=False).classes("reading")

        async def turn() -> None:
            frame.tell(await frame.house.orders.switch(simulator, name, float(slider.value)))

        def again() -> None:
            value = _value(frame, simulator, name)
            if isinstance(value, int | float):
                slider.set_value(value)
                shown.set_content(f"{value:g}")

    # "change" comes when the hand lets go; the value itself moves with every pixel
    slider.on("change", turn)
    again()
    frame.follow(again, "simulator")


def _lit(frame: Frame, button: Element, on: Callable[[], bool]) -> None:
    def again() -> None:
        lit = on()
        button.classes(add="on") if lit else button.classes(remove="on")
        button.props(f"aria-pressed={'true' if lit else 'false'}")

    again()
    frame.follow(again, "simulator")
