"""Where announcements sound: a sound card, or a ring of WAV files where there is none.

``audio:default`` is the system's sound card, and the ring as long as it has none; ``audio:device=NAME`` is
one card and nothing else; ``audio:ring`` is always the ring, and ``audio:ring?pace=none`` one that does not
wait until the sound would be over (for measuring).
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Final

from broker.clock import Clock
from devices.announcer.card import CardSink
from devices.announcer.ring import Ring, RingSink
from devices.announcer.sink import Sink
from devices.kit.errors import LinkMissing, Misconfigured
from devices.kit.link import Link
from devices.kit.soundcard import DEFAULT
from hallfile.links import LinkUrl

log = logging.getLogger(__name__)

CARD: Final = "device="


class DefaultSink(Sink):
    """The system's card; where it can't be had, the ring in its place, asked anew for every announcement."""

    def __init__(self, card: CardSink, ring: RingSink) -> None:
        super().__init__()
        self._card = card
        self._ring = ring
        self._now: Sink | None = None

    async def find(self) -> None:
        """See whether there is a card, before the first announcement."""
        try:
            await self._card.find()
        except LinkMissing as missing:
            self._miss(missing)

    async def write(self, data: bytes) -> None:
        if self._now is None:
            self._now = await self._begun(data)
        else:
            await self._now.write(data)
        self.sent += len(data)

    async def _begun(self, data: bytes) -> Sink:
        try:
            await self._card.write(data)
        except LinkMissing as missing:
            self._miss(missing)
            await self._ring.write(data)
            return self._ring
        self.unheard = False
        return self._card

    def _miss(self, missing: LinkMissing) -> None:
        if not self.unheard:
            log.warning("announcements go to files and are not heard: %s", missing.cause)
        self.unheard = True

    async def end(self) -> None:
        if self._now is not None:
            await self._now.end()

    async def sounded(self) -> None:
        now, self._now = self._now, None
        if now is not None:
            await now.sounded()

    async def abandon(self) -> None:
        now, self._now = self._now, None
        if now is not None:
            await now.abandon()

    async def close(self) -> None:
        await self._card.close()
        await self._ring.close()


def sink_opener(url: LinkUrl, ring: Ring, clock: Clock) -> Callable[[], Awaitable[Link]]:
    """What opens the loudspeaker of an ``audio:`` link (and raises `LinkMissing` or `Misconfigured`)."""

    async def open_it() -> Link:
        match url.path, url.options.get("pace", "hall"):
            case "ring", "hall":
                return RingSink(ring, clock)
            case "ring", "none":
                return RingSink(ring, clock, pace=False)
            case "default", "hall":
                either = DefaultSink(CardSink(DEFAULT), RingSink(ring, clock))
                await either.find()
                return either
            case path, "hall" if path.startswith(CARD):
                card = CardSink(path.removeprefix(CARD))
                await card.find()
                return card
        raise Misconfigured(f"{url} is no loudspeaker; write audio:default, audio:device=NAME or audio:ring")

    return open_it
