"""Breaks gates with several controls into gates with at most one.

Takes one-qubit gates with any number of controls and returns rows that are exactly equal, phase included; parameters
stay linear, since angles are only halved. Other wires of the circuit are borrowed in any state and returned to it. The
number of two-qubit rows grows linearly with the controls for an x with a wire to borrow, nearly linearly for rotations,
quadratically for phases and for an x without one; each of these rows is one interaction.

Sources: Barenco et al., Phys. Rev. A 52, 3457 (1995), lemmas 6.1, 7.2-7.5 and 7.9; Maslov, Phys. Rev. A 93, 022311
(2016), for gates that are right up to phases which their counterparts undo; Iten et al., Phys. Rev. A 93, 032318
(2016), for the ladder; da Silva and Park, Phys. Rev. A 106, 042602 (2022), for phases; Khattar and Gidney,
arXiv:2407.17966 (2024), for the use of a wire in |0>. They count cnots; here a Toffoli takes five interactions, a
doubly controlled rotation four.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from fractions import Fraction
from functools import cache
from typing import NamedTuple

from ionqdsl.algebra.elementary import elementary
from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.angle import HALF_TURN, QUARTER_TURN, Angle
from ionqdsl.ir.circuit import RESET, FlatCircuit, Op, canonical, shared
from ionqdsl.ir.contracts import holds_for_all_inputs
from ionqdsl.ir.gates import GATES, phase_of, rotation_of
from ionqdsl.passes.context import PassContext

Wires = tuple[int, ...]

WIDEST = 20
"""The most qubits of a circuit in which a wire in |0> is used: a wider one is not simulated, and nothing else sees that
the result is the same.
"""


def break_wide_gates(circuit: FlatCircuit, context: PassContext) -> FlatCircuit:
    """Rewrites rows with two or more controls, none of which is on a two-qubit gate (see gather_controls.py).

    Before (--target forte):
        qubit a, b, c
        ctrl(2) @ x a, b, c
    After:
        qubit a, b, c
        ctrl @ v b, c
        cnot a, b
        ctrl @ vi b, c
        cnot a, b
        ctrl @ v a, c
    """
    if all(op.controls < 2 and not (op.gate == "cnot" and op.controls) for op in circuit.patterns):
        return circuit
    rows: list[tuple[Op, Span | None]] = []
    for op, origin, zeros in zip(circuit.rows, circuit.origins, _zeros(circuit, context), strict=True):
        narrow = _narrow(op, circuit.width, zeros)
        rows += [(row, origin) for row in narrow]
        spare = zeros.difference(op.qubits)
        context.uses_zeros |= any(not spare.isdisjoint(row.qubits) for row in narrow)
    return circuit.with_rows(rows)


def _zeros(circuit: FlatCircuit, context: PassContext) -> Iterator[frozenset[int]]:
    """The wires that are known to be in |0> before each row: no row met them since the start, or since a reset."""
    is_from_zeros = context.may_use_zeros and not holds_for_all_inputs(context.options.preserve)
    is_from_zeros = is_from_zeros and circuit.width <= WIDEST
    known = frozenset(range(circuit.width) if is_from_zeros else ())
    for op in circuit.rows:
        yield known
        known -= {*op.qubits}
        if is_from_zeros and op.gate == RESET and not op.when:
            known |= {*op.qubits}


def narrowed(circuit: FlatCircuit) -> FlatCircuit:
    """A compiled circuit in gates that OpenQASM 3's stdgates.inc has: one control, and two on an x.

    Rows of verbatim blocks stay. Circuits with measurements in the middle are sent in that language.
    """

    def is_wide(op: Op) -> bool:
        plain = canonical(op)
        return not op.pinned and plain.controls > (2 if plain.gate == "x" else 1)

    if not any(map(is_wide, circuit.rows)):
        return circuit
    return circuit.with_rows(
        (row, origin)
        for op, origin in zip(circuit.rows, circuit.origins, strict=True)
        for row in (_narrow(op, circuit.width) if is_wide(op) else [op])
    )


def _narrow(op: Op, width: int, zeros: Set[int] = frozenset()) -> list[Op]:
    wide = canonical(op)
    if wide.controls < 2:
        return [op]
    if _is_oblique(wide):
        return [row for part in elementary(wide)[0] for row in _narrow(part, width, zeros)]
    idle = tuple(wire for wire in range(width) if wire not in op.qubits)
    *controls, target = wide.qubits
    rows = _rows(wide, tuple(controls), target, idle)
    clean = next((wire for wire in idle if wire in zeros), None)
    if clean is not None and wide.controls > 2:
        gathering, gathered = _conjunction(tuple(controls), clean)
        others = [*gathering, *_rows(wide, gathered, target, ()), *inverse_rows(gathering)]
        rows = min(rows, others, key=_two_qubit_gates)
    return [row._replace(pinned=op.pinned) for row in rows] if op.pinned else rows


def _two_qubit_gates(rows: list[Op]) -> int:
    return sum(len(row.qubits) == 2 for row in rows)


def _is_oblique(op: Op) -> bool:
    """Whether a gate's axis is none of x, y and z, and it is not a half turn about h."""
    axis, rotation, phase = GATES[op.gate].axis, rotation_of(op.gate, op.angles), phase_of(op.gate, op.angles)
    return axis not in _TO_Z and not (axis == "H" and phase == rotation / 2 == QUARTER_TURN)


