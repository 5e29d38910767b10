"""The controller's side of the hatch (broker.hatch): bookings in and out, for the city's own app.

A row's ID number is hashed before its order is made: no order, no event and no log ever has it.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final

import msgspec

from broker import hatch
from broker.client import Bus
from broker.messages.envelope import Reply
from broker.now_and_then import NowAndThen
from hall.core import State
from hall.core import booking_commands as ask
from hall.core.commands import Command
from hall.core.diary import Booking
from hall.core.events import DayBegan, Event
from hall.shell.bookings import said
from hall.shell.codes import new_code
from hall.shell.intake import Intake
from hall.shell.ledger import Ledger, Make, Order
from hall.shell.persons import Persons, is_id_number

log = logging.getLogger(__name__)

READ_WITHIN_S: Final = 5.0
MOST_CALLERS: Final = 8
"""At once; the others wait for their turn."""


class Hatch:
    """Answers who asks at the socket."""

    def __init__(self, ledger: Ledger, intake: Intake, bus: Bus, persons: Persons) -> None:
        self._ledger = ledger
        self._intake = intake
        self._rules = ledger.engine.rules
        self._new_id = bus.new_id
        self._persons = persons
        self._grumble = NowAndThen(bus.clock)
        self._turns = asyncio.Semaphore(MOST_CALLERS)

    @asynccontextmanager
    async def opened(self, folder: Path) -> AsyncIterator[None]:
        """Keep the hatch open; a hall whose disk does not let it is one without import, and goes on."""
        try:
            server = await asyncio.start_unix_server(
                self._serve, sock=hatch.listening(folder), limit=hatch.MOST_BYTES
            )
        except OSError as error:
            log.warning("no bookings can be handed in: %s can't be made (%s)", folder / hatch.FILE, error)
            yield
            return
        try:
            yield
        finally:
            server.close()
            (folder / hatch.FILE).unlink(missing_ok=True)

    def told(self, events: list[Event]) -> None:
        """A day that is over takes its key with it, also in a hall without a card reader."""
        if any(isinstance(event, DayBegan) for event in events):
            try:
                self._persons.forget_before(self._ledger.now().date())
            except OSError as error:
                log.error("the keys of the days before can't be erased (%s); erase them by hand", error)

    async def answer(self, request: hatch.Request) -> hatch.Answer:
        """Do what is asked; raises `OSError` when the keys can't be read."""
        match request:
            case hatch.Import():
                return hatch.Answer(rows=await self._import(request))
            case hatch.Export():
                return hatch.Answer(bookings=self._export(request))
            case hatch.LookUp():
                return hatch.Answer(file=self._look_up(request))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with self._turns:
                async with asyncio.timeout(READ_WITHIN_S):
                    line = await reader.readline()
                writer.write(msgspec.json.encode(await self._read_and_answer(line)) + b"\n")
                await writer.drain()
        except (OSError, TimeoutError, ValueError) as error:
            # the error may quote what was handed in
            self._grumble("somebody at the hatch was not answered (%s)", type(error).__name__)
        finally:
            writer.close()

    async def _read_and_answer(self, line: bytes) -> hatch.Answer:
        try:
            request = msgspec.json.decode(line, type=hatch.Request)
        except (msgspec.MsgspecError, RecursionError):
            return self._no("malformed")
        try:
            return await self.answer(request)
        except OSError as error:
            log.error("the keys can't be read or kept (%s); no booking is taken", error)
            return self._no("journal_unavailable")

    def _no(self, reason: str) -> hatch.Answer:
        return hatch.Answer(error=reason, text=self._rules.texts(f"refusal.{reason}"))

    async def _import(self, request: hatch.Import) -> list[hatch.Row]:
        """Every row for itself: what can be done is done, what can't is told."""
        asked = [self._row(place, row, request.by) for place, row in enumerate(request.rows, 1)]
        return list(await asyncio.gather(*asked))

    async def _row(self, place: int, row: hatch.Wanted, by: str) -> hatch.Row:
        if row.id_number is not None and not is_id_number(row.id_number):
            return self._refused(place, "bad_id_number")
        make = self._cancel(row, by) if row.cancel else self._book(row, by)
        if make is None:
            return self._refused(place, "bad_row", fault="service, date, time" if not row.cancel else "code")
        reply = await self._settled(make)
        if reply is None:
            return self._refused(place, "busy")
        if not reply.ok:
            return hatch.Row(row=place, ok=False, reason=str(reply.reason), text=str(reply.text))
        told = reply.details if isinstance(reply.details, dict) else {}
        return hatch.Row(row=place, ok=True, code=told.get("code"), booking=told.get("booking"))

    def _refused(self, place: int, reason: str, **values: object) -> hatch.Row:
        return hatch.Row(
            row=place, ok=False, reason=reason, text=self._rules.texts(f"refusal.{reason}", **values)
        )

    def _cancel(self, row: hatch.Wanted, by: str) -> Make | None:
        code = row.code
        if code is None:
            return None
        return lambda now, _: ask.CancelBooking(at=now, by=by, code=code)

    def _book(self, row: hatch.Wanted, by: str) -> Make | None:
        """What makes the command of a row; None for a row that says no slot. Raises `OSError`."""
        try:
            day, moment = date.fromisoformat(row.date), time.fromisoformat(row.time)
        except ValueError:
            return None
        code = row.code or new_code(self._new_id)
        booking, client = self._new_id(), self._new_id()
        pseudonym, person = self._hashes(row, day)

        def make(now: datetime, _: State) -> Command:
            return ask.Book(
                at=now,
                by=by,
                booking=booking,
                code=code,
                client=client,
                service=row.service,
                slot=datetime.combine(day, moment, now.tzinfo),
                person_then=person,
                pseudonym=pseudonym,
            )

        return make

    def _hashes(self, row: hatch.Wanted, day: date) -> tuple[str | None, str | None]:
        """The pseudonym of a row's person, and the hash of their card on the day; no number goes further."""
        if row.id_number is None:
            if row.reference is None:
                return None, None
            return self._persons.pseudonym_of_reference(row.reference), None
        today = self._ledger.now().date()
        # no key is made for a day that can't be booked anyway
        bookable = today <= day <= today + timedelta(days=self._rules.hall.appointments.days_ahead)
        person = self._persons.on(row.id_number, day) if bookable else None
        return self._persons.pseudonym_of_number(row.id_number), person

    async def _settled(self, make: Make) -> Reply | None:
        done: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()

        def settled(reply: Reply) -> None:
            if not done.done():
                done.set_result(reply)

        return await done if self._intake.put(Order(make, settled=settled)) else None

    def _export(self, request: hatch.Export) -> list[hatch.Booked]:
        day = request.day or self._ledger.now().date().isoformat()
        diary = self._ledger.state.diary
        found = [one for one in diary.bookings.values() if one.slot.date().isoformat() >= day]
        return [self._exported(one) for one in sorted(found, key=lambda one: (one.slot, one.service, one.id))]

    def _exported(self, booking: Booking) -> hatch.Booked:
        traces = self._ledger.state.diary.known.traces.get(booking.id)
        return hatch.Booked(
            booking=booking.id,
            code=None if traces is None else traces.code,
            service=booking.service,
            slot=said(booking.slot),
            ends=said(booking.ends),
            status=booking.status,
        )

    def _look_up(self, request: hatch.LookUp) -> hatch.File | None:
        diary, now = self._ledger.state.diary, self._ledger.now()
        name: str | None = None
        if request.code is not None and (booking := diary.known.codes.get(request.code)) is not None:
            name = diary.bookings[booking].client
        elif request.id_number is not None and is_id_number(request.id_number):
            name = diary.known.pseudonyms.get(self._persons.pseudonym_of_number(request.id_number))
        client = diary.clients.get(name or "")
        if name is None or client is None:
            return None
        ban = client.ban if client.ban is not None and client.ban.holds(now) else None
        return hatch.File(
            client=name,
            misses=len(client.misses),
            ban=None if ban is None else ban.kind,
            until=None if ban is None or ban.until is None else said(ban.until),
            open=len(client.open),
        )
