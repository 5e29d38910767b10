"""The simulated gateway: what it was sent is read by the hall file's own templates, its numbers hidden."""

import asyncio
import json
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from msgspec.structs import replace as with_keys

from broker.client import Bus
from broker.ids import ulids
from broker.memory import MemoryBroker
from hallfile.catalogue import Catalogue
from hallfile.checks import check
from hallfile.notes import REACH, Notes
from hallfile.premises import Premises
from hallfile.reminding import Gateway, check_gateways
from simulators.crowd.reachable import Reachable
from simulators.gateway.reading import Said, hidden, said
from simulators.gateway.server import Taken
from simulators.gateway.simulator import SHOWN, GatewayStandIn
from simulators.kit.stand_in import Stage
from simulators.room import TEXTS
from tests.console_hall import free_port, premises_in

PHONE = "555-0100-0142"
TEXT = '您的号码 A012 "快到了" & 请回来'
READ = Said("••••42", TEXT)
JSON = {"Content-Type": "application/json"}


def sms(**keys: Any) -> Gateway:
    return Gateway(**{"kind": "sms", "url": "http://127.0.0.1:9/send", **keys})


def sent(body: str = "", path: str = "/send", **headers: str) -> Taken:
    return Taken(
        "POST", path, {name.replace("_", "-"): value for name, value in headers.items()}, body.encode()
    )


@pytest.mark.parametrize(
    ("gateway", "request_"),
    [
        (
            sms(headers=JSON, body='{"to":"{phone}","id":"{id}","c":"{text}"}'),
            sent(
                f'{{"to":"{PHONE}","id":"1","c":{json.dumps(TEXT, ensure_ascii=False)}}}',
                content_type="application/json",
            ),
        ),
        (
            sms(body="m={phone}&c={text}"),
            sent(urlencode({"m": PHONE, "c": TEXT}), content_type="application/x-www-form-urlencoded"),
        ),
        (
            sms(url="http://127.0.0.1:9/?m={phone}&c={text}", method="GET"),
            sent(path=f"/?m={quote(PHONE)}&c={quote(TEXT, safe='')}"),
        ),
        (
            sms(headers={"X-To": "{phone}"}, body="<c>{text}</c>"),
            sent(
                f"<c>{TEXT.replace('&', '&amp;').replace(chr(34), '&quot;')}</c>",
                content_type="text/xml",
                x_to=PHONE,
            ),
        ),
    ],
)
def test_a_message_is_read_back_by_its_template(gateway: Gateway, request_: Taken) -> None:
    assert said(gateway, request_) == READ


def test_a_webhook_is_told_no_number() -> None:
    hook = Gateway(url="http://127.0.0.1:9/")
    assert said(hook, sent(json.dumps({"text": TEXT, "token": "openid-7"}))) == Said("••••", TEXT)
    assert said(hook, sent(json.dumps({"text": TEXT, "token": None}))) == Said("", TEXT)
    for other in ("", "[]", '{"text":1}', "[" * 100_000):
        assert said(hook, sent(other)) is None


def test_what_is_none_of_the_halls_is_not_shown() -> None:
    assert said(sms(body="{phone} {text}"), sent("hello")) is None
    assert said(sms(body="{phone}"), sent(PHONE)) is None


def test_a_short_number_is_hidden_whole() -> None:
    assert [hidden(number) for number in ("", "110", "12345", "+86 138-0000-0017")] == [
        "••••",
        "••••",
        "••••45",
        "••••17",
    ]


@asynccontextmanager
async def standing(tmp_path: Path) -> AsyncIterator[GatewayStandIn]:
    premises = premises_in(tmp_path)
    bus = Bus("d", "sim", MemoryBroker().transport("sim"), premises.clock, ulids(premises.clock))
    url = f"http://127.0.0.1:{free_port()}/send"
    with ThreadPoolExecutor(1) as studio:
        stage = Stage(premises, bus, Catalogue.load(TEXTS, "en"), studio)
        made = GatewayStandIn("sms", sms(url=url, body="{phone} {text}", simulated=True), stage)
        running = asyncio.create_task(made.run())
        try:
            async with bus.running(), asyncio.timeout(10):
                while not made.plugged:
                    await asyncio.sleep(0)
                yield made
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


