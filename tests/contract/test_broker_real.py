"""The rooms' bus over the real Mosquitto: it breaks in every way, and they go on (docs/bus.md)."""

import asyncio
import json
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

import broker.paho
from broker.client import Bus, Received
from broker.door import Door
from broker.inbox import MemoryInbox
from broker.messages.devices import CallKey, PadState, RatingKey, Show
from broker.messages.envelope import Ack, Event, Reply
from broker.outbox import Outbox
from broker.topics import Topic
from tests.contract.real_mosquitto import (
    HALL,
    Cable,
    Ears,
    Mosquitto,
    connected,
    eventually,
    mosquitto,
    off_the_bus,
    on_the_bus,
)

pytestmark = pytest.mark.processes


@pytest.fixture
def broker_(tmp_path: Path) -> Iterator[Mosquitto]:
    # a folder's name may hold anything
    with mosquitto(tmp_path / "厅 一") as running:
        yield running


def pad(bus: Bus) -> PadState:
    now = bus.clock.now()
    return PadState(
        id=bus.new_id(), at=now, device="online", since=now, cause=None, model="m", link="evdev:/x"
    )


def key(bus: Bus) -> CallKey:
    return CallKey(id=bus.new_id(), at=bus.clock.now(), action="next")


def show(bus: Bus, text: str, expires_s: float = 10.0) -> Show:
    now, expires = bus.clock.now(), bus.expires(expires_s)
    return Show(id=bus.new_id(), at=now, expires=expires, by="controller/main", area="call", text=text)


def board(bus: Bus, shown: list[str]) -> Door:
    """A board on the bus that shows what it is told."""

    async def act(command: Show) -> dict[str, str]:
        shown.append(command.text)
        return {"outcome": "acknowledged"}

    return Door(bus, bus.topic("led_board", "b1", "command"), act, MemoryInbox(), str)


async def test_a_late_subscriber_gets_the_retained_picture_and_nothing_else(broker_: Mosquitto) -> None:
    devices, early, late = (broker_.join(room) for room in ("devices", "observer", "console"))
    before, ears = Ears(early, f"hall/{HALL}/#"), Ears(late, f"hall/{HALL}/#")
    async with on_the_bus(devices, early):
        devices.own(devices.topic("call_pad", "p1", "state"), lambda: pad(devices))
        devices.own_availability(devices.topic("call_pad", "p1", "availability"))
        gone = devices.topic("call_pad", "p2", "state")
        devices.own(gone, lambda: pad(devices))
        devices.disown(gone)
        devices.publish(devices.topic("call_pad", "p1", "event"), key(devices))
        await before.until(lambda heard: "call_pad/p1/event" in heard.words())
        async with on_the_bus(late):
            await ears.until(lambda heard: len(heard.words()) >= 5)
        words = ears.words()
        assert words.keys() == {
            "call_pad/p1/state",
            "call_pad/p1/availability",
            "room/devices/availability",
            "room/observer/availability",
            "room/console/availability",
        }
        assert words["room/devices/availability"] == "online"
        assert all(received.packet.retain for received in ears.got)


async def test_mosquittos_own_client_sees_the_same(broker_: Mosquitto) -> None:
    devices = broker_.join("devices")
    async with on_the_bus(devices):
        devices.own(devices.topic("call_pad", "p1", "state"), lambda: pad(devices))
        secret = (broker_.folder / "credentials" / "observer").read_text(encoding="ascii").strip()
        line = ["mosquitto_sub", "-V", "5", "-p", str(broker_.port), "-u", "observer", "-P", secret]
        seen = await asyncio.to_thread(
            subprocess.run,
            [*line, "-t", f"hall/{HALL}/+/+/state", "-C", "1", "-W", "10", "-F", "%t %q %r %p"],
            capture_output=True,
            text=True,
            check=True,
        )
    topic, qos, retained, payload = seen.stdout.split(" ", 3)
    assert (topic, qos, retained) == (f"hall/{HALL}/call_pad/p1/state", "0", "1")
    assert json.loads(payload)["device"] == "online"


async def test_a_kill_of_the_broker_is_survived_and_the_picture_is_whole_again(broker_: Mosquitto) -> None:
    devices, console = broker_.join("devices"), broker_.join("console")
    ears = Ears(console, f"hall/{HALL}/call_pad/+/+")
    async with on_the_bus(devices, console):
        devices.own(devices.topic("call_pad", "p1", "state"), lambda: pad(devices))
        for _ in range(3):
            broker_.end(signal.SIGKILL)
            (broker_.folder / "broker" / "mosquitto.db").unlink(missing_ok=True)
            await off_the_bus(devices, console)
            ears.got.clear()
            broker_.start()
            await connected(devices, console)
            await ears.until(lambda heard: "call_pad/p1/state" in heard.words())
            devices.publish(devices.topic("call_pad", "p1", "event"), key(devices))
            await ears.until(lambda heard: "call_pad/p1/event" in heard.words())


