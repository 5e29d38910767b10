"""What can happen to bytes on their way: lost, late, one by one, turned into noise. Time is an argument."""

from collections import deque
from dataclasses import dataclass
from random import Random
from typing import Final

BYTE_GAP_S: Final = 0.001
"""Between bytes that come one by one: what 9600 baud would take, so that nothing joins them again."""
MOST_ON_THE_WAY: Final = 1 << 20
"""Bytes that a slow line holds; further ones are lost."""


@dataclass
class Faults:
    """How one line is disturbed, both ways."""

    loss: float = 0.0
    """Per cent of the bytes that never arrive."""
    delay_ms: float = 0.0
    one_byte: bool = False
    garbage: bool = False
    """Noise arrives at the host in place of what the device said."""


class Way:
    """One direction of a line: what was put in comes out in order, disturbed and when it is due."""

    def __init__(self, faults: Faults, chance: Random) -> None:
        self.lost = 0
        """Bytes that a fault has swallowed."""
        self._faults = faults
        self._chance = chance
        self._under_way: deque[tuple[float, bytes]] = deque()
        self._size = 0

    def put(self, data: bytes, now: float, *, gap_s: float = 0.0) -> None:
        """Send `data`; where bytes come one by one, `gap_s` lies between them."""
        arriving = self._left_of(data)[: MOST_ON_THE_WAY - self._size]
        self.lost += len(data) - len(arriving)
        at = now + self._faults.delay_ms / 1000
        if self._under_way:
            at = max(at, self._under_way[-1][0])
        if not self._faults.one_byte:
            self._send(at, arriving)
            return
        for index in range(len(arriving)):
            self._send(at + index * gap_s, arriving[index : index + 1])

    def take(self, now: float) -> list[bytes]:
        """What has arrived by `now`, in the pieces it came in."""
        pieces = []
        while self._under_way and self._under_way[0][0] <= now:
            pieces.append(self._under_way.popleft()[1])
        self._size -= sum(map(len, pieces))
        return pieces

    def due(self) -> float | None:
        """When the next piece arrives."""
        return self._under_way[0][0] if self._under_way else None

    def clear(self) -> None:
        """The line was cut: what was under way is gone."""
        self._under_way.clear()
        self._size = 0

    def _send(self, at: float, piece: bytes) -> None:
        if piece:
            self._under_way.append((at, piece))
            self._size += len(piece)

    def _left_of(self, data: bytes) -> bytes:
        if not self._faults.loss:
            return data
        share = self._faults.loss / 100
        return bytes(byte for byte in data if self._chance.random() >= share)
