"""Releases gates from controls that they do not need: a gate and its inverse around controlled ones.

Takes a circuit in which only one-qubit gates and swaps have several controls, and returns an equal one with fewer
controls. Where the control is |1> nothing changes. Where it is |0>, all gates under it are as if they were not there;
so some of them may be there all the same if together they are nothing. These are pairs of a gate and its inverse that
could meet if the others that have the control were gone. Gates that are put under a control are often of this form:
`ctrl @ g` for a `g` that computes something, uses it and computes it back. The kernel takes the same steps
(kernel/controls.c).
"""

from __future__ import annotations

import itertools
from array import array
from bisect import bisect, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from ionqdsl.algebra import compiled
from ionqdsl.ir.angle import ZERO, Angle
from ionqdsl.ir.circuit import FlatCircuit, Op, canonical
from ionqdsl.ir.gates import GATES, phase_of, rotation_of
from ionqdsl.passes.barriers import is_barrier
from ionqdsl.passes.context import PassContext

ROUNDS = 8
"""The most rounds on a stretch: once a pair is found, gates on either side of it can be one."""
BLOCKED = "barrier"
"""The letter of rows that no gate passes."""


def release_controls(circuit: FlatCircuit, context: PassContext) -> FlatCircuit:
    """Rewrites pairs of rows between which nothing happens to them without their control.

    Before (--target forte):
        qubit a, b, c
        ccx a, b, c
        ctrl @ rz(0.3) a, c
        ccx a, b, c
    After:
        qubit a, b, c
        cnot b, c
        ctrl @ rz(0.3) a, c
        cnot b, c
    """
    rows = [*circuit.stream(_is_controlled)]  # the angles of others decide nothing
    fewer = released(rows)
    if fewer is None:
        return circuit
    places = enumerate(zip(rows, fewer, strict=True))
    return circuit.with_rows_at({place: after for place, (before, after) in places if after is not before})


def _is_controlled(op: Op) -> bool:
    return op.controls > 0 or GATES[op.gate].controls > 0


def released(source: Sequence[Op]) -> list[Op] | None:
    """The rows, as many as before, with gates released from their controls; None if none is."""
    return (in_the_kernel if compiled.is_used() else in_python)(source)


def in_the_kernel(source: Sequence[Op]) -> list[Op] | None:
    """The same steps as `in_python` takes."""
    kinds = _Kinds()
    keys = [*map(id, source)]
    numbers = {key: kinds.numbers_of(op) for key, op in dict(zip(keys, source, strict=True)).items()}  # rows are shared
    found = compiled.kernel.release(array("i", kinds.table), b"".join(map(numbers.__getitem__, keys)))
    rows = [*source]
    pairs = iter(memoryview(found).cast("i"))
    for place, wire in zip(pairs, pairs, strict=True):
        rows[place] = _without(wire, rows[place])
    return rows if found else None


def in_python(source: Sequence[Op]) -> list[Op] | None:
    """The same without the kernel."""
    rows = _Rows(source)
    is_changed = False
    for wire, places in rows.on.items():
        for stretch in [*_stretches(wire, places, rows.gates)]:
            for place in _UnderControl(wire, stretch, rows).released():
                rows.release(place, wire)
                is_changed = True
    return rows.rows if is_changed else None


PHASE = "phase"
"""The axis of a gate that is a phase where all its wires are |1>: all of them are controls."""


class ControlledGate(NamedTuple):
    """A row as a rotation and a phase: the letter of its axis, its controls, and the other wires.

    `letters` are for each wire the one that it commutes with there.
    """

    axis: str
    rotation: Angle
    phase: Angle
    controls: frozenset[int]
    operands: tuple[int, ...]
    letters: dict[int, str]

    def undoes(self, other: ControlledGate) -> bool:
        """Whether the product of two gates about one axis is 1."""
        return _turns(self.rotation, self.phase) == _turns(-other.rotation, -other.phase)


def _without(wire: int, op: Op) -> Op:
    """The row without a control."""
    plain = canonical(op)
    qubits = tuple([qubit for qubit in plain.qubits if qubit != wire])
    if plain.gate == "x" and plain.controls == 2:
        return plain._replace(gate="cnot", qubits=qubits, controls=0)
    return plain._replace(qubits=qubits, controls=plain.controls - 1)


