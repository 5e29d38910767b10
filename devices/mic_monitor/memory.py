"""What a pickup must know again after a restart: its calibration, and how loud its counter usually is.

Levels and nothing else, in the devices' database: a row for each pickup, and at most 24 for each counter.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final, Literal, NamedTuple

from devices.kit.database import open_database

LESSONS_COUNTED: Final = 120
"""Ten hours of one hour of the day: a lesson never weighs less than a hundred-and-twentieth, so that a hall
that has changed is known anew within two or three weeks."""

Scale = Literal["full_scale", "db"]
"""A microphone's levels are kept re its full scale: a calibration then leaves what was learned as it is."""

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS pickup_calibration (
    pickup TEXT PRIMARY KEY, full_scale_db REAL NOT NULL, level_db REAL NOT NULL, at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS counter_background (
    counter TEXT NOT NULL, scale TEXT NOT NULL, hour INTEGER NOT NULL, level REAL NOT NULL,
    lessons INTEGER NOT NULL, PRIMARY KEY (counter, scale, hour));
"""


class Calibration(NamedTuple):
    """What a calibrator has shown."""

    full_scale_db: float
    """Sound pressure level of a full-scale RMS signal, dB."""
    level_db: float
    """The calibrator's."""
    at: datetime


class Memory:
    """The memory of one pickup at one counter, in the database `path`; without a path it keeps nothing.

    The database is opened for each question: there are few, and a hundred pickups would hold it open for
    nothing.
    """

    def __init__(self, path: Path | None, pickup: str, counter: str, scale: Scale) -> None:
        self._path = path
        self._pickup = pickup
        self._place = (counter, scale)

    def calibration(self) -> Calibration | None:
        """The last calibration, if there ever was one."""
        with self._database() as database:
            row = database.execute(
                "SELECT full_scale_db, level_db, at FROM pickup_calibration WHERE pickup = ?", (self._pickup,)
            ).fetchone()
        return None if row is None else Calibration(row[0], row[1], datetime.fromisoformat(row[2]))

    def calibrate(self, calibration: Calibration | None) -> None:
        """Keep a calibration in place of the last; none forgets it. Durable when it returns."""
        with self._database() as database:
            if calibration is None:
                database.execute("DELETE FROM pickup_calibration WHERE pickup = ?", (self._pickup,))
            else:
                full_scale_db, level_db, at = calibration
                database.execute(
                    "INSERT OR REPLACE INTO pickup_calibration VALUES (?, ?, ?, ?)",
                    (self._pickup, full_scale_db, level_db, at.isoformat()),
                )

    def background(self, hour: int) -> float | None:
        """The usual background of an hour of the day (0–23), on the scale of this memory."""
        row = self._background(hour)
        return None if row is None else row[0]

    def learn(self, hour: int, background: float) -> None:
        """Take in one lesson: the mean of all of them at first, later one that forgets slowly."""
        level, lessons = self._background(hour) or (background, 0)
        lessons = min(lessons + 1, LESSONS_COUNTED)
        level += (background - level) / lessons
        with self._database() as database:
            # five minutes of background lost with the power are no loss: no waiting for the disk
            database.execute("PRAGMA synchronous = NORMAL")
            database.execute(
                "INSERT OR REPLACE INTO counter_background VALUES (?, ?, ?, ?, ?)",
                (*self._place, hour, level, lessons),
            )

    def _background(self, hour: int) -> tuple[float, int] | None:
        with self._database() as database:
            row: tuple[float, int] | None = database.execute(
                "SELECT level, lessons FROM counter_background WHERE counter = ? AND scale = ? AND hour = ?",
                (*self._place, hour),
            ).fetchone()
        return row

    @contextmanager
    def _database(self) -> Iterator[sqlite3.Connection]:
        with closing(open_database(self._path or Path(":memory:"))) as database:
            database.executescript(_TABLES)
            yield database
