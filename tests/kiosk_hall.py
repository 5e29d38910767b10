"""The example hall as a touch screen's tests open it."""

from functools import cache
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from broker.clock import HallClock
from hallfile.load import load
from hallfile.premises import Premises

EXAMPLE: Final = Path(__file__).parents[1] / "examples" / "dezhou.toml"


@cache
def premises() -> Premises:
    """Nothing of it is written anywhere."""
    hall = load(EXAMPLE)
    return Premises(hall, EXAMPLE, Path("unused"), HallClock.real(ZoneInfo(hall.hall.timezone)))
