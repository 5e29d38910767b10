"""Every page in every state, with invented visitors: what `kiosk.render` draws and the tests look at."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from broker.messages.envelope import Forecast
from kiosk.presenters.floor import Floor
from kiosk.presenters.model import Facts, Line, Model
from kiosk.presenters.pages import (
    Asking,
    CardTrouble,
    ClosedService,
    Home,
    Page,
    Refused,
    TicketPage,
    Unanswered,
    Voided,
)
from kiosk.presenters.requests import PrintAgain, Request, Take, Void
from kiosk.presenters.visitor import Paper, Ticket, Visitor
from kiosk.sample_doors import behind_doors

_WAITS: Final = ((0, 0, 4), (3, 10, 22), (12, 35, 70), (41, 130, 190), (7, 18, 25))
_REASONS: Final = (
    "lunch",
    "quota",
    "no_counter",
    "too_late",
    "closed",
    "not_open_yet",
    "holiday",
    "between_stretches",
    "stretch_full",
    "too_late_alone",
)


def screens(floor: Floor) -> Iterator[tuple[str, Model]]:
    """A name and a model for each thing a visitor can come to see."""
    model = at_rest(floor)
    yield from _homes(model)
    yield from _tickets(model)
    yield from _notices(model)
    yield from behind_doors(model, _ticket(floor, "printed", ""))


def at_rest(floor: Floor) -> Model:
    """The first page as it waits for somebody."""
    return Model(
        floor,
        _facts(floor),
        Home(),
        floor.languages[0],
        0.0,
        0.0,
        in_service=True,
        time_of_day="09:41",
        date=(11, 20, 4),
    )


def _homes(model: Model) -> Iterator[tuple[str, Model]]:
    floor, facts = model.floor, model.facts
    visitor = Visitor("p-1", "张*")
    entitled = replace(visitor, priority=("elderly",))
    own = floor.printers[0].id if floor.printers else ""
    yield "home", model
    yield "home-visitor", replace(model, visitor=visitor, facts=replace(facts, card="present"), countdown=12)
    veteran = replace(visitor, priority=("veteran",))
    absent = replace(facts, card="notPresent")
    yield "home-priority", replace(model, visitor=veteran, facts=replace(facts, card="present"))
    yield "home-priority-used", replace(model, visitor=replace(veteran, wants_priority=True), facts=absent)
    yield "home-priority-proven", replace(model, visitor=entitled, facts=absent)
    yield "home-priority-declined", replace(model, visitor=replace(entitled, wants_priority=False))
    yield "home-no-paper", replace(model, facts=replace(facts, printers={own: True}))
    yield (
        "home-crowded",
        replace(model, visitor=entitled, facts=replace(facts, card="present", printers={own: True})),
    )
    yield "home-no-reader", replace(model, facts=replace(facts, reader_ready=False))
    yield "home-card-left", replace(model, facts=replace(facts, card="present", card_is_read=True))
    yield "home-reading", replace(model, facts=replace(facts, card="present"))
    yield "home-closed", replace(model, facts=replace(facts, lines=_all_closed(floor)))
    yield "home-nothing-known", replace(model, facts=replace(facts, lines={}))
    yield "out-of-service", replace(model, in_service=False)


def _tickets(model: Model) -> Iterator[tuple[str, Model]]:
    floor = model.floor
    printers = [printer.id for printer in floor.printers]
    papers: tuple[Paper, ...] = ("printing", "printed", "failed", "unknown", "none")
    for paper in papers:
        for where, printer in zip(("", "-elsewhere"), printers, strict=False):
            if not (paper == "none" and where):
                yield (
                    f"ticket-{paper}{where}",
                    replace(model, page=TicketPage(_ticket(floor, paper, printer))),
                )
    one = TicketPage(_ticket(floor, "failed", printers[0] if printers else ""))
    alone = replace(model.facts, printers=dict.fromkeys(printers, True))
    yield "ticket-failed-alone", replace(model, page=one, facts=alone)
    yield "ticket-giving-up", replace(model, page=replace(one, giving_up=True))
    yield "ticket-failed-countdown", replace(model, page=one, countdown=9)
    card = replace(model, visitor=Visitor("p-1", "张*"), facts=replace(model.facts, card="present"))
    yield (
        "ticket-printed-card",
        replace(card, page=TicketPage(_ticket(floor, "printed", printers[0] if printers else ""))),
    )
    yield "ticket-failed-card", replace(card, page=one, countdown=14)
    bare = replace(one.ticket, paper="none", ahead=None, forecast=None)
    yield "ticket-bare", replace(card, page=TicketPage(bare))


def _notices(model: Model) -> Iterator[tuple[str, Model]]:
    service = model.floor.services[0].id
    printer = model.floor.printers[0].id if model.floor.printers else ""
    ticket = TicketPage(_ticket(model.floor, "failed", printer))
    take = Request("r-1", Take(service, None))
    pages: dict[str, Page] = {
        "asking": Asking(take, Home()),
        "asking-reprint": Asking(Request("r-2", PrintAgain("t-1", printer)), ticket),
        "asking-void": Asking(Request("r-3", Void("t-1", "given_up")), ticket),
        "unanswered": Unanswered(take, Home()),
        "unanswered-reprint": Unanswered(Request("r-2", PrintAgain("t-1", printer)), ticket),
        "refused": Refused("quota", "今天的号已经取完，请改天早些来，或到导服台咨询。", Home()),
        "refused-unknown": Refused("internal_error", "", Home()),
        "voided": Voided("A012"),
    }
    pages |= {f"card-{trouble.reason}": trouble for trouble in _troubles()}
    for name, page in pages.items():
        yield name, replace(model, page=page, countdown=15 if name == "refused" else None)
    for reason in _REASONS:
        lines: Mapping[str, Line] = {service: Line(0, None, open=False, closed_reason=reason)}
        facts = replace(model.facts, lines=lines)
        yield f"closed-{reason}", replace(model, page=ClosedService(service), facts=facts)


def _troubles() -> tuple[CardTrouble, ...]:
    return (
        CardTrouble("read_failed"),
        CardTrouble("rejected"),
        CardTrouble("bad_number"),
        CardTrouble("expired"),
    )


def _facts(floor: Floor) -> Facts:
    lines = {}
    for index, service in enumerate(floor.services):
        waiting, low, high = _WAITS[index % len(_WAITS)]
        lines[service.id] = Line(waiting, Forecast(low=low, median=(low + high) / 2, high=high))
        if index % 6 == 4:
            lines[service.id] = Line(0, None, open=False, closed_reason=_REASONS[index % len(_REASONS)])
        if index % 6 == 5:
            lines[service.id] = Line(108, None)
    return Facts(connected=True, controller_heard_at=0.0, lines=lines, keeps_phones=True, card="notPresent")


def _all_closed(floor: Floor) -> Mapping[str, Line]:
    return {
        service.id: Line(0, None, open=False, closed_reason=_REASONS[index % len(_REASONS)])
        for index, service in enumerate(floor.services)
    }


def _ticket(floor: Floor, paper: Paper, printer: str) -> Ticket:
    return Ticket(
        id="01JD3M0Z6Q9V8X7W5T4S3R2Q1P",
        number="A012",
        service=floor.services[0].id,
        ahead=7,
        forecast=Forecast(low=13, median=19, high=24),
        paper=paper,
        printer=printer,
    )
