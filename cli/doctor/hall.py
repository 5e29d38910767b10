"""What of a hall can't be reached: its file, and the place where each of its devices is plugged in."""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from cli.doctor.findings import Finding, good, note, wrong
from cli.doctor.rights import missing_right
from cli.lock import holds_devices
from hallfile.links import BadLink, LinkUrl, parse_link
from hallfile.load import BadHallFile, load
from hallfile.schema import HallFile

WITH_A_FILE = ("serial", "lp", "evdev", "pcm")
"""Schemes whose path is a file of this machine, where it is a path at all."""


def read_hall(path: Path) -> HallFile | list[Finding]:
    """The hall, or everything that is wrong with its file."""
    try:
        return load(path)
    except BadHallFile as error:
        return [wrong(f"{path}: {fault}") for fault in error.faults]


def data_folder(hall: HallFile, data: Path | None) -> Path:
    """Where the hall keeps its data."""
    return (data if data is not None else Path("var") / hall.hall.id).resolve()


def plugs(hall: HallFile, data: Path) -> Iterator[Finding]:
    """Whether each device that is not simulated has something to be opened."""
    simulated = 0
    for kind, devices in hall.devices().items():
        for name, device in devices.items():
            if device.simulated:
                simulated += 1
                continue
            try:
                yield from _plug(f"{kind} {name}", parse_link(device.link, data))
            except BadLink as error:
                yield wrong(f"{kind} {name}: {error}")
    if simulated:
        yield note(f"{simulated} devices are simulated")


def _plug(who: str, url: LinkUrl) -> Iterator[Finding]:
    if url.scheme not in WITH_A_FILE or not url.path.startswith("/"):
        return
    path = Path(url.path)
    try:
        kind = path.stat().st_mode
        right = missing_right(path)
    except OSError:
        yield wrong(f"{who}: there is no {path}; is it plugged in and switched on?")
        return
    if right is not None:
        yield wrong(f"{who}: {path} may not be opened by this account; {right}")
    elif not stat.S_ISCHR(kind):
        yield note(f"{who}: {path} is no device file")
    else:
        yield good(f"{who}: {path}")


class InFile(NamedTuple):
    """A device of the hall file."""

    kind: str
    name: str
    link: LinkUrl

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


@dataclass(frozen=True)
class Known:
    """What a hall file says of this machine's ports already."""

    links: dict[str, InFile] = field(default_factory=dict)
    """Place → the device that is plugged in there, where it is not simulated."""
    held: frozenset[str] = frozenset()
    """Places that a running hall holds: nothing is asked there."""
    ids: frozenset[str] = frozenset()
    """Ids that are given already."""

    @classmethod
    def of(cls, hall: HallFile, data: Path) -> "Known":
        """What this hall says; what it holds, when it runs."""
        links: dict[str, InFile] = {}
        ids: set[str] = set()
        for kind, devices in hall.devices().items():
            ids |= devices.keys()
            for name, device in devices.items():
                with suppress(BadLink):
                    if not device.simulated:
                        url = parse_link(device.link, data)
                        links[place_of(url)] = InFile(kind, name, url)
        return cls(links, frozenset(links) if holds_devices(data) else frozenset(), frozenset(ids))


def place_of(url: LinkUrl) -> str:
    """What only one program can hold: two names of one port are one place."""
    return os.path.realpath(url.path) if url.path.startswith("/") else url.place
