"""Pauli programs mean the same as their circuits: checked by dense matrices made here from Kronecker products.

A wrong sign of a product, a Clifford pushed in the wrong direction, a merge over something that does not commute, a
wire renamed backwards: each fails here.
"""

from __future__ import annotations

import random
from typing import Any

import by_hand
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ionqdsl.algebra.circuit_forms import from_circuit
from ionqdsl.algebra.paulis import Folded, PauliProgram, fold, inverse, inverted, is_negative, product
from ionqdsl.ir.angle import Angle, radians
from ionqdsl.ir.circuit import FlatCircuit, Op
from ionqdsl.passes.rotations.fold_rotations import can_fold, form_of, program_of, program_of_form, renamed
from ionqdsl.passes.rotations.pauli_problems import PauliSolution, Style
from ionqdsl.passes.rotations.reduce_tableaus import _eliminate, qubits_of
from ionqdsl.passes.rotations.replace_windows import tidied
from ionqdsl.passes.rotations.synthesise_paulis import Meter, program_of_solution, synthesise_paulis
from ionqdsl.passes.rotations.windows import NARROW, WindowLimits, improved_in_round
from ionqdsl.simulation.simulate import unitary
from tests.random_problems import STYLES


def string(width: int, x: int, z: int) -> np.ndarray:
    return by_hand.product("IXZY"[(x >> q & 1) + 2 * (z >> q & 1)] for q in range(width))


def dense(program: PauliProgram) -> np.ndarray:
    """The unitary; qubit 0 is the most significant bit."""
    total = np.eye(2**program.width, dtype=complex)
    for x, z, angle in program.rotations:
        total = np.cos(angle / 2) * total - 1j * np.sin(angle / 2) * string(program.width, x, z) @ total
    axes = [*program.outputs, program.width]
    return total.reshape((2,) * program.width + (-1,)).transpose(axes).reshape(total.shape)


def distance(a: np.ndarray, b: np.ndarray) -> float:
    """The largest difference once the best global phase is taken out."""
    overlap = np.vdot(a, b)
    return float(np.abs(a * overlap / abs(overlap) - b).max())


ANGLES = [np.pi / 2, np.pi, -np.pi / 2, np.pi / 4, -np.pi / 4, 3 * np.pi / 4, 0.3, -0.3, 1.1]


@st.composite
def programs(draw: Any, width: int = 4, most: int = 25, letters: int = 4) -> PauliProgram:
    generator = random.Random(draw(st.integers(0, 10**9)))
    width = draw(st.integers(2, width))
    rotations = []
    for _ in range(draw(st.integers(0, most))):
        wires = generator.sample(range(width), generator.randint(1, min(letters, width)))
        kinds = [(wire, generator.choice("XYZ")) for wire in wires]
        x = sum(1 << wire for wire, letter in kinds if letter != "Z")
        z = sum(1 << wire for wire, letter in kinds if letter != "X")
        rotations.append((x, z, generator.choice(ANGLES)))
    outputs = list(range(width))
    generator.shuffle(outputs)
    return PauliProgram(width, rotations, tuple(outputs))


@given(programs(3), programs(3))
def test_product(first: PauliProgram, second: PauliProgram) -> None:
    """Phases of products: would catch any sign or factor i."""
    width = max(first.width, second.width)
    for x, z, _ in first.rotations[:3]:
        for other_x, other_z, _ in second.rotations[:3]:
            left, right = (x, z, (x & z).bit_count()), (other_x, other_z, (other_x & other_z).bit_count())
            found_x, found_z, p = product(left, right)
            letters = (found_x & found_z).bit_count()
            wanted = string(width, x, z) @ string(width, other_x, other_z)
            assert np.allclose(string(width, found_x, found_z) * 1j ** (p - letters), wanted)


@settings(max_examples=60, deadline=None)
@given(programs())
def test_inverse(program: PauliProgram) -> None:
    wanted = dense(program).conj().T
    assert distance(dense(inverse(program)), wanted) < 1e-9


