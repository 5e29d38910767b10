"""The door for commands: whatever owns a ``command`` topic answers through here (docs/bus.md, "Envelope")."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Final

from broker.client import Bus, Received
from broker.clock import real_seconds_until
from broker.inbox import Inbox
from broker.messages.envelope import Command, Reply
from broker.messages.wire import Refused, encode
from broker.now_and_then import NowAndThen
from broker.topics import Topic

log = logging.getLogger(__name__)

MOST_AT_ONCE: Final = 256
"""Commands being done on one topic; the next is refused with `busy`."""
MOST_COPIES: Final = 8
"""Senders of one and the same command who are answered."""


class Refusal(Exception):
    """Raised by a handler to answer `ok: false`; `keys` are further reply keys, such as outcome."""

    def __init__(self, reason: str, text: str, **keys: Any) -> None:
        super().__init__(text)
        self.reason = reason
        self.text = text
        self.keys = keys


Act = Callable[[Any], Awaitable[dict[str, Any]]]
"""Does a command and returns the reply's further keys; raises `Refusal`."""

Sentences = Callable[[str], str]
"""A refusal code to its sentence in the hall's language."""


class Doorstep:
    """The beginning of every door: reads commands on one topic, and refuses what can't be read."""

    def __init__(self, bus: Bus, topic: Topic, sentence: Sentences) -> None:
        self.refused = 0
        """Messages that could not be read or came late, stale or too many: the owner's `state.refused`."""
        self._bus = bus
        self._topic = topic
        self._sentence = sentence
        self._grumble = NowAndThen(bus.clock)

    def read(self, received: Received) -> Command | None:
        """The command, or None for what is ignored or has been refused."""
        if received.packet.retain or received.packet.qos == 0:
            self.count("a command on %s is ignored: it was retained or of QoS 0", self._topic)
            return None
        try:
            command = received.message()
        except Refused as refused:
            self.count("a command is refused: %s", refused)
            if refused.message_id is not None:
                self.refuse(received, refused.message_id, refused.reason)
            return None
        return command if isinstance(command, Command) else None

    def count(self, sentence: str, *values: object) -> None:
        """One more is refused; the log says so now and then."""
        self.refused += 1
        self._grumble(sentence, *values)

    def refuse(self, received: Received, message_id: str, reason: str) -> Reply:
        """Answer that it is not done, with the reason's sentence."""
        reply = self.reply(message_id, False, reason=reason, text=self._sentence(reason))
        self._bus.answer(received, reply)
        return reply

    def reply(self, re: str, ok: bool, **keys: Any) -> Reply:
        """An answer of this moment."""
        return Reply(id=self._bus.new_id(), at=self._bus.clock.now(), re=re, ok=ok, **keys)


class Door:
    """Reads commands on one topic, refuses what may not pass, does the rest once, and answers all."""

    def __init__(
        self, bus: Bus, topic: Topic, act: Act, inbox: Inbox, sentence: Sentences, *, listens: bool = True
    ) -> None:
        """With `listens` false somebody else reads the topic, and lets in what is meant for this door."""
        self._step = Doorstep(bus, topic, sentence)
        self._bus = bus
        self._act = act
        self._inbox = inbox
        self._sentence = sentence
        self._epoch = 0
        self._busy: dict[str, list[Received]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False
        if listens:
            bus.subscribe(str(topic), self._knock)

    @property
    def refused(self) -> int:
        """Messages that could not be read or came late, stale or too many: the owner's `state.refused`."""
        return self._step.refused

    async def close(self) -> None:
        """Give up what is still being done, and take nothing more."""
        self._closed = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _knock(self, received: Received) -> None:
        if not self._closed and (command := self._step.read(received)) is not None:
            self.admit(received, command)

    def admit(self, received: Received, command: Command) -> None:
        """Do a command that was read, once for its id, and answer everybody who asks for it."""
        if (reply := self._inbox.reply_to(command.id)) is not None:
            self._bus.answer(received, reply)
        elif (copies := self._busy.get(command.id)) is not None:
            known = {copy.packet.response_topic for copy in copies}
            if received.packet.response_topic not in known and len(copies) < MOST_COPIES:
                copies.append(received)
        elif (reason := self._reason_to_refuse(command)) is not None:
            self._step.count(
                "%s %s of %s is refused: %s", type(command).__name__, command.id, command.by, reason
            )
            reply = self._step.refuse(received, command.id, reason)
            if reason == "expired":
                self._remember(command.id, reply)
        else:
            self._busy[command.id] = [received]
            task = asyncio.get_running_loop().create_task(self._do(command))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def _reason_to_refuse(self, command: Command) -> str | None:
        if real_seconds_until(self._bus.clock, command.expires) <= 0:
            return "expired"
        if self._is_stale(command):
            return "stale_epoch"
        return "busy" if len(self._busy) >= MOST_AT_ONCE else None

    def _is_stale(self, command: Command) -> bool:
        if not isinstance(command.epoch, int):
            return False
        stale = command.epoch < self._epoch
        self._epoch = max(self._epoch, command.epoch)
        return stale

    async def _do(self, command: Command) -> None:
        try:
            reply = await self._outcome(command)
            self._remember(command.id, reply)
        finally:
            askers = self._busy.pop(command.id, [])
        for received in askers:
            self._bus.answer(received, reply)

    async def _outcome(self, command: Command) -> Reply:
        """The reply to a command that was done, refused by whoever acts, or came upon a fault of ours."""
        try:
            try:
                reply = self._step.reply(command.id, True, **await self._act(command))
            except Refusal as no:
                reply = self._step.reply(command.id, False, reason=no.reason, text=no.text, **no.keys)
            encode(reply)
        except Exception:
            log.exception("the command %s of %s failed", type(command).__name__, command.by)
            return self._step.reply(
                command.id, False, reason="internal_error", text=self._sentence("internal_error")
            )
        return reply

    def _remember(self, message_id: str, reply: Reply) -> None:
        """Keep the answer; what was done is told even when it can't be kept."""
        try:
            self._inbox.remember(message_id, reply)
        except Exception:
            log.exception(
                "the answer to %s could not be kept: asked again, it would be done again", message_id
            )
