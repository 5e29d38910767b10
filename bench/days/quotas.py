"""限号: what must be true of how many numbers are given, counted once more from the events alone."""

from datetime import datetime, time
from typing import Final

from bench.days.promise import hold
from hall.core import Rules
from hall.core.events import DayBegan, Event, TicketTaken
from hall.core.reasons import STAFF

QUOTA: Final = "no more numbers than the quota"
OVERRIDE: Final = "only staff and appointments go beyond it"


class Quotas:
    """Sees every event."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._given: dict[str, list[datetime]] = {}
        """Service → when its numbers of the day were given."""

    def after(self, event: Event) -> None:
        """`event` has happened."""
        if isinstance(event, DayBegan):
            self._given.clear()
        elif isinstance(event, TicketTaken):
            if event.override is None:
                self._within(event)
            else:
                on_time = event.appointment is not None and event.booked
                hold(on_time or event.by.startswith(STAFF), OVERRIDE, f"{event.number} by {event.by!r}")
            self._given.setdefault(event.service, []).append(event.at)

    def _within(self, event: TicketTaken) -> None:
        service, given = self._rules.service(event.service), self._given.get(event.service, [])
        quota = service.quota
        hold(quota is None or len(given) < quota, QUOTA, f"{event.number} is past {quota}")
        if not service.issuing:
            return
        now = f"{event.at:%H:%M}"
        stretch = next((one for one in service.issuing if one.opens <= now < one.closes), None)
        if stretch is None:
            hold(False, QUOTA, f"{event.number} at {now}, between two stretches")
        elif stretch.most is not None:
            opens = datetime.combine(event.at, time.fromisoformat(stretch.opens), event.at.tzinfo)
            many = sum(moment >= opens for moment in given)
            hold(
                many < stretch.most,
                QUOTA,
                f"{event.number} is past {stretch.most} from {opens:%H:%M}",
            )
