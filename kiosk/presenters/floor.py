"""What stands still while a kiosk runs: the part of the hall file that its screen needs."""

from dataclasses import dataclass

from hallfile.named import Named
from hallfile.schema import HallFile


@dataclass(frozen=True)
class ServiceEntry:
    id: str
    prefix: str
    name: Named
    zone: str
    counters: tuple[str, ...]
    """Where it is served: the counters as a visitor reads them."""


@dataclass(frozen=True)
class ZoneEntry:
    id: str
    name: Named


@dataclass(frozen=True)
class PrinterEntry:
    """A printer that a ticket of this kiosk may come out of."""

    id: str
    place: Named
    """Where it stands; empty for the kiosk's own."""
    own: bool


@dataclass(frozen=True)
class Floor:
    """The hall as one kiosk sees it."""

    kiosk: str
    hall: Named
    zones: tuple[ZoneEntry, ...]
    services: tuple[ServiceEntry, ...]
    printers: tuple[PrinterEntry, ...]
    reader: str | None
    languages: tuple[str, ...]
    pages: str
    """The address under which each ticket has its own page: followed by the ticket's id."""

    def service(self, service_id: str) -> ServiceEntry | None:
        """The service of that id."""
        return next((service for service in self.services if service.id == service_id), None)

    def zone(self, zone_id: str) -> ZoneEntry:
        """The zone of that id; the hall file's checks see to it that there is one."""
        return next(zone for zone in self.zones if zone.id == zone_id)

    def printer(self, printer_id: str) -> PrinterEntry | None:
        """The printer of that id, if this kiosk may print there."""
        return next((printer for printer in self.printers if printer.id == printer_id), None)


def floor_of(hall: HallFile, kiosk_id: str, languages: tuple[str, ...]) -> Floor:
    """The part of the hall file that the screen of `kiosk_id` needs; raises `KeyError` for an unknown one."""
    kiosk = hall.kiosks[kiosk_id]
    return Floor(
        kiosk=kiosk_id,
        hall=Named(hall.hall.name, hall.hall.name_en),
        zones=tuple(ZoneEntry(name, Named(zone.name, zone.name_en)) for name, zone in hall.zones.items()),
        services=tuple(
            ServiceEntry(
                id=name,
                prefix=service.prefix,
                name=Named(service.name, service.name_en),
                zone=service.zone,
                counters=_counters_of(hall, name),
            )
            for name, service in hall.services.items()
        ),
        printers=tuple(
            PrinterEntry(printer, _place_of(hall, printer), own=index == 0)
            for index, printer in enumerate(kiosk.printers)
        ),
        reader=kiosk.reader,
        languages=languages,
        pages=f"http://{hall.console.host}:{hall.console.port}/t/",
    )


def _counters_of(hall: HallFile, service: str) -> tuple[str, ...]:
    return tuple(
        counter.name or number for number, counter in hall.counters.items() if service in counter.services
    )


def _place_of(hall: HallFile, printer: str) -> Named:
    """A printer stands where the kiosk stands that has it as its own, its first."""
    for kiosk in hall.kiosks.values():
        if kiosk.printers[:1] == [printer]:
            return Named(kiosk.place, kiosk.place_en)
    return Named("", "")
