"""An event of an older version is read as what it would be today."""

from typing import Any

import msgspec
import pytest

from hall.core.events import DayBegan, TicketVoided, encode
from hall.journal import upcasting
from hall.journal.upcasting import read
from tests.hall.kit import FRIDAY

OLD = b'{"type":"ticket_voided","at":"2026-11-20T00:00:00+08:00","number":"A001","reason":"given_up"}'


def named(body: dict[str, Any]) -> dict[str, Any]:
    """In version 1 the ticket was meant by its number."""
    body["ticket"] = f"of {body.pop('number')}"
    return body


def explained(body: dict[str, Any]) -> dict[str, Any]:
    """In version 2 the reason was not yet called why."""
    body["why"] = body.pop("reason")
    return body


def test_it_goes_through_every_version_between(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(upcasting.VERSIONS, "ticket_voided", 3)
    table = {("ticket_voided", 1): named, ("ticket_voided", 2): explained}
    event = read("ticket_voided", 1, OLD, table)
    assert event == TicketVoided(v=3, at=FRIDAY, ticket="of A001", why="given_up")
    second = OLD.replace(b'"number":"A001"', b'"ticket":"t1"')
    assert read("ticket_voided", 2, second, table) == TicketVoided(
        v=3, at=FRIDAY, ticket="t1", why="given_up"
    )


def test_a_step_that_is_missing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(upcasting.VERSIONS, "ticket_voided", 3)
    with pytest.raises(msgspec.ValidationError, match="nothing turns ticket_voided of version 2"):
        read("ticket_voided", 1, OLD, {("ticket_voided", 1): named})


def test_an_event_of_a_newer_program_is_said() -> None:
    body = encode(DayBegan(at=FRIDAY, day="2026-11-20"))
    with pytest.raises(msgspec.ValidationError, match="update the program"):
        read("day_began", 2, body)


def test_every_event_that_was_ever_written_can_be_read() -> None:
    for kind, known in upcasting.VERSIONS.items():
        for version in range(1, known):
            assert (kind, version) in upcasting.UPCASTERS, f"{kind} of version {version} needs an upcaster"
