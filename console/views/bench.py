"""What can be seen and heard at the bench, in markup."""

from datetime import datetime

import msgspec
from msgspec import UNSET

from broker.messages.devices import InstrumentLevel, Level
from console.house import House
from console.markup import Html, el
from console.picture import Announcement
from console.tongue import Tongue

QUIETEST_DB, LOUDEST_DB = 30.0, 110.0
"""The ends of the level bars: a library, and a saw."""

OCTAVE_QUIETEST_DB, OCTAVE_LOUDEST_DB = 10.0, 90.0
"""An octave holds a part of the sound only."""


def levels(house: House, say: Tongue, pickup: str) -> Html:
    """The newest second of a pickup: as it was metered here, or as its own instrument tells it."""
    level = house.picture.levels.get(pickup)
    if level is None:
        return el("p", say("bench.no_level"), cls="soft")
    loud_from = house.hall.noise.level_db
    shown = (
        _metered(level, say, loud_from) if isinstance(level, Level) else _instrument(level, say, loud_from)
    )
    doubt = None if level.calibrated else el("small", say("bench.relative"), cls="soft")
    return el("div", *shown, doubt, cls="levels")


def _metered(level: Level, say: Tongue, loud_from: float) -> list[Html | None]:
    return [
        _bar(say("bench.laf"), level.laf, loud_from),
        _bar(say("bench.laeq"), level.laeq_1s, loud_from),
        _bar(say("bench.background"), level.background, None),
        _exceeded(level, say),
        _octaves(level.octaves, say) if level.octaves is not UNSET else None,
    ]


def _instrument(level: InstrumentLevel, say: Tongue, loud_from: float) -> list[Html | None]:
    """What an instrument tells is neither LAF nor LAeq, and is not called so."""
    if level.level is None:
        return [el("p", say("bench.implausible"), cls="soft")]
    return [
        _bar(say(f"bench.instrument_{level.weighting}"), level.level, loud_from),
        None if level.background is None else _bar(say("bench.background"), level.background, None),
    ]


def _exceeded(level: Level, say: Tongue) -> Html | None:
    """The levels exceeded for 10, 50 and 90 % of the last five minutes."""
    told = [("L10", level.l10), ("L50", level.l50), ("L90", level.l90)]
    known = [el("span", name, el("b", f"{db:.1f}")) for name, db in told if db is not UNSET]
    return el("div", *known, cls="exceeded", title=say("bench.exceeded")) if known else None


def _octaves(octaves: dict[str, float], say: Tongue) -> Html:
    """A column for each octave, lowest first; the centres stand below in Hz."""
    columns = (
        el(
            "div",
            el("i", style=f"--share:{_share(db, OCTAVE_QUIETEST_DB, OCTAVE_LOUDEST_DB):.3f}"),
            el("small", _hertz(centre)),
            title=f"{centre} Hz: {db:.1f} dB",
        )
        for centre, db in sorted(octaves.items(), key=lambda one: float(one[0]))
    )
    return el("div", *columns, cls="octaves", title=say("bench.octaves"))


def _hertz(centre: str) -> str:
    """An octave's centre, short: 63, 1k, 16k."""
    hertz = float(centre)
    return f"{hertz / 1000:g}k" if hertz >= 1000 else centre


def _share(level: float, quietest: float = QUIETEST_DB, loudest: float = LOUDEST_DB) -> float:
    """How far up its scale a level is, 0–1."""
    return min(1.0, max(0.0, (level - quietest) / (loudest - quietest)))


def _bar(name: str, level: float, alarm_from: float | None) -> Html:
    loud = "loud" if alarm_from is not None and level >= alarm_from else ""
    return el(
        "div",
        el("span", name),
        el("i", el("i", style=f"width:{_share(level):.1%}", cls=loud), cls="track"),
        el("b", f"{level:.1f}"),
        cls="level-bar",
    )


def captions(house: House, say: Tongue, most: int = 6) -> Html:
    """What the loudspeaker says and said: every voice message also as text, newest first."""
    said = list(house.picture.announcements)[-most:]
    if not said:
        return el("p", say("bench.nothing_said"), cls="soft")
    return el("div", *(_caption(house, say, one) for one in reversed(said)), cls="captions")


class Sent(msgspec.Struct, frozen=True):
    """A message as a simulated gateway shows it."""

    at: datetime
    to: str
    text: str
    met: str
    """How it was met: well, or what went wrong."""


def messages(house: House, say: Tongue, gateway: str) -> Html:
    """What a simulated gateway was sent, newest first; of a number only its last digits are known here."""
    state = house.picture.simulators.get(gateway)
    try:
        sent = msgspec.convert(state.shows.get("messages", []) if state else [], list[Sent], strict=False)
    except msgspec.ValidationError:
        sent = []
    if not sent:
        return el("p", say("bench.nothing_sent"), cls="soft")
    return el("div", *(_sent(house, say, one) for one in reversed(sent)), cls="captions")


def _sent(house: House, say: Tongue, one: Sent) -> Html:
    return el(
        "div",
        el("time", say.clock(one.at, house.clock.now())),
        el("b", one.to or "—"),
        el("span", one.text),
        None if one.met == "well" else el("em", say.known(f"choice.mood.{one.met}", one.met)),
        cls="caption",
    )


def _caption(house: House, say: Tongue, one: Announcement) -> Html:
    notes = {None: "bench.saying", "dropped": "bench.dropped", "failed": "bench.failed"}
    note = notes.get(one.outcome)
    return el(
        "div",
        el("time", say.clock(one.at, house.clock.now())),
        el("span", one.text or "—"),
        el("em", say(note)) if note else None,
        cls="caption saying" if one.outcome is None else "caption",
    )
