"""Choosing a counter."""

from console.feed import TICK
from console.frame import Frame
from console.markup import el
from console.views import hall


def build(frame: Frame) -> None:
    """Lay out the page."""
    house, say = frame.house, frame.say
    frame.write(el("h1", say("counter.choose")))
    frame.show(lambda: hall.counters(house, say), "counter", TICK, classes="large-tiles")
