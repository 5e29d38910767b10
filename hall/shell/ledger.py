"""One transaction for all that waits: decide, write down what happened and what is answered, then tell.

Commands that arrive together share one commit (group commit). Until it is on the disk nobody is told
anything, and when it can't be written nothing has happened: the state is folded up afresh from the journal.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, Final

from broker.clock import Clock
from broker.ids import NewId
from broker.messages.envelope import Reply
from broker.now_and_then import NowAndThen
from hall.core import Engine, Outcome, Refusal, Rules, State, printing
from hall.core import commands as core
from hall.core.events import Event
from hall.core.tongues import said
from hall.journal import Journal, JournalBroken, JournalUnavailable
from hall.shell.bookings import details
from hall.shell.replies import forecast, keys

log = logging.getLogger(__name__)

Make = Callable[[datetime, State], core.Command | None]
"""Makes the command at its moment, seeing the state it will meet; None when there is nothing to do."""


THEIRS_ALREADY: Final = frozenset(("already_waiting", "appointment_used", "booking_used"))
"""Refusals that name the asker's own ticket."""


@dataclass(frozen=True)
class Order:
    """Something to be decided, from the bus or from within."""

    make: Make
    id: str | None = None
    """The message that asks: done once for one id, and answered the same."""
    expires: datetime | None = None
    settled: Callable[[Reply], None] = field(default=lambda _: None)
    """Told the answer, once it is on the disk."""


@dataclass(frozen=True)
class Settled:
    """What became of a batch."""

    replies: list[tuple[Order, Reply]]
    events: list[Event]


class _Fault(Exception):
    """A fault of ours while an order was being done."""

    def __init__(self, order: Order) -> None:
        super().__init__()
        self.order = order


class Ledger:
    """The engine and its journal, never one without the other."""

    def __init__(self, journal: Journal, rules: Rules, clock: Clock, new_id: NewId) -> None:
        self.engine = Engine(rules, journal.fold())
        self._journal = journal
        self._rules = rules
        self._clock = clock
        self._new_id = new_id
        self._in_step = True
        """Whether the engine's state is the journal's."""
        self._grumble = NowAndThen(clock)

    @property
    def state(self) -> State:
        return self.engine.state

    def settle(self, orders: list[Order]) -> Settled:
        """Decide all `orders` in turn and write them down together."""
        refused: list[tuple[Order, Reply]] = []
        left = list(orders)
        while True:
            try:
                self._get_in_step()
                settled = self._write(left)
            except _Fault as fault:
                refused.append((fault.order, self._no("internal_error", fault.order)))
                left = [order for order in left if order is not fault.order]
            except JournalUnavailable as error:
                self._grumble("%s; commands are refused until it can be", error)
                return Settled([*refused, *((one, self._no("journal_unavailable", one)) for one in left)], [])
            else:
                return Settled([*settled.replies, *refused], settled.events)

    def tend(self) -> None:
        """Once all is told: let the journal do what can wait, but not for long."""
        self._journal.tend()
        if self._in_step:
            self._journal.checkpoint(self.state)

    def _write(self, orders: list[Order]) -> Settled:
        now = self.now()
        settled = Settled([], [])
        try:
            with self._journal.transaction():
                for order in orders:
                    settled.replies.append((order, self._one(order, now, settled.events)))
                self._journal.append(settled.events)
        except BaseException:
            self._in_step = self._in_step and not settled.events
            raise
        return settled

    def _one(self, order: Order, now: datetime, events: list[Event]) -> Reply:
        inbox = self._journal.inbox
        if order.id is not None and (known := inbox.reply_to(order.id)) is not None:
            return known
        if order.expires is not None and now >= order.expires:
            reply = self._no("expired", order)
        else:
            reply = self._do(order, now, events)
        if order.id is not None:
            inbox.remember(order.id, reply)
        return reply

    def _do(self, order: Order, now: datetime, events: list[Event]) -> Reply:
        try:
            command = order.make(now, self.state)
            if command is None:
                return self._reply(order, ok=True)
            outcome = self.engine.handle(command)
        except Exception:
            log.exception("a command failed, and what it did is undone: %s", order.id or "from within")
            self._in_step = False
            raise _Fault(order) from None
        events += outcome.events
        return self._answer(order, command, outcome)

    def _answer(self, order: Order, command: core.Command, outcome: Outcome) -> Reply:
        refusal = outcome.refusal
        if refusal is None:
            found = keys(self.state, command, outcome.own)
            if (more := details(self.state, self._rules, command, outcome.own)) is not None:
                found["details"] = more
            return self._reply(order, ok=True, **found)
        return self._reply(order, ok=False, **self._no_keys(refusal, command.at))

    def _no_keys(self, refusal: Refusal, now: datetime) -> dict[str, Any]:
        """The reason, the ticket that stands in the way, and of one that waits how long it still will."""
        state = self.state
        found: dict[str, Any] = {"reason": refusal.reason, "text": refusal.text}
        if refusal.text_in:
            found["text_in"] = refusal.text_in
        if refusal.ticket is not None and (ticket := state.tickets.get(refusal.ticket)) is not None:
            found |= {"ticket": ticket.id, "number": ticket.number, "service": ticket.service}
            found |= {"status": ticket.status}
            if refusal.reason in THEIRS_ALREADY:
                ahead, wait = printing.now_before(state, ticket, self.engine.outlooks, now)
                found |= {"ahead": ahead, "forecast_minutes": forecast(wait)}
        return found

    def _no(self, reason: str, order: Order) -> Reply:
        text, text_in = said(self._rules, lambda rules: rules.texts(f"refusal.{reason}"))
        return self._reply(order, ok=False, reason=reason, text=text, text_in=text_in)

    def _reply(self, order: Order, **keys: Any) -> Reply:
        return Reply(id=self._new_id(), at=self._clock.now(), re=order.id or "", **keys)

    def _get_in_step(self) -> None:
        """After a failure: see whether the disk takes anything again, then fold the journal up afresh."""
        if self._in_step:
            return
        self._journal.probe()
        try:
            self.engine = Engine(self._rules, self._journal.fold())
        except JournalBroken as error:
            raise JournalUnavailable(str(error)) from error
        self._in_step = True
        log.warning("the state was folded up afresh from the journal; the hall goes on")

    def now(self) -> datetime:
        """The hall's moment with a plain offset, as it reads back from the journal."""
        now = self._clock.now()
        offset = now.utcoffset()
        assert offset is not None
        return now.astimezone(timezone(offset))
