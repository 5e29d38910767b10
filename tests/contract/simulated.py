"""A simulated device at the other end of a driver's link."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from broker.client import Bus
from broker.ids import ulids
from broker.memory import MemoryBroker
from hallfile.catalogue import Catalogue
from hallfile.premises import Premises
from simulators.kit.stand_in import Stage, StandIn

DEZHOU = Path(__file__).parents[2] / "examples" / "dezhou.toml"

Machine = TypeVar("Machine", bound=StandIn)


@contextmanager
def plugged(make: Callable[[Stage], Machine], folder: Path) -> Iterator[Machine]:
    """The machine that `make` builds, plugged in for the length of a with-block; nobody draws its picture."""
    premises = Premises.open(DEZHOU, folder / "data", None, simulated=True)
    transport = MemoryBroker().transport("simulators")
    bus = Bus("dezhou", "simulators", transport, premises.clock, ulids(premises.clock))
    with ThreadPoolExecutor(1) as studio:
        machine = make(Stage(premises, bus, Catalogue("zh-CN", {}), studio))
        machine.plug()
        try:
            yield machine
        finally:
            machine.close()
