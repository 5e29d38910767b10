"""What of a person may leave the driver: a hash that means nothing tomorrow, 张*, an age band.

domain.md section 4: the least, the shortest. How the hash is made is the bus's own matter (broker.persons).
"""

from typing import Final, Literal

from broker.messages.devices import PriorityClass
from broker.persons import FOLDER, DayKey, person_hash

__all__ = ["FOLDER", "DayKey", "age_band", "masked", "person_hash", "priorities"]

AgeBand = Literal["0-17", "18-59", "60+"]

ELDERLY: Final = 60


def masked(name: str) -> str:
    """张* for 张伟: the first character and nothing else, not even how many follow."""
    return f"{name[:1]}*"


def age_band(age: int) -> AgeBand:
    """The band of an age in full years."""
    if age < 18:
        return "0-17"
    return "60+" if age >= ELDERLY else "18-59"


def priorities(age: int) -> list[PriorityClass]:
    """What a card alone gives a right to (domain.md section 3)."""
    return ["elderly"] if age >= ELDERLY else []
