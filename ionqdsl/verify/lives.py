"""Writes a circuit with measurements and resets as one of gates alone, in which every life of a qubit has a wire.

A life of a qubit lasts from one measurement or reset of it to the next. If two circuits measure and reset their qubits
alike, their lives correspond, and the circuits of gates between them may be compared by every method for such circuits:
a life ends measured, reset or at the end of the circuit, and begins as an input, in |0>, or in the |0> or |1> that was
measured. For each record of outcomes the whole is the circuit of gates between fixed states of the wires, so two such
circuits may differ by phases of outcomes where a life is measured, and by a turn about z where the next one begins.
"""

from __future__ import annotations

from collections.abc import Sequence

from ionqdsl.ir.circuit import BARRIER, MEASURE, RESET, FlatCircuit, Op, Slot
from ionqdsl.ir.contracts import fixes_phases
from ionqdsl.record import record
from ionqdsl.verify.product_rotations import Borders


@record
class Lives:
    """The circuit of gates, whose first qubits are those of the circuit in their first lives, and its borders."""

    circuit: FlatCircuit
    borders: Borders


def endings(circuit: FlatCircuit) -> list[list[Slot | None]]:
    """The ends of the lives of each qubit, in order: measurements, by their slots, and resets."""
    found: list[list[Slot | None]] = [[] for _ in range(circuit.width)]
    for op in circuit.rows:
        if op.gate == MEASURE or op.gate == RESET:
            found[op.qubits[0]].append(op.slot)
    return found


def lives(circuit: FlatCircuit, preserve: str) -> Lives:
    """The lives of a circuit's qubits. Conditions on outcomes become controls on the lives that were measured."""
    following = _numbers(circuit)
    now = [*range(circuit.width)]
    done = [0] * circuit.width
    ended: dict[Slot, int] = {}
    before: dict[int, int] = {}
    forgotten, zeros = set(), set()
    rows: list[Op] = []
    for op in circuit.rows:
        if op.gate == MEASURE or op.gate == RESET:
            (qubit,) = op.qubits
            old, new = now[qubit], following[qubit] + done[qubit]
            now[qubit] = new
            done[qubit] += 1
            before[new] = old
            if op.slot is not None:
                ended[op.slot] = old
            else:
                forgotten.add(old)
                zeros.add(new)
        elif op.gate != BARRIER:
            rows += _moved(op, now, ended)
    measured = {*ended.values()} | (set() if fixes_phases(preserve) else {*now})
    if preserve == "outcomes":
        zeros |= {*range(circuit.width)}
    width = circuit.width + len(before)
    borders = Borders(frozenset(measured), frozenset(forgotten), frozenset(zeros), before)
    return Lives(FlatCircuit(width, rows=rows, origins=[None] * len(rows)), borders)


def _numbers(circuit: FlatCircuit) -> list[int]:
    """The number of each qubit's second life; later ones follow."""
    numbers, free = [], circuit.width
    for ends in endings(circuit):
        numbers.append(free)
        free += len(ends)
    return numbers


def _moved(op: Op, now: Sequence[int], ended: dict[Slot, int]) -> list[Op]:
    """A row on the lives of its qubits, with controls for conditions."""
    qubits = tuple([now[qubit] for qubit in op.qubits])
    if not op.when:
        return [op._replace(qubits=qubits)]
    deciding = tuple([ended[slot] for slot, _ in op.when])
    flips = [Op("x", (ended[slot],)) for slot, bit in op.when if not bit]
    controlled = op._replace(qubits=(*deciding, *qubits), controls=len(deciding) + op.controls, when=())
    return [*flips, controlled, *flips]
