"""What may stand in a hall file. Every default is a default of the hall, never a constant in code.

Times of day are "HH:MM" in the hall's zone; durations say their unit in their name.
"""

from typing import Annotated, Literal

from msgspec import Meta, field

from hallfile.appointments import Appointments
from hallfile.boards import Boards, Colour
from hallfile.duties import Deadlines, FollowUp, Rating, Staff, Stuck, Tasks
from hallfile.reminding import Gateway, Pages, Reminders
from hallfile.services import Service
from hallfile.table import Id, Interval, Positive, Share, Table, TimeOfDay
from hallfile.touch import Touch
from hallfile.watching import Absence, Break, Overload, usual_breaks

Port = Annotated[int, Meta(ge=1, le=65535)]
Brilliance = Annotated[int, Meta(ge=0, le=15)]
"""How bright a board shines: 15 most."""


class Identity(Table, frozen=True, kw_only=True):
    """[hall]: who and where."""

    id: Id
    name: str
    name_en: str
    timezone: str = "Asia/Shanghai"
    language: Literal["zh-CN", "en"] = "zh-CN"
    """Of refusals, alarms and everything else that is text on the bus."""
    font: str = "Noto Sans CJK SC"
    """A family that fontconfig knows, or the path of a font file."""


class BrokerTable(Table, frozen=True, kw_only=True):
    """[broker]: our own Mosquitto as a child, or the address of another MQTT 5 broker."""

    host: str = "127.0.0.1"
    port: Port = 1883
    own: bool = True
    """Whether `hallkeeper up` starts Mosquitto itself."""


class ConsoleTable(Table, frozen=True, kw_only=True):
    """[console]: where the web pages are served."""

    host: str = "127.0.0.1"
    port: Port = 8080
    public_url: Annotated[str, Meta(pattern="^https?://[^ ]+$")] | None = None
    """Where visitors' own phones reach the pages, as a ticket's code says it. Without one that is host and
    port, and a host that only this machine reaches is put on no ticket."""

    def pages_for_visitors(self, simulated: bool = False) -> str | None:
        """Where a phone finds the pages, without a slash at its end; None when it can't reach any.

        In a simulated hall the phone is a browser on the same machine.
        """
        if self.public_url is not None:
            return self.public_url.rstrip("/")
        if not simulated and (self.host in ("localhost", "::1") or self.host.startswith("127.")):
            return None
        return f"http://{self.host}:{self.port}"


class Hours(Table, frozen=True, kw_only=True):
    """[hours]: when the hall gives numbers and calls them."""

    open: list[Interval] = field(default_factory=lambda: [("08:30", "12:00"), ("14:00", "17:30")])
    holidays: Literal["chinese", "none"] = "chinese"
    """chinese: the State Council's holidays and make-up working days; none: every day is worked."""
    breaks: list[Break] = field(default_factory=usual_breaks)
    """What a clerk who pauses a counter may choose from."""
    overrun_minutes: Annotated[float, Meta(ge=0)] = 60
    """How long after the last closing those who wait are still served; then they are ended, with a reason."""


class Calling(Table, frozen=True, kw_only=True):
    """[calling]: how a number is called, and what becomes of one who does not come."""

    announce_times: Annotated[int, Meta(ge=1, le=5)] = 2
    english: bool = False
    one: Literal["一", "幺"] = "一"
    """How the digit 1 of a number is read in Mandarin: yī, or yāo as on the telephone."""
    recalls: Annotated[int, Meta(ge=0, le=20)] = 5
    no_show: Literal["void", "tail", "back", "clerk"] = "back"
    """void: over; tail: to the end; back: in again after `back_after` others, once; clerk: only staff may."""
    back_after: Annotated[int, Meta(ge=1)] = 3
    stale_s: Positive = 90
    """An announcement not begun after so many real seconds is dropped."""
    hurry_s: Annotated[float, Meta(ge=0)] = 5
    """*Next* so soon after a call, hall seconds, is a key pressed twice: it is refused while the one called
    is not being served yet. 0: never."""
    show_s: Annotated[float, Meta(ge=0)] = 4
    """A call stands on a board for at least so many real seconds before the next takes its place."""
    appointments_in_a_row: Annotated[int, Meta(ge=1)] = 3
    next_step: Literal["kept", "anew"] = "kept"
    """Where one who goes on to the next step of a visit stands there: kept: by when the number was taken;
    anew: behind all who wait there already."""


