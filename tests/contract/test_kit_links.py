"""Links over real pseudo-terminals and sockets: what arrives, what is said when they go away."""

import asyncio
import os
import random
import socket
import termios
import threading
import tty
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import serial

from devices.kit.errors import LinkLost, LinkMissing, Misconfigured
from devices.kit.link import Link
from devices.kit.links import open_link
from devices.kit.links.serial import SerialLink
from hallfile.links import LinkUrl, parse_link


@dataclass
class Far:
    """The device's end: a descriptor, and the URL the driver opens."""

    fd: int
    url: LinkUrl

    def say(self, data: bytes) -> None:
        os.write(self.fd, data)

    async def hear(self, size: int) -> bytes:
        loop = asyncio.get_running_loop()
        heard = b""
        async with asyncio.timeout(5):
            while len(heard) < size:
                ready = asyncio.Event()
                loop.add_reader(self.fd, ready.set)
                await ready.wait()
                loop.remove_reader(self.fd)
                heard += os.read(self.fd, 65536)
        return heard

    def go(self) -> None:
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Far]:
    master, slave = os.openpty()
    tty.setraw(slave)
    (tmp_path / "port").symlink_to(os.ttyname(slave))
    far = Far(master, parse_link(f"serial:{tmp_path}/port?baud=9600"))
    yield far
    far.go()
    os.close(slave)


@asynccontextmanager
async def connected() -> AsyncIterator[tuple[Far, Link]]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        accepting = asyncio.ensure_future(asyncio.get_running_loop().sock_accept(listening))
        link = await open_link(parse_link(f"tcp://127.0.0.1:{listening.getsockname()[1]}"))
        peer, _ = await accepting
    far = Far(peer.detach(), LinkUrl("tcp"))
    yield far, link
    await link.close()
    far.go()


@pytest.fixture(params=["serial", "tcp"])
async def ends(request: pytest.FixtureRequest, terminal: Far) -> AsyncIterator[tuple[Far, Link]]:
    """The far end and the driver's, over each kind of wire."""
    if request.param == "tcp":
        async with connected() as both:
            yield both
    else:
        link = await open_link(terminal.url)
        yield terminal, link
        await link.close()


EVERY_BYTE = bytes(range(256))


async def test_every_byte_goes_both_ways(ends: tuple[Far, Link]) -> None:
    far, link = ends
    await link.write(EVERY_BYTE)
    assert await far.hear(256) == EVERY_BYTE
    far.say(EVERY_BYTE)
    heard = b""
    while len(heard) < 256:
        heard += await link.read(100)
    assert heard == EVERY_BYTE
    assert (link.sent, link.received) == (256, 256)


async def test_a_long_write_waits_for_the_reader(ends: tuple[Far, Link]) -> None:
    far, link = ends
    data = random.Random(1).randbytes(300_000)
    writing = asyncio.create_task(link.write(data))
    assert await far.hear(len(data)) == data
    await writing
    assert link.sent == len(data)


async def test_a_read_that_is_given_up_loses_nothing(ends: tuple[Far, Link]) -> None:
    far, link = ends
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await link.read()
    far.say(b"late")
    assert await link.read() == b"late"


async def test_what_has_arrived_can_be_thrown_away(ends: tuple[Far, Link]) -> None:
    far, link = ends
    far.say(b"stale")
    assert await link.drain_input(0.05) == b"stale"
    assert await link.drain_input() == b""
    far.say(b"fresh")
    assert await link.read() == b"fresh"


async def test_a_link_that_goes_away_says_so(ends: tuple[Far, Link]) -> None:
    far, link = ends
    reading = asyncio.create_task(link.read())
    await asyncio.sleep(0)
    far.go()
    with pytest.raises(LinkLost):
        await reading
    with pytest.raises(LinkLost):
        await keep_writing(link)
    await link.close()
    await link.close()
    with pytest.raises(LinkLost):
        await link.write(b"x")


async def keep_writing(link: Link) -> None:
    """A first write after the other end has gone may still be taken by the system."""
    for _ in range(100):
        await link.write(b"anybody there?")
        await asyncio.sleep(0.001)


async def test_the_speed_is_the_written_one_and_can_be_changed(terminal: Far) -> None:
    link = await open_link(terminal.url)
    assert isinstance(link, SerialLink)
    assert _speed(terminal) == 9600
    await link.set_speed(115200)
    assert _speed(terminal) == 115200
    with pytest.raises(Misconfigured):
        await link.set_speed(-1)
    await link.close()


async def test_a_port_that_left_while_its_speed_was_changed_is_lost_and_closed_after(
    terminal: Far, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = await open_link(terminal.url)
    assert isinstance(link, SerialLink)
    asked, may_go_on = threading.Event(), threading.Event()

    def slow(port: Any, baud: int) -> None:
        asked.set()
        assert may_go_on.wait(5)
        assert port.is_open
        raise serial.SerialException("Could not configure port: (5, 'Input/output error')")

    monkeypatch.setattr(serial.Serial, "baudrate", property(lambda _: 9600, slow))
    tuning = asyncio.create_task(link.set_speed(57600))
    await asyncio.to_thread(asked.wait, 5)
    closing = asyncio.create_task(link.close())
    await asyncio.sleep(0)
    may_go_on.set()
    with pytest.raises(LinkLost):
        await tuning
    await closing


def _speed(far: Far) -> int:
    codes = {termios.B9600: 9600, termios.B115200: 115200}
    return codes[termios.tcgetattr(far.fd)[5]]


async def test_a_port_is_opened_by_one_program(terminal: Far) -> None:
    link = await open_link(terminal.url)
    with pytest.raises(LinkMissing, match="in use by another program"):
        await open_link(terminal.url)
    await link.close()
    await (await open_link(terminal.url)).close()


@pytest.mark.parametrize(
    ("url", "error", "says"),
    [
        ("serial:/dev/not-there", LinkMissing, "is not there; plug the device in"),
        ("serial:/dev/null", LinkMissing, "can't be opened as a serial port"),
        ("serial:/dev/not-there?baud=fast", Misconfigured, "not a whole number"),
        ("tcp://127.0.0.1:1", LinkMissing, "check that the device is on"),
        ("audio:default", Misconfigured, "another link"),
    ],
)
async def test_what_can_t_be_opened_is_said_in_a_sentence(
    url: str, error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        await open_link(parse_link(url))
