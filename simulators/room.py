"""The room of simulators: one stands at the end of the link of every device that is simulated."""

import asyncio
import logging
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from broker.client import Bus
from hallfile.catalogue import Catalogue
from hallfile.devices import Device
from hallfile.premises import Premises
from simulators.gateway.simulator import GatewayStandIn
from simulators.id_reader.simulator import ReaderStandIn
from simulators.kit.party import PartyLines
from simulators.kit.stand_in import Stage, StandIn
from simulators.led_board.pixels import PixelStandIn
from simulators.led_board.simulator import BoardStandIn
from simulators.mic_monitor.instrument import INSTRUMENTS, InstrumentStandIn
from simulators.mic_monitor.simulator import MicStandIn
from simulators.mic_monitor.ticker import Ticker
from simulators.pads.simulator import CallPadStandIn, RatingPadStandIn
from simulators.ticket_printer.simulator import PrinterStandIn

Entry = TypeVar("Entry", bound=Device)

log = logging.getLogger(__name__)

TEXTS = Path(__file__).parent / "texts"
DRAWING_NICENESS = 10
"""Linux lets each thread have its own."""


async def run(premises: Premises, bus: Bus) -> None:
    """Simulate the hall's devices until cancelled; then every link is gone, as if pulled out.

    Raises `ValueError` with a sentence when the hall file asks for what can't be simulated, `OSError` when
    its file of ID cards can't be read.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="studio", initializer=step_back) as studio:
        stage = Stage(premises, bus, Catalogue.load(TEXTS, premises.hall.hall.language), studio)
        ticker = Ticker(stage.clock)
        devices = list(stand_ins(stage, ticker))
        log.info("%d simulated devices stand at their links", len(devices))
        async with asyncio.TaskGroup() as group:
            group.create_task(ticker.run(), name="ticker of the pickups")
            for device in devices:
                group.create_task(device.run(), name=f"{device.kind} {device.name}")


def step_back() -> None:
    """Let this thread wait while others have work: a picture must never make a simulated device late."""
    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), DRAWING_NICENESS)


def stand_ins(stage: Stage, ticker: Ticker) -> Iterator[StandIn]:
    """One for each simulated device that has a wire (a loudspeaker has none), and each gateway."""
    hall = stage.premises.hall
    for name, printer in _simulated(hall.ticket_printers):
        yield PrinterStandIn(name, printer, stage)
    for name, reader in _simulated(hall.id_readers):
        yield ReaderStandIn(name, reader, stage)
    for name, rating_pad in _simulated(hall.rating_pads):
        yield RatingPadStandIn(name, rating_pad, stage)
    for name, call_pad in _simulated(hall.call_pads):
        yield CallPadStandIn(name, call_pad, stage)
    lines = PartyLines()
    for name, board in _simulated(hall.led_boards):
        if board.model == "ddp":
            yield PixelStandIn(name, board, stage)
        else:
            yield BoardStandIn(name, board, stage, lines)
    for name, mic in _simulated(hall.mic_monitors):
        if mic.model in INSTRUMENTS:
            yield InstrumentStandIn(name, mic, stage, lines)
        else:
            yield MicStandIn(name, mic, stage, ticker)
    for name, gateway in hall.gateways.items():
        if gateway.simulated:
            yield GatewayStandIn(name, gateway, stage)


def _simulated(entries: dict[str, Entry]) -> Iterator[tuple[str, Entry]]:
    return ((name, entry) for name, entry in entries.items() if entry.simulated)
