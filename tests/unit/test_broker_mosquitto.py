"""What Mosquitto is given: configuration, passwords, and the least each room needs."""

import base64
import hashlib
import stat
from pathlib import Path

import pytest

import broker.mosquitto
from broker.access import UnknownRoom, acl, rights
from broker.client import matches
from broker.credentials import password
from broker.mosquitto import MosquittoMissing, command, faults, prepare, version

ROOMS = ["controller", "devices", "console", "simulators", "kiosk-k1", "kiosk-k2", "observer", "up", "bench"]


def may(room: str, what: str, topic: str) -> bool:
    """Whether `room` may "read" or "write" what stands on `topic` of hall h."""
    return any(matches(filter_, f"hall/h/{topic}") for filter_ in getattr(rights("h", room), what))


@pytest.mark.parametrize(
    ("topic", "writers"),
    [
        ("ticket_printer/p1/state", {"devices"}),
        ("id_reader/r1/event", {"devices"}),
        ("mic_monitor/m1/telemetry", {"devices"}),
        ("led_board/b1/availability", {"devices"}),
        ("ticket_printer/p1/reply", {"devices"}),
        ("ticket_printer/p1/command", {"controller", "kiosk-k1", "kiosk-k2"}),
        ("rating_pad/x/command", {"controller"}),
        ("rating_pad/x/ack", {"controller"}),
        ("controller/main/state", {"controller"}),
        ("controller/main/event", {"controller"}),
        ("queue/a/state", {"controller"}),
        ("counter/3/event", {"controller"}),
        ("alarm/a1/state", {"controller"}),
        ("kiosk/k1/state", {"kiosk-k1"}),
        ("kiosk/k2/state", {"kiosk-k2"}),
        ("simulator/p1/state", {"simulators"}),
        ("simulator/k1/state", {"simulators", "kiosk-k1"}),
        ("room/devices/availability", {"devices"}),
        ("room/controller/availability", {"controller"}),
        ("room/broker/availability", set()),
        ("room/console/reply", {"controller", "devices", "simulators", "kiosk-k1", "kiosk-k2"}),
        (
            "controller/main/command",
            {"console", "simulators", "kiosk-k1", "kiosk-k2", "bench"},
        ),
        ("controller/other/command", set()),
        ("simulator/p1/command", {"console", "simulators", "bench"}),
    ],
)
def test_a_topic_is_written_only_by_whom_it_belongs_to(topic: str, writers: set[str]) -> None:
    assert {room for room in ROOMS if may(room, "write", topic)} == writers


@pytest.mark.parametrize(
    ("topic", "readers"),
    [
        ("ticket_printer/p1/command", {"devices", "observer", "bench"}),
        ("controller/main/command", {"controller", "observer", "bench"}),
        ("kiosk/k1/command", {"kiosk-k1", "observer", "bench"}),
        ("room/kiosk-k1/reply", {"kiosk-k1", "observer", "bench"}),
        ("rating_pad/x/ack", {"devices", "observer", "bench"}),
        ("queue/a/state", set(ROOMS) - {"devices", "up"}),
        ("id_reader/r1/event", set(ROOMS) - {"devices", "up"}),
        ("announcer/hall/event", set(ROOMS) - {"kiosk-k1", "kiosk-k2", "up"}),
        ("room/devices/availability", set(ROOMS) - {"devices"}),
    ],
)
def test_a_topic_is_heard_only_by_who_needs_it(topic: str, readers: set[str]) -> None:
    assert {room for room in ROOMS if may(room, "read", topic)} == readers


def test_nobody_reaches_into_another_hall() -> None:
    for room in ROOMS:
        for filter_ in (*rights("h", room).read, *rights("h", room).write):
            assert filter_.startswith("hall/h/") or (room, filter_) == ("observer", "$SYS/#")


def test_the_list_says_each_right_once_under_its_room() -> None:
    lines = acl("h", ["observer", "kiosk-k1"]).splitlines()
    assert lines[0] == "user observer"
    assert "topic read hall/h/#" in lines[: lines.index("user kiosk-k1")]
    kiosk = lines[lines.index("user kiosk-k1") :]
    assert "topic write hall/h/kiosk/k1/state" in kiosk
    assert len(kiosk) == len(set(kiosk))


