"""`hallkeeper sim list` and `hallkeeper sim switch`: a hand at a running hall's simulated devices."""

import asyncio
import difflib
from typing import Final

from msgspec import UNSET
from rich.console import Console
from rich.table import Table

from broker.client import Bus, Received, Unanswered
from broker.messages.simulators import SimulatorState, Switch
from broker.messages.wire import Refused
from broker.topics import BadTopic, topic_filter
from broker.transport import NotConnected
from cli.visit import visiting
from hallfile.premises import Premises

HEARD_WITHIN_S: Final = 2.0
"""Retained states arrive at once; a device that has said nothing by then is not simulated here."""
ANSWER_S: Final = 5.0

YES: Final = frozenset(("on", "true", "yes", "1", "开"))
NO: Final = frozenset(("off", "false", "no", "0", "关"))

Value = bool | int | float | str | None


class NotDone(RuntimeError):
    """The control was not turned; the message says why."""


def show(premises: Premises, device: str | None) -> None:
    """Print every simulated device and how its controls stand, or all about one; raises `NotDone`."""
    states = asyncio.run(_states(premises, device))
    if device is None:
        table = Table("device", "kind", "controls", box=None)
        for name, state in sorted(states.items()):
            if state.controls:
                stands = " · ".join(f"{key} {_said(at)}" for key, at in state.controls.items())
                table.add_row(name, state.kind, stands)
    else:
        state = states[device]
        table = Table("control", "stands at", "takes", box=None)
        for key, at in state.controls.items():
            table.add_row(key, _said(at), " / ".join(state.choices.get(key, ())) or _takes(at))
    Console().print(table)


def switch(premises: Premises, device: str, control: str, said: str) -> None:
    """Turn `control` of a simulated device to what was said; raises `NotDone`."""
    asyncio.run(_switch(premises, device, control, said))


def meant(said: str, stands: object) -> Value:
    """The value meant by a word of the command line, for a control that stands at `stands`."""
    word = said.lower()
    if isinstance(stands, bool):
        return True if word in YES else False if word in NO else said
    if isinstance(stands, int | float):
        try:
            return float(said)
        except ValueError:
            return said
    return said


async def _states(premises: Premises, device: str | None) -> dict[str, SimulatorState]:
    async with visiting(premises) as bus:
        states = await _heard(bus, device, _simulated(premises))
    if device is None and not states:
        raise NotDone("nothing is simulated in this hall")
    return states


async def _switch(premises: Premises, device: str, control: str, said: str) -> None:
    async with visiting(premises) as bus:
        state = (await _heard(bus, device, _simulated(premises)))[device]
        if control not in state.controls:
            raise NotDone(f"{device} has no control {control!r}; it has: {', '.join(state.controls)}")
        command = Switch(
            id=bus.new_id(),
            at=bus.clock.now(),
            expires=bus.expires(ANSWER_S),
            by="console/command-line",
            control=control,
            value=meant(said, state.controls[control]),
        )
        try:
            reply = await bus.ask_for(bus.topic("simulator", device, "command"), command, ANSWER_S)
        except (Unanswered, NotConnected) as error:
            raise NotDone(f"{device} did not answer: {error}; is the room of simulators running?") from None
    if not reply.ok:
        raise NotDone(str(reply.reason if reply.text is UNSET else reply.text))


async def _heard(bus: Bus, device: str | None, awaited: set[str]) -> dict[str, SimulatorState]:
    """The retained states of all simulated devices, or of one; raises `NotDone` where it is not there."""
    states: dict[str, SimulatorState] = {}
    all_there = asyncio.Event()
    wanted = awaited if device is None else {device}

    def hear(received: Received) -> None:
        try:
            message = received.message()
        except Refused:
            return
        if isinstance(message, SimulatorState):
            states[received.topic.id] = message
            if wanted <= states.keys():
                all_there.set()

    bus.subscribe(_topic(bus, device), hear)
    try:
        async with asyncio.timeout(HEARD_WITHIN_S):
            await all_there.wait()
    except TimeoutError:
        if device is not None:
            near = difflib.get_close_matches(device, sorted(awaited), n=1)
            hint = f"did you mean {near[0]!r}?" if near else "hallkeeper sim list shows them"
            raise NotDone(f"no simulated device {device!r} answers in this hall; {hint}") from None
    return states


def _topic(bus: Bus, device: str | None) -> str:
    if device is None:
        return topic_filter(bus.hall, "simulator", leaf="state")
    try:
        return str(bus.topic("simulator", device, "state"))
    except BadTopic:
        raise NotDone(f"{device!r} can't be the id of a device; hallkeeper sim list shows them") from None


def _simulated(premises: Premises) -> set[str]:
    """Who has a wire to simulate: all devices and gateways marked so, but no loudspeaker."""
    gateways = {name for name, gateway in premises.hall.gateways.items() if gateway.simulated}
    return gateways | {
        name
        for kind, devices in premises.hall.devices().items()
        for name, device in devices.items()
        if device.simulated and kind != "announcer"
    }


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return "–" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _takes(value: object) -> str:
    return (
        "on / off" if isinstance(value, bool) else "a number" if isinstance(value, int | float) else "a word"
    )
