"""Evaluates compile-time expressions.

Takes an expression and a scope and returns a number, an angle, a string, a list or an operator (values.py). Evaluation
always ends: loops are bounded, sizes are limited, and only the functions of the table can be called. An expression that
cannot be evaluated raises CompileError with its place; a name that already has an error raises `Poisoned`, which
reports nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any

from ionqdsl.diagnostics import CompileError, Diagnostic, fail
from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.job import EnvironmentVariable
from ionqdsl.language import effort, syntax, values
from ionqdsl.language.functions import FUNCTIONS, integer, ordered, usage
from ionqdsl.language.slips.calls import pauli_product
from ionqdsl.language.slips.words import SPELLINGS
from ionqdsl.language.step_budget import StepBudget
from ionqdsl.language.values import EMPTY_SUM, MAX_LIST, PI, Measure, Mismatch, NamedQubits, PauliLetter, PauliSum
from ionqdsl.record import fresh, record


class Poisoned(Exception):
    """The value depends on something already reported."""


class GoingOn:
    """`with GoingOn(found.extend):` ends at an error, reports its diagnostics, and continues after the block."""

    def __init__(self, report: Callable[[Iterable[Diagnostic]], None]) -> None:
        self.report = report

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if isinstance(error, CompileError):
            self.report(error.diagnostics)
        return isinstance(error, (CompileError, Poisoned))


class _Poison:
    def __repr__(self) -> str:
        return "POISON"


POISON = _Poison()
"""The value of a name whose definition has an error."""
MAX_DEPTH = 100
"""How deep lists may be nested if all of them are visited."""


@record(frozen=False)
class Scope:
    """Maps names to values; unknown ones are looked up in `parent`."""

    names: dict[str, Any] = fresh(default_factory=dict)
    parent: Scope | None = None
    budget: StepBudget = fresh(default_factory=StepBudget)

    def child(self, names: dict[str, Any] | None = None) -> Scope:
        """A scope inside this one."""
        return Scope({} if names is None else names, self, self.budget)

    def lookup(self, name: str, span: Span) -> Any:
        """The value of a name; raises for an unknown name."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                value = scope.names[name]
                if value is POISON:
                    raise Poisoned
                return value
            scope = scope.parent
        if name in CONSTANTS:
            return CONSTANTS[name]
        raise fail("QC0201", span, name=name, suggestion=suggest(name, [*self.visible(), *CONSTANTS]))

    def visible(self) -> list[str]:
        """Every name that can be used here."""
        return [*self.names, *(self.parent.visible() if self.parent else [])]


CONSTANTS: dict[str, Any] = {
    "pi": PI,
    "tau": Measure(Angle(Fraction(1))),
    "e": math.e,
    "turn": values.literal(1, "turn"),
    "deg": values.literal(1, "deg"),
    "rad": values.literal(1, "rad"),
    "X": PauliLetter("X"),
    "Y": PauliLetter("Y"),
    "Z": PauliLetter("Z"),
}


def suggest(name: str, names: list[str]) -> str | None:
    """The known name that the user most likely meant."""
    from difflib import get_close_matches  # needed only if there is an error

    other = SPELLINGS.get(name) or pauli_product(name)
    if other is not None:
        return other
    if len(name) == 1:  # everything short is close to one letter
        return name.swapcase() if name.swapcase() in names else None
    matches = get_close_matches(name, names, 1, 0.6) or get_close_matches(name.lower(), names, 1, 0.6)
    return matches[0] if matches else None


class Suggestions:
    """Suggestions for the unknown names of one text; only the first of hundreds are searched for."""

    MOST = 100

    def __init__(self) -> None:
        self._left = self.MOST

    def __call__(self, name: str, names: Callable[[], list[str]]) -> str | None:
        """The known name that the user most likely meant."""
        self._left -= 1
        return suggest(name, names()) if self._left >= 0 else None


def evaluate(node: syntax.Expression, scope: Scope) -> Any:
    """The value of an expression."""
    try:
        return _evaluate(node, scope)
    except Mismatch as mismatch:
        raise fail(mismatch.code, node.span, **mismatch.facts) from None
    except OverflowError:
        raise fail("QC0309", node.span) from None


