"""The controller on the bus: what is asked, what is told, and that nothing is told before it is written."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from broker.messages import hall as m
from broker.messages.devices import BoardState, CallKey, Clear, OpenWindow, Print, RatingKey, Say, Show, Unsay
from broker.messages.envelope import Ack, Reply
from broker.transport import Packet
from hall.core.events import PrintDone, TicketTaken
from tests.conftest import HandClock
from tests.hall.stage import PERSON, hall, journaled


async def test_a_number_is_given_printed_and_told(clock: HandClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path, console={"public_url": "https://hall.example/q/"}) as stage:
        reply = await stage.ask(m.TakeTicket, service="a", kiosk="k1", person=PERSON, name_masked="张*")
        assert (reply.ok, reply.number, reply.service, reply.ahead, reply.status) == (
            True,
            "A001",
            "a",
            0,
            "waiting",
        )
        outcome = await stage.hear(m.TicketPrint)
        assert (outcome.ticket, outcome.outcome, outcome.printer, outcome.kiosk) == (
            reply.ticket,
            "printed",
            "p1",
            "k1",
        )
        paper = stage.printed[0]
        assert paper.fields == {
            "hall": "小厅",
            "hall_en": "Small hall",
            "service": "纳税",
            "service_en": "Tax",
            "number": "A001",
            "ahead": "0",
            "forecast": "马上",
            "time": "2026-11-20 09:00",
            "zone": "一区",
            "counters": "1、2号窗口",
            "label": "",
            "steps": "",
            "name": "张*",
            "copy": "",
            "missed": "叫号未到，隔 3 位再叫一次；再未到则作废。",
            "qr": f"https://hall.example/q/t/{reply.ticket}",
            "footer": "请留意显示屏和广播，扫码可看排队进度。",
        }
        assert paper.epoch == stage.state.epoch
        queue = await stage.hear(m.QueueState, "queue/a", times=2)
        assert (queue.waiting, queue.open, queue.open_counters) == (1, True, 2)
        again = await stage.ask(m.TakeTicket, service="a", person=PERSON)
        assert (again.ok, again.reason, again.ticket, again.number) == (
            False,
            "already_waiting",
            reply.ticket,
            "A001",
        )
        assert (again.ahead, again.status) == (0, "waiting")
        assert again.forecast_minutes is not None


async def test_a_call_goes_to_the_boards_of_its_zone_and_the_loudspeaker(
    clock: HandClock, tmp_path: Path
) -> None:
    async with hall(clock, tmp_path) as stage:
        await stage.ask(m.TakeTicket, service="a")
        reply = await stage.ask(m.CallNext, counter="1")
        assert (reply.number, reply.status) == ("A001", "called")
        called = await stage.hear(m.Called, "counter/1")
        assert (called.number, called.nth) == ("A001", 1)
        assert "取号最早" in called.why
        show = await stage.hear(Show)
        assert (show.area, show.text) == ("call", "请A001号到1号窗口办理")
        assert not stage.all(Show, "led_board/b2")
        say = await stage.hear(Say)
        assert (say.text, say.lang, say.repeat, say.chime) == (
            "请 A 零零一 号，到 1 号窗口办理。",
            "zh-CN",
            2,
            True,
        )
        assert say.expires - say.at == timedelta(seconds=90)
        await stage.until(lambda: stage.all(m.CounterState, "counter/1")[-1].status == "serving")
        counter = stage.all(m.CounterState, "counter/1")[-1]
        assert (counter.status, counter.number, counter.clerk) == ("serving", "A001", "clerk-1")
        await stage.ask(m.TakeTicket, service="b")
        await stage.ask(m.CallNext, counter="2")
        await stage.hear(Show, "led_board/b2")
        assert len(stage.all(Show, "led_board/b1")) == 1
        clock.move(4)
        second = await stage.hear(Show, "led_board/b1", times=2)
        assert second.text == "请B001号到2号窗口办理"


async def test_a_call_that_is_over_leaves_the_board_and_is_not_spoken(
    clock: HandClock, tmp_path: Path
) -> None:
    async with hall(clock, tmp_path) as stage:
        for counter in ("1", "2"):
            await stage.ask(m.TakeTicket, service="a")
            await stage.ask(m.CallNext, counter=counter)
            clock.move(4)
            await stage.hear(Show, "led_board/b1", times=int(counter))
        await stage.ask(m.NoShow, counter="2")
        clock.move(4)
        back = await stage.hear(Show, "led_board/b1", times=3)
        assert back.text == "请A001号到1号窗口办理"
        say = stage.all(Say)[-1]
        assert (await stage.hear(Unsay)).re == say.id
        await stage.ask(m.Finish, counter="1")
        await stage.hear(Clear, "led_board/b1")
        assert [unsay.re for unsay in stage.all(Unsay)] == [said.id for said in reversed(stage.all(Say))]


async def test_a_board_left_over_from_yesterday_is_cleared(clock: HandClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path) as stage:
        said: dict[str, Any] = {"id": "1", "at": clock.now(), "since": clock.now(), "model": "x"}
        stale = BoardState(device="online", cause=None, link="x", areas={"call": "请A009号"}, **said)
        stage.tell("led_board", "b1", "state", stale)
        await stage.hear(Clear, "led_board/b1")


async def test_english_follows_where_the_hall_wants_it(clock: HandClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path, calling={"english": True}) as stage:
        await stage.ask(m.TakeTicket, service="a")
        await stage.ask(m.CallNext, counter="1")
        english = await stage.hear(Say, times=2)
        assert (english.lang, english.text, english.chime) == (
            "en",
            "Number A 0 0 1, please go to counter 1.",
            False,
        )


async def test_the_pad_rates_once_however_often_its_key_is_sent(clock: HandClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path) as stage:
        await stage.ask(m.TakeTicket, service="a")
        await stage.ask(m.CallNext, counter="1")
        await stage.ask(m.Finish, counter="1")
        window = await stage.hear(OpenWindow, "rating_pad/rate-1")
        assert window.seconds == 20
        clock.move(2)
        key = RatingKey(id="key-1", at=clock.now(), keep=True, attempt=1, grade=1, ticket=window.ticket)
        for _ in range(3):
            stage.tell("rating_pad", "rate-1", "event", key)
        await stage.until(lambda: len([ack for ack in stage.all(Ack) if ack.re == "key-1"]) == 3)
        assert [rated.grade for rated in stage.all(m.Rated)] == [1]
        alarm = await stage.hear(m.AlarmState)
        assert (alarm.kind, alarm.parties) == ("rating", ["hall"])
        reply = await stage.ask(m.Acknowledge, alarm=f"rating-{window.ticket.lower()}", party="hall")
        assert reply.ok


async def test_the_call_pads_keys_work_the_counter_and_stale_ones_do_not(
    clock: HandClock, tmp_path: Path
) -> None:
    async with hall(clock, tmp_path) as stage:
        for _ in range(2):
            await stage.ask(m.TakeTicket, service="a")
        old = CallKey(id="old", at=clock.now() - timedelta(seconds=16), keep=True, attempt=5, action="next")
        stage.tell("call_pad", "call-1", "event", old)
        await stage.until(lambda: any(ack.re == "old" for ack in stage.all(Ack, "call_pad/call-1")))
        assert not stage.all(m.Called)
        press = CallKey(id="new", at=clock.now(), keep=True, attempt=1, action="next")
        stage.tell("call_pad", "call-1", "event", press)
        stage.tell("call_pad", "call-1", "event", press)
        await stage.until(lambda: len([ack for ack in stage.all(Ack) if ack.re == "new"]) == 2)
        assert [called.number for called in stage.all(m.Called)] == ["A001"]


async def test_the_same_command_is_done_once_and_answered_the_same(clock: HandClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path) as stage:
        command = stage.made(m.TakeTicket, service="a")
        first, *others = await asyncio.gather(*(stage.ask_made(command) for _ in range(3)))
        clock.move(3600)
        others.append(await stage.ask_made(command))
        assert {reply.id for reply in others} == {first.id}
        assert len(journaled(stage, TicketTaken)) == 1


async def test_late_unreadable_and_retained_commands_have_no_effect(clock: HandClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path) as stage:
        late = stage.made(m.TakeTicket, service="a", expires=clock.now() - timedelta(seconds=1))
        reply = await stage.ask_made(late)
        assert (reply.ok, reply.reason) == (False, "expired")
        topic = str(stage.topic("controller", "main", "command"))
        plain = json.loads(
            '{"v":1,"id":"x1","type":"take_ticket","at":"2026-11-20T09:00:00+08:00","by":"bench","service":"a"}'
        )
        for change in ({}, {"v": 2, "id": "x2"}, {"type": "do_it", "id": "x3"}, {"service": 5, "id": "x4"}):
            extra = {"expires": "2026-11-21T09:00:00+08:00"} if change.get("id") == "x4" else {}
            payload = json.dumps(plain | change | extra).encode()
            stage.broker.publish(Packet(topic, payload, qos=1))
        for garbage in (b"", b"\xff", b"[]", b"{}", b"x" * 70000):
            stage.broker.publish(Packet(topic, garbage, qos=1))
        unsafe = json.dumps(plain | {"id": "x5", "expires": "2026-11-21T09:00:00+08:00"}).encode()
        stage.broker.publish(Packet(topic, unsafe, qos=0))
        await stage.ask(m.CallNext, counter="1")
        reasons = {reply.re: reply.reason for reply in stage.all(Reply, "controller/main")}
        assert reasons["x1"] == "missing_expires"
        assert reasons["x2"] == "unknown_version"
        assert reasons["x3"] == "unknown_type"
        assert reasons["x4"] == "malformed"
        assert not journaled(stage, TicketTaken)
        # one late, four answered, five unanswerable, one of QoS 0
        assert stage.controller is not None
        assert stage.controller._refused() == 11


@pytest.mark.parametrize(
    "known",
    [
        {"person": "370102198001011234"},
        {"person": "37010219800101123X"},
        {"person": "0123456789ABCDEF"},
        {"person": "0" * 65},
        {"name_masked": "张三"},
        {"name_masked": "张三*"},
        {"name_masked": ""},
    ],
)
async def test_what_may_lead_to_a_person_is_refused_and_kept_nowhere(
    clock: HandClock, tmp_path: Path, known: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    (value,) = known.values()
    async with hall(clock, tmp_path) as stage:
        reply = await stage.ask(m.TakeTicket, service="a", kiosk="k1", **known)
        assert (reply.ok, reply.reason) == (False, "malformed")
        assert not journaled(stage, TicketTaken)
        assert not stage.printed
    assert not value or value not in caplog.text


async def test_a_queue_is_shown_closed_as_soon_as_it_is(clock: HandClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path) as stage:
        await stage.until(lambda: stage.all(m.QueueState, "queue/b"))
        assert stage.all(m.QueueState, "queue/b")[-1].open
        # both counters still have somebody, so no counter closes with the hours
        for counter in ("1", "2"):
            await stage.ask(m.TakeTicket, service="a")
            await stage.ask(m.CallNext, counter=counter)
        clock.move(3 * 3600)
        await stage.until(lambda: stage.all(m.QueueState, "queue/b")[-1].closed_reason == "lunch")


async def test_those_left_at_closing_are_told(clock: HandClock, tmp_path: Path) -> None:
    area = {"x": 0, "y": 0, "width": 64, "height": 16}
    boards = {"b1": {"link": "tcp://127.0.0.1:5005", "areas": {"call": area, "news": {**area, "y": 16}}}}
    async with hall(clock, tmp_path, hours={"overrun_minutes": 0}, led_boards=boards) as stage:
        clock.move(8 * 3600)
        replies = [await stage.ask(m.TakeTicket, service=service) for service in ("a", "b")]
        clock.move(1800)
        await stage.hear(m.Ended, times=2)
        ended = {(event.ticket, event.number, event.reason) for event in stage.all(m.Ended)}
        assert ended == {(reply.ticket, reply.number, "closing") for reply in replies}
        show = await stage.hear(Show, "led_board/b1")
        assert (show.area, "时间已到" in show.text) == ("news", True)
        await stage.hear(Say)
        assert ["时间已到" in say.text for say in stage.all(Say)] == [True]


async def test_a_new_day_begins_new_numbers_and_ends_the_old_ones(clock: HandClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path) as stage:
        await stage.ask(m.TakeTicket, service="a")
        clock.move(3 * 24 * 3600)
        state = await stage.hear(m.ControllerState, times=2)
        await stage.until(lambda: stage.all(m.ControllerState)[-1].day == "2026-11-23")
        assert state.epoch == stage.state.epoch
        assert (await stage.ask(m.TakeTicket, service="a")).number == "A001"


async def test_every_queue_and_counter_is_shown_and_what_is_no_more_is_taken_down(
    clock: HandClock, tmp_path: Path
) -> None:
    async with hall(clock, tmp_path) as stage:
        stage.broker.publish(Packet("hall/small/queue/zz/state", b'{"left": "behind"}', qos=1, retain=True))
        stage.broker.publish(Packet("hall/small/alarm/old/state", b'{"left": "behind"}', qos=1, retain=True))
        gone = "hall/small/appointments/zz/state"
        stage.broker.publish(Packet(gone, b'{"left": "behind"}', qos=1, retain=True))
        owned = {
            "hall/small/controller/main/availability",
            "hall/small/controller/main/state",
            "hall/small/queue/a/state",
            "hall/small/queue/b/state",
            "hall/small/appointments/a/state",
            "hall/small/appointments/b/state",
            "hall/small/counter/1/state",
            "hall/small/counter/2/state",
        }
        await stage.until(lambda: set(stage.broker.retained) == owned)
        assert stage.broker.retained["hall/small/controller/main/availability"].payload == b"online"


async def test_a_command_from_within_is_fenced_by_a_growing_epoch(clock: HandClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path) as stage:
        first = stage.state.epoch
        await stage.stop()
        await stage.start()
        assert stage.state.epoch > first
        await stage.ask(m.TakeTicket, service="a", kiosk="k1")
        paper = await stage.hear(Print)
        assert paper.epoch == stage.state.epoch
        assert paper.by == "controller/main"
        await stage.until(lambda: journaled(stage, PrintDone))


async def test_a_number_that_is_given_up_is_told(clock: HandClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path) as stage:
        taken = await stage.ask(m.TakeTicket, service="a")
        await stage.ask(m.Cancel, ticket=taken.ticket)
        void = await stage.hear(m.Voided)
        assert (void.ticket, void.number, void.reason) == (taken.ticket, taken.number, "given_up")


async def test_what_is_said_is_said_in_english_too(clock: HandClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path) as stage:
        await stage.ask(m.TakeTicket, service="a")
        await stage.ask(m.CallNext, counter="1")
        assert (await stage.hear(m.Called)).why_in["en"].startswith("A001 ")
        refused = await stage.ask(m.CallNext, counter="9")
        assert refused.text_in == {"en": "There is no counter “9”; check its number."}
