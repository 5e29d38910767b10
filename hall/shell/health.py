"""Devices in trouble become alarms that end by themselves when the trouble does."""

from datetime import datetime
from typing import Final

from broker.client import Bus, Received
from broker.messages.devices import BoardState, DeviceState
from broker.topics import DEVICE_KINDS, DeviceKind, topic_filter
from hall.core import Rules, State
from hall.core import alarms as core_alarms
from hall.core import commands as core
from hall.core.tongues import said
from hall.shell.boards import Boards
from hall.shell.intake import Intake
from hall.shell.ledger import Make, Order
from hall.shell.trouble import ROOM, WELL, Device, DeviceWatch, Fault

HEALTH: Final = "health"
"""The `by` of what the devices' health led to."""


class Health:
    """Listens to every device; `look` raises and clears."""

    def __init__(self, bus: Bus, intake: Intake, rules: Rules, boards: Boards) -> None:
        self._bus = bus
        self._intake = intake
        self._rules = rules
        self._boards = boards
        self._watch = DeviceWatch(rules.hall.trouble)
        self._told: dict[Device, str] = {}
        """The fault each device was last found with."""
        self._kinds: dict[str, DeviceKind] = {kind: kind for kind in DEVICE_KINDS}
        for kind, entries in rules.hall.devices().items():
            for name in entries:
                self._watch.expect(Device(self._kinds[kind], name), bus.clock.monotonic())
        for kind in DEVICE_KINDS:
            bus.subscribe(topic_filter(bus.hall, kind, leaf="state"), self._heard)
        bus.subscribe(str(bus.topic(ROOM.kind, ROOM.id, "availability")), self._room)

    def look(self, state: State) -> None:
        """See which devices have fallen ill or got well, and order what follows."""
        for device, fault in self._watch.faults(self._bus.clock.monotonic()):
            alarm = core_alarms.active(state, "device", device.where)
            if fault is None:
                self._told.pop(device, None)
                if alarm is not None:
                    self._intake.put(Order(self._clear(alarm)))
            elif alarm is None:
                self._told[device] = fault.key
                self._intake.put(Order(self._raise(device, fault)))
            elif self._told.setdefault(device, fault.key) != fault.key:
                self._intake.put(Order(self._clear(alarm)))

    def _heard(self, received: Received) -> None:
        if not received.packet.payload:
            return
        said = received.message()
        if not isinstance(said, DeviceState):
            return
        device = Device(self._kinds[received.topic.kind], received.topic.id)
        before = self._watch.devices.get(device)
        was_well = before is not None and before.state is not None and before.state.device in WELL
        self._watch.hear(device, said, self._bus.clock.monotonic())
        if before is None or not isinstance(said, BoardState):
            return
        self._boards.says(device.id, said)
        if said.device in WELL and not was_well:
            self._boards.is_back(device.id)

    def _room(self, received: Received) -> None:
        online = received.packet.payload == b"online"
        self._watch.room_is(online, self._bus.clock.monotonic())

    def _raise(self, device: Device, fault: Fault) -> Make:
        alarm, rules = f"device-{self._bus.new_id().lower()}", self._rules

        def sentence(rules: Rules) -> str:
            cause = fault.cause_in.get(rules.texts.language, fault.cause)
            return rules.texts(f"alarm.{fault.key}", device=_name(rules, device), cause=cause)

        text, text_in = said(rules, sentence)

        def make(now: datetime, _: State) -> core.Command:
            return core.RaiseAlarm(
                at=now,
                by=HEALTH,
                alarm=alarm,
                kind="device",
                where=device.where,
                parties=tuple(rules.hall.trouble.parties),
                text=text,
                text_in=text_in,
            )

        return make

    def _clear(self, alarm: str) -> Make:
        return lambda now, _: core.ClearAlarm(at=now, by=HEALTH, alarm=alarm)


def _name(rules: Rules, device: Device) -> str:
    if device == ROOM:
        return ROOM.where
    counter = getattr(rules.hall.devices()[device.kind][device.id], "counter", "")
    return rules.texts(f"device.{device.kind}", id=device.id, counter=rules.counter_name(counter))
