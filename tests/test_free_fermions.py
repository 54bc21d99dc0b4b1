"""Chains of free fermions become triangles, and stay the same unitaries.

Would catch a wrong sign of a product of strings, rotations multiplied in the wrong order or direction, strings of one
chain moved past those of another that they do not commute with, and circuits that are no free fermions taken for some.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ionqdsl.algebra.free_fermions import Majoranas, shortened
from ionqdsl.algebra.paulis import PauliProgram, fold
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import FlatCircuit, Op
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import TARGETS
from ionqdsl.passes import transpile
from ionqdsl.passes.cost import cost_of
from ionqdsl.passes.rotations.known_strings import known_throughout
from tests.counting import two_qubit_gates
from tests.test_known_strings import seen
from tests.test_paulis import dense, distance

Steps = list[tuple[str, tuple[int, ...]]]


def ising(n: int) -> Steps:
    return [*(("zz", (q, q + 1)) for q in range(n - 1)), *(("rx", (q,)) for q in range(n))]


def xy(n: int) -> Steps:
    return [(gate, (q, q + 1)) for q in range(n - 1) for gate in ("xx", "yy")]


def kitaev(n: int) -> Steps:
    return [*xy(n), *(("rz", (q,)) for q in range(n))]


def heisenberg(n: int) -> Steps:
    return [(gate, (q, q + 1)) for q in range(n - 1) for gate in ("xx", "yy", "zz")]


def repeated(n: int, steps: Steps, count: int, seed: int = 0) -> FlatCircuit:
    draw = random.Random(seed)
    circuit = FlatCircuit(n)
    for _ in range(count):
        for gate, qubits in steps:
            circuit.add(Op(gate, qubits, (Angle(0, draw.uniform(-0.6, 0.6)),)))
    return circuit


@pytest.mark.parametrize("count", [8, 40])
@pytest.mark.parametrize("preserve", ["unitary", "measurement"])
def test_the_gates_do_not_grow_with_the_steps(count: int, preserve: str) -> None:
    """At most n(n - 1) for an Ising and a Kitaev chain; an XY chain is two of n operators, of which pairs merge.

    Blocks of three qubits inside the triangle may take fewer; before the measurement the last pair needs one less.
    """
    less = preserve == "measurement"
    assert 4 < two_qubit_gates(repeated(4, ising(4), count), preserve) <= 12 - less
    assert 8 < two_qubit_gates(repeated(5, ising(5), count), preserve) <= 20 - less
    assert two_qubit_gates(repeated(4, kitaev(4), count), preserve) <= 12
    assert two_qubit_gates(repeated(4, xy(4), count), preserve) <= 12


def turns(n: int, seed: int) -> list[Op]:
    """A layer that turns every qubit to a generic axis."""
    draw = random.Random(seed)
    return [Op(gate, (q,), (Angle(0, draw.uniform(-3, 3)),)) for q in range(n) for gate in ("ry", "rz")]


def joined(n: int, *parts: list[Op] | FlatCircuit) -> FlatCircuit:
    rows = [op for part in parts for op in (part.rows if isinstance(part, FlatCircuit) else part)]
    return FlatCircuit(n, rows=rows, origins=[None] * len(rows))


def placed(steps: Steps, first: int) -> Steps:
    return [(gate, tuple(first + q for q in qubits)) for gate, qubits in steps]


def test_chains_that_are_a_part_of_a_circuit() -> None:
    """At most 12 for each chain of 4, and the rest's gates: around it, between two, or on another chain next to it."""
    chain, other = repeated(4, ising(4), 12), repeated(4, ising(4), 12, seed=1)
    assert two_qubit_gates(joined(4, turns(4, 1), chain)) <= 12
    assert two_qubit_gates(joined(4, chain, turns(4, 2))) <= 12
    assert two_qubit_gates(joined(4, chain, [Op("zz", (0, 3), (Angle(0, 0.4),))])) <= 13
    cnots = [Op("cnot", (q, q + 1)) for q in range(3)]
    assert two_qubit_gates(joined(4, chain, turns(4, 3), cnots, turns(4, 4), other)) <= 12 + 3 + 12
    pair = joined(6, repeated(6, ising(3), 12), repeated(6, placed(ising(3), 3), 12, seed=1))
    assert two_qubit_gates(pair) <= 12
    assert two_qubit_gates(joined(6, pair, turns(6, 5), [Op("zz", (2, 3), (Angle(0, 0.4),))])) <= 13


