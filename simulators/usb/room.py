"""The room of simulators with USB bodies, kept attached to this machine's own USB where that can be."""

import asyncio
import logging
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from broker.client import Bus
from hallfile.catalogue import Catalogue
from hallfile.premises import Premises
from simulators.kit.stand_in import Stage
from simulators.room import TEXTS
from simulators.usb.attach import NotAttached, attach, hindrance
from simulators.usb.hub import Hub
from simulators.usb.stand_ins import Virtual, virtuals

log = logging.getLogger(__name__)

LOOK_S: Final = 0.5
"""How often to look for devices that were plugged in again, real seconds."""

Tell = Callable[[list[Virtual], str | None], None]
"""Told once of the devices, and of what keeps them from being attached."""


async def run(premises: Premises, bus: Bus, only: Collection[str], tell: Tell) -> None:
    """Simulate the hall's devices (those named in `only`, if any) on virtual USB until cancelled.

    Raises `OSError` when the USB/IP port is taken.
    """
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="studio") as studio:
        stage = Stage(premises, bus, Catalogue.load(TEXTS, premises.hall.hall.language), studio)
        devices = [virtual for virtual in virtuals(stage) if not only or virtual.stand_in.name in only]
        for virtual in devices:
            virtual.stand_in.plug()
        why_not = hindrance()
        tell(devices, why_not)
        async with asyncio.TaskGroup() as group:
            for virtual in devices:
                stand_in = virtual.stand_in
                group.create_task(stand_in.run(), name=f"{stand_in.kind} {stand_in.name}")
            if why_not is None:
                for hub in {virtual.hub for virtual in devices}:
                    group.create_task(keep_attached(hub), name="attaching")


async def keep_attached(hub: Hub) -> None:
    """Attach whatever is plugged into the hub and nobody has, until cancelled."""
    complained: set[str] = set()
    while True:
        for port in hub.devices:
            if hub.taken(port):
                complained.discard(port)
                continue
            try:
                await attach(hub.address, port)
            except NotAttached as error:
                if port not in complained:
                    log.warning("the device at %s could not be attached: %s; trying again", port, error)
                complained.add(port)
        await asyncio.sleep(LOOK_S)
