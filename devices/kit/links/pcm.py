"""Sound as it comes: signed 16-bit little-endian samples, one channel. Nothing here keeps any of it.

``pcm:/path/to/stream?rate=48000`` reads a FIFO that some program writes (``arecord -t raw -f S16_LE -c 1``, a
simulator). ``pcm:device=NAME?rate=48000`` captures from the sound card whose name holds NAME, as
``python -m sounddevice`` lists it; ``pcm:device=default`` is the system's own choice. Microphones that are
channels of one card each need a program that writes a FIFO.

``pcm:/path/to/recording.wav`` plays a recording as if it were heard now, ``?loop=1`` for ever; what was heard
once can be heard again, and a technician sees what the hall would have made of it.
"""

import asyncio
import fcntl
import os
import stat
from contextlib import suppress
from typing import Any, Final

from devices.kit.errors import LinkLost, LinkMissing, Misconfigured
from devices.kit.link import Link
from devices.kit.links.descriptor import DescriptorLink
from devices.kit.recording import RecordingLink
from devices.kit.soundcard import close_stream, open_stream
from hallfile.links import BadLink, LinkUrl

DEFAULT_RATE: Final = 48_000
RATES: Final = range(8_000, 192_001)
"""Samples a second that a pickup may have."""

FIFO_BYTES: Final = 1 << 18
"""What the system may hold for us, so that a reader can rest between blocks and a burst is not lost. It is
2.7 s at 48 kHz: a machine that is late tells of what is, not of ten seconds ago."""

CARD_KEEPS_S: Final = 4
"""Seconds of captured sound that wait for a reader that lags; older sound is dropped."""

CARD_SILENT_S: Final = 3.0
"""A card that brings nothing for so long is gone: of one that was pulled out PortAudio tells nobody on ALSA.
A block is an eighth of a second."""

WRITER_LOOK_S: Final = 0.25
"""How often, while no writer has come, it is looked whether the name still leads to the FIFO that is open: a
writer that starts anew may make another one, and then nobody ever comes to the old. Real seconds."""

CARD: Final = "device="


def rate_of(url: LinkUrl) -> int:
    """Samples a second of a pcm link; raises `Misconfigured`."""
    try:
        rate = url.number("rate", DEFAULT_RATE)
    except BadLink as error:
        raise Misconfigured(f"{error}; correct it in the hall file") from None
    if rate not in RATES:
        raise Misconfigured(f"rate={rate} in {url} is not from {RATES[0]} to {RATES[-1]}; correct it")
    return rate


async def open(url: LinkUrl) -> Link:  # noqa: A001 - the name every scheme's module has
    """Open the stream; raises `LinkMissing` when nothing is there, `Misconfigured` when it is no stream."""
    rate = rate_of(url)
    if url.path.startswith(CARD):
        return await CardLink.start(url.path.removeprefix(CARD), rate)
    if url.path.lower().endswith(".wav"):
        return RecordingLink.start(url.path, loop=url.options.get("loop") == "1")
    return FifoLink(_open_fifo(url.path), url.path, rate)


def _open_fifo(path: str) -> int:
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise LinkMissing(
            f"{path} is not there; start what writes the sound or correct the link in the hall file"
        ) from None
    except OSError as error:
        raise LinkMissing(
            f"{path} can't be opened ({error.strerror}); check its permissions", code="link_denied"
        ) from None
    if not stat.S_ISFIFO(os.fstat(fd).st_mode):
        os.close(fd)
        raise Misconfigured(f"{path} is not a FIFO; make one with mkfifo and write the sound into it")
    with suppress(OSError):
        fcntl.fcntl(fd, fcntl.F_SETPIPE_SZ, FIFO_BYTES)
    return fd


class FifoLink(DescriptorLink):
    """The reading end of a FIFO. Until the first writer comes it waits; it is lost when the writer goes, or
    when the FIFO itself goes before one has come."""

    def __init__(self, fd: int, name: str, rate: int) -> None:
        super().__init__(fd, name)
        self.rate = rate
        """Samples a second."""
        self._met_writer = False

    async def read(self, most: int = 4096) -> bytes:
        while not self._met_writer:
            # without a writer read(2) says "end of file" at once, but the system wakes nobody for it
            loop = asyncio.get_running_loop()
            with suppress(TimeoutError):
                async with asyncio.timeout(WRITER_LOOK_S):
                    await self._until(loop.add_reader, loop.remove_reader)
                    self._met_writer = True
            if not self._met_writer and not self._is_where_it_was():
                raise self._lost("another one stands in its place, or none")
        return await super().read(most)

    def _is_where_it_was(self) -> bool:
        try:
            ours, there = os.fstat(self._fd), os.stat(self.name)
        except OSError:
            return False
        return (there.st_dev, there.st_ino) == (ours.st_dev, ours.st_ino)


class CardLink(Link):
    """Capture from a sound card through PortAudio, whose own thread hands each block to the loop."""

    def __init__(self, name: str, rate: int) -> None:
        super().__init__()
        self.rate = rate
        """Samples a second."""
        self._name = name
        self._most = 2 * rate * CARD_KEEPS_S
        self._waiting = bytearray()
        self._stream: Any = None
        self._news = asyncio.Event()
        self._gone = False

    @classmethod
    async def start(cls, name: str, rate: int) -> "CardLink":
        """Begin capturing; raises `LinkMissing`."""
        link = cls(name, rate)
        loop = asyncio.get_running_loop()

        def on_the_loop(call: Any, *arguments: Any) -> None:
            with suppress(RuntimeError):  # the loop has ended before the card did
                loop.call_soon_threadsafe(call, *arguments)

        link._stream = await asyncio.to_thread(
            open_stream,
            "in",
            name,
            samplerate=rate,
            blocksize=rate // 8,
            callback=lambda block, *_: on_the_loop(link._heard, bytes(block)),
            finished_callback=lambda: on_the_loop(link._ended),
        )
        return link

    async def read(self, most: int = 4096) -> bytes:
        while not self._waiting:
            if self._gone:
                raise LinkLost(f"the sound card {self._name!r} is gone; plug it in again")
            self._news.clear()
            try:
                async with asyncio.timeout(CARD_SILENT_S):
                    await self._news.wait()
            except TimeoutError:
                self._ended()
        data = bytes(self._waiting[:most])
        del self._waiting[:most]
        self.received += len(data)
        return data

    async def write(self, data: bytes) -> None:  # noqa: ARG002 - the same for any data
        raise LinkLost(f"the sound card {self._name!r} was opened to listen; nothing can be written to it")

    async def close(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            await asyncio.to_thread(close_stream, stream)

    def _heard(self, block: bytes) -> None:
        self._waiting += block
        del self._waiting[: -self._most]
        self._news.set()

    def _ended(self) -> None:
        self._gone = True
        self._news.set()
