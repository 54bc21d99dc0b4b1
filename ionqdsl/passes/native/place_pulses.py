"""Writes an interaction form as native rows, with as few pulses as its axes allow; everything else is a phase.

Let P be the pulses on a wire before an interaction along A. The machine's gate acts along P A P^-1, which must be on
the equator for `ms` and on the z axis for `zz`: only the axis that P brings to z matters, the pointer, which paths.py
chooses. Rotations by unbound angles are turned onto the pointer, where they become frames. At the end the contract
decides whether the measured axis must match, or the whole unitary.
"""

from __future__ import annotations

import math
from array import array

from ionqdsl.algebra import compiled
from ionqdsl.algebra.interactions import AxisRotation, BarrierItem, Interaction, Interactions
from ionqdsl.algebra.numeric_forms import LIMITS, Numbers, each_item, entries_of, numbers_of, packed_ends, turns_of
from ionqdsl.algebra.pulses import exact_pulses, turn_of
from ionqdsl.algebra.rotations import (
    IDENTITY,
    Turn,
    Vector,
    Z,
    distance,
    inverse,
    is_parallel,
    normalised,
    opposite,
    product,
    turned,
    turned_back,
)
from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.angle import ZERO, Angle
from ionqdsl.ir.circuit import NOT_GATES, Op
from ionqdsl.ir.contracts import fixes_phases
from ionqdsl.ir.gates import GATES
from ionqdsl.ir.rounding import NOISE
from ionqdsl.ir.targets import Target
from ionqdsl.passes.cost import Cost
from ionqdsl.passes.native.paths import Stop, pointers, steps
from ionqdsl.passes.native.recipes import recipe
from ionqdsl.verify import takes_angle

Rows = tuple[list[Op], list[Span | None], Angle, float]


Plan = list["array[float]"]
"""The pointers of every wire, one for each of its interactions and rotations, three numbers each."""


def placed(form: Interactions, target: Target, preserve: str) -> Rows:
    """Rows, their origins, the global phase they lack, and a bound for the rounding.

    Pinned rows must be qis rows or the target's own.
    """
    numbers = numbers_of(form)
    if numbers is None or target.two_qubit_gate != "zz_native":
        return placed_in_python(form, target, preserve)
    writing = _Writing(form, target)
    writing.take(form, numbers)
    return _finished(form, writing, preserve)


def placed_in_python(form: Interactions, target: Target, preserve: str) -> Rows:
    """The same without the kernel, where pointers are chosen, and for other items."""
    writing = _Writing(form, target)
    ahead = [_Ahead(line) for line in planned(form, target)]
    for item in each_item(form):
        match item:
            case Interaction():
                a, b, origin = item.a, item.b, item.origin
                writing.point(a, ahead[a].take(), origin)
                writing.point(b, ahead[b].take(), origin)
                writing.interact(item, ahead)
            case AxisRotation():
                writing.point(item.wire, ahead[item.wire].take(), item.origin)
                writing.rotate(item.wire, item.axis, item.t)
            case BarrierItem():
                writing.barrier(item)
    return _finished(form, writing, preserve)


def _finished(form: Interactions, writing: _Writing, preserve: str) -> Rows:
    """The rows with those at the ends of the wires."""
    for wire, end in enumerate(form.ends):
        if fixes_phases(preserve):
            writing.finish(wire, end, writing.last[wire])
        else:
            measured = turned_back(end, Z)
            writing.point(wire, measured, writing.last[wire])
            writing.neglect_tilt(wire, measured)
    phase = (writing.symbolic + Angle(0, writing.phase % math.tau)).reduced()
    return writing.rows, writing.origins, phase, writing.neglected


