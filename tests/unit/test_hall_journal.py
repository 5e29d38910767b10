"""The journal: what was told is on the disk, what can't be trusted is refused with a sentence."""

import sqlite3
from datetime import date, timedelta
from pathlib import Path

import pytest

from broker.messages.envelope import Reply
from hall.core.events import DayBegan, Event, TicketVoided
from hall.journal import Journal, JournalBroken, JournalUnavailable, read
from hall.journal.reader import last_day
from tests.hall.kit import FRIDAY


def voided(number: int) -> Event:
    return TicketVoided(at=FRIDAY + timedelta(minutes=number), ticket=f"t{number}", why="given_up")


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


def test_damage_is_found_on_opening(path: Path) -> None:
    write(path, *(voided(number) for number in range(500)))
    raw = bytearray(path.read_bytes())
    raw[8192:12288] = b"\xff" * 4096
    path.write_bytes(raw)
    with pytest.raises(JournalBroken, match="is damaged"):
        Journal.open(path)


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        ("DELETE FROM events WHERE seq = 2", "event 2 is missing"),
        ("UPDATE events SET body = '{' WHERE seq = 2", "can't be read"),
        ("""UPDATE events SET body = '{"type":"unheard_of"}' WHERE seq = 2""", "can't be read"),
    ],
)
def test_an_event_that_is_gone_or_unreadable_stops_the_fold(path: Path, damage: str, says: str) -> None:
    write(path, *(voided(number) for number in range(3)))
    with sqlite3.connect(path) as connection:
        connection.execute(damage)
    connection.close()
    journal = Journal.open(path)
    with pytest.raises(JournalBroken, match=says):
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
