"""Asking at a wire what stands at its other end, and saying it in a sentence and a line for the hall file."""

import asyncio
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from cli.doctor.findings import Entry, Finding, good, note, wrong
from cli.doctor.hall import InFile, Known, place_of
from cli.doctor.plugged import SerialPort, is_connected
from cli.doctor.probes import Found, Identified, Noise, identify
from cli.doctor.rights import missing_right
from devices.kit.errors import DeviceError
from devices.kit.links import open_link
from devices.room import TEXTS
from hallfile.catalogue import Catalogue
from hallfile.links import BadLink, LinkUrl, parse_link

NAMES: Final[dict[Found, str]] = {
    "ticket_printer": "an ESC/POS ticket printer",
    "id_reader": "a SAM_V ID-card reader",
    "led_board": "an Onbon LED card",
    "mic_monitor": "a noise module that pushes its level",
}
PREFIXES: Final[dict[Found, str]] = {
    "ticket_printer": "p",
    "id_reader": "r",
    "led_board": "b",
    "mic_monitor": "mic-",
}
SPEAKS: Final = ("ticket_printer", "id_reader", "led_board")
"""Kinds whose devices answer a harmless question; what the hall file says is of another is left alone."""
WORTH_A_NOTE: Final = frozenset(("paper_low",))
"""Troubles that keep nothing from working."""
ASKED: Final = ("serial", "tcp", "lp", "usb")
"""Schemes of the wires at which a device can be asked what it is."""


def wires(ports: Iterable[SerialPort], known: Known) -> tuple[list[str], list[Finding]]:
    """The links to ask at, and what is to be said of ports that are not asked."""
    links: list[str] = []
    said: list[Finding] = []
    for port in ports:
        if port.is_console:
            said.append(note(f"{port.path} is the console of this machine; it is not asked"))
        else:
            links.append(f"serial:{port.path}")
    named = {place_of(parse_link(link)) for link in links}
    for place, one in known.links.items():
        if one.link.scheme in ASKED and place not in named:
            links.append(str(one.link))
    return links, said


async def ask(text: str, known: Known, likely: str | None = None) -> Finding:
    """Ask at one link what is there; `likely`: the kind of device that is expected."""
    try:
        url = parse_link(text)
    except BadLink as error:
        return wrong(str(error))
    if url.scheme not in ASKED:
        return note(
            f"{url}: only {', '.join(f'{scheme}:' for scheme in ASKED)} links can be asked what they are"
        )
    place = place_of(url)
    in_file = known.links.get(place)
    if place in known.held:
        return note(f"{url.place}: the running hall holds it ({in_file}); end the hall to have it asked")
    if in_file is not None and in_file.kind not in SPEAKS:
        return note(f"{url.place} ({in_file}): is never asked; its card on the bench page says how it is")
    if url.scheme == "tcp" and is_connected(url.host, url.port):
        return note(f"{url.place}: a program on this machine speaks with it; end that to have it asked")
    return _closed(url) or await _asked(url, in_file, likely)


async def _asked(url: LinkUrl, in_file: InFile | None, likely: str | None) -> Finding:
    first = _baud(url if in_file is None else in_file.link)
    try:
        link = await open_link(url)
    except DeviceError as error:
        return note(error.cause) if in_file is None else wrong(f"{in_file}: {error.cause}")
    try:
        found = await identify(link, first, likely if in_file is None else in_file.kind)
    except DeviceError as error:
        return wrong(error.cause)
    finally:
        await link.close()
    return _finding(url, found, in_file, first)


def _finding(
    url: LinkUrl, found: Identified | Noise | None, in_file: InFile | None, first: int | None
) -> Finding:
    where = url.place if in_file is None else f"{url.place} ({in_file})"
    if found is None:
        silence = f"{where}: nobody answers; check power and cable, or it is a device that is never asked"
        return wrong(silence) if in_file is not None else note(silence)
    if isinstance(found, Noise):
        return wrong(
            f"{where}: something answers that can't be understood ({found.data[:16].hex(' ') or 'noise'}); "
            "check the speed it is set to and the cable, or it is a device this program does not know"
        )
    link = _link(url, found)
    what = NAMES[found.kind] + (f" at {found.baud} baud" if found.baud else "")
    keys = f'link = "{link}"' + (f", {found.keys}" if found.keys else "")
    entry = None if in_file is not None else Entry(f"{found.kind}s", PREFIXES[found.kind], keys)
    troubles = list(_troubles(found, in_file, first))
    if troubles:
        return wrong(f"{where}: {what}; {'; '.join(troubles)}", entry)
    if found.trouble is not None:
        return note(f"{where}: {what}; {_sentence(found.trouble)}", entry)
    return good(f"{where}: {what}", entry)


def _troubles(found: Identified, in_file: InFile | None, first: int | None) -> Iterator[str]:
    if in_file is not None and in_file.kind != found.kind:
        yield f"the hall file says it is {in_file}"
    if found.baud is not None and first is not None and found.baud != first:
        yield f"wrong speed: its link says {first}; write baud={found.baud}, or set the device to {first}"
    if found.trouble is not None and found.trouble not in WORTH_A_NOTE:
        yield _sentence(found.trouble)


def _sentence(trouble: str) -> str:
    own = {"paper_low": "its paper is near its end; lay a new roll ready"}
    return own.get(trouble) or Catalogue.load(TEXTS, "en")(trouble)


def _link(url: LinkUrl, found: Identified) -> str:
    if found.baud is None:
        return str(url)
    return str(LinkUrl(url.scheme, path=url.path, options={**url.options, "baud": str(found.baud)}))


def _baud(url: LinkUrl) -> int | None:
    """The speed its link names; None where it names none."""
    try:
        return url.number("baud", 0) or None
    except BadLink:
        return None


def _closed(url: LinkUrl) -> Finding | None:
    """What keeps this account from a port that is there."""
    if not url.path.startswith("/"):
        return None
    try:
        right = missing_right(Path(url.path))
    except OSError:
        return None
    return None if right is None else wrong(f"{url.path} may not be opened by this account; {right}")


async def ask_all(links: Iterable[str], known: Known) -> list[Finding]:
    """Ask at all of them side by side."""
    return list(await asyncio.gather(*(ask(link, known) for link in dict.fromkeys(links))))
