"""What the link to a pad may do besides carrying bytes."""

from abc import ABC, abstractmethod
from collections.abc import Collection


class PadEnd(ABC):
    """A pad that can show that a key is waited for, and perhaps tell which keys are down."""

    @abstractmethod
    def signal(self, waiting: bool, lights: Collection[int]) -> None:
        """Show whether a key is waited for, by the lamps `lights` where it is lamps; never raises."""

    def active_keys(self) -> Collection[int] | None:
        """The keys that are down now; None where nobody can say. Raises `LinkLost`."""
        return None
