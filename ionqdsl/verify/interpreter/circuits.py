"""Interprets the statements of one circuit, in order, to a `CircuitMeaning`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import BARRIER, MEASURE, RESET
from ionqdsl.language import syntax
from ionqdsl.verify.interpreter.arithmetic import elements, truth, whole
from ionqdsl.verify.interpreter.expressions import NameScope, bound, evaluate, places
from ionqdsl.verify.interpreter.gates import GateSite, ProgramGates, asserted
from ionqdsl.verify.interpreter.meaning import AppliedGate, CircuitMeaning, GateSequence, MeantRow, Rejected
from ionqdsl.verify.interpreter.operands import lengths_of, picked
from ionqdsl.verify.interpreter.plain_lines import applied_lines
from ionqdsl.verify.interpreter.values import QubitGroup, SlotGroup, operator


def circuit(body: Sequence[Any], scope: NameScope, gates: ProgramGates, name: str) -> CircuitMeaning:
    """The meaning of a circuit's body."""
    reading = _Circuit(gates, CircuitMeaning(name))
    reading.body(body, scope, 0, False)
    return reading.meaning


class _Circuit:
    def __init__(self, gates: ProgramGates, meaning: CircuitMeaning) -> None:
        self.gates = gates
        self.meaning = meaning
        self.has_gateset = False
        self.written: dict[str, set[int]] = {}

    def body(self, statements: Sequence[Any], scope: NameScope, block: Any, is_native: bool) -> None:
        """Interprets statements in order; `block` is the verbatim or native block around them."""
        for node in statements:
            self._statement(node, scope, block, is_native)

    def _statement(self, node: Any, scope: NameScope, block: Any, is_native: bool) -> None:
        match node:
            case syntax.Application():
                for piece in self._applied(node, scope, block, is_native):
                    self._add(piece.rows, node.span)
                    self._turn(piece.phase)
            case syntax.Lines():
                lines, phase = applied_lines(node, block, lambda line: self._applied(line, scope, block, is_native))
                self.meaning.parts.append(lines)
                self._turn(phase)
            case syntax.Qubits():
                for declarator in node.declarators:
                    self._declared(declarator, scope)
            case syntax.Alias():
                qubits = [qubit for operand in node.operands for qubit in self._operand(operand, scope)]
                _define(node.name, QubitGroup(tuple(qubits)), scope)
            case syntax.Const():
                _define(node.name, evaluate(node.value, scope), scope)
            case syntax.HamiltonianDefinition(parameters=None):
                _define(node.name, operator(evaluate(node.value, scope), node.value.span), scope)
            case syntax.HamiltonianDefinition():
                sight = NameScope(scope.around, dict(scope.names))  # a later name may hide one it sees
                sight.functions = scope.functions
                scope.functions[node.name.text] = node, sight
            case syntax.For():
                for item in elements(evaluate(node.iterable, scope), node.iterable.span):
                    self.body(node.body, bound(node.target, item, scope), block, is_native)
            case syntax.If():
                self._if(node, scope, block, is_native)
            case syntax.GateBlock():
                inside = block or next(self.gates.blocks)
                self.body(node.body, NameScope(scope), inside, is_native or node.kind == "native")
            case syntax.Barrier():
                qubits = [qubit for operand in node.operands for qubit in self._operand(operand, scope)]
                fenced = dict.fromkeys(qubits if node.operands else range(self.meaning.width))
                self._add([MeantRow(BARRIER, tuple(fenced))], node.span)
            case syntax.RegisterStatement():
                self._register(node, scope)
            case syntax.SlotsStatement():
                size = None if node.size is None else whole(evaluate(node.size, scope), node.size.span)
                self._slots(node.name, size, scope)
            case syntax.MeasureStatement():
                self._measure(node, scope, block)
            case syntax.GatesetStatement():
                self._gateset(node)
            case syntax.Assert():
                asserted(node, scope)
            case _:
                raise Rejected("QC0405", node.span)

    def _if(self, node: syntax.If, scope: NameScope, block: Any, is_native: bool) -> None:
        """A condition; `else if` chains may be long, so they are iterated."""
        self.meaning.has_cases = self.meaning.has_cases or bool(self.written)
        while not _holds(node.condition, scope):
            if len(node.otherwise) != 1 or not isinstance(node.otherwise[0], syntax.If):
                return self.body(node.otherwise, NameScope(scope), block, is_native)
            node = node.otherwise[0]
        return self.body(node.then, NameScope(scope), block, is_native)

    # --- declarations

    def _declared(self, node: syntax.Declarator, scope: NameScope) -> None:
        size = None if node.size is None else whole(evaluate(node.size, scope), node.size.span)
        if size is not None and size < 1:
            raise Rejected("QC0505", node.span)
        first = self.meaning.width
        self.meaning.width += size or 1
        _define(node.name, QubitGroup(tuple(range(first, self.meaning.width)), is_single=size is None), scope)
        self.meaning.wires.append((node.name.text, size))

    def _register(self, node: syntax.RegisterStatement, scope: NameScope) -> None:
        slots: list[int | tuple[str, int] | None] = []
        for operand in node.operands:
            slots += [None] if operand.name is None else self._operand(operand, scope)
        used = [slot for slot in slots if slot is not None]
        if len({*used}) != len(used):
            raise Rejected("QC0217", node.span)
        if not used:
            raise Rejected("QC0218", node.span)
        if any(name == node.name.text for name, _ in self.meaning.registers):
            raise Rejected("QC0219", node.name.span)
        self.meaning.registers.append((node.name.text, tuple(slots)))

    def _slots(self, name: syntax.Name, size: int | None, scope: NameScope) -> SlotGroup:
        if any(other == name.text for other, _ in self.meaning.registers):
            raise Rejected("QC0219", name.span)
        if size is not None and size < 1:
            raise Rejected("QC0334", name.span)
        group = SlotGroup(name.text, size or 1, size is None)
        self.meaning.registers.append((name.text, (None,) * group.size))
        _define(name, group, scope)
        self.written[name.text] = set()
        return group

    def _measure(self, node: syntax.MeasureStatement, scope: NameScope, block: Any) -> None:
        """One row for each qubit; the register's entry for a place becomes the place itself."""
        qubits = [qubit for operand in node.operands for qubit in self._operand(operand, scope)]
        group = self._slots(node.name, len(qubits), scope) if node.declares else scope.value(node.name.text, node.span)
        if not isinstance(group, SlotGroup):
            raise Rejected("QC0335", node.span)
        items = node.target.items
        if items is not None and group.is_single:
            raise Rejected("QC0336", node.span)
        chosen = range(group.size) if items is None else places(items, group.size, scope)
        if len(chosen) != len(qubits):
            raise Rejected("QC0296", node.span)
        if len({*qubits}) < len(qubits):
            raise Rejected("QC0295", node.span)
        number, (_, entries) = next(
            (number, entry) for number, entry in enumerate(self.meaning.registers) if entry[0] == group.name
        )
        slots = list(entries)
        for place, qubit in zip(chosen, qubits, strict=True):
            if slots[place] is not None:
                raise Rejected("QC0290", node.span)
            slots[place] = (group.name, place)
            self._add([MeantRow(MEASURE, (qubit,), block=block, slot=(group.name, place))], node.span)
        self.meaning.registers[number] = (group.name, tuple(slots))

    def _gateset(self, node: syntax.GatesetStatement) -> None:
        if node.gateset.text not in ("qis", "native"):
            raise Rejected("QC0221", node.gateset.span)
        if self.has_gateset:
            raise Rejected("QC0222", node.span)
        if any(step.rows for step in self.meaning.steps):
            raise Rejected("QC0223", node.span)
        self.has_gateset = True
        self.meaning.gateset = node.gateset.text

    # --- gates

    def _applied(self, node: syntax.Application, scope: NameScope, block: Any, is_native: bool) -> list[GateSequence]:
        """The effect of a statement: one sequence for each time that it applies its gate."""
        if node.gate.text == RESET and RESET not in self.gates.own:
            qubits = [qubit for operand in node.operands for qubit in self._operand(operand, scope)]
            return [GateSequence([MeantRow(RESET, (qubit,), block=block) for qubit in qubits])]
        site = GateSite(scope, "native" if is_native else self.meaning.gateset, block)
        given = [self._given(operand, scope) for operand in node.operands]
        lengths = lengths_of(given)
        return [self.gates.applied(node, site, qubits, lengths) for qubits in self.gates.spread(node, given, site)]

    def _turn(self, phase: Angle) -> None:
        self.meaning.phase = (self.meaning.phase + phase) if phase else self.meaning.phase

    def _add(self, rows: list[MeantRow], span: Span) -> None:
        self.meaning.parts.append(AppliedGate(tuple(rows), span))

    def _operand(self, operand: syntax.Operand, scope: NameScope) -> list[int]:
        """The qubits that an operand names."""
        return list(self._given(operand, scope).qubits)

    def _given(self, operand: syntax.Operand, scope: NameScope) -> QubitGroup:
        if operand.name is None:
            raise Rejected("QC0225", operand.span)
        value = scope.value(operand.name, operand.span)
        if not isinstance(value, QubitGroup):
            raise Rejected("QC0226", operand.span)
        if operand.items is not None and value.is_single:
            raise Rejected("QC0227", operand.span)
        return picked(value, operand, scope)


def _define(name: syntax.Name, value: Any, scope: NameScope) -> None:
    if name.text in scope.names:
        raise Rejected("QC0220", name.span)
    scope.names[name.text] = value


def _holds(condition: Any, scope: NameScope) -> bool:
    """Whether a condition holds; a register of outcomes is one if it has a single bit."""
    match condition:
        case syntax.Unary(operator="not"):
            return not _holds(condition.operand, scope)
        case syntax.Binary(operator="and"):
            return _holds(condition.left, scope) and _holds(condition.right, scope)
        case syntax.Binary(operator="or"):
            return _holds(condition.left, scope) or _holds(condition.right, scope)
        case syntax.Reference():
            group = scope.value(condition.name, condition.span)
            if isinstance(group, SlotGroup) and not group.is_single:
                bits = scope.bits(group)
                if group.size != 1:
                    raise Rejected("QC0307", condition.span)
                return bits == [1]
    return truth(evaluate(condition, scope), condition.span)
