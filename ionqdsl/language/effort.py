"""Estimates the steps of work (step_budget.py) that large values cost: long numbers, lists, operators, formulas.

Takes a value, or an operator and its two sides, and returns a number of steps. It spends none.
"""

from __future__ import annotations

from fractions import Fraction

from ionqdsl.ir.angle import Exact
from ionqdsl.language.values import Measure, PauliSum, Unknown, is_symbolic
from ionqdsl.record import Any


def weight(value: Any) -> int:
    """The extra steps of work that a value costs over a small number, each time it is used or copied."""
    if isinstance(value, int):
        return value.bit_length() >> 7
    kind = type(value)
    if kind is Fraction:
        bits = value.numerator.bit_length() + value.denominator.bit_length()
        return 1 + (int(bits) >> 6)
    if kind is Measure or kind is Unknown:
        angle = value.amount
        return 2 + weight(angle.turns) + weight(angle.radians) + sum(_term_weight(term) for term in angle.terms)
    if kind is PauliSum:
        return len(value.terms)
    return len(value) >> 4 if kind is list or kind is tuple or kind is str else 0


def _term_weight(term: tuple[str, Exact, Exact]) -> int:
    return 1 + weight(term[1]) + weight(term[2])


OPAQUE = 500
"""Steps of work for each part of a formula that is brought into canonical form."""


def work(operator: str, left: Any, right: Any) -> int:
    """The most steps that a product, quotient or power of two values takes, if these grow with both."""
    if isinstance(left, PauliSum) and isinstance(right, PauliSum):
        return 4 * len(left.terms) * len(right.terms)
    is_linear = operator in "*/" and not (is_symbolic(right) and (operator == "/" or is_symbolic(left)))
    if is_linear or not (is_symbolic(left) or is_symbolic(right)):
        return 0
    return OPAQUE * (_parts(left) + _parts(right))


def _parts(value: Any) -> int:
    """The number of parts of a formula, roughly."""
    return 1 + sum(1 + len(symbol) // 16 for symbol in value.amount.symbols) if isinstance(value, Measure) else 1
