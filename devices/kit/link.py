"""A link carries bytes to one device and back. What it runs over is written in the hall file as a URL."""

import asyncio
from abc import ABC, abstractmethod
from typing import Final, Protocol, runtime_checkable

MOST_THROWN: Final = 1 << 20
"""Bytes of old input cleared away at once."""


class Link(ABC):
    """An open connection. Reads and writes raise `LinkLost` once it is gone; nothing else."""

    def __init__(self) -> None:
        self.sent = 0
        """Bytes written since it was opened."""
        self.received = 0
        """Bytes read since it was opened."""

    @abstractmethod
    async def read(self, most: int = 4096) -> bytes:
        """Wait for bytes and return at least one, `most` at the most."""

    @abstractmethod
    async def write(self, data: bytes) -> None:
        """Send all of `data`; returns when the system has taken it."""

    @abstractmethod
    async def close(self) -> None:
        """Let go of the port; may be called twice."""

    async def drain_input(self, quiet_s: float = 0.0) -> bytes:
        """Throw away what has arrived, until nothing came for `quiet_s` real seconds; returns it for logs."""
        thrown = bytearray()
        while len(thrown) < MOST_THROWN:
            try:
                async with asyncio.timeout(quiet_s):
                    thrown += await self.read()
            except TimeoutError:
                break
        return bytes(thrown)


@runtime_checkable
class Tunable(Protocol):
    """A link whose speed can be changed."""

    async def set_speed(self, baud: int) -> None:
        """Speak at `baud` bits a second once it returns; raises `Misconfigured` and `LinkLost`."""
        ...
