"""A whole kiosk without a screen: tickets, papers and cards, and what it says when others are away."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")


from broker.door import Refusal
from broker.messages.devices import PrinterState, ReaderState
from broker.messages.hall import (
    Cancel,
    KioskState,
    QueueState,
    Reprint,
    TakeTicket,
)
from broker.topics import Topic
from broker.transport import Packet
from kiosk import asking
from kiosk.toolkit import pygame
from tests.unit.kiosk_shell import HALL, TICKET, Hall, message, with_a_kiosk


@pytest.fixture
async def hall(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Hall]:
    async with with_a_kiosk(tmp_path, monkeypatch) as there:
        yield there


async def test_a_touch_becomes_a_ticket(hall: Hall, tmp_path: Path) -> None:
    await hall.page("out-of-service")
    await hall.open()
    hall.answer = lambda _: TICKET
    await hall.page("home")
    await hall.take("a")
    await hall.page("ticket")
    command = hall.asked[0]
    assert isinstance(command, TakeTicket)
    assert (command.service, command.kiosk, command.by) == ("a", "k1", "kiosk/k1")
    hall.paper("printed")
    await hall.touch("home")
    state = await hall.page("home")
    assert state.picture == "k1.jpg"
    picture = pygame.image.load(tmp_path / "pictures" / "k1.jpg")
    assert picture.get_size() == (540, 960)
    own = message(hall.broker.retained[f"hall/{HALL}/kiosk/k1/state"])
    assert isinstance(own, KioskState)
    assert (own.device, own.screen, own.language) == ("online", "home", "zh-CN")
    assert hall.broker.retained[f"hall/{HALL}/kiosk/k1/availability"].payload == b"online"


async def test_paper_out_leads_to_the_other_printer(hall: Hall) -> None:
    await hall.open()
    hall.answer = lambda _: TICKET
    await hall.take("a")
    await hall.page("ticket")
    hall.paper("failed")
    await hall.touch("print-p2")
    await hall.kiosk(lambda state: state.shows["screen"] == "ticket" and "home" not in state.shows["targets"])
    command = hall.asked[1]
    assert isinstance(command, Reprint)
    assert (command.ticket, command.printer, command.kiosk) == ("t-1", "p2", "k1")
    hall.paper("printed", "p2")
    await hall.touch("home")
    await hall.page("home")


async def test_a_number_given_up_says_why(hall: Hall) -> None:
    await hall.open()
    hall.answer = lambda _: TICKET
    await hall.take("a")
    hall.paper("failed")
    await hall.kiosk(lambda state: "give-up" in state.shows["targets"])
    await hall.touch("give-up")
    await hall.kiosk(lambda state: "void" in state.shows["targets"])
    await hall.touch("void")
    await hall.page("voided")
    command = hall.asked[-1]
    assert isinstance(command, Cancel)
    assert (command.ticket, command.why) == ("t-1", "办事人放弃")


async def test_a_card_goes_with_the_ticket_and_never_onto_the_bus(hall: Hall) -> None:
    await hall.open()
    hall.answer = lambda _: TICKET
    await hall.page("home")
    hall.lay_card()
    await hall.kiosk(lambda state: "priority-no" in state.shows["targets"])
    await hall.touch("service-a")
    await hall.page("ticket")
    command = hall.asked[0]
    assert (command.person, command.name_masked, command.priority) == ("0123456789abcdef", "张*", ["elderly"])
    for packet in hall.broker.seen_on(f"hall/{HALL}/+/k1/state"):
        assert b"0123456789abcdef" not in packet.payload
        assert "张".encode() not in packet.payload


async def test_a_card_that_was_read_long_ago_is_not_greeted(hall: Hall) -> None:
    await hall.open()
    await hall.page("home")
    hall.lay_card(age_s=30)
    hall.lay_card(valid=False)
    await hall.page("card-trouble")


async def test_a_silent_controller_is_said_and_asked_again_with_the_same_id(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "ANSWER_S", 0.3)
    await hall.open()
    silence = asyncio.Event()

    async def act(command: Any) -> dict[str, Any]:
        hall.asked.append(command)
        await silence.wait()
        return TICKET

    monkeypatch.setattr(hall, "_act", act)
    assert hall._door is not None
    slow: Callable[[Any], Awaitable[dict[str, Any]]] = act
    monkeypatch.setattr(hall._door, "_act", slow)
    await hall.take("a")
    await hall.page("unanswered")
    silence.set()
    await hall.touch("again")
    await hall.page("ticket")
    ids = [message(packet).id for packet in hall.broker.seen_on(f"hall/{HALL}/controller/main/command")]
    assert len(ids) == 2
    assert ids[0] == ids[1]
    assert len(hall.asked) == 1, "the same id is done once"


async def test_a_refusal_is_shown(hall: Hall) -> None:
    def no(_: Any) -> dict[str, Any]:
        raise Refusal("quota", "今天的号已经取完。")

    await hall.open()
    hall.answer = no
    await hall.take("a")
    await hall.page("refused")
    await hall.touch("back")
    await hall.page("home")


async def test_the_controller_going_away_and_coming_back(hall: Hall) -> None:
    await hall.open()
    await hall.page("home")
    hall.broker.publish(Packet(f"hall/{HALL}/room/controller/availability", b"offline", 1, retain=True))
    await hall.page("out-of-service")
    hall.bus.refresh(Topic(HALL, "room", "controller", "availability"))
    await hall.page("home")


async def test_devices_that_are_out_of_order_are_said(hall: Hall) -> None:
    await hall.open()
    await hall.page("home")
    before = (await hall.page("home")).picture_version
    printer = hall.made(
        PrinterState,
        device="online",
        since=hall.bus.clock.now(),
        cause=None,
        model="m",
        link="l",
        paper="out",
    )
    reader = hall.made(
        ReaderState, device="offline", since=hall.bus.clock.now(), cause=None, model="m", link="l"
    )
    hall.bus.publish(Topic(HALL, "ticket_printer", "p1", "state"), printer)
    hall.bus.publish(Topic(HALL, "id_reader", "r1", "state"), reader)
    await hall.kiosk(lambda state: state.picture_version > before)


async def test_garbage_is_refused_and_counted_and_harms_nothing(hall: Hall) -> None:
    await hall.open()
    await hall.page("home")
    for kind, owner, leaf in (
        ("queue", "a", "state"),
        ("controller", "main", "state"),
        ("controller", "main", "event"),
        ("id_reader", "r1", "event"),
        ("id_reader", "r1", "state"),
        ("ticket_printer", "p1", "state"),
        ("simulator", "k1", "command"),
    ):
        for payload in (
            b"\xff\x00",
            b"[]",
            b'{"v":1,"id":"x","at":"yesterday","type":"state"}',
            b"x" * 70_000,
        ):
            hall.broker.publish(Packet(f"hall/{HALL}/{kind}/{owner}/{leaf}", payload, qos=1))
    assert (await hall.touch_at(5, 5)).ok, "a touch beside everything"
    own = await hall._state(Topic(HALL, "kiosk", "k1", "state"), lambda _: True)
    hall.answer = lambda _: TICKET
    await hall.take("a")
    await hall.page("ticket")
    own = await hall._state(Topic(HALL, "kiosk", "k1", "state"), lambda state: state.refused >= 4)
    assert own.screen == "ticket"


async def test_a_service_that_closes_says_why(hall: Hall) -> None:
    await hall.open()
    await hall.page("home")
    closed = hall.made(
        QueueState, prefix="A", waiting=0, serving=0, last_called=None, open_counters=0,
        forecast_minutes=None, open=False, closed_reason="lunch", closed_text="午休。",
    )  # fmt: skip
    hall.bus.publish(Topic(HALL, "queue", "a", "state"), closed)
    before = (await hall.page("home")).picture_version
    await hall.kiosk(lambda state: state.picture_version > before)
    await hall.touch("service-a")
    await hall.page("closed")
    assert hall.asked == []
