"""What every room is given when it starts: the hall, its folder and its clock."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from broker.clock import HallClock
from hallfile.guide import EMPTY, Guide, load_guide
from hallfile.load import load
from hallfile.schema import HallFile

JOURNAL: Final = "journal.db"
"""The controller's journal, in the hall's data folder on the hall's own machine."""


@dataclass(frozen=True)
class Premises:
    """One hall on one machine."""

    hall: HallFile
    path: Path
    """The hall file."""
    data: Path
    """Everything the hall keeps: journal, keys, credentials, logs, pictures."""
    clock: HallClock
    simulated: bool = False
    """Whether simulators may stand in (`hallkeeper up --simulate`)."""

    @classmethod
    def open(cls, path: Path, data: Path | None, clock: str | None, simulated: bool = False) -> "Premises":
        """Read the hall file and make the folder; raises `hallfile.load.BadHallFile`, `OSError`."""
        path = path.resolve()
        hall = load(path)
        folder = (data if data is not None else Path("var") / hall.hall.id).resolve()
        premises = cls(
            hall, path, folder, HallClock.from_spec(ZoneInfo(hall.hall.timezone), clock), simulated
        )
        for needed in (folder, premises.run, premises.pictures, premises.audio, premises.logs):
            needed.mkdir(parents=True, exist_ok=True)
        return premises

    def guide(self) -> Guide:
        """The hall's guide, empty where it has none; raises `hallfile.guide.BadGuide`."""
        file = self.hall.touch.guide
        return EMPTY if file is None else load_guide(self.path.parent / file, self.hall.services)

    @property
    def run(self) -> Path:
        """Sockets, pseudo-terminals and FIFOs of the running hall."""
        return self.data / "run"

    @property
    def pictures(self) -> Path:
        """What simulated devices and headless kiosks show, as image files."""
        return self.data / "pictures"

    @property
    def audio(self) -> Path:
        """The WAV ring of announcements (never of microphones)."""
        return self.data / "audio"

    @property
    def logs(self) -> Path:
        return self.data / "logs"
