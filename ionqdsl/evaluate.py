"""Compile-time expressions to values.

An expression and a scope go in; a number, an angle, a string, a list, an operator come out (values.py). Everything is
total: loops are bounded, sizes are limited, nothing outside the table of functions can be called. What cannot be
evaluated raises CompileError with the place; a name that already has an error raises `Poisoned`, in silence.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from ionqdsl import syntax, values
from ionqdsl.angle import Angle
from ionqdsl.diagnostics import fail
from ionqdsl.job import EnvironmentVariable
from ionqdsl.record import fresh, record
from ionqdsl.source import Span
from ionqdsl.values import EMPTY_SUM, PI, Letter, Measure, Mismatch, PauliSum, Wires

MAX_LIST = 1_000_000
"""Longest list, and the number of elements all lists of a program may have together times ten."""


class Poisoned(Exception):
    """The value depends on something that has been reported already."""


class _Poison:
    def __repr__(self) -> str:
        return "POISON"


POISON = _Poison()
"""The value of a name whose definition has an error."""


@record(frozen=False)
class Budget:
    """How much work the expressions of a program may still do, so that any text ends in bounded time."""

    steps: int = 10 * MAX_LIST

    def spend(self, steps: int, span: Span, code: str = "QC0502") -> None:
        """Takes away; raises CompileError when nothing is left."""
        self.steps -= steps
        if self.steps < 0:
            raise fail(code, span, limit=10 * MAX_LIST)


@record(frozen=False)
class Scope:
    """Names to values; unknown ones are looked up in `parent`."""

    names: dict[str, Any] = fresh(default_factory=dict)
    parent: Scope | None = None
    budget: Budget = fresh(default_factory=Budget)

    def child(self, names: dict[str, Any] | None = None) -> Scope:
        """A scope inside this one."""
        return Scope({} if names is None else names, self, self.budget)

    def lookup(self, name: str, span: Span) -> Any:
        """The value of a name; raises for an unknown one."""
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
    "X": Letter("X"),
    "Y": Letter("Y"),
    "Z": Letter("Z"),
}


def suggest(name: str, known: list[str]) -> str | None:
    """The known name somebody most likely meant."""
    from difflib import get_close_matches  # needed only where something is wrong

    if len(name) == 1:  # everything short is close to one letter
        return name.swapcase() if name.swapcase() in known else None
    found = get_close_matches(name, known, 1, 0.6) or get_close_matches(name.lower(), known, 1, 0.6)
    return found[0] if found else None


def evaluate(node: syntax.Expression, scope: Scope) -> Any:
    """The value of an expression."""
    try:
        return _evaluate(node, scope)
    except Mismatch as mismatch:
        raise fail(mismatch.code, node.span, **mismatch.facts) from None
    except OverflowError:
        raise fail("QC0309", node.span) from None
    except RecursionError:
        raise fail("QC0503", node.span) from None


def _evaluate(node: syntax.Expression, scope: Scope) -> Any:
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
            chosen = truth(evaluate(node.condition, scope), node.condition.span)
            return evaluate(node.then if chosen else node.otherwise, scope)
        case syntax.ListExpression():
            scope.budget.spend(len(node.items), node.span)
            return [evaluate(item, scope) for item in node.items]
        case syntax.Comprehension():
            return _comprehension(node, scope)
        case syntax.Index():
            return _index(node, scope)
        case syntax.Call():
            return _call(node, scope)


def _binary(node: syntax.Binary, scope: Scope) -> Any:
    spine = [node]  # 1 + 2 + 3 + ... leans to the left: walked, not recursed into, as it may be long
    while isinstance(spine[-1].left, syntax.Binary):
        spine.append(spine[-1].left)
    value = evaluate(spine[-1].left, scope)
    for link in reversed(spine):
        try:
            value = _apply(link, value, scope)
        except Mismatch as mismatch:
            raise fail(mismatch.code, link.span, **mismatch.facts) from None
    return value


def _apply(node: syntax.Binary, left: Any, scope: Scope) -> Any:
    operator = node.operator
    if operator in ("and", "or"):
        if truth(left, node.left.span) is (operator == "or"):
            return left
        return evaluate(node.right, scope)
    right = evaluate(node.right, scope)
    match operator:
        case "+":
            return values.add(left, right)
        case "-":
            return values.add(left, right, -1)
        case "*":
            return values.multiply(left, right)
        case "/":
            return values.divide(left, right)
        case "**":
            return values.power(left, right)
        case "//" | "%":
            return values.floor_divide(left, right, operator)
        case "in" | "not in":
            found = any(_equal(left, item) for item in elements(right, node.right.span, scope))
            return found is (operator == "in")
        case "==" | "!=":
            return _equal(left, right) is (operator == "==")
    first, second = _ordered(operator, left, right)
    return {"<": first < second, ">": first > second, "<=": first <= second, ">=": first >= second}[operator]


def _ordered(operator: str, left: Any, right: Any) -> tuple[Any, Any]:
    if isinstance(left, str) and isinstance(right, str):
        return left, right
    values._need_numbers(operator, left, right)
    if EMPTY_SUM not in (left, right) and values.is_angle(left) != values.is_angle(right):
        raise Mismatch("QC0301", operator=operator)
    return values.exactly(left), values.exactly(right)


def _equal(left: Any, right: Any) -> bool:
    if values.is_number(left) and values.is_number(right):
        if left is not EMPTY_SUM and right is not EMPTY_SUM and values.is_angle(left) != values.is_angle(right):
            raise Mismatch("QC0301", operator="==")
        if values.is_symbolic(left) or values.is_symbolic(right):
            raise Mismatch("QC0305", names=", ".join((*values.amount(left).atoms, *values.amount(right).atoms)))
        return bool(values.exactly(left) == values.exactly(right))
    if any(isinstance(value, (Wires, Letter, EnvironmentVariable)) for value in (left, right)):
        raise Mismatch("QC0306", operator="==", left=values.kind(left), right=values.kind(right))
    return type(left) is type(right) and bool(left == right)


def truth(value: Any, span: Span) -> bool:
    """A condition's value: true, false, or a number (0 is false)."""
    if isinstance(value, bool):
        return value
    if values.is_symbolic(value):
        raise fail("QC0305", span, names=", ".join(value.amount.atoms))
    if values.is_number(value):
        return bool(values.exactly(value))
    if isinstance(value, (list, range, str)) or value is None:
        return bool(value)
    raise fail("QC0307", span, wanted="a condition", given=values.kind(value))


