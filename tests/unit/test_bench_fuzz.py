"""The fuzz bench: its table is complete, its codecs hold, and it would notice if they did not."""

import ast
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from bench.fuzz.codecs import CODECS, Codec, Feed
from bench.fuzz.garbage import garbage, pieces, spoilt
from bench.fuzz.run import fuzz, held
from devices.mic_monitor.pushed import PushedDecoder

ROOT = Path(__file__).parents[2]

NO_CODEC = {
    "devices.kit.exchange": "the protocol that decoders follow",
    "devices.kit.keypad": "the protocol that decoders of keys follow",
    "devices.mic_monitor.calibration": "takes samples that were decoded before",
}
"""Modules with a `feed` of bytes or samples that decode nothing of their own."""


@pytest.mark.timeout(120)
@pytest.mark.parametrize("codec", CODECS, ids=lambda codec: codec.name)
def test_a_codec_survives_garbage_and_finds_good_frames_again(codec: Codec) -> None:
    tally = fuzz(codec, 60_000, seed=7)
    assert (tally.exceptions, tally.faults) == (0, [])
    assert tally.planted > 0
    assert tally.resynced == tally.planted
    assert tally.peak_buffer <= codec.most


def decoders() -> Iterator[str]:
    """Modules with a class that is fed bytes, or a function that decodes them."""
    for room in ("broker", "devices", "simulators"):
        for file in sorted((ROOT / room).rglob("*.py")):
            tree = ast.parse(file.read_text(encoding="utf-8"))
            fed = (
                node
                for node in ast.walk(tree)
                if isinstance(node, ast.FunctionDef)
                and node.name in ("feed", "decode", "read_card")
                and any(_is_bytes(argument) for argument in node.args.args)
            )
            if any(fed):
                yield ".".join(file.relative_to(ROOT).with_suffix("").parts)


def _is_bytes(argument: ast.arg) -> bool:
    return argument.annotation is not None and ast.unparse(argument.annotation) == "bytes"


def test_every_codec_is_in_the_table() -> None:
    there = {module for codec in CODECS for module in codec.modules.split()}
    missing = set(decoders()) - there - NO_CODEC.keys()
    assert not missing, f"add a line to bench/fuzz/codecs.py for {', '.join(sorted(missing))}"
    assert all((ROOT / module.replace(".", "/")).with_suffix(".py").is_file() for module in there)


def test_the_same_seed_is_the_same_garbage() -> None:
    codec = next(codec for codec in CODECS if codec.name == "pushed levels")
    first, again, other = (fuzz(codec, 20_000, seed) for seed in (3, 3, 4))
    for tally in (first, again, other):
        tally.took_s = 0
    assert first == again != other


class Fragile:
    """Falls over some bytes, and keeps everything it ever saw."""

    def __init__(self) -> None:
        self.kept: list[bytes] = []

    def feed(self, data: bytes) -> list[object]:
        self.kept.append(data)
        if b"\x13\x37" in data:
            raise IndexError("no such byte")
        return []


def test_a_codec_that_fails_is_told() -> None:
    good = next(codec for codec in CODECS if codec.name == "pushed levels")

    def opened() -> tuple[Feed, object]:
        fragile = Fragile()
        return fragile.feed, fragile.kept

    bad = replace(
        good, open=opened, recognise=lambda said: said == "never", samples=(b"\x13\x37" * 2,), patience=100
    )
    tally = fuzz(bad, 50_000, seed=1)
    assert tally.exceptions > 0
    assert tally.faults[0].startswith("IndexError: no such byte")
    assert tally.resynced == 0
    assert tally.peak_buffer > 100


def test_garbage_is_of_the_size_asked_for_and_of_many_kinds() -> None:
    chance = Random(1)
    data = b"".join(garbage(chance, [b"\xa5" * 8 + b"frame"], 50_000))
    assert 45_000 < len(data) < 55_000
    assert len(set(data)) == 256
    assert b"frame" in data, "a part of a good frame is left here and there"
    assert b"".join(pieces(chance, data)) == data
    assert any(spoilt(chance, b"a good frame") != b"a good frame" for _ in range(5))


def test_what_is_held_is_counted_through_lists_and_parts() -> None:
    decoder = PushedDecoder()
    decoder.feed(b"\xbb\xaa\x01")
    assert held(decoder) == 3
    assert held([b"ab", (b"c", bytearray(2))]) == 5
    assert held(7) == 0