class Numbering(Table, frozen=True, kw_only=True):
    """[numbering]: prefix and digits; numbers restart every day."""

    digits: Annotated[int, Meta(ge=2, le=4)] = 3
    first: Annotated[int, Meta(ge=0)] = 1


class Priority(Table, frozen=True, kw_only=True):
    """[priority]: minutes of waiting each class is credited with; this bounds overtaking."""

    elderly: Annotated[float, Meta(ge=0)] = 20
    disabled: Annotated[float, Meta(ge=0)] = 30
    pregnant: Annotated[float, Meta(ge=0)] = 30
    veteran: Annotated[float, Meta(ge=0)] = 15


class NoiseRule(Table, frozen=True, kw_only=True):
    """[noise]: when a counter's sound is an alarm (domain.md section 6; all figures are ours)."""

    level_db: float = 80
    over_background_db: float = 15
    seconds: Annotated[int, Meta(ge=1)] = 3
    of_seconds: Annotated[int, Meta(ge=1)] = 5
    clear_db: float = 75
    clear_s: Annotated[int, Meta(ge=1)] = 10
    escalate_s: Positive = 60
    parties: list[str] = field(default_factory=lambda: ["supervision", "hall"])
    """All of them must acknowledge."""


class Trouble(Table, frozen=True, kw_only=True):
    """[trouble]: when a device that fails is an alarm (all figures are ours)."""

    offline_s: Annotated[float, Meta(ge=0)] = 10
    """A device may be out of reach or faulty for so many real seconds: most come back by themselves."""
    silent_s: Positive = 90
    """A device not heard for so many real seconds is out of reach (docs/bus.md, heartbeats)."""
    parties: list[str] = field(default_factory=lambda: ["hall"])
    """Who goes there."""


class Ticket(Table, frozen=True, kw_only=True):
    """[ticket]: what papers look like (docs/ticket-layouts.md)."""

    layouts: dict[Id, str] = field(default_factory=dict)
    """Name of a layout → file beside the hall file, in place of our own `ticket` or `checklist`."""
    undecided_s: Positive = 90
    """A number whose paper failed, and that nobody reprints, keeps or gives up: so long it waits for a word,
    real seconds."""
    undecided: Literal["void", "alarm"] = "void"
    """What becomes of it then: void, with its reason, or an alarm to those of [trouble]."""


class Zone(Table, frozen=True, kw_only=True):
    """[zones.<id>]: a part of the hall, as the ticket names it."""

    name: str
    name_en: str


class Counter(Table, frozen=True, kw_only=True):
    """[counters.<number>]: a window and what it can do."""

    services: list[Id]
    zone: Id
    name: str | None = None
    """How it is called out, when not by its number."""
    hours: list[Interval] | None = None
    """Its own hours, where they differ from the hall's."""
    clerk: Id | None = None
    """Who opens it by default (a login)."""


class Kiosk(Table, frozen=True, kw_only=True):
    """[kiosks.<id>]: a touch screen, its printers (first is its own) and its reader."""

    printers: list[Id]
    reader: Id | None = None
    width: Annotated[int, Meta(ge=480)] = 1080
    height: Annotated[int, Meta(ge=480)] = 1920
    place: str = ""
    """Where it stands, as a citizen is told when sent there."""
    place_en: str = ""
    screen: bool = True
    """False: tickets are taken there by other means (the simulated crowd), no screen is started."""


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


