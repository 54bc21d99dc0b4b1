"""Proves two circuits of any width equal or different, or reports that it cannot.

Takes two circuits without parameters, a contract and an input permutation and returns a `Proof`. Both circuits are
written as product rotations, parts that the contract ignores are removed, and they are matched row by row. It never
guesses: an equality or a difference it states follows from exact matrices, up to rounding.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from ionqdsl.algebra.rotations import IDENTITY, cross, inverse, normalised, product, turn, turned_back
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.contracts import fixes_phases
from ionqdsl.record import changed, record
from ionqdsl.verify.blocks import WireMatrix, as_matrix, kron
from ionqdsl.verify.matching import Meeting, met, side_of
from ionqdsl.verify.order import Order, order_of
from ionqdsl.verify.product_rotations import PARALLEL, Form, NotComparable, form_of, is_parallel

Z = (0.0, 0.0, 1.0)

MOST_ROWS = 50_000
"""Rows of the longest circuit that is compared: a minute's work."""


@record
class Proof:
    """Whether two circuits are equal, None if not known; the obstacle; and the deviation, in the 2-norm."""

    equal: bool | None
    obstacle: str = ""
    deviation: float = math.inf


def proof(a: FlatCircuit, b: FlatCircuit, preserve: str, names: Sequence[int], tolerance: float) -> Proof:
    """Whether `b` does the same as `a`; qubit q of b starts as qubit names[q] of a."""
    if max(len(a.rows), len(b.rows)) > MOST_ROWS:
        return Proof(None, f"circuits of more than {MOST_ROWS} rows are not compared exactly")
    try:
        forms = form_of(a), form_of(b)
    except NotComparable:
        return Proof(None, "a `pauliexp` of terms that do not commute is not compared exactly")
    answer = _compared(forms, preserve, names, tolerance)
    if preserve != "outcomes" or answer.equal:
        return answer
    again = _compared((without_known_states(forms[0]), without_known_states(forms[1])), preserve, names, tolerance)
    if again.equal:
        return again
    return Proof(None, answer.obstacle or "the circuits differ on some inputs, maybe not on |0...0>")


def _compared(forms: tuple[Form, Form], preserve: str, names: Sequence[int], tolerance: float) -> Proof:
    is_measured = not fixes_phases(preserve)
    orders = [order_of(form.rows, form.width) for form in forms]
    if is_measured:
        for form, order in zip(forms, orders, strict=True):
            drop_final_diagonals(form, order)
    best: Meeting | None = None
    for is_patient in (False, True):
        first, second = [side_of(form, order.copy(), is_measured) for form, order in zip(forms, orders, strict=True)]
        meeting = met((first, second), names, is_patient)
        best = meeting if best is None or meeting.left < best.left else best
        if not best.left:
            break
    assert best is not None
    if best.left:
        return Proof(None, f"{best.left} rotations could not be matched")
    neglected = best.deviation + sum(form.neglected for form in forms)
    rest = _deviation(best, *forms, preserve)
    if rest + neglected < tolerance or rest - neglected >= tolerance:
        return Proof(rest + neglected < tolerance, "", rest + neglected)
    return Proof(None, "what was taken for rounding while comparing adds up to more than counts as rounding")


# --- parts that a contract ignores ---------------------------------------------------------------------------------


