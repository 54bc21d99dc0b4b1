"""Circuits that differ only in the values of parameters: lowered once, bound on demand.

Takes a template with open parameters and a column of plain numbers for each, and returns a `FamilyPoint` for each row
of the columns: a circuit whose rows are made on first use. batch/ compiles a whole family by its template. Values
that would change the template itself (a loop's length, a condition) are excluded by lower.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from typing import Any

from ionqdsl.diagnostics import CompileError
from ionqdsl.ir.angle import Angle, Exact
from ionqdsl.ir.circuit import FlatCircuit, Op
from ionqdsl.ir.sweep import table
from ionqdsl.ir.symbolic import Given, bound_angle
from ionqdsl.ir.symbols import exact_value, names
from ionqdsl.record import fields

_LARGE = 1e300
"""All angles of a program are smaller, in turns or radians; a point with a larger one must report its own error."""


def _number(value: Angle) -> Exact:
    """A value as a plain number: exact, except for multiples of pi."""
    return Fraction(repr(value.in_radians())) if value.turns else value.radians


class Family:
    """A template and the values of its parameters at every point, plain numbers as angles in radians."""

    def __init__(
        self, template: FlatCircuit, columns: Mapping[str, Sequence[Angle]], points: int, formulas: Sequence[str] = ()
    ) -> None:
        self.template = template
        self.columns = columns
        self.points = points
        self.formulas = formulas

    def __len__(self) -> int:
        return self.points

    def members(self, labels: Sequence[str]) -> list[FlatCircuit]:
        """A circuit for every point, with a name each."""
        return [FamilyPoint(self, index, label) for index, label in enumerate(labels)]

    @cached_property
    def numbers(self) -> dict[str, Any]:
        """The columns as arrays of floats."""
        import numpy as np

        return {name: np.array([angle.in_radians() for angle in column]) for name, column in self.columns.items()}

    def angles(self, slots: Sequence[Angle], unit: str = "turn") -> Any:
        """Angles of these parameters at every point, float array (points, slots); nan or inf if there is none."""
        return table(slots, self.numbers, self.points, unit)

    @property
    def is_whole(self) -> bool:
        """Whether each expression that takes one of the values takes nothing else, and is a number at every point.

        This includes the expressions of the program as well as those of the template, and no angle may be too large.
        """
        import numpy as np

        said = dict.fromkeys((*self.template.symbols, *self.formulas))
        opaque = [symbol for symbol in said if symbol not in self.columns]
        if any(
            self.columns.keys() & names(symbol) and not self.columns.keys() >= {*names(symbol)} for symbol in opaque
        ):
            return False
        slots = [Angle.of(symbol, turns=1) for symbol in said if self.columns.keys() >= {*names(symbol)}]
        slots += {
            angle: None for op in dict.fromkeys(self.template.rows) for angle in op.angles if self._is_swept(angle)
        }
        with np.errstate(all="ignore"):
            return bool((np.abs(self.angles(slots)) < _LARGE).all())

    def _is_swept(self, angle: Angle) -> bool:
        return bool(angle.terms) and all(self.columns.keys() >= {*names(symbol)} for symbol in angle.symbols)

    def values(self, index: int) -> dict[str, Given | None]:
        """The value of each symbol of the template at a point, None for one that stays open."""
        values: dict[str, Given | None] = {name: column[index] for name, column in self.columns.items()}
        plain = {name: _number(column[index]) for name, column in self.columns.items()}
        for symbol in self.template.symbols:
            if symbol not in values:
                values[symbol] = exact_value(symbol, plain) if set(names(symbol)) <= plain.keys() else None
        return values


class FamilyPoint(FlatCircuit):
    """One point of a family. Rows and global phase are bound on first use."""

    def __init__(self, family: Family, index: int, name: str) -> None:
        template = family.template
        self.family, self.index = family, index
        self.width, self.gateset, self.registers = template.width, template.gateset, template.registers
        self.wires, self.origins, self.name = template.wires, template.origins, name

    @cached_property
    def _values(self) -> dict[str, Given | None]:
        return self.family.values(self.index)

    @cached_property
    def phase(self) -> Angle:  # type: ignore[override]
        """The global phase."""
        return bound_angle(self.family.template.phase, {}, self._values)

    @cached_property
    def rows(self) -> list[Op]:  # type: ignore[override]
        """The rows, made on first use."""
        values, bound = self._values, dict[Op, Op]()

        def at_point(op: Op) -> Op:
            if not any(angle.terms for angle in op.angles):
                return op
            if op not in bound:
                bound[op] = op._replace(angles=tuple([bound_angle(angle, {}, values) for angle in op.angles]))
            return bound[op]

        return [at_point(op) for op in self.family.template.rows]

    def __len__(self) -> int:
        return len(self.family.template.rows)

    def __reduce__(self) -> tuple[Any, ...]:
        """As a plain circuit: it travels alone, without the other points."""
        return FlatCircuit, tuple([getattr(self, name) for name in fields(FlatCircuit)])

    def replace(self, **changes: Any) -> FlatCircuit:  # type: ignore[override]
        """A plain circuit with other fields."""
        return FlatCircuit(**{name: getattr(self, name) for name in fields(FlatCircuit)} | changes)


def family(
    template: FlatCircuit, columns: Mapping[str, Sequence[Angle]], formulas: Sequence[str] = ()
) -> Family | None:
    """The family of a template, None if one of its points must be lowered separately.

    `formulas` are the expressions of parameters that the program evaluates during lowering.
    """
    if any(op.gate == "nop" and op.angles[0].terms for op in dict.fromkeys(template.rows)):
        return None  # times may be negative
    points = len(next(iter(columns.values())))
    result = Family(template, columns, points, formulas)
    try:
        return result if result.is_whole else None
    except CompileError:
        return None
