"""Names the registers of circuits read from other formats, whose measurements are rows with provisional names.

Takes a circuit and the names that its registers should have, and returns one that reads qubits at the end where nothing
follows a measurement. A name that no register can have becomes the nearest that is valid, with a note.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Mapping, Sequence

from ionqdsl.diagnostics import Diagnostic
from ionqdsl.diagnostics.source import Span
from ionqdsl.emit.dynamic import Reading
from ionqdsl.emit.qc import is_name, symbols_parameters
from ionqdsl.ir.circuit import BARRIER, FlatCircuit, Op, Slot, Steps
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
    renamed = lambda steps: steps._replace(rows=[_renamed(op, names) for op in steps.rows])  # noqa: E731
    return circuit.with_steps(renamed, registers=registers), noticed


def mapped(circuit: FlatCircuit, readings: Sequence[Reading] | None) -> FlatCircuit | None:
    """The circuit with the registers that the job's metadata describe; None if they do not fit it.

    A bit that two registers have is a qubit read at the end, as no program writes one slot for two registers.
    """
    if readings is None:
        return None
    held = dict(circuit.registers)
    bits = Counter(bit for _, places in readings for bit in places if bit is not None)
    if any(index >= len(held.get(name, ())) or held[name][index] is None for name, index in bits):
        return None
    found = {(name, index): held[name][index] for name, index in bits}
    shared_slots = {slot for bit, slot in found.items() if bits[bit] > 1 and isinstance(slot, Slot)}
    circuit, qubits = _finally(circuit, shared_slots)
    if len(qubits) < len(shared_slots) or len({name for name, _ in readings}) < len(readings):
        return None
    moved = {
        slot: Slot(name, number)
        for name, places in readings
        for number, bit in enumerate(places)
        if bit is not None and isinstance(slot := found[bit], Slot) and slot not in qubits
    }
    settled = {
        bit: qubits.get(place, moved.get(place, place)) if isinstance(place, Slot) else place
        for bit, place in found.items()
    }
    registers = tuple(
        [(name, tuple([None if bit is None else settled[bit] for bit in places])) for name, places in readings]
    )
    if not all(_may_have(name, slots, RESERVED) for name, slots in registers):
        return None
    if any(slot not in moved for op in circuit.rows for slot in (op.slot, *dict(op.when)) if slot is not None):
        return None  # no register has this bit of the text
    return circuit.replace(rows=[_moved_row(op, moved) for op in circuit.rows], registers=registers)


def _moved_row(op: Op, moved: Mapping[Slot, Slot]) -> Op:
    if op.slot is None and not op.when:
        return op
    when = tuple(sorted([(moved[slot], bit) for slot, bit in op.when]))
    return op._replace(slot=op.slot and moved[op.slot], when=when)


def _finally(circuit: FlatCircuit, slots: Container[Slot]) -> tuple[FlatCircuit, dict[Slot, int]]:
    """The circuit without those measurements into slots after which nothing meets their qubit, and these qubits."""
    qubits: dict[Slot, int] = {}
    met: set[int] = set()
    kept: list[tuple[Op, Span | None]] = []
    for op, origin in zip(reversed(circuit.rows), reversed(circuit.origins), strict=True):
        if op.slot is not None and op.slot in slots and op.qubits[0] not in met:
            qubits[op.slot] = op.qubits[0]
            continue
        kept.append((op, origin))
        met.update(() if op.gate == BARRIER else op.qubits or range(circuit.width))
    return circuit.with_rows(reversed(kept)), qubits


def _read_once(circuit: FlatCircuit) -> FlatCircuit:
    """A circuit in which nothing follows any measurement, with registers that read its qubits at the end.

    A qubit that is measured into several registers there is read once, since a machine without measurements in the
    middle cannot do more. Twice into one register stays twice, and so does everything in other circuits.
    """
    qubits: dict[int | Slot | None, int] = {op.slot: op.qubits[0] for op in circuit.patterns if op.slot is not None}
    if not qubits and not circuit.registers:
        return circuit
    measured: set[int] = set()
    for op in circuit.patterns:
        if op.slot is not None:
            measured.add(op.qubits[0])
        elif op.when or (op.gate != BARRIER and not measured.isdisjoint(op.qubits or measured)):
            return circuit
    registers = [(name, tuple([qubits.get(slot) for slot in slots])) for name, slots in circuit.registers]
    if any(len({*places} - {None}) < len(places) - places.count(None) for _, places in registers):
        return circuit
    return circuit.with_steps(_without_measurements, registers=tuple(registers))


def _without_measurements(steps: Steps) -> Steps:
    kept = [(op, origin) for op, origin in zip(*steps, strict=True) if op.slot is None]
    return Steps([op for op, _ in kept], [origin for _, origin in kept])


def _plain(name: str) -> str:
    """A name without signs: `q_0_q_1` for `q(0),q(1)`."""
    return "_".join(re.findall(r"\w+", name)) or name


def _may_have(name: str, slots: tuple[int | Slot | None, ...], reserved: Container[str]) -> bool:
    """Whether a register may have a name; one that measurements write has none that is reserved."""
    return is_name(name) and not (name in reserved and any(isinstance(slot, Slot) for slot in slots))


def _renamed(op: Op, names: Mapping[str, str]) -> Op:
    if op.slot is None and not op.when:
        return op
    slots = [slot for slot in (op.slot, *dict(op.when)) if slot is not None]
    return _moved_row(op, {slot: Slot(names[slot.register], slot.place) for slot in slots})


def _moved(place: int | Slot | None, names: Mapping[str, str]) -> int | Slot | None:
    return Slot(names[place.register], place.place) if isinstance(place, Slot) else place
