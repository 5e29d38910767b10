"""`hallkeeper`: starts any room, brings the whole hall up, checks a hall file, looks for what is wrong."""

import os
from pathlib import Path
from typing import Annotated

import typer

from cli import rooms
from cli.arguments import (
    EXAMPLE,
    ClockSpec,
    DataPath,
    HallPath,
    Simulate,
    fail,
    open_premises,
    time_of_day,
)
from cli.doctor.command import app as doctor
from cli.groups import HallCommand
from cli.sim.command import app as sim
from hallfile.load import BadHallFile
from hallfile.premises import Premises

app = typer.Typer(
    help="厅管家 Hallkeeper: the controller of a government service hall and its devices.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(sim, name="sim")
app.add_typer(doctor, name="doctor")


@app.command(cls=HallCommand)
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


@app.command(cls=HallCommand)
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


@app.command(cls=HallCommand)
def controller(
    hall: HallPath = EXAMPLE, data: DataPath = None, clock: ClockSpec = None, simulate: Simulate = False
) -> None:
    """The controller: numbers, calls, ratings, alarms, and the journal of all of them."""
    from hall.controller import run

    rooms.start(open_premises(hall, data, clock, simulate), "controller", run)


@app.command(cls=HallCommand)
def devices(
    hall: HallPath = EXAMPLE, data: DataPath = None, clock: ClockSpec = None, simulate: Simulate = False
) -> None:
    """The drivers of all devices of the hall."""
    from devices.room import run

    rooms.start(open_premises(hall, data, clock, simulate), "devices", run)


@app.command(cls=HallCommand)
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

    rooms.start(premises, f"kiosk-{which}", lambda places, bus: run(places, bus, which))


def _keep_pin(premises: Premises) -> None:
    from kiosk.technician.pin import SALT_BYTES, BadPin, keep, place

    pin = typer.prompt("PIN (6 to 12 digits)", hide_input=True, confirmation_prompt=True)
    try:
        keep(place(premises.data), pin, os.urandom(SALT_BYTES))
    except (BadPin, OSError) as error:
        fail(str(error))
    typer.echo(f"the technician's PIN of {premises.hall.hall.name} is set; kiosks know it at once")


@app.command(cls=HallCommand)
def console(
    hall: HallPath = EXAMPLE, data: DataPath = None, clock: ClockSpec = None, simulate: Simulate = False
) -> None:
    """The web pages: bench, counters, hall."""
    from console.room import run

    rooms.start(open_premises(hall, data, clock, simulate), "console", run)


@app.command(cls=HallCommand)
def check(hall: HallPath = EXAMPLE) -> None:
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


@app.command(cls=HallCommand)
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

    for command in (capture, replay, cases):
        app.command()(command)
    app.command(cls=HallCommand)(ticket)
    app.add_typer(bench, name="bench")
    app.add_typer(journal, name="journal")
    app.add_typer(bookings, name="bookings")
    app()


if __name__ == "__main__":
    main()
