"""A short visit to a running hall's bus from the command line."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from broker.client import Bus
from broker.credentials import password
from broker.ids import ulids
from broker.paho import PahoTransport
from hallfile.premises import Premises

CONNECT_S: Final = 3.0
ROOM: Final = "bench"
"""Whose rights a visitor has: hears everything, asks as a clerk or a hand at a simulated device would."""


class NotRunning(RuntimeError):
    """The hall's bus is out of reach; the message says what to do."""


@asynccontextmanager
async def visiting(premises: Premises) -> AsyncIterator[Bus]:
    """Be on the bus of a running hall for the length of a with-block; raises `NotRunning`.

    A visitor owns nothing there: no availability, no last will, nothing retained.
    """
    hall, broker = premises.hall, premises.hall.broker
    if not (premises.data / "credentials" / ROOM).exists():
        raise NotRunning(
            f"no hall has run in {premises.data} yet; start it with hallkeeper up, or name --data"
        )
    transport = PahoTransport(
        host=broker.host,
        port=broker.port,
        client_id=f"{hall.hall.id}-visitor",
        username=ROOM,
        password=password(premises.data, ROOM),
    )
    bus = Bus(hall.hall.id, ROOM, transport, premises.clock, ulids(premises.clock))
    async with bus.running():
        try:
            async with asyncio.timeout(CONNECT_S):
                await bus.connected.wait()
        except TimeoutError:
            raise NotRunning(
                f"the bus of {hall.hall.name} at {broker.host}:{broker.port} is out of reach; "
                "start the hall with hallkeeper up"
            ) from None
        yield bus
