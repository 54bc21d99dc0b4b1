"""Replaces a circuit without gates, which no machine takes, by one that does the same and has gates.

Takes a circuit, its target and options if compiling left no gate to send; returns the program gate by gate, as level 0
writes it, or two gates that cancel if there is none to write. Counts, costs and the check of `--verify` are those of
the circuit that is sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from ionqdsl import passes
from ionqdsl.diagnostics import Diagnostic, Place
from ionqdsl.emit.limits import gates_sent
from ionqdsl.ir.angle import ZERO, Angle
from ionqdsl.ir.circuit import FlatCircuit, Op
from ionqdsl.ir.job import Energy
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import AS_WRITTEN, Target
from ionqdsl.passes.report import told
from ionqdsl.record import changed

AS_LOWERED, CANCELLING = "QC0618", "QC0619"
"""Codes of the notes on circuits that are kept gate by gate, and on those that two gates replace."""

PAIRS = {
    "qis": (Op("x", (0,)), Op("x", (0,))),
    "native": (Op("gpi2", (0,), (ZERO,)), Op("gpi2", (0,), (Angle(Fraction(1, 2)),))),
}
"""The identity in two gates, exactly, including the phase: in native gates a quarter turn there and back."""

MOST_NAMED = 3
"""The number of circuits that a note names."""


class Instead(NamedTuple):
    """The circuit that is sent instead, its report, and the code of the note."""

    circuit: FlatCircuit
    report: passes.Report
    code: str


class Replacements:
    """Replaces empty circuits in one compilation, since the service takes none, and has a note for each way."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._replaced: dict[tuple[str, str], list[FlatCircuit]] = {}  # by code and gateset

    def sendable(
        self, source: FlatCircuit, target: Target, result: FlatCircuit, report: passes.Report
    ) -> tuple[FlatCircuit, passes.Report]:
        """The result of compiling a circuit and its report, or those sent instead. Raises CompileError."""
        if result.is_dynamic or not is_empty(result):
            return result, report
        result, report, code = instead(source, target, self._options, report)
        self._replaced.setdefault((code, result.gateset), []).append(source)
        return result, report

    def sendable_energy(self, energy: Energy | None) -> Energy | None:
        """The energy with gates in its ansatz, which are always qis."""
        if energy is None or not is_empty(energy.ansatz):
            return energy
        self._replaced[CANCELLING, "qis"] = [energy.ansatz]
        return changed(energy, ansatz=with_pair(energy.ansatz))

    def notes(self, place: Place) -> list[Diagnostic]:
        """A note for each way in which circuits were replaced."""
        return [note(code, circuits, gateset, place) for (code, gateset), circuits in self._replaced.items()]


def is_empty(circuit: FlatCircuit) -> bool:
    """Whether nothing of a circuit would be sent, although it has qubits."""
    return circuit.width > 0 and not gates_sent(circuit)


def with_pair(circuit: FlatCircuit) -> FlatCircuit:
    """The circuit, followed by two gates on its first qubit that cancel."""
    pair = PAIRS[circuit.gateset]
    return circuit.replace(rows=[*circuit.rows, *pair], origins=[*circuit.origins, *[None] * len(pair)])


def instead(source: FlatCircuit, target: Target, options: Options, report: passes.Report) -> Instead:
    """The replacement for a circuit that compiling with these options left without gates. Raises CompileError."""
    plain = changed(options, level=0, approx=0.0)
    result, pass_report = source, report
    if target is not AS_WRITTEN:
        result, _, pass_report = passes.transpile(source, target, plain)  # its warnings have been given
    if not is_empty(result):
        return Instead(result, changed(pass_report, why=f"nothing is left at -O{report.level}"), AS_LOWERED)
    before, result = result, with_pair(result)
    step = told(with_pair.__name__, before, result)
    verdict = None
    if options.verify:
        from ionqdsl.verify import equivalent  # late: few compilations need it

        verdict = equivalent(source, result, options.preserve, options.seed)
    why = "there is no gate to write"
    return Instead(
        result, changed(pass_report, why=why, passes=[*pass_report.passes, step], verdict=verdict), CANCELLING
    )


def note(code: str, circuits: Sequence[FlatCircuit], gateset: str, place: Place) -> Diagnostic:
    """The note that something else is sent for these circuits."""
    names = [f"`{circuit.name}`" for circuit in circuits[:MOST_NAMED]]
    if len(circuits) > MOST_NAMED:
        names.append(f"{len(circuits) - MOST_NAMED} more")
    listed = " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
    origin = next((span for circuit in circuits for span in circuit.origins if span is not None), place)
    facts = {"circuits": listed, "pair": {"qis": "`x`, `x`", "native": "`gpi2(0)`, `gpi2(0.5)`"}[gateset]}
    return Diagnostic(code, origin, facts)
