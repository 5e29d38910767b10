"""What boards differ in: one file a model, beside this one. `protocol` says which tongue a model speaks."""

from pathlib import Path
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from devices.kit.errors import Misconfigured
from devices.led_board.areas import FRAME_OVERHEAD
from devices.led_board.program import BLOCK_OVERHEAD

_FOLDER: Final = Path(__file__).parent


class TextCard(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="protocol", tag="onbon"):
    """The limits of one family of Onbon font cards."""

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

    @property
    def block_bytes(self) -> int:
        """The longest piece of a file that fits a frame."""
        return self.frame_bytes - BLOCK_OVERHEAD


class PixelBoard(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="protocol", tag="ddp"):
    """A board of which every pixel is sent."""

    frames_per_s: Annotated[float, Meta(gt=0, le=60)]
    """How often a picture that moves is sent, real time."""
    packet_bytes: Annotated[int, Meta(ge=3, le=1440)]
    """Of pixels in one packet, whole pixels of three bytes."""


Model = TextCard | PixelBoard


def model_of(name: str) -> Model:
    """The model called `name` in the hall file; raises `Misconfigured`."""
    known = {path.stem: path for path in sorted(_FOLDER.glob("*.toml"))}
    if name not in known:
        raise Misconfigured(f"there is no LED board model {name!r}; known are: {', '.join(known)}")
    model: Model = msgspec.toml.decode(known[name].read_bytes(), type=Model)
    return model
