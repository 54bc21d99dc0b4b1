"""Checks the operands of statements in the body of a gate against the qubits that its first line names.

Takes a statement and the operands and aliases it sees, and returns diagnostics. Lengths of registers are not known yet;
lower/operands.py checks them for each call.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ionqdsl.diagnostics import CompileError, Diagnostic
from ionqdsl.language import lines, syntax
from ionqdsl.language.library import Library
from ionqdsl.language.lower.operands import match
from ionqdsl.language.values import NamedQubits
from ionqdsl.record import Any, record


def opened(body: Iterable[Any]) -> Iterator[Any]:
    """Statements, with runs of plain lines expanded to their gates."""
    for node in body:
        if isinstance(node, syntax.Lines):
            yield from lines.applications(node)
        else:
            yield node


@record
class GateQubits:
    """The qubits that a statement of a gate sees: the gate's operands and its aliases, by name."""

    gate: syntax.GateDefinition
    named: dict[str, syntax.OperandFormal]

    def with_alias(self, node: syntax.Alias) -> GateQubits:
        """These and one alias, which is a register."""
        alias = syntax.OperandFormal(node.name, True, None, node.span)
        return GateQubits(self.gate, {**self.named, node.name.text: alias})

    def _is_register(self, operand: syntax.Operand) -> bool:
        return self.named[operand.name or ""].is_register

    def foreign(self, operands: Iterable[syntax.Operand]) -> list[Diagnostic]:
        """Operands that are not the gate's, and single qubits with an index."""
        found = []
        for operand in operands:
            own = self.named.get(operand.name or "")
            if own is None or (operand.items is not None and not own.is_register):
                facts = {"gate": self.gate.name.text, "operand": operand.span.text}
                found.append(Diagnostic("QC0213", operand.span, facts))
        return found

    def hidden(self, names: Iterable[syntax.Name], also_single: bool = False) -> list[Diagnostic]:
        """Names defined in the gate that would hide one of its registers. A value may have the name of a single qubit,
        as expressions do not see it.
        """
        found = []
        for name in names:
            first = self.named.get(name.text)
            if first is not None and first.name.span != name.span and (first.is_register or also_single):
                found.append(Diagnostic("QC0220", name.span, {"name": name.text}, ((first.name.span, "first"),)))
        return found

    def wrong_count(self, node: syntax.Application, library: Library, gateset: str) -> list[Diagnostic]:
        """An application of a gate that takes other operands, as far as their lengths do not matter."""
        over_registers = library.over_registers(node.gate.text)
        if over_registers is not None:
            try:
                match(node, over_registers, lambda operand: NamedQubits((), not self._is_register(operand)))
            except CompileError as error:
                return list(error.diagnostics)
            return []
        signature = library.signature(node.gate.text, gateset)
        controls = _controls(node)
        if signature is None or signature.operands < 0 or any(map(self._is_register, node.operands)):
            return []
        if controls is None or len(node.operands) == signature.operands + controls:
            return []
        span = node.operands[0].span.to(node.operands[-1].span) if node.operands else node.gate.span
        facts = {"gate": node.gate.text, "wants": signature.operands + controls, "given": len(node.operands)}
        return [Diagnostic("QC0203", span, facts)]


def _controls(node: syntax.Application) -> int | None:
    """The number of operands that control a gate; None if it depends on values."""
    arguments = [modifier.argument for modifier in node.modifiers if modifier.kind in ("ctrl", "negctrl")]
    if not all(argument is None or isinstance(argument, syntax.Number) for argument in arguments):
        return None
    return sum(int(argument.value) if isinstance(argument, syntax.Number) else 1 for argument in arguments)


def first_line(circuit: syntax.CircuitDefinition) -> str:
    """The first line of a gate with the body of a circuit: the qubits that it declares are operands."""
    declared = [inner for node in circuit.body if isinstance(node, syntax.Qubits) for inner in node.declarators]
    operands = [f"{inner.name.text}[]" if inner.size is not None else inner.name.text for inner in declared]
    formals = ", ".join(parameter.span.text for parameter in circuit.parameters)
    return f"gate {circuit.name.text}{f'({formals})' if formals else ''} {', '.join(operands) or 'q[]'} {{ ... }}"
