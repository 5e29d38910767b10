"""The hall file explained key by key, from the schema itself, so that the page can't drift."""

import ast
from pathlib import Path
from typing import Final

_FILES: Final = (
    "schema.py",
    "services.py",
    "watching.py",
    "duties.py",
    "boards.py",
    "appointments.py",
    "touch.py",
    "reminding.py",
    "devices.py",
    "simulation.py",
)
"""Where tables of the hall file are defined."""

_HEAD: Final = """# The hall file

One TOML file describes one hall: its services, counters, rules and devices. `examples/dezhou.toml` is a whole
one; `hallkeeper check FILE` says what is wrong with yours, a sentence each. This page is written from the
schema (`python -m hallfile.describe > docs/hall-file.md`); a key without a default must stand in the file.
Times of day are "HH:MM" in the hall's zone.

Links (`link = …`) are one of

| link | what it opens |
|---|---|
| `serial:/dev/ttyUSB0?baud=115200` | a serial port, or a USB adapter that looks like one |
| `tcp://192.0.2.7:9100` | a network printer, a board's Ethernet card |
| `udp://192.0.2.8:4048`, `…?check=http` | a pixel board; the check asks its receiver's web page |
| `usb:0400:C35A` | a printer or an ID reader by its USB vendor and product, as `lsusb` lists them |
| `…?serial=A1`, `…?path=1-3.2` | one of several, by serial number or port (`/sys/bus/usb/devices`) |
| `…?via=192.0.2.9:3240` | one that a USB/IP server exports |
| `lp:/dev/usb/lp0` | a USB printer as the kernel's own driver gives it |
| `evdev:/dev/input/by-path/…-event-kbd` | a keypad, grabbed so that its keys go nowhere else |
| `evdev:phys=usb-0000:00:14.0-3.2/input0` | the same, by the name the kernel has for its port |
| `http://0.0.0.0:8091?token_file={data}/credentials/rate-07` | a port opened for a pad that posts its keys |
| `pcm:/path/to/stream?rate=48000` | a stream of 16-bit samples |
| `pcm:/path/to/recording.wav?loop=1` | a recording, played as if it were heard now |
| `audio:default`, `audio:ring` | the loudspeaker, or a ring of WAV files |

`{data}` in a path stands for the hall's data folder.
"""


def describe() -> str:
    """The page as Markdown."""
    classes = {
        node.name: node
        for file in _FILES
        for node in ast.parse(Path(__file__).with_name(file).read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef)
    }
    shown = [node for name, node in classes.items() if not name.startswith("_") and name != "HallFile"]
    return "\n".join([_HEAD, *(_table(node, classes) for node in shown)])


def _table(node: ast.ClassDef, classes: dict[str, ast.ClassDef]) -> str:
    says = (ast.get_docstring(node) or node.name).replace("\n", " ")
    lines = [f"## {says}", "", "| key | type | default | meaning |", "|---|---|---|---|"]
    lines += [_row(*field) for owner in _with_bases(node, classes) for field in _fields(owner)]
    return "\n".join([*lines, ""])


def _with_bases(node: ast.ClassDef, classes: dict[str, ast.ClassDef]) -> list[ast.ClassDef]:
    bases = [classes[base.id] for base in node.bases if isinstance(base, ast.Name) and base.id in classes]
    return [node, *(base for base in bases if not base.name.startswith("_"))]


def _fields(node: ast.ClassDef) -> list[tuple[str, str, str, str]]:
    """(key, type, default, meaning) of each key; the meaning is the string below it."""
    found: list[tuple[str, str, str, str]] = []
    for index, item in enumerate(node.body):
        if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
            below = node.body[index + 1] if index + 1 < len(node.body) else None
            meaning = ""
            if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant):
                meaning = " ".join(str(below.value.value).split())
            default = "" if item.value is None else _default(item.value)
            found.append((item.target.id, ast.unparse(item.annotation), default, meaning))
    return found


def _default(value: ast.expr) -> str:
    if isinstance(value, ast.Call):
        made = value.keywords[0].value
        empty = isinstance(made, ast.Name) and made.id in ("list", "dict")
        return ast.unparse(made.body) if isinstance(made, ast.Lambda) else "empty" if empty else "as below"
    return ast.unparse(value)


def _row(key: str, kind: str, default: str, meaning: str) -> str:
    cells = (f"`{key}`", f"`{kind}`", f"`{default}`" if default else "", meaning)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    print(describe(), end="")  # noqa: T201  # writing the page is what it is for
