"""Syntheses that leave steps to chance: they find forms that the styles without it miss, and every run finds the same.

The counts are those that pytket's GreedyPauliSimp reaches, whose result keeps the unitary up to a permutation. Would
catch a chance that is never taken, one that makes a result longer, and one that differs from run to run.
"""

from __future__ import annotations

import random
from itertools import combinations

import pytest

import ionqdsl as iq
from ionqdsl.algebra.compiled import HAS_KERNEL
from ionqdsl.algebra.numeric_forms import items_content
from ionqdsl.algebra.paulis import fold
from ionqdsl.passes.rotations.fold_rotations import program_of
from ionqdsl.passes.rotations.pauli_problems import PauliSolution
from ionqdsl.passes.rotations.solution_forms import form_of_solution
from ionqdsl.passes.rotations.try_styles import tried, tried_by_chance
from ionqdsl.passes.rotations.windows import _new_styles

ALL = list(combinations(range(4), 2))
RING = [(3, 0), (0, 1), (1, 2), (2, 3)]


def layers(pairs: list[tuple[int, int]], count: int) -> iq.Circuit:
    """Layers of rx with angles of their own, and of cz on some pairs between them."""
    circuit = iq.Circuit(4)
    for layer in range(count + 1):
        for qubit in range(4):
            circuit.rx(0.3 + 0.17 * (4 * layer + qubit), qubit)
        for pair in pairs if layer < count else []:
            circuit.cz(*pair)
    return circuit


@pytest.mark.parametrize(("pairs", "count", "others"), [(ALL, 2, 9), (RING, 3, 11)])
def test_layers_of_rotations(pairs: list[tuple[int, int]], count: int, others: int) -> None:
    circuit = layers(pairs, count)
    native = iq.compile(circuit, target="forte", level=2, preserve="permuted", verify=True)
    assert native.stats().two_qubit_gates <= others
    assert iq.equivalent(circuit, native, "permuted")


def test_only_shorter_ones_are_kept() -> None:
    folded = fold(program_of(layers(ALL, 2)))
    plain = tried([folded], 100)
    found = tried_by_chance([folded], plain, 100)
    assert found
    renamed, still = min(one.renamed for one in plain), min(one.still for one in plain)
    assert all(one.renamed < renamed or one.still < still for one in found)
    assert [one.found for one in tried_by_chance([folded], plain, 100)] == [one.found for one in found]
    assert not tried_by_chance([folded], [*plain, *found], 100)


@pytest.mark.parametrize("count", [0, 3, 40])
def test_a_round_draws_the_same_numbers_however_few_styles_it_makes(count: int) -> None:
    few, all_of_them = random.Random(5), random.Random(5)
    styles = _new_styles(few, count)
    assert styles == _new_styles(all_of_them)[:count]
    assert few.random() == all_of_them.random()


@pytest.mark.skipif(not HAS_KERNEL, reason="the kernel was not built: python kernel/build.py")
def test_tries_with_the_same_steps_share_one_form() -> None:
    """The one that the kernel writes for each of them; a form of other steps, or of the inverse, would differ."""
    tries = tried([fold(program_of(layers(ALL, 2)))], 100)
    forms = [one.form for one in tries]
    for one, form in zip(tries, forms, strict=True):
        assert isinstance(one.found, PauliSolution)
        assert one.way.angles is not None
        own = form_of_solution(one.way.folded, one.way.angles, one.found, one.way.is_inverse)
        assert (own.outputs, own.strings, items_content(own.form)) == (one.outputs, one.strings, items_content(form))
    steps = {(one.way.is_inverse, one.found[:3]) for one in tries if isinstance(one.found, PauliSolution)}
    assert 2 < len(steps) == len({id(form) for form in forms}) < len(tries)
