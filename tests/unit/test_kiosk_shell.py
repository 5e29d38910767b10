"""A whole kiosk without a screen, on a broker in memory, with a controller played by the test."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec import UNSET

os.environ.setdefault("SDL_VIDEODRIVER", "dummy")


from broker.client import Bus
from broker.clock import HallClock
from broker.door import Door, Refusal
from broker.ids import ulids
from broker.inbox import MemoryInbox
from broker.memory import MemoryBroker
from broker.messages.bookings import CheckIn, FindBookings
from broker.messages.devices import CardRead, Print, PrinterState, ReaderState
from broker.messages.envelope import Forecast, Message, Reply
from broker.messages.hall import (
    Cancel,
    ControllerState,
    KioskState,
    QueueState,
    Reprint,
    TakeTicket,
    TicketPrint,
)
from broker.messages.simulators import SimulatorState, Touch
from broker.messages.tasks import ReportStuck
from broker.messages.visitors import FindTickets, PrintChecklist
from broker.messages.wire import decode
from broker.topics import Topic
from broker.transport import Packet
from hallfile.catalogue import Catalogue
from hallfile.load import load
from hallfile.notes import Note, Notes
from hallfile.premises import JOURNAL, Premises
from kiosk import asking
from kiosk.easel import I18N
from kiosk.presenters import visits
from kiosk.presenters.requests import Report, Request
from kiosk.room import run
from kiosk.technician import pin
from kiosk.technician.knock import ORDER
from kiosk.toolkit import pygame

EXAMPLE = Path(__file__).parents[2] / "examples" / "dezhou.toml"
HALL = "dezhou"
WAIT_S = 10.0


class Hall:
    """The controller, the devices and a finger, as the kiosk meets them on the bus."""

    def __init__(self, bus: Bus, broker: MemoryBroker) -> None:
        self.bus = bus
        self.broker = broker
        self.asked: list[Any] = []
        self.answer: Callable[[Any], dict[str, Any]] = lambda _: {}
        self._door: Door | None = None

    async def open(self) -> None:
        """The controller comes up, with its queues."""
        await self.bus.connected.wait()
        command = Topic(HALL, "controller", "main", "command")
        self._door = Door(self.bus, command, self._act, MemoryInbox(), str)
        self.bus.own(
            command.sibling("state"),
            lambda: self.made(ControllerState, epoch=1, day="2026-11-20", tickets_today=0, version="1"),
        )
        self.bus.own_availability(command.sibling("availability"))
        forecast = Forecast(low=12, median=18, high=24)
        for service, prefix in (("a", "A"), ("b", "B")):
            self.bus.own(
                Topic(HALL, "queue", service, "state"),
                lambda prefix=prefix: self.made(
                    QueueState, prefix=prefix, waiting=7, serving=1, last_called=None, open_counters=2,
                    forecast_minutes=forecast,
                ),
            )  # fmt: skip

    async def close(self) -> None:
        if self._door is not None:
            await self._door.close()

    def made(self, kind: Callable[..., Any], **keys: Any) -> Any:
        return kind(id=self.bus.new_id(), at=self.bus.clock.now(), **keys)

    def paper(self, outcome: str, printer: str = "p1") -> None:
        event = self.made(
            TicketPrint, ticket="t-1", number="A001", printer=printer, outcome=outcome, kiosk="k1"
        )
        self.bus.publish(Topic(HALL, "controller", "main", "event"), event)

    def lay_card(self, *, age_s: float = 0.0, **keys: Any) -> None:
        known: dict[str, Any] = {
            "person": "0123456789abcdef", "card_type": "resident", "name_masked": "张*", "age_band": "60+",
            "priority": ["elderly"], "valid": True, **keys,
        }  # fmt: skip
        event = CardRead(id=self.bus.new_id(), at=self.bus.clock.now() - timedelta(seconds=age_s), **known)
        self.bus.publish(Topic(HALL, "id_reader", "r1", "event"), event)

    async def kiosk(self, until: Callable[[SimulatorState], bool]) -> SimulatorState:
        """The kiosk's picture, once it is as wanted."""
        return await self._state(Topic(HALL, "simulator", "k1", "state"), until)

    async def page(self, name: str) -> SimulatorState:
        return await self.kiosk(lambda state: state.shows["screen"] == name)

    async def touch(self, target: str) -> Reply:
        """A finger in the middle of a control, once it is there."""
        state = await self.kiosk(lambda state: target in state.shows["targets"])
        x, y, width, height = state.shows["targets"][target]
        return await self.touch_at(x + width // 2, y + height // 2)

    async def take(self, service: str) -> None:
        """A service, and yes to how long it takes."""
        await self.touch(f"service-{service}")
        await self.touch(f"take-{service}")

    async def touch_at(self, x: int, y: int) -> Reply:
        command = self.made(Touch, expires=self.bus.expires(5), by="console/test", x=x, y=y)
        return await self.bus.ask(Topic(HALL, "simulator", "k1", "command"), command)

    async def _state(self, topic: Topic, until: Callable[[Any], bool]) -> Any:
        async with asyncio.timeout(WAIT_S):
            while True:
                packet = self.broker.retained.get(str(topic))
                state = decode(topic, packet.payload) if packet else None
                if state is not None and until(state):
                    return state
                await asyncio.sleep(0.01)

    async def _act(self, command: Any) -> dict[str, Any]:
        if isinstance(command, FindBookings | FindTickets):
            return {}
        self.asked.append(command)
        return self.answer(command)


TICKET = {"ticket": "t-1", "number": "A001", "service": "a", "ahead": 7, "forecast_minutes": None}


@asynccontextmanager
async def on_the_bus(broker: MemoryBroker, clock: HallClock, room: str) -> AsyncIterator[Bus]:
    will = Packet(f"hall/{HALL}/room/{room}/availability", b"offline", qos=1, retain=True)
    bus = Bus(HALL, room, broker.transport(room, will), clock, ulids(clock))
    bus.own_availability(Topic(HALL, "room", room, "availability"))
    async with bus.running():
        yield bus


@pytest.fixture
async def hall(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Hall]:
    """A hall with one kiosk that runs, and a controller that is not up yet."""
    monkeypatch.setattr(asking, "UNATTENDED_REST_S", 0.01)
    monkeypatch.setattr(visits, "GUARD_S", 0.0)
    clock = HallClock.real(ZoneInfo("Asia/Shanghai"))
    (tmp_path / "pictures").mkdir()
    premises = Premises(load(EXAMPLE), EXAMPLE, tmp_path, clock, simulated=True)
    broker = MemoryBroker()
    async with on_the_bus(broker, clock, "controller") as bus, on_the_bus(broker, clock, "kiosk-k1") as own:
        kiosk = asyncio.create_task(run(premises, own, "k1"))
        there = Hall(bus, broker)
        try:
            yield there
        finally:
            kiosk.cancel()
            with suppress(asyncio.CancelledError):
                await kiosk
            await there.close()


def message(packet: Packet) -> Message:
    return decode(Topic.parse(packet.topic), packet.payload)


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


async def test_a_technician_gets_in_by_knock_and_pin_and_a_card_meanwhile_greets_nobody(
    hall: Hall, tmp_path: Path
) -> None:
    pin.keep(pin.place(tmp_path), "407218", b"salt")
    await hall.open()
    await hall.page("home")
    for corner in ORDER:
        await hall.touch_at(20 if corner == "left" else 1060, 20)
    await hall.page("technician")
    hall.lay_card()
    for digit in "111118":
        await hall.touch(f"digit-{digit}")
    await hall.touch("enter")
    for digit in "407218":
        await hall.touch(f"digit-{digit}")
    await hall.touch("enter")
    state = await hall.kiosk(lambda state: "test-p1" in state.shows["targets"])
    assert not {"language-en", "elder-on"} & state.shows["targets"].keys()
    printer = Topic(HALL, "ticket_printer", "p1", "command")
    orders: list[Print] = []

    async def print_it(command: Print) -> dict[str, Any]:
        orders.append(command)
        return {"outcome": "printed"}

    door = Door(hall.bus, printer, print_it, MemoryInbox(), str)
    try:
        await hall.touch("test-p1")
        async with asyncio.timeout(WAIT_S):
            while not orders:
                await asyncio.sleep(0.01)
        assert (orders[0].by, orders[0].layout) == ("kiosk/k1", "checklist")
        await hall.touch("leave")
        state = await hall.page("home")
        assert "language-en" in state.shows["targets"]
    finally:
        await door.close()


async def test_without_a_pin_no_knock_opens(hall: Hall) -> None:
    await hall.open()
    await hall.page("home")
    for corner in ORDER:
        await hall.touch_at(20 if corner == "left" else 1060, 20)
    await hall.touch("elder-on")
    state = await hall.kiosk(lambda state: "elder-off" in state.shows["targets"])
    assert state.shows["screen"] == "home"


async def test_a_code_becomes_a_check_in_and_a_late_one_says_so(hall: Hall) -> None:
    await hall.open()
    hall.answer = lambda _: {**TICKET, "details": {"booking": "b-1", "late": True}}
    await hall.touch("door-check-in")
    for key in "k7q2t9":
        await hall.touch(f"key-{key}")
    await hall.touch("check-in")
    await hall.page("ticket")
    command = hall.asked[0]
    assert isinstance(command, CheckIn)
    assert (command.code, command.kiosk, command.person) == ("K7Q2T9", "k1", UNSET)


async def test_a_checklist_is_asked_of_the_controller_and_its_outcome_shown(hall: Hall) -> None:
    await hall.open()
    hall.answer = lambda _: {"outcome": "printed"}
    await hall.touch("door-guide")
    await hall.touch("department-tax")
    await hall.touch("item-001")
    await hall.touch("checklist-001")
    await hall.kiosk(lambda state: "checklist-001" in state.shows["targets"] and bool(hall.asked))
    command = hall.asked[0]
    assert isinstance(command, PrintChecklist)
    assert (command.item, command.kiosk, command.printer) == ("001", "k1", "p1")


async def test_reasons_are_sent_as_a_report(hall: Hall) -> None:
    await hall.open()
    hall.answer = lambda _: {"details": {"task": "task-1"}}
    await hall.touch("door-stuck")
    state = await hall.kiosk(lambda state: any(one.startswith("tick-") for one in state.shows["targets"]))
    tick = next(one for one in state.shows["targets"] if one.startswith("tick-"))
    await hall.touch(tick)
    await hall.touch("report")
    await hall.page("reported")
    command = hall.asked[0]
    assert isinstance(command, ReportStuck)
    assert command.reasons == [tick.removeprefix("tick-")]
    assert (command.note, command.contact) == (UNSET, UNSET)


async def test_a_visitors_number_stands_in_the_private_notes_and_never_on_the_bus(
    hall: Hall, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / JOURNAL).touch()
    await hall.open()
    hall.answer = lambda _: {"details": {"task": "task-1"}}
    heard: list[bytes] = []
    hall.bus.subscribe(f"hall/{HALL}/#", lambda received: heard.append(received.packet.payload))
    await hall.touch("door-stuck")
    state = await hall.kiosk(lambda state: any(one.startswith("tick-") for one in state.shows["targets"]))
    await hall.touch(next(one for one in state.shows["targets"] if one.startswith("tick-")))
    await hall.touch("leave-phone")
    for digit in "13900001111":
        await hall.touch(f"key-{digit}")
    await hall.touch("report")
    await hall.page("reported")
    command = hall.asked[0]
    assert isinstance(command, ReportStuck)
    assert command.contact is True
    assert Notes(tmp_path).read(str(command.note)) == Note(phone="13900001111")
    assert not any(b"13900001111" in payload for payload in heard)
    assert "13900001111" not in caplog.text


@pytest.mark.parametrize("fault", ["refused", "disk"])
async def test_a_report_that_fails_leaves_no_number_behind(
    hall: Hall, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    if fault == "disk":
        (tmp_path / "private").touch()
    await hall.open()

    def refuse(_: Any) -> dict[str, Any]:
        raise Refusal("journal_unavailable", "不能记录")

    hall.answer = refuse
    told: asyncio.Queue[Any] = asyncio.Queue()
    sentence = Catalogue.load(I18N, "zh-CN")
    mouth = asking.Mouth(hall.bus, "k1", sentence, told.put_nowait, Notes(tmp_path))
    mouth.ask(Request("r-1", Report(("late",), None, "13900001111")))
    async with asyncio.timeout(WAIT_S):
        answer = await told.get()
    await mouth.close()
    assert answer.reason == ("phone_not_kept" if fault == "disk" else "journal_unavailable")
    if fault == "refused":
        assert Notes(tmp_path).read("r-1") is None
