"""ESC/POS commands to bytes (protocols.md 2.1–2.5). Pure; QR codes and pictures are `symbols`'s."""

from hashlib import blake2b
from typing import Final, Literal

from hallfile.ticket_layout import Align

Cut = Literal["partial", "full", "old", "none"]
Code = Literal["gbk", "utf-8"]

INITIALISE: Final = b"\x1b@"
ENTER_CHINESE: Final = b"\x1c&"
LEAVE_CHINESE: Final = b"\x1c."
LINE_FEED: Final = b"\n"
MARKER: Final = b"\x1dr\x01"
"""GS r 1, answered in buffer order: once the answer is here, everything before it was taken (2.5 B)."""
PUSH_STATUS: Final = b"\x1da\x0e"
"""GS a: tell by yourself when the line, an error or the paper changes (2.5 C)."""
CLEAR_BUFFERS: Final = bytes.fromhex("10 14 08 01 03 14 01 06 02 08")
"""DLE DC4 fn 8 (Epson's ESC/POS reference, Citizen CT-S300): drop what is not printed; answered 37 25 00."""
RECOVER: Final = b"\x10\x05\x02"
"""DLE ENQ 2: recover from a cutter or mechanical error after clearing the buffers (protocols.md 2.1)."""
FULL_STATUS: Final = 0x14
"""The n of DLE EOT that kiosk printers with a presenter answer with six bytes (2.5 D)."""

CUTS: Final[dict[Cut, bytes]] = {
    "partial": b"\x1dV\x42\x00",
    "full": b"\x1dV\x41\x00",
    "old": b"\x1bd\x05\x1bm",
    "none": b"\x1bd\x04",
}
"""GS V feeds to the blade itself; ESC m does not, and without a blade the ticket is torn off by hand."""
CODES: Final[dict[Code, int]] = {"gbk": 0, "utf-8": 1}
"""ESC 9 n (2.4)."""


def align(where: Align) -> bytes:
    """ESC a."""
    return bytes((0x1B, 0x61, {"left": 0, "center": 1, "right": 2}[where]))


def size(wide: int, tall: int) -> bytes:
    """GS !: characters `wide` and `tall` times as large, each 1–8."""
    return bytes((0x1D, 0x21, (wide - 1) << 4 | (tall - 1)))


def feed(lines: int) -> bytes:
    """ESC d: advance the paper, 0–255 lines."""
    return bytes((0x1B, 0x64, lines))


def chinese_code(code: Code) -> bytes:
    """ESC 9: how Chinese text is encoded from here on."""
    return bytes((0x1B, 0x39, CODES[code]))


def ask_status(n: int) -> bytes:
    """DLE EOT n: 1 printer, 2 offline cause, 3 error cause, 4 paper, 20 all of it; answered at once."""
    return bytes((0x10, 0x04, n))


def ask_process_id(ident: bytes) -> bytes:
    """GS ( H fn 48: say `ident` (4 bytes, 20–7E) once everything before it is printed (2.5 A)."""
    return b"\x1d(H\x06\x00\x30\x30" + ident


def process_id(job: str) -> bytes:
    """The id by which a printer confirms `job`: the same for the same job, another for almost every other."""
    number = int.from_bytes(blake2b(job.encode(), digest_size=8).digest(), "big")
    digits = []
    for _ in range(4):
        number, digit = divmod(number, 0x7F - 0x20)
        digits.append(0x20 + digit)
    return bytes(digits)
