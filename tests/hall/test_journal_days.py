"""Days in a journal: sealed, snapshotted, forgotten. A replay from anywhere comes to what was lived."""

import random
import sqlite3
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings

from hall.core import State, evolve
from hall.core import commands as c
from hall.core.events import DayBegan, Event, TicketTaken, encode
from hall.journal import Journal, JournalBroken, read
from hall.journal.sealing import sealed_days
from hall.journal.store import CHECKPOINT_EVERY
from hall.reports.day import day_report
from tests.hall.kit import FRIDAY, Hall
from tests.hall.test_busy_days import wish
from tests.hall.test_properties import HALLS, STEPS, Life, same

PERSON, NAME, CODE = "0123456789abcdef0123456789abcdef", "欧阳*", "BOOKING-4711"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


def lived(days: int, seed: int = 1) -> list[list[Event]]:
    """What happens in a small hall on some days: batches as they were decided."""
    chance = random.Random(seed)
    life = Life({"calling": {"no_show": "back"}, "hours": {"holidays": "none"}})
    batches = []
    for day in range(days):
        life.now = FRIDAY + timedelta(days=day, hours=9)
        for _ in range(60):
            seen = len(life.journal)
            kind, keys = wish(chance)
            life.step(kind, keys, chance.expovariate(1 / 40))
            batches.append(life.journal[seen:])
    return [batch for batch in batches if batch]


def write(journal: Journal, batches: list[list[Event]]) -> None:
    for batch in batches:
        with journal.transaction():
            journal.append(batch)
        journal.tend()


def folded(batches: list[list[Event]]) -> State:
    state = State()
    for batch in batches:
        for event in batch:
            evolve(state, event)
    return state


def rows(path: Path, table: str) -> int:
    with sqlite3.connect(path) as connection:
        (count,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    connection.close()
    return int(count)


def test_old_days_are_sealed_and_say_the_same(path: Path) -> None:
    batches = lived(6)
    journal = Journal.open(path)
    write(journal, batches)
    everything = [msgspec.to_builtins(event) for batch in batches for event in batch]
    for told in everything:
        told |= {key: None for key in ("person", "name_masked", "appointment") if key in told}
    assert rows(path, "sealed") == 4
    journal.close()
    days = sorted({event.day for batch in batches for event in batch if isinstance(event, DayBegan)})
    again = [event for day in days for event in read(path, date.fromisoformat(day))]
    assert [encode(event) for event in again] == [
        encode(msgspec.convert(told, type(event))) for told, event in zip(everything, again, strict=True)
    ]


def test_a_start_goes_on_from_the_snapshot_and_comes_to_the_same(path: Path) -> None:
    batches = lived(4)
    journal = Journal.open(path)
    write(journal, batches)
    assert rows(path, "snapshots") == 1
    live = folded(batches)
    assert same(journal.fold(), live)
    journal.close()
    journal = Journal.open(path)
    assert same(journal.fold(), live)
    journal.close()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE snapshots SET program = 'another'",
        "UPDATE snapshots SET state = '{}'",
        "UPDATE snapshots SET hash = x'00'",
        "UPDATE snapshots SET seq = seq + 1",
        "DELETE FROM snapshots",
    ],
)
def test_a_snapshot_that_does_not_fit_is_left_aside_and_made_anew(path: Path, change: str) -> None:
    batches = lived(3)
    journal = Journal.open(path)
    write(journal, batches)
    journal.close()
    with sqlite3.connect(path) as connection:
        connection.execute(change)
    connection.close()
    journal = Journal.open(path)
    assert same(journal.fold(), folded(batches))
    assert journal._snapshot() is not None
    journal.close()


def test_a_later_snapshot_stands_beside_the_days_beginning_and_is_left_aside_when_damaged(
    path: Path,
) -> None:
    batches = lived(2)
    journal = Journal.open(path)
    write(journal, batches)
    live = folded(batches)
    journal.checkpoint(live)
    assert rows(path, "snapshots") == 1
    for _ in range(2):
        journal._since_snapshot = CHECKPOINT_EVERY
        journal.checkpoint(live)
    assert rows(path, "snapshots") == 2
    assert same(journal.fold(), live)
    assert journal._since_snapshot == 0
    journal.close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE snapshots SET state = '{}' WHERE seq = (SELECT max(seq) FROM snapshots)")
    connection.close()
    journal = Journal.open(path)
    assert same(journal.fold(), live)
    assert 0 < journal._since_snapshot < sum(map(len, batches))
    write(journal, lived(3)[len(batches) :])
    assert rows(path, "snapshots") == 1
    journal.close()


