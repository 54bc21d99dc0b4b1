"""Lint rules about the effect of a whole circuit, judged by its rows in every run."""

from __future__ import annotations

from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Iterator

from ionqdsl.diagnostics import CompileError
from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.circuit import BARRIER, MEASURE, NOT_GATES, FlatCircuit, Op
from ionqdsl.ir.gates import GATES
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import TARGETS
from ionqdsl.language import syntax
from ionqdsl.linter.subject import Body, Finding, Owner, Subject, finding
from ionqdsl.passes import transpile
from ionqdsl.passes.approximate import droppable, is_tiny

MAX_ROWS = 200_000
"""Longer circuits are not examined: nobody writes them by hand."""


def runs(subject: Subject) -> list[tuple[Owner, list[FlatCircuit]]]:
    """The circuits that run, grouped by their definition in this file (None: the bare statements)."""
    program = subject.program
    if program is None or program.energy is not None or sum(map(len, program.runs)) > MAX_ROWS:
        return []
    definitions = [item for item in subject.file.items if isinstance(item, syntax.CircuitDefinition)]
    if not definitions:
        return [(None, list(program.runs))]
    starts = [item.span.start for item in definitions]
    found: defaultdict[int, list[FlatCircuit]] = defaultdict(list)
    for circuit in program.runs:
        origin = next((origin for origin in circuit.origins if origin is not None), None)
        if origin is None or origin.source.name != subject.source.name:  # two readings of a file share only its name
            continue
        place = bisect(starts, origin.start) - 1
        if place >= 0 and origin.start < definitions[place].span.end:
            found[place].append(circuit)
    return [(definitions[place], found[place]) for place in sorted(found)]


def _is_diagonal(op: Op) -> bool:
    return GATES[op.gate].is_diagonal


def diagonal_ends(subject: Subject) -> Iterator[Finding]:
    """Finds statements whose rows all change only phases that the measurement does not show."""
    for _, circuits in runs(subject):
        last: Counter[Span] = Counter()
        total: Counter[Span] = Counter()
        for circuit in circuits:
            if _has_certain_outcome(circuit):
                continue
            is_open = [True] * circuit.width
            for op, origin in zip(reversed(circuit.rows), reversed(circuit.origins), strict=True):
                if op.gate in NOT_GATES:
                    if op.gate != BARRIER:
                        is_open[op.qubits[0]] = op.gate == MEASURE
                    continue
                unseen = _is_diagonal(op) and not op.pinned and all(is_open[qubit] for qubit in op.qubits)
                if origin is not None:
                    total[origin] += 1
                    last[origin] += unseen
                for qubit in op.qubits if not unseen else ():
                    is_open[qubit] = False
        for span in sorted(last, key=lambda span: span.start):
            if last[span] == total[span] and span.source.name == subject.source.name:
                yield finding("QC1011", Span(subject.source, span.start, span.end), gate=" ".join(span.text.split()))


def _has_certain_outcome(circuit: FlatCircuit) -> bool:
    return all(op.gate in NOT_GATES or not op.qubits or _is_diagonal(op) for op in circuit.rows)


def certain_outcomes(subject: Subject) -> Iterator[Finding]:
    """Finds circuits whose gates only change phases: every qubit is still 0 at the end."""
    for owner, circuits in runs(subject):
        rows = [circuit for circuit in circuits if circuit.rows]
        if rows and all(map(_has_certain_outcome, rows)):
            origins = [origin for circuit in rows for origin in circuit.origins if origin is not None]
            if owner is None and not origins:
                continue
            span = owner.name.span if owner is not None else min(origins, key=lambda origin: origin.start)
            yield finding("QC1018", Span(subject.source, span.start, span.end))


def tiny_rotations(subject: Subject) -> Iterator[Finding]:
    """Finds circuits of whose two-qubit gates an approximation drops many, at the first rotation by next to nothing.

    They are counted after compilation, since a tiny rotation between two cnots is one tiny interaction.
    """
    for _, circuits in runs(subject):
        for circuit in circuits:
            if len(circuit.rows) > MOST_COMPILED:
                continue
            tiny = [
                origin
                for op, origin in zip(circuit.rows, circuit.origins, strict=True)
                if origin is not None and origin.source.name == subject.source.name and is_tiny(op)
            ]
            if not tiny:
                continue
            try:
                result, _, _ = transpile(circuit, TARGETS["forte"], Options(level=2, preserve="unitary"))
            except CompileError:  # it cannot be compiled as it is: `check` or `compile` says why
                continue
            hint = droppable(result)
            if hint is not None:
                first = min(tiny, key=lambda origin: origin.start)
                yield finding(
                    "QC1044",
                    Span(subject.source, first.start, first.end),
                    dropped=hint.dropped,
                    total=hint.total,
                    flag=hint.flag,
                )
                break


MOST_COMPILED = 3000
"""Circuits with more rows are not compiled to be examined."""


def idle_qubits(subject: Subject) -> Iterator[Finding]:
    """Finds qubits of a register that no gate acts on in any run."""
    bodies = {id(body.owner): body for body in subject.bodies if not body.kind}
    for owner, circuits in runs(subject):
        idle: set[tuple[str, int | None]] | None = None
        for circuit in circuits:
            busy = {qubit for op in circuit.rows if op.gate != BARRIER for qubit in op.qubits}
            places = [(name, index) for name, size in circuit.wires for index in _indices(size)]
            here = {place for qubit, place in enumerate(places) if qubit not in busy}
            idle = here if idle is None else idle & here
        if idle and id(owner) in bodies:
            yield from _idle(bodies[id(owner)], idle)


def _indices(size: int | None) -> list[int | None]:
    return [None] if size is None else list(range(size))


def _idle(body: Body, idle: set[tuple[str, int | None]]) -> Iterator[Finding]:
    """Findings about the registers of a block that have idle qubits; each names the first few."""
    indices: defaultdict[str, list[int]] = defaultdict(list)
    for name, index in idle:
        indices[name].append(-1 if index is None else index)
    used = body.used_names
    for node in body.statements:
        for declarator in node.declarators if isinstance(node, syntax.Qubits) else ():
            name = declarator.name.text
            places = sorted(indices[name])
            if places and name in used:  # QC1003 reports names that are never used
                shown = [name if index < 0 else f"{name}[{index}]" for index in places[:5]]
                qubits = ", ".join(f"`{text}`" for text in shown) + (" ..." if len(places) > 5 else "")
                yield finding("QC1014", declarator.span, qubits=qubits)
