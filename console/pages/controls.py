"""The switches of a simulated device, made from what it says of itself (`SimulatorState`)."""

from collections.abc import Callable
from typing import Any, Final

from nicegui import ui
from nicegui.element import Element

from broker.messages.simulators import SimulatorState
from console.frame import Frame
from console.markup import el
from console.pages.buttons import button

RANGES: Final = {
    "level": (30.0, 110.0, 1.0),
    "paper_mm": (0.0, 80_000.0, 100.0),
    "delay_ms": (0.0, 5_000.0, 10.0),
    "mm_per_s": (10.0, 400.0, 10.0),
    "card_s": (0.0, 10.0, 0.1),
}
"""Quantities that are turned with a slider: least, most, step."""

PRESETS: Final = {"paper_mm": (0.0, 80_000.0)}
"""Values worth a button of their own: the roll run out, the roll just changed."""

KINDS: Final = ("choice", "number", "flag", "other")

MOMENTARY: Final = {"key"}
"""Choices that spring back: what was pressed last is not what is pressed now."""

SAME: Final = {"stuck": "key"}
"""Choices that are called as another control's are."""

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
    """What there is to switch: choices first, then quantities, then what is on or off."""
    found = [
        (name, _kind(value, name in state.choices), _in_order(state.choices.get(name, [])))
        for name, value in state.controls.items()
    ]
    return tuple(sorted(found, key=lambda control: KINDS.index(control[1])))


def _in_order(choices: list[str]) -> tuple[str, ...]:
    """Grades as a rating pad has them, the best one first; anything else as the simulator says."""
    grades = all(choice.isdecimal() for choice in choices)
    return tuple(sorted(choices, reverse=True) if grades else choices)


def _kind(value: object, chosen: bool) -> str:
    if chosen:
        return "choice"
    return "flag" if isinstance(value, bool) else "number" if isinstance(value, int | float) else "other"


def _control(frame: Frame, simulator: str, name: str, kind: str, choices: tuple[str, ...]) -> None:
    match kind:
        case "choice":
            _choice(frame, simulator, name, choices)
        case "number":
            _number(frame, simulator, name)
        case "flag":
            _flag(frame, simulator, name)


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

    made = button(_title(frame, simulator, name), press, "switch")
    _lit(frame, made, lambda: bool(_value(frame, simulator, name)))


def _choice(frame: Frame, simulator: str, name: str, choices: tuple[str, ...]) -> None:
    with ui.element("div").classes(f"choice choice-{name}"):
        frame.write(el("span", _title(frame, simulator, name), cls="soft"))
        for value in choices:
            _pick(frame, simulator, name, value)


def _pick(frame: Frame, simulator: str, name: str, value: str) -> None:
    async def pick() -> None:
        frame.tell(await frame.house.orders.switch(simulator, name, value))

    made = button(_choice_label(frame, simulator, name, value), pick, f"switch value-{value}")
    if name not in MOMENTARY:
        _lit(frame, made, lambda: bool(_value(frame, simulator, name) == value))


def _choice_label(frame: Frame, simulator: str, name: str, value: str) -> str:
    """A choice's name: our text, or what the simulator shows of it (`shows.cards` for the control `card`)."""
    state = frame.house.picture.simulators.get(simulator)
    shown = state.shows.get(f"{name}s") if state else None
    told = shown.get(value) if isinstance(shown, dict) else None
    return frame.say.known(f"choice.{SAME.get(name, name)}.{value}", str(told) if told else value)


def _number(frame: Frame, simulator: str, name: str) -> None:
    least, most, step = RANGES.get(name, (0.0, 100.0, 1.0))
    with ui.element("div").classes("number-control"):
        frame.write(el("span", _title(frame, simulator, name), cls="soft"))
        slider = ui.slider(min=least, max=most, step=step, value=least)
        shown = ui.html("", sanitize=False).classes("reading")
        for preset in PRESETS.get(name, ()):
            _preset(frame, simulator, name, preset)

        async def turn() -> None:
            frame.tell(await frame.house.orders.switch(simulator, name, float(slider.value)))

        stood: list[Any] = [None]

        def again() -> None:
            # only a new value moves the slider: a hand may be on it
            value = _value(frame, simulator, name)
            if value != stood[0] and isinstance(value, int | float):
                stood[0] = value
                slider.set_value(value)
                shown.set_content(
                    el("b", frame.say.known(f"reading.{name}", "{value:g}").format(value=value))
                )

    # "change" comes when the hand lets go; the value itself moves with every pixel
    slider.on("change", turn)
    again()
    frame.follow(again, "simulator")


def _preset(frame: Frame, simulator: str, name: str, value: float) -> None:
    async def press() -> None:
        frame.tell(await frame.house.orders.switch(simulator, name, value))

    made = button(frame.say(f"preset.{name}.{value:.0f}"), press, "switch")
    _lit(frame, made, lambda: bool(_value(frame, simulator, name) == value))


def _lit(frame: Frame, made: Element, on: Callable[[], bool]) -> None:
    """Show a button as pressed while `on` says so."""

    def again() -> None:
        lit = on()
        if lit != ("on" in made.classes):
            made.classes(add="on") if lit else made.classes(remove="on")
        made.props(f"aria-pressed={'true' if lit else 'false'}")

    again()
    frame.follow(again, "simulator")
