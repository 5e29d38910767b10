"""Synthetic ID cards: what stands on them and how it lies in a card's memory (protocols.md 1.5, 1.6)."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal

import msgspec

PHOTO: Final = bytes(1024)
"""A WLT photo nobody needs: no open decoder exists, and ticketing uses none (1.10)."""
TEXT_BYTES: Final = 256
ADDRESS_BYTES: Final = 70

Fields = Iterator[tuple[str, int]]
"""Texts one after the other, each with the bytes it may take."""


Kind = Literal["resident", "J", "I", "Y"]
"""Resident; residence permit for Hong Kong, Macao and Taiwan; foreigner's card of 2017; of 2023."""


class Card(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[cards.<id>]: one card. What its kind has no place for is left out."""

    kind: Kind = "resident"
    name: str
    name_en: str = ""
    """I and Y."""
    sex: str
    nation: str = ""
    """Resident: two digits."""
    country: str = ""
    """I and Y: three letters."""
    birth: str
    address: str = ""
    number: str
    authority: str = ""
    """I: the accepting authority's code."""
    valid_from: str
    valid_to: str
    """YYYYMMDD or 长期."""
    permit: str = ""
    """J: number of the travel permit."""
    issues: str = ""
    """J: how often it was issued; I: the card's version; Y: how often it was renewed."""
    new_address: str | None = None
    """An address appended later."""
    label: str | None = None
    """How the bench names it, where that is not by its holder."""

    def text_block(self) -> bytes:
        """The 256 bytes of text (1.6), UTF-16LE, padded with spaces; raises ValueError if it is too long."""
        fields = {"resident": self._resident, "J": self._permit, "I": self._of_2017, "Y": self._of_2023}
        return _padded("".join(_fitted(text, size) for text, size in fields[self.kind]()), TEXT_BYTES)

    def _resident(self) -> Fields:
        yield from self._beginning(self.nation, self.address, self.authority)

    def _permit(self) -> Fields:
        yield from self._beginning("", self.address, self.authority)
        yield from ((self.permit, 18), (self.issues, 4), ("", 6), ("J", 2))

    def _of_2017(self) -> Fields:
        yield from ((self.name_en, 120), (self.sex, 2), (self.number, 30), (self.country, 6), (self.name, 30))
        yield from ((self.valid_from, 16), (self.valid_to, 16), (self.birth, 16))
        yield from ((self.issues, 4), (self.authority, 8), ("I", 2))

    def _of_2023(self) -> Fields:
        yield from self._beginning(self.issues, self.name_en[:35], "")
        yield from ((self.name_en[35:], 22), (self.country, 6), ("Y", 2))

    def _beginning(self, after_sex: str, after_birth: str, after_number: str) -> Fields:
        """The first 220 bytes, alike in three of the four."""
        yield from ((self.name, 30), (self.sex, 2), (after_sex, 4), (self.birth, 16), (after_birth, 70))
        yield from ((self.number, 36), (after_number, 30), (self.valid_from, 16), (self.valid_to, 16))

    def newest_address(self) -> bytes | None:
        """The 70 bytes of 30 03 (1.5), or None where nothing was appended."""
        return None if self.new_address is None else _padded(self.new_address, ADDRESS_BYTES)

    def description(self) -> str:
        """How the card is told from others without saying whose it is."""
        return self.label or f"{self.name[:1]}* {self.birth[:4]} ····{self.number[-4:]}"


class CardFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file of cards."""

    cards: dict[str, Card]


def load_cards(path: Path) -> dict[str, Card]:
    """The cards of a file; raises `ValueError` with a sentence that names the card, or `OSError`."""
    try:
        cards = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), CardFile).cards
    except (msgspec.ValidationError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: {error}; correct the file of ID cards") from None
    for name, card in cards.items():
        try:
            card.text_block()
            card.newest_address()
        except ValueError as error:
            raise ValueError(f"{path}: cards.{name}: {error}; shorten it") from None
    return cards


def _fitted(text: str, size: int) -> str:
    return _padded(text, size).decode("utf-16-le")


def _padded(text: str, size: int) -> bytes:
    raw = text.encode("utf-16-le")
    if len(raw) > size:
        raise ValueError(f"{text!r} does not fit into {size // 2} characters")
    return raw + " ".encode("utf-16-le") * ((size - len(raw)) // 2)
