"""What a proof neglects as rounding is counted: its `deviation` bounds the true distance, and decides.

Would catch a neglected part that is not added, and a verdict that holds only if the neglected parts have no effect.
The distances are worked out here, from matrices of the rows or by hand.
"""

from __future__ import annotations

import math
from itertools import product as choices

import numpy as np
import pytest

from ionqdsl.algebra.rotations import IDENTITY
from ionqdsl.ir.angle import Angle, turns
from ionqdsl.ir.circuit import Op
from ionqdsl.simulation.simulate import unitary
from ionqdsl.verify import by_strings, exact, stretches
from ionqdsl.verify.blocks import matrix_of
from ionqdsl.verify.order import order_of
from ionqdsl.verify.pauli_strings import folding_of
from ionqdsl.verify.product_rotations import Form, ProductRotation, Vector, form_of
from tests.random_circuits import circuit

TILT = 4e-11
"""Radians, few enough to count as parallel."""
ALMOST_Z: Vector = (math.sin(TILT), 0.0, math.cos(TILT))
Z: Vector = (0.0, 0.0, 1.0)
X: Vector = (1.0, 0.0, 0.0)


def two_wires(*rows: ProductRotation) -> Form:
    return Form(2, rows, [IDENTITY] * 2, [0, 1])


def tiny(gate: str, angle: float, *qubits: int) -> Op:
    return Op(gate, qubits, (Angle(0, angle),))


@pytest.mark.parametrize("controls", [0, 1])
def test_a_known_state_that_is_almost_along_an_axis(controls: int) -> None:
    row = ProductRotation((0, 1), (ALMOST_Z, X), controls, 0.7)
    known = exact.without_known_states(two_wires(row), [0])
    ideal = matrix_of(ProductRotation((0, 1), (Z, X), controls, 0.7))
    apart = np.linalg.norm((matrix_of(row) - ideal)[:, :2], 2)  # wire 0 begins in |0>
    assert apart > 1e-12
    assert not known.rows
    assert apart <= known.neglected <= 16 * apart


@pytest.mark.parametrize("directions", [(ALMOST_Z, Z), (Z, ALMOST_Z), (ALMOST_Z, ALMOST_Z)])
def test_a_row_that_a_measurement_almost_cannot_see(directions: tuple[Vector, Vector]) -> None:
    row = ProductRotation((0, 1), directions, 0, 1.3)
    matrix = matrix_of(row)
    apart = np.linalg.norm(matrix - np.diag(np.diag(matrix)), 2)
    assert apart > 1e-12
    form = two_wires(row)
    order = order_of(form.rows, 2)
    exact.drop_final_diagonals(form, order)
    assert not order.ready()
    supply = stretches._counting(two_wires(row), frozenset({0, 1}))
    assert supply.left == 0
    for neglected in (form.neglected, supply.neglected):
        assert apart <= neglected <= 8 * apart


@pytest.mark.parametrize("size", [5e-15, -5e-15])
def test_angles_that_are_almost_nothing(size: float) -> None:
    """exp(-i t/2 P) is |t|/2 from the identity, and eight such rotations of one axis eight times as far."""
    pairs = [(0, 1), (1, 2), (0, 2), (2, 3)]
    rows = [tiny("zz", size, *pair) for pair in pairs]
    assert 4 * abs(size) / 2 <= form_of(circuit(4, *rows)).neglected <= 8 * abs(size)
    rows = [tiny(gate, size, qubit) for gate, qubit in choices(("rx", "rz"), range(4))]
    assert folding_of(circuit(4, *rows), range(4)).neglected == pytest.approx(8 * abs(size) / 2, rel=1e-6, abs=0)


REST, NEGLECTED = 5e-12, 200 * 9e-15