def test_rings_from_a_state_of_known_parity() -> None:
    """The product of all Z commutes with XX, YY and Z, and is 1 on |0...0>; so is that of all X after a layer of h."""
    bond = [("xx", (4, 0)), ("yy", (4, 0))]
    fields = [("rz", (q,)) for q in range(5)]
    source = repeated(5, [*xy(5), *bond, *fields], 12)
    assert two_qubit_gates(source, "measurement") > 100
    assert two_qubit_gates(source, "outcomes") <= 20
    ring = repeated(5, [*ising(5), ("zz", (4, 0))], 12)
    assert two_qubit_gates(ring, "outcomes") > 50  # |0...0> has no parity
    assert two_qubit_gates(joined(5, [Op("h", (q,)) for q in range(5)], ring), "outcomes") <= 20


def test_what_is_no_chain_stays() -> None:
    """A Heisenberg chain has interactions; a ring of Ising has a loop; two steps are shorter than a triangle."""
    ring = [*ising(5), ("zz", (4, 0))]
    for steps, n, count in ((heisenberg(4), 4, 8), (ring, 5, 8), (ising(6), 6, 2)):
        program = PauliProgram(n, rotations_of(repeated(n, steps, count)), tuple(range(n)))
        assert shortened(fold(program)) is None


def rotations_of(circuit: FlatCircuit) -> list[tuple[int, int, float]]:
    letters = {"x": (1, 0), "y": (1, 1), "z": (0, 1)}
    result = []
    for op in circuit.rows:
        where = sum(1 << qubit for qubit in op.qubits)
        x, z = letters[op.gate[-1]]
        result.append((x * where, z * where, op.angles[0].in_radians()))
    return result


@st.composite
def chains(draw: st.DrawFn) -> PauliProgram:
    """Rotations about products of consecutive strings of a chain, in any order, and some about any strings."""
    n = draw(st.integers(2, 4))
    pick = random.Random(draw(st.integers(0, 10**6)))
    pool = [(0, 1 << q) for q in range(n)] + [(3 << q, 0) for q in range(n - 1)]  # Z and XX
    pool += [(3 << q, 3 << q) for q in range(n - 1)] if draw(st.booleans()) else []  # YY
    pool += [(1 | 1 << n - 1, (1 << n - 1) - 2)] if draw(st.booleans()) and n > 2 else []  # X Z...Z X
    quarters = [(pick.randrange(1, 1 << n), pick.randrange(1 << n), np.pi / 2) for _ in range(draw(st.integers(0, 3)))]
    angles = [pick.choice([pick.uniform(-3, 3), np.pi / 2, 0.3, -np.pi / 4]) for _ in range(15 * n)]
    inner = [(*pick.choice(pool), angle) for angle in angles]
    for _ in range(draw(st.integers(0, 4))):  # and some of no chain in between
        inner.insert(pick.randrange(len(inner) + 1), (pick.randrange(1, 1 << n), pick.randrange(1 << n), 0.7))
    return PauliProgram(n, [*quarters, *inner], tuple(range(n)))


@given(chains())
@settings(max_examples=60, deadline=None)
def test_a_shorter_program_is_the_same(program: PauliProgram) -> None:
    """By dense matrices; the Clifford at the end is compared by its image of every string."""
    folded = fold(program)
    found = shortened(folded)
    if found is None:
        return
    assert wide(found.rotations) < wide(folded.rotations)
    one, other = (dense(PauliProgram(program.width, each.rotations, program.outputs)) for each in (folded, found))
    rest = one @ other.conj().T  # C_found = C rest+ up to a phase, for the Cliffords of both
    for place, (before, after) in enumerate(zip(folded.images, found.images, strict=True)):
        strings = [string(program.width, image) for image in (before, after)]
        assert np.abs(rest.conj().T @ strings[0] @ rest - strings[1]).max() < 1e-9, place


