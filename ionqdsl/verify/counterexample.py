"""An input that two circuits treat differently, to show to people.

Two circuits and a contract go in, a `Counterexample` comes out: a product state of |0>, |1>, |+> and |i>, simple ones
first, and an outcome whose probability differs, or how far the final states overlap. Nothing is judged here: where a
difference is known, this finds where it can be seen.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from ionqdsl.angle import Angle
from ionqdsl.circuit import Circuit, Op, shared
from ionqdsl.record import record

WIDEST = 14
"""Up to so many qubits states are tried."""
PLAIN = 0.1
"""A difference of probabilities that is shown without looking for a larger one."""
_LEAST = 1e-6
_RANDOM = 16
_PREPARED = {"0": (), "1": ("x",), "+": ("h",), "i": ("h", "s")}


@record
class Counterexample:
    """`input` has a letter a qubit, q[0] first; `values` are those of the parameters.

    `probabilities` are what the two circuits give to `outcome` (bits in the same order), `overlap` is the square of
    the final states' inner product.
    """

    input: str
    outcome: str
    probabilities: tuple[float, float]
    overlap: float
    values: dict[str, float]

    def to_json(self) -> dict[str, Any]:
        """Plain data, a field an entry."""
        names = ("input", "outcome", "probabilities", "overlap", "values")
        return {name: getattr(self, name) for name in names}


def counterexample(a: Circuit, b: Circuit, preserve: str, seed: int = 0) -> Counterexample | None:
    """The first input with a plain difference, or else that with the largest; None where none shows.

    Under `unitary` the overlap of final states counts too; under `outcomes` only |0...0> is tried.
    """
    if a.width != b.width or not 0 < a.width <= WIDEST:
        return None
    generator = random.Random(seed)
    values = {atom: round(generator.uniform(-3, 3), 3) for atom in dict.fromkeys((*a.atoms, *b.atoms))}
    best, largest = None, _LEAST
    for start in _starts(a.width, generator) if preserve != "outcomes" else ["0" * a.width]:
        found = _compared(a, b, start, values)
        gap = abs(found.probabilities[0] - found.probabilities[1])
        if gap > PLAIN:
            return found
        if (seen := max(gap, 1 - found.overlap) if preserve == "unitary" else gap) > largest:
            best, largest = found, seen
    return best


def _starts(width: int, generator: random.Random) -> Iterator[str]:
    zeros = "0" * width
    yield zeros
    for letter in "1+i":
        yield from (zeros[:qubit] + letter + zeros[qubit + 1 :] for qubit in range(width))
    yield "+" * width
    for _ in range(_RANDOM):
        yield "".join(generator.choices("01+i", k=width))


def _compared(a: Circuit, b: Circuit, start: str, values: dict[str, float]) -> Counterexample:
    import numpy as np

    from ionqdsl.simulate import state

    rows = [shared(gate, (qubit,)) for qubit, letter in enumerate(start) for gate in _PREPARED[letter]]
    first, second = (
        state(Circuit(a.width, rows=[*rows, *bound], origins=[None] * (len(rows) + len(bound))))
        for bound in ([_bound(op, values) for op in circuit.rows] for circuit in (a, b))
    )
    shares = abs(first) ** 2, abs(second) ** 2
    place = int(abs(shares[0] - shares[1]).argmax())
    overlap = abs(np.vdot(first, second)) ** 2
    given = float(shares[0][place]), float(shares[1][place])
    return Counterexample(start, format(place, f"0{a.width}b"), given, float(overlap), values)


def _bound(op: Op, values: dict[str, float]) -> Op:
    if all(angle.is_bound for angle in op.angles):
        return op

    def value_of(atom: str) -> Angle | float | None:
        return values.get(atom)

    return op._replace(angles=tuple(angle.bind(value_of) for angle in op.angles))
