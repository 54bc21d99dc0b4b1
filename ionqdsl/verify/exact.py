"""Proves two circuits of any width equal or different, or reports that it cannot.

Takes two circuits without parameters, a contract and an input permutation and returns a `Proof`. Both circuits are
written as product rotations, parts that the contract ignores are removed, and they are matched row by row. It never
guesses: an equality or a difference it states follows from exact matrices, up to rounding.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

import numpy as np

from ionqdsl.algebra.rotations import IDENTITY, Turn, Z, cross, inverse, normalised, product, turn, turned_back
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.contracts import fixes_phases
from ionqdsl.record import changed
from ionqdsl.verify.blocks import WireMatrix, as_matrix, kron
from ionqdsl.verify.findings import Proof
from ionqdsl.verify.matching import Meeting, met
from ionqdsl.verify.order import Order, order_of
from ionqdsl.verify.product_rotations import PARALLEL, Borders, Form, NotComparable, form_of, is_parallel
from ionqdsl.verify.sides import side_of
from ionqdsl.verify.stretches import met_in_stretches

MOST_ROWS = 50_000
"""Rows of the longest circuit that is compared as a whole: a minute's work."""

LONG = 1 << 12
"""Rows from which circuits are compared in stretches."""


_PLAIN_WAYS = (False, True, False), (True, True, False)
_WAYS = (False, False, False), (False, True, False), (True, False, False), (True, True, False), (False, True, True)
"""The ways of matching that are tried in turn: patient or not, dropping early or late, choosing turns anew or not."""


def proof(a: FlatCircuit, b: FlatCircuit, preserve: str, names: Sequence[int], tolerance: float) -> Proof:
    """Whether `b` does the same as `a`; qubit q of b starts as qubit names[q] of a."""
    every = frozenset(range(a.width))
    measured = frozenset() if fixes_phases(preserve) else every
    return proof_within(
        a, b, Borders(measured, zeros=every if preserve == "outcomes" else frozenset()), names, tolerance
    )


def proof_within(a: FlatCircuit, b: FlatCircuit, borders: Borders, names: Sequence[int], tolerance: float) -> Proof:
    """As `proof`, for wires that begin and end in several ways. Only if none begins in a known state, `False` holds."""
    longest = max(len(a.rows), len(b.rows))
    if longest > MOST_ROWS and (longest < LONG or borders.before):
        return Proof(None, f"circuits of more than {MOST_ROWS} rows are not compared exactly")
    try:
        forms = form_of(a), form_of(b)
    except NotComparable:
        return Proof(None, "a `pauliexp` of terms that do not commute is not compared exactly")
    answer = _compared(forms, borders, names, tolerance)
    if not borders.zeros or answer.equal:
        return answer
    known = [without_known_states(form, borders.zeros) for form in forms]
    again = _compared((known[0], known[1]), borders, names, tolerance)
    if again.equal:
        return again
    return Proof(None, answer.obstacle or "the circuits differ on some inputs, maybe not on |0...0>")


def _compared(forms: tuple[Form, Form], borders: Borders, names: Sequence[int], tolerance: float) -> Proof:
    tracked = borders.measured if borders.measured or borders.before else None
    longest = max(len(form.rows) for form in forms)
    if longest >= LONG and not borders.before:
        meeting = met_in_stretches(forms, names, tracked)
        if meeting is not None:
            return _judged(meeting, forms, borders, tolerance)
    if longest > MOST_ROWS:
        return Proof(None, f"circuits of more than {MOST_ROWS} rows are only compared in stretches, which did not do")
    orders = [order_of(form.rows, form.width) for form in forms]
    if borders.measured and not borders.before:
        for form, order in zip(forms, orders, strict=True):
            drop_final_diagonals(form, order)
    best: Proof | None = None
    fewest = math.inf
    for is_patient, is_early, may_turn in _WAYS if borders.before else _PLAIN_WAYS:
        first, second = [
            side_of(form, order.copy(), tracked, bool(borders.before))
            for form, order in zip(forms, orders, strict=True)
        ]
        meeting = met((first, second), names, is_patient, forms, borders.before, is_early, may_turn)
        if best is None or meeting.left < fewest or not meeting.left:
            best, fewest = _judged(meeting, forms, borders, tolerance), meeting.left
        if not meeting.left and (best.equal or not borders.before):
            break
    assert best is not None
    return best


