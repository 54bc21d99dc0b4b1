"""Blocks of a pair at the start, and before measurements: fewer interactions, and nobody can tell the difference.

The counts are theorems: a state of two qubits needs one interaction, an isometry from one qubit to two needs two, and a
unitary up to a diagonal needs two. Would catch a Schmidt vector with the wrong phase, a wire taken for |0> after a
barrier, a diagonal dropped on a wire that still turns, and an angle at which a third interaction is nearly zero.
"""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from dynamic_programs import far, outcomes
from hypothesis import given, settings
from hypothesis import strategies as st

import ionqdsl as iq
from ionqdsl.algebra.circuit_forms import from_circuit
from ionqdsl.algebra.rotations import Axes, unit
from ionqdsl.algebra.weyl import MAGIC, PAULIS, SWAP, decomposed
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import Op
from ionqdsl.ir.contracts import PRESERVE
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import TARGETS
from ionqdsl.passes import transpile
from ionqdsl.passes.interactions.boundary_blocks import Freedom, freedoms, others
from ionqdsl.passes.interactions.pairs import gathered
from tests.counting import two_qubit_gates
from tests.random_circuits import circuit, matrix

Pair = tuple[int, int]


def dense(draw: random.Random, *pairs: Pair) -> list[Op]:
    """A random unitary on each pair in turn: three cnots between turns about three axes."""
    rows = []
    for a, b in pairs:
        for _ in range(3):
            for q in (a, b):
                rows += [Op(gate, (q,), (Angle(0, draw.uniform(-3, 3)),)) for gate in ("rz", "ry", "rz")]
            rows.append(Op("cnot", (a, b)))
        rows += [Op(gate, (q,), (Angle(0, draw.uniform(-3, 3)),)) for q in (a, b) for gate in ("rz", "ry", "rz")]
    return rows


@pytest.mark.parametrize(
    ("width", "pairs", "counts"),
    [
        (2, [(0, 1)], [3, 3, 2, 1, 1]),
        (3, [(0, 1), (1, 2)], [6, 6, 5, 3, 3]),  # the second finds qubit 2 in |0>, and both are measured next
        (3, [(1, 2), (0, 1), (1, 2)], [9, 9, 8, 5, 5]),  # one, two and, before the measurement, two
        (4, [(0, 1), (2, 3), (1, 2), (0, 1), (2, 3)], [15, 15, 13, 9, 9]),
    ],
)
def test_dense_pairs_take_what_the_theorems_say(width: int, pairs: list[Pair], counts: list[int]) -> None:
    source = circuit(width, *dense(random.Random(f"{pairs}"), *pairs))
    assert [two_qubit_gates(source, preserve) for preserve in PRESERVE] == counts


def needed(unitaries: np.ndarray) -> int:
    """The interactions that the best of some unitaries of a pair needs, wires exchanged or not."""
    inside = MAGIC.conj().T @ unitaries @ MAGIC
    both = np.concatenate([inside, SWAP @ inside])
    sizes = np.abs(np.remainder(decomposed(both).coordinates + math.pi / 4, math.pi / 2) - math.pi / 4)
    return int((sizes > 1e-12).sum(axis=1).min())


def found(unitary: np.ndarray, freedom: Freedom) -> np.ndarray:
    """The unitaries that may replace one, with itself."""
    inside = [other.unitary for other in others(MAGIC.conj().T @ unitary @ MAGIC, freedom, 3) if other.error < 1e-12]
    return MAGIC @ np.array([MAGIC.conj().T @ unitary @ MAGIC, *inside]) @ MAGIC.conj().T


UP = (0.0, 0.0, 1.0)
FIRST, SECOND, BOTH = Freedom((True, False), None), Freedom((False, True), None), Freedom((True, True), None)
MEASURED = Freedom((False, False), (UP, UP))


@pytest.mark.parametrize(
    ("rows", "counts"),
    [
        (dense(random.Random(3), (0, 1)), (2, 2, 1, 2)),
        # The swap moves the |0>: it is turned by the other state, or it is the control, which does nothing.
        ([Op("swap", (0, 1)), Op("ry", (0, 1), (Angle(0, 0.7),), 1)], (1, 0, 0, 1)),
        # A swap of |0> and any state, or a cnot that copies any state.
        ([Op("cnot", (1, 0)), Op("cnot", (0, 1))], (0, 1, 0, 1)),
        ([Op("ry", (1,), (Angle(0, 1.1),)), Op("cnot", (1, 0))], (1, 1, 1, 1)),
        # Rz(-t) after 1, then X, is Rz(t) on |+>: nothing depends on wire 1. Else it is a turn that wire 1 controls.
        ([Op("h", (0,)), Op("zz", (0, 1), (Angle(0, 0.4),)), Op("cnot", (1, 0))], (0, 0, 0, 1)),
        # The zz is a phase of copied states, and diagonal at the end.
        ([Op("h", (0,)), Op("cnot", (0, 1)), Op("zz", (0, 1), (Angle(0, 0.4),))], (1, 1, 1, 1)),
    ],
)
def test_as_few_as_the_freedom_allows(rows: list[Op], counts: tuple[int, ...]) -> None:
    """With the first wire in |0>, the second, both, and with both measured next; by hand where gates are named."""
    unitary = matrix(circuit(2, *rows))
    assert tuple(needed(found(unitary, freedom)) for freedom in (FIRST, SECOND, BOTH, MEASURED)) == counts


