"""USB bodies for machines that speak a stream of bytes: which descriptors a host sees, how the bytes ride.

The forms of the ID reader are those of protocols.md 1.8; a printer is the USB-IF's printer class 1.1, and
what has a serial port of its own is CDC-ACM.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, Final

from usbip.classes.device.cdc_acm import CDCACM
from usbip.classes.device.hid import HID, vendor_report_descriptor
from usbip.core import InterfaceDescriptor, Stall
from usbip.device import In, Out, USBDevice

from hallfile.links import BadLink, LinkUrl
from simulators.usb.hid_frames import REPORT, closed, opened

MAKER: Final = "Hallkeeper"
PACKET: Final = 64
"""Of a full-speed bulk endpoint."""
MOST_UNREAD: Final = 64
"""Packets that wait for a host that reads nothing; what is said beyond them is lost."""
HEAD: Final = 7
"""Preamble and length of a SAM_V frame."""
READER: Final = "0400:C35A"
HID_READER: Final = "10C4:0007"

PRINTER_CLASS, VENDOR_CLASS = (0x07, 0x01, 0x02), (0xFF, 0x00, 0x00)
IEEE_1284_ID: Final = b"MFG:Hallkeeper;CMD:ESC/POS;MDL:Simulated;CLS:PRINTER;"
PORT_STATUS: Final = 0x18
"""Selected, no error, paper: what ESC/POS printers answer whatever happens; the truth is in DLE EOT."""


class Body(ABC):
    """A virtual USB device that carries a stream both ways."""

    def __init__(self, link: LinkUrl, product: str) -> None:
        vendor, number = (int(part, 16) for part in link.path.split(":"))
        serial = link.options.get("serial")
        self.device: Any = USBDevice(vendor, number, product=product, manufacturer=MAKER, serial=serial)
        self.heard: Callable[[bytes], None] = lambda _data: None
        """Called with what the host sent."""

    @abstractmethod
    def say(self, data: bytes) -> int:
        """Put bytes where the host reads; returns how many there was room for."""

    @property
    def speed(self) -> int | None:
        """Bits a second the host has set; None where there are none."""
        return None


class PlainBody(Body):
    """One bulk endpoint each way: a printer, or a reader with a single pair."""

    def __init__(self, link: LinkUrl, product: str, triple: tuple[int, int, int]) -> None:
        super().__init__(link, product)
        group = _interface(self.device, triple, endpoints=2)
        group.add_endpoint(Out(0x01, mps=PACKET)).on_out = lambda _, data: self.heard(bytes(data))
        self._in = group.add_endpoint(In(0x81, mps=PACKET))
        if triple == PRINTER_CLASS:
            self.device.on_control(0, _printer_request)

    def say(self, data: bytes) -> int:
        return put(self._in, data)


class SplitBody(Body):
    """Two bulk pairs: the heads of frames on the first, the rest on the second."""

    def __init__(self, link: LinkUrl, product: str) -> None:
        super().__init__(link, product)
        group = _interface(self.device, VENDOR_CLASS, endpoints=4)
        group.add_endpoint(Out(0x02, mps=PACKET)).on_out = lambda _, data: self._asked_anew(bytes(data))
        self._head = group.add_endpoint(In(0x81, mps=PACKET))
        group.add_endpoint(Out(0x06, mps=PACKET)).on_out = lambda _, data: self.heard(bytes(data))
        self._rest = group.add_endpoint(In(0x85, mps=PACKET))
        self._begun = b""
        """The head of a reply, while it is not whole."""
        self._owed = 0
        """Bytes of the reply that belong on the second pair."""

    def say(self, data: bytes) -> int:
        said = 0
        while data:
            if not self._owed:
                missing = HEAD - len(self._begun)
                self._begun, data = self._begun + data[:missing], data[missing:]
                if len(self._begun) < HEAD:
                    break
                said += put(self._head, self._begun)
                self._owed, self._begun = int.from_bytes(self._begun[5:7], "big"), b""
            said += put(self._rest, data[: self._owed])
            self._owed, data = max(0, self._owed - len(data)), data[self._owed :]
        return said

    def _asked_anew(self, head: bytes) -> None:
        """A reply that was cut short is forgotten when the host asks again."""
        self._begun, self._owed = b"", 0
        self.heard(head)


class HidBody(Body):
    """SAM_V frames in HID reports of 64 bytes."""

    def __init__(self, link: LinkUrl, product: str) -> None:
        super().__init__(link, product)
        reports = HID(
            vendor_report_descriptor(REPORT, REPORT), in_ep=0x81, out_ep=0x02, on_output=self._report
        )
        self._in = self.device.add(reports).in_ep
        self._asked = b""
        self._reply = b""

    def say(self, data: bytes) -> int:
        """Whole frames only are passed on: the bridge inside counts what it wraps."""
        self._reply += data
        end = HEAD + int.from_bytes(self._reply[5:7], "big")
        if len(self._reply) < max(HEAD, end):
            return len(data)
        frame, self._reply = self._reply[:end], b""
        put(self._in, b"".join(closed(frame)))
        return len(data)

    def _report(self, report: bytes) -> None:
        self._asked += report
        frame = opened(self._asked)
        if frame is not None:
            self._asked = self._reply = b""
            self.heard(frame)


class SerialBody(Body):
    """A CDC-ACM port: /dev/ttyACM* on Linux."""

    def __init__(self, link: LinkUrl, product: str) -> None:
        super().__init__(link, product)
        port = CDCACM(on_rx=lambda _, data: self.heard(bytes(data)))
        self._comm = port.comm
        self._in = self.device.add(port).in_ep

    @property
    def speed(self) -> int | None:
        return int(self._comm.line_coding.baud)

    def say(self, data: bytes) -> int:
        return put(self._in, data)


FORMS: Final[dict[str, Callable[[LinkUrl, str], Body]]] = {
    "printer": lambda link, product: PlainBody(link, product, PRINTER_CLASS),
    "single": lambda link, product: PlainBody(link, product, VENDOR_CLASS),
    "split": SplitBody,
    "hid": HidBody,
    "serial": SerialBody,
}
"""By the option `form` of a simulated device's link; a driver takes no notice of it."""


