"""What a printer's status bytes mean, and the words the hall has for it (protocols.md 2.1, 6.5). Pure."""

from dataclasses import dataclass
from typing import Final, Literal

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


@dataclass(frozen=True)
class Status:
    """The last answers to DLE EOT 1–4; None is one that never came, and is never taken for a good one."""

    printer: int | None = None
    offline: int | None = None
    error: int | None = None
    paper_sensor: int | None = None

    @property
    def paper(self) -> Paper:
        """Each pair of sensor bits is read with OR: some printers set only one of them."""
        if _bit(self.error, 0x04):
            return "jammed"
        if _bit(self.paper_sensor, 0x60) or _bit(self.offline, 0x20):
            return "out"
        if self.paper_sensor is None:
            return "unknown"
        return "low" if self.paper_sensor & 0x0C else "full"

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


def _bit(value: int | None, mask: int) -> bool:
    return value is not None and bool(value & mask)