def integer(value: Any, span: Span, what: str = "a whole number") -> int:
    """A whole number; raises for anything else."""
    if values.is_symbolic(value):
        raise fail("QC0305", span, names=", ".join(value.amount.atoms))
    if values.is_number(value) and not values.is_angle(value):
        number = values.exactly(value)
        if number == int(number):
            return int(number)
        shown = f"{float(number):.6g}" if -1e15 < number < 1e15 else "a fraction"
        fix = "`//` divides to a whole number" if "/" in span.text else "`floor`, `ceil` and `round` make it whole"
        raise fail("QC0307", span, wanted=what, given=shown, fix=fix)
    raise fail("QC0307", span, wanted=what, given=values.kind(value))


def elements(value: Any, span: Span, scope: Scope) -> list[Any] | range:
    """What a loop runs over."""
    if isinstance(value, (list, range)):
        scope.budget.spend(len(value), span)
        return value
    fix = f"to count up to it, write `range({span.text})`" if values.is_number(value) else None
    raise fail("QC0307", span, wanted="a list or range", given=values.kind(value), fix=fix)


def _comprehension(node: syntax.Comprehension, scope: Scope) -> list[Any]:
    items = elements(evaluate(node.iterable, scope), node.iterable.span, scope)
    if len(items) > MAX_LIST:
        raise fail("QC0502", node.span, limit=MAX_LIST)
    result: list[Any] = []
    inner = scope.child()
    for item in items:
        inner.names[node.variable.text] = item
        if node.condition is None or truth(evaluate(node.condition, inner), node.condition.span):
            result.append(evaluate(node.item, inner))
    return result


def _index(node: syntax.Index, scope: Scope) -> Any:
    value = evaluate(node.value, scope)
    if isinstance(value, Letter):
        if len(node.items) != 1 or isinstance(node.items[0], syntax.Slice):
            raise fail("QC0307", node.span, wanted="a single index", given="several")
        index = integer(evaluate(node.items[0], scope), node.items[0].span, "an index")
        if index < 0:
            raise fail("QC0313", node.items[0].span, index=index)
        return PauliSum({((value.letter, index),): 1})
    if not isinstance(value, (list, range, str)):
        raise fail("QC0307", node.value.span, wanted="a list", given=values.kind(value))
    picked = positions(node.items, len(value), scope, node.span)
    if len(node.items) == 1 and not isinstance(node.items[0], syntax.Slice):
        return value[picked[0]]
    return [value[position] for position in picked]