def _evaluate(node: syntax.Expression, scope: Scope) -> Any:
    scope.budget.spend(1, node.span)
    match node:
        case syntax.Number():
            return values.literal(node.value, node.unit)
        case syntax.Text() | syntax.Constant():
            return node.value
        case syntax.Reference():
            return scope.lookup(node.name, node.span)
        case syntax.Binary():
            return _binary(node, scope)
        case syntax.Unary():
            value = evaluate(node.operand, scope)
            if node.operator == "not":
                return not truth(value, node.operand.span)
            if not isinstance(value, PauliSum) and not values.is_number(value):
                raise fail("QC0307", node.operand.span, wanted="a number", given=values.kind(value))
            return values.multiply(value, -1 if node.operator == "-" else 1)
        case syntax.Conditional():
            chosen: syntax.Expression = node
            while isinstance(chosen, syntax.Conditional):  # `a if p else b if q else c`: iterated, as it may be long
                is_met = truth(evaluate(chosen.condition, scope), chosen.condition.span)
                chosen = chosen.then if is_met else chosen.otherwise
            return evaluate(chosen, scope)
        case syntax.ListExpression():
            return [evaluate(item, scope) for item in node.items]
        case syntax.Comprehension():
            return _comprehension(node, scope)
        case syntax.Index():
            return _index(node, scope)
        case syntax.Call():
            return _call(node, scope)


def _binary(node: syntax.Binary, scope: Scope) -> Any:
    spine = [node]  # 1 + 2 + 3 + ... nests to the left: iterated, not recursed into, as it may be long
    while isinstance(spine[-1].left, syntax.Binary):
        spine.append(spine[-1].left)
    value = evaluate(spine[-1].left, scope)
    owned = False  # whether the value was made here, so that nothing else refers to it
    for link in reversed(spine):
        try:
            value = _apply(link, value, scope, owned)
            in_place = owned and link.operator == "+" and isinstance(value, PauliSum)
            scope.budget.spend(1 if in_place else 1 + effort.weight(value), link.span)
        except Mismatch as mismatch:
            raise fail(mismatch.code, link.span, **mismatch.facts) from None
        owned = link.operator in ("+", "-", "*", "/")
    return value


def _apply(node: syntax.Binary, left: Any, scope: Scope, owned: bool) -> Any:
    operator = node.operator
    if operator in ("and", "or"):
        if truth(left, node.left.span) is (operator == "or"):
            return left
        return evaluate(node.right, scope)
    right = evaluate(node.right, scope)
    if operator in _GROWING:
        scope.budget.spend(effort.work(operator, left, right), node.span)
    match operator:
        case "+":
            return values.add(left, right, owned=owned)
        case "-":
            return values.add(left, right, -1, owned=owned)
        case "*":
            return values.multiply(left, right)
        case "/":
            return values.divide(left, right)
        case "**":
            return values.power(left, right)
        case "//" | "%":
            return values.floor_divide(left, right, operator)
        case "in" | "not in":
            items = elements(right, node.right.span)
            is_in = any(_equal(left, item, node, scope) for item in items)
            return is_in is (operator == "in")
        case "==" | "!=":
            return _equal(left, right, node, scope) is (operator == "==")
    first, second = ordered(operator, left, right)
    return {"<": first < second, ">": first > second, "<=": first <= second, ">=": first >= second}[operator]


_GROWING = ("*", "/", "**")
"""Operators whose result may be much larger than their operands."""


def _equal(left: Any, right: Any, node: syntax.Binary, scope: Scope) -> bool:
    scope.budget.spend(1, node.span)
    if isinstance(left, (list, range)) and type(left) is type(right):
        if len(left) != len(right):
            return False
        count(left, node.span, scope)
        count(right, node.span, scope)
        if isinstance(left, range):
            return bool(left == right)
        # element by element: an angle in degrees may equal one in turns
        return all(_equal(one, other, node, scope) for one, other in zip(left, right, strict=True))
    if values.is_number(left) and values.is_number(right):
        if left is not EMPTY_SUM and right is not EMPTY_SUM and values.is_angle(left) != values.is_angle(right):
            raise Mismatch("QC0301", operator="==")
        if values.is_symbolic(left) or values.is_symbolic(right):
            raise Mismatch("QC0305", names=(*values.amount(left).symbols, *values.amount(right).symbols))
        return bool(values.exactly(left) == values.exactly(right))
    if any(isinstance(value, (NamedQubits, PauliLetter, EnvironmentVariable)) for value in (left, right)):
        raise Mismatch("QC0306", operator="==", left=values.kind(left), right=values.kind(right))
    if isinstance(left, PauliSum) or isinstance(right, PauliSum):
        return values.same_operator(left, right)
    return type(left) is type(right) and bool(left == right)


def truth(value: Any, span: Span) -> bool:
    """A condition's value: true, false, or a number (0 is false)."""
    if isinstance(value, bool):
        return value
    if values.is_symbolic(value):
        raise fail("QC0305", span, names=value.amount.symbols)
    if values.is_number(value):
        return bool(values.exactly(value))
    if isinstance(value, (list, range, str)) or value is None:
        return bool(value)
    raise fail("QC0307", span, wanted="a condition", given=values.kind(value))


