"""A keypad as a USB HID keyboard: what rating pads and call pads are (protocols.md 3.2)."""

from typing import Any, Final

from usbip.classes.device import hid
from usbip.device import USBDevice

from simulators.usb.bodies import MAKER, MOST_UNREAD

TEST_ID: Final = (0x1209, 0x0002)
"""pid.codes keeps 1209:0001 to 1209:0010 for tests."""
USAGES: Final = {
    **dict(zip((98, 55, 74, 78, 96), range(0x54, 0x59), strict=True)),
    **dict(zip((79, 80, 81, 75, 76, 77, 71, 72, 73, 82, 83), range(0x59, 0x64), strict=True)),
    69: 0x53,
}
"""Linux key code → usage on the HID keyboard page (HID usage tables 1.12, section 10): the numeric keypad."""
RELEASED: Final = bytes(8)


class Keypad:
    """The device, and a hand on its keys."""

    def __init__(self, product: str, serial: str | None = None) -> None:
        self.device: Any = USBDevice(*TEST_ID, product=product, manufacturer=MAKER, serial=serial)
        self.lamps = 0
        """What the host has lit: bit 0 Num Lock."""
        keys = hid.HID(
            hid.keyboard_report_descriptor(),
            subclass=hid.SUBCLASS_BOOT,
            protocol=hid.PROTOCOL_KEYBOARD,
            in_mps=8,
            on_output=self._light,
        )
        self._keys: Any = self.device.add(keys)

    def stroke(self, code: int) -> bool:
        """Press and release the key of a Linux code; says whether there was room to tell the host."""
        if len(self._keys.in_ep._q) >= MOST_UNREAD:  # the package tells nobody how much waits
            return False
        self._keys.send_report(bytes([0, 0, USAGES[code], 0, 0, 0, 0, 0]))
        self._keys.send_report(RELEASED)
        return True

    def _light(self, report: bytes) -> None:
        self.lamps = report[0] if report else 0
