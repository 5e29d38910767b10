"""What `hallkeeper up` does before the first room starts: can it run here, and at what time?"""

import asyncio
import dataclasses

from cli.lock import AlreadyRunning, hold, taken_port
from cli.simclock import begin
from cli.up import run
from hall.core.calendar import is_workday
from hallfile.premises import Premises


class NotPossible(RuntimeError):
    """The hall can't be brought up; the message says why and what to do."""


def bring_up(
    premises: Premises,
    *,
    real: bool,
    crowd: bool,
    speed: float | None,
    seed: int | None,
    start: str | None,
) -> None:
    """Bring the hall up, simulated where its file says so and `real` does not forbid it."""
    hall = premises.hall
    simulated = not real and any(
        device.simulated for devices in hall.devices().values() for device in devices.values()
    )
    address = f"http://{hall.console.host}:{hall.console.port}"
    try:
        with hold(premises.data, address):
            _check_ports(premises)
            if simulated:
                clock = begin(hall, premises.data, speed=speed, start=start, is_workday=is_workday)
                premises = dataclasses.replace(premises, clock=clock, simulated=True)
            asyncio.run(run(premises, crowd and simulated, seed))
    except AlreadyRunning as error:
        raise NotPossible(str(error)) from None


def _check_ports(premises: Premises) -> None:
    hall = premises.hall
    wanted = [("console.port", hall.console.host, hall.console.port)]
    if hall.broker.own:
        wanted.append(("broker.port", hall.broker.host, hall.broker.port))
    for key, host, port in wanted:
        if taken_port(host, port):
            raise NotPossible(
                f"{key}: another program listens at {host}:{port} already; end it, or write another port "
                f"into {premises.path.name}"
            )
