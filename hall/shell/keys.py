"""Keys of pads: taken for good exactly once, then acknowledged, however often they are sent."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from broker.client import Bus, Received
from broker.messages.devices import CallKey, RatingKey
from broker.messages.envelope import Ack, Event, Reply
from broker.now_and_then import NowAndThen
from broker.topics import topic_filter
from hall.core import State
from hall.core import commands as core
from hall.shell.intake import Intake
from hall.shell.ledger import Make, Order
from hallfile.schema import HallFile

log = logging.getLogger(__name__)

KEY_FRESH_S: Final = 15.0
"""A call key older than so many real seconds is taken and not acted on: its clerk has pressed again."""


class Keys:
    """Hears the pads of the hall."""

    def __init__(self, bus: Bus, intake: Intake, hall: HallFile) -> None:
        self.refused = 0
        """Events that could not be taken: unknown pads, too many at once."""
        self._bus = bus
        self._intake = intake
        self._hall = hall
        self._grumble = NowAndThen(bus.clock)
        for kind in ("call_pad", "rating_pad"):
            bus.subscribe(topic_filter(bus.hall, kind, leaf="event"), self._pressed)

    def _pressed(self, received: Received) -> None:
        event = received.message()
        if not isinstance(event, CallKey | RatingKey):
            return
        pads = self._hall.call_pads if isinstance(event, CallKey) else self._hall.rating_pads
        pad = pads.get(received.topic.id)
        if pad is None:
            self.refused += 1
            self._grumble("%s is not in the hall file: its keys are not taken", received.topic)
            return
        by = f"{received.topic.kind}/{received.topic.id}"
        order = Order(
            self._make(event, pad.counter, by), id=event.id, settled=self._acknowledge(received, event)
        )
        if not self._intake.put(order):
            self.refused += 1

    def _make(self, event: CallKey | RatingKey, counter: str, by: str) -> Make:
        def make(now: datetime, _: State) -> core.Command | None:
            if isinstance(event, RatingKey):
                return core.Rate(at=now, by=by, ticket=event.ticket, grade=event.grade, pressed=event.at)
            if now - event.at >= timedelta(seconds=KEY_FRESH_S * self._bus.clock.speed):
                log.warning("%s: the key %r of %s came too late and is left", by, event.action, event.at)
                return None
            return core.Press(at=now, by=by, counter=counter, action=event.action)

        return make

    def _acknowledge(self, received: Received, event: Event) -> Callable[[Reply], None]:
        """An event that could not be written down is not acknowledged: the pad sends it again."""

        def settled(reply: Reply) -> None:
            if reply.reason == "journal_unavailable":
                return
            if not reply.ok:
                log.debug("%s/%s: %s", received.topic.kind, received.topic.id, reply.text)
            ack = Ack(id=self._bus.new_id(), at=self._bus.clock.now(), re=event.id)
            self._bus.tell(received.topic.sibling("ack"), ack)

        return settled
