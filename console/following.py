"""Where each number stands, as the controller's lines tell it, for those who follow one."""

from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from broker.messages.hall import InLine, Line


@dataclass(frozen=True)
class Place:
    """One number, and when it was said to stand there."""

    service: str
    line: InLine
    at: datetime


class Following:
    """The newest line of every service, by ticket."""

    def __init__(self) -> None:
        self.places: dict[str, Place] = {}
        self._of: dict[str, list[str]] = {}

    def take(self, service: str, line: Line) -> None:
        """A service's line in place of the one before."""
        for ticket in self._of.get(service, ()):
            # it may stand in another's line by now
            if ticket in self.places and self.places[ticket].service == service:
                del self.places[ticket]
        self._of[service] = [one.ticket for one in line.tickets]
        for one in line.tickets:
            self.places[one.ticket] = Place(service, one, line.at)

    def called(self, ticket: str, counter: str, at: datetime) -> None:
        """A call is heard before the next line tells of it."""
        if (place := self.places.get(ticket)) is not None:
            line = replace(place.line, standing="called", counter=counter, ahead=None, forecast_minutes=None)
            self.places[ticket] = Place(place.service, line, at)
