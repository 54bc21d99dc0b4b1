"""Lowers the arguments of gates to angles, and `pauliexp` to exponentials of sums whose terms commute.

Takes argument values and returns a `Template`. Trotter steps of the first order stay one row; those of higher orders
become one row for each exponential of Suzuki's formula, so that every format and pass reads rows that it knows.
"""

from __future__ import annotations

from ionqdsl.algebra import suzuki
from ionqdsl.diagnostics import fail
from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.angle import ZERO, Angle
from ionqdsl.ir.circuit import MAX_OPERATIONS, Op, Operator
from ionqdsl.ir.operators import commuting_parts
from ionqdsl.language import syntax, values
from ionqdsl.language.functions import integer
from ionqdsl.language.lower.blocks import operator_value
from ionqdsl.language.lower.templates import Template, moderate
from ionqdsl.language.step_budget import StepBudget
from ionqdsl.record import Any


def to_angle(value: Any, unit: str, span: Span) -> Angle:
    """An argument as the angle of a gate's parameter: a plain number has the parameter's unit."""
    if not values.is_number(value):
        raise fail(
            "QC0307", span, wanted="an angle" if unit in ("rad", "turn") else "a number", given=values.kind(value)
        )
    if values.is_angle(value):
        if unit not in ("rad", "turn"):
            raise fail("QC0318", span)
        return values.amount(value)
    number = values.amount(value)
    return moderate(values.in_turns(number), span) if unit == "turn" else number


def pauliexp(arguments: list[Any], node: syntax.Application, width: int, budget: StepBudget) -> Template:
    """The rows of an exponential, given its time, operator, number of steps and order, None for a default."""
    time, operator, steps, order = arguments
    span = span_of(node, 1, "operator")
    count = integer(steps, span_of(node, 2, "steps"), "a number of steps") if steps is not None else 0
    if count < 0 or (steps is not None and count == 0) or count > MAX_OPERATIONS:
        raise fail("QC0320", span_of(node, 2, "steps"))
    if order is not None:
        order = integer(order, span_of(node, 3, "order"), "an order")
        if order not in suzuki.ORDERS:
            raise fail("QC0329", span_of(node, 3, "order"), order=order)
        count = count or 1
    form = operator_value(operator, span, count)
    highest = max((index for product, _ in form.terms for _, index in product), default=-1)
    if highest >= width:
        may_be_registers = len(node.operands) > 1 and any(operand.items is None for operand in node.operands)
        together = ", ".join(operand.span.text for operand in node.operands) if may_be_registers else None
        raise fail("QC0216", span, index=highest, given=width, together=together)
    angle = to_angle(time, "number", span_of(node, 0, "time"))
    for _, factor in form.terms:
        moderate(angle * factor, node.span)
    if order is None or order == 1:
        return Template((Op("pauliexp", tuple(range(width)), (angle,), operator=form),), ZERO, width)
    return Template(tuple(_product(form, angle, order, width, node.span, budget)), ZERO, width)


def _product(form: Operator, angle: Angle, order: int, width: int, span: Span, budget: StepBudget) -> list[Op]:
    """The exponentials of Suzuki's formula; neighbouring terms that all commute are one exponential, which is exact."""
    budget.spend(4 * len(form.terms), span)
    parts = [Operator(terms) for terms in commuting_parts(form)]
    rows = suzuki.length(len(parts), form.steps, order)
    if rows > MAX_OPERATIONS:
        raise fail("QC0501", span, limit=MAX_OPERATIONS)
    budget.spend(4 * rows, span)
    qubits = tuple(range(width))
    if len(parts) < 2:
        return [Op("pauliexp", qubits, (angle,), operator=form._replace(steps=0))]
    return [
        Op("pauliexp", qubits, (angle * factor,), operator=parts[part])
        for part, factor in suzuki.factors(len(parts), form.steps, order)
    ]


def span_of(node: syntax.Application, index: int, name: str) -> Span:
    """The place of the argument for a parameter, by position or name; the whole application if it is not given."""
    for position, argument in enumerate(node.arguments):
        if (argument.name is None and position == index) or (argument.name and argument.name.text == name):
            return argument.value.span
    return node.span