def elements(value: Any, span: Span) -> list[Any] | range:
    """The values that a loop runs over."""
    if isinstance(value, (list, range)):
        return value
    fix = f"to count up to it, write `range({span.text})`" if values.is_number(value) else None
    if isinstance(value, NamedQubits):
        fix = f"write `for i in range(len({span.text}))`, and `{span.text}[i]` for each qubit"
    raise fail("QC0307", span, wanted="a list or range", given=values.kind(value), fix=fix)


def _comprehension(node: syntax.Comprehension, scope: Scope) -> list[Any]:
    items = elements(evaluate(node.iterable, scope), node.iterable.span)
    if len(items) > MAX_LIST:
        raise fail("QC0502", node.span, limit=MAX_LIST)
    result: list[Any] = []
    inner = scope.child()
    with scope.budget.loop(node.span):
        for item in items:
            scope.budget.spend(1, node.span)
            inner.names[node.variable.text] = item
            if node.condition is None or truth(evaluate(node.condition, inner), node.condition.span):
                result.append(evaluate(node.item, inner))
    return result


def _index(node: syntax.Index, scope: Scope) -> Any:
    value = evaluate(node.value, scope)
    if isinstance(value, PauliLetter):
        if len(node.items) != 1 or isinstance(node.items[0], syntax.Slice):
            raise fail("QC0307", node.span, wanted="a single index", given="several")
        index = integer(evaluate(node.items[0], scope), node.items[0].span, "an index")
        if index < 0:
            raise fail("QC0313", node.items[0].span, index=index)
        return PauliSum({((value.letter, index),): 1})
    if not isinstance(value, (list, range, str)):
        is_qubits = isinstance(value, NamedQubits)
        fix = "qubits are no values: gates take them after their parentheses" if is_qubits else None
        raise fail("QC0307", node.value.span, wanted="a list", given=values.kind(value), fix=fix)
    picked = positions(node.items, len(value), scope, node.span)
    if len(node.items) == 1 and not isinstance(node.items[0], syntax.Slice):
        return value[picked[0]]
    scope.budget.spend(len(picked) // 16, node.span)
    return [value[position] for position in picked]


def positions(
    items: tuple[syntax.Expression | syntax.Slice, ...], length: int, scope: Scope, span: Span, name: str = "the list"
) -> list[int]:
    """The positions an index list picks, negative ones counted from the end; raises if one is out of range."""
    result: list[int] = []
    for item in items:
        if isinstance(item, syntax.Slice):
            parts = [
                None if part is None else integer(evaluate(part, scope), part.span)
                for part in (item.start, item.stop, item.step)
            ]
            if parts[2] == 0:
                raise fail("QC0314", item.span)
            picked = range(length)[slice(*parts)]
            scope.budget.spend(len(picked) // 16, item.span)
            result += picked
            continue
        index = integer(evaluate(item, scope), item.span, "an index")
        if not -length <= index < length:
            raise fail("QC0206", item.span, index=index, name=name, size=length, last=length - 1 if length else None)
        result.append(index % length)
    return result


# --- functions -------------------------------------------------------------------------------------------------------


def _call(node: syntax.Call, scope: Scope) -> Any:
    name = node.function.text
    if name == "env":
        name_node = node.arguments[0].value if len(node.arguments) == 1 else None
        if not isinstance(name_node, syntax.Text):
            raise fail("QC0316", node.span, function="env", wants="one name in quotes", usage=usage("env"))
        return EnvironmentVariable(name_node.value)
    function = FUNCTIONS.get(name)
    if function is None:
        raise fail("QC0315", node.function.span, name=name, suggestion=suggest(name, list(FUNCTIONS)))
    low, high, apply = function
    for argument in node.arguments:
        if argument.name is not None:
            raise fail("QC0316", argument.span, function=name, wants="its arguments by position", usage=usage(name))
    if not low <= len(node.arguments) <= high:
        wants = f"{low} argument{'s' * (low != 1)}" if low == high else f"{low} to {high} arguments"
        raise fail(
            "QC0316", node.span, function=name, wants=wants if high < 99 else "at least one value", usage=usage(name)
        )
    arguments = [evaluate(argument.value, scope) for argument in node.arguments]
    return apply(arguments, node, scope.budget)


def count(value: Any, span: Span, scope: Scope) -> None:
    """Spends a step for each element of a list and of the lists in it, before they are visited.

    Nested lists hold their parts by reference: a few lines can make one that, written out, would fill any memory.
    """
    rows = [value]
    for depth in range(MAX_DEPTH + 1):
        rows = [item for row in rows if isinstance(row, list) for item in row]
        if not rows:
            return
        scope.budget.spend(len(rows), span)
        if depth == MAX_DEPTH:
            raise fail("QC0503", span)
