"""Plays a planned day on a running hall: visitors at a kiosk, clerks, supervisors, incidents."""

import asyncio
import logging
import random
from collections.abc import Coroutine
from datetime import datetime, time, timedelta
from typing import Any

from msgspec import UNSET

from broker.client import Bus, Received
from broker.clock import real_seconds_until
from broker.messages.envelope import Message
from broker.messages.hall import Acknowledge, AlarmState, CounterState, Reprint, TakeTicket, TicketPrint
from broker.messages.wire import Refused
from broker.topics import topic_filter
from hallfile.premises import Premises
from simulators.crowd.appointments import Appointments
from simulators.crowd.clerks import Clerk
from simulators.crowd.hands import Hands
from simulators.crowd.plan import Day, Incident, Visitor, plan_day
from simulators.crowd.reachable import Reachable

log = logging.getLogger(__name__)

FULL_ROLL_MM = 80_000.0
"""An 80 m roll of ticket paper."""
LATE_S = 120.0
"""Visitors who should have come earlier than this before the hall was started are not played."""
LIGHTS_OUT = time(20, 0)
"""Clerks work on after closing while somebody waits; by then all have gone home."""
NOTICE_S = (8.0, 30.0)
"""How long a supervisor takes to see an alarm, hall seconds."""


async def run(premises: Premises, bus: Bus, seed: int) -> None:
    """Play one day after another until cancelled."""
    crowd = Crowd(premises, bus, random.Random(seed))
    while True:
        today = premises.clock.now().date()
        await crowd.play(plan_day(premises.hall, today, seed))
        midnight = datetime.combine(today + timedelta(days=1), time(), premises.clock.zone)
        await asyncio.sleep(max(0.0, real_seconds_until(premises.clock, midnight)))


class Crowd:
    """The people of a simulated hall."""

    def __init__(self, premises: Premises, bus: Bus, chance: random.Random) -> None:
        hall = premises.hall
        self._premises = premises
        self._bus = bus
        self._chance = chance
        self._hands = Hands(bus)
        self._appointments = Appointments(self._hands, self._chance)
        self._reachable = Reachable(premises, self._hands)
        self._by_ticket: dict[str, Visitor] = {}
        self._seen_alarms: set[str] = set()
        self._doing: set[asyncio.Task[None]] = set()
        self._kiosks = [name for name, kiosk in hall.kiosks.items() if not kiosk.screen] or list(hall.kiosks)
        call_pads = {pad.counter: name for name, pad in hall.call_pads.items()}
        rating_pads = {pad.counter: name for name, pad in hall.rating_pads.items()}
        self._clerks = {
            counter: Clerk(
                counter,
                call_pads.get(counter),
                rating_pads.get(counter),
                self._hands,
                premises.clock,
                random.Random(chance.random()),
                self._by_ticket.get,
            )
            for counter in hall.counters
        }
        for kind, leaf in (("counter", "state"), ("alarm", "state"), ("controller", "event")):
            bus.subscribe(topic_filter(bus.hall, kind, leaf=leaf), self._hear)

    async def play(self, day: Day) -> None:
        """Play one day until its last visitor and incident have come and its clerks have gone home."""
        clerks = [asyncio.create_task(clerk.work()) for clerk in self._clerks.values()]
        try:
            booking = self._appointments.book(day.visitors)
            await asyncio.gather(booking, self._visitors(day), self._incidents(day), self._until_evening())
        finally:
            for task in (*clerks, *self._doing):
                task.cancel()
            await asyncio.gather(*clerks, *self._doing, return_exceptions=True)
            self._by_ticket.clear()

    async def _visitors(self, day: Day) -> None:
        late = self._premises.clock.now() - timedelta(seconds=LATE_S)
        for visitor in day.visitors:
            if visitor.arrives < late:
                continue
            await asyncio.sleep(self._hands.real_wait(visitor.arrives))
            if not self._appointments.is_missed_by(visitor):
                self._do(self._take_ticket(visitor))

    async def _until_evening(self) -> None:
        now = self._premises.clock.now()
        await asyncio.sleep(self._hands.real_wait(datetime.combine(now.date(), LIGHTS_OUT, now.tzinfo)))

    async def _take_ticket(self, visitor: Visitor) -> None:
        kiosk = self._chance.choice(self._kiosks)
        reply = await self._appointments.check_in(visitor, kiosk)
        if reply is None:
            reply = await self._hands.ask_controller(
                TakeTicket,
                f"kiosk/{kiosk}",
                service=visitor.service,
                kiosk=kiosk,
                priority=[visitor.priority] if visitor.priority else UNSET,
            )
        if reply is not None and reply.ok and isinstance(reply.ticket, str):
            self._by_ticket[reply.ticket] = visitor
            await self._reachable.ask_for(reply.ticket)

    async def _incidents(self, day: Day) -> None:
        for incident in day.incidents:
            if self._premises.clock.now() - timedelta(seconds=LATE_S) > incident.at:
                continue
            await asyncio.sleep(self._hands.real_wait(incident.at))
            await self._happen(incident)

    async def _happen(self, incident: Incident) -> None:
        log.info("%s at %s", incident.what, incident.where)
        match incident.what:
            case "paper_out":
                await self._hands.switch(incident.where, "paper_mm", 0.0)
            case "paper_in":
                await self._hands.switch(incident.where, "paper_mm", FULL_ROLL_MM)
            case "unplug" | "plug":
                await self._hands.switch(incident.where, "unplugged", incident.what == "unplug")
            case "quarrel" | "slam":
                await self._hands.switch(incident.where, "scene", incident.what)
            case "absence":
                self._clerks[incident.where].leaves_for = incident.minutes

    def _hear(self, received: Received) -> None:
        if not received.packet.payload:
            return
        try:
            message: Message = received.message()
        except Refused:
            return
        owner = received.topic.id
        if isinstance(message, CounterState) and owner in self._clerks:
            self._clerks[owner].state = message
        elif isinstance(message, TicketPrint) and message.outcome == "failed":
            self._do(self._print_elsewhere(message))
        elif isinstance(message, AlarmState) and message.cleared is None and owner not in self._seen_alarms:
            self._seen_alarms.add(owner)
            for party in message.parties:
                self._do(self._go_there(owner, party))

    async def _print_elsewhere(self, failed: TicketPrint) -> None:
        if failed.ticket not in self._by_ticket or failed.kiosk is None:
            return
        printers = self._premises.hall.kiosks[failed.kiosk].printers
        other = next((name for name in printers if name != failed.printer), failed.printer)
        await asyncio.sleep(self._chance.uniform(5, 15) / self._premises.clock.speed)
        await self._hands.ask_controller(
            Reprint, f"kiosk/{failed.kiosk}", ticket=failed.ticket, kiosk=failed.kiosk, printer=other
        )

    async def _go_there(self, alarm: str, party: str) -> None:
        await asyncio.sleep(self._chance.uniform(*NOTICE_S) / self._premises.clock.speed)
        await self._hands.ask_controller(Acknowledge, f"console/{party}", alarm=alarm, party=party)

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._doing.add(task)
        task.add_done_callback(self._doing.discard)
