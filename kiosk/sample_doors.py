"""What stands behind the doors, with invented visitors: part of `kiosk.sample`."""

from collections.abc import Iterator
from dataclasses import replace

from kiosk.presenters.model import Line, Model
from kiosk.presenters.pages import (
    Asking,
    CheckInPage,
    Confirm,
    DepartmentPage,
    Finder,
    Home,
    ItemPage,
    Page,
    PhoneForm,
    Refused,
    Reported,
    Services,
    StuckForm,
    TicketPage,
    Unanswered,
)
from kiosk.presenters.requests import Arrive, Report, Request
from kiosk.presenters.visitor import Booking, Ticket, Visitor

QUERIES = ("bdc", "sb", "042", "zzz")
NOT_CHECKED_IN = (
    "too_early",
    "too_late_for_booking",
    "unknown_booking",
    "no_booking_today",
    "several_bookings",
    "not_theirs",
    "booking_used",
    "booking_missed",
    "booking_cancelled",
    "banned",
    "blacklisted",
)


def behind_doors(model: Model, ticket: Ticket) -> Iterator[tuple[str, Model]]:
    """Every page a door leads to, in every state; `ticket` is an invented number."""
    service = ticket.service
    known = Visitor("p-1", "张*", bookings=_bookings(model), tickets=(replace(ticket, paper="none"),))
    yield "home-today", replace(model, visitor=known)
    wants = replace(known, bookings=(), tickets=(), wants_priority=True)
    yield "home-wants-priority", replace(model, visitor=wants)
    for name, page in _pages(model, service).items():
        yield name, replace(model, page=page)
    keeps = replace(model.facts, keeps_phones=False)
    yield "stuck-no-phone", replace(model, page=StuckForm(), facts=keeps)
    yield "check-in-bookings", replace(model, visitor=known, page=CheckInPage())
    later = (replace(one, id="b-2", begins="14:00", ends="14:30") for one in known.bookings)
    two = replace(known, bookings=(*known.bookings, *later))
    yield "check-in-bookings-two", replace(model, visitor=two, page=CheckInPage())
    yield (
        "check-in-no-reader",
        replace(model, page=CheckInPage(), facts=replace(model.facts, reader_ready=False)),
    )
    elderly = Visitor("p-1", "张*", ("elderly",))
    yield "confirm-proven", replace(model, visitor=elderly, page=Confirm(service, Home()))
    yield "ticket-late", replace(model, page=TicketPage(replace(ticket, paper="printed", late=True)))
    yield from _guide(model)


def _pages(model: Model, service: str) -> dict[str, Page]:
    arriving = Request("r-4", Arrive(None, "48210937"))
    reporting = Request("r-5", Report(("counter",), None))
    first = model.floor.reasons[0][0] if model.floor.reasons else ""
    pages: dict[str, Page] = {
        "services": Services(),
        "confirm": Confirm(service, Home()),
        "confirm-claimed": Confirm(service, Home(), ("pregnant",)),
        "check-in": CheckInPage(),
        "check-in-code": CheckInPage("K7Q248210T"),
        "check-in-digits": CheckInPage("4821", letters=False),
        "check-in-asking": Asking(arriving, CheckInPage()),
        "check-in-unanswered": Unanswered(arriving, CheckInPage()),
        "stuck": StuckForm(),
        "stuck-chosen": StuckForm((first,)),
        "stuck-phone": PhoneForm((first,)),
        "stuck-phone-typed": PhoneForm((first,), "13800138000"),
        "stuck-asking": Asking(reporting, StuckForm()),
        "reported": Reported(),
    }
    return pages | {f"check-in-{why}": Refused(why, "", CheckInPage()) for why in NOT_CHECKED_IN}


def _guide(model: Model) -> Iterator[tuple[str, Model]]:
    guide = model.floor.guide
    if not guide.items:
        return
    yield "guide", replace(model, page=Finder())
    yield "guide-next", replace(model, page=Finder(start=len(guide.departments) // 2))
    for query in QUERIES:
        yield f"guide-{query}", replace(model, page=Finder(query))
    largest = max(guide.departments, key=lambda name: len(guide.departments[name].items))
    yield "department", replace(model, page=DepartmentPage(largest))
    longest = max(
        guide.items.values(), key=lambda item: (bool(item.notes or item.conditions), len(item.bring))
    )
    page = ItemPage(longest.number, Finder())
    yield "item", replace(model, page=page)
    yield "item-next", replace(model, page=replace(page, start=1))
    yield "item-printing", replace(model, page=replace(page, paper="printing"))
    yield "item-printed", replace(model, page=replace(page, paper="printed"))
    yield "item-failed", replace(model, page=replace(page, paper="failed"))
    yield "item-unknown", replace(model, page=replace(page, paper="unknown"))
    closed = {longest.service: Line(0, None, open=False, closed_reason="quota")}
    yield "item-closed", replace(model, page=page, facts=replace(model.facts, lines=closed))
    yield "item-away", replace(model, page=page, in_service=False)


def _bookings(model: Model) -> tuple[Booking, ...]:
    ids = [service.id for service in model.floor.offered[:2]]
    return tuple(Booking(f"b-{one}", one, "10:00", "10:30") for one in ids[-1:])
