"""A USB microphone: audio class 1.0, 48 kHz, 16 bits, one channel."""

from collections.abc import Callable
from typing import Any, Final

from usbip.classes.device.uac import RATE as UAC_RATE
from usbip.classes.device.uac import UAC
from usbip.device import USBDevice

from simulators.usb.bodies import MAKER

TEST_ID: Final = (0x1209, 0x0003)
RATE: Final[int] = UAC_RATE
"""Samples a second."""


class Microphone:
    """The device; `hear` makes n samples (s16le) of what is to be heard now."""

    def __init__(self, product: str, hear: Callable[[int], bytes], serial: str | None = None) -> None:
        self.device: Any = USBDevice(*TEST_ID, product=product, manufacturer=MAKER, serial=serial)
        self.device.add(UAC(mic_source=lambda _, count, __: hear(count)))
