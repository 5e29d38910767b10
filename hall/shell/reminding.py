"""Reminders: whose turn is near is looked for, written into the spool, told on the bus, and sent."""

import logging
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from broker.client import Bus
from broker.messages.reminders import NearTurn as BusNearTurn
from broker.now_and_then import NowAndThen
from broker.topics import CONTROLLER_ID
from hall.core import State, reminders
from hall.core import events as e
from hall.core.remind_events import NearTurn, ReminderWanted
from hall.core.task_events import CaseFinished
from hall.journal import Journal
from hall.shell.case_reach import CaseReach
from hall.shell.intake import Intake
from hall.shell.ledger import Ledger, Order
from hall.shell.replies import forecast
from hall.shell.sender import Post, Sender
from hall.shell.spool import MOST_WAITING, Kind, Message, Spool
from hall.shell.steady import steady_id
from hallfile.notes import CASES, REACH, Note, Notes, NotesUnavailable
from hallfile.premises import Premises

log = logging.getLogger(__name__)

LOOK_S: Final = 2.0
"""So often it is looked whose turn is near, real seconds."""
NOTE_GRACE: Final = timedelta(minutes=5)
"""A number is written down before its wish is asked for: so long, hall time, it may belong to nobody yet."""
FILE: Final = "reminders.db"


def secrets(premises: Premises) -> dict[str, str]:
    """What each gateway's messages are signed with, read from the files beside the hall file."""
    found: dict[str, str] = {}
    for name, gateway in premises.hall.gateways.items():
        if gateway.secret_file is not None:
            try:
                path = premises.path.parent / gateway.secret_file
                found[name] = path.read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                log.error("gateways.%s.secret_file can't be read (%s): it will refuse us", name, error)
    return found


