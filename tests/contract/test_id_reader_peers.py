"""The ID reader's driver against readers in memory that answer from a table, each byte on its own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from broker.messages.devices import CardFailed
from devices.kit.link import Link
from hallfile.devices import IdReader as Entry
from tests.contract.id_reader_desk import hurry, make
from tests.contract.stand import Stand, standing
from tests.golden import vector
from tests.links import MemoryLink, Wire, pair


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    hurry(monkeypatch)


class Peer:
    """A reader in memory that answers from a table, each byte on its own."""

    def __init__(self, **answers: str) -> None:
        self.answers = {
            vector("sam_v", ask.replace("_", " ")).bytes: answer for ask, answer in answers.items()
        }
        self.asked: list[bytes] = []

    async def run(self, link: MemoryLink) -> None:
        held = b""
        while True:
            held += await link.read()
            while len(held) >= 10:
                request, held = held[:10], held[10:]
                self.asked.append(request)
                if answer := self.answers.get(request):
                    await link.write(vector("sam_v", answer).bytes)


@asynccontextmanager
async def peered(folder: Path, peer: Peer, wire: Wire) -> AsyncIterator[Stand]:
    tasks: list[asyncio.Task[None]] = []

    async def opener() -> Link:
        near, far = pair(wire)
        tasks.append(asyncio.create_task(peer.run(far)))
        return near

    try:
        async with standing(make(folder), Entry(link="serial:/dev/none"), folder, opener=opener) as stand:
            yield stand
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_card_that_stays_found_is_read_once(tmp_path: Path) -> None:
    """Some readers go on finding a card they have read (protocols.md 1.9)."""
    peer = Peer(
        status="ok", find_card="card found", select_card="card selected", read_base="resident card, read base"
    )
    async with peered(tmp_path, peer, Wire(chunk=1)) as stand:
        await stand.until(lambda seen: seen.events)
        finds = len(peer.asked)
        async with asyncio.timeout(5):
            while len(peer.asked) < finds + 10:
                await asyncio.sleep(0.01)
        assert len(stand.events) == 1
        assert stand.state.media == "present"


@pytest.mark.parametrize(
    ("select", "read", "reason"),
    [
        ("card selected", "foreign or false card", "rejected"),
        ("card selected", "card failed to authenticate the reader", "read_failed"),
        ("select failed", "ok", "read_failed"),
        ("card selected", "nothing stored", "read_failed"),
        ("card selected", "operation not permitted", "read_failed"),
        ("card selected", "card selected", "read_failed"),
    ],
)
async def test_why_a_card_can_t_be_used(tmp_path: Path, select: str, read: str, reason: str) -> None:
    peer = Peer(status="ok", find_card="card found", select_card=select, read_base=read)
    async with peered(tmp_path, peer, Wire(chunk=1)) as stand:
        await stand.until(lambda seen: seen.events)
        assert [event.reason for event in stand.events if isinstance(event, CardFailed)] == [reason]
        assert stand.state.device == "online"


@pytest.mark.parametrize("status", ["self-test failed", "not authorised", "a status in no table"])
async def test_what_the_reader_says_of_itself(tmp_path: Path, status: str) -> None:
    peer = Peer(status=status)
    async with peered(tmp_path, peer, Wire()) as stand:
        await stand.word("hardwareError")
        peer.answers |= Peer(status="ok", find_card="no card").answers
        await stand.word("online")


async def test_a_lossy_wire_is_survived(tmp_path: Path) -> None:
    peer = Peer(
        status="ok", find_card="card found", select_card="card selected", read_base="resident card, read base"
    )
    async with peered(tmp_path, peer, Wire(loss=0.2)) as stand:
        await stand.until(lambda seen: seen.events)
        await stand.word("online")
