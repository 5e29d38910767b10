"""What the hall hears of itself: noise that two parties answer, and devices in trouble."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from broker.messages import hall as m
from broker.messages.devices import BoardState, DeviceState, Finished, Level, PrinterState, Show, Started
from broker.transport import Packet
from tests.conftest import HandClock
from tests.hall.stage import Stage, hall


def level(stage: Stage, laeq: float, second: int) -> None:
    """One second of sound at counter 1."""
    said = Level(
        id=stage.bus.new_id(),
        at=stage.clock.now() + timedelta(seconds=second),
        laf=laeq,
        laeq_1s=laeq,
        lafmax_1s=laeq,
        background=55.0,
        calibrated=True,
    )
    stage.tell("mic_monitor", "mic-1", "telemetry", said, qos=0)


def noise(stage: Stage) -> list[m.AlarmState]:
    return [alarm for alarm in stage.all(m.AlarmState) if alarm.kind == "noise"]


async def test_a_quarrel_is_acknowledged_by_both_and_clears(clock: HandClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path) as stage:
        for second in range(4):
            level(stage, 86.0, second)
        await stage.until(lambda: noise(stage))
        alarm = noise(stage)[0]
        assert (alarm.where, alarm.level, alarm.parties) == ("1", 86.0, ["supervision", "hall"])
        assert "1号窗口" in alarm.text
        (alarm_id,) = stage.state.alarms
        for party in ("supervision", "hall"):
            assert (await stage.ask(m.Acknowledge, alarm=alarm_id, party=party)).ok
        for second in range(4, 14):
            level(stage, 58.0, second)
        await stage.until(lambda: noise(stage)[-1].cleared)
        last = noise(stage)[-1]
        assert set(last.acknowledged) == {"supervision", "hall"}
        assert last.escalated is None


async def test_nobody_came_and_it_is_escalated(clock: HandClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path) as stage:
        for second in range(3):
            level(stage, 86.0, second)
        await stage.until(lambda: noise(stage))
        clock.move(60)
        await stage.until(lambda: noise(stage)[-1].escalated)
        await stage.stop()
        await stage.start()
        assert noise(stage)[-1].escalated


async def test_our_own_call_is_no_quarrel(clock: HandClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path) as stage:
        stage.tell("announcer", "hall", "event", Started(id="s", at=clock.now(), re="x"))
        for second in range(1, 9):
            level(stage, 90.0, second)
        end = clock.now() + timedelta(seconds=8)
        stage.tell("announcer", "hall", "event", Finished(id="f", at=end, re="x", outcome="played"))
        level(stage, 90.0, 9)
        level(stage, 58.0, 10)
        await stage.ask(m.CallNext, counter="1")
        assert not stage.state.alarms


def printer(stage: Stage, word: Any, **keys: Any) -> None:
    said: dict[str, Any] = {"id": stage.bus.new_id(), "at": stage.clock.now(), "since": stage.clock.now()}
    said |= {"cause": None, "model": "x", "link": "x", "device": word}
    stage.tell("ticket_printer", "p1", "state", PrinterState(**said, **keys))


def of_devices(stage: Stage) -> list[m.AlarmState]:
    return [alarm for alarm in stage.all(m.AlarmState) if alarm.kind == "device"]


async def test_paper_out_is_an_alarm_at_once_and_clears_itself(clock: HandClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path) as stage:
        printer(stage, "userError", paper="out")
        await stage.until(lambda: of_devices(stage))
        alarm = of_devices(stage)[-1]
        assert alarm.where == "ticket_printer/p1"
        assert "没有纸" in alarm.text
        printer(stage, "online", paper="full")
        await stage.until(lambda: of_devices(stage)[-1].cleared)
        (alarm_id,) = stage.state.alarms
        clock.move(24 * 3600)
        await stage.until(lambda: f"hall/small/alarm/{alarm_id}/state" not in stage.broker.retained)


async def test_a_device_away_for_less_than_ten_seconds_is_none(clock: HandClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path) as stage:
        printer(stage, "powerOff")
        clock.move(9)
        assert stage.controller is not None
        stage.controller._health.look(stage.state)
        printer(stage, "online")
        await stage.ask(m.CallNext, counter="1")
        clock.move(5)
        stage.controller._health.look(stage.state)
        await stage.ask(m.CallNext, counter="1")
        assert not of_devices(stage)


async def test_the_whole_room_of_devices_gone_is_seen_by_its_will(clock: HandClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path) as stage:
        printer(stage, "online")
        will = Packet("hall/small/room/devices/availability", b"offline", qos=1, retain=True)
        stage.broker.publish(will)
        await stage.ask(m.CallNext, counter="1")
        clock.move(10)
        await stage.until(lambda: of_devices(stage))
        assert [alarm.where for alarm in of_devices(stage)] == ["room/devices"]
        stage.broker.publish(Packet(will.topic, b"online", qos=1, retain=True))
        await stage.until(lambda: of_devices(stage)[-1].cleared)


async def test_a_board_that_comes_back_shows_the_newest_call(clock: HandClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path) as stage:
        await stage.ask(m.TakeTicket, service="a")
        await stage.ask(m.CallNext, counter="1")
        await stage.hear(Show)
        said: dict[str, Any] = {"at": clock.now(), "since": clock.now(), "model": "x", "link": "x"}
        down = BoardState(id="1", device="powerOff", cause="gone", **said)
        up = BoardState(id="2", device="online", cause=None, **said)
        states: tuple[DeviceState, ...] = (down, up)
        for state in states:
            stage.tell("led_board", "b1", "state", state)
        again = await stage.hear(Show, times=2)
        assert again.text == stage.all(Show)[0].text
        assert again.id != stage.all(Show)[0].id
