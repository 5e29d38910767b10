"""The pickups' readings, and when the hall itself was speaking: they come to an alarm or to nothing."""

import logging
from datetime import datetime
from typing import Final, Literal

from broker.client import Bus, Received
from broker.messages.devices import Finished, InstrumentLevel, Level, Started
from broker.messages.envelope import Reply
from broker.topics import topic_filter
from hall.core import Rules, State
from hall.core import alarms as core_alarms
from hall.core import commands as core
from hall.core.noise import Announcements, Detector, Reading
from hall.core.tongues import said
from hall.shell.intake import Intake
from hall.shell.ledger import Make, Order

log = logging.getLogger(__name__)

EARS: Final = "ears"
"""The `by` of what the pickups led to."""

SAME_SECOND_S: Final = 1.5
"""Pickups end their seconds at moments of their own, and are heard after each other."""


class Ears:
    """One detector for each pickup of the hall file."""

    def __init__(self, bus: Bus, intake: Intake, rules: Rules, state: State) -> None:
        self._bus = bus
        self._intake = intake
        self._rules = rules
        self._announcements = {name: Announcements() for name in rules.hall.announcers}
        self._detectors = {
            name: Detector(rules.hall.noise, core_alarms.active(state, "noise", entry.counter) is not None)
            for name, entry in rules.hall.mic_monitors.items()
        }
        self._under_our_voice: dict[str, tuple[float, float]] = {}
        """The last second in which each pickup heard the hall speak, and its level."""
        bus.subscribe(topic_filter(bus.hall, "mic_monitor", leaf="telemetry"), self._heard)
        bus.subscribe(topic_filter(bus.hall, "announcer", leaf="event"), self._spoke)
        bus.subscribe(topic_filter(bus.hall, "announcer", leaf="availability"), self._announcer_is)

    def _real(self, moment: datetime) -> float:
        """Hall time in real seconds from some start: readings come one in each of them."""
        return moment.timestamp() / self._bus.clock.speed

    def _heard(self, received: Received) -> None:
        message = received.message()
        detector = self._detectors.get(received.topic.id)
        match message:
            case Level():
                level, background = message.laeq_1s, message.background
            case InstrumentLevel(level=float(level), background=float(background)):
                pass
            case _:
                return
        if detector is None:
            return
        counter = self._rules.hall.mic_monitors[received.topic.id].counter
        ended = self._real(message.at)
        muted = self._is_muted(counter, ended)
        others = self._others_under(received.topic.id, ended) if muted else []
        shown = isinstance(message, InstrumentLevel)
        verdict = detector.hear(Reading(ended, level, background, message.calibrated, muted, others, shown))
        if muted and message.calibrated:
            self._under_our_voice[received.topic.id] = (ended, level)
        if verdict is not None:
            self._order(detector, counter, level, verdict)

    def _others_under(self, mic: str, second_ended: float) -> list[float]:
        """What the other pickups have just heard of the same announcement."""
        return [
            level
            for other, (ended, level) in self._under_our_voice.items()
            if other != mic and abs(second_ended - ended) <= SAME_SECOND_S
        ]

    def _order(
        self, detector: Detector, counter: str, level: float, verdict: Literal["raise", "clear"]
    ) -> None:
        make = self._raise(counter, level) if verdict == "raise" else self._clear(counter)

        def settled(reply: Reply) -> None:
            if reply.reason == "journal_unavailable":
                detector.alarming = verdict == "clear"

        if not self._intake.put(Order(make, settled=settled)):
            detector.alarming = verdict == "clear"

    def _raise(self, counter: str, level: float) -> Make:
        alarm, rules = f"noise-{self._bus.new_id().lower()}", self._rules

        def sentence(rules: Rules) -> str:
            return rules.texts("alarm.noise", counter=rules.counter_name(counter), level=f"{level:.0f}")

        text, text_in = said(rules, sentence)

        def make(now: datetime, _: State) -> core.Command:
            return core.RaiseAlarm(
                at=now,
                by=EARS,
                alarm=alarm,
                kind="noise",
                where=counter,
                parties=tuple(rules.hall.noise.parties),
                text=text,
                text_in=text_in,
                level=round(level, 1),
                escalates=True,
            )

        return make

    def _clear(self, counter: str) -> Make:
        def make(now: datetime, state: State) -> core.Command | None:
            alarm = core_alarms.active(state, "noise", counter)
            return None if alarm is None else core.ClearAlarm(at=now, by=EARS, alarm=alarm)

        return make

    def _is_muted(self, counter: str, second_ended: float) -> bool:
        zone = self._rules.hall.counters[counter].zone
        return any(
            spoken.covers(second_ended)
            for name, spoken in self._announcements.items()
            if not (zones := self._rules.hall.announcers[name].zones) or zone in zones
        )

    def _spoke(self, received: Received) -> None:
        event = received.message()
        spoken = self._announcements.get(received.topic.id)
        if spoken is None:
            return
        if isinstance(event, Started):
            spoken.started(event.re, self._real(event.at))
        elif isinstance(event, Finished):
            spoken.finished(event.re, self._real(event.at))

    def _announcer_is(self, received: Received) -> None:
        spoken = self._announcements.get(received.topic.id)
        if spoken is not None and received.packet.payload == b"offline":
            spoken.silenced(self._real(self._bus.clock.now()))
