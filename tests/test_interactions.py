"""The interaction form means the same as its circuit: judged by dense simulation with matrices written here.

A wrong sign of an axis, a frame pushed the wrong way, a lost phase, a barrier that forgets the rows before it: each
fails here.
"""

from __future__ import annotations

import cmath
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from by_hand import X, Y, Z, on, product, turned
from hypothesis import given, settings
from hypothesis import strategies as st

from ionqdsl.algebra.circuit_forms import from_circuit
from ionqdsl.algebra.interactions import AxisRotation, BarrierItem, Interaction, Interactions
from ionqdsl.algebra.numeric_forms import NumericForm
from ionqdsl.algebra.rotations import Axes
from ionqdsl.algebra.weyl import decomposed
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import BARRIER, FlatCircuit, Op
from ionqdsl.ir.targets import TARGETS
from ionqdsl.passes.interactions.pairs import SweptForm, gathered, items_of, merged
from ionqdsl.passes.interactions.resynthesise_pairs import resynthesised
from ionqdsl.passes.interactions.unwrap_rotations import unwrap_rotations
from ionqdsl.passes.native.place_pulses import placed
from ionqdsl.simulation.statevector import basis_state, evolve
from tests.random_circuits import EIGHTHS, SYMBOLS, bound, circuits, matrix, narrow, plain_rows


def along(vector: Any) -> np.ndarray:
    return sum(number * pauli for number, pauli in zip(vector, (X, Y, Z), strict=True))


def of_turn(turn: Any) -> np.ndarray:
    w, x, y, z = turn
    return w * np.eye(2) - 1j * along((x, y, z))


def dense(form: Interactions, values: dict[str, Any] | None = None) -> np.ndarray:
    """The unitary of an interaction form, phase and all."""

    def number(t: float | Angle) -> float:
        return t.bind((values or {}).get).in_radians() if isinstance(t, Angle) else t

    total = np.eye(2**form.width, dtype=complex)
    for item in form.items:
        match item:
            case Interaction():
                generator = np.kron(along(item.u), along(item.v))
                total = on(turned(generator, 2 * number(item.t)), (item.a, item.b), form.width) @ total
            case AxisRotation():
                total = on(turned(along(item.axis), 2 * number(item.t)), (item.wire,), form.width) @ total
            case BarrierItem():
                for wire, turn in zip(item.wires, item.turns, strict=True):
                    total = on(of_turn(turn), (wire,), form.width) @ total
                if item.row.gate not in (BARRIER, "nop"):
                    states = basis_state(form.width, 2**form.width)
                    states[:] = total.T
                    evolve(states, [item.row])
                    total = states.T
    for wire, turn in enumerate(form.ends):
        total = on(of_turn(turn), (wire,), form.width) @ total
    return total * cmath.exp(1j * form.phase.bind((values or {}).get).in_radians())


@given(circuits())
@settings(max_examples=80, deadline=None)
def test_the_form_equals_its_circuit_phase_and_all(source: FlatCircuit) -> None:
    form = from_circuit(narrow(source))
    assert np.abs(dense(form) - matrix(source)).max() < 1e-9
    for item in form.items:
        if isinstance(item, Interaction):
            assert item.a != item.b
            assert -np.pi / 4 < item.t <= np.pi / 4
            assert abs(np.dot(item.u, item.u) - 1) < 1e-12
            assert abs(np.dot(item.v, item.v) - 1) < 1e-12


@given(circuits(SYMBOLS | EIGHTHS))
@settings(max_examples=50, deadline=None)
def test_parameters_stay(source: FlatCircuit) -> None:
    values = {"a": 0.7, "b": -2.1}
    form = from_circuit(narrow(source))
    assert np.abs(dense(form, values) - matrix(bound(source, values))).max() < 1e-9


def test_the_example_of_the_module() -> None:
    """Checked by hand: h takes X to Z; the phase of h and of x is a quarter turn each, of rx and rz none."""
    theta = Angle.of("t", radians=1)
    rows = [
        Op("h", (0,)),
        Op("zz", (0, 1), (Angle(Fraction(1, 10)),)),
        Op("rz", (0,), (theta,)),
        Op("x", (1,)),
        Op(BARRIER, (0, 1)),
        Op("rx", (1,), (Angle(Fraction(1, 4)),)),
    ]
    form = from_circuit(FlatCircuit(2, rows=rows, origins=[None] * len(rows)))
    interaction, rotation, barrier = form.items
    assert isinstance(interaction, Interaction)
    assert (interaction.a, interaction.b, interaction.t) == (0, 1, pytest.approx(np.pi / 10))
    assert interaction.u == pytest.approx((1, 0, 0))
    assert interaction.v == pytest.approx((0, 0, 1))
    assert isinstance(rotation, AxisRotation)
    assert (rotation.wire, rotation.t) == (0, theta / 2)
    assert rotation.axis == pytest.approx((1, 0, 0))
    assert isinstance(barrier, BarrierItem)
    assert (barrier.wires, barrier.row) == ((0, 1), rows[4])
    half = np.sqrt(0.5)
    assert barrier.turns[0] == pytest.approx((0, half, 0, half))
    assert barrier.turns[1] == pytest.approx((0, 1, 0, 0))
    assert form.ends[0] == pytest.approx((1, 0, 0, 0))
    assert form.ends[1] == pytest.approx((half, half, 0, 0))
    assert form.phase.in_radians() == pytest.approx(np.pi)


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
        assert from_circuit(FlatCircuit(2, rows=[Op("h", (0,)), op], origins=[None] * 2)).two_qubit_gates == 1
    assert from_circuit(FlatCircuit(2, rows=[Op("swap", (0, 1))], origins=[None])).two_qubit_gates == 3


