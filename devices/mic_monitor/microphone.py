"""An ear for samples. They live as long as it takes to meter their second, and leave this process never."""

import asyncio
from typing import Final, Protocol, runtime_checkable
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from devices.kit.errors import NoAnswer
from devices.kit.link import Link
from devices.kit.links.pcm import rate_of
from devices.mic_monitor.calibration import Calibrator, Fault
from devices.mic_monitor.condition import FULL_SCALE, Watch, samples_of
from devices.mic_monitor.ear import Ear, Pickup
from devices.mic_monitor.meter import Meter
from devices.mic_monitor.octaves import octaves
from hallfile.links import parse_link

BLOCK_S: Final = 0.25
"""Sound is taken in blocks of at least so many real seconds, however finely it was written."""

MOST_BYTES: Final = 1 << 17
"""Read at once at the most: a second or two, so that nobody's backlog makes the others wait for long."""

ROUNDS: Final = 3
"""After each metered second the others have so many rounds of the loop: a hundred microphones finish theirs
together, and a card, whose reading takes a dozen rounds, is not to wait for a microphone in each. It is no
pause: on a machine that is busy with other things a hundred pauses would outlast the second."""

SILENCE_S: Final = 3.0
"""Without a byte for so many real seconds the pickup is offline …"""

REOPEN_S: Final = 30.0
"""… and after so many more its link is opened anew."""


class NotCalibrated(Exception):
    """The calibrator was not heard as it should be; `fault` says what was."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault: Fault = fault


@runtime_checkable
class Sampled(Protocol):
    """A link that knows how many samples a second it brings."""

    rate: int


class Microphone(Ear):
    """Meters what comes over the link."""

    def __init__(self, pickup: Pickup) -> None:
        super().__init__(pickup)
        self._calibrating: tuple[Calibrator, asyncio.Event] | None = None
        self._rate = 0

    async def listen(self, link: Link) -> None:
        self._rate = link.rate if isinstance(link, Sampled) else rate_of(parse_link(self.pickup.entry.link))
        meter, watch = Meter(self._rate, FULL_SCALE, c_weighted=True), Watch(self._rate)
        while True:
            data = await self._hear(link)
            self.pickup.errors += len(data) % 2
            samples = samples_of(data)
            watch.look(samples)
            self._tell_condition(watch)
            async with _one_at_a_time():
                measured = self._meter(meter, watch, samples)
                for _ in range(ROUNDS if measured else 1):
                    await asyncio.sleep(0)
            if len(data) < MOST_BYTES:
                await asyncio.sleep(BLOCK_S)

    async def calibrate(self, patience_s: float) -> float:
        """Wait for a calibrator's steady tone and return its level in dB re a full-scale RMS.

        Raises `NotCalibrated` when it was not heard within `patience_s` real seconds.
        """
        calibrator, known = Calibrator(self._rate), asyncio.Event()
        self._calibrating = calibrator, known
        try:
            async with asyncio.timeout(patience_s):
                await known.wait()
        except TimeoutError:
            raise NotCalibrated(calibrator.fault or "not_steady") from None
        finally:
            self._calibrating = None
        assert calibrator.level is not None
        return calibrator.level

    @property
    def is_calibrating(self) -> bool:
        return self._calibrating is not None

    async def _hear(self, link: Link) -> bytes:
        try:
            async with asyncio.timeout(SILENCE_S):
                return await link.read(MOST_BYTES)
        except TimeoutError:
            self.pickup.report("offline", self.pickup.sentence("mic_silent"))
        try:
            async with asyncio.timeout(REOPEN_S):
                return await link.read(MOST_BYTES)
        except TimeoutError:
            raise NoAnswer("no sound arrives; opening the link anew", code="mic_silent") from None

    def _meter(self, meter: Meter, watch: Watch, samples: NDArray[np.int16]) -> bool:
        """Take in a block; says whether a second was completed and metered."""
        measured = False
        for second, sound in meter.feed(samples):
            measured = True
            if watch.measures:
                self.pickup.tell_sound(second, octaves(sound, self._rate, FULL_SCALE))
        self._calibrate_with(samples)
        return measured

    def _tell_condition(self, watch: Watch) -> None:
        """Say how the pickup is: at once, for metering waits its turn."""
        match watch.condition:
            case "dead":
                self.pickup.report("hardwareError", self.pickup.sentence("mic_dead"))
            case "clipped":
                self.pickup.report("online", self.pickup.sentence("mic_clipped"))
            case "sound":
                self.pickup.report("online")

    def _calibrate_with(self, samples: NDArray[np.int16]) -> None:
        if self._calibrating is not None:
            calibrator, known = self._calibrating
            calibrator.feed(samples)
            if calibrator.level is not None:
                known.set()


_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()


def _one_at_a_time() -> asyncio.Lock:
    """The lock that all microphones of this loop meter under."""
    return _turns.setdefault(asyncio.get_running_loop(), asyncio.Lock())
