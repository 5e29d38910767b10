"""One hall, one `up`, one process a room: a second one is told where the first is."""

import fcntl
import json
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


class AlreadyRunning(RuntimeError):
    """Another `up` holds this hall; the message says which and where."""


@contextmanager
def hold(data: Path, address: str) -> Iterator[None]:
    """Hold the hall for the length of a with-block; raises `AlreadyRunning`."""
    with _held(data / "up.lock", {"pid": os.getpid(), "address": address}, _who):
        yield


@contextmanager
def hold_room(run: Path, room: str) -> Iterator[None]:
    """Hold one room of a hall for the length of a with-block; raises `AlreadyRunning`."""

    def who(path: Path) -> str:
        holder = _read(path).get("pid", "unknown")
        return f"the room {room} of this hall runs already (process {holder}); end that one first"

    with _held(run / f"{room}.lock", {"pid": os.getpid()}, who):
        yield


def holds_devices(data: Path) -> bool:
    """Whether a running hall speaks with its devices now: its `up`, or its device room alone."""
    return any(_is_locked(path) for path in (data / "up.lock", data / "run" / "devices.lock"))


def _is_locked(path: Path) -> bool:
    try:
        with path.open("r", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


@contextmanager
def _held(path: Path, told: dict[str, object], who: Callable[[Path], str]) -> Iterator[None]:
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(who(path)) from None
        file.truncate(0)
        file.write(json.dumps(told))
        file.flush()
        yield


def _who(path: Path) -> str:
    holder = _read(path)
    if not {"pid", "address"} <= set(holder):
        return "this hall is already running; end it with Ctrl-C first"
    return (
        f"this hall is already running (process {holder['pid']}): open {holder['address']}, "
        "or end it there with Ctrl-C first"
    )


def _read(path: Path) -> dict[str, object]:
    try:
        holder = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return holder if isinstance(holder, dict) else {}


def taken_port(host: str, port: int) -> bool:
    """Whether somebody else listens at an address we mean to listen at."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False
