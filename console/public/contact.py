"""Who was not satisfied leaves how to be reached: in the hall's private notes, never on the bus."""

import asyncio
import re
from typing import Final

from broker.messages.tasks import LeaveContact
from console.house import House
from console.markup import Html, el
from console.tongue import Tongue
from hallfile.notes import NAME_MOST, PHONE_MOST, Note, Notes, NotesUnavailable

PHONE: Final = re.compile(r"[0-9+() -]{5,30}")


def form(house: House, say: Tongue, ticket: str) -> Html | None:
    """Name and number, where something of this ticket waits to be answered and nobody knows whom to call."""
    waiting = any(
        task.ticket == ticket and task.closed is None and task.contact == "unknown"
        for task in house.picture.tasks.values()
    )
    return asked(say, ticket) if waiting else None


def asked(say: Tongue, ticket: str) -> Html:
    """The form itself."""
    return el(
        "form",
        el("p", say("ticket.leave_contact")),
        el(
            "input",
            name="name",
            placeholder=say("ticket.your_name"),
            maxlength=NAME_MOST,
            autocomplete="name",
        ),
        el(
            "input",
            name="phone",
            type="tel",
            placeholder=say("ticket.your_phone"),
            maxlength=PHONE_MOST,
            required="required",
            autocomplete="tel",
        ),
        el("button", say("ticket.leave")),
        el("small", say("ticket.contact_kept")),
        method="post",
        action=f"/t/{ticket}/contact?lang={say.language}",
        cls="card",
    )


async def take(house: House, say: Tongue, ticket: str, fields: dict[str, str]) -> str:
    """Keep what was filled in, and say what became of it."""
    phone = fields.get("phone", "").strip()
    if not PHONE.fullmatch(phone):
        return say("ticket.no_such_phone")
    notes, name = Notes(house.premises.data), house.bus.new_id()
    note = Note(name=fields.get("name", "").strip(), phone=phone)
    try:
        await asyncio.to_thread(notes.keep, name, note, house.clock.now())
        given = await house.orders.controller(LeaveContact, "console/ticket", ticket=ticket, note=name)
        if given.ok:
            return say("ticket.contact_left")
        if not given.silence:
            await asyncio.to_thread(notes.erase, {name})
    except NotesUnavailable:
        return say("ticket.contact_fault")
    return say.sent(given, "text") or say("ticket.silence")
