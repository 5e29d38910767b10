"""A sound pickup on the bus: it tells levels once for each second, and how the pickup is. Never sound."""

from collections import deque
from pathlib import Path
from typing import Any, ClassVar, Final, Literal, Self

from msgspec import UNSET

from broker.clock import real_seconds_until
from broker.door import Refusal
from broker.messages.devices import Calibrate, ForgetCalibration, InstrumentLevel, Level, MicState
from devices.kit.device import Device, Opener, Surroundings
from devices.kit.link import Link
from devices.mic_monitor.background import Background
from devices.mic_monitor.ear import Ear
from devices.mic_monitor.instrument import Module, Transmitter
from devices.mic_monitor.memory import Calibration, Memory
from devices.mic_monitor.meter import LAFS_A_SECOND, Second, energy_mean
from devices.mic_monitor.microphone import Microphone, NotCalibrated
from devices.mic_monitor.models import Instrument, Modbus, Pushed, Samples, model_of, models
from hallfile.devices import MicMonitor as Entry
from hallfile.links import parse_link
from hallfile.premises import Premises

ASSUMED_FULL_SCALE_DB: Final = 120.0
"""What an uncalibrated pickup's levels are relative to: as if it were a usual digital MEMS microphone, which
gives −26 dBFS at 94 dB. The level is then a guess, and is marked as one (`calibrated` false)."""

LONG_MEAN_S: Final = 60
"""LAeq is also told of the last minute."""

CALIBRATION_S: Final = 15.0
"""A calibrator that is put on is heard steadily within this."""
REPLY_S: Final = 1.0
"""The answer to a command leaves so long before its expiry."""
LEAST_CALIBRATION_S: Final = 6.0

CALIBRATORS_DB: Final = (60.0, 130.0)
"""What a calibrator can be: 94 and 114 dB are usual."""


class MicMonitor(Device):
    """One pickup: a microphone, or an instrument that meters for itself."""

    kind: ClassVar[str] = "mic_monitor"
    takes_commands: ClassVar[bool] = True
    entry: Entry

    @classmethod
    def build(cls, name: str, entry: Entry, premises: Premises, opener: Opener, around: Surroundings) -> Self:
        return cls(name, entry, opener, around, premises.data / "devices" / "devices.db")

    def __init__(
        self, name: str, entry: Entry, opener: Opener, around: Surroundings, memory: Path | None = None
    ) -> None:
        """`memory` is the database that outlives a restart; without one nothing does."""
        model = models().get(entry.model)
        if isinstance(model, Modbus):
            opener = around.lines.opener(parse_link(entry.link).place, opener)
        super().__init__(name, entry, opener, around)
        is_instrument = isinstance(model, Instrument)
        self._memory = Memory(memory, name, entry.counter, "db" if is_instrument else "full_scale")
        self._calibration = None if is_instrument else self._memory.calibration()
        self._is_instrument = is_instrument
        self._ear: Ear | None = None
        self._background = Background(self._memory, 1 if is_instrument else LAFS_A_SECOND)
        self._minute: deque[float] = deque(maxlen=LONG_MEAN_S)

    @property
    def full_scale_db(self) -> float | None:
        """Sound pressure level of a full-scale RMS signal: as calibrated here, else as the hall file says."""
        return self.entry.full_scale_db if self._calibration is None else self._calibration.full_scale_db

    @property
    def calibrated(self) -> bool:
        """Whether its levels are dB; an instrument was calibrated by its maker."""
        return self._is_instrument or self.full_scale_db is not None

    def state(self) -> MicState:
        return MicState(
            calibrated=self.calibrated,
            calibrated_at=None if self._calibration is None else self._calibration.at,
            full_scale_db=None if self._is_instrument else self.full_scale_db,
            **self.state_keys(),
        )

    async def serve(self, link: Link) -> None:
        self._ear = self._new_ear()
        await self._ear.listen(link)

    async def act(self, command: Calibrate | ForgetCalibration) -> dict[str, Any]:
        if self._is_instrument:
            raise self._refusal("factory_calibrated")
        if isinstance(command, Calibrate):
            if not CALIBRATORS_DB[0] <= command.level_db <= CALIBRATORS_DB[1]:
                raise self._refusal("bad_value")
            return await self._calibrate(command)
        self._keep_calibration(None)
        return {}

    def sentence(self, code: str) -> str:
        """The sentence for a code, in the hall's language."""
        return self.around.sentence(code)

    def tell_sound(self, second: Second, octaves: dict[str, float]) -> None:
        """Publish a second that was metered here."""
        full_scale_db = ASSUMED_FULL_SCALE_DB if self.full_scale_db is None else self.full_scale_db

        def db(level: float) -> float:
            return round(level + full_scale_db, 1)

        background, exceeded = self._background.add(second.lafs, self.around.clock.now().hour)
        self._minute.append(second.laeq)
        message = Level(
            id=self.around.bus.new_id(),
            at=self.around.clock.now(),
            laf=db(second.laf),
            laeq_1s=db(second.laeq),
            lafmax_1s=db(second.lafmax),
            background=db(background),
            calibrated=self.calibrated,
            las=db(second.las),
            lasmax_1s=db(second.lasmax),
            lceq_1s=UNSET if second.lceq is None else db(second.lceq),
            laeq_60s=db(energy_mean(self._minute)),
            l10=db(exceeded.l10),
            l50=db(exceeded.l50),
            l90=db(exceeded.l90),
            octaves={name: db(level) for name, level in octaves.items()},
        )
        self.tell(message, leaf="telemetry", qos=0)

    def tell_level(self, level_db: float | None, weighting: Literal["A", "unknown"]) -> None:
        """Publish what an instrument has told; none where that can't be a level."""
        background: float | None = None
        if level_db is not None:
            background, _ = self._background.add((level_db,), self.around.clock.now().hour)
        message = InstrumentLevel(
            id=self.around.bus.new_id(),
            at=self.around.clock.now(),
            level=None if level_db is None else round(level_db, 1),
            background=None if background is None else round(background, 1),
            calibrated=self.calibrated,
            weighting=weighting,
        )
        self.tell(message, leaf="telemetry", qos=0)

    def _new_ear(self) -> Ear:
        match model_of(self.entry.model):
            case Samples():
                return Microphone(self)
            case Modbus() as model:
                return Transmitter(self, model)
            case Pushed() as model:
                return Module(self, model)

    async def _calibrate(self, command: Calibrate) -> dict[str, Any]:
        ear = self._ear
        patience_s = min(CALIBRATION_S, real_seconds_until(self.around.clock, command.expires) - REPLY_S)
        if patience_s < LEAST_CALIBRATION_S:
            raise self._refusal("too_little_time")
        if not isinstance(ear, Microphone) or ear.is_calibrating:
            raise self._refusal("device_busy")
        try:
            heard = await ear.calibrate(patience_s)
        except NotCalibrated as no:
            raise self._refusal(no.fault) from None
        before = self.full_scale_db
        found = round(command.level_db - heard, 2)
        self._keep_calibration(Calibration(found, command.level_db, self.around.clock.now()))
        return {"details": {"full_scale_db": found, "before_db": before}}

    def _keep_calibration(self, calibration: Calibration | None) -> None:
        self._memory.calibrate(calibration)
        self._calibration = calibration
        self.changed()

    def _refusal(self, reason: str) -> Refusal:
        return Refusal(reason, self.sentence(reason))
