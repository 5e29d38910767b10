"""Every command is answered: done once, or refused with a reason (docs/bus.md, "Envelope")."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from broker.client import Bus
from broker.door import MOST_AT_ONCE, Door, Refusal
from broker.inbox import MemoryInbox, SqliteInbox
from broker.memory import MemoryBroker
from broker.messages.envelope import Reply
from broker.transport import Packet
from tests.conftest import HandClock

COMMAND = "hall/h/led_board/b1/command"
REPLY = "hall/h/led_board/b1/reply"
ASKER = "hall/h/room/controller/reply"


class Board:
    """An owner of a command topic, and what it did."""

    def __init__(self, clock: HandClock, new_id: Callable[[], str], inbox: Any = None) -> None:
        self.broker = MemoryBroker()
        self.clock = clock
        self.bus = Bus("h", "devices", self.broker.transport("h-devices"), clock, new_id)
        self.done: list[str] = []
        self.may_end = asyncio.Event()
        self.may_end.set()
        self.door = Door(
            self.bus,
            self.bus.topic("led_board", "b1", "command"),
            self._act,
            inbox or MemoryInbox(),
            str.upper,
        )

    async def _act(self, command: Any) -> dict[str, Any]:
        self.done.append(command.text)
        await self.may_end.wait()
        if command.text == "refuse":
            raise Refusal("area_unknown", "没有这个区", outcome="refused")
        if command.text == "fail":
            raise RuntimeError("a fault of ours")
        if command.text == "too much":
            return {"details": {"picture": "x" * 70000}}
        return {"outcome": "acknowledged"}

    def show(self, text: str, *, number: str = "c1", expires_s: float = 5, **keys: Any) -> dict[str, Any]:
        """A command as it stands on the wire."""
        now = self.clock.now()
        raw = {
            "v": 1, "id": number, "at": now.isoformat(), "type": "show", "by": "controller/main",
            "expires": (now + timedelta(seconds=expires_s)).isoformat(), "area": "call", "text": text,
        }  # fmt: skip
        return {key: value for key, value in {**raw, **keys}.items() if value is not None}

    async def knock(self, raw: dict[str, Any] | bytes, *, qos: int = 1, retain: bool = False) -> None:
        """Somebody sends a command; returns when all that follows at once has happened."""
        payload = raw if isinstance(raw, bytes) else json.dumps(raw).encode()
        self.broker.publish(Packet(COMMAND, payload, qos, retain, response_topic=ASKER, correlation=b"c1"))
        await settle()

    def replies(self, topic: str = REPLY) -> list[dict[str, Any]]:
        return [json.loads(packet.payload) for packet in self.broker.seen_on(topic)]


async def settle() -> None:
    for _ in range(8):
        await asyncio.sleep(0)


@asynccontextmanager
async def standing(board: Board) -> AsyncIterator[Board]:
    async with board.bus.running():
        await board.bus.connected.wait()
        try:
            yield board
        finally:
            await board.door.close()


@pytest.fixture
async def board(clock: HandClock, new_id: Callable[[], str]) -> AsyncIterator[Board]:
    async with standing(Board(clock, new_id)) as found:
        yield found


async def test_a_command_is_done_and_answered_on_both_topics(board: Board) -> None:
    await board.knock(board.show("你好"))
    assert board.done == ["你好"]
    [reply] = board.replies()
    assert (reply["re"], reply["ok"], reply["outcome"]) == ("c1", True, "acknowledged")
    assert board.replies(ASKER) == [reply]
    [packet] = board.broker.seen_on(ASKER)
    assert packet.correlation == b"c1"
    assert not packet.retain


async def test_asked_again_it_is_done_once_and_answered_the_same_also_after_its_expiry(board: Board) -> None:
    command = board.show("once")
    await board.knock(command)
    board.clock.move(100)
    await board.knock(command)
    await board.knock({**command, "text": "another text under the same id"})
    assert board.done == ["once"]
    first, second, third = board.replies()
    assert first == second == third


async def test_asked_again_while_it_is_being_done_it_is_still_done_once(board: Board) -> None:
    board.may_end.clear()
    command = board.show("slow")
    for _ in range(20):
        await board.knock(command)
    assert board.replies() == []
    board.may_end.set()
    await settle()
    assert board.done == ["slow"]
    assert len(board.replies()) == 1


async def test_first_seen_after_its_expiry_it_has_no_effect(board: Board) -> None:
    late = board.show("late", expires_s=-0.001)
    await board.knock(late)
    await board.knock({**late, "expires": (board.clock.now() + timedelta(hours=1)).isoformat()})
    assert board.done == []
    assert [reply["reason"] for reply in board.replies()] == ["expired", "expired"]
    assert board.replies()[0]["text"] == "EXPIRED"


async def test_retained_and_qos_0_commands_are_ignored_and_counted(board: Board) -> None:
    await board.knock(board.show("retained"), retain=True)
    await board.knock(board.show("at most once"), qos=0)
    assert board.done == []
    assert board.replies() == []
    assert board.door.refused == 2


async def test_a_controller_of_an_older_epoch_is_refused(board: Board) -> None:
    await board.knock(board.show("new", number="c1", epoch=7))
    await board.knock(board.show("old", number="c2", epoch=6))
    await board.knock(board.show("same", number="c3", epoch=7))
    await board.knock(board.show("nobody's", number="c4"))
    assert board.done == ["new", "same", "nobody's"]
    assert [reply.get("reason") for reply in board.replies()] == [None, "stale_epoch", None, None]


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"v": 2}, "unknown_version"),
        ({"type": "dance"}, "unknown_type"),
        ({"expires": None}, "missing_expires"),
        ({"area": 7}, "malformed"),
    ],
)
async def test_what_cannot_be_read_is_answered_where_its_id_can(
    board: Board, wrong: dict[str, Any], reason: str
) -> None:
    await board.knock(board.show("x", **wrong))
    [reply] = board.replies(ASKER)
    assert (reply["re"], reply["ok"], reply["reason"]) == ("c1", False, reason)
    assert board.door.refused == 1


async def test_garbage_is_dropped_and_counted_and_logged_once(
    board: Board, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(50):
        await board.knock(b"\xff" * number)
    assert board.replies() == []
    assert board.door.refused == 50
    assert len(caplog.records) == 1
    await board.knock(board.show("still here"))
    assert board.done == ["still here"]


async def test_a_refusal_by_whoever_acts_carries_its_sentence_and_keys(board: Board) -> None:
    await board.knock(board.show("refuse"))
    [reply] = board.replies()
    assert (reply["ok"], reply["reason"], reply["text"], reply["outcome"]) == (
        False,
        "area_unknown",
        "没有这个区",
        "refused",
    )


@pytest.mark.parametrize("text", ["fail", "too much"])
async def test_a_fault_of_ours_is_an_answer_too(
    board: Board, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    await board.knock(board.show(text))
    [reply] = board.replies()
    assert (reply["ok"], reply["reason"]) == (False, "internal_error")
    assert "failed" in caplog.text


async def test_more_at_once_than_can_be_done_are_told_so(board: Board) -> None:
    board.may_end.clear()
    for number in range(MOST_AT_ONCE + 1):
        await board.knock(board.show("slow", number=f"n{number}"))
    assert [reply["reason"] for reply in board.replies()] == ["busy"]
    board.may_end.set()
    await settle()
    assert len(board.replies()) == MOST_AT_ONCE + 1


async def test_a_closed_door_does_nothing_more(board: Board) -> None:
    board.may_end.clear()
    await board.knock(board.show("given up"))
    await board.door.close()
    board.may_end.set()
    await board.knock(board.show("after", number="c2"))
    assert board.done == ["given up"]
    assert board.replies() == []


async def test_a_durable_memory_outlives_the_room(clock: HandClock, new_id: Callable[[], str]) -> None:
    database = sqlite3.connect(":memory:", isolation_level=None)
    for _ in range(2):
        async with standing(Board(clock, new_id, SqliteInbox(database))) as again:
            await again.knock(again.show("once"))
            assert again.replies()[0]["ok"]
    assert again.done == []
    database.close()


async def test_what_was_done_is_told_even_when_it_cannot_be_remembered(
    clock: HandClock, new_id: Callable[[], str], caplog: pytest.LogCaptureFixture
) -> None:
    class Full(MemoryInbox):
        def remember(self, message_id: str, reply: Reply) -> None:
            raise sqlite3.OperationalError("database or disk is full")

    async with standing(Board(clock, new_id, Full())) as board:
        await board.knock(board.show("printed"))
        assert board.replies()[0]["ok"]
    assert "could not be kept" in caplog.text


def test_a_durable_memory_is_swept_of_what_is_older_than_a_day(clock: HandClock) -> None:
    database = sqlite3.connect(":memory:", isolation_level=None)
    inbox = SqliteInbox(database)
    for number in range(1000):
        clock.move(600)
        inbox.remember(f"c{number}", Reply(id=f"r{number}", at=clock.now(), re=f"c{number}", ok=True))
    assert inbox.reply_to("c0") is None
    assert inbox.reply_to("c999") is not None
    [(rows,)] = database.execute("SELECT count(*) FROM inbox")
    assert rows < 500
    database.close()


def test_a_memory_in_the_process_is_bounded(clock: HandClock) -> None:
    inbox = MemoryInbox(limit=10)
    for number in range(100):
        inbox.remember(f"c{number}", Reply(id="r", at=clock.now(), re=f"c{number}", ok=True))
    assert inbox.reply_to("c89") is None
    assert inbox.reply_to("c90") is not None
