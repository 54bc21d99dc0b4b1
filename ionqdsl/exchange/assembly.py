"""Assembles circuits for the readers of other libraries: gates as rows with their phase.

Every gate becomes a `Template` (rows on operands 0, 1, ... and an exact global phase); controls turn its phase into a
gate. `Assembly` places templates, measurements, resets and branches, and refuses those a circuit cannot express.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from ionqdsl.algebra import modifiers
from ionqdsl.diagnostics import Diagnostic, fail
from ionqdsl.diagnostics.source import Source, Span
from ionqdsl.emit.qc import is_name
from ionqdsl.ir import symbolic
from ionqdsl.ir.angle import ZERO, Angle
from ionqdsl.ir.circuit import BARRIER, MEASURE, RESET, FlatCircuit, Op, Slot, shared
from ionqdsl.ir.gates import GATES
from ionqdsl.ir.symbols import exact
from ionqdsl.language.lower.measurements import by_branch, under
from ionqdsl.language.lower.templates import Template, modified
from ionqdsl.nesting import MAX_NESTING
from ionqdsl.read.natives import settled
from ionqdsl.read.openqasm.names import spelling
from ionqdsl.read.registers import named
from ionqdsl.record import fresh, record

MAX_DEPTH = MAX_NESTING // 2
"""How deep definitions of other libraries may be nested: on each level they recurse as well."""

MAX_STEPS = 2_000_000
"""Most operations in blocks, loops and definitions, each counted as often as it is added."""

NOWHERE = Span(Source("", "<circuit>"), 0, 0)
QUARTER = Angle(Fraction(1, 4))


def template(width: int, *rows: Op, phase: Angle = ZERO) -> Template:
    """Rows as a gate."""
    return Template(rows, phase, width)


def single(gate: str, *angles: Angle) -> Template:
    """One row of the table on its own operands."""
    width = GATES[gate].operands
    return template(width, Op(gate, tuple(range(width)), angles))


def rotation(theta: Angle, phi: Angle, lam: Angle) -> Template:
    """u(theta, phi, lambda), the cosine at the top left real."""
    return template(1, Op("p", (0,), (lam,)), Op("ry", (0,), (theta,)), Op("p", (0,), (phi,)))


def controlled(base: Template, values: Sequence[int]) -> Template:
    """The gate under controls that must have these values, in the order of the operands."""
    wide = modified(base, [("ctrl", len(values))], NOWHERE, None) if values else base
    flips = tuple(shared("x", (place,)) for place, value in enumerate(values) if not value)
    return Template((*flips, *wide.rows, *flips), wide.phase, wide.width)


def joined(width: int, parts: Iterable[tuple[Template, Sequence[int]]], phase: Angle = ZERO) -> Template:
    """Gates placed on operands of a larger gate."""
    rows: list[Op] = []
    for part, qubits in parts:
        rows += _moved(part, qubits)
        phase += part.phase
    return Template(tuple(rows), phase, width)


def inverse_or_power(base: Template, exponent: Any) -> Template:
    """A power of a gate, exact; -1 is the inverse. Raises CompileError if it has none that can be written."""
    kinds = [("inv", 0)] if exponent == -1 else [("pow", exact(exponent))]

    def real_power(value: Any) -> Template:
        if len(base.rows) == 1 and not base.phase:
            rows, phase = modifiers.power(base.rows[0], value)
            return Template(tuple(rows), phase, base.width)
        raise fail("QC1144", None, what="power", exponent=float(value))

    return modified(base, kinds, NOWHERE, real_power)


def _moved(gate: Template, qubits: Sequence[int]) -> list[Op]:
    """The rows of a gate on qubits, as many as it has operands: one left over would be a gate misread."""
    assert gate.width == len(qubits), f"a gate on {gate.width} qubits was placed on {len(qubits)}"
    return [
        shared(op.gate, tuple([qubits[q] for q in op.qubits]), op.angles, op.controls, op.pinned, op.operator)
        for op in gate.rows
    ]


def renamed(names: Iterable[str]) -> tuple[dict[str, str], list[Diagnostic]]:
    """New names for parameters whose names are not valid in a program, and a note on each. `θ[0]` is `theta[0]`."""
    bases = dict.fromkeys(name.partition("[")[0] for name in names)
    taken = {base for base in bases if is_name(base)}
    new_names: dict[str, str] = {}
    for base in bases:
        if base not in taken:
            new_names[base] = spelling(base, taken)
            taken.add(new_names[base])
    notes = [Diagnostic("QC1121", None, {"name": old, "instead": new}) for old, new in new_names.items()]
    return new_names, notes


def angle(value: Any) -> Angle:
    """A number of radians, or a sympy expression of parameters, as an angle."""
    if hasattr(value, "free_symbols") and value.free_symbols:
        return symbolic.from_sympy(value)
    return Angle(0, exact(float(value)))


def half_turns(value: Any) -> Angle:
    """A number of half turns, or a sympy expression of parameters, as an angle."""
    if hasattr(value, "free_symbols") and value.free_symbols:
        return symbolic.from_sympy(value * symbolic.to_sympy(Angle(Fraction(1, 2))))
    return Angle(exact(float(value)) / Fraction(2))


@record(frozen=False)
class Assembly:
    """A circuit under construction, whose registers have provisional names. `written` are the slots written so far."""

    circuit: FlatCircuit
    written: set[Slot] = fresh(default_factory=set)
    steps: int = 0

    def spend(self, steps: int) -> None:
        """Counts steps of work that few operations may cause. Raises QC0501 if there have been too many."""
        self.steps += steps
        if self.steps > MAX_STEPS:
            raise fail("QC0501", None, limit=MAX_STEPS)

    def place(self, gate: Template, qubits: Sequence[int]) -> None:
        """Adds a gate on qubits of the circuit."""
        for op in _moved(gate, qubits):
            self.circuit.add(op)
        self.circuit.phase += gate.phase

    def barrier(self, qubits: Sequence[int]) -> None:
        """Adds a barrier."""
        self.circuit.add(shared(BARRIER, tuple(qubits)))

    def reset(self, qubit: int) -> None:
        """Adds a reset."""
        self.circuit.add(shared(RESET, (qubit,)))

    def measure(self, qubit: int, slot: Slot, name: str) -> None:
        """Adds a measurement into a slot of the register or key of this name. Raises QC1188 if it has an outcome."""
        if slot in self.written:
            raise fail("QC1188", None, name=name)
        self.written.add(slot)
        self.circuit.add(shared(MEASURE, (qubit,), slot=slot))

    def branches(
        self, slots: Iterable[Slot], chosen: Callable[[Mapping[Slot, int]], int], bodies: Sequence[Callable[[], None]]
    ) -> None:
        """Adds the rows that each body adds, under the outcomes for which `chosen` gives its number.

        Slots that nothing has written yet are 0.
        """
        deciding = [slot for slot in dict.fromkeys(slots) if slot in self.written]
        for body, conditions in zip(bodies, by_branch(deciding, chosen, len(bodies), None), strict=True):
            for condition in conditions:
                self.spend(1)
                with under(self.circuit, condition, None):
                    body()

    def finished(
        self, registers: Iterable[tuple[str, str, Sequence[Slot | None]]]
    ) -> tuple[FlatCircuit, list[Diagnostic]]:
        """The circuit and notes. Registers have a provisional name, a name, and slots; those without outcomes go."""
        wanted: dict[str, tuple[str, Span | None]] = {}
        for key, name, slots in registers:
            places = tuple([slot if slot in self.written else None for slot in slots])
            if any(places):
                wanted[key] = name, None
                self.circuit.registers += ((key, places),)
        circuit, noticed = named(self.circuit, wanted)
        return settled(circuit), noticed


def plain_rows(circuit: FlatCircuit) -> FlatCircuit:
    """The circuit without `pauliexp`, its verbatim blocks between barriers. Raises CompileError for a `nop`."""
    from ionqdsl.ir.options import Options
    from ionqdsl.ir.targets import ANY_MACHINE
    from ionqdsl.passes.context import PassContext
    from ionqdsl.passes.expand_pauliexp import expand_pauliexp

    circuit = expand_pauliexp(circuit, PassContext(ANY_MACHINE, Options()))
    if any(op.gate == "nop" for op in circuit.rows):
        raise fail("QC1144", None, what="nop")
    rows: list[Op] = []
    block, everything = 0, tuple(range(circuit.width))
    for op in circuit.rows:
        if op.pinned != block and op.gate != BARRIER:
            rows.append(shared(BARRIER, everything))
            block = op.pinned
        rows.append(op)
    return circuit.replace(rows=rows, origins=[None] * len(rows))