@given(st.integers(0, 10**9))
@settings(max_examples=60, deadline=None)
def test_nobody_sees_the_difference(seed: int) -> None:
    """The images of |0> and of any state, and measurements along any axes."""
    draw = random.Random(seed)
    rows = dense(draw, (0, 1))
    for place in draw.sample(range(len(rows)), draw.randint(0, len(rows))):
        rows[place] = Op(draw.choice(["h", "t", "x"]), rows[place].qubits[:1])  # special unitaries too
    unitary = matrix(circuit(2, *rows))
    columns = {FIRST: [0, 1], SECOND: [0, 2], BOTH: [0]}
    for freedom, kept in columns.items():
        for other in found(unitary, freedom):
            assert np.abs(other.conj().T @ other - np.eye(4)).max() < 1e-11
            assert np.abs(other[:, kept] - unitary[:, kept]).max() < 1e-11
    axes = [unit((draw.gauss(0, 1), draw.gauss(0, 1), draw.gauss(0, 1))) for _ in range(2)]
    seen = np.kron(*(np.einsum("k,kij->ij", axis, PAULIS) for axis in axes))
    for other in found(unitary, Freedom((False, False), (axes[0], axes[1]))):
        assert np.abs(other.conj().T @ other - np.eye(4)).max() < 1e-11
        left = other @ unitary.conj().T
        span = np.trace(left) / 4 * np.eye(4) + np.trace(seen @ left) / 4 * seen
        assert np.abs(left - span).max() < 1e-11
    (_, last, *_) = found(unitary, Freedom((True, True), (axes[0], axes[1])))
    for signs in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
        up = [(np.eye(2) + s * np.einsum("k,kij->ij", axis, PAULIS)) / 2 for s, axis in zip(signs, axes, strict=True)]
        assert abs(np.linalg.norm(np.kron(*up) @ last[:, 0]) - np.linalg.norm(np.kron(*up) @ unitary[:, 0])) < 1e-11


@given(st.integers(0, 10**9))
@settings(max_examples=40, deadline=None)
def test_random_pairs_keep_every_contract(seed: int) -> None:
    """Special angles, tiny ones and generic ones: products, swaps and states that nearly factor."""
    draw = random.Random(seed)
    width = draw.randint(2, 4)
    sizes = [math.pi / 2, math.pi / 4, math.pi, draw.uniform(-3, 3), draw.choice([1e-5, 1e-8, 1e-11])]
    rows = []
    for _ in range(draw.randint(2, 14)):
        pair = tuple(draw.sample(range(width), 2))
        name = draw.choice(["cnot", "swap", "xx", "zz", "ry", "rx", "h", "t"])
        qubits = pair if name in ("cnot", "swap", "xx", "zz") else pair[:1]
        angles = (Angle(0, draw.choice(sizes)),) if name in ("xx", "zz", "ry", "rx") else ()
        rows.append(Op(name, qubits, angles))
    counts = [two_qubit_gates(circuit(width, *rows), preserve) for preserve in PRESERVE[:4]]
    assert counts == sorted(counts, reverse=True)


BARRIER, RESET, FIRST_SEEN, SECOND_SEEN = (
    Op("barrier", (0, 1)),
    Op("reset", (0,)),
    Op("measure", (0,), slot=0),
    Op("measure", (1,), slot=1),
)


@pytest.mark.parametrize(
    ("between", "known", "number"),
    [
        ([], [(True, True)], 1),
        ([BARRIER], [(True, True), (False, False)], 1),  # qubits under a barrier are not measured next
        ([RESET], [(True, True), (True, False)], 1),
        ([FIRST_SEEN], [(True, True), (False, False)], 1),
        ([FIRST_SEEN, SECOND_SEEN], [(True, True), (False, False)], 2),
        ([RESET, SECOND_SEEN], [(True, True), (True, False)], 2),  # a reset may measure as well
    ],
)
def test_which_wires_are_known_and_measured(between: list[Op], known: list[tuple[bool, bool]], number: int) -> None:
    rows = dense(random.Random(2), (0, 1))
    form = from_circuit(circuit(2, *rows, *between, *rows))
    axes = Axes()
    blocks, ends, _ = gathered(form, axes)
    assert freedoms(blocks, ends, axes.vectors, "unitary") == {}
    both = freedoms(blocks, ends, axes.vectors, "outcomes")
    assert [both[id(block)].is_known for block in blocks if id(block) in both and any(both[id(block)].is_known)] == [
        pair for pair in known if any(pair)
    ]
    last = freedoms(blocks, ends, axes.vectors, "measurement")
    assert len(last) == number
    assert id(blocks[-1]) in last


@pytest.mark.parametrize("preserve", ["measurement", "outcomes"])
@pytest.mark.parametrize("seed", range(3))
def test_measurements_and_resets_in_the_middle(seed: int, preserve: str) -> None:
    """The joint distribution of the record and the final outcomes, by an enumeration of all of them."""
    draw = random.Random(seed)
    lines = ["qubit q[3]", "register m[3]"]
    for step in range(3):
        pair = draw.sample(range(3), 2)
        for op in dense(draw, (pair[0], pair[1])):
            angles = f"({op.angles[0].in_radians()!r})" if op.angles else ""
            lines.append(f"{op.gate}{angles} " + ", ".join(f"q[{qubit}]" for qubit in op.qubits))
        lines.append(f"m[{step}] = measure q[{pair[0]}]")
        lines.append(f"reset q[{pair[1]}]")
    source = iq.circuit("\n".join(lines))
    result = transpile(source, TARGETS["forte"], Options(preserve=preserve, level=2), checked=True)[0]
    plain = transpile(source, TARGETS["forte"], Options(preserve="unitary", level=2), checked=True)[0]
    assert far(outcomes(source), outcomes(result)) < 1e-9
    assert sum(len(op.qubits) == 2 for op in result.rows) < sum(len(op.qubits) == 2 for op in plain.rows)
