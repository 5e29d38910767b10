"""`hallkeeper ticket`: the hall's papers shown before anything is printed."""

from pathlib import Path
from typing import Annotated

import typer

from cli.arguments import EXAMPLE, HallPath, fail


def ticket(
    hall: HallPath = EXAMPLE,
    preview: Annotated[bool, typer.Option("--preview", help="Show one as it will be printed.")] = False,
    layout: Annotated[str, typer.Option(help="Which layout.")] = "ticket",
    printer: Annotated[
        str | None, typer.Option(help="For which printer of the hall; else the first.")
    ] = None,
    paper: Annotated[
        int | None, typer.Option(help="Width of its paper in mm; else as the hall file says.")
    ] = None,
    copy: Annotated[bool, typer.Option("--copy", help="As a reprint.")] = False,
    png: Annotated[Path | None, typer.Option(help="Draw it into this file, dot by dot.")] = None,
) -> None:
    """The papers of a hall: which layouts there are, and what they look like."""
    from cli.papers import NoPaper, Papers

    try:
        papers = Papers.of(hall, printer, paper)
        if png is not None:
            papers.picture(layout, copy).save(png, format="png")
            typer.echo(png)
        elif preview:
            typer.echo(papers.text(layout, copy))
        else:
            typer.echo("\n".join(papers.listed()))
    except NoPaper as error:
        fail(str(error))
    except OSError as error:
        fail(f"{png} can't be written ({error.strerror}); name another file")
