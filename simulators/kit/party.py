"""Several simulated devices on one line, as RS485 has it: each hears all, and any may speak."""

from pathlib import Path

from hallfile.links import LinkUrl
from simulators.kit.wire import Wire, wire_to


class PartyLine:
    """One wire shared by its drops. It is plugged in while one of them is."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self._drops: list[Drop] = []
        wire.on_bytes = self._heard
        wire.on_left = self._left

    def drop(self) -> "Drop":
        """Another device's place on the line."""
        drop = Drop(self)
        self._drops.append(drop)
        return drop

    def settle(self) -> None:
        """Have the wire there while a device hangs on it; raises `OSError` when its place is taken."""
        if any(drop.plugged for drop in self._drops):
            self.wire.plug()
        else:
            self.wire.unplug()

    def _heard(self, data: bytes) -> None:
        for drop in self._drops:
            if drop.plugged:
                drop.on_bytes(data)

    def _left(self) -> None:
        for drop in self._drops:
            drop.on_left()


class Drop(Wire):
    """One device's end of a shared line. Pulling its plug takes it off the line, and leaves the others on."""

    def __init__(self, line: PartyLine) -> None:
        super().__init__()
        self._line = line
        self._on = False

    @property
    def plugged(self) -> bool:
        return self._on

    def plug(self) -> None:
        self._on = True
        try:
            self._line.settle()
        except OSError:
            self._on = False
            raise

    def unplug(self) -> None:
        self._on = False
        self._line.settle()

    def write(self, data: bytes) -> None:
        if self._on:
            self._line.wire.write(data)

    @property
    def speed(self) -> int | None:
        return self._line.wire.speed


class PartyLines(dict[Path, PartyLine]):
    """The serial lines of a hall on which several simulated devices hang."""

    def at(self, link: LinkUrl) -> PartyLine:
        """The line at a serial link."""
        return self.setdefault(Path(link.path), PartyLine(wire_to(link)))
