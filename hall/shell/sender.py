"""What stands in the spool goes out: tried until a gateway has taken it, or nobody needs it any more."""

import asyncio
import http.client
import logging
import sqlite3
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any, Final

from msgspec.structs import replace

from broker.clock import Clock, after, real_seconds_until
from broker.now_and_then import NowAndThen
from hall.shell.gateways import ANSWER_READ, Request, request, succeeded
from hall.shell.spool import Fate, Message, Spool
from hallfile.notes import Note, NotesUnavailable
from hallfile.reminding import Gateway

log = logging.getLogger(__name__)

AT_ONCE: Final = 4
"""Requests under way together: a slow gateway must not hold up the others for long."""
LOOK_S: Final = 5.0
"""So often the spool is looked at though nobody called; real seconds."""

Post = Callable[[Request, float], tuple[int, bytes]]
"""Sends a request with a timeout in real seconds; raises `OSError` where there was no answer."""


class Sender:
    """Delivers one hall's messages."""

    def __init__(
        self,
        clock: Clock,
        spool: Spool,
        reach: Callable[[Message], Note | None],
        gateways: Mapping[str, Gateway],
        secrets: Mapping[str, str],
        still_wanted: Callable[[Message], bool],
        settled: Callable[[Message], None],
        post: Post | None = None,
    ) -> None:
        """`reach` reads how to reach whose message it is, `settled` is told that a message is over."""
        self._clock = clock
        self._spool = spool
        self._reach = reach
        self._gateways = gateways
        self._secrets = secrets
        self._still_wanted = still_wanted
        self._settled = settled
        self._post = post or post_http
        self._stirred = asyncio.Event()
        self._grumble = NowAndThen(clock)

    def stir(self) -> None:
        """Something was written down."""
        self._stirred.set()

    async def run(self) -> None:
        """Deliver what is due, until cancelled."""
        while True:
            self._stirred.clear()
            try:
                due = self._spool.due(self._clock.now(), AT_ONCE)
                await asyncio.gather(*(self._deliver_safely(message) for message in due))
                left = 0.0 if len(due) == AT_ONCE else self._left()
            except (sqlite3.Error, NotesUnavailable) as error:
                self._grumble("reminders wait: %s", error)
                left = LOOK_S
            if left > 0:
                await self._wait(left)

    def _left(self) -> float:
        moment = self._spool.next_due()
        return LOOK_S if moment is None else min(LOOK_S, max(0.0, real_seconds_until(self._clock, moment)))

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._stirred.wait()
        except TimeoutError:
            return

    async def _deliver_safely(self, message: Message) -> None:
        """One message that can't be sent for a fault of ours keeps no other from being sent."""
        try:
            await self._deliver(message)
        except (sqlite3.Error, NotesUnavailable):
            raise
        except Exception as error:
            # its text may quote a phone number
            self._over(message, "given_up", f"a fault of this program: {type(error).__name__}")

    async def _deliver(self, message: Message) -> None:
        gateway = self._gateways.get(message.gateway)
        if gateway is None:
            self._over(message, "given_up", "the hall file has no such gateway any more")
        elif not self._still_wanted(message):
            self._over(message, "dropped", "their turn has come or is over; it would be late")
        elif self._clock.now() >= message.expires:
            why = message.why or "nothing was tried"
            self._over(message, "given_up", f"it expired after {message.attempts} attempts ({why})")
        else:
            await self._try(gateway, message, self._reach(message))

    async def _try(self, gateway: Gateway, message: Message, note: Note | None) -> None:
        secret = self._secrets.get(message.gateway, "")
        wanted = request(gateway, secret, message, note, self._clock.now().timestamp())
        if wanted is None:
            self._over(message, "dropped", "no number was left, or it is erased")
            return
        tried = replace(message, attempts=message.attempts + 1)
        try:
            status, answer = await asyncio.to_thread(self._post, wanted, gateway.timeout_s)
        except (OSError, http.client.HTTPException, ValueError) as error:
            # the error itself may quote an address with a phone number in it
            why = f"no answer: {type(error).__name__}"
        else:
            if succeeded(gateway, status, answer):
                self._spool.settle(tried, "sent")
                self._settled(message)
                log.info("%s: the %s message of %s was taken", message.gateway, message.kind, message.number)
                return
            why = f"refused with {status}"
        self._put_off(gateway, tried, why)

    def _put_off(self, gateway: Gateway, tried: Message, why: str) -> None:
        doubled: float = gateway.first_wait_s * 2 ** min(tried.attempts - 1, 30)
        until = after(self._clock, min(doubled, gateway.most_wait_s))
        self._spool.put_off(tried, min(until, tried.expires), why)
        self._grumble("%s: a message waits (%s)", tried.gateway, why)

    def _over(self, message: Message, fate: Fate, why: str) -> None:
        self._spool.settle(message, fate, why)
        self._settled(message)
        log.warning(
            "%s: the %s message of %s was not sent: %s", message.gateway, message.kind, message.number, why
        )


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """What is sent to one address is not sent on to another."""

    def redirect_request(self, *_: Any) -> None:
        return None


_OPENER: Final = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect())


def post_http(wanted: Request, timeout_s: float) -> tuple[int, bytes]:
    """Send it, and read the beginning of the answer; to be run in a thread."""
    asked = urllib.request.Request(
        wanted.url, data=wanted.body or None, headers=wanted.headers, method=wanted.method
    )
    try:
        with _OPENER.open(asked, timeout=timeout_s) as answer:
            return int(answer.status), answer.read(ANSWER_READ)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read(ANSWER_READ)