async def test_a_pulled_cable_raises_the_last_will_and_a_goodbye_does_not(broker_: Mosquitto) -> None:
    observer = broker_.join("observer")
    ears = Ears(observer, f"hall/{HALL}/room/devices/availability")
    words: list[str] = []
    observer.subscribe(
        f"hall/{HALL}/room/devices/availability", lambda heard: words.append(heard.packet.payload.decode())
    )
    async with Cable(broker_.port).laid() as cable, on_the_bus(observer):
        async with on_the_bus(broker_.join("devices", cable.port)):
            await ears.until(lambda heard: heard.words().get("room/devices/availability") == "online")
            cable.pull()
            await ears.until(lambda heard: heard.words().get("room/devices/availability") == "offline")
            cable.plug()
            await ears.until(lambda heard: heard.words().get("room/devices/availability") == "online")
        await ears.until(lambda heard: heard.words().get("room/devices/availability") == "offline")
    assert words == ["online", "offline", "online", "offline"]


async def test_a_room_that_leaves_says_all_its_last_words(broker_: Mosquitto) -> None:
    observer, devices = broker_.join("observer"), broker_.join("devices")
    ears = Ears(observer, f"hall/{HALL}/call_pad/+/availability")
    async with on_the_bus(observer):
        async with on_the_bus(devices):
            # more than may be on their way at once
            for number in range(60):
                devices.own_availability(devices.topic("call_pad", f"p{number}", "availability"))
            await ears.until(lambda heard: list(heard.words().values()).count("online") == 60)
        await ears.until(lambda heard: list(heard.words().values()).count("offline") == 60)


async def test_a_frozen_broker_is_noticed_and_found_again(
    broker_: Mosquitto, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broker.paho, "KEEPALIVE_S", 1)
    devices = broker_.join("devices")
    async with on_the_bus(devices):
        broker_.send(signal.SIGSTOP)
        await off_the_bus(devices)
        broker_.send(signal.SIGCONT)
        await connected(devices)


async def test_a_question_finds_its_answer_by_the_response_topic(broker_: Mosquitto) -> None:
    devices, controller = broker_.join("devices"), broker_.join("controller")
    shown: list[str] = []
    door = board(devices, shown)
    asked: list[Received] = []
    devices.subscribe(f"hall/{HALL}/led_board/+/command", asked.append)
    async with on_the_bus(devices, controller):
        command = show(controller, "请 A001 到 3 号窗口办理")
        reply = await controller.ask(controller.topic("led_board", "b1", "command"), command)
        assert (reply.re, reply.ok, reply.outcome) == (command.id, True, "acknowledged")
        assert shown == ["请 A001 到 3 号窗口办理"]
        packet = asked[0].packet
        assert packet.response_topic == f"hall/{HALL}/room/controller/reply"
        assert packet.correlation == command.id.encode()
        assert packet.expiry_s is not None
        assert 1 <= packet.expiry_s <= 10
        assert (packet.qos, packet.retain) == (1, False)
        await door.close()


async def test_a_question_under_way_when_the_broker_is_killed_is_still_answered_once_done(
    broker_: Mosquitto,
) -> None:
    devices, controller = broker_.join("devices"), broker_.join("controller")
    shown: list[str] = []
    async with on_the_bus(devices, controller):
        asking = asyncio.create_task(
            controller.ask(controller.topic("led_board", "b1", "command"), show(controller, "once"))
        )
        await asyncio.sleep(0)
        broker_.end(signal.SIGKILL)
        (broker_.folder / "broker" / "mosquitto.db").unlink(missing_ok=True)
        door = board(devices, shown)
        broker_.start()
        assert (await asking).ok
        assert shown == ["once"]
        await door.close()


async def test_a_room_that_was_away_does_what_is_live_and_refuses_what_is_late(broker_: Mosquitto) -> None:
    controller = broker_.join("controller")
    topic = controller.topic("led_board", "b1", "command")
    answers: dict[str, Reply] = {}
    ears = Ears(controller, f"hall/{HALL}/led_board/b1/reply")

    def note(received: Received) -> None:
        reply = received.message()
        assert isinstance(reply, Reply)
        answers[reply.re] = reply

    controller.subscribe(f"hall/{HALL}/led_board/b1/reply", note)
    shown: list[str] = []
    async with Cable(broker_.port).laid() as cable, on_the_bus(controller):
        devices = broker_.join("devices", cable.port)
        door = board(devices, shown)
        async with on_the_bus(devices):
            await controller.ask(topic, show(controller, "before"))
            cable.pull()
            late, live = show(controller, "late", expires_s=0.0), show(controller, "live")
            controller.publish(topic, late)
            controller.publish(topic, live)
            cable.plug()
            await ears.until(lambda _: {late.id, live.id} <= answers.keys())
            await door.close()
    assert answers[late.id].reason == "expired"
    assert answers[live.id].ok
    assert shown == ["before", "live"]


async def test_a_retained_command_is_never_obeyed(broker_: Mosquitto) -> None:
    devices, controller = broker_.join("devices"), broker_.join("controller")
    shown: list[str] = []
    door = board(devices, shown)
    async with on_the_bus(devices, controller):
        topic = controller.topic("led_board", "b1", "command")
        controller.own(topic, lambda: show(controller, "for ever"))
        reply = await controller.ask(topic, show(controller, "once"))
        assert reply.ok
        assert shown == ["once"]
        assert door.refused == 1
        controller.disown(topic)
        await door.close()


