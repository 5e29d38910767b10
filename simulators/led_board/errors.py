"""Why a card refuses (protocols.md 4.2, error codes)."""

from typing import Final

BAD_GROUP, UNKNOWN_COMMAND, BUSY, MEMORY_FULL, CHECKSUM, FILE_NOT_FOUND = 1, 2, 3, 4, 5, 6
FONT_MISSING, BAD_DATE = 12, 14
"""Error codes of a NACK."""
ERRORS: Final = {
    "group": 1,
    "command": 2,
    "busy": BUSY,
    "memory": MEMORY_FULL,
    "checksum": CHECKSUM,
    "file_not_found": FILE_NOT_FOUND,
    "flash": 7,
    "download": 8,
    "file_name": 9,
    "file_type": 10,
    "file_crc": 11,
    "font": FONT_MISSING,
    "firmware": 13,
    "date": BAD_DATE,
    "file_exists": 15,
    "block": 16,
}
"""All of them, by the name under which a hand asks for them."""


class Refused(Exception):
    """The card will not do it; `error` is the code of its NACK."""

    def __init__(self, error: int) -> None:
        super().__init__(error)
        self.error = error