def positions(
    items: tuple[syntax.Expression | syntax.Slice, ...], length: int, scope: Scope, span: Span, name: str = "the list"
) -> list[int]:
    """The positions an index list picks, negative ones counted from the end; raises where one is out of range."""
    result: list[int] = []
    for item in items:
        if isinstance(item, syntax.Slice):
            parts = [
                None if part is None else integer(evaluate(part, scope), part.span)
                for part in (item.start, item.stop, item.step)
            ]
            if parts[2] == 0:
                raise fail("QC0314", item.span)
            result += range(length)[slice(*parts)]
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
            raise fail("QC0316", node.span, function="env", wants="one name in quotes", usage=_usage("env"))
        return EnvironmentVariable(name_node.value)
    function = FUNCTIONS.get(name)
    if function is None:
        raise fail("QC0315", node.function.span, name=name, suggestion=suggest(name, list(FUNCTIONS)))
    low, high, apply = function
    for argument in node.arguments:
        if argument.name is not None:
            raise fail("QC0316", argument.span, function=name, wants="its arguments by position", usage=_usage(name))
    if not low <= len(node.arguments) <= high:
        wants = f"{low} argument{'s' * (low != 1)}" if low == high else f"{low} to {high} arguments"
        raise fail(
            "QC0316", node.span, function=name, wants=wants if high < 99 else "at least one value", usage=_usage(name)
        )
    given = [evaluate(argument.value, scope) for argument in node.arguments]
    if name in ("range", "linspace"):
        size = apply(given, node)
        scope.budget.spend(len(size) if name == "linspace" else 1, node.span)
        return size
    return apply(given, node)


_USAGE = {
    "env": 'env("NAME")',
    "range": "range(start, stop, step)",
    "linspace": "linspace(first, last, count)",
    "atan2": "atan2(y, x)",
    "log": "log(x, base)",
    "round": "round(x, digits)",
    "min": "min(a, b)",
    "max": "max(a, b)",
    "sum": "sum([a, b])",
    "len": "len([a, b])",
}


def _usage(name: str) -> str:
    """How a function is called."""
    return _USAGE.get(name, f"{name}(x)")


def _numbers(name: str, given: list[Any], node: syntax.Call) -> None:
    for value, argument in zip(given, node.arguments, strict=True):
        if not values.is_number(value):
            raise fail("QC0307", argument.span, wanted=f"a number for `{name}`", given=values.kind(value))


def _float_function(name: str, function: Callable[..., float], takes_angle: bool = False) -> Any:
    def apply(given: list[Any], node: syntax.Call) -> Any:
        _numbers(name, given, node)
        if not takes_angle and any(values.is_angle(value) for value in given):
            raise Mismatch("QC0317", function=name)
        if any(values.is_symbolic(value) for value in given):
            return values.call(name, given)
        if name == "sqrt" and not isinstance(given[0], (float, Measure)) and given[0] >= 0:
            root = Fraction(math.isqrt(Fraction(given[0]).numerator), math.isqrt(Fraction(given[0]).denominator))
            if root * root == given[0]:
                return values.simple(root)
        try:
            return values.simple(function(*(values.as_float(value) for value in given)))
        except (ValueError, ZeroDivisionError):
            at = ", ".join(f"{values.as_float(value):.6g}" for value in given)
            raise Mismatch("QC0310", function=name, at=at) from None
        except OverflowError:
            raise Mismatch("QC0309") from None

    return apply


def _round(given: list[Any], node: syntax.Call) -> Any:
    if len(given) == 2:
        digits = integer(given[1], node.arguments[1].span)
        if abs(digits) > 300:
            raise Mismatch("QC0309")
        scale = Fraction(10) ** digits
        return values.divide(_rounding(round)([values.multiply(given[0], scale)], node), scale)
    return _rounding(round)(given, node)


