"""USB/IP at the device's end, held to what the kernel's documentation captured from a wire."""

import random

import pytest

from simulators.usb import protocol
from simulators.usb.protocol import AskImport, AskList, Nonsense, RequestReader, Submit, Unlink
from tests.golden import vector

QUESTION = vector("usbip", "which devices")
IN, OUT = vector("usbip", "interrupt in"), vector("usbip", "interrupt out")


def imported(iso: bool = False) -> RequestReader:
    reader = RequestReader()
    reader.is_iso = lambda *_: iso
    return reader


def test_the_questions() -> None:
    reader = RequestReader()
    reader.feed(QUESTION.bytes + bytes.fromhex("0111 8003 00000000") + b"1-7".ljust(32, b"\0"))
    assert reader.next() == AskList()
    assert reader.next() == AskImport("1-7")
    assert reader.next() is None


@pytest.mark.parametrize("sent", [IN, OUT], ids=["in", "out"])
@pytest.mark.parametrize("step", [1, 7, 4096])
def test_transfers_as_they_were_captured(sent: object, step: int) -> None:
    assert isinstance(sent, type(IN))
    reader, found = imported(), []
    stream = sent.bytes * 2
    for start in range(0, len(stream), step):
        reader.feed(stream[start : start + step])
        while (request := reader.next()) is not None:
            found.append(request)
    assert len(found) == 2
    assert isinstance(found[0], Submit)
    urb, means = found[0].urb, sent.means
    assert (urb.seqnum, urb.direction, urb.ep, urb.length) == tuple(
        means[key] for key in ("number", "direction", "endpoint", "length")
    )
    assert urb.iso_packets is None
    assert urb.buffer.startswith(bytes.fromhex(means.get("begins", "")))


@pytest.mark.parametrize("name", ["in ended", "out ended"])
def test_how_transfers_end(name: str) -> None:
    told = vector("usbip", name)
    reader = imported()
    reader.feed((IN if name.startswith("in") else OUT).bytes)
    request = reader.next()
    assert isinstance(request, Submit)
    urb = request.urb
    urb.actual, urb.status = told.means["length"], 0
    urb.buffer = told.bytes[48:] or urb.buffer
    said = protocol.submit_reply(urb)
    # the start frame means nothing to a transfer that has no frames
    assert said[:28] + said[32:] == told.bytes[:28] + told.bytes[32:]


def test_breaking_a_transfer_off() -> None:
    reader = imported()
    reader.feed(bytes.fromhex("00000002 00000d07 0001000f 00000000 00000000 00000d05") + bytes(24))
    assert reader.next() == Unlink(0xD07, 0xD05)
    assert protocol.unlink_reply(0xD07, True)[20:24] == (-104).to_bytes(4, "big", signed=True)
    assert protocol.unlink_reply(0xD07, False)[20:24] == bytes(4)
    assert len(protocol.unlink_reply(1, True)) == 48


def test_packets_of_an_isochronous_transfer() -> None:
    head = bytes.fromhex("00000001 00000001 00010002 00000001 00000002 00000000 000000c0 00000000 00000002")
    packets = bytes.fromhex("00000000 00000060 00000000 00000000 00000060 00000060 00000000 00000000")
    reader = imported(iso=True)
    reader.feed(head + bytes(12) + packets)
    request = reader.next()
    assert isinstance(request, Submit)
    assert request.urb.iso_packets == [[0, 96, 0, 0], [96, 96, 0, 0]]
    request.urb.iso_packets[0][2] = 2
    request.urb.buffer = b"ab"
    said = protocol.submit_reply(request.urb)
    assert said[24:28] == (2).to_bytes(4, "big")
    assert said[48:50] == b"ab"
    assert len(said) == 48 + 2 + 32


@pytest.mark.parametrize(
    "sent",
    [bytes.fromhex("0111 8009 00000000"), b"GET / HTTP/1.1\r\n\r\n"],
    ids=["unknown operation", "a browser"],
)
def test_whoever_speaks_something_else_is_refused(sent: bytes) -> None:
    reader = RequestReader()
    reader.feed(sent)
    with pytest.raises(Nonsense):
        reader.next()


@pytest.mark.parametrize("seed", range(20))
def test_noise_ends_a_connection_and_nothing_else(seed: int) -> None:
    reader = imported(iso=seed % 2 == 0)
    reader.feed(random.Random(seed).randbytes(6400))
    with pytest.raises(Nonsense):
        drain(reader)


def drain(reader: RequestReader) -> None:
    while reader.next() is not None:
        pass