async def test_what_the_access_list_denies_is_lost_and_ends_nobody(
    broker_: Mosquitto, caplog: pytest.LogCaptureFixture
) -> None:
    kiosk, observer = broker_.join("kiosk-k1"), broker_.join("observer")
    ears = Ears(observer, f"hall/{HALL}/#")
    overheard = Ears(kiosk, f"hall/{HALL}/ticket_printer/+/command")
    controller = broker_.join("controller")
    async with on_the_bus(kiosk, observer, controller):
        kiosk.publish(kiosk.topic("led_board", "b1", "command"), show(kiosk, "denied"))
        kiosk.publish(kiosk.topic("kiosk", "k2", "event"), key(kiosk))
        controller.publish(
            controller.topic("ticket_printer", "p1", "command"), show(controller, "not for it")
        )
        kiosk.publish(kiosk.topic("kiosk", "k1", "event"), key(kiosk))
        await ears.until(
            lambda heard: {"kiosk/k1/event", "ticket_printer/p1/command"} <= heard.words().keys()
        )
        assert "kiosk/k2/event" not in ears.words()
        assert "led_board/b1/command" not in ears.words()
        assert overheard.got == []
        assert kiosk.connected.is_set()
    assert "Not authorized" in caplog.text


async def test_a_wrong_password_is_said_once_and_tried_again(
    broker_: Mosquitto, caplog: pytest.LogCaptureFixture
) -> None:
    credential = broker_.folder / "credentials" / "console"
    right = credential.read_text(encoding="ascii")
    credential.write_text("wrong\n", encoding="ascii")
    console = broker_.join("console")
    credential.write_text(right, encoding="ascii")
    async with console.running():
        await eventually(lambda: "Not authorized" in caplog.text)
        assert not console.connected.is_set()
    async with on_the_bus(broker_.join("console")):
        pass


async def test_oversized_and_garbled_messages_harm_only_themselves(broker_: Mosquitto) -> None:
    devices, controller = broker_.join("devices"), broker_.join("controller")
    heard: list[Event] = []

    def read(received: Received) -> None:
        event = received.message()
        assert isinstance(event, Event)
        heard.append(event)

    controller.subscribe(f"hall/{HALL}/call_pad/+/event", read)
    ears = Ears(controller, f"hall/{HALL}/call_pad/+/event")
    topic = devices.topic("call_pad", "p1", "event")
    async with on_the_bus(devices, controller):
        for payload in (b"", b"\xff\xfe\x00", b"{}", b"[" * 5000, b"x" * 65536, b"x" * 65537):
            devices.send(topic, payload)
        await ears.until(lambda got: len(got.got) == 6)
        assert controller.unreadable == 6
        # more than the broker takes: it hangs up on the sender, who comes back without it
        devices.send(topic, b"x" * 80_000)
        await off_the_bus(devices)
        await connected(devices)
        last = key(devices)
        devices.publish(topic, last)
        await ears.until(lambda got: len(got.got) == 7)
        assert [event.id for event in heard] == [last.id]


async def test_no_rating_is_lost_or_doubled_while_the_broker_is_killed_again_and_again(
    broker_: Mosquitto, tmp_path: Path
) -> None:
    devices, controller = broker_.join("devices"), broker_.join("controller")
    outbox = Outbox(devices, tmp_path / "outbox.db")
    taken: dict[str, Event] = {}
    ears = Ears(controller, f"hall/{HALL}/rating_pad/+/event")

    def take(received: Received) -> None:
        event = received.message()
        assert isinstance(event, RatingKey)
        taken.setdefault(event.id, event)
        ack = Ack(id=controller.new_id(), at=controller.clock.now(), re=event.id)
        controller.tell(received.topic.sibling("ack"), ack)

    controller.subscribe(f"hall/{HALL}/rating_pad/+/event", take)
    put: list[str] = []

    def press(topic: Topic) -> None:
        event = RatingKey(id=devices.new_id(), at=devices.clock.now(), grade=5, ticket=f"t{len(put)}")
        outbox.put(topic, event)
        put.append(event.id)

    async with on_the_bus(devices, controller):
        running = asyncio.create_task(outbox.run())
        for round_ in range(6):
            topic = devices.topic("rating_pad", f"rate-{round_ % 2}", "event")
            for _ in range(5):
                press(topic)
                await asyncio.sleep(0)
            broker_.end(signal.SIGKILL)
            (broker_.folder / "broker" / "mosquitto.db").unlink(missing_ok=True)
            press(topic)
            broker_.start()
            await connected(devices, controller)
        await eventually(lambda: len(outbox) == 0)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    outbox.close()
    assert list(taken) == put or sorted(taken) == sorted(put)
    assert {event.ticket for event in taken.values() if isinstance(event, RatingKey)} == {
        f"t{n}" for n in range(36)
    }
    attempts = [heard.message() for heard in ears.got]
    assert all(isinstance(event, Event) and event.keep is True for event in attempts)
