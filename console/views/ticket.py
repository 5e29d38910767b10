"""A ticket's own page: the number and where it stands, for whoever scans the code on the paper.

Plain markup without scripts, so that any telephone shows it. It says nothing about whose ticket it is.
"""

from collections.abc import Iterator
from typing import Final

from broker.messages.hall import QueueState
from console.house import House
from console.markup import Html, el
from console.past import Turn
from console.picture import TicketSeen
from console.tongue import Tongue

LONGEST_ID: Final = 64
REFRESH_S: Final = 20


def ticket_page(house: House, say: Tongue, ticket: str) -> tuple[bool, str]:
    """Whether the ticket is known, and the page about it."""
    seen = house.picture.tickets.get(ticket) if len(ticket) <= LONGEST_ID else None
    inside = _known(house, say, ticket, seen) if seen else el("p", say("ticket.unknown"))
    return seen is not None, _page(house, say, inside)


def _known(house: House, say: Tongue, ticket: str, seen: TicketSeen) -> Html:
    words = say(f"ticket.{seen.standing}", counter=seen.counter or "")
    waits = seen.standing == "waiting"
    queue = _queue(house, seen.number) if waits else None
    turn = house.past.turns.get(ticket) if waits else None
    return el(
        "div",
        el("small", say("ticket.number")),
        el("b", seen.number),
        el("p", words),
        *(_turn(house, say, turn) if turn else ()),
        el("p", say("ticket.queue", waiting=queue.waiting, last=queue.last_called or "—")) if queue else None,
    )


def _turn(house: House, say: Tongue, turn: Turn) -> Iterator[Html]:
    """How many were before it; and what was foreseen when it was taken, for that is all that is known."""
    yield el("p", say("ticket.ahead" if turn.ahead else "ticket.ahead_none", count=turn.ahead))
    if turn.told is not None:
        taken = turn.taken.astimezone(house.clock.now().tzinfo)
        yield el("p", say("ticket.told", time=f"{taken:%H:%M}", wait=say.wait(turn.told)))


def _queue(house: House, number: str) -> QueueState | None:
    """The queue a number is of, by its prefix: prefixes are unique in the hall."""
    prefix = number.rstrip("0123456789")
    return next((queue for queue in house.picture.queues.values() if queue.prefix == prefix), None)


def _page(house: House, say: Tongue, inside: Html) -> str:
    head = el(
        "head",
        Html('<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'),
        Html(f'<meta http-equiv="refresh" content="{REFRESH_S}"><meta name="robots" content="noindex">'),
        el("title", say("ticket.title")),
        Html('<link rel="stylesheet" href="/theme.css">'),
    )
    body = el(
        "body",
        el(
            "main",
            el("h1", say.named(house.hall.hall)),
            inside,
            el("small", say("ticket.again"), cls="soft"),
            cls="ticket-page",
        ),
    )
    return "<!doctype html>" + el("html", head, body, lang=say.language)
