"""A ticket's own page: where the number stands, for whoever scans the code on the paper.

It says nothing about whose ticket it is. Every part is markup that any telephone shows.
"""

from collections.abc import Hashable
from datetime import datetime, timedelta
from typing import Final

from broker.messages.hall import InLine
from console.following import Place
from console.health import controller_answers
from console.house import House
from console.markup import Html, el, join
from console.picture import DONE, TicketSeen
from console.public.live import Regions
from console.tongue import Tongue

LONGEST_ID: Final = 64
GRADES: Final = (5, 4, 3, 2, 1)
LEAVING: Final = ("waiting", "held", "missed")
"""Where a number stands that its owner may give up."""
STEP_MIN: Final = 5
"""Times told finer than this would be believed to be surer than they are."""


def known(house: House, ticket: str) -> bool:
    """Whether there is such a ticket today, as far as is known here."""
    picture = house.picture
    return len(ticket) <= LONGEST_ID and (ticket in picture.tickets or ticket in picture.following.places)


def shape(house: House, ticket: str) -> Hashable:
    """All that the page depends on."""
    place = house.picture.following.places.get(ticket)
    until = None if place is None else place.line.rate_until
    return (
        house.picture.tickets.get(ticket),
        None if place is None else (place.service, place.line, place.at),
        until is not None and house.clock.now() < until,
        _answers(house),
    )


def regions(house: House, say: Tongue, ticket: str) -> Regions:
    """The page's parts."""
    place, seen = house.picture.following.places.get(ticket), house.picture.tickets.get(ticket)
    if seen is not None and seen.standing in DONE:
        place = None
    return {
        "standing": _standing(house, say, place, seen),
        "rating": _rating(house, say, ticket, place),
        "remind": _remind(house, say, ticket, place),
        "leave": _leave(say, ticket) if why_stay(house, say, ticket) is None else Html(),
        "note": el("p", say("ticket.paused"), cls="warn") if not _answers(house) else Html(),
    }


def _answers(house: House) -> bool:
    return house.bus.connected.is_set() and bool(controller_answers(house.picture, house.clock))


def _standing(house: House, say: Tongue, place: Place | None, seen: TicketSeen | None) -> Html:
    if place is not None:
        return _in_line(house, say, place)
    if seen is None:
        return el("p", say("ticket.unknown"))
    called = seen.standing == "called"
    return join(
        (
            _number(say, seen.number),
            _call(house, say, seen.number, seen.counter or "")
            if called
            else el("p", say(f"ticket.{seen.standing}"), cls="state"),
        )
    )


def _in_line(house: House, say: Tongue, place: Place) -> Html:
    line = place.line
    if line.standing == "called":
        words = _call(house, say, line.number, line.counter or "")
    elif line.standing == "waiting":
        words = _waiting(house, say, place)
    else:
        at = house.counter_name(say, line.counter) if line.counter else ""
        cls = "near" if line.standing == "missed" else "state"
        words = el("p", say(f"ticket.{line.standing}", counter=at), cls=cls)
    return join((_number(say, line.number), words))


def _number(say: Tongue, number: str) -> Html:
    return join((el("small", say("ticket.number")), el("b", number, cls="number")))


def _call(house: House, say: Tongue, number: str, counter: str) -> Html:
    """The call itself: it flashes, and the phone is asked to shake."""
    words = say("ticket.called", counter=house.counter_name(say, counter))
    nth = max((call.nth for call in house.picture.calls.values() if call.number == number), default=1)
    return el(
        "p", words, cls="called", role="alert", data_alert=f"{number}-{counter}-{nth}", data_words=words
    )


def _waiting(house: House, say: Tongue, place: Place) -> Html:
    line = place.line
    ahead = line.ahead or 0
    away = _step_away(house, say, line, place.at)
    return join(
        (
            _near(house, say, place) if away is None else None,
            el("p", say("ticket.ahead" if ahead else "ticket.ahead_none", count=ahead), cls="ahead"),
            el("p", say("ticket.wait", wait=say.wait(line.forecast_minutes)), cls="wait"),
            away,
            el("p", _where(house, say, place.service), cls="where"),
        )
    )