@settings(max_examples=120, deadline=None)
@given(programs(), st.booleans())
def test_fold(program: PauliProgram, is_reduced: bool) -> None:
    """The rotations and the Clifford's images give the unitary back; no angle left is Clifford."""
    folded = fold(program, is_reduced)
    assert folded_is(folded, dense(program))
    for x, z, angle in folded.rotations:
        assert x | z
        turns = angle / (np.pi / 2)
        assert abs(turns - round(turns)) > 1e-9
        if is_reduced:
            assert abs(turns) <= 0.5 + 1e-9


@settings(max_examples=80, deadline=None)
@given(programs())
def test_inverted(program: PauliProgram) -> None:
    """The inverse of a folded program, signs and all."""
    wanted = dense(program).conj().T
    again = inverted(fold(program))
    assert folded_is(again, wanted)
    assert inverted(again).images == fold(program).images


def folded_is(folded: Folded, wanted: np.ndarray) -> bool:
    """Whether C = wanted * R^-1 maps every X_q and Z_q to its image."""
    width = folded.width
    clifford = wanted @ dense(PauliProgram(width, folded.rotations, tuple(range(width)))).conj().T
    for q in range(width):
        for kind, (x, z, p) in zip(((1 << q, 0), (0, 1 << q)), folded.images[2 * q : 2 * q + 2], strict=True):
            image = (-1) ** is_negative((x, z, p)) * string(width, x, z)
            if not np.allclose(clifford.conj().T @ string(width, *kind) @ clifford, image, atol=1e-8):
                return False
    return True


def test_fold_merges_over_what_commutes() -> None:
    """ZZ(a) X1X2 ZZ(b) is two rotations, with X1 between it is three."""
    zz, xx = (0, 3, 0.3), (3, 0, 0.4)
    assert fold(PauliProgram(2, [zz, xx, zz], (0, 1))).rotations == [(0, 3, 0.6), xx]
    assert len(fold(PauliProgram(2, [zz, (1, 0, 0.4), zz], (0, 1))).rotations) == 3


def test_fold_looks_again() -> None:
    """The rows between two T gates cancel from the inside out: only then they are one S, which is Clifford."""
    z, x = (0, 1), (1, 0)
    rotations = [(*z, np.pi / 4), (*x, 0.3), (*z, 0.2), (*z, -0.2), (*x, -0.3), (*z, np.pi / 4), (*x, np.pi / 2)]
    program = PauliProgram(2, rotations, (1, 0))
    assert fold(program).rotations == []
    assert folded_is(fold(program), dense(program))


GATES = [
    Op("h"), Op("x"), Op("y"), Op("z"), Op("s"), Op("ti"), Op("v"), Op("vi"),
    Op("rx", (), (radians("0.3"),)), Op("ry", (), (radians("1.7"),)), Op("p", (), (radians("-0.9"),)),
    Op("gpi", (), (Angle(0.1),)), Op("gpi2", (), (Angle(0.35),)),
]  # fmt: skip
PAIRS = [
    Op("cnot"), Op("swap"), Op("xx", (), (radians("0.4"),)), Op("zz", (), (radians("2.2"),)),
    Op("ms", (), (Angle(0.1), Angle(0.3), Angle(0.2))), Op("zz_native", (), (Angle(0.13),)),
]  # fmt: skip


@st.composite
def circuits(draw: Any, most: int = 25, widest: int = 4, controls: int = 3) -> FlatCircuit:
    generator = random.Random(draw(st.integers(0, 10**9)))
    width = draw(st.integers(2, widest))
    rows = []
    for _ in range(draw(st.integers(0, most))):
        if generator.random() < 0.4:
            op, count = generator.choice(PAIRS), generator.randint(0, min(width - 2, controls - 1))
            rows.append(op._replace(qubits=tuple(generator.sample(range(width), count + 2)), controls=count))
        else:
            op, count = generator.choice(GATES), generator.randint(0, min(width - 1, controls))
            rows.append(op._replace(qubits=tuple(generator.sample(range(width), count + 1)), controls=count))
    return FlatCircuit(width, rows=rows, origins=[None] * len(rows))


