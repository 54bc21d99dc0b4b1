"""Checks the operands of statements in the body of a gate against the qubits that its first line names.

Takes a statement and the operands and aliases it sees, and returns diagnostics. Lengths of registers are not known yet;
lower/operands.py checks them for each call.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ionqdsl.diagnostics import CompileError, Diagnostic
from ionqdsl.language import lines, syntax
from ionqdsl.language.library import Library
from ionqdsl.language.lower.operands import match
from ionqdsl.language.values import NamedQubits

Qubits = dict[str, syntax.OperandFormal]
"""The operands and aliases that a statement of a gate sees, by name."""


def opened(body: Iterable[Any]) -> Iterator[Any]:
    """Statements, with runs of plain lines expanded to their gates."""
    for node in body:
        if isinstance(node, syntax.Lines):
            yield from lines.applications(node)
        else:
            yield node


def foreign(node: syntax.Application | syntax.Alias, gate: syntax.GateDefinition, qubits: Qubits) -> list[Diagnostic]:
    """Operands that are not the gate's, and single qubits with an index."""
    found = []
    for operand in node.operands:
        own = qubits.get(operand.name or "")
        if own is None or (operand.items is not None and not own.is_register):
            facts = {"gate": gate.name.text, "operand": operand.span.text}
            found.append(Diagnostic("QC0213", operand.span, facts))
    return found


def hidden(names: Iterable[syntax.Name], qubits: Qubits, also_single: bool = False) -> list[Diagnostic]:
    """Names defined in a gate that would hide one of its registers. A value may have the name of a single qubit, as
    expressions do not see it.
    """
    found = []
    for name in names:
        first = qubits.get(name.text)
        if first is not None and first.name.span != name.span and (first.is_register or also_single):
            found.append(Diagnostic("QC0220", name.span, {"name": name.text}, ((first.name.span, "first"),)))
    return found


def wrong_count(node: syntax.Application, library: Library, gateset: str, qubits: Qubits) -> list[Diagnostic]:
    """An application of a gate that takes other operands, as far as their lengths do not matter."""
    over_registers = library.over_registers(node.gate.text)
    if over_registers is not None:
        try:
            match(node, over_registers, lambda operand: NamedQubits((), not qubits[operand.name or ""].is_register))
        except CompileError as error:
            return list(error.diagnostics)
        return []
    signature = library.signature(node.gate.text, gateset)
    has_registers = any(qubits[operand.name or ""].is_register for operand in node.operands)
    if signature is None or signature.operands < 0 or has_registers:
        return []
    controls = 0
    for modifier in node.modifiers:
        if modifier.kind in ("ctrl", "negctrl"):
            if modifier.argument is not None and not isinstance(modifier.argument, syntax.Number):
                return []
            controls += 1 if modifier.argument is None else int(modifier.argument.value)
    wants = signature.operands + controls
    if len(node.operands) == wants:
        return []
    span = node.operands[0].span.to(node.operands[-1].span) if node.operands else node.gate.span
    return [Diagnostic("QC0203", span, {"gate": node.gate.text, "wants": wants, "given": len(node.operands)})]


def first_line(circuit: syntax.CircuitDefinition) -> str:
    """The first line of a gate that does what a circuit does: the qubits it declares are operands."""
    declared = [inner for node in circuit.body if isinstance(node, syntax.Qubits) for inner in node.declarators]
    operands = [f"{inner.name.text}[]" if inner.size is not None else inner.name.text for inner in declared]
    formals = ", ".join(parameter.span.text for parameter in circuit.parameters)
    return f"gate {circuit.name.text}{f'({formals})' if formals else ''} {', '.join(operands) or 'q[]'} {{ ... }}"
