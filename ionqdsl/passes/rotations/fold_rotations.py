"""Translates circuits and interaction forms to programs of Pauli rotations, and programs back to both.

Each row, qis or native, with few controls, becomes a handful of rotations by numbers or parameters; swaps only rename
wires. A program whose rotations act on at most two wires becomes an interaction form. Global phases are dropped;
folding and synthesis are elsewhere.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from ionqdsl.algebra import compiled
from ionqdsl.algebra.interactions import AxisRotation, BarrierItem, Interaction, Interactions, Item, folded, moved
from ionqdsl.algebra.numbered_rows import numbered
from ionqdsl.algebra.numeric_forms import LIMITS, EndTurns, NumericForm, form_of_arrays, packed
from ionqdsl.algebra.paulis import (
    LARGEST,
    MOST_WIRES,
    QUARTER,
    NumericProgram,
    PauliProgram,
    Rotation,
    Size,
    numbers_for_kernel,
    packed_strings,
)
from ionqdsl.algebra.rotations import (
    IDENTITY,
    Turn,
    Vector,
    X,
    Y,
    Z,
    inverse,
    normalised,
    product,
    turn,
    turned,
    turned_back,
)
from ionqdsl.ir.angle import HALF_TURN, Angle
from ionqdsl.ir.circuit import NOT_GATES, FlatCircuit, Op, Operator
from ionqdsl.ir.gates import GATES, phase_of, rotation_of
from ionqdsl.ir.rounding import NOISE, parted
from ionqdsl.passes.interactions.restore_inputs import with_swaps
from ionqdsl.record import changed

MOST_CONTROLS = 4
"""A gate with c controls is up to 2^(c+1) rotations; one with more controls than this is broken up first."""

_LETTERS = (X, Y, Z)


def can_fold(circuit: FlatCircuit) -> bool:
    """Whether a circuit is rotations only: no barriers, verbatim rows or very wide gates."""
    return all(
        op.gate in GATES
        and op.operator is None
        and not op.pinned
        and op.gate not in (*NOT_GATES, "nop")
        and op.controls <= MOST_CONTROLS
        for different, _ in numbered(circuit.rows, counts_on=False)
        for op in different
    )


def program_of(circuit: FlatCircuit) -> PauliProgram:
    """The rotations of a circuit for which `can_fold` holds."""
    found = _RowRotations().program(circuit) if compiled.is_used() and 0 < circuit.width <= MOST_WIRES else None
    return program_in_python(circuit) if found is None else found


class _RowRotations:
    """The different rows of a circuit, as the kernel takes them: a kind and qubits for each."""

    def __init__(self) -> None:
        self._kinds, self._qubits, self._starts = array("i"), array("i"), array("i", [0])
        self._masks, self._angles, self._parts = array("Q"), array("d"), array("i", [0])
        self._numbers: dict[tuple[str, tuple[Angle, ...], int], int] = {("swap", (), 0): _EXCHANGE}

    def program(self, circuit: FlatCircuit) -> NumericProgram | None:
        """The rotations by numbers, None if some angles are no numbers that the kernel takes."""
        places: list[bytes] = []
        for different, own in numbered(circuit.rows, counts_on=True):
            places.append(own)
            for op in different:
                number = self._number(op)
                if number is None:
                    return None
                self._kinds.append(number)
                self._qubits.extend(op.qubits)
                self._starts.append(len(self._qubits))
        rows = b"".join(places), self._kinds, self._starts, self._qubits
        found = compiled.kernel.row_program(circuit.width, *rows, self._parts, self._masks, self._angles)
        strings, angles, outputs, gates = found
        return NumericProgram(circuit.width, strings, angles, tuple(memoryview(outputs).cast("i")), gates, 0.0)

    def _number(self, op: Op) -> int | None:
        key = op.gate, op.angles, op.controls
        number = self._numbers.get(key)
        if number is None:
            kind = _kind_of(*key)
            if kind is None:
                return None
            number = self._numbers[key] = len(self._parts) - 1
            self._masks.extend(kind.masks)
            self._angles.extend(kind.angles)
            self._parts.append(len(self._angles))
        return number


_EXCHANGE = -1
"""Stands in place of a kind for a row that exchanges its qubits."""


class _Spreads(NamedTuple):
    """The rotations of a row by numbers: two masks of places among its qubits, of X and of Z, and an angle of each."""

    masks: tuple[int, ...]
    angles: tuple[float, ...]


@lru_cache(maxsize=1 << 14)
def _kind_of(gate: str, angles: tuple[Angle, ...], controls: int) -> _Spreads | None:
    """A row's kind, None if the kernel cannot take its angles."""
    rotations = _rotations(gate, angles, controls)
    sizes = [angle for _, _, angle in rotations if not isinstance(angle, Angle) and abs(angle) < LARGEST]
    if len(sizes) < len(rotations):
        return None
    masks = [sum([1 << place for place in places]) for xs, zs, _ in rotations for places in (xs, zs)]
    return _Spreads(tuple(masks), tuple(sizes))