# The gates that turn an axis into Z (or X, for flips), and those that turn it back.
_EIGHTH = Fraction(1, 8)
_TO_Z = {"X": (Op("h"), Op("h")), "Y": (Op("v"), Op("vi")), "Z": ()}
_TO_X = {"X": (), "Y": (Op("si"), Op("s")), "Z": (Op("h"), Op("h"))}
_H_TO_X = (Op("ry", (), (Angle(_EIGHTH),)), Op("ry", (), (Angle(-_EIGHTH),)))


def _rows(op: Op, controls: Wires, target: int, idle: Wires) -> list[Op]:
    """The rotation of a gate about its axis, and its phase, under the controls."""
    axis, rotation, phase = GATES[op.gate].axis, rotation_of(op.gate, op.angles), phase_of(op.gate, op.angles)
    if phase == rotation / 2 == QUARTER_TURN and not (
        axis == "Z" and flip_plan(len(controls), len(idle)).gathered == 0
    ):
        change = _H_TO_X if axis == "H" else _TO_X[axis]
        rows = flip(controls, target, idle)
    elif phase == rotation / 2:
        change = _TO_Z[axis]
        rows = phases(controls, target, rotation, idle)
    else:
        change = _TO_Z[axis]
        rows = turn(controls, target, rotation, idle)
        if phase:
            rows += phases(controls[:-1], controls[-1], phase, (*idle, target))
    if not change:
        return rows
    before, after = (shared(step.gate, (target,), step.angles) for step in change)
    return [before, *rows, after]


# --- exactly the gate ----------------------------------------------------------------------------------------------


class GatheringPlan(NamedTuple):
    """The number of two-qubit rows, and the number of controls that are gathered first, 0 if none are.

    The smallest plan is the best one.
    """

    two_qubit_gates: int
    gathered: int


class FlipPlan(NamedTuple):
    """The same for `flip`, and whether the other controls turn the borrowed wire."""

    two_qubit_gates: int
    gathered: int
    is_turned: bool = False


