"""Bookings through the controller: handed in by the hatch, checked in on the bus, traceless afterwards."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec

from broker import hatch
from broker.messages import bookings as m
from broker.messages.hall import TakeTicket
from broker.persons import DayKey, person_hash
from hall.journal import Journal
from hall.shell.persons import Persons
from tests.conftest import HandClock
from tests.hall.kit import FRIDAY, small
from tests.hall.stage import Stage

NUMBER, OTHER = "11010519491231002X", "440524188001010014"
"""Synthetic: the two of GB 11643 and protocols.md 1.7."""
TEN = FRIDAY + timedelta(hours=10)


@asynccontextmanager
async def hall(clock: HandClock, data: Path, **tables: dict[str, Any]) -> AsyncIterator[Stage]:
    async with Stage(small(**tables), clock, data).open() as stage:
        assert stage.controller is not None
        async with stage.controller.hatch(Persons(data / "keys")).opened(data):
            yield stage


def wanted(**keys: Any) -> hatch.Wanted:
    said = {"service": "a", "date": "2026-11-20", "time": "10:00", **keys}
    return msgspec.convert(said, hatch.Wanted)


async def handed_in(data: Path, *rows: hatch.Wanted) -> list[hatch.Row]:
    answer = await hatch.ask(data, hatch.Import(rows=list(rows), by="city"))
    assert answer.rows is not None, answer
    return answer.rows


def traces(folder: Path, *words: str) -> list[str]:
    """Which words can be read in the hall's files, keys left out: those are erased by their own rule."""
    files = [file for file in folder.glob("*") if file.is_file()]
    return [
        f"{word} in {file.name}" for file in files for word in words if word.encode() in file.read_bytes()
    ]


async def test_a_number_handed_in_is_known_by_its_card_and_never_kept(
    clock: HandClock, tmp_path: Path
) -> None:
    async with hall(clock, tmp_path) as stage:
        (row,) = await handed_in(tmp_path, wanted(id_number=NUMBER, code="CITY-0001"))
        assert (row.ok, row.code) == (True, "CITY-0001")
        card = person_hash(NUMBER, DayKey(tmp_path / "keys").of(FRIDAY.date()))
        clock.move((TEN - clock.now()).total_seconds())
        reply = await stage.ask(m.CheckIn, person=card, kiosk="k1", name_masked="张*")
        assert (reply.ok, reply.number, reply.details) == (
            True,
            "A001",
            {"booking": row.booking, "late": False},
        )
        said = "".join(str(message) for message in stage.all(m.Message))
        assert NUMBER not in said
    assert traces(tmp_path, NUMBER) == []
    # at midnight also the code and the hash of the card go
    async with hall(clock, tmp_path) as stage:
        clock.move((FRIDAY + timedelta(days=1, seconds=1) - clock.now()).total_seconds())
        await stage.until(lambda: stage.state.day == "2026-11-21")
    Journal.open(tmp_path / "journal.db").close()
    assert traces(tmp_path, "CITY-0001", card) == []
    assert [file.name for file in (tmp_path / "keys").glob("person-of-*")] == []


async def test_each_row_is_taken_or_refused_for_itself(clock: HandClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path, appointments={"per_slot": 2}):
        rows = await handed_in(
            tmp_path,
            wanted(id_number=NUMBER),
            wanted(id_number=NUMBER, time="11:00"),
            wanted(id_number="110105194912310021"),
            wanted(reference="app-77", code="CITY-0002"),
            wanted(id_number=OTHER),
            wanted(service="q"),
            hatch.Wanted(code="CITY-0002", cancel=True),
            wanted(id_number=OTHER),
            hatch.Wanted(service="a"),
        )
        assert [row.reason for row in rows] == [
            None,
            "cap_day",
            "bad_id_number",
            None,
            "slot_full",
            "unknown_service",
            "too_late_to_cancel",
            "slot_full",
            "bad_row",
        ]
        assert all(row.ok or row.text for row in rows)
        listed = (await hatch.ask(tmp_path, hatch.Export())).bookings or []
        assert [(one.service, one.slot, one.status) for one in listed] == [
            ("a", "2026-11-20T10:00:00.000+08:00", "open")
        ] * 2
        file = (await hatch.ask(tmp_path, hatch.LookUp(id_number=NUMBER))).file
        assert file is not None
        assert (file.misses, file.ban, file.open) == (0, None, 1)
        assert (await hatch.ask(tmp_path, hatch.LookUp(code="none-such"))).file is None


async def test_what_is_no_request_is_answered_all_the_same(clock: HandClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path):
        answer = await hatch.ask(tmp_path, hatch.Import(rows=[], by="city"))
        assert (answer.error, bool(answer.text)) == ("malformed", True)
        assert (tmp_path / hatch.FILE).stat().st_mode & 0o777 == 0o600


async def test_penalties_and_codes_outlive_a_restart(clock: HandClock, tmp_path: Path) -> None:
    monday = {"date": "2026-11-23"}
    async with hall(clock, tmp_path):
        await handed_in(tmp_path, wanted(id_number=NUMBER, time="11:00"), wanted(id_number=OTHER, **monday))
    clock.move((FRIDAY + timedelta(hours=13) - clock.now()).total_seconds())
    async with hall(clock, tmp_path) as stage:
        await stage.until(lambda: any(client.ban for client in stage.state.diary.clients.values()))
    # the snapshot of the new day has no names in it, and yet who may not book is known
    clock.move((FRIDAY + timedelta(days=1, hours=9) - clock.now()).total_seconds())
    for _ in range(2):
        async with hall(clock, tmp_path) as stage:
            await stage.until(lambda: stage.state.day == "2026-11-21")
            (row,) = await handed_in(tmp_path, wanted(id_number=NUMBER, **monday))
            assert row.reason == "banned"
            assert len(stage.state.diary.known.persons) == 1
            assert list(stage.state.diary.known.pseudonyms.values()) == list(stage.state.diary.clients)


async def test_a_kiosk_books_shows_and_gives_back(clock: HandClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path) as stage:
        free = await stage.ask(m.FreeSlots, service="a", day="2026-11-20")
        assert free.details is not None
        assert isinstance(free.details, dict)
        first = free.details["days"][0]["slots"][-1]
        booked = await stage.ask(m.Book, service="a", slot=FRIDAY + timedelta(hours=17), person="a" * 32)
        assert isinstance(booked.details, dict)
        assert (first["slot"], first["free"]) == (booked.details["slot"], 2)
        state = await stage.hear(m.AppointmentsState, "appointments/a", times=2)
        assert [slot.booked for slot in state.slots][-1] == 1
        found = await stage.ask(m.FindBookings, person="a" * 32)
        assert isinstance(found.details, dict)
        assert [one["status"] for one in found.details["bookings"]] == ["open"]
        assert "code" not in found.details["bookings"][0]
        gone = await stage.ask(m.CancelBooking, booking=booked.details["booking"])
        assert gone.ok
        again = await stage.ask(m.CheckIn, booking=booked.details["booking"])
        assert again.reason == "booking_cancelled"


async def test_a_booking_is_not_taken_at_its_word(clock: HandClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path) as stage:
        reply = await stage.ask(TakeTicket, service="a", appointment="made-up-1")
        assert (reply.ok, reply.reason) == (False, "unknown_booking")
        bans = await stage.ask(m.ListBans)
        assert bans.details == {"bans": [], "more": 0}
