"""Opening a device's link by the scheme of its URL (hallfile.links).

Every scheme is a module of this package with ``async def open(url: LinkUrl) -> Link``; it is imported when
the first link of its kind is opened, so that a hall without serial ports never loads pyserial.
"""

from importlib import import_module
from importlib.util import find_spec

from devices.kit.errors import Misconfigured
from devices.kit.link import Link
from hallfile.links import LinkUrl


async def open_link(url: LinkUrl) -> Link:
    """Open `url`; raises `LinkMissing` when nothing is there, `Misconfigured` for an unknown scheme."""
    module = f"{__name__}.{url.scheme}"
    if find_spec(module) is None:
        raise Misconfigured(f"{url} can't be opened as a stream of bytes; give this device another link")
    link: Link = await import_module(module).open(url)
    return link
