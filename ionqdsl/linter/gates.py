"""Lint rules about single gates and blocks: their angles, and whether they have an effect."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from itertools import chain, pairwise
from math import pi
from typing import Any

from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.gates import GATES, NAMES
from ionqdsl.language import lines, syntax
from ionqdsl.language.library import standard_signatures
from ionqdsl.linter.subject import Body, Edit, Finding, PlainLine, Subject, finding, removal

_WHOLE = {"qis": Fraction(2 * pi), "native": Fraction(1)}
"""A full turn as a plain number."""


def _angles(node: syntax.Application, body: Body, subject: Subject) -> list[syntax.Argument]:
    """The arguments that are angles of a built-in or standard gate."""
    if not node.arguments:
        return []
    key = NAMES[body.gateset].get(node.gate.text)
    if key is not None:
        units = _units(key)
        places = [*units]
        named = [(part.name.text if part.name else places[place], part) for place, part in enumerate(node.arguments)]
        return [argument for name, argument in named if units.get(name) in ("rad", "turn")]
    if node.gate.text in standard_signatures() and node.gate.text not in subject.own_gates:
        return list(node.arguments)
    return []


def _units(key: str) -> dict[str, str]:
    """The units of a gate's parameters by name, in order."""
    return {parameter.name: parameter.unit for parameter in GATES[key].parameters}


def _bare(value: Any) -> bool:
    """Whether an expression consists of plain numbers only."""
    if isinstance(value, syntax.Number):
        return not value.unit
    parts = list(syntax.walk(value))
    return all(isinstance(part, syntax.Number | syntax.Unary | syntax.Binary) for part in parts) and not any(
        isinstance(part, syntax.Number) and part.unit for part in parts
    )


def _literal(value: Any) -> tuple[syntax.Number, Fraction] | None:
    """The literal and the value of a number with any signs before it."""
    is_negative = False
    while isinstance(value, syntax.Unary) and value.operator in ("-", "+"):
        is_negative, value = is_negative is not (value.operator == "-"), value.operand
    if not isinstance(value, syntax.Number):
        return None
    number: Any = value.value  # a whole number is as good as a fraction here
    return value, -number if is_negative else number


GateRule = Callable[[syntax.Application, Body, Subject], Iterator[Finding]]
"""A rule about one gate with arguments or modifiers, in a block of the subject."""


def at_gates(subject: Subject, rules: Iterable[GateRule]) -> Iterator[Finding]:
    """The findings of rules at each gate. Equal plain lines are judged once, if no rule finds anything there."""

    def found(node: syntax.Application) -> Iterator[Finding]:
        return chain.from_iterable(rule(node, body, subject) for rule in rules)

    for body in subject.bodies:
        silent: set[str] = set()
        for step in body.steps:
            if isinstance(step, syntax.Application):
                yield from found(step)
            elif isinstance(step, PlainLine) and "(" in step.text and step.text not in silent:
                findings = [*found(step.node)]
                yield from findings
                if not findings and len(silent) < lines.MOST_KNOWN:
                    silent.add(step.text)


def bare_angles(node: syntax.Application, body: Body, subject: Subject) -> Iterator[Finding]:
    """Finds plain numbers as angles of abstract gates; all documentation gives native angles in turns."""
    if body.gateset == "native":
        return
    for argument in _angles(node, body, subject):
        literal = _literal(argument.value)
        if not _bare(argument.value) or (literal and (not literal[1] or abs(literal[1]) > _WHOLE[body.gateset])):
            continue
        span = argument.value.span
        edits: tuple[Edit, ...] = ()
        if literal and not literal[0].span.text.endswith(")"):  # no parentheses
            end = literal[0].span.end
            edits = (Edit(Span(span.source, end, end), "rad"),)
        yield finding("QC1001", span, *edits, number=span.text)


def degrees_as_numbers(node: syntax.Application, body: Body, subject: Subject) -> Iterator[Finding]:
    """Finds plain numbers of more than a full turn."""
    for argument in _angles(node, body, subject):
        literal = _literal(argument.value)
        if literal and not literal[0].unit and abs(literal[1]) > _WHOLE[body.gateset]:
            unit = {"qis": "radians", "native": "turns"}[body.gateset]
            facts = {"gate": node.gate.text, "number": argument.value.span.text, "unit": unit}
            yield finding("QC1002", argument.value.span, **facts)


def gates_that_do_nothing(node: syntax.Application, body: Body, subject: Subject) -> Iterator[Finding]:
    """Finds rotations by 0 and powers of 0."""
    if body.kind == "verbatim":
        return
    powers = [_literal(part.argument) for part in node.modifiers if part.kind == "pow" and part.argument]
    is_power = any(power is not None and power[1] == 0 for power in powers)
    if is_power or (_is_rotation(node, body, subject) and _is_zero(node.arguments[-1].value)):
        yield finding("QC1009", node.span, removal(node.span), gate=" ".join(node.span.text.split()))


def _is_zero(value: Any) -> bool:
    literal = _literal(value)
    return literal is not None and literal[1] == 0


def _is_rotation(node: syntax.Application, body: Body, subject: Subject) -> bool:
    """Whether the gate is the identity if its last parameter, which is given, is 0."""
    name = node.gate.text
    key = NAMES[body.gateset].get(name)
    if key is not None:
        gate = GATES[key]
        is_complete = len(node.arguments) == len(gate.parameters)
        return is_complete and gate.is_rotation and not gate.rotation.constant and not gate.phase.constant
    signature = standard_signatures().get(name)
    return signature is not None and name not in subject.own_gates and len(signature.parameters) == 1


