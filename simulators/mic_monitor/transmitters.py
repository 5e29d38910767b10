"""Noise transmitters on RS485, and modules that push their level: registers and frames (protocols.md 5.3)."""

from dataclasses import dataclass
from typing import Final

from simulators.mic_monitor.loudness import Loudness

TURNAROUND_S: Final = 0.02
SLOW_S: Final = 1.5
"""Longer than anybody waits for an answer."""
LOWEST_DB, HIGHEST_DB = 30.0, 130.0
"""What such an instrument can show."""
REQUEST_BYTES: Final = 8
MOST_ANSWERS: Final = 16
"""Questions it keeps in mind; it does not hear the next."""
LEVEL: Final = -1
"""Stands in a register map for the level of the moment, in tenths of a dB."""
ADDRESS: Final = -2


@dataclass(frozen=True)
class Dialect:
    """One family of Modbus transmitters."""

    baud: int
    registers: dict[int, int]
    """Register → its value."""
    refresh_s: float = 0.5
    any_address: int | None = None
    """An address that each of them answers to."""


DIALECTS: Final = {
    "renke-zs": Dialect(4800, {0x0000: LEVEL, 0x07D0: ADDRESS, 0x07D1: 1}, any_address=0xFF),
    "rt-zs-bz": Dialect(9600, {0x0000: LEVEL}, refresh_s=1.5),
    "sonbest": Dialect(9600, {0x0000: LEVEL, 0x0064: 7901, 0x0065: 1, 0x0066: ADDRESS}, any_address=0xFA),
    "gemho": Dialect(9600, {0x000E: LEVEL, 0x000F: ADDRESS}, refresh_s=1.0),
}
PUSHERS: Final = {"dy-pushed": 9600}
"""Model → speed, bits per second."""
PUSHER_VERSION: Final = 2


class Transmitter:
    """A Modbus-RTU slave that knows how loud it is. Answers to questions at its own address only."""

    def __init__(self, dialect: Dialect, address: int, loudness: Loudness) -> None:
        self.loudness = loudness
        self.dead = False
        """Its microphone is torn off: it shows nought."""
        self.refuses = False
        """It is of another family, and has no such register."""
        self.slow = False
        self.bad_check = False
        self._dialect = dialect
        self._address = address
        self._pending = bytearray()
        self._answers: list[tuple[float, bytes]] = []
        self._said = bytearray()

    def receive(self, data: bytes, now: float) -> None:
        self._pending += data
        place = 0
        while place + REQUEST_BYTES <= len(self._pending):
            frame = bytes(self._pending[place : place + REQUEST_BYTES])
            if checked(frame[:-2]) != frame:
                place += 1
                continue
            place += REQUEST_BYTES
            if len(self._answers) < MOST_ANSWERS and frame[0] in (self._address, self._dialect.any_address):
                answer = checked(self._answer(frame))
                if self.bad_check:
                    answer = answer[:-1] + bytes([answer[-1] ^ 0xFF])
                self._answers.append((now + (SLOW_S if self.slow else TURNAROUND_S), answer))
        del self._pending[:place]

    def advance(self, now: float) -> None:
        self.loudness.advance(now)
        while self._answers and self._answers[0][0] <= now:
            self._said += self._answers.pop(0)[1]

    def take(self) -> bytes:
        said = bytes(self._said)
        self._said.clear()
        return said

    def due(self) -> float | None:
        return min([self.loudness.due(), *(at for at, _ in self._answers[:1])])

    def _answer(self, frame: bytes) -> bytes:
        address, function = frame[0], frame[1]
        first, count = int.from_bytes(frame[2:4], "big"), int.from_bytes(frame[4:6], "big")
        if function not in (3, 4):
            return bytes((address, function | 0x80, 1))
        registers = range(first, first + count)
        if self.refuses or not count or any(one not in self._dialect.registers for one in registers):
            return bytes((address, function | 0x80, 2))
        data = b"".join(self._value(one).to_bytes(2, "big") for one in registers)
        return bytes((address, function, len(data))) + data

    def _value(self, register: int) -> int:
        match self._dialect.registers[register]:
            case -1:
                return tenths(self.loudness.shown, self.dead)
            case -2:
                return self._address
            case value:
                return value


class Pusher:
    """A module that pushes BB AA frames: its version once, then its level for ever."""

    def __init__(self, loudness: Loudness) -> None:
        self.loudness = loudness
        self.dead = False
        self.bad_check = False
        self._said = bytearray()

    def power_up(self) -> None:
        """It was switched on, or plugged in, which is the same."""
        self._say(0x00, PUSHER_VERSION)

    def receive(self, data: bytes, now: float) -> None:
        """It does not listen."""

    def advance(self, now: float) -> None:
        if self.loudness.advance(now):
            self._say(0x01, tenths(self.loudness.shown, self.dead))

    def take(self) -> bytes:
        said = bytes(self._said)
        self._said.clear()
        return said

    def due(self) -> float | None:
        return self.loudness.due()

    def _say(self, command: int, number: int) -> None:
        frame = b"\xbb\xaa" + bytes([command]) + number.to_bytes(2, "little")
        check = sum(frame) & 0xFF
        self._said += frame + bytes([check ^ 0xFF if self.bad_check else check])


def tenths(level: float, dead: bool) -> int:
    """What an instrument shows, in tenths of a dB."""
    return 0 if dead else round(10 * min(HIGHEST_DB, max(LOWEST_DB, level)))


def checked(body: bytes) -> bytes:
    """The frame with its CRC-16/MODBUS (polynomial A001, start FFFF, low byte first)."""
    crc = 0xFFFF
    for byte in body:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return body + bytes((crc & 0xFF, crc >> 8))
