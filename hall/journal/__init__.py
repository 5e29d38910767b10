"""The append-only event store: what is in it happened, and nothing else did."""

from pathlib import Path

from hall.journal.errors import JournalBroken, JournalUnavailable
from hall.journal.reader import read
from hall.journal.store import Journal
from hallfile.premises import JOURNAL


def journal_path(data: Path) -> Path:
    """Where the journal of a hall lies."""
    return data / JOURNAL


__all__ = ["Journal", "JournalBroken", "JournalUnavailable", "journal_path", "read"]
