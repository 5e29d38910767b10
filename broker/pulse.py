"""The pulse of a room: its own loop shows whoever started it that it still goes round.

The bus cannot tell: its client's thread answers the broker while the loop beside it stands still.
"""

import os
from contextlib import suppress
from typing import Final

PULSE: Final = "HALLKEEPER_PULSE"
"""The environment variable with the number of the pipe that a room beats into."""

BEAT_S: Final = 1.0
"""So often a room beats, real seconds."""


class Heart:
    """In the room: beats while its loop goes round; does nothing where nobody listens."""

    def __init__(self, pipe: int | None = None) -> None:
        """Into `pipe`, or the one that the environment names."""
        named = os.environ.get(PULSE, "")
        self._pipe = pipe if pipe is not None else int(named) if named.isdigit() else None
        self._next = float("-inf")

    def beat(self, now: float) -> None:
        """To be called on each round of the loop; `now` in monotonic real seconds."""
        if self._pipe is None or now < self._next:
            return
        self._next = now + BEAT_S
        # a full pipe is not read just now, a broken one is read no more: neither may stop the room
        with suppress(OSError):
            os.write(self._pipe, b".")


class Wrist:
    """With whoever started the room: feels the beats. Both ends never block."""

    def __init__(self, now: float) -> None:
        self._read, self.write = os.pipe()
        os.set_blocking(self._read, False)
        os.set_blocking(self.write, False)
        self._felt_at = now
        self.beaten = False
        """Whether there was any beat yet."""

    def still_s(self, now: float) -> float:
        """For how long nothing was felt, or since the room began."""
        with suppress(BlockingIOError):
            if os.read(self._read, 4096):
                self._felt_at, self.beaten = now, True
        return now - self._felt_at

    def let_go(self) -> None:
        """The room has its own end; the writing one is not needed here."""
        if self.write >= 0:
            os.close(self.write)
            self.write = -1

    def close(self) -> None:
        self.let_go()
        os.close(self._read)
