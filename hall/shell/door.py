"""The door for commands to the hall: as `broker.door`, but answer and effect are one transaction."""

from typing import Final

from broker.client import Bus, Received
from broker.messages.envelope import Command, Reply
from broker.messages.wire import Refused
from broker.now_and_then import NowAndThen
from broker.topics import CONTROLLER_ID, Topic
from hall.shell.intake import Intake
from hall.shell.ledger import Order
from hall.shell.translate import translate
from hallfile.catalogue import Catalogue

LATE: Final = frozenset(("expired",))
"""Reasons for which a command counts as refused by the door, not by a rule of the hall."""


class Door:
    """Reads commands, refuses what can't be read, and answers all."""

    def __init__(self, bus: Bus, intake: Intake, texts: Catalogue) -> None:
        self.refused = 0
        """Messages that could not be read or came late or too many: `state.refused`."""
        self.topic: Topic = bus.topic("controller", CONTROLLER_ID, "command")
        self._bus = bus
        self._intake = intake
        self._texts = texts
        self._grumble = NowAndThen(bus.clock)
        bus.subscribe(str(self.topic), self._knock)

    def _knock(self, received: Received) -> None:
        if received.packet.retain or received.packet.qos == 0:
            self.refused += 1
            self._grumble("a command on %s is ignored: it was retained or of QoS 0", self.topic)
            return
        try:
            command = received.message()
        except Refused as refused:
            self.refused += 1
            self._grumble("a command is refused: %s", refused)
            if refused.message_id is not None:
                self._refuse(received, refused.message_id, refused.reason)
            return
        assert isinstance(command, Command)
        order = Order(
            translate(command, self._bus.new_id),
            id=command.id,
            expires=command.expires,
            settled=lambda reply: self._settled(received, reply),
        )
        if not self._intake.put(order):
            self.refused += 1
            self._grumble("%s of %s is refused: too many commands wait", type(command).__name__, command.by)
            self._refuse(received, command.id, "busy")

    def _settled(self, received: Received, reply: Reply) -> None:
        if not reply.ok and reply.reason in LATE:
            self.refused += 1
        self._bus.answer(received, reply)

    def _refuse(self, received: Received, message_id: str, reason: str) -> None:
        reply = Reply(
            id=self._bus.new_id(),
            at=self._bus.clock.now(),
            re=message_id,
            ok=False,
            reason=reason,
            text=self._texts(f"refusal.{reason}"),
        )
        self._bus.answer(received, reply)
