"""Computes with small whole numbers, fractions and multiples of pi in one walk: most indices and angles of programs.

Takes a node of the syntax tree and the values of names, and returns the value that evaluate.py would find step by step,
or None for anything else, errors included: then it does. Between the first number and the last, values are a numerator
and a denominator that are not reduced.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from fractions import Fraction

from ionqdsl.ir.angle import TAU, Angle
from ionqdsl.language import syntax
from ionqdsl.language.values import Measure
from ionqdsl.record import Any

STEPS = 4
"""Steps of an expression of two numbers: one for each of its nodes, and one for its value."""
NESTED = 12
"""Steps of an expression with others in it, of at most `_DEEPEST` levels."""
SMALL = 2**31
"""Whole numbers below this, with either sign, need no other look at their size."""
_LARGEST = 2**64
"""No numerator or denominator of a fraction is larger: no result of so few of them is too large for a program."""
_DEEPEST = 3

_Ratio = tuple[int, int, bool]
"""A numerator, a denominator above 0, and whether they count turns; otherwise it is a plain number."""

_COMPARISONS: dict[str, Callable[[int, int], bool]] = {
    "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge, "==": operator.eq, "!=": operator.ne
}  # fmt: skip
_CONSTANTS: dict[str, _Ratio] = {"pi": (1, 2, True), "tau": (1, 1, True)}
_LEAVES = (syntax.Number, syntax.Reference)


def quick(node: syntax.Binary, value: Callable[[str], Any]) -> Any:
    """The value of `i + 1`, `3*pi/8`, `k % 2 == 0` and the like; `value` gives that of a name, None for another one."""
    compare = _COMPARISONS.get(node.operator)
    if compare is None:
        ratio = _combined(node, value, _DEEPEST)
        return None if ratio is None else _number(ratio)
    left = _ratio(node.left, value, _DEEPEST)
    right = None if left is None else _ratio(node.right, value, _DEEPEST)
    if left is None or right is None:
        return None
    if left[2] is not right[2]:
        left, right = _in_radians(left), _in_radians(right)
    return compare(left[0] * right[1], right[0] * left[1])


def steps(node: syntax.Binary) -> int:
    """The steps that such a value costs."""
    return STEPS if type(node.left) in _LEAVES and type(node.right) in _LEAVES else NESTED


def _number(ratio: _Ratio) -> int | Fraction | Measure:
    """A ratio as a value of the language."""
    over, under, is_of_turns = ratio
    if is_of_turns and over:
        return Measure(Angle(Fraction(over, under)))
    if under == 1:
        return over
    number = Fraction(over, under)
    return number.numerator if number.denominator == 1 else number


def _in_radians(ratio: _Ratio) -> _Ratio:
    over, under, is_of_turns = ratio
    return (over * TAU.numerator, under * TAU.denominator, False) if is_of_turns else ratio


def _ratio(node: Any, value: Callable[[str], Any], levels: int) -> _Ratio | None:
    """The value of an expression of at most so many levels."""
    kind = type(node)
    if kind is syntax.Number:
        return None if node.unit else _known(node.value)
    if kind is syntax.Reference:
        found = value(node.name)
        return _CONSTANTS.get(node.name) if found is None else _known(found)
    if not levels:
        return None
    if kind is syntax.Binary:
        return _combined(node, value, levels - 1)
    if kind is syntax.Unary and node.operator == "-":
        inner = _ratio(node.operand, value, levels - 1)
        return inner and (-inner[0], inner[1], inner[2])
    return None


def _known(number: Any) -> _Ratio | None:
    """A value as a ratio, if it is small."""
    kind = type(number)
    if kind is int:
        return (number, 1, False) if -SMALL < number < SMALL else None
    is_of_turns = kind is Measure
    if is_of_turns:
        angle = number.amount
        if number.unit is not None or angle.terms or angle.radians:
            return None
        number = angle.turns
    elif kind is not Fraction:
        return None
    if type(number) is float:
        return None
    over, under = number.numerator, number.denominator
    return (over, under, is_of_turns) if -_LARGEST < over < _LARGEST > under else None


def _combined(node: syntax.Binary, value: Callable[[str], Any], levels: int) -> _Ratio | None:
    """The value of two expressions with an operator between them."""
    combine = _OPERATORS.get(node.operator)
    if combine is None:
        return None
    left = _ratio(node.left, value, levels)
    right = None if left is None else _ratio(node.right, value, levels)
    if left is None or right is None:
        return None
    ratio = combine(left, right)
    return ratio if ratio is None or ratio[0] else _NOTHING  # no turns at all are a plain number


def _product(left: _Ratio, right: _Ratio) -> _Ratio | None:
    return None if left[2] and right[2] else (left[0] * right[0], left[1] * right[1], left[2] or right[2])


def _quotient(left: _Ratio, right: _Ratio) -> _Ratio | None:
    over, under = left[0] * right[1], left[1] * right[0]
    if not under or (right[2] and not left[2]):
        return None
    return (over, under, left[2] is not right[2]) if under > 0 else (-over, -under, left[2] is not right[2])


def _sum(left: _Ratio, right: _Ratio) -> _Ratio | None:
    if left[2] is not right[2]:
        return None
    return left[0] * right[1] + right[0] * left[1], left[1] * right[1], left[2]


def _difference(left: _Ratio, right: _Ratio) -> _Ratio | None:
    return _sum(left, (-right[0], right[1], right[2]))


def _whole(divide: Callable[[int, int], int]) -> Callable[[_Ratio, _Ratio], _Ratio | None]:
    """`//` or `%` of whole numbers."""

    def divided(left: _Ratio, right: _Ratio) -> _Ratio | None:
        if not right[0] or left[1] != 1 or right[1] != 1 or left[2] or right[2]:
            return None
        return divide(left[0], right[0]), 1, False

    return divided


_NOTHING: _Ratio = (0, 1, False)
_OPERATORS: dict[str, Callable[[_Ratio, _Ratio], _Ratio | None]] = {
    "+": _sum, "-": _difference, "*": _product, "/": _quotient,
    "//": _whole(operator.floordiv), "%": _whole(operator.mod),
}  # fmt: skip
