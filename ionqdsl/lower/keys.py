"""What makes two calls the same: keys of argument values.

Values of the language go in, a key comes out that two of them share only where no program can tell them apart: it
says of every value what it is, and of every number of which kind. Python's own equality would not do, since there
True, 1, 1.0 and Fraction(1) are equal, and so are 0.0 and -0.0.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from ionqdsl.angle import Angle
from ionqdsl.job import EnvironmentVariable
from ionqdsl.values import Letter, Measure, PauliSum, Wires

NULL = object()
"""Stands for `null` where None means that nothing was given."""


def key_of(value: Any) -> Any:
    """The key of a value, or of arguments (a list of values, None for one that is not given)."""
    match value:
        case list():
            return ("list", *map(key_of, value))
        case bool() | int() | str() | range():
            return type(value).__name__, value
        case float():
            return "float", value.hex()
        case Fraction():
            return "fraction", value.numerator, value.denominator
        case Measure():
            return "measure", value.unit, key_of(value.amount)
        case Angle():
            return "angle", key_of(value.turns), key_of(value.radians), key_of(list(value.terms))
        case tuple():
            return ("tuple", *map(key_of, value))
        case PauliSum():  # in the order written: Trotter steps follow it
            return ("operator", *[(product, key_of(factor)) for product, factor in value.terms.items()])
        case Letter():
            return "letter", value.letter
        case Wires():
            return "qubits", value.qubits, value.scalar
        case EnvironmentVariable():
            return "environment", value.name
    if value is None or value is NULL:
        return "default" if value is None else "null"
    raise TypeError(f"no key for {type(value).__name__}")
