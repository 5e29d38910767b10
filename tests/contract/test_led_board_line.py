"""Several strips on one RS485 line: opened once, addressed, in turn; and a line whose speed must be found."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from broker.client import Bus
from broker.clock import HallClock
from broker.ids import ulids
from broker.inbox import MemoryInbox
from broker.memory import MemoryBroker
from broker.messages.devices import Show
from broker.outbox import Outbox
from devices.kit.device import Surroundings
from devices.kit.link import Link
from devices.kit.links import open_link
from devices.led_board import conversation, textcard
from devices.led_board.driver import LedBoard
from hallfile.devices import BoardArea
from hallfile.devices import LedBoard as Entry
from hallfile.links import parse_link
from simulators.kit.party import PartyLines
from simulators.led_board.simulator import BoardStandIn
from tests.contract.simulated import plugged
from tests.contract.stand import PATIENCE_S, standing

AREAS = {"call": BoardArea(x=0, y=0, width=128, height=16)}
HERE = Path("line")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cards that say nothing are not waited for long."""
    monkeypatch.setattr(conversation, "ANSWER_S", 0.15)
    monkeypatch.setattr(textcard, "NEIGHBOURS_S", 0.15)
    monkeypatch.setattr(textcard, "PING_EVERY_S", 0.1)


def strip(folder: Path, address: int, baud: str = "") -> Entry:
    return Entry(
        link=f"serial:{folder}/line{baud}", address=address, width=128, height=16, areas=AREAS, refresh_s=0
    )


class Room:
    """Several boards in service, with the bus between them and the test."""

    def __init__(self, boards: dict[str, LedBoard], bus: Bus, opened: "count[int]") -> None:
        self.boards = boards
        self.opened = opened
        self._bus = bus
        self._numbers = count(1)

    async def show(self, name: str, text: str) -> object:
        board = self.boards[name]
        command = Show(
            id=f"c-{next(self._numbers)}",
            at=self._bus.clock.now(),
            expires=self._bus.expires(30.0),
            by="controller/main",
            area="call",
            text=text,
        )
        reply = await self._bus.ask_for(board.topic("command"), command, PATIENCE_S)
        return reply.outcome

    async def word(self, name: str, word: str) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while self.boards[name].word != word:
                await asyncio.sleep(0.005)


@asynccontextmanager
async def room(entries: dict[str, Entry], folder: Path) -> AsyncIterator[Room]:
    """Boards that share a line, as `LedBoard.build` has them share it."""
    broker = MemoryBroker()
    clock = HallClock.real(ZoneInfo("Asia/Shanghai"))
    here = Bus("dezhou", "devices", broker.transport("devices"), clock, ulids(clock))
    hall = Bus("dezhou", "controller", broker.transport("controller"), clock, ulids(clock))
    outbox = Outbox(here, folder / "outbox.db")
    around = Surroundings(bus=here, outbox=outbox, inbox=MemoryInbox(), sentence=lambda code: code)
    opened = count(0)

    def tapped(entry: Entry) -> LedBoard:
        url = parse_link(entry.link)

        async def open_it() -> Link:
            next(opened)
            return await open_link(url)

        name = next(name for name, other in entries.items() if other is entry)
        return LedBoard(name, entry, around.lines.opener(url.place, open_it), around)

    boards = {name: tapped(entry) for name, entry in entries.items()}
    async with here.running(), hall.running():
        await asyncio.gather(here.connected.wait(), hall.connected.wait())
        service = [asyncio.create_task(board.run()) for board in boards.values()]
        try:
            yield Room(boards, hall, opened)
        finally:
            for task in service:
                task.cancel()
            await asyncio.gather(*service, return_exceptions=True)
            outbox.close()


async def test_each_strip_shows_its_own_calls_over_one_port(tmp_path: Path) -> None:
    entries = {f"s{n}": strip(tmp_path, n, "?baud=57600") for n in (1, 2, 3)}
    lines = PartyLines()
    async with AsyncExitStack() as stack:
        cards = {
            name: stack.enter_context(
                plugged(lambda stage, n=name, e=entry: BoardStandIn(n, e, stage, lines), tmp_path)
            )
            for name, entry in entries.items()
        }
        async with room(entries, tmp_path) as hall:
            for name in entries:
                await hall.word(name, "online")
            calls = [(name, f"{name}请A{turn:03}号") for turn in range(8) for name in entries]
            outcomes = await asyncio.gather(*(hall.show(name, text) for name, text in calls[-3:]))
            assert outcomes == ["acknowledged"] * 3
            assert {name: card.card.texts() for name, card in cards.items()} == {
                name: {"0": f"{name}请A007号"} for name in entries
            }
            assert next(hall.opened) == 1
            assert all(card.card.refusals == 0 for card in cards.values()), "nobody spoke out of turn"


