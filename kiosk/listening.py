"""What the bus says, as happenings of the screen."""

from collections.abc import Callable
from typing import Final

from broker.client import Bus, Received
from broker.clock import real_seconds_until
from broker.messages.devices import CardFailed as CardFailedEvent
from broker.messages.devices import CardRead, PrinterState, ReaderState
from broker.messages.envelope import Message
from broker.messages.hall import ControllerState, QueueState, TicketPrint
from broker.messages.wire import Refused
from broker.topics import CONTROLLER_ID, topic_filter
from kiosk.presenters.floor import Floor
from kiosk.presenters.happenings import (
    CardFailed,
    CardLaid,
    ControllerHeard,
    ControllerOnline,
    Happening,
    PrinterTold,
    QueueTold,
    ReaderTold,
)
from kiosk.presenters.model import Line
from kiosk.presenters.visitor import PaperTold

CARD_FRESH_S: Final = 10.0
"""A card that was read longer ago (real seconds) is not greeted: its owner may be gone."""

CONTROLLER_ROOM: Final = "controller"
DOWN_WORDS: Final = ("offline", "powerOff", "noDevice", "hardwareError", "userError")

Tell = Callable[[Happening], None]


class Ear:
    """Hears what concerns one kiosk, and tells it as happenings."""

    def __init__(self, bus: Bus, floor: Floor, tell: Tell) -> None:
        self._bus = bus
        self._floor = floor
        self._tell = tell
        self._away: dict[str, bool] = {}

    def listen(self) -> None:
        """Subscribe to everything."""
        hear = self._bus.subscribe
        hall = self._bus.hall
        hear(topic_filter(hall, "queue", leaf="state"), self._queue)
        hear(topic_filter(hall, "controller", CONTROLLER_ID, "state"), self._controller)
        hear(topic_filter(hall, "controller", CONTROLLER_ID, "event"), self._paper)
        hear(topic_filter(hall, "controller", CONTROLLER_ID, "availability"), self._availability)
        hear(topic_filter(hall, "room", CONTROLLER_ROOM, "availability"), self._availability)
        for printer in self._floor.printers:
            hear(topic_filter(hall, "ticket_printer", printer.id, "state"), self._printer)
        if self._floor.reader is not None:
            hear(topic_filter(hall, "id_reader", self._floor.reader, "state"), self._reader)
            hear(topic_filter(hall, "id_reader", self._floor.reader, "event"), self._card)

    def _age_s(self, message: Message) -> float:
        return -real_seconds_until(self._bus.clock, message.at)

    def _queue(self, received: Received) -> None:
        if not received.packet.payload:
            self._tell(QueueTold(received.topic.id, None))
            return
        state = _readable(received)
        if isinstance(state, QueueState) and self._floor.service(received.topic.id) is not None:
            line = Line(
                waiting=state.waiting,
                forecast=state.forecast_minutes,
                open=state.open,
                closed_reason=state.closed_reason,
                closed_text=state.closed_text,
                closed_text_in=state.closed_text_in,
            )
            self._tell(QueueTold(received.topic.id, line))

    def _controller(self, received: Received) -> None:
        state = _readable(received)
        if isinstance(state, ControllerState):
            self._tell(ControllerHeard(self._age_s(state)))

    def _availability(self, received: Received) -> None:
        """The controller is there when neither it nor its room says that it is not."""
        self._away[received.topic.kind] = received.packet.payload == b"offline"
        self._tell(ControllerOnline(not any(self._away.values())))

    def _printer(self, received: Received) -> None:
        state = _readable(received)
        if isinstance(state, PrinterState):
            down = state.device in DOWN_WORDS or state.paper in ("out", "jammed") or state.cover == "open"
            self._tell(PrinterTold(received.topic.id, down))

    def _reader(self, received: Received) -> None:
        state = _readable(received)
        if isinstance(state, ReaderState):
            self._tell(ReaderTold(state.device not in DOWN_WORDS, state.media))

    def _paper(self, received: Received) -> None:
        event = _readable(received)
        if isinstance(event, TicketPrint):
            self._tell(PaperTold(event.ticket, event.printer, event.outcome))

    def _card(self, received: Received) -> None:
        event = _readable(received)
        if event is None or received.packet.retain or self._age_s(event) > CARD_FRESH_S:
            return
        if isinstance(event, CardRead):
            self._tell(CardLaid(event.person, event.name_masked, tuple(event.priority), event.valid))
        elif isinstance(event, CardFailedEvent):
            self._tell(CardFailed(event.reason))


def _readable(received: Received) -> Message | None:
    """The message; None for what can't be read, which is somebody else's fault and not worth a word here."""
    try:
        return received.message() if received.packet.payload else None
    except Refused:
        return None
