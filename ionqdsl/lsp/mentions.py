"""Finds every name in a fragment of a program, and its role.

Takes the syntax nodes of a fragment, and returns its mentions with offsets relative to the nodes. document.py, which
knows the blocks around the fragment, decides which definition a mention refers to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain
from typing import Any, NamedTuple

from ionqdsl.diagnostics.source import Span
from ionqdsl.language import expectations, lines, syntax
from ionqdsl.lsp.fragments import read

VALUE, QUBIT, GATE, CIRCUIT, REGISTER = "value", "qubit", "gate", "circuit", "register"
FUNCTION, ARGUMENT = "function", "argument"
"""The name spaces: constants and the like, qubits, and so on. A function is a `def`, or a Hamiltonian with parameters.
An argument belongs to the gate, circuit or function called."""
OUTCOME = "outcome"
"""A use of qubits or of a register, in `expect`."""

_FIELD = re.compile(r"(?<!\{)\{([A-Za-z_]\w*)(?=[}:!])")


class Mention(NamedTuple):
    """A name at a place. `defines` is the kind defined ("" for a use), `inside` the range of its validity, if limited.

    `owner` is the gate, circuit or function called with a named argument, the circuit whose parameters a text after
    `as` sees, or the node of a definition. `former` is the
    range in which the name still has its former meaning, as the value of `const k = k/2` does.
    """

    name: str
    space: str
    start: int
    end: int
    defines: str = ""
    owner: Any = None
    inside: tuple[int, int] | None = None
    former: tuple[int, int] | None = None


@lru_cache(maxsize=100_000)
def mentions_of(before: str, text: str, after: str) -> tuple[Mention, ...]:
    """All mentions in a framed fragment."""
    return tuple(mentions(read(before, text, after)))


def mentions(nodes: tuple[Any, ...]) -> list[Mention]:
    """All mentions in some statements, in the order of the text."""
    result = [mention for node in nodes for mention in _statement(node)]
    return sorted(result, key=lambda mention: mention.start)


def _define(
    name: syntax.Name, space: str, kind: str, node: Any, former: Span | None = None, inside: Span | None = None
) -> Mention:
    ranges = (span and (span.start, span.end) for span in (inside, former))
    return Mention(name.text, space, name.span.start, name.span.end, kind, node, *ranges)


def _use(name: syntax.Name, space: str, owner: Any = None) -> Mention:
    return Mention(name.text, space, name.span.start, name.span.end, "", owner)


_DEFINED: dict[type, tuple[str, str]] = {
    syntax.Alias: (QUBIT, "alias"),
    syntax.SlotsStatement: (VALUE, "slots"),
    syntax.MeasureStatement: (VALUE, "slots"),
    syntax.Const: (VALUE, "const"),
}
"""The name space and the kind of the name that a statement defines."""


def _statement(node: Any) -> Iterator[Mention]:
    match node:
        case syntax.Application():
            yield from _application(node)
        case syntax.Lines():
            yield from chain.from_iterable(map(_application, lines.applications(node)))
        case syntax.Qubits():
            for declarator in node.declarators:
                yield _define(declarator.name, QUBIT, "qubit", declarator, declarator.span)
                yield from in_expression(declarator.size)
        case syntax.RegisterStatement():
            yield _define(node.name, REGISTER, "register", node)
            yield from _operands(node.operands)
        case syntax.Param():
            yield _define(node.declarator.name, VALUE, "param", node)
            yield from in_expression(node.declarator.size)
            yield from in_expression(node.value)
        case syntax.HamiltonianDefinition() | syntax.FunctionDefinition():
            yield from _function(node)
        case syntax.GateDefinition() | syntax.CircuitDefinition():
            yield from _definition(node)
        case syntax.For():
            yield from _loop(node, node.iterable.span)
        case syntax.Test():
            for loop in node.loops:
                yield from _loop(loop, node.loops[0].span.to(loop.iterable.span))
        case syntax.If():
            yield from in_expression(node.condition)
        case syntax.Expect():
            yield from _expect(node)
        case syntax.Run():
            yield from chain.from_iterable(map(_run_item, node.items))
        case syntax.SettingEntry():
            yield from _setting(node)
        case _:
            yield from _simple(node)


def _simple(node: Any) -> Iterator[Mention]:
    """The names that a statement without a block uses, and those it defines."""
    if isinstance(node, syntax.MeasureStatement) and not node.declares:
        yield _use(node.name, VALUE)
    for part in syntax.parts(node):
        match part:
            case syntax.Name():
                yield _define(part, *_DEFINED[type(node)], node, node.span)
            case syntax.Operand():
                yield from _operands((part,))
            case _:
                yield from in_expression(part)


def _loop(node: syntax.For | syntax.TestLoop, former: Span) -> Iterator[Mention]:
    for name in syntax.names_of(node.target):
        yield _define(name, VALUE, "variable", node, former)
    yield from in_expression(node.iterable)


def _expect(node: syntax.Expect) -> Iterator[Mention]:
    parts = expectations.parts_of(node)
    yield from chain.from_iterable(map(in_expression, parts.expressions))
    for operand in parts.operands:  # their indices are among the expressions
        used, start = operand.name or "", operand.span.start
        yield Mention(used, OUTCOME if operand.items is None else QUBIT, start, start + len(used))
    yield from (_use(circuit, CIRCUIT) for circuit in parts.circuits)
    for other in expectations.compared(node):
        yield from _argument_names(other.arguments or (), (CIRCUIT, other.circuit.text))


def _setting(node: syntax.SettingEntry) -> Iterator[Mention]:
    """The value of a key; the entries of a block are fragments of their own."""
    if node.key.text == "ansatz" and isinstance(node.value, syntax.Reference):
        yield _use(syntax.Name(node.value.name, node.value.span), CIRCUIT)
    elif not isinstance(node.value, tuple):
        yield from in_expression(node.value)


def _definition(node: syntax.GateDefinition | syntax.CircuitDefinition) -> Iterator[Mention]:
    is_gate = isinstance(node, syntax.GateDefinition)
    yield _define(node.name, GATE if is_gate else CIRCUIT, "gate" if is_gate else "circuit", node)
    yield from _parameters(node.parameters)
    if isinstance(node, syntax.GateDefinition):
        for operand in node.operands:
            yield _define(operand.name, QUBIT, "operand", operand, node.operands[0].span.to(operand.span))
            yield from in_expression(operand.size)


def _function(node: syntax.HamiltonianDefinition | syntax.FunctionDefinition) -> Iterator[Mention]:
    """A `def`, or a Hamiltonian, which is a value if it has no parameters."""
    if syntax.is_function(node):
        yield _define(node.name, FUNCTION, "function", node)
        yield from _parameters(node.parameters or (), node.span)
    else:
        yield _define(node.name, VALUE, "hamiltonian", node, node.span)
    yield from in_expression(node.value)


def _parameters(parameters: tuple[syntax.FormalParameter, ...], inside: Span | None = None) -> Iterator[Mention]:
    """Parameters and their defaults, each of which sees the parameters before it."""
    for parameter in parameters:
        yield _define(parameter.name, VALUE, "parameter", parameter, parameters[0].span.to(parameter.span), inside)
        yield from in_expression(parameter.default)


def _application(node: syntax.Application) -> Iterator[Mention]:
    for modifier in node.modifiers:
        yield from in_expression(modifier.argument)
    yield _use(node.gate, GATE, node)
    yield from _arguments(node.arguments, (GATE, node.gate.text))
    yield from _operands(node.operands)


def _arguments(arguments: tuple[syntax.Argument, ...], owner: tuple[str, str]) -> Iterator[Mention]:
    yield from _argument_names(arguments, owner)
    for argument in arguments:
        yield from in_expression(argument.value)


def _argument_names(arguments: tuple[syntax.Argument, ...], owner: tuple[str, str]) -> Iterator[Mention]:
    for argument in arguments:
        if argument.name is not None:
            yield _use(argument.name, ARGUMENT, owner)


def _operands(operands: tuple[syntax.Operand, ...]) -> Iterator[Mention]:
    for operand in operands:
        if operand.name is not None:
            start = operand.span.start
            yield Mention(operand.name, QUBIT, start, start + len(operand.name))
        for item in operand.items or ():
            yield from in_expression(item)


def _run_item(node: syntax.RunItem) -> Iterator[Mention]:
    yield _use(node.circuit, CIRCUIT)
    yield from _arguments(node.arguments or (), (CIRCUIT, node.circuit.text))
    yield from in_expression(node.iterable)
    for name in syntax.names_of(node.target) if node.target is not None else ():
        yield _define(name, VALUE, "variable", node, node.iterable.span if node.iterable else None, node.span)
    if node.label is not None:
        text, start = node.label.span.text, node.label.span.start
        for field in _FIELD.finditer(text):
            owner = CIRCUIT, node.circuit.text
            yield Mention(field[1], VALUE, start + field.start(1), start + field.end(1), owner=owner)


def in_expression(node: Any) -> Iterator[Mention]:
    """The names in an expression; walked with a list, because sums may be long."""
    waiting = [node]
    while waiting:
        match waiting.pop():
            case syntax.Reference() as part:
                yield Mention(part.name, VALUE, part.span.start, part.span.end)
            case syntax.Call() as part:
                yield _use(part.function, FUNCTION)
                yield from _argument_names(part.arguments, (FUNCTION, part.function.text))
                waiting += [argument.value for argument in part.arguments]
            case syntax.Unary() as part:
                waiting.append(part.operand)
            case syntax.Binary() as part:
                waiting += [part.right, part.left]
            case syntax.Conditional() as part:
                waiting += [part.then, part.condition, part.otherwise]
            case syntax.ListExpression() | syntax.TupleExpression() as part:
                waiting += part.items
            case syntax.Comprehension() as part:
                for clause in part.clauses:
                    for name in syntax.names_of(clause.target):
                        former = part.clauses[0].span.to(clause.iterable.span)
                        yield _define(name, VALUE, "variable", clause, former, part.span)
                    waiting += [clause.iterable, *clause.conditions]
                waiting.append(part.item)
            case syntax.Field() as part:
                waiting.append(part.value)
            case syntax.Index() as part:
                waiting += [part.value, *part.items]
            case syntax.Slice() as part:
                waiting += [part.start, part.stop, part.step]
