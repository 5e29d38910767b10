"""What the doctor reads of the system: USB, keypads, sound cards, rights, as files that a test lays out."""

import socket
from pathlib import Path

import msgspec
import pytest

from cli.doctor import inventory, plugged
from cli.doctor.findings import Entry, good, hall_file_lines
from cli.doctor.hall import InFile, Known, place_of
from cli.doctor.plugged import SerialPort, is_connected
from cli.doctor.rights import missing_right, udev_rule
from cli.doctor.wires import wires
from cli.lock import hold, hold_room
from hallfile.devices import TicketPrinter
from hallfile.links import parse_link
from hallfile.load import load

EXAMPLE = Path(__file__).parents[2] / "examples" / "dezhou.toml"


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text + "\n", encoding="utf-8")


@pytest.fixture
def usb(tmp_path: Path) -> list[plugged.UsbDevice]:
    """A reader, a printer, a mouse and a hub."""
    devices = {
        "1-2": ("0400", "c35a", "00", "ID reader", ["ff"]),
        "1-3.4": ("0416", "5011", "00", "POS58 Printer", ["07"]),
        "1-4": ("046d", "c077", "00", "USB Optical Mouse", ["03"]),
        "1-1": ("1d6b", "0002", "09", "Hub", ["09"]),
    }
    for number, (place, (vendor, product, kind, name, classes)) in enumerate(devices.items(), 1):
        folder = f"sys/bus/usb/devices/{place}"
        write(
            tmp_path,
            {
                f"{folder}/idVendor": vendor,
                f"{folder}/idProduct": product,
                f"{folder}/bDeviceClass": kind,
                f"{folder}/product": name,
                f"{folder}/busnum": "1",
                f"{folder}/devnum": str(number),
                f"dev/bus/usb/001/{number:03}": "",
                **{
                    f"{folder}/{place}:1.{index}/bInterfaceClass": interface
                    for index, interface in enumerate(classes)
                },
            },
        )
    return plugged.usb_devices(tmp_path / "sys", tmp_path / "dev")


def test_usb_devices_are_named_and_hubs_left_out(usb: list[plugged.UsbDevice]) -> None:
    assert [device.place for device in usb] == ["1-2", "1-3.4", "1-4"]
    found = [one.finding for one in inventory.usb(usb, Known())]
    assert [finding.mark for finding in found] == ["ok", "ok", "note"]
    assert "SAM_V ID-card reader" in found[0].sentence
    assert hall_file_lines(found, ["r1"]) == [
        "[id_readers]",
        'r2 = { link = "usb:0400:C35A?path=1-2" }',
        "",
        "[ticket_printers]",
        'p1 = { link = "usb:0416:5011?path=1-3.4" }',
    ]


def test_every_line_to_paste_is_a_link_that_can_be_read(usb: list[plugged.UsbDevice]) -> None:
    found = list(inventory.usb(usb, Known()))
    assert [one.kind for one in found if one.link] == ["id_reader", "ticket_printer"]
    for one in found:
        if one.finding.entry is not None:
            assert one.link is not None
            assert str(parse_link(one.finding.entry.keys.split('"')[1])) == one.link


def test_a_device_of_the_hall_file_is_not_offered_again(usb: list[plugged.UsbDevice]) -> None:
    url = parse_link("usb:0400:c35a?path=1-2")
    found = list(inventory.usb(usb, Known({place_of(url): InFile("id_reader", "r1", url)})))
    assert (found[0].finding.mark, found[0].finding.entry, found[0].link) == ("ok", None, None)
    other = parse_link("usb:0400:c35a?path=1-9")
    found = list(inventory.usb(usb, Known({place_of(other): InFile("id_reader", "r1", other)})))
    assert found[0].link == "usb:0400:C35A?path=1-2", "another of the same kind is at another port"


def test_keypads_are_known_by_their_port(tmp_path: Path) -> None:
    name = "pci-0000:00:14.0-usb-0:4:1.0-event-kbd"
    write(tmp_path, {"dev/input/event5": "", "sys/class/input/event5/device/name": "USB KEYPAD"})
    (tmp_path / "dev/input/by-path").mkdir()
    link = tmp_path / "dev/input/by-path" / name
    link.symlink_to("../event5")
    pads = plugged.keyboards(tmp_path / "dev", tmp_path / "sys")
    assert [(pad.says, pad.node.name) for pad in pads] == [("USB KEYPAD", "event5")]
    found = list(inventory.keyboards(pads, Known()))
    assert hall_file_lines(found, []) == [
        "[rating_pads]",
        f'rate-1 = {{ counter = "1", link = "evdev:{link}" }}',
    ]
    url = parse_link(f"evdev:{link}")
    known = Known({place_of(url): InFile("call_pad", "call-01", url)})
    assert "call_pad call-01 of the hall file" in next(inventory.keyboards(pads, known)).sentence


