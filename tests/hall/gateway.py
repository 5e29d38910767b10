"""A gateway of a hall file, what is sent through it, and waiting until it has come."""

import asyncio
from datetime import timedelta
from typing import Any

from hall.shell.spool import Message
from hallfile.reminding import Gateway
from simulators.gateway.server import Gateway as SimulatedGateway
from tests.conftest import HandClock

PHONE = "13800000000"
"""Nobody's."""


def sms(port: int, **keys: Any) -> Gateway:
    usual: dict[str, Any] = {
        "kind": "sms",
        "url": f"http://127.0.0.1:{port}/send",
        "headers": {"Content-Type": "application/x-www-form-urlencoded", "Authorization": "Bearer {secret}"},
        "body": "to={phone}&content={text}",
        "success": r'"code":\s*0\b',
        "first_wait_s": 2,
        "most_wait_s": 60,
        "timeout_s": 5,
    }
    return Gateway(**{**usual, **keys})


def message(clock: HandClock, **keys: Any) -> Message:
    usual: dict[str, Any] = {
        "id": "m1",
        "at": clock.now(),
        "kind": "near",
        "gateway": "g",
        "ticket": "t1",
        "number": "A012",
        "text": "您的号码 A012 快到了 & 请回来",
        "ahead": 3,
        "expires": clock.now() + timedelta(minutes=10),
        "next": clock.now(),
    }
    return Message(**{**usual, **keys})


async def came(gateway: SimulatedGateway, times: int) -> None:
    async with asyncio.timeout(15):
        while len(gateway.taken) < times:
            gateway.news.clear()
            await gateway.news.wait()


async def asked(gateway: SimulatedGateway) -> None:
    async with asyncio.timeout(15):
        while not gateway.asked:
            gateway.news.clear()
            await gateway.news.wait()