class Arrivals(Table, frozen=True, kw_only=True):
    """[simulation.crowd.<service>]: what a simulated day brings to one service."""

    tickets: Annotated[int, Meta(ge=0)]
    cv: Positive = 0.5
    early: bool = False
    """Arrives by counter 14's hours rather than the hall's."""
    mean_minutes: Positive | None = None


class Simulation(Table, frozen=True, kw_only=True):
    """[simulation]: the day the simulators play. Nothing of it is read in a real hall."""

    day: str = "2026-11-20"
    start: TimeOfDay = "08:30"
    speed: Positive = 1.0
    seed: int = 1
    crowd: dict[Id, Arrivals] = field(default_factory=dict)
    arrivals: dict[TimeOfDay, list[float]] = field(default_factory=dict)
    """Per cent of a service's tickets in each half hour from the key on."""
    early_arrivals: dict[TimeOfDay, list[float]] = field(default_factory=dict)
    booked: Share = 0.10
    """Of the visitors, who have an appointment."""
    booked_missed: Share = 0.08
    """Of those, who do not come."""
    priority: Share = 0.12
    missed: Share = 0.08
    missed_return: Share = 0.5
    transferred: Share = 0.03
    rated: Share = 0.40
    bad_ratings: Annotated[int, Meta(ge=0)] = 3
    cards: str | None = None
    """A file of synthetic ID cards, beside the hall file."""


class HallFile(Table, frozen=True, kw_only=True):
    """A whole hall."""

    hall: Identity
    broker: BrokerTable = field(default_factory=BrokerTable)
    console: ConsoleTable = field(default_factory=ConsoleTable)
    pages: Pages = field(default_factory=Pages)
    reminders: Reminders = field(default_factory=Reminders)
    gateways: dict[Id, Gateway] = field(default_factory=dict)
    hours: Hours = field(default_factory=Hours)
    numbering: Numbering = field(default_factory=Numbering)
    calling: Calling = field(default_factory=Calling)
    boards: Boards = field(default_factory=Boards)
    priority: Priority = field(default_factory=Priority)
    rating: Rating = field(default_factory=Rating)
    tasks: Tasks = field(default_factory=Tasks)
    deadlines: Deadlines = field(default_factory=Deadlines)
    followup: FollowUp = field(default_factory=FollowUp)
    stuck: Stuck = field(default_factory=Stuck)
    staff: dict[Id, Staff] = field(default_factory=dict)
    noise: NoiseRule = field(default_factory=NoiseRule)
    overload: Overload = field(default_factory=Overload)
    absence: Absence = field(default_factory=Absence)
    trouble: Trouble = field(default_factory=Trouble)
    ticket: Ticket = field(default_factory=Ticket)
    touch: Touch = field(default_factory=Touch)
    appointments: Appointments = field(default_factory=Appointments)
    simulation: Simulation = field(default_factory=Simulation)
    zones: dict[Id, Zone]
    services: dict[Id, Service]
    counters: dict[Id, Counter]
    kiosks: dict[Id, Kiosk] = field(default_factory=dict)
    ticket_printers: dict[Id, TicketPrinter] = field(default_factory=dict)
    id_readers: dict[Id, IdReader] = field(default_factory=dict)
    rating_pads: dict[Id, RatingPad] = field(default_factory=dict)
    call_pads: dict[Id, CallPad] = field(default_factory=dict)
    led_boards: dict[Id, LedBoard] = field(default_factory=dict)
    mic_monitors: dict[Id, MicMonitor] = field(default_factory=dict)
    announcers: dict[Id, Announcer] = field(default_factory=dict)

    def devices(self) -> dict[str, dict[str, Device]]:
        """Every device of the hall: kind on the bus → id → entry."""
        return {
            "ticket_printer": dict(self.ticket_printers),
            "id_reader": dict(self.id_readers),
            "rating_pad": dict(self.rating_pads),
            "call_pad": dict(self.call_pads),
            "led_board": dict(self.led_boards),
            "mic_monitor": dict(self.mic_monitors),
            "announcer": dict(self.announcers),
        }
