"""A wire that is a USB plug: ``usb:VENDOR:PRODUCT?via=127.0.0.1:3240``."""

from hallfile.links import BadLink, LinkUrl
from simulators.kit.wire import Wire
from simulators.usb.bodies import body_for
from simulators.usb.hub import Hub


class UsbWire(Wire):
    """A virtual USB device on the hub at the link's ``via``, or at the USB/IP port of the loopback."""

    def __init__(self, link: LinkUrl, product: str = "simulated device") -> None:
        super().__init__()
        self.hub = Hub.at(_address(link))
        self.body = body_for(link, product)
        self.body.heard = self._heard
        self._plugged = False

    @property
    def port(self) -> str | None:
        """Where on the hub it is plugged in (``1-1``), once it was."""
        port: str | None = self.body.device.busid
        return port

    @property
    def plugged(self) -> bool:
        return self._plugged

    @property
    def speed(self) -> int | None:
        return self.body.speed

    def plug(self) -> None:
        if not self._plugged:
            self.hub.plug(self.body.device)
            self._plugged = True

    def unplug(self) -> None:
        if self._plugged:
            self._plugged = False
            self.hub.unplug(self.body.device)

    def _heard(self, data: bytes) -> None:
        self.on_bytes(data)

    def write(self, data: bytes) -> None:
        heard = self._plugged and self.port is not None and self.hub.taken(self.port)
        self.lost += len(data) - (self.body.say(data) if heard else 0)


def _address(link: LinkUrl) -> tuple[str, int] | None:
    """Where the link's ``via`` points to."""
    if (via := link.options.get("via")) is None:
        return None
    host, _, port = via.rpartition(":")
    if not port.isdigit():
        raise BadLink(f"via={via!r} in {link} is not HOST:PORT")
    return host, int(port)