def body_for(link: LinkUrl, product: str = "simulated device") -> Body:
    """The body that the link of a simulated device describes; raises `BadLink`."""
    usual = {READER: "split", HID_READER: "hid"}.get(link.path.upper(), "printer")
    form = link.options.get("form", usual)
    if form not in FORMS:
        raise BadLink(f"form={form!r} in {link} can't be simulated; there are {', '.join(FORMS)}")
    return FORMS[form](link, product)


def put(endpoint: Any, data: bytes) -> int:
    """Give the host packets to read, as long as there is room; returns how many bytes found some."""
    packets = [data[at : at + PACKET] for at in range(0, len(data), PACKET)]
    room = max(0, MOST_UNREAD - len(endpoint._q))  # the package tells nobody how much waits
    for packet in packets[:room]:
        endpoint.write(packet)
    return sum(map(len, packets[:room]))


def _interface(device: Any, triple: tuple[int, int, int], endpoints: int) -> Any:
    """A group of descriptors that begins with an interface of this class."""
    group = device.add_group()
    group.add(InterfaceDescriptor(group.claim_interface(), 0, endpoints, *triple).pack())
    return group


def _printer_request(setup: Any, _data: bytes) -> bytes:
    """Printer class 1.1, section 4.2."""
    match setup.bRequest:
        case 0:  # GET_DEVICE_ID
            return (2 + len(IEEE_1284_ID)).to_bytes(2, "big") + IEEE_1284_ID
        case 1:  # GET_PORT_STATUS
            return bytes([PORT_STATUS])
        case 2:  # SOFT_RESET
            return b""
    raise Stall
