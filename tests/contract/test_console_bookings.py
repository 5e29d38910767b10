"""The city's app at /api/bookings: let in by its token, answered in sentences, and never by the bus."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from fastapi import FastAPI

from broker import hatch
from console import bookings_api
from console.api import Token
from console.house import House
from hallfile.premises import Premises
from tests.console_hall import SeededHall, premises_in

NUMBER = "11010519491231002X"
ROW: dict[str, Any] = {"service": "a", "date": "2026-11-20", "time": "10:00", "id_number": NUMBER}


@pytest.fixture
def premises(tmp_path: Path) -> Premises:
    return premises_in(tmp_path)


@asynccontextmanager
async def served(premises: Premises, token: str | None = None) -> AsyncIterator[httpx.AsyncClient]:
    """The address alone, without pages around it."""
    hall = SeededHall(premises)
    async with hall.bus.running(), hall.console_bus().running() as bus:
        app = FastAPI()
        bookings_api.serve(app, House.on(premises, bus))
        transport = httpx.ASGITransport(app=app)
        given = Token.of(premises.data, bookings_api.TOKEN_FILE).value if token is None else token
        headers = {"Authorization": f"Bearer {given}"}
        async with httpx.AsyncClient(transport=transport, base_url="http://hall", headers=headers) as client:
            yield client


@asynccontextmanager
async def hatch_with(premises: Premises, answer: hatch.Answer) -> AsyncIterator[list[hatch.Request]]:
    """Somebody at the hatch who writes down what is asked."""
    asked: list[hatch.Request] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(msgspec.json.decode(await reader.readline(), type=hatch.Request))
        writer.write(msgspec.json.encode(answer) + b"\n")
        writer.close()

    server = await asyncio.start_unix_server(
        serve, sock=hatch.listening(premises.run), limit=hatch.MOST_BYTES
    )
    try:
        yield asked
    finally:
        server.close()


async def test_rows_go_through_the_hatch_and_come_back(premises: Premises) -> None:
    taken = hatch.Row(row=1, ok=True, code="CITY-0001", booking="b1")
    async with hatch_with(premises, hatch.Answer(rows=[taken])) as asked, served(premises) as client:
        answer = await client.post("/api/bookings", json={"bookings": [ROW]})
    assert (answer.status_code, answer.json()["rows"][0]["code"]) == (200, "CITY-0001")
    (request,) = asked
    assert isinstance(request, hatch.Import)
    assert (request.by, request.rows[0].id_number) == ("city", NUMBER)


async def test_a_row_that_is_refused_is_a_conflict(premises: Premises) -> None:
    refused = hatch.Row(row=1, ok=False, reason="slot_full", text="10:00 的预约已满，请选择别的时段。")
    async with hatch_with(premises, hatch.Answer(rows=[refused])), served(premises) as client:
        answer = await client.post("/api/bookings", json={"bookings": [ROW]})
    assert (answer.status_code, answer.json()["rows"][0]["reason"]) == (409, "slot_full")


async def test_bookings_are_given_from_a_day_on(premises: Premises) -> None:
    booked = hatch.Booked(booking="b1", code=None, service="a", slot="x", ends="y", status="missed")
    async with hatch_with(premises, hatch.Answer(bookings=[booked])) as asked, served(premises) as client:
        answer = await client.get("/api/bookings", params={"from": "2026-11-20"})
        wrong = await client.get("/api/bookings", params={"from": "yesterday"})
    assert (answer.status_code, answer.json()["bookings"][0]["status"]) == (200, "missed")
    assert asked == [hatch.Export(day="2026-11-20")]
    assert (wrong.status_code, wrong.json()["error"]) == (422, "bad_day")


@pytest.mark.parametrize("token", ["", "wrong", "错"])
async def test_without_the_token_nobody_gets_in(premises: Premises, token: str) -> None:
    async with served(premises, "x") as client:
        headers = {"Authorization": f"Bearer {token}".encode()}
        for answer in (
            await client.get("/api/bookings", headers=headers),
            await client.post("/api/bookings", headers=headers, content=b"x"),
        ):
            assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
            assert bookings_api.TOKEN_FILE in answer.json()["text"]


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        (b"", 422, "unreadable"),
        (b'{"bookings": {}}', 422, "unreadable"),
        (b'{"bookings": []}', 422, "wrong_count"),
        (b'{"bookings": [{"id_number": "11010519491231002X", "date": "soon"}]}', 422, "unreadable"),
        (
            b'{"bookings": [{"id_number": "11010519491231002X", "code": "11010519491231002X"}]}',
            422,
            "unreadable",
        ),
        (b"[" * 100_000, 422, "unreadable"),
        (b"x" * (hatch.MOST_BYTES + 1), 413, "too_much"),
    ],
)
async def test_what_can_t_be_read_is_said_without_repeating_it(
    premises: Premises, body: bytes, status: int, error: str
) -> None:
    async with served(premises) as client:
        answer = await client.post("/api/bookings", content=body)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert NUMBER not in answer.text
    assert answer.json()["text"]


async def test_a_controller_that_is_away_is_said(premises: Premises) -> None:
    async with served(premises) as client:
        answer = await client.post("/api/bookings", json={"bookings": [ROW]})
    assert (answer.status_code, answer.json()["error"]) == (503, "controller_away")


def test_the_token_is_made_once_and_for_the_hall_s_user_only(tmp_path: Path) -> None:
    token = Token.of(tmp_path, bookings_api.TOKEN_FILE)
    assert Token.of(tmp_path, bookings_api.TOKEN_FILE) == token
    assert len(token.value) >= 40
    assert (tmp_path / bookings_api.TOKEN_FILE).stat().st_mode & 0o777 == 0o600
