"""What stands on USB, among the input devices and the sound cards: named without being opened."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cli.doctor.findings import Entry, Finding, good, note, wrong
from cli.doctor.hall import Known, place_of
from cli.doctor.plugged import Keyboard, SoundCard, UsbDevice
from cli.doctor.rights import missing_right
from hallfile.links import LinkUrl

READERS: Final[dict[str, str]] = {
    "0400:c35a": "a SAM_V ID-card reader",
    "10c4:0007": "a SAM_V ID-card reader behind a HID wrapper",
    "0483:5652": "perhaps a SAM_V ID-card reader",
}
"""protocols.md 1.8: vendor and product."""


@dataclass(frozen=True)
class UsbFound:
    """A USB device, and where it can be asked what it is."""

    finding: Finding
    link: str | None = None
    """Set where it may be opened and is not in the hall file."""
    kind: str = ""
    """What it probably is."""


def usb(devices: Iterable[UsbDevice], known: Known) -> Iterator[UsbFound]:
    """USB devices that a hall can use, and what keeps it from that."""
    for device in devices:
        where = f"USB {device.place}"
        what = _usb_kind(device)
        if what is None:
            yield UsbFound(note(f"{where}: {device.says or device.id} is nothing a hall uses directly"))
            continue
        name, kind = what
        if any(_is_it(device, one.link) for one in known.links.values()):
            yield UsbFound(good(f"{where}: {name}, in the hall file already"))
            continue
        link = f"usb:{device.id.upper()}?path={device.place}"
        entry = Entry(f"{kind}s", "r" if kind == "id_reader" else "p", f'link = "{link}"')
        found = _openable(f"{where}: {name}", device.node, entry, (device.vendor, device.product))
        yield UsbFound(found, link if found.mark == "ok" else None, kind)


def keyboards(devices: Iterable[Keyboard], known: Known) -> Iterator[Finding]:
    """Keypads, by the port they are plugged into."""
    for device in devices:
        url = LinkUrl("evdev", path=str(device.path))
        who = f"{device.path.name}: {device.says or 'an input device'}"
        if (taken := known.links.get(place_of(url))) is not None:
            yield good(f"{who}, {taken} of the hall file")
            continue
        entry = Entry("rating_pads", "rate-", f'counter = "1", link = "{url}"')
        hint = "a keypad; write its counter, or put its line under [call_pads]"
        yield _openable(f"{who} — {hint}", device.node, entry)


def sound(cards: Iterable[SoundCard]) -> Iterator[Finding]:
    """Sound cards, each as a pickup, a loudspeaker, or both."""
    for card in cards:
        ways = [word for word, can in (("captures", card.captures), ("plays", card.plays)) if can]
        who = f"sound card {card.name}: {' and '.join(ways) or 'without streams'}"
        entry = None
        if card.captures:
            entry = Entry(
                "mic_monitors", "mic-", f'counter = "1", link = "pcm:device={card.name}?rate=48000"'
            )
        elif card.plays:
            entry = Entry("announcers", "speaker-", f'link = "audio:device={card.name}"')
        yield _openable(who, card.nodes[0], entry) if card.nodes else note(who)


def _is_it(device: UsbDevice, link: LinkUrl) -> bool:
    """Whether a link opens this device: of two of a kind, by the port or the serial number it names."""
    return (
        link.scheme == "usb"
        and link.path.lower() == device.id
        and (link.options.get("path", device.place) == device.place)
    )


def _usb_kind(device: UsbDevice) -> tuple[str, str] | None:
    """What it is in words, and its kind."""
    if device.id in READERS:
        return READERS[device.id], "id_reader"
    if device.is_printer:
        return f"a printer ({device.says or device.id})", "ticket_printer"
    return None


def _openable(who: str, node: Path, entry: Entry | None, usb_id: tuple[str, str] | None = None) -> Finding:
    try:
        right = missing_right(node, usb_id)
    except OSError:
        return wrong(f"{who}, but there is no {node}; plug it in again")
    if right is None:
        return good(who, entry)
    return wrong(f"{who}, but {node} may not be opened by this account; {right}", entry)