def _gate(op: Op) -> ControlledGate | None:
    """The row as a rotation; None if it is none about an axis that has a letter."""
    is_controlled = _is_controlled(op)
    if not is_controlled:  # such a gate is never under a control, and its axis says which others pass it
        op = op._replace(angles=(ZERO,) * len(op.angles))
    turned = _turned(op.gate, op.angles, op.controls)
    if turned is None:
        return None
    if turned.axis == PHASE:
        controls, operands = op.qubits, op.qubits[:0]
    else:
        controls, operands = op.qubits[: turned.controls], tuple(sorted(op.qubits[turned.controls :]))
    axis = (BLOCKED, BLOCKED) if turned.axis == "SWAP" else turned.axis
    letters = dict.fromkeys(controls, "Z") | dict(zip(operands, axis, strict=False))
    return ControlledGate(turned.axis, turned.rotation, turned.phase, frozenset(controls), operands, letters)


class _Turned(NamedTuple):
    """A gate as a rotation and a phase: the letters of its axis, and the number of its controls."""

    axis: str
    rotation: Angle
    phase: Angle
    controls: int


@lru_cache(maxsize=1 << 12)
def _turned(gate: str, angles: tuple[Angle, ...], controls: int) -> _Turned | None:
    """The gate of a row; None if its axis has no letter."""
    plain = canonical(Op(gate, (), angles, controls))
    row = GATES[plain.gate]
    if not row.axis or "P" in row.axis.replace("SWAP", ""):
        return None
    rotation, phase = rotation_of(plain.gate, plain.angles), phase_of(plain.gate, plain.angles)
    is_phase = row.axis == "Z" and phase == rotation / 2 and plain.controls > 0
    return _Turned(PHASE if is_phase else row.axis, rotation, phase, plain.controls)


@lru_cache(maxsize=1 << 12)
def _turns(rotation: Angle, phase: Angle) -> tuple[object, ...]:
    """Equal for rotations about one axis, each with a phase, that are equal: a whole turn is -1."""
    whole = rotation.turns % 1, (phase.turns - rotation.turns / 2) % 1
    return *whole, rotation.radians, phase.radians, rotation.terms, phase.terms


OF_A_KIND = 7
"""Numbers of a kind of gates in the table of the kernel."""

_LETTERS = ("X", "Y", "Z", "H", BLOCKED)
"""As the kernel numbers them; the rows of `_Kinds` are those of kernel/controls.h."""


class _Kinds:
    """Kinds of gates, each with its number, in the table of the kernel."""

    def __init__(self) -> None:
        self.table: list[int] = []
        self._known: dict[object, int] = {}
        self._numbers: dict[object, int] = {}

    def numbers_of(self, op: Op) -> bytes:
        """A row as the kernel reads it."""
        kind = -1 if is_barrier(op) or op.when else self._kind(canonical(op))
        return array("i", (kind, len(op.qubits), *op.qubits)).tobytes()

    def _kind(self, op: Op) -> int:
        """The number of a row's kind; -1 if its axis has no letter."""
        key = op.gate, op.angles if op.controls else len(op.angles), op.controls
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._new_kind(op)
        return known

    def _new_kind(self, op: Op) -> int:
        gate = _gate(op)
        if gate is None:
            return -1
        after = -1
        if gate.controls:
            after = self._kind(op._replace(qubits=op.qubits[1:], controls=op.controls - 1))
        letter = next((_LETTERS.index(gate.letters[wire]) for wire in gate.operands), 0)
        turns, inverse = _turns(gate.rotation, gate.phase), _turns(-gate.rotation, -gate.phase)
        axis, *own = [self._numbers.setdefault(each, len(self._numbers)) for each in (gate.axis, turns, inverse)]
        self.table += (axis, letter, len(gate.controls), len(gate.operands), *own, after)
        return len(self.table) // OF_A_KIND - 1


