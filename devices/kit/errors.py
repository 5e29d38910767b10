"""What can go wrong between a driver and its device, each with the health word it leads to.

The words of an error are for the technician, and English. What people read of it is the text of its `code`
in the hall's language (devices/texts), where ``{place}`` is the device's link and ``{cause}`` the words.
"""

from typing import Final

from broker.messages.devices import DeviceWord

WORDS_LANGUAGE: Final = "en"


class DeviceError(Exception):
    """Something about the device; `cause` is a sentence for the technician, `word` its XFS4IoT status."""

    word: DeviceWord = "hardwareError"
    code: str | None = "device_failed"
    """The text that people read; None where `cause` is a text of the hall already."""

    def __init__(self, cause: str, word: DeviceWord | None = None, code: str | None = None) -> None:
        super().__init__(cause)
        self.cause = cause
        if word is not None:
            self.word = word
        if code is not None:
            self.code = code


class LinkMissing(DeviceError):
    """The port is not there, or can't be opened: nothing is plugged in (protocols.md 6.5: powerOff)."""

    word = "powerOff"
    code = "link_missing"


class LinkLost(DeviceError):
    """The port was there and went away, or the peer hung up."""

    word = "powerOff"
    code = "link_gone"


class NoAnswer(DeviceError):
    """The port is open and the device says nothing that can be understood (protocols.md 6.5: offline)."""

    word = "offline"
    code = "device_silent"


class Misconfigured(DeviceError):
    """The hall file asks of this device what it can't do."""

    word = "hardwareError"
    code = "misconfigured"
