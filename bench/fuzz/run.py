"""Feeding one codec, and counting what it does: exceptions, bytes it holds, good frames it finds again."""

import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from bench.fuzz.codecs import Codec
from bench.fuzz.garbage import garbage, pieces

MOST_FAULTS: Final = 5
"""Exceptions told in full; the rest is counted."""
LOOKS_EVERY: Final = 16
"""Pieces between two looks at what a codec holds."""
DEPTH: Final = 3


@dataclass
class Tally:
    """What one codec did."""

    bytes: int = 0
    exceptions: int = 0
    planted: int = 0
    resynced: int = 0
    at_once: int = 0
    """Good frames found as soon as they came, of those planted."""
    peak_buffer: int = 0
    took_s: float = 0.0
    faults: list[str] = field(default_factory=list)

    def figures(self) -> dict[str, Any]:
        """As bench.md names them."""
        rate = self.bytes / self.took_s / 1e6 if self.took_s else 0.0
        return {**vars(self), "took_s": round(self.took_s, 2), "mb_per_s": round(rate, 2)}


def fuzz(codec: Codec, size: int, seed: int, told: Callable[[int], None] = lambda _: None) -> Tally:
    """Feed `codec` at least `size` bytes of garbage with good frames in it; `told` hears how many so far."""
    return _Run(codec, Random(f"{seed}/{codec.name}")).go(size, told)


class _Run:
    def __init__(self, codec: Codec, chance: Random) -> None:
        self.tally = Tally()
        self._codec = codec
        self._chance = chance
        self._samples = [codec.planted, *codec.samples]
        self._wanted = self._recognition()
        self._feed, self._holder = codec.open()
        self._fed = 0

    def go(self, size: int, told: Callable[[int], None]) -> Tally:
        began = time.perf_counter()
        while self.tally.bytes < size:
            for part in self._as_they_come(garbage(self._chance, self._samples, self._codec.every)):
                self._put(part)
            self._plant()
            told(self.tally.bytes)
        self.tally.took_s = time.perf_counter() - began
        return self.tally

    def _plant(self) -> None:
        """A good frame, and more of them until one is found."""
        self.tally.planted += 1
        sent = 0
        while sent <= self._codec.patience:
            found = False
            for piece in self._as_they_come([self._codec.planted]):
                found |= any(self._wanted(said) for said in self._put(piece))
            if found:
                self.tally.resynced += 1
                self.tally.at_once += sent == 0
                return
            sent += len(self._codec.planted)

    def _put(self, piece: bytes) -> list[object]:
        self.tally.bytes += len(piece)
        self._fed += 1
        try:
            return list(self._feed(piece))
        except Exception as error:
            self.tally.exceptions += 1
            if len(self.tally.faults) < MOST_FAULTS:
                where = f"after {self.tally.bytes} bytes, at {piece[:32].hex(' ')}"
                self.tally.faults.append(f"{type(error).__name__}: {error} {where}")
            self._feed, self._holder = self._codec.open()
            return []
        finally:
            if self._fed % LOOKS_EVERY == 0:
                self.tally.peak_buffer = max(self.tally.peak_buffer, held(self._holder))

    def _as_they_come(self, parts: Iterable[bytes]) -> Iterable[bytes]:
        """Datagrams as they are; a stream cut anywhere."""
        return parts if self._codec.datagrams else pieces(self._chance, b"".join(parts))

    def _recognition(self) -> Callable[[object], bool]:
        """What tells the planted frame: what a fresh codec says of it, and of nothing before it."""
        if self._codec.recognise is not None:
            return self._codec.recognise
        feed, _ = self._codec.open()
        expected: object = None
        for _ in range(1000):
            if said := list(feed(self._codec.planted)):
                expected = said[-1]
                break
        assert expected is not None, f"{self._codec.name} does not know its own good frame"
        if isinstance(expected, bytes):
            wanted = expected
            return lambda said: isinstance(said, bytes) and wanted in said
        return lambda said: said == expected


def held(thing: object, depth: int = DEPTH) -> int:
    """Bytes that an object of ours keeps: its own buffers, those in its lists, those of its parts."""
    if isinstance(thing, bytes | bytearray | str):
        return len(thing)
    if depth == 0 or thing is None:
        return 0
    if isinstance(thing, list | tuple | deque):
        return sum(held(one, depth - 1) for one in thing)
    if type(thing).__module__.partition(".")[0] in ("broker", "devices", "simulators"):
        return sum(held(part, depth - 1) for part in getattr(thing, "__dict__", {}).values())
    return 0
