"""Today's appointments by slot, and who may not book: counts and numbers of files, never people."""

from datetime import datetime
from typing import Any

from broker.hatch import File
from broker.messages.bookings import AppointmentsState, SlotState
from console.house import House
from console.markup import Html, el
from console.tongue import Tongue

SHOWN_OF_CLIENT = 6
"""The last letters of a file's number: enough to tell the listed ones apart."""


def figures(house: House, say: Tongue) -> Html:
    """How many have booked, come, come late, and not come."""
    states = _states(house)
    every = [slot for _, state in states for slot in state.slots]
    values = {
        "made": sum(slot.booked for slot in every),
        "arrived": sum(slot.arrived for slot in every),
        "late": sum(slot.late for slot in every),
        "missed": sum(slot.missed for slot in every),
        "ahead": sum(state.ahead for _, state in states),
    }
    return el(
        "div",
        *(
            el("div", el("b", value), el("span", say(f"bookings.{name}")), cls="figure")
            for name, value in values.items()
        ),
        cls="figures",
    )


def slots(house: House, say: Tongue) -> Html:
    """A line for each slot that anybody has booked, a column for each service."""
    states = [entry for entry in _states(house) if any(slot.booked for slot in entry[1].slots)]
    if not house.picture.appointments:
        return el("p", say("bookings.waiting"), cls="soft")
    if not states:
        return el("p", say("bookings.none"), cls="soft")
    times = sorted({slot.slot for _, state in states for slot in state.slots if slot.booked})
    services = house.hall.services
    head = el(
        "tr",
        el("th", say("bookings.slot")),
        *(
            el("th", el("b", services[name].prefix, cls="prefix"), say.named(services[name]))
            for name, _ in states
        ),
    )
    rows = [
        el("tr", el("th", _local(house, moment)), *_cells(house, say, states, moment)) for moment in times
    ]
    table = el("table", el("thead", head), el("tbody", *rows), cls="table slots folds")
    return el("div", el("div", table, cls="wide"), el("p", say("bookings.legend"), cls="soft"))


def ban(house: House, say: Tongue, one: dict[str, Any]) -> Html:
    """Somebody who may not book, and what they say to it."""
    appeal = one["appeal"]
    said = (
        el(
            "p",
            say(
                "bookings.appeal",
                by=_who(house, say, appeal["by"]),
                at=_moment(house, appeal["at"]),
                why=appeal["why"],
            ),
            cls="appeal",
        )
        if appeal
        else None
    )
    return el(
        "div",
        el("b", say("bookings.client", client=one["client"][-SHOWN_OF_CLIENT:])),
        el(
            "span",
            say(f"bookings.{one['kind']}"),
            cls="badge bad" if one["kind"] == "blacklist" else "badge warn",
        ),
        el("span", until(house, say, one["until"])),
        el("span", say("bookings.misses", misses=one["misses"])),
        el("span", say("bookings.since", since=_moment(house, one["since"])), cls="soft"),
        said,
        cls="ban",
    )


def standing(house: House, say: Tongue, file: File | None) -> Html:
    """What stands in the file of somebody who was looked up."""
    if file is None:
        return el("p", say("bookings.nobody"), cls="soft")
    values = {"client": file.client[-SHOWN_OF_CLIENT:], "misses": file.misses, "open": file.open}
    if file.ban is None:
        return el("p", say("bookings.may_book", **values))
    kind = say(f"bookings.{file.ban}")
    return el("p", say("bookings.may_not", **values, kind=kind, until=until(house, say, file.until)))


def until(house: House, say: Tongue, moment: str | None) -> str:
    """How long somebody may not book."""
    return say("bookings.released") if moment is None else say("bookings.until", until=_moment(house, moment))


def _states(house: House) -> list[tuple[str, AppointmentsState]]:
    """In the hall file's order."""
    known = house.picture.appointments
    return [(name, known[name]) for name in house.hall.services if name in known]


def _cells(
    house: House, say: Tongue, states: list[tuple[str, AppointmentsState]], moment: datetime
) -> list[Html]:
    found = [(name, [slot for slot in state.slots if slot.slot == moment]) for name, state in states]
    return [_cell(house, say, name, slots[0]) if slots else el("td", "") for name, slots in found]


def _cell(house: House, say: Tongue, service: str, slot: SlotState) -> Html:
    if not slot.booked:
        return el("td", "·", cls="soft")
    title = say(
        "bookings.cell",
        slot=_local(house, slot.slot),
        service=say.named(house.hall.services[service]),
        **{name: getattr(slot, name) for name in ("capacity", "booked", "arrived", "late", "missed")},
    )
    full = min(4, 4 * slot.booked // max(1, slot.capacity))
    missed = el("span", f" ({slot.missed})", cls="missed") if slot.missed else None
    name = say.named(house.hall.services[service])
    return el(
        "td", f"{slot.arrived} / {slot.booked}", missed, cls=f"fill-{full}", title=title, data_label=name
    )


def _local(house: House, moment: datetime) -> str:
    return f"{moment.astimezone(house.clock.now().tzinfo):%H:%M}"


def _moment(house: House, said: str) -> str:
    return f"{datetime.fromisoformat(said).astimezone(house.clock.now().tzinfo):%m-%d %H:%M}"


def _who(house: House, say: Tongue, by: str) -> str:
    staff = house.hall.staff.get(by.removeprefix("console/"))
    return say.named(staff) if staff is not None else by
