"""What kinds of pickup there are: one file a model, beside this one."""

from functools import cache
from pathlib import Path
from typing import Final, Literal

import msgspec

from devices.kit.errors import Misconfigured

_FOLDER: Final = Path(__file__).parent


class Samples(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="wire", tag="samples"):
    """A microphone whose sound comes as samples; its level is metered here."""


class Instrument(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An instrument that meters the level itself and tells it in dB."""

    baud: int
    """As it leaves the factory; `baud=` in the link overrides it."""
    scale: float
    """dB a step of the number it tells."""
    weighting: Literal["A", "unknown"]
    """As its maker says."""
    lowest_db: float = 30.0
    highest_db: float = 130.0
    """What can be a sound level at a counter (protocols.md 5.3); anything else is a wrong set-up."""


class Modbus(
    Instrument, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="wire", tag="modbus"
):
    """A noise transmitter on RS485 that is asked (protocols.md 5.3)."""

    register: int
    function: Literal[3, 4] = 3
    every_ms: int = 500
    """It is asked no more often than this."""
    gap_ms: int = 100
    """The line is left quiet for so long before each question."""


class Pushed(
    Instrument, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="wire", tag="pushed"
):
    """A module that tells its level by itself, in BB AA frames (protocols.md 5.3, last row)."""


Model = Samples | Modbus | Pushed


@cache
def models() -> dict[str, Model]:
    """Every model by its name in the hall file."""
    return {
        path.stem: msgspec.toml.decode(path.read_bytes(), type=Samples | Modbus | Pushed)
        for path in sorted(_FOLDER.glob("*.toml"))
    }


def model_of(name: str) -> Model:
    """The model called `name` in the hall file; raises `Misconfigured`."""
    if name not in models():
        raise Misconfigured(f"there is no sound pickup model {name!r}; known are: {', '.join(models())}")
    return models()[name]