def _rounding(function: Callable[[Any], int]) -> Any:
    def apply(given: list[Any], node: syntax.Call) -> Any:
        value = given[0]
        if not values.is_number(value):
            raise fail("QC0307", node.arguments[0].span, wanted="a number", given=values.kind(value))
        if isinstance(value, Measure) and value.unit:  # an angle rounds in the unit it was written in
            unit = values.literal(1, value.unit)
            return values.multiply(unit, function(values.exactly(values.divide(value, unit))))
        return function(values.exactly(value))

    return apply


def _absolute(given: list[Any], node: syntax.Call) -> Any:
    _numbers("abs", given, node)
    if values.is_symbolic(given[0]):
        return values.call("abs", given)
    return values.multiply(given[0], -1) if values.exactly(given[0]) < 0 else given[0]


def _extreme(name: str, sign: int) -> Any:
    def apply(given: list[Any], node: syntax.Call) -> Any:
        items = list(given[0]) if len(given) == 1 and isinstance(given[0], (list, range)) else given
        if not items:
            raise fail("QC0316", node.span, function=name, wants="at least one value", usage=_usage(name))
        if any(values.is_symbolic(item) for item in items):
            return values.call(name, items)
        best = items[0]
        for item in items[1:]:
            first, second = _ordered(name, item, best)
            if first < second if sign > 0 else first > second:
                best = item
        return best

    return apply


def _sum(given: list[Any], node: syntax.Call) -> Any:
    if not isinstance(given[0], (list, range)):
        raise fail("QC0307", node.arguments[0].span, wanted="a list", given=values.kind(given[0]))
    total: Any = given[1] if len(given) > 1 else EMPTY_SUM
    for item in given[0]:
        total = values.add(total, item)
    return total


def _range(given: list[Any], node: syntax.Call) -> range:
    numbers = [integer(value, arg.span) for value, arg in zip(given, node.arguments, strict=True)]
    if len(numbers) == 3 and numbers[2] == 0:
        raise fail("QC0314", node.arguments[2].span)
    result = range(*numbers)
    first = result.start, result.stop, result.step
    if max(abs(number) for number in first) > 2**62:
        raise fail("QC0502", node.span, limit=MAX_LIST)
    return result


def _linspace(given: list[Any], node: syntax.Call) -> list[Any]:
    _numbers("linspace", given, node)
    count = integer(given[2], node.arguments[2].span)
    if not 1 <= count <= MAX_LIST:
        raise fail(
            "QC0316",
            node.arguments[2].span,
            function="linspace",
            wants=f"1 to {MAX_LIST} points",
            usage=_usage("linspace"),
        )
    if count == 1:
        return [given[0]]
    width = values.add(given[1], given[0], -1)
    return [values.add(given[0], values.multiply(width, Fraction(k, count - 1))) for k in range(count)]


def _length(given: list[Any], node: syntax.Call) -> int:
    if isinstance(given[0], Wires):
        return len(given[0].qubits)
    if not isinstance(given[0], (list, range, str)):
        raise fail("QC0307", node.arguments[0].span, wanted="a list", given=values.kind(given[0]))
    return len(given[0])


FUNCTIONS: dict[str, tuple[int, int, Callable[[list[Any], syntax.Call], Any]]] = {
    "range": (1, 3, _range),
    "len": (1, 1, _length),
    "abs": (1, 1, _absolute),
    "min": (1, 99, _extreme("min", 1)),
    "max": (1, 99, _extreme("max", -1)),
    "round": (1, 2, _round),
    "floor": (1, 1, _rounding(math.floor)),
    "ceil": (1, 1, _rounding(math.ceil)),
    "sum": (1, 2, _sum),
    "linspace": (3, 3, _linspace),
    "sqrt": (1, 1, _float_function("sqrt", math.sqrt)),
    "exp": (1, 1, _float_function("exp", math.exp)),
    "log": (1, 2, _float_function("log", math.log)),
    "sin": (1, 1, _float_function("sin", math.sin, takes_angle=True)),
    "cos": (1, 1, _float_function("cos", math.cos, takes_angle=True)),
    "tan": (1, 1, _float_function("tan", math.tan, takes_angle=True)),
    "asin": (1, 1, _float_function("asin", math.asin)),
    "acos": (1, 1, _float_function("acos", math.acos)),
    "atan": (1, 1, _float_function("atan", math.atan)),
    "atan2": (2, 2, _float_function("atan2", math.atan2)),
}
"""Name -> fewest arguments, most, and what it does."""
