"""Every command the bus knows reaches the core, with what it says and no more."""

from datetime import datetime, timedelta
from typing import Any

from broker.messages import hall as m
from broker.messages.wire import TYPES
from hall.core import State
from hall.core import commands as c
from hall.core.booking_commands import CheckIn
from hall.shell.aside import ASIDE
from hall.shell.translate import CORE, translate
from tests.hall.kit import FRIDAY

SAID: dict[str, Any] = {"id": "x", "at": FRIDAY, "expires": FRIDAY, "by": "console/anna"}
NOW: datetime = FRIDAY + timedelta(hours=1)


def made(command: Any) -> c.Command | None:
    return translate(command, lambda: "fresh")(NOW, State())


def test_every_command_of_the_controller_is_translated_or_answered_aside() -> None:
    assert set(CORE) | set(ASIDE) == set(TYPES["controller", "command"])
    assert not set(CORE) & set(ASIDE)


def test_what_was_left_out_is_left_to_its_default() -> None:
    assert made(m.TakeTicket(**SAID, service="a")) == c.TakeTicket(
        at=NOW, by="console/anna", ticket="fresh", service="a"
    )
    whole = m.TakeTicket(
        **SAID,
        service="a",
        person="p",
        name_masked="张*",
        kiosk="k1",
        priority=["elderly"],
        override=True,
    )
    assert made(whole) == c.TakeTicket(
        at=NOW,
        by="console/anna",
        ticket="fresh",
        service="a",
        person="p",
        name_masked="张*",
        kiosk="k1",
        priority=("elderly",),
        override=True,
    )


def test_a_ticket_for_an_appointment_is_a_check_in() -> None:
    asked = m.TakeTicket(**SAID, service="a", appointment="CODE-1", kiosk="k1", priority=["elderly"])
    assert made(asked) == CheckIn(
        at=NOW,
        by="console/anna",
        ticket="fresh",
        code="CODE-1",
        service="a",
        kiosk="k1",
        priority=("elderly",),
    )


def test_the_others_keep_their_keys() -> None:
    by: dict[str, Any] = {"at": NOW, "by": "console/anna"}
    assert made(m.Transfer(**SAID, counter="1", to="b")) == c.Transfer(**by, counter="1", to="b")
    assert made(m.Rate(**SAID, ticket="t", grade=4)) == c.Rate(**by, ticket="t", grade=4)
    assert made(m.Cancel(**SAID, ticket="t", why="w")) == c.Cancel(**by, ticket="t", why="w")
    assert made(m.Acknowledge(**SAID, alarm="n", party="hall")) == c.Acknowledge(
        **by, alarm="n", party="hall"
    )