@settings(max_examples=120, deadline=None)
@given(circuits())
def test_program_of_circuit(circuit: FlatCircuit) -> None:
    """Every gate with every number of controls; would catch a wrong share of an angle or a wire swapped backwards."""
    assert can_fold(circuit)
    assert distance(dense(program_of(circuit)), unitary(circuit)) < 1e-8


@settings(max_examples=60, deadline=None)
@given(circuits(controls=1))
def test_interaction_forms_become_programs(circuit: FlatCircuit) -> None:
    assert distance(dense(program_of_form(from_circuit(circuit))), unitary(circuit)) < 1e-8


@settings(max_examples=60, deadline=None)
@given(programs(letters=2))
def test_programs_become_interaction_forms(program: PauliProgram) -> None:
    """Back and forth, and renamed: the inputs take over the names of the outputs."""
    names = tuple(range(program.width))
    form = form_of(program)
    wanted = dense(program)
    assert distance(dense(PauliProgram(program.width, program_of_form(form).rotations, program.outputs)), wanted) < 1e-8
    assert form.two_qubit_gates <= program.two_qubit_gates
    moved = renamed(form, program.outputs)
    again = dense(program_of_form(moved))
    tensor = wanted.reshape(-1, *(2,) * program.width)
    inputs = moved.inputs or names
    assert distance(tensor.transpose(0, *(1 + q for q in inputs)).reshape(wanted.shape), again) < 1e-8
    exchanged = renamed(form, program.outputs, may_rename=False)
    assert exchanged.inputs is None
    assert distance(dense(program_of_form(exchanged)), wanted) < 1e-8


@pytest.mark.parametrize("row", [Op("barrier", (0, 1)), Op("x", (0,), (), 0, 1)])
def test_what_cannot_be_folded(row: Op) -> None:
    assert not can_fold(FlatCircuit(2, rows=[row], origins=[None]))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(programs(), st.sampled_from(STYLES), st.booleans()), min_size=1, max_size=6))
def test_synthesis(chosen: list[tuple[PauliProgram, Style, bool]]) -> None:
    """Several problems at once, each equal to its source; would catch a wrong conjugation or a mix-up of problems."""
    folded = [fold(program, is_reduced) for program, _, is_reduced in chosen]
    results = synthesise_paulis(folded, [style for _, style, _ in chosen], [10**6] * len(chosen), range(len(chosen)))
    for (program, _, _), result in zip(chosen, results, strict=True):
        assert result is not None
        assert all((x | z).bit_count() < 3 for x, z, _ in result.rotations)
        assert distance(dense(result), dense(program)) < 1e-8


def test_synthesis_of_many_rotations() -> None:
    """More rows than three words hold, and a bound that is kept."""
    generator = random.Random(7)
    rotations = [(generator.randrange(32), generator.randrange(32), generator.uniform(-1, 1)) for _ in range(230)]
    program = PauliProgram(5, rotations, (2, 0, 1, 4, 3))
    folded = fold(program)
    assert len(folded.rotations) > 192
    styles = [Style(), Style(0.3)]
    first, second = synthesise_paulis([folded, folded], styles, [10**6] * 2, [1, 1])
    assert first is not None
    assert second is not None
    for result in (first, second):
        assert distance(dense(result), dense(program)) < 1e-8
    cost = first.two_qubit_gates
    again = synthesise_paulis([folded, folded], styles, [cost - 1, 10**6], [1, 1])
    assert again[0] is None
    assert again[1] is not None


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**9))
def test_cliffords(seed: int) -> None:
    """No rotation left: only the tableau is reduced, a permutation costs nothing."""
    generator = random.Random(seed)
    width = generator.randint(2, 5)
    outputs = list(range(width))
    generator.shuffle(outputs)
    for most in (0, 30):
        rotations = [(generator.randrange(1 << width), generator.randrange(1 << width), np.pi / 2) for _ in range(most)]
        program = PauliProgram(width, rotations, tuple(outputs))
        (result,) = synthesise_paulis([fold(program)], [Style()], [10**6], [1])
        assert result is not None
        assert most or not result.rotations
        assert distance(dense(result), dense(program)) < 1e-8


