"""What sounds: the link of an announcer."""

import asyncio
from abc import ABC, abstractmethod

from devices.kit.link import Link


class Sink(Link, ABC):
    """One announcement after the other: `write` its parts as they are made, `end` it, see it `sounded`.

    The first part written begins the announcement; before a part that comes too late there is silence.
    """

    unheard = False
    """Whether nobody in the hall hears what is played here."""

    async def read(self, most: int = 4096) -> bytes:  # noqa: ARG002 - a loudspeaker says nothing
        nothing: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        return await nothing

    @abstractmethod
    async def end(self) -> None:
        """That was all of it."""

    @abstractmethod
    async def sounded(self) -> None:
        """Wait until the last sample has sounded; raises `LinkLost` when it never will."""

    @abstractmethod
    async def abandon(self) -> None:
        """Forget what was begun."""
