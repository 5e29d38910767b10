"""Question and answer over a link in memory, whole and in pieces."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from devices.kit.errors import LinkLost, NoAnswer
from devices.kit.exchange import Exchange, together
from tests.links import MemoryLink, Wire, pair


class Lines:
    """The simplest codec there is: a reply ends with a newline."""

    def __init__(self) -> None:
        self._held = b""

    def feed(self, data: bytes) -> list[bytes]:
        *whole, self._held = (self._held + data).split(b"\n")
        return whole

    def reset(self) -> None:
        self._held = b""


@asynccontextmanager
async def echoing(link: MemoryLink) -> AsyncIterator[None]:
    """Something at the end of `link` that says back what it hears."""

    async def echo() -> None:
        while True:
            await link.write(await link.read())

    task = asyncio.create_task(echo())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.mark.parametrize("wire", [Wire(), Wire(chunk=1), Wire(chunk=3, delay_s=0.001)])
async def test_a_question_gets_its_answer(wire: Wire) -> None:
    near, far = pair(wire)
    exchange = Exchange(near, Lines())
    async with echoing(far):
        assert await exchange.ask(b"one\n", 1.0) == b"one"
        assert await exchange.ask(b"two\n", 1.0) == b"two"
    far.hang_up()
    with pytest.raises(LinkLost):
        await exchange.ask(b"three\n", 1.0)


async def test_questions_wait_for_each_other() -> None:
    near, far = pair(Wire(chunk=1))
    exchange = Exchange(near, Lines())
    async with echoing(far):
        answers = await asyncio.gather(*(exchange.ask(f"{n}\n".encode(), 1.0) for n in range(10)))
    assert answers == [str(n).encode() for n in range(10)]


async def test_silence_is_no_answer() -> None:
    near, _ = pair()
    with pytest.raises(NoAnswer):
        await Exchange(near, Lines()).ask(b"anybody?\n", 0.01)


async def test_an_answer_that_is_not_the_wanted_one_is_passed_over() -> None:
    near, far = pair()
    exchange = Exchange(near, Lines())
    async with echoing(far):
        assert await exchange.ask(b"late\nagain\n", 1.0, lambda reply: reply == b"again") == b"again"


async def test_a_lossy_wire_loses_what_it_says() -> None:
    near, far = pair(Wire(chunk=1, loss=0.5, chance=random.Random(1)))
    await near.write(b"x" * 1000)
    assert 400 < len(await far.drain_input(0.01)) < 600


async def test_together_ends_with_the_first_and_cancels_the_rest() -> None:
    cancelled = asyncio.Event()

    async def long() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    async def fails() -> None:
        raise LinkLost("gone")

    with pytest.raises(LinkLost):
        await together(long(), fails())
    assert cancelled.is_set()
