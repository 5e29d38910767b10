"""The pure core: commands in, events out, the state a fold of the events. No clock, no chance, no wires."""

from hall.core.decide import decide
from hall.core.engine import Engine, Outcome
from hall.core.evolve import evolve
from hall.core.refusal import Decision, Refusal
from hall.core.rules import Rules
from hall.core.state import State

__all__ = ["Decision", "Engine", "Outcome", "Refusal", "Rules", "State", "decide", "evolve"]
