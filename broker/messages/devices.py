"""What devices say and are told (docs/bus.md). Status words are XFS4IoT's (CWA 17852)."""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from broker.messages.envelope import Command, Event, InOthers, Message, Moment

DeviceWord = Literal[
    "online", "offline", "powerOff", "noDevice", "hardwareError", "userError", "deviceBusy", "starting"
]
Paper = Literal["unknown", "full", "low", "out", "jammed"]
Cover = Literal["open", "closed", "unknown"]
Cutter = Literal["ok", "error", "unknown"]
CardMedia = Literal["unknown", "present", "notPresent"]
PadAction = Literal["next", "recall", "pass", "hold", "finish"]
Colour = Annotated[str, Meta(pattern="^(red|green|yellow|blue|cyan|magenta|white|#[0-9a-fA-F]{6})$")]
"""One of a text board's seven, or #rrggbb; a text board shows the nearest of its seven."""
PriorityClass = Literal["elderly", "disabled", "pregnant", "veteran"]


class DeviceState(Message, frozen=True, kw_only=True, tag="state"):
    """The whole current state of a device; repeated as its heartbeat."""

    device: DeviceWord
    since: Moment
    cause: str | None
    """A sentence that says what is wrong and what to do; null when nothing is."""
    cause_in: InOthers = msgspec.field(default_factory=dict)
    model: str
    link: str
    """Where it is plugged in, as the hall file writes it."""
    sent: int = 0
    received: int = 0
    errors: int = 0
    reconnects: int = 0
    refused: int = 0


class PrinterState(DeviceState, frozen=True, kw_only=True, tag="state"):
    paper: Paper = "unknown"
    cover: Cover = "unknown"
    cutter: Cutter = "unknown"
    media: CardMedia = "unknown"
    """Whether a ticket waits in the printer's mouth; unknown where no sensor feels it."""


class ReaderState(DeviceState, frozen=True, kw_only=True, tag="state"):
    media: CardMedia = "unknown"
    """Unknown also after a card was read: most readers can't see that card any more, nor that it left."""
    module: str | None = None
    """The number of its security module, where it tells."""
    baud: int | None = None
    """Bits a second at which it answers; null where its link has no speed."""
    reads: int = 0
    failures: int = 0
    """Cards that could not be used."""
    retries: int = 0
    """Requests sent again and cards tried again."""
    reading_ms: float | None = None
    """Real milliseconds from finding the last card to telling of it."""


class PadState(DeviceState, frozen=True, kw_only=True, tag="state"):
    """A rating pad or a call pad; `ticket` is the one whose rating window is open."""

    ticket: str | None = None


class BoardState(DeviceState, frozen=True, kw_only=True, tag="state"):
    areas: dict[str, str] | UnsetType = UNSET
    """The text last acknowledged for each area; of an unverified board, the text last sent."""
    unverified: bool = False
    """The board has no way to answer: what is sent to it may be seen or not."""
    lit: bool | None = None
    """Whether the board is switched on; null while it has not said."""
    brightness: int | None = None
    """0–15, as the board has said itself."""


class MicState(DeviceState, frozen=True, kw_only=True, tag="state"):
    calibrated: bool = False
    calibrated_at: Moment | None = None
    """When a calibrator was last heard; null where it never was."""
    full_scale_db: float | None = None
    """Sound pressure level of a full-scale RMS signal; null where that is unknown or has no meaning."""


class AnnouncerState(DeviceState, frozen=True, kw_only=True, tag="state"):
    queued: int = 0
    playing: str | None = None
    """The text being spoken."""
    voice: str = "unknown"
    gain_db: float | None = None
    """Of the last announcement, by the hour and the noise; null before the first."""


class Print(Command, frozen=True, kw_only=True, tag="print"):
    """Print `fields` by `layout`; answered with `outcome` printed, failed or unknown."""

    job: str
    layout: str
    fields: dict[str, str]


class Taken(Event, frozen=True, kw_only=True, tag="taken"):
    """The ticket of `job` left the printer's mouth: the visitor has taken it."""

    job: str


class CardRead(Event, frozen=True, kw_only=True, tag="card_read"):
    """A card was read. Nothing in it leads back to the person without the hall's key of the day."""

    person: str
    card_type: Literal["resident", "hk_mo_tw", "foreign_2017", "foreign_2023"]
    name_masked: str
    age_band: Literal["0-17", "18-59", "60+"]
    priority: list[PriorityClass]
    valid: bool


