"""Recursive filters over blocks of samples with nothing but matrix products.

A recursive filter goes from sample to sample, which Python is slow at; and importing scipy.signal for its
`sosfilt` costs the process 72 MB (docs/decisions/2026-11-21-sound-levels-without-scipy.md). But over a chunk
of samples the filter is linear in two things, the samples and the state it starts with. So a chunk is one row
times a matrix, and a block of chunks is one matrix product. Only the states between the chunks remain to be
carried on; which is the same thing once more, a group of chunks at a time.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Section = tuple[float, float, float, float, float]
"""b0, b1, b2, a1, a2 of (b0 + b1/z + b2/z²) / (1 + a1/z + a2/z²)."""

Floats = NDArray[np.float64]

SILENT: Final = 1e-60
"""A state below this is set to nought: left to decay it would end in numbers that are slow to work with."""

MOST_PRODUCTS: Final = 1 << 18
"""Multiplications in one matrix product. Above it OpenBLAS wakes a thread for every core, and on a busy
machine their waiting for each other takes many times as long as the product."""


GROUP: Final = 64
"""About so many numbers of state make a group: few enough for a small matrix, many enough for few groups."""


class Scan:
    """Carries a state over rows: ``x[m] = x[m - 1] @ keeps + given[m]``, for `rows` rows at a time.

    The rows go in groups. What each row of a group contributes to each later one is written out as a matrix;
    from group to group it is a scan again, of fewer rows. Shared by all its users.
    """

    def __init__(self, keeps: Floats, rows: int) -> None:
        self.order = len(keeps)
        self._group = max(size for size in range(1, max(2, GROUP // self.order + 1)) if rows % size == 0)
        if self._group == 1:
            self._group = rows
        self._within = _unrolled(keeps, self._group)
        self._carried = np.hstack(_powers(keeps, self._group)[1:])
        """The state before a group → what that adds to each state of the group."""
        groups = rows // self._group
        self._between = Scan(self._carried[:, -self.order :], groups) if groups > 1 else None

    def run(self, before: Floats, given: Floats) -> Floats:
        """The state after each row, one a row; `before` is the one that the first row starts with."""
        order = self.order
        states = _product(given.reshape(-1, self._group * order), self._within)
        if self._between is None:
            states += before @ self._carried
        else:
            starts = np.empty((len(states), order))
            starts[0] = before
            starts[1:] = self._between.run(before, states[:, -order:])[:-1]
            states += starts @ self._carried
        return states.reshape(-1, order)

    def last(self, states: Floats) -> Floats:
        """The state to go on with, out of what `run` gave."""
        return np.where(np.abs(states[-1]) < SILENT, 0.0, states[-1])


class Kernel:
    """What a cascade of sections does to a block of chunks. Shared by all its users, its worktop too.

    A cascade may be tapped after several of its sections; each tap is an output of its own.
    """

    def __init__(
        self, sections: tuple[Section, ...], chunk: int, rows: int, taps: tuple[int, ...] = ()
    ) -> None:
        """`taps` are numbers of sections after which the signal is wanted; none means after the last."""
        behind = taps or (len(sections),)
        order = 2 * len(sections)
        impulse, after = _run(sections, np.zeros(order), chunk, behind, kick=1.0)
        units = [_run(sections, unit, chunk, behind) for unit in np.eye(order)]
        self.chunk, self.rows, self.taps = chunk, rows, len(behind)
        self.scan = Scan(np.array([states[-1] for _, states in units]), rows)
        self._leaves = after[::-1].copy()
        """Samples in → the state at the chunk's end."""
        self._makes = np.vstack(
            [_delayed(impulse), np.array([out.ravel() for out, _ in units])],
        )
        """Samples in, then the state at the chunk's start → samples out, tap beside tap."""
        self._worktop = np.empty((rows, chunk + order))
        self._out = np.empty((rows, len(behind) * chunk))

    def filter(self, state: Floats, samples: NDArray[np.int16 | np.float64]) -> tuple[Floats, Floats]:
        """`rows` chunks of samples through the cascade; returns the next state and the samples out.

        There is a row for each chunk and tap, chunk by chunk. They stand there until the next call.
        """
        worktop, chunk = self._worktop, self.chunk
        worktop[:, :chunk] = samples.reshape(-1, chunk)
        ends = self.scan.run(state, _product(worktop[:, :chunk], self._leaves))
        worktop[0, chunk:], worktop[1:, chunk:] = state, ends[:-1]
        return self.scan.last(ends), _product(worktop, self._makes, self._out).reshape(-1, chunk)


def _product(rows: Floats, matrix: Floats, out: Floats | None = None) -> Floats:
    """``rows @ matrix``, a few rows at a time where that is a large product."""
    if out is None:
        out = np.empty((len(rows), matrix.shape[1]))
    at_once = max(1, MOST_PRODUCTS // matrix.size)
    for first in range(0, len(rows), at_once):
        np.matmul(rows[first : first + at_once], matrix, out=out[first : first + at_once])
    return out


def _delayed(impulse: Floats) -> Floats:
    """Responses to one sample (a row for each tap) → those to each sample of a chunk (a row for each)."""
    taps, chunk = impulse.shape
    matrix = np.zeros((chunk, taps, chunk))
    for sample in range(chunk):
        matrix[sample, :, sample:] = impulse[:, : chunk - sample]
    return matrix.reshape(chunk, -1)


def _powers(keeps: Floats, most: int) -> list[Floats]:
    powers = [np.eye(len(keeps))]
    for _ in range(most):
        powers.append(powers[-1] @ keeps)
    return powers


def _unrolled(keeps: Floats, rows: int) -> Floats:
    """What each of `rows` rows adds to the states after it, as one matrix."""
    powers, order = _powers(keeps, rows), len(keeps)
    matrix = np.zeros((rows, order, rows, order))
    for row in range(rows):
        for later in range(row, rows):
            matrix[row, :, later] = powers[later - row]
    return matrix.reshape(rows * order, rows * order)


def _run(
    sections: tuple[Section, ...], state: Floats, steps: int, taps: tuple[int, ...], kick: float = 0.0
) -> tuple[Floats, Floats]:
    """What comes of `state` and a first input `kick`: `steps` samples at each tap, the state after each.

    The plain recursion, transposed direct form II.
    """
    held = state.reshape(-1, 2).tolist()
    out, states = np.empty((len(taps), steps)), np.empty((steps, state.size))
    for step in range(steps):
        value = kick if step == 0 else 0.0
        passed = []
        for (b0, b1, b2, a1, a2), delay in zip(sections, held, strict=True):
            value, given = b0 * value + delay[0], value
            delay[0] = b1 * given - a1 * value + delay[1]
            delay[1] = b2 * given - a2 * value
            passed.append(value)
        out[:, step] = [passed[tap - 1] for tap in taps]
        states[step] = np.ravel(held)
    return out, states
