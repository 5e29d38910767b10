"""The buttons that every page has at its lower edge, where every hand reaches: language and modes."""

from typing import Final

from kiosk.presenters.actions import Action, Speak, SwitchMode
from kiosk.presenters.modes import MODES, Mode
from kiosk.screens.blocks import label
from kiosk.screens.frame import Frame
from kiosk.screens.geometry import Rect, columns
from kiosk.screens.widgets import Icon, IconName, Panel, Widget
from kiosk.screens.wrap import shorten

WORDS_BESIDE: Final = 19
"""Ideographs, or twice as many letters, that the footer holds beside the buttons."""

_PICTURES: Final[dict[Mode, IconName]] = {
    "elder": "larger",
    "low": "wheelchair",
    "contrast": "contrast",
    "spoken": "speaker",
}


def is_beside(frame: Frame) -> bool:
    """Whether there is room for the buttons beside the footer, whose own two need some words each."""
    room = frame.rect.w - 2 * frame.space("page") - frame.space("wide")
    return room - strip_width(frame) >= frame.text("name") * WORDS_BESIDE


def strip_width(frame: Frame) -> int:
    """What the buttons take beside the footer."""
    buttons = _buttons(frame)
    words = max(frame.ruler.width(button[1], frame.text("tiny"), True) for button in buttons)
    cell = max(frame.size("strip-cell"), words + 2 * frame.space("tight"))
    return len(buttons) * cell + (len(buttons) - 1) * frame.space("tight")


def strip(frame: Frame, rect: Rect) -> list[Widget]:
    """The buttons, side by side."""
    buttons = _buttons(frame)
    cells = columns(rect, len(buttons), frame.space("tight"))
    return [_button(frame, cell, *button) for cell, button in zip(cells, buttons, strict=True)]


def _buttons(frame: Frame) -> list[tuple[IconName, str, Action, bool]]:
    """Drawing, words, what it does, and whether it is on."""
    modes = frame.model.modes
    return [
        *_languages(frame),
        *(
            (
                _PICTURES[mode],
                frame.say(f"mode.{mode}"),
                SwitchMode(mode, not modes.has(mode)),
                modes.has(mode),
            )
            for mode in MODES
        ),
    ]


def _languages(frame: Frame) -> list[tuple[IconName, str, Action, bool]]:
    """The next language, by its own name."""
    languages = frame.model.floor.languages
    if len(languages) < 2:
        return []
    now = languages.index(frame.model.language) if frame.model.language in languages else 0
    following = languages[(now + 1) % len(languages)]
    return [("globe", frame.tongues.get(following, following), Speak(following), False)]


def _button(frame: Frame, rect: Rect, picture: IconName, words: str, action: Action, on: bool) -> Panel:
    pressed = frame.pressed == action
    fill = "accent-pressed" if on and pressed else "accent" if on else "accent-soft" if pressed else "surface"
    ink = frame.colour("on-accent" if on else "accent")
    px = frame.text("tiny")
    words = shorten(words, rect.w - frame.space("tight"), lambda text: frame.ruler.width(text, px, True))
    line = frame.theme.line(px, leading="tight")
    side = min(frame.size("strip-icon"), rect.h - line - frame.space("tight"))
    top = rect.y + (rect.h - side - line) // 2
    return Panel(
        rect,
        fill=frame.colour(fill),
        radius=frame.round("badge"),
        outline=frame.colour("accent" if on else "line"),
        action=action,
        children=(
            Icon(Rect(rect.x + (rect.w - side) // 2, top, side, side), picture, ink),
            label(frame, words, Rect(rect.x, top + side, rect.w, line), px, ink, True, "centre"),
        ),
    )
