"""What a room's process says when the room can't work, and when it fails."""

import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from broker.client import Bus
from broker.join import CannotWork
from cli import process
from hallfile.premises import Premises
from tests.console_hall import premises_in


@pytest.fixture
def premises(tmp_path: Path) -> Premises:
    """A hall whose bus is nowhere: a room tries to join it and goes on."""
    made = premises_in(tmp_path)
    (made.data / "credentials").mkdir()
    (made.data / "credentials" / "console").write_text("secret", encoding="utf-8")
    return made


async def taken(_premises: Premises, _bus: Bus) -> None:
    raise CannotWork("the port is taken; change it")


async def failing(_premises: Premises, _bus: Bus) -> None:
    raise ValueError("a fault")


Work = Callable[[Premises, Bus], Awaitable[None]]


@pytest.mark.parametrize(("work", "traced"), [(taken, False), (failing, True)])
async def test_what_a_room_can_explain_is_logged_as_a_sentence(
    premises: Premises, caplog: pytest.LogCaptureFixture, work: Work, traced: bool
) -> None:
    with pytest.raises(SystemExit):
        await process._until_told(premises, "console", work)
    (said,) = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert bool(said.exc_info) is traced
    assert said.getMessage() == ("the room ended by a fault" if traced else "the port is taken; change it")
