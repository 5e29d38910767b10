"""The papers of a hall with an example on them: what its layouts make of it, for one of its printers."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self
from zoneinfo import ZoneInfo

import msgspec

from devices.ticket_printer.composing import Composer, UnknownLayout, composer
from devices.ticket_printer.layout import Printed, TooLong
from devices.ticket_printer.models import NotMade
from devices.ticket_printer.preview import as_picture, as_text
from hall.core import Rules
from hall.core.events import Wait
from hall.core.state import PrintJob, Ticket
from hall.shell.paper import fields
from hall.texts import texts
from hallfile.devices import TicketPrinter
from hallfile.load import BadHallFile, load
from hallfile.schema import HallFile

if TYPE_CHECKING:
    from PIL.Image import Image

SAMPLES: Final = Path(__file__).parents[1] / "devices" / "ticket_printer" / "samples"
TAKEN: Final = "09:24"


class NoPaper(RuntimeError):
    """There is nothing to show; the message says why and what to do."""


@dataclass(frozen=True)
class Papers:
    """What a hall prints on one of its printers."""

    hall: HallFile
    composer: Composer

    @classmethod
    def of(cls, path: Path, printer: str | None, paper_mm: int | None) -> Self:
        """The papers of a hall file; raises `NoPaper`."""
        try:
            hall = load(path)
            return cls(hall, composer(_entry(hall, printer, paper_mm), hall, path.parent))
        except (BadHallFile, NotMade) as error:
            raise NoPaper(str(error)) from None

    def listed(self) -> Iterator[str]:
        """A line for each layout: where it comes from, and its fields."""
        for name, layout in sorted(self.composer.layouts.items()):
            where = self.hall.ticket.layouts.get(name, "as it comes with Hallkeeper")
            yield f"{name}: {where}; prints {', '.join(sorted(layout.fields()))}"

    def text(self, layout: str, copy: bool) -> str:
        """An example of a layout in letters; raises `NoPaper`."""
        return as_text(self._printed(layout, copy), self.composer.press.columns)

    def picture(self, layout: str, copy: bool) -> "Image":
        """The same dot by dot; raises `NoPaper`."""
        try:
            printed = self._printed(layout, copy)
            return as_picture(printed, self.composer.press.columns, self.composer.draughtsman)
        except LookupError as error:
            raise NoPaper(str(error)) from None

    def _printed(self, layout: str, copy: bool) -> list[Printed]:
        try:
            return self.composer.lines(layout, _sample(self.hall, layout, copy))
        except UnknownLayout:
            known = ", ".join(sorted(self.composer.layouts))
            raise NoPaper(f"there is no layout {layout!r}; there are {known}") from None
        except TooLong as error:
            raise NoPaper(f"{error}; shorten it") from None


def _entry(hall: HallFile, printer: str | None, paper_mm: int | None) -> TicketPrinter:
    """The printer to show it for; one of the usual kind where the hall has none."""
    if printer is not None and printer not in hall.ticket_printers:
        known = ", ".join(hall.ticket_printers) or "none"
        raise NoPaper(f"there is no ticket_printers.{printer} in the hall file; there are {known}")
    name = printer or next(iter(hall.ticket_printers), None)
    entry = hall.ticket_printers[name] if name else TicketPrinter(link="tcp://127.0.0.1:9100")
    return entry if paper_mm is None else msgspec.structs.replace(entry, paper_mm=paper_mm)


def _sample(hall: HallFile, layout: str, copy: bool) -> dict[str, str]:
    """What stands on it as an example: of a ticket as the controller writes it, else as a sample has it."""
    rules = Rules(hall, texts(hall.hall.language))
    taken = datetime.fromisoformat(f"{hall.simulation.day}T{TAKEN}").replace(
        tzinfo=ZoneInfo(hall.hall.timezone)
    )
    service = next(iter(hall.services))
    number = hall.services[service].prefix + f"{hall.numbering.first + 41:0{hall.numbering.digits}}"
    wait = Wait(low=15, median=20, high=25)
    visitor = Ticket(
        id="01JD8Z6T3M9QK4V7X2B5C0N1RA",
        number=number,
        ordinal=42,
        service=service,
        taken=taken,
        since=taken,
        credit_minutes=hall.priority.elderly,
        queued=taken,
        booked=False,
        ahead=3,
        forecast=wait,
        name_masked="䶮*",
    )
    job = PrintJob(
        job="preview",
        ticket=visitor.id,
        index=0,
        printer="",
        kiosk=None,
        copy=copy,
        ahead=3,
        forecast=wait,
        asked=taken,
        expires=taken,
    )
    sample = SAMPLES / f"{layout}.toml"
    return fields(rules, visitor, job) | (
        tomllib.loads(sample.read_text(encoding="utf-8")) if sample.is_file() else {}
    )
