"""The card itself: what it answers, and what its areas hold (protocols.md 4.2). Time is an argument."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from simulators.led_board.areas import ALL_AREAS, Area, Malformed, read_update
from simulators.led_board.errors import (
    BAD_DATE,
    BAD_GROUP,
    BUSY,
    CHECKSUM,
    FILE_NOT_FOUND,
    FONT_MISSING,
    MEMORY_FULL,
    UNKNOWN_COMMAND,
    Refused,
)
from simulators.led_board.frames import Frame, FrameReader, TooLong, frame
from simulators.led_board.holding import Held, Lit
from simulators.led_board.programs import FileRefused, Flash
from simulators.led_board.schedule import HALF_HOURS, Schedule
from simulators.led_board.text import UnknownFont, set_text

BROADCAST, BROADCAST_WITH_REPLY = 0xFFFF, 0xFFFE
OVER_TCP: Final = 0x8000
"""An address every card on TCP answers to."""

ON, OFF = 1, 2
REFRESH_S: Final = 1.0
"""A dynamic area is not to be written faster than this."""
MOST_SAID: Final = 8192


@dataclass(frozen=True)
class Model:
    """The limits of one family of cards."""

    device_type: int = 0x61
    areas: int = 5
    area_bytes: int = 1024
    buffer_bytes: int = 1024
    has_special_areas: bool = True
    """Whether the status tells of special areas (not on a 5K1)."""


MODELS: Final = {"onbon-6k": Model(), "onbon-5k": Model(0x51, 8, 512, 512, has_special_areas=False)}
"""Models a hall file may name; any other is a 6K."""


class Card:
    """A control card with its board of `width` × `height` pixels."""

    def __init__(
        self, model: Model, address: int, size: tuple[int, int], shows: datetime, now: float
    ) -> None:
        self.address = address
        self.powered = True
        """Whether the card has current."""
        self.busy = False
        """Whether a hand makes it refuse everything for want of time."""
        self.refuses_with: int | None = None
        """The error code with which a hand makes it refuse everything."""
        self.flash = Flash()
        self.schedule = Schedule()
        self.locked: bytes | None = None
        """The program that is played and no other."""
        self.hurried = 0
        """Updates of an area that came faster than the card allows; it took them all the same."""
        self.refusals = 0
        self.shows_begun: deque[float] = deque(maxlen=64)
        """When the first byte of each A3 06 arrived; whoever looks takes them out."""
        self._model = model
        self._size = size
        self._clock, self._clock_set_at = shows, now
        self._reader = FrameReader(model.buffer_bytes)
        self._held: dict[int, Held] = {}
        self._playing: tuple[Held, ...] = ()
        self._over_programs = False
        """The display mode: whether areas hide a program, or stand beside it."""
        self._has_fonts = True
        self._lock_is_kept = False
        self._said = bytearray()
        self._now = now

    def receive(self, data: bytes, now: float) -> None:
        """Bytes from the host."""
        self.advance(now)
        if not self.powered:
            return
        for arrived in self._reader.feed(data, now):
            if arrived.destination in (self.address, OVER_TCP, BROADCAST, BROADCAST_WITH_REPLY):
                self._answer(arrived)

    def hang_up(self) -> None:
        """The connection ended: what was begun on it will not be finished."""
        self._reader.forget()

    def cut_power(self) -> None:
        """The current fails: areas are lost, programs and timetables are kept."""
        self.powered = False
        self._held.clear()
        self._said.clear()
        self._reader.forget()
        if not self._lock_is_kept:
            self.locked = None

    def restore_power(self, now: float) -> None:
        """The current returns; the clock has gone on, its battery lasts."""
        self.powered = True
        self._now = now
        self._play()

    @property
    def brightness(self) -> int:
        """0–15, as the timetable or the last command has it."""
        return self.schedule.level(self._time())

    @property
    def lit_up(self) -> bool:
        """Whether the board is switched on (A3 00, A3 01)."""
        return self.powered and self.schedule.on(self._time())

    @lit_up.setter
    def lit_up(self, on: bool) -> None:
        self.schedule.on(self._time())
        self.schedule.forced_on = on

    def advance(self, now: float) -> None:
        """Let time pass: what nobody has renewed in time takes itself down."""
        self._now = now
        for number in [number for number, held in self._held.items() if held.is_stale(now)]:
            del self._held[number]

    def take(self) -> bytes:
        """Its answers since last asked."""
        said = bytes(self._said)
        self._said.clear()
        return said

    def due(self) -> float | None:
        """When something on the board changes by itself."""
        moments = [held.due(self._now) for held in self._on_show()]
        if self.schedule.levels is not None or self.schedule.intervals:
            past = self._time()
            moments.append(self._now + 60 - past.second - past.microsecond / 1e6)
        return min((moment for moment in moments if moment is not None), default=None)

    def shown(self) -> tuple[Lit, ...]:
        """What is lit on the board now."""
        return tuple(held.lit(self._now) for held in self._on_show()) if self.lit_up else ()

    def _on_show(self) -> tuple[Held, ...]:
        areas = tuple(self._held.values())
        return areas if areas and self._over_programs else (*self._playing, *areas)

    def texts(self) -> dict[str, str]:
        """What each area says, by its number."""
        return {str(number): self._held[number].pages.text for number in sorted(self._held)}

    def plays(self) -> str:
        """What the program says that is played, its areas one after the other."""
        return " ".join(held.pages.text for held in self._playing)

    def _answer(self, arrived: Frame | TooLong) -> None:
        try:
            data = self._reply(arrived)
        except Refused as refused:
            self.refusals += 1
            data = bytes([0xA0, 0x01, refused.error, 0, 0])
        silent = isinstance(arrived, Frame) and arrived.sound and arrived.data[2:3] != b"\x01"
        if arrived.destination == BROADCAST or silent or len(self._said) > MOST_SAID:
            return
        to_all = arrived.destination == BROADCAST_WITH_REPLY
        self._said += frame(arrived.source, BROADCAST_WITH_REPLY if to_all else self.address, data)

    def _reply(self, arrived: Frame | TooLong) -> bytes:
        if isinstance(arrived, TooLong):
            raise Refused(MEMORY_FULL)
        if not arrived.sound or len(arrived.data) < 5:
            raise Refused(CHECKSUM)
        group, command, mode, payload = arrived.data[0], arrived.data[1], arrived.data[3], arrived.data[5:]
        if (group, command) == (0xA3, 0x06):
            self.shows_begun.append(arrived.began)
        if self.refuses_with is not None:
            raise Refused(self.refuses_with)
        if self.busy:
            raise Refused(BUSY)
        if (group, command) == (0xA3, 0x06):
            self._update(mode, payload)
            self._over_programs = arrived.display_mode == 1
            return ACK
        if (group, command) == (0xA1, 0x06):
            return self._write_file(payload)
        if group not in (0xA1, 0xA2, 0xA3, 0xA4):
            raise Refused(BAD_GROUP)
        does = _DOES.get((group, command))
        if does is None:
            raise Refused(UNKNOWN_COMMAND)
        try:
            told = does(self, payload)
        except IndexError:
            raise Refused(UNKNOWN_COMMAND) from None
        except FileRefused as refused:
            raise Refused(refused.error) from None
        return ACK if told is None else bytes([group, command, 0, 0, 0]) + told

    def _update(self, mode: int, payload: bytes) -> None:
        """A3 06: nothing of it is done unless all of it can be."""
        try:
            update = read_update(mode, payload)
            areas = {area.id: Held(area, set_text(area), self._now) for area in update.areas}
        except Malformed:
            raise Refused(UNKNOWN_COMMAND) from None
        except UnknownFont:
            raise Refused(FONT_MISSING) from None
        if areas and not self._has_fonts:
            raise Refused(FONT_MISSING)
        cleared = update.clear_first or ALL_AREAS in update.delete
        kept = {} if cleared else {n: held for n, held in self._held.items() if n not in update.delete}
        if len(kept | areas) > self._model.areas:
            raise Refused(MEMORY_FULL)
        if any(len(area.text) > self._model.area_bytes for area in update.areas):
            raise Refused(MEMORY_FULL)
        self.hurried += sum(self._is_fresh(area) for area in update.areas)
        self._held = kept | areas

    def _is_fresh(self, area: Area) -> bool:
        held = self._held.get(area.id)
        return held is not None and self._now - held.since < REFRESH_S

    def _clear(self, _payload: bytes) -> None:
        self._held.clear()

    def _switch(self, payload: bytes) -> None:
        self.lit_up = payload[0] == ON

    def _keep_hours(self, payload: bytes) -> None:
        """A3 01: at most three intervals of a day."""
        count = payload[0]
        if not 1 <= count <= 3 or len(payload) < 1 + 4 * count:
            raise Refused(UNKNOWN_COMMAND)
        try:
            times = [time(_bcd(payload[at]), _bcd(payload[at + 1])) for at in range(1, 1 + 4 * count, 2)]
        except ValueError:
            raise Refused(BAD_DATE) from None
        intervals = tuple(zip(times[::2], times[1::2], strict=True))
        if any(opens >= closes for opens, closes in intervals):
            raise Refused(BAD_DATE)
        self.schedule.keep_hours(intervals)

    def _forget_hours(self, _payload: bytes) -> None:
        self.schedule.keep_hours(())

    def _dim(self, payload: bytes) -> None:
        """One level, or one for each half hour."""
        if payload[0] == 1:
            self.schedule.forced_level, self.schedule.levels = min(15, payload[1]), None
        elif len(payload) < 2 + HALF_HOURS:
            raise Refused(UNKNOWN_COMMAND)
        else:
            self.schedule.levels = tuple(payload[2 : 2 + HALF_HOURS])

    def _start_file(self, payload: bytes) -> None:
        self.flash.start(payload[0] == 1, payload[1:5], int.from_bytes(payload[5:9], "little"))

    def _write_file(self, payload: bytes) -> bytes:
        """A1 06: answered with the error and the address of the next block."""
        error, name = 0, payload[:4]
        try:
            number, size, address = (
                int.from_bytes(payload[a:b], "little") for a, b in ((5, 7), (7, 9), (9, 13))
            )
            if len(payload) != 13 + size:
                raise Refused(UNKNOWN_COMMAND)
            address = self.flash.write(name, payload[4] == 1, number, address, payload[13:])
        except FileRefused as refused:
            self.refusals += 1
            error, address = refused.error, refused.address
        self._play()
        return bytes([0xA1, 0x06, error, 0, 0]) + address.to_bytes(4, "little")

    def _delete_files(self, payload: bytes) -> None:
        count = payload[0] | payload[1] << 8
        self.flash.delete([payload[at : at + 4] for at in range(2, 2 + 4 * count, 4)])
        self._play()

    def _erase(self, _payload: bytes) -> None:
        """A1 00 and A2 01: the fonts go too, as people have found out."""
        self.flash.delete([])
        self._held.clear()
        self._has_fonts = False
        self._play()

    def _play(self) -> None:
        """Take up the program that is locked, or the first there is."""
        names = [self.locked] if self.locked in self.flash.programs else sorted(self.flash.programs)
        program = self.flash.programs[names[0]] if names and names[0] is not None else None
        self._playing = ()
        if program is not None and self._has_fonts:
            self._playing = tuple(Held(area, set_text(area), self._now) for area in program.areas)

    def _set_clock(self, payload: bytes) -> None:
        year_low, year_high, month, day, hour, minute, second = (_bcd(byte) for byte in payload[:7])
        try:
            self._clock = datetime(
                year_high * 100 + year_low, month, day, hour, minute, second, tzinfo=self._clock.tzinfo
            )
        except ValueError:
            raise Refused(BAD_DATE) from None
        self._clock_set_at = self._now

    def _set_id(self, payload: bytes) -> None:
        self.address = payload[0] | payload[1] << 8

    def _tell_id(self, _payload: bytes) -> bytes:
        return self.address.to_bytes(2, "little")

    def _lock(self, payload: bytes) -> None:
        kept, locks, name = payload[0] == 1, payload[1] == 1, payload[2:6]
        if locks and name not in self.flash.programs:
            raise Refused(FILE_NOT_FOUND)
        self.locked = name if locks else None
        self._lock_is_kept = kept
        self._play()

    def _tell_parameters(self, _payload: bytes) -> bytes:
        width, height = self._size
        sizes = width.to_bytes(2, "little") + height.to_bytes(2, "little")
        scan = bytes([2, 0, 0, 0, 0, 0, 0, 0x10, 0, 0])
        return self._tell_id(b"") + bytes([self._model.device_type, 2]) + sizes + scan + bytes(7)

    def _tell_status(self, _payload: bytes) -> bytes:
        now = self._time()
        year_high, year_low = divmod(now.year, 100)
        parts = (year_high, year_low, now.month, now.day, now.isoweekday())
        clock = bytes(_to_bcd(part) for part in (*parts, now.hour, now.minute, now.second))
        special = bytes(2) if self._model.has_special_areas else b""
        areas = bytes([len(self._held), *sorted(self._held)])
        return (
            bytes([ON if self.lit_up else OFF, self.brightness])
            + clock
            + bytes([len(self.flash.programs)])
            + (min(self.flash.programs, default=bytes(4)) if self.locked is None else self.locked)
            + special
            + areas
            + bytes(28)
        )

    def _time(self) -> datetime:
        return self._clock + timedelta(seconds=self._now - self._clock_set_at)


ACK: Final = bytes([0xA0, 0, 0, 0, 0])

_DOES: Final[dict[tuple[int, int], Callable[[Card, bytes], bytes | None]]] = {
    (0xA1, 0x00): Card._erase,
    (0xA1, 0x01): Card._delete_files,
    (0xA1, 0x02): Card._tell_status,
    (0xA1, 0x05): Card._start_file,
    (0xA1, 0x07): lambda _card, _payload: None,
    (0xA1, 0x08): lambda _card, _payload: None,
    (0xA2, 0x00): lambda _card, _payload: None,
    (0xA2, 0x01): Card._erase,
    (0xA2, 0x03): Card._set_clock,
    (0xA2, 0x06): Card._set_id,
    (0xA2, 0x07): Card._tell_id,
    (0xA2, 0x0A): Card._tell_parameters,
    (0xA3, 0x00): Card._switch,
    (0xA3, 0x01): Card._keep_hours,
    (0xA3, 0x02): Card._dim,
    (0xA3, 0x04): Card._lock,
    (0xA3, 0x08): Card._forget_hours,
    (0xA3, 0x10): Card._clear,
}
"""Commands beside A3 06 and A1 06. Network settings are not part of this card (NACK 2)."""


def _bcd(byte: int) -> int:
    return (byte >> 4) * 10 + (byte & 0x0F)


def _to_bcd(value: int) -> int:
    return value // 10 << 4 | value % 10