def _judged(meeting: Meeting, forms: tuple[Form, Form], borders: Borders, tolerance: float) -> Proof:
    if meeting.left:
        return Proof(None, f"{meeting.left} rotations could not be matched")
    neglected = meeting.deviation + sum(form.neglected for form in forms)
    rest = _deviation(meeting, *forms, borders)
    if rest + neglected < tolerance or rest - neglected >= tolerance:
        return Proof(rest + neglected < tolerance, "", rest + neglected)
    return Proof(None, "the differences taken for rounding add up to more than counts as rounding")


# --- parts that a contract ignores ---------------------------------------------------------------------------------


def without_known_states(form: Form, zeros: Collection[int]) -> Form:
    """The form without rows that the |0> of some wires makes trivial: along Z, such a wire is a number.

    A row left with one wire is a turn, which moves to the end of the wire.
    """
    is_known = [wire in zeros for wire in range(form.width)]
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


def _deviation(meeting: Meeting, a: Form, b: Form, borders: Borders) -> float:
    """The distance of the remaining blocks from the identity, or from a diagonal."""
    qubits = _read(a), _read(b)
    total = 0.0
    for outer, between in enumerate(meeting.turns):
        if outer in meeting.sides[0].homes:
            continue
        inner, qubit = meeting.inner[outer], qubits[0][outer]
        if qubit != qubits[1][inner]:
            return 1.0  # an exchange of qubits is as far from a diagonal as can be
        if qubit in borders.forgotten:
            continue
        if outer in meeting.loose:
            between = _fitting(a.ends[outer], b.ends[inner], qubit in borders.measured)
        _, x, y, z = product(product(a.ends[outer], between), inverse(b.ends[inner]))
        total += 2 * (math.hypot(x, y) if qubit in borders.measured else math.hypot(x, y, z))
    for block in meeting.blocks():
        total += _block_deviation(block, a, b, qubits, borders)
    return total


def _fitting(end: Turn, other: Turn, is_measured: bool) -> Turn:
    """The turn about z after which `end` comes nearest to `other`, or to one that a measurement cannot tell from it."""
    if not is_measured:
        w, _, _, z = product(inverse(end), other)
        return normalised((w, 0.0, 0.0, z)) if math.hypot(w, z) > PARALLEL else IDENTITY
    (x, y, _), (u, v, _) = turned_back(end, Z), turned_back(other, Z)
    return turn(Z, math.atan2(y, x) - math.atan2(v, u))


def _read(form: Form) -> list[int]:
    """The qubit that each wire is read as."""
    qubits = [0] * form.width
    for qubit, wire in enumerate(form.outputs):
        qubits[wire] = qubit
    return qubits


def _block_deviation(
    block: WireMatrix, a: Form, b: Form, qubits: tuple[list[int], list[int]], borders: Borders
) -> float:
    size = len(block.wires[0])
    read = [[own[wire] for wire in wires] for own, wires in zip(qubits, block.wires, strict=True)]
    if sorted(read[0]) != sorted(read[1]):
        return 1.0
    if borders.forgotten.issuperset(read[0]):
        return 0.0
    after = kron([as_matrix(a.ends[wire]) for wire in block.wires[0]])
    before = kron([as_matrix(inverse(b.ends[wire])) for wire in block.wires[1]])
    matrix = (after @ block.matrix @ before).reshape((2,) * (2 * size))
    order = [read[1].index(qubit) for qubit in read[0]]
    matrix = matrix.transpose(*range(size), *(size + place for place in order)).reshape(1 << size, -1)
    diagonal = np.diag(matrix)
    whole = tuple([place for place, qubit in enumerate(read[0]) if qubit not in borders.measured])
    sums = diagonal.reshape((2,) * size).sum(axis=whole, keepdims=True)  # a phase for each outcome
    phases = sums / np.where(np.abs(sums) > 0, np.abs(sums), 1)
    wanted = np.diag(np.broadcast_to(np.where(np.abs(sums) > 0, phases, 1), (2,) * size).reshape(-1))
    return float(np.linalg.norm(matrix - wanted, 2))
