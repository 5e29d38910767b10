"""A tape: what went over one link, piece by piece, as JSON lines that a person can read and cut.

The first line says what the tape is. Every other one is a piece: `t_ns` since the tape began, `dir`
(`to_device` or `to_host`) and the bytes as `hex`; or something that happened to the link: `event`
(`open`, `closed`) or a new speed (`baud`).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, TextIO

import msgspec

VERSION: Final = 1

Direction = Literal["to_device", "to_host"]
Happening = Literal["open", "closed"]


class BadTape(ValueError):
    """The file is no tape, or a line of it can't be read; the message says which."""


class Head(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The first line."""

    hallkeeper_tape: int = VERSION
    link: str
    masked: bool
    """Whether what an ID reader said of people was wiped."""
    recorded: str = ""
    """When, as a date and time."""


class Piece(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One line after it."""

    t_ns: int
    dir: Direction | None = None
    hex: str = ""
    event: Happening | None = None
    baud: int | None = None

    @property
    def data(self) -> bytes:
        """Its bytes."""
        return bytes.fromhex(self.hex)


class TapeWriter:
    """Writes a tape; every piece is in the file when its call returns."""

    def __init__(self, file: TextIO, head: Head, most_bytes: int) -> None:
        self.pieces = 0
        self.left = most_bytes
        """Bytes of the wire that still find room."""
        self._file = file
        self._write(head)

    def carried(self, t_ns: int, way: Direction, data: bytes) -> None:
        """Bytes went over the link; those for which there is no room any more are left out."""
        kept = data[: self.left]
        if kept:
            self.left -= len(kept)
            self._piece(Piece(t_ns=t_ns, dir=way, hex=kept.hex()))

    def happened(self, t_ns: int, event: Happening) -> None:
        """The link was opened or closed."""
        self._piece(Piece(t_ns=t_ns, event=event))

    def tuned(self, t_ns: int, baud: int) -> None:
        """The host set another speed."""
        self._piece(Piece(t_ns=t_ns, baud=baud))

    def _piece(self, piece: Piece) -> None:
        self.pieces += 1
        self._write(piece)

    def _write(self, line: Any) -> None:
        self._file.write(msgspec.json.encode(line).decode() + "\n")
        self._file.flush()


def read_tape(path: Path) -> tuple[Head, list[Piece]]:
    """Read a whole tape; raises `BadTape`, `OSError`."""
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    if not lines:
        raise BadTape(f"{path} is empty; hallkeeper capture writes such files")
    try:
        head = msgspec.json.decode(lines[0], type=Head)
    except msgspec.DecodeError as error:
        raise BadTape(f"{path} is no tape ({error}); hallkeeper capture writes such files") from None
    if head.hallkeeper_tape != VERSION:
        raise BadTape(f"{path} is a tape of version {head.hallkeeper_tape}, not {VERSION}; record it anew")
    return head, [_piece(path, number, line) for number, line in enumerate(lines[1:], 2) if line.strip()]


def _piece(path: Path, number: int, line: str) -> Piece:
    try:
        piece = msgspec.json.decode(line, type=Piece)
        bytes.fromhex(piece.hex)
    except (msgspec.DecodeError, ValueError) as error:
        raise BadTape(f"{path}, line {number}: {error}; correct the line or remove it") from None
    return piece


@dataclass(frozen=True)
class Turn:
    """What the host said, and what the device said until the host spoke again."""

    at_ns: int
    question: bytes
    answers: tuple[tuple[float, bytes], ...]
    """Seconds after the question, and the bytes."""
    baud: int | None = None
    """The speed the host had set, where that is known."""

    @property
    def answer(self) -> bytes:
        """All of its answers."""
        return b"".join(data for _, data in self.answers)


def turns(pieces: Iterable[Piece]) -> list[Turn]:
    """The tape as questions with their answers; what came before the first has an empty question."""
    return list(_turns(pieces))


def _turns(pieces: Iterable[Piece]) -> Iterator[Turn]:
    question, answers = b"", list[tuple[float, bytes]]()
    began = asked = 0
    baud: int | None = None
    set_to: int | None = None
    for piece in pieces:
        if piece.baud is not None:
            set_to = piece.baud
        if piece.dir == "to_device":
            if answers:
                yield Turn(began, question, tuple(answers), baud)
                question, answers = b"", []
            if not question:
                began, baud = piece.t_ns, set_to
            question += piece.data
            asked = piece.t_ns
        elif piece.dir == "to_host":
            answers.append(((piece.t_ns - asked) / 1e9, piece.data))
    if question or answers:
        yield Turn(began, question, tuple(answers), baud)
