"""One USB device found, claimed and let go again, through pyusb. It all blocks: call it in a thread."""

import errno
from contextlib import suppress
from typing import Any, Final

import usb.core
import usb.util

from devices.kit.errors import DeviceError, LinkLost, LinkMissing, Misconfigured
from devices.kit.usb.hid_frames import REPORT
from devices.kit.usb.interfaces import Choice, Form, choose
from devices.kit.usb.pipes import WAIT_MS, HidPipe, Pipe, PlainPipe, SplitPipe
from hallfile.links import LinkUrl

_SET_REPORT: Final = (0x21, 0x09, 0x0200)
"""HID 1.11, 7.2.2: an output report over the control pipe, for devices without an interrupt OUT endpoint."""


class Plugged:
    """A claimed interface and its pipe."""

    def __init__(self, url: LinkUrl, device: Any) -> None:
        self.name = f"the USB device {url.place}"
        """What it is called in the sentence that says it was lost."""
        self._url = url
        self._device = device
        self._number: int | None = None
        self._kernel_had_it = False
        self.pipe: Pipe = self._claim()

    def let_go(self) -> None:
        """Give the interface back, to the kernel's driver if that had it; never raises."""
        with suppress(usb.core.USBError, NotImplementedError, ValueError):
            usb.util.release_interface(self._device, self._number)
            if self._kernel_had_it:
                self._device.attach_kernel_driver(self._number)
        with suppress(usb.core.USBError):
            usb.util.dispose_resources(self._device)

    def lost(self, error: Exception) -> LinkLost:
        """What to tell of an error in the middle of a transfer."""
        return LinkLost(f"{self.name} is gone ({reason(error)}); plug it in again")

    def _claim(self) -> Pipe:
        try:
            choice = choose(self._configuration())
            if choice is None:
                raise Misconfigured(
                    f"{self.name} has no interface of a printer or an ID reader; "
                    "correct the link, or use serial: or evdev: for this device"
                )
            self._number = choice.interface.bInterfaceNumber
            self._take_from_kernel(self._number)
            usb.util.claim_interface(self._device, self._number)
            if choice.interface.bAlternateSetting:
                self._device.set_interface_altsetting(self._number, choice.interface.bAlternateSetting)
        except usb.core.USBError as error:
            self.let_go()
            raise refused(self._url, error) from None
        except DeviceError:
            self.let_go()
            raise
        return self._pipe(choice)

    def _configuration(self) -> Any:
        try:
            return self._device.get_active_configuration()
        except usb.core.USBError as error:
            if error.errno is not None:
                raise
            self._device.set_configuration()  # it was plugged in where nobody configures
            return self._device.get_active_configuration()

    def _take_from_kernel(self, number: int) -> None:
        with suppress(NotImplementedError):
            if self._device.is_kernel_driver_active(number):
                self._device.detach_kernel_driver(number)
                self._kernel_had_it = True

    def _pipe(self, choice: Choice) -> Pipe:
        match choice.form:
            case Form.SPLIT:
                (head_out, rest_out), (head_in, rest_in) = choice.outs, choice.ins
                return SplitPipe((head_out, head_in), (rest_out, rest_in))
            case Form.HID:
                return HidPipe(self._report_sender(choice), choice.ins[0])
        return PlainPipe(choice.outs[0], choice.ins[0] if choice.ins else None)

    def _report_sender(self, choice: Choice) -> Any:
        if choice.outs:
            return lambda report: choice.outs[0].write(report, WAIT_MS)
        return lambda report: self._device.ctrl_transfer(*_SET_REPORT, self._number, report[:REPORT], WAIT_MS)


def plug_in(url: LinkUrl, backend: Any) -> Plugged:
    """Find the device of a ``usb:`` link and claim it.

    Raises `LinkMissing` when it isn't there or may not be opened, `DeviceError` when it is taken,
    `Misconfigured` when the link says too little or names another kind of device.
    """
    return Plugged(url, _found(url, backend))


def _found(url: LinkUrl, backend: Any) -> Any:
    vendor, product = (int(part, 16) for part in url.path.split(":"))
    try:
        present = list(usb.core.find(find_all=True, backend=backend, idVendor=vendor, idProduct=product))
        fitting = [device for device in present if _fits(device, url)]
    except usb.core.USBError as error:
        raise refused(url, error) from None
    if not fitting:
        raise LinkMissing(_missing(url, present))
    if len(fitting) > 1:
        raise Misconfigured(
            f"{len(fitting)} devices are {url.path} (at {', '.join(map(port_of, fitting))}); "
            "add ?path=… or ?serial=… to the link"
        )
    return fitting[0]


def _fits(device: Any, url: LinkUrl) -> bool:
    path, serial = url.options.get("path"), url.options.get("serial")
    if path is not None and port_of(device) != path:
        return False
    return serial is None or serial_of(device) == serial


def _missing(url: LinkUrl, present: list[Any]) -> str:
    if not present:
        return f"no USB device {url.place} is plugged in; plug it in or correct its link in the hall file"
    return (
        f"no USB device {url.place} is plugged in, but {url.path} is at {', '.join(map(port_of, present))}; "
        "correct path= or serial= in the link"
    )


def port_of(device: Any) -> str:
    """Where it is plugged in, as Linux names it: bus, then a port number for each hub on the way."""
    return f"{device.bus}-{'.'.join(map(str, device.port_numbers or (0,)))}"


def serial_of(device: Any) -> str | None:
    """Its serial number; None when it has none. Raises `usb.core.USBError` when we may not ask."""
    if not device.iSerialNumber:
        return None
    try:
        return str(usb.util.get_string(device, device.iSerialNumber, 0x0409))
    except NotImplementedError:
        return None


def refused(url: LinkUrl, error: Any) -> DeviceError:
    """Why a device that is there can't be used, and what to do about it."""
    name = f"the USB device {url.place}"
    match error.errno:
        case errno.EACCES | errno.EPERM:
            return LinkMissing(
                f"{name} may not be opened by this user; put the line {udev_rule(url.path)} "
                "into /etc/udev/rules.d/70-hallkeeper.rules, add the user to the group plugdev, "
                "and plug the device in again",
                code="link_denied",
            )
        case errno.EBUSY:
            return DeviceError(
                f"{name} is held by another program; stop that program", "deviceBusy", "link_busy"
            )
        case errno.ENODEV | errno.ENOENT | errno.ENXIO:
            return LinkMissing(f"{name} went away while it was opened; plug it in again")
    return LinkMissing(f"{name} can't be opened ({reason(error)}); plug it in again")


def udev_rule(vendor_product: str) -> str:
    """The line that lets the group plugdev open devices of this ``VENDOR:PRODUCT``."""
    vendor, _, product = vendor_product.lower().partition(":")
    return (
        f'SUBSYSTEM=="usb", ATTR{{idVendor}}=="{vendor}", ATTR{{idProduct}}=="{product}", '
        'MODE="0660", GROUP="plugdev"'
    )


def reason(error: Exception) -> str:
    """What libusb says of it, in a few words."""
    return str(getattr(error, "strerror", None) or error)
