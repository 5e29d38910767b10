"""What every test is held to: no task may outlive it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

# whole, as anybody would: our driver loads it without its database of printers, and a witness needs that
import escpos.printer  # noqa: F401
import pytest
from hypothesis import settings

settings.register_profile("no wall time", deadline=None)
settings.load_profile("no wall time")


@pytest.fixture(autouse=True)
async def no_leaked_tasks(request: pytest.FixtureRequest) -> AsyncIterator[None]:
    """An asyncio task that is still running after its test is a fault."""
    yield
    current = asyncio.current_task()
    left = {task for task in asyncio.all_tasks() if task is not current and not task.done()}
    left = {task for task in left if "_wrap_async" not in repr(task) and "pytest_asyncio" not in repr(task)}
    for task in left:
        task.cancel()
    assert not left, f"tasks still running: {left}"


class HandClock:
    """A clock that stands until it is moved by hand."""

    speed = 1.0

    def __init__(self, start: datetime) -> None:
        self._now = start
        self._monotonic = 0.0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    def move(self, seconds: float) -> None:
        """Let `seconds` pass."""
        self._now += timedelta(seconds=seconds)
        self._monotonic += seconds


@pytest.fixture
def clock() -> HandClock:
    """09:00 on a working Friday in the D-day hall."""
    return HandClock(datetime(2026, 11, 20, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai")))


@pytest.fixture
def new_id() -> Callable[[], str]:
    """Ids in order: id-1, id-2, …"""
    numbers = count(1)
    return lambda: f"id-{next(numbers)}"
