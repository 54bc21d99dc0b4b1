"""Rows in elementary gates: the same matrix, phase included, for every row of the table and possible further ones."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from ionqdsl.algebra.elementary import elementary
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import Op
from ionqdsl.ir.gates import GATES, Gate, Linear, Parameter
from ionqdsl.ir.matrices import matrix
from ionqdsl.record import changed

POSSIBLE = [
    ("Z", Linear(Fraction(1, 16)), Linear(Fraction(1, 32))),
    ("H", Linear(0, 1), Linear()),
    ("X", Linear(Fraction(1, 4)), Linear()),
    ("P", Linear(Fraction(1, 8)), Linear(Fraction(1, 16))),
    ("P", Linear(0, 1), Linear()),
    ("ZX", Linear(0, 1), Linear()),
    ("ZY", Linear(Fraction(1, 4)), Linear(Fraction(1, 16))),
    ("HH", Linear(Fraction(1, 4)), Linear(Fraction(1, 8))),
    ("HP", Linear(0, 1), Linear(0, Fraction(1, 2))),
    ("SWAP", Linear(Fraction(1, 4)), Linear(Fraction(1, 8))),
    ("SWAP", Linear(0, 1), Linear()),
]
"""Axis, rotation and phase of rows that the table does not have."""


def row(axis: str, rotation: Linear, phase: Linear) -> Gate:
    names = [*(f"phase{place}" for place in range(axis.count("P") if axis != "SWAP" else 0))]
    names += ["angle"] * bool(rotation.factor)
    parameters = tuple(Parameter(name, "rad") for name in names)
    operands = 2 if axis == "SWAP" else len(axis)
    base = changed(GATES["rx"], key="odd", name="odd", operands=operands, axis=axis)
    return changed(base, rotation=rotation, phase=phase, parameters=parameters)


def product_of(rows: list[Op], phase: Angle, width: int) -> np.ndarray:
    """The matrix of rows, the first qubit most significant, and a global phase."""
    states = np.eye(2**width, dtype=complex).reshape((2,) * width + (-1,))
    for op in rows:
        count = len(op.qubits)
        part = matrix(op).reshape((2,) * 2 * count)
        states = np.moveaxis(np.tensordot(part, states, (range(count, 2 * count), op.qubits)), range(count), op.qubits)
    return states.reshape(2**width, -1) * np.exp(2j * np.pi * phase.in_turns())


def check(gate: Gate, controls: int) -> None:
    width = controls + gate.operands
    for point in ((0.137, 0.23, 0.41), (0, 0, 0.3), (Fraction(1, 2), Fraction(1, 4), Fraction(1, 2))):
        angles = tuple(Angle(value) for value in point[: len(gate.parameters)])
        op = Op(gate.key, tuple(range(width))[::-1], angles, controls, 7)
        rows, phase = elementary(op)
        places = {qubit: place for place, qubit in enumerate(op.qubits)}
        moved = [part._replace(qubits=tuple(places[qubit] for qubit in part.qubits)) for part in rows]
        assert np.abs(product_of(moved, phase, width) - matrix(op)).max() < 1e-12
        assert {part.pinned for part in rows} == {7}
        assert not (controls and phase)


TABLE = [key for key in GATES if key not in ("pauliexp", "nop")]


@pytest.mark.parametrize(("key", "controls"), list(product(TABLE, (0, 1, 2))))
def test_rows_of_the_table(key: str, controls: int) -> None:
    check(GATES[key], controls)


@pytest.mark.parametrize(("shape", "controls"), list(product(POSSIBLE, (0, 1, 2))))
def test_rows_the_table_could_have(
    shape: tuple[str, Linear, Linear], controls: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = row(*shape)
    monkeypatch.setitem(GATES, "odd", gate)
    check(gate, controls)


def test_no_gate_is_made_of_itself() -> None:
    """Otherwise its definition in another format would never end. Every library has the first of these."""
    done = {"x", "y", "h", "rx", "ry", "rz", "p", "cnot"}
    made = {}
    for key in TABLE:
        angles = tuple(Angle(Fraction(1, 10)) for _ in GATES[key].parameters)
        made[key] = {op.gate for op in elementary(Op(key, tuple(range(GATES[key].operands)), angles))[0]}
    while ready := {key for key in made if key not in done and made[key] <= done}:
        done |= ready
    assert done >= set(TABLE), set(TABLE) - done
