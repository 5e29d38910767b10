"""A second `up` is told that a hall is running already, and where."""

import socket
from pathlib import Path

import pytest

from cli.lock import AlreadyRunning, hold, hold_room, taken_port


def test_the_second_is_told_where_the_first_is(tmp_path: Path) -> None:
    with hold(tmp_path, "http://127.0.0.1:8080"):
        with pytest.raises(AlreadyRunning, match="already running .* open http://127.0.0.1:8080"):
            with hold(tmp_path, "http://127.0.0.1:8080"):
                pass
    with hold(tmp_path, "http://127.0.0.1:8080"):
        pass


def test_a_port_somebody_listens_at_is_taken() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        assert taken_port("127.0.0.1", listener.getsockname()[1])


def test_a_room_runs_once(tmp_path: Path) -> None:
    with hold_room(tmp_path, "controller"):
        with pytest.raises(AlreadyRunning, match="the room controller of this hall runs already"):
            with hold_room(tmp_path, "controller"):
                pass
