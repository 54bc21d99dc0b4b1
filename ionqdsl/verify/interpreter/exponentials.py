"""Interprets `pauliexp`: the exponential of an operator, exact, in first-order steps, or by Suzuki's formulas."""

from __future__ import annotations

from fractions import Fraction
from itertools import groupby
from typing import Any

from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.angle import Angle, Exact
from ionqdsl.ir.circuit import Operator
from ionqdsl.language import values
from ionqdsl.verify.interpreter.arithmetic import whole
from ionqdsl.verify.interpreter.meaning import MeantRow, Rejected
from ionqdsl.verify.interpreter.values import Product, amount_of, as_operator, is_number

NOT_GIVEN = object()
"""In place of an argument that is not given."""


def as_angle(value: Any, unit: str, span: Span) -> Angle:
    """The value of a gate's parameter: a plain number has its unit, radians in qis and turns in native gates."""
    if not is_number(value):
        raise Rejected("QC0307", span)
    amount: Angle = amount_of(value)
    if values.is_angle(value):
        if unit not in ("rad", "turn"):
            raise Rejected("QC0318", span)
        return amount
    return values.in_turns(amount) if unit == "turn" else amount


def exponentials(arguments: list[Any], qubits: tuple[int, ...], block: Any, span: Span) -> list[MeantRow]:
    """The rows for a time, an operator, a number of steps and an order."""
    time, operator, steps, order = arguments
    count = 0 if steps is NOT_GIVEN else whole(steps, span)
    if count < 0 or (steps is not NOT_GIVEN and not count):
        raise Rejected("QC0320", span)
    if order is not NOT_GIVEN:
        order, count = whole(order, span), count or 1
        if order not in (1, 2, 4):
            raise Rejected("QC0329", span)
    form = as_operator(operator, span, count)
    if any(operand >= len(qubits) for product, _ in form.terms for _, operand in product):
        raise Rejected("QC0216", span)
    angle = as_angle(time, "number", span)
    if order in (NOT_GIVEN, 1):
        return [MeantRow("pauliexp", qubits, (angle,), 0, block, form)]
    parts = _commuting(form)
    if len(parts) < 2:
        return [MeantRow("pauliexp", qubits, (angle,), 0, block, form._replace(steps=0))]
    shares = count * _shares(len(parts), order, Fraction(1, count))
    rows = []
    for part, group in groupby(shares, lambda share: share[0]):
        share = sum(factor for _, factor in group)
        rows.append(MeantRow("pauliexp", qubits, (angle * share,), 0, block, Operator(tuple(parts[part]))))
    return rows


def _shares(parts: int, order: int, time: Exact) -> list[tuple[int, Exact]]:
    """S2(t) = e(t/2) of every part and back again; S4(t) = S2(pt) S2(pt) S2((1 - 4p)t) S2(pt) S2(pt)."""
    if order == 2:
        half = [(part, time / 2) for part in range(parts)]
        return half + half[::-1]
    p = 1 / (4 - 4 ** (1 / 3))
    outer, middle = _shares(parts, 2, p * time), _shares(parts, 2, (1 - 4 * p) * time)
    return 2 * outer + middle + 2 * outer


def _commuting(form: Operator) -> list[list[tuple[Product, Exact]]]:
    """The terms, in runs of those that commute pairwise."""
    runs: list[list[tuple[Product, Exact]]] = []
    for term in form.terms:
        if not runs or not all(_commute(term[0], other) for other, _ in runs[-1]):
            runs.append([])
        runs[-1].append(term)
    return runs


def _commute(one: Product, other: Product) -> bool:
    """Whether an even number of operands have different letters in both."""
    letters = {operand: letter for letter, operand in one}
    return sum(letters.get(operand, letter) != letter for letter, operand in other) % 2 == 0
