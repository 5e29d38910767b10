"""Opening what may block: in a thread, and let go again when nobody waits for it any more."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


async def opened(make: Callable[[], T], let_go: Callable[[T], object]) -> T:
    """What `make` returns or raises. It can't be broken off: cancelled, `let_go` gets what it has made."""
    making = asyncio.get_running_loop().run_in_executor(None, make)

    def forget(made: "asyncio.Future[T]") -> None:
        if not made.cancelled() and made.exception() is None:
            let_go(made.result())

    try:
        return await asyncio.shield(making)
    except asyncio.CancelledError:
        making.add_done_callback(forget)
        raise
