"""Sound as samples: the chime, levels, WAV files and their ring."""

import io
import math
import random
import wave
from pathlib import Path

import numpy as np
import pytest

from devices.announcer.chime import NOTES, SECONDS, chime
from devices.announcer.ring import Ring
from devices.announcer.sound import (
    LOUDEST,
    PEAK,
    RATE,
    NoSound,
    from_wav,
    levelled,
    pause,
    seconds_of,
    to_wav,
)

PIPED_HEADER = bytes.fromhex(
    "52494646 24f0ff7f 57415645 666d7420 10000000 0100 0100 22560000 44ac0000 0200 1000 64617461 00f0ff7f"
)
"""What espeak-ng 1.51 writes before its samples when its output is a pipe (captured)."""


def test_a_wav_file_is_one_for_others_too() -> None:
    samples = chime()
    with wave.open(io.BytesIO(to_wav(samples.tobytes()))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE)
        assert file.readframes(len(samples)) == samples.tobytes()
    assert from_wav(to_wav(samples.tobytes())).tolist() == samples.tolist()


def test_a_piped_wav_ends_where_its_data_end() -> None:
    assert from_wav(PIPED_HEADER + b"\x01\x00\xff\x7f").tolist() == [1, 32767]


def test_a_wav_with_other_chunks_is_read_and_a_foreign_one_refused() -> None:
    plain = to_wav(b"\x01\x00")
    listed = plain[:12] + b"LIST" + (3).to_bytes(4, "little") + b"abc\x00" + plain[12:]
    assert from_wav(listed).tolist() == [1]
    for bad in (b"", b"RIFF", plain[:40], plain.replace(b"WAVE", b"WAVY"), plain[:22] + b"\x02" + plain[23:]):
        with pytest.raises(NoSound):
            from_wav(bad)


def test_garbage_is_no_sound_and_nothing_worse() -> None:
    chance = random.Random(4)
    for _ in range(500):
        mangled = bytearray(to_wav(bytes(20)))
        for _ in range(chance.randint(1, 8)):
            mangled[chance.randrange(len(mangled))] = chance.randrange(256)
        try:
            from_wav(bytes(mangled[: chance.randint(0, len(mangled))]))
        except NoSound:
            continue


def test_gain_never_clips() -> None:
    loud = np.array([32767, -32768, 12345], dtype=np.int16)
    for gain_db in (-20.0, 0.0, 0.5, 40.0):
        assert np.abs(levelled(loud, gain_db).astype(int)).max() <= math.ceil(LOUDEST * 32767)
    assert np.abs(levelled(loud).astype(int)).max() == pytest.approx(PEAK * 32767, abs=1)
    assert np.abs(levelled(loud, -6.0).astype(int)).max() == pytest.approx(PEAK * 32767 / 2, rel=0.01)
    assert not levelled(pause(0.1)).any()
    assert len(levelled(np.empty(0, dtype=np.int16))) == 0


def test_the_chime_is_two_falling_tones_and_ends_in_silence() -> None:
    samples = chime().astype(float)
    assert seconds_of(2 * len(samples)) == pytest.approx(SECONDS, abs=0.001)
    for (hertz, begins), until in zip(NOTES, (NOTES[1][1], SECONDS), strict=True):
        part = samples[round(begins * RATE) : round(until * RATE)]
        strongest = np.abs(np.fft.rfft(part, 4 * RATE)).argmax() / 4
        assert strongest == pytest.approx(hertz, rel=0.01)
    assert abs(samples[-1]) <= 1
    assert abs(samples[0]) <= 1


def test_the_ring_keeps_the_newest(tmp_path: Path) -> None:
    ring = Ring(tmp_path / "ring", kept=3)
    for size in range(1, 6):
        ring.add(bytes(2 * size))
    assert sorted(file.name for file in ring.folder.iterdir()) == ["000003.wav", "000004.wav", "000005.wav"]
    assert len(from_wav((ring.folder / "000005.wav").read_bytes())) == 5


def test_two_announcers_share_a_ring_and_a_restart_goes_on_counting(tmp_path: Path) -> None:
    one, other = Ring(tmp_path), Ring(tmp_path)
    assert [one.add(b"\0\0").name, other.add(b"\0\0").name, Ring(tmp_path).add(b"\0\0").name] == [
        "000001.wav",
        "000002.wav",
        "000003.wav",
    ]
