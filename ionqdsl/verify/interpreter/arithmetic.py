"""Operations on values: conditions, comparisons and arithmetic.

Operators, lists and truth values are handled here; the arithmetic of numbers and angles is that of values.py, which is
exact and raises `Mismatch` if units do not fit.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.job import EnvironmentVariable
from ionqdsl.language import values
from ionqdsl.language.values import EMPTY_SUM
from ionqdsl.verify.interpreter.meaning import Rejected
from ionqdsl.verify.interpreter.values import (
    Letter,
    QubitGroup,
    Sum,
    as_sum,
    collected,
    is_number,
    is_plain,
    product_of,
    same_sums,
)

# --- conditions ------------------------------------------------------------------------------------------------------


def truth(value: Any, span: Span) -> bool:
    """Whether a condition holds: true, a number other than 0, a string or list that is not empty."""
    if value is None or isinstance(value, bool | str | list | range | tuple | dict):
        return bool(value)
    return bool(number(value, span))


def number(value: Any, span: Span) -> Any:
    """A known number, exact if possible; an angle is in radians."""
    if values.is_symbolic(value):
        raise Rejected("QC0305", span)
    if not is_number(value):
        raise Rejected("QC0307", span)
    return values.exactly(value)


def whole(value: Any, span: Span) -> int:
    """A whole number without a unit."""
    if values.is_angle(value) and not values.is_symbolic(value):
        raise Rejected("QC0307", span)
    result = number(value, span)
    if result != int(result):
        raise Rejected("QC0307", span)
    return int(result)


def elements(value: Any, span: Span) -> Sequence[Any]:
    """The values that a loop runs over."""
    if isinstance(value, dict | str):
        return [*value]
    if not isinstance(value, list | range | tuple):
        raise Rejected("QC0307", span)
    return value


def less(left: Any, right: Any, span: Span) -> bool:
    """`<`: of numbers and strings, and of two lists or two tuples, in which the first difference decides."""
    if isinstance(left, list | tuple) and type(left) is type(right):
        pairs = [pair for pair in zip(left, right, strict=False) if not equal(*pair, span)]
        return less(*pairs[0], span) if pairs else len(left) < len(right)
    if isinstance(left, str) and isinstance(right, str):
        return left < right
    comparable(left, right, span)
    return bool(number(left, span) < number(right, span))


def equal(left: Any, right: Any, span: Span) -> bool:
    """`==`: numbers by value, lists and tuples by their elements, operators by their effect."""
    if is_number(left) and is_number(right):
        comparable(left, right, span)
        return bool(number(left, span) == number(right, span))
    if any(isinstance(value, QubitGroup | Letter | EnvironmentVariable) for value in (left, right)):
        raise Rejected("QC0306", span)
    if isinstance(left, list | tuple) and type(left) is type(right):
        return len(left) == len(right) and all(equal(*pair, span) for pair in zip(left, right, strict=True))
    if isinstance(left, dict) and isinstance(right, dict):
        return {*left} == {*right} and all(equal(left[key], right[key], span) for key in left)
    if isinstance(left, Sum) or isinstance(right, Sum):
        one, other = as_sum(left), as_sum(right)
        return one is not None and other is not None and same_sums(one, other)
    return type(left) is type(right) and bool(left == right)


def comparable(left: Any, right: Any, span: Span) -> None:
    """Angles are compared with angles, plain numbers with plain numbers, the empty sum with either."""
    if not is_number(left) or not is_number(right):
        raise Rejected("QC0306", span)
    if left is not EMPTY_SUM and right is not EMPTY_SUM and values.is_angle(left) != values.is_angle(right):
        raise Rejected("QC0301", span)


# --- arithmetic ------------------------------------------------------------------------------------------------------


def refuse(code: str, span: Span) -> Any:
    """Raises Rejected, as an expression."""
    raise Rejected(code, span)


def numbers(operation: Any, left: Any, right: Any, span: Span) -> Any:
    """An operation of two numbers, angles included."""
    return operation(left, right) if is_number(left) and is_number(right) else refuse("QC0306", span)


def minus(left: Any, right: Any, span: Span) -> Any:
    """`left - right`, of numbers and of operators."""
    if not all(isinstance(value, Sum) or is_number(value) for value in (left, right)):
        raise Rejected("QC0306", span)
    return left if right is EMPTY_SUM else plus(left, times(right, -1, span), span)


def plus(left: Any, right: Any, span: Span) -> Any:
    """`left + right`, of numbers, of operators, of lists, of tuples, and of strings."""
    if isinstance(left, str) and isinstance(right, str):
        return "".join((left, right))
    if isinstance(left, list | tuple) and type(left) is type(right):
        return type(left)([*left, *right])
    if left is EMPTY_SUM or right is EMPTY_SUM:
        other = right if left is EMPTY_SUM else left
        return other if isinstance(other, Sum) or is_number(other) else refuse("QC0306", span)
    if isinstance(left, Sum) or isinstance(right, Sum):
        for value in (left, right):
            if not isinstance(value, Sum):
                _weight(value, span)
        one, other = as_sum(left), as_sum(right)
        assert one is not None
        assert other is not None
        return collected([*one.terms, *other.terms])
    return numbers(values.add, left, right, span)


def times(left: Any, right: Any, span: Span) -> Any:
    """`left * right`, of numbers, of operators, and a list or a string repeated."""
    if isinstance(left, str) and isinstance(right, int) and not isinstance(right, bool):
        return "".join([left] * right)
    if isinstance(left, Sum) and isinstance(right, Sum):
        terms = []
        for first, a in left.terms:
            for second, b in right.terms:
                product, sign = product_of(first, second, span)
                terms.append((product, a * b * sign))
        return collected(terms)
    if isinstance(left, Sum) or isinstance(right, Sum):
        operator, factor = (left, right) if isinstance(left, Sum) else (right, left)
        weight = _weight(factor, span)
        return Sum(tuple((product, values.simple(x * weight)) for product, x in operator.terms))
    if isinstance(left, list | tuple) and isinstance(right, int) and not isinstance(right, bool):
        return left * right
    return numbers(values.multiply, left, right, span)


def of_bits(operator: str, left: Any, right: Any, span: Span) -> int:
    """`& | ^ << >>` of whole numbers."""
    one, other = bits(left, span), bits(right, span)
    if operator in ("<<", ">>"):
        if other < 0:
            raise Rejected("QC0323", span)
        return one << other if operator == "<<" else one >> other
    return {"&": one & other, "|": one | other, "^": one ^ other}[operator]


def bits(value: Any, span: Span) -> int:
    """A whole number, for an operator on its bits."""
    try:
        return whole(value, span)
    except Rejected as refused:
        raise Rejected("QC0322" if refused.code == "QC0307" else refused.code, span) from None


def divided(left: Any, right: Any, span: Span) -> Any:
    """`left / right`, of numbers, and of an operator by a number."""
    if not isinstance(left, Sum):
        return numbers(values.divide, left, right, span)
    weight = _weight(right, span)
    if not weight:
        raise Rejected("QC0303", span)
    return times(left, 1 / weight if isinstance(weight, float) else Fraction(1) / weight, span)


def _weight(value: Any, span: Span) -> Any:
    """A number that an operator can be multiplied by: known, and without a unit."""
    if not is_plain(value):
        code = "QC0311" if values.is_angle(value) else "QC0305" if values.is_symbolic(value) else "QC0306"
        raise Rejected(code, span)
    return values.plain(value)
