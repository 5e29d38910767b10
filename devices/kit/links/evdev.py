"""Keypads: ``evdev:/dev/input/by-path/…-event-kbd``, ``evdev:phys=usb-0000:00:14.0-3.2/input0``, or a FIFO.

Each gives the same bytes upward: `struct input_event`s as the kernel lays them out. A pad is known by the
port it is plugged into, since pads of one make have the same name and no number (protocols.md 3.2).
"""

import errno
import logging
import os
import re
import stat
from collections.abc import Collection
from contextlib import ExitStack
from pathlib import Path
from typing import Final, TypeAlias

import evdev

from devices.kit.errors import DeviceError, LinkMissing, Misconfigured
from devices.kit.keys import EV_KEY
from devices.kit.links.descriptor import DescriptorLink
from devices.kit.links.padfifo import open_fifo
from devices.kit.padend import PadEnd
from hallfile.links import LinkUrl

log = logging.getLogger(__name__)

PHYS: Final = "phys="
SYSTEM: Final = Path("/sys/class/input")
"""Where the kernel says what phys each node has, without the node being opened."""
DEVICES: Final = Path("/dev/input")

DIGITS: Final = (frozenset(range(2, 7)), frozenset((75, 76, 79, 80, 81)))
"""KEY_1 … KEY_5, and the same on a numeric pad: a node that has all of either is the one with the keys."""

Node: TypeAlias = "evdev.InputDevice[str]"


class PadLink(DescriptorLink, PadEnd):
    """The node with the keys. The pad's other nodes are held, so that their keys go nowhere, and not read."""

    def __init__(self, keys: Node, held: ExitStack) -> None:
        super().__init__(keys.fd, str(keys.path), held.close)
        self._keys = keys

    def active_keys(self) -> frozenset[int]:
        """The keys that are down now; raises `LinkLost`."""
        try:
            return frozenset(self._keys.active_keys())
        except OSError as error:
            raise self._lost(error.strerror) from None

    def signal(self, waiting: bool, lights: Collection[int]) -> None:
        """Light those of the pad's lamps named in `lights`, or put them out."""
        try:
            for lamp in set(self._keys.capabilities().get(evdev.ecodes.EV_LED, ())) & set(lights):
                self._keys.set_led(lamp, int(waiting))
        except OSError as error:
            # a pad that has just gone is noticed by whoever reads it
            log.debug("the lamps of %s can't be switched: %s", self.name, error.strerror)


async def open(url: LinkUrl) -> DescriptorLink:  # noqa: A001 - the name every scheme's module has
    """Open the pad for us alone; raises `LinkMissing` when none is there, `DeviceError` when it is taken."""
    path = _path_of(url.path)
    try:
        mode = os.stat(path).st_mode
        if stat.S_ISCHR(mode):
            return _grab(path)
        if stat.S_ISFIFO(mode):
            return await open_fifo(path)
    except OSError as error:
        raise _failure(url.path, error) from None
    raise Misconfigured(f"{url.path} is no input device; name one of /dev/input/by-path in the hall file")


def _path_of(place: str) -> str:
    """A link's place as a path: what is named by its phys is looked up."""
    if not place.startswith(PHYS):
        return place
    for node, phys in _all_phys().items():
        if phys == place.removeprefix(PHYS):
            return str(DEVICES / node)
    raise LinkMissing(f"no input device has {place}; plug the pad into its port or correct its link")


def _grab(path: str) -> PadLink:
    """The pad for us alone: ungrabbed, a digit pressed on it would reach the machine's own console too."""
    with ExitStack() as held:
        nodes = [_opened(path, held)]
        nodes += [_opened(str(DEVICES / node), held) for node in _siblings(path)]
        keys = next((node for node in nodes if any(_codes(node) >= row for row in DIGITS)), nodes[0])
        for node in nodes:
            if node is keys or _codes(node):
                node.grab()
        return PadLink(keys, held.pop_all())


def _opened(path: str, held: ExitStack) -> Node:
    node = evdev.InputDevice(path)
    held.callback(node.close)
    return node


def _codes(node: Node) -> set[int]:
    """The keys a node may send."""
    return set(node.capabilities().get(EV_KEY, ()))


def _siblings(path: str) -> list[str]:
    """The other nodes of the pad at `path`: those on the same port."""
    all_phys = _all_phys()
    # a by-path name is a link to the node, whose own name the kernel knows
    while os.path.basename(path) not in all_phys and os.path.islink(path):
        path = os.path.join(os.path.dirname(path), os.readlink(path))
    own = os.path.basename(path)
    port = _port(all_phys.get(own, ""))
    return [node for node, phys in all_phys.items() if port and node != own and _port(phys) == port]


def _port(phys: str) -> str:
    """``usb-0000:00:14.0-3.2`` of ``usb-0000:00:14.0-3.2/input0``; nothing where no port is told."""
    found = re.fullmatch(r"(.+)/input\d+", phys)
    return found[1] if found else ""


def _all_phys() -> dict[str, str]:
    """Every event node of the machine and its phys, in the kernel's order."""
    found = {}
    for told in SYSTEM.glob("event*/device/phys"):
        try:
            found[told.parts[-3]] = told.read_text(encoding="utf-8", errors="replace").strip()
        except OSError:
            continue
    return dict(sorted(found.items(), key=lambda item: int(item[0].removeprefix("event") or 0)))


def _failure(path: str, error: OSError) -> DeviceError:
    match error.errno:
        case errno.ENOENT | errno.ENODEV | errno.ENXIO:
            return LinkMissing(f"{path} is not there; plug the pad in or correct its link in the hall file")
        case errno.EACCES | errno.EPERM:
            return LinkMissing(
                f"{path} may not be opened by this user; add the user to the group input", code="link_denied"
            )
        case errno.EBUSY:
            return DeviceError(
                f"{path} is held by another program; stop that program", "deviceBusy", "link_busy"
            )
        case errno.ENOTTY:
            return Misconfigured(
                f"{path} is no input device; name one of /dev/input/by-path in the hall file"
            )
        case _:
            return LinkMissing(
                f"{path} can't be opened as a keypad ({error.strerror}); check the pad and its link"
            )
