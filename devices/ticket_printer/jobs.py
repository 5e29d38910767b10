"""Which print jobs were begun and what became of them, so that one job never puts out two tickets.

A job is written down before its first byte is sent. One that was begun and has no end, because the program
was stopped in between, can have printed or not: its outcome is unknown, and stays so.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from devices.kit.database import open_database

PrintOutcome = Literal["printed", "failed", "unknown"]


@dataclass(frozen=True)
class Ended:
    """What is known of a job."""

    outcome: PrintOutcome
    reason: str = ""
    """A code, when it was not printed or nobody knows."""


CUT_SHORT: Final = Ended("unknown", "no_confirmation")
"""What a job that was begun and never ended is taken for."""


class JobBook:
    """The jobs of one printer; every line of it is durable when it is written."""

    def __init__(self, database: Path, printer: str) -> None:
        self._database = open_database(database)
        self._printer = printer
        self._database.execute(
            "CREATE TABLE IF NOT EXISTS print_jobs (printer TEXT NOT NULL, job TEXT NOT NULL,"
            " command TEXT NOT NULL, begun TEXT NOT NULL, outcome TEXT, reason TEXT,"
            " PRIMARY KEY (printer, job)) WITHOUT ROWID"
        )

    def begin(self, job: str, command: str, at: str) -> None:
        """Write down that `job`, asked for by the message `command`, is sent now, `at` in ISO 8601."""
        self._database.execute(
            "INSERT OR REPLACE INTO print_jobs (printer, job, command, begun) VALUES (?, ?, ?, ?)",
            (self._printer, job, command, at),
        )

    def end(self, job: str, ended: Ended) -> None:
        """Write down what became of it."""
        self._database.execute(
            "UPDATE print_jobs SET outcome = ?, reason = ? WHERE printer = ? AND job = ?",
            (ended.outcome, ended.reason, self._printer, job),
        )

    def known(self, job: str) -> Ended | None:
        """What became of a job that may have put out paper; None when it did not, and may be printed."""
        row = self._database.execute(
            "SELECT outcome, reason FROM print_jobs WHERE printer = ? AND job = ?", (self._printer, job)
        ).fetchone()
        if row is None or row[0] == "failed":
            return None
        return CUT_SHORT if row[0] is None else Ended(row[0], row[1])

    def commands(self) -> dict[str, Ended]:
        """The message that asked for each job, and what became of it."""
        rows = self._database.execute(
            "SELECT command, outcome, reason FROM print_jobs WHERE printer = ?", (self._printer,)
        )
        return {
            command: CUT_SHORT if outcome is None else Ended(outcome, reason)
            for command, outcome, reason in rows
        }

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    def forget_before(self, at: str) -> None:
        """Drop jobs begun before `at` (ISO 8601)."""
        self._database.execute("DELETE FROM print_jobs WHERE printer = ? AND begun < ?", (self._printer, at))