def test_sound_cards_are_offered_by_what_they_can(tmp_path: Path) -> None:
    cards = """ 0 [PCH            ]: HDA-Intel - HDA Intel PCH
                      HDA Intel PCH at 0xf7f10000 irq 31
 1 [Device         ]: USB-Audio - USB PnP Sound Device
                      C-Media USB PnP Sound Device at usb-0000:00:14.0-2"""
    streams = """00-03: HDMI 0 : HDMI 0 : playback 1
01-00: USB Audio : USB Audio : playback 1 : capture 1"""
    write(
        tmp_path,
        {"asound/cards": cards, "asound/pcm": streams, "snd/pcmC0D3p": "", "snd/pcmC1D0c": ""},
    )
    found = list(inventory.sound(plugged.sound_cards(tmp_path, tmp_path)))
    assert hall_file_lines(found, []) == [
        "[announcers]",
        'speaker-1 = { link = "audio:device=HDA Intel PCH" }',
        "",
        "[mic_monitors]",
        'mic-1 = { counter = "1", link = "pcm:device=USB PnP Sound Device?rate=48000" }',
    ]


def test_a_console_is_never_asked() -> None:
    ports = [SerialPort("/dev/ttyS0", "", True), SerialPort("/dev/ttyUSB0", "CP2102")]
    printer = parse_link("tcp://192.0.2.7:9100")
    pad = parse_link("evdev:/dev/input/event3")
    known = Known(
        {place_of(url): InFile("x", str(n), url) for n, url in enumerate((printer, pad))},
        frozenset(),
        frozenset(),
    )
    links, said = wires(ports, known)
    assert links == ["serial:/dev/ttyUSB0", "tcp://192.0.2.7:9100"]
    assert [finding.sentence for finding in said] == [
        "/dev/ttyS0 is the console of this machine; it is not asked"
    ]


def test_what_may_not_be_opened_is_said_with_its_mend(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = tmp_path / "ttyUSB0"
    node.write_text("", encoding="utf-8")
    assert missing_right(node) is None
    monkeypatch.setattr("os.access", lambda *_: False)
    monkeypatch.setattr("cli.doctor.rights._group", lambda _: "dialout")
    node.chmod(0o660)
    assert "adduser $USER dialout" in str(missing_right(node))
    monkeypatch.setattr("cli.doctor.rights._group", lambda _: "root")
    assert 'KERNEL=="ttyUSB0"' in str(missing_right(node))
    rule = str(missing_right(node, ("0400", "c35a")))
    assert 'ATTR{idVendor}=="0400", ATTR{idProduct}=="c35a", MODE="0660", GROUP="plugdev"' in rule
    assert 'GROUP="input"' in udev_rule(Path("/dev/input/event4"), None)
    with pytest.raises(FileNotFoundError):
        missing_right(tmp_path / "nothing")


def test_an_open_connection_is_seen() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        host, port = server.getsockname()
        assert not is_connected(host, port)
        with socket.create_connection((host, port)):
            assert is_connected(host, port)
    assert not is_connected("printer.example", 9100)


def test_ids_that_are_taken_are_given_to_nobody_else() -> None:
    entry = Entry("id_readers", "r", "…")
    found = [good("one", entry), good("two", entry)]
    assert hall_file_lines(found, ["r1", "r3"]) == ["[id_readers]", "r2 = { … }", "r4 = { … }"]


def test_what_a_running_hall_holds_is_known(tmp_path: Path) -> None:
    hall = load(EXAMPLE)
    printer = TicketPrinter(link="tcp://192.0.2.7:9100")
    real = msgspec.structs.replace(hall, ticket_printers={"p1": printer})
    assert Known.of(real, tmp_path).held == frozenset()
    with hold_room(tmp_path, "devices"):
        assert Known.of(real, tmp_path.parent).held == frozenset(), "it is another hall's"
    (tmp_path / "run").mkdir()
    with hold_room(tmp_path / "run", "devices"):
        assert Known.of(real, tmp_path).held
    with hold(tmp_path, "http://127.0.0.1:8080"):
        known = Known.of(real, tmp_path)
    assert known.held == {"192.0.2.7:9100"}
    assert {"p1", "r1", "rate-01"} <= known.ids
    assert set(known.links) == {"192.0.2.7:9100"}, "what is simulated is no port of this machine"
