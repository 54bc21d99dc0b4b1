"""Decides conditions, and whether values are equal, ordered or lists: the questions that operators and functions share.

Takes values of values.py. Everything that visits the parts of a value spends steps for them first.
"""

from __future__ import annotations

from collections.abc import Sequence

from ionqdsl.diagnostics import CompileError, fail
from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.job import EnvironmentVariable
from ionqdsl.language import values
from ionqdsl.language.step_budget import StepBudget
from ionqdsl.language.values import EMPTY_SUM, Mismatch, NamedQubits, PauliLetter, PauliSum
from ionqdsl.record import Any

MAX_DEPTH = 100
"""How deep lists may be nested if all of them are visited."""


def truth(value: Any, span: Span) -> bool:
    """A condition's value: true, false, or a number (0 is false)."""
    if isinstance(value, bool):
        return value
    if values.is_symbolic(value):
        raise fail("QC0305", span, names=value.amount.symbols)
    if values.is_number(value):
        return bool(values.exactly(value))
    if isinstance(value, (list, range, tuple, str, dict)) or value is None:
        return bool(value)
    raise fail("QC0307", span, wanted="a condition", given=values.kind(value))


def elements(value: Any, span: Span) -> Sequence[Any]:
    """The values that a loop runs over: those of a list, the names of an object, the characters of a string."""
    if isinstance(value, (list, range, tuple)):
        return value
    if isinstance(value, (dict, str)):
        return list(value)
    fix = None
    if values.is_number(value):
        fix = f"for this value alone, write `[{span.text}]`"
        if isinstance(value, int):
            fix = f"to count up to it, write `range({span.text})`"
    if isinstance(value, NamedQubits):
        fix = f"write `for i in range(len({span.text}))`, and `{span.text}[i]` for each qubit"
    raise fail("QC0307", span, wanted="a list or range", given=values.kind(value), fix=fix)


def is_part(value: Any, text: str, span: Span) -> bool:
    """Whether a value, which must be a string, is a part of another string."""
    if not isinstance(value, str):
        raise fail("QC0307", span, wanted="a string", given=values.kind(value))
    return value in text


def count(value: Any, span: Span, budget: StepBudget) -> None:
    """Spends a step for each element of a list or tuple and of those in it, before they are visited.

    Nested lists hold their parts by reference: a few lines can make one that, written out, would fill any memory.
    """
    rows = [value]
    for depth in range(MAX_DEPTH + 1):
        rows = [item for row in rows if isinstance(row, (list, tuple, dict)) for item in _parts(row)]
        if not rows:
            return
        budget.spend(len(rows), span)
        if depth == MAX_DEPTH:
            raise fail("QC0503", span)


def _parts(value: Any) -> Any:
    return value.values() if isinstance(value, dict) else value


def equal(left: Any, right: Any, span: Span, budget: StepBudget) -> bool:
    """Whether two values are equal. A tuple never equals a list; lists, tuples and operators are compared by parts."""
    budget.spend(1, span)
    if isinstance(left, (list, range, tuple)) and type(left) is type(right):
        if len(left) != len(right):
            return False
        count(left, span, budget)
        count(right, span, budget)
        if isinstance(left, range):
            return bool(left == right)
        # element by element: an angle in degrees may equal one in turns
        return all(equal(one, other, span, budget) for one, other in zip(left, right, strict=True))
    if isinstance(left, dict) and isinstance(right, dict):
        count(left, span, budget)
        count(right, span, budget)
        return left.keys() == right.keys() and all(equal(left[key], right[key], span, budget) for key in left)
    if values.is_number(left) and values.is_number(right):
        if left is not EMPTY_SUM and right is not EMPTY_SUM and values.is_angle(left) != values.is_angle(right):
            raise Mismatch("QC0301", operator="==")
        if values.is_symbolic(left) or values.is_symbolic(right):
            raise Mismatch("QC0305", names=(*values.amount(left).symbols, *values.amount(right).symbols))
        return bool(values.exactly(left) == values.exactly(right))
    if any(isinstance(value, (NamedQubits, PauliLetter, EnvironmentVariable)) for value in (left, right)):
        raise Mismatch("QC0306", operator="==", left=values.kind(left), right=values.kind(right))
    if isinstance(left, PauliSum) or isinstance(right, PauliSum):
        return values.same_operator(left, right)
    return type(left) is type(right) and bool(left == right)