@pytest.mark.parametrize("every", [CHECKPOINT_EVERY, 5])
@settings(max_examples=25, deadline=None, derandomize=True)
@given(tables=HALLS, steps=STEPS)
def test_replay_from_the_disk_equals_live_whatever_was_asked(
    tmp_path_factory: pytest.TempPathFactory,
    every: int,
    tables: dict[str, object],
    steps: list[tuple[type[c.Command], dict[str, object], float]],
) -> None:
    """What was forgotten of people meanwhile makes no difference, nor where the replay begins."""
    path = tmp_path_factory.mktemp("journal") / "journal.db"
    life = Life(tables)
    journal = Journal.open(path)
    journal._connection.execute("PRAGMA synchronous = OFF")
    for kind, keys, gap in steps:
        seen = len(life.journal)
        life.step(kind, keys, gap)
        with journal.transaction():
            journal.append(life.journal[seen:])
        journal.tend()
        journal.checkpoint(life.engine.state, every)
    assert same(journal.fold(), life.engine.state)
    from_zero = State()
    for event in journal.events():
        evolve(from_zero, event)
    assert same(from_zero, life.engine.state)
    journal.close()


def test_damage_in_a_sealed_day_is_named(path: Path) -> None:
    journal = Journal.open(path)
    write(journal, lived(5))
    journal.close()
    with sqlite3.connect(path) as connection:
        second = list(sealed_days(connection))[1]
        spoilt = bytearray(second.pack)
        spoilt[len(spoilt) // 2] ^= 1
        connection.execute("UPDATE sealed SET pack = ? WHERE first = ?", (bytes(spoilt), second.first))
    connection.close()
    with pytest.raises(JournalBroken, match=f"the sealed day {second.day} from event {second.first} on"):
        Journal.open(path)


@pytest.fixture
def visited(path: Path) -> Iterator[tuple[Hall, Journal]]:
    """A hall with its journal, and one visitor who is known by name."""
    hall, journal = Hall(), Journal.open(path)
    hall.take("a", person=PERSON, name_masked=NAME, appointment=CODE, kiosk="k1")
    record(hall, journal)
    yield hall, journal
    journal.close()


def record(hall: Hall, journal: Journal) -> None:
    with journal.transaction():
        journal.append(hall.events)
    hall.events.clear()
    journal.tend()
    journal.checkpoint(hall.state, every=1)


def traces(folder: Path) -> list[str]:
    """Where in the folder's files somebody can still be found."""
    words = {word: word.encode() for word in (PERSON, NAME, CODE)} | {"张": NAME.encode("utf-16-le")}
    escaped = {f"{NAME} escaped": NAME.encode("unicode_escape")}
    return [
        f"{word} in {file.name}"
        for file in sorted(folder.rglob("*"))
        if file.is_file()
        for word, raw in (words | escaped).items()
        if raw in file.read_bytes()
    ]


def test_who_waits_is_known_after_a_restart(path: Path, visited: tuple[Hall, Journal]) -> None:
    hall, journal = visited
    assert traces(path.parent)
    assert same(journal.fold(), hall.state)
    assert next(iter(journal.fold().tickets.values())).name_masked == NAME


def test_nothing_in_the_chain_leads_to_anybody(path: Path, visited: tuple[Hall, Journal]) -> None:
    (taken,) = [event for event in read(path, FRIDAY.date()) if isinstance(event, TicketTaken)]
    assert (taken.person, taken.name_masked, taken.appointment) == (None, None, None)


@pytest.mark.parametrize("end", [c.Cancel, c.Finish])
def test_when_a_visit_is_over_only_its_booking_is_left(
    path: Path, visited: tuple[Hall, Journal], end: type[c.Command]
) -> None:
    hall, journal = visited
    hall.call("1")
    hall.done(end, counter="1")
    record(hall, journal)
    journal._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert {trace.split()[0] for trace in traces(path.parent)} == {CODE}
    assert same(journal.fold(), hall.state)


@pytest.mark.parametrize("after", ["served", "never came"])
def test_after_the_days_end_nothing_of_a_person_is_left(
    path: Path, visited: tuple[Hall, Journal], after: str
) -> None:
    hall, journal = visited
    if after == "served":
        hall.call("1")
        hall.done(c.Finish, counter="1")
    hall.at("12:30").at("14:30").at("19:59").at("23:00")
    record(hall, journal)
    assert traces(path.parent) == []
    assert same(journal.fold(), hall.state)
    report = day_report(path, FRIDAY.date())
    assert report is not None
    assert report.whole.taken == 1


def test_a_hall_that_was_switched_off_forgets_when_it_starts_again(
    path: Path, visited: tuple[Hall, Journal]
) -> None:
    hall, journal = visited
    hall.at("09:00", day=3)
    record(hall, journal)
    assert traces(path.parent) == []
    assert same(journal.fold(), hall.state)


def test_a_reader_delays_forgetting_and_does_not_hinder_it(path: Path, visited: tuple[Hall, Journal]) -> None:
    hall, journal = visited
    reading = sqlite3.connect(path, isolation_level=None)
    reading.execute("BEGIN")
    reading.execute("SELECT * FROM events").fetchone()
    hall.at("00:10", day=1)
    record(hall, journal)
    assert traces(path.parent)
    reading.close()
    journal.tend()
    assert traces(path.parent) == []
