"""Chooses values of parameters at which two circuits are compared.

Takes names of expressions (symbols) and returns points: a number for every parameter, and the value of every expression
there. Numbers have three decimals, so that the numbers shown are exactly those used. Nothing is compared here.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from ionqdsl.diagnostics import CompileError
from ionqdsl.ir.circuit import BARRIER, FlatCircuit, Op
from ionqdsl.ir.symbols import names, value
from ionqdsl.record import record

LINEAR = 2
"""Number of points if every expression is a plain parameter: no coincidence recurs at a second point."""

OTHERS = 12
"""Number of points with functions of parameters, some of which (`abs`, `floor`) agree only on intervals."""

ROWS = 12_000
"""Most rows of all points together; at least two points are used."""

_TRIES = 400
_SPANS = ((-3.0, 3.0), (-3.0, 3.0), (0.0, 3.0), (-1.0, 1.0), (0.0, 1.0), (1.0, 3.0), (3.0, 30.0), (-30.0, 30.0))
"""Ranges of the parameters of a try, in turn; after one round each parameter has a separate one."""

_LARGEST = 1e4
"""Larger values of expressions leave too few digits of an angle."""


@record
class SamplePoint:
    """`values` of the parameters by name, and of the expressions that depend on them, by text."""

    values: Mapping[str, Fraction]
    symbols: Mapping[str, float]


def sampled(symbols: Sequence[str], rows: int, seed: int = 0) -> list[SamplePoint]:
    """A sensible number of points for circuits with a number of rows; none if no values give all of them a number.

    Half of the parameters' values are below 0 if the expressions allow it.
    """
    is_linear = all(names(symbol) == (symbol,) for symbol in symbols)
    most = LINEAR if is_linear else max(LINEAR, min(OTHERS, ROWS // max(1, rows)))
    points: list[SamplePoint] = []
    for point in _tried(symbols, random.Random(seed)):
        points.append(point)
        if len(points) == most:
            break
    return points


def _tried(symbols: Sequence[str], generator: random.Random) -> Iterator[SamplePoint]:
    parameters = tuple(dict.fromkeys(name for symbol in symbols for name in names(symbol)))
    for number in range(_TRIES):
        span = _SPANS[number % len(_SPANS)]
        values = {}
        for name in parameters:
            low, high = span if number < len(_SPANS) else generator.choice(_SPANS)
            values[name] = Fraction(round(1000 * generator.uniform(low, high)), 1000)
        try:
            point = SamplePoint(values, {symbol: value(symbol, values) for symbol in symbols})
        except CompileError:
            continue
        if max(map(abs, point.symbols.values()), default=0) <= _LARGEST:
            yield point


def bound(circuit: FlatCircuit, point: SamplePoint) -> FlatCircuit:
    """The circuit with numbers for all its expressions, and without barriers."""
    bound_rows: dict[Op, Op] = {}
    rows = []
    for op in circuit.rows:
        if op.gate == BARRIER:
            continue
        if not any(angle.terms for angle in op.angles):
            rows.append(op)
            continue
        if op not in bound_rows:
            bound_rows[op] = op._replace(angles=tuple(angle.bind(point.symbols.get) for angle in op.angles))
        rows.append(bound_rows[op])
    return circuit.replace(rows=rows, origins=[None] * len(rows))
