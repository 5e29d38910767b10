"""Lines, bars and dots on a time axis, as SVG that stands in a page by itself."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from hallfile.markup import Html, el

LEFT: Final = 220
"""Room for names, pixels of the drawing."""
RIGHT: Final = 60
WIDTH: Final = 1160
AXIS: Final = 26


class Hours(NamedTuple):
    """A time axis over whole hours."""

    begins: datetime
    ends: datetime

    def x(self, moment: datetime) -> float:
        """Where a moment lies."""
        share = (moment - self.begins) / (self.ends - self.begins)
        return round(LEFT + min(1.0, max(0.0, share)) * (WIDTH - LEFT - RIGHT), 1)


def hours(begins: datetime, ends: datetime) -> Hours:
    """The whole hours around a day."""
    first = begins.replace(minute=0, second=0, microsecond=0)
    last = ends.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return Hours(first, last)


def svg(height: float, inside: Iterable[Html | None], label: str, width: int = WIDTH) -> Html:
    """A drawing that grows with its page."""
    box, narrow = f"0 0 {width} {height:g}", "square" if width < WIDTH else ""
    return el("svg", *inside, viewBox=box, role="img", aria_label=label, cls=narrow)


def axis(day: Hours, height: float) -> list[Html]:
    """A thin line at every hour, and its name below."""
    parts = []
    moment = day.begins
    while moment <= day.ends:
        x = day.x(moment)
        parts.append(el("line", x1=x, x2=x, y1=0, y2=height - AXIS, cls="grid"))
        parts.append(text(x, height - 8, f"{moment:%H:%M}", "middle", "tick"))
        moment += timedelta(hours=1)
    return parts


def text(x: float, y: float, words: str, anchor: str = "start", cls: str = "") -> Html:
    return el("text", words, x=f"{x:g}", y=f"{y:g}", text_anchor=anchor, cls=cls)


def bar(x: float, y: float, width: float, height: float, cls: str, title: str) -> Html:
    return el(
        "rect",
        el("title", title),
        x=f"{x:g}",
        y=f"{y:g}",
        width=f"{max(width, 0.6):.1f}",
        height=height,
        cls=cls,
    )


def dot(x: float, y: float, cls: str, title: str, r: float = 3.5) -> Html:
    return el("circle", el("title", title), cx=f"{x:.1f}", cy=f"{y:.1f}", r=r, cls=cls)


def steps(day: Hours, curve: Sequence[tuple[datetime, int]], floor: float, unit: float) -> Html:
    """A count over time, filled to the floor; `unit` is the height of one."""
    x = day.x(curve[0][0]) if curve else 0.0
    path = [f"M{x} {floor:g}"]
    for moment, count in curve:
        path.append(f"H{day.x(moment)}V{floor - count * unit:.1f}")
    path.append(f"V{floor:g}Z")
    return el("path", d="".join(path), cls="area")