def program_in_python(circuit: FlatCircuit) -> PauliProgram:
    """Row by row."""
    wires = list(range(circuit.width))  # the wire that holds each qubit
    rotations: list[Rotation] = []
    known: dict[int, list[Rotation]] = {}  # of rows, which are shared, on the wires that hold their qubits now
    for op in circuit.rows:
        own = known.get(id(op))
        if own is None:
            if op.gate == "swap" and not op.controls:
                a, b = op.qubits
                wires[a], wires[b] = wires[b], wires[a]
                known = {}
                continue
            own = known[id(op)] = _rotations_on(op, wires)
        rotations += own
    return PauliProgram(circuit.width, rotations, tuple(wires))


def _rotations_on(op: Op, wires: Sequence[int]) -> list[Rotation]:
    """The rotations of a row, given the wire that holds each qubit."""
    bits = [1 << wires[q] for q in op.qubits]
    return [
        (sum([bits[position] for position in xs]), sum([bits[position] for position in zs]), angle)
        for xs, zs, angle in _rotations(op.gate, op.angles, op.controls)
    ]


Places = tuple[int, ...]
Spread = tuple[Places, Places, Size]
"""Positions of x, positions of z, angle."""


@lru_cache(maxsize=1 << 14)
def _rotations(gate: str, angles: tuple[Angle, ...], controls: int) -> tuple[Spread, ...]:
    """exp(i 2 pi phase) exp(-i pi rotation G) under c controls, on positions, up to a global phase.

    The projector on the controls' |1...1> is the mean of (-1)^|S| Z_S over the subsets S of the controls, so this is a
    product of commuting rotations about Z_S and Z_S G, each by 2^-c of the angle. Axes that are not letters are turned
    to a letter and back.
    """
    row = GATES[gate]
    count = controls + row.controls
    rotation, phase = rotation_of(gate, angles), phase_of(gate, angles)
    before: list[tuple[Places, Places, Angle]] = []
    after: list[tuple[Places, Places, Angle]] = []
    xs: list[int] = []
    zs: list[int] = []
    phases = iter(angles)
    for position, letter in enumerate("" if row.axis == "SWAP" else row.axis, count):
        if letter in "XYP":
            xs.append(position)
        if letter in "YZH":
            zs.append(position)
        if letter == "H" and not count and rotation == HALF_TURN:
            return (((), (0,), QUARTER), ((0,), (), QUARTER), ((), (0,), QUARTER))
        if letter == "H":  # Z between ry(-pi/4) and ry(pi/4)
            before.append(((position,), (position,), Angle(Fraction(-1, 8))))
            after.append(((position,), (position,), Angle(Fraction(1, 8))))
        if letter == "P":  # X between rz(-p) and rz(p)
            azimuth = next(phases)
            before.append(((), (position,), -azimuth))
            after.append(((), (position,), azimuth))
    generators = [(tuple(xs), tuple(zs), rotation)]
    if row.axis == "SWAP":  # (1 + XX + YY + ZZ)/2
        both = (count, count + 1)
        generators = [(both, (), rotation / 2), (both, both, rotation / 2), ((), both, rotation / 2)]
        phase -= rotation / 4
    middle: list[tuple[Places, Places, Angle]] = []
    for subset in range(1 << count):
        controlling = [position for position in range(count) if subset >> position & 1]
        share = Fraction((-1) ** len(controlling), 1 << count)
        middle += [(x, (*controlling, *z), angle * share) for x, z, angle in generators]
        if controlling:
            middle.append(((), tuple(controlling), phase * (-2 * share)))
    return tuple((x, z, size) for x, z, angle in (*before, *middle, *after) for size in _sizes(angle))