def one_sweep(form: Interactions, may_rename: bool = False) -> Interactions:
    axes = Axes()
    blocks, ends, phase = gathered(form, axes)
    between = Interactions(form.width, items_of(blocks, axes), ends, form.phase + Angle(0, phase), form.inputs)
    return resynthesised(between, blocks, axes, may_rename).form


def renamed(unitary: np.ndarray, inputs: tuple[int, ...] | None, width: int) -> np.ndarray:
    """The unitary with its inputs permuted: input q of the result is input inputs[q] of the source."""
    if inputs is None:
        return unitary
    return unitary.reshape(-1, *(2,) * width).transpose(0, *(1 + q for q in inputs)).reshape(unitary.shape)


@given(circuits())
@settings(max_examples=80, deadline=None)
def test_sliding_and_merging_change_nothing(source: FlatCircuit) -> None:
    form = from_circuit(narrow(source))
    result = merged(form)
    assert np.abs(dense(result) - matrix(source)).max() < 1e-8
    assert result.two_qubit_gates <= form.two_qubit_gates


_DENSE = ["cnot", "cnot", "cnot", "h", "s", "t", "v", "rx", "rz", "zz", "xx", "swap", "ry"]


@given(circuits())
@settings(max_examples=50, deadline=None)
def test_merged_forms_by_numbers_have_the_items_of_their_blocks(source: FlatCircuit) -> None:
    """With their origins. Without the kernel both are made of the blocks."""
    form = from_circuit(narrow(source))
    one, other = SweptForm(form, Axes()), SweptForm(form, Axes())
    assert one.form.items == items_of(other.blocks, other._axes) == other.form.items
    assert (one.form.ends, one.form.phase, one.form.inputs) == (other.form.ends, other.form.phase, other.form.inputs)


def test_pulses_are_placed_without_making_all_items() -> None:
    """They take most of the memory of -O1: would catch one that asks for the list."""
    source = long_enough()
    form = merged(from_circuit(source))
    if not isinstance(form, NumericForm):
        pytest.skip("the kernel was not built: python kernel/build.py")
    rows, *_ = placed(form, TARGETS["forte"], "measurement")
    assert rows
    assert "items" not in vars(form)
    assert "items" not in vars(form.numbers)


def long_enough() -> FlatCircuit:
    rows = [Op("cnot", (0, 1)), Op("rx", (1,), (Angle(0, 0.3),)), Op("h", (0,)), Op("cnot", (1, 0))] * 5
    return FlatCircuit(2, rows=rows, origins=[None] * len(rows))


