"""Draws outcomes from distributions, with the random numbers of a seed.

Takes distributions of shape (2**qubits,) and returns outcomes as indices with q[0] as the most significant bit. The
same seed gives the same outcomes.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray


def generator(seed: int | None) -> np.random.Generator:
    """The random numbers of a seed, which may be negative, as that of a job may; without one, others each time."""
    return np.random.default_rng(None if seed is None else seed % 2**64)


def seeds(seed: int | None, count: int) -> list[int | None]:
    """The seeds of several circuits with one seed: no two are equal, so that no two share random numbers."""
    return [None if seed is None else seed + number for number in range(count)]


def drawn(distribution: NDArray[np.float64], draws: NDArray[np.float64]) -> NDArray[np.intp]:
    """The outcomes selected by numbers from [0, 1); an outcome of probability 0 is never among them."""
    cumulative = np.cumsum(distribution)
    places: NDArray[np.intp] = np.searchsorted(cumulative, draws * cumulative[-1], side="right")
    return places


def counts(distribution: NDArray[np.float64], shots: int, chance: np.random.Generator) -> Counter[int]:
    """How many of the shots have each outcome."""
    outcomes, times = np.unique(drawn(distribution, chance.random(shots)), return_counts=True)
    return Counter(dict(zip(outcomes.tolist(), times.tolist(), strict=True)))
