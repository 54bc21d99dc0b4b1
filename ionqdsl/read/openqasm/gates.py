"""Expands the gates an OpenQASM program can call to rows.

Takes a gate's name, values for its parameters and modifiers, and returns a `Template`: rows on the operands and the
exact global phase they omit. qelib1.inc, stdgates.inc and hqslib1.inc are not read: their gates are the project's own,
found by name (grammar/stdgates.qc, grammar/qelib1.qc).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from typing import Any

from ionqdsl.algebra.modifiers import power, power_of_product
from ionqdsl.diagnostics import Diagnostic, fail
from ionqdsl.diagnostics.source import Source, Span
from ionqdsl.emit.openqasm import QELIB1
from ionqdsl.emit.qasm3 import LIBRARY
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import BARRIER, FlatCircuit, Op, shared
from ionqdsl.ir.gates import GATES, NAMES
from ionqdsl.language import syntax, values
from ionqdsl.language.evaluate import Scope
from ionqdsl.language.grammars import grammar_text
from ionqdsl.language.library import Library
from ionqdsl.language.lower.gates import Expander
from ionqdsl.language.lower.templates import Template, modified
from ionqdsl.language.parse import must_parse
from ionqdsl.read.openqasm import tree
from ionqdsl.read.openqasm.expressions import evaluate, number
from ionqdsl.read.openqasm.operands import qubits_of
from ionqdsl.read.openqasm.scope import QasmScope

BUILT_IN = {2: {"U": "u", "CX": "cnot"}, 3: {"U": "_U"}}
"""Gates available without any include: OpenQASM's name, the project's."""

LIBRARIES: dict[str, dict[str, str]] = {
    "qelib1.inc": {name: name for name in QELIB1},
    "stdgates.inc": {**{name: name for name in sorted(LIBRARY)}, "u2": "_u2", "u3": "_u3"},
    "hqslib1.inc": {
        **{name: name for name in QELIB1},
        "Rz": "rz",
        "RZZ": "rzz",
        **{name: f"_{name}" for name in ("U1q", "ZZ", "Rxxyyzz", "cs", "csdg")},
    },
}
"""The gates of each library: OpenQASM's name, the project's."""


@cache
def _definitions() -> dict[str, syntax.GateDefinition]:
    file = must_parse(Source(grammar_text("qelib1.qc"), "qelib1.qc"))
    return {item.name.text: item for item in file.items if isinstance(item, syntax.GateDefinition)}


def definition(name: str) -> str:
    """The `.qc` text of a gate that `.qc` itself lacks."""
    return " ".join(_definitions()[name].span.text.replace("\n", "; ").replace("{;", "{").split())


def expander() -> Expander:
    """The expander of the libraries' gates."""
    return Expander(Library(_definitions()), Scope())


def opened(
    gates: Expander,
    name: str,
    arguments: list[tuple[Any, Span]],
    modifiers: list[tuple[str, Any, Span]],
    place: syntax.Name,
    span: Span,
) -> Template:
    """A library gate, by the project's name, under modifiers. `arguments` are numbers of radians."""
    scope = Scope({f"a{k}": value for k, (value, _) in enumerate(arguments)})
    references = tuple(syntax.Argument(None, syntax.Reference(f"a{k}", at), at) for k, (_, at) in enumerate(arguments))
    for k, (_, value, _) in enumerate(modifiers):
        scope.names[f"m{k}"] = value
    before = tuple(
        syntax.Modifier(kind, None if value is None else syntax.Reference(f"m{k}", at), at)
        for k, (kind, value, at) in enumerate(modifiers)
    )
    node = syntax.Application(before, syntax.Name(name, place.span), references, (), span)
    return gates.expand(node, scope, "qis")


def native(name: str, arguments: list[Any]) -> Op | None:
    """A native gate, as emit/openqasm.py defines it: arguments are numbers of turns. None if there is no such row."""
    amounts = [values.amount(argument) for argument in arguments]
    if any(amount.turns or any(turns for _, turns, _ in amount.terms) for amount in amounts):
        return None  # a multiple of pi, in turns
    angles = tuple(
        Angle(one.radians, 0, tuple((symbol, radians, 0) for symbol, _, radians in one.terms)) for one in amounts
    )
    if name == "ms" and not (angles[2].is_bound and 0 <= angles[2].turns <= Fraction(1, 4)):
        return None
    key = NAMES["native"][name]
    return shared(key, tuple(range(GATES[key].operands)), angles)


def changed(whole: Template, modifiers: list[tuple[str, Any]], gate: str, span: Span) -> Template:
    """A gate of the program under modifiers. Barriers keep their place, but a root has no inside to keep them in."""

    def real_power(exponent: Any) -> Template:
        base = Template(tuple(op for op in whole.rows if op.gate != BARRIER), whole.phase, whole.width)
        if not base.rows:
            return Template((), base.phase * exponent, base.width)
        rows: list[Op]
        if len(base.rows) == 1 and not base.phase:
            rows, phase = power(base.rows[0], exponent, span)
            return Template(tuple(rows), phase, base.width)
        if base.width == 1 and all(a.is_bound for op in base.rows for a in op.angles) and base.phase.is_bound:
            rows, phase = power_of_product(base.rows, base.phase, exponent)
            return Template(tuple(rows), phase, 1)
        raise fail("QC0212", span, gate=gate, exponent=float(exponent))

    return modified(whole, modifiers, span, real_power)


def phase_template(node: tree.QuantumGate, arguments: Sequence[Any], version: int) -> Template:
    """`gphase(angle)`, which has no operands of its own. Raises CompileError, in OpenQASM 2 wherever it would count."""
    if version == 2:
        raise fail("QC1104", node.gate.span, word="gphase")
    _has_one_angle(node)
    return Template((), values.amount(arguments[0]), 0)


def leave_phase_out(node: tree.QuantumGate, circuit: FlatCircuit, scope: QasmScope) -> None:
    """Leaves out PennyLane's `gphase(0.3) q[0];`, with a note: its sign is not that of OpenQASM 3."""
    _has_one_angle(node)
    number(evaluate(node.arguments[0], scope))
    for operand in node.operands:
        qubits_of(operand, circuit, scope)
    if not any(one.code == "QC1197" for one in scope.noticed):
        scope.noticed.append(Diagnostic("QC1197", node.span))


def _has_one_angle(node: tree.QuantumGate) -> None:
    if len(node.arguments) != 1:
        raise fail("QC1119", node.span, name="gphase", wants=1, given=len(node.arguments))
