"""Virtual keypads, microphones and serial ports, and the hub they hang on, asked as a host asks."""

import asyncio
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import usb.core
from usbip.protocol import client_import

from devices.kit.usb.over_ip import UsbIpBackend
from hallfile.links import BadLink, parse_link
from simulators.usb import keypad, microphone
from simulators.usb.bodies import MOST_UNREAD, PACKET, body_for
from simulators.usb.hub import Hub
from simulators.usb.keypad import Keypad
from simulators.usb.microphone import RATE, Microphone
from simulators.usb.wire import UsbWire
from tests.contract.usb_plugs import free_port

KEY_KP5, USAGE_KP5 = 76, 0x5D
"""Linux input-event-codes.h; HID usage tables 1.12, page 07."""
FRAMES, FRAME_BYTES = 100, 96
"""A tenth of a second of 48 kHz, 16 bits, in frames of 1 ms."""


@pytest.fixture
def hub() -> Hub:
    return Hub.at(("127.0.0.1", free_port()))


@contextmanager
def in_hub(hub: Hub, device: Any) -> Iterator[None]:
    hub.plug(device)
    try:
        yield
    finally:
        hub.unplug(device)


def found(hub: Hub, vendor: int, product: int) -> Any:
    backend = UsbIpBackend(*hub.address, vendor, product)
    return usb.core.find(backend=backend, idVendor=vendor, idProduct=product)


async def test_a_keypad_is_a_boot_keyboard_with_lamps(hub: Hub) -> None:
    pad = Keypad("rating pad", serial="k1")

    def host() -> list[bytes]:
        device = found(hub, *keypad.TEST_ID)
        interface = device.get_active_configuration()[(0, 0)]
        assert (interface.bInterfaceClass, interface.bInterfaceSubClass, interface.bInterfaceProtocol) == (
            3,
            1,
            1,
        )
        assert (device.manufacturer, device.product, device.serial_number) == (
            "Hallkeeper",
            "rating pad",
            "k1",
        )
        device.ctrl_transfer(0x21, 0x09, 0x0200, 0, b"\x01")
        asyncio.run_coroutine_threadsafe(press(), loop).result(5)
        reports = [bytes(device.read(0x81, 8, 2000)) for _ in range(2)]
        usb.util.dispose_resources(device)
        return reports

    async def press() -> None:
        assert pad.stroke(KEY_KP5)

    loop = asyncio.get_running_loop()
    with in_hub(hub, pad.device):
        reports = await asyncio.to_thread(host)
    assert reports == [bytes([0, 0, USAGE_KP5, 0, 0, 0, 0, 0]), bytes(8)]
    assert pad.lamps == 1


async def test_keys_nobody_fetches_are_not_kept_for_ever() -> None:
    pad = Keypad("rating pad")
    pressed = sum(pad.stroke(KEY_KP5) for _ in range(1000))
    assert pressed < MOST_UNREAD


