"""What every page is given."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from broker.client import Bus
from broker.clock import Clock
from console.feed import Feed
from console.orders import Orders
from console.past import Past
from console.picture import Picture
from console.tongue import Tongue, tongues
from hallfile.premises import Premises
from hallfile.schema import HallFile


@dataclass(frozen=True)
class House:
    """The console of one hall."""

    premises: Premises
    bus: Bus
    picture: Picture
    feed: Feed
    orders: Orders
    past: Past
    tongues: Mapping[str, Tongue] = field(default_factory=tongues)

    @classmethod
    def on(cls, premises: Premises, bus: Bus) -> "House":
        """Open the console on the bus: from here on the picture fills."""
        picture = Picture()
        feed, orders = Feed(bus, picture), Orders(bus, premises.simulated)
        return cls(premises, bus, picture, feed, orders, Past(premises.data, bus.clock))

    @property
    def hall(self) -> HallFile:
        return self.premises.hall

    @property
    def clock(self) -> Clock:
        return self.bus.clock

    def counter_name(self, say: Tongue, counter: str) -> str:
        """How a counter is called: by its own name, or its number."""
        entry = self.hall.counters.get(counter)
        return entry.name if entry is not None and entry.name else say("place.counter", number=counter)

    def tongue(self, language: str | None) -> Tongue:
        """The tongue of `language`, or the hall's own."""
        return self.tongues.get(language or "", self.tongues[self.hall.hall.language])
