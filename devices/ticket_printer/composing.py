"""From a layout's name and its fields to the bytes of a job for one printer of the hall."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from devices.kit.fonts import find_font
from devices.ticket_printer.drawing import Draughtsman
from devices.ticket_printer.encode import Job, Press
from devices.ticket_printer.layout import Printed, arrange, layouts
from devices.ticket_printer.models import DOTS_A_COLUMN, model
from devices.ticket_printer.symbols import Symbols
from hallfile.devices import TicketPrinter as Entry
from hallfile.schema import HallFile
from hallfile.ticket_layout import Layout

USUAL: Final = "generic-80"


class UnknownLayout(LookupError):
    """There is no layout of that name."""


@dataclass(frozen=True)
class Composer:
    """The layouts of the hall, set for one printer."""

    layouts: Mapping[str, Layout]
    press: Press
    draughtsman: Draughtsman
    """With the hall's own font."""

    def lines(self, layout: str, fields: Mapping[str, str]) -> list[Printed]:
        """What will stand on the paper; raises `UnknownLayout`, `layout.TooLong`."""
        if layout not in self.layouts:
            raise UnknownLayout(layout)
        return arrange(self.layouts[layout], fields, self.press.columns)

    def job(self, layout: str, fields: Mapping[str, str], job: str) -> Job:
        """The bytes that print it, confirmed as `job`; raises as `lines` does."""
        return self.press.encode(self.lines(layout, fields), job)


def composer(entry: Entry, hall: HallFile, beside: Path) -> Composer:
    """The composer for a printer of a hall, whose file stands in the folder `beside`.

    Raises `models.NotMade`, `BadLayout`.
    """
    of_the_hall = {name: beside / file for name, file in hall.ticket.layouts.items()}
    kind = model(entry.model)
    columns = kind.columns(entry.paper_mm)
    draw = Draughtsman(partial(find_font, hall.hall.font, beside))
    return Composer(layouts(of_the_hall), Press(kind, columns, draw, Symbols(columns * DOTS_A_COLUMN)), draw)
