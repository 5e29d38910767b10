"""Pictures that follow what a simulated device shows, and fingers on them."""

from nicegui import ui
from nicegui.events import GenericEventArguments, MouseEventArguments

from console.frame import Frame
from console.markup import el


def picture(frame: Frame, simulator: str, classes: str = "") -> None:
    """What a simulated device shows, exchanged without flicker when its version moves."""
    address = _address(frame, simulator)
    with ui.element("div").classes(f"picture {classes}"):
        image = ui.interactive_image(address or "")
        _follow(frame, simulator, image)


def screen(frame: Frame, kiosk: str) -> None:
    """A kiosk's screen; a click on it is a touch in the screen's own pixels."""
    entry = frame.house.hall.kiosks[kiosk]
    shown = [entry.width]

    async def touch(event: MouseEventArguments) -> None:
        scale = entry.width / shown[0]
        answer = await frame.house.orders.touch(
            kiosk, _inside(event.image_x * scale, entry.width), _inside(event.image_y * scale, entry.height)
        )
        frame.tell(answer)

    def loaded(event: GenericEventArguments) -> None:
        shown[0] = int(event.args["width"]) or entry.width

    with ui.element("div").classes("picture screen").style(f"aspect-ratio: {entry.width} / {entry.height}"):
        image = ui.interactive_image(_address(frame, kiosk) or "", on_mouse=touch, events=["click"])
        image.on("loaded", loaded, args=["width"])
        _follow(frame, kiosk, image)


def _follow(frame: Frame, simulator: str, image: ui.interactive_image) -> None:
    missing = ui.html(el("p", frame.say("bench.no_picture"), cls="soft"), sanitize=False).classes("missing")

    def again() -> None:
        address = _address(frame, simulator)
        missing.set_visibility(address is None)
        if address is not None and address != image.source:
            image.set_source(address)

    again()
    frame.follow(again, "simulator", "kiosk")


def _address(frame: Frame, simulator: str) -> str | None:
    state = frame.house.picture.simulators.get(simulator)
    if state is None or state.picture is None or state.picture_version == 0:
        return None
    return f"/pictures/{state.picture}?v={state.picture_version}"


def _inside(place: float, size: int) -> int:
    return min(size - 1, max(0, int(place)))
