"""The printer itself: buffer, head, paper, cover and blade (protocols.md 2.1–2.4, 2.7). Time is an argument.

Commands wait in the buffer and are done in order; whatever moves paper takes the time the head needs, and
nothing behind it is done before. Real-time status is answered as it arrives, whatever else goes on.
"""

from collections import deque
from collections.abc import Callable
from typing import Final

from simulators.ticket_printer.commands import Command, CommandReader, Watch
from simulators.ticket_printer.dialects import Dialect
from simulators.ticket_printer.paper import DOTS_PER_MM, Cut, Mark, Paper, QrCode
from simulators.ticket_printer.typesetter import Typesetter

BUFFER_BYTES: Final = 256 * 1024
"""What waits for the head; bytes that find it full are lost, and counted."""
LARGEST_ANSWER: Final = 4096
CUT_S: Final = 0.25
"""A guillotine's stroke and back."""
ROLL_MM: Final = 80_000
"""A full roll, ours: 80 m."""
NEAR_END_MM: Final = 3_000
"""Where the near-end sensor sits, ours: 3 m before the end."""
FULL: Final = 0x14
"""The n of DLE EOT that asks for everything (2.5 D)."""
JOB_GAP_S: Final = 2.0
"""Bytes after so long a silence with nothing left to print begin another job, even if none was cut."""

QUERIES: Final = {"GS r", "GS a", "GS I", "GS ( H"}
"""Commands that ask rather than print: they begin no job."""
CLEARED: Final = bytes.fromhex("37 25 00")
"""The answer to DLE DC4 fn 8."""
CUTS: Final = {"GS V", "ESC i", "ESC m"}
"""Commands that end one."""


