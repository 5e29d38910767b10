"""The city's system at /api/cases: let in by its token, answered row by row; a number goes no further."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from broker.messages.tasks import RegisterCase
from console import cases_api, orders
from console.api import Token
from console.house import House
from hallfile.notes import CASES, Note, Notes, of_case
from hallfile.premises import Premises
from tests.console_hall import SeededHall, premises_in

PHONE = "555 0100 0142"
ROW: dict[str, Any] = {
    "case": "DZ-1",
    "item": "施工许可证核发",
    "department": "住建局",
    "accepted": "2026-11-16",
    "promised_workdays": 5,
}


@pytest.fixture
def premises(tmp_path: Path) -> Premises:
    return premises_in(tmp_path)


@asynccontextmanager
async def served(
    premises: Premises, token: str | None = None
) -> AsyncIterator[tuple[SeededHall, httpx.AsyncClient]]:
    """The address alone, without pages around it."""
    hall = SeededHall(premises)
    async with hall.bus.running(), hall.console_bus().running() as bus:
        await hall.bus.connected.wait()
        await bus.connected.wait()
        app = FastAPI()
        cases_api.serve(app, House.on(premises, bus))
        given = Token.of(premises.data, cases_api.TOKEN_FILE).value if token is None else token
        headers = {"Authorization": f"Bearer {given}"}
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://hall", headers=headers) as client:
            yield hall, client


async def test_rows_are_registered_and_a_number_stays_in_the_private_file(premises: Premises) -> None:
    async with served(premises) as (hall, client):
        told = {**ROW, "phone": PHONE, "token": "openid-7"}
        rows = [told, {**ROW, "case": "DZ-2", "finished": "2026-11-18"}]
        answer = await client.post(cases_api.PATH, json={"cases": rows})
        assert (answer.status_code, answer.json()["rows"]) == (
            200,
            [{"case": "DZ-1", "ok": True}, {"case": "DZ-2", "ok": True}],
        )
        first, second = (command for _, command in hall.asked if isinstance(command, RegisterCase))
        assert (first.case, first.note, first.by) == ("DZ-1", of_case("DZ-1"), cases_api.BY)
        assert not second.note
        assert Notes(premises.data, CASES).read(of_case("DZ-1")) == Note(phone=PHONE, words="openid-7")
        assert PHONE not in str(hall.asked)
        assert not any(PHONE.encode() in packet.payload for packet in hall.broker.seen)


async def test_csv_is_taken_too_and_a_row_that_is_refused_is_a_conflict(premises: Premises) -> None:
    async with served(premises) as (hall, client):
        hall.answer = lambda _topic, _command: {"ok": False, "reason": "unknown_zone", "text": "没有这个区。"}
        file = "case,item,department,accepted,promised_workdays\nDZ-1,i,d,2026-11-16,5\n"
        answer = await client.post(cases_api.PATH, content=file, headers={"Content-Type": "text/csv"})
    assert answer.status_code == 409, answer.text
    assert answer.json()["rows"][0]["text"] == "没有这个区。"


@pytest.mark.parametrize("body", ["", "[]", '{"cases":[{"phone":"call 13800000000 please"}]}'])
async def test_what_can_t_be_read_is_said_without_repeating_it(premises: Premises, body: str) -> None:
    async with served(premises) as (hall, client):
        answer = await client.post(cases_api.PATH, content=body)
    assert answer.status_code == 422
    assert "13800000000" not in answer.text
    assert not hall.asked


async def test_without_the_token_nobody_gets_in(premises: Premises) -> None:
    async with served(premises, token="guessed") as (hall, client):
        assert (await client.post(cases_api.PATH, json={"cases": [ROW]})).status_code == 401
    assert not hall.asked


async def test_a_controller_that_is_away_is_said(premises: Premises, monkeypatch: pytest.MonkeyPatch) -> None:
    async with served(premises) as (hall, client):
        hall.answer = lambda _topic, _command: None
        monkeypatch.setattr(orders, "PATIENCE_S", 0.2)
        answer = await client.post(cases_api.PATH, json={"cases": [ROW]})
    assert answer.status_code == 503
