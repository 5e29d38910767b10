"""A card's flash: program files, sent in blocks, kept over a power cut (protocols.md 4.2, A1 05, A1 06)."""

from dataclasses import dataclass, field
from typing import Final

from simulators.led_board.areas import Area, Cursor, Malformed, read_area
from simulators.led_board.frames import crc16

CAPACITY: Final = 512 * 1024
"""Bytes of flash; cards have between this and eight times as much."""
MOST_PROGRAMS: Final = 32

EXISTS, NOT_FOUND, NO_ROOM, WRONG_CRC, WRONG_NAME, WRONG_TYPE, WRONG_BLOCK, NOT_STARTED = (
    15, 6, 4, 11, 9, 10, 16, 8,
)  # fmt: skip
"""Error codes of a NACK, as they concern files."""


class FileRefused(Exception):
    """The flash won't take it; `error` is the code, `address` the next byte it expects."""

    def __init__(self, error: int, address: int = 0) -> None:
        super().__init__(error)
        self.error = error
        self.address = address


@dataclass(frozen=True)
class Program:
    """What a program file holds."""

    name: bytes
    areas: tuple[Area, ...]


@dataclass
class _Arriving:
    name: bytes
    length: int
    content: bytearray = field(default_factory=bytearray)
    blocks: int = 0


class Flash:
    """The files of one card."""

    def __init__(self) -> None:
        self.programs: dict[bytes, Program] = {}
        self.writes = 0
        """Files written so far: each wears the flash."""
        self._sizes: dict[bytes, int] = {}
        self._arriving: _Arriving | None = None

    def start(self, overwrite: bool, name: bytes, length: int) -> None:
        """A1 05; raises `FileRefused`."""
        if not (name[:1] == b"P" and name[1:].isdigit()) and name != b"LOGO":
            raise FileRefused(WRONG_NAME)
        if name in self.programs and not overwrite:
            raise FileRefused(EXISTS)
        others = sum(size for other, size in self._sizes.items() if other != name)
        if others + length > CAPACITY or len(self.programs.keys() - {name}) >= MOST_PROGRAMS:
            raise FileRefused(NO_ROOM)
        self._arriving = _Arriving(name, length)

    def write(self, name: bytes, last: bool, number: int, address: int, block: bytes) -> int:
        """A1 06: take a block and return where the next begins; raises `FileRefused`."""
        arriving = self._arriving
        if arriving is None or arriving.name != name:
            raise FileRefused(NOT_STARTED)
        if address != len(arriving.content) or number != arriving.blocks:
            raise FileRefused(WRONG_BLOCK, len(arriving.content))
        arriving.content += block
        arriving.blocks += 1
        if len(arriving.content) > arriving.length:
            self._arriving = None
            raise FileRefused(NO_ROOM)
        if last:
            self._arriving = None
            self._keep(name, bytes(arriving.content), arriving.length)
        return len(arriving.content)

    def delete(self, names: list[bytes]) -> None:
        """A1 01: these, or all programs where none is named; raises `FileRefused`."""
        if any(name not in self.programs for name in names):
            raise FileRefused(NOT_FOUND)
        for name in names or list(self.programs):
            del self.programs[name], self._sizes[name]

    def _keep(self, name: bytes, content: bytes, length: int) -> None:
        # a file that turns out damaged is deleted, and with it the one it was to replace
        self.programs.pop(name, None)
        self._sizes.pop(name, None)
        self.writes += 1
        if len(content) != length or crc16(content[:-2]).to_bytes(2, "little") != content[-2:]:
            raise FileRefused(WRONG_CRC)
        try:
            self.programs[name] = read_program(content)
        except Malformed:
            raise FileRefused(WRONG_TYPE) from None
        self._sizes[name] = length


def read_program(content: bytes) -> Program:
    """A program file, its check aside; raises `Malformed`.

    An area's length counts its own four bytes, as in the maker's example (vendor document 8.1.2).
    """
    cursor = Cursor(content[:-2])
    if cursor.number() != 0:
        raise Malformed("only programs, type 0, are known")
    name, length = cursor.take(4), cursor.number(4)
    if length != len(content):
        raise Malformed(f"{length} bytes announced, {len(content)} there")
    cursor.take(1 + 2 + 1 + 8 + 1 + 1)
    periods = cursor.number()
    cursor.take(6 * periods)
    areas = tuple(read_area(cursor.take(cursor.number(4) - 4)) for _ in range(cursor.number()))
    return Program(name, areas)
