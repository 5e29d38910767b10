"""Garbage: noise, and good frames gone bad. All of it comes from one seeded source of chance."""

from collections.abc import Iterator, Sequence
from random import Random
from typing import Final

LONGEST_PIECE: Final = 1024


def garbage(chance: Random, samples: Sequence[bytes], size: int) -> Iterator[bytes]:
    """About `size` bytes: noise, runs of one byte, letters of the frames' own alphabet, and spoilt frames."""
    alphabet = b"".join(samples)[:4096]
    left = size
    while left > 0:
        length = min(left, chance.randint(1, 200))
        match chance.randrange(5):
            case 0:
                part = chance.randbytes(length)
            case 1:
                part = bytes([chance.randrange(256)]) * length
            case 2:
                part = bytes(chance.choices(alphabet, k=length))
            case _:
                part = spoilt(chance, chance.choice(samples))
        yield part
        left -= max(1, len(part))


def spoilt(chance: Random, frame: bytes) -> bytes:
    """A frame with one to four things wrong with it."""
    bad = bytearray(frame)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(bad) + 1)
        match chance.randrange(6):
            case 0 if bad:
                bad[at % len(bad)] ^= 1 << chance.randrange(8)
            case 1 if bad:
                bad[at % len(bad)] = chance.randrange(256)
            case 2:
                bad[at:at] = chance.randbytes(chance.randint(1, 4))
            case 3:
                del bad[at : at + chance.randint(1, 8)]
            case 4:
                bad[at:at] = bad[at : at + chance.randint(1, 16)]
            case _:
                del bad[at:]
    return bytes(bad)


def pieces(chance: Random, data: bytes) -> Iterator[bytes]:
    """The same bytes as a wire delivers them: a few at a time, sometimes one, sometimes many."""
    at = 0
    while at < len(data):
        length = chance.choice((1, 2, 7, 64, LONGEST_PIECE))
        yield data[at : at + length]
        at += length
