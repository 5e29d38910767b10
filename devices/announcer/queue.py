"""What is waiting to be said. One announcement at a time is taken out, and it is then said to its end."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from devices.announcer.numbers import ticket_number

MOST_WAITING: Final = 32
"""More would wait for minutes, and be stale before they are heard."""


@dataclass(frozen=True)
class Announcement:
    """One thing to say."""

    id: str
    """Of the command that asked for it."""
    text: str
    lang: str
    repeat: int
    chime: bool
    expires: datetime
    """Hall time; not begun after it."""

    @property
    def about(self) -> tuple[str, str]:
        """What it is about: two with the same are the same call, the newer one right."""
        return self.lang, ticket_number(self.text) or self.text


class QueueFull(Exception):
    """As many announcements wait as may wait."""


class AnnouncementQueue:
    """First come, first said."""

    def __init__(self, most: int = MOST_WAITING) -> None:
        self._most = most
        self._waiting: list[Announcement] = []

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, new: Announcement) -> Announcement | None:
        """Queue `new`; raises `QueueFull`.

        A recall while the first call still waits takes its place in the queue; the one that gave way is
        returned.
        """
        for place, old in enumerate(self._waiting):
            if old.about == new.about:
                self._waiting[place] = new
                return old
        if len(self._waiting) >= self._most:
            raise QueueFull
        self._waiting.append(new)
        return None

    def put_back(self, announcement: Announcement) -> None:
        """To the front again: it was taken and not a sample of it sounded."""
        self._waiting.insert(0, announcement)

    def stale(self, now: datetime) -> list[Announcement]:
        """Take out everything that has expired."""
        late = [waiting for waiting in self._waiting if waiting.expires <= now]
        self._waiting = [waiting for waiting in self._waiting if waiting.expires > now]
        return late

    def withdraw(self, command: str) -> Announcement | None:
        """Take out what `command` asked for; None when it does not wait here."""
        found = next((waiting for waiting in self._waiting if waiting.id == command), None)
        if found is not None:
            self._waiting.remove(found)
        return found

    def take(self) -> Announcement | None:
        """The next to be said; None when nothing waits."""
        return self._waiting.pop(0) if self._waiting else None

    def clear(self) -> list[Announcement]:
        """Take out everything: none of it can be said."""
        waiting, self._waiting = self._waiting, []
        return waiting
