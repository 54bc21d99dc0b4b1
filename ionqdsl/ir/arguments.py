"""Checks the kinds of arguments of the Python API: whole numbers, texts, mappings.

Takes a value and its role in the call and returns the value as a plain one, or raises an error that names both.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress

from ionqdsl.diagnostics import Diagnostic, UsageError, fail
from ionqdsl.record import Any

Point = Mapping[Any, Any] | Sequence[Any]
"""A value for each parameter: by name, or in the order of the parameters."""

SEEDS = range(-(2**31), 2**31)
"""The seeds that a job's noise may have, signed integers of 32 bits; every other seed is one of them too."""


def whole(number: Any, role: str, least: int | None = None, most: int | None = None) -> int:
    """A whole number of Python, numpy or sympy, within limits; a float counts if it has no fraction, as 1e3 has.

    `role` names the number in the message. Raises QC0881 for anything else, such as `True`, "10", 2.5 and nan.
    """
    result: int | None = None
    if not isinstance(number, bool | str | bytes):
        try:
            result = operator.index(number)
        except TypeError:
            with suppress(TypeError, ValueError, OverflowError):
                result = int(number) if getattr(number, "shape", ()) == () and float(number).is_integer() else None
    if result is None or (least is not None and result < least) or (most is not None and result > most):
        wanted = "a whole number"
        if least is not None:
            wanted += f" from {least} on" if most is None else f" from {least} to {most}"
        raise fail("QC0881", role=role, wanted=wanted, given=shown(number))
    return result


def seed_of(seed: Any) -> int:
    """A seed. Raises QC0881."""
    return whole(seed, "the seed", SEEDS[0], SEEDS[-1])


def seed_if_any(seed: Any) -> int | None:
    """A seed, or None for another one each time. Raises QC0881."""
    return None if seed is None else seed_of(seed)


def text_of(value: Any, role: str) -> str:
    """A value that has to be text. Raises UsageError."""
    if isinstance(value, str):
        return value
    raise refused(role, "text", value)


def values_of(value: Any, role: str, wanted: str) -> Sequence[Any]:
    """A value that has to be several: a list, a tuple, an array. Raises UsageError."""
    if isinstance(value, str | bytes | Mapping) or not hasattr(value, "__len__") or getattr(value, "shape", 1) == ():
        raise refused(role, wanted, value)
    return list(value)


def mapping_of(value: Any, role: str) -> Mapping[Any, Any]:
    """A value that has to map names to values, such as a dict or a DataFrame; None maps none. Raises UsageError."""
    if value is None or isinstance(value, Mapping):
        return value or {}
    if hasattr(value, "keys") and hasattr(value, "__getitem__") and not isinstance(value, type):
        return {key: value[key] for key in value.keys()}  # noqa: SIM118 - iterating a table may go over its rows
    is_list = role == PARAMETERS and isinstance(value, Iterable) and not isinstance(value, str | bytes)
    raise refused(role, "a dict from names to values", value, _NAMES if is_list else None)


def refused(role: str, wanted: str, value: Any, hint: str | None = None) -> UsageError:
    """QC0873: a value of a wrong kind, with a hint if there is one or the kind is a known one."""
    facts = {"role": role, "wanted": wanted, "given": shown(value), "hint": hint or _hint(value)}
    return UsageError([Diagnostic("QC0873", facts=facts)])


def _hint(value: Any) -> str | None:
    if isinstance(value, bytes | bytearray):
        return "give text: `value.decode()`"
    if isinstance(value, Iterator) or type(value).__name__ == "ndarray":
        return "make it a list: `list(value)`"
    if isinstance(value, Mapping):
        return "give its values as a list: `list(value.values())`"
    return _HINTS.get(library_of(value))


def library_of(value: Any) -> str:
    """The name of the library that a value's type is from."""
    return (type(value).__module__ or "").partition(".")[0]  # sympy makes types that are from nowhere


def shown(value: Any) -> str:
    """A value in a message: as Python writes it, or its type if Python writes an address."""
    text = repr(value)
    is_named = " at 0x" in text or (not isinstance(value, str) and "\n" in text)
    return f"an object of type `{type(value).__qualname__}`" if is_named else text[:60]


PARAMETERS = "the values"
"""The role of values for the parameters of a circuit."""
_NAMES = "name each value: `dict(zip(circuit.parameters, values))`"
_HINTS: dict[str, str] = {
    "qiskit": "convert it first: `ionqdsl.from_qiskit(circuit)`",
    "cirq": "convert it first: `ionqdsl.from_cirq(circuit)`",
    "pytket": "convert it first: `ionqdsl.circuit(pytket.qasm.circuit_to_qasm_str(circuit))`",
    "pennylane": "convert it first: `ionqdsl.circuit(qml.to_openqasm(circuit)())`",
    "braket": 'convert it first: `ionqdsl.circuit(circuit.to_ir("OPENQASM").source)`',
}
