"""Checks that a circuit suits a machine in the respects that no pass can mend: its conditions, its pairs of qubits."""

from __future__ import annotations

from ionqdsl.diagnostics import CompileError, Diagnostic, fail
from ionqdsl.ir.circuit import NOT_GATES, FlatCircuit
from ionqdsl.ir.gates import GATES
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import backend_of
from ionqdsl.passes.context import PassContext


def refuse_branches(circuit: FlatCircuit) -> None:
    """Raises CompileError if a gate depends on an outcome: no machine does that."""
    if not circuit.has_conditions:
        return
    for op, origin in zip(circuit.rows, circuit.origins, strict=True):
        if op.when:
            raise fail("QC0297", origin)


def warn_of_pairs(circuit: FlatCircuit, context: PassContext) -> None:
    """Warns if a machine does not connect every pair, and nobody has said which ones."""
    if any(len(op.qubits) == 2 and op.gate not in NOT_GATES for op in circuit.patterns):
        context.warn("QC0765", None, target=context.target.name)


def check_pairs(circuit: FlatCircuit, options: Options) -> None:
    """Raises CompileError for native gates on qubits that the machine does not connect, once a pair.

    The service places abstract circuits.
    """
    figures = options.characterization
    if figures is None or figures.pairs is None or circuit.gateset != "native":
        return
    diagnostics: dict[tuple[int, ...], Diagnostic] = {}
    for op, origin in zip(circuit.rows, circuit.origins, strict=True):
        pair = tuple(sorted(op.qubits))
        if len(pair) != 2 or op.gate in NOT_GATES or pair in figures.pairs or pair in diagnostics:
            continue
        near = tuple(sorted({a + b - pair[0] for a, b in figures.pairs if pair[0] in (a, b)}))
        facts = {"gate": GATES[op.gate].name, "first": pair[0], "second": pair[1], "source": figures.source}
        facts |= {"near": near} if near else {"alone": pair[0]}
        diagnostics[pair] = Diagnostic("QC0760", origin, facts)
    if diagnostics:
        raise CompileError([*diagnostics.values()])


def compare_machines(context: PassContext) -> None:
    """Warns if the characterization is of another kind of machine."""
    figures = context.options.characterization
    machine = backend_of(figures.backend) if figures is not None and figures.backend else None
    if figures is not None and machine is not None and machine.target not in (None, context.target.name):
        context.warn("QC0615", backend=figures.backend, target=context.target.name)
