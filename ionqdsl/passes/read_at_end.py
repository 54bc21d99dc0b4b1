"""Reads qubits at the very end in place of measuring them last, and leaves out resets of qubits nobody has touched.

Takes a circuit and returns an equal one: the same record and the same final outcomes. A circuit that needs nothing in
the middle becomes one that every machine takes, so this decides which jobs are dynamic, and not how a program is
spelt. Two measurements of a qubit stay two, because their difference shows how well a machine reads.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ionqdsl.ir.circuit import BARRIER, MEASURE, RESET, FlatCircuit, Register, Slot

if TYPE_CHECKING:
    from ionqdsl.ir.symbolic import AnyCircuit


def read_at_end(circuit: AnyCircuit) -> AnyCircuit:
    """The circuit without measurements and resets that need no machine of their own.

    Before:
        qubit a, b
        register m[1]
        reset a
        h a
        cnot a, b
        m[0] = measure a
    After:
        qubit a, b
        h a
        cnot a, b
        register m = a
    """
    if not circuit.is_dynamic:
        return circuit
    leading = _leading_resets(circuit)
    last = _in_whole_registers(circuit, _last_measurements(circuit))
    if not leading and not last:
        return circuit
    dropped = leading | last.keys()
    pairs = enumerate(zip(circuit.rows, circuit.origins, strict=True))
    read = dict(last.values())
    registers = _reading(circuit.registers, read)
    return circuit.with_rows((pair for place, pair in pairs if place not in dropped), registers=registers)


def _reading(registers: tuple[Register, ...], read: Mapping[Slot, int]) -> tuple[Register, ...]:
    """The registers with qubits in place of slots that nothing writes any more."""
    return tuple(
        [
            (name, tuple([read.get(slot, slot) if isinstance(slot, Slot) else slot for slot in slots]))
            for name, slots in registers
        ]
    )


def _in_whole_registers(circuit: FlatCircuit, last: dict[int, tuple[Slot, int]]) -> dict[int, tuple[Slot, int]]:
    """Those of the measurements that leave no register with both kinds of places, which no text can say."""
    found = {slot for slot, _ in last.values()}
    mixed = {
        slot
        for _, slots in circuit.registers
        if any(isinstance(slot, Slot) and slot not in found for slot in slots)
        for slot in slots
    }
    return {place: pair for place, pair in last.items() if pair[0] not in mixed}


def _leading_resets(circuit: FlatCircuit) -> set[int]:
    """The places of resets before which nothing but resets and barriers meets their qubit."""
    touched: set[int] = set()
    places = set()
    for place, op in enumerate(circuit.rows):
        if op.gate == RESET and op.qubits[0] not in touched:
            places.add(place)
        elif op.gate != BARRIER:
            touched.update(op.qubits or range(circuit.width))
    return places


def _last_measurements(circuit: FlatCircuit) -> dict[int, tuple[Slot, int]]:
    """The places of measurements after which only barriers meet their qubit and no condition looks at their slot.

    Not one right after another of its qubit, so that reading a result again changes nothing.
    """
    deciding = {slot for op in circuit.rows for slot, _ in op.when}
    last: dict[int, int] = {}
    before: dict[int, int] = {}
    for place, op in enumerate(circuit.rows):
        if op.gate != BARRIER:
            for qubit in op.qubits or range(circuit.width):
                if qubit in last:
                    before[qubit] = last[qubit]
                last[qubit] = place
    places = {}
    for qubit, place in last.items():
        op = circuit.rows[place]
        is_second = qubit in before and circuit.rows[before[qubit]].gate == MEASURE
        if op.gate == MEASURE and op.slot is not None and op.slot not in deciding and not is_second:
            places[place] = op.slot, qubit
    return places
