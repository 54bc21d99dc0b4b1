"""The solvers of Pauli syntheses take the same steps: the compiled kernel, and numpy for many problems at once.

Would catch a hash or a tie that the two decide differently, a step that depends on the other problems, and a bound that
changes a result or ends a synthesis that keeps it.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable

import numpy as np
import pytest

from ionqdsl.algebra.compiled import HAS_KERNEL
from ionqdsl.algebra.paulis import Folded, fold, identity_images
from ionqdsl.passes.rotations.fold_rotations import program_of
from ionqdsl.passes.rotations.pauli_problems import PauliProblem, PauliSolution, Style
from ionqdsl.passes.rotations.reduce_tableaus import least_gates
from ionqdsl.passes.rotations.solve_in_step import solve_in_step
from ionqdsl.passes.rotations.synthesise_paulis import (
    Meter,
    Syntheses,
    _packed,
    fastest_solver,
    solve_compiled,
    solved_in_styles,
    synthesise_paulis,
)
from tests.bench import corpus
from tests.random_problems import problems_of, random_folded

needs_kernel = pytest.mark.skipif(not HAS_KERNEL, reason="the kernel was not built: python kernel/build.py")

SHAPES = [  # wires, rotations, letters; words end at 64 rows, two are looked at, and a tableau has 2n rows
    (1, 0, 1), (1, 3, 1), (2, 0, 2), (2, 7, 2), (3, 40, 3), (5, 63, 4), (5, 64, 4), (6, 65, 6), (4, 128, 2),
    (7, 129, 3), (9, 200, 3), (31, 20, 2), (32, 20, 2), (33, 20, 3), (12, 500, 3), (63, 10, 2), (64, 9, 2),
    (65, 8, 3), (130, 6, 2),
]  # fmt: skip


@needs_kernel
@pytest.mark.parametrize(("width", "count", "letters"), SHAPES)
def test_the_kernel_takes_the_steps_of_the_reference(width: int, count: int, letters: int) -> None:
    draw = random.Random(f"{width} {count}")
    problems = problems_of(draw, random_folded(draw, width, count, letters))
    assert solve_compiled(problems) == solve_in_step(problems)


@needs_kernel
def test_many_small_problems() -> None:
    draw = random.Random(os.environ.get("IONQDSL_SEED", "7"))
    problems = []
    for _ in range(60):
        folded = random_folded(draw, draw.randint(2, 8), draw.randrange(30), draw.randint(1, 8))
        problems += problems_of(draw, folded, 2)
    solutions = solve_compiled(problems)
    assert solutions == solve_in_step(problems)
    assert 5 < sum(solution.events is None for solution in solutions) < 60


@needs_kernel
@pytest.mark.skipif(not corpus.names(), reason="the folder of benchmark circuits is not here")
@pytest.mark.parametrize("name", ["adder_n10", "vqe_uccsd_n4", "qpe_n9", "multiplier_n15", "grover_5"])
def test_real_circuits(name: str) -> None:
    problems = problems_of(random.Random(1), fold(program_of(corpus.circuit(name))))
    assert solve_compiled(problems) == solve_in_step(problems)


def test_a_problem_is_solved_alike_alone_and_among_others() -> None:
    """Narrower and wider ones, shorter and longer ones, and one that ends early."""
    draw = random.Random(5)
    problems = []
    for width, count in ((5, 12), (3, 4), (9, 25), (6, 140), (2, 0)):
        problems += problems_of(draw, random_folded(draw, width, count, 3))
    together = solve_in_step(problems)
    assert [solve_in_step([problem])[0] for problem in problems] == together
    assert solve_in_step(problems[::-1]) == together[::-1]


def test_a_problem_is_solved_alike_in_many_styles_at_once() -> None:
    folded = random_folded(random.Random(5), 6, 20, 4)
    styles, seeds = (Style(), Style(0.2, 0.3, 0.03), Style(0.7, 0.0, 0.0, -0.05)), (7, 8, 9)
    apart = [
        solve_in_step([PauliProblem(6, *_packed(folded), style.weights, 25, seed)])[0]
        for style, seed in zip(styles, seeds, strict=True)
    ]
    assert solved_in_styles([Syntheses(folded, styles, seeds, 25)] * 2) == [apart, apart]


@pytest.mark.parametrize("solver", [pytest.param(solve_compiled, marks=needs_kernel), solve_in_step])
def test_a_bound_ends_a_synthesis_early_and_changes_no_other(solver: Callable[..., list[PauliSolution]]) -> None:
    """Under each bound either the synthesis without one, if it has no more gates, or none, and then no more work."""
    draw = random.Random(os.environ.get("IONQDSL_SEED", "11"))
    early = 0
    for width, count, letters in ((1, 3, 1), (2, 0, 2), (5, 0, 5), (6, 14, 3), (9, 8, 3), (4, 40, 2), (12, 130, 3)):
        given = problems_of(draw, random_folded(draw, width, count, letters), 1)[0]
        (free,) = solver([given._replace(bound=10**6)])
        gates = free.two_qubit_gates
        for bound in {-1, 0, *range(max(0, gates - width - 2), gates + 3)}:
            (found,) = solver([given._replace(bound=bound)])
            if gates <= bound:
                assert found == free
            else:
                assert found.events is found.moves is found.qubits is None
                assert found.steps <= bound + 1
                assert found.sums <= free.sums
                early += found.steps < bound
    assert early > 10


def test_no_fewer_gates_join_wires_than_their_rows_need() -> None:
    """Checked against the graph of wires that share a row, searched wire by wire."""
    draw = random.Random(3)
    for _ in range(200):
        width, count = draw.randint(1, 9), draw.randint(1, 70)
        rows = [draw.getrandbits(width) & draw.getrandbits(width) & draw.getrandbits(width) for _ in range(count)]
        seen: set[int] = set()
        least = 0
        for start in range(width):
            queue = [] if start in seen else [start]
            seen.add(start)
            for wire in queue:
                for other in {b for row in rows if row >> wire & 1 for b in range(width) if row >> b & 1} - seen:
                    seen.add(other)
                    queue.append(other)
                    least += 1
        columns = [sum((row >> wire & 1) << place for place, row in enumerate(rows)) for wire in range(width)]
        here = np.array([[[column >> 64 * word & (1 << 64) - 1 for word in range(2)] for column in columns]], np.uint64)
        assert least_gates(here).tolist() == [least]


def test_equal_steps_are_decided_by_the_seed() -> None:
    """Every parity of three of six qubits: several seeds are several tries."""
    folded = Folded(6, [(0, mask, 0.3) for mask in range(64) if mask.bit_count() == 3], identity_images(6))
    programs = synthesise_paulis([folded] * 8, [Style()] * 8, [10**6] * 8, range(8))
    assert len({tuple(program.rotations) for program in programs if program}) == 8


def test_the_meter_counts_the_same_for_both() -> None:
    draw = random.Random(4)
    folded = random_folded(draw, 7, 50, 4)
    meters = [Meter(), Meter()]
    for meter, solver in zip(meters, (fastest_solver(), solve_in_step), strict=True):
        synthesise_paulis([folded] * 3, [Style()] * 3, [10**6, 5, 10**6], [1, 2, 3], meter, solver)
    assert meters[0] == meters[1]
    assert meters[0].seconds > 0
    assert min(meters[0].steps, meters[0].scores, meters[0].sums, meters[0].entries) > 0
