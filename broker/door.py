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


class Door:
    """Reads commands on one topic, refuses what may not pass, does the rest once, and answers all."""

    def __init__(self, bus: Bus, topic: Topic, act: Act, inbox: Inbox, sentence: Sentences) -> None:
        self.refused = 0
        """Messages that could not be read or came late, stale or too many: the owner's `state.refused`."""
        self._bus = bus
        self._topic = topic
        self._act = act
        self._inbox = inbox
        self._sentence = sentence
        self._epoch = 0
        self._busy: dict[str, list[Received]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False
        self._grumble = NowAndThen(bus.clock)
        bus.subscribe(str(topic), self._knock)

    async def close(self) -> None:
        """Give up what is still being done, and take nothing more."""
        self._closed = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _knock(self, received: Received) -> None:
        if self._closed:
            return
        if received.packet.retain or received.packet.qos == 0:
            self.refused += 1
            self._grumble("a command on %s is ignored: it was retained or of QoS 0", self._topic)
            return
        try:
            command = received.message()
        except Refused as refused:
            self.refused += 1
            self._grumble("a command is refused: %s", refused)
            if refused.message_id is not None:
                self._refuse(received, refused.message_id, refused.reason)
            return
        if isinstance(command, Command):
            self._admit(received, command)

    def _admit(self, received: Received, command: Command) -> None:
        if (reply := self._inbox.reply_to(command.id)) is not None:
            self._bus.answer(received, reply)
        elif (copies := self._busy.get(command.id)) is not None:
            known = {copy.packet.response_topic for copy in copies}
            if received.packet.response_topic not in known and len(copies) < MOST_COPIES:
                copies.append(received)
        elif (reason := self._reason_to_refuse(command)) is not None:
            self.refused += 1
            self._grumble(
                "%s %s of %s is refused: %s", type(command).__name__, command.id, command.by, reason
            )
            self._refuse(received, command.id, reason)
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
                reply = self._reply(command.id, True, **await self._act(command))
            except Refusal as no:
                reply = self._reply(command.id, False, reason=no.reason, text=no.text, **no.keys)
            encode(reply)
        except Exception:
            log.exception("the command %s of %s failed", type(command).__name__, command.by)
            return self._reply(
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

    def _refuse(self, received: Received, message_id: str, reason: str) -> None:
        reply = self._reply(message_id, False, reason=reason, text=self._sentence(reason))
        if reason == "expired":
            self._remember(message_id, reply)
        self._bus.answer(received, reply)

    def _reply(self, re: str, ok: bool, **keys: Any) -> Reply:
        return Reply(id=self._bus.new_id(), at=self._bus.clock.now(), re=re, ok=ok, **keys)
