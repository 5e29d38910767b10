"""Near turn and done: decided once, written down before sent, sent until taken, late ones never."""

import asyncio
import hmac
import http.client
import json
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from broker.messages import hall as m
from broker.messages.reminders import NearTurn, Remind
from hall.core import commands as c
from hall.core import reminders
from hall.core.remind_events import NearTurn as Near
from hall.shell.gateways import Request, request, signature, succeeded
from hall.shell.reminding import FILE, secrets
from hall.shell.sender import Sender, post_http
from hall.shell.spool import Message, Spool
from hallfile.notes import REACH, Note, Notes
from hallfile.reminding import Gateway, check_gateways
from simulators.gateway.server import Gateway as SimulatedGateway
from tests.conftest import HandClock
from tests.hall.kit import Hall, small
from tests.hall.stage import Stage

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


class TestTheCore:
    """Whose turn is near is decided from the state alone."""

    def test_near_is_few_people_ahead_and_said_once(self) -> None:
        hall = Hall(reminders={"near_people": 1, "near_minutes": 0})
        tickets = [hall.take() for _ in range(4)]
        hall.done(reminders.Remind, ticket=tickets[3].id)
        assert hall.done(reminders.LookNear) == []
        hall.call()
        assert hall.done(reminders.LookNear) == []
        hall.call("2")
        (near,) = hall.done(reminders.LookNear)
        assert isinstance(near, Near)
        assert (near.number, near.ahead) == ("A004", 1)
        assert hall.done(reminders.LookNear) == []
        assert not reminders.is_due(hall.state)

    def test_near_is_also_a_short_forecast(self) -> None:
        hall = Hall(reminders={"near_people": 0, "near_minutes": 60})
        hall.take()
        last = hall.take()
        hall.done(reminders.Remind, ticket=last.id, pager="17")
        (near,) = hall.done(reminders.LookNear)
        assert isinstance(near, Near)
        assert near.wait is not None
        assert (near.ahead, near.pager) == (1, "17")

    def test_who_wants_nothing_is_told_nothing(self) -> None:
        hall = Hall()
        hall.take()
        assert hall.done(reminders.LookNear) == []

    def test_a_wish_is_refused_for_what_is_over_or_unknown(self) -> None:
        hall = Hall()
        ticket = hall.take()
        assert hall.refused(reminders.Remind, ticket="no-such").reason == "unknown_ticket"
        hall.done(c.Cancel, ticket=ticket.id)
        assert hall.refused(reminders.Remind, ticket=ticket.id).reason == "reminder_over"

    def test_wishes_end_with_the_day(self) -> None:
        hall = Hall()
        hall.done(reminders.Remind, ticket=hall.take().id)
        hall.at("09:00", day=3)
        assert hall.state.reminding == {}


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


