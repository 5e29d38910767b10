"""Pads on other wires behind the same interface: frames on a serial line, posts over HTTP."""

import asyncio
import json
import os
import tty
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from broker.messages.devices import OpenWindow, RatingKey
from devices.kit.links.http import token_in
from devices.rating_pad.driver import RatingPad
from hallfile.devices import RatingPad as Entry
from tests.contract.stand import Stand, standing
from tests.contract.test_led_board_simulator import free_port

GRADE_5, GRADE_2 = bytes.fromhex("AA 55 01 05 06"), bytes.fromhex("AA 55 01 02 03")
"""By hand from the shape in keymaps/example-serial.toml: header, length, key, sum of length and key."""


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[int]:
    master, slave = os.openpty()
    tty.setraw(slave)
    (tmp_path / "port").symlink_to(os.ttyname(slave))
    yield master
    os.close(master)
    os.close(slave)


def grades(stand: Stand) -> list[tuple[str, int]]:
    return [(key.ticket, key.grade) for key in stand.events if isinstance(key, RatingKey)]


async def test_a_serial_pad_rates_by_the_shape_of_its_frames(tmp_path: Path, terminal: int) -> None:
    entry = Entry(link=f"serial:{tmp_path}/port?baud=9600", counter="3", model="example-serial")
    async with standing(RatingPad, entry, tmp_path) as stand:
        await stand.word("online")
        os.write(terminal, GRADE_2)
        await stand.taken(5)
        await stand.ask(OpenWindow, seconds=20, ticket="t-1")
        for byte in b"\x00\xaa" + GRADE_5:
            os.write(terminal, bytes([byte]))
        await stand.until(lambda seen: seen.events)
        assert grades(stand) == [("t-1", 5)]


async def test_a_serial_line_of_garbage_is_told(tmp_path: Path, terminal: int) -> None:
    entry = Entry(link=f"serial:{tmp_path}/port?baud=9600", counter="3", model="example-serial")
    async with standing(RatingPad, entry, tmp_path) as stand:
        await stand.word("online")
        os.write(terminal, b"\x07" * 400)
        await stand.word("hardwareError", "no key events")
        os.write(terminal, GRADE_5)
        await stand.word("online")


class Page:
    """What runs on an Android pad: asks for the window, posts a grade."""

    def __init__(self, port: int, token: str) -> None:
        self.port = port
        self.token = token

    async def send(self, raw: bytes) -> tuple[int, bytes]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(raw)
            await writer.drain()
            async with asyncio.timeout(10):
                head, _, body = (await reader.read()).partition(b"\r\n\r\n")
        finally:
            writer.close()
        return int(head.split(b" ")[1]), body

    async def window(self) -> bool:
        status, body = await self.send(self._request("GET", "/window", b""))
        assert status == 200
        return bool(json.loads(body)["open"])

    async def post(self, said: object, path: str = "/key") -> int:
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        return (await self.send(self._request("POST", path, body)))[0]

    def _request(self, method: str, path: str, body: bytes) -> bytes:
        head = f"{method} {path} HTTP/1.1\r\nHost: hall\r\nAuthorization: Bearer {self.token}\r\n"
        return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


@asynccontextmanager
async def network_pad(folder: Path) -> AsyncIterator[tuple[Stand, Page]]:
    port, file = free_port(), folder / "credentials" / "rate-07"
    link = f"http://127.0.0.1:{port}?token_file={file}"
    async with standing(RatingPad, Entry(link=link, counter="7", model="http"), folder) as stand:
        await stand.until(lambda seen: file.exists() and seen.device.link)
        yield stand, Page(port, file.read_text(encoding="utf-8").strip())


async def test_a_network_pad_asks_and_rates(tmp_path: Path) -> None:
    async with network_pad(tmp_path) as (stand, page):
        assert stand.device.word == "starting", "not heard yet"
        assert await page.window() is False
        await stand.word("online")
        assert await page.post({"grade": 1}) == 202
        await stand.ask(OpenWindow, seconds=20, ticket="t-1")
        assert grades(stand) == []
        assert await page.window() is True
        assert await page.post({"grade": 4}) == 202
        await stand.until(lambda seen: seen.events)
        assert await page.window() is False
        assert grades(stand) == [("t-1", 4)]


async def test_a_network_pad_that_falls_silent_is_offline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = (RatingPad.keymaps / "http.toml").read_text(encoding="utf-8").replace("15.0", "0.1")
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "http.toml").write_text(model, encoding="utf-8")
    monkeypatch.setattr(RatingPad, "keymaps", tmp_path / "models")
    async with network_pad(tmp_path) as (stand, page):
        await page.window()
        await stand.word("online")
        await stand.word("offline", "pad_silent")
        await page.window()
        await stand.word("online")


async def test_who_has_no_token_is_nobody(tmp_path: Path) -> None:
    async with network_pad(tmp_path) as (stand, page):
        await page.window()
        await stand.ask(OpenWindow, seconds=20, ticket="t-1")
        stranger = Page(page.port, "0" * 32)
        assert await stranger.post({"grade": 1}) == 401
        assert (await stranger.send(b'POST /key HTTP/1.1\r\nContent-Length: 11\r\n\r\n{"grade":1}'))[0] == 401
        assert await page.window() is True
        assert grades(stand) == []


async def test_what_is_no_grade_counts_as_none(tmp_path: Path) -> None:
    async with network_pad(tmp_path) as (stand, page):
        await page.window()
        await stand.ask(OpenWindow, seconds=20, ticket="t-1")
        for said in ({"grade": 6}, {"grade": "5"}, {"mark": 5}, [5], b"\xff\x00", b'{}\n{"grade":5}', b""):
            assert await page.post(said) == 202
        assert await page.post({"grade": 3}) == 202
        await stand.until(lambda seen: seen.events)
        assert grades(stand) == [("t-1", 3)]


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"\r\n\r\n", 400),
        (b"GET /window\r\n\r\n", 400),
        (b"POST /key HTTP/1.1\r\nContent-Length: x\r\n\r\n", 400),
        (b"POST /key HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        (b"POST /key HTTP/1.1\r\nContent-Length: 100000\r\n\r\n", 413),
        (b"GET /" + b"x" * 20_000 + b" HTTP/1.1\r\n\r\n", 413),
    ],
)
async def test_what_can_not_be_read_is_answered_and_harmless(tmp_path: Path, raw: bytes, status: int) -> None:
    async with network_pad(tmp_path) as (_, page):
        assert (await page.send(raw))[0] == status
        assert await page.post({"grade": 5}, path="/elsewhere") == 404
        assert await page.window() is False


async def test_a_port_that_is_taken_and_a_token_that_can_not_be(tmp_path: Path) -> None:
    port = free_port()
    server = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", port)
    link = f"http://127.0.0.1:{port}?token_file={tmp_path}/token"
    async with standing(RatingPad, Entry(link=link, counter="7", model="http"), tmp_path) as stand:
        await stand.word("powerOff", "can't be listened on")
    server.close()
    await server.wait_closed()
    async with standing(
        RatingPad, Entry(link=f"http://127.0.0.1:{port}", counter="7", model="http"), tmp_path
    ) as stand:
        await stand.word("hardwareError", "names no token_file")
    assert token_in(tmp_path / "token") == token_in(tmp_path / "token")
    assert (tmp_path / "token").stat().st_mode & 0o077 == 0
