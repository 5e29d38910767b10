"""When somebody's turn is near. Who wants to know is asked for; when it is so is decided here."""

from collections.abc import Callable
from typing import Any, Final

from hall.core import forecast
from hall.core.commands import Command
from hall.core.happening import Event, Wait
from hall.core.outlook import Outlooks
from hall.core.refusal import Refusal, refuse
from hall.core.remind_events import NearTurn, ReminderWanted, Wish
from hall.core.rules import Rules
from hall.core.state import State, Ticket


class Remind(Command, frozen=True, kw_only=True):
    """The owner of `ticket` wants to be told when their turn is near, and when they are done."""

    ticket: str
    pager: str | None = None


class LookNear(Command, frozen=True, kw_only=True):
    """See whose turn is near by now."""


def remind(state: State, rules: Rules, command: Remind) -> list[Event] | Refusal:
    """Write the wish down; the same one twice is one."""
    ticket = state.tickets.get(command.ticket)
    if ticket is None:
        return refuse(rules, "unknown_ticket")
    if not ticket.is_open:
        return refuse(rules, "reminder_over", ticket=ticket.id, number=ticket.number)
    wish = state.reminding.get(ticket.id)
    if wish is not None and command.pager in (None, wish.pager):
        return []
    return [ReminderWanted(at=command.at, by=command.by, ticket=ticket.id, pager=command.pager)]


def is_due(state: State) -> bool:
    """Whether anybody waits who wants to be told and was not."""
    return any(_may_be_near(state, ticket) for ticket in state.reminding)


def look_near(state: State, rules: Rules, command: LookNear, outlooks: Outlooks) -> list[Event]:
    """Those before whom few are left, or whose wait will most likely be short."""
    rule = rules.hall.reminders
    near: list[Event] = []
    for name, wish in state.reminding.items():
        if not _may_be_near(state, name):
            continue
        ticket = state.tickets[name]
        ahead = forecast.ahead(state, ticket.service, ticket.turn, ticket.booked)
        seen = outlooks.of(state, ticket, command.at)
        wait = None if seen is None else seen.wait
        if ahead <= rule.near_people or (wait is not None and wait.median <= rule.near_minutes):
            near.append(_near(ticket, wish, command, ahead, wait))
    return near


def _near(ticket: Ticket, wish: Wish, command: LookNear, ahead: int, wait: Wait | None) -> NearTurn:
    return NearTurn(
        at=command.at,
        by=command.by,
        ticket=ticket.id,
        number=ticket.number,
        service=ticket.service,
        ahead=ahead,
        wait=wait,
        pager=wish.pager,
    )


def _may_be_near(state: State, name: str) -> bool:
    ticket = state.tickets.get(name)
    return ticket is not None and ticket.status == "waiting" and not state.reminding[name].told


def _reminder_wanted(state: State, event: ReminderWanted) -> None:
    told = event.ticket in state.reminding and state.reminding[event.ticket].told
    state.reminding[event.ticket] = Wish(event.pager, told)


def _near_turn(state: State, event: NearTurn) -> None:
    state.reminding.setdefault(event.ticket, Wish()).told = True


DECISIONS: Final[dict[type[Command], Callable[[State, Rules, Any], list[Event] | Refusal]]] = {
    Remind: remind,
}
"""All but `LookNear`, which is told what is foreseen."""
FOLDS: Final[dict[type[Event], Callable[[State, Any], None]]] = {
    ReminderWanted: _reminder_wanted,
    NearTurn: _near_turn,
}
