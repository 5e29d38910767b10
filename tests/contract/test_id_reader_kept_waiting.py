"""The ID reader in a process kept from running: an answer that lies unread is no silence."""

import asyncio
import time

import pytest

from devices.id_reader import reader
from devices.id_reader.reader import SamReader
from tests.golden import vector
from tests.links import Wire, pair

SILENCE_S = 0.01
KEPT_S = SILENCE_S + 4 * reader.LATE_S
"""Longer than any answer may pause on a quick wire."""


async def test_an_answer_that_came_while_nobody_could_listen_is_heard(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reader, "SILENCE_S", SILENCE_S)
    near, far = pair(Wire())
    answer = vector("sam_v", "card found").bytes

    async def peer() -> None:
        await far.read()
        await far.write(answer[:5])
        # what a busy machine does to a process, while the rest is on its way
        asyncio.get_running_loop().call_later(SILENCE_S / 2, time.sleep, KEPT_S)
        await asyncio.sleep(SILENCE_S / 2 + KEPT_S)
        await far.write(answer[5:])

    sam = SamReader(near)
    sam.baud = 115_200
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(peer())
        assert await sam.find()
    assert (sam.faults, sam.retries) == (0, 0)
