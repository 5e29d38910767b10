"""The hall's clock: real time, or a simulated day that may run faster.

Every room of one hall is given the same specification, so that all of them agree on what time it is.
Hall time is what stands in messages and in the journal; real seconds are what a wire or a person waits.
"""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    """What everything that needs the time is given."""

    @property
    def speed(self) -> float:
        """Hall seconds that pass in one real second."""
        ...

    def now(self) -> datetime:
        """The hall's time, with its offset."""
        ...

    def monotonic(self) -> float:
        """Real seconds from an arbitrary start, never going back."""
        ...


def after(clock: Clock, real_s: float) -> datetime:
    """The hall time at which `real_s` real seconds will have passed: how an expiry is written."""
    return clock.now() + timedelta(seconds=real_s * clock.speed)


def real_seconds_until(clock: Clock, moment: datetime) -> float:
    """Real seconds from now to `moment` in hall time; negative once it has passed."""
    return (moment - clock.now()).total_seconds() / clock.speed


@dataclass(frozen=True)
class HallClock:
    """Hall time as a straight line over the machine's time."""

    zone: ZoneInfo
    start: datetime
    """The hall time shown at `origin`."""
    origin: float
    """Seconds since 1970 on the machine's clock."""
    speed: float = 1.0

    @classmethod
    def real(cls, zone: ZoneInfo) -> "HallClock":
        """The machine's own time in the hall's zone."""
        return cls(zone, datetime.fromtimestamp(0, zone), 0.0, 1.0)

    @classmethod
    def simulated(cls, zone: ZoneInfo, start: datetime, speed: float) -> "HallClock":
        """A day that begins now at `start` and runs `speed` times as fast as real time."""
        return cls(zone, start.astimezone(zone), time.time(), speed)

    @classmethod
    def from_spec(cls, zone: ZoneInfo, spec: str | None) -> "HallClock":
        """Read what `spec` wrote; None means real time."""
        if spec is None or spec == "real":
            return cls.real(zone)
        try:
            start, origin, speed = spec.split("@")
            clock = cls(zone, datetime.fromisoformat(start).astimezone(zone), float(origin), float(speed))
        except ValueError:
            raise ValueError(f"--clock {spec!r} is not 'real' or START@ORIGIN@SPEED") from None
        if not clock.speed > 0:
            raise ValueError(f"--clock {spec!r}: the speed must be above 0")
        return clock

    def spec(self) -> str:
        """A text from which another process makes the same clock."""
        return f"{self.start.isoformat()}@{self.origin!r}@{self.speed!r}"

    def now(self) -> datetime:
        return self.start + timedelta(seconds=(time.time() - self.origin) * self.speed)

    def monotonic(self) -> float:
        return time.monotonic()
