"""Translates a circuit to the interaction form, which has no one-qubit gates.

Takes a circuit whose rows have at most one control and returns two-qubit interactions in order, a unitary on each wire
that follows them all, and the global phase. Nothing is merged or moved: a row is one interaction (a swap three), and
its one-qubit part turns the axes of all later items on its wire.

    U = e^{i phase} * (ends[0] (x) ends[1] (x) ...) * items[-1] * ... * items[0]

Before, a circuit:            After, its form:

    h a                       phase      pi/2, that of h
    zz(pi/5) a, b             items[0]   Interaction: t = pi/10, along X of a, since h takes X to Z, and Z of b
    rz(t) a                   items[1]   AxisRotation: t/2, along X of a
    x b                       phase      + pi/2, that of x
    barrier a, b              items[2]   BarrierItem: its turns are h on a and x on b
    rx(pi/2) b                ends       nothing on a, rx(pi/2) on b

Angles here are those of the exponent, exp(-i t A (x) B): t is pi times the angle of a native gate in turns, or half the
angle of a qis `zz` in radians.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from ionqdsl.algebra.rotations import IDENTITY, Turn, Vector, X, Y, Z, normalised, product, turn, turned_back
from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.angle import ZERO, Angle
from ionqdsl.ir.circuit import NOT_GATES, FlatCircuit, Op
from ionqdsl.ir.gates import GATES, phase_of, rotation_of
from ionqdsl.ir.rounding import NOISE, SPACING, parted
from ionqdsl.record import record

# A circuit has a hundred thousand of these: records with slots are made and read in half the time of named tuples.


@record(slots=True)
class Interaction:
    """exp(-i t (u.sigma)_a (v.sigma)_b).

    `u` and `v` are unit vectors, `t` is a float in (-pi/4, pi/4], or an `Angle` with unbound parameters or too small to
    be a number (rounding.py).
    """

    a: int
    b: int
    u: Vector
    v: Vector
    t: float | Angle
    origin: Span | None


@record(slots=True)
class AxisRotation:
    """exp(-i t (axis.sigma)_wire), `t` such an `Angle`; rotations by other numbers are never items."""

    wire: int
    axis: Vector
    t: Angle
    origin: Span | None


@record(slots=True)
class BarrierItem:
    """A barrier, a waiting time (on all wires) or a verbatim row; nothing crosses it on its wires.

    `turns` has a turn for each wire: the unitary that follows the items since the wire's last barrier, before this one.
    Axes start anew after it.
    """

    wires: tuple[int, ...]
    turns: tuple[Turn, ...]
    row: Op
    origin: Span | None


Item = Interaction | AxisRotation | BarrierItem


def moved(item: Item, to: Sequence[int]) -> Item:
    """The item on other wires: wire w becomes wire to[w]."""
    match item:
        case Interaction():
            return Interaction(to[item.a], to[item.b], item.u, item.v, item.t, item.origin)
        case AxisRotation():
            return AxisRotation(to[item.wire], item.axis, item.t, item.origin)
        case BarrierItem():
            return BarrierItem(tuple([to[wire] for wire in item.wires]), item.turns, item.row, item.origin)


class LateTurns:
    """Turns that a pass moves past all later items of their wires, to the next barrier or the end."""

    def __init__(self, width: int) -> None:
        self.turns: list[Turn | None] = [None] * width

    def pulled(self, wire: int, axis: Vector) -> Vector:
        """The axis of a later item, now that the turn follows it."""
        late = self.turns[wire]
        return axis if late is None else turned_back(late, axis)

    def add(self, wire: int, axis: Vector, angle: float) -> None:
        """Adds a turn about an axis that is pulled already."""
        self.turns[wire] = product(self.turns[wire] or IDENTITY, turn(axis, angle))

    def normalise(self, wire: int) -> None:
        """Gives the turn of a wire length one again, for passes that add many."""
        self.turns[wire] = normalised(self.turns[wire] or IDENTITY)

    def given_to(self, barrier: BarrierItem) -> BarrierItem:
        """The barrier with the late turns of its wires, which start anew."""
        turns = []
        for wire, end in zip(barrier.wires, barrier.turns, strict=True):
            turns.append(product(end, self.turns[wire] or IDENTITY))
            self.turns[wire] = None
        return BarrierItem(barrier.wires, tuple(turns), barrier.row, barrier.origin)

    def before(self, ends: Sequence[Turn]) -> list[Turn]:
        """The ends of the wires, each preceded by the late turn of its wire."""
        return [end if late is None else product(end, late) for end, late in zip(ends, self.turns, strict=True)]


QUARTER = math.pi / 4


@record(frozen=False)
class Interactions:
    """The interaction form that the module describes.

    `inputs[q]` is the qubit of the source as whose |0> wire q starts, None if no input has been renamed. `neglected`
    bounds the rounding so far.
    """

    width: int
    items: list[Item]
    ends: list[Turn]
    phase: Angle = ZERO
    inputs: tuple[int, ...] | None = None
    neglected: float = 0.0

    def replace(self, items: list[Item]) -> Interactions:
        """A copy with other items."""
        return Interactions(self.width, items, self.ends, self.phase, self.inputs, self.neglected)

    @property
    def two_qubit_gates(self) -> int:
        """The number of interactions."""
        return sum([isinstance(item, Interaction) for item in self.items])


@record(slots=True)
class LocalTurn:
    """A turn of one wire by a number."""

    wire: int
    turn: Turn


RowStep = LocalTurn | Interaction | AxisRotation
"""A part of a row: its wires are positions in the row, and its origin is None."""


class Parts(NamedTuple):
    """The parts of a row: its steps in order and its phase, a number in radians or an `Angle` with parameters."""

    steps: tuple[RowStep, ...]
    phase: float
    symbolic: Angle | None


_REMEMBERED = 1 << 14
"""Rows whose parts are remembered."""


def from_rows(circuit: FlatCircuit) -> Interactions:
    """The interaction form of a circuit, global phase included, row by row.

    Raises ValueError for a row with several controls, or with controls on a two-qubit gate.
    """
    width = circuit.width
    frames: list[Turn] = [IDENTITY] * width
    items: list[Item] = []
    phase, symbolic = 0.0, circuit.phase
    known: dict[int, tuple[Op, Parts]] = {}  # keeps the row alive, so that its id stays its own
    for op, origin in circuit.stream_steps():
        pair = known.get(id(op))
        if pair is None:
            if is_barrier(op):
                items.append(_barrier(op, origin, frames))
                continue
            if len(known) >= _REMEMBERED:
                known.clear()
            pair = known[id(op)] = op, parts_of(op.gate, op.angles, op.controls)
        parts, qubits = pair[1], op.qubits
        for step in parts.steps:
            match step:
                case LocalTurn():
                    wire = qubits[step.wire]
                    frames[wire] = product(step.turn, frames[wire])
                case Interaction():
                    a, b = qubits[step.a], qubits[step.b]
                    u, v = step.u, step.v
                    if frames[a] is not IDENTITY:
                        left = frames[a] = normalised(frames[a])
                        u = turned_back(left, u)
                    if frames[b] is not IDENTITY:
                        right = frames[b] = normalised(frames[b])
                        v = turned_back(right, v)
                    items.append(Interaction(a, b, u, v, step.t, origin))
                case AxisRotation():
                    wire = qubits[step.wire]
                    axis = turned_back(normalised(frames[wire]), step.axis)
                    items.append(AxisRotation(wire, axis, step.t, origin))
        phase += parts.phase
        if parts.symbolic is not None:
            symbolic += parts.symbolic
    ends = [normalised(frame) for frame in frames]
    return Interactions(width, items, ends, (symbolic + Angle(0, phase % math.tau)).reduced())


def is_barrier(op: Op) -> bool:
    """Whether nothing crosses a row on its wires."""
    return bool(op.pinned) or op.gate in NOT_GATES or op.gate == "nop"


def _barrier(op: Op, origin: Span | None, frames: list[Turn]) -> BarrierItem:
    """A barrier with the turns of its wires, which start anew."""
    wires = op.qubits or tuple(range(len(frames)))
    turns = tuple([normalised(frames[wire]) for wire in wires])
    for wire in wires:
        frames[wire] = IDENTITY
    return BarrierItem(wires, turns, op, origin)


_H = math.sqrt(0.5)
_LETTERS: dict[str, Vector] = {"X": X, "Y": Y, "Z": Z, "H": (_H, 0.0, _H)}


@lru_cache(maxsize=_REMEMBERED)
def parts_of(gate: str, angles: tuple[Angle, ...], controls: int) -> Parts:
    """A row's parts, from the gate table: exp(i 2 pi phase) exp(-i pi rotation G), controlled or not."""
    row = GATES[gate]
    rotation, phase = rotation_of(gate, angles), phase_of(gate, angles)
    if controls + row.controls > 1 or (controls and row.operands > 1):
        raise ValueError(f"{gate} with {controls} controls has no interaction form of its own")
    steps: list[RowStep] = []
    if row.axis == "SWAP":  # (1 + XX + YY + ZZ)/2
        number, symbolic = _split(phase - rotation / 4)
        for axis in (X, Y, Z):
            number += _interaction(steps, axis, axis, rotation / 4)
        return Parts(tuple(steps), number, symbolic if symbolic else None)
    following: list[RowStep] = []
    axes: list[Vector] = []
    phases = iter(angles)
    for position, letter in enumerate(row.axis):
        if letter != "P":
            axes.append(_LETTERS[letter])
            continue
        azimuth = next(phases)
        if azimuth.terms:  # rz(p) about X rz(-p)
            steps.append(AxisRotation(position, Z, azimuth / -2, None))
            following.append(AxisRotation(position, Z, azimuth / 2, None))
            axes.append(X)
        else:
            radians = azimuth.in_radians()
            axes.append((math.cos(radians), math.sin(radians), 0.0))
    number, symbolic = 0.0, ZERO
    if controls + row.controls:
        # controlled e^{ip} exp(-i r A) = e^{ip/2} exp(-i p/2 Z) . exp(-i r/2 A) . exp(i r/2 Z (x) A)
        turns = ((0, Z, phase / 2), (1, axes[0], rotation / 4))
        number, symbolic = _split(phase / 2)
        for position, axis, angle in turns:
            _turn(steps, position, axis, angle)
        number += _interaction(steps, Z, axes[0], rotation / -4)
    else:
        number, symbolic = _split(phase)
        if len(axes) == 2:
            number += _interaction(steps, axes[0], axes[1], rotation / 2)
        else:
            _turn(steps, 0, axes[0], rotation / 2)
    steps += following
    return Parts(tuple(steps), number, symbolic if symbolic else None)


