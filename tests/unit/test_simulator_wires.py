"""The devices' ends of the wires: there until they are pulled out, and nothing kept for who is not there."""

import asyncio
import os
import socket
import termios
import tty
from collections.abc import Callable
from pathlib import Path

import pytest

from simulators.kit.fifo import Fifo
from simulators.kit.wire import Listener, PseudoTerminal
from simulators.pads.events import EVENT, stroke
from tests.golden import vector

PATIENCE_S = 5.0


class Heard:
    """What arrived at a wire."""

    def __init__(self) -> None:
        self.data = b""
        self.left = 0
        self._news = asyncio.Event()

    def take(self, data: bytes) -> None:
        self.data += data
        self._news.set()

    def hung_up(self) -> None:
        self.left += 1
        self._news.set()

    async def until(self, wanted: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not wanted():
                self._news.clear()
                await self._news.wait()


async def test_a_pseudo_terminal_carries_every_byte_both_ways(tmp_path: Path) -> None:
    heard = Heard()
    wire = PseudoTerminal(tmp_path / "run" / "p", speed=9600)
    wire.on_bytes = heard.take
    wire.plug()
    wire.plug()
    every = bytes(range(256))
    port = os.open(tmp_path / "run" / "p", os.O_RDWR | os.O_NOCTTY)
    assert wire.speed == 9600
    os.write(port, every)
    await heard.until(lambda: heard.data == every)
    wire.write(every)
    assert os.read(port, 1000) == every
    attributes = termios.tcgetattr(port)
    attributes[4] = attributes[5] = termios.B57600
    termios.tcsetattr(port, termios.TCSANOW, attributes)
    assert wire.speed == 57600
    wire.unplug()
    wire.unplug()
    assert not (tmp_path / "run" / "p").is_symlink()
    with pytest.raises(OSError, match="Input/output error"):
        os.write(port, b"x")
    os.close(port)
    assert wire.speed is None
    wire.write(b"lost")
    assert wire.lost == 4


async def test_a_serial_driver_that_does_not_read_costs_bytes_and_not_time(tmp_path: Path) -> None:
    wire = PseudoTerminal(tmp_path / "p")
    wire.plug()
    for _ in range(100):
        wire.write(bytes(10_000))
    assert wire.lost > 0
    wire.unplug()


async def test_a_link_left_by_a_dead_process_is_replaced_and_a_file_is_not(tmp_path: Path) -> None:
    path = tmp_path / "p"
    path.symlink_to("/dev/pts/no-such")
    wire = PseudoTerminal(path)
    wire.plug()
    port = os.open(path, os.O_RDWR | os.O_NOCTTY)
    tty.setraw(port)
    os.close(port)
    wire.unplug()
    path.write_text("precious", encoding="utf-8")
    for blocked in (wire, Fifo(path)):
        with pytest.raises(FileExistsError, match="move it away"):
            blocked.plug()
        assert not blocked.plugged
    assert path.read_text(encoding="utf-8") == "precious"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


async def test_a_listener_talks_to_the_last_who_called(tmp_path: Path) -> None:
    heard, port = Heard(), free_port()
    wire = Listener("127.0.0.1", port)
    wire.on_bytes, wire.on_left = heard.take, heard.hung_up
    wire.write(b"to nobody")
    wire.plug()
    first_reader, first = await asyncio.open_connection("127.0.0.1", port)
    first.write(b"one")
    await heard.until(lambda: heard.data == b"one")
    reader, second = await asyncio.open_connection("127.0.0.1", port)
    second.write(b"two")
    await heard.until(lambda: heard.data == b"onetwo")
    assert await first_reader.read() == b""
    assert heard.left == 1
    wire.write(b"answer")
    assert await reader.readexactly(6) == b"answer"
    second.close()
    await heard.until(lambda: heard.left == 2)
    _, third = await asyncio.open_connection("127.0.0.1", port)
    third.write(b"three")
    await heard.until(lambda: heard.data.endswith(b"three"))
    wire.unplug()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)
    wire.plug()
    _, again = await asyncio.open_connection("127.0.0.1", port)
    wire.unplug()
    assert wire.lost == len(b"to nobody")
    for writer in (first, second, third, again):
        writer.close()


async def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        wire = Listener("127.0.0.1", taken.getsockname()[1])
        with pytest.raises(OSError, match="in use"):
            wire.plug()
        assert not wire.plugged


def test_a_fifo_keeps_nothing_for_a_reader_that_is_not_there(tmp_path: Path) -> None:
    fifo = Fifo(tmp_path / "pad", 4096)
    fifo.plug()
    assert not fifo.heard
    assert fifo.write(b"to nobody") == 0
    reader = os.open(fifo.path, os.O_RDONLY | os.O_NONBLOCK)
    with pytest.raises(BlockingIOError):
        os.read(reader, 10)
    assert fifo.heard
    assert fifo.write(b"unread") == 6
    os.close(reader)
    assert fifo.write(b"to nobody") == 0
    reader = os.open(fifo.path, os.O_RDONLY | os.O_NONBLOCK)
    assert fifo.write(b"read") == 4
    assert os.read(reader, 100) == b"read"
    assert fifo.write(bytes(100_000)) == 4096
    fifo.unplug()
    fifo.unplug()
    assert len(os.read(reader, 100_000)) == 4096
    assert os.read(reader, 10) == b""
    os.close(reader)
    assert not fifo.path.exists()
    assert fifo.write(b"x") == 0
    fifo.plug()
    fifo.unplug()


def test_a_stroke_is_what_the_kernel_writes() -> None:
    golden = vector("evdev", "keypad_enter").bytes
    assert stroke(96, 1795139968.001)[: len(golden)] == golden
    events = [EVENT.unpack_from(stroke(76, 5.0), at) for at in range(0, 4 * EVENT.size, EVENT.size)]
    assert events == [(5, 0, 1, 76, 1), (5, 0, 0, 0, 0), (5, 80_000, 1, 76, 0), (5, 80_000, 0, 0, 0)]


def test_a_worn_contact_touches_several_times_within_the_debounce_time() -> None:
    events = list(EVENT.iter_unpack(stroke(79, 1.9, bounce=True)))
    presses = [second * 1_000_000 + micros for second, micros, kind, _, value in events if kind and value]
    assert len(presses) == 3
    assert presses == sorted(presses)
    assert presses[-1] - presses[0] < 300_000
    assert events[-2][4] == 0
