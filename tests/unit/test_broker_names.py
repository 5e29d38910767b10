"""Topics, ids and the hall's clock: the small words everything else is made of."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from broker.clock import HallClock, after, real_seconds_until
from broker.ids import ulid, ulids
from broker.now_and_then import NowAndThen
from broker.topics import BadTopic, Topic, topic_filter
from tests.conftest import HandClock

ZONE = ZoneInfo("Asia/Shanghai")


def test_a_topic_is_read_as_it_is_written() -> None:
    text = "hall/dezhou/ticket_printer/k1-printer/state"
    topic = Topic.parse(text)
    assert topic == Topic("dezhou", "ticket_printer", "k1-printer", "state")
    assert str(topic) == text
    assert str(topic.sibling("availability")) == "hall/dezhou/ticket_printer/k1-printer/availability"


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", "is not hall/"),
        ("hall/h/queue/a", "is not hall/"),
        ("hall/h/queue/a/state/x", "is not hall/"),
        ("halls/h/queue/a/state", "is not hall/"),
        ("hall/H/queue/a/state", "hall 'H'"),
        ("hall//queue/a/state", "hall ''"),
        ("hall/h/queues/a/state", "kind 'queues'"),
        ("hall/h/queue/a_b/state", "id 'a_b'"),
        ("hall/h/queue/-a/state", "id '-a'"),
        ("hall/h/queue/a\n/state", "id"),
        ("hall/h/queue/" + "a" * 65 + "/state", "id"),
        ("hall/h/queue/+/state", "id"),
        ("hall/h/queue/a/status", "leaf 'status'"),
    ],
)
def test_a_wrong_topic_is_refused_with_the_part_that_is_wrong(text: str, wrong: str) -> None:
    with pytest.raises(BadTopic, match=wrong):
        Topic.parse(text)


def test_a_filter_takes_in_what_is_left_out() -> None:
    assert topic_filter("h") == "hall/h/+/+/+"
    assert topic_filter("h", "queue", leaf="state") == "hall/h/queue/+/state"


def test_a_ulid_is_written_as_its_specification_writes_it() -> None:
    """github.com/ulid/javascript, test of encodeTime; the largest as github.com/ulid/spec has it."""
    assert ulid(1469918176385, 0) == "01ARYZ6S41" + "0" * 16
    assert ulid((1 << 48) - 1, (1 << 80) - 1) == "7" + "Z" * 25
    assert ulid(0, 0) == "0" * 26


def test_ids_sort_by_time(clock: HandClock) -> None:
    new_id = ulids(clock, bits=lambda _: 7)
    first = new_id()
    clock.move(0.001)
    assert first < new_id()


def test_another_process_reads_the_same_clock() -> None:
    clock = HallClock.simulated(ZONE, datetime(2026, 11, 20, 8, 30, tzinfo=ZONE), 60.0)
    assert HallClock.from_spec(ZONE, clock.spec()) == clock
    assert HallClock.from_spec(ZONE, None) == HallClock.from_spec(ZONE, "real") == HallClock.real(ZONE)
    assert abs(HallClock.real(ZONE).now() - datetime.now(ZONE)) < timedelta(seconds=1)


@pytest.mark.parametrize(
    "spec", ["", "fast", "2026-11-20T08:30@x@1", "2026-11-20T08:30:00+08:00@0@0", "a@b@c@d"]
)
def test_a_wrong_clock_is_said_to_be_wrong(spec: str) -> None:
    with pytest.raises(ValueError, match="--clock"):
        HallClock.from_spec(ZONE, spec)


def test_hall_time_and_real_time_are_turned_into_each_other(clock: HandClock) -> None:
    class Fast(HandClock):
        speed = 60.0

    fast = Fast(clock.now())
    expires = after(fast, 5.0)
    assert expires - fast.now() == timedelta(minutes=5)
    assert real_seconds_until(fast, expires) == pytest.approx(5.0)
    fast.move(301)
    assert real_seconds_until(fast, expires) < 0


def test_a_flood_of_complaints_is_one_line_a_minute(
    clock: HandClock, caplog: pytest.LogCaptureFixture, new_id: Callable[[], str]
) -> None:
    grumble = NowAndThen(clock)
    with caplog.at_level(logging.WARNING):
        for _ in range(5):
            grumble("it is %s", "raining")
        clock.move(60)
        grumble("it is %s", "snowing")
    assert [record.getMessage() for record in caplog.records] == [
        "it is raining",
        "it is snowing (and 4 more like it since the last line)",
    ]
