"""The evdev link where no input device is at hand: the grab, its failures, and a pad pulled out."""

import errno
import os
from collections.abc import Iterator

import evdev
import pytest

from devices.kit.errors import DeviceError, LinkLost
from devices.kit.links import open_link
from hallfile.links import parse_link
from tests.golden import vector

NULL = parse_link("evdev:/dev/null")
"""A character device that is there everywhere; what opens it is replaced below."""


class StandIn:
    """As much of python-evdev's InputDevice as the link uses, over a pipe."""

    def __init__(self, fd: int, path: str, refusal: int | None) -> None:
        self.fd = fd
        self.path = path
        self.grabbed = False
        self.codes: set[int] = set(range(1, 84))
        self.lamps: dict[int, int] = {0: 0}
        self.down: list[int] = []
        self._refusal = refusal

    def grab(self) -> None:
        if self._refusal is not None:
            raise OSError(self._refusal, os.strerror(self._refusal))
        self.grabbed = True

    def capabilities(self) -> dict[int, list[int]]:
        return {0x01: sorted(self.codes), 0x11: list(self.lamps)}

    def active_keys(self) -> list[int]:
        return self.down

    def set_led(self, lamp: int, value: int) -> None:
        self.lamps[lamp] = value

    def close(self) -> None:
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1


class Plug:
    """A pipe in the pad's place."""

    def __init__(self) -> None:
        self.reading, self.writing = os.pipe()
        self.refusal: int | None = None
        self.made: list[StandIn] = []

    def __call__(self, path: str) -> StandIn:
        self.made.append(StandIn(self.reading, path, self.refusal))
        return self.made[-1]


@pytest.fixture
def plug(monkeypatch: pytest.MonkeyPatch) -> Iterator[Plug]:
    plug = Plug()
    monkeypatch.setattr(evdev, "InputDevice", plug)
    yield plug
    for made in plug.made:
        made.close()
    os.close(plug.writing)


async def test_the_pad_is_grabbed_and_read_as_it_comes(plug: Plug) -> None:
    link = await open_link(NULL)
    assert plug.made[0].grabbed
    frames = vector("evdev", "keypad_enter").bytes
    os.write(plug.writing, frames)
    assert await link.read() == frames
    assert link.received == len(frames)
    await link.close()
    await link.close()
    assert plug.made[0].fd == -1


async def test_a_pad_another_program_holds(plug: Plug) -> None:
    plug.refusal = errno.EBUSY
    with pytest.raises(DeviceError, match="held by another program; stop that program") as caught:
        await open_link(NULL)
    assert caught.value.word == "deviceBusy"
    assert plug.made[0].fd == -1


async def test_a_pad_that_goes_while_it_is_opened(plug: Plug) -> None:
    plug.refusal = errno.ENODEV
    with pytest.raises(DeviceError, match="is not there; plug the pad in") as caught:
        await open_link(NULL)
    assert caught.value.word == "powerOff"


async def test_a_pad_pulled_out_while_it_is_read(plug: Plug, monkeypatch: pytest.MonkeyPatch) -> None:
    link = await open_link(NULL)

    def gone(fd: int, most: int) -> bytes:
        raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))

    with monkeypatch.context() as patched:
        patched.setattr(os, "read", gone)
        with pytest.raises(LinkLost, match="No such device"):
            await link.read()
    await link.close()
