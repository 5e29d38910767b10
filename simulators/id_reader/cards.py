"""Synthetic ID cards: what stands on them and how it lies in a card's memory (protocols.md 1.5, 1.6)."""

import tomllib
from pathlib import Path
from typing import Final

import msgspec

PHOTO: Final = bytes(1024)
"""A WLT photo nobody needs: no open decoder exists, and ticketing uses none (1.10)."""
TEXT_BYTES: Final = 256
ADDRESS_BYTES: Final = 70


class Card(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[cards.<id>]: one card of the resident layout."""

    name: str
    sex: str
    nation: str
    birth: str
    address: str
    number: str
    authority: str
    valid_from: str
    valid_to: str
    """YYYYMMDD or 长期."""
    new_address: str | None = None
    """An address appended later."""
    label: str | None = None
    """How the bench names it, where that is not by its holder."""

    def text_block(self) -> bytes:
        """The 256 bytes of text (1.6), UTF-16LE, padded with spaces; raises ValueError if it is too long."""
        fields = (
            (self.name, 30),
            (self.sex, 2),
            (self.nation, 4),
            (self.birth, 16),
            (self.address, 70),
            (self.number, 36),
            (self.authority, 30),
            (self.valid_from, 16),
            (self.valid_to, 16),
        )
        return _padded("".join(_padded(text, size).decode("utf-16-le") for text, size in fields), TEXT_BYTES)

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


def _padded(text: str, size: int) -> bytes:
    raw = text.encode("utf-16-le")
    if len(raw) > size:
        raise ValueError(f"{text!r} does not fit into {size // 2} characters")
    return raw + " ".encode("utf-16-le") * ((size - len(raw)) // 2)