def is_comparable(left: Any, right: Any) -> bool:
    """Whether two values may be equal as far as their kinds tell: a number is no list, text or truth value.

    Lists and tuples must be as long as each other, and their parts comparable; `null` may be compared with anything.
    """
    if left is None or right is None:
        return True
    if isinstance(left, (list, range, tuple)) and type(left) is type(right) and len(left) == len(right):
        return all(is_comparable(one, other) for one, other in zip(left, right, strict=True))
    if values.is_number(left) or values.is_number(right):
        return values.is_number(left) and values.is_number(right)
    return type(left) is type(right) and not isinstance(left, (list, range, tuple))


def incomparable(span: Span, operator: str, left: tuple[str, Any], right: tuple[str, Any]) -> CompileError:
    """The error that two values can never be equal, each with its text; it advises a comparison of one kind."""
    (first, one), (second, other) = left, right
    fix = None
    if operator in ("==", "!="):
        if (changed := _in_kind_of(one, second, other)) is not None:
            fix = f"{first} {operator} {changed}"
        elif (changed := _in_kind_of(other, first, one)) is not None:
            fix = f"{changed} {operator} {second}"
    return fail("QC0635", span, operator=operator, left=_with_length(one), right=_with_length(other), fix=fix)


def _with_length(value: Any) -> str:
    return f"{values.kind(value)} of {len(value)}" if isinstance(value, (list, range, tuple)) else values.kind(value)


def _in_kind_of(wanted: Any, text: str, value: Any) -> str | None:
    """The text of a value in the kind of another: `[1, 0]` for `"10"` next to two outcomes, 1 for `true` next to 0."""
    if isinstance(wanted, list) and isinstance(value, (str, tuple)) and len(value) == len(wanted):
        if isinstance(value, str):
            return None if set(value) - {"0", "1"} else f"[{', '.join(value)}]"
        return f"[{text[1:-1].strip().rstrip(',')}]" if text.startswith("(") else None
    if values.is_number(wanted) and (isinstance(value, bool) or value in ("0", "1")):
        return str(int(value))
    if values.is_number(wanted) and isinstance(value, list) and len(value) == 1:
        return f"{text}[0]" if text.isidentifier() else text[1:-1] if text.startswith("[") else None
    return None


def is_less(operator: str, left: Any, right: Any, span: Span, budget: StepBudget) -> bool:
    """Whether one value is less than another: of two lists or tuples, the first parts that differ decide."""
    first, second = ordered(operator, left, right, span, budget)
    return bool(first < second)


def ordered(operator: str, left: Any, right: Any, span: Span, budget: StepBudget) -> tuple[Any, Any]:
    """Two values as numbers or strings that compare like them; raises Mismatch.

    Of two lists or tuples, these are the first parts that differ, or the lengths.
    """
    if isinstance(left, (list, tuple)) and type(left) is type(right):
        count(left, span, budget)
        count(right, span, budget)
        for one, other in zip(left, right, strict=False):
            if not equal(one, other, span, budget):
                return ordered(operator, one, other, span, budget)
        return len(left), len(right)
    if isinstance(left, str) and isinstance(right, str):
        return left, right
    values.need_numbers(operator, left, right)
    if left is not EMPTY_SUM and right is not EMPTY_SUM and values.is_angle(left) != values.is_angle(right):
        raise Mismatch("QC0301", operator=operator)
    return values.exactly(left), values.exactly(right)
