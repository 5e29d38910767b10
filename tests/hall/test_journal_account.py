"""The journal from outside: checked, shown, exported and copied, also while it is written to."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.journal import app
from hall.journal import Journal, JournalBroken, JournalUnavailable
from hall.journal.account import back_up, tell, verify
from tests.hall.test_journal_days import CODE, NAME, PERSON, folded, lived, traces, write
from tests.hall.test_properties import same

HALL = Path(__file__).parents[2] / "examples" / "dezhou.toml"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


def spoil(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(statement)


def hallkeeper(*words: object) -> str:
    ran = CliRunner().invoke(app, [str(word) for word in words])
    assert ran.exception is None or isinstance(ran.exception, SystemExit), ran.exception
    return ran.output


def test_a_journal_is_checked_while_the_controller_writes(path: Path) -> None:
    batches = lived(4)
    journal = Journal.open(path)
    write(journal, batches[:-1])
    before = verify(path)
    write(journal, batches[-1:])
    after = verify(path)
    assert (before.events, after.events) == (
        sum(map(len, batches[:-1])),
        sum(map(len, batches)),
    )
    assert before.hash != after.hash
    assert after.days == 2
    journal.close()


def test_what_is_wrong_is_said_and_nothing_is_changed(path: Path) -> None:
    journal = Journal.open(path)
    write(journal, lived(3))
    journal.close()
    whole = path.read_bytes()
    last = verify(path).events
    spoil(path, f"UPDATE events SET body = x'7b' WHERE seq = {last}")
    torn = path.read_bytes()
    with pytest.raises(JournalBroken, match=f"it goes on after event {last - 1}"):
        verify(path)
    assert path.read_bytes() == torn
    other = path.with_name("other.db")
    other.write_bytes(whole)
    spoil(other, f"UPDATE events SET body = x'7b' WHERE seq = {last - 5}")
    with pytest.raises(JournalBroken, match=f"event {last - 5} is not what was written"):
        verify(other)


def test_a_copy_says_the_same_and_leads_to_nobody(path: Path, tmp_path: Path) -> None:
    batches = lived(3)
    journal = Journal.open(path)
    write(journal, batches)
    target = tmp_path / "elsewhere" / "journal.db"
    target.parent.mkdir()
    copied = back_up(path, target)
    assert copied == verify(path)
    assert [one.hash for one in tell(target)] == [one.hash for one in tell(path)]
    with pytest.raises(JournalUnavailable, match="already there"):
        back_up(path, target)
    journal.close()
    restored = Journal.open(target)
    state, live = restored.fold(), folded(batches)
    assert state.numbers == live.numbers
    assert all(ticket.person is None for ticket in state.tickets.values())
    restored.close()
    assert [entry.name for entry in target.parent.iterdir() if "part" in entry.name] == []


def test_a_copy_taken_while_somebody_waits_does_not_know_them(path: Path, tmp_path: Path) -> None:
    from tests.hall.kit import Hall

    hall = Hall()
    hall.take("a", person=PERSON, name_masked=NAME, appointment=CODE)
    journal = Journal.open(path)
    write(journal, [hall.events])
    (tmp_path / "backups").mkdir()
    back_up(path, tmp_path / "backups" / "friday.db")
    assert traces(tmp_path / "backups") == []
    journal.close()


def test_the_commands(path: Path, tmp_path: Path) -> None:
    batches = lived(2)
    journal = Journal.open(path)
    write(journal, batches)
    journal.close()
    count = sum(map(len, batches))
    where = (HALL, "--data", tmp_path)
    assert f"{count} events are what was written" in hallkeeper("verify", *where)
    shown = hallkeeper("show", *where, "--last", 5)
    assert len(shown.splitlines()) >= 6
    lines = [json.loads(line) for line in hallkeeper("export", *where).splitlines()]
    assert [line["seq"] for line in lines] == list(range(1, count + 1))
    assert lines[0]["event"]["type"] == "day_began"
    one_day = hallkeeper("export", *where, "--day", "2026-11-21").splitlines()
    assert 0 < len(one_day) < count
    out = tmp_path / "out.jsonl"
    hallkeeper("export", *where, "--out", out)
    assert len(out.read_bytes().splitlines()) == count
    target = tmp_path / "copy.db"
    assert f"{count} events, checked" in hallkeeper("backup", target, "--hall", HALL, "--data", tmp_path)
    assert f"{count} events are" in hallkeeper("verify", *where, "--file", target)
    assert "already there" in hallkeeper("backup", target, "--hall", HALL, "--data", tmp_path)
    assert "is no date" in hallkeeper("show", *where, "--day", "yesterday")
    assert "there is no journal" in hallkeeper("verify", HALL, "--data", tmp_path / "none")


def test_a_restored_copy_goes_on(path: Path, tmp_path: Path) -> None:
    batches = lived(3)
    journal = Journal.open(path)
    write(journal, batches[:-2])
    copy = tmp_path / "copy.db"
    back_up(path, copy)
    journal.close()
    restored = Journal.open(copy)
    write(restored, batches[-2:])
    assert same(restored.fold(), restored.fold())
    restored.close()
    assert verify(copy).events == sum(map(len, batches))
