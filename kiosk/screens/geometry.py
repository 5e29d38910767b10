"""Rectangles, in pixels of the screen."""

from typing import NamedTuple


class Rect(NamedTuple):
    """A rectangle; immutable, so that widgets can be compared."""

    x: int
    y: int
    w: int
    h: int

    @property
    def right(self) -> int:
        return self.x + self.w

    @property
    def bottom(self) -> int:
        return self.y + self.h

    def inset(self, across: int, down: int | None = None) -> "Rect":
        """Smaller by `across` left and right, and by `down` (the same, if left out) above and below."""
        down = across if down is None else down
        return Rect(self.x + across, self.y + down, max(0, self.w - 2 * across), max(0, self.h - 2 * down))

    def top_part(self, height: int) -> "Rect":
        return self._replace(h=height)

    def below(self, offset: int) -> "Rect":
        """What is left under the first `offset` pixels."""
        return Rect(self.x, self.y + offset, self.w, max(0, self.h - offset))

    def bottom_part(self, height: int) -> "Rect":
        return Rect(self.x, self.bottom - height, self.w, height)

    def left_part(self, width: int) -> "Rect":
        return self._replace(w=width)

    def right_of(self, offset: int) -> "Rect":
        """What is left beside the first `offset` pixels."""
        return Rect(self.x + offset, self.y, max(0, self.w - offset), self.h)

    def right_part(self, width: int) -> "Rect":
        return Rect(self.right - width, self.y, width, self.h)

    def middle(self, width: int, height: int) -> "Rect":
        """A rectangle of this size in the middle."""
        return Rect(self.x + (self.w - width) // 2, self.y + (self.h - height) // 2, width, height)

    def contains(self, x: int, y: int) -> bool:
        return self.x <= x < self.right and self.y <= y < self.bottom

    def holds(self, other: "Rect") -> bool:
        """Whether `other` lies wholly inside."""
        return (
            self.x <= other.x
            and self.y <= other.y
            and other.right <= self.right
            and other.bottom <= self.bottom
        )

    def meets(self, other: "Rect") -> bool:
        """Whether the two share a pixel."""
        return (
            self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom
        )

    def with_(self, other: "Rect") -> "Rect":
        """The least rectangle around both."""
        x, y = min(self.x, other.x), min(self.y, other.y)
        return Rect(x, y, max(self.right, other.right) - x, max(self.bottom, other.bottom) - y)


def columns(rect: Rect, count: int, gap: int) -> list[Rect]:
    """`rect` cut into equal columns."""
    width = (rect.w - gap * (count - 1)) // count
    return [Rect(rect.x + index * (width + gap), rect.y, width, rect.h) for index in range(count)]
