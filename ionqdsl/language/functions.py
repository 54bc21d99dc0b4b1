"""The functions that expressions may call, with the names and meanings they have in Python.

Takes the values of a call's arguments and returns a value. A bad argument raises CompileError with its place, or
Mismatch if the whole call is to blame. A function that walks a list spends one step for each element.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from ionqdsl.diagnostics import fail
from ionqdsl.diagnostics.source import Span
from ionqdsl.language import effort, syntax, values
from ionqdsl.language.step_budget import StepBudget
from ionqdsl.language.values import EMPTY_SUM, MAX_LIST, Measure, Mismatch, NamedQubits, PauliSum


def integer(value: Any, span: Span, what: str = "a whole number") -> int:
    """A whole number; raises for other values."""
    if values.is_symbolic(value):
        raise fail("QC0305", span, names=value.amount.symbols)
    if values.is_number(value) and not values.is_angle(value):
        number = values.exactly(value)
        if number == int(number):
            return int(number)
        shown = f"{float(number):.6g}" if -1e15 < number < 1e15 else "a fraction"
        fix = "`//` divides to a whole number" if "/" in span.text else "`floor`, `ceil` and `round` make it whole"
        raise fail("QC0307", span, wanted=what, given=shown, fix=fix)
    raise fail("QC0307", span, wanted=what, given=values.kind(value))


def ordered(operator: str, left: Any, right: Any) -> tuple[Any, Any]:
    """Two values as numbers or strings that compare like them; raises Mismatch."""
    if isinstance(left, str) and isinstance(right, str):
        return left, right
    values._need_numbers(operator, left, right)
    if EMPTY_SUM not in (left, right) and values.is_angle(left) != values.is_angle(right):
        raise Mismatch("QC0301", operator=operator)
    return values.exactly(left), values.exactly(right)


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


def usage(name: str) -> str:
    """How to call a function."""
    return _USAGE.get(name, f"{name}(x)")


def _numbers(name: str, arguments: list[Any], node: syntax.Call) -> None:
    for value, argument in zip(arguments, node.arguments, strict=True):
        if not values.is_number(value):
            raise fail("QC0307", argument.span, wanted=f"a number for `{name}`", given=values.kind(value))


def _formula(name: str, arguments: list[Any], node: syntax.Call, budget: StepBudget) -> Any:
    """A function of parameters, kept as a formula."""
    budget.spend(sum(effort.work(name, 1, value) for value in arguments), node.span)
    return values.call(name, arguments)


def _float_function(name: str, function: Callable[..., float], takes_angle: bool = False) -> Any:
    def apply(arguments: list[Any], node: syntax.Call, budget: StepBudget) -> Any:
        _numbers(name, arguments, node)
        if not takes_angle and any(values.is_angle(value) for value in arguments):
            raise Mismatch("QC0317", function=name)
        if any(values.is_symbolic(value) for value in arguments):
            return _formula(name, arguments, node, budget)
        if name == "sqrt" and not isinstance(arguments[0], (float, Measure)) and arguments[0] >= 0:
            root = Fraction(
                math.isqrt(Fraction(arguments[0]).numerator), math.isqrt(Fraction(arguments[0]).denominator)
            )
            if root * root == arguments[0]:
                return values.simple(root)
        try:
            return values.simple(function(*(values.as_float(value) for value in arguments)))
        except (ValueError, ZeroDivisionError):
            at = ", ".join(f"{values.as_float(value):.6g}" for value in arguments)
            raise Mismatch("QC0310", function=name, at=at) from None
        except OverflowError:
            raise Mismatch("QC0309") from None

    return apply


def _round(arguments: list[Any], node: syntax.Call, budget: StepBudget) -> Any:
    if len(arguments) == 2:
        digits = integer(arguments[1], node.arguments[1].span)
        if abs(digits) > 300:
            raise Mismatch("QC0309")
        scale = Fraction(10) ** digits
        return values.divide(_rounding(round)([values.multiply(arguments[0], scale)], node, budget), scale)
    return _rounding(round)(arguments, node, budget)


def _rounding(function: Callable[[Any], int]) -> Any:
    def apply(arguments: list[Any], node: syntax.Call, budget: StepBudget) -> Any:
        value = arguments[0]
        if not values.is_number(value):
            raise fail("QC0307", node.arguments[0].span, wanted="a number", given=values.kind(value))
        if isinstance(value, Measure) and value.unit:  # an angle rounds in the unit it was written in
            unit = values.literal(1, value.unit)
            return values.multiply(unit, function(values.exactly(values.divide(value, unit))))
        return function(values.exactly(value))

    return apply


def _absolute(arguments: list[Any], node: syntax.Call, budget: StepBudget) -> Any:
    _numbers("abs", arguments, node)
    if values.is_symbolic(arguments[0]):
        return _formula("abs", arguments, node, budget)
    return values.multiply(arguments[0], -1) if values.exactly(arguments[0]) < 0 else arguments[0]


def _extreme(name: str, sign: int) -> Any:
    def apply(arguments: list[Any], node: syntax.Call, budget: StepBudget) -> Any:
        items = arguments[0] if len(arguments) == 1 and isinstance(arguments[0], (list, range)) else arguments
        budget.spend(2 * len(items), node.span)
        if not items:
            raise fail("QC0316", node.span, function=name, wants="at least one value", usage=usage(name))
        if any(values.is_symbolic(item) for item in items):
            return _formula(name, list(items), node, budget)
        best = items[0]
        for item in items[1:]:
            first, second = ordered(name, item, best)
            if first < second if sign > 0 else first > second:
                best = item
        return best

    return apply


def _sum(arguments: list[Any], node: syntax.Call, budget: StepBudget) -> Any:
    if not isinstance(arguments[0], (list, range)):
        raise fail("QC0307", node.arguments[0].span, wanted="a list", given=values.kind(arguments[0]))
    total: Any = arguments[1] if len(arguments) > 1 else EMPTY_SUM
    for position, item in enumerate(arguments[0]):
        owned = position > 0
        total = values.add(total, item, owned=owned)
        budget.spend(1 + effort.weight(item if owned and isinstance(total, PauliSum) else total), node.span)
    return total


def _range(arguments: list[Any], node: syntax.Call, budget: StepBudget) -> range:
    numbers = [integer(value, arg.span) for value, arg in zip(arguments, node.arguments, strict=True)]
    if len(numbers) == 3 and numbers[2] == 0:
        raise fail("QC0314", node.arguments[2].span)
    result = range(*numbers)
    first = result.start, result.stop, result.step
    if max(abs(number) for number in first) > 2**60:
        raise fail("QC0502", node.span, limit=MAX_LIST)
    return result


def _linspace(arguments: list[Any], node: syntax.Call, budget: StepBudget) -> list[Any]:
    _numbers("linspace", arguments, node)
    count = integer(arguments[2], node.arguments[2].span)
    if not 1 <= count <= MAX_LIST:
        raise fail(
            "QC0316",
            node.arguments[2].span,
            function="linspace",
            wants=f"1 to {MAX_LIST} points",
            usage=usage("linspace"),
        )
    if count == 1:
        return [arguments[0]]
    budget.spend(count * (5 + effort.weight(arguments[0]) + effort.weight(arguments[1])), node.span)
    width = values.add(arguments[1], arguments[0], -1)
    return [values.add(arguments[0], values.multiply(width, Fraction(k, count - 1))) for k in range(count)]


def _length(arguments: list[Any], node: syntax.Call, budget: StepBudget) -> int:
    if isinstance(arguments[0], NamedQubits):
        return len(arguments[0].qubits)
    if not isinstance(arguments[0], (list, range, str)):
        raise fail("QC0307", node.arguments[0].span, wanted="a list", given=values.kind(arguments[0]))
    return len(arguments[0])


FUNCTIONS: dict[str, tuple[int, int, Callable[[list[Any], syntax.Call, StepBudget], Any]]] = {
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
"""Name -> fewest arguments, most, and the function."""
