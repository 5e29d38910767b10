"""Who somebody is, as far as the hall wants to know: hashes of an ID number, which itself is kept nowhere."""

import hmac
import re
from datetime import date
from pathlib import Path
from typing import Final

from broker.persons import HASH_LETTERS, DayKey, has_good_check_digit, person_hash, stored_key

LASTING: Final = "clients.key"
"""The key of the pseudonyms, in the folder of keys: without it no file can be matched with a number."""
_OLD_FOREIGN: Final = re.compile(r"[A-Z]{3}[0-9]{12}")
"""protocols.md 1.6: a permanent-residence number of 2017."""


class Persons:
    """The hall's keys, as the controller uses them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._days = DayKey(folder)

    def on(self, number: str, day: date) -> str:
        """The hash a card reader will make of the card with this number on `day`; raises `OSError`."""
        return person_hash(number, self._days.ahead(day))

    def forget_before(self, today: date) -> None:
        """Erase the keys of days that are over: the hashes they made lead nowhere then."""
        self._days.forget_before(today)

    def pseudonym_of_number(self, number: str) -> str:
        """The lasting hash of an ID number; raises `OSError`."""
        return self._pseudonym(f"id:{number.upper()}")

    def pseudonym_of_reference(self, reference: str) -> str:
        """The lasting hash of what a city's app calls somebody; raises `OSError`."""
        return self._pseudonym(f"reference:{reference}")

    def _pseudonym(self, text: str) -> str:
        key = stored_key(self._folder / LASTING)
        return hmac.new(key, text.encode(), "sha256").hexdigest()[:HASH_LETTERS]


def is_id_number(text: str) -> bool:
    """Whether it can stand on an ID card (GB 11643; protocols.md 1.6)."""
    return has_good_check_digit(text) or _OLD_FOREIGN.fullmatch(text.upper()) is not None
