"""The door for commands: whatever owns a ``command`` topic answers through here (docs/bus.md, "Envelope")."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from broker.client import Bus, Received
from broker.clock import real_seconds_until
from broker.inbox import Inbox
from broker.messages.envelope import Command, Reply
from broker.messages.wire import Refused
from broker.topics import Topic

log = logging.getLogger(__name__)


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
        """Messages that could not be read, late ones and stale ones: the owner's `state.refused`."""
        self._bus = bus
        self._topic = topic
        self._act = act
        self._inbox = inbox
        self._sentence = sentence
        self._epoch = 0
        self._busy: dict[str, list[Received]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        bus.subscribe(str(topic), self._knock)

    async def close(self) -> None:
        """Give up what is still being done."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _knock(self, received: Received) -> None:
        if received.packet.retain or received.packet.qos == 0:
            self.refused += 1
            return
        try:
            command = received.message()
        except Refused as refused:
            self.refused += 1
            log.debug("refused: %s", refused)
            if refused.message_id is not None:
                self._refuse(received, refused.message_id, refused.reason)
            return
        assert isinstance(command, Command)
        self._admit(received, command)

    def _admit(self, received: Received, command: Command) -> None:
        if (reply := self._inbox.reply_to(command.id)) is not None:
            self._bus.answer(received, reply)
        elif command.id in self._busy:
            self._busy[command.id].append(received)
        elif real_seconds_until(self._bus.clock, command.expires) <= 0:
            self.refused += 1
            self._refuse(received, command.id, "expired")
        elif self._is_stale(command):
            self.refused += 1
            self._refuse(received, command.id, "stale_epoch")
        else:
            self._busy[command.id] = [received]
            task = asyncio.get_running_loop().create_task(self._do(command))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def _is_stale(self, command: Command) -> bool:
        if not isinstance(command.epoch, int):
            return False
        stale = command.epoch < self._epoch
        self._epoch = max(self._epoch, command.epoch)
        return stale

    async def _do(self, command: Command) -> None:
        try:
            reply = self._reply(command.id, True, **await self._act(command))
        except Refusal as no:
            reply = self._reply(command.id, False, reason=no.reason, text=no.text, **no.keys)
        except asyncio.CancelledError:
            self._busy.pop(command.id, None)
            raise
        except Exception:
            log.exception("the command %s of %s failed", type(command).__name__, command.by)
            reply = self._reply(
                command.id, False, reason="internal_error", text=self._sentence("internal_error")
            )
        self._inbox.remember(command.id, reply)
        for received in self._busy.pop(command.id, []):
            self._bus.answer(received, reply)

    def _refuse(self, received: Received, message_id: str, reason: str) -> None:
        reply = self._reply(message_id, False, reason=reason, text=self._sentence(reason))
        if reason == "expired":
            self._inbox.remember(message_id, reply)
        self._bus.answer(received, reply)

    def _reply(self, re: str, ok: bool, **keys: Any) -> Reply:
        return Reply(id=self._bus.new_id(), at=self._bus.clock.now(), re=re, ok=ok, **keys)
