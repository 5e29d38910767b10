"""A device's picture as a PNG file: drawn off the event loop, replaced in one step, seldom enough."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Executor
from pathlib import Path
from typing import Final

from PIL import Image

log = logging.getLogger(__name__)

REDRAW_GAP_S: Final = 0.5
"""A picture is drawn at most twice a second, real time: enough for an eye, little for a processor."""

Draw = Callable[[], Image.Image]


class Picture:
    """One image file. `want` asks for a new drawing; only the last one asked for is made."""

    def __init__(self, file: Path, studio: Executor) -> None:
        self.file = file
        self.version = 0
        """Grows with every drawing that stands in the file."""
        self._studio = studio
        self._draw: Draw | None = None
        self._wanted = asyncio.Event()

    def want(self, draw: Draw) -> None:
        """Have `draw` called soon, in the studio's thread; it must use nothing that still changes."""
        self._draw = draw
        self._wanted.set()

    async def run(self, drawn: Callable[[], None]) -> None:
        """Draw until cancelled; `drawn` is called after each new picture."""
        loop = asyncio.get_running_loop()
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            assert self._draw is not None
            try:
                await loop.run_in_executor(self._studio, self._save, self._draw)
            except Exception:
                log.exception("%s could not be drawn; the device goes on without it", self.file.name)
            else:
                self.version += 1
                drawn()
            await asyncio.sleep(REDRAW_GAP_S)

    def _save(self, draw: Draw) -> None:
        temporary = self.file.with_name(f".{self.file.name}.new")
        draw().save(temporary, format="png", compress_level=1)
        temporary.replace(self.file)
