"""What every room's process does the same: logging, signals, and not outliving who started it."""

import asyncio
import ctypes
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final

from broker.client import Bus
from cli.lock import hold_room
from hallfile.premises import Premises

_PR_SET_PDEATHSIG: Final = 1
"""prctl(2): the signal a process gets when its parent ends."""

PARENT: Final = "HALLKEEPER_UP"
"""The environment variable in which `up` gives its rooms its process id."""

LOG_BYTES: Final = 2_000_000
LOG_FILES: Final = 3


def end_with_parent() -> None:
    """A room that `up` started ends with it: the kernel is asked for SIGTERM when the parent dies.

    The parent may be gone before it is asked, so its process id is compared afterwards.
    """
    parent = os.environ.get(PARENT)
    if parent is None or sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if str(os.getppid()) != parent:
        raise SystemExit(f"the `hallkeeper up` that started this room (process {parent}) is gone")


def log_to(folder: Path, room: str) -> None:
    """Log to ``<folder>/<room>.log``, bounded, and to the terminal when a person started the room."""
    handlers: list[logging.Handler] = [
        RotatingFileHandler(
            folder / f"{room}.log", maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8"
        )
    ]
    if sys.stderr.isatty():
        handlers.append(logging.StreamHandler())
    logging.basicConfig(
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        handlers=handlers,
        force=True,
    )


def run_room(premises: Premises, room: str, work: Callable[[Premises, Bus], Awaitable[None]]) -> None:
    """Put a room onto the bus and let it work until SIGTERM or Ctrl-C.

    Raises `cli.lock.AlreadyRunning` before anything else when the room runs in another process.
    """
    with hold_room(premises.run, room):
        log_to(premises.logs, room)
        asyncio.run(_until_told(premises, room, work))


async def _until_told(
    premises: Premises, room: str, work: Callable[[Premises, Bus], Awaitable[None]]
) -> None:
    from broker.join import CannotWork, join

    loop = asyncio.get_running_loop()
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    hall = premises.hall
    bus = join(
        hall=hall.hall.id,
        room=room,
        host=hall.broker.host,
        port=hall.broker.port,
        data=premises.data,
        clock=premises.clock,
    )
    async with bus.running():
        working = asyncio.ensure_future(work(premises, bus))
        stopping = asyncio.ensure_future(told.wait())
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not working.done():
            working.cancel()
        results = await asyncio.gather(working, stopping, return_exceptions=True)
    failure = results[0]
    if isinstance(failure, CannotWork):
        logging.getLogger(room).error("%s", failure)
        raise SystemExit(1)
    if isinstance(failure, Exception):
        logging.getLogger(room).error("the room ended by a fault", exc_info=failure)
        raise SystemExit(1)
