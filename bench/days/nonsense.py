"""What nobody sensible would ask for just now, or what does not exist."""

import random
from datetime import datetime

from hall.core import Engine
from hall.core import booking_commands as ask
from hall.core import commands as c


def out_of_place(engine: Engine, at: datetime, chance: random.Random) -> c.Command:
    """One command; it must be refused with a reason, or do no harm."""
    rules, state = engine.rules, engine.state
    counter = chance.choice([*rules.hall.counters, "no-such"])
    ticket = chance.choice([*list(state.tickets)[-5:], "no-such"])
    service = chance.choice([*rules.hall.services, "no-such"])
    booking = chance.choice([*list(state.diary.bookings)[-5:], "no-such"])
    client = chance.choice([*list(state.diary.clients)[-5:], "no-such"])
    odd = f"odd-{at.timestamp()}"
    ids = {"booking": odd, "code": odd, "client": odd}
    now = at.replace(second=0, microsecond=0)
    commands: tuple[c.Command, ...] = (
        c.TakeTicket(at=at, ticket=next(iter(state.tickets), "x"), service="no-such"),
        c.Start(at=at, ticket=ticket),
        c.Finish(at=at, ticket=ticket, counter=counter),
        c.NoShow(at=at, counter=counter),
        c.Resume(at=at, ticket=ticket),
        c.Recall(at=at),
        c.Transfer(at=at, ticket=ticket, to=service),
        c.Rate(at=at, ticket=ticket, grade=chance.randint(1, 5)),
        c.Logout(at=at, counter=counter),
        c.Login(at=at, counter=counter, clerk=chance.choice(["clerk-1", "another"])),
        c.Pause(at=at, counter=counter),
        c.Reopen(at=at, counter=counter),
        c.Press(at=at, counter=chance.choice(list(rules.hall.counters)), action="hold"),
        c.PrintEnded(at=at, job="no-such", outcome="printed"),
        c.Keep(at=at, ticket=ticket, seconds=chance.choice([None, 30.0])),
        ask.Book(at=at, **ids, service=service, slot=now),
        ask.Book(at=at, **ids, service=service, slot=now.replace(minute=30)),
        ask.CancelBooking(at=at, booking=booking, by=chance.choice(["app/city", "console/front"])),
        ask.CancelBooking(at=at, code="no-such"),
        ask.CheckIn(at=at, code="no-such", ticket="odd"),
        ask.Appeal(at=at, client=client, why="", by="kiosk/k1"),
        ask.ReleaseBan(at=at, client=client, why="误判", by=chance.choice(["kiosk/k1", "console/front"])),
        ask.FindBookings(at=at, booking=booking),
        ask.FreeSlots(at=at, service=service),
    )
    return chance.choice(commands)
