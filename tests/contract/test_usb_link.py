"""The usb: link against virtual devices: every form, and every way in which a device is not there."""

import asyncio
import errno
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from usb.core import USBError

from devices.kit.errors import DeviceError, LinkLost, LinkMissing, Misconfigured
from devices.kit.links import open_link
from devices.kit.links import usb as usb_links
from devices.kit.links.usb import UsbLink
from devices.kit.usb.over_ip import UsbIpBackend
from hallfile.links import parse_link
from tests.contract.usb_plugs import Far, connected, free_port
from tests.golden import vector

FIND, OK = vector("sam_v", "find card").bytes, bytes.fromhex(vector("sam_hid", "ok").means["frame"])
LONG = bytes.fromhex("AAAAAA9669 0508") + random.Random(1).randbytes(0x508)
"""As long as a card that is read, and one byte longer than 20 packets."""


@pytest.fixture
def via() -> str:
    return f"via=127.0.0.1:{free_port()}"


FORMS = ("0400:C35A", "0400:C35A?form=single", "10C4:0007", "1209:0001", "1209:0001?form=single")


@pytest.fixture(params=FORMS)
async def ends(request: pytest.FixtureRequest, via: str) -> AsyncIterator[tuple[Far, UsbLink]]:
    form = request.param + ("&" if "?" in request.param else "?")
    async with connected(f"usb:{form}{via}") as both:
        yield both


async def test_frames_go_both_ways_in_every_form(ends: tuple[Far, UsbLink]) -> None:
    far, link = ends
    for frame in (FIND, FIND):
        await link.write(frame)
        assert await far.hear(len(frame)) == frame
        for reply in (OK, LONG):
            far.wire.write(reply)
            heard = b""
            async with asyncio.timeout(10):
                while len(heard) < len(reply):
                    heard += await link.read(100)
            assert heard == reply
    assert link.sent == 2 * len(FIND)
    assert link.received == 2 * (len(OK) + len(LONG))
    assert far.wire.lost == 0


async def test_a_read_that_is_given_up_loses_nothing(ends: tuple[Far, UsbLink]) -> None:
    far, link = ends
    for _ in range(3):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await link.read()
        await link.write(FIND)
        await far.hear(len(FIND))
        far.wire.write(OK)
        heard = b""
        async with asyncio.timeout(10):
            while len(heard) < len(OK):
                heard += await link.read()
        assert heard == OK
        assert await link.drain_input() == b""


async def test_a_device_that_is_pulled_out_is_lost_and_can_come_back(ends: tuple[Far, UsbLink]) -> None:
    far, link = ends
    waiting = asyncio.create_task(link.read())
    far.wire.unplug()
    with pytest.raises(LinkLost, match="plug it in again"):
        async with asyncio.timeout(5):
            await waiting
    with pytest.raises(LinkLost):
        await link.write(FIND)
    await link.close()
    url = far.wire.hub.address[1]
    far.wire.plug()
    again = await open_link(parse_link(f"usb:{_id_of(far)}?via=127.0.0.1:{url}"))
    await again.write(FIND)
    assert await far.hear(len(FIND)) == FIND
    await again.close()


async def test_a_long_job_comes_out_whole_and_one_that_is_closed_does_not(via: str) -> None:
    async with connected(f"usb:1209:0001?{via}") as (far, link):
        job = random.Random(2).randbytes(20_000)
        await link.write(job)
        assert await far.hear(len(job)) == job
        writing = asyncio.create_task(link.write(bytes(1 << 20)))
        await far.hear(1)
        await link.close()
        with pytest.raises(LinkLost):
            await writing
        with pytest.raises(LinkLost):
            await link.read()
        await link.close()


async def test_a_write_that_is_given_up_stops(via: str) -> None:
    async with connected(f"usb:1209:0001?{via}") as (far, link):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await link.write(bytes(4 << 20))
        await link.write(b"and then")
        heard = await far.until(lambda heard: heard.endswith(b"and then"))
        assert len(heard) < 4 << 20
        assert link.sent == len(b"and then")


async def test_what_nobody_reads_stays_bounded(via: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usb_links, "MOST_WAITING", 1000)
    async with connected(f"usb:1209:0001?{via}") as (far, link):
        async with asyncio.timeout(10):
            while not far.wire.lost:
                far.wire.write(bytes(640))
                await asyncio.sleep(0.005)
        assert len(link._waiting) < 1000 + 64
        read = 0
        async with asyncio.timeout(10):
            while read < 5000:
                read += len(await link.read())


async def test_nothing_plugged_in(via: str) -> None:
    with pytest.raises(LinkMissing, match="127.0.0.1"):
        await open_link(parse_link(f"usb:1209:0001?{via}"))
    async with connected(f"usb:1209:0001?{via}"):
        with pytest.raises(LinkMissing, match="no USB device 0400:c35a .* is plugged in; plug it in"):
            await open_link(parse_link(f"usb:0400:C35A?{via}"))


