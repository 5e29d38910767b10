"""`hallkeeper doctor`, its subcommands and their options."""

from pathlib import Path
from typing import Annotated

import typer

from cli.arguments import EXAMPLE, DataPath, HallOption, HallPath, fail, running_premises
from cli.groups import DefaultGroup, HallCommand

app = typer.Typer(
    cls=DefaultGroup,
    help="What is missing or wrong on machine, hall and wires (its options: doctor run --help).",
)


@app.command("run", cls=HallCommand)
def run(
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


@app.command("pad")
def pad(
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


@app.command("mic")
def mic(
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
            calibrate.forget(running_premises(hall, data), pickup, typer.echo)
        else:
            calibrate.calibrate(running_premises(hall, data), pickup, level, typer.echo)
    except (NotRunning, calibrate.NotCalibrated) as error:
        fail(str(error))
