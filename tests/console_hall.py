"""A hall for the console to look at: states as the other rooms would publish them, on a broker in memory."""

import math
import socket
import struct
import wave
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from msgspec.structs import replace as with_port
from PIL import Image, ImageDraw

from broker.client import Bus, Received
from broker.clock import HallClock
from broker.ids import ulids
from broker.memory import MemoryBroker
from broker.messages import devices, hall, simulators
from broker.messages.envelope import Command, Forecast, Message, Reply
from broker.messages.wire import encode
from broker.topics import Topic
from broker.transport import Packet
from hallfile.premises import Premises

EXAMPLE = Path(__file__).parents[1] / "examples" / "dezhou.toml"
NINE_FORTY_SEVEN = datetime.fromisoformat("2026-11-20T09:47:12+08:00")

Answer = Callable[[Topic, Command], dict[str, Any] | None]
"""The further keys of a reply (ok among them); None for no reply at all."""


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def premises_in(folder: Path, *, simulated: bool = True, port: int | None = None) -> Premises:
    """The example hall in a folder of its own, at 09:47, its console on a free port."""
    opened = Premises.open(EXAMPLE, folder, None, simulated)
    clock = HallClock.simulated(ZoneInfo(opened.hall.hall.timezone), NINE_FORTY_SEVEN, 1.0)
    console = with_port(opened.hall.console, port=port or free_port())
    return replace(opened, clock=clock, hall=with_port(opened.hall, console=console))


