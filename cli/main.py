"""`hallkeeper`: starts any room, brings the whole hall up, checks a hall file, looks for what is wrong."""

import dataclasses
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.arguments import (
    EXAMPLE,
    ClockSpec,
    DataPath,
    HallOption,
    HallPath,
    Simulate,
    fail,
    open_premises,
    time_of_day,
)
from cli.groups import DefaultGroup
from hallfile.load import BadHallFile
from hallfile.premises import Premises

if TYPE_CHECKING:
    from broker.client import Bus

app = typer.Typer(
    help="厅管家 Hallkeeper: the controller of a government service hall and its devices.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _room(premises: Premises, name: str, work: "Callable[[Premises, Bus], Awaitable[None]]") -> None:
    from cli.lock import AlreadyRunning
    from cli.process import run_room

    if not (premises.data / "credentials" / name).exists():
        from broker.mosquitto import prepare
        from cli.roster import credentials

        broker = premises.hall.broker
        prepare(premises.data, premises.hall.hall.id, broker.host, broker.port, credentials(premises))
    try:
        run_room(premises, name, work)
    except AlreadyRunning as error:
        fail(str(error))


@app.command()
def up(
    hall: HallPath = EXAMPLE,
    data: DataPath = None,
    real: Annotated[bool, typer.Option("--real", help="No simulators, real time.")] = False,
    crowd: Annotated[
        bool, typer.Option("--crowd/--no-crowd", help="Play the simulated day's people.")
    ] = True,
    speed: Annotated[float | None, typer.Option(min=0.1, max=120, help="Hall seconds a real second.")] = None,
    seed: Annotated[int | None, typer.Option(help="Another simulated day.")] = None,
    start: Annotated[
        str | None, typer.Option(help="HH:MM at which a simulated day begins.", callback=time_of_day)
    ] = None,
) -> None:
    """Bring up the whole hall and keep it up."""
    from cli.bringup import NotPossible, bring_up

    premises = open_premises(hall, data, None, False)
    try:
        bring_up(premises, real=real, crowd=crowd, speed=speed, seed=seed, start=start)
    except NotPossible as error:
        fail(str(error))


@app.command()
def broker(
    hall: HallPath = EXAMPLE, data: DataPath = None, clock: ClockSpec = None, simulate: Simulate = False
) -> None:
    """The bus: Mosquitto with this hall's configuration, in place of this process."""
    from broker.mosquitto import MosquittoMissing, command, prepare
    from cli.roster import credentials

    premises = open_premises(hall, data, clock, simulate)
    table = premises.hall.broker
    config = prepare(premises.data, premises.hall.hall.id, table.host, table.port, credentials(premises))
    try:
        line = command(config)
    except MosquittoMissing as error:
        fail(str(error))
    os.execv(line[0], line)


@app.command()
def controller(
    hall: HallPath = EXAMPLE, data: DataPath = None, clock: ClockSpec = None, simulate: Simulate = False
) -> None:
    """The controller: numbers, calls, ratings, alarms, and the journal of all of them."""
    from hall.controller import run

    _room(open_premises(hall, data, clock, simulate), "controller", run)


@app.command()
def devices(
    hall: HallPath = EXAMPLE, data: DataPath = None, clock: ClockSpec = None, simulate: Simulate = False
) -> None:
    """The drivers of all devices of the hall."""
    from devices.room import run

    _room(open_premises(hall, data, clock, simulate), "devices", run)


@app.command()
def kiosk(
    hall: HallPath = EXAMPLE,
    data: DataPath = None,
    clock: ClockSpec = None,
    simulate: Simulate = False,
    which: Annotated[str, typer.Option("--id", help="Which kiosk of the hall file.")] = "k1",
    render: Annotated[Path | None, typer.Option(help="Draw every screen into this folder and end.")] = None,
    set_pin: Annotated[bool, typer.Option("--set-pin", help="Ask for the technician's PIN and end.")] = False,
    monkey: Annotated[
        int | None, typer.Option(min=1, help="Touch at random so many times, with failing devices, and end.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Another monkey.")] = 1,
) -> None:
    """A touch screen."""
    premises = open_premises(hall, data, clock, simulate)
    if set_pin:
        _keep_pin(premises)
        return
    if which not in premises.hall.kiosks:
        fail(f"kiosks.{which}: there is no such kiosk in {hall}; known are {', '.join(premises.hall.kiosks)}")
    if render is not None:
        from kiosk.render import render as draw

        for picture in draw(premises, render):
            typer.echo(picture)
        return
    if monkey is not None:
        from kiosk.monkey import report

        raise typer.Exit(report(premises, which, touches=monkey, seed=seed, say=typer.echo))
    from kiosk.room import run

    _room(premises, f"kiosk-{which}", lambda places, bus: run(places, bus, which))


def _keep_pin(premises: Premises) -> None:
    from kiosk.technician.pin import SALT_BYTES, BadPin, keep, place

    pin = typer.prompt("PIN (6 to 12 digits)", hide_input=True, confirmation_prompt=True)
    try:
        keep(place(premises.data), pin, os.urandom(SALT_BYTES))
    except (BadPin, OSError) as error:
        fail(str(error))
    typer.echo(f"the technician's PIN of {premises.hall.hall.name} is set; kiosks know it at once")


@app.command()
def console(
    hall: HallPath = EXAMPLE, data: DataPath = None, clock: ClockSpec = None, simulate: Simulate = False
) -> None:
    """The web pages: bench, counters, hall."""
    from console.room import run

    _room(open_premises(hall, data, clock, simulate), "console", run)


sim_app = typer.Typer(
    cls=DefaultGroup,
    help="The simulators as a room (its options: sim run --help), and a hand at a running hall's simulators.",
)
app.add_typer(sim_app, name="sim")


@sim_app.command("run")
def sim(
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
    from cli.simulation import run

    premises = open_premises(hall, data, clock, simulate)
    if usb:
        from cli import sim_usb

        chosen_devices = [name.strip() for name in only.split(",") if name.strip()]
        _room(premises, "simulators", lambda places, bus: sim_usb.run(places, bus, chosen_devices))
        return
    chosen = seed if seed is not None else premises.hall.simulation.seed
    _room(premises, "simulators", lambda places, bus: run(places, bus, chosen if crowd else None))


@sim_app.command("list")
def sim_list(
    device: Annotated[str | None, typer.Argument(help="One device: all its controls.")] = None,
    hall: HallOption = EXAMPLE,
    data: DataPath = None,
) -> None:
    """The simulated devices of a running hall, and how their controls stand."""
    from cli import sim
    from cli.visit import NotRunning

    try:
        sim.show(_running(hall, data), device)
    except (NotRunning, sim.NotDone) as error:
        fail(str(error))


@sim_app.command("switch")
def sim_switch(
    device: Annotated[str, typer.Argument(help="Its id in the hall file.")],
    control: Annotated[str, typer.Argument(help="As `hallkeeper sim list DEVICE` names it.")],
    value: Annotated[str, typer.Argument(help="on, off, a number, or one of the words it takes.")],
    hall: HallOption = EXAMPLE,
    data: DataPath = None,
) -> None:
    """Turn a control of a running hall's simulated device: hallkeeper sim switch p1 cover on."""
    from cli import sim
    from cli.visit import NotRunning

    try:
        sim.switch(_running(hall, data), device, control, value)
    except (NotRunning, sim.NotDone) as error:
        fail(str(error))
    typer.echo(f"{device}: {control} {value}")


def _running(hall: Path, data: Path | None) -> Premises:
    """A hall that runs, with the clock it runs by."""
    from cli.simclock import running_clock

    premises = open_premises(hall, data, None, True)
    return dataclasses.replace(premises, clock=running_clock(premises.data, premises.clock))


@app.command()
def check(hall: HallPath) -> None:
    """Read a hall file and say everything that is wrong with it."""
    from hallfile.load import load

    try:
        found = load(hall)
    except BadHallFile as error:
        fail(str(error))
    devices = sum(len(entries) for entries in found.devices().values())
    typer.echo(
        f"{hall}: {found.hall.name}, {len(found.services)} services, {len(found.counters)} counters, "
        f"{devices} devices; nothing is wrong with it"
    )


doctor_app = typer.Typer(
    cls=DefaultGroup,
    help="What is missing or wrong on machine, hall and wires (its options: doctor run --help).",
)
app.add_typer(doctor_app, name="doctor")


@doctor_app.command("run")
def doctor(
    hall: HallPath = EXAMPLE,
    data: DataPath = None,
    scan: Annotated[
        bool, typer.Option("--scan", help="Look at everything plugged in, and ask each wire what is there.")
    ] = False,
    at: Annotated[
        list[str] | None, typer.Option("--at", help="Ask at this link only: tcp://HOST:PORT, serial:PATH.")
    ] = None,
) -> None:
    """Look for what is missing or wrong on this machine and in this hall.

    A scan sends only harmless questions, and none to a port that a running hall holds.
    """
    from cli.doctor.examine import examine

    raise typer.Exit(0 if examine(hall, data, scan=scan, at=at or ()) else 1)


@doctor_app.command("pad")
def doctor_pad(
    learn: Annotated[str, typer.Option("--learn", help="Its link: evdev:/dev/input/by-path/…-event-kbd.")],
    kind: Annotated[str, typer.Option(help="rating_pad, call_pad.")] = "rating_pad",
    model: Annotated[str, typer.Option(help="What the new key map is called.")] = "our-pad",
    language: Annotated[str, typer.Option(help="zh-CN, en.")] = "zh-CN",
    save: Annotated[Path | None, typer.Option(help="Write the key map into this file.")] = None,
) -> None:
    """Learn the keys of a pad: press them in the order asked; the key map is printed."""
    from cli.learn import NotLearned, learn_pad

    try:
        found = learn_pad(learn, kind, model, language, lambda line: typer.echo(line, err=True))
        typer.echo(found, nl=False)
        if save is not None:
            save.parent.mkdir(parents=True, exist_ok=True)
            save.write_text(found, encoding="utf-8")
    except (NotLearned, OSError) as error:
        fail(str(error))


@doctor_app.command("mic")
def doctor_mic(
    pickup: Annotated[str, typer.Option("--calibrate", help="Its id in the hall file.")],
    level: Annotated[float, typer.Option(min=60, max=130, help="The calibrator's level in dB.")] = 94.0,
    forget: Annotated[
        bool, typer.Option("--forget", help="Forget the calibration: the hall file counts again.")
    ] = False,
    hall: HallOption = EXAMPLE,
    data: DataPath = None,
) -> None:
    """Calibrate a sound pickup of a running hall with a 94 dB, 1 kHz calibrator."""
    from cli import calibrate
    from cli.visit import NotRunning

    try:
        if forget:
            calibrate.forget(_running(hall, data), pickup, typer.echo)
        else:
            calibrate.calibrate(_running(hall, data), pickup, level, typer.echo)
    except (NotRunning, calibrate.NotCalibrated) as error:
        fail(str(error))


@app.command()
def report(
    what: Annotated[str, typer.Argument(help="day, week, month or tasks.")] = "day",
    hall: HallPath = EXAMPLE,
    data: DataPath = None,
    day: Annotated[str | None, typer.Option(help="YYYY-MM-DD; else the last day in the journal.")] = None,
    html: Annotated[Path | None, typer.Option(help="Draw it into this file.")] = None,
    csv: Annotated[Path | None, typer.Option(help="A week's or month's tables into this file.")] = None,
    lang: Annotated[str, typer.Option(help="zh-CN, en: of the files.")] = "zh-CN",
) -> None:
    """Questions about the past: a day's figures or its picture, a week's or a month's tables.

    tasks: what was to be answered in the month, and was.
    """
    from cli import answering
    from cli import report as reports

    premises = open_premises(hall, data, None, False)
    try:
        match what:
            case "day" if html is not None:
                reports.draw_day(premises, day, html, lang)
                typer.echo(html)
            case "day":
                reports.print_day(premises, day)
            case "week" | "month":
                rows = reports.write_period(premises, what, day, language=lang, csv=csv, html=html)
                typer.echo(rows, nl=False)
            case "tasks":
                answering.print_answering(premises, day)
            case _:
                fail(f"there is no report {what!r}; there are: day, week, month, tasks")
    except (reports.NoReport, answering.NothingToTell) as error:
        fail(str(error))


@app.command()
def asyncapi() -> None:
    """Print the wire contract as an AsyncAPI 3 document."""
    from broker.asyncapi import document_yaml

    typer.echo(document_yaml(), nl=False)


def main() -> None:
    """The entry point."""
    from cli.process import end_with_parent

    end_with_parent()
    from bench.command import bench
    from cli.bookings import app as bookings
    from cli.cases import cases
    from cli.journal import app as journal
    from cli.tape.command import capture, replay
    from cli.ticket import ticket

    for command in (capture, replay, ticket, cases):
        app.command()(command)
    app.add_typer(bench, name="bench")
    app.add_typer(journal, name="journal")
    app.add_typer(bookings, name="bookings")
    app()


if __name__ == "__main__":
    main()
