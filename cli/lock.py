"""One hall, one `up`: a second one is told where the first is."""

import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class AlreadyRunning(RuntimeError):
    """Another `up` holds this hall; the message says which and where."""


@contextmanager
def hold(data: Path, address: str) -> Iterator[None]:
    """Hold the hall for the length of a with-block; raises `AlreadyRunning`."""
    path = data / "up.lock"
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(_who(path)) from None
        file.truncate(0)
        file.write(json.dumps({"pid": os.getpid(), "address": address}))
        file.flush()
        yield


def is_held(data: Path) -> bool:
    """Whether an `up` runs this hall now."""
    try:
        with (data / "up.lock").open("r", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def _who(path: Path) -> str:
    try:
        holder = json.loads(path.read_text(encoding="utf-8"))
        return (
            f"this hall is already running (process {holder['pid']}): open {holder['address']}, "
            "or end it there with Ctrl-C first"
        )
    except (OSError, ValueError, KeyError):
        return "this hall is already running; end it with Ctrl-C first"


def taken_port(host: str, port: int) -> bool:
    """Whether somebody else listens at an address we mean to listen at."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False
