"""What the cards differ in: one file a model, beside this one."""

from pathlib import Path
from typing import Final

import msgspec

from devices.kit.errors import Misconfigured
from devices.led_board.codec import FRAME_OVERHEAD

_FOLDER: Final = Path(__file__).parent


class Model(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The limits of one family of cards."""

    areas: int
    """Dynamic areas it can hold."""
    area_bytes: int
    """Text, with its escapes, that one area can hold."""
    frame_bytes: int
    """Its receive buffer: a longer frame is lost."""

    @property
    def text_bytes(self) -> int:
        """The longest text that fits both the area and a frame of its own."""
        return min(self.area_bytes, self.frame_bytes - FRAME_OVERHEAD)


def model_of(name: str) -> Model:
    """The model called `name` in the hall file; raises `Misconfigured`."""
    known = {path.stem: path for path in sorted(_FOLDER.glob("*.toml"))}
    if name not in known:
        raise Misconfigured(f"there is no LED board model {name!r}; known are: {', '.join(known)}")
    return msgspec.toml.decode(known[name].read_bytes(), type=Model)
