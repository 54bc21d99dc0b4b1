"""Writes circuits as interaction forms: by the compiled kernel where all angles are numbers, otherwise row by row.

Takes circuits whose rows have at most one control. `from_rows` of interactions.py takes the same steps, and
explains them.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from ionqdsl.algebra import compiled
from ionqdsl.algebra.interactions import Interaction, Interactions, LocalTurn, from_rows, is_barrier, parts_of
from ionqdsl.algebra.numbered_rows import numbered
from ionqdsl.algebra.numeric_forms import EndTurns, Numbers, NumericForm
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import FlatCircuit, Op

_NONE = -1
"""Stands in place of a second qubit, or of the position of a second wire."""


def from_circuit(circuit: FlatCircuit) -> Interactions:
    """The interaction form of a circuit, global phase included.

    Raises ValueError for a row with several controls, or with controls on a two-qubit gate.
    """
    kinds = _RowKinds()
    places = kinds.read(circuit.stream()) if compiled.is_used() and circuit.width > 0 else None
    if places is None:
        return from_rows(circuit)
    found = compiled.kernel.row_form(circuit.width, places, kinds.rows, kinds.starts, kinds.steps, kinds.phases)
    wires, values, sources, ends, phase = found
    origins = [*map(circuit.origins.__getitem__, memoryview(sources).cast("i"))]
    known = origins if any(origin is not None for origin in origins) else None
    whole = (circuit.phase + Angle(0, phase % math.tau)).reduced()
    return NumericForm(circuit.width, Numbers(wires, values, known), EndTurns(ends), whole)


class _RowKind(NamedTuple):
    """The steps of a row by numbers, nine for each: two positions, `_NONE` second for a turn, and its own numbers."""

    steps: tuple[float, ...]
    phase: float


@lru_cache(maxsize=1 << 16)
def _kind_of(gate: str, angles: tuple[Angle, ...], controls: int) -> _RowKind | None:
    """A row's kind, None if it has parameters or angles that are too small to be numbers."""
    parts = parts_of(gate, angles, controls)
    numbers: list[float] = []
    for step in parts.steps:
        if isinstance(step, LocalTurn):
            numbers += (step.wire, _NONE, *step.turn, 0.0, 0.0, 0.0)
        elif isinstance(step, Interaction) and not isinstance(step.t, Angle):
            numbers += (step.a, step.b, *step.u, *step.v, step.t)
        else:
            return None
    return None if parts.symbolic is not None else _RowKind(tuple(numbers), parts.phase)


class _RowKinds:
    """The different rows of a circuit, as the kernel takes them: a kind and two qubits for each."""

    def __init__(self) -> None:
        self.rows = array("i")
        self.starts = array("i", [0])
        self.steps = array("d")
        self.phases = array("d")
        self._numbers: dict[tuple[str, tuple[Angle, ...], int], int] = {}

    def read(self, rows: Iterable[Op]) -> bytes | None:
        """For each row its number among the different ones; None if a row has no kind."""
        places: list[bytes] = []
        for different, own in numbered(rows, counts_on=True):
            places.append(own)
            for op in different:
                if is_barrier(op) or not op.qubits or (number := self._number(op)) is None:
                    return None
                first, *second = op.qubits
                self.rows.extend((number, first, second[0] if second else _NONE))
        return b"".join(places)

    def _number(self, op: Op) -> int | None:
        key = op.gate, op.angles, op.controls
        number = self._numbers.get(key)
        if number is None:
            kind = _kind_of(*key)
            if kind is None:
                return None
            number = self._numbers[key] = len(self.phases)
            self.steps.extend(kind.steps)
            self.starts.append(len(self.steps) // 9)
            self.phases.append(kind.phase)
        return number