def flip(controls: Wires, target: int, idle: Wires) -> list[Op]:
    """Flips the target under controls: linear in their number with a wire to borrow, otherwise a phase between two h.

    A borrowed wire is flipped under some of the controls, and back. Under the others it turns about Z by half a turn
    before each, in opposite directions: if it was flipped, they are together a whole turn, which is -1, and the target
    is one of these others between two h. Many others flip the target with the borrowed wire after each instead.
    """
    if len(controls) < 2:
        return [_flip(*controls, target)]
    if len(controls) == 2:
        return _toffoli(*controls, target)
    plan = flip_plan(len(controls), len(idle))
    h = shared("h", (target,))
    if plan.gathered == 0:
        return [h, *phases(controls, target, HALF_TURN, idle), h]
    first, second = controls[: plan.gathered], controls[plan.gathered :]
    borrowed, *others = idle
    if _is_toggled(len(first), len(others), len(second) + 1):
        flips = toggle(first, borrowed, tuple(others))
    else:
        flips = relative_flip(first, borrowed, (*others, *second, target))
    if plan.is_turned:
        turned = turn((*second, target), borrowed, HALF_TURN, (*others, *first))
        return [h, *turned, *flips, *inverse_rows(turned), *inverse_rows(flips), h]
    outer = flip((*second, borrowed), target, (*others, *first))
    return [*flips, *outer, *inverse_rows(flips), *outer]


@cache
def flip_plan(controls: int, idle: int) -> FlipPlan:
    """The plan of `flip`."""
    if controls < 3:
        return FlipPlan((0, 1, 5)[controls], 0)
    plans = [FlipPlan(phases_cost(controls), 0)]
    for gathered in (*_choices(2, controls), controls - 1) if idle else ():
        left = controls - gathered
        flips = relative_plan(gathered, idle + left).two_qubit_gates
        if _is_toggled(gathered, idle - 1, left + 1):
            flips = toggle_plan(gathered, idle - 1).two_qubit_gates
        lent = idle - 1 + gathered
        plans.append(FlipPlan(2 * flips + 2 * turn_plan(left + 1, lent).two_qubit_gates, gathered, is_turned=True))
        if left > 1:
            plans.append(FlipPlan(2 * flips + 2 * flip_plan(left + 1, lent).two_qubit_gates, gathered))
    return min(plans)


def _is_toggled(controls: int, idle: int, others: int) -> bool:
    """Whether idle wires are toggled rather than these and others only borrowed."""
    toggled, borrowed = toggle_plan(controls, idle), relative_plan(controls, idle + others)
    return toggled.two_qubit_gates < borrowed.two_qubit_gates


def phases(controls: Wires, target: int, angle: Angle, idle: Wires) -> list[Op]:
    """The phase e^{i angle} if all these wires are |1>.

    Under k > 3 controls, the bits of a number: bit j gives the phase angle 2^j / 2^k, then one is added to the number,
    and bit j takes the phase back. In all that is -angle / 2^k, if only phases act on the number, and the whole angle
    more where it was 11...1 and became 0. The remaining angle / 2^k comes from the first control, which always changes:
    one phase of twice the size stands for its two.
    """
    if len(controls) > 3:
        return _around(_counted_up(controls), "p", controls, target, angle) + inverse_rows(_counted_up(controls))
    rows: list[Op] = []
    if len(controls) == 3:  # a rotation, and the phase it lacks on one wire fewer
        rows = turn(controls, target, angle, idle)
        controls, target, angle = controls[:-1], controls[-1], angle / 2
    if len(controls) < 2:
        return [*rows, _phase(angle, *controls, target)]
    first, second = controls  # 2 a b = a + b - (a xor b), for each value of the target
    half, parity = angle / 2, _flip(first, second)
    rows += [_phase(half, second, target), parity, _phase(-half, second, target), parity]
    return [*rows, _phase(half, first, target)]


def phases_cost(controls: int) -> int:
    """The number of two-qubit rows of `phases`."""
    return (0, 1, 5)[controls] if controls < 3 else 2 * controls * (controls - 1) + 1


