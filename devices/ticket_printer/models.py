"""What one model of printer does differently from another: a file each, ``models/<name>.toml``."""

from functools import cache
from pathlib import Path
from typing import Final, Literal

import msgspec

from devices.ticket_printer.commands import Code, Cut

MODELS: Final = Path(__file__).parent / "models"

DOTS_A_COLUMN: Final = 12
"""An ASCII character is 12×24 dots, a Chinese one twice as wide (protocols.md 2.4)."""

Rom = Literal["ascii", "gbk", "gb18030"]


class Model(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A model file."""

    title: str
    """What it is, for people."""
    source: str
    """Where this is known from."""
    dots: dict[int, int]
    """Width of the head in dots, by the paper's in mm."""
    rom: Rom = "gbk"
    """The characters it has a font for; `gbk` is the two-byte area, which GB 18030 writes alike."""
    code: Code | None = None
    """The argument of ESC 9 that it is told; none: it has no such command."""
    qr: Literal["native", "raster"] = "native"
    """Whether it draws QR codes itself."""
    cut: Cut = "partial"
    confirm: Literal["process_id", "marker"] = "marker"
    """How a job's end is confirmed: GS ( H, or GS r and what DLE EOT says then (protocols.md 2.5)."""
    push: bool = False
    """Whether it tells by itself that its state changed (GS a)."""
    presenter: bool = False
    """Whether it feels a ticket at its mouth (DLE EOT 20)."""

    def columns(self, paper_mm: int) -> int:
        """ASCII columns across the paper; raises `NotMade` for a width that it is not made for."""
        if paper_mm not in self.dots:
            widths = ", ".join(str(width) for width in self.dots)
            raise NotMade(f"{self.title} takes paper of {widths} mm; correct paper_mm in the hall file")
        return self.dots[paper_mm] // DOTS_A_COLUMN


class NotMade(LookupError):
    """There is no such printer; the message says which there are."""


@cache
def models() -> dict[str, Model]:
    """Every model by its name, read once."""
    return {path.stem: msgspec.toml.decode(path.read_bytes(), type=Model) for path in MODELS.glob("*.toml")}


def model(name: str) -> Model:
    """The model ``models/<name>.toml``; raises `NotMade`."""
    try:
        return models()[name]
    except KeyError:
        known = ", ".join(sorted(models()))
        raise NotMade(f"{name!r} is no model of ticket printer; write one of {known}") from None
