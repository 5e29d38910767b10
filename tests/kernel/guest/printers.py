"""The ticket printer's driver on a USB printer, through libusb and through the kernel's usblp."""

from collections.abc import Callable
from pathlib import Path

from broker.messages.devices import Print
from devices.ticket_printer.driver import TicketPrinter
from hallfile.devices import TicketPrinter as Entry
from simulators.ticket_printer.simulator import PrinterStandIn
from simulators.usb.wire import UsbWire
from tests.contract.paper import FIELDS
from tests.contract.simulated import plugged
from tests.contract.stand import Stand, standing
from tests.contract.usb_plugs import built
from tests.kernel.guest.plugs import folder, plugged_in, until

PRINTER = "usb:1209:0001?serial=P1"


async def through_libusb() -> None:
    """The printer is taken from usblp, and given back."""
    await tried(Entry(link=PRINTER), lambda: True)


async def through_usblp() -> None:
    """The kernel's driver has the printer."""
    lp = Path("/dev/usb/lp0")
    await tried(Entry(link=f"lp:{lp}"), lp.exists)


async def tried(entry: Entry, there: Callable[[], bool]) -> None:
    """Print, pull the plug, put it in again and print."""
    here = folder()
    with plugged(lambda stage: PrinterStandIn("x1", Entry(link=PRINTER), stage), here) as machine:
        wire = machine.wire
        assert isinstance(wire, UsbWire)
        async with standing(built(TicketPrinter, here), entry, here) as stand:
            for round_ in range(1, 3):
                machine.plug()
                await plugged_in(wire.hub, wire.body.device)
                await until(there)
                await stand.word("online")
                await printed(stand, f"job-{round_}")
                assert machine.printer.paper.tickets == round_
                assert "A001" in "".join(machine.shows()["ticket"])
                machine.unplug()
                await stand.word("powerOff")


async def printed(stand: Stand, job: str) -> None:
    """A ticket comes out and the printer confirms it."""
    reply = await stand.ask(Print, job=job, layout="ticket", fields=FIELDS, expires_s=60.0)
    assert reply.ok, reply
    assert reply.outcome == "printed"
