"""A USB/IP server's devices behind pyusb: what pyusb asks of a backend, answered over a socket.

The protocol is the kernel's (Documentation/usb/usbip_protocol.rst). Everything here blocks, and may be called
from several threads: a read waits while a write goes on. Only what the usb: link needs is here: one
configuration, and nothing isochronous.
"""

import errno
import os
import socket
from array import array
from types import SimpleNamespace
from typing import Any, Final

from usb.core import USBError
from usbip import core, protocol

from devices.kit.usb.session import Session

CONNECT_S: Final = 3.0
_GET_DESCRIPTOR: Final = 0x06
_DEVICE, _CONFIGURATION = 0x0100, 0x0200
_NOT_ASKED: Final = {"bRefresh": 0, "bSynchAddress": 0, "extra_descriptors": b""}


class UsbIpBackend:
    """What stands behind pyusb: the devices `vendor`:`product` that the server at `host`:`port` exports."""

    def __init__(self, host: str, port: int, vendor: int, product: int) -> None:
        self._server = (host, port)
        self._wanted = (vendor, product)

    def enumerate_devices(self) -> "list[Exported]":
        with self._connect() as asking:
            try:
                listed = protocol.client_devlist(asking)
            except (OSError, core.USBError) as error:
                raise _unusable(self._server, error) from None
        return [
            Exported(info, self._import)
            for info in listed
            if (info["idVendor"], info["idProduct"]) == self._wanted
        ]

    def get_device_descriptor(self, device: "Exported") -> Any:
        return device.descriptor()

    def get_configuration_descriptor(self, device: "Exported", index: int) -> Any:
        if index:
            raise IndexError(f"there is no configuration {index}")
        return device.configuration()

    def get_interface_descriptor(self, device: "Exported", index: int, alternate: int, _config: int) -> Any:
        return device.settings(index)[alternate]

    def get_endpoint_descriptor(
        self, device: "Exported", index: int, interface: int, alternate: int, _config: int
    ) -> Any:
        return device.settings(interface)[alternate].endpoints[index]

    def open_device(self, device: "Exported") -> Session:
        return device.open()

    def close_device(self, session: Session) -> None:
        session.close()

    def set_configuration(self, session: Session, value: int) -> None:
        session.control(0x00, 0x09, value, 0, b"")

    def get_configuration(self, _session: Session) -> int:
        return 1  # a USB/IP server configures what it exports

    def set_interface_altsetting(self, session: Session, interface: int, alternate: int) -> None:
        session.control(0x01, 0x0B, alternate, interface, b"")

    def claim_interface(self, _session: Session, _interface: int) -> None:
        """Whoever imported the device has all of it."""

    def release_interface(self, _session: Session, _interface: int) -> None:
        """As above."""

    def is_kernel_driver_active(self, _session: Session, _interface: int) -> bool:
        return False

    def bulk_read(
        self, session: Session, endpoint: int, _interface: int, into: "array[int]", wait_ms: int
    ) -> int:
        data = session.receive(endpoint, len(into), wait_ms)
        into[: len(data)] = array("B", data)
        return len(data)

    def bulk_write(
        self, session: Session, endpoint: int, _interface: int, data: "array[int]", wait_ms: int
    ) -> int:
        return session.send(endpoint, data.tobytes(), wait_ms)

    intr_read = bulk_read
    intr_write = bulk_write
    iso_read = iso_write = None
    """pyusb looks at them; nothing here is isochronous."""

    def ctrl_transfer(
        self,
        session: Session,
        kind: int,
        request: int,
        value: int,
        index: int,
        data: "array[int]",
        wait_ms: int,
    ) -> int:
        if not kind & 0x80:
            session.control(kind, request, value, index, data.tobytes(), wait_ms=wait_ms)
            return len(data)
        got = session.control(kind, request, value, index, b"", len(data), wait_ms)
        data[: len(got)] = array("B", got)
        return len(got)

    def clear_halt(self, session: Session, endpoint: int) -> None:
        session.control(0x02, 0x01, 0, endpoint, b"")

    def _connect(self) -> socket.socket:
        try:
            return socket.create_connection(self._server, CONNECT_S)
        except OSError as error:
            raise _unusable(self._server, error) from None

    def _import(self, port: str) -> Session:
        sock = self._connect()
        try:
            info = protocol.client_import(sock, port.encode())
        except core.NotFound:
            sock.close()
            raise USBError("it is in use", errno=errno.EBUSY) from None
        except (OSError, core.USBError) as error:
            sock.close()
            raise _unusable(self._server, error) from None
        return Session(sock, (info["busnum"] << 16) | info["devnum"])


class Exported:
    """A device in a server's list. Its descriptors are read once, which takes it for a moment."""

    def __init__(self, info: dict[str, Any], take: Any) -> None:
        self._info = info
        self._take = take
        self._read: tuple[Any, bytes] | None = None

    def open(self) -> Session:
        """Take the device; raises `USBError` (EBUSY) while somebody else has it."""
        session: Session = self._take(self._info["busid"])
        return session

    def descriptor(self) -> Any:
        """Its device descriptor, with where it is plugged in."""
        fields = vars(self._descriptors()[0])
        bus, _, ports = self._info["busid"].partition("-")
        numbers = tuple(int(number) for number in ports.split(".") if number.isdigit())
        return SimpleNamespace(
            **fields,
            bLength=18,
            bDescriptorType=core.DT_DEVICE,
            bus=int(bus) if bus.isdigit() else self._info["busnum"],
            address=self._info["devnum"],
            port_number=numbers[-1] if numbers else None,
            port_numbers=numbers or None,
            speed=None,
        )

    def configuration(self) -> Any:
        """Its configuration descriptor."""
        parsed = core.ConfigurationDescriptor.parse(self._descriptors()[1])
        return SimpleNamespace(
            **vars(parsed), bLength=9, bDescriptorType=core.DT_CONFIG, extra_descriptors=b""
        )

    def settings(self, index: int) -> list[Any]:
        """The alternate settings of its interface, each with its endpoints; raises `IndexError`."""
        found: dict[int, list[Any]] = {}
        for raw in core.iter_descriptors(self._descriptors()[1], offset=9):
            if raw[1] == core.DT_INTERFACE:
                interface = _namespace(core.InterfaceDescriptor.parse(raw), raw)
                interface.endpoints = []
                found.setdefault(interface.bInterfaceNumber, []).append(interface)
            elif raw[1] == core.DT_ENDPOINT and found:
                interface.endpoints.append(_namespace(core.EndpointDescriptor.parse(raw), raw))
        return list(found.values())[index]

    def _descriptors(self) -> tuple[Any, bytes]:
        if self._read is None:
            session = self.open()
            try:
                device = session.control(0x80, _GET_DESCRIPTOR, _DEVICE, 0, b"", 18)
                head = session.control(0x80, _GET_DESCRIPTOR, _CONFIGURATION, 0, b"", 9)
                total = int.from_bytes(head[2:4], "little")
                config = session.control(0x80, _GET_DESCRIPTOR, _CONFIGURATION, 0, b"", total)
            finally:
                session.close()
            self._read = core.DeviceDescriptor.parse(device), config
        return self._read


def _namespace(parsed: Any, raw: bytes) -> Any:
    return SimpleNamespace(**vars(parsed), **_NOT_ASKED, bLength=raw[0], bDescriptorType=raw[1])


def _unusable(server: tuple[str, int], error: Exception) -> USBError:
    number = getattr(error, "errno", None) or errno.ECONNABORTED
    return USBError(
        f"the USB/IP server {server[0]}:{server[1]} does not serve it: {os.strerror(number)}", errno=number
    )
