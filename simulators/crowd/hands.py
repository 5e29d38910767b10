"""The hands of simulated people: they press real pads, switch real switches and ask the controller."""

import logging
from datetime import datetime
from typing import Any, TypeVar

from broker.client import Bus, Unanswered
from broker.clock import real_seconds_until
from broker.messages.envelope import Command, Reply
from broker.messages.simulators import Switch
from broker.topics import CONTROLLER_ID
from broker.transport import NotConnected

log = logging.getLogger(__name__)

C = TypeVar("C", bound=Command)

ANSWER_WITHIN_S = 5.0


class Hands:
    """What a simulated person can do."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    def command(self, kind: type[C], by: str, **keys: Any) -> C:
        """A command of `kind` by somebody, good for a few real seconds."""
        bus = self._bus
        return kind(id=bus.new_id(), at=bus.clock.now(), expires=bus.expires(ANSWER_WITHIN_S), by=by, **keys)

    async def ask_controller(self, kind: type[C], by: str, **keys: Any) -> Reply | None:
        """Ask the controller; None when it does not answer (people try again later)."""
        topic = self._bus.topic("controller", CONTROLLER_ID, "command")
        return await self._ask(topic, self.command(kind, by, **keys))

    async def switch(self, device: str, control: str, value: bool | int | float | str | None) -> bool:
        """Turn a simulated device's control; says whether it was turned."""
        topic = self._bus.topic("simulator", device, "command")
        reply = await self._ask(topic, self.command(Switch, "console/crowd", control=control, value=value))
        return reply is not None and reply.ok

    def real_wait(self, until: datetime) -> float:
        """Real seconds until a hall time; 0 when it has passed."""
        return max(0.0, real_seconds_until(self._bus.clock, until))

    async def _ask(self, topic: Any, command: Command) -> Reply | None:
        try:
            return await self._bus.ask(topic, command)
        except (NotConnected, Unanswered) as error:
            log.info("%s: %s", topic, error)
            return None
