"""Every codec of the program, each with a good frame to be found again. A test fails while one is missing.

A codec is fed bytes as they come off a wire, or datagrams, and says what it made of them. What it refuses by
design (`Refused`, `NotACard`, …) is an answer like another.
"""

import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, Final

import numpy as np

from broker.messages import wire
from broker.topics import Topic
from devices.id_reader import card
from devices.id_reader import codec as sam_v
from devices.kit import keyframes, keyposts, keys
from devices.kit.usb import hid_frames
from devices.led_board import answers as onbon_answers
from devices.led_board import ddp
from devices.led_board import frames as onbon
from devices.mic_monitor import condition, meter, modbus, pushed
from devices.ticket_printer import codec as escpos
from simulators.id_reader import frames as simulated_sam_v
from simulators.led_board import ddp as simulated_ddp
from simulators.led_board import frames as simulated_onbon
from simulators.mic_monitor import loudness, transmitters
from simulators.ticket_printer import commands as simulated_escpos
from simulators.ticket_printer import dialects, machine
from simulators.usb import protocol as usbip

Feed = Callable[[bytes], Iterable[object]]

GOLDEN: Final = Path(__file__).parents[2] / "tests" / "golden"
TICK_S: Final = 0.001
"""Between two pieces, for simulators that are given the time."""


@dataclass(frozen=True)
class Codec:
    """One line of the table."""

    name: str
    modules: str
    """The modules whose decoders are fed, blank between them."""
    open: Callable[[], tuple[Feed, object]]
    """A fresh one: what feeds it, and what holds its unfinished bytes."""
    planted: bytes
    """A good frame, which must be found again after any garbage."""
    samples: tuple[bytes, ...] = ()
    """Frames to mutate, beside the planted one."""
    datagrams: bool = False
    """Whether the network cuts what comes in, not chance."""
    patience: int = 8192
    """So many bytes of good frames may go by until one is found: a longer one may have begun in garbage."""
    most: int = 8192
    """Bytes a codec may hold: its longest frame."""
    every: int = 2000
    """A good frame is planted after about so many bytes of garbage."""
    recognise: Callable[[object], bool] | None = None
    """Whether what was said can only come of the planted frame; None: it is what a fresh codec says of it."""


def golden(*files: str) -> tuple[bytes, ...]:
    """The frames of golden files, where a checkout has them."""
    paths = [path for file in files for path in sorted(GOLDEN.glob(f"{file}.toml"))]
    tables = [tomllib.loads(path.read_text(encoding="utf-8")) for path in paths]
    return tuple(bytes.fromhex(entry["bytes"]) for table in tables for entry in table.get("vector", ()))


def _decoder(make: Callable[[], Any]) -> tuple[Feed, object]:
    decoder = make()
    return decoder.feed, decoder


def _timed(make: Callable[[], Any]) -> tuple[Feed, object]:
    """A simulator's reader, which is told when bytes came; that is left out of what it says."""
    reader = make()
    return lambda data: reader.feed(data, 0.0), reader


def _machine(make: Callable[[], Any]) -> tuple[Feed, object]:
    """A simulated device: what it answers."""
    device, ticks = make(), count()

    def feed(data: bytes) -> Iterator[object]:
        now = next(ticks) * TICK_S
        device.receive(data, now)
        device.advance(now)
        if said := device.take():
            yield said

    return feed, device


TOPICS: Final = [
    Topic.parse(f"hall/dezhou/{kind}/x/{leaf}")
    for kind, leaf in (*wire.TYPES, ("room", "reply"), ("rating_pad", "ack"))
]


def _broker() -> tuple[Feed, object]:
    """A message, read on every topic it might stand on."""

    def feed(data: bytes) -> Iterator[object]:
        for topic in TOPICS:
            try:
                yield wire.decode(topic, data)
            except wire.Refused as refused:
                if refused.message_id is not None:
                    yield refused.reason

    return feed, None


def _card() -> tuple[Feed, object]:
    def feed(data: bytes) -> Iterator[object]:
        try:
            yield card.read_card(data)
        except (card.NotACard, card.UnknownKind):
            return

    return feed, None


def _onbon() -> tuple[Feed, object]:
    """Frames and what they say."""
    decoder = onbon.FrameDecoder()

    def feed(data: bytes) -> Iterator[object]:
        for found in decoder.feed(data):
            yield found
            reply = onbon_answers.read_reply(found) if isinstance(found, onbon.Frame) else None
            if isinstance(reply, onbon_answers.Answer):
                yield onbon_answers.read_parameters(reply)

    return feed, decoder


def _ddp() -> tuple[Feed, object]:
    return lambda data: filter(None, [ddp.decode(data)]), None


def _ddp_receiver() -> tuple[Feed, object]:
    receiver = simulated_ddp.Receiver(64, 16)

    def feed(data: bytes) -> Iterator[object]:
        before = receiver.packets
        receiver.receive(data, 0.0)
        yield from ["packet"] * (receiver.packets - before)

    return feed, receiver


