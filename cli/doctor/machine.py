"""What this machine has and lacks for a hall to run on it."""

import importlib.util
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from cli.doctor.findings import Finding, good, note, wrong


def machine() -> Iterator[Finding]:
    """Programs, packages, sound and display."""
    yield from _mosquitto()
    yield from _program("espeak-ng", "espeak-ng", "the loudspeaker has no voice")
    yield from _program("fc-match", "fontconfig", "fonts can't be found by their family")
    for module in ("evdev", "pygame", "escpos", "serial", "usb", "paho.mqtt", "sounddevice"):
        if importlib.util.find_spec(module.partition(".")[0]) is None:
            yield wrong(f"the Python package of {module} is missing; run make setup")
    if _sound_devices() == 0:
        yield note("there is no sound device; announcements go to a WAV ring that the console plays")
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        yield note("there is no display; the kiosk runs headless and the console shows it")


def _mosquitto() -> Iterator[Finding]:
    from broker.mosquitto import faults, version

    found = version()
    if found is None:
        yield wrong("Mosquitto is not installed; type: apt-get install mosquitto")
        return
    yield good(f"Mosquitto {'.'.join(map(str, found))}")
    for sentence in faults(found):
        yield note(sentence)


def _program(name: str, package: str, without: str) -> Iterator[Finding]:
    if shutil.which(name) is None:
        yield wrong(f"{name} is not installed, so {without}; type: apt-get install {package}")
    else:
        yield good(name)


def _sound_devices() -> int:
    try:
        cards = Path("/proc/asound/cards").read_text(encoding="utf-8")
    except OSError:
        return 0
    return cards.count("]:")
