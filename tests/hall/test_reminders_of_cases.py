"""A case that is done: whose it is, is told by a message, and nothing is left of how to reach them."""

import logging
import sqlite3
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from console.cases import Registry, from_csv
from console.orders import Orders
from hall.shell.reminding import FILE
from hall.shell.spool import Message, Spool
from hallfile.notes import CASES, CASES_MOST, Note, Notes, of_case
from simulators.gateway.server import Gateway as SimulatedGateway
from tests.conftest import HandClock
from tests.console_hall import premises_in
from tests.hall.gateway import PHONE, came
from tests.hall.kit import small
from tests.hall.stage import Stage

HEAD = "case,item,department,accepted,promised_workdays,finished,zone,phone\n"
OPEN = "DZ-7,施工许可证核发,住建局,2026-11-16,9,,"
DONE = "DZ-7,施工许可证核发,住建局,2026-11-16,9,2026-11-20,"


class City:
    """A hall with a gateway, and the city's system that hands cases over to it."""

    def __init__(self, stage: Stage, data: Path) -> None:
        self.stage = stage
        premises = replace(premises_in(data), data=data, hall=stage.hall)
        self.registry = Registry(Orders(stage.bus, True), premises)

    async def hands_over(self, *rows: str) -> list[tuple[bool, str | None]]:
        """Rows of CSV; what was said of each."""
        read = from_csv(HEAD + "\n".join(rows))
        answers = await self.registry.hand_over(read, "console/import", self.stage.clock.now())
        return [(answer.ok, answer.reason) for answer in answers]


@asynccontextmanager
async def city(clock: HandClock, data: Path, port: int, **tables: dict[str, Any]) -> AsyncIterator[City]:
    gateways = {
        "sms": {
            "kind": "sms",
            "url": f"http://127.0.0.1:{port}/send?to={{phone}}",
            "body": "{text}",
        }
    }
    async with Stage(small(**{"gateways": gateways, **tables}), clock, data).open() as stage:
        yield City(stage, data)


async def gone(stage: Stage, clock: HandClock, data: Path, step_s: float = 3) -> None:
    """Wait until no note of a case is left."""

    def erased() -> bool:
        clock.move(step_s)
        return not Notes(data, CASES).any_but(())

    await stage.until(erased)


