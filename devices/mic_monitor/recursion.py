"""Recursive filters over blocks of samples with nothing but matrix products.

A recursive filter goes from sample to sample, which Python is slow at; and importing scipy.signal for its
`sosfilt` costs the process 74 MB. But over a chunk of samples the filter is linear in two things, the samples
and the state it starts with. So a chunk is one row times a matrix, a block of chunks is one matrix product,
and only the states between the chunks remain to be carried on.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Section = tuple[float, float, float, float, float]
"""b0, b1, b2, a1, a2 of (b0 + b1/z + b2/z²) / (1 + a1/z + a2/z²)."""

Floats = NDArray[np.float64]

SILENT = 1e-60
"""A state below this is set to nought: left to decay it would end in numbers that are slow to work with."""


@dataclass(frozen=True)
class Kernel:
    """What a cascade of sections does to one chunk, as matrices for row vectors. Shared by all its users."""

    through: Floats
    """Samples in → samples out, both of this chunk."""
    leaves: Floats
    """Samples in → the state at the chunk's end."""
    rings: Floats
    """The state at the chunk's start → samples out."""
    keeps: Floats
    """The state at the chunk's start → the state at its end."""

    @classmethod
    def of(cls, sections: tuple[Section, ...], chunk: int) -> "Kernel":
        """Run the plain recursion once from every unit start and note what comes of it."""
        order = 2 * len(sections)
        impulse, after = _run(sections, np.zeros(order), chunk, kick=1.0)
        through = np.zeros((chunk, chunk))
        for index in range(chunk):
            through[index, index:] = impulse[: chunk - index]
        units = [_run(sections, unit, chunk) for unit in np.eye(order)]
        return cls(
            through,
            after[::-1].copy(),
            np.array([out for out, _ in units]),
            np.array([states[-1] for _, states in units]),
        )

    @property
    def chunk(self) -> int:
        """Samples in a chunk."""
        return len(self.through)


class Recursion:
    """One filter at work: a kernel and the state that is carried from block to block."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._state = np.zeros(len(kernel.keeps))

    def feed(self, chunks: Floats) -> Floats:
        """Filter whole chunks, one a row; the answer has the same shape."""
        if not len(chunks):
            return chunks
        kernel = self._kernel
        ends = chunks @ kernel.leaves
        ends[0] += self._state @ kernel.keeps
        _carry_on(ends, kernel.keeps)
        starts = np.vstack((self._state, ends[:-1]))
        self._state = np.where(np.abs(ends[-1]) < SILENT, 0.0, ends[-1])
        out: Floats = chunks @ kernel.through + starts @ kernel.rings
        return out


def _carry_on(ends: Floats, keeps: Floats) -> None:
    """Make ``ends[m] += ends[m - 1] @ keeps`` for all rows in order, doubling how far each row looks back."""
    reach = 1
    while reach < len(ends):
        ends[reach:] += ends[:-reach] @ keeps
        keeps = keeps @ keeps
        reach *= 2


def _run(
    sections: tuple[Section, ...], state: Floats, steps: int, kick: float = 0.0
) -> tuple[Floats, Floats]:
    """What comes of `state` and a first input `kick`: `steps` samples and the state after each.

    The plain recursion, transposed direct form II.
    """
    held = state.reshape(-1, 2).tolist()
    out, states = np.empty(steps), np.empty((steps, state.size))
    for step in range(steps):
        value = kick if step == 0 else 0.0
        for (b0, b1, b2, a1, a2), delay in zip(sections, held, strict=True):
            value, given = b0 * value + delay[0], value
            delay[0] = b1 * given - a1 * value + delay[1]
            delay[1] = b2 * given - a2 * value
        out[step] = value
        states[step] = np.ravel(held)
    return out, states
