"""Binds the open parameters of a circuit at many points, quickly, and knows how each angle acts on the state.

Takes a circuit and the names of its parameters; returns rows for float values, without text, fractions or sympy in the
loop. Trotterised exponentials are split into their factors, so that every open angle turns about one product.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ionqdsl.diagnostics import CompileError, fail
from ionqdsl.diagnostics.rendering import filled
from ionqdsl.ir import symbolic
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.arguments import Point, values_of
from ionqdsl.ir.circuit import FlatCircuit, Op, Operator
from ionqdsl.ir.operators import anticommuting
from ionqdsl.ir.sweep import table
from ionqdsl.ir.symbols import exact, names, value

Numbers = NDArray[np.float64]


class OpenAngle(NamedTuple):
    """An angle that has parameters: its row, and its place among the angles of the row."""

    row: int
    place: int


class OpenCircuit:
    """A circuit whose parameters get values later; `names` is the order of the values."""

    def __init__(self, circuit: FlatCircuit, parameters: Sequence[str] | None = None) -> None:
        self.circuit = circuit
        self.names = tuple(symbolic.parameters(circuit) if parameters is None else parameters)
        self.template = [row for op in circuit.rows for row in _factors(op)]
        self.open = [
            OpenAngle(row, place)
            for row, op in enumerate(self.template)
            for place, angle in enumerate(op.angles)
            if angle.terms
        ]
        self._angles = [self.template[row].angles[place] for row, place in self.open]
        self._symbols = tuple(dict.fromkeys(symbol for angle in self._angles for symbol in angle.symbols))
        self._slopes: list[tuple[int, int, Angle]] | None = None

    def vector(self, at: Point) -> Numbers:
        """Values in the order of `names`: given by name, or in that order. Raises QC0880, QC0881 and QC0882."""
        if isinstance(at, Mapping):
            given = symbolic.given_values(self.circuit, at, self.names)
            symbolic.need_numbers(self.circuit, "the circuit", given)
            items: list[Any] = [given.get(name, 0) for name in self.names]
        else:
            items = list(values_of(at, "the point", "a number for each parameter"))
            if len(items) != len(self.names):
                count = filled("{count:number}", {"count": len(self.names)})
                wanted = f"{count}, for {', '.join(self.names) or 'no parameters'}"
                raise fail("QC0881", role="the point", wanted=wanted, given=str(len(items)))
        return np.array([float(exact(item, f"the value of `{n}`")) for n, item in zip(self.names, items, strict=True)])

    def angles(self, point: Numbers) -> Numbers:
        """The open angles at a point, in radians. Raises the error of an expression without a value."""
        columns = {name: point[place : place + 1] for place, name in enumerate(self.names)}
        with np.errstate(all="ignore"):
            result: Numbers = table(self._angles, columns, 1, "rad")[0]
        if not np.isfinite(result).all():
            numbers = {name: float(number) for name, number in zip(self.names, point, strict=True)}
            for symbol in self._symbols:
                value(symbol, numbers)  # says why
            raise fail("QC0309")
        return result

    def rows(self, angles: Numbers) -> list[Op]:
        """The rows with these open angles, in radians."""
        rows = list(self.template)
        for (row, place), angle in zip(self.open, angles.tolist(), strict=True):
            op = rows[row]
            rows[row] = op._replace(angles=(*op.angles[:place], Angle(0, angle), *op.angles[place + 1 :]))
        return rows

    def bound(self, angles: Numbers) -> FlatCircuit:
        """The circuit with these open angles; its global phase, which no mean depends on, is left out."""
        rows = self.rows(angles)
        return self.circuit.replace(rows=rows, origins=[None] * len(rows), phase=Angle())

    @property
    def slots(self) -> list[str]:
        """Names for the open angles, one each."""
        return [f"angle[{which}]" for which in range(len(self.open))]

    def opened(self) -> FlatCircuit:
        """The circuit in which every open angle is a parameter of its own, named as in `slots`, in radians."""
        rows = list(self.template)
        for (row, place), name in zip(self.open, self.slots, strict=True):
            op = rows[row]
            angles = (*op.angles[:place], Angle.of(name, radians=1), *op.angles[place + 1 :])
            rows[row] = op._replace(angles=angles)
        return self.circuit.replace(rows=rows, origins=[None] * len(rows), phase=Angle())

    def at(self, point: Numbers) -> FlatCircuit:
        """The circuit at a point."""
        return self.bound(self.angles(point))

    def chained(self, slopes: Numbers, point: Numbers) -> Numbers:
        """The derivatives with respect to the parameters, from those with respect to the open angles."""
        result = np.zeros(len(self.names))
        columns = {name: point[place : place + 1] for place, name in enumerate(self.names)}
        if self._slopes is None:
            self._slopes = list(self._derivatives())
        factors = table([slope for _, _, slope in self._slopes], columns, 1, "rad")[0]
        for (which, parameter, _), factor in zip(self._slopes, factors.tolist(), strict=True):
            result[parameter] += slopes[which] * factor
        return result

    def _derivatives(self) -> Iterator[tuple[int, int, Angle]]:
        """For each open angle and parameter in it, the derivative as a form in radians."""
        for which, angle in enumerate(self._angles):
            for symbol, turns, radians in angle.terms:
                scale = Angle(turns, radians).in_radians()
                for name in names(symbol):
                    if name not in self.names:
                        continue
                    slope = Angle(0, 1) if symbol == name else _derivative(symbol, name)
                    yield which, self.names.index(name), slope * scale


def _derivative(symbol: str, name: str) -> Angle:
    try:
        return symbolic.derivative(symbol, name)
    except CompileError:
        raise fail("QC0436", None, expression=symbol, name=name) from None


def _factors(op: Op) -> Iterator[Op]:
    """An exponential with an open time as those of single products, where that is exact; other rows unchanged."""
    operator = op.operator
    if operator is None or not op.angles[0].terms or (not operator.steps and anticommuting(operator) is not None):
        yield op
        return
    time = op.angles[0] / (operator.steps or 1)
    for _ in range(operator.steps or 1):
        for term in operator.terms:
            yield op._replace(angles=(time,), operator=Operator((term,)))


# --- how an angle acts -----------------------------------------------------------------------------------------------


class Effect(NamedTuple):
    """How an angle a, in radians, of a row U acts.

    dU/da = -i G U on the part of the space where the controls are 1, with the real sum G of Pauli products on the
    operands; for `is_projector` G is instead -1 where the operand is 1, too. With `turns` the angle is the direction
    of a pulse: U = R(a) V R(-a) with R(a) = exp(-i a/2 Z) on that operand. As a function of a every mean has the
    frequencies `frequency` times 1 ... `frequencies`.
    """

    generator: Operator | None = None
    is_projector: bool = False
    turns: int | None = None
    frequencies: int = 1
    frequency: float = 1.0


_ROTATIONS = {"rx": "X", "ry": "Y", "rz": "Z", "xx": "XX", "yy": "YY", "zz": "ZZ", "zz_native": "ZZ"}


def effect(op: Op, place: int) -> Effect:
    """How an angle of a row acts; QC0437 for an exponential that is not a product of rotations."""
    has_controls = op.controls > 0
    if op.gate in _ROTATIONS:
        product = tuple((letter, index) for index, letter in enumerate(_ROTATIONS[op.gate]))
        generator = Operator(((product, 0.5),))
        return Effect(generator, frequencies=2, frequency=0.5) if has_controls else Effect(generator)
    if op.gate == "p":
        return Effect(is_projector=True)
    if op.gate == "ms" and place == 2:
        return Effect()
    if op.gate in ("gpi", "gpi2", "ms"):
        return Effect(turns=place, frequencies=2)
    assert op.gate == "pauliexp"
    assert op.operator is not None
    if len(op.operator.terms) > 1:
        return Effect(op.operator, frequencies=0)
    ((product, factor),) = op.operator.terms
    size = abs(float(factor))
    if product and has_controls:
        return Effect(op.operator, frequencies=2, frequency=size)
    return Effect(op.operator, frequency=size if not product else 2 * size)


def shifts(act: Effect) -> list[tuple[float, float]]:
    """Shifts of the angle and factors, with which the sum of shifted means is the derivative of the mean.

    Wierichs, Izaac, Wang and Lin, Quantum 6, 677 (2022), equation 21, for equidistant frequencies.
    """
    count, frequency = act.frequencies, act.frequency
    result = []
    for step in range(2 * count):
        x = (2 * step + 1) * math.pi / (2 * count)
        factor = (-1) ** step / (4 * count * math.sin(x / 2) ** 2)
        result.append((x / frequency, frequency * factor))
    return result
