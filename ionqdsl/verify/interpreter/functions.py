"""The functions that expressions may call, by name: fewest and most arguments, and the operation on their values."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from ionqdsl.diagnostics.source import Span
from ionqdsl.language import values
from ionqdsl.language.values import EMPTY_SUM, Measure
from ionqdsl.verify.interpreter.arithmetic import divided, elements, less, number, plus, truth, whole
from ionqdsl.verify.interpreter.meaning import Rejected
from ionqdsl.verify.interpreter.values import QubitGroup, Sum, is_number

Function = Callable[[list[Any], Span], Any]


def _range(arguments: list[Any], span: Span) -> range:
    bounds = [whole(value, span) for value in arguments]
    if len(bounds) == 3 and bounds[2] == 0:
        raise Rejected("QC0314", span)
    return range(*bounds)


def _len(arguments: list[Any], span: Span) -> int:
    (value,) = arguments
    if isinstance(value, QubitGroup):
        return len(value.qubits)
    if not isinstance(value, list | range | tuple | str | dict):
        raise Rejected("QC0307", span)
    return len(value)


def _sum(arguments: list[Any], span: Span) -> Any:
    total = arguments[1] if len(arguments) == 2 else EMPTY_SUM
    for item in elements(arguments[0], span):
        total = plus(total, item, span)
    return total


def _linspace(arguments: list[Any], span: Span) -> list[Any]:
    first, last, size = arguments
    _need_numbers([first, last], span)
    count = whole(size, span)
    if count < 1:
        raise Rejected("QC0316", span)
    if count == 1:
        return [first]
    width = values.add(last, first, -1)
    return [values.add(first, values.multiply(width, Fraction(k, count - 1))) for k in range(count)]


def _abs(arguments: list[Any], span: Span) -> Any:
    _need_numbers(arguments, span)
    (value,) = arguments
    if values.is_symbolic(value):
        return values.call("abs", arguments)
    return values.multiply(value, -1) if number(value, span) < 0 else value


def _extreme(name: str) -> Function:
    """`min` or `max`, of a list or of several; the first of those that are equal."""

    def chosen(arguments: list[Any], span: Span) -> Any:
        items = arguments
        if len(arguments) == 1 and isinstance(arguments[0], list | range | tuple | str):
            items = list(arguments[0])
        if not items:
            raise Rejected("QC0316", span)
        if any(values.is_symbolic(item) for item in items):
            return values.call(name, items)
        best = items[0]
        for item in items[1:]:
            if less(item, best, span) if name == "min" else less(best, item, span):
                best = item
        return best

    return chosen


def _rounded(function: Callable[[Any], int]) -> Function:
    """`floor`, `ceil` or `round`; an angle is rounded in the unit it was written in."""

    def whole_part(arguments: list[Any], span: Span) -> Any:
        value = arguments[0]
        if not is_number(value):
            raise Rejected("QC0307", span)
        if isinstance(value, Measure) and value.unit:
            unit = values.literal(1, value.unit)
            return values.multiply(unit, function(number(divided(value, unit, span), span)))
        return function(number(value, span))

    return whole_part


def _round(arguments: list[Any], span: Span) -> Any:
    if len(arguments) == 1:
        return _rounded(round)(arguments, span)
    scale = Fraction(10) ** whole(arguments[1], span)
    _need_numbers(arguments[:1], span)
    return values.divide(_rounded(round)([values.multiply(arguments[0], scale)], span), scale)


def _sqrt(arguments: list[Any], span: Span) -> Any:
    """Exact for squares of rationals."""
    (value,) = arguments
    if isinstance(value, int | Fraction) and not isinstance(value, bool) and value >= 0:
        root = Fraction(math.isqrt(Fraction(value).numerator), math.isqrt(Fraction(value).denominator))
        if root**2 == value:
            return values.simple(root)
    return _float("sqrt")(arguments, span)


def _float(name: str, takes_angles: bool = False) -> Function:
    """A function of Python's `math`, on floats; of parameters it stays a formula."""

    def applied(arguments: list[Any], span: Span) -> Any:
        _need_numbers(arguments, span)
        if not takes_angles and any(values.is_angle(value) for value in arguments):
            raise Rejected("QC0317", span)
        if any(values.is_symbolic(value) for value in arguments):
            return values.call(name, arguments)
        try:
            return values.simple(getattr(math, name)(*map(values.as_float, arguments)))
        except (ValueError, ZeroDivisionError):
            raise Rejected("QC0310", span) from None

    return applied