@pytest.mark.parametrize(
    ("tolerance", "equal"),
    [
        (REST + NEGLECTED + 1e-13, True),
        (REST + NEGLECTED / 2, None),
        (REST - NEGLECTED / 2, None),
        (REST - NEGLECTED - 1e-13, False),
    ],
)
def test_a_verdict_holds_whatever_the_neglected_parts_do(tolerance: float, equal: bool | None) -> None:
    """The circuits are 5e-12 apart, give or take two hundred angles that were neglected."""
    a = circuit(2, tiny("rx", REST, 0), *[tiny("zz", 9e-15, 0, 1)] * 200)
    for one, other in ((a, circuit(2)), (circuit(2), a)):
        found = exact.proof(one, other, "unitary", range(2), tolerance)
        assert found.equal is equal
        assert equal is None or found.deviation == pytest.approx(REST + NEGLECTED, rel=1e-3, abs=0)


def test_strings_are_equal_only_with_what_they_neglect() -> None:
    a = circuit(10, *[tiny("rx", 9e-13, qubit) for qubit in range(10)])
    for one, other in ((a, circuit(10)), (circuit(10), a)):
        assert by_strings.proof(one, other, "unitary", range(10), 4.6e-12).equal is True
        assert by_strings.proof(one, other, "unitary", range(10), 4.4e-12).equal is not True


@pytest.mark.parametrize(
    "rows",
    [
        [Op("gpi2", (0,), (turns(phase),)) for phase in ("1e-12", "0")],
        [tiny("zz", angle, 0, 1) for angle in (0.7, 0.7 + 9e-12)],
    ],
    ids=["axes", "angles"],
)
def test_strings_that_are_almost_the_same_are_in_the_deviation(rows: list[Op]) -> None:
    a, b = (circuit(2, row) for row in rows)
    apart = np.linalg.norm(unitary(a) - unitary(b), 2)
    assert apart > 1e-12
    for one, other in ((a, b), (b, a)):
        found = by_strings.proof(one, other, "unitary", range(2), 1e-7)
        assert found.equal is True
        assert 0.99 * apart <= found.deviation <= 16 * apart


@pytest.mark.parametrize("is_long", [False, True])
def test_rows_dropped_before_a_measurement_are_in_the_deviation(is_long: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether the circuits are compared as a whole or in stretches."""
    monkeypatch.setattr(exact, "LONG", 1 if is_long else 10)
    monkeypatch.setattr(exact, "MOST_ROWS", 0 if is_long else 10)
    a = circuit(2, tiny("ry", TILT, 0), tiny("zz", 1.3, 0, 1), tiny("ry", -TILT, 0))
    tilted = matrix_of(ProductRotation((0, 1), (ALMOST_Z, Z), 0, 1.3))
    apart = np.linalg.norm(tilted - np.diag(np.diag(tilted)), 2)
    for one, other in ((a, circuit(2)), (circuit(2), a)):
        found = exact.proof(one, other, "measurement", range(2), 1e-7)
        assert found.equal is True
        assert apart <= found.deviation <= 8 * apart
        assert exact.proof(one, other, "measurement", range(2), apart).equal is not True


TILTED = [tiny("ry", TILT, 0), tiny("zz", 0.7, 0, 1), tiny("ry", -TILT, 0)]
NEARLY = {
    "angles": ([tiny("zz", 0.7, 0, 1)], [tiny("zz", 0.7 + 9e-13, 0, 1)]),
    "axes": (TILTED, [tiny("zz", 0.7, 0, 1)]),
    "angles of one circuit": ([tiny("zz", 0.7, 0, 1), tiny("zz", -0.7 + 9e-13, 0, 1)], []),
    "axes of one circuit": ([*TILTED, tiny("zz", -0.7, 0, 1)], []),
    "controlled angles": ([Op("ry", (0, 1), (Angle(0, 0.7),), 1)], [Op("ry", (0, 1), (Angle(0, 0.7 + 9e-13),), 1)]),
}


@pytest.mark.parametrize("kind", NEARLY)
def test_rows_that_almost_match_are_in_the_deviation(kind: str) -> None:
    a, b = (circuit(2, *rows) for rows in NEARLY[kind])
    apart = np.linalg.norm(unitary(a) - unitary(b), 2)
    assert apart > 4e-13
    for one, other in ((a, b), (b, a)):
        found = exact.proof(one, other, "unitary", range(2), 1e-7)
        assert found.equal is True
        assert 0.99 * apart <= found.deviation <= 16 * apart
        assert exact.proof(one, other, "unitary", range(2), 0.98 * apart).equal is not True
