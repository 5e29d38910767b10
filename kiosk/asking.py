"""Requests of the screen, put to the controller and answered."""

import asyncio
from typing import Any, Final

from msgspec import UNSET

from broker.client import Bus, Unanswered
from broker.messages.envelope import Command, Reply
from broker.messages.hall import Cancel, Reprint, TakeTicket
from broker.topics import CONTROLLER_ID
from broker.transport import NotConnected
from hallfile.catalogue import Catalogue
from kiosk.listening import Tell
from kiosk.presenters.happenings import Answered, NotAnswered
from kiosk.presenters.model import PrintAgain, Request, Take, Visitor

ANSWER_S: Final = 5.0
"""A visitor waits so long for an answer, real seconds."""
UNATTENDED_TRIES: Final = 24
UNATTENDED_REST_S: Final = 5.0
"""What nobody waits for is asked again this often, for about two to four minutes."""


class Mouth:
    """Asks the controller on behalf of one kiosk."""

    def __init__(self, bus: Bus, kiosk: str, sentence: Catalogue, tell: Tell) -> None:
        self._bus = bus
        self._kiosk = kiosk
        self._sentence = sentence
        self._tell = tell
        self._topic = bus.topic("controller", CONTROLLER_ID, "command")
        self._tasks: set[asyncio.Task[None]] = set()

    def ask(self, request: Request) -> None:
        """Put a request to the controller; the answer, or that there was none, is told."""
        work = self._ask_until_answered(request) if request.unattended else self._ask_once(request)
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Wait for no more answers."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _ask_once(self, request: Request) -> None:
        reply = await self._reply(request)
        self._tell(NotAnswered(request.id) if reply is None else answer_of(reply))

    async def _ask_until_answered(self, request: Request) -> None:
        for _ in range(UNATTENDED_TRIES):
            if await self._reply(request) is not None:
                return
            await asyncio.sleep(UNATTENDED_REST_S)

    async def _reply(self, request: Request) -> Reply | None:
        try:
            return await self._bus.ask_for(self._topic, self._command(request), ANSWER_S)
        except (Unanswered, NotConnected):
            return None

    def _command(self, request: Request) -> Command:
        head: dict[str, Any] = {
            "id": request.id,
            "at": self._bus.clock.now(),
            "expires": self._bus.expires(ANSWER_S),
            "by": f"kiosk/{self._kiosk}",
        }
        match request.what:
            case Take(service, visitor):
                return TakeTicket(**head, service=service, kiosk=self._kiosk, **_about(visitor))
            case PrintAgain(ticket, printer):
                return Reprint(**head, ticket=ticket, kiosk=self._kiosk, printer=printer)
            case void:
                return Cancel(**head, ticket=void.ticket, why=self._sentence(f"void.{void.why}"))


def _about(visitor: Visitor | None) -> dict[str, Any]:
    """What a ticket is told about its owner: only such priority as is claimed."""
    if visitor is None:
        return {}
    known: dict[str, Any] = {"person": visitor.person, "name_masked": visitor.name_masked}
    return {**known, "priority": list(visitor.claimed)} if visitor.claimed else known


def answer_of(reply: Reply) -> Answered:
    """A reply as the presenters read it."""
    return Answered(
        re=reply.re,
        ok=reply.ok,
        reason=_or(reply.reason, ""),
        text=_or(reply.text, ""),
        ticket=_or(reply.ticket, None),
        number=_or(reply.number, None),
        service=_or(reply.service, None),
        ahead=_or(reply.ahead, None),
        forecast=_or(reply.forecast_minutes, None),
    )


def _or(value: Any, otherwise: Any) -> Any:
    return otherwise if value is UNSET else value
