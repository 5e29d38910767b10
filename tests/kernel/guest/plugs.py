"""Putting virtual USB devices into this kernel's ports, and pulling them out again."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Final

from simulators.usb.attach import attach
from simulators.usb.hub import Hub
from tests.contract import stand

PATIENCE_S: Final = 30.0
"""The processor is emulated, and the machine it is emulated on is busy."""

stand.PATIENCE_S = PATIENCE_S


def folder() -> Path:
    """A new one, in memory."""
    return Path(mkdtemp())


async def plugged_in(hub: Hub, device: Any) -> None:
    """Have the kernel take in a device that is on the hub."""
    await attach(hub.address, device.busid)


async def until(there: Callable[[], Any]) -> Any:
    """Wait until `there` finds something, and return it."""
    async with asyncio.timeout(PATIENCE_S):
        while not (found := there()):
            await asyncio.sleep(0.05)
    return found
