"""What listens to a pickup, whichever way its level comes about, and what it tells the pickup."""

from abc import ABC, abstractmethod
from typing import Literal, Protocol

from broker.messages.devices import DeviceWord
from devices.kit.link import Link
from devices.mic_monitor.meter import Second
from hallfile.devices import MicMonitor as Entry


class Pickup(Protocol):
    """The device on the bus, as an ear sees it."""

    name: str
    entry: Entry
    errors: int

    def report(self, word: DeviceWord, cause: str | None = None) -> None:
        """Say how the pickup is."""
        ...

    def sentence(self, code: str) -> str:
        """The sentence for a code, in the hall's language."""
        ...

    def tell_sound(self, second: Second, octaves: dict[str, float]) -> None:
        """Publish a second that was metered here; its levels are re full scale."""
        ...

    def tell_level(self, level_db: float | None, weighting: Literal["A", "unknown"]) -> None:
        """Publish what an instrument has told; none where that can't be a level."""
        ...


class Ear(ABC):
    """Listens over an open link until that is lost."""

    def __init__(self, pickup: Pickup) -> None:
        self.pickup = pickup

    @abstractmethod
    async def listen(self, link: Link) -> None:
        """Listen and tell; raise a `DeviceError` when it can't go on."""
