"""Messages on their way out: the bytes, the spool, and sending until taken, late ones never."""

import asyncio
import hmac
import http.client
import json
import logging
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from hall.shell.gateways import Request, request, signature, succeeded
from hall.shell.reminding import FILE
from hall.shell.sender import Sender, post_http
from hall.shell.spool import Message, Spool
from hallfile.notes import REACH, Note, Notes
from hallfile.reminding import Gateway, check_gateways
from simulators.gateway.server import Gateway as SimulatedGateway
from tests.conftest import HandClock
from tests.hall.gateway import PHONE, message, sms


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
        monkeypatch.setattr("hall.shell.spool.KEPT", 1)
        monkeypatch.setattr("hall.shell.spool.TRIM_EVERY", 2)
        spool = Spool(tmp_path / FILE)
        assert spool.put(message(clock, id=str(number)) for number in range(5)) == 2
        assert len(spool.waiting()) == 3
        for one in spool.waiting():
            spool.settle(one, "sent")
        assert len(spool.all()) == 1
        spool.close()
        for run in range(3):
            spool = Spool(tmp_path / FILE)
            spool.put([message(clock, id=f"of run {run}")])
            spool.settle(message(clock, id=f"of run {run}"), "sent")
            assert len(spool.all()) == 1
            spool.close()

    def test_what_is_there_already_takes_no_room_from_what_is_new(
        self, tmp_path: Path, clock: HandClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("hall.shell.spool.MOST_WAITING", 4)
        spool = Spool(tmp_path / FILE)
        known = [message(clock, id=str(number)) for number in range(3)]
        assert spool.put(known) == 0
        assert spool.put([*known, message(clock, id="new")]) == 0
        assert len(spool.waiting()) == 4
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
