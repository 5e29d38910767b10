"""What every message carries (docs/bus.md, "Envelope")."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import UNSET, UnsetType

VERSION: Final = 1
MAX_BYTES: Final = 64 * 1024
"""Largest payload that is read; a larger one is dropped and counted."""

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
"""RFC 3339 with an offset; hall time."""

Outcome = Literal["printed", "failed", "unknown", "acknowledged", "sent", "refused", "queued"]

InOthers = dict[str, str]
"""The sentence of the key beside it (``text_in`` of ``text``) in other languages, by language.

Who reads a language that is missing here, reads the sentence as it stands in the hall's.
"""


class Forecast(msgspec.Struct, frozen=True, kw_only=True):
    """A wait in minutes as a median and an 80% interval."""

    low: float
    median: float
    high: float


class Message(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """The head of every message: version, id (ULID), hall time, and the type as its tag."""

    v: Literal[1] = 1
    id: str
    at: Moment


class Event(Message, frozen=True, kw_only=True):
    """Something that happened. With `keep` it is resent, `attempt` growing, until the controller's `ack`."""

    keep: bool | UnsetType = UNSET
    attempt: int | UnsetType = UNSET


class Command(Message, frozen=True, kw_only=True):
    """A request: refused after `expires`, done once for one id."""

    expires: Moment
    by: str
    """Who asks: ``kiosk/k1``, ``counter/14``, ``console/<login>``, ``controller/main``."""
    epoch: int | UnsetType = UNSET
    """The controller's own commands only: a number that only grows."""


class Reply(Message, frozen=True, kw_only=True, tag="reply"):
    """The answer to the command `re`; the keys after `text` belong to single commands."""

    re: str
    ok: bool
    reason: str | UnsetType = UNSET
    """A code in snake_case; present when not ok."""
    text: str | UnsetType = UNSET
    """A sentence in the hall's language; present when not ok."""
    text_in: InOthers | UnsetType = UNSET
    outcome: Outcome | UnsetType = UNSET
    """What a device knows of its work: printed is not the same as sent."""
    ticket: str | UnsetType = UNSET
    number: str | UnsetType = UNSET
    service: str | UnsetType = UNSET
    status: str | UnsetType = UNSET
    ahead: int | UnsetType = UNSET
    forecast_minutes: Forecast | None | UnsetType = UNSET
    details: dict[str, Any] | UnsetType = UNSET
    """Whatever one command answers beyond these, by name."""


class Ack(Message, frozen=True, kw_only=True, tag="ack"):
    """The controller has taken the event `re` for good."""

    re: str
