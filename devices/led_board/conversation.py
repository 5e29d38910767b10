"""Question and answer with one card: a request is sent, its answer awaited, and once more if it was lost."""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from devices.kit.errors import LinkLost, NoAnswer
from devices.kit.lines import Tap
from devices.kit.link import Link
from devices.led_board.answers import Answer, CardError, Nack, Reply, read_reply
from devices.led_board.codec import PING, Request
from devices.led_board.frames import BROADCAST_WITH_REPLY, Damaged, Frame, FrameDecoder

log = logging.getLogger(__name__)

ANSWER_S: Final = 2.0
"""protocols.md 4.2: a card's time-out on a wire, real seconds."""
TRIES: Final = 2
BUSY_PAUSE_S: Final = 0.25
"""How long a card that says it is busy is left alone before it is asked again."""


class Conversation:
    """Requests that a card answers, one at a time: an acknowledgement does not say what it is to.

    For the same reason it is over once a request stays unanswered: a late answer would be taken for the next
    one's. `listen` and `silence` must be running while `ask` is used. On a shared line the other cards wait
    their turn, and what they say is not taken for this one's.
    """

    def __init__(self, link: Link, address: int, fault: Callable[[], None]) -> None:
        self._link = link
        self._address = address
        self._fault = fault
        self._decoder = FrameDecoder()
        self._damaged = 0
        self._shared = link if isinstance(link, Tap) else None
        self._turn = link.turn if isinstance(link, Tap) else asyncio.Lock()
        self._request: Request | None = None
        self._awaited: asyncio.Future[Reply] | None = None
        self._silent = asyncio.Event()
        self._in_vain: set[Request] = set()

    async def listen(self) -> None:
        """Take in what the card says, until the link is lost: only so is a lost link noticed at once."""
        try:
            while True:
                for found in self._decoder.feed(await self._link.read()):
                    self._take(found)
        except LinkLost as lost:
            if self._awaited is not None and not self._awaited.done():
                self._awaited.set_exception(lost)
            raise

    async def silence(self) -> None:
        """Wait for a request to stay unanswered, then raise `NoAnswer`."""
        await self._silent.wait()
        raise self._no_answer()

    async def greet(self, patience_s: float | None = None) -> Reply | None:
        """Ping the card once, at a speed that may be wrong; None when nothing comes back in time."""
        async with self._turn:
            self._decoder.reset()
            return await self._once(PING, ANSWER_S if patience_s is None else patience_s)

    async def inquire(self, request: Request) -> Answer | None:
        """The answer to a question that a card may leave unanswered; None for silence or a refusal.

        Such an answer says what it is to, so that one which comes late is not taken for another's. A question
        that met with silence is not asked again.
        """
        if request in self._in_vain or self._silent.is_set():
            return None
        async with self._turn:
            reply = await self._once(request, ANSWER_S)
        if reply is None:
            self._fault()
            self._in_vain.add(request)
        return reply if isinstance(reply, Answer) and not reply.error else None

    def over(self) -> NoAnswer:
        """End the conversation: nobody is there."""
        self._silent.set()
        return self._no_answer()

    async def ask(self, request: Request) -> Reply:
        """Send `request` and return the card's answer.

        It is sent once more when it was damaged on its way, came to a busy card, or got no answer within
        `ANSWER_S`. Raises `NoAnswer`, `LinkLost`.
        """
        async with self._turn:
            for last in (False, True):
                if self._silent.is_set():
                    break
                match reply := await self._once(request, ANSWER_S):
                    case None:
                        self._fault()
                    case Nack(error=CardError.CHECKSUM) if not last:
                        self._fault()
                    case Nack(error=CardError.BUSY) if not last:
                        await asyncio.sleep(BUSY_PAUSE_S)
                    case _:
                        return reply
            self._silent.set()
        raise self._no_answer()

    def _take(self, found: Frame | Damaged) -> None:
        if isinstance(found, Damaged):
            self._damaged += 1
            # on a shared line nobody knows whose frame it was
            if self._shared is None:
                self._fault()
            log.debug("the board at address %d: %s", self._address, found.why)
            return
        if self._shared is not None and found.source not in (self._address, BROADCAST_WITH_REPLY):
            return
        reply = read_reply(found)
        if reply is not None and self._is_awaited(reply) and self._awaited is not None:
            self._awaited.set_result(reply)

    def _is_awaited(self, reply: Reply) -> bool:
        if self._awaited is None or self._awaited.done() or self._request is None:
            return False
        asked = (self._request.group, self._request.command)
        return not isinstance(reply, Answer) or (reply.group, reply.command) == asked

    async def _once(self, request: Request, patience_s: float) -> Reply | None:
        self._request = request
        self._awaited = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(patience_s):
                await self._link.write(request.wire(self._address))
                return await self._awaited
        except TimeoutError:
            return None
        finally:
            self._awaited = None

    def _no_answer(self) -> NoAnswer:
        if self._shared is None and (self._damaged or self._decoder.junk):
            return NoAnswer(
                "the board's answers can't be understood; check that an Onbon font card is at the other end, "
                "and its speed"
            )
        return NoAnswer("the board does not answer; check its power, its cable and its address")
