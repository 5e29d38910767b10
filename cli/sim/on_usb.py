"""`hallkeeper sim --usb`: the simulated devices on virtual USB, attached to this machine where it may."""

from collections.abc import Collection
from functools import partial

from rich.console import Console

from broker.client import Bus
from hallfile.premises import Premises
from simulators.usb.attach import command
from simulators.usb.stand_ins import Virtual


async def run(premises: Premises, bus: Bus, only: Collection[str]) -> None:
    """Serve them until cancelled, and say what they are called and how a hall file names them."""
    from simulators.usb.room import run as simulate

    console = Console(soft_wrap=True, highlight=False)
    try:
        await simulate(premises, bus, only, partial(_tell, console))
    except OSError as error:
        console.print(f"no USB device can be served ({error}); end the program that serves USB/IP already")


def _tell(console: Console, devices: list[Virtual], why_not: str | None) -> None:
    if not devices:
        console.print("no simulated device of this hall has USB, or none has a name given with --only")
        return
    host, number = devices[0].hub.address
    console.print(f"served by USB/IP at {host}:{number}, each with the link for a hall file:", markup=False)
    for virtual in devices:
        device, who = virtual.device, f"{virtual.stand_in.kind} {virtual.stand_in.name}"
        console.print(f"  {device.busid}  {device.vid:04x}:{device.pid:04x}  {who}", markup=False)
        console.print(f'      link = "{virtual.link}"', markup=False)
    if why_not is None:
        console.print("attached to this machine's USB, and attached again when one is plugged in again")
        return
    console.print(f"not attached: {why_not}. To attach them by hand, type:", markup=False)
    console.print("  sudo modprobe vhci-hcd")
    for virtual in devices:
        console.print(f"  sudo {' '.join(command(virtual.hub.address, virtual.device.busid))}", markup=False)
