"""The functions that expressions may call, with the names and meanings they have in Python.

Takes the values of a call's arguments and returns a value. A bad argument raises CompileError with its place, or
Mismatch if the whole call is to blame. A function that walks a list spends one step for each element.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from functools import cmp_to_key

from ionqdsl.diagnostics import fail
from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.symbols import rational_root
from ionqdsl.language import effort, syntax, values
from ionqdsl.language.comparison import elements, is_less, truth
from ionqdsl.language.step_budget import StepBudget
from ionqdsl.language.values import EMPTY_SUM, MAX_LIST, Measure, Mismatch, NamedQubits, PauliSum
from ionqdsl.record import Any


def integer(value: Any, span: Span, what: str = "a whole number") -> int:
    """A whole number; raises for other values."""
    if values.is_symbolic(value):
        raise fail("QC0305", span, names=value.amount.symbols)
    if values.is_number(value) and not values.is_angle(value):
        number = values.exactly(value)
        if number == int(number):
            return int(number)
        shown = f"{float(number):.6g}" if -1e15 < number < 1e15 else "a fraction"
        is_quotient = "/" in span.text
        fix = "write `//`, which rounds down" if is_quotient else "make it whole with `floor`, `ceil` or `round`"
        raise fail("QC0307", span, wanted=what, given=shown, fix=fix)
    raise fail("QC0307", span, wanted=what, given=values.kind(value))


def operator(value: Any, span: Span) -> PauliSum:
    """A Hamiltonian's value, without terms of weight 0; a plain number is that multiple of the identity."""
    if values.is_number(value) and not values.is_angle(value) and not values.is_symbolic(value):
        value = PauliSum({(): values.plain(value)})
    if not isinstance(value, PauliSum):
        raise fail("QC0307", span, wanted="an operator such as `X[0]*X[1]`", given=values.kind(value))
    return PauliSum({product: factor for product, factor in value.terms.items() if factor})


