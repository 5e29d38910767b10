"""An area as the card holds it: its pages turn, and it may take itself down (protocols.md 4.2, run mode)."""

from dataclasses import dataclass
from typing import Final

from simulators.led_board.areas import DELETE_WHEN_STALE, STATIC, STOP_AT_LAST, Area
from simulators.led_board.text import Pages, Row

FASTEST_PAGE_S: Final = 1.0
"""A page that moves stands at least so long: this board shows each page, and not the way between them."""


@dataclass(frozen=True)
class Lit:
    """One page of an area, alight."""

    area: Area
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Held:
    """An area since its last update."""

    area: Area
    pages: Pages
    since: float

    def lit(self, now: float) -> Lit:
        """The page that stands now."""
        turned = int((now - self.since) / self._page_s)
        count = len(self.pages.pages)
        stops = self.area.run_mode == STOP_AT_LAST
        return Lit(self.area, self.pages.pages[min(turned, count - 1) if stops else turned % count])

    def is_stale(self, now: float) -> bool:
        """Whether it is to take itself down."""
        return self._dies_at is not None and now >= self._dies_at

    def due(self, now: float) -> float | None:
        """When it next turns its page or takes itself down."""
        if len(self.pages.pages) == 1:
            return self._dies_at
        turns_at = self.since + (int((now - self.since) / self._page_s) + 1) * self._page_s
        return turns_at if self._dies_at is None else min(turns_at, self._dies_at)

    @property
    def _page_s(self) -> float:
        stay_s = self.area.stay * 0.5
        return stay_s if self.area.effect == STATIC and stay_s > 0 else max(stay_s, FASTEST_PAGE_S)

    @property
    def _dies_at(self) -> float | None:
        mortal = self.area.run_mode == DELETE_WHEN_STALE and self.area.timeout_s > 0
        return self.since + self.area.timeout_s if mortal else None
