"""What a command that was done is answered (docs/bus.md)."""

from typing import Any

from broker.messages.envelope import Forecast
from hall.core import State
from hall.core import commands as core
from hall.core.booking_commands import CheckIn
from hall.core.events import Event, Wait
from hall.core.state import Ticket
from hall.core.task_commands import ReportStuck
from hall.core.task_events import TaskRaised


def keys(state: State, command: core.Command, events: list[Event]) -> dict[str, Any]:
    """The reply's keys beyond `ok`: which ticket it came to, and for a fresh one what its owner is told."""
    if isinstance(command, core.PostNotice):
        return {"details": {"notice": command.notice}}
    said: dict[str, Any] = {}
    if isinstance(command, ReportStuck):
        said["details"] = {"task": next(event.task for event in events if isinstance(event, TaskRaised))}
    ticket = _subject(state, command, events)
    if ticket is None:
        return said
    said |= {"ticket": ticket.id, "number": ticket.number, "status": ticket.status}
    if isinstance(command, core.TakeTicket | CheckIn | ReportStuck):
        said |= {"service": ticket.service, "ahead": ticket.ahead}
        said |= {"forecast_minutes": forecast(ticket.forecast)}
    return said


def forecast(wait: Wait | None) -> Forecast | None:
    """The core's forecast as it stands on the bus."""
    return None if wait is None else Forecast(low=wait.low, median=wait.median, high=wait.high)


def _subject(state: State, command: core.Command, events: list[Event]) -> Ticket | None:
    """The ticket a command was about: the last that something happened to, or the one it names."""
    named = [getattr(event, "ticket", None) for event in reversed(events)]
    named.append(getattr(command, "ticket", None))
    for ticket in named:
        if ticket is not None and ticket in state.tickets:
            return state.tickets[ticket]
    return None
