"""The monkey: touches, waits, lays cards down, and looks at every picture for what must not be there."""

import logging
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from random import Random
from typing import Final

from hallfile.premises import Premises
from kiosk.easel import Easel
from kiosk.monkey.world import MORNING, World
from kiosk.presenters.happenings import CardLaid, Happening, Ticked, Touched
from kiosk.presenters.model import Model, first_model
from kiosk.presenters.pages import CardTrouble
from kiosk.presenters.patience import PATIENCE, is_at_rest
from kiosk.presenters.present import advance
from kiosk.screens.widgets import Label, View
from kiosk.technician.tools import Tool

log = logging.getLogger(__name__)

PATIENT_S: Final = PATIENCE.decision + PATIENCE.printing + 15.0
"""The longest that a screen left alone may take: a question, its paper, a decision."""
TICK_S: Final = 1.0
ON_A_CONTROL: Final = 0.8
"""How often the monkey hits something; else it touches just anywhere."""
NOBODY: Final = -1
SECRET: Final = re.compile(r"Q\d{5}|[\u4e00-\u9fff]{2}\*")
"""A number or a masked name of the monkey's world."""
AWAY: Final = 0.004
CARD: Final = 0.03
TROUBLE: Final = 0.05


@dataclass
class Findings:
    """What came of it."""

    touches: int = 0
    visits: int = 0
    cards: int = 0
    homecomings: int = 0
    """How often the monkey went away and the screen came home by itself."""
    longest_s: float = 0.0
    """The longest that this took."""
    pages: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


class Monkey:
    """One monkey at one screen, on a clock of its own."""

    def __init__(self, model: Model, easel: Easel, seed: int) -> None:
        self.found = Findings()
        self._model = model
        self._easel = easel
        self._random = Random(seed)
        self._world = World(model.floor, self._random)
        self._now = 0.0
        self._ids = 0
        self._visit = 0
        """Grows with each change of who stands there."""
        self._secrets: dict[str, int] = {}
        """Whose a text is, by visit."""
        self._view: View | None = None

    def play(self, touches: int) -> Iterator[int]:
        """Touch so many times; yields after each."""
        for happening in self._world.waking():
            self._happen(happening)
        for count in range(1, touches + 1):
            self._one_round()
            self.found.touches = count
            yield count
        self._go_away()

    def _one_round(self) -> None:
        self._pass(self._random.choice((0.05, 0.5, 1.0, 3.0, 8.0)))
        draw = self._random.random()
        if draw < AWAY:
            self._go_away()
        elif draw < AWAY + CARD:
            self._lay_card()
        elif draw < AWAY + CARD + TROUBLE:
            for happening in self._world.trouble(self._now):
                self._happen(happening)
        self._touch()

    def _touch(self) -> None:
        view = self._look()
        targets = list(view.targets())
        if targets and self._random.random() < ON_A_CONTROL:
            rect = self._random.choice(targets).rect
        else:
            rect = view.rect
        x = rect.x + self._random.randrange(rect.w)
        y = rect.y + self._random.randrange(rect.h)
        met = view.hit(x, y)
        if isinstance(met, Tool):
            self._blame(f"a citizen can touch {met}")
            return
        self._happen(Touched(met))

    def _lay_card(self) -> None:
        self.found.cards += 1
        card = self._world.card()
        if isinstance(card, CardLaid):
            self._secrets[card.name_masked] = NOBODY
        self._happen(card)

    def _pass(self, seconds: float) -> None:
        """Let time go by, with all that is due in it."""
        end = self._now + seconds
        while self._now < end:
            self._now = min(end, self._now + TICK_S)
            for happening in self._world.due(self._now):
                self._happen(happening)
            self._happen(Ticked(MORNING + timedelta(seconds=self._now)))

    def _go_away(self) -> None:
        """Nobody is there: the screen must come home by itself."""
        left_at = self._now
        while not is_at_rest(self._model):
            if self._now - left_at > PATIENT_S:
                self._blame(f"still {self._model.screen} {PATIENT_S:.0f} s after the last touch")
                return
            self._pass(TICK_S)
        self.found.homecomings += 1
        self.found.longest_s = max(self.found.longest_s, self._now - left_at)

    def _happen(self, happening: Happening) -> None:
        before = self._model
        step = advance(before, happening, self._now, self._new_id)
        self._model = step.model
        if step.model is not before:
            self._view = None
            self._mind_who_is_there(before)
        for request in step.requests:
            self._world.asked(request, self._now, partial(self._note, self._visit))
        if self._view is None:
            self._inspect(self._look())

    def _mind_who_is_there(self, before: Model) -> None:
        """A visit ends when the screen is home again, and when another card is greeted or in trouble."""
        now, was = self._model, before.visitor
        greeted = now.visitor is not None and (was is None or was.person != now.visitor.person)
        trouble = isinstance(now.page, CardTrouble) and now.page is not before.page
        if greeted or trouble or (is_at_rest(now) and not is_at_rest(before)):
            self._visit += 1
            self.found.visits += 1
        if greeted and now.visitor is not None:
            self._secrets[now.visitor.name_masked] = self._visit

    def _look(self) -> View:
        if self._view is None:
            self._view = self._easel.view(self._model)
        return self._view

    def _inspect(self, view: View) -> None:
        self.found.pages[self._model.screen] += 1
        for widget in view.walk():
            if isinstance(widget, Label):
                for word in SECRET.findall(widget.text):
                    owner = self._secrets.get(word, self._visit)
                    if owner != self._visit:
                        self._blame(f"{word} of visit {owner} is on the page {self._model.screen}")
        if is_at_rest(self._model) and (self._model.lookups or self._model.early_paper):
            self._blame("something of the last visit is kept at rest")

    def _note(self, visit: int, text: str) -> str:
        self._secrets[text] = visit
        return text

    def _blame(self, fault: str) -> None:
        self.found.faults.append(f"at touch {self.found.touches}, {self._now:.0f} s: {fault}")

    def _new_id(self) -> str:
        self._ids += 1
        return f"r-{self._ids}"


def report(premises: Premises, kiosk_id: str, *, touches: int, seed: int, say: Callable[[str], None]) -> int:
    """Let a monkey loose on `kiosk_id`, and say what came of it: 0 where every promise held, else 1.

    Raises `kiosk.fonts.NoFont`, and `KeyError` for a kiosk that is not in the hall file.
    """
    from kiosk.render import floor_drawn

    entry = premises.hall.kiosks[kiosk_id]
    easel = Easel.set_up(entry.width, entry.height, premises.hall.hall.font, premises.path.parent)
    monkey = Monkey(first_model(floor_drawn(premises, kiosk_id), 0.0), easel, seed)
    for count in monkey.play(touches):
        if count % 10_000 == 0:
            log.info("%d touches", count)
    found = monkey.found
    say(
        f"{found.touches} touches, {found.cards} cards, {found.visits} visits, "
        f"{sum(found.pages.values())} pictures of {len(found.pages)} pages; "
        f"{found.homecomings} times left alone, home after {found.longest_s:.0f} s at most"
    )
    say(", ".join(f"{name} {count}" for name, count in found.pages.most_common()))
    for fault in found.faults[:20]:
        say(fault)
    say(f"{len(found.faults)} promises broken" if found.faults else "every promise held")
    return 1 if found.faults else 0