class _Rows:
    """Rows, each as a controlled gate if it is one, and the places of the rows on each wire."""

    def __init__(self, source: Sequence[Op]) -> None:
        self.rows = [*source]
        self.gates: list[ControlledGate | None] = []
        self.on: dict[int, list[int]] = defaultdict(list)
        known: dict[int, ControlledGate | None] = {}  # rows are shared
        for place, op in enumerate(self.rows):
            if id(op) not in known:
                known[id(op)] = None if is_barrier(op) or op.when else _gate(op)
            self.gates.append(known[id(op)])
            for wire in op.qubits:
                self.on[wire].append(place)

    def letter(self, place: int, wire: int) -> str:
        """The letter that a row commutes with on one of its wires."""
        gate = self.gates[place]
        return gate.letters[wire] if gate else BLOCKED

    def acts_on(self, place: int, wire: int) -> bool:
        """Whether a row still acts on a wire."""
        return wire in self.rows[place].qubits

    def release(self, place: int, wire: int) -> None:
        """Rewrites a row without a control."""
        self.rows[place] = _without(wire, self.rows[place])
        self.gates[place] = _gate(self.rows[place])


class _UnderControl:
    """Rows under a control between two that change it, and the pairs that need no control there."""

    def __init__(self, wire: int, places: Sequence[int], rows: _Rows) -> None:
        self._wire, self._places, self._rows = wire, places, rows
        self._own = frozenset(places)
        self._fixed: dict[int, list[tuple[int, str]]] = {}
        self._released: dict[int, list[int]] = defaultdict(list)
        self._partners: dict[int, int] = {}
        alike: dict[object, list[int]] = defaultdict(list)
        for place in places:
            gate = rows.gates[place]
            assert gate is not None
            alike[gate.axis, gate.controls, gate.operands].append(place)
        self._alike = [places for places in alike.values() if len(places) > 1]

    def released(self) -> Iterable[int]:
        """The places of the pairs, the nearest first: others may enclose them, or pass them where gates commute."""
        for _ in range(ROUNDS):
            pairs = [pair for places in self._alike for pair in self._neighbours(places)]
            before = len(self._partners)
            for first, last in sorted(pairs, key=lambda pair: pair[1] - pair[0]):
                if self._may_meet(first, last):
                    self._partners |= {first: last, last: first}
                    for place in (first, last):
                        for qubit in self._rows.rows[place].qubits:
                            insort(self._released[qubit], place)
            if len(self._partners) == before:
                break
        return self._partners

    def _fixed_on(self, qubit: int) -> list[tuple[int, str]]:
        """The places and letters of the rows on a qubit that are there without the control."""
        if qubit not in self._fixed:
            rows, on = self._rows, self._rows.on[qubit]
            near = on[bisect(on, self._places[0]) : bisect(on, self._places[-1])]
            others = [place for place in near if place not in self._own and rows.acts_on(place, qubit)]
            self._fixed[qubit] = [(place, rows.letter(place, qubit)) for place in others]
        return self._fixed[qubit]

    def _neighbours(self, places: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Places of one kind of gate that are not released, next to each other, each with the inverse of the other."""
        left = [place for place in places if place not in self._partners]
        for first, last in itertools.pairwise(left):
            one, other = self._rows.gates[first], self._rows.gates[last]
            if one is not None and other is not None and one.undoes(other):
                yield first, last

    def _may_meet(self, first: int, last: int) -> bool:
        """Whether two gates could meet if all rows that have the control were gone but the pairs so far."""
        if first in self._partners or last in self._partners:
            return False
        for qubit in self._rows.rows[first].qubits:
            if qubit == self._wire:
                continue
            letter = self._rows.letter(first, qubit)
            fixed, released = self._fixed_on(qubit), self._released[qubit]
            between = [other for _, other in fixed[bisect(fixed, (first, "~")) : bisect(fixed, (last, ""))]]
            between += [
                self._rows.letter(place, qubit)
                for place in released[bisect(released, first) : bisect(released, last)]
                if not first < self._partners[place] < last
            ]
            if between and (letter == BLOCKED or any(other != letter for other in between)):
                return False
        return True


def _stretches(wire: int, places: Sequence[int], gates: Sequence[ControlledGate | None]) -> Iterator[list[int]]:
    """The places of the rows that have a wire as a control, between two that change it."""
    stretch: list[int] = []
    for place in places:
        gate = gates[place]
        if gate is None or gate.letters[wire] != "Z":
            if len(stretch) > 2:
                yield stretch
            stretch = []
        elif wire in gate.controls:
            stretch.append(place)
    if len(stretch) > 2:
        yield stretch