def _sizes(angle: Angle) -> list[Size]:
    """The angle in radians, or as it is with parameters; a part too small to add to a number is a size of its own."""
    if angle.terms:
        return [angle]
    number, rest = parted(angle, Fraction(1, 4))
    return [size for size in (number, rest) if size]


def circuit_of(program: PauliProgram, inputs: Sequence[int] | None = None) -> FlatCircuit:
    """A program as rows of one exponential each, and swaps at the end; its wire q starts as input `inputs[q]`."""
    names = inputs or range(program.width)
    rows: list[Op] = []
    for x, z, size in program.rotations:
        wires = [wire for wire in range((x | z).bit_length()) if (x | z) >> wire & 1]
        letters = tuple([("IXZY"[(x >> wire & 1) + 2 * (z >> wire & 1)], place) for place, wire in enumerate(wires)])
        angle = size if isinstance(size, Angle) else Angle(0, size)
        on = tuple([names[wire] for wire in wires])
        rows.append(Op("pauliexp", on, (angle / 2,), operator=Operator(((letters, Fraction(1)),))))
    at = [names[wire] for wire in program.outputs]
    for qubit, wire in enumerate(at):
        if wire != qubit:
            rows.append(Op("swap", (qubit, wire)))
            at[at.index(qubit)], at[qubit] = wire, qubit
    return FlatCircuit(program.width, rows=rows, origins=[None] * len(rows))


# --- the interaction form ------------------------------------------------------------------------------------------


def program_of_form(form: Interactions) -> PauliProgram:
    """The rotations of an interaction form without barriers.

    If an axis is not a letter, the wire is turned until it is, by as few rotations as possible: one if the axis is in a
    plane of two letters, otherwise two.
    """
    frames: list[Turn] = [IDENTITY] * form.width  # the product of the turns written to each wire so far
    rotations: list[Rotation] = []
    neglected = form.neglected
    for item in form.items:
        match item:
            case Interaction():
                sides: tuple[tuple[int, Vector], ...] = ((item.a, item.u), (item.b, item.v))
            case AxisRotation():
                sides = ((item.wire, item.axis),)
            case BarrierItem():
                raise ValueError("a form with barriers is no program of rotations")
        x = z = 0
        sign = 1
        for wire, axis in sides:
            seen = turned(frames[wire], axis)
            letter, direction, turns, missing = _to_letter(seen)
            neglected += 2 * missing
            for about, angle in turns:
                rotations.append(_one(wire, about, angle))
                frames[wire] = normalised(product(turn(_LETTERS[about], angle), frames[wire]))
            sign *= direction
            x |= (letter < 2) << wire
            z |= (letter > 0) << wire
        rotations.append((x, z, item.t * (2 * sign)))
    for wire, end in enumerate(form.ends):
        rotations += _euler(wire, product(end, inverse(frames[wire])))
    return PauliProgram(form.width, rotations, tuple(range(form.width)), neglected)


def _one(wire: int, letter: int, angle: float) -> Rotation:
    return ((letter < 2) << wire, (letter > 0) << wire, angle)


def _to_letter(axis: Vector) -> tuple[int, int, list[tuple[int, float]], float]:
    """A letter, a sign, the rotations (letter, angle) that take the axis there, and their error."""
    near = [index for index in range(3) if abs(axis[index]) > NOISE]
    missing = sum([abs(axis[index]) for index in range(3) if index not in near])
    if len(near) == 1:
        return near[0], 1 if axis[near[0]] > 0 else -1, [], missing
    if len(near) == 2:
        about = 3 - sum(near)
        first, second = (about + 1) % 3, (about + 2) % 3
        # a turn about `about` takes first towards second; take the axis to first
        return first, 1, [(about, -math.atan2(axis[second], axis[first]))], missing
    turns = [(2, -math.atan2(axis[1], axis[0])), (1, -math.atan2(math.hypot(axis[0], axis[1]), axis[2]))]
    return 2, 1, turns, 0.0


def _euler(wire: int, turn: Turn) -> list[Rotation]:
    """A one-qubit unitary as z, y, z rotations, without those whose angle is 0."""
    w, x, y, z = turn
    total, difference = 2 * math.atan2(z, w), 2 * math.atan2(-x, y)
    middle = 2 * math.atan2(math.hypot(x, y), math.hypot(w, z))
    if math.hypot(x, y) < NOISE:
        difference = 0.0  # any value will do
    if math.hypot(w, z) < NOISE:
        total = 0.0
    angles = ((2, (total - difference) / 2), (1, middle), (2, (total + difference) / 2))
    return [_one(wire, letter, angle) for letter, angle in angles if math.remainder(angle, math.tau)]


