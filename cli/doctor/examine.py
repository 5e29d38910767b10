"""The examination: machine, hall, and with a scan everything that is plugged in."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from cli.doctor.findings import Finding, good, hall_file_lines, note, tell
from cli.doctor.hall import Known, data_folder, plugs, read_hall
from cli.doctor.machine import machine


def examine(path: Path, data: Path | None, *, scan: bool = False, at: Sequence[str] = ()) -> bool:
    """Print every finding; says whether nothing is wrong.

    `scan`: look at everything plugged in and ask at its wires; `at`: ask at these links only.
    """
    console = Console()
    hall = read_hall(path)
    known = Known() if isinstance(hall, list) else Known.of(hall, data_folder(hall, data))
    found = [] if at else [*machine()]
    if isinstance(hall, list):
        found += hall
    elif not at:
        found += [good(f"{path}: {hall.hall.name}"), *plugs(hall, data_folder(hall, data))]
    well = tell(found, console)
    if scan or at:
        seen = asyncio.run(_scanned(known, at))
        well = tell(seen, console) and well
        _print_lines(hall_file_lines(seen, known.ids), console)
    return well


async def _scanned(known: Known, at: Sequence[str]) -> list[Finding]:
    from cli.doctor import inventory, plugged, wires

    if at:
        return await wires.ask_all(at, known)
    links, said = wires.wires(plugged.serial_ports(), known)
    found = [
        *await _on_usb(known),
        *inventory.keyboards(plugged.keyboards(), known),
        *inventory.sound(plugged.sound_cards()),
        *said,
        *await wires.ask_all(links, known),
    ]
    return [*found, note("network devices are found when they are named: --at tcp://192.0.2.7:9100")]


async def _on_usb(known: Known) -> list[Finding]:
    """What stands on USB; what a device says of itself counts more than what its number says."""
    from cli.doctor import inventory, plugged, wires

    found = list(inventory.usb(plugged.usb_devices(), known))
    asked = [one for one in found if one.link is not None]
    answers = await asyncio.gather(*(wires.ask(str(one.link), known, one.kind) for one in asked))
    said = {id(one): answer for one, answer in zip(asked, answers, strict=True) if answer.entry is not None}
    return [said.get(id(one), one.finding) for one in found]


def _print_lines(lines: list[str], console: Console) -> None:
    if lines:
        console.print("\nFor the hall file (an id may be changed; a counter must be yours):\n")
        for line in lines:
            console.print(line, soft_wrap=True, markup=False, highlight=False)
