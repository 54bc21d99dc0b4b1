"""The interaction form means what its circuit means: judged by dense simulation with matrices written here.

A wrong sign of an axis, a frame pushed the wrong way, a lost phase, a fence that forgets what came before it: each
fails here.
"""

from __future__ import annotations

import cmath
from typing import Any

import numpy as np
from hypothesis import given, settings

from ionqdsl.angle import Angle
from ionqdsl.circuit import BARRIER, Circuit, Op
from ionqdsl.interactions import FENCE, ROTATION, Interactions, from_circuit
from ionqdsl.options import Options
from ionqdsl.passes import Setting
from ionqdsl.passes.break_wide_gates import break_wide_gates
from ionqdsl.passes.expand_pauliexp import expand_pauliexp
from ionqdsl.passes.gather_controls import gather_controls
from ionqdsl.passes.translate_native import translate_native
from ionqdsl.statevector import basis_state, evolve
from ionqdsl.targets import TARGETS
from tests.test_passes import _EIGHTHS, _SYMBOLS, bound, circuits, matrix

PAULIS = [np.array([[0, 1], [1, 0]]), np.array([[0, -1j], [1j, 0]]), np.diag([1, -1])]


def along(vector: Any) -> np.ndarray:
    return sum(number * pauli for number, pauli in zip(vector, PAULIS, strict=True))


def of_turn(turn: Any) -> np.ndarray:
    w, x, y, z = turn
    return w * np.eye(2) - 1j * along((x, y, z))


def on(width: int, wires: tuple[int, ...], inner: np.ndarray) -> np.ndarray:
    """The matrix on the whole register; the first wire is the most significant, of the register and of `inner`."""
    tensor = np.eye(2**width, dtype=complex).reshape((2,) * width + (-1,))
    count = len(wires)
    moved = np.tensordot(inner.reshape((2,) * (2 * count)), tensor, (range(count, 2 * count), wires))
    return np.moveaxis(moved, range(count), wires).reshape(2**width, -1)


def dense(form: Interactions, values: dict[str, Any] | None = None) -> np.ndarray:
    """The unitary of an interaction form, phase and all."""

    def number(t: float | Angle) -> float:
        return t.bind((values or {}).get).in_radians() if isinstance(t, Angle) else t

    total = np.eye(2**form.width, dtype=complex)
    for a, b, u, v, t, _ in form.items:
        if b == FENCE:
            for wire, turn in zip(u, v, strict=True):
                total = on(form.width, (wire,), of_turn(turn)) @ total
            if t.gate not in (BARRIER, "nop"):
                states = basis_state(form.width, 2**form.width)
                states[:] = total.T
                evolve(states, [t])
                total = states.T
        elif b == ROTATION:
            generator = along(u)
            total = on(form.width, (a,), _exponential(generator, number(t))) @ total
        else:
            total = on(form.width, (a, b), _exponential(np.kron(along(u), along(v)), number(t))) @ total
    for wire, turn in enumerate(form.ends):
        total = on(form.width, (wire,), of_turn(turn)) @ total
    return total * cmath.exp(1j * form.phase.bind((values or {}).get).in_radians())


def _exponential(involution: np.ndarray, t: float) -> np.ndarray:
    return np.cos(t) * np.eye(len(involution)) - 1j * np.sin(t) * involution


def narrow(source: Circuit) -> Circuit:
    """What the form is made from: at most one control a row."""
    setting = Setting(TARGETS["forte"], Options())
    for step in (translate_native, expand_pauliexp, gather_controls, break_wide_gates):
        source = step(source, setting)
    return source


@given(circuits())
@settings(max_examples=150, deadline=None)
def test_the_form_equals_its_circuit_phase_and_all(source: Circuit) -> None:
    form = from_circuit(narrow(source))
    assert np.abs(dense(form) - matrix(source)).max() < 1e-9
    for a, b, u, v, t, _ in form.items:
        if b >= 0:
            assert a != b
            assert -np.pi / 4 < t <= np.pi / 4
            assert abs(np.dot(u, u) - 1) < 1e-12
            assert abs(np.dot(v, v) - 1) < 1e-12


@given(circuits(_SYMBOLS | _EIGHTHS))
@settings(max_examples=100, deadline=None)
def test_parameters_stay(source: Circuit) -> None:
    values = {"a": 0.7, "b": -2.1}
    form = from_circuit(narrow(source))
    assert np.abs(dense(form, values) - matrix(bound(source, values))).max() < 1e-9


def test_every_row_is_one_interaction() -> None:
    """Whatever the gate; numeric one-qubit gates leave none."""
    rows = [
        Op("cnot", (0, 1)),
        Op("z", (0, 1), (), 1),
        Op("h", (1, 0), (), 1),
        Op("p", (0, 1), (Angle(0, 0.3),), 1),
        Op("ry", (0, 1), (Angle(0, 0.3),), 1),
        Op("zz", (0, 1), (Angle(0, 0.3),)),
        Op("ms", (0, 1), (Angle(0.1), Angle(0.2), Angle(0.05))),
    ]
    for op in rows:
        assert from_circuit(Circuit(2, rows=[Op("h", (0,)), op], origins=[None] * 2)).entanglers == 1
    assert from_circuit(Circuit(2, rows=[Op("swap", (0, 1))], origins=[None])).entanglers == 3