class CardFailed(Event, frozen=True, kw_only=True, tag="card_failed"):
    """A card was there and could not be used: `read_failed`, `rejected` or `bad_number`."""

    reason: Literal["read_failed", "rejected", "bad_number"]


class RatingKey(Event, frozen=True, kw_only=True, tag="key"):
    """A grade (5 非常满意 … 1 非常不满意) pressed inside the window of `ticket`."""

    grade: Literal[1, 2, 3, 4, 5]
    ticket: str


class CallKey(Event, frozen=True, kw_only=True, tag="key"):
    action: PadAction


class OpenWindow(Command, frozen=True, kw_only=True, tag="open_window"):
    """Accept one grade for `ticket` during `seconds` of real time."""

    seconds: float
    ticket: str


class CloseWindow(Command, frozen=True, kw_only=True, tag="close_window"):
    pass


class Show(Command, frozen=True, kw_only=True, tag="show"):
    """Put `text` into the board's `area`; answered acknowledged, sent or refused."""

    area: str
    text: str
    colour: Colour | UnsetType = UNSET
    effect: Literal["static", "instant", "left", "right", "up", "down"] | UnsetType = UNSET
    seconds: float | UnsetType = UNSET


class Preview(Command, frozen=True, kw_only=True, tag="preview"):
    """How `text` would stand in the board's `area`; nothing is shown. It needs no board that answers.

    Answered with `details`: `png` (base64, one pixel a dot), `runs`, `replaced`.
    """

    area: str
    text: str
    colour: Colour | UnsetType = UNSET


class Clear(Command, frozen=True, kw_only=True, tag="clear"):
    pass


class Brightness(Command, frozen=True, kw_only=True, tag="brightness"):
    level: int


class Power(Command, frozen=True, kw_only=True, tag="power"):
    """Switch the board's lamps on or off; its card stays reachable."""

    on: bool


class Level(Message, frozen=True, kw_only=True, tag="level"):
    """One second of sound: levels in dB (IEC 61672-1), A-weighted; relative when not calibrated."""

    laf: float
    laeq_1s: float
    lafmax_1s: float
    background: float
    calibrated: bool
    las: float | UnsetType = UNSET
    """S-weighted."""
    lasmax_1s: float | UnsetType = UNSET
    lceq_1s: float | UnsetType = UNSET
    """C-weighted."""
    laeq_60s: float | UnsetType = UNSET
    l10: float | UnsetType = UNSET
    """Exceeded 10 % of the last five minutes, of `laf` every 125 ms; `l50` and `l90` likewise."""
    l50: float | UnsetType = UNSET
    l90: float | UnsetType = UNSET
    octaves: dict[str, float] | UnsetType = UNSET
    """Nominal centre in Hz ("31.5" … "16000") → unweighted level of the second."""


class InstrumentLevel(Message, frozen=True, kw_only=True, tag="instrument_level"):
    """The last second as an instrument metered it, in its maker's way: neither LAF nor LAeq."""

    level: float | None
    """dB; null while what the instrument tells can't be a level: it is set up wrongly."""
    background: float | None
    calibrated: bool
    """True: its maker did. It is not verified here."""
    weighting: Literal["A", "unknown"]
    """As the maker says."""


class Calibrate(Command, frozen=True, kw_only=True, tag="calibrate"):
    """A calibrator sounds at the pickup: take its level for `level_db`. Answered within 15 s."""

    level_db: float = 94.0


class ForgetCalibration(Command, frozen=True, kw_only=True, tag="forget_calibration"):
    """Go back to what the hall file says."""


class Say(Command, frozen=True, kw_only=True, tag="say"):
    """Speak `text`; answered `queued`, then the events `started` and `finished` follow."""

    text: str
    lang: str
    repeat: int
    chime: bool


class Unsay(Command, frozen=True, kw_only=True, tag="unsay"):
    """Drop what the `say` command `re` asked for, if it still waits; what sounds already is said to its end.

    Answered with `details.dropped`; where it was dropped, its event `finished` (dropped) follows.
    """

    re: str


class Started(Event, frozen=True, kw_only=True, tag="started"):
    """The first sample of the announcement `re` went to the loudspeaker."""

    re: str
    text: str | UnsetType = UNSET


class Finished(Event, frozen=True, kw_only=True, tag="finished"):
    """The announcement `re` is over: played to its end, or dropped before it began."""

    re: str
    outcome: Literal["played", "dropped", "failed"]
    cause: str | None = None
