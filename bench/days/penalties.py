"""What each missed appointment must lead to: the rule of the hall file once more, told plainly."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from hall.core import booking_events as b
from hall.core.events import Event
from hallfile.appointments import Penalty


class Told(NamedTuple):
    """A ban, as somebody is told of it."""

    client: str
    kind: str
    misses: int
    until: datetime | None


class Penalties:
    """Sees every event, and says which bans there should have been."""

    def __init__(self, rules: Sequence[Penalty], kept_days: int) -> None:
        """`kept_days`: after so many a miss is forgotten."""
        self._rules = rules
        self._kept_days = kept_days
        self._missed_at: dict[str, datetime] = {}
        self._misses: dict[str, list[datetime]] = {}
        self._bans: dict[str, b.ClientBanned] = {}
        self._nobody: set[str] = set()
        """Files that only a code leads to: nobody is punished by them."""
        self.expected: list[Told] = []
        self.told: list[Told] = []

    def see(self, event: Event) -> None:
        """`event` has happened."""
        match event:
            case b.BookingMade():
                self._missed_at[event.booking] = event.missed_at
                if event.known_by == "code":
                    self._nobody.add(event.client)
                else:
                    self._nobody.discard(event.client)
            case b.BookingMissed():
                self._miss(event.client, self._missed_at[event.booking], event.at)
            case b.ClientBanned():
                self._bans[event.client] = event
                self.told.append(Told(event.client, event.kind, event.misses, event.until))
            case b.BanReleased():
                del self._bans[event.client]
                if event.forgiven:
                    self._misses[event.client].clear()
            case b.ClientForgotten():
                self._misses.pop(event.client, None)
                self._bans.pop(event.client, None)
            case _:
                pass

    def is_banned(self, client: str, now: datetime) -> bool:
        """Whether a file's owner may not book."""
        ban = self._bans.get(client)
        return ban is not None and (ban.until is None or now < ban.until)

    def _miss(self, client: str, missed_at: datetime, at: datetime) -> None:
        misses = self._misses.setdefault(client, [])
        misses.append(missed_at)
        if client in self._nobody:
            return

        def counted(rule: Penalty) -> int:
            days = timedelta(days=rule.within_days or self._kept_days)
            return len([miss for miss in misses if missed_at - days < miss <= missed_at])

        hit = [rule for rule in self._rules if counted(rule) >= rule.misses]
        if not hit:
            return
        rule = sorted(hit, key=lambda rule: rule.misses)[-1]
        kind: str = rule.then
        until = missed_at + timedelta(days=rule.days) if rule.days else None
        before = self._bans.get(client)
        if before is not None and self.is_banned(client, at):
            kind = "blacklist" if "blacklist" in (kind, before.kind) else "ban"
            until = max(until, before.until) if until and before.until else None
        self.expected.append(Told(client, kind, counted(rule), until))
