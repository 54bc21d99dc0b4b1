"""Computes sums, differences and products of two small whole numbers, which most indices in loops are.

Takes a node of the syntax tree and the values of names, and returns the number, or None for anything else: evaluate.py
then finds the value in the ordinary way.
"""

from __future__ import annotations

from collections.abc import Callable

from ionqdsl.language import syntax
from ionqdsl.record import Any

STEPS = 4
"""Steps of such an expression: one for each of its nodes, and one for its value."""
SMALL = 2**31
"""Whole numbers below this, with either sign, need no other look at their size."""
_OPERATORS: dict[str, Callable[[int, int], int]] = {"+": int.__add__, "-": int.__sub__, "*": int.__mul__}


def index(node: syntax.Binary, value: Callable[[str], Any]) -> int | None:
    """The value of `i + 1` and the like; `value` gives that of a name."""
    apply = _OPERATORS.get(node.operator)
    if apply is None:
        return None
    numbers = []
    for part in (node.left, node.right):
        if type(part) is syntax.Number and not part.unit:
            number: Any = part.value
        else:
            number = value(part.name) if type(part) is syntax.Reference else None
        if type(number) is not int or not -SMALL < number < SMALL:
            return None
        numbers.append(number)
    return apply(*numbers)
