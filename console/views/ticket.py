"""A ticket's own page: the number and where it stands, for whoever scans the code on the paper.

Plain markup without scripts, so that any telephone shows it. It says nothing about whose ticket it is.
"""

from typing import Final

from broker.messages.hall import QueueState
from console.house import House
from console.markup import Html, el
from console.picture import TicketSeen
from console.tongue import Tongue

LONGEST_ID: Final = 64
REFRESH_S: Final = 20


def ticket_page(house: House, say: Tongue, ticket: str) -> tuple[bool, str]:
    """Whether the ticket is known, and the page about it."""
    seen = house.picture.tickets.get(ticket) if len(ticket) <= LONGEST_ID else None
    inside = _known(house, say, seen) if seen else el("p", say("ticket.unknown"))
    return seen is not None, _page(house, say, inside)


def _known(house: House, say: Tongue, seen: TicketSeen) -> Html:
    words = say(f"ticket.{seen.standing}", counter=seen.counter or "")
    queue = _queue(house, seen.number) if seen.standing == "waiting" else None
    return el(
        "div",
        el("small", say("ticket.number")),
        el("b", seen.number),
        el("p", words),
        el("p", say("ticket.queue", waiting=queue.waiting, last=queue.last_called or "—")) if queue else None,
    )


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