async def test_one_that_is_away_does_not_keep_the_others_from_their_calls(
    tmp_path: Path, quick: None
) -> None:
    entries = {f"s{n}": strip(tmp_path, n, "?baud=57600") for n in (1, 2)}
    lines = PartyLines()
    with (
        plugged(lambda stage: BoardStandIn("s1", entries["s1"], stage, lines), tmp_path) as one,
        plugged(lambda stage: BoardStandIn("s2", entries["s2"], stage, lines), tmp_path) as two,
    ):
        async with room(entries, tmp_path) as hall:
            await hall.word("s1", "online")
            await hall.word("s2", "online")
            assert await hall.show("s2", "请A001号") == "acknowledged"
            two.controls()["power_cut"].turn(True)
            await hall.word("s2", "offline")
            for turn in range(5):
                assert await hall.show("s1", f"请A{turn:03}号") == "acknowledged"
            assert hall.boards["s1"].word == "online"
            two.controls()["power_cut"].turn(False)
            await hall.word("s2", "online")
            assert two.card.texts() == {"0": "请A001号"}
            assert one.card.texts() == {"0": "请A004号"}
            assert next(hall.opened) == 1, "the port was never closed for that"


async def test_a_line_pulled_out_is_lost_for_all_and_opened_again_once(tmp_path: Path, quick: None) -> None:
    entries = {f"s{n}": strip(tmp_path, n, "?baud=57600") for n in (1, 2)}
    lines = PartyLines()
    with (
        plugged(lambda stage: BoardStandIn("s1", entries["s1"], stage, lines), tmp_path) as one,
        plugged(lambda stage: BoardStandIn("s2", entries["s2"], stage, lines), tmp_path) as two,
    ):
        async with room(entries, tmp_path) as hall:
            await hall.word("s1", "online")
            await hall.word("s2", "online")
            for card in (one, two):
                card.unplug()
            await hall.word("s1", "powerOff")
            await hall.word("s2", "powerOff")
            for card in (one, two):
                card.plug()
            await hall.word("s1", "online")
            await hall.word("s2", "online")
            assert await hall.show("s1", "请A001号") == "acknowledged"


@pytest.mark.parametrize("card_baud", ["9600", "57600"])
@pytest.mark.parametrize("written", ["", "?baud=9600", "?baud=57600"])
async def test_the_speed_is_found(tmp_path: Path, quick: None, card_baud: str, written: str) -> None:
    entry = strip(tmp_path, 1, written)
    with plugged(lambda stage: BoardStandIn("b1", entry, stage), tmp_path) as machine:
        machine.controls()["baud"].turn(card_baud)
        async with standing(LedBoard, entry, tmp_path) as stand:
            await stand.word("online")
            assert machine.wire.speed == int(card_baud)
            assert (await stand.ask(Show, area="call", text="请A001号")).outcome == "acknowledged"


async def test_a_card_set_to_another_speed_is_found_again(tmp_path: Path, quick: None) -> None:
    entry = strip(tmp_path, 1)
    with plugged(lambda stage: BoardStandIn("b1", entry, stage), tmp_path) as machine:
        async with standing(LedBoard, entry, tmp_path) as stand:
            await stand.word("online")
            machine.controls()["baud"].turn("57600")
            await stand.word("offline")
            await stand.word("online")
            assert machine.card.refusals == 0, "at the wrong speed it was silent"


async def test_a_card_at_another_address_is_told_as_silent(tmp_path: Path, quick: None) -> None:
    with plugged(lambda stage: BoardStandIn("b1", strip(tmp_path, 7), stage), tmp_path):
        async with standing(LedBoard, strip(tmp_path, 1), tmp_path) as stand:
            await stand.word("offline", "its address")
