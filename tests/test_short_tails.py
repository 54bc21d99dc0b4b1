"""The Clifford at the end of a program becomes shorter, and the program stays the same.

Checked by dense matrices. Would catch a factor on the wrong end, a sign that is lost, a qubit that is read elsewhere,
a diagonal on the wrong side of a measurement, and a kernel that decides otherwise than numpy.
"""

from __future__ import annotations

import random
from itertools import pairwise, permutations

import numpy as np
import pytest
from sympy.combinatorics import Permutation

from ionqdsl.algebra import compiled
from ionqdsl.algebra.compiled import HAS_KERNEL
from ionqdsl.algebra.paulis import QUARTER, PauliProgram, fold
from ionqdsl.passes.cliffords.factor_cliffords import factors_of
from ionqdsl.passes.cliffords.factors import WIDEST, Goal
from ionqdsl.passes.rotations.shorten_tails import Tail, TailContract, exchanges, with_short_tail
from tests.test_paulis import dense, distance

KINDS = [TailContract(is_still=True), TailContract(), TailContract(is_measured=True)]


def clifford(draw: random.Random, width: int, count: int) -> PauliProgram:
    """Quarter turns about one and two letters, and a permutation."""
    rotations = []
    for _ in range(count):
        x = z = 0
        for wire in draw.sample(range(width), draw.choice([1, 2, 2])):
            letter = draw.randrange(3)
            x, z = x | (letter < 2) << wire, z | (letter > 0) << wire
        rotations.append((x, z, QUARTER * draw.choice([1, 2, -1])))
    return PauliProgram(width, rotations, tuple(draw.sample(range(width), width)))


@pytest.mark.parametrize("kept", KINDS)
@pytest.mark.parametrize("seed", range(12))
def test_programs_stay_the_same(seed: int, kept: TailContract) -> None:
    draw = random.Random(seed)
    width = draw.randint(2, 5)
    tail = clifford(draw, width, 8 * width)
    before = clifford(draw, width, 6).rotations
    rotations = [*before, (1, 2, 0.3), *tail.rotations] if seed % 2 else tail.rotations
    program = PauliProgram(width, rotations, tail.outputs)
    short = with_short_tail(Tail(program), kept)
    assert short is not None
    gates = program.two_qubit_gates + 3 * exchanges(program.outputs) * kept.is_still
    assert short.two_qubit_gates < gates
    if kept.is_still:
        assert short.outputs == tuple(range(width))
    one, other = dense(short), dense(program)
    if kept.is_measured:
        phases = np.diag(one @ other.conj().T)
        assert np.allclose(abs(phases), 1, atol=1e-9)
    else:
        assert distance(one, other) < 1e-9


def test_exchanges_are_counted_circle_by_circle() -> None:
    """sympy counts the transpositions of a permutation by circles of its own."""
    for outputs in permutations(range(5)):
        assert exchanges(outputs) == len(Permutation(list(outputs)).transpositions()), outputs


def flips(*pairs: tuple[int, int]) -> list[tuple[int, int, float]]:
    """Each flips the second wire if the first is |1>, up to turns of both."""
    return [
        turn for a, b in pairs for turn in ((1 << b, 1 << a, QUARTER), (0, 1 << a, -QUARTER), (1 << b, 0, -QUARTER))
    ]


@pytest.mark.parametrize(
    ("outputs", "rotations", "still", "renamed"),
    [
        ((1, 0), flips((0, 1), (1, 0), (0, 1)), 0, 0),  # an exchange by gates, and back by names
        ((0, 1), flips((0, 1), (1, 0), (0, 1), (0, 1), (0, 1)), 3, 0),  # three gates, as is known
        ((0, 1, 2), flips((0, 1), (1, 2), (0, 1)), 2, 2),  # 0 flips 2 as well, and not 1
        ((0, 1, 2, 3), flips(*pairwise(range(4)), *pairwise(range(4))), 2, 2),  # 0 flips 2 alone, 1 flips 3
        ((0, 1, 2), flips((0, 1), (0, 1), (1, 2), (0, 1), (0, 1)), 1, 1),
    ],
)
def test_the_fewest_gates_of_small_cliffords(
    outputs: tuple[int, ...], rotations: list[tuple[int, int, float]], still: int, renamed: int
) -> None:
    """Counts by hand."""
    program = PauliProgram(len(outputs), rotations, outputs)
    for kept, most in ((TailContract(is_still=True), still), (TailContract(), renamed)):
        short = with_short_tail(Tail(program), kept)
        assert short is not None, kept
        assert short.two_qubit_gates == most, kept


def test_a_diagonal_is_not_measured() -> None:
    """zz on every pair, a Hadamard, and zz again: only the first ones are seen."""
    pairs = [(0, 1 << a | 1 << b, QUARTER) for a in range(4) for b in range(a)]
    ys = [(1 << q, 1 << q, QUARTER) for q in range(4)]
    short = with_short_tail(Tail(PauliProgram(4, [*pairs, *ys, *pairs], (0, 1, 2, 3))), TailContract(is_measured=True))
    assert short is not None
    assert short.two_qubit_gates <= 5  # one less than six, by local complementation


