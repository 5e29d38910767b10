"""Bytes to messages and back: what is read, what is refused and with which reason."""

import json
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broker.messages import devices, hall
from broker.messages.envelope import MAX_BYTES, Ack, Forecast, Reply
from broker.messages.wire import TYPES, Refused, decode, encode, types_of
from broker.topics import KINDS, LEAVES, Topic

AT = datetime(2026, 11, 20, 9, 0, 0, 123456, tzinfo=ZoneInfo("Asia/Shanghai"))
COMMANDS = Topic("h", "led_board", "b1", "command")
SHOW: dict[str, Any] = {
    "v": 1,
    "id": "01JD2V2Y0Z0000000000000000",
    "at": "2026-11-20T09:00:00.123+08:00",
    "type": "show",
    "expires": "2026-11-20T09:00:05.000+08:00",
    "by": "controller/main",
    "area": "call",
    "text": "请 A001 到 3 号窗口办理",
}


def reason_for(message: Any, topic: Topic = COMMANDS) -> tuple[str, str | None]:
    """Why a message is refused, and under which id its sender is answered."""
    payload = message if isinstance(message, bytes) else json.dumps(message).encode()
    with pytest.raises(Refused) as caught:
        decode(topic, payload)
    return caught.value.reason, caught.value.message_id


def without(key: str) -> dict[str, Any]:
    return {name: value for name, value in SHOW.items() if name != key}


def test_a_command_is_read_and_unknown_keys_are_ignored() -> None:
    message = decode(COMMANDS, json.dumps({**SHOW, "tomorrow": {"more": True}}).encode())
    assert isinstance(message, devices.Show)
    assert message.text == "请 A001 到 3 号窗口办理"
    assert message.colour is msgspec.UNSET


def test_all_keys_stand_at_the_top_level_and_times_in_milliseconds_with_offset() -> None:
    show = devices.Show(
        id="1", at=AT, expires=AT + timedelta(seconds=5), by="controller/main", area="call", text="你好"
    )
    assert json.loads(encode(show)) == {
        "type": "show",
        "v": 1,
        "id": "1",
        "at": "2026-11-20T09:00:00.123+08:00",
        "expires": "2026-11-20T09:00:05.123+08:00",
        "by": "controller/main",
        "area": "call",
        "text": "你好",
    }
    assert "你好".encode() in encode(show)


def test_times_deeper_in_a_message_are_written_the_same_way() -> None:
    alarm = hall.AlarmState(
        id="1", at=AT, kind="noise", where="counter/3", level=86.0, raised=AT, acknowledged={"hall": AT},
        escalated=None, cleared=None,
    )  # fmt: skip
    raw = json.loads(encode(alarm))
    assert raw["acknowledged"] == {"hall": "2026-11-20T09:00:00.123+08:00"}
    assert decode(Topic("h", "alarm", "a1", "state"), encode(alarm)) == msgspec.structs.replace(
        alarm,
        at=AT.replace(microsecond=123000),
        raised=AT.replace(microsecond=123000),
        acknowledged={"hall": AT.replace(microsecond=123000)},
    )


def test_what_nobody_would_read_is_not_written() -> None:
    with pytest.raises(ValueError, match="no offset"):
        encode(Ack(id="1", at=datetime(2026, 11, 20, 9), re="2"))  # noqa: DTZ001 - the fault under test
    with pytest.raises(ValueError, match="over 65536"):
        encode(Reply(id="1", at=AT, re="2", ok=False, text="长" * MAX_BYTES))


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"online",
        b"\xff\xfe",
        b"[1]",
        b"null",
        b"NaN",
        b'{"id":',
        b"[" * 60000,
        b'{"id":"\\ud800"}',
        b'\xef\xbb\xbf{"id":"x"}',
        b'{"v":1}',
        b'{"v":1,"id":7}',
        b'{"v":1,"id":""}',
        b'{"v":1,"id":"a\\nb"}',
        b'{"v":1,"id":"' + b"x" * 65 + b'"}',
        b" " * (MAX_BYTES + 1),
    ],
)
def test_without_an_id_there_is_nobody_to_answer(payload: bytes) -> None:
    assert reason_for(payload) == ("malformed", None)


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (without("v"), "unknown_version"),
        ({**SHOW, "v": 2}, "unknown_version"),
        ({**SHOW, "v": True}, "unknown_version"),
        ({**SHOW, "v": 1.0}, "unknown_version"),
        ({**SHOW, "v": "1"}, "unknown_version"),
        (without("type"), "unknown_type"),
        ({**SHOW, "type": "explode"}, "unknown_type"),
        ({**SHOW, "type": ["show"]}, "unknown_type"),
        ({**SHOW, "type": "print"}, "unknown_type"),
        (without("expires"), "missing_expires"),
        ({**SHOW, "expires": None}, "malformed"),
        ({**SHOW, "expires": "tomorrow"}, "malformed"),
        ({**SHOW, "expires": "2026-11-20T09:00:05"}, "malformed"),
        ({**SHOW, "at": 1700000000}, "malformed"),
        (without("at"), "malformed"),
        (without("by"), "malformed"),
        (without("text"), "malformed"),
        ({**SHOW, "text": 5}, "malformed"),
        ({**SHOW, "colour": "ultraviolet"}, "malformed"),
        ({**SHOW, "epoch": "7"}, "malformed"),
    ],
)
def test_with_an_id_the_sender_is_told_why(message: dict[str, Any], reason: str) -> None:
    assert reason_for(message) == (reason, SHOW["id"])


