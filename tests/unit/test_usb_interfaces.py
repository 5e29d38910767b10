"""Which interface of a device is spoken to, from descriptors as devices have them."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from devices.kit.usb.interfaces import BULK, HID, INTERRUPT, PRINTER, VENDOR, Form, choose


@dataclass
class Endpoint:
    bEndpointAddress: int
    bmAttributes: int = BULK


@dataclass
class Interface:
    bInterfaceClass: int
    endpoints: list[Endpoint] = field(default_factory=list)
    bInterfaceSubClass: int = 0
    bInterfaceProtocol: int = 0
    bInterfaceNumber: int = 0
    bAlternateSetting: int = 0

    def __iter__(self) -> Iterator[Endpoint]:
        return iter(self.endpoints)


def bulk(*addresses: int) -> list[Endpoint]:
    return [Endpoint(address) for address in addresses]


def interrupt(*addresses: int) -> list[Endpoint]:
    return [Endpoint(address, INTERRUPT) for address in addresses]


KEYBOARD = Interface(HID, interrupt(0x83), bInterfaceSubClass=1, bInterfaceProtocol=1, bInterfaceNumber=1)


@pytest.mark.parametrize(
    ("interface", "form", "outs", "ins"),
    [
        (Interface(VENDOR, bulk(0x81, 0x06, 0x85, 0x02)), Form.SPLIT, [0x02, 0x06], [0x81, 0x85]),
        (Interface(VENDOR, bulk(0x02, 0x81)), Form.PLAIN, [0x02], [0x81]),
        (Interface(PRINTER, bulk(0x03, 0x82)), Form.PLAIN, [0x03], [0x82]),
        (Interface(PRINTER, bulk(0x01)), Form.PLAIN, [0x01], []),
        (Interface(HID, interrupt(0x81, 0x02)), Form.HID, [0x02], [0x81]),
        (Interface(HID, interrupt(0x81)), Form.HID, [], [0x81]),
        (Interface(VENDOR, [*bulk(0x02, 0x81), *interrupt(0x83)]), Form.PLAIN, [0x02], [0x81]),
    ],
    ids=[
        "two pairs",
        "one pair",
        "printer",
        "printer that only listens",
        "hid",
        "hid without out",
        "and more",
    ],
)
def test_the_form_follows_from_the_endpoints(
    interface: Interface, form: Form, outs: list[int], ins: list[int]
) -> None:
    choice = choose([KEYBOARD, interface])
    assert choice is not None
    assert choice.interface is interface
    assert choice.form is form
    assert [endpoint.bEndpointAddress for endpoint in choice.outs] == outs
    assert [endpoint.bEndpointAddress for endpoint in choice.ins] == ins


def test_bulk_goes_before_hid_and_both_ways_before_one() -> None:
    hid, pair = Interface(HID, interrupt(0x83, 0x04)), Interface(VENDOR, bulk(0x02, 0x81))
    listens = Interface(PRINTER, bulk(0x01), bInterfaceProtocol=1)
    answers = Interface(PRINTER, bulk(0x01, 0x82), bInterfaceProtocol=2, bAlternateSetting=1)
    packets = Interface(PRINTER, bulk(0x01, 0x82), bInterfaceProtocol=3, bAlternateSetting=2)
    for offered, best in (([hid, pair], pair), ([listens, packets, answers], answers)):
        choice = choose(offered)
        assert choice is not None
        assert choice.interface is best


@pytest.mark.parametrize(
    "interfaces",
    [
        [],
        [KEYBOARD],
        [Interface(0x08, bulk(0x01, 0x81))],
        [Interface(VENDOR, bulk(0x01))],
        [Interface(VENDOR, interrupt(0x81))],
    ],
    ids=["nothing", "a keyboard", "a memory stick", "one way only", "no bulk"],
)
def test_what_is_no_printer_and_no_reader_is_left_alone(interfaces: list[Interface]) -> None:
    assert choose(interfaces) is None
