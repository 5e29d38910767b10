"""`hallkeeper doctor`: what this machine lacks, and what of the hall can't be reached, a sentence each."""

import importlib.util
import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from hallfile.links import BadLink, LinkUrl, parse_link
from hallfile.load import BadHallFile, load
from hallfile.schema import HallFile

GOOD, NOTE, BAD = "[green]ok[/green]", "[yellow]note[/yellow]", "[red]wrong[/red]"

Finding = tuple[str, str]
"""A mark and a sentence."""


def examine(path: Path, data: Path | None) -> bool:
    """Print every finding; says whether nothing is wrong."""
    console = Console()
    findings = [*_machine(), *_hall(path, data)]
    for mark, sentence in findings:
        console.print(f"{mark:>20}  {escape(sentence)}", soft_wrap=True)
    return all(mark != BAD for mark, _ in findings)


def _machine() -> Iterator[Finding]:
    yield from _mosquitto()
    yield from _program("espeak-ng", "espeak-ng", "the loudspeaker has no voice")
    yield from _program("fc-match", "fontconfig", "fonts can't be found by their family")
    for module in ("evdev", "pygame", "escpos", "serial", "paho.mqtt", "sounddevice"):
        if importlib.util.find_spec(module.partition(".")[0]) is None:
            yield BAD, f"the Python package of {module} is missing; run make setup"
    if _sound_devices() == 0:
        yield NOTE, "there is no sound device; announcements go to a WAV ring that the console plays"
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        yield NOTE, "there is no display; the kiosk runs headless and the console shows it"


def _mosquitto() -> Iterator[Finding]:
    from broker.mosquitto import faults, version

    found = version()
    if found is None:
        yield BAD, "Mosquitto is not installed; type: apt-get install mosquitto"
        return
    yield GOOD, f"Mosquitto {'.'.join(map(str, found))}"
    for sentence in faults(found):
        yield NOTE, sentence


def _program(name: str, package: str, without: str) -> Iterator[Finding]:
    if shutil.which(name) is None:
        yield BAD, f"{name} is not installed, so {without}; type: apt-get install {package}"
    else:
        yield GOOD, name


def _sound_devices() -> int:
    try:
        cards = Path("/proc/asound/cards").read_text(encoding="utf-8")
    except OSError:
        return 0
    return cards.count("]:")


def _hall(path: Path, data: Path | None) -> Iterator[Finding]:
    try:
        hall = load(path)
    except BadHallFile as error:
        for fault in error.faults:
            yield BAD, f"{path}: {fault}"
        return
    yield GOOD, f"{path}: {hall.hall.name}"
    folder = (data if data is not None else Path("var") / hall.hall.id).resolve()
    yield from _links(hall, folder)


def _links(hall: HallFile, data: Path) -> Iterator[Finding]:
    simulated = 0
    for kind, devices in hall.devices().items():
        for name, device in devices.items():
            if device.simulated:
                simulated += 1
                continue
            try:
                yield from _link(f"{kind} {name}", parse_link(device.link, data))
            except BadLink as error:
                yield BAD, f"{kind} {name}: {error}"
    if simulated:
        yield NOTE, f"{simulated} devices are simulated"


def _link(who: str, url: LinkUrl) -> Iterator[Finding]:
    if url.scheme in ("tcp", "audio"):
        return
    path = Path(url.path)
    try:
        kind = path.stat().st_mode
    except OSError:
        yield BAD, f"{who}: there is no {path}; is it plugged in and switched on?"
        return
    if not os.access(path, os.R_OK | os.W_OK):
        group = "dialout" if url.scheme == "serial" else "input"
        yield (
            BAD,
            f"{who}: {path} may not be opened by this account; add it to the group: adduser $USER {group}",
        )
    elif not stat.S_ISCHR(kind):
        yield NOTE, f"{who}: {path} is no device file"
    else:
        yield GOOD, f"{who}: {path}"
