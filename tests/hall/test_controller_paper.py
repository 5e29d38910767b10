"""The controller and its printers: what became of a paper, and what a number on screen promises."""

from pathlib import Path
from typing import Any

import pytest

from broker.door import Refusal
from broker.messages import hall as m
from broker.messages.devices import Print
from tests.conftest import HandClock
from tests.hall.stage import hall, no_paper


async def test_a_page_that_no_phone_reaches_is_not_promised(clock: HandClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path) as stage:
        await stage.ask(m.TakeTicket, service="a", kiosk="k1")
        await stage.hear(m.TicketPrint)
        assert (stage.printed[0].fields["qr"], stage.printed[0].fields["footer"]) == (
            "",
            "请留意显示屏和广播。",
        )


async def test_a_failed_print_is_voided_or_printed_elsewhere(clock: HandClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path) as stage:
        stage.print_answers["p1"] = no_paper
        first = await stage.ask(m.TakeTicket, service="a", kiosk="k1")
        failed = await stage.hear(m.TicketPrint)
        assert (failed.outcome, failed.reason) == ("failed", "paper_out")
        reply = await stage.ask(m.Reprint, ticket=first.ticket, printer="p2")
        assert reply.ok
        printed = await stage.hear(m.TicketPrint, times=2)
        assert (printed.outcome, printed.printer) == ("printed", "p2")
        assert [paper.fields["copy"] for paper in stage.printed] == [""]
        await stage.ask(m.Reprint, ticket=first.ticket, printer="p2")
        await stage.hear(m.TicketPrint, times=3)
        assert stage.printed[-1].fields["copy"] == "重打"
        second = await stage.ask(m.TakeTicket, service="a", kiosk="k1")
        await stage.hear(m.TicketPrint, times=4)
        assert (await stage.ask(m.Cancel, ticket=second.ticket, why="print_failed")).status == "void"
        await stage.ask(m.CallNext, counter="1")
        refused = await stage.ask(m.CallNext, counter="2")
        assert (refused.ok, refused.reason) == (False, "nobody_waiting")


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ({"outcome": "unknown"}, "unknown"),
        ({}, "unknown"),
        ({"outcome": "printed"}, "printed"),
    ],
)
async def test_what_the_printer_does_not_say_is_not_known(
    clock: HandClock, tmp_path: Path, answer: dict[str, Any], outcome: str
) -> None:
    async with hall(clock, tmp_path) as stage:
        stage.print_answers["p1"] = lambda _: answer
        await stage.ask(m.TakeTicket, service="a", kiosk="k1")
        assert (await stage.hear(m.TicketPrint)).outcome == outcome


async def test_a_printer_that_is_not_up_yet_is_waited_for(clock: HandClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path) as stage:
        asked: list[str] = []

        def coming_up(command: Print) -> dict[str, Any]:
            asked.append(command.id)
            if len(asked) < 3:
                raise Refusal("device_offline", "not there", outcome="failed")
            return {"outcome": "printed"}

        stage.print_answers["p1"] = coming_up
        await stage.ask(m.TakeTicket, service="a", kiosk="k1")
        assert (await stage.hear(m.TicketPrint)).outcome == "printed"
        assert (len(set(asked)), len(stage.printed)) == (3, 1)
        clock.move(31)
        stage.print_answers["p1"] = lambda _: not_there(clock)
        await stage.ask(m.TakeTicket, service="a", kiosk="k1")
        away = await stage.hear(m.TicketPrint, times=2)
        assert (away.outcome, away.reason) == ("failed", "device_offline")


def not_there(clock: HandClock) -> dict[str, Any]:
    clock.move(3)
    raise Refusal("device_offline", "not there", outcome="failed")
