"""A sweep: one circuit at many points of its parameters.

Takes a circuit with parameters and a column of values for each, and returns a `Sweep`, which binds the circuit at any
point and returns the angles of all points as one array. Nothing is compiled again, and sympy is loaded only if a point
leaves an expression half bound.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from math import isfinite, lcm
from typing import Any, overload

from ionqdsl.diagnostics import fail
from ionqdsl.ir.angle import Angle, Exact
from ionqdsl.ir.arguments import values_of
from ionqdsl.ir.circuit import Op
from ionqdsl.ir.symbolic import AnyCircuit, Given, bound_angle, moderate, need_numbers, parameters, unknown
from ionqdsl.ir.symbols import MAX_BITS, column, exact, value


class Column(Sequence[Exact]):
    """The values of a parameter at all points: exact ones one by one, floats all at once.

    A float becomes the decimal it is written as only on access; a table of angles does not need it.
    """

    def __init__(self, items: Sequence[int | float | Fraction]) -> None:
        self.items = tuple(items)  # whatever becomes of the list

    @cached_property
    def numbers(self) -> list[Exact]:
        """All values, exact."""
        return [exact(item) for item in self.items]

    def __len__(self) -> int:
        return len(self.items)

    @overload
    def __getitem__(self, index: int) -> Exact: ...
    @overload
    def __getitem__(self, index: slice) -> Column: ...

    def __getitem__(self, index: int | slice) -> Exact | Column:
        if isinstance(index, slice):
            return Column(self.items[index])
        return self.numbers[index]

    def floats(self) -> Any:
        """All values, as a float array."""
        import numpy as np

        return np.array(self.items, dtype=float)


class Sweep(Sequence[AnyCircuit]):
    """One circuit at many points: `sweep[i]` is the circuit bound to the i-th value of every parameter.

    Nothing is compiled again and circuits are made on access; `angles` gives the numbers of all points at once.
    """

    def __init__(
        self,
        circuit: AnyCircuit,
        columns: Mapping[str, Column],
        points: int,
        finished: Callable[[AnyCircuit], AnyCircuit] | None = None,
    ) -> None:
        self.circuit = circuit
        self.columns = columns
        self._points = points
        self._finished = finished

    __array_ufunc__ = None  # numpy leaves comparisons to this class: it is no array of its items

    def __len__(self) -> int:
        return self._points

    @overload
    def __getitem__(self, index: int) -> AnyCircuit: ...
    @overload
    def __getitem__(self, index: slice) -> Sweep[AnyCircuit]: ...

    def __getitem__(self, index: int | slice) -> AnyCircuit | Sweep[AnyCircuit]:
        if isinstance(index, slice):
            columns = {name: column[index] for name, column in self.columns.items()}
            return Sweep(self.circuit, columns, len(range(*index.indices(self._points))), self._finished)
        point = range(self._points)[index]
        values, resolved = self.values(point), dict[str, Given | None]()
        rows = list(self.circuit.rows)
        for op, angles, positions in self._plan:
            bound = tuple(
                [
                    angle.at(point) if isinstance(angle, _Linear) else bound_angle(angle, values, resolved)
                    for angle in angles
                ]
            )
            row = Op(op.gate, op.qubits, bound, op.controls, op.pinned, op.operator)
            for position in positions:
                rows[position] = row
        result = self.circuit.replace(
            rows=rows, origins=list(self.circuit.origins), phase=bound_angle(self.circuit.phase, values, resolved)
        )
        return result if self._finished is None else self._finished(result)

    def __repr__(self) -> str:
        return f"<Sweep of {self._points} points over {', '.join(self.columns)}>"

    @property
    def is_plain(self) -> bool:
        """Whether the circuits are those of the points as they are bound, without further work."""
        return self._finished is None

    def values(self, index: int) -> dict[str, Exact]:
        """The values of one point, exact."""
        return {name: column[index] for name, column in self.columns.items()}

    @cached_property
    def _plan(self) -> list[tuple[Op, list[Angle | _Linear], list[int]]]:
        """Every distinct row with parameters, its angles ready to be evaluated, and its positions."""
        places: dict[Op, list[int]] = {}
        for position, op in enumerate(self.circuit.rows):
            if any(angle.terms for angle in op.angles):
                places.setdefault(op, []).append(position)
        exact_columns = {name: column.numbers for name, column in self.columns.items()}
        scale = lcm(*{Fraction(number).denominator for column in exact_columns.values() for number in column})
        if scale.bit_length() > MAX_BITS:
            return [(op, list(op.angles), positions) for op, positions in places.items()]
        whole = {name: [int(number * scale) for number in column] for name, column in exact_columns.items()}
        return [
            (op, [_linear(angle, whole, scale) for angle in op.angles], positions) for op, positions in places.items()
        ]

    @cached_property
    def slots(self) -> tuple[tuple[int, int], ...]:
        """The columns of `angles`: which row, and which of its angles."""
        rows = enumerate(self.circuit.rows)
        return tuple((row, place) for row, op in rows for place, angle in enumerate(op.angles) if angle.terms)

    def angles(self, unit: str = "rad") -> Any:
        """The parametric angles of all points, float array (points, slots), within 1e-15 relative of `sweep[i]`'s.

        They are not reduced: `sweep[i]` of a compiled circuit has them in its machine's range. `unit` is "rad" or
        "turn". Raises QC0882 if a parameter has no values.
        """
        import numpy as np

        need_numbers(self.circuit, "the table of angles", self.columns)
        slots = [self.circuit.rows[row].angles[place] for row, place in self.slots]
        columns = {name: column.floats() for name, column in self.columns.items()}
        with np.errstate(over="ignore"):
            result = table(slots, columns, self._points, unit)
        for point, slot in np.argwhere(~np.isfinite(result))[:1]:
            for symbol in slots[slot].symbols:
                value(symbol, self.values(int(point)))  # says why
            raise fail("QC0309")
        return result


def table(slots: Sequence[Angle], columns: Mapping[str, Any], points: int, unit: str) -> Any:
    """Angles for parameters given as float arrays: a float array (points, slots), nan or inf for no number.

    Summed term by term, so that equal input gives equal bits on every machine.
    """
    import numpy as np

    result = np.empty((points, len(slots)))
    users: dict[str, tuple[list[int], list[float]]] = {}
    for slot, angle in enumerate(slots):
        result[:, slot] = _in(unit, angle.turns, angle.radians)
        for symbol, turns, radians in angle.terms:
            where, factors = users.setdefault(symbol, ([], []))
            where.append(slot)
            factors.append(_in(unit, turns, radians))
    for symbol, (where, factors) in users.items():
        inputs = columns[symbol] if symbol in columns else np.broadcast_to(column(symbol, columns), points)
        result[:, where] += inputs[:, None] * np.array(factors)
    return result


def _in(unit: str, turns: Exact, radians: Exact) -> float:
    angle = Angle(turns, radians)
    return angle.in_radians() if unit == "rad" else angle.in_turns()


def sweep(
    circuit: AnyCircuit,
    values: Mapping[str, Any],
    declared: Collection[str] = (),
    finished: Callable[[AnyCircuit], AnyCircuit] | None = None,
) -> Sweep[AnyCircuit]:
    """The circuit at many points; `values` gives each parameter a sequence of numbers, or one number for all points.

    `{"th": rows}` gives an array parameter its values, one row a point. `finished` is applied to every bound circuit.
    Raises QC0880, QC0881, and QC0890 if lengths differ.
    """
    names = tuple(dict.fromkeys((*parameters(circuit), *declared)))
    arrays = {name.partition("[")[0] for name in names if "[" in name}
    columns: dict[str, Column] = {}
    constants: dict[str, Exact] = {}
    for key, item in values.items():
        name = str(key)
        if name not in names and name not in arrays:
            raise unknown(name, names)
        if not hasattr(item, "__len__") or getattr(item, "shape", None) == ():
            constants[name] = exact(item, f"the value of `{name}`")
        elif name in arrays:
            rows = [values_of(row, f"every value of `{name}`", "a list with a number for each") for row in item]
            for index in range(max(map(len, rows), default=0)):
                if f"{name}[{index}]" in names:
                    columns[f"{name}[{index}]"] = _column(name, [row[index] for row in rows])
        else:
            columns[name] = _column(name, item.tolist() if hasattr(item, "tolist") else item)
    lengths = {name: len(column) for name, column in columns.items()}
    for name, length in lengths.items():
        first = next(iter(lengths))
        if length != lengths[first]:
            raise fail("QC0890", name=name, given=length, other=first, wanted=lengths[first])
    points = next(iter(lengths.values()), 1)
    own = circuit.replace(rows=list(circuit.rows), origins=list(circuit.origins))  # whatever the other becomes
    return Sweep(own, {**columns, **{name: Column([x] * points) for name, x in constants.items()}}, points, finished)


def _column(name: str, items: Sequence[Any]) -> Column:
    """Plain floats as they are, anything else as the exact number it is; raises QC0881."""
    if all(type(item) is float for item in items) and all(map(isfinite, items)):
        return Column(items)
    role = f"every value of `{name}`"
    return Column([exact(item, role) for item in items])


Part = tuple[int, list[tuple[int, list[int]]], int]
"""A constant, factors with the column each belongs to, and the divisor: whole numbers throughout."""


class _Linear:
    """An angle at every point of a sweep, in whole numbers: several times faster than adding fractions."""

    def __init__(self, turns: Part | float, radians: Part) -> None:
        self.turns = turns
        self.radians = radians

    def at(self, point: int) -> Angle:
        """The angle at a point, exact."""
        turns = self.turns
        number = turns if isinstance(turns, float) else _quotient(turns, point)
        return moderate(Angle(number, _quotient(self.radians, point)))


def _quotient(part: Part, point: int) -> Exact:
    total, factors, divisor = part
    for factor, numerators in factors:
        total += factor * numerators[point]
    return Fraction(total, divisor) if total else 0


def _linear(angle: Angle, columns: Mapping[str, list[int]], scale: int) -> Angle | _Linear:
    """The angle over columns of numerators of denominator `scale`; unchanged if a term is not among them."""
    is_constant = isinstance(angle.turns, float) and not any(turns for _, turns, _ in angle.terms)
    numbers: list[Exact] = [0 if is_constant else angle.turns, angle.radians]
    for term in angle.terms:
        numbers += term[1:]
    if not angle.terms or not columns.keys() >= set(angle.symbols) or any(isinstance(n, float) for n in numbers):
        return angle
    used = [columns[symbol] for symbol in angle.symbols]
    radians = _part([angle.radians, *(radians for _, _, radians in angle.terms)], used, scale)
    if is_constant:
        return _Linear(float(angle.turns), radians)
    return _Linear(_part([angle.turns, *(turns for _, turns, _ in angle.terms)], used, scale), radians)


def _part(numbers: Sequence[Exact], columns: Sequence[list[int]], scale: int) -> Part:
    constant, *factors = [Fraction(number) for number in numbers]
    shared = lcm(constant.denominator, *(factor.denominator for factor in factors))
    used = [(int(factor * shared), column) for factor, column in zip(factors, columns, strict=True) if factor]
    return int(constant * shared) * scale, used, shared * scale
