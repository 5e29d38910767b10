"""A technician's visit, step by step: pure, like the citizens' pages, and apart from them."""

from dataclasses import dataclass, replace
from typing import Final

from kiosk.technician.pin import MOST_DIGITS
from kiosk.technician.tools import Digit, Enter, Leave, Open, Room, Rub, TestPrint, Tool, Volume

UNTOUCHED_S: Final = 60.0
"""A forgotten visit ends by itself, real seconds."""
AT_THE_DOOR_S: Final = 20.0
"""… and sooner, while no PIN was given."""
FREE_TRIES: Final = 2
FIRST_REST_S: Final = 5.0
LONGEST_REST_S: Final = 300.0
"""Each wrong PIN after the free ones doubles the rest before the next is heard."""


@dataclass(frozen=True)
class Tries:
    """The wrong PINs since the last right one. They outlive a visit: coming again is no way around a rest."""

    wrong: int = 0
    heard_from: float = float("-inf")
    """When the next try is heard, monotonic real seconds."""

    def after_a_wrong_one(self, now: float) -> "Tries":
        wrong = self.wrong + 1
        over = wrong - FREE_TRIES
        rest = min(LONGEST_REST_S, FIRST_REST_S * 2.0 ** (over - 1)) if over > 0 else 0.0
        return Tries(wrong, now + rest)


@dataclass(frozen=True)
class Visit:
    """What the technician sees."""

    touched_at: float
    digits: str = ""
    """Typed so far; only their number is ever shown."""
    refused: bool = False
    is_in: bool = False
    """The PIN was right."""
    room: Room = "devices"
    said: str = ""
    """A key of the catalogue: what became of the last thing asked for."""


@dataclass(frozen=True)
class Asked:
    """What a touch asks of the shell."""

    pin: str | None = None
    printer: str | None = None
    volume_by: int = 0
    leave: bool = False


NOTHING: Final = Asked()


def is_over(visit: Visit, now: float) -> bool:
    """Whether the technician has gone without a word."""
    return now - visit.touched_at > (UNTOUCHED_S if visit.is_in else AT_THE_DOOR_S)


def touched(visit: Visit, tool: Tool | None, tries: Tries, now: float) -> tuple[Visit, Asked]:
    """A finger on `tool`, or beside every one."""
    visit = replace(visit, touched_at=now)
    if isinstance(tool, Leave):
        return visit, Asked(leave=True)
    return _inside(visit, tool) if visit.is_in else _at_the_door(visit, tool, tries, now)


def _at_the_door(visit: Visit, tool: Tool | None, tries: Tries, now: float) -> tuple[Visit, Asked]:
    match tool:
        case Digit(digit) if len(visit.digits) < MOST_DIGITS:
            return replace(visit, digits=visit.digits + digit, refused=False), NOTHING
        case Rub():
            return replace(visit, digits=visit.digits[:-1], refused=False), NOTHING
        case Enter() if visit.digits and now >= tries.heard_from:
            return replace(visit, digits=""), Asked(pin=visit.digits)
        case _:
            return visit, NOTHING


def _inside(visit: Visit, tool: Tool | None) -> tuple[Visit, Asked]:
    match tool:
        case Open(room):
            return replace(visit, room=room, said=""), NOTHING
        case TestPrint(printer):
            return replace(visit, said="technician.printing"), Asked(printer=printer)
        case Volume(by):
            return visit, Asked(volume_by=by)
        case _:
            return visit, NOTHING


def judged(visit: Visit, right: bool) -> Visit:
    """The PIN was looked at."""
    return replace(visit, is_in=True, digits="") if right else replace(visit, refused=True, digits="")
