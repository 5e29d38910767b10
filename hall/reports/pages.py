"""What the web pages ask of the journal, by the hall's data folder. None means that it can't be said now."""

import logging
from pathlib import Path
from typing import Literal

import msgspec
from msgspec.structs import replace

from hall.core import events as e
from hall.journal import JournalBroken, journal_path, read
from hall.journal.reader import last_day
from hall.reports.day import Day, day_report

log = logging.getLogger(__name__)


class TicketToday(msgspec.Struct, frozen=True, kw_only=True):
    """Where a ticket of the newest day stands; never whose it is."""

    number: str
    standing: Literal["waiting", "called", "left", "over", "ended", "void"] = "waiting"
    counter: str | None = None


def newest_day(data: Path) -> Day | None:
    """The figures of the newest day; it reads the whole day, so not on an event loop."""
    try:
        return day_report(journal_path(data))
    except JournalBroken as error:
        log.debug("no report: %s", error)
        return None


def tickets_today(data: Path) -> dict[str, TicketToday]:
    """Every ticket of the newest day by its id; it reads the whole day, so not on an event loop."""
    tickets: dict[str, TicketToday] = {}
    try:
        day = last_day(journal_path(data))
        for event in read(journal_path(data), day) if day is not None else ():
            _follow(tickets, event)
    except JournalBroken as error:
        log.debug("no tickets from the journal: %s", error)
    return tickets


def _follow(tickets: dict[str, TicketToday], event: e.Event) -> None:
    if isinstance(event, e.TicketTaken):
        tickets[event.ticket] = TicketToday(number=event.number)
        return
    known = tickets.get(getattr(event, "ticket", ""))
    if known is None:
        return
    match event:
        case e.TicketCalled():
            now = replace(known, standing="called", counter=event.counter)
        case e.ServiceFinished() if event.next is not None:
            now = replace(known, standing="left")
        case e.ServiceFinished():
            now = replace(known, standing="over")
        case e.TicketMissed(goes="void") | e.TicketVoided():
            now = replace(known, standing="void")
        case e.TicketEnded():
            now = replace(known, standing="ended")
        case e.TicketMissed() | e.TicketHeld() | e.TicketResumed() | e.TicketTransferred():
            now = replace(known, standing="left")
        case _:
            return
    tickets[event.ticket] = now
