"""The noise rule with instruments that meter for themselves: slower than a microphone, and as good an ear."""

from datetime import timedelta
from pathlib import Path

import pytest

from broker.messages import hall as m
from broker.messages.devices import InstrumentLevel
from devices.mic_monitor.instrument import Held
from hall.core.noise import Detector, Reading
from hallfile.schema import NoiseRule
from simulators.mic_monitor.loudness import Loudness
from tests.conftest import HandClock
from tests.hall.stage import Stage, hall


def tell(stage: Stage, level: float | None, second: int) -> None:
    """One second, as an instrument at counter 1 tells it."""
    said = InstrumentLevel(
        id=stage.bus.new_id(),
        at=stage.clock.now() + timedelta(seconds=second),
        level=level,
        background=None if level is None else 52.0,
        calibrated=True,
        weighting="A",
    )
    stage.tell("mic_monitor", "mic-1", "telemetry", said, qos=0)


async def test_a_quarrel_that_an_instrument_hears_is_an_alarm(clock: HandClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path) as stage:
        # three seconds of one level might be a slammed door
        for second in range(4):
            tell(stage, 86.0, second)
        await stage.until(lambda: stage.all(m.AlarmState))
        alarm = stage.all(m.AlarmState)[0]
        assert (alarm.kind, alarm.where, alarm.level) == ("noise", "1", 86.0)


async def test_what_is_no_level_is_no_alarm(clock: HandClock, tmp_path: Path) -> None:
    async with hall(clock, tmp_path) as stage:
        for second in range(5):
            tell(stage, None, second)
        await stage.ask(m.CallNext, counter="1")
        assert not stage.state.alarms


def alarms(scene: str, refresh_s: float, every_s: float, late_s: float) -> bool:
    """Whether a scene at a counter comes to an alarm, heard by an instrument asked every so often."""
    loudness, held, detector = Loudness(52.0, refresh_s), Held(), Detector(NoiseRule())
    step_s, raised = 0.05, False
    for step in range(round(25 / step_s)):
        now = step * step_s
        loudness.advance(now)
        if step == round((10 + late_s) / step_s):
            loudness.play(scene)
        if step % round(every_s / step_s) == 0:
            held.note(loudness.shown, now)
        if step % round(1 / step_s) == 0 and (level := held.shown(now)) is not None:
            raised |= detector.hear(Reading(now, level, 52.0, True, False)) == "raise"
    return raised


LATE_S = [0.0, 0.1, 0.25, 0.4, 0.5, 0.75, 0.9, 1.0, 1.25]


@pytest.mark.parametrize("late_s", LATE_S)
@pytest.mark.parametrize(
    ("refresh_s", "every_s"), [(0.5, 0.5), (1.0, 0.5), (1.0, 1.0), (1.5, 0.5), (1.5, 1.5)]
)
def test_a_quarrel_of_four_seconds_alarms(refresh_s: float, every_s: float, late_s: float) -> None:
    assert alarms("quarrel", refresh_s, every_s, late_s)


@pytest.mark.parametrize("late_s", LATE_S)
@pytest.mark.parametrize(("refresh_s", "every_s"), [(0.5, 0.5), (1.0, 0.5), (1.0, 1.0)])
def test_a_slammed_door_does_not(refresh_s: float, every_s: float, late_s: float) -> None:
    """An instrument that is set to slow (1.5 s) can't tell: a door may colour two of its means."""
    assert not alarms("slam", refresh_s, every_s, late_s)