def _zip(arguments: list[Any], span: Span) -> list[Any]:
    lists = [elements(value, span) for value in arguments]
    return [tuple(items[k] for items in lists) for k in range(min(map(len, lists)))]


def _enumerate(arguments: list[Any], span: Span) -> list[Any]:
    first = whole(arguments[1], span) if len(arguments) == 2 else 0
    return [(first + k, item) for k, item in enumerate(elements(arguments[0], span))]


def _sorted(arguments: list[Any], span: Span) -> list[Any]:
    """Each item goes after those that are not greater."""
    result: list[Any] = []
    for item in elements(arguments[0], span):
        place = len(result)
        while place and less(item, result[place - 1], span):
            place -= 1
        result.insert(place, item)
    return result


def _reversed(arguments: list[Any], span: Span) -> Any:
    items = elements(arguments[0], span)
    return items[::-1] if isinstance(items, range) else [*reversed(items)]


def _pauli(arguments: list[Any], span: Span) -> Sum:
    """`pauli("XZ", [3, 0])`: the letter of each index; I is no factor."""
    letters = arguments[0]
    if not isinstance(letters, str):
        raise Rejected("QC0307", span)
    if not set(letters) <= set("IXYZ"):
        raise Rejected("QC0326", span)
    indices = [whole(index, span) for index in elements(arguments[1], span)] if len(arguments) == 2 else None
    if indices is not None and len(indices) != len(letters):
        raise Rejected("QC0327", span)
    if indices is not None and (min(indices, default=0) < 0 or len({*indices}) != len(indices)):
        raise Rejected("QC0313" if min(indices) < 0 else "QC0328", span)
    product: dict[int, str] = dict(zip(indices if indices is not None else range(len(letters)), letters, strict=True))
    return Sum(((tuple((product[k], k) for k in sorted(product) if product[k] != "I"), 1),))


def _need_numbers(arguments: list[Any], span: Span) -> None:
    if not all(map(is_number, arguments)):
        raise Rejected("QC0307", span)


FUNCTIONS: dict[str, tuple[int, int, Function]] = {
    "range": (1, 3, _range),
    "len": (1, 1, _len),
    "abs": (1, 1, _abs),
    "min": (1, 99, _extreme("min")),
    "max": (1, 99, _extreme("max")),
    "round": (1, 2, _round),
    "floor": (1, 1, _rounded(math.floor)),
    "ceil": (1, 1, _rounded(math.ceil)),
    "sum": (1, 2, _sum),
    "linspace": (3, 3, _linspace),
    "sqrt": (1, 1, _sqrt),
    **{name: (1, 1, _float(name)) for name in ("exp", "asin", "acos", "atan")},
    **{name: (1, 1, _float(name, takes_angles=True)) for name in ("sin", "cos", "tan")},
    "log": (1, 2, _float("log")),
    "atan2": (2, 2, _float("atan2")),
    "any": (1, 1, lambda given, span: any(truth(item, span) for item in elements(given[0], span))),
    "all": (1, 1, lambda given, span: all(truth(item, span) for item in elements(given[0], span))),
    "zip": (1, 99, _zip),
    "enumerate": (1, 2, _enumerate),
    "sorted": (1, 1, _sorted),
    "reversed": (1, 1, _reversed),
    "pauli": (1, 2, _pauli),
}
