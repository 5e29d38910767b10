"""The citizen's rating pad (评价器): one grade for one ticket, inside its window; never a default grade."""

import asyncio
from pathlib import Path
from typing import Any, Final, Literal

from broker.door import Refusal
from broker.messages.devices import CloseWindow, OpenWindow, PadState, RatingKey
from devices.kit.device import Opener, Surroundings
from devices.kit.keypad import Keypad
from hallfile.devices import Device as Entry

Grade = Literal[1, 2, 3, 4, 5]

LONGEST_WINDOW_S: Final = 3600.0
"""A window forgotten open would give one visitor's ticket the next visitor's grade."""


class RatingPad(Keypad[Grade]):
    """Five keys. Outside a window they do nothing; inside it the first press counts and ends it."""

    kind = "rating_pad"
    takes_commands = True
    keymaps = Path(__file__).parent / "keymaps"
    meanings = dict[int, Grade]

    def __init__(self, name: str, entry: Entry, opener: Opener, around: Surroundings) -> None:
        super().__init__(name, entry, opener, around)
        self._ticket: str | None = None
        self._closing: asyncio.TimerHandle | None = None

    @property
    def waiting(self) -> bool:
        return self._ticket is not None

    async def act(self, command: Any) -> dict[str, Any]:
        match command:
            case OpenWindow(seconds=seconds, ticket=ticket):
                if not 0 < seconds <= LONGEST_WINDOW_S:
                    raise Refusal("bad_value", self.around.sentence("bad_value"))
                self.open_window(seconds, ticket)
            case CloseWindow():
                self.close_window()
            case _:
                return await super().act(command)
        return {}

    def open_window(self, seconds: float, ticket: str) -> None:
        """Take one grade for `ticket` during `seconds` real seconds; ends a window that is open."""
        self.close_window()
        self._ticket = ticket
        self._closing = asyncio.get_running_loop().call_later(seconds, self.close_window)
        self.signal()
        self.changed()

    def close_window(self) -> None:
        """Take no grade any more."""
        if self._closing is not None:
            self._closing.cancel()
            self._closing = None
        if self._ticket is not None:
            self._ticket = None
            self.signal()
            self.changed()

    def pressed(self, meaning: Grade) -> None:
        if self._ticket is not None:
            bus = self.around.bus
            self.keep(RatingKey(id=bus.new_id(), at=bus.clock.now(), grade=meaning, ticket=self._ticket))
            self.close_window()

    def state(self) -> PadState:
        return PadState(**self.state_keys(), ticket=self._ticket)

    async def run(self) -> None:
        try:
            await super().run()
        finally:
            self.close_window()