async def test_a_microphone_takes_as_long_as_its_samples_do(hub: Hub) -> None:
    heard: list[int] = []

    def hear(count: int) -> bytes:
        heard.append(count)
        return b"\x01\x02" * count

    mic = Microphone("pickup", hear)

    def host() -> tuple[float, bytes]:
        with socket.create_connection(hub.address) as sock:
            info = client_import(sock, b"1-1")
            device = (info["busnum"] << 16) | info["devnum"]
            ask(sock, device, 0, 0, struct.pack("<BBHHH", 0x01, 0x0B, 1, 2, 0))
            answer(sock, 0)
            began = loop.time()
            ask_iso(sock, device)
            data = answer(sock, 16 * FRAMES)
            return loop.time() - began, data

    loop = asyncio.get_running_loop()
    with in_hub(hub, mic.device):
        took, data = await asyncio.to_thread(host)
    assert data[: FRAMES * FRAME_BYTES] == b"\x01\x02" * (RATE // 10)
    assert sum(heard) == RATE // 10
    assert took >= FRAMES / 1000 - 0.005


async def test_a_microphone_is_of_audio_class_1(hub: Hub) -> None:
    def host() -> list[tuple[int, int]]:
        device = found(hub, *microphone.TEST_ID)
        kinds = {
            (interface.bInterfaceClass, interface.bInterfaceSubClass)
            for interface in device.get_active_configuration()
        }
        usb.util.dispose_resources(device)
        return sorted(kinds)

    with in_hub(hub, Microphone("pickup", lambda count: bytes(2 * count)).device):
        assert await asyncio.to_thread(host) == [(1, 1), (1, 2)]


async def test_a_serial_port_knows_the_speed_the_host_has_set(hub: Hub) -> None:
    wire = UsbWire(parse_link(f"usb:1209:0004?form=serial&via=127.0.0.1:{hub.address[1]}"))

    def host() -> None:
        device = found(hub, 0x1209, 0x0004)
        device.ctrl_transfer(0x21, 0x20, 0, 0, struct.pack("<IBBB", 9600, 0, 0, 8))
        usb.util.dispose_resources(device)

    assert wire.speed == 115200
    wire.plug()
    await asyncio.to_thread(host)
    assert wire.speed == 9600
    wire.unplug()
    assert not wire.plugged


async def test_a_device_keeps_its_port_and_the_hub_stops_listening_with_the_last(hub: Hub) -> None:
    first, second = (Keypad("pad", serial=name).device for name in ("a", "b"))
    hub.plug(first)
    hub.plug(second)
    assert list(hub.devices) == ["1-1", "1-2"]
    address = first.devnum
    hub.unplug(first)
    hub.plug(first)
    assert first.busid == "1-1"
    assert first.devnum > address
    hub.unplug(first)
    hub.unplug(second)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(hub.address, 1)


async def test_who_speaks_no_usb_ip_is_hung_up_on(hub: Hub) -> None:
    with in_hub(hub, Keypad("pad").device):
        reader, writer = await asyncio.open_connection(*hub.address)
        writer.write(b"GET / HTTP/1.1\r\n\r\n")
        async with asyncio.timeout(5):
            assert await reader.read() == b""
        writer.close()
        await writer.wait_closed()


async def test_what_is_said_to_nobody_is_lost(hub: Hub) -> None:
    wire = UsbWire(parse_link(f"usb:1209:0001?via=127.0.0.1:{hub.address[1]}"))
    wire.write(b"unplugged")
    wire.plug()
    wire.write(b"not imported")
    wire.unplug()
    assert wire.lost == len(b"unplugged" + b"not imported")
    body = body_for(parse_link("usb:1209:0001"))
    assert body.say(bytes(10_000)) == MOST_UNREAD * PACKET


@pytest.mark.parametrize("link", ["usb:1209:0001?form=toaster", "usb:1209:0001?via=here"])
async def test_a_body_that_can_t_be_made(link: str) -> None:
    with pytest.raises(BadLink):
        UsbWire(parse_link(link))


def ask(sock: socket.socket, device: int, direction: int, endpoint: int, setup: bytes) -> None:
    sock.sendall(struct.pack(">IIIIIIiiii", 1, 1, device, direction, endpoint, 0, 0, 0, 0, 0) + setup)


def ask_iso(sock: socket.socket, device: int) -> None:
    size = FRAMES * FRAME_BYTES
    head = struct.pack(">IIIIIIiiii8x", 1, 2, device, 1, 2, 0, size, 0, FRAMES, 1)
    packets = (struct.pack(">IIII", at * FRAME_BYTES, FRAME_BYTES, 0, 0) for at in range(FRAMES))
    sock.sendall(head + b"".join(packets))


def answer(sock: socket.socket, more: int) -> bytes:
    """The data of an answer, and `more` bytes after it."""
    sock.settimeout(5)
    head = exactly(sock, 48)
    status, size = struct.unpack_from(">ii", head, 20)
    assert status == 0
    return exactly(sock, size + more)


def exactly(sock: socket.socket, size: int) -> bytes:
    held = b""
    while len(held) < size:
        piece = sock.recv(size - len(held))
        assert piece
        held += piece
    return held
