"""The values of expressions other than numbers: operators, Pauli letters and qubits.

Numbers and angles are those of values.py, which are exact. Operations on values are in expressions.py and functions.py.
"""

from __future__ import annotations

from typing import Any

from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.angle import Exact
from ionqdsl.ir.circuit import Operator
from ionqdsl.language import values
from ionqdsl.language.values import Measure
from ionqdsl.record import record
from ionqdsl.verify.interpreter.meaning import Rejected

Product = tuple[tuple[str, int], ...]
"""A Pauli product: letters with their operands, sorted by operand; the identity is empty."""


@record
class Letter:
    """`X`, `Y` or `Z`, before it is indexed."""

    letter: str


@record
class QubitGroup:
    """Qubits under a name; `is_single` for one declared without a size."""

    qubits: tuple[int, ...]
    is_single: bool = False


@record
class SlotGroup:
    """A register that measurements write; `is_single` for one declared without a size."""

    name: str
    size: int
    is_single: bool = False


@record
class Sum:
    """A real sum of Pauli products, in the order they were written."""

    terms: tuple[tuple[Product, Exact], ...]


def is_number(value: Any) -> bool:
    """Whether a value is a number or an angle; true and false are neither."""
    return values.is_number(value)


def is_plain(value: Any) -> bool:
    """Whether a value is a number without a unit that depends on no parameter."""
    return is_number(value) and not values.is_angle(value) and not values.is_symbolic(value)


# --- operators -------------------------------------------------------------------------------------------------------


def as_sum(value: Any) -> Sum | None:
    """A value as an operator: a plain number is that multiple of the identity."""
    if isinstance(value, Sum):
        return value
    return Sum((((), values.plain(value)),)) if is_plain(value) else None


def collected(terms: list[tuple[Product, Exact]]) -> Sum:
    """A sum with one term for each product, in order of first occurrence."""
    total: dict[Product, Exact] = {}
    for product, factor in terms:
        total[product] = values.simple(total.get(product, 0) + factor)
    return Sum(tuple(total.items()))


def product_of(left: Product, right: Product, span: Span) -> tuple[Product, int]:
    """The product of two Pauli products, and its sign; it must be real."""
    letters = {operand: letter for letter, operand in left}
    quarters = 0  # of i
    for letter, operand in right:
        before = letters.pop(operand, None)
        if before is None:
            letters[operand] = letter
        elif before != letter:
            (third,) = {"X", "Y", "Z"} - {before, letter}
            letters[operand] = third
            quarters += 1 if before + letter in ("XY", "YZ", "ZX") else 3
    if quarters % 2:
        raise Rejected("QC0312", span)
    return tuple((letters[operand], operand) for operand in sorted(letters)), 1 if quarters % 4 == 0 else -1


def same_sums(left: Sum, right: Sum) -> bool:
    """Whether two operators are the same, ignoring the order of terms and terms of weight 0."""
    return {p: x for p, x in left.terms if x} == {p: x for p, x in right.terms if x}


def as_operator(value: Any, span: Span, steps: int = 0) -> Operator:
    """An operator in the form of a circuit's rows, without terms of weight 0."""
    operator = as_sum(value)
    if operator is None:
        raise Rejected("QC0307", span)
    return Operator(tuple((product, factor) for product, factor in operator.terms if factor), steps)


def operator(value: Any, span: Span) -> Sum:
    """The value of a Hamiltonian."""
    return Sum(as_operator(value, span).terms)


def amount_of(value: Any) -> Any:
    """A number's exact amount, an angle counted in turns and radians, a plain number in radians."""
    return value.amount if isinstance(value, Measure) else values.amount(value)
