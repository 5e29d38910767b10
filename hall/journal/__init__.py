"""The append-only event store: what is in it happened, and nothing else did."""

from pathlib import Path
from typing import Final

from hall.journal.errors import JournalBroken, JournalUnavailable
from hall.journal.reader import read
from hall.journal.store import Journal

FILE: Final = "journal.db"
"""Its name in the hall's data folder."""


def journal_path(data: Path) -> Path:
    """Where the journal of a hall lies."""
    return data / FILE


__all__ = ["Journal", "JournalBroken", "JournalUnavailable", "journal_path", "read"]
