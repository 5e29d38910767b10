"""Calm motion: one sheet of a list slides away, and the next comes after it."""

from dataclasses import dataclass
from typing import Final, Literal

from kiosk.screens.geometry import Rect
from kiosk.toolkit import pygame

SLIDE_S: Final = 0.18
"""Long enough to see where things went, too short to wait for."""


@dataclass(frozen=True)
class Slide:
    """Two pictures of the same place, and when the second began to come."""

    before: pygame.Surface
    after: pygame.Surface
    area: Rect
    towards: Literal[-1, 1]
    """1: the next sheet comes from the right."""
    began: float

    def is_over(self, now: float) -> bool:
        return now - self.began >= SLIDE_S

    def paint(self, surface: pygame.Surface, now: float) -> None:
        """What is to be seen of both at `now`."""
        gone = round(eased((now - self.began) / SLIDE_S) * self.area.w) * self.towards
        part = pygame.Rect(self.area)
        surface.set_clip(part)
        surface.blit(self.before, (self.area.x - gone, self.area.y), part)
        surface.blit(self.after, (self.area.x - gone + self.towards * self.area.w, self.area.y), part)
        surface.set_clip(None)


def eased(share: float) -> float:
    """Quick at first, gentle at the end."""
    left = 1.0 - min(1.0, max(0.0, share))
    return 1.0 - left**3
