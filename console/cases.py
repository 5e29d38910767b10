"""Cases with promised working days as the city's system hands them over: rows of CSV, or of JSON.

How to reach whose case it is goes into the hall's private file of cases, and no further.
"""

import asyncio
import csv
import io
from datetime import date, datetime
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from broker.messages.tasks import Name, RegisterCase
from console.orders import Answer, Orders
from hallfile.notes import CASES, WORDS_MOST, Note, Notes, NotesUnavailable, of_case
from hallfile.premises import Premises

ROWS_MOST: Final = 1000
"""In one go: more are handed over in parts."""
COLUMNS: Final = (
    "case",
    "item",
    "department",
    "accepted",
    "promised_workdays",
    "finished",
    "zone",
    "phone",
    "token",
)
"""Of a CSV file; the last four may be left out, or left empty."""


class BadRows(ValueError):
    """What was handed over can't be read; the message says where."""


class CaseRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One case. Nothing of it names anybody but `phone` and `token`, which stay in the private file."""

    case: Name
    item: Name
    department: Name
    accepted: date
    promised_workdays: Annotated[int, Meta(ge=0, le=250)]
    finished: date | None = None
    zone: str | None = None
    phone: Annotated[str, Meta(pattern=r"^[0-9+() -]{5,30}$")] | None = None
    token: Annotated[str, Meta(max_length=WORDS_MOST)] | None = None
    """By which the city's own service knows whose case it is."""

    @property
    def note(self) -> Note | None:
        """How to reach whose case it is."""
        said = Note(phone=self.phone or "", words=self.token or "")
        return None if said == Note() else said


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


class Registry:
    """Takes rows for one hall: how to reach people to the private file, everything else to the controller."""

    def __init__(self, orders: Orders, premises: Premises) -> None:
        self._orders = orders
        self._notes = Notes(premises.data, CASES)
        self._tells = premises.hall.reminders.case_done and bool(premises.hall.gateways)

    async def hand_over(self, rows: list[CaseRow], by: str, now: datetime) -> list[RowAnswer]:
        """Register the rows one after the other; stops where the controller does not answer."""
        why_not = await self._keep(rows, now)
        answers: list[RowAnswer] = []
        for row in rows:
            answer = await self._orders.controller(RegisterCase, by, **self._told(row, why_not is None))
            answers.append(_answered(row, answer, why_not))
            if answer.silence or answer.unsent:
                break
        return answers

    async def _keep(self, rows: list[CaseRow], now: datetime) -> str | None:
        """Write down how to reach people, where anybody will be told; a sentence where that can't be done."""
        wanted = {of_case(row.case): row.note for row in rows if row.note is not None}
        if not (wanted and self._tells):
            return None
        try:
            await asyncio.to_thread(self._notes.keep_all, wanted, now)
        except NotesUnavailable as error:
            return str(error)
        return None

    def _told(self, row: CaseRow, kept: bool) -> dict[str, Any]:
        keys = msgspec.structs.asdict(row)
        del keys["phone"], keys["token"]
        keys["note"] = of_case(row.case) if kept and self._tells and row.note is not None else None
        return {name: value for name, value in keys.items() if value is not None}


def _answered(row: CaseRow, answer: Answer, why_not: str | None) -> RowAnswer:
    if answer.ok and why_not is not None and row.note is not None:
        return RowAnswer(case=row.case, ok=False, reason="contact_not_kept", text=why_not)
    if answer.ok:
        return RowAnswer(case=row.case, ok=True)
    known = answer.reply is not None and isinstance(answer.reply.reason, str)
    reason = str(answer.reply.reason) if known and answer.reply is not None else "no_answer"
    return RowAnswer(case=row.case, ok=False, reason=reason, text=answer.text)


def _so_many(rows: list[CaseRow]) -> list[CaseRow]:
    if not 1 <= len(rows) <= ROWS_MOST:
        raise BadRows(f"{len(rows)} rows: 1–{ROWS_MOST}")
    return rows
