"""The knock that opens the door: corners of the header, in an order that nobody touches by chance."""

from typing import Final, Literal

from kiosk.screens.geometry import Rect

Corner = Literal["left", "right"]
ORDER: Final[tuple[Corner, ...]] = ("left", "right", "left", "left", "right")
WITHIN_S: Final = 8.0
"""From the first touch to the last, real seconds."""


class Knock:
    """Listens to every touch. There is no control in those corners, so a knock presses nothing."""

    def __init__(self, screen: Rect, corner_px: int) -> None:
        left = screen.top_part(corner_px).left_part(corner_px)
        self._corners: dict[Corner, Rect] = {"left": left, "right": left._replace(x=screen.right - corner_px)}
        self._met: list[tuple[Corner, float]] = []

    def heard(self, x: int, y: int, now: float) -> bool:
        """Whether this touch completes the knock; any touch elsewhere begins it anew."""
        corner = next((name for name, rect in self._corners.items() if rect.contains(x, y)), None)
        if corner is None:
            self._met.clear()
            return False
        self._met = [*self._met, (corner, now)][-len(ORDER) :]
        in_order = tuple(name for name, _ in self._met) == ORDER
        if in_order and now - self._met[0][1] <= WITHIN_S:
            self._met.clear()
            return True
        return False
