"""What a printer's status bytes mean, and the words the hall has for it (protocols.md 2.1, 6.5). Pure."""

from dataclasses import dataclass, fields, replace
from typing import Final, Literal, Self

from broker.messages.devices import CardMedia as Media
from broker.messages.devices import Cover, Cutter, DeviceWord, Paper

Fault = Literal[
    "cover_open",
    "paper_out",
    "cutter_error",
    "paper_jammed",
    "printer_error",
    "printer_hot",
    "feed_button",
    "printer_offline",
]
"""Why nothing can be printed now: the reason code on the bus, the worst one first."""

PASSING: Final[frozenset[Fault]] = frozenset({"printer_hot", "feed_button", "printer_offline"})
"""Faults that go by themselves: a job already begun waits for them."""
MECHANICAL: Final[frozenset[Fault]] = frozenset({"cutter_error", "paper_jammed"})
"""Faults a printer can be told to try and get over (DLE ENQ)."""


MISSES: Final = 3
"""protocols.md 6.5: an answer that fails to come so often in a row is not known any more."""
STALE_S: Final = 4.0
"""Real seconds after which an old answer says nothing, however few were missed since."""


@dataclass(frozen=True)
class Status:
    """The last answers of each kind; None is one that never came, and is never taken for a good one."""

    printer: int | None = None
    """DLE EOT 1."""
    offline: int | None = None
    """DLE EOT 2."""
    error: int | None = None
    """DLE EOT 3."""
    paper_sensor: int | None = None
    """DLE EOT 4."""
    mouth: int | None = None
    """The paper byte of DLE EOT 20, where a presenter feels its ticket."""
    marker: int | None = None
    """GS r 1: the paper as it was when the buffer had been taken."""

    @classmethod
    def pushed(cls, status: bytes) -> Self:
        """The four bytes of GS a (protocols.md 2.3), as the same printer would have answered DLE EOT 1–4."""
        line, trouble, paper, _ = status
        fault = trouble & 0x6C
        cover, feeding, ends, near = line & 0x20, line & 0x40, paper & 0x0C, paper & 0x03
        return cls(
            printer=0x12 | line & 0x08,
            offline=0x12 | 0x04 * bool(cover) | 0x08 * bool(feeding) | 0x20 * bool(ends) | 0x40 * bool(fault),
            error=0x12 | fault,
            paper_sensor=0x12 | 0x0C * bool(near) | 0x60 * bool(ends),
        )

    @property
    def paper(self) -> Paper:
        """Each pair of sensor bits is read with OR: some printers set only one of them."""
        if _bit(self.error, 0x04):
            return "jammed"
        if _bit(self.paper_sensor, 0x60) or _bit(self.offline, 0x20) or _bit(self.marker, 0x0C):
            return "out"
        if self.paper_sensor is None and self.marker is None:
            return "unknown"
        return "low" if _bit(self.paper_sensor, 0x0C) or _bit(self.marker, 0x03) else "full"

    @property
    def media(self) -> Media:
        """Whether a ticket waits in the printer's mouth."""
        if self.mouth is None:
            return "unknown"
        return "present" if self.mouth & 0x20 else "notPresent"

    @property
    def cover(self) -> Cover:
        if self.offline is None:
            return "unknown"
        return "open" if self.offline & 0x04 else "closed"

    @property
    def cutter(self) -> Cutter:
        if self.error is None:
            return "unknown"
        return "error" if self.error & 0x08 else "ok"

    @property
    def fault(self) -> Fault | None:
        """What keeps it from printing; None also where it did not say."""
        found: tuple[tuple[bool, Fault], ...] = (
            (self.cover == "open", "cover_open"),
            (self.paper == "jammed", "paper_jammed"),
            (self.paper == "out", "paper_out"),
            (self.cutter == "error", "cutter_error"),
            (_bit(self.error, 0x20), "printer_error"),
            (_bit(self.error, 0x40), "printer_hot"),
            (self.error is None and _bit(self.offline, 0x40), "printer_error"),
            (_bit(self.offline, 0x08), "feed_button"),
            (_bit(self.printer, 0x08), "printer_offline"),
        )
        return next((fault for is_so, fault in found if is_so), None)

    @property
    def word(self) -> DeviceWord:
        """The XFS4IoT word of protocols.md 6.5; a printer out of paper is online, its paper is not."""
        match self.fault:
            case "cover_open":
                return "userError"
            case "cutter_error" | "paper_jammed" | "printer_error":
                return "hardwareError"
            case "printer_hot" | "feed_button" | "printer_offline":
                return "deviceBusy"
            case _:
                return "online"

    @property
    def is_known(self) -> bool:
        """Whether it answered enough to be trusted with a job: the offline cause or the paper sensor."""
        return self.offline is not None or self.paper_sensor is not None


class Recollection:
    """What a printer said of itself: one byte lost on the way does not make it a printer nothing is known of.

    An answer is kept for fewer than `MISSES` misses in a row and at most `STALE_S`.
    """

    def __init__(self) -> None:
        self._known: dict[str, tuple[int, float]] = {}
        self._missed: dict[str, int] = {}

    def take(self, fresh: Status, now: float) -> Status:
        """What is known now (monotonic seconds), `fresh` having been said."""
        return replace(fresh, **{part.name: self._part(part.name, fresh, now) for part in fields(fresh)})

    def _part(self, name: str, fresh: Status, now: float) -> int | None:
        value: int | None = getattr(fresh, name)
        if value is not None:
            self._known[name] = value, now
            self._missed[name] = 0
            return value
        self._missed[name] = missed = self._missed.get(name, 0) + 1
        known, at = self._known.get(name, (None, now))
        return known if missed < MISSES and now - at <= STALE_S else None


def _bit(value: int | None, mask: int) -> bool:
    return value is not None and bool(value & mask)