def without_known_states(form: Form) -> Form:
    """The form without rows that |0...0> makes trivial: along Z, an untouched wire is a number.

    A row left with one wire is a turn, which moves to the end of the wire.
    """
    is_known = [True] * form.width
    late = [IDENTITY] * form.width  # turns moved to the end
    rows = []
    neglected = form.neglected
    for row in form.rows:
        factors = []
        angle = row.angle
        for place, (wire, state) in enumerate(zip(row.wires, row.vectors, strict=True)):
            vector = turned_back(late[wire], state)
            tilt = math.hypot(vector[0], vector[1])
            if not is_known[wire] or tilt > PARALLEL:
                factors.append((wire, vector, place < row.controls))
                continue
            neglected += 2 * tilt
            if place < row.controls:  # (1 - v.sigma)/2 is 0 along the state and 1 against it
                angle *= vector[2] < 0
            else:
                angle *= math.copysign(1, vector[2])
        if not angle or not factors:
            continue
        if len(factors) == 1:
            (wire, vector, is_control), *_ = factors
            late[wire] = normalised(product(late[wire], turn(vector, -angle / 2 if is_control else angle)))
            continue
        wires, vectors, controls = zip(*factors, strict=True)
        rows.append(changed(row, wires=wires, vectors=vectors, controls=sum(controls), angle=angle))
        for wire in wires:
            is_known[wire] = False
    ends = [normalised(product(end, turn_)) for end, turn_ in zip(form.ends, late, strict=True)]
    return Form(form.width, rows, ends, form.outputs, neglected)


def drop_final_diagonals(form: Form, order: Order) -> None:
    """Drops from the order the rows that a Z measurement cannot see: diagonal, and no remaining row waits for them."""
    measured = [turned_back(end, Z) for end in form.ends]
    for number in range(len(form.rows) - 1, -1, -1):
        row = form.rows[number]
        if not order.has_followers(number) and all(
            is_parallel(vector, measured[wire]) for wire, vector in zip(row.wires, row.vectors, strict=True)
        ):
            order.drop(number)
            form.neglected += 2 * sum(
                math.hypot(*cross(vector, measured[wire])) for wire, vector in zip(row.wires, row.vectors, strict=True)
            )


# --- the rest after all rows are matched ---------------------------------------------------------------------------


def _deviation(meeting: Meeting, a: Form, b: Form, preserve: str) -> float:
    """The distance of the remaining blocks from the identity, or from a diagonal."""
    qubits = _read(a), _read(b)
    total = 0.0
    for outer, between in enumerate(meeting.turns):
        if outer in meeting.sides[0].homes:
            continue
        inner = meeting.inner[outer]
        if qubits[0][outer] != qubits[1][inner]:
            return 1.0  # an exchange of qubits is as far from a diagonal as can be
        _, x, y, z = product(product(a.ends[outer], between), inverse(b.ends[inner]))
        total += 2 * (math.hypot(x, y, z) if fixes_phases(preserve) else math.hypot(x, y))
    for block in meeting.blocks():
        total += _block_deviation(block, a, b, qubits, preserve)
    return total


def _read(form: Form) -> list[int]:
    """The qubit that each wire is read as."""
    qubits = [0] * form.width
    for qubit, wire in enumerate(form.outputs):
        qubits[wire] = qubit
    return qubits


def _block_deviation(block: WireMatrix, a: Form, b: Form, qubits: tuple[list[int], list[int]], preserve: str) -> float:
    size = len(block.wires[0])
    read = [[own[wire] for wire in wires] for own, wires in zip(qubits, block.wires, strict=True)]
    if sorted(read[0]) != sorted(read[1]):
        return 1.0
    after = kron([as_matrix(a.ends[wire]) for wire in block.wires[0]])
    before = kron([as_matrix(inverse(b.ends[wire])) for wire in block.wires[1]])
    matrix = (after @ block.matrix @ before).reshape((2,) * (2 * size))
    order = [read[1].index(qubit) for qubit in read[0]]
    matrix = matrix.transpose(*range(size), *(size + place for place in order)).reshape(1 << size, -1)
    diagonal = np.diag(matrix)
    phases = diagonal / np.where(np.abs(diagonal) > 0, np.abs(diagonal), 1)
    if fixes_phases(preserve):
        mean = diagonal.sum()
        phases = np.full(len(diagonal), mean / abs(mean) if mean else 1)
    return float(np.linalg.norm(matrix - np.diag(phases), 2))
