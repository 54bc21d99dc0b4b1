"""Finds the measurements and resets that are in the middle of a circuit in its text only.

Takes a circuit and returns an equal one. A measurement that nothing follows on its qubit is a readout at the end, and a
reset that nothing precedes does nothing; without them many circuits are ordinary ones, which every machine takes.
"""

from __future__ import annotations

from dataclasses import replace

from ionqdsl.ir.circuit import BARRIER, MEASURE, RESET, FlatCircuit, Slot
from ionqdsl.ir.job import LoweredProgram


def settled(circuit: FlatCircuit) -> FlatCircuit:
    """The circuit without leading resets, and with its last measurements as registers that are read at the end.

    A measurement on whose outcome a gate depends stays, and so do two measurements of a qubit in a row.
    """
    if not circuit.is_dynamic:
        return circuit
    needed = {slot for op in circuit.rows for slot, _ in op.when}
    dropped: set[int] = set()
    finals: dict[Slot, int] = {}
    for qubit, (last, before) in _ends(circuit).items():
        op = circuit.rows[last]
        if op.gate == MEASURE and op.slot is not None and op.slot not in needed and before != MEASURE:
            finals[op.slot] = qubit
            dropped.add(last)
    started: set[int] = set()
    for number, op in enumerate(circuit.rows):
        if op.gate == RESET and op.qubits[0] not in started:
            dropped.add(number)
        elif op.gate != BARRIER:
            started.update(op.qubits)
    if not dropped:
        return circuit
    pairs = zip(circuit.rows, circuit.origins, strict=True)
    registers = tuple(
        (name, tuple([finals.get(place, place) if isinstance(place, Slot) else place for place in places]))
        for name, places in circuit.registers
    )
    return circuit.with_rows((row for number, row in enumerate(pairs) if number not in dropped), registers=registers)


def _ends(circuit: FlatCircuit) -> dict[int, tuple[int, str]]:
    """For each qubit the number of its last row, and the gate of the row before that ("" for none)."""
    ends: dict[int, tuple[int, str]] = {}
    for number, op in enumerate(circuit.rows):
        if op.gate != BARRIER:
            for qubit in op.qubits:
                ends[qubit] = number, circuit.rows[ends[qubit][0]].gate if qubit in ends else ""
    return ends


def settled_program(program: LoweredProgram) -> LoweredProgram:
    """The program with all its circuits settled; the same one if none changes."""
    runs = [settled(circuit) for circuit in program.runs]
    return replace(program, runs=runs) if any(a is not b for a, b in zip(runs, program.runs, strict=True)) else program
