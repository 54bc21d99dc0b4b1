"""Writes a circuit that measures and resets qubits before the end as one that does not, with the same outcomes.

Takes a circuit and returns a wider one of gates alone: deferred measurement (M. A. Nielsen and I. L. Chuang, Quantum
Computation and Quantum Information, section 4.4). Its first qubits are those of the circuit, then comes one for each
slot, which ends with the outcome of its measurement, and then those that keep the states before resets.
"""

from __future__ import annotations

from collections.abc import Iterator

from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.circuit import BARRIER, MEASURE, RESET, FlatCircuit, Op, Slot


def deferred(circuit: FlatCircuit) -> FlatCircuit:
    """The circuit without measurements, resets and conditions; registers read the qubits of their slots at the end.

    The first `circuit.width + len(circuit.slots)` bits of its outcomes are distributed as the outcomes of the circuit.
    A measurement copies its qubit by a `cnot`, or is the qubit itself if a reset follows; a reset goes on with a new
    qubit; conditions become controls.
    """
    places = {slot: circuit.width + number for number, slot in enumerate(circuit.slots)}
    registers = tuple(
        [
            (name, tuple([places[slot] if isinstance(slot, Slot) else slot for slot in slots]))
            for name, slots in circuit.registers
        ]
    )
    ends, left = _ends(circuit, places)
    rows = list(_rows(circuit, places, ends))
    return circuit.with_rows(rows, width=circuit.width + len(places) + left, registers=registers, wires=(), inputs=None)


def _ends(circuit: FlatCircuit, places: dict[Slot, int]) -> tuple[dict[int, int], int]:
    """The qubit that keeps the state before each reset, by the place of its row, and how many of these are new.

    A reset of a qubit that no gate has touched changes nothing, and has none.
    """
    ends: dict[int, int] = {}
    last: dict[int, Op] = {}
    left = 0
    for place, op in enumerate(circuit.rows):
        if op.gate == RESET:
            before = last.pop(op.qubits[0], None)
            if before is not None and before.slot is not None:
                ends[place] = places[before.slot]
            elif before is not None:
                ends[place] = circuit.width + len(places) + left
                left += 1
        elif op.gate != BARRIER:
            last.update(dict.fromkeys(op.qubits, op))
    return ends, left


def _rows(circuit: FlatCircuit, places: dict[Slot, int], ends: dict[int, int]) -> Iterator[tuple[Op, Span | None]]:
    """The rows, each qubit in the place that it keeps until its next reset."""
    steps: dict[int, list[int]] = {}
    for place, end in reversed(ends.items()):
        steps.setdefault(circuit.rows[place].qubits[0], []).append(end)
    now = {qubit: steps[qubit].pop() if steps.get(qubit) else qubit for qubit in range(circuit.width)}
    for place, (op, origin) in enumerate(zip(circuit.rows, circuit.origins, strict=True)):
        if op.gate == RESET:
            (qubit,) = op.qubits
            if place in ends:
                now[qubit] = steps[qubit].pop() if steps[qubit] else qubit
        elif op.gate == MEASURE:
            assert op.slot is not None
            if now[op.qubits[0]] != places[op.slot]:
                yield Op("cnot", (now[op.qubits[0]], places[op.slot])), origin
        else:
            moved = op.on(now)._replace(when=())
            controls = tuple([places[slot] for slot, _ in op.when])
            if controls:
                moved = moved._replace(qubits=(*controls, *moved.qubits), controls=op.controls + len(controls))
            flips = [(Op("x", (places[slot],)), origin) for slot, bit in op.when if not bit]
            yield from (*flips, (moved, origin), *flips)
