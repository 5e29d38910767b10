"""How one model of printer differs from another: an entry each (protocols.md 2.4–2.7)."""

from dataclasses import dataclass
from typing import Final, Literal

Rom = Literal["ascii", "gbk", "gb18030"]


@dataclass(frozen=True)
class Dialect:
    """What a printer knows and how fast its head is."""

    name: str = "generic-80"
    """As a hall file calls it, and as it answers GS I."""
    mm_per_s: float = 150.0
    rom: Rom = "gbk"
    """Which characters are in its font memory; with `ascii` it has no Chinese mode at all."""
    draws_qr: bool = True
    """Knows GS ( k."""
    code_command: bool = False
    """Knows ESC 9."""
    blade: bool = True
    """Has one; without it, whoever waits for the paper tears it off."""
    process_id: bool = False
    """Answers GS ( H (2.5 A): Epson does, no Xprinter- or Gprinter-class manual has it."""
    near_end_sensor: bool = True
    pushes_status: bool = True
    """Knows GS a."""
    clears_buffers: bool = True
    """Knows DLE DC4 fn 8; without it, a job stopped by paper end comes out when paper is loaded (2.5)."""
    presenter: bool = False
    """Feels the ticket in its mouth and answers DLE EOT 20 (2.5 D)."""


_ALL: Final = (
    Dialect(),
    Dialect("generic-58", mm_per_s=100.0),
    Dialect("clone-80", draws_qr=False, near_end_sensor=False, pushes_status=False, clears_buffers=False),
    Dialect(
        "csn-a2",
        mm_per_s=60.0,
        draws_qr=False,
        code_command=True,
        blade=False,
        near_end_sensor=False,
        pushes_status=False,
        clears_buffers=False,
    ),
    Dialect(
        "custom-kpm", mm_per_s=200.0, rom="ascii", pushes_status=False, clears_buffers=False, presenter=True
    ),
    Dialect("epson-80", mm_per_s=250.0, process_id=True),
    Dialect("western-80", mm_per_s=200.0, rom="ascii"),
)
DIALECTS: Final = {dialect.name: dialect for dialect in _ALL}
"""What a hall file may name; any other model is a generic one."""