def test_a_reason_never_repeats_the_whole_of_what_came() -> None:
    for key in ("type", "colour"):
        with pytest.raises(Refused) as caught:
            decode(COMMANDS, json.dumps({**SHOW, key: "x" * 60000}).encode())
        assert len(str(caught.value)) < 400


def test_types_are_told_apart_by_topic() -> None:
    assert types_of(Topic("h", "queue", "a", "reply")) == (Reply,)
    assert types_of(Topic("h", "rating_pad", "r", "ack")) == (Ack,)
    assert types_of(Topic("h", "queue", "a", "command")) == ()
    assert reason_for({**SHOW}, Topic("h", "queue", "a", "command"))[0] == "unknown_type"


def test_every_type_of_a_topic_has_a_name_of_its_own() -> None:
    for (kind, leaf), types in TYPES.items():
        assert kind in KINDS
        assert leaf in LEAVES
        tags = [known.__struct_config__.tag for known in types]
        assert len(set(tags)) == len(tags)
        assert all(isinstance(tag, str) for tag in tags)


def test_a_reply_keeps_what_was_not_said_apart_from_nothing() -> None:
    reply = Reply(id="1", at=AT, re="2", ok=True, forecast_minutes=None)
    raw = json.loads(encode(reply))
    assert raw["forecast_minutes"] is None
    assert "ticket" not in raw
    forecast = Forecast(low=1, median=2.5, high=4)
    again = decode(
        Topic("h", "room", "kiosk-k1", "reply"),
        encode(msgspec.structs.replace(reply, forecast_minutes=forecast)),
    )
    assert isinstance(again, Reply)
    assert again.forecast_minutes == forecast


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)
QUICK = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
TOPICS = st.builds(Topic, st.just("h"), st.sampled_from(KINDS), st.just("x"), st.sampled_from(LEAVES))


def only_refused(topic: Topic, payload: bytes) -> None:
    """Reading anything gives a message or `Refused`, never another fault."""
    try:
        message = decode(topic, payload)
    except Refused as refused:
        reason = refused.reason
    else:
        assert decode(topic, encode(message)).id == message.id
        return
    assert reason in ("malformed", "unknown_version", "unknown_type", "missing_expires")


@QUICK
@given(TOPICS, st.binary(max_size=300))
def test_no_bytes_do_more_than_be_refused(topic: Topic, payload: bytes) -> None:
    only_refused(topic, payload)


@QUICK
@given(TOPICS, st.dictionaries(st.sampled_from([*SHOW, "epoch", "keep", "grade"]), JSON))
def test_no_object_does_more_than_be_refused(topic: Topic, raw: dict[str, Any]) -> None:
    only_refused(topic, json.dumps(raw).encode("utf-8", "surrogatepass"))


@QUICK
@given(st.sampled_from(sorted(TYPES)), st.data())
def test_no_wrong_value_does_more_than_be_refused(where: tuple[str, str], data: st.DataObject) -> None:
    struct = data.draw(st.sampled_from(TYPES[where]))
    raw: dict[str, Any] = {**SHOW, "type": struct.__struct_config__.tag}
    raw |= {name: data.draw(JSON) for name in struct.__struct_encode_fields__ if name not in SHOW}
    payload = json.dumps(raw).encode("utf-8", "surrogatepass")
    only_refused(Topic.parse(f"hall/h/{where[0]}/x/{where[1]}"), payload)
