"""A journal of version 1, as the first halls wrote it, goes on as one of today."""

import sqlite3
from pathlib import Path

import pytest

from hall.core.events import Event, encode, type_of
from hall.journal import Journal, JournalBroken, read
from hall.journal.schema import APPLICATION_ID
from hall.reports.day import day_report
from tests.hall.kit import FRIDAY, Hall
from tests.hall.test_journal_days import CODE, NAME, PERSON, folded, lived, traces
from tests.hall.test_properties import same

VERSION_1 = f"""
CREATE TABLE events (seq INTEGER PRIMARY KEY, at TEXT NOT NULL, type TEXT NOT NULL, body BLOB NOT NULL);
CREATE INDEX events_at ON events (at);
CREATE INDEX events_days ON events (seq) WHERE type = 'day_began';
CREATE TABLE inbox (id TEXT PRIMARY KEY, at TEXT NOT NULL, reply BLOB NOT NULL) WITHOUT ROWID;
INSERT INTO inbox VALUES ('c1', '2026-11-20T09:00:00+08:00',
    '{{"type":"reply","v":1,"id":"r1","at":"2026-11-20T09:00:00+08:00","re":"c1","ok":true}}');
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = 1;
"""


def version_1(path: Path, events: list[Event]) -> None:
    connection = sqlite3.connect(path)
    connection.executescript(VERSION_1)
    connection.executemany(
        "INSERT INTO events (at, type, body) VALUES (?, ?, ?)",
        [(event.at.isoformat(), type_of(event), encode(event)) for event in events],
    )
    connection.commit()
    connection.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


def test_it_is_chained_sealed_and_folded_to_the_same(path: Path) -> None:
    batches = lived(4)
    version_1(path, [event for batch in batches for event in batch])
    with pytest.raises(JournalBroken, match="start the hall once"):
        list(read(path, FRIDAY.date()))
    journal = Journal.open(path)
    assert same(journal.fold(), folded(batches))
    assert journal.inbox.reply_to("c1") is not None
    journal.close()
    assert day_report(path) is not None
    journal = Journal.open(path)
    assert same(journal.fold(), folded(batches))
    journal.close()


def test_people_of_days_that_are_over_are_gone_from_it(path: Path) -> None:
    hall = Hall()
    hall.take("a", person=PERSON, name_masked=NAME, appointment=CODE)
    hall.at("09:00", day=3)
    version_1(path, hall.events)
    assert traces(path.parent)
    Journal.open(path).close()
    assert traces(path.parent) == []


def test_who_waits_today_is_still_known(path: Path) -> None:
    hall = Hall()
    hall.take("a", person=PERSON, name_masked=NAME, appointment=CODE)
    version_1(path, hall.events)
    journal = Journal.open(path)
    assert same(journal.fold(), hall.state)
    journal.close()


def test_one_with_a_gap_is_left_as_it_was(path: Path) -> None:
    version_1(path, [event for batch in lived(1) for event in batch])
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM events WHERE seq = 3")
    connection.close()
    with pytest.raises(JournalBroken, match="event 3 is missing"):
        Journal.open(path)
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)
        assert connection.execute("SELECT count(*) FROM events").fetchone() > (3,)
    connection.close()