class Reminding:
    """Everything about reminders beside the core."""

    def __init__(
        self,
        bus: Bus,
        ledger: Ledger,
        intake: Intake,
        data: Path,
        secret_of: Mapping[str, str],
        post: Post | None = None,
    ) -> None:
        self._bus = bus
        self._ledger = ledger
        self._intake = intake
        self._grumble = NowAndThen(bus.clock)
        self._look_at = 0.0
        self._sweep_due = True
        self._spool = Spool(data / FILE)
        self._unwritten: list[Message] = []
        """What the disk has not taken yet; until it has, nobody's number is erased."""
        self._notes = Notes(data, REACH)
        self._cases = CaseReach(ledger, self._spool, Notes(data, CASES))
        self._gateways = ledger.engine.rules.hall.gateways
        self._sender = Sender(
            bus.clock,
            self._spool,
            self._reach,
            self._gateways,
            secret_of,
            self._still_wanted,
            self._settled,
            post,
        )

    @property
    def _state(self) -> State:
        return self._ledger.state

    def catch_up(self, journal: Journal) -> None:
        """Write down what an earlier run may have been killed before; what is there already stays."""
        rule = self._ledger.engine.rules.hall.reminders
        longest = max(rule.near_expires_minutes, rule.done_expires_minutes, rule.case_expires_minutes)
        since = self._bus.clock.now() - timedelta(minutes=longest)
        self._put(journal.since(since, NearTurn, e.ServiceFinished, CaseFinished))

    async def run(self) -> None:
        """Send until cancelled."""
        await self._sender.run()

    def close(self) -> None:
        """Let go of the file."""
        self._spool.close()

    def saw(self, events: list[e.Event]) -> None:
        """Write down what is to be sent, then tell the bus."""
        try:
            self._saw(events)
        except Exception:
            log.exception("a reminder could not be given; the hall goes on")

    def _saw(self, events: list[e.Event]) -> None:
        self._put(events)
        for event in events:
            self._cases.saw(event)
            if isinstance(event, NearTurn):
                self._tell(event)
            if e.ends_visit(event) or isinstance(event, e.DayBegan | ReminderWanted):
                self._sweep_due = True

    def look(self) -> None:
        """Ask the core whose turn is near, now and then; write down what is left, erase what nobody needs."""
        now = self._bus.clock.monotonic()
        if now < self._look_at:
            return
        self._look_at = now + LOOK_S
        if reminders.is_due(self._state):
            self._intake.put(Order(lambda at, _: reminders.LookNear(at=at, by="controller")))
        self._write_down()
        if not self._unwritten:
            self._erase()

    def _put(self, events: Iterable[e.Event]) -> None:
        self._unwritten += [message for event in events for message in self._messages(event)]
        self._write_down()

    def _write_down(self) -> None:
        if not self._unwritten:
            return
        try:
            no_room = self._spool.put(self._unwritten)
        except sqlite3.Error as error:
            self._grumble("reminders can't be written down (%s); it will be tried again", error)
            del self._unwritten[MOST_WAITING:]
            return
        self._unwritten.clear()
        self._sender.stir()
        if no_room:
            log.error(
                "%d messages are not sent: %d wait already; see whether the gateways of the hall file answer",
                no_room,
                MOST_WAITING,
            )

    def _messages(self, event: e.Event) -> Iterator[Message]:
        """One for each gateway."""
        hall = self._ledger.engine.rules.hall
        rule = hall.reminders
        match event:
            case NearTurn() if event.service in hall.services:
                zone = hall.zones[hall.services[event.service].zone].name
                words: dict[str, object] = {"zone": zone, "ahead": event.ahead}
                yield from self._for_all(
                    "near",
                    event.at,
                    event.ticket,
                    event.number,
                    rule.near_expires_minutes,
                    words,
                    event.ahead,
                )
            case e.ServiceFinished(next=None) if rule.done and event.ticket in self._state.reminding:
                yield from self._for_all(
                    "done", event.at, event.ticket, event.number, rule.done_expires_minutes, {}
                )
            case CaseFinished(note=str(note)):
                words = {"case": event.case, "item": event.item}
                yield from self._for_all("case", event.at, note, event.case, rule.case_expires_minutes, words)

    def _for_all(
        self,
        kind: Kind,
        at: datetime,
        whose: str,
        number: str,
        expires_minutes: float,
        words: dict[str, object],
        ahead: int | None = None,
    ) -> Iterator[Message]:
        rules = self._ledger.engine.rules
        text = rules.texts(f"remind.{kind}", hall=rules.hall.hall.name, number=number, **words)
        for gateway in self._gateways:
            yield Message(
                id=steady_id(at, kind, whose, gateway),
                at=at,
                kind=kind,
                gateway=gateway,
                ticket=whose,
                number=number,
                text=text,
                ahead=ahead,
                expires=at + timedelta(minutes=expires_minutes),
                next=at,
            )

    def _reach(self, message: Message) -> Note | None:
        kept = self._cases if message.kind == "case" else self._notes
        return kept.read(message.ticket)

    def _settled(self, message: Message) -> None:
        if message.kind == "case":
            self._cases.told(message.ticket)
        else:
            self._sweep_due = True

    def _still_wanted(self, message: Message) -> bool:
        """A near turn only while they wait; what is done stays so until the day is over, a case for good."""
        if message.kind == "case":
            return True
        ticket = self._state.tickets.get(message.ticket)
        return ticket is not None and (message.kind == "done" or ticket.status == "waiting")

    def _tell(self, event: NearTurn) -> None:
        self._bus.tell(
            self._bus.topic("controller", CONTROLLER_ID, "event"),
            BusNearTurn(
                id=steady_id(event.at, "near_turn", event.ticket),
                at=event.at,
                ticket=event.ticket,
                number=event.number,
                ahead=event.ahead,
                forecast_minutes=forecast(event.wait),
                pager=event.pager,
            ),
        )

    def _erase(self) -> None:
        """Erase how to reach those whom nothing more is to be told."""
        try:
            self._cases.look()
            if self._sweep_due:
                self._sweep()
        except (NotesUnavailable, sqlite3.Error) as error:
            self._grumble("how to reach people could not be erased (%s); it will be tried again", error)

    def _sweep(self) -> None:
        state = self._state
        needed = {message.ticket for message in self._spool.waiting() if self._still_wanted(message)}
        needed |= {name for name in state.reminding if state.tickets[name].is_open}
        self._notes.erase_others(needed, self._bus.clock.now() - NOTE_GRACE)
        self._sweep_due = self._notes.any_but(needed)
