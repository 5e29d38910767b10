"""Cases with promised working days as the city's system hands them over: rows of CSV, or of JSON."""

import csv
import io
from datetime import date
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from broker.messages.tasks import Name, RegisterCase
from console.orders import Answer, Orders

ROWS_MOST: Final = 1000
"""In one go: more are handed over in parts."""
COLUMNS: Final = ("case", "item", "department", "accepted", "promised_workdays", "finished", "zone")
"""Of a CSV file; the last two may be left out, or left empty."""


class BadRows(ValueError):
    """What was handed over can't be read; the message says where."""


class CaseRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One case. None of it names anybody."""

    case: Name
    item: Name
    department: Name
    accepted: date
    promised_workdays: Annotated[int, Meta(ge=0, le=250)]
    finished: date | None = None
    zone: str | None = None


class Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is posted as JSON."""

    cases: list[CaseRow]


class RowAnswer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of one row."""

    case: str
    ok: bool
    reason: str | None = None
    text: str | None = None


def from_json(body: bytes) -> list[CaseRow]:
    """The rows of a JSON body; raises `BadRows`."""
    try:
        return _so_many(msgspec.json.decode(body, type=Body).cases)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise BadRows(str(error)) from None


def from_csv(text: str) -> list[CaseRow]:
    """The rows of a CSV file with a first line of names; raises `BadRows` with the line that is wrong."""
    # a spreadsheet's CSV begins with a byte order mark
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    unknown = sorted(set(reader.fieldnames or ()) - set(COLUMNS))
    if unknown or not reader.fieldnames:
        raise BadRows(f"{', '.join(unknown) or '-'}: {', '.join(COLUMNS)}")
    rows: list[CaseRow] = []
    try:
        for row in reader:
            if None in row:
                raise BadRows(f"line {reader.line_num}: more than {len(reader.fieldnames)} columns")
            said: dict[str, Any] = {name: value.strip() for name, value in row.items() if value and name}
            rows.append(msgspec.convert(said, CaseRow, strict=False))
    except (msgspec.ValidationError, AttributeError, csv.Error) as error:
        raise BadRows(f"line {reader.line_num}: {error}") from None
    return _so_many(rows)


async def hand_over(orders: Orders, rows: list[CaseRow], by: str) -> list[RowAnswer]:
    """Register the rows one after the other; stops where the controller does not answer."""
    answers: list[RowAnswer] = []
    for row in rows:
        keys = {name: value for name, value in msgspec.structs.asdict(row).items() if value is not None}
        answer = await orders.controller(RegisterCase, by, **keys)
        answers.append(_answered(row, answer))
        if answer.silence or answer.unsent:
            break
    return answers


def _answered(row: CaseRow, answer: Answer) -> RowAnswer:
    if answer.ok:
        return RowAnswer(case=row.case, ok=True)
    known = answer.reply is not None and isinstance(answer.reply.reason, str)
    reason = str(answer.reply.reason) if known and answer.reply is not None else "no_answer"
    return RowAnswer(case=row.case, ok=False, reason=reason, text=answer.text)


def _so_many(rows: list[CaseRow]) -> list[CaseRow]:
    if not 1 <= len(rows) <= ROWS_MOST:
        raise BadRows(f"{len(rows)} rows: 1–{ROWS_MOST}")
    return rows
