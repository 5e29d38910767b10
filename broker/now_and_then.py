"""Complaints that may come in floods, logged now and then."""

import logging
from typing import Final

from broker.clock import Clock

log = logging.getLogger("broker")

EVERY_S: Final = 60.0
"""At most one line in so many real seconds."""


class NowAndThen:
    """Logs a warning at once, then at most one a minute with how many were left out."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._next = float("-inf")
        self._left_out = 0

    def __call__(self, sentence: str, *values: object) -> None:
        """Log `sentence % values`, or count it."""
        now = self._clock.monotonic()
        if now < self._next:
            self._left_out += 1
            return
        more = f" (and {self._left_out} more like it since the last line)" if self._left_out else ""
        log.warning(sentence + more, *values)
        self._next = now + EVERY_S
        self._left_out = 0
