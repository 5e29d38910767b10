"""A sound pickup on the bus: it tells levels once for each second of sound, and how the pickup is."""

import asyncio
from typing import ClassVar, Final

from broker.messages.devices import Level, MicState
from devices.kit.device import Device, Opener, Surroundings
from devices.kit.errors import NoAnswer
from devices.kit.link import Link
from devices.kit.links.pcm import rate_of
from devices.mic_monitor.background import Background
from devices.mic_monitor.condition import FULL_SCALE, Watch, samples_of
from devices.mic_monitor.meter import Meter, Second
from hallfile.links import parse_link
from hallfile.schema import MicMonitor as Entry

BLOCK_S: Final = 0.25
"""Sound is taken in blocks of at least so many real seconds, however finely it was written."""

MOST_BYTES: Final = 1 << 18
"""Read at once at the most."""

SILENCE_S: Final = 3.0
"""Without a byte for so many real seconds the pickup is offline …"""

REOPEN_S: Final = 30.0
"""… and after so many more its link is opened anew."""

ASSUMED_FULL_SCALE_DB: Final = 120.0
"""What an uncalibrated pickup's levels are relative to: as if it were a usual digital MEMS microphone, which
gives −26 dBFS at 94 dB. The level is then a guess, and is marked as one (`calibrated` false)."""


class MicMonitor(Device):
    """One pickup. Samples live as long as it takes to meter their block, and leave this process never."""

    kind: ClassVar[str] = "mic_monitor"
    entry: Entry

    def __init__(self, name: str, entry: Entry, opener: Opener, around: Surroundings) -> None:
        super().__init__(name, entry, opener, around)
        calibration = entry.full_scale_db
        self.calibrated = calibration is not None
        self._full_scale_db = ASSUMED_FULL_SCALE_DB if calibration is None else calibration
        self._background = Background()

    def state(self) -> MicState:
        return MicState(calibrated=self.calibrated, **self.state_keys())

    async def serve(self, link: Link) -> None:
        rate = rate_of(parse_link(self.entry.link))
        meter, watch = Meter(rate), Watch(rate)
        while True:
            data = await self._hear(link)
            self.errors += len(data) % 2
            samples = samples_of(data)
            watch.look(samples)
            for second in meter.feed(samples / FULL_SCALE):
                if watch.measures:
                    self._tell_level(second)
            self._report_condition(watch)
            if len(data) < MOST_BYTES:
                await asyncio.sleep(BLOCK_S)

    async def _hear(self, link: Link) -> bytes:
        try:
            async with asyncio.timeout(SILENCE_S):
                return await link.read(MOST_BYTES)
        except TimeoutError:
            self.report("offline", self.around.sentence("mic_silent"))
        try:
            async with asyncio.timeout(REOPEN_S):
                return await link.read(MOST_BYTES)
        except TimeoutError:
            raise NoAnswer(self.around.sentence("mic_silent")) from None

    def _tell_level(self, second: Second) -> None:
        laf, laeq, lafmax = (
            round(level + self._full_scale_db, 1) for level in (second.laf, second.laeq, second.lafmax)
        )
        message = Level(
            id=self.around.bus.new_id(),
            at=self.around.clock.now(),
            laf=laf,
            laeq_1s=laeq,
            lafmax_1s=lafmax,
            background=self._background.add(laeq),
            calibrated=self.calibrated,
        )
        self.tell(message, leaf="telemetry", qos=0)

    def _report_condition(self, watch: Watch) -> None:
        match watch.condition:
            case "dead":
                self.report("hardwareError", self.around.sentence("mic_dead"))
            case "clipped":
                self.report("online", self.around.sentence("mic_clipped"))
            case "sound":
                self.report("online")