def _hid() -> tuple[Feed, object]:
    """Reports of 64 bytes, however the bytes were cut."""
    unwrapper = hid_frames.Unwrapper()

    def feed(data: bytes) -> Iterator[object]:
        report = data[: hid_frames.REPORT].ljust(hid_frames.REPORT, b"\0")
        yield from filter(None, [unwrapper.feed(report)])

    return feed, unwrapper


def _sound() -> tuple[Feed, object]:
    """Samples metered; a level is told to the nearest tenth."""
    levels = meter.Meter(RATE, condition.FULL_SCALE)
    watch = condition.Watch(RATE)

    def feed(data: bytes) -> Iterator[object]:
        samples = condition.samples_of(data)
        watch.look(samples)
        for second, _ in levels.feed(samples):
            yield round(second.laeq, 1)

    return feed, None


def _usbip() -> tuple[Feed, object]:
    """A peer that talks nonsense is hung up on, and calls again."""
    connection = [usbip.RequestReader()]

    def feed(data: bytes) -> Iterator[object]:
        connection[0].feed(data)
        try:
            while (request := connection[0].next()) is not None:
                yield request
        except usbip.Nonsense:
            connection[0] = usbip.RequestReader()

    return feed, connection


def _transmitter() -> transmitters.Transmitter:
    model = transmitters.DIALECTS["sonbest"]
    return transmitters.Transmitter(model, 1, loudness.Loudness(53.6, model.refresh_s))


def _in_reports(frame: bytes) -> bytes:
    """One report with a frame in it, as a reader answers (protocols.md 1.8)."""
    body = b"\x00\x00\x00" + frame
    summed = len(body).to_bytes(2, "little") + body
    return b"\xaa\x00\x00" + summed + (sum(summed) & 0xFFFF).to_bytes(2, "little")


def _card_text() -> bytes:
    """A synthetic resident's text block (protocols.md 1.6)."""
    fields = [
        ("测试甲", 15), ("101", 3), ("19900307", 8), ("测试路1号", 35), ("110105199003071239", 18),
        ("测试局", 15), ("20200101", 8), ("长期", 8), ("", 18),
    ]  # fmt: skip
    return "".join(text.ljust(size) for text, size in fields).encode("utf-16-le")


def _answers_status(said: object) -> bool:
    """Whether a DLE EOT was answered, however the printer is (protocols.md 2.1)."""
    return isinstance(said, bytes) and any(byte & 0x93 == 0x12 for byte in said)


def _is_the_tone(said: object) -> bool:
    return isinstance(said, float) and abs(said - TONE_DB) < 0.2


def _real_time() -> tuple[Feed, object]:
    watch = simulated_escpos.Watch()
    return lambda data: [(found.kind, found.n) for found in watch.feed(data)], watch


RATE: Final = 8000
_TIME: Final = np.arange(3 * RATE) / RATE
TONE: Final = (3000 * np.sin(2 * np.pi * 1000 * _TIME)).astype("<i2").tobytes()
"""Three seconds at 1 kHz, so that one whole second of it is measured wherever the seconds begin."""
TONE_DB: Final = 20 * np.log10(3000 / np.sqrt(2) / condition.FULL_SCALE)
"""A-weighting leaves 1 kHz as it is (IEC 61672-1)."""
PAD_FRAME: Final = keyframes.FrameShape(
    header="AA 55", key_at=3, length_at=2, length_adds=4, checksum="sum8", checksum_from=2
)
KEY: Final = b"".join(
    keys.EVENT.pack(1_576_830_741, 510_528, *event) for event in ((4, 4, 58), (1, 59, 1), (0, 0, 0))
)
"""As a keyboard sent it (tests/golden/evdev.toml, f1_twice)."""
OK: Final = bytes.fromhex("AA AA AA 96 69 00 04 00 00 90 94")
"""protocols.md 1.3, published."""
PING: Final = bytes.fromhex("A5" * 8 + "01 00 00 80 00 00 00 00 00 00 FE 02 05 00 A2 00 01 00 00 68 F8 5A")
"""Onbon's document, 8.7."""
ACK: Final = bytes.fromhex("A5" * 9 + "00 80 FE FF 00 00 00 00 00 00 FE 02 05 00 A0 00 00 00 00 14 AC 5A")
"""The same, 7.1."""
PIXELS: Final = bytes.fromhex("41 01 0B 01 00 00 00 00 00 06") + b"RGBRGB"
"""A DDP packet of two pixels, pushed (protocols.md 4.3)."""
JOB: Final = (
    bytes.fromhex("1B 40 1C 26 1D 21 11")
    + "请A001号\n".encode("gb18030")
    + bytes.fromhex("1D 56 42 00 1D 72 01")
)
HEAD: Final = '{"v":1,"id":"m-1","at":"2026-11-20T09:00:00.000+08:00",'
MESSAGES: Final = tuple(
    (HEAD + rest).encode()
    for rest in (
        '"type":"take_ticket","expires":"2026-11-20T09:00:05.000+08:00","by":"kiosk/k1","service":"a"}',
        '"type":"print","expires":"2026-11-20T09:00:30.000+08:00","by":"controller/main","epoch":7,'
        '"job":"j-1","layout":"ticket","fields":{"number":"A001","hall":"厅"}}',
        '"type":"state","device":"online","since":"2026-11-20T08:00:00.000+08:00","cause":null,'
        '"model":"generic-80","link":"tcp://192.0.2.7:9100","paper":"low"}',
        '"type":"key","keep":true,"attempt":2,"grade":5,"ticket":"t-1"}',
        '"type":"level","laf":51.2,"laeq_1s":50.9,"lafmax_1s":55.0,"background":48.0,"calibrated":true}',
        '"type":"reply","re":"m-0","ok":false,"reason":"paper_out","text":"缺纸"}',
        '"type":"ack","re":"m-0"}',
    )
)

