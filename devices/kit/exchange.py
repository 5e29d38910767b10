"""Question and answer over a link, and several things done over one link at once."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Generic, Protocol, TypeVar

from devices.kit.errors import NoAnswer
from devices.kit.link import Link

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Decoder(Protocol[T_co]):
    """A pure codec's receiving half: bytes in, whole replies out; the rest stays inside, bounded."""

    def feed(self, data: bytes) -> Iterable[T_co]:
        """Take in bytes and return the replies they complete."""
        ...

    def reset(self) -> None:
        """Forget what is incomplete."""
        ...


class Exchange(Generic[T]):
    """One question at a time to a device that only speaks when spoken to."""

    def __init__(self, link: Link, decoder: Decoder[T]) -> None:
        self._link = link
        self._decoder = decoder
        self._lock = asyncio.Lock()

    async def ask(self, request: bytes, timeout_s: float, accept: Callable[[T], bool] | None = None) -> T:
        """Send `request` and return the first reply, or the first that `accept` takes.

        What came before it is thrown away. Raises `NoAnswer` after `timeout_s` real seconds, `LinkLost` when
        the device is gone.
        """
        async with self._lock:
            await self._link.drain_input()
            self._decoder.reset()
            await self._link.write(request)
            try:
                async with asyncio.timeout(timeout_s):
                    return await self._reply(accept)
            except TimeoutError:
                raise NoAnswer(
                    f"the device did not answer {request[:16].hex(' ')} within {timeout_s:g} s; "
                    "check its power, its cable and its speed"
                ) from None

    async def _reply(self, accept: Callable[[T], bool] | None) -> T:
        while True:
            for reply in self._decoder.feed(await self._link.read()):
                if accept is None or accept(reply):
                    return reply


async def together(*parts: Awaitable[None]) -> None:
    """Run `parts` side by side until one ends or fails; then cancel the others and raise its error."""
    tasks = [asyncio.ensure_future(part) for part in parts]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
