"""Drops small interactions and rounds rotations to quarter turns, as far as the allowed error permits.

Takes and returns rows of any gateset. Leaving out exp(-i d A) with A*A = 1 is an error of 2 sin(|d|/2) in the operator
norm, and the error of a product is at most the sum of the errors, so the whole circuit is within that sum (Nielsen and
Chuang, section 4.5.3). Rows in verbatim blocks, with parameters or with several controls never change; nothing changes
if no error is allowed.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import NOT_GATES, FlatCircuit, Op, canonical, shared
from ionqdsl.ir.gates import GATES, phase_of, rotation_of
from ionqdsl.passes.context import PassContext


class Change(NamedTuple):
    """A possible replacement of a row: whether it is a one-qubit gate, the error, and the rows that replace it."""

    is_local: bool
    error: float
    rows: tuple[Op, ...]


WORTH_TELLING = 0.2
"""The share of the two-qubit gates from which a hint says that an approximation drops them."""

ERRORS = (1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4)
"""The errors that a hint may suggest: thousands of shots show nothing of them."""


class Droppable(NamedTuple):
    """How many two-qubit gates an approximation with such an error may drop, and of how many."""

    error: float
    dropped: int
    total: int

    @property
    def flag(self) -> str:
        """The option that allows the error."""
        return f"--approx 1e{round(math.log10(self.error))}"


def droppable(circuit: FlatCircuit) -> Droppable | None:
    """The least error of `ERRORS` within which the most two-qubit gates go; None if that is not worth telling."""
    wide = [op for op in circuit.rows if len(op.qubits) > 1 and op.gate not in NOT_GATES]
    sizes = [change.error for op in wide if (change := _change(op)) is not None and not change.is_local]
    totals = [*accumulate(sorted(size for size in sizes if size <= ERRORS[-1]))]
    counts = [bisect_right(totals, error) for error in ERRORS]
    dropped = counts[-1]
    if not dropped or dropped < WORTH_TELLING * len(wide):
        return None
    return Droppable(ERRORS[counts.index(dropped)], dropped, len(wide))


def is_tiny(op: Op) -> bool:
    """Whether a hint's error allows to drop a row, which does something."""
    change = _change(op)
    return change is not None and not change.rows and 0 < change.error <= ERRORS[-1]


def approximate(circuit: FlatCircuit, context: PassContext) -> FlatCircuit:
    """Spends the allowed error on interactions, which cost most, then on one-qubit gates; smallest errors first.

    Before (--target forte --approx 0.01):
        qubit a, b
        ctrl @ p(0.01) a, b
        rx(90.1deg) a
    After:
        qubit a, b
        p(0.005) a
        rz(0.005) b
        rx(pi/2) a
    """
    budget = context.budget.left(len(circuit))
    if budget <= 0:
        return circuit
    changes = [(change, index) for index, op in enumerate(circuit.rows) if (change := _change(op)) is not None]
    changes.sort(key=lambda pair: (pair[0].is_local, pair[0].error, pair[1]))
    chosen: dict[int, tuple[Op, ...]] = {}
    spent = 0.0
    for change, index in changes:
        if spent + change.error <= budget:
            spent += change.error
            chosen[index] = change.rows
    if not chosen:
        return circuit
    context.budget = context.budget.with_spent(spent)
    return circuit.with_rows(
        (row, origin) for index, (op, origin) in enumerate(circuit) for row in chosen.get(index, (op,))
    )


@lru_cache(maxsize=1 << 14)
def _change(op: Op) -> Change | None:
    """The change of a row with the smallest error, None if it cannot be changed."""
    if op.pinned or op.gate not in GATES or not GATES[op.gate].is_rotation or op.operator is not None:
        return None
    op, gate = canonical(op), GATES[op.gate]
    rotation, controls = rotation_of(op.gate, op.angles), op.controls + gate.controls
    if rotation.terms or controls > 1 or (controls and gate.operands > 1):
        return None
    turns = rotation.in_turns()
    if controls:
        # e^{ip} exp(-i r A) under a control is diag(1, e^{ip}), exp(-i r/2 A) and exp(i r/2 Z A); whole turns are signs
        whole = round(turns)
        phase = phase_of(op.gate, op.angles) + Angle(Fraction(whole, 2))
        local = (rotation - Angle(whole)) / 2
        rows = (
            shared("p", op.qubits[:1], (phase,)),
            shared(f"r{gate.axis.lower()}", op.qubits[1:], (local,)),
        )
        return Change(False, _error((turns - whole) / 2), tuple(row for row in rows if row.angles[0]))
    steps = 2 if gate.operands > 1 else 4  # half turns of an interaction are pulses, quarter turns are one
    nearest = round(turns * steps)
    error = _error(turns - nearest / steps)
    if not nearest:
        return Change(gate.operands == 1, error, ())
    if not error:
        return None
    angles = (*op.angles[:-1], Angle(Fraction(nearest, steps)))
    return Change(gate.operands == 1, error, (shared(op.gate, op.qubits, angles),))


def _error(turns: float) -> float:
    """The operator norm of exp(-i pi turns A) - 1, for A with A*A = 1 and at most half a turn."""
    return 2 * math.sin(math.pi / 2 * abs(turns))
