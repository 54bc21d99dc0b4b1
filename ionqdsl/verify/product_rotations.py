"""Writes circuits as rotations about products of axes, with every one-qubit gate pushed to the end of its wire.

Takes a circuit without parameters and returns a `Form`: rows exp(-i angle/2 G) on two or more wires, where G is a
product of Pauli operators along directions, one per wire, and of projectors for controls, then one turn per wire and
the names of the wires. It is exact but for the global phase. Nothing is merged or reordered here, and it shares no code
with the passes, whose work it is used to check.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import combinations
from types import MappingProxyType
from typing import overload

from ionqdsl.algebra.rotations import IDENTITY, Turn, Vector, cross, normalised, product, turn, turned_back
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import BARRIER, FlatCircuit, Op
from ionqdsl.ir.gates import GATES
from ionqdsl.record import record

LETTERS: dict[str, Vector] = {
    "X": (1.0, 0.0, 0.0),
    "Y": (0.0, 1.0, 0.0),
    "Z": (0.0, 0.0, 1.0),
    "H": (math.sqrt(0.5), 0.0, math.sqrt(0.5)),
}


PARALLEL = 1e-10
"""Axes that differ by at most this, in radians, count as one."""

NOTHING = 1e-14
"""Rotations by less than this, in radians, count as rounding."""


@record(frozen=False)
class ProductRotation:
    """exp(-i angle/2 G), the angle in radians.

    G is a product over `wires`: the projector (1 - v.sigma)/2 on the first `controls` of them, v.sigma on the others,
    with v from `vectors`. `number` counts the rows of the circuit it comes from.
    """

    wires: tuple[int, ...]
    vectors: tuple[Vector, ...]
    controls: int
    angle: float
    number: int = 0

    @property
    def factors(self) -> zip[tuple[int, Vector]]:
        """Each wire with its vector."""
        return zip(self.wires, self.vectors, strict=True)


class PackedRows(Sequence[ProductRotation]):
    """Rows as arrays, 76 bytes each on two wires; they are made on demand, and do not change."""

    def __init__(self) -> None:
        self._wires, self._vectors = array("i"), array("d")
        self._ends, self._controls, self._angles, self._numbers = array("q", [0]), array("i"), array("d"), array("q")

    def append(self, row: ProductRotation) -> None:
        """Adds a row at the end."""
        self._wires.extend(row.wires)
        for vector in row.vectors:
            self._vectors.extend(vector)
        self._ends.append(len(self._wires))
        self._controls.append(row.controls)
        self._angles.append(row.angle)
        self._numbers.append(row.number)

    def __len__(self) -> int:
        return len(self._angles)

    @overload
    def __getitem__(self, place: int) -> ProductRotation: ...
    @overload
    def __getitem__(self, place: slice) -> list[ProductRotation]: ...
    def __getitem__(self, place: int | slice) -> ProductRotation | list[ProductRotation]:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        angle, place = self._angles[place], place % len(self)
        start, end = self._ends[place], self._ends[place + 1]
        parts = iter(self._vectors[3 * start : 3 * end])
        vectors = tuple(zip(parts, parts, parts, strict=True))
        return ProductRotation(
            tuple(self._wires[start:end]), vectors, self._controls[place], angle, self._numbers[place]
        )


@record(frozen=False)
class Form:
    """Rows, then a turn on every wire; qubit q is then read on wire `outputs[q]`.

    `neglected` bounds, in the 2-norm, the part omitted as rounding.
    """

    width: int
    rows: Sequence[ProductRotation]
    ends: list[Turn]
    outputs: list[int]
    neglected: float = 0.0


@record
class Borders:
    """How the wires of two circuits begin and end, by the numbers of qubits, under which they begin and are read.

    Of the qubits `measured` at the end only the outcomes count, and nothing of those that are `forgotten`. `zeros`
    begin in |0>. Those in `before` begin in |0> or |1>, where the qubit that is their value there has ended.
    """

    measured: frozenset[int] = frozenset()
    forgotten: frozenset[int] = frozenset()
    zeros: frozenset[int] = frozenset()
    before: Mapping[int, int] = MappingProxyType({})


class NotComparable(ValueError):
    """A row that is no product of rotations: a `pauliexp` of terms that do not commute, without steps."""


def form_of(circuit: FlatCircuit, controls: int = 1) -> Form:
    """The form of a circuit without parameters. Raises `NotComparable`.

    Gates with up to a given number of controls are written without projectors, 2^controls rows each. Half turns about a
    product of Pauli operators are half turns of each wire, so angles of rows without projectors are in [-pi/2, pi/2].
    """
    ends = [IDENTITY] * circuit.width
    outputs = list(range(circuit.width))
    rows = PackedRows()
    neglected = 0.0
    for number, op in enumerate(circuit.rows):
        if op.gate in (BARRIER, "nop"):
            continue
        if op.gate == "swap" and not op.controls:
            a, b = op.qubits
            outputs[a], outputs[b] = outputs[b], outputs[a]
            continue
        wires = [outputs[qubit] for qubit in op.qubits]
        for places, vectors, projectors, angle in rotations(op, controls):
            if len(places) == 1:
                wire = wires[places[0]]
                ends[wire] = normalised(product(turn(vectors[0], -angle / 2 if projectors else angle), ends[wire]))
            elif places:
                on = tuple([wires[place] for place in places])
                halves = 0 if projectors else round(angle / math.pi)
                angle -= halves * math.pi
                directions = tuple([turned_back(ends[wire], v) for wire, v in zip(on, vectors, strict=True)])
                if abs(angle) > NOTHING:
                    rows.append(ProductRotation(on, directions, projectors, angle, number))
                else:
                    neglected += abs(angle)
                for wire, v in zip(on, vectors, strict=True) if halves % 2 else ():
                    ends[wire] = normalised(product(turn(v, math.pi), ends[wire]))
    return Form(circuit.width, rows, ends, outputs, neglected)


Factors = tuple[tuple[int, ...], tuple[Vector, ...], int, float]
"""Positions among a row's qubits, directions, the number of projectors among them, angle in radians."""


