"""The door for commands to the hall: as `broker.door`, but answer and effect are one transaction."""

from typing import Final

from broker.client import Bus, Received
from broker.door import Doorstep
from broker.messages.envelope import Reply
from broker.topics import CONTROLLER_ID
from hall.shell.aside import Aside
from hall.shell.intake import Intake
from hall.shell.ledger import Order
from hall.shell.translate import translate
from hallfile.catalogue import Catalogue

LATE: Final = frozenset(("expired",))
"""Reasons for which a command counts as refused by the door, not by a rule of the hall."""


class Door:
    """Reads commands, refuses what can't be read, and answers all."""

    def __init__(self, bus: Bus, intake: Intake, texts: Catalogue, aside: Aside) -> None:
        topic = bus.topic("controller", CONTROLLER_ID, "command")
        self._aside = aside
        self._step = Doorstep(bus, topic, lambda reason: texts(f"refusal.{reason}"))
        self._bus = bus
        self._intake = intake
        self._late = 0
        bus.subscribe(str(topic), self._knock)

    @property
    def refused(self) -> int:
        """Messages that could not be read or came late or too many: `state.refused`."""
        return self._step.refused + self._late

    def _knock(self, received: Received) -> None:
        command = self._step.read(received)
        if command is None:
            return
        if self._aside.takes(command):
            self._aside.admit(received, command)
            return
        order = Order(
            translate(command, self._bus.new_id),
            id=command.id,
            expires=command.expires,
            settled=lambda reply: self._settled(received, reply),
        )
        if not self._intake.put(order):
            self._step.count(
                "%s of %s is refused: too many commands wait", type(command).__name__, command.by
            )
            self._step.refuse(received, command.id, "busy")

    def _settled(self, received: Received, reply: Reply) -> None:
        if not reply.ok and reply.reason in LATE:
            self._late += 1
        self._bus.answer(received, reply)
