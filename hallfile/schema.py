"""What may stand in a hall file. Every default is a default of the hall, never a constant in code.

Times of day are "HH:MM" in the hall's zone; durations say their unit in their name.
"""

from typing import Annotated, Literal

from msgspec import Meta, field

from hallfile.appointments import Appointments
from hallfile.boards import Boards
from hallfile.devices import (
    Announcer,
    CallPad,
    Device,
    IdReader,
    LedBoard,
    MicMonitor,
    RatingPad,
    TicketPrinter,
)
from hallfile.duties import Deadlines, FollowUp, Rating, Staff, Stuck, Tasks
from hallfile.reminding import Gateway, Pages, Reminders
from hallfile.services import Service
from hallfile.simulation import Simulation
from hallfile.table import Id, Interval, Positive, Table
from hallfile.touch import Touch
from hallfile.watching import Absence, Break, Overload, usual_breaks

Port = Annotated[int, Meta(ge=1, le=65535)]


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

    def hours_of(self, service: str) -> list[Interval]:
        """The hours of all counters that can do `service`, counter after counter."""
        able = (counter for counter in self.counters.values() if service in counter.services)
        return [hours for counter in able for hours in counter.hours or self.hours.open]

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