async def test_from_the_city_to_the_phone_and_nothing_is_left_of_it(
    clock: HandClock, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with (
        SimulatedGateway().serving() as gateway,
        city(clock, tmp_path, gateway.port) as hall,
    ):
        assert await hall.hands_over(f"{OPEN},{PHONE}") == [(True, None)]
        clock.move(7200)
        assert Notes(tmp_path, CASES).read(of_case("DZ-7")) == Note(phone=PHONE), "kept while it is open"
        assert await hall.hands_over(f"{DONE},") == [(True, None)]
        await came(gateway, 1)
        (taken,) = gateway.taken
        assert taken.path == f"/send?to={PHONE}"
        assert "“施工许可证核发”（办件号 DZ-7）已办结" in taken.body.decode()
        await gone(hall.stage, clock, tmp_path)
        assert await hall.hands_over(f"{DONE},") == [(True, None)]
        assert not any(PHONE in str(said) for _, said in hall.stage._hearing)
    assert len(gateway.taken) == 1, "said again, nobody is told again"
    for file in tmp_path.rglob("*"):
        if file.is_file():
            assert PHONE.encode() not in file.read_bytes(), file
    assert PHONE not in caplog.text


async def test_it_waits_for_a_gateway_that_is_away_and_for_a_controller_that_was_killed(
    clock: HandClock, tmp_path: Path
) -> None:
    async with (
        SimulatedGateway(mood="refuses").serving() as gateway,
        city(clock, tmp_path, gateway.port) as hall,
    ):
        await hall.hands_over(f"{DONE},{PHONE}")
        await hall.stage.until(lambda: gateway.asked)
        await hall.stage.stop()
        # as if the kill had come between the journal and the spool
        for file in tmp_path.glob(f"{FILE}*"):
            file.unlink()
        gateway.mood = "well"
        clock.move(5 * 3600)
        await hall.stage.start()
        await came(gateway, 1)
        await gone(hall.stage, clock, tmp_path)


async def test_a_disk_that_took_nothing_for_a_while_loses_nobody(
    clock: HandClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put, failed = Spool.put, 0

    def full(spool: Spool, messages: Iterable[Message]) -> int:
        nonlocal failed
        if failed < 5:
            failed += 1
            raise sqlite3.OperationalError("database or disk is full")
        return put(spool, messages)

    monkeypatch.setattr(Spool, "put", full)
    async with (
        SimulatedGateway().serving() as gateway,
        city(clock, tmp_path, gateway.port) as hall,
    ):
        await hall.hands_over(f"{DONE},{PHONE}")

        def told() -> bool:
            clock.move(3)
            return bool(gateway.taken)

        await hall.stage.until(told)
        assert failed == 5
        assert gateway.taken[0].path == f"/send?to={PHONE}"
        await gone(hall.stage, clock, tmp_path)


async def test_what_is_never_told_is_erased_too(clock: HandClock, tmp_path: Path) -> None:
    async with city(clock, tmp_path, 9, reminders={"case_done_days": 0}) as hall:
        await hall.hands_over(f"{OPEN},{PHONE}")
        await hall.hands_over("DZ-7,施工许可证核发,住建局,2026-11-16,9,2026-11-19,,")
        await gone(hall.stage, clock, tmp_path)
        spool = Spool(tmp_path / FILE)
        assert spool.all() == []
        spool.close()


async def test_what_a_crash_left_behind_is_erased_soon_after_the_next_start(
    clock: HandClock, tmp_path: Path
) -> None:
    async with city(clock, tmp_path, 9) as hall:
        await hall.hands_over(f"{OPEN},{PHONE}")
        await hall.stage.stop()
        Notes(tmp_path, CASES).keep("case-of-nobody", Note(phone=PHONE), clock.now())
        await hall.stage.start()

        def erased() -> bool:
            clock.move(600)
            return Notes(tmp_path, CASES).read("case-of-nobody") is None

        await hall.stage.until(erased)
        assert Notes(tmp_path, CASES).read(of_case("DZ-7")) == Note(phone=PHONE)


async def test_what_came_with_a_refused_case_is_not_kept_all_day(clock: HandClock, tmp_path: Path) -> None:
    async with city(clock, tmp_path, 9) as hall:
        await hall.stage.until(lambda: hall.stage.state.day)
        clock.move(7200)
        refused = "DZ-7,施工许可证核发,住建局,2026-11-16,9,,nowhere"
        assert await hall.hands_over(f"{refused},{PHONE}") == [(False, "unknown_zone")]
        assert Notes(tmp_path, CASES).any_but(())
        await gone(hall.stage, clock, tmp_path, step_s=300)
        assert hall.stage.state.day == "2026-11-20", "on the same day"


async def test_a_hall_that_tells_nobody_keeps_no_number(clock: HandClock, tmp_path: Path) -> None:
    async with city(clock, tmp_path, 9, gateways={}) as hall:
        assert await hall.hands_over(f"{OPEN},{PHONE}") == [(True, None)]
    assert not (tmp_path / "private" / CASES).exists()


async def test_a_number_that_can_not_be_kept_is_said_and_the_case_stands(
    clock: HandClock, tmp_path: Path
) -> None:
    async with city(clock, tmp_path, 9) as hall:
        kept = Notes(tmp_path, CASES)
        kept.keep_all({f"n{number}": Note(phone="1") for number in range(5)}, clock.now())
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(hall.registry._notes, "_most", 5)
            assert await hall.hands_over(f"{OPEN},{PHONE}", "DZ-8,i,d,2026-11-16,9,,,") == [
                (False, "contact_not_kept"),
                (True, None),
            ]
        assert set(hall.stage.state.duties.cases) == {"DZ-7", "DZ-8"}
    assert CASES_MOST > 5