def _counted_up(wires: Wires) -> list[Op]:
    """Adds one to the number that the wires hold, the least bit first, up to phases of basis states: (n - 1)^2 rows.

    The last wire is flipped if the others hold 11...1, as in `phases`, with rotations about X; then one is added to the
    others, which undoes their last step there.
    """
    *others, last = wires
    if not others:
        return [_flip(last)]
    return _around(_counted_up(tuple(others)), "rx", others, last, HALF_TURN)


def _around(step: list[Op], gate: str, controls: Sequence[int], target: int, angle: Angle) -> list[Op]:
    """Rotations of the target, each under one control, before a step, and all but the first back after it."""
    parts = [angle / 2 ** (len(controls) - place) for place in range(len(controls))]
    first, *others = (
        shared(gate, (control, target), (part,), 1) for control, part in zip(controls, parts, strict=True)
    )
    first = first._replace(angles=(2 * parts[0],))
    return [first, *others, *step, *inverse_rows(others)]


def turn(controls: Wires, target: int, angle: Angle, idle: Wires) -> list[Op]:
    """rz(angle) under controls: half of it, a flip under some of the controls, half of it back, the flip again.

    Where the flip happens the halves add up, elsewhere they cancel. The flips need to be right only up to phases:
    those are diagonal, so they commute with the rotation, and the second flip undoes them.
    """
    if len(controls) < 2:
        return [shared("rz", (*controls, target), (angle,), len(controls))]
    gathered = turn_plan(len(controls), len(idle)).gathered
    first, second = controls[:gathered], controls[gathered:]
    flips = relative_flip(first, target, (*idle, *second))
    half = turn(second, target, angle / 2, (*idle, *first))
    back = turn(second, target, angle / -2, (*idle, *first))
    return [*half, *flips, *back, *inverse_rows(flips)]


@cache
def turn_plan(controls: int, idle: int) -> GatheringPlan:
    """The plan of `turn`."""
    if controls < 2:
        return GatheringPlan(controls, 0)
    return min(
        GatheringPlan(
            2 * turn_plan(controls - gathered, idle + gathered).two_qubit_gates
            + 2 * relative_plan(gathered, idle + controls - gathered).two_qubit_gates,
            gathered,
        )
        for gathered in _choices(1, controls)
    )


