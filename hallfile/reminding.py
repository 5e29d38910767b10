"""What may stand in a hall file about those who don't want to wait in the hall: their page, and reminders."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from msgspec import Meta, field

from hallfile.table import Positive, Table


class Pages(Table, frozen=True, kw_only=True):
    """[pages]: what everybody may open without a log-in: a ticket's own page, and the display."""

    port: Annotated[int, Meta(ge=1, le=65535)] | None = None
    """Served by themselves at this port too, so that nothing else need be reachable from outside; none: only
    beside the console's pages."""
    host: str = "0.0.0.0"
    """Where `port` is opened."""
    step_away_minutes: Positive = 15
    """Who will hardly be called sooner is told until when they can step away."""
    back_before_minutes: Annotated[float, Meta(ge=0)] = 5
    """They are asked back so long before they may be called."""


class Reminders(Table, frozen=True, kw_only=True):
    """[reminders]: who is told that their turn is near, or that they are done (domain.md section 1)."""

    near_people: Annotated[int, Meta(ge=0)] = 3
    """Near: so many or fewer come before them."""
    near_minutes: Annotated[float, Meta(ge=0)] = 10
    """Near also: the forecast's median is so short."""
    done: bool = True
    """Whether they are also told when they have been served."""
    near_expires_minutes: Positive = 10
    """A near turn not delivered within so many hall minutes is not worth telling any more."""
    done_expires_minutes: Positive = 120
    case_done: bool = True
    """Whether whose case it is, and who left how to be reached with it, is told that it is done."""
    case_done_days: Annotated[int, Meta(ge=0, le=366)] = 3
    """Nobody is told of a case that was finished longer ago: a first import of old cases disturbs nobody."""
    case_expires_minutes: Positive = 1440
    case_kept_days: Annotated[int, Meta(ge=0, le=366)] = 30
    """What was left with a case that is never finished is erased so many days after its promised day."""


SIMULATED_ANSWER: Final = '{"code":0}'
"""What a simulated gateway answers when it has taken a message, with status 200."""


class Gateway(Table, frozen=True, kw_only=True):
    """[gateways.<id>]: who carries reminders to people: a city's service (webhook), or an SMS gateway."""

    kind: Literal["webhook", "sms"] = "webhook"
    """webhook: JSON of ours, signed; sms: whatever the gateway wants, by templates."""
    url: Annotated[str, Meta(pattern="^https?://[^ ]+$")]
    """In an SMS gateway's {phone}, {text}, {number}, {ticket} are put in."""
    secret_file: str | None = None
    """A file beside the hall file: it signs a webhook (HMAC-SHA256), and is {secret} in templates."""
    method: Literal["POST", "GET"] = "POST"
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    """An SMS gateway's, as a template; what is put in is quoted as its Content-Type asks."""
    success: str = ""
    """A regular expression that an SMS gateway's answer must contain; empty: any 2xx answer will do."""
    timeout_s: Positive = 10
    """Real seconds; the waits below too."""
    first_wait_s: Positive = 2
    """Before it is tried again; each further wait is twice as long …"""
    most_wait_s: Positive = 300
    """… up to this."""
    simulated: bool = False
    """Whether `hallkeeper sim` stands at `url`, which is then of this machine, and shows what it is sent."""

    @property
    def port(self) -> int | None:
        """Of `url`; None where it says none that can be."""
        try:
            return urlsplit(self.url).port
        except ValueError:
            return None


def check_gateways(gateways: Mapping[str, Gateway], beside: Path) -> Iterator[str]:
    """What is wrong with the gateways, as sentences that name the key and the mend."""
    for name, gateway in gateways.items():
        if gateway.secret_file is not None and not (beside / gateway.secret_file).is_file():
            yield (
                f"gateways.{name}.secret_file: there is no file {gateway.secret_file!r} beside the hall "
                "file; write the gateway's secret into it"
            )
        if gateway.kind == "webhook" and gateway.secret_file is None:
            yield (
                f"gateways.{name}.secret_file: a webhook is signed, or anybody could send its messages; name "
                "a file with a secret that its receiver knows too"
            )
        places = "".join((gateway.url, gateway.body, *gateway.headers.values()))
        if gateway.kind == "sms" and not ("{phone}" in places and "{text}" in places):
            yield (
                f"gateways.{name}: nothing says where {{phone}} and {{text}} go; write them into url or body "
                "as the gateway's description has it"
            )
        try:
            taken = re.search(gateway.success, SIMULATED_ANSWER)
        except re.error as error:
            yield f"gateways.{name}.success: {gateway.success!r} is no regular expression ({error}); mend it"
            continue
        if gateway.simulated:
            yield from _simulated(name, gateway, taken is not None)


def _simulated(name: str, gateway: Gateway, taken: bool) -> Iterator[str]:
    if not gateway.url.startswith(("http://127.0.0.1:", "http://localhost:")) or not gateway.port:
        yield (
            f"gateways.{name}.url: a simulated gateway stands on this machine; write "
            "http://127.0.0.1:<port>/…, or remove simulated"
        )
    if not taken:
        yield (
            f"gateways.{name}.success: a simulated gateway answers {SIMULATED_ANSWER}, which "
            f"{gateway.success!r} does not find; leave success out, or remove simulated"
        )