class SeededHall:
    """Speaks for every other room, and answers what the console asks."""

    def __init__(self, premises: Premises) -> None:
        self.premises = premises
        self.broker = MemoryBroker()
        self.asked: list[tuple[Topic, Command]] = []
        self.answer: Answer = lambda _topic, _command: {"ok": True}
        self.new_id = ulids(premises.clock)
        self.bus = self._bus("observer")
        for kind in ("controller", "simulator", "led_board"):
            self.bus.subscribe(f"hall/{self.bus.hall}/{kind}/+/command", self._commanded)

    def console_bus(self) -> Bus:
        """The console's own place on the bus."""
        bus = self._bus("console")
        bus.own_availability(bus.topic("room", "console", "availability"))
        return bus

    def _bus(self, room: str) -> Bus:
        hall_id = self.premises.hall.hall.id
        transport = self.broker.transport(f"{hall_id}-{room}")
        return Bus(hall_id, room, transport, self.premises.clock, self.new_id)

    def _commanded(self, received: Received) -> None:
        command = received.message()
        assert isinstance(command, Command)
        self.asked.append((received.topic, command))
        if (keys := self.answer(received.topic, command)) is not None:
            reply = Reply(id=self.new_id(), at=self.premises.clock.now(), re=command.id, **keys)
            self.bus.answer(received, reply)

    @property
    def now(self) -> datetime:
        return self.premises.clock.now()

    def ago(self, **span: float) -> datetime:
        """A moment before now."""
        return self.now - timedelta(**span)

    def head(self) -> dict[str, Any]:
        """What every message begins with."""
        return {"id": self.new_id(), "at": self.now}

    def put(self, kind: str, name: str, message: Message, leaf: str = "state") -> None:
        """Publish as the owner would."""
        topic = self.bus.topic(kind, name, leaf)
        self.broker.publish(Packet(str(topic), encode(message), qos=1, retain=leaf == "state"))

    def word(self, kind: str, name: str, online: bool = True) -> None:
        """Publish an availability."""
        topic = self.bus.topic(kind, name, "availability")
        self.broker.publish(Packet(str(topic), b"online" if online else b"offline", qos=1, retain=True))

    def fill(self) -> None:
        """A busy morning: everything a page can show, well and ill."""
        for room in ("controller", "devices", "kiosk-k1", "simulators"):
            self.word("room", room)
        self.word("controller", "main")
        self.put(
            "controller",
            "main",
            hall.ControllerState(
                **self.head(), epoch=3, day="2026-11-20", tickets_today=187, version="0.1.0", open=True
            ),
        )
        self._fill_queues()
        self._fill_counters()
        self._fill_devices()
        self._fill_alarms()
        self._fill_simulators()
        self._fill_announcements()

    def _fill_queues(self) -> None:
        for place, (name, service) in enumerate(self.premises.hall.services.items()):
            waiting = (7, 3, 12, 5, 2, 9, 4, 6, 1, 0, 23, 8)[place % 12]
            forecast = Forecast(low=waiting, median=waiting * 2.1 + 1, high=waiting * 3.4 + 4)
            shut = name == "g"
            self.put(
                "queue",
                name,
                hall.QueueState(
                    **self.head(),
                    prefix=service.prefix,
                    waiting=waiting,
                    serving=1,
                    last_called=f"{service.prefix}{place * 3 + 11:03d}",
                    open_counters=2,
                    forecast_minutes=None if shut else forecast,
                    open=not shut,
                    closed_reason="too_late" if shut else None,
                    closed_text="预计下班前办不完，请明早再来" if shut else None,
                ),
            )

    def _fill_counters(self) -> None:
        services = self.premises.hall.services
        for place, (name, entry) in enumerate(self.premises.hall.counters.items()):
            status = ("serving", "serving", "serving", "open", "serving", "paused", "closed")[place % 7]
            number = (
                f"{services[entry.services[0]].prefix}{place * 3 + 11:03d}" if status == "serving" else None
            )
            ticket = f"01TICKET{place:02d}" if number else None
            called = self.ago(minutes=place, seconds=40 + place * 7)
            self.put(
                "counter",
                name,
                hall.CounterState(
                    **self.head(),
                    clerk=None if status == "closed" else entry.clerk,
                    status=status,
                    ticket=ticket,
                    number=number,
                    called_at=called if number else None,
                    serving_since=called + timedelta(seconds=30) if number and place % 2 else None,
                    service=entry.services[0] if number else None,
                    waiting=4,
                    held=["01HELD000042"] if name == "1" else [],
                ),
            )
        self.call("1", "A011", "01TICKET00", why="A011 在 09:31 取号，是纳税业务等候最久的一位")

    def call(self, counter: str, number: str, ticket: str, *, nth: int = 1, why: str = "先到先办") -> None:
        """A number is called."""
        message = hall.Called(**self.head(), number=number, counter=counter, ticket=ticket, nth=nth, why=why)
        self.put("counter", counter, message, "event")

    def line(self, service: str, *tickets: hall.InLine) -> None:
        """Where the numbers of a service stand."""
        self.put("queue", service, hall.Line(**self.head(), tickets=list(tickets)), "telemetry")

    def device(
        self, kind: str, name: str, word: str = "online", cause: str | None = None, **keys: Any
    ) -> None:
        """A device tells its state."""
        entry = self.premises.hall.devices()[kind][name]
        make = {
            "ticket_printer": devices.PrinterState,
            "id_reader": devices.ReaderState,
            "rating_pad": devices.PadState,
            "call_pad": devices.PadState,
            "led_board": devices.BoardState,
            "mic_monitor": devices.MicState,
            "announcer": devices.AnnouncerState,
        }[kind]
        state = {
            "device": word,
            "since": self.ago(minutes=50),
            "cause": cause,
            "model": "m",
            "link": entry.link,
        }
        self.put(kind, name, make(**{**self.head(), **state, **keys}))
        self.word(kind, name, word in ("online", "userError", "deviceBusy", "hardwareError"))

    def _fill_devices(self) -> None:
        for kind, entries in self.premises.hall.devices().items():
            for name in entries:
                self.device(kind, name)
        self.device(
            "ticket_printer", "p2", "userError", "打印机 p2 的盖子开着：合上盖子后会自动继续", cover="open"
        )
        self.device("call_pad", "call-07", "powerOff", "/dev/input/by-path 下没有这台呼叫器：请检查 USB 线")
        self.word("kiosk", "k1")
        self.put(
            "kiosk",
            "k1",
            hall.KioskState(
                **self.head(), device="online", since=self.ago(hours=1), cause=None, screen="home"
            ),
        )
        for place in range(1, 23):
            self.level(f"mic-{place:02d}", 52 + place % 9)

    def level(self, pickup: str, laf: float) -> None:
        """One second of sound."""
        sound = devices.Level(
            **self.head(), laf=laf, laeq_1s=laf - 1.5, lafmax_1s=laf + 3, background=48.2, calibrated=True
        )
        self.put("mic_monitor", pickup, sound, "telemetry")

    def alarm(self, name: str, **keys: Any) -> None:
        """An alarm stands."""
        usual: dict[str, Any] = {
            "kind": "noise",
            "where": "5",
            "level": 86.0,
            "raised": self.ago(minutes=2),
            "acknowledged": {},
            "escalated": None,
            "cleared": None,
            "text": "5 号窗口声音过大，请立即到场处理",
            "parties": ["supervision", "hall"],
        }
        self.put("alarm", name, hall.AlarmState(**{**self.head(), **usual, **keys}))

    def _fill_alarms(self) -> None:
        self.alarm("noise-5", escalated=self.ago(minutes=1), acknowledged={"hall": self.ago(seconds=80)})
        self.alarm(
            "rating-9",
            kind="rating",
            where="9",
            level=None,
            text="9 号窗口收到“不满意”评价，请在一个工作日内联系处理",
            parties=["hall"],
            raised=self.ago(minutes=11),
        )

    def simulator(self, name: str, kind: str, controls: dict[str, Any], **keys: Any) -> None:
        """A simulated device tells its state."""
        self.put(
            "simulator", name, simulators.SimulatorState(**self.head(), kind=kind, controls=controls, **keys)
        )

    def _fill_simulators(self) -> None:
        self._draw()
        wire = {"silent": False, "garbage": False, "unplugged": False}
        for name in ("p1", "p2"):
            self.simulator(
                name,
                "ticket_printer",
                {"cover": name == "p2", "paper_mm": 41_200.0, "near_end": False, "jam": False, **wire},
                picture=f"{name}.png",
                picture_version=4,
            )
        cards = ["none", "c01", "c02", "c03", "c04", "c05", "c06"]
        self.simulator("r1", "id_reader", {"card": "c02", **wire}, choices={"card": cards})
        self.simulator("b1", "led_board", wire, picture="b1.png", picture_version=9)
        self.simulator("k1", "kiosk", {}, picture="k1.jpg", picture_version=2)
        for name in self.premises.hall.rating_pads:
            keys = {"key": ["5", "4", "3", "2", "1"]}
            self.simulator(name, "rating_pad", {"key": None, "unplugged": False}, choices=keys)
        for name in self.premises.hall.call_pads:
            keys = {"key": ["next", "recall", "pass", "hold", "finish"]}
            self.simulator(name, "call_pad", {"key": None, "unplugged": False}, choices=keys)
        for name in self.premises.hall.mic_monitors:
            scenes = {"scene": ["none", "quarrel", "slam"]}
            controls = {"level": 55.0, "scene": "none", "unplugged": False}
            self.simulator(name, "mic_monitor", controls, choices=scenes)

    def _draw(self) -> None:
        pictures = self.premises.pictures
        kiosk = Image.new("RGB", (1080, 1920), "#eef2f5")
        draw = ImageDraw.Draw(kiosk)
        draw.rectangle((0, 0, 1080, 220), fill="#17537a")
        for row in range(6):
            for column in range(2):
                left, top = 60 + column * 500, 300 + row * 250
                draw.rounded_rectangle(
                    (left, top, left + 460, top + 210), 24, fill="white", outline="#cdd6de"
                )
        kiosk.save(pictures / "k1.jpg")
        for name in ("p1", "p2"):
            strip = Image.new("L", (576, 1100), 250)
            ink = ImageDraw.Draw(strip)
            for line in range(30):
                ink.rectangle((40, 30 + line * 34, 120 + (line * 97) % 400, 48 + line * 34), fill=30)
            strip.save(pictures / f"{name}.png")
        board = Image.new("RGB", (1024, 256), "black")
        dots = ImageDraw.Draw(board)
        for x in range(0, 1024, 4):
            for y in range(0, 256, 4):
                lit = (x * 7 + y * 13) % 11 < 3 and 40 < y < 110
                dots.rectangle((x, y, x + 2, y + 2), fill="#ff3b1f" if lit else "#1a1310")
        board.save(pictures / "b1.png")

    def _fill_announcements(self) -> None:
        ring = self.premises.audio / "ring"
        ring.mkdir(parents=True, exist_ok=True)
        for name in ("0001.wav", "0002.wav"):
            with wave.open(str(ring / name), "wb") as out:
                out.setparams((1, 2, 16000, 0, "NONE", ""))
                tone = (int(9000 * math.sin(step / 16000 * 880 * math.tau)) for step in range(8000))
                out.writeframes(b"".join(struct.pack("<h", sample) for sample in tone))
        self.say("s1", "请A011号到1号窗口办理", over=True)
        self.say("s2", "请C023号到5号窗口办理")

    def say(self, re: str, text: str, *, over: bool = False) -> None:
        """The loudspeaker speaks."""
        self.put("announcer", "hall", devices.Started(**self.head(), re=re, text=text), "event")
        if over:
            self.put("announcer", "hall", devices.Finished(**self.head(), re=re, outcome="played"), "event")
