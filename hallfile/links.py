"""Where a device is plugged in, as one line of text.

``serial:/dev/ttyUSB0?baud=115200`` · ``tcp://192.0.2.7:9100`` · ``udp://192.0.2.8:4048`` ·
``usb:0400:C35A?serial=…`` or ``?path=1-3.2`` (vendor and product, as lsusb says) · ``lp:/dev/usb/lp0`` ·
``evdev:/dev/input/by-path/…-event-kbd`` or ``evdev:phys=usb-0000:00:14.0-3.2/input0`` ·
``http://0.0.0.0:8091?token_file=…`` (we listen there) · ``pcm:/path/to/stream?rate=48000`` ·
``audio:default`` or ``audio:ring`` (a WAV ring in the data folder).
``{data}`` in a path stands for the hall's data folder.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

SCHEMES = ("serial", "tcp", "udp", "http", "usb", "lp", "evdev", "pcm", "audio")
ON_THE_NETWORK = ("tcp", "udp", "http")
"""Schemes whose place is a host and a port; the others have a path."""

USB_ID = re.compile("[0-9A-Fa-f]{4}:[0-9A-Fa-f]{4}")
"""Vendor and product."""


class BadLink(ValueError):
    """The text is not a link; the message says what is wrong and what may stand there."""


@dataclass(frozen=True)
class LinkUrl:
    """A link, read."""

    scheme: str
    path: str = ""
    host: str = ""
    port: int = 0
    options: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        place = f"//{self.place}" if self.scheme in ON_THE_NETWORK else self.path
        options = "&".join(f"{key}={value}" for key, value in self.options.items())
        return f"{self.scheme}:{place}" + (f"?{options}" if options else "")

    @property
    def place(self) -> str:
        """What only one device can be plugged into."""
        if self.scheme == "usb":
            # two of a kind have the same name, and are told apart by what else is said of them
            told = (self.options[key] for key in ("serial", "path", "via") if key in self.options)
            return " ".join((self.path.lower(), *told))
        return place_of(self.host, self.port) if self.scheme in ON_THE_NETWORK else self.path

    def number(self, option: str, default: int) -> int:
        """An option that is a whole number."""
        text = self.options.get(option, str(default))
        if not text.isdigit():
            raise BadLink(f"{option}={text!r} in {self} is not a whole number")
        return int(text)


def place_of(host: str, port: int) -> str:
    """One name for one address, however it was written."""
    return f"{'127.0.0.1' if host == 'localhost' else host}:{port}"


def parse_link(text: str, data: Path | None = None) -> LinkUrl:
    """Read a link; raises `BadLink`."""
    scheme, colon, rest = text.partition(":")
    if not colon or scheme not in SCHEMES:
        raise BadLink(f"{text!r} does not begin with one of {', '.join(name + ':' for name in SCHEMES)}")
    if data is not None:
        rest = rest.replace("{data}", str(data))
    try:
        parts = urlsplit(f"{scheme}:{rest}" if scheme in ON_THE_NETWORK else f"//{rest}")
        options = dict(parse_qsl(parts.query, keep_blank_values=True))
        if scheme not in ON_THE_NETWORK:
            path = rest.partition("?")[0]
            if not path:
                raise BadLink(f"{text!r} names no path after {scheme}:")
            if scheme == "usb" and not USB_ID.fullmatch(path):
                raise BadLink(f"{text!r} is not usb:VENDOR:PRODUCT with four hexadecimal digits each")
            return LinkUrl(scheme, path=path, options=options)
        if not parts.hostname or parts.port is None:
            raise BadLink(f"{text!r} is not {scheme}://HOST:PORT")
        return LinkUrl(scheme, host=parts.hostname, port=parts.port, options=options)
    except ValueError as error:
        raise error if isinstance(error, BadLink) else BadLink(f"{text!r} is not a link: {error}") from None
