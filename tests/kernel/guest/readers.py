"""The ID reader's driver on every USB form of a reader, and on a reader's CDC serial port."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from broker.messages.devices import CardRead
from devices.id_reader.driver import IdReader
from hallfile.devices import IdReader as Entry
from simulators.id_reader.simulator import ReaderStandIn
from simulators.kit.control import NOTHING, Control
from simulators.usb.wire import UsbWire
from tests.contract.simulated import plugged
from tests.contract.stand import Stand, standing
from tests.contract.usb_plugs import built
from tests.kernel.guest.plugs import folder, plugged_in, until

TRIES: Final = 3


async def split() -> None:
    """0400:C35A with two bulk pairs."""
    await tried("usb:0400:C35A", "usb:0400:C35A")


async def single() -> None:
    """The same with one pair."""
    await tried("usb:0400:C35A?form=single", "usb:0400:C35A")


async def hid() -> None:
    """MIAXIS: frames in HID reports; the kernel's usbhid has it first."""
    await tried("usb:10C4:0007", "usb:10C4:0007")


async def cdc_port() -> None:
    """A serial port that the kernel's cdc_acm makes, opened by pyserial."""
    port = Path("/dev/ttyACM0")
    await tried("usb:1209:0004?form=serial", f"serial:{port}?baud=115200", port.exists)


async def tried(body: str, link: str, there: Callable[[], bool] = lambda: True) -> None:
    """Read a card, pull the plug, put it in again and read another."""
    here = folder()
    with plugged(lambda stage: ReaderStandIn("x1", Entry(link=body), stage), here) as machine:
        wire = machine.wire
        assert isinstance(wire, UsbWire)
        async with standing(built(IdReader, here), Entry(link=link), here) as stand:
            for name, masked in (("c01", "张*"), ("c02", "王*")):
                machine.plug()
                await plugged_in(wire.hub, wire.body.device)
                await until(there)
                await stand.word("online")
                card = await laid(stand, machine.controls()["card"], name)
                assert card.name_masked == masked
                machine.unplug()
                await stand.word("powerOff")


async def laid(stand: Stand, card: Control, name: str) -> CardRead:
    """Lay a card on the reader until it is read; on an emulated processor a reply may come too late."""
    for _ in range(TRIES):
        already = len(stand.events)
        card.turn(name)
        await stand.until(lambda seen, already=already: len(seen.events) > already)
        card.turn(NOTHING)
        if isinstance(event := stand.events[-1], CardRead):
            return event
        await stand.until(lambda seen: seen.state.media == "notPresent")
    raise AssertionError(f"{name} was not read: {stand.events}")
