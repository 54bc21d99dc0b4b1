"""Passes of the compiled kernel give the states of statevector.py, and the kernel stays within its buffers.

Would catch gates of a qubit in a wrong order, a control or a factor on a qubit outside the chunk, a matrix of a wrong
kind, lanes that a gate touches, and a call with wrong numbers that writes anywhere.
"""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ionqdsl.algebra import compiled
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import BARRIER, Op
from ionqdsl.simulation import chunks, statevector
from tests.random_circuits import circuits

pytestmark = pytest.mark.skipif(not compiled.HAS_KERNEL, reason="the kernel was not built: python kernel/build.py")


def random_states(width: int, batch: int, seed: int = 1) -> np.ndarray:
    chance = np.random.default_rng(seed)
    parts = chance.normal(size=(2, batch, 2**width))
    return (parts[0] + 1j * parts[1]) / np.sqrt(2 ** (width + 1))


def assert_same(width: int, rows: list[Op], batch: int = 1) -> None:
    expected = random_states(width, batch)
    found = expected.copy()
    chunks.evolve(found, rows)
    statevector.evolve(expected, rows)
    assert np.abs(found - expected).max() < 1e-12


@pytest.fixture(autouse=True)
def small_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passes for small states too, which mix so few qubits that a circuit takes several."""
    monkeypatch.setattr(chunks, "SMALLEST", 0)
    monkeypatch.setattr(chunks, "MIXED", 3)


@given(source=circuits(widest=6), data=st.data())
def test_passes_are_the_rows(source, data) -> None:
    spare = data.draw(st.integers(0, 4), "qubits that no gate touches")
    width = source.width + spare
    places = data.draw(st.permutations(range(width)), "places of the qubits")
    rows = [op._replace(qubits=tuple(places[qubit] for qubit in op.qubits)) for op in source.rows]
    assert_same(width, rows, data.draw(st.integers(1, 3), "states"))


def test_each_qubit_keeps_the_order_of_its_gates() -> None:
    pieces = list(chunks._paired(brickwork(9, 6)))
    taken = [piece for group in chunks.passes(pieces, 9) for piece in group]
    assert len(taken) == len(pieces)
    for qubit in range(9):
        assert [p for p in taken if qubit in p.qubits] == [p for p in pieces if qubit in p.qubits]


def test_a_pass_takes_many_gates() -> None:
    """The gates of 20 layers on 20 qubits are read from memory a dozen times, not once each."""
    pieces = list(chunks._paired(brickwork(20, 20)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chunks, "MIXED", 10)
        assert len(list(chunks.passes(pieces, 20))) < len(pieces) / 20


def brickwork(width: int, depth: int) -> list[Op]:
    draw = random.Random(5)
    rows: list[Op] = []
    for layer in range(depth):
        rows += [Op(draw.choice(["rx", "ry", "rz"]), (q,), (Angle(0, draw.uniform(-3, 3)),)) for q in range(width)]
        rows += [Op("cnot", (q, q + 1)) for q in range(layer % 2, width - 1, 2)]
    return rows


def test_barriers_waits_and_identities() -> None:
    half = Op("h", (2,))
    assert_same(7, [Op(BARRIER, (0, 1)), Op("nop", (), (Angle(0, 3),)), half, half, Op("rz", (1,), (Angle(0),)), half])
    assert_same(7, [])


def test_a_gate_on_all_qubits_and_wide_exponentials() -> None:
    assert_same(6, [Op("h", (0,)), Op("x", (0, 1, 2, 3, 4, 5), (), 5), Op("h", (5,))])


def test_a_state_that_is_a_view_is_evolved_too() -> None:
    """The kernel takes whole arrays only."""
    states = random_states(6, 4)
    expected = states.copy()
    chunks.evolve(states[::2], [Op("h", (0,)), Op("cnot", (0, 1))])
    statevector.evolve(expected[::2], [Op("h", (0,)), Op("cnot", (0, 1))])
    assert np.abs(states - expected).max() < 1e-12


BITS = np.array([0, 1, 2, 3], dtype=np.int32)
ITEM = (0, 0, 8, 0, 8, chunks.GENERAL, (1.0,) * 8)


@pytest.mark.parametrize(
    ("qubits", "bits", "item", "start", "stop"),
    [
        (5, [0, 1, 2, 2], ITEM, 0, 2),
        (5, [0, 1, 2, 5], ITEM, 0, 2),
        (5, [0, 1, 2, -1], ITEM, 0, 2),
        (5, [0, 1], ITEM, 0, 2),
        (6, [0, 1, 2, 3], ITEM, 0, 2),
        (2, [0, 1, 2, 3], ITEM, 0, 2),
        (5, [0, 1, 2, 3], ITEM, 0, 3),
        (5, [0, 1, 2, 3], ITEM, -1, 1),
        (5, [0, 1, 2, 3], ITEM, 2, 1),
        (5, [0, 1, 2, 3], (0, 0, 16, 0, 16, 1, ITEM[6]), 0, 2),
        (5, [0, 1, 2, 3], (0, 0, 4, 0, 4, 1, ITEM[6]), 0, 2),
        (5, [0, 1, 2, 3], (0, 0, 0, 0, 8, 1, ITEM[6]), 0, 2),
        (5, [0, 1, 2, 3], (0, 0, 8, 8, 8, 1, ITEM[6]), 0, 2),
        (5, [0, 1, 2, 3], (0, 0, 8, 0, 8, 5, ITEM[6]), 0, 2),
    ],
)
def test_wrong_numbers_are_refused(qubits, bits, item, start, stop) -> None:
    states = np.ones((1, 32), dtype=np.complex128)
    with pytest.raises(ValueError, match="outside"):
        compiled.kernel.apply(
            states, qubits, np.array(bits, np.int32).tobytes(), np.array([item], chunks.ITEM).tobytes(), start, stop
        )
    assert (states == 1).all()


def test_right_numbers_are_taken() -> None:
    """Else the refusals above would show nothing."""
    states = np.ones((1, 32), dtype=np.complex128)
    compiled.kernel.apply(states, 5, BITS.tobytes(), np.array([ITEM], chunks.ITEM).tobytes(), 0, 2)
    assert not (states == 1).all()