class TestWhatIsSent:
    """The bytes."""

    def test_a_webhook_is_signed_and_says_no_number(self, clock: HandClock) -> None:
        gateway = Gateway(url="https://city.example/hook", secret_file="s")
        wanted = request(gateway, "key", message(clock), Note(phone=PHONE, words="openid-7"), 1_700_000_000.5)
        assert wanted is not None
        said = json.loads(wanted.body)
        assert (said["type"], said["number"], said["ahead"], said["token"]) == (
            "near_turn",
            "A012",
            3,
            "openid-7",
        )
        assert PHONE.encode() not in wanted.body
        mac = hmac.new(b"key", b"1700000000." + wanted.body, sha256).hexdigest()
        assert wanted.headers["X-Hallkeeper-Signature"] == f"t=1700000000,v1={mac}"
        assert signature("other", wanted.body, 1_700_000_000) != wanted.headers["X-Hallkeeper-Signature"]

    @pytest.mark.parametrize(
        ("kind", "body", "read"),
        [
            ("application/json", '{"to":"{phone}","text":"{text}"}', lambda b: json.loads(b)["text"]),
            ("application/x-www-form-urlencoded", "to={phone}&text={text}", lambda b: parse_qs(b)["text"][0]),
        ],
    )
    def test_what_is_put_into_a_template_stays_one_value(
        self, clock: HandClock, kind: str, body: str, read: Callable[[str], str]
    ) -> None:
        gateway = sms(1, headers={"Content-Type": kind}, body=body)
        text = 'a "quoted" & {phone}=1\n第二行'
        wanted = request(gateway, "", message(clock, text=text), Note(phone=PHONE), 0)
        assert wanted is not None
        assert read(wanted.body.decode()) == text

    def test_a_template_fills_the_address_too(self, clock: HandClock) -> None:
        gateway = sms(1, url="http://g.example/?m={phone}&c={text}", method="GET", body="")
        wanted = request(gateway, "", message(clock, text="一 & 二"), Note(phone="+86 138"), 0)
        assert wanted is not None
        assert wanted.url == "http://g.example/?m=%2B86%20138&c=%E4%B8%80%20%26%20%E4%BA%8C"
        assert wanted.body == b""

    def test_nobody_is_reached_without_a_number(self, clock: HandClock) -> None:
        assert request(sms(1), "", message(clock), Note(words="token"), 0) is None
        assert request(sms(1), "", message(clock), None, 0) is None

    def test_only_what_the_gateway_calls_success_is_one(self) -> None:
        gateway = sms(1)
        assert succeeded(gateway, 200, b'{"code": 0}')
        assert not succeeded(gateway, 200, b'{"code": 160040}')
        assert not succeeded(gateway, 503, b'{"code": 0}')
        assert succeeded(Gateway(url="http://g.example"), 204, b"")

    def test_a_hall_file_is_told_what_is_wrong_with_a_gateway(self, tmp_path: Path) -> None:
        (tmp_path / "secret").write_text("key", encoding="utf-8")
        wrong = {
            "a": Gateway(url="http://g.example"),
            "b": Gateway(url="http://g.example", secret_file="none"),
            "c": sms(1, body="hello"),
            "d": sms(1, success="("),
        }
        faults = list(check_gateways(wrong, tmp_path))
        assert [fault.split(":")[0] for fault in faults] == [
            "gateways.a.secret_file",
            "gateways.b.secret_file",
            "gateways.c",
            "gateways.d.success",
        ]
        right = {"w": Gateway(url="http://g.example", secret_file="secret"), "s": sms(1)}
        assert list(check_gateways(right, tmp_path)) == []


