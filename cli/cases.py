"""`hallkeeper cases`: hand a file of cases with promised working days to a running hall."""

import asyncio
import dataclasses
from pathlib import Path
from typing import Annotated

import typer

from cli.arguments import EXAMPLE, DataPath, HallOption, fail, open_premises
from hallfile.premises import Premises

BY = "console/import"


class NotImported(RuntimeError):
    """Nothing, or not all, was taken; the message says which rows and why."""


def cases(
    file: Annotated[
        Path,
        typer.Argument(
            help="CSV: case,item,department,accepted,promised_workdays[,finished,zone,phone,token]."
        ),
    ],
    hall: HallOption = EXAMPLE,
    data: DataPath = None,
) -> None:
    """Tell a running hall of cases with promised working days: what is late gets its card."""
    from cli.simclock import running_clock
    from cli.visit import NotRunning

    premises = open_premises(hall, data, None, True)
    premises = dataclasses.replace(premises, clock=running_clock(premises.data, premises.clock))
    try:
        typer.echo(f"{_hand_over(premises, file)} cases")
    except (NotRunning, NotImported) as error:
        fail(str(error))


def _hand_over(premises: Premises, file: Path) -> int:
    """Hand over all rows and say how many; raises `NotImported`, `cli.visit.NotRunning`."""
    from cli.visit import visiting
    from console.cases import BadRows, Registry, RowAnswer, from_csv
    from console.orders import Orders

    try:
        rows = from_csv(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise NotImported(f"{file} can't be read ({error.strerror}); check its name and its rights") from None
    except UnicodeDecodeError:
        raise NotImported(f"{file} is not written in UTF-8; save it as “CSV UTF-8” and try again") from None
    except BadRows as error:
        raise NotImported(f"{file} can't be read: {error}") from None

    async def work() -> list[RowAnswer]:
        async with visiting(premises) as bus:
            registry = Registry(Orders(bus, premises.simulated), premises)
            return await registry.hand_over(rows, BY, bus.clock.now())

    answers = asyncio.run(work())
    wrong = [f"{answer.case}: {answer.text or answer.reason}" for answer in answers if not answer.ok]
    if wrong:
        raise NotImported("\n".join(wrong))
    return len(answers)
