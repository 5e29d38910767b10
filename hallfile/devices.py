"""What a hall file says of each device."""

from typing import Annotated, Literal

from msgspec import Meta, field

from hallfile.boards import Colour
from hallfile.table import Id, Interval, Table, TimeOfDay

Brilliance = Annotated[int, Meta(ge=0, le=15)]
"""How bright a board shines: 15 most."""


class Device(Table, frozen=True, kw_only=True):
    """What every device says."""

    link: str
    """Where it is plugged in: serial: tcp: udp: http: usb: lp: evdev: pcm: audio: (docs/devices.md)."""
    simulated: bool = False
    """`hallkeeper sim` stands in for it at the other end of the link."""


class TicketPrinter(Device, frozen=True, kw_only=True):
    """[ticket_printers.<id>]: an ESC/POS ticket printer."""

    model: str = "generic-80"
    """A file of devices/ticket_printer/models."""
    paper_mm: Literal[58, 80] = 80
    blind: bool = False
    """Print also where the printer answers no question; it is then never known whether a ticket came out."""


class IdReader(Device, frozen=True, kw_only=True):
    """[id_readers.<id>]: a resident-ID-card reader (SAM_V)."""

    model: str = "sam-v"
    poll_ms: Annotated[int, Meta(ge=10, le=2000)] = 20
    """Real milliseconds between the reader's answer and the next look for a card."""


class RatingPad(Device, frozen=True, kw_only=True):
    """[rating_pads.<id>]: the five keys a citizen rates with."""

    counter: str
    model: str = "usb-keypad"


class CallPad(Device, frozen=True, kw_only=True):
    """[call_pads.<id>]: the keys a clerk calls with."""

    counter: str
    model: str = "usb-keypad"


class BoardArea(Table, frozen=True, kw_only=True):
    """[led_boards.<id>.areas.<id>]: one area of a board, in pixels."""

    x: Annotated[int, Meta(ge=0)]
    y: Annotated[int, Meta(ge=0)]
    width: Annotated[int, Meta(gt=0)]
    height: Annotated[int, Meta(gt=0)]
    font_px: Literal[16, 24, 32] = 16
    colour: Colour = "red"
    """Of a text that is shown without a colour of its own."""
    speed: Annotated[int, Meta(ge=0, le=24)] = 2
    """Of a text that moves: 0 fastest, 24 slowest."""
    stay_s: Annotated[float, Meta(ge=0, le=127)] = 1.0
    """How long a page stands, in steps of half a second."""


class IdlePage(Table, frozen=True, kw_only=True):
    """[led_boards.<id>.idle]: what the board says when nothing else is shown."""

    text: str
    font_px: Literal[16, 24, 32] = 16
    colour: Colour = "red"


class LedBoard(Device, frozen=True, kw_only=True):
    """[led_boards.<id>]: an LED board or strip."""

    model: str = "onbon-6k"
    """onbon-6k, onbon-5k (text cards), ddp (pixels)."""
    address: Annotated[int, Meta(ge=1, le=0x7FFF)] = 1
    """Of a text card; cards with different addresses may share one serial port."""
    width: Annotated[int, Meta(gt=0)] = 256
    height: Annotated[int, Meta(gt=0)] = 64
    zone: Id | None = None
    """Shows the calls of one zone; none means all."""
    refresh_s: Annotated[float, Meta(ge=0)] = 1.0
    """A dynamic area is not written faster than this (protocols.md 4.2), hall seconds."""
    brightness: dict[TimeOfDay, Brilliance] = field(default_factory=dict)
    """From each time of day on, in whole half hours; none named leaves the board as it is."""
    power: list[Interval] | None = None
    """When the board is on, three intervals at the most; empty: always; none leaves the board as it is."""
    idle: IdlePage | None = None
    """Written into the card's flash once, and again only when it has changed."""
    areas: dict[Id, BoardArea]
    """`call` is where calls go, `news` where it says that the hall has closed; others are free."""

    @property
    def can_answer(self) -> bool:
        """Whether it will ever be known to work: a pixel board is not, unless its web page is asked."""
        return self.model != "ddp" or "check=http" in self.link


class MicMonitor(Device, frozen=True, kw_only=True):
    """[mic_monitors.<id>]: the sound pickup of a counter; levels only, never sound."""

    counter: str
    model: str = "pcm"
    """pcm (a microphone); renke-zs, rt-zs-bz, sonbest, gemho (instruments on RS485); dy-pushed (a module)."""
    address: Annotated[int, Meta(ge=1, le=247)] | None = None
    """Of an instrument on RS485; several with different addresses may share one serial port."""
    full_scale_db: float | None = None
    """Sound pressure level of a full-scale RMS signal; none means uncalibrated. A calibration made with
    `hallkeeper doctor mic --calibrate` counts before it."""


class Announcer(Device, frozen=True, kw_only=True):
    """[announcers.<id>]: a loudspeaker."""

    model: str = "espeak-ng"
    zones: list[Id] = field(default_factory=list)
    """Speaks the calls of these zones; none named means all."""
    voices: Annotated[list[Literal["clips", "piper", "espeak-ng"]], Meta(min_length=1)] = field(
        default_factory=lambda: ["clips", "piper", "espeak-ng"]
    )
    """By preference; those without clips or a model are passed over."""
    clips: str | None = None
    """A folder of recorded clips, beside the hall file (docs/devices.md)."""
    piper: dict[Literal["zh", "en"], str] = field(default_factory=dict)
    """Language → Piper's model file, beside the hall file."""
    gain_db: Annotated[float, Meta(ge=-60, le=20)] = 0.0
    """How loud; nothing is ever clipped."""
    volume: dict[TimeOfDay, Annotated[float, Meta(ge=-60, le=20)]] = field(default_factory=dict)
    """From each time of day on, in place of `gain_db`."""
    speech_db: Annotated[float, Meta(ge=30, le=120)] | None = None
    """What speech with a gain of 0 measures where people wait, dB(A); with it the loudness follows the
    background that calibrated pickups of its zones tell."""
    over_background_db: Annotated[float, Meta(ge=0, le=30)] = 12.0
    least_gain_db: Annotated[float, Meta(ge=-60, le=20)] = -20.0
    """However quiet the hall is."""
