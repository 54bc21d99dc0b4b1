"""Compares circuits of Clifford gates, measurements and resets of any width, by the stabilisers of their final states.

Takes two circuits without measurements (`algebra/deferral.py`) and the qubits that count, and says whether the states
of these qubits are equal: exactly, whichever way. A state is given by its stabilisers, and so is a part of it: those
without a letter on the rest, and with Z alone on qubits of which only the outcomes count. A group of Pauli products is
compared by a basis in echelon form, which is unique.
"""

from __future__ import annotations

from collections.abc import Sequence

from ionqdsl.algebra.paulis import Image, product
from ionqdsl.ir.circuit import BARRIER, FlatCircuit, Op
from ionqdsl.simulation.statevector import Array, one_qubit
from ionqdsl.simulation.tableaus import CliffordAction, Tableau, action, action_of

MOST_WIRES = 2_000
"""Most qubits of a circuit whose stabilisers are compared: seconds."""


Moves = list[tuple[CliffordAction, tuple[int, ...]]]
"""Clifford gates with their qubits."""


def moves(circuit: FlatCircuit) -> Moves | None:
    """The gates of a circuit, if they are Clifford gates and it is not too wide.

    One-qubit gates in a row count as one: two pulses may be a Clifford gate that neither of them is.
    """
    if circuit.width > MOST_WIRES:
        return None
    found: Moves = []
    waiting: dict[int, Array] = {}
    ends = [Op(BARRIER, (qubit,)) for qubit in range(circuit.width)]
    for op in (*circuit.rows, *ends):
        matrix = None if op.gate == BARRIER or op.controls else one_qubit(op)
        if matrix is not None:
            (qubit,) = op.qubits
            waiting[qubit] = matrix @ waiting[qubit] if qubit in waiting else matrix
            continue
        for qubit in op.qubits:
            if qubit in waiting:
                turned = action_of(waiting.pop(qubit))
                if turned is None:
                    return None
                found.append((turned, (qubit,)))
        move = None if op.gate in (BARRIER, "nop") else action(op)
        if move is not None:
            found.append((move, op.qubits))
        elif op.gate not in (BARRIER, "nop"):
            return None
    return found


def are_equal(circuits: Sequence[tuple[int, Moves]], whole: Sequence[int], outcomes: Sequence[Sequence[int]]) -> bool:
    """Whether the final states of two circuits, by width and gates, are equal from |0...0>.

    They are compared on the qubits `whole`, jointly with the outcomes of others: `outcomes` has those of each circuit.
    """
    first, second = (
        _basis(_stabilisers(width, gates), [*whole, *seen], {*seen})
        for (width, gates), seen in zip(circuits, outcomes, strict=True)
    )
    return first == second


def _stabilisers(width: int, gates: Moves) -> list[Image]:
    """The stabilisers of the final state, each with its sign."""
    tableau = Tableau(width, 0)
    for move, qubits in gates:
        tableau.apply(move, qubits)
    rows = []
    for row in range(width, 2 * width):
        x = sum([(column >> row & 1) << qubit for qubit, column in enumerate(tableau.x)])
        z = sum([(column >> row & 1) << qubit for qubit, column in enumerate(tableau.z)])
        rows.append((x, z, ((x & z).bit_count() + 2 * (tableau.flips >> row & 1)) & 3))
    return rows


def _basis(rows: list[Image], qubits: Sequence[int], diagonal: set[int]) -> list[Image]:
    """The echelon form of the products that act only on `qubits` qubits, renumbered, and along Z on `diagonal` ones."""
    width = max([x.bit_length() for x, _, _ in rows] + [z.bit_length() for _, z, _ in rows], default=0)
    left = {*range(width)} - {*qubits}
    gone = [(kind, qubit) for qubit in sorted(left) for kind in (0, 1)] + [(0, qubit) for qubit in sorted(diagonal)]
    for column in gone:
        rows = _eliminated(rows, column)[1]
    basis: list[Image] = []
    for column in [(kind, qubit) for kind in (0, 1) for qubit in qubits]:
        pivot, rows = _eliminated(rows, column)
        if pivot is not None:
            basis = [product(row, pivot) if _has(row, column) else row for row in basis] + [pivot]
    return [_renumbered(row, qubits) for row in basis]


def _eliminated(rows: list[Image], column: tuple[int, int]) -> tuple[Image | None, list[Image]]:
    """A row that has a letter in a column, and the other rows without it."""
    pivot = next((row for row in rows if _has(row, column)), None)
    if pivot is None:
        return None, rows
    return pivot, [product(row, pivot) if _has(row, column) else row for row in rows if row is not pivot]


def _has(row: Image, column: tuple[int, int]) -> int:
    kind, qubit = column
    return row[kind] >> qubit & 1


def _renumbered(row: Image, qubits: Sequence[int]) -> Image:
    x, z, p = row
    return (
        sum([(x >> qubit & 1) << place for place, qubit in enumerate(qubits)]),
        sum([(z >> qubit & 1) << place for place, qubit in enumerate(qubits)]),
        p,
    )
