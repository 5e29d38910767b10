"""Which devices are in trouble: at once what needs a person, after a while what may mend itself."""

from datetime import UTC, datetime
from typing import Any

import pytest

from broker.messages.devices import DeviceState, PrinterState
from devices.ticket_printer.status import Status
from hall.shell.trouble import ROOM, Device, DeviceWatch, Fault
from hallfile.schema import Trouble

P1 = Device("ticket_printer", "p1")
R1 = Device("id_reader", "r1")
AT = datetime(2026, 11, 20, tzinfo=UTC)


def state(word: Any, kind: type[DeviceState] = DeviceState, **keys: Any) -> DeviceState:
    return kind(id="x", at=AT, device=word, since=AT, model="m", link="l", **{"cause": None, **keys})


@pytest.fixture
def watch() -> DeviceWatch:
    watch = DeviceWatch(Trouble())
    watch.expect(P1, 0)
    watch.expect(R1, 0)
    return watch


def fault(watch: DeviceWatch, now: float, device: Device = P1) -> Fault | None:
    return dict(watch.faults(now)).get(device)


def test_a_device_that_is_well_or_unknown_is_no_trouble(watch: DeviceWatch) -> None:
    assert fault(watch, 30) is None
    watch.hear(P1, state("deviceBusy"), 30)
    assert fault(watch, 60) is None


@pytest.mark.parametrize(
    ("keys", "key"),
    [
        ({"paper": "out"}, "paper_out"),
        ({"paper": "jammed"}, "paper_jammed"),
        ({"paper": "full", "cover": "open"}, "cover_open"),
        ({"cutter": "error"}, "cutter_error"),
        ({}, "device_user"),
    ],
)
def test_what_needs_a_person_is_said_at_once(watch: DeviceWatch, keys: dict[str, Any], key: str) -> None:
    watch.hear(P1, state("userError", PrinterState, **keys), 5)
    found = fault(watch, 5)
    assert found is not None
    assert found.key == key


@pytest.mark.parametrize(
    ("sensors", "key"),
    [
        (Status(paper_sensor=0x72), "paper_out"),
        (Status(paper_sensor=0x1E), "paper_low"),
        (Status(offline=0x16), "cover_open"),
        (Status(offline=0x52, error=0x1A), "cutter_error"),
        (Status(offline=0x12, error=0x12, paper_sensor=0x12), None),
    ],
)
def test_the_printers_sensors_are_believed_whatever_its_word(
    watch: DeviceWatch, sensors: Status, key: str | None
) -> None:
    said = {"paper": sensors.paper, "cover": sensors.cover, "cutter": sensors.cutter}
    watch.hear(P1, state(sensors.word, PrinterState, **said), 5)
    assert fault(watch, 5) == (Fault(key) if key else None)
    watch.hear(P1, state("offline", PrinterState, cause="why."), 6)
    assert fault(watch, 6) is None


@pytest.mark.parametrize(
    ("word", "key"),
    [
        ("offline", "device_offline"),
        ("powerOff", "device_offline"),
        ("starting", "device_offline"),
        ("hardwareError", "device_hardware"),
    ],
)
def test_what_may_mend_itself_is_given_ten_seconds(watch: DeviceWatch, word: str, key: str) -> None:
    watch.hear(P1, state(word, cause="why."), 5)
    watch.hear(
        P1, state("offline", cause="why.") if key == "device_offline" else state(word, cause="why."), 9
    )
    assert fault(watch, 14.9) is None
    assert fault(watch, 15) == Fault(key, "why.")
    watch.hear(P1, state("online"), 16)
    assert fault(watch, 16) is None


def test_a_device_that_says_nothing_is_out_of_reach(watch: DeviceWatch) -> None:
    watch.hear(R1, state("online"), 60)
    assert fault(watch, 89) is None
    assert fault(watch, 90) == Fault("device_silent")
    assert fault(watch, 90, R1) is None


def test_when_all_are_gone_it_is_the_room_and_one_alarm(watch: DeviceWatch) -> None:
    assert dict(watch.faults(90)) == {ROOM: Fault("room_gone")}
    watch.hear(P1, state("online"), 100)
    watch.room_is(False, 101)
    watch.room_is(False, 105)
    assert fault(watch, 110, ROOM) is None
    assert dict(watch.faults(111)) == {ROOM: Fault("room_gone")}
    watch.room_is(True, 112)
    assert fault(watch, 112, ROOM) is None


def test_a_device_that_is_not_the_halls_is_not_watched(watch: DeviceWatch) -> None:
    watch.hear(Device("led_board", "zz"), state("offline"), 0)
    assert Device("led_board", "zz") not in dict(watch.faults(60))


def test_nothing_is_said_of_what_is_not_known_yet(watch: DeviceWatch) -> None:
    """After a start an alarm of before is not over because nothing, or only that it is ill, was heard yet."""
    assert dict(watch.faults(1)) == {}
    watch.room_is(online=True, now=1)
    watch.hear(P1, state("offline", cause="why."), 1)
    assert dict(watch.faults(2)) == {ROOM: None}
    watch.hear(R1, state("online"), 2)
    watch.hear(P1, state("online"), 3)
    assert dict(watch.faults(3)) == {ROOM: None, P1: None, R1: None}
