"""Private notes: a name, a number and words that a visitor leaves so that somebody can answer them.

They stand in one file of the hall's data folder and nowhere else: not on the bus, not in the journal, not in
a log. Whoever takes one (a kiosk, a web page) writes it here under an id of its own and tells the bus the id;
whoever must call the visitor reads it here; the controller erases it. docs/decisions says why.
"""

import os
import sqlite3
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Final

from hallfile.premises import JOURNAL

NAME_MOST: Final = 40
PHONE_MOST: Final = 30
WORDS_MOST: Final = 500
"""Characters that are kept of each."""
REACH: Final = "reach.db"
"""The file of how to reach those who want to be told when their turn is near: notes by the ticket's id, with
a `phone`, and as `words` the token by which a city's own service knows them. Erased with their visit."""
CASES: Final = "cases.db"
"""The file of how to reach those whose cases are open: notes by `of_case`, as those of `REACH`. Erased when
they have been told that their case is done."""
NOTES_MOST: Final = 5000
"""A hall has some dozens at a time; beyond this somebody is filling the disk."""
CASES_MOST: Final = 200_000
"""Of cases: a month of a city that takes 8,000 a day (domain.md section 8)."""
BUSY_MS: Final = 2000

_TABLE: Final = """
CREATE TABLE IF NOT EXISTS notes (
    id TEXT PRIMARY KEY, at TEXT NOT NULL, name TEXT NOT NULL, phone TEXT NOT NULL, words TEXT NOT NULL
) WITHOUT ROWID
"""


def are_erased_in(data: Path) -> bool:
    """Whether the controller, which erases notes when they are over, works in this folder."""
    return (data / JOURNAL).exists()


class NotesUnavailable(Exception):
    """Nothing can be kept or read now; the message says why."""


@dataclass(frozen=True)
class Note:
    """What a visitor left; empty where they left nothing."""

    name: str = ""
    phone: str = ""
    words: str = ""

    @property
    def says_how(self) -> bool:
        """Whether anybody could reach them by it."""
        return bool(self.phone)


def of_case(case: str) -> str:
    """The id of the note that is left with a case: the same when the case is said again."""
    return f"case-{sha256(case.encode()).hexdigest()[:32]}"


class Notes:
    """The notes of one hall, by the hall's data folder. Several programs may use them at once."""

    def __init__(self, data: Path, file: str = "notes.db") -> None:
        self._path = data / "private" / file
        self._most = CASES_MOST if file == CASES else NOTES_MOST

    def keep(self, note_id: str, note: Note, now: datetime) -> None:
        """Write a note down for good; raises `NotesUnavailable`."""
        self.keep_all({note_id: note}, now)

    def keep_all(self, wanted: Mapping[str, Note], now: datetime) -> None:
        """Write notes down for good, by their ids, all or none; raises `NotesUnavailable`."""
        if not wanted:
            return
        at = now.isoformat()
        rows = [
            (name, at, note.name[:NAME_MOST], note.phone[:PHONE_MOST], note.words[:WORDS_MOST])
            for name, note in wanted.items()
        ]
        with self._open() as notes:
            notes.executemany(
                "INSERT OR REPLACE INTO notes (id, at, name, phone, words) VALUES (?, ?, ?, ?, ?)", rows
            )
            (count,) = notes.execute("SELECT count(*) FROM notes").fetchone()
            if count > self._most:
                # raised before the commit: what has just been written is not there
                raise NotesUnavailable(
                    f"{self._path} may hold {self._most} notes; no more are kept until some of them are "
                    "answered, or what they are about is over"
                )

    def read(self, note_id: str) -> Note | None:
        """A note, or None where there is none (any more); raises `NotesUnavailable`."""
        if not self._path.exists():
            return None
        with self._open() as notes:
            row = notes.execute("SELECT name, phone, words FROM notes WHERE id = ?", (note_id,)).fetchone()
        return None if row is None else Note(*row)

    def erase(self, note_ids: Collection[str]) -> None:
        """Overwrite notes; those that are gone already stay gone. Raises `NotesUnavailable`."""
        if note_ids and self._path.exists():
            with self._open() as notes:
                notes.executemany("DELETE FROM notes WHERE id = ?", [(name,) for name in note_ids])

    def erase_others(self, needed: Collection[str], before: datetime) -> int:
        """Overwrite what is older than `before` and not `needed`, and say how many. Raises as `keep` does."""
        if not self._path.exists():
            return 0
        with self._open() as notes:
            found = notes.execute("SELECT id, at FROM notes").fetchall()
            over = [
                (name,) for name, at in found if name not in needed and datetime.fromisoformat(at) < before
            ]
            notes.executemany("DELETE FROM notes WHERE id = ?", over)
        return len(over)

    def any_but(self, needed: Collection[str]) -> bool:
        """Whether there is a note that is not `needed`; raises as `keep` does."""
        if not self._path.exists():
            return False
        with self._open() as notes:
            return any(name not in needed for (name,) in notes.execute("SELECT id FROM notes"))

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """A connection in one transaction."""
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not self._path.exists():
                with suppress(FileExistsError):
                    os.close(os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
            with closing(sqlite3.connect(self._path, isolation_level=None)) as connection:
                connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
                # what is erased is overwritten, not only unlinked (domain.md section 4: the shortest)
                connection.execute("PRAGMA secure_delete = ON")
                connection.execute("BEGIN IMMEDIATE")
                connection.execute(_TABLE)
                yield connection
                connection.execute("COMMIT")
        except (OSError, sqlite3.Error) as error:
            raise NotesUnavailable(f"{self._path} can't be used ({error})") from None