def form_of(program: PauliProgram) -> Interactions:
    """The interaction form of a program of one- and two-letter rotations, without its permutation of the wires."""
    angles = numbers_for_kernel(program.width, program.rotations)
    if angles is not None:
        given = program.width, packed_strings(program.rotations), angles, LIMITS, program.neglected
        return form_of_arrays(program.width, *compiled.kernel.program_form(*given))
    return form_in_python(program)


def form_in_python(program: PauliProgram) -> Interactions:
    """Rotation by rotation."""
    frames: list[Turn] = [IDENTITY] * program.width
    items: list[Item] = []
    neglected = program.neglected
    for x, z, angle in program.rotations:
        where = x | z
        first = where.bit_length() - 1
        where ^= 1 << first
        axis = _LETTERS[(z >> first & 1) + (x >> first & 1 == 0)]
        if not where:
            if isinstance(angle, Angle):
                frames[first] = normalised(frames[first])
                items.append(AxisRotation(first, turned_back(frames[first], axis), angle / 2, None))
            else:
                frames[first] = product(turn(axis, angle), frames[first])
            continue
        second = where.bit_length() - 1
        other = _LETTERS[(z >> second & 1) + (x >> second & 1 == 0)]
        u, v = axis, other
        if frames[first] is not IDENTITY:
            frames[first] = normalised(frames[first])
            u = turned_back(frames[first], axis)
        if frames[second] is not IDENTITY:
            frames[second] = normalised(frames[second])
            v = turned_back(frames[second], other)
        if isinstance(angle, Angle):
            items.append(Interaction(first, second, u, v, angle / 2, None))
            continue
        rest, halves = folded(angle / 2)
        if abs(rest) > NOISE:
            items.append(Interaction(first, second, u, v, rest, None))
        else:
            neglected += abs(rest)
        if halves % 2:
            frames[first] = product(turn(axis, math.pi), frames[first])
            frames[second] = product(turn(other, math.pi), frames[second])
    return Interactions(program.width, items, [normalised(frame) for frame in frames], neglected=neglected)


def renamed(
    form: Interactions, outputs: tuple[int, ...], inputs: tuple[int, ...] | None = None, may_rename: bool = True
) -> Interactions:
    """The form on other wires, so that qubit q is read on wire q rather than `outputs[q]`.

    The permutation moves to the inputs: wire q then starts as input `outputs[q]` did, after the permutation `inputs`.
    If that is not allowed, swaps between the interactions exchange the wires.
    """
    width = form.width
    if outputs == tuple(range(width)):
        return changed(form, inputs=inputs)
    if not may_rename:
        return put_back(form, outputs)[0]
    to = [0] * width
    for q, wire in enumerate(outputs):
        to[wire] = q
    before = inputs or tuple(range(width))
    rest = form.phase, tuple([before[wire] for wire in outputs]), form.neglected
    if isinstance(form, NumericForm):
        return NumericForm(width, form.numbers.moved(to), form.end_turns.read_on(outputs), *rest)
    ends = [form.ends[wire] for wire in outputs]
    return Interactions(width, [moved(item, to) for item in form.items], ends, *rest)


def put_back(form: Interactions, outputs: tuple[int, ...]) -> list[Interactions]:
    """The form with swaps next to interactions that move every qubit to its own wire, and with all swaps at the end."""
    if outputs == tuple(range(form.width)):
        return [form]
    return [with_swaps(renamed(form, outputs)), _exchanged(form, list(outputs))]


def _exchanged(form: Interactions, places: list[int]) -> Interactions:
    """The form with swaps at the end that move qubit q from wire places[q] to wire q."""
    items: list[Item] = []
    ends = list(form.ends)
    for q in range(form.width):
        wire = places[q]
        if wire != q:
            for axis in _LETTERS:
                u, v = turned_back(ends[q], axis), turned_back(ends[wire], axis)
                items.append(Interaction(q, wire, u, v, math.pi / 4, None))
            places[places.index(q)] = wire
            places[q] = q
    if isinstance(form, NumericForm):
        numbers = form.numbers.followed_by(packed(items))
        return NumericForm(form.width, numbers, EndTurns(ends), form.phase, neglected=form.neglected)
    return Interactions(form.width, [*form.items, *items], ends, form.phase, neglected=form.neglected)
