"""The commands `hallkeeper capture` and `hallkeeper replay`."""

import asyncio
import contextlib
import signal
import socket
import tempfile
from collections.abc import Awaitable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from cli.arguments import fail
from hallfile.links import BadLink, LinkUrl, parse_link

WARNING = (
    "an ID-card reader speaks here: its answers hold names, ID numbers and photos. "
    "They are wiped from the file; --raw keeps them, for test cards only"
)
RAW_WARNING = (
    "an ID-card reader speaks here, and --raw was given: the file holds whatever its cards hold. "
    "Use test cards only, and delete the file when it has served"
)
MASKABLE = ("serial", "tcp", "lp", "usb")


def capture(
    link: Annotated[str, typer.Argument(help="The device: serial:PATH?baud=N, tcp://HOST:PORT, usb:…")],
    file: Annotated[Path, typer.Argument(help="The file to write.")],
    listen: Annotated[
        str | None,
        typer.Option(help="Where the driver finds us; a place that is printed, where none is given."),
    ] = None,
    raw: Annotated[bool, typer.Option("--raw", help="Keep what an ID reader says of people.")] = False,
    seconds: Annotated[
        float | None, typer.Option(min=0.1, help="End after so long; else with Ctrl-C.")
    ] = None,
    most_mb: Annotated[float, typer.Option("--most-mb", min=0.001, help="Keep so many MB.")] = 100.0,
) -> None:
    """Record a link's bytes: stand between the driver and its device, and pass everything on."""
    device = _link(link)
    if device.scheme not in MASKABLE:
        fail(f"{device}: only links of {', '.join(MASKABLE)} can be captured")
    try:
        with (
            tempfile.TemporaryDirectory(prefix="hallkeeper-tap-") as folder,
            file.open("w", encoding="utf-8") as out,
        ):
            from cli.tape.records import Head, TapeWriter
            from cli.tape.tap import Tap, host_end

            host = host_end(device, None if listen is None else _link(listen), Path(folder), _free_port)
            now = datetime.now().astimezone().isoformat(timespec="seconds")
            tape = TapeWriter(out, Head(link=str(device), masked=not raw, recorded=now), int(most_mb * 1e6))
            tap = Tap(device, host, tape, raw=raw)
            tap.on_reader = lambda: typer.echo(RAW_WARNING if raw else WARNING, err=True)
            typer.echo(f"recording {device} into {file}; write this link for the driver: {host}")
            asyncio.run(_until_told(tap.run(), seconds))
            typer.echo(f"{tape.pieces} lines in {file}")
    except (OSError, BadLink) as error:
        fail(str(error))


def replay(
    file: Annotated[Path, typer.Argument(help="A file that capture wrote.")],
    to: Annotated[str, typer.Option("--to", help="Where to play it: serial:PATH, tcp://HOST:PORT.")],
    side: Annotated[
        Literal["device", "host"],
        typer.Option("--as", help="device: to a driver that opens the link; host: to a device or simulator."),
    ] = "device",
    full_speed: Annotated[
        bool, typer.Option("--full-speed", help="Wait for nothing but the other side.")
    ] = False,
) -> None:
    """Play a recorded link to a driver or to a simulator, and say where the other side differs."""
    from cli.tape.records import BadTape, read_tape, turns
    from cli.tape.replay import as_device, as_host
    from devices.kit.errors import DeviceError

    at = _link(to)
    try:
        head, pieces = read_tape(file)
        play = as_device if side == "device" else as_host
        typer.echo(f"playing the {side}'s part of {head.link} at {at}")
        outcome = asyncio.run(play(turns(pieces), at, paced=not full_speed, tell=typer.echo))
    except (BadTape, BadLink, OSError) as error:
        fail(str(error))
    except DeviceError as error:
        fail(error.cause)
    typer.echo(outcome.sentence())
    raise typer.Exit(0 if outcome.same else 1)


async def _until_told(work: Awaitable[None], seconds: float | None) -> None:
    """Do `work` until Ctrl-C, SIGTERM, or for so many seconds."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told.set)
    working = asyncio.ensure_future(work)
    stopping = asyncio.ensure_future(told.wait())
    await asyncio.wait({working, stopping}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    failure = working.exception() if working.done() else None
    for task in (working, stopping):
        task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.gather(working, stopping, return_exceptions=True)
    if failure is not None:
        raise failure


def _link(text: str) -> LinkUrl:
    try:
        return parse_link(text)
    except BadLink as error:
        fail(str(error))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