CODECS: Final = (
    Codec("broker wire", "broker.messages.wire", _broker, MESSAGES[0], MESSAGES, datagrams=True),
    Codec(
        "SAM_V replies", "devices.id_reader.codec", partial(_decoder, sam_v.FrameReader), OK, golden("sam_v")
    ),
    Codec(
        "SAM_V requests (simulator)", "simulators.id_reader.frames",
        partial(_decoder, simulated_sam_v.RequestReader), sam_v.STATUS, golden("sam_v"),
    ),
    Codec("ID card text", "devices.id_reader.card", _card, _card_text(), golden("sam_v"), datagrams=True),
    Codec(
        "SAM_V in HID reports", "devices.kit.usb.hid_frames", _hid, _in_reports(OK), (OK,), datagrams=True
    ),
    Codec(
        "ESC/POS replies", "devices.ticket_printer.codec", partial(_decoder, escpos.ReplyParser),
        bytes.fromhex("37 22 31 32 33 34 00"), golden("escpos", "custom_full_status"),
    ),
    Codec(
        "ESC/POS jobs (simulator)", "simulators.ticket_printer.commands",
        partial(_timed, simulated_escpos.CommandReader), JOB, golden("escpos"),
        patience=400_000, most=200_000, every=20_000,
    ),
    Codec(
        "ESC/POS status (simulator)", "simulators.ticket_printer.commands",
        _real_time, bytes.fromhex("10 04 01"), golden("escpos"),
    ),
    Codec(
        "printer (simulator)", "simulators.ticket_printer.machine",
        partial(_machine, lambda: machine.Printer(dialects.DIALECTS["generic-80"])),
        bytes.fromhex("10 04 01"), (JOB, *golden("escpos")), most=600_000,
        recognise=_answers_status,
    ),
    Codec("input events", "devices.kit.keys", partial(_decoder, keys.KeyDecoder), KEY, golden("evdev")),
    Codec(
        "serial pad frames", "devices.kit.keyframes",
        partial(_decoder, lambda: keyframes.FrameKeyDecoder(PAD_FRAME, lambda: 0)),
        bytes.fromhex("AA 55 01 05 06"),
    ),
    Codec(
        "posted keys", "devices.kit.keyposts",
        partial(_decoder, lambda: keyposts.PostDecoder(keyposts.PostShape("grade"), lambda: 0)),
        b'{"grade":5}\n',
    ),
    Codec(
        "Onbon replies", "devices.led_board.frames devices.led_board.answers", _onbon, ACK, golden("onbon")
    ),
    Codec(
        "Onbon requests (simulator)", "simulators.led_board.frames",
        partial(_timed, lambda: simulated_onbon.FrameReader(1024)), PING, golden("onbon"),
    ),
    Codec("DDP", "devices.led_board.ddp", _ddp, PIXELS, datagrams=True),
    Codec("DDP (simulator)", "simulators.led_board.ddp", _ddp_receiver, PIXELS, datagrams=True),
    Codec(
        "sound", "devices.mic_monitor.meter devices.mic_monitor.condition", _sound, TONE,
        datagrams=True, recognise=_is_the_tone,
        patience=3 * len(TONE), most=1 << 20, every=400_000,
    ),
    Codec(
        "Modbus answers", "devices.mic_monitor.modbus", partial(_decoder, modbus.AnswerDecoder),
        bytes.fromhex("01 03 02 02 18 B9 2E"), golden("noise"),
    ),
    Codec(
        "Modbus questions (simulator)", "simulators.mic_monitor.transmitters",
        partial(_machine, _transmitter), bytes.fromhex("01 03 00 00 00 01 84 0A"), golden("noise"),
    ),
    Codec(
        "pushed levels", "devices.mic_monitor.pushed", partial(_decoder, pushed.PushedDecoder),
        bytes.fromhex("BB AA 01 7F 02 E7"), golden("noise"),
    ),
    Codec(
        "USB/IP (simulator)", "simulators.usb.protocol", _usbip, bytes.fromhex("0111 8005 00000000"),
        most=1 << 22,
    ),
)  # fmt: skip
