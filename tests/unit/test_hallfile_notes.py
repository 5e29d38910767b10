"""What visitors leave is kept in one private file, bounded, and overwritten when nobody needs it."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hallfile import notes
from hallfile.notes import Note, Notes, NotesUnavailable

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


def test_a_note_is_read_by_its_id_and_erased_without_a_trace(tmp_path: Path) -> None:
    kept = Notes(tmp_path)
    assert kept.read("n1") is None
    kept.keep("n1", Note("李女士", "555-0100-0100", "材料退了三次"), NOW)
    assert Notes(tmp_path).read("n1") == Note("李女士", "555-0100-0100", "材料退了三次")
    folder = tmp_path / "private"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "notes.db").stat().st_mode) == 0o600
    kept.erase({"n1", "never there"})
    assert kept.read("n1") is None
    left = b"".join(file.read_bytes() for file in folder.iterdir())
    assert b"0100-0100" not in left
    assert "三次".encode() not in left


def test_what_belongs_to_nothing_is_swept_but_not_what_has_just_come(tmp_path: Path) -> None:
    kept = Notes(tmp_path)
    assert kept.erase_others((), NOW) == 0
    for name, hours in (("needed", 5), ("over", 5), ("fresh", 0)):
        kept.keep(name, Note(phone="1"), NOW - timedelta(hours=hours))
    assert kept.erase_others({"needed"}, NOW - timedelta(hours=1)) == 1
    assert [kept.read(name) is not None for name in ("needed", "over", "fresh")] == [True, False, True]


def test_notes_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notes, "NOTES_MOST", 1)
    kept = Notes(tmp_path)
    kept.keep("n1", Note("x" * 999, "1" * 999, "y" * 9999), NOW)
    found = kept.read("n1")
    assert found is not None
    assert (len(found.name), len(found.phone), len(found.words)) == (40, 30, 500)
    assert found.says_how
    with pytest.raises(NotesUnavailable, match="may hold 1 notes"):
        kept.keep("n2", Note(), NOW)
    assert kept.read("n2") is None
    kept.keep("n1", Note(phone="2"), NOW)
    assert kept.read("n1") == Note(phone="2"), "the same again takes no more room"


def test_notes_of_cases_are_kept_together_and_replaced(tmp_path: Path) -> None:
    kept = Notes(tmp_path, notes.CASES)
    name = notes.of_case("DZ-1")
    kept.keep_all({name: Note(phone="1"), notes.of_case("DZ-2"): Note(phone="2")}, NOW)
    kept.keep_all({name: Note(phone="3")}, NOW)
    assert kept.read(name) == Note(phone="3")
    kept.keep_all({}, NOW)
    assert Notes(tmp_path).read(name) is None


def test_a_file_that_is_none_of_ours_is_said(tmp_path: Path) -> None:
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / "notes.db").write_bytes(b"not a database, but long enough to look like a file")
    with pytest.raises(NotesUnavailable, match=r"notes\.db"):
        Notes(tmp_path).read("n1")