class _Ahead:
    """The pointers of a wire that are still to come."""

    def __init__(self, line: array[float]) -> None:
        self._line, self._at = line, 0

    def take(self) -> Vector:
        """The next pointer, which is no longer to come."""
        x, y, z = self._line[self._at : self._at + 3]
        self._at += 3
        return x, y, z

    def first(self) -> Vector | None:
        """The next pointer, if there is one."""
        x, y, z = self._line[self._at : self._at + 3] or (None,) * 3
        return None if x is None or y is None or z is None else (x, y, z)


class _Stops:
    """The stops of a wire, as numbers: a long circuit has many. Equal ones in a row are one, with their count."""

    def __init__(self) -> None:
        self._last: Stop | None = None
        self._axes, self._are_along, self._counts = array("d"), bytearray(), array("i")

    def add(self, is_along: bool, axis: Vector) -> None:
        """Adds a stop."""
        last = self._last
        if last is not None and last.is_along == is_along and is_parallel(last.axis, axis):
            self._counts[-1] += 1
            return
        self._last = Stop(is_along, axis)
        self._axes.extend(axis)
        self._are_along.append(is_along)
        self._counts.append(1)

    def closed(self, end: Turn) -> array[float]:
        """The pointers of all stops, before this turn ends the wire."""
        size = iter(self._axes)
        axes = zip(size, size, size, strict=True)
        stops = [Stop(bool(is_along), axis) for is_along, axis in zip(self._are_along, axes, strict=True)]
        line = array("d")
        for pointer, count in zip(pointers(Z, stops, turned_back(end, Z)), self._counts, strict=True):
            line.extend(pointer * count)
        return line


def planned(form: Interactions, target: Target) -> Plan:
    """The plan by which a form is written."""
    stops = [_Stops() for _ in form.ends]
    plan: Plan = [array("d") for _ in form.ends]
    along = target.two_qubit_gate == "zz_native"

    def close(wire: int, end: Turn) -> None:
        plan[wire] += stops[wire].closed(end)
        stops[wire] = _Stops()

    numbers = numbers_of(form)
    for a, b, u, v, _ in [] if numbers is None else numbers.entries():
        stops[a].add(along, u)
        stops[b].add(along, v)
    for item in form.items if numbers is None else []:
        match item:
            case Interaction():
                stops[item.a].add(along, item.u)
                stops[item.b].add(along, item.v)
            case AxisRotation():
                stops[item.wire].add(True, item.axis)
            case BarrierItem():
                for wire, end in zip(item.wires, item.turns, strict=True):
                    close(wire, end)
    for wire, end in enumerate(form.ends):
        close(wire, end)
    return plan


def least_cost(form: Interactions, target: Target) -> Cost | None:
    """A lower bound of the cost of a form's rows; None if other items than interactions by numbers decide it, too.

    Half turns are not counted: before a pointer that is opposite, or where the machine takes no negative angle.
    """
    numbers = numbers_of(form)
    if numbers is None or target.two_qubit_gate != "zz_native":
        return least_cost_in_python(form, target)
    given = form.width, numbers.wires, numbers.values, packed_ends(form), LIMITS
    angle, pulses, depth = compiled.kernel.least_cost(*given)
    return Cost(form.two_qubit_gates, round(angle, 9), pulses, depth)


def least_cost_in_python(form: Interactions, target: Target) -> Cost | None:
    """The same without the kernel, and where pointers are chosen."""
    numbers = numbers_of(form)
    if numbers is None and not all(type(item) is Interaction and type(item.t) is float for item in form.items):
        return None
    level, angle = [0] * form.width, 0.0
    for a, b, _, _, t in entries_of(form.items) if numbers is None else numbers.entries():
        angle += abs(_turns_of(t))
        level[a] = level[b] = max(level[a], level[b]) + 1
    pulses = 0
    for line, end in zip(planned(form, target), form.ends, strict=True):
        pointer = Z
        size = iter(line)
        for following in (*zip(size, size, size, strict=True), turned_back(end, Z)):
            if following != pointer:
                pulses += steps(pointer, following)
                pointer = following
    return Cost(form.two_qubit_gates, round(angle, 9), pulses, max(level, default=0))


