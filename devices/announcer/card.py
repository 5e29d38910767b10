"""A loudspeaker on a sound card, through PortAudio: opened for each announcement, so that a card that was
unplugged is missed, and one plugged in again is found, with the next call."""

import asyncio
import threading
from contextlib import suppress
from typing import Any, Final

from devices.announcer.sink import Sink
from devices.announcer.sound import RATE, seconds_of
from devices.kit.errors import LinkLost
from devices.kit.soundcard import close_stream, open_stream

GRACE_S: Final = 3.0
"""What a card may take beyond the length of the sound before it counts as gone, real seconds."""


class CardSink(Sink):
    """Plays through the card whose name holds `card`. PortAudio's thread takes samples as it needs them."""

    def __init__(self, card: str) -> None:
        super().__init__()
        self._card = card
        self._stream: Any = None
        self._lock = threading.Lock()
        self._waiting = bytearray()
        self._written = 0
        self._ending = False
        self._over = asyncio.Event()

    async def find(self) -> None:
        """Open the card and let go of it; raises `LinkMissing` when it isn't there."""
        await self._begin()
        await self.abandon()

    async def write(self, data: bytes) -> None:
        if self._stream is None:
            await self._begin()
        with self._lock:
            self._waiting += data
        self._written += len(data)
        self.sent += len(data)

    async def end(self) -> None:
        with self._lock:
            self._ending = True

    async def sounded(self) -> None:
        try:
            async with asyncio.timeout(seconds_of(self._written) + GRACE_S):
                await self._over.wait()
        except TimeoutError:
            raise self._lost() from None
        finally:
            whole = not self._waiting
            await self.abandon()
        if not whole:
            raise self._lost()

    async def abandon(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            await asyncio.to_thread(close_stream, stream)
        self._waiting.clear()

    async def close(self) -> None:
        await self.abandon()

    async def _begin(self) -> None:
        self._written, self._ending = 0, False
        self._over = over = asyncio.Event()
        loop = asyncio.get_running_loop()

        def finished() -> None:
            with suppress(RuntimeError):  # the loop has ended before the card did
                loop.call_soon_threadsafe(over.set)

        self._stream = await asyncio.to_thread(
            open_stream,
            "out",
            self._card,
            samplerate=RATE,
            callback=self._give,
            finished_callback=finished,
        )

    def _give(self, out: Any, *_: Any) -> None:
        """Fill `out` with the next samples; on PortAudio's thread."""
        with self._lock:
            data = bytes(self._waiting[: len(out)])
            del self._waiting[: len(data)]
            over = self._ending and not data
        out[:] = data.ljust(len(out), b"\0")
        if over:
            import sounddevice

            raise sounddevice.CallbackStop

    def _lost(self) -> LinkLost:
        return LinkLost(f"the sound card {self._card!r} stopped in the middle of an announcement; check it")