class Printer:
    """One ticket printer on its mains plug.

    `dots` is the width of its head; `chance` gives numbers from 0 to 1, by which answers are lost.
    """

    def __init__(self, dialect: Dialect, dots: int = 576, chance: Callable[[], float] = lambda: 1.0) -> None:
        self.dialect = dialect
        self.paper = Paper()
        self.mm_per_s = dialect.mm_per_s
        """How fast the head is."""
        self.lost_answers = 0.0
        """The share of answers that never reach the host."""
        self.ticket_waits = False
        """Whether a ticket waits in its mouth to be taken."""
        self.cover_open = False
        self.paper_mm = float(ROLL_MM)
        """What is left on the roll."""
        self.jammed = False
        self.cutter_stuck = False
        self.hot = False
        self.overrun = 0
        """Bytes lost because the buffer was full."""
        self.jobs_begun: deque[float] = deque(maxlen=64)
        """When the first byte of each job arrived; whoever looks takes them out."""
        self.last_qr = ""
        """What the last QR code that was printed says."""
        self._watch = Watch()
        self._reader = CommandReader()
        self._commands: deque[Command] = deque()
        self._waiting_bytes = 0
        self._marks: deque[Mark] = deque()
        self._typesetter = Typesetter(dots, dialect)
        self._chance = chance
        self._free_at = 0.0
        """When the head has done what it is doing."""
        self._was_stopped = False
        self._said = bytearray()
        self._pushed = 0
        self._last_push = b""
        self._job_open = False
        self._last_byte_at = float("-inf")

    def become(self, dialect: Dialect) -> None:
        """Be another model from now on."""
        self.dialect = dialect
        self.mm_per_s = dialect.mm_per_s
        self.ticket_waits = False
        self._pushed = 0
        self._typesetter.become(dialect)

    @property
    def near_end(self) -> bool:
        """Whether little paper is left."""
        return self.paper_mm <= NEAR_END_MM

    @property
    def paper_out(self) -> bool:
        return self.paper_mm <= 0

    @property
    def stopped(self) -> bool:
        """Whether the printer is offline: nothing comes out until somebody has mended it."""
        return self.cover_open or self.paper_out or self.jammed or self.cutter_stuck or self.hot

    @property
    def busy(self) -> bool:
        """Whether something is still to come out."""
        return bool(self._marks or self._commands)

    def receive(self, data: bytes, now: float) -> None:
        """Bytes from the host."""
        if self._job_open and not self.busy and now - self._last_byte_at > JOB_GAP_S:
            self._job_open = False
        self._last_byte_at = now
        if not self.busy:
            self._free_at = max(self._free_at, now)
        done = 0
        for order in self._watch.feed(data):
            self._buffer(data[done : order.end], now)
            self._at_once(order.kind, order.n)
            done = order.end
        self._buffer(data[done:], now)

    def hang_up(self) -> None:
        """The connection ended: what was begun on it will not be finished."""
        self._reader.forget()
        self._job_open = False

    def advance(self, now: float) -> None:
        """Let the head move on until `now`."""
        self._push_status()
        if self.stopped:
            self._was_stopped = True
            return
        if self._was_stopped:
            self._was_stopped = False
            self._free_at = max(self._free_at, now)
        while self._free_at <= now and self.busy and not self.stopped:
            if self._marks:
                self._print(self._marks[0])
            else:
                self._do(self._commands.popleft())
        self._was_stopped = self.stopped
        self._push_status()

    def take(self) -> bytes:
        """Its answers since last asked."""
        said = bytes(self._said)
        self._said.clear()
        return said

    def due(self) -> float | None:
        """When the head is free again."""
        return self._free_at if self.busy and not self.stopped else None

    def _answer(self, data: bytes) -> None:
        if len(self._said) < LARGEST_ANSWER and self._chance() >= self.lost_answers:
            self._said += data

    def _buffer(self, data: bytes, now: float) -> None:
        for command in self._reader.feed(data, now):
            if not command.name.startswith("DLE"):
                self._enqueue(command)

    def _enqueue(self, command: Command) -> None:
        if self._waiting_bytes + command.length > BUFFER_BYTES:
            self.overrun += command.length
            return
        self._waiting_bytes += command.length
        self._commands.append(command)
        if command.name not in QUERIES and not self._job_open:
            self._job_open = True
            self.jobs_begun.append(command.at)
        if command.name in CUTS:
            self._job_open = False

    def _do(self, command: Command) -> None:
        self._waiting_bytes -= command.length
        if command.name in ("GS r", "GS ( H") and not self.dialect.blade:
            self.paper.tear()
        if command.name == "GS r":
            self._tell_paper(command.n)
        elif command.name == "GS a":
            self._ask_to_push(command.n)
        elif command.name == "GS I":
            self._identify(command.n)
        elif command.name == "GS ( H" and self.dialect.process_id:
            self._answer(b"\x37\x22" + command.data[4:8] + b"\x00")
        else:
            marks = self._typesetter.set(command)
            self._marks.extend(mark for mark in marks if self.dialect.blade or not isinstance(mark, Cut))

    def _print(self, mark: Mark) -> None:
        millimetres = mark.height / DOTS_PER_MM
        if millimetres > self.paper_mm:
            self.paper_mm = 0.0
            return
        self.paper_mm -= millimetres
        self._marks.popleft()
        self.paper.put(mark)
        if isinstance(mark, QrCode):
            self.last_qr = mark.data.decode(errors="replace")
        self._free_at += CUT_S if isinstance(mark, Cut) else millimetres / self.mm_per_s
        self.ticket_waits = self.ticket_waits or (self.dialect.presenter and isinstance(mark, Cut))

    def _at_once(self, kind: int, n: int) -> None:
        if kind == 0x04 and 1 <= n <= 4:
            self._answer(bytes([self._real_time_status(n)]))
        elif kind == 0x04 and n == FULL and self.dialect.presenter:
            self._answer(self._full_status())
        elif kind == 0x05 and n == 2 and (self.jammed or self.cutter_stuck):
            self._clear_buffers()
        elif kind == 0x14 and self.dialect.clears_buffers:
            self._clear_buffers()
            self._answer(CLEARED)

    def _real_time_status(self, n: int) -> int:
        """2.1: one byte 0xx1xx10."""
        error = self.jammed or self.cutter_stuck or self.hot
        bits = {
            1: 0x08 * self.stopped,
            2: 0x04 * self.cover_open | 0x20 * self.paper_out | 0x40 * error,
            3: 0x04 * self.jammed | 0x08 * self.cutter_stuck | 0x40 * self.hot,
            4: 0x0C * self._feels_near_end | 0x60 * self.paper_out,
        }
        return 0x12 | bits[n]

    def _full_status(self) -> bytes:
        """2.5 D: 10 0F and four bytes of paper, user, recoverable and unrecoverable errors."""
        paper = 0x01 * self.paper_out | 0x04 * self._feels_near_end | 0x20 * self.ticket_waits
        return bytes([0x10, 0x0F, paper, 0x02 * self.cover_open, 0x01 * self.hot, 0x01 * self.cutter_stuck])

    @property
    def _feels_near_end(self) -> bool:
        return self.near_end and self.dialect.near_end_sensor

    def _push_status(self) -> None:
        """2.3: four bytes whenever something the host asked to be told of has changed."""
        if not self._pushed:
            return
        status = self._pushed_status()
        if status != self._last_push:
            self._last_push = status
            self._answer(status)

    def _pushed_status(self) -> bytes:
        tells_line, tells_error, tells_paper = self._pushed & 2, self._pushed & 4, self._pushed & 8
        first = 0x10 | bool(tells_line) * (0x08 * self.stopped | 0x20 * self.cover_open)
        second = bool(tells_error) * (0x04 * self.jammed | 0x08 * self.cutter_stuck | 0x40 * self.hot)
        third = bool(tells_paper) * (0x03 * self._feels_near_end | 0x0C * self.paper_out)
        return bytes([first, second, third, 0])

    def _ask_to_push(self, what: int) -> None:
        if self.dialect.pushes_status:
            self._pushed = what & 0x0F
            self._last_push = b""

    def _tell_paper(self, what: int) -> None:
        """2.2: paper (1) or drawer (2), once everything before it is out."""
        if what in (1, 0x31):
            self._answer(bytes([0x03 * self._feels_near_end | 0x0C * self.paper_out]))
        elif what in (2, 0x32):
            self._answer(b"\x00")

    def _identify(self, what: int) -> None:
        words = {65: b"1.00", 66: b"HALLKEEPER", 67: self.dialect.name.encode()}
        if (word := words.get(what)) is not None:
            self._answer(b"\x5f" + word + b"\x00")
        elif what in (1, 2, 0x31, 0x32):
            self._answer(b"\x20" if what in (1, 0x31) else b"\x02")

    def _clear_buffers(self) -> None:
        self._commands.clear()
        self._waiting_bytes = 0
        self._marks.clear()
        self._typesetter.line.finish()
        self._reader.forget()
        self._job_open = False
