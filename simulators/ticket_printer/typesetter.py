"""What a job puts on paper: text in its sizes, pictures, QR codes, feeds, cuts (protocols.md 2.4)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from simulators.ticket_printer.commands import CONTROL, CUTS_AFTER_FEED, TEXT, Command
from simulators.ticket_printer.dialects import Dialect
from simulators.ticket_printer.line import CENTRE, LEFT, RIGHT, Composer
from simulators.ticket_printer.paper import CUTTER_MM, DOTS_PER_MM, Cut, Feed, Mark, QrCode, Raster

LINE_FEED, TAB = 0x0A, 0x09


@dataclass(frozen=True)
class Symbol:
    """What GS ( k has been told of the next QR code."""

    module: int = 3
    level: int = 0x30
    data: bytes = b""


class Typesetter:
    """Turns commands into marks. `dots` is the width of the head."""

    def __init__(self, dots: int, dialect: Dialect) -> None:
        self.symbol = Symbol()
        self.line = Composer(dots, dialect.rom)
        self.dialect = dialect
        self._marks: list[Mark] = []

    def become(self, dialect: Dialect) -> None:
        """Be another model's; a line not yet ended is lost."""
        self.dialect = dialect
        self.line.rom = dialect.rom
        self.line.reset()

    def set(self, command: Command) -> list[Mark]:
        """Do one command; returns what is to come out because of it."""
        if (does := _DOES.get(command.name)) is not None:
            does(self, command)
        marks, self._marks = self._marks, []
        return marks

    def initialise(self, _command: Command) -> None:
        """ESC @: as after switching on; a line not yet ended is lost."""
        self.line.reset()
        self.symbol = Symbol()

    def text(self, command: Command) -> None:
        self._marks += self.line.write(command.data)

    def control(self, command: Command) -> None:
        if command.n == LINE_FEED:
            self._marks.append(self.line.finish())
        elif command.n == TAB:
            self.line.tab()

    def feed(self, dots: int) -> None:
        """End the line and move the paper `dots` from where the line began."""
        if not self.line.empty:
            line = self.line.finish()
            self._marks.append(line)
            dots -= line.height
        if dots > 0:
            self._marks.append(Feed(dots))

    def cut(self, command: Command) -> None:
        """GS V, ESC i, ESC m: the forms with A and B first feed to the blade."""
        how = command.n if command.data else {"ESC i": ord("0"), "ESC m": ord("1")}[command.name]
        self.feed(0)
        if how in CUTS_AFTER_FEED:
            self.feed(CUTTER_MM * DOTS_PER_MM + command.data[1])
        self._marks.append(Cut(full=how in b"\x000Aa"))

    def raster(self, command: Command) -> None:
        """GS v 0."""
        data = command.data
        row_bytes, rows = int.from_bytes(data[2:4], "little"), int.from_bytes(data[4:6], "little")
        if data[:1] == b"0" and row_bytes and rows:
            self.feed(0)
            wide, high = 1 + (data[1] & 1), 1 + (data[1] >> 1 & 1)
            self._marks.append(Raster(row_bytes, rows, data[6:], wide, high, self.line.align))

    def two_dimensional(self, command: Command) -> None:
        """GS ( k with cn 31h: QR codes; other symbols are another machine's."""
        if self.dialect.draws_qr and command.data[2:3] == b"1" and len(command.data) > 3:
            self._qr(command.data[3], command.data[4:])

    def size(self, command: Command) -> None:
        """GS !"""
        self._look(wide=(command.n >> 4 & 7) + 1, high=(command.n & 7) + 1)

    def print_mode(self, command: Command) -> None:
        """ESC !"""
        n = command.n
        self._look(wide=2 if n & 0x20 else 1, high=2 if n & 0x10 else 1)
        self._look(bold=bool(n & 0x08), underline=bool(n & 0x80))

    def chinese_mode(self, command: Command) -> None:
        """FS ! and FS W."""
        n = command.n if command.name == "FS !" else 0x0C * (command.n & 1)
        self.line.chinese_size = (1 + bool(n & 4), 1 + bool(n & 8)) if n & 0x0C else None

    def _qr(self, function: int, data: bytes) -> None:
        symbol = self.symbol
        if function == 67 and data and 1 <= data[0] <= 16:
            self.symbol = replace(symbol, module=data[0])
        elif function == 69 and data:
            self.symbol = replace(symbol, level=data[0])
        elif function == 80:
            self.symbol = replace(symbol, data=data[1:])
        elif function == 81 and symbol.data:
            self.feed(0)
            self._marks.append(QrCode(symbol.data, symbol.level, symbol.module, self.line.align))

    def _look(self, **changes: Any) -> None:
        self.line.style = replace(self.line.style, **changes)


def _set(attribute: str, value: Callable[[Command], object]) -> Callable[[Typesetter, Command], None]:
    return lambda typesetter, command: setattr(typesetter.line, attribute, value(command))


_DOES: Final[dict[str, Callable[[Typesetter, Command], None]]] = {
    TEXT: Typesetter.text,
    CONTROL: Typesetter.control,
    "ESC @": Typesetter.initialise,
    "ESC !": Typesetter.print_mode,
    "ESC a": _set("align", lambda c: {1: CENTRE, 2: RIGHT}.get(c.n & 0x0F, LEFT)),
    "ESC E": lambda t, c: t._look(bold=bool(c.n & 1)),
    "ESC G": lambda t, c: t._look(bold=bool(c.n & 1)),
    "ESC -": lambda t, c: t._look(underline=c.n & 0x0F in (1, 2)),
    "ESC 2": _set("spacing", lambda _: 30),
    "ESC 3": _set("spacing", lambda c: c.n),
    "ESC 9": lambda t, c: t.line.encode_as(c.n) if t.dialect.code_command else None,
    "ESC $": lambda t, c: t.line.move_to(int.from_bytes(c.data, "little")),
    "ESC d": lambda t, c: t.feed(c.n * t.line.spacing),
    "ESC J": lambda t, c: t.feed(c.n),
    "ESC i": Typesetter.cut,
    "ESC m": Typesetter.cut,
    "GS V": Typesetter.cut,
    "GS !": Typesetter.size,
    "GS B": lambda t, c: t._look(inverse=bool(c.n & 1)),
    "GS L": _set("margin", lambda c: int.from_bytes(c.data, "little")),
    "GS ( k": Typesetter.two_dimensional,
    "GS v": Typesetter.raster,
    "FS &": lambda t, _: t.line.speak_chinese(True),
    "FS .": lambda t, _: t.line.speak_chinese(False),
    "FS !": Typesetter.chinese_mode,
    "FS W": Typesetter.chinese_mode,
}
"""What each command does; those for what this machine lacks (buzzer, drawer, code pages) do nothing."""
