"""Which program each board holds in its flash, so that the same one is never written twice."""

from pathlib import Path

from devices.kit.database import open_database


class ProgramBook:
    """The memory of one board; durable, where it has a file."""

    def __init__(self, database: Path | None, board: str) -> None:
        self._board = board
        self._written: str | None = None
        self._database = open_database(database) if database is not None else None
        if self._database is not None:
            self._database.execute(
                "CREATE TABLE IF NOT EXISTS board_programs (board TEXT PRIMARY KEY, content TEXT NOT NULL)"
                " WITHOUT ROWID"
            )

    @property
    def written(self) -> str | None:
        """The hash of what was written last; None when nothing was."""
        if self._database is None:
            return self._written
        row = self._database.execute(
            "SELECT content FROM board_programs WHERE board = ?", (self._board,)
        ).fetchone()
        return None if row is None else str(row[0])

    def remember(self, content: str) -> None:
        """`content`, a hash, stands in the flash now; an empty one: nothing of ours does."""
        self._written = content
        if self._database is not None:
            self._database.execute(
                "INSERT OR REPLACE INTO board_programs (board, content) VALUES (?, ?)", (self._board, content)
            )

    def close(self) -> None:
        """Let go of the file."""
        if self._database is not None:
            self._database.close()
