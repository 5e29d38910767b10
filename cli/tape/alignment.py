"""Following a driver through a recorded conversation, though not everything comes at the same moment. Pure.

A driver polls, so the same tape never comes out twice: it asks once more than it did, or once less. What it
says is looked for among the recorded questions: the next one, an earlier one (asked again), a later one
(those between were left out). Only what was never asked like this is a difference.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from cli.tape.records import Turn

Fit = Literal["next", "again", "later", "differs"]

MOST_HELD: Final = 1 << 20
"""Bytes of a question that is not whole; beyond it they are a difference."""


@dataclass(frozen=True)
class Heard:
    """A question of the driver, and the recorded one it was taken for."""

    index: int
    """Of the turn."""
    fit: Fit
    got: bytes

    def first_difference(self, turn: Turn) -> int:
        """Where it departs from the recorded question."""
        return common(self.got, turn.question)


class Follower:
    """Takes in what the driver says and says where on the tape it is."""

    def __init__(self, tape: Sequence[Turn]) -> None:
        self.skipped = 0
        """Recorded questions that were passed over."""
        self._tape = tape
        self._next = 0
        self._held = b""

    @property
    def at_end(self) -> bool:
        """Whether every recorded question has had its turn."""
        return self._next >= len(self._tape)

    @property
    def left(self) -> int:
        """Recorded questions that have not been asked."""
        return len(self._tape) - self._next

    @property
    def waits(self) -> bool:
        """Whether a question has begun and is not whole."""
        return bool(self._held)

    def feed(self, data: bytes) -> list[Heard]:
        """Take in bytes and return the questions they complete."""
        self._held += data
        heard = []
        while self._held and (found := self._find()) is not None:
            index, fit = found
            question = self._tape[index].question
            self._held = self._held[len(question) :]
            if fit != "again":
                self._pass(index)
            heard.append(Heard(index, fit, question))
        return heard + (self.settle() if len(self._held) > MOST_HELD else [])

    def settle(self) -> list[Heard]:
        """Nothing more came: what is held is whole as it is, and differs."""
        if not self._held or not self._tape:
            return []
        index = self._nearest()
        heard = Heard(index, "differs", self._held)
        self._held = b""
        self._pass(index)
        return [heard]

    def _find(self) -> tuple[int, Fit] | None:
        """The recorded question that what is held begins with."""
        here = min(self._next, len(self._tape))
        candidates: list[tuple[int, Fit]] = [
            *((index, "next") for index in range(here, min(here + 1, len(self._tape)))),
            *((index, "again") for index in range(here - 1, -1, -1)),
            *((index, "later") for index in range(here + 1, len(self._tape))),
        ]
        for index, fit in candidates:
            question = self._tape[index].question
            if question and self._held.startswith(question):
                return index, fit
        return None

    def _nearest(self) -> int:
        """The question still to come that what is held is most like."""
        here = min(self._next, len(self._tape) - 1)
        return max(
            range(here, len(self._tape)),
            key=lambda index: (common(self._held, self._tape[index].question), -index),
        )

    def _pass(self, index: int) -> None:
        if index >= self._next:
            self.skipped += index - self._next
            self._next = index + 1


def common(one: bytes, other: bytes) -> int:
    """How many bytes they begin with together."""
    return next(
        (at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
