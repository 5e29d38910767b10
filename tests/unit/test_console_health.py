"""A device is believed only while its room, its heartbeat and its own word agree."""

from datetime import datetime
from typing import Any

import pytest

from broker.messages.devices import PrinterState
from broker.messages.hall import ControllerState, KioskState
from console.health import STALE_S, Health, controller_answers, health, room_of
from console.picture import Picture
from tests.conftest import HandClock


def printer(at: datetime, **keys: Any) -> PrinterState:
    usual: dict[str, Any] = {"device": "online", "since": at, "cause": None, "model": "m", "link": "l"}
    return PrinterState(id="x", at=at, **{**usual, **keys})


@pytest.fixture
def picture(clock: HandClock) -> Picture:
    picture = Picture()
    picture.words = {("room", "devices"): True, ("ticket_printer", "p1"): True}
    picture.devices["ticket_printer"]["p1"] = printer(clock.now())
    return picture


def judged(picture: Picture, clock: HandClock) -> Health:
    return health(picture, clock, "ticket_printer", "p1")


def test_a_device_that_says_online_is_well(picture: Picture, clock: HandClock) -> None:
    found = judged(picture, clock)
    assert found.well
    assert found.usable


def test_its_own_trouble_is_told_with_its_sentence(picture: Picture, clock: HandClock) -> None:
    state = printer(clock.now(), device="powerOff", cause="plug it in")
    picture.devices["ticket_printer"]["p1"] = state
    picture.words["ticket_printer", "p1"] = False
    assert judged(picture, clock) == Health("powerOff", "plug it in", state.since)


def test_an_online_device_with_a_cause_is_usable_but_not_well(picture: Picture, clock: HandClock) -> None:
    picture.devices["ticket_printer"]["p1"] = printer(clock.now(), cause="nobody hears it")
    assert judged(picture, clock).usable
    assert not judged(picture, clock).well


def test_silence_of_more_than_ninety_seconds_is_offline(picture: Picture, clock: HandClock) -> None:
    clock.move(STALE_S)
    assert judged(picture, clock).well
    clock.move(1)
    assert judged(picture, clock).doubt == "heartbeat"
    assert judged(picture, clock).word == "offline"


def test_silence_is_measured_in_real_seconds(picture: Picture, clock: HandClock) -> None:
    clock.speed = 60.0
    clock.move(STALE_S * 59)
    assert judged(picture, clock).well
    clock.move(STALE_S * 2)
    assert not judged(picture, clock).well


def test_a_heartbeat_from_another_day_is_not_believed(picture: Picture, clock: HandClock) -> None:
    clock.move(-3600)
    assert judged(picture, clock).doubt == "heartbeat"


def test_a_room_that_is_gone_takes_its_devices_with_it(picture: Picture, clock: HandClock) -> None:
    picture.words["room", "devices"] = False
    assert judged(picture, clock).doubt == "room"
    assert judged(picture, clock).word == "offline"


def test_taking_itself_off_counts_more_than_an_old_state(picture: Picture, clock: HandClock) -> None:
    picture.words["ticket_printer", "p1"] = False
    assert judged(picture, clock).doubt == "availability"


def test_never_heard_is_unknown_and_not_offline(clock: HandClock) -> None:
    assert judged(Picture(), clock) == Health("unknown")


def test_a_kiosk_is_judged_by_its_own_room(clock: HandClock) -> None:
    picture = Picture()
    now = clock.now()
    picture.kiosks["k1"] = KioskState(id="x", at=now, device="online", since=now, cause=None, screen="home")
    assert health(picture, clock, "kiosk", "k1").well
    picture.words["room", "kiosk-k1"] = False
    assert health(picture, clock, "kiosk", "k1").doubt == "room"


def test_the_controller_answers_or_not_or_was_never_heard(clock: HandClock) -> None:
    picture = Picture()
    assert controller_answers(picture, clock) is None
    picture.words["controller", "main"] = True
    assert controller_answers(picture, clock) is False
    picture.controllers["main"] = ControllerState(
        id="x", at=clock.now(), epoch=1, day="2026-11-20", tickets_today=0, version="0"
    )
    assert controller_answers(picture, clock) is True
    clock.move(STALE_S + 1)
    assert controller_answers(picture, clock) is False


def test_every_kind_has_its_room() -> None:
    assert room_of("kiosk", "k1") == "kiosk-k1"
    assert room_of("led_board", "b1") == "devices"
    assert room_of("simulator", "p1") == "simulators"
    assert room_of("counter", "1") == "controller"
