"""Evaluates expressions of the syntax tree, given the values of names.

Written to be read next to the language's page, one case per node. A name that is not in the scope is a constant of the
language. Size limits are not checked: lowering has already refused anything too large.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.job import EnvironmentVariable
from ionqdsl.language import syntax, values
from ionqdsl.language.values import Measure, Mismatch
from ionqdsl.verify.interpreter.arithmetic import (
    bits,
    divided,
    elements,
    equal,
    less,
    minus,
    numbers,
    of_bits,
    plus,
    times,
    truth,
    whole,
)
from ionqdsl.verify.interpreter.data import contents
from ionqdsl.verify.interpreter.functions import FUNCTIONS
from ionqdsl.verify.interpreter.meaning import Rejected
from ionqdsl.verify.interpreter.values import Letter, SlotGroup, Sum, is_number, operator


class NameScope:
    """Names and their values; other names are looked up in the enclosing scope."""

    def __init__(self, around: NameScope | None = None, names: dict[str, Any] | None = None) -> None:
        self.names = {} if names is None else names
        self.functions: dict[str, tuple[syntax.Function, NameScope]] = {}
        self.data: Mapping[Span, Any] = {}
        self.outcomes: Mapping[tuple[str, int], int] = {}
        self.around = around

    def value(self, name: str, span: Span) -> Any:
        """The value of a name."""
        scope: NameScope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.around
        if name in CONSTANTS:
            return CONSTANTS[name]
        raise Rejected("QC0201", span)

    def function(self, name: str) -> tuple[syntax.Function, NameScope] | None:
        """A function of the program, with the scope that it sees."""
        scope: NameScope | None = self
        while scope is not None:
            if name in scope.functions:
                return scope.functions[name]
            scope = scope.around
        return None

    def loaded(self, call: Span) -> Any:
        """The contents of a file that a call of `load` names."""
        data = self._outermost().data
        if call not in data:
            raise Rejected("QC0333", call)
        return contents(data[call])

    def bits(self, group: SlotGroup) -> int | list[int]:
        """The outcomes in a register, in the case that is looked at: 0 unless it says otherwise."""
        outcomes = self._outermost().outcomes
        bits = [outcomes.get((group.name, place), 0) for place in range(group.size)]
        return bits[0] if group.is_single else bits

    def _outermost(self) -> NameScope:
        scope = self
        while scope.around is not None:
            scope = scope.around
        return scope


CONSTANTS = {
    "pi": Measure(Angle(Fraction(1, 2))),  # half a turn, in radians
    "tau": Measure(Angle(Fraction(1))),
    "e": math.e,
    "turn": Measure(Angle(Fraction(1)), "turn"),
    "deg": Measure(Angle(Fraction(1, 360)), "deg"),
    "rad": Measure(Angle(0, Fraction(1)), "rad"),
    "X": Letter("X"),
    "Y": Letter("Y"),
    "Z": Letter("Z"),
}


def evaluate(node: syntax.Expression, scope: NameScope) -> Any:
    """The value of an expression."""
    try:
        return _evaluate(node, scope)
    except Mismatch as mismatch:  # of the arithmetic of numbers
        raise Rejected(mismatch.code, node.span) from None
    except OverflowError:
        raise Rejected("QC0309", node.span) from None


def _evaluate(node: syntax.Expression, scope: NameScope) -> Any:
    match node:
        case syntax.Number():
            return _literal(node)
        case syntax.Text() | syntax.Constant():
            return node.value
        case syntax.Reference():
            value = scope.value(node.name, node.span)
            return scope.bits(value) if isinstance(value, SlotGroup) else value
        case syntax.Binary():
            return _chain(node, scope)
        case syntax.Unary(operator="not"):
            return not truth(evaluate(node.operand, scope), node.operand.span)
        case syntax.Unary(operator="~"):
            return -bits(evaluate(node.operand, scope), node.span) - 1
        case syntax.Unary():
            value = evaluate(node.operand, scope)
            if not isinstance(value, Sum) and not is_number(value):
                raise Rejected("QC0307", node.operand.span)
            return times(value, -1 if node.operator == "-" else 1, node.span)
        case syntax.Conditional():
            chosen = truth(evaluate(node.condition, scope), node.condition.span)
            return evaluate(node.then if chosen else node.otherwise, scope)
        case syntax.ListExpression():
            return [evaluate(item, scope) for item in node.items]
        case syntax.TupleExpression():
            return tuple(evaluate(item, scope) for item in node.items)
        case syntax.Comprehension():
            return _comprehension(node, scope)
        case syntax.Index():
            return _indexed(node, scope)
        case syntax.Call():
            return _called(node, scope)
        case syntax.Field():
            return _entry(evaluate(node.value, scope), node.name.text, node.span)


def _literal(node: syntax.Number) -> Any:
    """An exact number, which names show as it is written: 1.0 stays a fraction; with a unit, an angle."""
    match node.unit:
        case "":
            values.simple(node.value)  # raises an error for one too large
            return node.value
        case "rad":
            return Measure(Angle(0, node.value), "rad")
        case "deg":
            return Measure(Angle(Fraction(node.value) / 360), "deg")
    return Measure(Angle(node.value), "turn")


def _comprehension(node: syntax.Comprehension, scope: NameScope) -> list[Any]:
    scopes = [scope]
    for clause in node.clauses:
        inside = []
        for outer in scopes:
            for item in elements(evaluate(clause.iterable, outer), clause.iterable.span):
                inner = bound(clause.target, item, outer)
                if all(truth(evaluate(condition, inner), condition.span) for condition in clause.conditions):
                    inside.append(inner)
        scopes = inside
    return [evaluate(node.item, inner) for inner in scopes]


def bound(target: syntax.Target, value: Any, scope: NameScope) -> NameScope:
    """A scope with the names of a loop; `a, b` are the parts of a tuple or list."""
    names: dict[str, Any] = {}
    pairs = [(target, value)]
    for name, part in pairs:
        if isinstance(name, syntax.Name):
            names[name.text] = part
        elif not isinstance(part, (list, range, tuple)) or len(part) != len(name.items):
            raise Rejected("QC0321", name.span)
        else:
            pairs += zip(name.items, part, strict=True)
    return NameScope(scope, names)


def _called(node: syntax.Call, scope: NameScope) -> Any:
    name, arguments = node.function.text, node.arguments
    if name == "env":
        if len(arguments) != 1 or not isinstance(arguments[0].value, syntax.Text):
            raise Rejected("QC0316", node.span)
        return EnvironmentVariable(arguments[0].value.value)
    if name == "load":
        return scope.loaded(node.span)
    own = scope.function(name)
    if own is not None:
        return _own(node, *own, scope)
    if name not in FUNCTIONS:
        raise Rejected("QC0315", node.function.span)
    fewest, most, function = FUNCTIONS[name]
    if any(argument.name for argument in arguments) or not fewest <= len(arguments) <= most:
        raise Rejected("QC0316", node.span)
    return function([evaluate(argument.value, scope) for argument in arguments], node.span)


def _own(node: syntax.Call, function: syntax.Function, home: NameScope, scope: NameScope) -> Any:
    """A function of the program: its expression, with the arguments as names next to those it is defined among."""
    names = [parameter.name.text for parameter in function.parameters or ()]
    given = {
        names[place] if argument.name is None else argument.name.text: argument.value
        for place, argument in enumerate(node.arguments)
    }
    known: dict[str, Any] = {}
    for parameter in function.parameters or ():
        if parameter.name.text in given:
            part = evaluate(given[parameter.name.text], scope)
        else:
            assert parameter.default is not None
            part = evaluate(parameter.default, NameScope(home, dict(known)))
        known[parameter.name.text] = part
    value = evaluate(function.value, NameScope(home, known))
    return value if isinstance(function, syntax.FunctionDefinition) else operator(value, function.value.span)


# --- operations ------------------------------------------------------------------------------------------------------


def _chain(node: syntax.Binary, scope: NameScope) -> Any:
    """`a + b + c`, which may be long, evaluated from left to right."""
    links = [node]
    while isinstance(links[-1].left, syntax.Binary):
        links.append(links[-1].left)
    value = evaluate(links[-1].left, scope)
    for link in reversed(links):
        try:
            value = _applied(link, value, scope)
        except Mismatch as mismatch:
            raise Rejected(mismatch.code, link.span) from None
    return value


def _applied(node: syntax.Binary, left: Any, scope: NameScope) -> Any:
    if node.operator in ("and", "or"):  # the right side only if it decides
        decided = truth(left, node.left.span) is (node.operator == "or")
        return left if decided else evaluate(node.right, scope)
    right, span = evaluate(node.right, scope), node.span
    match node.operator:
        case "+":
            return plus(left, right, span)
        case "-":
            return minus(left, right, span)
        case "*":
            return times(left, right, span)
        case "/":
            return divided(left, right, span)
        case "**":
            return numbers(values.power, left, right, span)
        case "//" | "%":
            return numbers(lambda a, b: values.floor_divide(a, b, node.operator), left, right, span)
        case "in" | "not in":
            if isinstance(left, str) and isinstance(right, str):
                return (right.find(left) >= 0) is (node.operator == "in")
            is_in = any(equal(left, item, span) for item in elements(right, node.right.span))
            return is_in is (node.operator == "in")
        case "==" | "!=":
            return equal(left, right, span) is (node.operator == "==")
        case "&" | "|" | "^" | "<<" | ">>":
            return of_bits(node.operator, left, right, span)
        case "<" | ">=":
            return less(left, right, span) is (node.operator == "<")
    return less(right, left, span) is (node.operator == ">")


# --- lists -----------------------------------------------------------------------------------------------------------


def _indexed(node: syntax.Index, scope: NameScope) -> Any:
    value = evaluate(node.value, scope)
    is_single = len(node.items) == 1 and not isinstance(node.items[0], syntax.Slice)
    if isinstance(value, Letter):
        if not is_single:
            raise Rejected("QC0307", node.span)
        operand = whole(evaluate(node.items[0], scope), node.items[0].span)  # type: ignore[arg-type]
        if operand < 0:
            raise Rejected("QC0313", node.items[0].span)
        return Sum(((((value.letter, operand),), 1),))
    if isinstance(value, dict) and is_single:
        return _entry(value, evaluate(node.items[0], scope), node.span)  # type: ignore[arg-type]
    if not isinstance(value, list | range | tuple | str):
        raise Rejected("QC0307", node.value.span)
    picked = [value[place] for place in places(node.items, len(value), scope)]
    return picked[0] if is_single else tuple(picked) if isinstance(value, tuple) else picked


def _entry(value: Any, key: Any, span: Span) -> Any:
    """A field of an object."""
    if not isinstance(value, dict) or not isinstance(key, str):
        raise Rejected("QC0307", span)
    if key not in value:
        raise Rejected("QC0330", span)
    return value[key]


def places(items: Sequence[Any], size: int, scope: NameScope) -> list[int]:
    """The positions that indices and slices pick out of a number, negative ones counted from the end."""
    result: list[int] = []
    for item in items:
        if isinstance(item, syntax.Slice):
            start, stop, step = (
                None if part is None else whole(evaluate(part, scope), part.span)
                for part in (item.start, item.stop, item.step)
            )
            if step == 0:
                raise Rejected("QC0314", item.span)
            result += range(size)[start:stop:step]
        else:
            index = whole(evaluate(item, scope), item.span)
            if not -size <= index < size:
                raise Rejected("QC0206", item.span)
            result.append(index + size if index < 0 else index)
    return result
