"""The simulated ID reader of one entry in the hall file, and the cards that can be laid on it."""

from dataclasses import replace
from typing import Any, ClassVar

from hallfile.devices import IdReader
from hallfile.links import parse_link
from simulators.id_reader.cards import Card, load_cards
from simulators.id_reader.machine import ANSWERS, SPEEDS, Fault, Reader
from simulators.kit.control import NOTHING, Control, choice, number
from simulators.kit.stand_in import Stage
from simulators.kit.wired import WiredStandIn


class ReaderStandIn(WiredStandIn):
    """A reader on its USB plug, and a hand that holds cards."""

    kind: ClassVar[str] = "id_reader"

    def __init__(self, name: str, entry: IdReader, stage: Stage) -> None:
        link = parse_link(entry.link, stage.premises.data)
        self.reader = Reader(stage.chance(f"{name}/noise").randbytes, link.number("baud", 115200))
        super().__init__(name, link, stage, self.reader)
        self.cards: dict[str, Card] = {}
        if (file := stage.premises.hall.simulation.cards) is not None:
            self.cards = load_cards(stage.premises.path.parent / file)
        self._laid = NOTHING

    def controls(self) -> dict[str, Control]:
        return {
            "card": choice(lambda: self._laid, self._lay, [NOTHING, *self.cards]),
            "sw3": choice(self._answers, self._answer, [NOTHING, *(f"{status:02X}" for status in ANSWERS)]),
            "card_s": number(lambda: self.reader.pace.read, self._slow, 0, 10),
            "speed": choice(lambda: str(self.reader.speed), self._speak, [str(speed) for speed in SPEEDS]),
            "fault": choice(lambda: self.reader.fault.value, self._break, [fault.value for fault in Fault]),
            **self.wire_controls(),
        }

    def shows(self) -> dict[str, Any]:
        return {
            "cards": {name: card.description() for name, card in self.cards.items()},
            "reads": self.reader.reads,
            "speed": self.reader.speed,
        }

    def unplug(self) -> None:
        """Its plug feeds it: pulled out, it forgets what it was doing."""
        super().unplug()
        self.reader.power_cycle()

    def stepped(self) -> None:
        """Nothing can be seen on a reader but the card that lies on it."""

    def speed(self) -> int | None:
        return self.reader.speed if self.link.scheme == "serial" else None

    def _lay(self, name: str) -> None:
        self._laid = name
        self.reader.lay(self.cards.get(name))
        self.step()

    def _answers(self) -> str:
        status = self.reader.answers
        return NOTHING if status is None else f"{status:02X}"

    def _answer(self, status: str) -> None:
        self.reader.answers = None if status == NOTHING else int(status, 16)
        self.step()

    def _slow(self, seconds: float) -> None:
        self.reader.pace = replace(self.reader.pace, read=seconds)

    def _speak(self, speed: str) -> None:
        self.reader.set_speed(int(speed))
        self.step()

    def _break(self, fault: str) -> None:
        self.reader.fault = Fault(fault)
        self.step()
