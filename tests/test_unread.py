"""The contract `registers` drops gates that no register sees, and nothing else.

Checked by the distribution of the registers. Would catch a gate that is taken for diagonal, a bit that is taken to
count alone though an earlier gate turns the qubit's phase into one, and a flip on the wrong side of either.
"""

from __future__ import annotations

import random

import numpy as np
import pytest

from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import MEASURE, FlatCircuit, Op, Slot
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import TARGETS
from ionqdsl.passes import transpile
from ionqdsl.passes.drop_unread import drop_unread
from ionqdsl.simulation.simulate import state

THIRD = Angle(0, 0.7)
KINDS = [
    ("h", 1, 0), ("t", 1, 0), ("x", 1, 0), ("y", 1, 0), ("rx", 1, 0), ("rz", 1, 0), ("gpi", 1, 0), ("gpi2", 1, 0),
    ("cnot", 2, 0), ("x", 2, 1), ("x", 3, 2), ("z", 2, 1), ("h", 2, 1), ("zz", 2, 0), ("xx", 2, 0), ("ms", 2, 0),
    ("zz_native", 2, 0), ("swap", 2, 0), ("swap", 3, 1), ("y", 2, 1), ("rz", 3, 2), ("rx", 2, 1),
]  # fmt: skip
ANGLES = {"rx": 1, "rz": 1, "gpi": 1, "gpi2": 1, "zz": 1, "xx": 1, "ms": 3, "zz_native": 1}


def drawn(draw: random.Random, width: int, count: int) -> FlatCircuit:
    """Random rows, some of them in verbatim blocks, and a register of some qubits."""
    rows = []
    for place in range(count):
        gate, operands, controls = draw.choice(KINDS)
        qubits = tuple(draw.sample(range(width), operands))
        block = draw.choice([0, 0, 0, 0, place + 1])
        rows.append(Op(gate, qubits, (THIRD,) * ANGLES.get(gate, 0), controls, block))
    read = tuple(draw.sample(range(width), draw.randint(1, 2)))
    return FlatCircuit(width, rows=rows, origins=[None] * count, registers=(("m", read),))


def distribution(circuit: FlatCircuit) -> np.ndarray:
    """The probabilities of the register's bits."""
    probabilities = (abs(state(circuit)) ** 2).reshape((2,) * circuit.width)  # qubit 0 is the most significant bit
    read = circuit.registers[0][1]
    others = tuple(qubit for qubit in range(circuit.width) if qubit not in read)
    left = probabilities.sum(axis=others)
    return (left if read == tuple(sorted(read)) else left.T).ravel()


def test_registers_stay_the_same() -> None:
    dropped = 0
    draw = random.Random(11)
    for _ in range(150):
        source = drawn(draw, 4, 10)
        result = drop_unread(source)
        dropped += len(source.rows) - len(result.rows)
        assert np.allclose(distribution(result), distribution(source), atol=1e-12), source.rows
    assert dropped > 150


@pytest.mark.parametrize(
    ("rows", "kept"),
    [
        ([Op("h", (0,)), Op("cnot", (0, 1))], 1),  # a control is not seen,
        ([Op("h", (1,)), Op("cnot", (1, 0))], 2),  # and a target is
        ([Op("cnot", (0, 1)), Op("h", (0,))], 2),  # the phase after a cnot becomes a bit
        ([Op("h", (1,)), Op("zz", (0, 1), (THIRD,)), Op("x", (2, 0), (), 1)], 1),  # a flip asks for bits alone
        ([Op("t", (2,)), Op("x", (2, 0), (), 1), Op("t", (0,))], 1),
        ([Op("h", (2,)), Op("x", (2, 0), (), 1), Op("h", (2,)), Op("x", (2, 0), (), 1)], 4),
        ([Op("t", (0,)), Op("h", (0,), pinned=1), Op("h", (1,), pinned=2)], 3),  # blocks stay, and see the gates before
        ([Op("nop", (), (THIRD,))], 1),  # on no qubit
    ],
)
def test_a_row_counts_where_a_bit_depends_on_it(rows: list[Op], kept: int) -> None:
    source = FlatCircuit(3, rows=rows, origins=[None] * len(rows), registers=(("m", (0,)),))
    assert len(drop_unread(source).rows) == kept
    assert np.allclose(distribution(drop_unread(source)), distribution(source))


def test_a_measurement_sees_a_bit() -> None:
    measured = Op(MEASURE, (0,), slot=Slot("s", 0))
    for gate, kept in (("t", 1), ("h", 3)):
        rows = [Op(gate, (0,)), measured, Op(gate, (0,))]
        source = FlatCircuit(1, rows=rows, origins=[None] * 3, registers=(("s", (Slot("s", 0),)), ("m", (0,))))
        assert len(drop_unread(source).rows) == kept


def test_a_phase_of_a_flipped_bit_is_seen_by_its_control() -> None:
    """The phase goes back to the control, which is turned before it is read."""
    rows = [Op("h", (0,)), Op("h", (1,)), Op("rz", (1,), (THIRD,)), Op("cnot", (0, 1)), Op("h", (0,))]
    source = FlatCircuit(2, rows=rows, origins=[None] * 5, registers=(("m", (0, 1)),))
    assert drop_unread(source) is source
    assert not np.allclose(distribution(source), distribution(source.replace(rows=[*rows[:2], *rows[3:]])))


def test_no_two_qubit_gate_is_left_where_none_is_seen() -> None:
    rows = [Op("h", (0,)), Op("zz", (0, 1), (THIRD,)), Op("h", (0,)), Op("cnot", (0, 1)), Op("t", (1,))]
    source = FlatCircuit(2, rows=rows, origins=[None] * 5, registers=(("m", (0,)),))
    result, _, _ = transpile(source, TARGETS["forte"], Options("forte", 2, "registers", verify=True))
    assert not [op for op in result.rows if len(op.qubits) == 2]
    assert np.allclose(distribution(result), distribution(source), atol=1e-9)
