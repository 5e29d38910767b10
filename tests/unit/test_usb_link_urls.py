"""How a hall file names USB devices and printers' device files."""

import pytest

from hallfile.links import BadLink, parse_link


def test_a_usb_link_is_read_and_written() -> None:
    text = "usb:0400:C35A?serial=A1&path=1-3.2"
    link = parse_link(text)
    assert (link.scheme, link.path, link.options) == ("usb", "0400:C35A", {"serial": "A1", "path": "1-3.2"})
    assert str(link) == text
    assert parse_link("lp:/dev/usb/lp0").path == "/dev/usb/lp0"


def test_two_of_a_kind_have_different_places() -> None:
    places = {
        parse_link(link).place
        for link in (
            "usb:1209:0001?path=1-1",
            "usb:1209:0001?path=1-2",
            "usb:1209:0001?serial=A1",
            "usb:1209:0001",
            "usb:1209:0001?via=192.0.2.9:3240",
        )
    }
    assert len(places) == 5
    assert parse_link("usb:0400:C35A").place == parse_link("usb:0400:c35a?form=split").place


@pytest.mark.parametrize(
    "text", ["usb:", "usb:0400", "usb:400:C35A", "usb:0400:C35G", "usb:/dev/bus/usb/001/002"]
)
def test_what_is_no_vendor_and_product(text: str) -> None:
    with pytest.raises(BadLink):
        parse_link(text)