def wide(rotations: list[tuple[int, int, float]]) -> int:
    return sum((x | z).bit_count() > 1 for x, z, _ in rotations)


def string(width: int, image: tuple[int, int, int]) -> np.ndarray:
    """i^p X^x Z^z as a matrix, the bits of qubit 0 first."""
    x, z, p = image
    result = np.ones((1, 1), dtype=complex)
    for q in range(width):
        letter = np.eye(2)[[1, 0]] if x >> q & 1 else np.eye(2)
        result = np.kron(result, letter @ (np.diag([1, -1]) if z >> q & 1 else np.eye(2)))
    return 1j**p * result


@pytest.mark.parametrize("steps", [ising, kitaev])
def test_chains_are_found(steps: Callable[[int], Steps]) -> None:
    """The property above says nothing if nothing is shortened."""
    for seed in range(10):
        program = PauliProgram(4, rotations_of(repeated(4, steps(4), 6, seed)), tuple(range(4)))
        shorter = shortened(fold(program))
        assert shorter is not None
        assert distance(dense(PauliProgram(4, shorter.rotations, program.outputs)), dense(program)) < 1e-9


def test_open_parameters_stay() -> None:
    """Their sizes are not known, so there is no rotation to multiply out."""
    circuit = FlatCircuit(3)
    for _ in range(8):
        for gate, qubits in ising(3):
            circuit.add(Op(gate, qubits, (Angle.of("t", radians=1),)))
    result, _, _ = transpile(circuit, TARGETS["forte"], Options("forte", 2))
    assert cost_of(result).two_qubit_gates >= 15


def test_a_qubit_turned_about_two_axes_is_a_chain_of_two() -> None:
    """Next to a ring, so that the circuit is no forest: the qubit's strings anticommute, and are all there are."""
    ring: Steps = [("zz", (0, 1)), ("zz", (1, 2)), ("zz", (0, 2)), *(("rx", (q,)) for q in range(3))]
    assert two_qubit_gates(repeated(4, [*ring, ("rx", (3,)), ("rz", (3,))], 3)) > 0


@given(
    st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), min_size=1, max_size=5, unique=True), st.integers(2, 4)
)
@settings(max_examples=60)
def test_any_strings_in_any_order_keep_their_product(strings: list[tuple[int, int]], count: int) -> None:
    rotations = [(x, z, 0.2 + 0.1 * k) for k, (x, z) in enumerate(strings * count) if x | z]
    folded = fold(PauliProgram(3, rotations, (0, 1, 2)))
    shorter = shortened(folded)
    if shorter is not None:
        assert shorter.images == folded.images
        one, other = (dense(PauliProgram(3, each.rotations, (0, 1, 2))) for each in (folded, shorter))
        assert distance(one, other) < 1e-9


@given(chains())
@settings(max_examples=40, deadline=None)
def test_known_strings_make_more_of_them_a_chain(program: PauliProgram) -> None:
    """The outcomes from |0...0> stay the same."""
    folded = fold(program)
    found = shortened(folded, known_throughout(folded, "outcomes"))
    if found is not None:
        assert wide(found.rotations) < wide(folded.rotations)
        zeros = np.eye(2**program.width)[0]
        assert np.abs(seen(folded, zeros) - seen(found, zeros)).max() < 1e-9


def test_strings_are_edges_between_operators() -> None:
    """X0, Z0Z1, X1, Z1Z2 is a path, and Z0 lengthens it. Both ends of X1 have other strings, so Z1 is no edge."""
    x0, zz, x1, other, z0, z1, y0 = (1, 0), (0, 3), (2, 0), (0, 6), (0, 1), (0, 2), (1, 1)
    majoranas = Majoranas()
    assert all(majoranas.add(string) for string in (x0, zz, x1, other))
    assert sorted(len(there) for there in majoranas.at) == [1, 1, 2, 2, 2]
    assert majoranas.add(z0)
    assert not majoranas.add(z1)
    assert majoranas.add(y0)  # the product of X0 and Z0, which share an operator
    assert majoranas.edges.keys() == {x0, zz, x1, other, z0, y0}
