"""Whatever a disk does to the file: all is there, or an end is cut and said, or a sentence says why not.

Never is an event changed, left out of the middle, or doubled, and never is the program's fault the answer.
"""

import random
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from hall.core.events import encode
from hall.journal import Journal, JournalBroken
from tests.hall.test_journal_days import lived, write

PAGE = 4096


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, list[bytes]]:
    """A journal of four days, and what it says."""
    path = tmp_path_factory.mktemp("whole") / "journal.db"
    journal = Journal.open(path)
    write(journal, lived(4))
    said = told(journal)
    journal.close()
    return path.read_bytes(), said


def told(journal: Journal) -> list[bytes]:
    """What the chain says; the people beside it may be lost with a page of theirs."""
    bare = {"person": None, "name_masked": None, "appointment": None}
    return [
        encode(msgspec.structs.replace(event, **{key: bare[key] for key in bare if hasattr(event, key)}))
        for event in journal.events()
    ]


def opened(folder: Path, raw: bytes, said: list[bytes]) -> str:
    """What comes of a file: `whole`, `cut` or `refused`."""
    folder.mkdir()
    path = folder / "journal.db"
    path.write_bytes(raw)
    try:
        journal = Journal.open(path)
    except JournalBroken:
        return "refused"
    try:
        found = told(journal)
    except JournalBroken:
        return "refused"
    finally:
        journal.close()
    assert found == said[: len(found)]
    if len(found) < len(said):
        assert (folder / "journal.damaged-1.db").read_bytes(), "what was cut is kept"
        return "cut"
    return "whole"


def test_cut_short_at_every_page(tmp_path: Path, whole: tuple[bytes, list[bytes]]) -> None:
    raw, said = whole
    # an empty file is a journal that has not begun
    ends = range(PAGE, len(raw) + 1, PAGE)
    found = Counter(opened(tmp_path / str(end), raw[:end], said) for end in ends)
    assert found["whole"] == 1


def test_a_bit_of_every_page_flipped(tmp_path: Path, whole: tuple[bytes, list[bytes]]) -> None:
    raw, said = whole
    chance = random.Random(4)
    for trial in range(0, len(raw) // PAGE * 8):
        at = trial // 8 * PAGE + chance.randrange(PAGE)
        spoilt = bytearray(raw)
        spoilt[at] ^= 1 << chance.randrange(8)
        opened(tmp_path / str(trial), bytes(spoilt), said)


def test_a_letter_of_the_tables_damaged(tmp_path: Path, whole: tuple[bytes, list[bytes]]) -> None:
    """`seq` that is no key any more reads as nothing, and every row would seem to be gone."""
    raw, said = whole
    for word in (b"seq INTEGER PRIMARY KEY", b"first INTEGER PRIMARY KEY"):
        at = raw.index(word) + word.index(b"PRIMARY")
        spoilt = raw[:at] + b"X" + raw[at + 1 :]
        assert opened(tmp_path / word.decode().split()[0], spoilt, said) == "refused"


def test_a_sector_of_every_page_lost(tmp_path: Path, whole: tuple[bytes, list[bytes]]) -> None:
    raw, said = whole
    for at in range(0, len(raw), PAGE):
        spoilt = bytearray(raw)
        spoilt[at : at + 512] = bytes(512)
        opened(tmp_path / str(at), bytes(spoilt), said)


def test_every_row_altered(tmp_path: Path, whole: tuple[bytes, list[bytes]]) -> None:
    """The last can't be told from one that was not written whole; one before it can."""
    raw, said = whole
    path = tmp_path / "rows.db"
    path.write_bytes(raw)
    with closing(sqlite3.connect(path)) as connection:
        rows = [seq for (seq,) in connection.execute("SELECT seq FROM events")]
    for seq in rows:
        path.write_bytes(raw)
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("UPDATE events SET body = CAST(body || ' ' AS BLOB) WHERE seq = ?", (seq,))
        outcome = opened(tmp_path / str(seq), path.read_bytes(), said)
        assert outcome == ("cut" if seq == rows[-1] else "refused")
