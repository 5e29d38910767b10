"""Ears for instruments that meter for themselves: one that is asked (Modbus), one that tells (BB AA frames).

What such an instrument calls its level has been averaged over half a second or more, in a way that only its
maker knows: it is no LAF and no LAeq, and is published as what it is (protocols.md 5.3). Once a second it is
told, so that whoever counts loud seconds counts seconds.
"""

import asyncio
from abc import abstractmethod
from typing import Final, Generic, TypeVar

from devices.kit.errors import Misconfigured, NoAnswer
from devices.kit.exchange import Exchange, together
from devices.kit.lines import Tap
from devices.kit.link import Link, Tunable
from devices.mic_monitor.ear import Ear, Pickup
from devices.mic_monitor.modbus import Answer, AnswerDecoder, Refused, read_registers
from devices.mic_monitor.models import Instrument, Modbus, Pushed
from devices.mic_monitor.pushed import PushedDecoder, PushedLevel
from hallfile.links import parse_link

TELL_EVERY_S: Final = 1.0

HOLD_S: Final = 2.0
"""A level stands for the sound until the next one comes, but no longer than this."""

ANSWERS_WITHIN_S: Final = 1.0
FAILURES: Final = 3
"""So many questions in a row without an answer, and the instrument is offline (protocols.md 5.3)."""

REST_OF_THE_DEAD_S: Final = 3.0
"""Between two questions to instruments that are offline, where others on their line answer: so the dead take
a quarter of the line's time at the most, however many they are."""

PUSHES_WITHIN_S: Final = 3.0
"""A module that pushes every 300 to 500 ms and was silent for so long is offline."""

AnyInstrument = TypeVar("AnyInstrument", bound=Instrument)


class Held:
    """What an instrument shows: the last level it told, for as long as that holds. Times are real seconds.

    No mean of the levels of a second: one that is shown for 1.5 s would colour three seconds, and a slammed
    door would be taken for a quarrel.
    """

    def __init__(self) -> None:
        self._last: tuple[float, float] | None = None

    def note(self, level_db: float, now: float) -> None:
        """A level was told."""
        self._last = level_db, now

    def shown(self, now: float) -> float | None:
        """The level at `now`; none when nothing holds."""
        if self._last is None or now - self._last[1] > HOLD_S:
            return None
        return self._last[0]


class InstrumentEar(Ear, Generic[AnyInstrument]):
    """Hears levels in the instrument's own steps, and tells them in dB."""

    def __init__(self, pickup: Pickup, model: AnyInstrument) -> None:
        super().__init__(pickup)
        self.model = model
        self._held = Held()
        self._implausible = False
        """Whether what it told last can't be a level."""

    async def listen(self, link: Link) -> None:
        if isinstance(link, Tunable) and "baud" not in parse_link(self.pickup.entry.link).options:
            await link.set_speed(self.model.baud)
        self._held = Held()
        await together(self.hear(link), self._tell())

    @abstractmethod
    async def hear(self, link: Link) -> None:
        """Call `take` for every level until the link is lost."""

    def take(self, steps: int) -> None:
        """The instrument has told its level."""
        level_db = steps * self.model.scale
        self._implausible = not self.model.lowest_db <= level_db <= self.model.highest_db
        if self._implausible:
            self.pickup.errors += 1
            self.pickup.report("online", self.pickup.sentence("instrument_implausible"))
        else:
            self._held.note(level_db, asyncio.get_running_loop().time())
            self.pickup.report("online")

    def fall_silent(self) -> None:
        """The instrument tells nothing any more."""
        self._implausible = False
        self.pickup.report("offline", self.pickup.sentence("instrument_silent"))

    async def _tell(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            due = max(due + TELL_EVERY_S, loop.time())
            await asyncio.sleep(due - loop.time())
            level_db = self._held.shown(loop.time())
            if self._implausible:
                self.pickup.tell_level(None, self.model.weighting)
            elif level_db is not None:
                self.pickup.tell_level(level_db, self.model.weighting)


class Transmitter(InstrumentEar[Modbus]):
    """A Modbus-RTU noise transmitter, alone on its line or one of several."""

    async def hear(self, link: Link) -> None:
        address = self.pickup.entry.address
        if not isinstance(link, Tap) or address is None:
            raise Misconfigured(
                f"the sound pickup {self.pickup.name} is on an RS485 line; give it its address"
            )
        asked = Question(link, address, self.model)
        while True:
            began = asyncio.get_running_loop().time()
            answer = await asked.once()
            self._judge(answer, asked)
            rest = began + self.model.every_ms / 1000 - asyncio.get_running_loop().time()
            await asyncio.sleep(max(0.0, rest))

    def _judge(self, answer: Answer | None, asked: "Question") -> None:
        match answer:
            case None:
                self.pickup.errors += 1
                if asked.is_dead:
                    self.fall_silent()
            case Refused():
                self.pickup.errors += 1
                self.pickup.report("hardwareError", self.pickup.sentence("instrument_refuses"))
            case _:
                self.take(answer.values[0])


class Question:
    """The one question a transmitter is asked again and again, and whether it still answers it."""

    def __init__(self, tap: Tap, address: int, model: Modbus) -> None:
        self._tap = tap
        self._address = address
        self._function = model.function
        self._rest_s = model.gap_ms / 1000
        self._request = read_registers(address, model.function, model.register)
        self._exchange = Exchange(tap, AnswerDecoder())
        self._failures = 0

    @property
    def is_dead(self) -> bool:
        """Whether it has not answered for `FAILURES` times."""
        return self._failures >= FAILURES

    async def once(self) -> Answer | None:
        """Ask in turn; none when no answer came."""
        if not (self.is_dead and self._tap.has_neighbours):
            return await self._ask()
        async with self._tap.revival:
            answer = await self._ask()
            if answer is None:
                await asyncio.sleep(REST_OF_THE_DEAD_S)
            return answer

    async def _ask(self) -> Answer | None:
        async with self._tap.turn:
            answer: Answer | None
            try:
                answer = await self._exchange.ask(self._request, ANSWERS_WITHIN_S, self._is_ours)
            except NoAnswer:
                answer = None
            await asyncio.sleep(self._rest_s)
        self._failures = 0 if answer is not None else self._failures + 1
        if answer is not None or self.is_dead:
            self._tap.settled = answer is not None
        return answer

    def _is_ours(self, answer: Answer) -> bool:
        if (answer.address, answer.function) != (self._address, self._function):
            return False
        return isinstance(answer, Refused) or len(answer.values) == 1


class Module(InstrumentEar[Pushed]):
    """A module that pushes its level."""

    async def hear(self, link: Link) -> None:
        decoder = PushedDecoder()
        while True:
            try:
                async with asyncio.timeout(PUSHES_WITHIN_S):
                    await self._until_level(link, decoder)
            except TimeoutError:
                self.pickup.errors += 1
                self.fall_silent()

    async def _until_level(self, link: Link, decoder: PushedDecoder) -> None:
        while True:
            levels = [one for one in decoder.feed(await link.read()) if isinstance(one, PushedLevel)]
            for one in levels:
                self.take(one.steps)
            if levels:
                return
