"""What can go wrong between a driver and its device, each with the health word it leads to."""

from broker.messages.devices import DeviceWord


class DeviceError(Exception):
    """Something about the device; `cause` is a sentence for the technician, `word` its XFS4IoT status."""

    word: DeviceWord = "hardwareError"

    def __init__(self, cause: str, word: DeviceWord | None = None) -> None:
        super().__init__(cause)
        self.cause = cause
        if word is not None:
            self.word = word


class LinkMissing(DeviceError):
    """The port is not there, or can't be opened: nothing is plugged in (protocols.md 6.5: powerOff)."""

    word = "powerOff"


class LinkLost(DeviceError):
    """The port was there and went away, or the peer hung up."""

    word = "powerOff"


class NoAnswer(DeviceError):
    """The port is open and the device says nothing that can be understood (protocols.md 6.5: offline)."""

    word = "offline"


class Misconfigured(DeviceError):
    """The hall file asks of this device what it can't do."""

    word = "hardwareError"