def rotations(op: Op, controls: int = 1) -> tuple[Factors, ...]:
    """A row as rotations in the order they happen, global phase left out; those on no qubit are phases."""
    return _rotations(op.gate, op.angles, op.controls, len(op.qubits), op.operator, controls)


@lru_cache(maxsize=1 << 14)
def _rotations(
    key: str, angles: tuple[Angle, ...], controls: int, qubits: int, operator: object, most: int
) -> tuple[Factors, ...]:
    rotations: list[Factors] = []
    for places, vectors, angle in _targets(Op(key, tuple(range(qubits)), angles, controls, 0, operator)):  # type: ignore[arg-type]
        first = controls + (GATES[key].controls if key in GATES else 0)
        rotations += _controlled(first, places, vectors, angle, most)
    return tuple(rotations)


def _targets(op: Op) -> Iterator[tuple[tuple[int, ...], tuple[Vector, ...], float]]:
    """The effect of a gate if all its controls are |1>, as exp(-i angle/2 product), the empty product for a phase."""
    gate = GATES[op.gate]
    first = op.controls + gate.controls
    if op.operator is not None:
        yield from _exponential(op, first)
        return
    angle = math.tau * gate.rotation.at(op.angles).in_turns()
    phase = math.tau * gate.phase.at(op.angles).in_turns()
    if gate.axis == "SWAP":  # (1 + XX + YY + ZZ)/2
        for letter in "XYZ":
            yield (first, first + 1), (LETTERS[letter],) * 2, angle / 2
        yield (), (), angle / 2 - 2 * phase
        return
    phases = iter(op.angles)
    vectors = tuple([_equatorial(next(phases)) if letter == "P" else LETTERS[letter] for letter in gate.axis])
    yield tuple(range(first, first + len(vectors))), vectors, angle
    yield (), (), -2 * phase


def _equatorial(phase: Angle) -> Vector:
    azimuth = math.tau * phase.in_turns()
    return (math.cos(azimuth), math.sin(azimuth), 0.0)


def _exponential(op: Op, first: int) -> Iterator[tuple[tuple[int, ...], tuple[Vector, ...], float]]:
    """exp(-i time operator), or its Trotter steps; exp(-i time c P) is a rotation by 2 c time."""
    operator = op.operator
    assert operator is not None
    time = op.angles[0].in_radians()
    terms = [
        (tuple([first + place for _, place in letters]), tuple([LETTERS[letter] for letter, _ in letters]), factor)
        for letters, factor in operator.terms
    ]
    if not operator.steps and not all(_commute(p, q) for (p, _), (q, _) in combinations(operator.terms, 2)):
        raise NotComparable
    for _ in range(max(1, operator.steps)):
        for places, vectors, factor in terms:
            yield places, vectors, 2 * time * float(factor) / max(1, operator.steps)


def _commute(p: tuple[tuple[str, int], ...], q: tuple[tuple[str, int], ...]) -> bool:
    other = {place: letter for letter, place in q}
    return sum(other.get(place, letter) != letter for letter, place in p) % 2 == 0


def _controlled(
    count: int, places: tuple[int, ...], vectors: tuple[Vector, ...], angle: float, most: int
) -> Iterator[Factors]:
    """A rotation under a number of controls, which are the first positions.

    Without projectors by multiplying out: the projector on |1...1> is the mean of (-1)^|S| Z_S over subsets S.
    """
    z = LETTERS["Z"]
    if count > most:
        yield (*range(count), *places), ((z,) * count + vectors), count, angle
        return
    for size in range(count + 1):
        for subset in combinations(range(count), size):
            yield (*subset, *places), (z,) * size + vectors, 0, (-1) ** size * angle / 2**count


def is_parallel(u: Vector, v: Vector) -> bool:
    """Whether two directions are along one line."""
    return math.hypot(*cross(u, v)) < PARALLEL
