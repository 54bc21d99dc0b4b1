"""Expands gates that a program defines, and places gates on operands.

Takes a definition and values for its parameters and returns rows on operands 0, 1, ... A body sees only the gates
defined before it, so none calls itself; its loops and conditions are expanded like those outside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Protocol

from ionqdsl.diagnostics import CompileError, Diagnostic, fail
from ionqdsl.diagnostics.source import Span
from ionqdsl.emit.openqasm import definition
from ionqdsl.ir.angle import ZERO, Angle
from ionqdsl.ir.circuit import BARRIER, Op, shared
from ionqdsl.ir.gates import NAMES
from ionqdsl.language import values
from ionqdsl.language.library import is_builtin
from ionqdsl.language.lower.templates import Template
from ionqdsl.language.syntax import Name
from ionqdsl.language.values import NamedQubits
from ionqdsl.read.openqasm import tree
from ionqdsl.read.openqasm.expressions import evaluate, number, truth, whole, without_value
from ionqdsl.read.openqasm.operands import Picked
from ionqdsl.read.openqasm.scope import QasmScope
from ionqdsl.record import fresh, record


class BodyReader(Protocol):
    """The methods of the program reader that bodies use: see program.py."""

    def spend(self, steps: int, span: Span) -> None: ...
    def rounds(self, node: tree.ForInLoop, scope: QasmScope) -> Iterator[QasmScope]: ...
    def declaration(self, node: tree.Declaration, scope: QasmScope) -> None: ...
    def assign(self, node: tree.Assignment, scope: QasmScope) -> None: ...
    def statement(self, node: Any, scope: QasmScope) -> None: ...
    def template(self, node: tree.QuantumGate, scope: QasmScope, limit: int | None = None) -> Template: ...


@record(frozen=False)
class DefinedGate:
    """A gate the program defines, and the number of gates defined before it: its body sees no others."""

    node: tree.QuantumGateDefinition
    before: int
    same_as: str | None = None  # the project's name of the gate, if its definition is one that we write

    @property
    def is_native(self) -> bool:
        """Whether it is a native gate as this project writes it."""
        return self.same_as in NAMES["native"]


@record(frozen=False)
class GateBody:
    """The body of one gate, its operands numbered from 0."""

    reading: BodyReader
    gate: DefinedGate
    rows: list[Op] = fresh(default_factory=list)
    phase: Angle = ZERO

    def statements(self, statements: tuple[Any, ...], scope: QasmScope) -> None:
        for node in statements:
            self.reading.spend(1, node.span)
            match node:
                case tree.QuantumGate():
                    self.application(node, scope)
                case tree.ForInLoop():
                    for inner in self.reading.rounds(node, scope):
                        self.statements(node.body, inner)
                case tree.BranchingStatement():
                    self.statements(node.then if truth(node.condition, scope) else node.otherwise, scope.child())
                case tree.CompoundStatement():
                    self.statements(node.body, scope.child())
                case tree.Declaration() if node.type.kind != "bit":
                    self.reading.declaration(node, scope)
                case tree.Assignment() if not isinstance(node.value, tree.Measured):
                    self.reading.assign(node, scope)
                case tree.QuantumBarrier():
                    qubits = dict.fromkeys(self.operand(operand, scope) for operand in node.operands)
                    chosen = tuple(qubits) or tuple(range(len(self.gate.node.operands)))
                    self.rows.append(shared(BARRIER, chosen))
                case tree.Note():
                    self.reading.statement(node, scope)
                case _:
                    raise fail("QC1134", node.span, gate=self.gate.node.name.text)

    def operand(self, node: Any, scope: QasmScope) -> int:
        wires = scope.find(node.name) if isinstance(node, tree.Identifier) else None
        if not isinstance(wires, NamedQubits) or node.name not in [name.text for name in self.gate.node.operands]:
            raise fail("QC1134", node.span, gate=self.gate.node.name.text)
        return int(wires.qubits[0])

    def application(self, node: tree.QuantumGate, scope: QasmScope) -> None:
        qubits = [self.operand(operand, scope) for operand in node.operands]
        template = self.reading.template(node, scope, self.gate.before)
        check(node, template.width, qubits)
        self.phase += template.phase
        self.reading.spend(len(template.rows), node.span)
        self.rows += [moved(op, qubits) for op in template.rows]


def instances(node: tree.QuantumGate, width: int, groups: list[Picked]) -> list[list[int]]:
    """The operands of each application: registers of equal length are paired, a single qubit repeats."""
    if len(groups) != width:
        raise wrong_count(node, width, len(groups))
    sizes = {len(group.qubits) for group in groups if not group.is_single}
    if len(sizes) > 1:
        pairs = zip(node.operands, groups, strict=True)
        lengths = tuple((operand.span.text, len(group.qubits)) for operand, group in pairs)
        raise fail("QC0224", node.span, gate=node.gate.text, sizes=lengths)
    count = sizes.pop() if sizes else 1
    result = [[group.qubits[0 if group.is_single else index] for group in groups] for index in range(count)]
    for qubits in result:
        check(node, width, qubits)
    return result


def check(node: tree.QuantumGate, width: int, qubits: list[int]) -> None:
    """Raises unless the operands are `width` different qubits."""
    if len(qubits) != width:
        raise wrong_count(node, width, len(qubits))
    if len(set(qubits)) != len(qubits):
        twice = next(place for place, qubit in enumerate(qubits) if qubit in qubits[:place])
        operand = node.operands[twice]
        raise fail("QC0209", operand.span, gate=node.gate.text, qubit=operand.span.text)


def wrong_count(node: tree.QuantumGate, width: int, count: int) -> CompileError:
    """The error for a wrong number of operands."""
    return fail("QC1135", node.span, gate=node.gate.text, wants=width, given=count)


def moved(op: Op, qubits: list[int]) -> Op:
    """A row on other qubits."""
    return shared(op.gate, tuple([qubits[q] for q in op.qubits]), op.angles, op.controls, op.pinned, op.operator)


def ours(node: tree.QuantumGateDefinition, is_redefined: Callable[[str], bool]) -> str | None:
    """The project's name of a gate that is defined to the letter as emit/openqasm.py defines it, by the same gates.

    `is_redefined` tells of a gate whether the program defines it in its own way.
    """
    name = node.name.text
    text, own = definition(name) or ("", "")
    is_ours = text == " ".join(node.span.text.split())
    if not is_ours or any(is_redefined(gate.text) for gate in called(node.body)):
        return None
    return name if is_builtin(name) else own


def called(statements: tuple[Any, ...]) -> list[Name]:
    """The gates that a body names."""
    names: list[Name] = []
    for node in statements:
        if isinstance(node, tree.QuantumGate):
            names.append(node.gate)
        elif isinstance(node, tree.ForInLoop | tree.CompoundStatement):
            names += called(node.body)
        elif isinstance(node, tree.BranchingStatement):
            names += [*called(node.then), *called(node.otherwise)]
    return names


def called_from(diagnostic: Diagnostic, call: Span) -> Diagnostic:
    """An error inside a definition, with the place of the call."""
    if diagnostic.span is None or diagnostic.labels:
        return diagnostic
    return Diagnostic(diagnostic.code, diagnostic.place, diagnostic.facts, ((call, "in this call"),))


def modifier_of(modifier: tree.QuantumGateModifier, scope: QasmScope) -> tuple[str, Any, Span]:
    """A modifier's kind, its value (None if it has none) and the place of that value."""
    arguments = modifier.arguments
    if len(arguments) > (modifier.kind != "inv") or (modifier.kind == "pow" and not arguments):
        wants = {"inv": 0, "pow": 1}.get(modifier.kind, 1)
        raise fail("QC1119", modifier.span, name=modifier.kind, wants=wants, given=len(arguments))
    if not arguments:
        return modifier.kind, None, modifier.span
    if modifier.kind != "pow":
        count = whole(arguments[0], scope, "a number of controls")
        if not 1 <= count <= 1000:
            raise fail("QC0214", arguments[0].span, count=count)
        return modifier.kind, count, arguments[0].span
    value = number(evaluate(arguments[0], scope))
    if values.is_symbolic(value):
        raise without_value(arguments[0].span, value.amount.symbols)
    return "pow", values.plain(value), arguments[0].span