_SELF_INVERSE = frozenset("x y z h not cnot swap cx CX cy cz ch ccx ccz cswap gpi".split())  # noqa: SIM905
_INVERSES = {
    frozenset(pair.split("/")) for pair in ("s/si", "s/sdg", "t/ti", "t/tdg", "v/vi", "v/sxdg", "sx/vi", "sx/sxdg")
}


def inverse_neighbours(subject: Subject) -> Iterator[Finding]:
    """Finds a gate directly followed by its inverse in the same block."""
    operands = {
        id(item): {operand.name.text for operand in item.operands if not operand.is_register}
        for item in subject.file.items
        if isinstance(item, syntax.GateDefinition)
    }
    for body in subject.bodies:
        if body.kind == "verbatim":
            continue
        single = operands.get(id(body.owner)) or {
            declarator.name.text
            for node in body.statements
            if isinstance(node, syntax.Qubits)
            for declarator in node.declarators
            if declarator.size is None
        }
        before: Any = None
        differ: set[tuple[str, str]] = set()
        for (step, on), (after, later_on) in pairwise((step, _operands(step)) for step in body.steps):
            if step is before or on is None or on != later_on:
                continue
            texts = (step.text, after.text) if isinstance(step, PlainLine) and isinstance(after, PlainLine) else None
            if texts in differ:
                continue
            first, second = (one.node if isinstance(one, PlainLine) else one for one in (step, after))
            if _undoes(first, second, subject, body, single):
                before = after
                edits = _removals(first, second)
                yield finding("QC1010", first.span.to(second.span), *edits, gate=" ".join(first.span.text.split()))
            elif texts is not None and len(differ) < lines.MOST_KNOWN:
                differ.add(texts)


def _operands(step: Any) -> str | None:
    """The operands of a gate without blanks, None for other steps."""
    match step:
        case PlainLine(text):
            return "".join(lines.parts(text)[2].split())
        case syntax.Application():
            return ",".join("".join(part.span.text.split()) for part in step.operands)
    return None


def _removals(first: Any, second: Any) -> tuple[Edit, ...]:
    one, two = removal(first.span), removal(second.span)
    return (one, two) if one.span.end <= two.span.start else ()


def _undoes(first: Any, second: Any, subject: Subject, body: Body, single: set[str]) -> bool:
    """Whether a gate is the inverse of the one before it, on operands that are written alike."""
    if first.gate.text in subject.own_gates or not _is_one_row(first, body, single):
        return False
    parity = [sum(part.kind == "inv" for part in node.modifiers) % 2 for node in (first, second)]
    rest = [[subject.text(part) for part in node.modifiers if part.kind != "inv"] for node in (first, second)]
    if rest[0] != rest[1]:
        return False
    names = first.gate.text, second.gate.text
    arguments = [[subject.text(part) for part in node.arguments] for node in (first, second)]
    if names[0] == names[1] and arguments[0] == arguments[1] and parity[0] != parity[1]:
        return True
    if parity[0] != parity[1] or any(part.kind == "pow" for part in first.modifiers):
        return False
    if names[0] != names[1]:
        return frozenset(names) in _INVERSES
    if arguments[0] == arguments[1]:
        return names[0] in _SELF_INVERSE
    values = [_literal(node.arguments[-1].value) for node in (first, second) if node.arguments]
    is_turned_back = (
        len(values) == 2
        and None not in values
        and values[0][1] == -values[1][1]  # type: ignore[index]
        and values[0][0].unit == values[1][0].unit  # type: ignore[index]
    )
    return is_turned_back and arguments[0][:-1] == arguments[1][:-1] and _is_rotation(first, body, subject)


def _is_one_row(node: syntax.Application, body: Body, single: set[str]) -> bool:
    """Whether the gate is applied once, or to each of several qubits alone, so that the order does not matter."""
    controls = any(part.kind in ("ctrl", "negctrl") for part in node.modifiers)
    key = NAMES[body.gateset].get(node.gate.text)
    signature = standard_signatures().get(node.gate.text)
    operands = GATES[key].operands if key is not None else signature.operands if signature else 0
    if operands == 1 and not controls:
        return True
    return bool(node.operands) and all(
        (operand.items is None and operand.name in single)
        or (operand.items is not None and len(operand.items) == 1 and isinstance(operand.items[0], syntax.Number))
        for operand in node.operands
    )


def empty_blocks(subject: Subject) -> Iterator[Finding]:
    """Finds loops, conditions and blocks without statements."""
    for body in subject.bodies:
        for node in body.statements:
            match node:
                case syntax.For(body=()):
                    yield finding("QC1015", node.span, *_without_comments(node), what="loop")
                case syntax.GateBlock(body=()):
                    yield finding("QC1015", node.span, *_without_comments(node), what=f"`{node.kind}` block")
                case syntax.If(then=(), otherwise=()):
                    yield finding("QC1015", node.span, *_without_comments(node), what="condition")


def _without_comments(node: Any) -> tuple[Edit, ...]:
    return () if "#" in node.span.text else (removal(node.span),)


def lonely_verbatim(subject: Subject) -> Iterator[Finding]:
    """Finds `verbatim` around one gate; right in a loop, the block keeps the copies of the gate apart."""
    for body in subject.bodies:
        for node in body.statements if body.kind != "for" else ():
            match node:
                case syntax.GateBlock(kind="verbatim", body=(syntax.Application() as gate,)):
                    yield finding("QC1017", node.span, gate=" ".join(gate.span.text.split()))
