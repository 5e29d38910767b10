"""One device: its link opened and reopened, its health told, its commands answered.

A driver subclasses `Device` and writes `serve` (speak to the device until the link is lost) and, where the
device takes commands, `act`. Everything else (back-off, state words, heartbeats, counters, the door for
commands) is the same for all of them and lives here.
"""

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Final, Self

from broker.client import Bus
from broker.clock import Clock
from broker.door import Door, Refusal, Sentences
from broker.inbox import Inbox, MemoryInbox
from broker.messages.devices import DeviceState, DeviceWord
from broker.messages.envelope import Command, Event, Message
from broker.outbox import Outbox
from broker.topics import Topic
from devices.kit.errors import WORDS_LANGUAGE, DeviceError
from devices.kit.lines import Lines
from devices.kit.link import Link
from hallfile.catalogue import FIRST_LANGUAGE
from hallfile.devices import Device as Entry
from hallfile.premises import Premises

log = logging.getLogger(__name__)

FIRST_RETRY_S: Final = 0.25
LAST_RETRY_S: Final = 0.75
"""A device is to be back in service at most 2 s after its link returns: the back-off stops growing early
enough to leave room for an attempt that was under way (`links.tcp.CONNECT_S`) and the first questions."""

Opener = Callable[[], Awaitable[Link]]
"""Opens the device's link; raises `DeviceError`."""


@dataclass(frozen=True)
class Surroundings:
    """What a device is given by the room it stands in."""

    bus: Bus
    outbox: Outbox
    """For events that must not be lost (`keep`)."""
    inbox: Inbox
    """Durable memory of commands done, for what must not be done twice (printing)."""
    sentence: Sentences
    """A refusal code or status code to its sentence in the hall's language."""
    language: str = FIRST_LANGUAGE
    """That of the hall."""
    elsewhere: Callable[[str], dict[str, str]] = lambda _: {}
    """A sentence of the hall's language to the same in others, where it is known in them."""
    lines: Lines = field(default_factory=Lines)
    """The ports that several devices are wired to."""

    @property
    def clock(self) -> Clock:
        return self.bus.clock


