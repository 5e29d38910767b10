"""Sound as this room handles it: one channel of 16-bit samples at one rate."""

import io
import wave
from typing import Final

import numpy as np
from numpy.typing import NDArray

RATE: Final = 22_050
"""Samples a second; espeak-ng's own."""

PEAK: Final = 0.9
"""What the loudest sample is brought to, of full scale; an announcer's gain_db is on top of it."""

LOUDEST: Final = 0.98
"""No gain takes a sample beyond it: nothing is ever clipped."""

Samples = NDArray[np.int16]


class NoSound(ValueError):
    """The bytes are no WAV file of ours; the message says why."""


def pause(seconds: float) -> Samples:
    """Silence."""
    return np.zeros(round(seconds * RATE), dtype=np.int16)


def seconds_of(size: int) -> float:
    """How long `size` bytes of samples sound."""
    return size / 2 / RATE


def levelled(samples: Samples, gain_db: float = 0.0) -> Samples:
    """The same sound with its highest peak at `PEAK` and `gain_db`, at most at `LOUDEST`."""
    highest = float(np.abs(samples.astype(np.float32)).max(initial=0.0))
    if highest == 0.0:
        return samples
    peak = min(LOUDEST, PEAK * 10 ** (gain_db / 20))
    louder: Samples = np.rint(samples * (peak * 32767 / highest)).astype(np.int16)
    return louder


def to_wav(data: bytes) -> bytes:
    """A WAV file of little-endian samples."""
    file = io.BytesIO()
    with wave.open(file, "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(RATE)
        wav.writeframes(data)
    return file.getvalue()


def from_wav(file: bytes) -> Samples:
    """The samples of a WAV file of one channel, 16 bits and `RATE`; raises `NoSound` for any other.

    A file written into a pipe has a length in its header that nobody could know yet, so the data are taken
    to its end where they end sooner.
    """
    if file[:4] != b"RIFF" or file[8:12] != b"WAVE":
        raise NoSound("it is not a WAV file")
    at, form = 12, b""
    while at + 8 <= len(file):
        name, size = file[at : at + 4], int.from_bytes(file[at + 4 : at + 8], "little")
        body = file[at + 8 : at + 8 + size]
        if name == b"fmt ":
            form = body
        if name == b"data":
            return _checked(form, body)
        at += 8 + size + size % 2
    raise NoSound("it holds no samples")


def _checked(form: bytes, data: bytes) -> Samples:
    channels, rate = int.from_bytes(form[2:4], "little"), int.from_bytes(form[4:8], "little")
    bits = int.from_bytes(form[14:16], "little")
    if (form[:2], channels, rate, bits) != (b"\x01\x00", 1, RATE, 16):
        raise NoSound(f"it has {channels} channels of {bits} bits at {rate} Hz, not one of 16 at {RATE}")
    return np.frombuffer(data[: len(data) & ~1], dtype="<i2")