_USAGE = {
    "env": 'env("NAME")',
    "load": 'load("data.json")',
    "range": "range(start, stop, step)",
    "linspace": "linspace(first, last, count)",
    "atan2": "atan2(y, x)",
    "log": "log(x, base)",
    "round": "round(x, digits)",
    "min": "min(a, b)",
    "max": "max(a, b)",
    "sum": "sum([a, b])",
    "len": "len([a, b])",
    "any": "any(x > 1 for x in list)",
    "all": "all(x > 1 for x in list)",
    "zip": "zip(list, other)",
    "enumerate": "enumerate(list, start)",
    "sorted": "sorted(list)",
    "reversed": "reversed(list)",
    "pauli": 'pauli("XZ", [0, 3])',
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
        if name == "sqrt" and (root := rational_root(arguments[0])) is not None:
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
        is_list = len(arguments) == 1 and isinstance(arguments[0], (list, range, tuple, str))
        items = arguments[0] if is_list else arguments
        budget.spend(2 * len(items), node.span)
        if not items:
            raise fail("QC0316", node.span, function=name, wants="at least one value", usage=usage(name))
        if any(values.is_symbolic(item) for item in items):
            return _formula(name, list(items), node, budget)
        best = items[0]
        for item in items[1:]:
            pair = (item, best) if sign > 0 else (best, item)
            if is_less(name, *pair, node.span, budget):
                best = item
        return best

    return apply


def _sum(arguments: list[Any], node: syntax.Call, budget: StepBudget) -> Any:
    if not isinstance(arguments[0], (list, range, tuple)):
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
    if not isinstance(arguments[0], (list, range, tuple, str, dict)):
        raise fail("QC0307", node.arguments[0].span, wanted="a list", given=values.kind(arguments[0]))
    return len(arguments[0])


def _some(sought: bool) -> Any:
    """`any` or `all`: whether a condition of this kind is among the items; the items after it are not looked at."""

    def apply(arguments: list[Any], node: syntax.Call, budget: StepBudget) -> bool:
        span = node.arguments[0].span
        for item in elements(arguments[0], span):
            budget.spend(1, span)
            if truth(item, span) is sought:
                return sought
        return not sought

    return apply


def _zip(arguments: list[Any], node: syntax.Call, budget: StepBudget) -> list[Any]:
    """Tuples of the first items, of the second, and so on; the shortest list decides how many."""
    lists = [elements(value, argument.span) for value, argument in zip(arguments, node.arguments, strict=True)]
    _spend_for(min(map(len, lists)) * len(lists), node.span, budget)
    return list(zip(*lists, strict=False))


def _enumerate(arguments: list[Any], node: syntax.Call, budget: StepBudget) -> list[Any]:
    items = elements(arguments[0], node.arguments[0].span)
    start = integer(arguments[1], node.arguments[1].span) if len(arguments) == 2 else 0
    _spend_for(len(items), node.span, budget)
    return list(enumerate(items, start))


def _sorted(arguments: list[Any], node: syntax.Call, budget: StepBudget) -> list[Any]:
    """In rising order; items that compare alike stay in their order."""
    span = node.arguments[0].span
    items = elements(arguments[0], span)
    _spend_for(len(items), span, budget)

    def order(one: Any, other: Any) -> int:
        budget.spend(2, span)
        return -1 if is_less("sorted", one, other, span, budget) else 0

    return sorted(items, key=cmp_to_key(order))


def _reversed(arguments: list[Any], node: syntax.Call, budget: StepBudget) -> Any:
    items = elements(arguments[0], node.arguments[0].span)
    if isinstance(items, range):
        return items[::-1]
    _spend_for(len(items), node.span, budget)
    return list(items[::-1])


def _pauli(arguments: list[Any], node: syntax.Call, budget: StepBudget) -> PauliSum:
    """The product of a string of letters, on the indices 0, 1, ... or on those given; I stands for no factor."""
    letters, place = arguments[0], node.arguments[0].span
    if not isinstance(letters, str):
        raise fail("QC0307", place, wanted='letters such as `"XZI"`', given=values.kind(letters))
    budget.spend(len(letters), place)
    if wrong := next((letter for letter in letters if letter not in "IXYZ"), None):
        raise fail("QC0326", place, letter=wrong, suggestion=wrong.upper() if wrong.upper() in "IXYZ" else None)
    indices: list[int] = list(range(len(letters)))
    if len(arguments) == 2:
        span = node.arguments[1].span
        given = elements(arguments[1], span)
        if len(given) != len(letters):
            raise fail("QC0327", span, letters=len(letters), given=len(given))
        indices = [integer(index, span, "an index") for index in given]
        if negative := next((index for index in indices if index < 0), None):
            raise fail("QC0313", span, index=negative)
        if len({*indices}) != len(indices):
            raise fail("QC0328", span, index=next(index for index in indices if indices.count(index) > 1))
    factors = sorted((index, letter) for index, letter in zip(indices, letters, strict=True) if letter != "I")
    return PauliSum({tuple((letter, index) for index, letter in factors): 1})


def _spend_for(length: int, span: Span, budget: StepBudget) -> None:
    """Spends the steps for a new list; raises CompileError if it is too long."""
    if length > MAX_LIST:
        raise fail("QC0502", span, limit=MAX_LIST)
    budget.spend(length, span)


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
    "any": (1, 1, _some(True)),
    "all": (1, 1, _some(False)),
    "zip": (1, 99, _zip),
    "enumerate": (1, 2, _enumerate),
    "sorted": (1, 1, _sorted),
    "reversed": (1, 1, _reversed),
    "pauli": (1, 2, _pauli),
}
"""Name -> fewest arguments, most, and the function."""

FREE = frozenset({"any", "all", "zip", "enumerate", "sorted", "reversed", "load", "pauli"})
"""Functions whose names values may have: version 1 of the language did not reserve them."""