def _choices(low: int, high: int) -> Iterable[int]:
    """The numbers of controls to try to gather; half of them for gates wider than any machine, to plan quickly."""
    if high <= 40:
        return range(low, high)
    return (high // 2,)


# --- right up to phases of basis states ----------------------------------------------------------------------------


def relative_flip(controls: Wires, target: int, idle: Wires) -> list[Op]:
    """A flip under controls times some diagonal matrix on all wires, including `idle`.

    With A the other controls, h under one control around rz(1/2 turn) under A: if that control is |1> the rotation is
    about X, a flip; if it is |0>, about Z, a phase.
    """
    if len(controls) == 1:
        return [_flip(*controls, target)]
    gathered = relative_plan(len(controls), len(idle)).gathered
    if gathered == 0:
        *others, last = controls
        h = _h(last, target)
        return [h, *turn(tuple(others), target, HALF_TURN, (*idle, last)), h]
    first, second = controls[:gathered], controls[gathered:]
    if len(second) == 1:
        inner = toggle(first, idle[0], idle[1:])
        return [*_rung(*second, idle[0], target, inner), *inverse_rows(inner)]
    inner = relative_flip(first, idle[0], (*idle[1:], *second))
    outer = relative_flip((*second, idle[0]), target, (*idle[1:], *first))
    return [*inner, *outer, *inverse_rows(inner), *inverse_rows(outer)]


@cache
def relative_plan(controls: int, idle: int) -> GatheringPlan:
    """The plan of `relative_flip`."""
    if controls == 1:
        return GatheringPlan(1, 0)
    plans = [GatheringPlan(2 + turn_plan(controls - 1, idle + 1).two_qubit_gates, 0)]
    if idle and controls > 2:
        plans.append(GatheringPlan(4 + 2 * toggle_plan(controls - 1, idle - 1).two_qubit_gates, controls - 1))
        for gathered in _choices(2, controls - 1):
            others = controls - gathered
            inner = relative_plan(gathered, idle - 1 + others).two_qubit_gates
            outer = relative_plan(others + 1, idle - 1 + gathered).two_qubit_gates
            plans.append(GatheringPlan(2 * inner + 2 * outer, gathered))
    return min(plans)


def _conjunction(controls: Wires, clean: int) -> tuple[list[Op], Wires]:
    """Rows after which two wires are both |1> just if all controls were, and these wires; `clean` is in |0> before.

    It gets the conjunction of the first two controls. If that holds, both of them are |1>, so that an x makes each of
    them clean as well: one gets the conjunction of the next two controls, on which these are clean in their turn. Then
    the conjunctions are joined, from the last to the first, on the controls that were not used yet. If one does not
    hold, those after it may be anything: they count for nothing.
    """
    first, second, *rest = controls
    rows = relative_flip((first, second), clean, ())
    conjunctions, spare = [], [first]
    while len(rest) > 1:
        one, two, *rest = rest
        rows += [_flip(second), *relative_flip((one, two), second, ())]
        conjunctions.append(second)
        spare.append(one)
        second = two
    *conjunctions, last = [*conjunctions, *rest]
    for wire, target in reversed([*zip(conjunctions, spare, strict=False)]):
        rows += [_flip(target), *relative_flip((wire, last), target, ())]
        last = target
    return rows, (clean, last)


def toggle(controls: Wires, target: int, idle: Wires) -> list[Op]:
    """Like `relative_flip`, but does not restore the idle wires that it uses: a ladder down and up once."""
    rungs = toggle_plan(len(controls), len(idle)).gathered
    bottom, feet = len(controls) - rungs, (target, *idle[:rungs])
    rows = relative_flip(controls[:bottom], feet[-1], ())
    for rung in range(rungs):
        rows = _rung(controls[bottom + rung], feet[rungs - rung], feet[rungs - rung - 1], rows)
    return rows


@cache
def toggle_plan(controls: int, idle: int) -> GatheringPlan:
    """The plan of `toggle`, with the number of rungs; a rung gathers all controls but one."""
    most = min(idle, controls - 2)
    return min(
        GatheringPlan(4 * rungs + relative_plan(controls - rungs, 0).two_qubit_gates, rungs)
        for rungs in range(max(0, most) + 1)
    )


def _rung(control: int, borrowed: int, target: int, below: list[Op]) -> list[Op]:
    """Flips the target if `control` is |1> and `below` flips the borrowed wire; `below` happens once.

    This is a relative flip under both wires, `below`, and the flip again, without the rows that would cancel between.
    """
    h = _h(control, target)
    turned = shared("rz", (borrowed, target), (HALF_TURN,), 1)
    return [h, turned, *below, *inverse_rows([turned]), h]


def _toffoli(first: int, second: int, target: int) -> list[Op]:
    """Five interactions: a root of x under each control, one undone under their parity (Barenco, lemma 6.1)."""
    parity = _flip(first, second)
    root, back = (shared(gate, (second, target), (), 1) for gate in ("v", "vi"))
    return [root, parity, back, parity, shared("v", (first, target), (), 1)]


# --- rows ----------------------------------------------------------------------------------------------------------


def _flip(*qubits: int) -> Op:
    return shared("cnot" if len(qubits) == 2 else "x", qubits)


def _h(control: int, target: int) -> Op:
    return shared("h", (control, target), (), 1)


def _phase(angle: Angle, *qubits: int) -> Op:
    return shared("p", qubits, (angle,), len(qubits) - 1)


def inverse_rows(rows: list[Op]) -> list[Op]:
    """The inverse of rows that are rotations or their own inverses."""
    return [shared(op.gate, op.qubits, tuple(-angle for angle in op.angles), op.controls) for op in reversed(rows)]