class TestTheSpool:
    """What is written down outlasts the program."""

    def test_it_is_there_again_and_nothing_is_written_twice(self, tmp_path: Path, clock: HandClock) -> None:
        spool = Spool(tmp_path / FILE)
        spool.put([message(clock), message(clock)])
        spool.close()
        again = Spool(tmp_path / FILE)
        assert again.due(clock.now(), 10) == [message(clock)]
        again.settle(message(clock), "sent")
        again.put([message(clock)])
        assert again.due(clock.now(), 10) == []
        assert [one.fate for one in again.all()] == ["sent"]
        again.close()

    def test_it_is_bounded(self, tmp_path: Path, clock: HandClock, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("hall.shell.spool.MOST_WAITING", 3)
        monkeypatch.setattr("hall.shell.spool.KEPT", 2)
        spool = Spool(tmp_path / FILE)
        spool.put(message(clock, id=str(number)) for number in range(5))
        assert len(spool.waiting()) == 3
        for one in spool.waiting():
            spool.settle(one, "sent")
        assert len(spool.all()) == 2
        spool.close()

    def test_a_damaged_one_is_put_aside(self, tmp_path: Path, clock: HandClock) -> None:
        (tmp_path / FILE).write_bytes(b"no database at all, but something else" * 50)
        spool = Spool(tmp_path / FILE)
        spool.put([message(clock)])
        assert len(spool.waiting()) == 1
        spool.close()
        assert (tmp_path / FILE).with_suffix(".damaged").exists()


async def test_a_fault_of_ours_ends_one_message_and_no_other(tmp_path: Path, clock: HandClock) -> None:
    sending = Sending(tmp_path, clock, sms(1))
    sending.spool.put([message(clock)])
    sending.answers = [RuntimeError(PHONE)]
    await sending.sender._deliver_safely(message(clock))
    (over,) = sending.spool.all()
    assert (over.fate, over.why) == ("given_up", "a fault of this program: RuntimeError")
    sending.spool.close()


class Sending:
    """A sender with a gateway of the test's own."""

    def __init__(self, tmp_path: Path, clock: HandClock, gateway: Gateway) -> None:
        self.clock = clock
        self.spool = Spool(tmp_path / FILE)
        self.notes = Notes(tmp_path, REACH)
        self.notes.keep("t1", Note(phone=PHONE), clock.now())
        self.wanted = True
        self.settled: list[Message] = []
        self.posted: list[Request] = []
        self.answers: list[tuple[int, bytes] | Exception] = []
        self.sender = Sender(
            clock,
            self.spool,
            lambda message: self.notes.read(message.ticket),
            {"g": gateway},
            {},
            lambda _: self.wanted,
            self.settled.append,
            self._post,
        )

    def _post(self, wanted: Request, _: float) -> tuple[int, bytes]:
        self.posted.append(wanted)
        answer = self.answers.pop(0) if self.answers else (200, b'{"code":0}')
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def go(self) -> Message:
        """Try what is due; the one message as it is then."""
        for one in self.spool.due(self.clock.now(), 10):
            await self.sender._deliver(one)
        (now,) = self.spool.all()
        return now


async def test_it_is_tried_with_growing_waits_until_it_is_taken(tmp_path: Path, clock: HandClock) -> None:
    sending = Sending(tmp_path, clock, sms(1))
    sending.answers = [OSError(f"no route to {PHONE}"), (503, b"busy"), (200, b'{"code":160040}')]
    sending.spool.put([message(clock)])
    waits = []
    for _ in range(3):
        tried = await sending.go()
        assert tried.fate == "waiting"
        waits.append((tried.next - clock.now()).total_seconds())
        assert (await sending.go()).attempts == tried.attempts, "not before its time"
        clock.move(waits[-1])
    assert waits == [2, 4, 8]
    taken = await sending.go()
    assert (taken.fate, taken.attempts) == ("sent", 4)
    assert [message.id for message in sending.settled] == ["m1"]
    sending.spool.close()


async def test_it_is_given_up_with_a_sentence(
    tmp_path: Path, clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    sending = Sending(tmp_path, clock, sms(1, first_wait_s=300))
    sending.answers = [OSError(f"{PHONE}"), OSError(f"{PHONE}"), OSError(f"{PHONE}")]
    sending.spool.put([message(clock)])
    with caplog.at_level(logging.INFO):
        for _ in range(3):
            await sending.go()
            clock.move(300)
    (over,) = sending.spool.all()
    assert over.fate == "given_up"
    assert "it expired after 2 attempts (no answer: OSError)" in over.why
    assert "the near message of A012 was not sent" in caplog.text
    assert PHONE not in caplog.text
    assert PHONE not in over.why
    sending.spool.close()


async def test_a_stale_near_turn_is_not_sent_late(tmp_path: Path, clock: HandClock) -> None:
    sending = Sending(tmp_path, clock, sms(1))
    sending.spool.put([message(clock)])
    sending.wanted = False
    assert (await sending.go()).fate == "dropped"
    assert sending.posted == []
    sending.spool.close()


async def test_it_goes_over_http_and_no_further_than_it_is_told(clock: HandClock) -> None:
    async with SimulatedGateway().serving() as gateway:
        wanted = request(sms(gateway.port), "key", message(clock), Note(phone=PHONE), 0)
        assert wanted is not None
        assert await asyncio.to_thread(post_http, wanted, 5.0) == (200, b'{"code":0}')
        (taken,) = gateway.taken
        assert taken.headers["authorization"] == "Bearer key"
        assert parse_qs(taken.body.decode())["to"] == [PHONE]
        gateway.mood = "refuses"
        assert (await asyncio.to_thread(post_http, wanted, 5.0))[0] == 503
        gateway.mood = "hangs_up"
        with pytest.raises((OSError, http.client.HTTPException)):
            await asyncio.to_thread(post_http, wanted, 5.0)


@asynccontextmanager
async def hall(clock: HandClock, data: Path, port: int) -> AsyncIterator[Stage]:
    gateways = {
        "sms": {
            "kind": "sms",
            "url": f"http://127.0.0.1:{port}/send?to={{phone}}",
            "body": "{text}",
            "success": '"code":0',
        }
    }
    file = small(gateways=gateways, reminders={"near_people": 1, "near_minutes": 0})
    async with Stage(file, clock, data).open() as stage:
        yield stage


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


async def test_from_the_wish_to_the_phone_and_nothing_is_left_of_it(
    clock: HandClock, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with SimulatedGateway().serving() as gateway, hall(clock, tmp_path, gateway.port) as stage:
        for _ in range(3):
            reply = await stage.ask(m.TakeTicket, service="a")
        ticket = str(reply.ticket)
        Notes(tmp_path, REACH).keep(ticket, Note(phone=PHONE), clock.now())
        assert (await stage.ask(Remind, ticket=ticket, pager="17")).ok
        await stage.ask(m.CallNext, counter="1")
        clock.move(3)
        near = await stage.hear(NearTurn)
        assert (near.number, near.ahead, near.pager) == ("A003", 1, "17")
        await came(gateway, 1)
        first = gateway.taken[0]
        assert first.path == f"/send?to={PHONE}"
        assert "A003 快到了，前面还有 1 人" in first.body.decode()
        await stage.ask(m.CallNext, counter="1")
        await stage.ask(m.CallNext, counter="1")
        clock.move(60)
        await stage.ask(m.Finish, counter="1")
        await came(gateway, 2)
        assert "已办理完毕" in gateway.taken[1].body.decode()
        clock.move(400)

        def erased() -> bool:
            clock.move(3)
            return not Notes(tmp_path, REACH).any_but(())

        await stage.until(erased)
    for file in tmp_path.rglob("*"):
        if file.is_file():
            assert PHONE.encode() not in file.read_bytes(), file
    assert PHONE not in caplog.text
    assert not any(PHONE in str(said) for _, said in stage._hearing)


async def test_what_was_decided_is_sent_though_the_controller_was_killed(
    clock: HandClock, tmp_path: Path
) -> None:
    async with SimulatedGateway(mood="refuses").serving() as gateway:
        async with hall(clock, tmp_path, gateway.port) as stage:
            reply = await stage.ask(m.TakeTicket, service="a")
            ticket = str(reply.ticket)
            Notes(tmp_path, REACH).keep(ticket, Note(phone=PHONE), clock.now())
            await stage.ask(Remind, ticket=ticket)
            clock.move(3)
            await stage.hear(NearTurn)
            await asked(gateway)
            await stage.stop()
            # as if the kill had come between the journal and the spool
            for file in tmp_path.glob(f"{FILE}*"):
                file.unlink()
            gateway.mood = "well"
            await stage.start()
            await came(gateway, 1)
        assert len(gateway.taken) == 1


def test_secrets_are_read_from_files_beside_the_hall_file(tmp_path: Path) -> None:
    from dataclasses import replace

    from msgspec.structs import replace as with_keys

    from tests.console_hall import premises_in

    premises = premises_in(tmp_path)
    gateway = Gateway(url="http://g.example", secret_file="hook.secret")
    there = replace(
        premises,
        path=tmp_path / "hall.toml",
        hall=with_keys(premises.hall, gateways={"g": gateway}),
    )
    assert secrets(there) == {}
    (tmp_path / "hook.secret").write_text("key\n", encoding="utf-8")
    assert secrets(there) == {"g": "key"}
