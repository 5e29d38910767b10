"""The waiting area's display."""

from console.feed import TICK
from console.frame import Frame
from console.views import display


def build(frame: Frame) -> None:
    """Lay out the page."""
    house, say = frame.house, frame.say
    frame.show(lambda: display.calls(house, say), "counter", classes="calls-holder")
    frame.show(lambda: display.waiting(house, say), "queue", classes="waiting-holder")
    frame.show(lambda: display.foot(house, say), "controller", TICK, classes="foot-holder")
