"""Names the registers of circuits read from other formats, whose measurements are rows with provisional names.

Takes a circuit and the names that its registers should have, and returns one that reads qubits at the end where nothing
follows a measurement. A name that no register can have becomes the nearest that is valid, with a note.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping

from ionqdsl.diagnostics import Diagnostic
from ionqdsl.diagnostics.source import Span
from ionqdsl.emit.qc import is_name, symbols_parameters
from ionqdsl.ir.circuit import BARRIER, FlatCircuit, Op, Slot
from ionqdsl.language.lower.measurements import RESERVED
from ionqdsl.passes.read_at_end import read_at_end
from ionqdsl.read.openqasm.names import spelling


def named(circuit: FlatCircuit, wanted: Mapping[str, tuple[str, Span | None]]) -> tuple[FlatCircuit, list[Diagnostic]]:
    """The circuit with its registers' names, and notes on those that differ.

    `wanted` maps the provisional name of a register to the name in the other format and its place there.
    """
    circuit = read_at_end(_read_once(circuit))
    reserved = RESERVED | symbols_parameters(circuit.symbols).keys()
    taken = {wanted[key][0] for key, slots in circuit.registers if _may_have(wanted[key][0], slots, reserved)}
    names: dict[str, str] = {}
    noticed: list[Diagnostic] = []
    for key, slots in circuit.registers:
        name, span = wanted[key]
        if not _may_have(name, slots, reserved) or name in names.values():
            names[key] = spelling(_plain(name), taken | reserved)
            noticed.append(Diagnostic("QC1121", span, {"name": name, "instead": names[key]}))
            taken.add(names[key])
        else:
            names[key] = name
    registers = tuple(
        [(names[key], tuple([_moved(slot, names) for slot in slots])) for key, slots in circuit.registers]
    )
    return circuit.replace(rows=[_renamed(op, names) for op in circuit.rows], registers=registers), noticed


def _read_once(circuit: FlatCircuit) -> FlatCircuit:
    """A circuit in which nothing follows any measurement, with registers that read its qubits at the end.

    A qubit that is measured into several registers there is read once, since a machine without measurements in the
    middle cannot do more. Twice into one register stays twice, and so does everything in other circuits.
    """
    qubits: dict[int | Slot | None, int] = {op.slot: op.qubits[0] for op in circuit.rows if op.slot is not None}
    measured: set[int] = set()
    for op in circuit.rows:
        if op.slot is not None:
            measured.add(op.qubits[0])
        elif op.when or (op.gate != BARRIER and not measured.isdisjoint(op.qubits or measured)):
            return circuit
    registers = [(name, tuple([qubits.get(slot) for slot in slots])) for name, slots in circuit.registers]
    if any(len({*places} - {None}) < len(places) - places.count(None) for _, places in registers):
        return circuit
    steps = zip(circuit.rows, circuit.origins, strict=True)
    return circuit.with_rows((step for step in steps if step[0].slot is None), registers=tuple(registers))


def _plain(name: str) -> str:
    """A name without signs: `q_0_q_1` for `q(0),q(1)`."""
    return "_".join(re.findall(r"\w+", name)) or name


def _may_have(name: str, slots: tuple[int | Slot | None, ...], reserved: Container[str]) -> bool:
    """Whether a register may have a name; one that measurements write has none that is reserved."""
    return is_name(name) and not (name in reserved and any(isinstance(slot, Slot) for slot in slots))


def _renamed(op: Op, names: Mapping[str, str]) -> Op:
    if op.slot is None and not op.when:
        return op
    when = tuple(sorted([(Slot(names[slot.register], slot.place), bit) for slot, bit in op.when]))
    return op._replace(slot=op.slot and Slot(names[op.slot.register], op.slot.place), when=when)


def _moved(place: int | Slot | None, names: Mapping[str, str]) -> int | Slot | None:
    return Slot(names[place.register], place.place) if isinstance(place, Slot) else place
