"""The devices' own memory on disk."""

import sqlite3
from pathlib import Path


def open_database(path: Path) -> sqlite3.Connection:
    """Open or create a database in which every statement is durable when it returns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    return database
