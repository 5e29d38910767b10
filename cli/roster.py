"""The rooms of a hall as processes: which there are, what each is called and how it is started."""

import sys
from dataclasses import dataclass

from hallfile.premises import Premises


@dataclass(frozen=True)
class Room:
    """One process of the hall."""

    name: str
    """Its name on the bus, and its log's."""
    title: str
    arguments: tuple[str, ...]
    """After `hallkeeper`."""
    on_bus: bool = True
    """Whether it tells its availability itself (Mosquitto does not)."""
    beats: bool = False
    """Whether its loop shows that it goes round (`broker.pulse`): a screen that stands still is noticed."""

    def command(self, premises: Premises) -> list[str]:
        """The command line that starts it on these premises."""
        common = ["--data", str(premises.data), "--clock", premises.clock.spec()]
        if premises.simulated:
            common.append("--simulate")
        return [sys.executable, "-m", "cli.main", *self.arguments, str(premises.path), *common]


BROKER = Room("broker", "broker", ("broker",), on_bus=False)
CONTROLLER = Room("controller", "controller", ("controller",))
DEVICES = Room("devices", "devices", ("devices",))
CONSOLE = Room("console", "console", ("console",))
SIMULATORS = Room("simulators", "simulators", ("sim",))


def kiosk(kiosk_id: str) -> Room:
    """The room of one touch screen."""
    return Room(f"kiosk-{kiosk_id}", f"kiosk {kiosk_id}", ("kiosk", "--id", kiosk_id), beats=True)


def rooms(premises: Premises, crowd: bool, seed: int | None) -> list[Room]:
    """Every room of the hall, in the order they are started after the broker."""
    hall = premises.hall
    chosen: list[Room] = []
    if premises.simulated:
        extra = ("--crowd" if crowd else "--no-crowd", *(("--seed", str(seed)) if seed is not None else ()))
        chosen.append(Room(SIMULATORS.name, SIMULATORS.title, (*SIMULATORS.arguments, *extra)))
    chosen += [CONTROLLER, DEVICES]
    chosen += [kiosk(name) for name, entry in hall.kiosks.items() if entry.screen]
    return [*chosen, CONSOLE]


def credentials(premises: Premises) -> list[str]:
    """Everyone who may come onto the bus: the rooms, and those who look or measure."""
    names = [room.name for room in rooms(premises, True, None)]
    return [*names, *([] if SIMULATORS.name in names else [SIMULATORS.name]), "up", "observer", "bench"]
