"""Problems of Pauli synthesis as flat arrays, the styles in which they are solved, and their solutions.

Both solvers take and return these: the compiled kernel and solve_in_step.py. Rotations and Cliffords are packed and
read in synthesise_paulis.py.
"""

from __future__ import annotations

import math
from array import array
from functools import cache, lru_cache
from typing import NamedTuple

LEVELS = 4
"""The number of layers of rotations that are distinguished, the front included; all later ones count as one more."""

SCALE = 4096
"""The score of one letter less in the front. Scores are integers, whose sums do not depend on their order."""

UNIT = 1024
"""One in natural logarithms as an integer score."""


class Style(NamedTuple):
    """The weights by which a problem is solved.

    A later layer counts `decay`^layer of the front, the Clifford's rows `tableau` * decay^(layers left) + `always`; a
    quarter turn joins an emission if its score is above `threshold` (in letters of the front). A hash of
    the step adds up to `chance` to each score, so that steps which look a little worse are taken too.
    """

    decay: float = 0.45
    tableau: float = 0.1
    always: float = 0.01
    threshold: float = 0.0
    chance: float = 0.0

    @property
    def weights(self) -> bytes:
        """The weights as 64-bit integers: of the layers, of the tableau by layers left, the threshold, chance."""
        return _weights(self)


@lru_cache(maxsize=256)
def _weights(style: Style) -> bytes:
    powers = [style.decay**level for level in range(LEVELS + 2)]
    tableau = [style.tableau * power + style.always for power in powers]
    weights = (*powers[: LEVELS + 1], *tableau, style.threshold, style.chance)
    return array("q", [round(SCALE * weight) for weight in weights]).tobytes()


class PauliProblem(NamedTuple):
    """Rotations and a Clifford, and how they are to be solved.

    `rows` are the strings of the rotations, then of the 2n images: for each x, then z, in words of 64 wires. `minus`
    has a byte for each image, `weights` are those of a style, and `bound` is the most two-qubit gates.
    """

    width: int
    rows: bytes
    minus: bytes
    weights: bytes
    bound: int
    seed: int


class PauliSolution(NamedTuple):
    """The steps of a synthesis in order, None in their place if it needs too many two-qubit gates; then the work.

    The steps are 32-bit numbers, and a generator P_a is 3 a + P, with X Y Z as 0 1 2. `events` have four each: two
    generators, the second -1 for none; the row of the emitted rotation, -1 for none; 1 if it is negative now, plus 2
    for a quarter turn with it. `moves` are two generators each, `qubits` two numbers each: the wire on which a qubit is
    read, and in bits the x and z of its X row, those of its Z row, and their signs.
    """

    events: bytes | None
    moves: bytes | None
    qubits: bytes | None
    two_qubit_gates: int
    steps: int
    scores: int
    sums: int


@cache
def logarithms(width: int) -> array[int]:
    """The logarithms of 0 (as 0) to 2n + 1 as 32-bit scores."""
    return array("i", [0, *(round(UNIT * math.log(k)) for k in range(1, 2 * width + 2))])
