"""The hall's rules with the sentences people are told."""

from hall.core import Rules
from hall.texts import others, texts
from hallfile.schema import HallFile


def rules_of(hall: HallFile, speed: float = 1.0, simulated: bool = False) -> Rules:
    """Told in the hall's language, and in every other there is a catalogue for; `speed` as in `Rules`."""
    language = hall.hall.language
    told = [Rules(hall, texts(name), speed, simulated) for name in others(language)]
    return Rules(hall, texts(language), speed, simulated, tuple(told))