class _Writing:
    """The rows so far. Their product on a wire is rz(frames) * done; only the frames hold parameters."""

    def __init__(self, form: Interactions, target: Target) -> None:
        self.target = target
        self.rows: list[Op] = []
        self.origins: list[Span | None] = []
        self.done: list[Turn] = [IDENTITY] * form.width
        self.frames: list[Angle] = [ZERO] * form.width
        self.last: list[Span | None] = [None] * form.width
        self.phase = 0.0
        self.symbolic = form.phase
        self.neglected = 0.0
        self._known = _PlainRows()

    def take(self, form: Interactions, numbers: Numbers) -> None:
        """Takes over the rows that the kernel writes for a form whose interactions have these numbers."""
        given = form.width, numbers.wires, numbers.values, packed_ends(form), LIMITS
        found = compiled.kernel.place(*given, float(self.target.low), float(self.target.high))
        rows, angles, done, self.phase, self.neglected = found
        gates, firsts, seconds, places = [memoryview(rows).cast("i")[part::4] for part in range(4)]
        keys = zip(gates, firsts, seconds, memoryview(angles).cast("d"), strict=True)
        self.rows = [*map(self._known.__getitem__, keys)]
        self.done = turns_of(done)
        origins = numbers.origins
        self.origins = [None] * len(self.rows) if origins is None else [origins[place] for place in places]
        if origins is not None:
            for place, wire in enumerate(memoryview(numbers.wires).cast("i")):
                self.last[wire] = origins[place // 2]

    def neglect_tilt(self, wire: int, axis: Vector) -> None:
        """Counts the rounding of taking an axis to be along z now."""
        x, y, _ = turned(self.done[wire], axis)
        self.neglected += 2 * math.hypot(x, y)

    def _pulse(self, gate: str, wire: int, azimuth: float, origin: Span | None) -> None:
        """Writes a gpi or gpi2 about an equatorial axis of the lab, its azimuth in radians."""
        turns = _in_turns(azimuth)
        azimuth = turns * math.tau
        if gate == "gpi":  # i times the half turn
            self.phase -= math.pi / 2
        self.done[wire] = normalised(product(turn_of(gate, azimuth), self.done[wire]))
        frame = self.frames[wire]
        if frame:
            self.rows.append(Op(gate, (wire,), ((Angle(turns) - frame).reduced(),)))
        else:
            self.rows.append(self._known[_GATES.index(gate), wire, _NONE, turns])
        self.origins.append(origin)

    def point(self, wire: int, pointer: Vector, origin: Span | None) -> None:
        """Turns the wire until `pointer` is along z."""
        self.last[wire] = origin
        x, y, z = turned(self.done[wire], pointer)
        flat = math.hypot(x, y)
        if flat < NOISE:
            if z < 0:
                self._pulse("gpi", wire, 0.0, origin)
        elif abs(z) < NOISE:
            self._pulse("gpi2", wire, math.atan2(y, x) - math.pi / 2, origin)
        else:  # by way of a direction perpendicular to both
            self._pulse("gpi2", wire, math.atan2(y, x) + math.pi, origin)
            x, y, _ = turned(self.done[wire], pointer)
            self._pulse("gpi2", wire, math.atan2(y, x) - math.pi / 2, origin)

    def interact(self, item: Interaction, ahead: list[_Ahead]) -> None:
        """Writes the machine's two-qubit gate along the axes, for which the wires point right already."""
        a, b, t = item.a, item.b, item.t
        left, right = turned(self.done[a], item.u), turned(self.done[b], item.v)
        if self.target.two_qubit_gate == "zz_native":
            self._zz(item, left, right, ahead)
            return
        self.neglected += 2 * (abs(left[2]) + abs(right[2]))
        if _is_negative(t):
            left, t = opposite(left), -t
        angle = self._size(t)
        phases = []
        for wire, axis in ((a, left), (b, right)):
            azimuth = math.atan2(axis[1], axis[0])
            turns = _in_turns(azimuth)
            self.neglected += abs(math.remainder(azimuth - turns * math.tau, math.tau))
            frame = self.frames[wire]
            phases.append((Angle(turns) - frame).reduced() if frame else _plain(turns))
        self.rows.append(Op("ms", (a, b), (*phases, angle)))
        self.origins.append(item.origin)

    def _zz(self, item: Interaction, left: Vector, right: Vector, ahead: list[_Ahead]) -> None:
        """Writes a `zz`; for a negative angle the target does not take, a wire turns round, one that is free to."""
        a, b, t, origin = item.a, item.b, item.t, item.origin
        self.neglected += 2 * (math.hypot(left[0], left[1]) + math.hypot(right[0], right[1]))
        sign = 1 if (left[2] < 0) == (right[2] < 0) else -1
        angle = self._size(t * sign)
        if not takes_angle(self.target, angle):
            if isinstance(t, float) and angle.turns == -0.25:  # the same as 1/4 and two half turns
                for wire in (a, b):
                    self.done[wire] = product((0.0, 0.0, 0.0, 1.0), self.done[wire])
                # exp(i pi/4 ZZ) = exp(-i pi/4 ZZ) * i ZZ, and i ZZ = -i (-iZ)(-iZ)
                self.phase += math.pi / 2
                self.phase += math.pi
            else:
                wire = next((q for q in (a, b) if self._is_across(q, ahead[q].first())), b)
                self._pulse("gpi", wire, 0.0, origin)
            angle = -angle
        if isinstance(t, float):
            self.rows.append(self._known[_GATES.index("zz_native"), a, b, float(angle.turns)])
        else:
            self.rows.append(Op("zz_native", (a, b), (angle,)))
        self.origins.append(origin)

    def _size(self, t: float | Angle) -> Angle:
        """The angle of the machine's gate for exp(-i t A (x) B), in turns."""
        if isinstance(t, Angle):
            return t * 2
        turns = _turns_of(t)
        self.neglected += math.pi * abs(turns - t / math.pi)
        return _plain(turns)

    def _is_across(self, wire: int, pointer: Vector | None) -> bool:
        return pointer is not None and abs(turned(self.done[wire], pointer)[2]) < 0.999

    def rotate(self, wire: int, axis: Vector, t: Angle) -> None:
        """Adds a rotation by an unbound angle to the frame; its axis is along the pointer."""
        self.neglect_tilt(wire, axis)
        sign = 1 if turned(self.done[wire], axis)[2] > 0 else -1
        self.frames[wire] += t * (2 * sign)

    def barrier(self, item: BarrierItem) -> None:
        """Turns the wires as the barrier requires, writes the row, and starts anew."""
        op, origin = item.row, item.origin
        is_exact = op.pinned and op.gate not in NOT_GATES and GATES[op.gate].gateset == "native"
        for wire, end in zip(item.wires, item.turns, strict=True):
            if is_exact:
                self.finish(wire, end, origin)
            else:
                self.point(wire, turned_back(end, Z), origin)
                self.neglect_tilt(wire, turned_back(end, Z))
            # The rest is a rotation about z, a frame.
            self.done[wire] = normalised(product(self.done[wire], inverse(end)))
        if op.gate in NOT_GATES or op.gate == "nop" or is_exact:
            self.rows.append(op)
            self.origins.append(origin)
            return
        steps = recipe(op.gate, op.angles, op.controls, self.target)
        for row in steps.rows:
            where = tuple([op.qubits[position] for position in row.qubits])
            if row.gate == "rz":
                self._virtual(where[0], row.angles[0])
            else:
                self._shifted(row, where, op.pinned, origin)
        self.symbolic += steps.phase

    def _virtual(self, wire: int, angle: Angle) -> None:
        if angle.terms:
            self.frames[wire] += angle
        else:
            half = angle.in_radians() / 2
            self.done[wire] = product((math.cos(half), 0.0, 0.0, -math.sin(half)), self.done[wire])

    def _shifted(self, row: Op, where: tuple[int, ...], block: int, origin: Span | None) -> None:
        """Writes a native row of a recipe, its phases shifted by the wires' turns, which are about z here."""
        phases = GATES[row.gate].phases
        shifted = []
        for wire, angle in zip(where, row.angles[:phases], strict=False):
            w, _, _, z = self.done[wire]
            shift = _in_turns(2 * math.atan2(z, w))
            shifted.append((angle + Angle(shift) - self.frames[wire]).reduced())
        self.rows.append(Op(row.gate, where, (*shifted, *row.angles[phases:]), 0, block))
        self.origins.append(origin)

    def finish(self, wire: int, end: Turn, origin: Span | None) -> None:
        """Makes the wire's unitary exactly `end`, frames included."""
        if self.frames[wire]:
            self.point(wire, turned_back(end, Z), origin)
            frame, self.frames[wire] = self.frames[wire], ZERO
            self.neglect_tilt(wire, turned_back(end, Z))
            w, _, _, z = product(end, inverse(self.done[wire]))
            angle = (frame + Angle(2 * math.atan2(z, w) / math.tau)).reduced(2)
            self.done[wire] = end
            for phase in (ZERO, angle / 2):  # rz(f) = gpi(f/2) gpi(0)
                self.rows.append(Op("gpi", (wire,), (phase.reduced(),)))
                self.origins.append(origin)
            return
        for gate, azimuth in exact_pulses(product(end, inverse(self.done[wire]))):
            self._pulse(gate, wire, azimuth, origin)
        if sum(x * y for x, y in zip(end, self.done[wire], strict=True)) < 0:
            self.phase += math.pi
        self.neglected += distance(end, self.done[wire])
        self.done[wire] = end


class _PlainRows(dict[tuple[int, int, int, float], Op]):
    """Rows with one angle, by gate, wires and turns. Equal ones are mostly one object: a long circuit has many."""

    def __missing__(self, key: tuple[int, int, int, float]) -> Op:
        """Makes a row that was not asked for before."""
        gate, a, b, turns = key
        row = Op(_GATES[gate], (a,) if b == _NONE else (a, b), (_plain(turns),))
        if len(self) < MOST_KNOWN:
            self[key] = row
        return row


_GATES = ("gpi", "gpi2", "zz_native")
"""The kinds of rows with one angle, in the order that the kernel has."""

_NONE = -1
"""Stands in place of a second wire."""


def _is_negative(t: float | Angle) -> bool:
    """Whether a number is negative; an angle with parameters is folded once they have values."""
    if isinstance(t, Angle):
        return t.is_bound and t.in_radians() < 0
    return t < 0


def _turns_of(t: float) -> float:
    """The angle of the machine's gate for exp(-i t A (x) B), in turns; only rounding exceeds a quarter."""
    return max(-0.25, min(_snapped(t / math.pi), 0.25))


def _in_turns(radians: float) -> float:
    """In turns, in (-1/2, 1/2]."""
    turns = radians / math.tau
    turns -= math.ceil(turns - 0.5)
    return _snapped(turns)


def _snapped(turns: float) -> float:
    """The nearest 1/96 if only rounding separates them, so that a quarter reads 0.25."""
    nearest = round(turns * 96)
    if abs(turns * 96 - nearest) < _SNAP:
        return 0.5 if nearest == -48 else nearest / 96
    return turns


_SNAP = 96 * NOISE / math.tau

_PLAIN: dict[float, Angle] = {}
MOST_KNOWN = 4096
"""Angles, and rows, that are remembered."""


def _plain(turns: float) -> Angle:
    angle = _PLAIN.get(turns)
    if angle is None:
        angle = Angle(turns)
        if len(_PLAIN) < MOST_KNOWN:
            _PLAIN[turns] = angle
    return angle
