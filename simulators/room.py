"""The room of simulators: one stands at the end of the link of every device that is simulated."""

import asyncio
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from broker.client import Bus
from hallfile.catalogue import Catalogue
from hallfile.premises import Premises
from simulators.id_reader.simulator import ReaderStandIn
from simulators.kit.stand_in import Stage, StandIn
from simulators.ticket_printer.simulator import PrinterStandIn

log = logging.getLogger(__name__)

TEXTS = Path(__file__).parent / "texts"


async def run(premises: Premises, bus: Bus) -> None:
    """Simulate the hall's devices until cancelled; then every link is gone, as if pulled out.

    Raises `ValueError` with a sentence when the hall file asks for what can't be simulated.
    """
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="studio") as studio:
        stage = Stage(premises, bus, Catalogue.load(TEXTS, premises.hall.hall.language), studio)
        devices = list(stand_ins(stage))
        refuse_namesakes(devices)
        log.info("%d simulated devices stand at their links", len(devices))
        async with asyncio.TaskGroup() as group:
            for device in devices:
                group.create_task(device.run(), name=f"{device.kind} {device.name}")


def stand_ins(stage: Stage) -> Iterator[StandIn]:
    """One for each simulated device that has a wire; a loudspeaker has none."""
    hall = stage.premises.hall
    for name, printer in hall.ticket_printers.items():
        if printer.simulated:
            yield PrinterStandIn(name, printer, stage)
    for name, reader in hall.id_readers.items():
        if reader.simulated:
            yield ReaderStandIn(name, reader, stage)


def refuse_namesakes(devices: list[StandIn]) -> None:
    """A simulated device has the topic simulator/<id>, so ids must differ across kinds."""
    kinds: dict[str, str] = {}
    for device in devices:
        if device.name in kinds:
            raise ValueError(
                f"{kinds[device.name]} {device.name} and {device.kind} {device.name} are both simulated; "
                "give one of them another id in the hall file"
            )
        kinds[device.name] = device.kind
