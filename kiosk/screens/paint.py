"""Widgets onto a surface."""

from functools import lru_cache
from typing import Final

from kiosk.fonts import Faces
from kiosk.screens.geometry import Rect
from kiosk.screens.icons import FINER, icon
from kiosk.screens.widgets import Code, Icon, Label, Panel, View
from kiosk.theme import Colour
from kiosk.toolkit import left_out, pygame

BASE_LINE: Final = 0.37
"""The base line lies so many text sizes below the middle of a line: it centres capitals and ideographs."""

SHADOW_PX: Final = 4


class Painter:
    """Paints views with the hall's faces; keeps the smooth corners and drawings it made."""

    def __init__(self, faces: Faces) -> None:
        self._faces = faces
        self._icon = lru_cache(maxsize=64)(icon)
        self._corners = lru_cache(maxsize=64)(_disc)
        self._code = lru_cache(maxsize=1)(_modules)

    def warm_up(self) -> None:
        """Load what the first code would wait for: 80 ms that nobody before a screen should."""
        _modules("")

    def paint(self, surface: pygame.Surface, view: View, area: Rect) -> None:
        """Paint what lies in `area`, and nothing beside it."""
        surface.set_clip(pygame.Rect(area))
        for widget in view.walk():
            if not widget.rect.inset(-SHADOW_PX).meets(area):
                continue
            match widget:
                case Panel():
                    self._panel(surface, widget)
                case Label():
                    self._label(surface, widget)
                case Icon(rect, name, colour):
                    surface.blit(self._icon(name, rect.w, colour), (rect.x, rect.y))
                case Code():
                    self._qr(surface, widget)
        surface.set_clip(None)

    def _panel(self, surface: pygame.Surface, panel: Panel) -> None:
        rect, radius = panel.rect, panel.radius
        if panel.shade is not None:
            self._rounded(surface, rect._replace(y=rect.y + SHADOW_PX), radius, panel.shade)
        if panel.outline is not None:
            self._rounded(surface, rect, radius, panel.outline)
            rect, radius = rect.inset(2), max(0, radius - 2)
        if panel.fill is not None:
            self._rounded(surface, rect, radius, panel.fill)

    def _rounded(self, surface: pygame.Surface, rect: Rect, radius: int, fill: Colour) -> None:
        radius = min(radius, rect.w // 2, rect.h // 2)
        if radius == 0:
            surface.fill(fill, pygame.Rect(rect))
            return
        surface.fill(fill, pygame.Rect(rect.x + radius, rect.y, rect.w - 2 * radius, rect.h))
        surface.fill(fill, pygame.Rect(rect.x, rect.y + radius, rect.w, rect.h - 2 * radius))
        disc = self._corners(radius, fill)
        for across, x in ((0, rect.x), (radius, rect.right - radius)):
            for down, y in ((0, rect.y), (radius, rect.bottom - radius)):
                surface.blit(disc, (x, y), pygame.Rect(across, down, radius, radius))

    def _label(self, surface: pygame.Surface, label: Label) -> None:
        base = label.rect.y + round(label.rect.h / 2 + label.size * BASE_LINE)
        self._faces.draw(surface, label.text, (label.rect.x, base), label.size, label.bold, label.colour)

    def _qr(self, surface: pygame.Surface, code: Code) -> None:
        surface.fill((255, 255, 255), pygame.Rect(code.rect))
        modules = self._code(code.data)
        step = code.rect.w // (len(modules) + 2 * QUIET_MODULES)
        at = code.rect.middle(step * len(modules), step * len(modules))
        for row, line in enumerate(modules):
            for column, dark in enumerate(line):
                if dark:
                    surface.fill(
                        code.colour, pygame.Rect(at.x + column * step, at.y + row * step, step, step)
                    )


QUIET_MODULES: Final = 2
"""White around the code, in modules; the card it lies on is white too."""


def _disc(radius: int, colour: Colour) -> pygame.Surface:
    full = 2 * radius * FINER
    large = pygame.Surface((full, full), pygame.SRCALPHA, 32)
    large.fill((*colour, 0))
    pygame.draw.circle(large, (*colour, 255), (full / 2, full / 2), full / 2)
    return pygame.transform.smoothscale(large, (2 * radius, 2 * radius))


MASK: Final = 3
"""Every reader undoes any of the eight masks; trying them all for the fairest takes 80 ms instead of 1."""


def _modules(data: str) -> list[list[bool]]:
    with left_out("PIL"):
        import qrcode

    code = qrcode.QRCode(border=0, error_correction=qrcode.constants.ERROR_CORRECT_M, mask_pattern=MASK)
    code.add_data(data.encode())
    code.make(fit=True)
    modules: list[list[bool]] = code.get_matrix()
    return modules