def _near(house: House, say: Tongue, place: Place) -> Html | None:
    """Whose turn is near is called back: the phone is asked to shake, as for the call itself."""
    rule, line = house.hall.reminders, place.line
    wait = line.forecast_minutes
    soon = wait is not None and wait.median <= rule.near_minutes
    if line.ahead is None or (line.ahead > rule.near_people and not soon):
        return None
    zone = house.hall.zones[house.hall.services[place.service].zone]
    words = say("ticket.near", zone=say.named(zone))
    return el("p", words, cls="near", data_alert=f"near-{line.number}", data_words=words)


def _step_away(house: House, say: Tongue, line: InLine, at: datetime) -> Html | None:
    pages, wait = house.hall.pages, line.forecast_minutes
    if wait is None or wait.low < pages.step_away_minutes:
        return None
    back = at.astimezone(house.clock.now().tzinfo) + timedelta(minutes=wait.low - pages.back_before_minutes)
    back -= timedelta(minutes=back.minute % STEP_MIN)
    return el("p", say("ticket.step_away", time=f"{back:%H:%M}"), cls="away")


def _where(house: House, say: Tongue, service: str) -> str:
    """Where its owner will be called to."""
    entry = house.hall.services.get(service)
    if entry is None:
        return ""
    counters = [name for name, counter in house.hall.counters.items() if service in counter.services]
    names = say("place.list").join(house.counter_name(say, name) for name in counters)
    zone = say.named(house.hall.zones[entry.zone])
    return say("ticket.where", service=say.named(entry), zone=zone, counters=names)


def _rating(house: House, say: Tongue, ticket: str, place: Place | None) -> Html:
    """Five buttons while the window is open; without a script they send the page."""
    if place is None or place.line.rate_until is None or house.clock.now() >= place.line.rate_until:
        return Html()
    buttons = (el("button", say(f"choice.key.{grade}"), name="grade", value=grade) for grade in GRADES)
    return el(
        "form",
        el("p", say("ticket.rate")),
        *buttons,
        method="post",
        action=f"/t/{ticket}/rate?lang={say.language}",
    )


def _remind(house: House, say: Tongue, ticket: str, place: Place | None) -> Html:
    """Where a number may be left to be told by, in a hall that has a gateway for it."""
    if place is None or place.line.standing != "waiting" or not can_remind(house):
        return Html()
    if place.line.remind:
        return el("p", say("ticket.remind_set"))
    return el(
        "form",
        el(
            "label",
            say("ticket.remind"),
            el("input", name="phone", type="tel", autocomplete="tel", maxlength=20, required="required"),
        ),
        el("button", say("ticket.remind_me")),
        el("small", say("ticket.remind_kept")),
        method="post",
        action=f"/t/{ticket}/remind?lang={say.language}",
    )


def why_stay(house: House, say: Tongue, ticket: str) -> str | None:
    """Why its owner can't give the number up here, being over or called; None where they can."""
    place, seen = house.picture.following.places.get(ticket), house.picture.tickets.get(ticket)
    if seen is not None and seen.standing in DONE:
        return say(f"ticket.{seen.standing}")
    if place is not None and place.line.standing in LEAVING:
        return None
    return say("ticket.too_late_to_leave")


def _leave(say: Tongue, ticket: str) -> Html:
    """Who does not come after all lets the others move up; it is asked once more before it is done."""
    return el("a", say("ticket.leave_line"), href=f"/t/{ticket}/leave?lang={say.language}")


def can_remind(house: House) -> bool:
    """Whether messages go out to phones from here."""
    return any(gateway.kind == "sms" for gateway in house.hall.gateways.values())