def test_a_rotation_and_a_clifford_about_the_same_string_are_one() -> None:
    """exp(-i t/2 ZZ) next to cz is one two-qubit gate, also where it is taken apart."""
    cz = [(0, 3, -np.pi / 2), (0, 1, np.pi / 2), (0, 2, np.pi / 2)]
    program = PauliProgram(2, [(0, 3, 0.4), *cz], (0, 1))
    (result,) = synthesise_paulis([fold(program)], [Style()], [10], [1])
    assert result is not None
    assert result.two_qubit_gates == 1


def test_elimination() -> None:
    """The way out where greed is stuck always ends, with the same Clifford."""
    generator = random.Random(3)
    program = PauliProgram(
        5, [(generator.randrange(32), generator.randrange(32), np.pi / 2) for _ in range(40)], tuple(range(5))
    )
    images = fold(program).images
    columns = [
        np.array(
            [[sum((image[kind] >> q & 1) << row for row, image in enumerate(images))] for q in range(5)], np.uint64
        )
        for kind in (0, 1)
    ]
    signs = np.array([sum(is_negative(image) << row for row, image in enumerate(images))], np.uint64)
    x, z, signs = columns[0][None], columns[1][None], signs[None]
    moves = np.array(_eliminate(x, z, signs, 0), np.int32).tobytes()
    qubits = qubits_of(x, z, signs).astype(np.int32).tobytes()
    result = program_of_solution(Folded(5, [], images), PauliSolution(b"", moves, qubits, 0, 0, 0, 0))
    assert distance(dense(result), dense(program)) < 1e-8


def improved(program: PauliProgram, seed: int, rounds: int, limits: WindowLimits, longer: float = 0.0) -> PauliProgram:
    """After so many rounds of windows."""
    draw = random.Random(seed)
    program = tidied(program)
    for _ in range(rounds):
        program = improved_in_round(program, draw, Meter(), limits, longer=longer)
    return program


@settings(max_examples=30, deadline=None)
@given(programs(letters=2), st.integers(0, 99))
def test_windows(program: PauliProgram, seed: int) -> None:
    """Would catch an entry moved past one it does not commute with, or a name or a Clifford lost on the way."""
    wanted = dense(program)
    assert distance(dense(tidied(program)), wanted) < 1e-8
    shorter = improved(program, seed, 3, WindowLimits((3, 6), (2, 3)))
    assert distance(dense(shorter), wanted) < 1e-8
    assert shorter.two_qubit_gates <= program.two_qubit_gates
    other = improved(program, seed, 3, WindowLimits((3, 6), (2, 3)), longer=1.0)
    assert distance(dense(other), wanted) < 1e-8


def test_windows_find_what_is_there() -> None:
    """A block and its inverse, around something on other wires, vanish."""
    generator = random.Random(1)
    block = [(1 << a | 1 << b, generator.choice([0, 1 << a | 1 << b]), 0.1 + a) for a in range(3) for b in range(a)] * 2
    back = [(x, z, -angle) for x, z, angle in reversed(block)]
    program = PauliProgram(5, [*block, (24, 0, 0.3), *back], (0, 1, 2, 3, 4))
    assert improved(program, 0, 8, WindowLimits((12, 14), (3, 3))).two_qubit_gates == 1


def test_windows_repeat() -> None:
    """Equal seeds give equal programs."""
    generator = random.Random(5)
    rotations = [
        (1 << a | 1 << b, 1 << b, generator.choice(ANGLES))
        for a, b in [generator.sample(range(6), 2) for _ in range(60)]
    ]
    program = PauliProgram(6, rotations, (0, 1, 2, 3, 4, 5))
    first, second = (improved(program, 3, 4, NARROW) for _ in range(2))
    assert first.rotations == second.rotations
    assert improved(program, 4, 4, NARROW).rotations != first.rotations
