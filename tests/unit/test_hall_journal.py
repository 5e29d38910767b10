"""The journal: what was told is on the disk, what can't be trusted is refused with a sentence."""

import sqlite3
from datetime import date, timedelta
from pathlib import Path

import pytest

from broker.messages.envelope import Reply
from hall.core.events import DayBegan, Event, TicketVoided
from hall.journal import Journal, JournalBroken, JournalUnavailable, read
from hall.journal.chain import line, link
from hall.journal.reader import last_day
from tests.hall.kit import FRIDAY


def voided(number: int) -> Event:
    return TicketVoided(at=FRIDAY + timedelta(minutes=number), ticket=f"t{number}", why="given_up")


def spoil(path: Path, statement: str) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute(statement)
    connection.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


def write(path: Path, *events: Event) -> None:
    journal = Journal.open(path)
    with journal.transaction():
        journal.append(events)
    journal.close()


def test_events_come_back_in_order_and_whole(path: Path) -> None:
    events = [voided(number) for number in (3, 1, 2)]
    write(path, *events)
    write(path, voided(4))
    journal = Journal.open(path)
    assert list(journal.events()) == [*events, voided(4)]
    assert journal.since(FRIDAY + timedelta(minutes=3)) == [voided(3), voided(4)]
    journal.close()


def test_it_is_durable_by_its_own_settings(path: Path) -> None:
    journal = Journal.open(path)
    connection = journal._connection
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    # 2 is FULL: the log is synced at every commit
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    journal.close()


def test_a_transaction_that_fails_leaves_nothing(path: Path) -> None:
    journal = Journal.open(path)
    reply = Reply(id="r", at=FRIDAY, re="c", ok=True)

    def fail() -> None:
        with journal.transaction():
            journal.append([voided(1)])
            journal.inbox.remember("c", reply)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert list(journal.events()) == []
    assert journal.inbox.reply_to("c") is None
    with journal.transaction():
        journal.append([voided(1)])
        journal.inbox.remember("c", reply)
    assert list(journal.events()) == [voided(1)]
    assert journal.inbox.reply_to("c") == reply
    journal.close()


def test_a_full_disk_is_said_and_nothing_is_written(path: Path) -> None:
    journal = Journal.open(path)
    pages = journal._connection.execute("PRAGMA page_count").fetchone()[0]
    journal._connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(JournalUnavailable, match="full"), journal.transaction():
        journal.append([voided(number) for number in range(2000)])
    assert list(journal.events()) == []
    journal._connection.execute("PRAGMA max_page_count = 1000000")
    journal.probe()
    assert list(journal.events()) == []
    journal.close()


def test_only_one_controller_works_on_it(path: Path) -> None:
    journal = Journal.open(path)
    with pytest.raises(JournalBroken, match="another controller"):
        Journal.open(path)
    journal.close()
    Journal.open(path).close()


def test_something_that_is_no_database_is_left_alone(path: Path) -> None:
    path.write_bytes(b"once upon a time " * 1000)
    with pytest.raises(JournalBroken, match="is damaged"):
        Journal.open(path)
    assert path.read_bytes().startswith(b"once upon")


def test_a_database_of_something_else_is_left_alone(path: Path) -> None:
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE recipes (name TEXT)")
    other.close()
    with pytest.raises(JournalBroken, match="something else"):
        Journal.open(path)


def test_a_newer_journal_is_left_alone(path: Path) -> None:
    write(path, voided(1))
    newer = sqlite3.connect(path)
    newer.execute("PRAGMA user_version = 99")
    newer.close()
    with pytest.raises(JournalBroken, match="version 99"):
        Journal.open(path)


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        ("DELETE FROM events WHERE seq = 2", "event 2 is not what was written"),
        ("UPDATE events SET body = '{' WHERE seq = 2", "event 2 is not what was written"),
        ("UPDATE events SET at = '2026-11-21' WHERE seq = 3", "event 3 is not what was written"),
        ("UPDATE events SET type = 'day_began' WHERE seq = 1", "event 1 is not what was written"),
    ],
)
def test_a_broken_middle_is_named_on_opening(path: Path, damage: str, says: str) -> None:
    write(path, *(voided(number) for number in range(6)))
    spoil(path, damage)
    before = path.read_bytes()
    with pytest.raises(JournalBroken, match=f"{says}.*put back the last good backup"):
        Journal.open(path)
    assert path.read_bytes() == before


def test_a_torn_end_is_cut_and_kept_aside(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    write(path, *(voided(number) for number in range(6)))
    spoil(path, "UPDATE events SET body = substr(body, 1, 20) WHERE seq = 6")
    journal = Journal.open(path)
    assert list(journal.events()) == [voided(number) for number in range(5)]
    assert "event 6 was not written whole; the hall goes on after event 5" in caplog.text
    aside = path.with_suffix(".damaged-1.db")
    assert aside.exists()
    with journal.transaction():
        journal.append([voided(9)])
    assert list(journal.events())[-1] == voided(9)
    with journal.transaction():
        journal.append([DayBegan(at=FRIDAY, day="2026-11-20")])
    journal.tend()
    assert not aside.exists(), "it may name people, and the day is over"
    journal.close()
    Journal.open(path).close()


@pytest.mark.parametrize("moved", ["", "journal"])
def test_mending_goes_on_where_it_was_cut_short(path: Path, moved: str) -> None:
    """The program ended before or after the damaged file was moved aside."""
    write(path, voided(1))
    mended = path.with_suffix(".mended.db")
    mended.write_bytes(path.read_bytes() if moved else b"half")
    if moved:
        path.unlink()
    journal = Journal.open(path)
    assert list(journal.events()) == [voided(1)]
    assert not mended.exists()
    journal.close()


@pytest.mark.parametrize(
    ("kind", "v", "body"),
    [("unheard_of", 1, b"{}"), ("day_began", 1, b"{"), ("day_began", 9, b'{"type":"day_began"}')],
)
def test_an_event_nobody_can_read_stops_the_fold(path: Path, kind: str, v: int, body: bytes) -> None:
    write(path, voided(1))
    with sqlite3.connect(path) as connection:
        (before,) = connection.execute("SELECT hash FROM events").fetchone()
        row = (2, v, kind, "", body, link(before, line(v, kind, "", body)))
        connection.execute("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)", row)
    connection.close()
    journal = Journal.open(path)
    with pytest.raises(JournalBroken, match="can't be read"):
        list(journal.events())
    journal.close()


def test_a_folder_that_can_not_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(JournalBroken, match="check"):
        Journal.open(tmp_path / "file" / "journal.db")


def test_readers_see_a_day_from_its_beginning_to_the_next(path: Path) -> None:
    friday, monday = date(2026, 11, 20), date(2026, 11, 23)
    late = FRIDAY + timedelta(days=3)
    ended = TicketVoided(at=late, ticket="t1", why="day_end")
    write(
        path,
        DayBegan(at=FRIDAY, day=friday.isoformat()),
        voided(1),
        ended,
        DayBegan(at=late, day=monday.isoformat()),
    )
    assert last_day(path) == monday
    assert list(read(path, friday))[1:] == [voided(1), ended]
    assert len(list(read(path, monday))) == 1
    assert list(read(path, date(2026, 1, 1))) == []


def test_readers_say_when_there_is_nothing_to_read(path: Path) -> None:
    with pytest.raises(JournalBroken, match="there is no journal"):
        last_day(path)
    Journal.open(path).close()
    assert last_day(path) is None
