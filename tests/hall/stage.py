"""A controller on a bus in memory, with stand-ins for whom it speaks to; it can be killed and started."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any, TypeVar
from unittest.mock import patch

from broker.client import Bus, Received
from broker.clock import Clock
from broker.door import Door, Refusal
from broker.inbox import MemoryInbox
from broker.memory import MemoryBroker
from broker.messages.devices import Print
from broker.messages.envelope import Command, Message, Reply
from broker.messages.wire import Refused, decode
from broker.topics import BadTopic, Topic
from broker.transport import Packet
from hall.controller import Controller
from hall.core import State
from hall.journal import Journal, read
from hall.shell.ledger import Ledger, Order, Settled
from hallfile.guide import EMPTY
from hallfile.schema import HallFile
from tests.hall.kit import FRIDAY, small

PATIENCE_S = 10.0

M = TypeVar("M", bound=Message)

PERSON = "0123456789abcdef"
"""A keyed hash."""


class Killed(BaseException):
    """The controller's process ended here."""


class Stage:
    """One hall; `heard` is everything said on its bus that could be read."""

    def __init__(self, hall: HallFile, clock: Clock, data: Path) -> None:
        self.hall = hall
        self.clock = clock
        self.broker = MemoryBroker()
        self.journal_path = data / "journal.db"
        self.guide = EMPTY
        self.controller: Controller | None = None
        self.printed: list[Print] = []
        """What the printers have put on paper."""
        self.print_answers: dict[str, Callable[[Print], dict[str, Any]]] = {}
        """Printer → what it answers; raises `Refusal`. Printed, where nothing is said."""
        self._numbers = count(1)
        self._runs = count(1)
        self._task: asyncio.Task[None] | None = None
        self._hearing: list[tuple[Topic, Message]] = []
        self._news = asyncio.Condition()
        self._telling: set[asyncio.Task[None]] = set()
        self.bus = Bus(
            hall.hall.id, "bench", self.broker.transport("bench"), clock, lambda: f"b-{next(self._numbers)}"
        )

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Stage"]:
        """The bus is there, the printers too, and the controller runs."""
        self.bus.subscribe(f"hall/{self.hall.hall.id}/#", self._heard)
        async with self.bus.running():
            await self.bus.connected.wait()
            doors = [self._printer(name) for name in self.hall.ticket_printers]
            await self.start()
            try:
                yield self
            finally:
                await self.stop()
                for door in doors:
                    await door.close()
                await asyncio.gather(*self._telling)

    async def start(self) -> None:
        """Start the controller, and wait until it shows itself."""
        ready = asyncio.Event()
        self._task = asyncio.create_task(self._run(f"r{next(self._runs)}", ready))
        started = asyncio.create_task(ready.wait())
        async with asyncio.timeout(PATIENCE_S):
            await asyncio.wait({started, self._task}, return_when=asyncio.FIRST_COMPLETED)
        started.cancel()
        if self._task.done():
            await self._task

    async def stop(self) -> None:
        """End the controller as SIGTERM does."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError, Killed):
                await self._task
            self._task = None

    @asynccontextmanager
    async def killed_before_telling(self) -> AsyncIterator[None]:
        """The next batch that leads to something is committed, and the controller ends before it is told."""
        settle = Ledger.settle

        def die(ledger: Ledger, orders: list[Order]) -> Settled:
            settled = settle(ledger, orders)
            if settled.events:
                raise Killed
            return settled

        with patch.object(Ledger, "settle", die):
            yield
            assert self._task is not None
            async with asyncio.timeout(PATIENCE_S):
                with suppress(Killed):
                    await self._task
            self._task = None

    @property
    def state(self) -> State:
        assert self.controller is not None
        return self.controller._ledger.state

    async def ask(self, kind: type[Command], **keys: Any) -> Reply:
        """A command, and its answer."""
        return await self.ask_made(self.made(kind, **keys))

    async def ask_made(self, command: Command) -> Reply:
        """The answer to a command that was made before."""
        return await self.bus.ask_for(self.topic("controller", "main", "command"), command, PATIENCE_S)

    def send(self, command: Command) -> None:
        """A command nobody waits for the answer of."""
        self.bus.publish(self.topic("controller", "main", "command"), command)

    def made(self, kind: type[Command], **keys: Any) -> Any:
        """A command of the bench."""
        said: dict[str, Any] = {"id": self.bus.new_id(), "at": self.clock.now(), "by": "bench"}
        return kind(**{**said, "expires": self.bus.expires(30), **keys})

    def tell(self, kind: str, owner: str, leaf: str, message: Message, **packet: Any) -> None:
        """Say something as a device does."""
        self.bus.tell(self.topic(kind, owner, leaf), message, **packet)

    def topic(self, kind: str, owner: str, leaf: str) -> Topic:
        return self.bus.topic(kind, owner, leaf)

    def all(self, kind: type[M], where: str = "") -> list[M]:
        """Every message of a type heard on topics that contain `where`."""
        return [said for topic, said in self._hearing if isinstance(said, kind) and where in str(topic)]

    async def until(self, true: Callable[[], object]) -> None:
        """Wait for something heard, or some time, to make it true."""
        async with asyncio.timeout(PATIENCE_S):
            while not true():
                with suppress(TimeoutError):
                    async with asyncio.timeout(0.05), self._news:
                        await self._news.wait()

    async def hear(self, kind: type[M], where: str = "", times: int = 1) -> M:
        """Wait until a message of a type was heard so often on topics that contain `where`; the last."""
        await self.until(lambda: len(self.all(kind, where)) >= times)
        return self.all(kind, where)[-1]

    async def _run(self, name: str, ready: asyncio.Event) -> None:
        transport = self.broker.transport("controller")
        numbers = count(1)
        bus = Bus(self.hall.hall.id, "controller", transport, self.clock, lambda: f"{name}-{next(numbers)}")
        journal = Journal.open(self.journal_path)
        try:
            async with bus.running():
                await bus.connected.wait()
                self.controller = Controller(self.hall, bus, journal, guide=self.guide)
                running = asyncio.create_task(self.controller.run())
                await asyncio.sleep(0)
                ready.set()
                try:
                    await running
                except BaseExceptionGroup as group:
                    raise group.exceptions[0] from None
                finally:
                    running.cancel()
        finally:
            journal.close()

    def _printer(self, name: str) -> Door:
        async def act(command: Print) -> dict[str, Any]:
            answer = self.print_answers.get(name, printed)(command)
            self.printed.append(command)
            return answer

        return Door(self.bus, self.topic("ticket_printer", name, "command"), act, MemoryInbox(), str)

    def _heard(self, received: Received) -> None:
        packet: Packet = received.packet
        with suppress(Refused, BadTopic):
            self._hearing.append((received.topic, decode(received.topic, packet.payload)))
        task = asyncio.get_running_loop().create_task(self._notify())
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def _notify(self) -> None:
        async with self._news:
            self._news.notify_all()


def printed(_: Print) -> dict[str, Any]:
    """The answer of a printer that has printed."""
    return {"outcome": "printed"}


def no_paper(_: Print) -> dict[str, Any]:
    """The answer of a printer that is out of paper."""
    raise Refusal("paper_out", "out of paper", outcome="failed")


@asynccontextmanager
async def hall(clock: Clock, data: Path, **tables: dict[str, Any]) -> AsyncIterator[Stage]:
    async with Stage(small(**tables), clock, data).open() as stage:
        yield stage


def journaled(stage: Stage, kind: type[Any]) -> list[Any]:
    return [event for event in read(stage.journal_path, FRIDAY.date()) if isinstance(event, kind)]
