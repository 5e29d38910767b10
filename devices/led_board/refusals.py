"""What a card's error code means for whoever asked, and for the board's health (protocols.md 4.2, 6.5)."""

from dataclasses import dataclass
from typing import Final

from broker.messages.devices import DeviceWord
from devices.led_board.answers import CardError


@dataclass(frozen=True)
class CardRefusal:
    """A NACK, understood."""

    reason: str
    """The reply's code."""
    word: DeviceWord
    """How the board is: a refused text alone does not make it ill."""
    cause: str
    """A sentence for the technician's log."""
    health: str = "board_refused"
    """The text that people read of the board's health, where this makes it ill."""


_KNOWN: Final = {
    CardError.BUSY: CardRefusal(
        "device_busy", "deviceBusy", "the board's card says that it is busy", "card_busy"
    ),
    CardError.CHECKSUM: CardRefusal(
        "line_noise", "online", "requests reach the board damaged; check its cable and its earthing"
    ),
    CardError.MEMORY_FULL: CardRefusal(
        "memory_full",
        "hardwareError",
        "the board's card has no memory left for the text; delete programs from it or shorten the text",
        "card_memory_full",
    ),
    CardError.FLASH: CardRefusal(
        "flash_fault",
        "hardwareError",
        "the board's card can't use its flash memory; replace the card",
        "card_flash_fault",
    ),
    CardError.FONT_MISSING: CardRefusal(
        "font_missing",
        "hardwareError",
        "the board's card lacks the font; load it with the maker's program, or name another font_px "
        "in the hall file",
        "card_font_missing",
    ),
}


def refusal_of(error: int) -> CardRefusal:
    """What the error code of a NACK means."""
    try:
        known = CardError(error)
    except ValueError:
        return CardRefusal(
            "board_refused", "online", f"the board's card refuses with the unknown error {error}"
        )
    name = known.name.lower().replace("_", " ")
    return _KNOWN.get(
        known,
        CardRefusal("board_refused", "online", f"the board's card refuses with error {error} ({name})"),
    )
