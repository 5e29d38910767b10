"""The lamps of a simulated pad: a FIFO beside the pad's own, into which a driver writes EV_LED events."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

from simulators.kit.wire import place
from simulators.pads.events import lamps


class Lamps:
    """NumLock and its like; `changed` is called when one was switched."""

    def __init__(self, path: Path, changed: Callable[[], None]) -> None:
        self.lit: dict[int, bool] = {}
        self._path = path
        self._changed = changed
        self._end = -1

    def plug(self) -> None:
        """Make the FIFO appear; raises `OSError`."""
        if self._end < 0:
            place(self._path, lambda path: os.mkfifo(path, 0o660))
            # for writing too: else it would count as hung up whenever no driver has it open
            self._end = os.open(self._path, os.O_RDWR | os.O_NONBLOCK)
            asyncio.get_running_loop().add_reader(self._end, self._written)

    def unplug(self) -> None:
        """Take it away; lamps without current are dark."""
        if self._end >= 0:
            asyncio.get_running_loop().remove_reader(self._end)
            os.close(self._end)
            self._end = -1
            self._path.unlink(missing_ok=True)
            self.lit.clear()

    def _written(self) -> None:
        try:
            self.lit |= lamps(os.read(self._end, 4096))
        except BlockingIOError:
            return
        self._changed()
