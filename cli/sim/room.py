"""The room that stands in for the world: simulated devices and, when asked for, the people who use them."""

import asyncio

from broker.client import Bus
from hallfile.premises import Premises


async def run(premises: Premises, bus: Bus, crowd_seed: int | None) -> None:
    """Simulate until cancelled; without a seed nobody comes."""
    from simulators import room
    from simulators.crowd import play

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(room.run(premises, bus))
        if crowd_seed is not None:
            tasks.create_task(play.run(premises, bus, crowd_seed))
