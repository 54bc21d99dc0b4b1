"""Expands `pauliexp` into rotations: one exponential for each term, or the given number of Trotter steps.

Takes `pauliexp` rows with any controls and returns changes of basis, ladders of cnots and rotations that are exactly
equal; the identity's part becomes a phase. If the payload profile takes `pauliexp`, the rows that it can express stay.
Each term gets a ladder; the optimiser merges them.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

from ionqdsl.algebra.modifiers import controlled_phase
from ionqdsl.diagnostics import fail
from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.angle import Angle, Exact
from ionqdsl.ir.circuit import MAX_OPERATIONS, FlatCircuit, Op, Operator, shared
from ionqdsl.ir.operators import Product, anticommuting, spelling
from ionqdsl.ir.targets import PROFILES
from ionqdsl.passes.context import PassContext


def expand_pauliexp(circuit: FlatCircuit, context: PassContext) -> FlatCircuit:
    """Rewrites `pauliexp` rows. Raises QC0600 if terms do not commute and no steps are given, QC0601 if too many are.

    Before (--target forte):
        param t
        qubit q[3]
        pauliexp(t, X[0]*Z[1]*Z[2]) q
    After:
        param t
        qubit q[3]
        h q[0]
        cnot q[0], q[1]
        zz(2*t) q[1], q[2]
        cnot q[0], q[1]
        h q[0]
    """
    if not any(op.gate == "pauliexp" for op in circuit.patterns):
        return circuit
    keeps = context.target.gateset == "qis" and PROFILES[context.options.wire].pauliexp
    steps: list[tuple[Op, Span | None]] = []
    phase = circuit.phase
    for op, origin in zip(circuit.rows, circuit.origins, strict=True):
        if op.gate != "pauliexp":
            steps.append((op, origin))
            continue
        op = _settled(op, origin)
        assert op.operator is not None
        if len(steps) + max(1, op.operator.steps) * len(op.operator.terms) > MAX_OPERATIONS:
            raise fail("QC0601", origin, steps=op.operator.steps, terms=len(op.operator.terms), most=MAX_OPERATIONS)
        first = len(steps)
        identity = sum((factor for product, factor in op.operator.terms if not product), Fraction(0))
        if identity and op.controls:
            steps.append((controlled_phase(op.qubits[: op.controls], op.angles[0] * -identity), origin))
        elif identity and not op.when:
            phase += op.angles[0] * -identity
        if keeps and not op.controls and not op.operator.steps:
            terms = tuple(term for term in op.operator.terms if term[0])
            steps += [(op._replace(operator=Operator(terms)), origin)] * bool(terms)
        else:
            steps += [(row, origin) for row in _rotations(op)]
        if op.when:
            steps[first:] = [(row._replace(when=op.when), origin) for row, _ in steps[first:]]
    return circuit.with_rows(steps, phase=phase.reduced())


def _settled(op: Op, origin: Span | None) -> Op:
    """The row, without steps if its terms commute. Raises QC0600 if they do not and it has no steps."""
    assert op.operator is not None
    clash = anticommuting(op.operator)
    if clash is None:
        return op._replace(operator=op.operator._replace(steps=0))
    if not op.operator.steps:
        first, second = map(spelling, clash)
        raise fail("QC0600", origin, first=first, second=second)
    return op


def _rotations(op: Op) -> Iterator[Op]:
    """The rows of a `pauliexp` without the identity's phase: exp(-i time c P) is a rotation by 2 c time about P."""
    assert op.operator is not None
    repetitions = max(1, op.operator.steps)
    rows: list[Op] = []
    for product, factor in op.operator.terms:
        if product:
            angle = op.angles[0] * (2 * _exact(factor) / repetitions)
            rows += _rotation(op, product, angle)
    for _ in range(repetitions):
        yield from rows


def _exact(factor: Exact) -> Fraction:
    return Fraction(factor)


_ALONE = {"X": "rx", "Y": "ry", "Z": "rz"}
_TO_Z = {"X": ("h", "h"), "Y": ("v", "vi"), "Z": ()}  # the gates that turn a letter into Z, and back


def _rotation(op: Op, product: Product, angle: Angle) -> list[Op]:
    """exp(-i angle/2 P) on the operands of `op`, under its controls.

    A ladder of cnots computes the parity of all but the last one or two letters; the middle row is an rz under the
    controls, or a zz if there are none, which saves two cnots.
    """
    operands = op.qubits[op.controls :]
    letters = [(letter, operands[index]) for letter, index in product]
    kinds = {letter for letter, _ in letters}
    wires = [qubit for _, qubit in letters]
    if len(letters) == 1:
        return [shared(_ALONE[letters[0][0]], (*op.qubits[: op.controls], *wires), (angle,), op.controls, op.pinned)]
    if len(letters) == 2 and len(kinds) == 1 and not op.controls:
        return [shared(letters[0][0].lower() * 2, tuple(wires), (angle,), 0, op.pinned)]
    before = [shared(_TO_Z[letter][0], (qubit,), (), 0, op.pinned) for letter, qubit in letters if letter != "Z"]
    after = [shared(_TO_Z[letter][1], (qubit,), (), 0, op.pinned) for letter, qubit in letters if letter != "Z"]
    last = 1 if op.controls else 2
    ladder = [shared("cnot", pair, (), 0, op.pinned) for pair in pairwise(wires[: len(wires) + 1 - last])]
    if op.controls:
        middle = shared("rz", (*op.qubits[: op.controls], wires[-1]), (angle,), op.controls, op.pinned)
    else:
        middle = shared("zz", tuple(wires[-2:]), (angle,), 0, op.pinned)
    return [*before, *ladder, middle, *reversed(ladder), *reversed(after)]
