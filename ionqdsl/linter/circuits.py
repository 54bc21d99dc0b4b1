"""Lint rules about the effect of a whole circuit, judged by its rows in every run."""

from __future__ import annotations

from bisect import bisect
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import compress

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
        origin = circuit.first_origin
        if origin is None or origin.source.name != subject.source.name:  # two readings of a file share only its name
            continue
        place = bisect(starts, origin.start) - 1
        if place >= 0 and origin.start < definitions[place].span.end:
            found[place].append(circuit)
    return [(definitions[place], found[place]) for place in sorted(found)]


Judge = Callable[[FlatCircuit], Iterable[int]]
"""For each row of a circuit: 1 if a rule holds, 0 if not, UNJUDGED if the rule is not about the row."""

UNJUDGED = 2


def statements(subject: Subject, circuits: Iterable[FlatCircuit], judge: Judge) -> list[Span]:
    """The statements of this file for whose rows a rule holds, all of them in all these circuits, in order."""
    judged = [(circuit, bytes(judge(circuit))) for circuit in circuits]
    held: set[Span | None] = set()
    for circuit, judgements in judged:
        held.update(compress(circuit.stream_origins(), judgements.translate(_HOLDS)))
    for circuit, judgements in judged if held else ():
        held.difference_update(compress(circuit.stream_origins(), judgements.translate(_FAILS)))
    here = [span for span in held if span is not None and span.source.name == subject.source.name]
    return [Span(subject.source, span.start, span.end) for span in sorted(here, key=lambda span: span.start)]


_HOLDS, _FAILS = bytes([0, 1]) + bytes(254), bytes([1]) + bytes(255)


def streamed(circuit: FlatCircuit) -> Iterator[Op]:
    """The rows, those of plain lines without angles that no rule looks at here."""
    return circuit.stream(lambda op: False)


def _is_diagonal(op: Op) -> bool:
    return GATES[op.gate].is_diagonal


def diagonal_ends(subject: Subject) -> Iterator[Finding]:
    """Finds statements whose rows all change only phases that the measurement does not show."""
    for _, circuits in runs(subject):
        open_ended = [circuit for circuit in circuits if not _has_certain_outcome(circuit)]
        for span in statements(subject, open_ended, _unseen):
            yield finding("QC1011", span, gate=" ".join(span.text.split()))


def _unseen(circuit: FlatCircuit) -> bytes:
    """Which rows only change phases that the measurement does not show."""
    is_open = [True] * circuit.width
    unseen = bytearray(len(circuit))
    for place, op in zip(reversed(range(len(circuit))), reversed([*streamed(circuit)]), strict=True):
        if op.gate in NOT_GATES:
            unseen[place] = UNJUDGED
            if op.gate != BARRIER:
                is_open[op.qubits[0]] = op.gate == MEASURE
        elif _is_diagonal(op) and not op.pinned and all(is_open[qubit] for qubit in op.qubits):
            unseen[place] = True
        else:
            for qubit in op.qubits:
                is_open[qubit] = False
    return bytes(unseen)


def _has_certain_outcome(circuit: FlatCircuit) -> bool:
    return all(op.gate in NOT_GATES or not op.qubits or _is_diagonal(op) for op in circuit.patterns)


def certain_outcomes(subject: Subject) -> Iterator[Finding]:
    """Finds circuits whose gates only change phases: every qubit is still 0 at the end."""
    for owner, circuits in runs(subject):
        rows = [circuit for circuit in circuits if len(circuit)]
        if rows and all(map(_has_certain_outcome, rows)):
            origins = [origin for circuit in rows for origin in circuit.stream_origins() if origin is not None]
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
            if len(circuit) > MOST_COMPILED:
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
            busy = {qubit for op in circuit.patterns if op.gate != BARRIER for qubit in op.qubits}
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