class Device(ABC):
    """A supervised device on the bus."""

    kind: ClassVar[str]
    """Its kind on the bus."""
    durable_commands: ClassVar[bool] = False
    """Whether a command must not be done again even after a restart."""
    takes_commands: ClassVar[bool] = False
    offline_keys: ClassVar[dict[str, Any]] = {}
    """Further reply keys when a command finds nothing plugged in (a board: outcome refused)."""
    answers_unplugged: ClassVar[bool] = False
    """Whether `act` itself knows what to answer when nothing is plugged in."""

    @classmethod
    def build(
        cls,
        name: str,
        entry: Any,
        premises: Premises,  # noqa: ARG003 - for the drivers that override this
        opener: Opener,
        around: Surroundings,
    ) -> Self:
        """A device for its entry in the hall file; overridden by drivers that need more of the premises."""
        return cls(name, entry, opener, around)

    def __init__(self, name: str, entry: Entry, opener: Opener, around: Surroundings) -> None:
        self.name = name
        self.entry = entry
        self.around = around
        self.word: DeviceWord = "starting"
        self.cause: str | None = None
        self.cause_in: dict[str, str] = {}
        self.since: datetime = around.clock.now()
        self.link: Link | None = None
        self.errors = 0
        """Faults seen on the wire: bad frames, time-outs, lost links."""
        self.reconnects = 0
        self._opener = opener
        self._earlier_sent = 0
        self._earlier_received = 0
        self._door: Door | None = None

    @abstractmethod
    async def serve(self, link: Link) -> None:
        """Speak to the device over an open link; raise a `DeviceError` when it can't go on.

        Call `report` as the device's health becomes known: a link that is open proves nothing yet.
        """

    async def act(self, command: Any) -> dict[str, Any]:  # noqa: ARG002 - overridden by drivers that take commands
        """Do a command and return the reply's further keys; raise `Refusal`."""
        raise Refusal("unknown_type", self.around.sentence("unknown_type"))

    @abstractmethod
    def state(self) -> DeviceState:
        """The whole state, made with `state_keys`."""

    def state_keys(self) -> dict[str, Any]:
        """The keys every device's state has."""
        link = self.link
        return {
            "id": self.around.bus.new_id(),
            "at": self.around.clock.now(),
            "device": self.word,
            "since": self.since,
            "cause": self.cause,
            "cause_in": self.cause_in,
            "model": getattr(self.entry, "model", "unknown"),
            "link": self.entry.link,
            "sent": self._earlier_sent + (link.sent if link else 0),
            "received": self._earlier_received + (link.received if link else 0),
            "errors": self.errors,
            "reconnects": self.reconnects,
            "refused": self._door.refused if self._door else 0,
        }

    def topic(self, leaf: str) -> Topic:
        """One of this device's own topics."""
        return self.around.bus.topic(self.kind, self.name, leaf)

    def said(self, error: DeviceError) -> str:
        """An error in words for the people of this hall; the technician's own stand in the log."""
        if error.code is None:
            return error.cause
        return self.around.sentence(error.code).format(place=self.entry.link, cause=error.cause)

    def report(self, word: DeviceWord, cause: str | None = None, words: str | None = None) -> None:
        """Say how the device is; publishes when that changed. `words` are the technician's, for the log."""
        if (word, cause) != (self.word, self.cause):
            if word != self.word:
                self.since = self.around.clock.now()
                why = words or cause
                log.info("%s %s is %s%s", self.kind, self.name, word, f": {why}" if why else "")
            self.word, self.cause, self.cause_in = word, cause, self._in_others(cause, words)
            self.changed()

    def _in_others(self, cause: str | None, words: str | None) -> dict[str, str]:
        """The cause in other languages than the hall's; in the technician's own there are always words."""
        if cause is None:
            return {}
        theirs = self.around.language == WORDS_LANGUAGE
        own = {} if theirs or words is None or words == cause else {WORDS_LANGUAGE: words}
        return own | self.around.elsewhere(cause)

    def changed(self) -> None:
        """Publish the state (and the availability) now."""
        self.around.bus.refresh(self.topic("availability"))
        self.around.bus.refresh(self.topic("state"))

    def tell(self, message: Message, *, leaf: str = "event", qos: int = 1) -> bool:
        """Publish what may be lost."""
        return self.around.bus.tell(self.topic(leaf), message, qos=qos)

    def keep(self, event: Event) -> None:
        """Publish what must not be lost: stored, then resent until the controller acknowledges it."""
        self.around.outbox.put(self.topic("event"), event)

    @property
    def reachable(self) -> bool:
        """Whether the device answers, well or ill."""
        return self.word in ("online", "userError", "deviceBusy", "hardwareError") and self.link is not None

    async def run(self) -> None:
        """Keep the device in service until cancelled."""
        bus = self.around.bus
        bus.own_availability(self.topic("availability"), lambda: self.reachable)
        bus.own(self.topic("state"), self.state)
        if self.takes_commands:
            inbox = self.around.inbox if self.durable_commands else MemoryInbox()
            self._door = Door(bus, self.topic("command"), self._act_if_reachable, inbox, self.around.sentence)
        try:
            await self._supervise()
        finally:
            if self._door is not None:
                await self._door.close()

    async def _act_if_reachable(self, command: Command) -> dict[str, Any]:
        if self.link is None and not self.answers_unplugged:
            raise Refusal("device_offline", self.around.sentence("device_offline"), **self.offline_keys)
        return await self.act(command)

    async def _supervise(self) -> None:
        retry_s = FIRST_RETRY_S
        while True:
            answered = False
            try:
                self.link = await self._opener()
                self.report("starting") if self.word == "powerOff" else self.changed()
                await self.serve(self.link)
            except DeviceError as error:
                answered = self.reachable
                self.errors += 1
                await self._let_go()
                self.report(error.word, self.said(error), error.cause)
            except Exception:
                answered = self.reachable
                log.exception("the driver of %s %s failed; starting it again", self.kind, self.name)
                self.errors += 1
                await self._let_go()
                self.report("hardwareError", self.around.sentence("driver_failed"))
            finally:
                await self._let_go()
            self.reconnects += 1
            retry_s = FIRST_RETRY_S if answered else min(LAST_RETRY_S, retry_s * 2)
            await asyncio.sleep(retry_s)

    async def _let_go(self) -> None:
        if self.link is not None:
            link, self.link = self.link, None
            self._earlier_sent += link.sent
            self._earlier_received += link.received
            await link.close()
