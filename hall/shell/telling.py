"""What has happened, told to the hall: calls to boards and loudspeakers, windows to pads, papers to printers.

Every message has an id that follows from its event, and an expiry that counts from it. So whatever a crash
or a lost connection may have swallowed is simply told again: who heard it knows it, who did not still may.
"""

import logging
from collections import deque
from datetime import datetime, timedelta
from typing import Any, Final

from broker.client import Bus
from broker.messages import hall as bus_hall
from broker.messages.devices import OpenWindow, Say, Unsay
from broker.messages.envelope import Command, Message
from broker.topics import CONTROLLER_ID, Topic
from hall.core import Rules, State
from hall.core import events as e
from hall.core.rules import KEY_GRACE_S
from hall.core.state import Notice
from hall.shell import wording
from hall.shell.boards import Boards, serves
from hall.shell.picture import Picture
from hall.shell.printing import Printing
from hall.shell.steady import steady_id
from hall.texts import texts
from hallfile.catalogue import Catalogue

log = logging.getLogger(__name__)

TOLD_AGAIN_S: Final = 10.0
"""What happened in the last so many real seconds is told again after a restart or a lost connection."""

MOST_RECENT: Final = 500


class Telling:
    """Tells of events that are in the journal."""

    def __init__(self, bus: Bus, rules: Rules, printing: Printing, picture: Picture) -> None:
        self._bus = bus
        self._rules = rules
        self._printing = printing
        self._picture = picture
        self._recent: deque[e.Event] = deque(maxlen=MOST_RECENT)
        self.boards = Boards(bus, rules, lambda: picture.state, self._command)
        self._spoken: set[tuple[str, datetime]] = set()
        """Emergencies that loudspeakers were asked to say, each with its beginning."""

    @property
    def _state(self) -> State:
        return self._picture.state

    def tell(self, events: list[e.Event]) -> None:
        """Tell of what has just been written down, then show how the hall is now."""
        self._recent.extend(events)
        self._tell_all(events)
        try:
            if not all(isinstance(event, _NOT_ON_BOARDS) for event in events):
                self.look()
            self._picture.changed_by(events)
        except Exception:
            log.exception("a state could not be shown; the hall goes on")

    def look(self) -> None:
        """Tell what is due by time: on boards, and of emergencies that begin."""
        self.boards.look()
        for notice_id, notice in self._state.notices.items():
            said = (notice_id, notice.begins)
            if notice.level == "emergency" and said not in self._spoken and notice.begins <= self._now():
                self._spoken.add(said)
                self._say_emergency(notice_id, notice)

    def _now(self) -> datetime:
        return self._bus.clock.now()

    def remember(self, event: e.Event) -> None:
        """An event of an earlier run that may have to be told again."""
        self._recent.append(event)

    def tell_again(self) -> None:
        """Tell of what is recent, and have printed what is not printed yet."""
        since = self._bus.clock.now() - timedelta(seconds=TOLD_AGAIN_S * self._bus.clock.speed)
        self._tell_all([event for event in self._recent if event.at >= since])
        self.boards.tell_again()
        for job in list(self._state.printing.values()):
            self._print(job.job)

    def _tell_all(self, events: list[e.Event]) -> None:
        for event in events:
            self._tell_safely(event)
        ended = [event for event in events if isinstance(event, e.TicketEnded) and event.reason == "closing"]
        if ended:
            self._say_closed(ended[-1].at)

    def _tell_safely(self, event: e.Event) -> None:
        """One event that can't be told keeps no other from being told."""
        try:
            self._tell(event)
        except Exception:
            log.exception("%s could not be told; the hall goes on", e.type_of(event))

    def _tell(self, event: e.Event) -> None:
        match event:
            case e.TicketCalled():
                self._called(event)
            case e.ServiceFinished():
                self._call_is_over(event.ticket)
                self._finished(event)
            case e.TicketEnded():
                self._ended(event)
            case _ if isinstance(event, _END_A_CALL):
                self._call_is_over(event.ticket)
                if e.ends_visit(event):
                    self._voided(event.ticket, event)
            case e.PrintAsked():
                self._print(event.job)
            case e.PrintDone():
                self._event(
                    self._bus.topic("controller", CONTROLLER_ID, "event"),
                    bus_hall.TicketPrint,
                    event,
                    event.job,
                    **{name: getattr(event, name) for name in _PRINT_KEYS},
                )
            case e.Rated():
                self._event(
                    self._bus.topic("controller", CONTROLLER_ID, "event"),
                    bus_hall.Rated,
                    event,
                    event.ticket,
                    ticket=event.ticket,
                    counter=event.counter,
                    grade=event.grade,
                )

    def _print(self, job: str) -> None:
        if job in self._state.printing:
            self._printing.send(self._state, self._state.printing[job])

    def _called(self, event: e.TicketCalled) -> None:
        self._event(
            self._bus.topic("counter", event.counter, "event"),
            bus_hall.Called,
            event,
            event.ticket,
            event.nth,
            number=event.number,
            counter=event.counter,
            ticket=event.ticket,
            nth=event.nth,
            why=event.why,
            why_in=event.why_in,
            **self._step(event),
        )
        hall = self._rules.hall
        self.boards.called(event)
        for announcer in hall.announcers:
            if self._speaks_for(announcer, event.counter):
                self._say(announcer, event)

    def _step(self, event: e.TicketCalled) -> dict[str, Any]:
        """What it is called for, where its ticket is still known."""
        ticket = self._state.tickets.get(event.ticket)
        if ticket is None or ticket.service != event.service:
            return {"service": event.service}
        return {"service": event.service, "step": ticket.step, "steps": ticket.steps_in_all}

    def _speaks_for(self, announcer: str, counter: str) -> bool:
        hall = self._rules.hall
        zones = hall.announcers[announcer].zones
        return not zones or any(serves(hall, zone, counter) for zone in zones)

    def _call_is_over(self, ticket_id: str) -> None:
        """What still waits to be said of it is not said: its owner is there, or has been sent on."""
        ticket = self._state.tickets.get(ticket_id)
        if ticket is None or ticket.counter is None or ticket.status == "called":
            return
        at, now, stale_s = ticket.last_called_at, self._bus.clock.now(), self._rules.hall.calling.stale_s
        if at is None or now - at >= timedelta(seconds=stale_s * self._bus.clock.speed):
            return
        for announcer in self._rules.hall.announcers:
            if not self._speaks_for(announcer, ticket.counter):
                continue
            topic = self._bus.topic("announcer", announcer, "command")
            for language in self._languages:
                said = steady_id(at, Say.__name__, topic, ticket.id, ticket.calls, language)
                self._command(topic, Unsay, now, stale_s, said, re=said)

    @property
    def _languages(self) -> tuple[str, ...]:
        return ("zh-CN", "en") if self._rules.hall.calling.english else ("zh-CN",)

    def _say(self, announcer: str, event: e.TicketCalled) -> None:
        """Mandarin first, English after it where the hall wants it."""
        calling = self._rules.hall.calling
        for first, language in enumerate(self._languages):
            self._command(
                self._bus.topic("announcer", announcer, "command"),
                Say,
                event.at,
                calling.stale_s,
                event.ticket,
                event.nth,
                language,
                text=self._call_spoken(texts(language), event),
                lang=language,
                repeat=calling.announce_times,
                chime=first == 0,
            )

    def _call_spoken(self, words: Catalogue, event: e.TicketCalled) -> str:
        purpose = wording.purpose(self._rules, words, self._state.tickets.get(event.ticket))
        return wording.spoken(self._rules, words, event.number, event.counter, purpose)

    def _ended(self, event: e.TicketEnded) -> None:
        self._call_is_over(event.ticket)
        self._event(
            self._bus.topic("controller", CONTROLLER_ID, "event"),
            bus_hall.Ended,
            event,
            event.ticket,
            ticket=event.ticket,
            number=event.number,
            reason=event.reason,
        )

    def _voided(self, ticket: str, event: e.Event) -> None:
        seen = self._state.tickets.get(ticket)
        if seen is None:
            return
        reason = "missed" if isinstance(event, e.TicketMissed) else "given_up"
        self._event(
            self._bus.topic("controller", CONTROLLER_ID, "event"),
            bus_hall.Voided,
            event,
            ticket,
            ticket=ticket,
            number=seen.number,
            reason=reason,
        )

    def _say_emergency(self, notice_id: str, notice: Notice) -> None:
        """Spoken once, with the chime, in every language it was written in: not again after a restart."""
        texts_of = {"zh-CN": notice.text, "en": notice.text_en}
        calling, hall = self._rules.hall.calling, self._rules.hall
        for announcer, entry in hall.announcers.items():
            if notice.zone is not None and entry.zones and notice.zone not in entry.zones:
                continue
            for language in filter(texts_of.get, texts_of):
                self._command(
                    self._bus.topic("announcer", announcer, "command"),
                    Say,
                    notice.begins,
                    calling.stale_s,
                    notice_id,
                    language,
                    text=texts_of[language],
                    lang=language,
                    repeat=calling.announce_times,
                    chime=language == "zh-CN",
                )

    def _say_closed(self, at: datetime) -> None:
        """Those who still wait hear and read that nobody is called any more today."""
        hall, stale_s = self._rules.hall, self._rules.hall.calling.stale_s
        self.boards.closed()
        for announcer in hall.announcers:
            for first, language in enumerate(self._languages):
                self._command(
                    self._bus.topic("announcer", announcer, "command"),
                    Say,
                    at,
                    stale_s,
                    "closed",
                    language,
                    text=texts(language)("closed.spoken"),
                    lang=language,
                    repeat=1,
                    chime=first == 0,
                )

    def _finished(self, event: e.ServiceFinished) -> None:
        for pad, entry in self._rules.hall.rating_pads.items():
            if entry.counter == event.counter:
                self._command(
                    self._bus.topic("rating_pad", pad, "command"),
                    OpenWindow,
                    event.at,
                    KEY_GRACE_S,
                    event.ticket,
                    seconds=event.window_s,
                    ticket=event.ticket,
                )

    def _event(self, topic: Topic, kind: type[Message], event: e.Event, *parts: object, **keys: Any) -> None:
        self._bus.tell(topic, kind(id=steady_id(event.at, kind.__name__, *parts), at=event.at, **keys))

    def _command(
        self, topic: Topic, kind: type[Command], at: datetime, within_s: float, *parts: object, **keys: Any
    ) -> None:
        """Ask a device for something; it is refused there when `within_s` real seconds have passed."""
        command = kind(
            id=steady_id(at, kind.__name__, topic, *parts),
            at=at,
            expires=at + timedelta(seconds=within_s * self._bus.clock.speed),
            by=f"controller/{CONTROLLER_ID}",
            epoch=self._state.epoch,
            **keys,
        )
        self._bus.tell(topic, command)


_END_A_CALL: Final = (
    e.ServiceStarted,
    e.TicketMissed,
    e.TicketHeld,
    e.TicketTransferred,
    e.TicketVoided,
)
_NOT_ON_BOARDS: Final = (e.TicketTaken, e.PrintAsked, e.PrintDone, e.Rated)
"""What changes no board at once, and comes in rushes; how many wait is looked at every second."""
_PRINT_KEYS: Final = ("ticket", "number", "printer", "outcome", "reason", "text", "kiosk")
