"""Finds slips in statements that the grammar reads: gates called like functions, or by their names elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ionqdsl.diagnostics.source import Source, Span
from ionqdsl.language import syntax
from ionqdsl.language.slips import calls
from ionqdsl.language.slips.explanation import register_of


def as_statement(node: syntax.Application, count: int | None) -> str | None:
    """A gate that is called like a function, `cx(q[0], q[1])`, as a statement; None if there is nothing to change.

    `count` is the number of its angles, None for a gate known by another name.
    """
    if not node.arguments or node.operands:
        return None
    inside = _text(node.arguments[0].span.source, node.arguments[0].span.start, node.arguments[-1].span.end)
    line = calls.call(node.gate.text, inside, register_of(node.span.source.text), count)
    return _text(node.span.source, node.span.start, node.gate.span.start) + line if line else None


def unknown_gate(node: syntax.Application, is_named: bool, suggest: Callable[[], str | None]) -> dict[str, Any]:
    """The facts about a gate that does not exist; `suggest` searches for names that look like it."""
    name = node.gate.text
    facts: dict[str, Any] = {"gate": name, "replaced": node.span[1:]}
    gate = calls.spelling(name)
    if is_named and not node.operands:
        return {**facts, "qubits": name}
    if gate is None:
        return {**facts, "suggestion": suggest()}
    line = as_statement(node, None)
    if line is None and " " in gate and node.operands:
        qubits = [operand.span.text for operand in node.operands]
        line = _text(node.span.source, node.span.start, node.gate.span.start) + calls.statement(gate, [], qubits)
    return {**facts, "fixed": line} if line or " " in gate else {**facts, "suggestion": gate}


def qubits_in_parentheses(gate: syntax.GateDefinition) -> tuple[Span | None, str]:
    """Where a gate without operands uses a parameter as one, and its first line as it was meant."""
    parameters = [parameter.name.text for parameter in gate.parameters]
    for node in gate.body if not gate.operands else ():
        for operand in node.operands if isinstance(node, syntax.Application) else ():
            if operand.name in parameters:
                return operand.span, f"gate {gate.name.text} {', '.join(parameters)}"
    return None, ""


def root(value: syntax.Expression) -> str | None:
    """The name that a value is, or is an element of."""
    value = value.value if isinstance(value, syntax.Index) else value
    return value.name if isinstance(value, syntax.Reference) else None


def _text(source: Source, start: int, end: int) -> str:
    return source.text[start:end]