async def post(gateway: GatewayStandIn, body: str, method: str = "POST") -> str:
    reader, writer = await asyncio.open_connection("127.0.0.1", gateway.link.port)
    writer.write(
        f"{method} /send HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()
    )
    answer = await reader.read()
    writer.close()
    return answer.decode()


async def test_it_shows_what_it_was_sent_and_feels_as_it_is_told(tmp_path: Path) -> None:
    async with standing(tmp_path) as gateway:
        assert '{"code":0}' in await post(gateway, f"{PHONE} first")
        gateway.controls()["mood"].turn("refuses")
        assert "503" in await post(gateway, f"{PHONE} second")
        shown = gateway.shows()
        assert (shown["asked"], shown["taken"]) == (2, 1)
        assert [(one["to"], one["text"], one["met"]) for one in shown["messages"]] == [
            ("••••42", "first", "well"),
            ("••••42", "second", "refuses"),
        ]
        for number in range(SHOWN):
            await post(gateway, f"{PHONE} {number}")
        assert len(gateway.shows()["messages"]) == SHOWN
        assert PHONE not in str(gateway.shows())
        gateway.unplug()
        assert not gateway.plugged
        await asyncio.sleep(0)
        with pytest.raises(OSError, match="Connect call failed"):
            await post(gateway, "")


async def test_what_is_asked_for_no_body_is_answered_without_one(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with standing(tmp_path) as gateway:
        answer = await post(gateway, "", method="HEAD")
        assert (answer.startswith("HTTP/1.1 200"), "code" in answer) == (True, False)
    assert not caplog.records


def test_a_hall_file_is_told_where_a_simulated_gateway_can_not_stand(tmp_path: Path) -> None:
    body = "{phone} {text}"
    wrong = {
        "a": sms(url="https://sms.example.cn/", body=body, simulated=True),
        "b": sms(body=body, success="OK", simulated=True),
    }
    faults = list(check_gateways(wrong, tmp_path))
    assert [fault.split(":")[0] for fault in faults] == ["gateways.a.url", "gateways.b.success"]
    assert list(check_gateways({"c": sms(body=body, success='"code":0', simulated=True)}, tmp_path)) == []


def test_a_hall_file_is_told_where_another_stands_already(tmp_path: Path) -> None:
    hall = premises_in(tmp_path).hall
    console = hall.console.port
    ports = {"a": console, "b": 19555, "c": 19555, "real": 19555}
    gateways = {
        name: sms(url=f"http://127.0.0.1:{port}/", body="{phone} {text}", simulated=name != "real")
        for name, port in ports.items()
    }
    wrong = check(with_keys(hall, gateways=gateways), tmp_path)
    assert [fault for fault in wrong if fault.startswith("gateways.")] == [
        f"gateways.a.url: 127.0.0.1:{console} is where console.port is; give the gateway another port",
        "gateways.c.url: 127.0.0.1:19555 is where gateways.b is; give the gateway another port",
    ]


class Hands:
    """Notes what it was asked to ask."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def ask_controller(self, _: Any, by: str, *, ticket: str) -> None:
        self.asked.append(ticket)


def with_gateways(premises: Premises, gateways: dict[str, Gateway], share: float) -> Premises:
    simulation = with_keys(premises.hall.simulation, reminded=share)
    return replace(premises, hall=with_keys(premises.hall, gateways=gateways, simulation=simulation))


async def test_simulated_visitors_leave_numbers_of_nobody(tmp_path: Path) -> None:
    premises = with_gateways(premises_in(tmp_path), {"sms": sms(simulated=True)}, 0.5)
    hands: Any = Hands()
    people = Reachable(premises, hands)
    for number in range(40):
        await people.ask_for(f"t{number}")
    assert 10 <= len(hands.asked) <= 30
    left = Notes(premises.data, REACH).read(hands.asked[0])
    assert left is not None
    assert left.phone.startswith("555-0100-")


@pytest.mark.parametrize(
    "gateways",
    [
        {},
        {"sms": sms(simulated=True), "real": sms()},
        {"sms": sms(simulated=True), "city": Gateway(url="https://city.example/hook")},
    ],
)
async def test_and_none_where_a_real_gateway_would_carry_it(
    tmp_path: Path, gateways: dict[str, Gateway]
) -> None:
    hands: Any = Hands()
    people = Reachable(with_gateways(premises_in(tmp_path), gateways, 1.0), hands)
    await people.ask_for("t1")
    assert hands.asked == []
