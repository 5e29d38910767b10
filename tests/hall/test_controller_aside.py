"""What a screen is answered aside from the journal: the checklist on paper, and the numbers of a visitor."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from broker.messages.devices import Print
from broker.messages.hall import TakeTicket
from broker.messages.visitors import FindTickets, PrintChecklist
from hall.journal import read
from hallfile.guide import Department, Guide, Item, Thing, Way
from tests.conftest import HandClock
from tests.hall.kit import FRIDAY, small
from tests.hall.stage import Stage, no_paper

PERSON = "0123456789abcdef"
GUIDE = Guide(
    bring={"id": Thing(name="身份证")},
    ways={"now": Way(steps=["取号", "办理"])},
    departments={
        "tax": Department(
            name="税务局",
            telephone="0000-1001",
            items=[
                Item(
                    number="007",
                    service="a",
                    name="契税申报",
                    name_en="Deed tax return",
                    working_days=3,
                    fee_yuan=20,
                    way="now",
                    bring=["id", "买卖合同"],
                )
            ],
        )
    },
)


@asynccontextmanager
async def hall(clock: HandClock, data: Path, **tables: dict[str, Any]) -> AsyncIterator[Stage]:
    stage = Stage(small(**tables), clock, data)
    stage.guide = GUIDE
    async with stage.open():
        yield stage


async def test_a_checklist_is_printed_in_the_halls_words(clock: HandClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path) as stage:
        reply = await stage.ask(PrintChecklist, item="007", kiosk="k1")
        assert (reply.ok, reply.outcome) == (True, "printed")
        (paper,) = stage.printed
        assert (paper.layout, paper.epoch) == ("checklist", stage.state.epoch)
        assert paper.fields == {
            "hall": "小厅",
            "item": "007 契税申报",
            "item_en": "Deed tax return",
            "department": "税务局",
            "conditions": "",
            "counters": "1、2号窗口",
            "zone": "一区",
            "working_days": "3 个工作日",
            "fee": "20 元",
            "materials": "身份证\n买卖合同",
            "notes": "",
            "telephone": "0000-1001",
            "qr": "",
            "time": "2026-11-20 09:00",
            "copy": "",
            "footer": "材料齐全，一次办好。以窗口答复为准。",
        }


async def test_a_checklist_asked_for_again_under_its_id_is_printed_once(
    clock: HandClock, tmp_path: Path
) -> None:
    async with hall(clock, tmp_path) as stage:
        command = stage.made(PrintChecklist, item="007", kiosk="k1")
        assert await stage.ask_made(command) == await stage.ask_made(command)
        assert len(stage.printed) == 1


async def test_nothing_of_it_is_written_down(clock: HandClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path) as stage:
        before = list(read(stage.journal_path, FRIDAY.date()))
        await stage.ask(PrintChecklist, item="007", kiosk="k1")
        await stage.ask(FindTickets, person=PERSON)
        assert list(read(stage.journal_path, FRIDAY.date())) == before


def silent(_: Print) -> dict[str, Any]:
    """The answer of a printer that does not know what became of it."""
    return {"outcome": "unknown"}


@pytest.mark.parametrize(
    ("keys", "reason", "outcome"),
    [
        ({"item": "404", "kiosk": "k1"}, "unknown_item", "failed"),
        ({"item": "007"}, "no_printer", "failed"),
        ({"item": "007", "printer": "p9"}, "no_printer", "failed"),
        ({"item": "007", "printer": "p1"}, "paper_out", "failed"),
        ({"item": "007", "printer": "p2"}, "not_printed", "unknown"),
    ],
)
async def test_what_is_not_printed_says_why(
    clock: HandClock, tmp_path: Path, keys: dict[str, str], reason: str, outcome: str
) -> None:
    async with hall(clock, tmp_path) as stage:
        stage.print_answers = {"p1": no_paper, "p2": silent}
        reply = await stage.ask(PrintChecklist, **keys)
        assert (reply.ok, reply.reason, reply.outcome) == (False, reason, outcome)
        assert reply.text


async def test_a_visitors_numbers_are_found_until_they_are_done_with(
    clock: HandClock, tmp_path: Path
) -> None:
    async with hall(clock, tmp_path) as stage:
        await stage.ask(TakeTicket, service="a")
        taken = await stage.ask(TakeTicket, service="a", person=PERSON)
        await stage.ask(TakeTicket, service="b", person="fedcba9876543210")
        found = (await stage.ask(FindTickets, person=PERSON)).details
        assert isinstance(found, dict)
        (one,) = found["tickets"]
        assert (one["ticket"], one["number"], one["ahead"], one["status"]) == (
            taken.ticket,
            "A002",
            1,
            "waiting",
        )
        assert "person" not in one
        assert (await stage.ask(FindTickets, person="ffffffffffffffff")).details == {"tickets": []}
