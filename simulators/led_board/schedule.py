"""What a card does by its clock: how bright it shines in each half hour, and when it is on (A3 01, A3 02)."""

from dataclasses import dataclass
from datetime import datetime, time

HALF_HOURS = 48


@dataclass
class Schedule:
    """Both are kept over a power cut."""

    levels: tuple[int, ...] | None = None
    """One for each half hour, where there is a timetable."""
    forced_level: int = 15
    intervals: tuple[tuple[time, time], ...] = ()
    forced_on: bool = True
    _due_before: bool | None = None

    def level(self, now: datetime) -> int:
        """How bright the board shines."""
        if self.levels is None:
            return self.forced_level
        return min(15, self.levels[now.hour * 2 + now.minute // 30])

    def on(self, now: datetime) -> bool:
        """Whether the board is lit: a switch by hand holds until the timed power next changes."""
        if not self.intervals:
            return self.forced_on
        due = any(opens <= now.time() < closes for opens, closes in self.intervals)
        if due != self._due_before:
            self._due_before = due
            self.forced_on = due
        return self.forced_on

    def keep_hours(self, intervals: tuple[tuple[time, time], ...]) -> None:
        """A3 01; none is A3 08, and then the board is on."""
        self.intervals = intervals
        self._due_before = None
        if not intervals:
            self.forced_on = True
