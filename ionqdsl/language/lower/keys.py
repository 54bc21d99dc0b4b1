"""Keys of argument values, to recognise calls that are the same.

Maps values of the language to keys. Two values share a key only if no program can tell them apart: a key contains the
kind of every value and of every number. Python's own equality would not do, since there True, 1, 1.0 and Fraction(1)
are equal, and so are 0.0 and -0.0.
"""

from __future__ import annotations

from fractions import Fraction

from ionqdsl.ir.angle import Angle
from ionqdsl.ir.job import EnvironmentVariable
from ionqdsl.language.values import Measure, NamedQubits, PauliLetter, PauliSum
from ionqdsl.record import Any

NULL = object()
"""The value `null`, where None means that no value was given."""


_PLAIN = frozenset({int, bool, str, Fraction, range})


def key_of(value: Any) -> Any:
    """The key of a value, or of arguments (a list of values, None for a missing one)."""
    kind = type(value)
    if kind in _PLAIN:
        return kind, value
    if kind is float:
        return kind, value.hex()
    if kind is list or kind is tuple:
        return (kind, *map(key_of, value))
    if kind is dict:
        return (kind, *[(name, key_of(part)) for name, part in value.items()])
    match value:
        case Measure():
            return Measure, value.unit, key_of(value.amount)
        case Angle():
            return Angle, key_of(value.turns), key_of(value.radians), key_of(value.terms)
        case PauliSum():  # in the order written: Trotter steps follow it
            return (PauliSum, *[(product, key_of(factor)) for product, factor in value.terms.items()])
        case PauliLetter():
            return PauliLetter, value.letter
        case NamedQubits():
            return NamedQubits, value.qubits, value.scalar
        case EnvironmentVariable():
            return EnvironmentVariable, value.name
    if value is None or value is NULL:
        return None if value is None else NULL
    raise TypeError(f"no key for {type(value).__name__}")
