"""The operators on the bits of whole numbers, with Python's meaning."""

from __future__ import annotations

from ionqdsl.language import values
from ionqdsl.language.values import MAX_BITS, Mismatch, simple
from ionqdsl.record import Any


def combined(operator: str, left: Any, right: Any) -> int:
    """Two whole numbers, combined bit by bit or shifted; raises Mismatch for other values and for large results."""
    first, second = whole(operator, left), whole(operator, right)
    match operator:
        case "&":
            return first & second
        case "|":
            return first | second
        case "^":
            return first ^ second
    if second < 0:
        raise Mismatch("QC0323", operator=operator, count=second, other=">>" if operator == "<<" else "<<")
    if operator == ">>":
        return first >> second
    if first and first.bit_length() + second > MAX_BITS:
        raise Mismatch("QC0308", bits=MAX_BITS)
    return int(simple(first << second)) if first else 0


def inverted(value: Any) -> int:
    """`~n`, which is -n - 1."""
    return ~whole("~", value)


def whole(operator: str, value: Any) -> int:
    """A whole number; raises Mismatch for other values."""
    if values.is_symbolic(value):
        raise Mismatch("QC0305", names=value.amount.symbols)
    if values.is_number(value) and not values.is_angle(value):
        number = values.exactly(value)
        if number == int(number):
            return int(number)
    power = "a power is written `**`: `x**2`" if operator == "^" else None
    logic = {"&": "and", "|": "or", "~": "not"}.get(operator) if isinstance(value, bool) else None
    joined = f"conditions are combined with `{logic}`" if logic else None
    given = "a fraction" if values.is_number(value) and not values.is_angle(value) else values.kind(value)
    raise Mismatch("QC0322", operator=operator, given=given, fix=joined or power)
