"""The simulated ticket printer of one entry in the hall file."""

from functools import partial
from typing import Any, ClassVar

from hallfile.devices import TicketPrinter
from hallfile.links import parse_link
from simulators.kit.control import Control, choice, flag, number
from simulators.kit.picture import Picture
from simulators.kit.stand_in import Stage
from simulators.kit.wired import WiredStandIn
from simulators.ticket_printer.dialects import DIALECTS, Dialect
from simulators.ticket_printer.drawing import draw
from simulators.ticket_printer.machine import NEAR_END_MM, ROLL_MM, Printer

DOTS = {58: 384, 80: 576}
"""Width of the head by the paper's (protocols.md 2.4)."""


class PrinterStandIn(WiredStandIn):
    """A printer, its roll, its cover, and the strip that hangs out of it."""

    kind: ClassVar[str] = "ticket_printer"

    def __init__(self, name: str, entry: TicketPrinter, stage: Stage) -> None:
        chance = stage.chance(f"{name}/answers").random
        self.printer = Printer(DIALECTS.get(entry.model, Dialect()), DOTS[entry.paper_mm], chance)
        super().__init__(name, parse_link(entry.link, stage.premises.data), stage, self.printer)
        self.picture: Picture = Picture(stage.premises.pictures / f"{name}.png", stage.studio)
        self._dots = DOTS[entry.paper_mm]
        self._drawn = -1

    def controls(self) -> dict[str, Control]:
        printer = self.printer
        return {
            "cover": self.turned(printer, "cover_open"),
            "paper_mm": number(lambda: printer.paper_mm, self._load, 0, ROLL_MM),
            "near_end": flag(lambda: printer.near_end, self._near_end),
            "jam": self.turned(printer, "jammed"),
            "cutter": self.turned(printer, "cutter_stuck"),
            "overheat": self.turned(printer, "hot"),
            "ticket": self.turned(printer, "ticket_waits"),
            "mm_per_s": number(lambda: printer.mm_per_s, self._pace, 1, 400),
            "lost_answers": number(lambda: 100 * printer.lost_answers, self._lose, 0, 100),
            "model": choice(lambda: printer.dialect.name, self._become, DIALECTS),
            **self.wire_controls(),
        }

    def shows(self) -> dict[str, Any]:
        printer = self.printer
        return {
            "ticket": printer.paper.last_ticket(),
            "tickets": printer.paper.tickets,
            "qr": printer.last_qr,
            "head": "stopped" if printer.stopped else "printing" if printer.busy else "idle",
            "overrun": printer.overrun,
        }

    def stepped(self) -> None:
        while self.printer.jobs_begun:
            self.first_byte("print", self.printer.jobs_begun.popleft())
        paper = self.printer.paper
        if paper.version != self._drawn:
            self._drawn = paper.version
            self.picture.want(partial(draw, paper.strip(), self._dots))

    def hung_up(self) -> None:
        self.printer.hang_up()

    def _load(self, millimetres: float) -> None:
        self.printer.paper_mm = millimetres
        self.step()

    def _pace(self, mm_per_s: float) -> None:
        self.printer.mm_per_s = mm_per_s
        self.step()

    def _lose(self, per_cent: float) -> None:
        self.printer.lost_answers = per_cent / 100

    def _become(self, model: str) -> None:
        self.printer.become(DIALECTS[model])
        self.step()

    def _near_end(self, on: bool) -> None:
        self._load(min(self.printer.paper_mm, NEAR_END_MM) if on else max(self.printer.paper_mm, ROLL_MM))
