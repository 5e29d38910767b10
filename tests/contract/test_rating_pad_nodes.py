"""Pads of several nodes, known by their port: which node is read, which are held, what the lamps show."""

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import evdev
import pytest

from broker.messages.devices import CloseWindow, OpenWindow, RatingKey
from devices.kit.errors import DeviceError, LinkLost, LinkMissing
from devices.kit.links import evdev as link_module
from devices.kit.links import open_link
from devices.rating_pad.driver import RatingPad
from hallfile.devices import RatingPad as Entry
from hallfile.links import parse_link
from tests.contract.fifo import event
from tests.contract.stand import standing
from tests.contract.test_rating_pad_evdev import StandIn

PORT = "usb-0000:00:14.0-3.2"
DIGITS = {2, 3, 4, 5, 6, 75, 76, 79, 80, 81}
MEDIA = {113, 114, 115}


class Machine:
    """A machine's input devices: nodes with their phys, each a pipe in the place of the kernel's."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.codes: dict[str, set[int]] = {}
        self.opened: dict[str, StandIn] = {}
        self.refuses: dict[str, int] = {}
        self.ends: dict[str, int] = {}
        (folder / "dev").mkdir()

    def plug(self, node: str, phys: str, codes: set[int]) -> None:
        """A node appears."""
        told = self.folder / "sys" / node / "device"
        told.mkdir(parents=True)
        (told / "phys").write_text(f"{phys}\n", encoding="utf-8")
        (self.folder / "dev" / node).symlink_to("/dev/null")
        self.codes[node] = codes

    def __call__(self, path: str) -> StandIn:
        node = os.path.basename(path)
        reading, self.ends[node] = os.pipe()
        made = self.opened[node] = StandIn(reading, path, self.refuses.get(node))
        made.codes = self.codes[node]
        return made

    def close(self) -> None:
        for made in self.opened.values():
            made.close()
        for end in self.ends.values():
            os.close(end)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    machine = Machine(tmp_path)
    monkeypatch.setattr(evdev, "InputDevice", machine)
    monkeypatch.setattr(link_module, "SYSTEM", tmp_path / "sys")
    monkeypatch.setattr(link_module, "DEVICES", tmp_path / "dev")
    yield machine
    machine.close()


def plug_two_pads(machine: Machine) -> None:
    machine.plug("event3", f"{PORT}/input0", MEDIA)
    machine.plug("event4", f"{PORT}/input1", DIGITS)
    machine.plug("event5", f"{PORT}/input1", set())
    machine.plug("event10", "usb-0000:00:14.0-3.21/input0", DIGITS)
    machine.plug("event0", "", DIGITS)


@pytest.mark.parametrize("place", [f"phys={PORT}/input0", f"phys={PORT}/input1"])
async def test_the_node_with_the_digits_is_read_and_the_others_are_held(machine: Machine, place: str) -> None:
    plug_two_pads(machine)
    link = await open_link(parse_link(f"evdev:{place}"))
    assert {node: made.grabbed for node, made in machine.opened.items()} == {
        "event3": True, "event4": True, "event5": False,
    }  # fmt: skip
    os.write(machine.ends["event4"], event(1.0, 1, 79, 1))
    assert await link.read() == event(1.0, 1, 79, 1)
    await link.close()
    assert all(made.fd == -1 for made in machine.opened.values())


async def test_a_pad_named_by_its_path_is_found_with_its_neighbours(machine: Machine) -> None:
    plug_two_pads(machine)
    by_path = machine.folder / "dev" / "by-path"
    by_path.mkdir()
    (by_path / "pci-0000:00:14.0-usb-0:3.2:1.0-event-kbd").symlink_to("../event3")
    machine.codes["pci-0000:00:14.0-usb-0:3.2:1.0-event-kbd"] = MEDIA
    link = await open_link(parse_link(f"evdev:{by_path}/pci-0000:00:14.0-usb-0:3.2:1.0-event-kbd"))
    assert sorted(machine.opened) == ["event4", "event5", "pci-0000:00:14.0-usb-0:3.2:1.0-event-kbd"]
    os.write(machine.ends["event4"], event(1.0, 1, 79, 1))
    assert await link.read() == event(1.0, 1, 79, 1)
    await link.close()


async def test_a_node_without_a_port_has_no_neighbours(machine: Machine) -> None:
    machine.plug("event0", "py-evdev-uinput", DIGITS)
    machine.plug("event1", "py-evdev-uinput", DIGITS)
    link = await open_link(parse_link("evdev:phys=py-evdev-uinput"))
    assert list(machine.opened) == ["event0"]
    await link.close()


async def test_a_pad_whose_neighbour_is_taken_is_taken(machine: Machine) -> None:
    plug_two_pads(machine)
    machine.refuses["event3"] = errno.EBUSY
    with pytest.raises(DeviceError, match="held by another program"):
        await open_link(parse_link(f"evdev:phys={PORT}/input1"))
    assert all(made.fd == -1 for made in machine.opened.values())


async def test_an_empty_port_is_said(machine: Machine) -> None:
    plug_two_pads(machine)
    with pytest.raises(LinkMissing, match=r"no input device has phys=usb-9/input0; plug the pad"):
        await open_link(parse_link("evdev:phys=usb-9/input0"))


async def test_the_lamp_is_lit_while_a_grade_is_waited_for(machine: Machine, tmp_path: Path) -> None:
    plug_two_pads(machine)
    entry = Entry(link=f"evdev:phys={PORT}/input0", counter="3")
    async with standing(RatingPad, entry, tmp_path) as stand:
        await stand.word("online")
        pad = machine.opened["event4"]
        assert pad.lamps == {0: 0}
        await stand.ask(OpenWindow, seconds=20, ticket="t-1")
        assert pad.lamps == {0: 1}
        await stand.ask(CloseWindow)
        assert pad.lamps == {0: 0}
        await stand.ask(OpenWindow, seconds=20, ticket="t-2")
        os.write(machine.ends["event4"], event(1.0, 1, 80, 1) + event(1.0, 0, 0, 0))
        await stand.until(lambda seen: seen.events)
        assert pad.lamps == {0: 0}


async def test_a_press_lost_in_an_overflow_is_caught_up_with(machine: Machine, tmp_path: Path) -> None:
    plug_two_pads(machine)
    entry = Entry(link=f"evdev:phys={PORT}/input0", counter="3")
    async with standing(RatingPad, entry, tmp_path) as stand:
        await stand.word("online")
        await stand.ask(OpenWindow, seconds=20, ticket="t-1")
        machine.opened["event4"].down = [76]
        overflow = event(1.0, 0, 3, 0) + event(1.0, 1, 80, 1) + event(1.0, 0, 0, 0)
        os.write(machine.ends["event4"], overflow)
        await stand.until(lambda seen: seen.events)
        (key,) = stand.events
        assert isinstance(key, RatingKey)
        assert key.grade == 5, "76 is down now; 80 was stale"


async def test_a_pad_that_goes_while_it_is_asked_is_lost(machine: Machine, tmp_path: Path) -> None:
    plug_two_pads(machine)
    link = await open_link(parse_link(f"evdev:phys={PORT}/input0"))
    assert isinstance(link, link_module.PadLink)

    def gone() -> list[int]:
        raise OSError(errno.ENODEV, os.strerror(errno.ENODEV))

    machine.opened["event4"].active_keys = gone  # type: ignore[method-assign]  # the kernel's answer
    with pytest.raises(LinkLost, match="No such device"):
        link.active_keys()
    await link.close()
