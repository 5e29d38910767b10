"""What the tests of several parts stand on: the console's house, and a port for virtual USB."""

import socket
from pathlib import Path

import pytest

from console.house import House
from console.tongue import Tongue
from simulators.usb import hub
from tests.console_hall import SeededHall, premises_in


@pytest.fixture
def house(tmp_path: Path) -> House:
    """The console's own view of the example hall, before anything was heard."""
    premises = premises_in(tmp_path)
    return House.on(premises, SeededHall(premises).bus)


@pytest.fixture
def say(house: House) -> Tongue:
    """The console in Chinese."""
    return house.tongue("zh-CN")


@pytest.fixture
def usbip_port(monkeypatch: pytest.MonkeyPatch) -> int:
    """Not the one a technician may be using."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = int(taken.getsockname()[1])
    monkeypatch.setattr(hub, "PORT", port)
    return port
