"""The index: three doors, and the rooms in a line each."""

from console.feed import TICK
from console.frame import Frame
from console.markup import el
from console.views import shell


def build(frame: Frame) -> None:
    """Lay out the page."""
    house, say = frame.house, frame.say
    frame.write(shell.doors(say))
    frame.write(el("h2", say("room.title")))
    frame.show(lambda: shell.rooms(house, say), "room", "controller", "simulator", TICK)