@pytest.mark.parametrize("room", ["", "kiosk-", "kiosk-K1", "kiosk-+", "cleaner", "devices\nuser x"])
def test_a_room_of_which_nothing_is_known_gets_nothing(room: str) -> None:
    with pytest.raises(UnknownRoom):
        acl("h", [room])


def test_the_folder_is_made_and_its_secrets_are_the_owners_only(tmp_path: Path) -> None:
    config = prepare(tmp_path, "h", "127.0.0.1", 1883, ROOMS)
    text = config.read_text(encoding="utf-8")
    for line in (
        "listener 1883 127.0.0.1",
        "allow_anonymous false",
        "persistence true",
        "autosave_on_changes false",
        "autosave_interval 1",
        "set_tcp_nodelay true",
        "max_queued_messages 100000",
        "max_packet_size 69632",
        f"persistence_location {tmp_path}/broker/",
        f"log_dest file {tmp_path}/logs/broker.log",
    ):
        assert line in text.splitlines()
    secrets = [*(tmp_path / "credentials").iterdir(), *(tmp_path / "broker").iterdir()]
    assert sorted(path.name for path in (tmp_path / "credentials").iterdir()) == sorted(ROOMS)
    for path in secrets:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for folder in ("credentials", "broker"):
        assert stat.S_IMODE((tmp_path / folder).stat().st_mode) == 0o700


def test_passwords_are_kept_and_stand_hashed_in_mosquittos_file(tmp_path: Path) -> None:
    secret = password(tmp_path, "devices")
    for _ in range(2):
        prepare(tmp_path, "h", "127.0.0.1", 1883, ROOMS)
    assert password(tmp_path, "devices") == secret
    assert len({password(tmp_path, room) for room in ROOMS}) == len(ROOMS)
    lines = (tmp_path / "broker" / "passwords").read_text(encoding="ascii").splitlines()
    entries = dict(line.split(":", 1) for line in lines)
    assert list(entries) == ROOMS
    assert not any(secret in line for line in lines)
    _, seven, rounds, salt, digest = entries["devices"].split("$")
    assert seven == "7"
    made = hashlib.pbkdf2_hmac("sha512", secret.encode(), base64.b64decode(salt), int(rounds))
    assert base64.b64decode(digest) == made


def test_a_name_that_is_no_room_reaches_no_file(tmp_path: Path) -> None:
    for name in ("", "../x", "a/b", ".hidden"):
        with pytest.raises(ValueError, match="room's name"):
            password(tmp_path, name)


def test_a_long_log_is_put_aside_at_the_next_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broker.mosquitto, "LOG_BYTES", 10)
    log = tmp_path / "logs" / "broker.log"
    prepare(tmp_path, "h", "127.0.0.1", 1883, [])
    log.write_text("a line that is longer than ten bytes", encoding="ascii")
    prepare(tmp_path, "h", "127.0.0.1", 1883, [])
    assert not log.exists()
    assert log.with_name("broker.log.1").exists()


def test_a_missing_mosquitto_is_said_with_its_mend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broker.mosquitto, "_program", lambda: None)
    assert version() is None
    with pytest.raises(MosquittoMissing, match="apt-get install mosquitto"):
        command(tmp_path / "mosquitto.conf")


def test_the_version_is_read_from_what_mosquitto_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "mosquitto"
    monkeypatch.setattr(broker.mosquitto, "_program", lambda: str(program))
    assert version() is None
    for said, found in (("mosquitto version 2.0.11", (2, 0, 11)), ("nothing", None)):
        program.write_text(f"#!/bin/sh\necho {said}\nexit 3\n", encoding="ascii")
        program.chmod(0o755)
        assert version() == found
    assert command(Path("x.conf")) == [str(program), "-c", "x.conf"]


def test_known_faults_are_named_up_to_the_version_that_mends_them() -> None:
    assert all("2.0.11" in sentence for sentence in faults((2, 0, 11)))
    assert len(faults((2, 0, 20))) == 2
    assert faults((2, 0, 21)) == []
    assert faults((2, 1, 0)) == []
