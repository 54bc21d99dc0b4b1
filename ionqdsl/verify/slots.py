"""Compares the registers of outcomes of two circuits, and lets both write the same slots.

Takes circuits with measurements in the middle; the same slot may be written by a measurement in one and read at the end
in the other.
"""

from __future__ import annotations

from ionqdsl.ir.circuit import MEASURE, FlatCircuit, Op, Slot


def other_registers(a: FlatCircuit, b: FlatCircuit, preserve: str) -> str:
    """A register of outcomes that one circuit has and the other has not, or of another length."""
    mine, others = dict(a.registers), dict(b.registers)
    for name in (*mine, *others):
        slots, theirs = mine.get(name), others.get(name)
        is_written = any(isinstance(slot, Slot) for slot in (*(slots or ()), *(theirs or ())))
        if not is_written and preserve != "registers":
            continue
        if slots is None or theirs is None:
            return f"the {'first' if theirs is None else 'second'} has a register `{name}` and the other has not"
        if len(slots) != len(theirs):
            return f"register `{name}` has {len(slots)} slots against {len(theirs)}"
        if [slot is None for slot in slots] != [slot is None for slot in theirs]:
            return f"other slots of register `{name}` are written"
    return ""


def alike(circuit: FlatCircuit, other: FlatCircuit) -> FlatCircuit:
    """The circuit with a measurement at the end for each slot that only the other one writes before it.

    A register that reads a qubit at the end has the outcome of such a measurement, as nothing follows it.
    """
    theirs = dict(other.registers)
    measured: list[Op] = []
    registers = []
    for name, slots in circuit.registers:
        changed_slots = list(slots)
        for place, (slot, their) in enumerate(zip(slots, theirs.get(name, ()), strict=False)):
            if isinstance(their, Slot) and isinstance(slot, int):
                changed_slots[place] = their
                measured.append(Op(MEASURE, (slot,), slot=their))
        registers.append((name, tuple(changed_slots)))
    written = [(name, slots) for name, slots in registers if any(isinstance(slot, Slot) for slot in slots)]
    rows = [*circuit.rows, *measured]
    return circuit.replace(rows=rows, origins=[None] * len(rows), registers=tuple(sorted(written, key=lambda r: r[0])))


def read_alike(a: FlatCircuit, b: FlatCircuit) -> bool:
    """Whether the slots that are read at the end in both circuits read the same qubits."""
    theirs = dict(b.registers)
    pairs = [pair for name, slots in a.registers for pair in zip(slots, theirs[name], strict=True)]
    return all(mine == their for mine, their in pairs if not isinstance(mine, Slot) and not isinstance(their, Slot))
