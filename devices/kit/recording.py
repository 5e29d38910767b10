"""A WAV recording that is played to a driver as if it were heard now. It is read, and nothing is written."""

import asyncio
import wave
from typing import Final

from devices.kit.errors import LinkLost, LinkMissing, Misconfigured
from devices.kit.link import Link

BLOCKS_A_SECOND: Final = 8
"""A sound card hands its sound over in blocks of about this length too."""

SAMPLE_BYTES: Final = 2


class RecordingLink(Link):
    """Gives the samples of the first channel in real time; when they are over it is silent."""

    def __init__(self, file: wave.Wave_read, loop: bool) -> None:
        super().__init__()
        self.rate = file.getframerate()
        """Samples a second."""
        self._file = file
        self._loops = loop
        self._due = asyncio.get_running_loop().time()
        self._left = b""

    @classmethod
    def start(cls, path: str, loop: bool) -> "RecordingLink":
        """Begin to play; raises `LinkMissing` when it is not there, `Misconfigured` for another format."""
        try:
            file = wave.open(path, "rb")  # noqa: SIM115  # open as long as the link is
        except FileNotFoundError:
            raise LinkMissing(f"{path} is not there; correct the link in the hall file") from None
        except OSError as error:
            raise LinkMissing(
                f"{path} can't be read ({error.strerror}); check its permissions", code="link_denied"
            ) from None
        except (wave.Error, EOFError) as error:
            raise Misconfigured(f"{path} is no plain WAV recording ({error}); convert it") from None
        if file.getsampwidth() != SAMPLE_BYTES or not file.getnframes():
            file.close()
            raise Misconfigured(f"{path} does not hold 16-bit samples; convert it to 16 bits")
        return cls(file, loop)

    async def read(self, most: int = 4096) -> bytes:
        if not self._left:
            self._left = await self._next_block()
        data, self._left = self._left[:most], self._left[most:]
        self.received += len(data)
        return data

    async def write(self, data: bytes) -> None:  # noqa: ARG002 - the same for any data
        raise LinkLost("a recording is listened to; nothing can be written to it")

    async def close(self) -> None:
        self._file.close()

    async def _next_block(self) -> bytes:
        loop = asyncio.get_running_loop()
        frames = self._file.readframes(self.rate // BLOCKS_A_SECOND)
        if not frames and self._loops:
            self._file.rewind()
            frames = self._file.readframes(self.rate // BLOCKS_A_SECOND)
        if not frames:
            await loop.create_future()
        size = SAMPLE_BYTES * self._file.getnchannels()
        self._due += len(frames) / size / self.rate
        await asyncio.sleep(max(0.0, self._due - loop.time()))
        return b"".join(frames[at : at + SAMPLE_BYTES] for at in range(0, len(frames), size))
