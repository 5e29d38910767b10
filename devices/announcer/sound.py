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

SLOWEST: Final = 8_000
FASTEST: Final = 96_000
"""Rates of recordings that are taken, Hz."""

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
    """The samples of a WAV file of one channel, 16 bits and `RATE`; raises `NoSound` for any other."""
    samples, rate = _read(file)
    if samples.ndim != 1 or rate != RATE:
        raise NoSound(f"it has {samples.ndim} channels at {rate} Hz, not one at {RATE}")
    return samples


def any_wav(file: bytes) -> Samples:
    """The same of a file of any rate from 8 kHz on, with one channel or two; raises `NoSound`."""
    samples, rate = _read(file)
    if not SLOWEST <= rate <= FASTEST:
        raise NoSound(f"its {rate} Hz are not between {SLOWEST} and {FASTEST}")
    mixed = samples if samples.ndim == 1 else samples.mean(axis=1)
    if rate == RATE or not len(mixed):
        return mixed.astype(np.int16)
    size = round(len(mixed) * RATE / rate)
    # the same spectrum, cut off or continued with silence
    found = np.fft.irfft(np.fft.rfft(mixed)[: size // 2 + 1], size) * (size / len(mixed))
    return np.clip(np.rint(found), -32768, 32767).astype(np.int16)


def _read(file: bytes) -> tuple[Samples, int]:
    """Samples (a column a channel where there are two) and their rate.

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


def _checked(form: bytes, data: bytes) -> tuple[Samples, int]:
    channels, rate = int.from_bytes(form[2:4], "little"), int.from_bytes(form[4:8], "little")
    bits = int.from_bytes(form[14:16], "little")
    if (form[:2], bits) != (b"\x01\x00", 16) or channels not in (1, 2):
        raise NoSound(f"it has {channels} channels of {bits} bits, not one or two of 16")
    samples = np.frombuffer(data[: len(data) // (2 * channels) * 2 * channels], dtype="<i2")
    return (samples if channels == 1 else samples.reshape(-1, 2)), rate
