"""The controller: everything that happens in the hall comes in here, is written down, and is told from here.

One way through the house: a message becomes an order (`shell.door`, `shell.keys`, `shell.ears`,
`shell.health`), orders are settled together in one transaction (`shell.intake`, `shell.ledger`), and only
what is on the disk is told (`shell.telling`, `shell.picture`).
"""

import asyncio
import logging
from collections.abc import Mapping
from datetime import timedelta
from importlib.metadata import PackageNotFoundError, version
from types import MappingProxyType
from typing import Final

from broker.client import Bus
from broker.clock import real_seconds_until
from broker.messages.envelope import Reply
from broker.persons import FOLDER
from broker.topics import CONTROLLER_ID
from hall.core import calendar
from hall.core import commands as core
from hall.core.events import Event
from hall.journal import Journal, journal_path
from hall.shell.aside import Aside
from hall.shell.door import Door
from hall.shell.duties import Duties
from hall.shell.ears import Ears
from hall.shell.hatch import Hatch
from hall.shell.health import Health
from hall.shell.intake import Intake
from hall.shell.keys import Keys
from hall.shell.ledger import Ledger, Order
from hall.shell.lines import Lines
from hall.shell.persons import Persons
from hall.shell.picture import Picture
from hall.shell.printing import Printing
from hall.shell.reminding import Reminding, secrets
from hall.shell.slot_board import SlotBoard
from hall.shell.telling import TOLD_AGAIN_S, Telling
from hall.shell.watch import Watch
from hall.told import rules_of
from hallfile.guide import EMPTY, Guide
from hallfile.notes import Notes
from hallfile.premises import Premises
from hallfile.schema import HallFile

log = logging.getLogger(__name__)

LOOK_S: Final = 1.0
"""How often the time and the devices are looked at when nothing else asks, real seconds."""


async def run(premises: Premises, bus: Bus) -> None:
    """Be the hall's controller until cancelled; `bus` is already running.

    Raises `hall.journal.JournalBroken` when there is no journal to work with.
    """
    journal = Journal.open(journal_path(premises.data))
    try:
        controller = Controller(
            premises.hall, bus, journal, premises.simulated, premises.guide(), secrets(premises)
        )
        async with controller.hatch(Persons(premises.data / FOLDER)).opened(premises.run):
            await controller.run()
    finally:
        journal.close()


class Controller:
    """All parts of the controller around one journal."""

    def __init__(
        self,
        hall: HallFile,
        bus: Bus,
        journal: Journal,
        simulated: bool = False,
        guide: Guide = EMPTY,
        secret_of: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        rules = rules_of(hall, bus.clock.speed, simulated)
        self._bus = bus
        self._ledger = Ledger(journal, rules, bus.clock, bus.new_id)
        self._intake = Intake(self._ledger)
        self._picture = Picture(bus, self._ledger, _version(), self._refused)
        self._printing = Printing(bus, rules, self._intake)
        self._telling = Telling(bus, rules, self._printing, self._picture)
        topic = bus.topic("controller", CONTROLLER_ID, "command")
        self._aside = Aside(bus, topic, rules, self._ledger, guide)
        self._door = Door(bus, self._intake, rules.texts, self._aside)
        self._keys = Keys(bus, self._intake, hall)
        self._health = Health(bus, self._intake, rules, self._telling.boards)
        self._ears = Ears(bus, self._intake, rules, self._ledger.state)
        self._watch = Watch(bus, self._intake, self._ledger, journal.path.parent)
        self._lines = Lines(bus, self._ledger)
        self._duties = Duties(bus, self._ledger, self._intake, Notes(journal.path.parent))
        self._slots = SlotBoard(bus, self._ledger)
        self._hatch: Hatch | None = None
        self._reminding = Reminding(bus, self._ledger, self._intake, journal.path.parent, secret_of)
        self._reminding.catch_up(journal)
        self._started = False
        for event in journal.since(bus.clock.now() - timedelta(seconds=TOLD_AGAIN_S * bus.clock.speed)):
            self._telling.remember(event)

    async def run(self) -> None:
        """Begin a new epoch, tell again what the one before may not have, and go on until cancelled."""
        self._begin()
        self._telling.boards.take_over()
        self._picture.hang_up()
        self._duties.hang_up()
        self._slots.hang_up()
        self._bus.when_up(self._telling.tell_again)
        if self._bus.connected.is_set():
            self._telling.tell_again()
        today = self._bus.clock.now().date()
        if not calendar.year_is_known(self._ledger.engine.rules, today):
            log.warning(
                "the holidays of %d are not known to the package chinesecalendar: Monday to Friday are "
                "taken for working days; update the package when the State Council has published them",
                today.year,
            )
        log.info("the hall is at ticket %d of %s", len(self._ledger.state.tickets), self._ledger.state.day)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._intake.run(self._tell))
                tasks.create_task(self._look())
                tasks.create_task(self._reminding.run())
        finally:
            await self._watch.close()
            self._lines.close()
            self._reminding.close()
            await self._aside.close()
            await self._printing.close()

    def _tell(self, events: list[Event]) -> None:
        self._telling.tell(events)
        self._watch.saw(events)
        self._lines.changed()
        self._duties.tell(events)
        self._slots.changed_by(events)
        if self._hatch is not None:
            self._hatch.told(events)
        self._reminding.saw(events)

    def hatch(self, persons: Persons) -> Hatch:
        """What answers those who hand in bookings on this machine."""
        self._hatch = Hatch(self._ledger, self._intake, self._bus, persons)
        return self._hatch

    def _begin(self) -> None:
        """A new epoch. A disk that does not take it is asked again; until then every command is refused."""

        def settled(reply: Reply) -> None:
            self._started = reply.ok

        self._intake.put(Order(lambda now, _: core.StartUp(at=now, by="controller"), settled=settled))
        self._intake.settle(self._telling.tell)

    async def _look(self) -> None:
        """Let time pass, and see how the devices are, at least every second."""
        while True:
            if not self._started:
                self._begin()
            self._watch.look()
            self._health.look(self._ledger.state)
            self._telling.look()
            self._picture.look()
            self._lines.look()
            self._duties.look()
            self._reminding.look()
            due = self._ledger.engine.due()
            left = LOOK_S if due is None else real_seconds_until(self._bus.clock, due)
            if left <= 0:
                self._intake.put(Order(lambda now, _: core.PassTime(at=now)))
                # a disk that takes nothing leaves it due: it is tried again, but not in a rush
                left = LOOK_S / 10
            await asyncio.sleep(min(left, LOOK_S))

    def _refused(self) -> int:
        return self._door.refused + self._keys.refused


def _version() -> str:
    try:
        return version("hallkeeper")
    except PackageNotFoundError:
        return "unknown"
