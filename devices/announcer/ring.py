"""The last announcements as WAV files, numbered; of announcements only, never of microphones."""

import asyncio
import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from broker.clock import Clock
from devices.announcer.sink import Sink
from devices.announcer.sound import seconds_of, to_wav
from devices.kit.errors import DeviceError

KEPT: Final = 50


class Ring:
    """A folder with the newest `kept` announcements: 000001.wav, 000002.wav, … The console plays them."""

    def __init__(self, folder: Path, kept: int = KEPT) -> None:
        self.folder = folder
        self._kept = kept

    def add(self, samples: bytes) -> Path:
        """Write one announcement whole, under the next number, and remove the oldest. It blocks."""
        self.folder.mkdir(parents=True, exist_ok=True)
        part = self.folder / f"{id(self):x}.part"
        part.write_bytes(to_wav(samples))
        numbers = self._numbers()
        number = numbers[-1] if numbers else 0
        while True:
            number += 1
            path = self._path(number)
            try:
                os.link(part, path)  # unlike a rename it does not take a number that another announcer took
                break
            except FileExistsError:
                continue
        part.unlink()
        for old in [*numbers, number][: -self._kept]:
            with suppress(FileNotFoundError):
                self._path(old).unlink()
        return path

    def _numbers(self) -> list[int]:
        return sorted(int(file.stem) for file in self.folder.glob("*.wav") if file.stem.isdecimal())

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:06d}.wav"


class RingSink(Sink):
    """Writes each announcement to a file and lets as much hall time pass as it would take to say it."""

    def __init__(self, ring: Ring, clock: Clock, pace: bool = True) -> None:
        super().__init__()
        self._ring = ring
        self._clock = clock
        self._pace = pace
        self._parts: list[bytes] = []
        self._began = 0.0

    async def write(self, data: bytes) -> None:
        if not self._parts:
            self._began = self._clock.monotonic()
        self._parts.append(data)
        self.sent += len(data)

    async def end(self) -> None:
        try:
            await asyncio.to_thread(self._ring.add, b"".join(self._parts))
        except OSError as error:
            raise DeviceError(
                f"{self._ring.folder} can't be written ({error.strerror}); make room or mend its permissions"
            ) from None

    async def sounded(self) -> None:
        length_s = seconds_of(sum(map(len, self._parts)))
        self._parts.clear()
        if self._pace:
            over = self._began + length_s / self._clock.speed
            await asyncio.sleep(max(0.0, over - self._clock.monotonic()))

    async def abandon(self) -> None:
        self._parts.clear()

    async def close(self) -> None:
        self._parts.clear()