def _split(phase: Angle) -> tuple[float, Angle]:
    """A phase as a number in radians, or as an angle if it has parameters; the other part is 0."""
    return (0.0, phase) if phase.terms else (phase.in_radians(), ZERO)


def _turn(steps: list[RowStep], position: int, axis: Vector, t: Angle) -> None:
    """Adds exp(-i t axis.sigma)."""
    if t.terms:
        steps.append(AxisRotation(position, axis, t, None))
        return
    number, rest = parted(t, _QUARTER_TURN)
    if number:
        steps.append(LocalTurn(position, turn(axis, 2 * number)))
    if rest is not None:
        steps.append(AxisRotation(position, axis, rest, None))


_QUARTER_TURN = Fraction(1, 8)
"""A quarter turn of a qubit, in turns of t."""


def _interaction(steps: list[RowStep], u: Vector, v: Vector, t: Angle) -> float:
    """Adds exp(-i t u (x) v), the angle folded; returns the phase in radians that folding leaves."""
    if t.terms:
        steps.append(Interaction(0, 1, u, v, t, None))
        return 0.0
    number, hidden = parted(t, 2 * _QUARTER_TURN)
    rest, halves = folded(number)
    if halves % 2:  # exp(-i pi/2 A (x) B) = -i A (x) B, and A = i exp(-i pi/2 A)
        steps += [LocalTurn(0, turn(u, math.pi)), LocalTurn(1, turn(v, math.pi))]
    size = rest or hidden
    if size is not None:
        steps.append(Interaction(0, 1, u, v, size, None))
    return phase_of_halves(halves)


def folded(t: float) -> tuple[float, int]:
    """Splits t = rest + halves * pi/2 with the rest in (-pi/4, pi/4]; a rest that is only rounding is 0."""
    halves = math.ceil(t / (math.pi / 2) - 0.5 - NOISE)
    rest = t - halves * (math.pi / 2)
    return (rest if not halves or abs(rest) > SPACING * abs(t) else 0.0), halves


def phase_of_halves(halves: int) -> float:
    """The phase in radians of exp(-i halves pi/2 A (x) B) relative to the half turns exp(-i pi/2 A), exp(-i pi/2 B).

    Two halves are -1 without any turns; one is -i A (x) B = -i (i)(i) = i times the two half turns.
    """
    return (halves % 4 // 2) * math.pi + (halves % 2) * math.pi / 2
