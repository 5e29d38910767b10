"""Attaching virtual USB devices to this machine's own USB stack, with Linux's vhci_hcd and its tool usbip.

Attached, a device is as good as a real one: the kernel names it under /dev, and udev tells who may open it.
"""

import asyncio
import os
import shutil
import sys
from pathlib import Path
from typing import Final

VHCI: Final = Path("/sys/devices/platform/vhci_hcd.0")
"""Where the kernel's virtual host controller shows itself once its module is loaded."""
ELSEWHERE: Final = "/usr/sbin:/sbin:/usr/local/sbin"
"""Where the tool may be without being on an ordinary user's path."""
ATTACH_S: Final = 30.0


class NotAttached(Exception):
    """The system did not take a device; the message says why, as its tool said it."""


def hindrance() -> str | None:
    """Why nothing can be attached here, and what to do about it; None when it can."""
    if sys.platform != "linux":
        return "only Linux takes virtual USB devices in; run this on a Linux machine"
    if _tool() is None:
        return "the tool usbip is missing; type: sudo apt-get install usbip"
    if not VHCI.exists():
        return "the kernel's virtual USB controller is not loaded; type: sudo modprobe vhci-hcd"
    if os.geteuid() != 0:
        return "only root may attach USB devices"
    return None


def command(address: tuple[str, int], port: str) -> list[str]:
    """What attaches the device at `port` of the hub at `address`, word for word."""
    host, number = address
    return [_tool() or "usbip", "--tcp-port", str(number), "attach", "--remote", host, "--busid", port]


async def attach(address: tuple[str, int], port: str) -> None:
    """Have the system take the device in; raises `NotAttached`."""
    process = await asyncio.create_subprocess_exec(
        *command(address, port), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    try:
        async with asyncio.timeout(ATTACH_S):
            said, _ = await process.communicate()
    except TimeoutError:
        raise NotAttached(f"usbip attach did not end within {ATTACH_S:g} s") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        raise NotAttached(said.decode(errors="replace").strip() or f"usbip ended with {process.returncode}")


def _tool() -> str | None:
    return shutil.which("usbip", path=f"{os.environ.get('PATH', '')}:{ELSEWHERE}")
