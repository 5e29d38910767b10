"""What stands still while a kiosk runs: the part of the hall file that its screen needs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from hallfile.guide import EMPTY, Guide
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
    direct: bool = True
    """Whether numbers are taken for it; else people come to it as a further step of a visit."""


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
    pages: str | None
    """The address under which each ticket has its own page, followed by the ticket's id; None where a
    visitor's phone would not get there."""
    often: tuple[str, ...] = ()
    """The services on the first page."""
    confirm: Literal["always", "without_card", "never"] = "without_card"
    declared: bool = True
    """Whether priority may be asked for that no card proves."""
    bookable: bool = True
    """Whether there are appointments to come for."""
    guide: Guide = EMPTY
    reasons: tuple[tuple[str, Named], ...] = ()
    """Why something may not have been done (办不成事): id and words."""
    spellings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Chinese names, syllable by syllable, as they are typed; filled once they are known."""

    @property
    def offered(self) -> tuple[ServiceEntry, ...]:
        """The services that numbers are taken for."""
        return tuple(service for service in self.services if service.direct)

    @property
    def by_use(self) -> tuple[ServiceEntry, ...]:
        """The same, those most asked for first."""
        rank = {name: place for place, name in enumerate(self.often)}
        return tuple(sorted(self.offered, key=lambda one: rank.get(one.id, len(rank))))

    @property
    def most_used(self) -> tuple[ServiceEntry, ...]:
        """Those that stand on the first page."""
        known = (self.service(name) for name in self.often)
        return tuple(one for one in known if one is not None and one.direct)

    def service(self, service_id: str) -> ServiceEntry | None:
        """The service of that id."""
        return next((service for service in self.services if service.id == service_id), None)

    def zone(self, zone_id: str) -> ZoneEntry:
        """The zone of that id; the hall file's checks see to it that there is one."""
        return next(zone for zone in self.zones if zone.id == zone_id)

    def printer(self, printer_id: str) -> PrinterEntry | None:
        """The printer of that id, if this kiosk may print there."""
        return next((printer for printer in self.printers if printer.id == printer_id), None)


def floor_of(
    hall: HallFile,
    kiosk_id: str,
    languages: tuple[str, ...],
    guide: Guide = EMPTY,
    simulated: bool = False,
) -> Floor:
    """The part of the hall file that the screen of `kiosk_id` needs; raises `KeyError` for an unknown one."""
    kiosk = hall.kiosks[kiosk_id]
    pages = hall.console.pages_for_visitors(simulated)
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
                direct=service.direct,
            )
            for name, service in hall.services.items()
        ),
        printers=tuple(
            PrinterEntry(printer, _place_of(hall, printer), own=index == 0)
            for index, printer in enumerate(kiosk.printers)
        ),
        reader=kiosk.reader,
        languages=languages,
        pages=None if pages is None else f"{pages}/t/",
        often=tuple((hall.touch.often or list(hall.services))[: hall.touch.most_often]),
        confirm=hall.touch.confirm,
        declared=hall.touch.priority == "declared",
        bookable=any(hall.appointments.places(name) for name in hall.services),
        guide=guide,
        reasons=tuple((name, Named(one.name, one.name_en)) for name, one in hall.stuck.reasons.items()),
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
