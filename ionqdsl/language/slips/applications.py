"""Finds slips in statements that the grammar reads: gates called like functions, or by their names elsewhere."""

from __future__ import annotations

from collections.abc import Callable

from ionqdsl.diagnostics.source import Source, Span
from ionqdsl.language import syntax
from ionqdsl.record import Any


def as_statement(node: syntax.Application, count: int | None) -> str | None:
    """A gate that is called like a function, `cx(q[0], q[1])`, as a statement; None if there is nothing to change.

    `count` is the number of its angles, None for a gate known by another name.
    """
    if not node.arguments or node.operands:
        return None
    from ionqdsl.language.slips import calls
    from ionqdsl.language.slips.explanation import register_of

    inside = _text(node.arguments[0].span.source, node.arguments[0].span.start, node.arguments[-1].span.end)
    line = calls.call(node.gate.text, inside, register_of(node.span.source.whole.text), count, not node.modifiers)
    return _text(node.span.source, node.span.start, node.gate.span.start) + line if line else None


def unknown_gate(node: syntax.Application, is_named: bool, suggest: Callable[[], str | None]) -> dict[str, Any]:
    """The facts about a gate that does not exist; `suggest` searches for names that look like it."""
    from ionqdsl.language.slips import calls

    name = node.gate.text
    facts: dict[str, Any] = {"gate": name, "replaced": node.span[1:]}
    gate = calls.spelling(name)
    if is_named and not node.operands:
        return {**facts, "qubits": name}
    if gate is None:
        return {**facts, "suggestion": keyword(name) or suggest()}
    line = as_statement(node, None)
    if line is None and " " in gate and node.operands:
        qubits = [operand.span.text for operand in node.operands]
        line = _text(node.span.source, node.span.start, node.gate.span.start) + calls.statement(gate, [], qubits)
    return {**facts, "fixed": line} if line or " " in gate else {**facts, "suggestion": gate}


def whole_register(operand: syntax.Operand) -> str:
    """The register that `all` stands for in other languages."""
    from ionqdsl.language.slips.explanation import register_of

    return register_of(operand.span.source.whole.text)


def declared(node: syntax.Application) -> dict[str, None]:
    """The names that a statement such as `qreg q[2]` was meant to declare."""
    return {operand.name: None for operand in node.operands if operand.name}


def keyword(name: str) -> str | None:
    """The keyword of a statement that a name is nearly."""
    near = {"qubit", "param", "barrier", "include", "register", "verbatim", "gateset", "circuit", "hamiltonian"}
    is_near = len(name) > 3 and any(_distance(name.lower(), word) for word in near)
    return next((word for word in sorted(near) if is_near and _distance(name.lower(), word)), None)


def _distance(name: str, word: str) -> bool:
    """Whether two words differ by one letter more, less or other, or by two in each other's place."""
    if abs(len(name) - len(word)) > 1 or name == word:
        return False
    start = next((at for at, (a, b) in enumerate(zip(name, word, strict=False)) if a != b), min(len(name), len(word)))
    left, right = name[start:], word[start:]
    return left[1:] in (right, right[1:]) or left == right[1:] or (left[:2] == right[1::-1] and left[2:] == right[2:])


def qubits_in_parentheses(gate: syntax.GateDefinition) -> tuple[Span | None, str]:
    """Where a gate without operands uses a parameter as one, and its first line as it was meant."""
    parameters = [parameter.name.text for parameter in gate.parameters]
    for node in gate.body if not gate.operands else ():
        for operand in node.operands if isinstance(node, syntax.Application) else ():
            if operand.name in parameters:
                return operand.span, f"gate {gate.name.text} {', '.join(parameters)}"
    return None, ""


def leftmost(value: syntax.Expression) -> syntax.Expression:
    """The operand a value begins with: `qpu.forte` of `qpu.forte-1`."""
    while isinstance(value, syntax.Binary):
        value = value.left
    return value


def root(value: syntax.Expression) -> str | None:
    """The name that a value is, or is an element or a field of."""
    while isinstance(value, syntax.Index | syntax.Field):
        value = value.value
    return value.name if isinstance(value, syntax.Reference) else None


def _text(source: Source, start: int, end: int) -> str:
    return source.text[start:end]
