"""Decides conditions of qiskit from outcomes: bits and registers compared with numbers, and classical expressions.

Takes a condition, or the target of a `switch`, and returns the bits that it looks at, or its value for given outcomes.
Bit i of a register has weight 2**i. Arithmetic that leaves the width of its type is refused, since it may wrap or not.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from ionqdsl.diagnostics import CompileError, fail
from ionqdsl.exchange.assembly import MAX_DEPTH

MAX_WIDTH = 1024
"""Most bits of a number; those of circuits have one for each outcome."""

Outcome = Callable[[Any], int]
"""A bit of qiskit's -> its outcome."""


def bits_of(condition: Any) -> list[Any]:
    """The classical bits that a condition looks at. Raises CompileError if it looks at anything else."""
    from qiskit.circuit import ClassicalRegister, Clbit
    from qiskit.circuit.classical import expr

    match condition:
        case Clbit():
            return [condition]
        case ClassicalRegister():
            return list(condition)
        case (place, _):
            return bits_of(place)
        case expr.Var() if condition.standalone:
            raise _undecided(condition)
        case expr.Expr():
            return [bit for variable in expr.iter_vars(condition) for bit in _bits_of_variable(variable, condition)]
    raise _undecided(condition)


def _bits_of_variable(variable: Any, condition: Any) -> list[Any]:
    if variable.standalone:
        raise _undecided(condition)
    return bits_of(variable.var)


def value_of(condition: Any, outcome: Outcome) -> int:
    """The value of a condition or target for these outcomes. Raises CompileError if it cannot be told exactly."""
    from qiskit.circuit import ClassicalRegister, Clbit
    from qiskit.circuit.classical import expr

    match condition:
        case Clbit():
            return outcome(condition)
        case ClassicalRegister():
            return sum(outcome(bit) << number for number, bit in enumerate(condition))
        case (place, wanted):
            return value_of(place, outcome) == int(wanted)
        case expr.Expr():
            return _evaluated(condition, outcome, 0)
    raise _undecided(condition)


_BINARY: dict[str, Callable[[int, int], int]] = {
    "BIT_AND": operator.and_,
    "BIT_OR": operator.or_,
    "BIT_XOR": operator.xor,
    "LOGIC_AND": operator.and_,
    "LOGIC_OR": operator.or_,
    "EQUAL": operator.eq,
    "NOT_EQUAL": operator.ne,
    "LESS": operator.lt,
    "LESS_EQUAL": operator.le,
    "GREATER": operator.gt,
    "GREATER_EQUAL": operator.ge,
    "SHIFT_LEFT": operator.lshift,
    "SHIFT_RIGHT": operator.rshift,
    "ADD": operator.add,
    "SUB": operator.sub,
    "MUL": operator.mul,
}
"""Names of qiskit's operators, on whole numbers; truth values are 0 and 1."""


def _evaluated(node: Any, outcome: Outcome, depth: int) -> int:
    """An expression as a whole number within its type."""
    from qiskit.circuit.classical import expr, types

    if depth > MAX_DEPTH:
        raise fail("QC1103", None, limit=MAX_DEPTH)
    depth += 1
    match node:
        case expr.Value() if isinstance(node.value, int):
            result = int(node.value)
        case expr.Var():
            result = value_of(node.var, outcome)
        case expr.Cast():
            result = _evaluated(node.operand, outcome, depth)
            result = int(result != 0) if isinstance(node.type, types.Bool) else result
        case expr.Unary() if node.op.name in ("LOGIC_NOT", "BIT_NOT"):
            result = (1 << _width(node)) - 1 - _evaluated(node.operand, outcome, depth)
        case expr.Binary() if node.op.name in _BINARY:
            left, right = _evaluated(node.left, outcome, depth), _evaluated(node.right, outcome, depth)
            if node.op.name == "SHIFT_LEFT" and right > _width(node):
                raise _undecided(node)
            result = int(_BINARY[node.op.name](left, right))
        case expr.Index():
            place = _evaluated(node.index, outcome, depth)
            if place >= _width(node.target):
                raise _undecided(node)
            result = _evaluated(node.target, outcome, depth) >> place & 1
        case _:
            raise _undecided(node)
    if not 0 <= result < 1 << _width(node):
        raise _undecided(node)
    return result


def _width(node: Any) -> int:
    """The bits of an expression's type. Raises CompileError for one that is neither a truth value nor `Uint`."""
    from qiskit.circuit.classical import types

    match node.type:
        case types.Bool():
            return 1
        case types.Uint() if node.type.width <= MAX_WIDTH:
            return int(node.type.width)
    raise _undecided(node)


def _undecided(condition: Any) -> CompileError:
    return fail("QC1191", None, condition=str(condition)[:100])