def test_rows_that_are_numbered_apart_make_the_same_form(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows are numbered by object, some at a time; would catch numbers that two parts share."""
    rows = [Op("rx", (k % 2,), (Angle(0, k / 7),)) for k in range(40)] + [Op("cnot", (0, 1)), Op("cnot", (1, 0))]
    source = FlatCircuit(2, rows=rows * 2, origins=[None] * 2 * len(rows))
    whole = from_circuit(source)
    monkeypatch.setattr("ionqdsl.algebra.numbered_rows.AT_ONCE", 3)
    assert from_circuit(source).items == whole.items
    assert np.abs(dense(whole) - matrix(source)).max() < 1e-9


@given(st.integers(2, 4), st.data())
@settings(max_examples=80, deadline=None)
def test_long_circuits_merge_and_resynthesise_exactly(width: int, data: Any) -> None:
    """Long enough for blocks to slide, meet and be replaced; with and without relabelling."""
    rows = data.draw(st.lists(plain_rows(width, _DENSE, EIGHTHS, 0), min_size=10, max_size=40))
    source = FlatCircuit(width, rows=rows, origins=[None] * len(rows))
    for may_rename in (False, True):
        form = from_circuit(source)
        before = form.two_qubit_gates
        for _ in range(3):
            form = one_sweep(form, may_rename)
            assert form.two_qubit_gates <= before
            before = form.two_qubit_gates
        assert np.abs(dense(form) - renamed(matrix(source), form.inputs, width)).max() < 1e-8


@given(circuits(SYMBOLS | EIGHTHS))
@settings(max_examples=50, deadline=None)
def test_sweeps_keep_parameters(source: FlatCircuit) -> None:
    values = {"a": 0.7, "b": -2.1}
    form = from_circuit(narrow(source))
    for _ in range(2):
        form = one_sweep(form, may_rename=True)
    expected = renamed(matrix(bound(source, values)), form.inputs, source.width)
    assert np.abs(dense(form, values) - expected).max() < 1e-8


def test_known_counts() -> None:
    """Counts worked out by hand; each is lost if merging, sliding, resynthesis or relabelling stops working."""

    def count(width: int, *rows: Op, may_rename: bool = False) -> int:
        form = from_circuit(FlatCircuit(width, rows=list(rows), origins=[None] * len(rows)))
        for _ in range(3):
            form = one_sweep(form, may_rename)
        return form.two_qubit_gates

    cnot, back, swap = Op("cnot", (0, 1)), Op("cnot", (1, 0)), Op("swap", (0, 1))
    turned = Op("rz", (1,), (Angle(0, 0.3),))
    assert count(2, cnot, cnot) == 0
    assert count(2, cnot, turned, cnot) == 1
    assert count(2, cnot, back) == 2
    assert count(2, cnot, back, may_rename=True) == 1
    assert count(2, swap) == 3
    assert count(2, swap, may_rename=True) == 0
    assert count(3, cnot, Op("cnot", (0, 2)), cnot) == 1  # slides past one that shares its control
    assert count(3, cnot, Op("cnot", (2, 1)), cnot) == 1  # and its target
    assert count(3, cnot, Op("cnot", (1, 2)), cnot) == 3


def test_axes_that_only_nearly_agree_are_not_merged() -> None:
    """A test of the cosine lets 4.5e-4 rad through."""
    tilt = Op("rx", (0,), (Angle(0, 2e-4),))
    rows = [Op("zz", (0, 1), (Angle(0, 0.5),)), tilt, Op("zz", (0, 1), (Angle(0, 0.5),))]
    form = merged(from_circuit(FlatCircuit(2, rows=rows, origins=[None] * 3)))
    assert form.two_qubit_gates == 2


@given(st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_decompositions_are_right_for_random_and_for_special_unitaries(seed: int) -> None:
    generator = np.random.default_rng(seed)
    raw = generator.normal(size=(6, 4, 4)) + 1j * generator.normal(size=(6, 4, 4))
    special = [np.eye(4), np.eye(4)[[0, 2, 1, 3]], np.eye(4)[[0, 1, 3, 2]], np.diag([1, 1, 1, 1j]), 1j * np.eye(4)]
    local = [np.kron(of_turn(u / np.linalg.norm(u)), of_turn(v / np.linalg.norm(v))) for u, v in raw.real[:, :2]]
    unitaries = [*np.linalg.qr(raw)[0], *special, *local, *(a @ b for a in local for b in special)]
    magic = np.array([[1, 0, 0, 1j], [0, 1j, 1, 0], [0, 1j, -1, 0], [1, 0, 0, -1j]]) / np.sqrt(2)
    found = decomposed(np.array([magic.conj().T @ unitary @ magic for unitary in unitaries]))
    for index, unitary in enumerate(unitaries):
        middle = np.eye(4, dtype=complex)
        for number, letter in zip(found.coordinates[index], "XYZ", strict=True):
            middle = middle @ turned(product(2 * letter), 2 * number)
        after, before = (np.kron(*(of_turn(side[index]) for side in pair)) for pair in (found.after, found.before))
        assert np.abs(np.exp(1j * found.phase[index]) * after @ middle @ before - unitary).max() < 1e-10


def _wrapped_circuit() -> FlatCircuit:
    theta, eighth = Angle.of("a", radians=1), Angle(0, 0.4)
    rows = [Op("h", (0,)), Op("ry", (1,), (eighth,))]
    for pair, gate in (((0, 1), "rz"), ((1, 2), "rz"), ((2, 0), "ry"), ((0, 1), "rz")):
        rows += [Op("cnot", pair), Op(gate, pair[1:], (theta,)), Op("cnot", pair), Op("s", pair[:1])]
    rows += [Op("z", (0, 1), (), 1), Op("rx", (1,), (theta,)), Op("zz", (0, 1), (Angle(Fraction(-1, 4)),))]
    return FlatCircuit(3, rows=rows, origins=[None] * len(rows))


def test_wrapped_rotations_are_one_interaction() -> None:
    """cnot, rz(theta), cnot and its like: one interaction linear in theta, signs and leftover half turns right."""
    source = _wrapped_circuit()
    form = unwrap_rotations(from_circuit(source))
    assert form.two_qubit_gates == 5
    for value in (0.0, 0.3, -2.0):
        assert np.abs(dense(form, {"a": value}) - matrix(bound(source, {"a": value}))).max() < 1e-9


@given(circuits(SYMBOLS | EIGHTHS))
@settings(max_examples=80, deadline=None)
def test_unwrapping_changes_nothing(source: FlatCircuit) -> None:
    values = {"a": 0.7, "b": -2.1}
    form = unwrap_rotations(from_circuit(narrow(source)))
    assert np.abs(dense(form, values) - matrix(bound(source, values))).max() < 1e-9
