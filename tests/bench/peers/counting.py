"""The costs of native rows, counted the same way for every compiler.

Rows of the gate table go in, a `Count` comes out. A Z rotation is free everywhere: ion traps do it by the phase of
later pulses. Rows are counted twice: as they stand, and with every run of one-qubit gates between a pair of two-qubit
gates replaced by the fewest pulses that do the same up to Z rotations on either side. Nothing here asks who made the
rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import BARRIER, Op
from ionqdsl.simulation.statevector import Array, one_qubit

TWO_QUBIT_GATES = ("xx", "yy", "zz", "ms", "zz_native")

SAME = 1e-6
"""Entries of matrices closer than this count as equal: some compilers write angles with eight digits."""


class Count(NamedTuple):
    """`angle` is in two-qubit gates of a quarter turn (a cnot's worth), `emitted` and `pulses` are one-qubit pulses.

    `emitted` counts the rows as they stand, `pulses` after merging runs; `depth` is in two-qubit gates.
    """

    two_qubit_gates: int
    angle: float
    depth: int
    emitted: int
    pulses: int


def count(rows: Iterable[Op], width: int) -> Count:
    """Counts rows; those of one qubit may be any gate, those of two must be in TWO_QUBIT_GATES."""
    two_qubit_gates, angle, emitted, pulses = 0, 0.0, 0, 0
    level = [0] * width
    runs: dict[int, Array] = {}
    for op in rows:
        if op.gate == BARRIER:
            continue
        matrix = one_qubit(op)
        if matrix is not None:
            (qubit,) = op.qubits
            emitted += _pulses(matrix)
            runs[qubit] = matrix @ runs[qubit] if qubit in runs else matrix
            continue
        if op.gate not in TWO_QUBIT_GATES or op.controls:
            raise ValueError(f"{op.gate} on {len(op.qubits)} qubits is not native")
        two_qubit_gates += 1
        angle += _quarter_turns(op)
        reached = 1 + max(level[qubit] for qubit in op.qubits)
        for qubit in op.qubits:
            level[qubit] = reached
            if qubit in runs:
                pulses += _pulses(runs.pop(qubit))
    pulses += sum(map(_pulses, runs.values()))
    return Count(two_qubit_gates, round(angle, 6), max(level, default=0), emitted, pulses)


def _pulses(matrix: Array) -> int:
    """How many pulses a one-qubit gate takes: 0 for Z rotations, 1 for a half or a quarter turn, otherwise 2.

    Z rotations before and after are free, so only the size of the entries counts: cos and sin of half the polar angle.
    """
    stay, flip = abs(matrix[0, 0]), abs(matrix[0, 1])
    if flip < SAME:
        return 0
    return 1 if stay < SAME or abs(stay - flip) < SAME else 2


def _quarter_turns(op: Op) -> float:
    """The angle of interaction, folded to at most 1: half a turn more is a local gate."""
    turns = op.angles[-1].in_turns() % 0.5
    return 4 * min(turns, 0.5 - turns)


def for_ms(rows: Iterable[Op]) -> Iterator[Op]:
    """The same rows for a machine with ms: each zz becomes an xx between Hadamards, which merge into their runs."""
    for op in rows:
        if op.gate not in ("zz", "zz_native"):
            yield op
            continue
        around = [Op("h", (qubit,)) for qubit in op.qubits]
        yield from around
        yield Op("xx", op.qubits, op.angles)
        yield from around


def rz(theta: float, qubit: int) -> Op:
    """A Z rotation by so many radians."""
    return Op("rz", (qubit,), (Angle(0, theta),))


def rx(theta: float, qubit: int) -> Op:
    """An X rotation by so many radians."""
    return Op("rx", (qubit,), (Angle(0, theta),))


def interaction(kind: str, theta: float, qubits: tuple[int, ...]) -> Op:
    """exp(-i theta/2 XX) for "xx", exp(-i theta/2 ZZ) for "zz"."""
    return Op(kind, qubits, (Angle(0, theta),))
