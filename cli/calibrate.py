"""`hallkeeper doctor mic --calibrate ID`: a sound calibrator at one pickup of a running hall."""

import asyncio
import difflib
from collections.abc import Callable
from typing import Any, Final

from msgspec import UNSET

from broker.client import Unanswered
from broker.messages.devices import Calibrate, ForgetCalibration
from broker.messages.envelope import Reply
from broker.transport import NotConnected
from cli.visit import visiting
from hallfile.premises import Premises

ANSWER_S: Final = 20.0
"""The driver listens for 15 s at the most."""

Tell = Callable[[str], None]


class NotCalibrated(RuntimeError):
    """Nothing was changed; the message says why, and what to do."""


def calibrate(premises: Premises, pickup: str, level_db: float, tell: Tell) -> None:
    """Take what `pickup` hears now for `level_db`; raises `NotCalibrated`, `cli.visit.NotRunning`."""
    _known(premises, pickup)
    tell(f"put the calibrator over {pickup}, {level_db:g} dB at 1 kHz, and hold it still …")
    reply = asyncio.run(_ask(premises, pickup, level_db))
    details: dict[str, Any] = {} if reply.details is UNSET else reply.details
    before = details.get("before_db")
    was = "until now its levels were relative" if before is None else f"it was {before} dB"
    tell(f"{pickup} is calibrated: full scale is {details.get('full_scale_db')} dB; {was}")


def forget(premises: Premises, pickup: str, tell: Tell) -> None:
    """Go back to what the hall file says of `pickup`; raises `NotCalibrated`, `cli.visit.NotRunning`."""
    _known(premises, pickup)
    asyncio.run(_ask(premises, pickup, None))
    tell(f"{pickup} goes by the hall file again")


def _known(premises: Premises, pickup: str) -> None:
    pickups = premises.hall.mic_monitors
    if pickup not in pickups:
        near = difflib.get_close_matches(pickup, pickups, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(pickups) or 'none'}"
        raise NotCalibrated(f"mic_monitors.{pickup}: there is no such pickup in {premises.path}; {hint}")


async def _ask(premises: Premises, pickup: str, level_db: float | None) -> Reply:
    async with visiting(premises) as bus:
        topic = bus.topic("mic_monitor", pickup, "command")
        head: dict[str, Any] = {"id": bus.new_id(), "at": bus.clock.now(), "expires": bus.expires(ANSWER_S)}
        by = "console/command-line"
        command = (
            ForgetCalibration(**head, by=by)
            if level_db is None
            else Calibrate(**head, by=by, level_db=level_db)
        )
        try:
            reply = await bus.ask_for(topic, command, ANSWER_S)
        except (Unanswered, NotConnected) as error:
            raise NotCalibrated(
                f"{pickup} did not answer: {error}; is the room of devices running?"
            ) from None
    if not reply.ok:
        raise NotCalibrated(f"{pickup}: {reply.reason if reply.text is UNSET else reply.text}")
    return reply
