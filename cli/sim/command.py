"""`hallkeeper sim`, its subcommands and their options."""

from typing import Annotated

import typer

from cli import rooms
from cli.arguments import (
    EXAMPLE,
    ClockSpec,
    DataPath,
    HallOption,
    HallPath,
    Simulate,
    fail,
    open_premises,
    running_premises,
)
from cli.groups import DefaultGroup, HallCommand

app = typer.Typer(
    cls=DefaultGroup,
    help="The simulators as a room (its options: sim run --help), and a hand at a running hall's simulators.",
)


@app.command("run", cls=HallCommand)
def run(
    hall: HallPath = EXAMPLE,
    data: DataPath = None,
    clock: ClockSpec = None,
    simulate: Simulate = True,
    crowd: Annotated[
        bool, typer.Option("--crowd/--no-crowd", help="Play the simulated day's people.")
    ] = False,
    seed: Annotated[int | None, typer.Option(help="Another simulated day.")] = None,
    usb: Annotated[bool, typer.Option("--usb", help="As virtual USB devices, plugged in here.")] = False,
    only: Annotated[str, typer.Option(help="With --usb: these devices, by id, with commas.")] = "",
) -> None:
    """The simulators of all devices marked `simulated`, and the simulated crowd."""
    premises = open_premises(hall, data, clock, simulate)
    if usb:
        from cli.sim import on_usb

        chosen_devices = [name.strip() for name in only.split(",") if name.strip()]
        rooms.start(premises, "simulators", lambda places, bus: on_usb.run(places, bus, chosen_devices))
        return
    from cli.sim import room

    chosen = seed if seed is not None else premises.hall.simulation.seed
    rooms.start(premises, "simulators", lambda places, bus: room.run(places, bus, chosen if crowd else None))


@app.command("list")
def list_(
    device: Annotated[str | None, typer.Argument(help="One device: all its controls.")] = None,
    hall: HallOption = EXAMPLE,
    data: DataPath = None,
) -> None:
    """The simulated devices of a running hall, and how their controls stand."""
    from cli.sim import controls
    from cli.visit import NotRunning

    try:
        controls.show(running_premises(hall, data), device)
    except (NotRunning, controls.NotDone) as error:
        fail(str(error))


@app.command("switch")
def switch(
    device: Annotated[str, typer.Argument(help="Its id in the hall file.")],
    control: Annotated[str, typer.Argument(help="As `hallkeeper sim list DEVICE` names it.")],
    value: Annotated[str, typer.Argument(help="on, off, a number, or one of the words it takes.")],
    hall: HallOption = EXAMPLE,
    data: DataPath = None,
) -> None:
    """Turn a control of a running hall's simulated device: hallkeeper sim switch p1 cover on."""
    from cli.sim import controls
    from cli.visit import NotRunning

    try:
        controls.switch(running_premises(hall, data), device, control, value)
    except (NotRunning, controls.NotDone) as error:
        fail(str(error))
    typer.echo(f"{device}: {control} {value}")
