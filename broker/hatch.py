"""The hatch beside the bus: a Unix socket of the controller's, for what must not travel on the bus.

A city's app knows people by their ID number, and that never stands on the bus. It is handed in here, on the
same machine and by the hall's own user only; the controller makes a hash of it at once and keeps no number
(docs/decisions/2026-11-21-whose-booking-it-is.md). One line of JSON asks, one answers.
"""

import asyncio
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, field

FILE: Final = "bookings.sock"
"""Its name in the hall's folder of sockets."""
MOST_ROWS: Final = 500
MOST_BYTES: Final = 1 << 20
"""Of a line, either way."""
PATIENCE_S: Final = 20.0
"""How long one who asks waits, real seconds."""

Text = Annotated[str, Meta(max_length=64)]
Code = Annotated[str, Meta(pattern="^(?![0-9]{15}$|[0-9]{17}[0-9Xx]$)[0-9A-Za-z-]{6,40}$")]
Day = Annotated[str, Meta(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
TimeOfDay = Annotated[str, Meta(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")]


class Wanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A booking as the city's app has it, or one to be given back."""

    service: Text = ""
    date: Day = ""
    time: TimeOfDay = ""
    """When the slot begins, in the hall's zone."""
    code: Code | None = None
    """What its QR code says; the hall makes one where there is none."""
    id_number: Annotated[str, Meta(max_length=18)] | None = field(default=None)
    """Never kept: hashed on arrival."""
    reference: Text | None = None
    """Any lasting name the app has for this person, where it gives no ID number: their card is not known."""
    cancel: bool = False
    """Give the booking with this `code` back."""

    def __repr__(self) -> str:
        """Without what leads to a person, wherever it may be shown."""
        return f"Wanted({self.service!r}, {self.date} {self.time})"


class Import(msgspec.Struct, frozen=True, kw_only=True, tag_field="do", tag="import"):
    rows: Annotated[list[Wanted], Meta(min_length=1, max_length=MOST_ROWS)]
    by: str


class Export(msgspec.Struct, frozen=True, kw_only=True, tag_field="do", tag="export"):
    """All bookings from `day` on, or from today on."""

    day: Day | None = None


class LookUp(msgspec.Struct, frozen=True, kw_only=True, tag_field="do", tag="look_up"):
    """What stands in the file of a person, who shows their code or their ID card."""

    code: str | None = None
    id_number: str | None = None


Request = Import | Export | LookUp


class Row(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of one row."""

    row: int
    """Its place, from 1 on."""
    ok: bool
    code: str | None = None
    booking: str | None = None
    reason: str | None = None
    text: str | None = None


class Booked(msgspec.Struct, frozen=True, kw_only=True):
    """A booking as it is exported."""

    booking: str
    code: str | None
    """None once it is forgotten."""
    service: str
    slot: str
    """RFC 3339."""
    ends: str
    status: Literal["open", "arrived", "late", "missed", "cancelled"]


class File(msgspec.Struct, frozen=True, kw_only=True):
    """What counts about somebody."""

    client: str
    misses: int
    ban: Literal["ban", "blacklist"] | None
    until: str | None
    """RFC 3339; None: until staff release them."""
    open: int


class Answer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    rows: list[Row] | None = None
    bookings: list[Booked] | None = None
    file: File | None = None
    error: str | None = None
    """Why nothing was done: a code, and `text` the sentence."""
    text: str | None = None


class HatchClosed(ConnectionError):
    """The controller can't be reached here; the message says what to do."""


async def ask(folder: Path, request: Request) -> Answer:
    """Ask the controller through the hatch in the hall's folder of sockets; raises `HatchClosed`."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            with reached(folder) as path:
                reader, writer = await asyncio.open_unix_connection(path, limit=MOST_BYTES)
            try:
                writer.write(msgspec.json.encode(request) + b"\n")
                await writer.drain()
                line = await reader.readline()
            finally:
                writer.close()
        return msgspec.json.decode(line, type=Answer)
    except (OSError, TimeoutError, ValueError) as error:
        raise HatchClosed(
            f"the controller does not answer at {folder / FILE} ({type(error).__name__}); "
            "start the hall first, on this machine and as the same user"
        ) from None


@contextmanager
def reached(folder: Path) -> Iterator[str]:
    """A short name for the socket in `folder`: the kernel takes no more than 107 bytes of one."""
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{held}/{FILE}"
    finally:
        os.close(held)


def listening(folder: Path) -> socket.socket:
    """A socket in `folder` that only the hall's own user can reach; raises `OSError`."""
    (folder / FILE).unlink(missing_ok=True)
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        with reached(folder) as path:
            made.bind(path)
    except OSError:
        made.close()
        raise
    finally:
        os.umask(before)
    return made
