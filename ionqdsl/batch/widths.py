"""Says how narrow the circuits that are too wide for their machine become if qubits take turns (`--reuse`)."""

from __future__ import annotations

from collections.abc import Iterator

from ionqdsl.diagnostics import Diagnostic
from ionqdsl.emit import limits
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.job import LoweredProgram
from ionqdsl.ir.targets import backend_of
from ionqdsl.passes.reuse import least_width


def narrower(program: LoweredProgram, target: str | None = None) -> Iterator[Diagnostic]:
    """A note for each circuit that its machine takes with `--reuse` and not without: once for equal widths.

    `target` is that of the options, which counts if the program names no backend. Nothing is said of machines that
    cannot measure and reset qubits in the middle of a circuit, and where it would take long to find out.
    """
    name = program.job.get("backend")
    where, most, backend = limits.room(program.job, backend_of(name) if isinstance(name, str) else None, name, target)
    if most is None or backend is None or not backend.measures or program.energy is not None:
        return
    if backend.is_simulator and program.job.get("noise.model") in (None, "ideal"):
        return
    said: set[tuple[int, int]] = set()
    for circuit in program.runs:
        if circuit.width <= most or circuit.has_conditions:
            continue
        narrow = least_width(_read(circuit))
        if narrow is not None and narrow <= most and (circuit.width, narrow) not in said:
            said.add((circuit.width, narrow))
            facts = {"circuit": circuit.name, "qubits": circuit.width, "where": where, "most": most, "narrow": narrow}
            if not circuit.registers:
                facts["unread"] = "out"
            place = next(filter(None, circuit.origins), program.span)
            yield Diagnostic("QC0633", place, facts)


def _read(circuit: FlatCircuit) -> FlatCircuit:
    """The circuit, every qubit read by a register if there are none: sharing wires keeps only registers."""
    return circuit if circuit.registers else circuit.replace(registers=(("out", tuple(range(circuit.width))),))