async def test_one_of_several_is_found_by_what_tells_it_apart(via: str) -> None:
    with two_printers(via) as (first, second):
        with pytest.raises(Misconfigured, match=r"2 devices are 1209:0001 \(at 1-1, 1-2\)"):
            await open_link(parse_link(f"usb:1209:0001?{via}"))
        for told, far in (("path=1-2", second), ("serial=A1", first)):
            link = await open_link(parse_link(f"usb:1209:0001?{via}&{told}"))
            await link.write(b"you")
            assert await far.hear(3) == b"you"
            await link.close()
        with pytest.raises(LinkMissing, match="but 1209:0001 is at 1-1, 1-2; correct path="):
            await open_link(parse_link(f"usb:1209:0001?{via}&path=3-1"))


async def test_a_device_somebody_else_has_is_busy(via: str) -> None:
    async with connected(f"usb:1209:0001?{via}"):
        with pytest.raises(DeviceError, match="held by another program") as caught:
            await open_link(parse_link(f"usb:1209:0001?{via}"))
        assert caught.value.word == "deviceBusy"


async def test_what_is_no_printer_and_no_reader_is_refused(via: str) -> None:
    far = Far(f"usb:1209:0004?form=serial&{via}")
    far.wire.plug()
    try:
        with pytest.raises(Misconfigured, match="no interface of a printer or an ID reader"):
            await open_link(parse_link(f"usb:1209:0004?{via}"))
    finally:
        far.wire.unplug()


@pytest.mark.parametrize(
    ("number", "kind", "says"),
    [
        (errno.EACCES, LinkMissing, r'ATTR\{idVendor\}=="1209", ATTR\{idProduct\}=="0001", MODE="0660"'),
        (errno.EBUSY, DeviceError, "stop that program"),
        (errno.ENODEV, LinkMissing, "went away"),
        (errno.EIO, LinkMissing, "can't be opened"),
    ],
)
async def test_why_a_device_can_t_be_opened(
    number: int, kind: type[DeviceError], says: str, via: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> Any:
        raise USBError("no", errno=number)

    async with connected(f"usb:1209:0001?{via}") as (far, link):
        await link.close()
        backend = UsbIpBackend(*far.wire.hub.address, 0x1209, 0x0001)
        monkeypatch.setattr(backend, "open_device", refuse)
        with pytest.raises(kind, match=says):
            await usb_links.open(parse_link(f"usb:1209:0001?{via}"), backend)


async def test_the_kernel_s_driver_is_put_aside_and_gets_its_device_back(
    via: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    async with connected(f"usb:1209:0001?{via}") as (far, link):
        await link.close()
        backend = UsbIpBackend(*far.wire.hub.address, 0x1209, 0x0001)
        kernel = SimpleNamespace(
            is_kernel_driver_active=lambda *_: True,
            detach_kernel_driver=lambda *_: done.append("detached"),
            attach_kernel_driver=lambda *_: done.append("attached"),
        )
        for name, call in vars(kernel).items():
            monkeypatch.setattr(backend, name, call, raising=False)
        opened = await usb_links.open(parse_link(f"usb:1209:0001?{via}"), backend)
        assert done == ["detached"]
        await opened.close()
        assert done == ["detached", "attached"]


async def test_a_link_nobody_waits_for_any_more_is_let_go(via: str) -> None:
    async with connected(f"usb:1209:0001?{via}") as (_, link):
        await link.close()
        opening = asyncio.create_task(open_link(parse_link(f"usb:1209:0001?{via}")))
        await asyncio.sleep(0)
        opening.cancel()
        await asyncio.gather(opening, return_exceptions=True)
        async with asyncio.timeout(5):
            while True:
                try:
                    again = await open_link(parse_link(f"usb:1209:0001?{via}"))
                    break
                except DeviceError:
                    await asyncio.sleep(0.05)
        await again.close()


@pytest.mark.parametrize("bad", ["via=here", "via=127.0.0.1"])
async def test_a_server_that_is_none(bad: str) -> None:
    with pytest.raises(Misconfigured, match="HOST:PORT"):
        await open_link(parse_link(f"usb:1209:0001?{bad}"))


@contextmanager
def two_printers(via: str) -> Iterator[tuple[Far, Far]]:
    with ExitStack() as plugs:
        both = []
        for serial in ("A1", "A2"):
            far = Far(f"usb:1209:0001?{via}&serial={serial}")
            far.wire.plug()
            plugs.callback(far.wire.unplug)
            both.append(far)
        yield both[0], both[1]


def _id_of(far: Far) -> str:
    return f"{far.wire.body.device.vid:04X}:{far.wire.body.device.pid:04X}"
