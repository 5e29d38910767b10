"""What types can't say: names that must exist, places only one device can be in, fonts that must be there."""

import difflib
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from hallfile.appointments import check_appointments
from hallfile.devices import Device
from hallfile.guide import BadGuide, load_guide
from hallfile.links import BadLink, LinkUrl, parse_link, place_of
from hallfile.reminding import Gateway, check_gateways
from hallfile.schema import HallFile
from hallfile.table import Interval
from hallfile.ticket_layout import BadLayout, read_layout


def check(hall: HallFile, beside: Path, data: Path | None = None) -> list[str]:
    """Every fault of a typed hall file as a sentence that names the key and the mend."""
    return [
        *_identity(hall, beside),
        *_names(hall),
        *_prefixes(hall),
        *_visits(hall),
        *_duties(hall),
        *_hours(hall),
        *_links(hall, data),
        *_simulated_names(hall),
        *_boards(hall),
        *_layouts(hall, beside),
        *_touch(hall, beside),
        *check_appointments(hall.appointments, hall.services),
        *check_gateways(hall.gateways, beside),
        *_simulation(hall, beside),
    ]


def _identity(hall: HallFile, beside: Path) -> Iterator[str]:
    try:
        ZoneInfo(hall.hall.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        yield f'hall.timezone: {hall.hall.timezone!r} is no time zone; write one such as "Asia/Shanghai"'
    font = hall.hall.font
    if "/" in font:
        if not (beside / font).is_file():
            yield (
                f"hall.font: there is no font file {font!r}; name an existing file "
                'or a family such as "Noto Sans CJK SC"'
            )
    elif not _family_is_installed(font):
        yield (
            f"hall.font: no font of the family {font!r} is installed; install one "
            "(apt-get install fonts-noto-cjk) or name another"
        )


def _family_is_installed(family: str) -> bool:
    try:
        found = subprocess.run(
            ["fc-list", f":family={family}", "file"], capture_output=True, text=True, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return any(Path("/usr/share/fonts").rglob("NotoSansCJK-*"))
    return bool(found.stdout.strip())


def _names(hall: HallFile) -> Iterator[str]:
    for name, service in hall.services.items():
        yield from _known(f"services.{name}.zone", service.zone, hall.zones, "zone")
    for name, counter in hall.counters.items():
        yield from _known(f"counters.{name}.zone", counter.zone, hall.zones, "zone")
        for service_id in counter.services:
            yield from _known(f"counters.{name}.services", service_id, hall.services, "service")
    for name, kiosk in hall.kiosks.items():
        for printer in kiosk.printers:
            yield from _known(f"kiosks.{name}.printers", printer, hall.ticket_printers, "ticket printer")
        if kiosk.reader is not None:
            yield from _known(f"kiosks.{name}.reader", kiosk.reader, hall.id_readers, "ID reader")
    for table, devices in (
        ("rating_pads", hall.rating_pads),
        ("call_pads", hall.call_pads),
        ("mic_monitors", hall.mic_monitors),
    ):
        taken: dict[str, str] = {}
        for name, device in devices.items():
            yield from _known(f"{table}.{name}.counter", device.counter, hall.counters, "counter")
            if device.counter in taken:
                yield (
                    f"{table}.{name}.counter: counter {device.counter} has {taken[device.counter]} already; "
                    "give each counter one"
                )
            taken[device.counter] = name
    for name, announcer in hall.announcers.items():
        for zone in announcer.zones:
            yield from _known(f"announcers.{name}.zones", zone, hall.zones, "zone")


def _known(key: str, name: str, table: Iterable[str], what: str) -> Iterator[str]:
    names = list(table)
    if name not in names:
        near = difflib.get_close_matches(name, names, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known are: {', '.join(names) or 'none'}"
        yield f"{key}: there is no {what} {name!r}; {hint}"


def _prefixes(hall: HallFile) -> Iterator[str]:
    taken: dict[str, str] = {}
    for name, service in hall.services.items():
        if service.prefix in taken:
            yield (
                f"services.{name}.prefix: {service.prefix!r} is the prefix of {taken[service.prefix]!r} "
                "already; give each service its own"
            )
        taken.setdefault(service.prefix, name)
        if not any(name in counter.services for counter in hall.counters.values()):
            yield f"services.{name}: no counter serves it; add it to the services of a counter or remove it"


def _visits(hall: HallFile) -> Iterator[str]:
    """Steps lead to services there are, each once; numbers are given in stretches, one after another."""
    for name, service in hall.services.items():
        for step in service.then:
            yield from _known(f"services.{name}.then", step, hall.services, "service")
        visit = [name, *service.then]
        for step in sorted({step for step in visit if visit.count(step) > 1}):
            yield f"services.{name}.then: {step!r} comes twice in one visit; name each step once"
        stretches = [(stretch.opens, stretch.closes) for stretch in service.issuing]
        yield from _intervals(f"services.{name}.issuing", stretches)


def _duties(hall: HallFile) -> Iterator[str]:
    for name, person in hall.staff.items():
        for zone in person.zones:
            yield from _known(f"staff.{name}.zones", zone, hall.zones, "zone")
    if hall.stuck.service is not None:
        yield from _known("stuck.service", hall.stuck.service, hall.services, "service")
    if hall.deadlines.red_after < hall.deadlines.yellow_after:
        yield "deadlines.red_after: red would come before yellow; give it at least as many working days"
    longest = hall.rating.complex_workdays
    if longest is not None and longest < hall.rating.close_workdays:
        yield "rating.complex_workdays: a complex matter would have less time than a simple one; give it more"


def _hours(hall: HallFile) -> Iterator[str]:
    yield from _intervals("hours.open", hall.hours.open)
    for name, counter in hall.counters.items():
        if counter.hours is not None:
            yield from _intervals(f"counters.{name}.hours", counter.hours)


def _intervals(key: str, intervals: list[Interval]) -> Iterator[str]:
    last = ""
    for opens, closes in intervals:
        if not last <= opens < closes:
            yield (
                f"{key}: {opens}–{closes} ends before it begins or overlaps the one before; put them in order"
            )
        last = closes


def _links(hall: HallFile, data: Path | None) -> Iterator[str]:
    taken: dict[str, list[tuple[str, Device]]] = {}
    ours = {place_of(hall.console.host, hall.console.port): "console.port"}
    if hall.broker.own:
        broker = place_of(hall.broker.host, hall.broker.port)
        if broker in ours:
            yield f"broker.port: {broker} is where the console listens; give each its own port"
        ours[broker] = "broker.port"
    for kind, devices in hall.devices().items():
        for name, device in devices.items():
            key = f"{kind}s.{name}.link"
            try:
                link = parse_link(device.link, data)
            except BadLink as error:
                yield f"{key}: {error}; see docs/devices.md"
                continue
            if link.scheme == "audio":
                continue
            if link.place in ours:
                yield f"{key}: {link.place} is our own {ours[link.place]}; give the device another port"
            other = taken.setdefault(link.place, [])
            if other and not _share_a_line(link, device, [neighbour for _, neighbour in other]):
                yield (
                    f"{key}: {link.place} is where {other[0][0]} is plugged in; give each device its own port"
                )
            other.append((f"{kind}s.{name}", device))
    for name, gateway in hall.gateways.items():
        if not gateway.simulated or gateway.port is None:
            continue
        place = place_of("127.0.0.1", gateway.port)
        if place in ours or place in taken:
            whose = ours.get(place) or taken[place][0][0]
            yield f"gateways.{name}.url: {place} is where {whose} is; give the gateway another port"
        ours.setdefault(place, f"gateways.{name}")


def _share_a_line(link: LinkUrl, device: Device, others: list[Device]) -> bool:
    """Whether devices of one kind hang on one RS485 line, each at an address of its own."""
    address = getattr(device, "address", None)
    return (
        link.scheme == "serial"
        and address is not None
        and all(type(other) is type(device) and other.link == device.link for other in others)
        and all(getattr(other, "address", address) != address for other in others)
    )


def _simulated_names(hall: HallFile) -> Iterator[str]:
    """Whatever is simulated has the topic simulator/<id>: all kinds of devices, kiosks, and gateways."""
    taken = {name: f"kiosks.{name}" for name in hall.kiosks}
    of_kinds: dict[str, Mapping[str, Device | Gateway]] = {**hall.devices(), "gateway": hall.gateways}
    for kind, entries in of_kinds.items():
        for name in (name for name, entry in entries.items() if entry.simulated):
            if name in taken:
                yield f"{kind}s.{name}: {taken[name]} is simulator/{name} on the bus; choose another id"
            taken.setdefault(name, f"{kind}s.{name}")


def _boards(hall: HallFile) -> Iterator[str]:
    for name, board in hall.led_boards.items():
        if board.zone is not None:
            yield from _known(f"led_boards.{name}.zone", board.zone, hall.zones, "zone")
        yield from _intervals(f"led_boards.{name}.power", board.power or [])
        if len(board.power or []) > 3:
            yield f"led_boards.{name}.power: a card knows three intervals; leave some out"
        for moment in board.brightness:
            if moment[-2:] not in ("00", "30"):
                yield f"led_boards.{name}.brightness: {moment} is no whole half hour; write :00 or :30"
        if "call" not in board.areas:
            yield f"led_boards.{name}.areas: there is no area 'call'; calls need one"
        for area_name, area in board.areas.items():
            if area.x + area.width > board.width or area.y + area.height > board.height:
                yield (
                    f"led_boards.{name}.areas.{area_name}: reaches beyond the board's "
                    f"{board.width}×{board.height} pixels; make it smaller or move it"
                )


def _touch(hall: HallFile, beside: Path) -> Iterator[str]:
    for name in hall.touch.often:
        yield from _known("touch.often", name, hall.services, "service")
    if hall.touch.guide is not None:
        try:
            load_guide(beside / hall.touch.guide, hall.services)
        except BadGuide as bad:
            yield from (f"touch.guide: {fault}" for fault in str(bad).split("\n"))


def _layouts(hall: HallFile, beside: Path) -> Iterator[str]:
    for name, file in hall.ticket.layouts.items():
        try:
            read_layout(beside / file)
        except BadLayout as fault:
            yield f"ticket.layouts.{name}: {fault}"


def _simulation(hall: HallFile, beside: Path) -> Iterator[str]:
    simulation = hall.simulation
    try:
        date.fromisoformat(simulation.day)
    except ValueError:
        yield f"simulation.day: {simulation.day!r} is no date; write YYYY-MM-DD"
    for service_id in simulation.crowd:
        yield from _known(f"simulation.crowd.{service_id}", service_id, hall.services, "service")
    if simulation.cards is not None and not (beside / simulation.cards).is_file():
        yield (
            f"simulation.cards: there is no file {simulation.cards!r} beside the hall file; "
            "add it or remove the key"
        )
