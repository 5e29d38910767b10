"""What people at the pages ask of the hall: commands out, and the answer as a sentence."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from msgspec import UNSET

from broker.client import Bus, Unanswered
from broker.messages.devices import Preview
from broker.messages.envelope import Command, Reply
from broker.messages.simulators import Switch, Touch
from broker.topics import CONTROLLER_ID
from broker.transport import NotConnected

PATIENCE_S: Final = 5.0
"""How long a person at a page waits for an answer, real seconds."""


@dataclass(frozen=True)
class Answer:
    """What became of a command."""

    ok: bool
    text: str | None = None
    """The owner's sentence, in the hall's language."""
    text_in: Mapping[str, str] = field(default_factory=dict)
    """The same in other languages."""
    silence: bool = False
    """Nobody answered in time; whether it was done is not known."""
    unsent: bool = False
    """The bus is out of reach; it was not done."""
    reply: Reply | None = None


class Orders:
    """Sends commands of this console's people."""

    def __init__(self, bus: Bus, simulated: bool) -> None:
        self._bus = bus
        self._simulated = simulated

    async def controller(self, kind: type[Command], by: str, **keys: Any) -> Answer:
        """Ask the controller; `by` is who asks, such as ``counter/14``."""
        return await self._ask("controller", CONTROLLER_ID, kind, by, keys)

    async def preview(self, board: str, by: str, **keys: Any) -> Answer:
        """Ask a board how a text would stand in an area of it."""
        return await self._ask("led_board", board, Preview, by, keys)

    async def switch(self, simulator: str, control: str, value: bool | int | float | str | None) -> Answer:
        """Turn a control of a simulated device."""
        keys = {"control": control, "value": value}
        return await self._ask_simulator(simulator, Switch, keys)

    async def touch(self, kiosk: str, x: int, y: int) -> Answer:
        """Put a finger on a kiosk's screen, in its pixels."""
        return await self._ask_simulator(kiosk, Touch, {"x": x, "y": y})

    async def _ask_simulator(self, name: str, kind: type[Command], keys: dict[str, Any]) -> Answer:
        if not self._simulated:
            return Answer(False, unsent=True)
        return await self._ask("simulator", name, kind, "console/bench", keys)

    async def _ask(
        self, owner_kind: str, owner: str, kind: type[Command], by: str, keys: dict[str, Any]
    ) -> Answer:
        bus = self._bus
        command = kind(id=bus.new_id(), at=bus.clock.now(), expires=bus.expires(PATIENCE_S), by=by, **keys)
        try:
            reply = await bus.ask(bus.topic(owner_kind, owner, "command"), command)
        except Unanswered:
            return Answer(False, silence=True)
        except NotConnected:
            return Answer(False, unsent=True)
        text = reply.text if reply.text is not UNSET else None
        text_in = reply.text_in if reply.text_in is not UNSET else {}
        return Answer(reply.ok, text, text_in, reply=reply)