@pytest.mark.parametrize("width", [9, 16])
def test_a_dense_clifford_takes_at_most_half_of_its_cells(width: int) -> None:
    """A greedy search takes more than n^2/2 gates, or none that leads anywhere, on such tableaus."""
    short = with_short_tail(Tail(clifford(random.Random(width), width, 4 * width * width)), TailContract(is_still=True))
    assert short is not None
    assert short.two_qubit_gates < width * width / 2


@pytest.mark.parametrize("kept", KINDS[:2])
@pytest.mark.parametrize("seed", range(12))
def test_programs_written_qubit_by_qubit_stay_the_same(
    seed: int, kept: TailContract, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on many wires, where no matrix could tell."""
    monkeypatch.setattr("ionqdsl.passes.rotations.shorten_tails.WIDEST", 1)
    draw = random.Random(seed)
    width = draw.randint(2, 5)
    program = clifford(draw, width, 12 * width)
    short = with_short_tail(Tail(program), kept)
    assert short is not None
    assert distance(dense(short), dense(program)) < 1e-9
    if kept.is_still:
        assert short.outputs == tuple(range(width))


@pytest.mark.parametrize("kept", KINDS[:2])
def test_a_wide_clifford_takes_at_most_half_of_its_cells(kept: TailContract) -> None:
    """Its images, which decide a Clifford, stay; and no search that takes long is begun."""
    wide = WIDEST + 4
    program = clifford(random.Random(wide), wide, 2 * wide * wide)
    short = with_short_tail(Tail(program), kept)
    assert short is not None
    assert short.two_qubit_gates < wide * wide / 2
    assert fold(short).images == fold(program).images
    assert with_short_tail(Tail(short), TailContract(is_measured=True)) is None


@pytest.mark.skipif(not HAS_KERNEL, reason="the kernel was not built: python kernel/build.py")
@pytest.mark.parametrize("width", [2, 3, 5, 8, 32])
def test_the_kernel_takes_the_steps_of_numpy(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    draw = random.Random(width)
    images = fold(clifford(draw, width, min(6 * width, 60))).images
    goals = [Goal(bool(k & 1), bool(k & 2), draw.randint(1, 4), draw.choice([3, 80]), 1 + k % 2) for k in range(4)]
    found = [factors_of(images, goal) for goal in goals]
    monkeypatch.setattr(compiled, "IS_WANTED", False)
    assert [factors_of(images, goal) for goal in goals] == found


@pytest.mark.skipif(not HAS_KERNEL, reason="the kernel was not built: python kernel/build.py")
@pytest.mark.parametrize("seed", range(6))
def test_the_kernel_ends_no_search_that_would_arrive(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """It gives up once no state can arrive in the steps left: Cliffords of few gates, and about as many steps."""
    draw = random.Random(seed)
    problems = []
    for _ in range(40):
        length, width = draw.randint(0, 5), draw.randint(3, 7)
        images = fold(clifford(draw, width, length)).images
        goal = Goal(draw.random() < 0.5, draw.random() < 0.3, draw.randint(1, 3), max(0, length + draw.randint(-2, 1)))
        problems.append((images, goal))
    found = [factors_of(*problem) for problem in problems]
    assert sum(factors is None for factors in found) > 5 < sum(bool(factors) for factors in found)
    monkeypatch.setattr(compiled, "IS_WANTED", False)
    assert [factors_of(*problem) for problem in problems] == found


def test_rounding_to_quarter_turns_is_counted() -> None:
    """An angle that is taken for a quarter turn is away from it by so much."""
    rotations = [(x, z, angle + 1e-13) for x, z, angle in flips((0, 1), (1, 0), (0, 1))]
    short = with_short_tail(Tail(PauliProgram(2, rotations, (1, 0), 1e-12)), TailContract(is_still=True))
    assert short is not None
    assert short.neglected == pytest.approx(1e-12 + 9e-13, rel=1e-2)


@pytest.mark.skipif(not HAS_KERNEL, reason="the kernel was not built: python kernel/build.py")
@pytest.mark.parametrize(
    "wrong",
    [
        (1, 64, 56),
        (33, 1056, 412),
        (3, 88, 52),
        (3, 96, 48),
        (3, 96, 52, 3),
        (3, 96, 52, 1, 0, 0),
        (3, 96, 52, 1, 0, 1, -1),
    ],
)
def test_the_kernel_refuses_buffers_of_other_sizes(wrong: tuple[int, ...]) -> None:
    """Wires, the bytes of rows and of terms; then sides, whether qubits stay, places and limit."""
    width, rows, terms, *rest = wrong
    sides, is_still, places, limit = [*rest, *(1, 0, 1, 5)[len(rest) :]]
    with pytest.raises(ValueError, match="sizes"):
        compiled.kernel.factors(width, bytes(rows), bytes(terms), sides, is_still, places, limit)
