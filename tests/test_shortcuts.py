"""Work that passes leave out could not have changed their result: each shortcut against the long way.

A candidate that is not tried though it would have won, a block that is not decomposed though it shrinks, forms taken
for alike that are not, and a chain that is not found: each fails here.
"""

from __future__ import annotations

import importlib
import math
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ionqdsl.algebra import free_fermions
from ionqdsl.algebra.interactions import Interaction, Interactions
from ionqdsl.algebra.numeric_forms import content_of
from ionqdsl.algebra.paulis import anticommute
from ionqdsl.algebra.rotations import IDENTITY, Axes, X, Y, Z
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import FlatCircuit, Op
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import TARGETS
from ionqdsl.passes import PassContext
from ionqdsl.passes.choose_native import choose_native
from ionqdsl.passes.cost import cost_of, fewest_translated
from ionqdsl.passes.interactions.pairs import SweptForm, swept
from ionqdsl.passes.interactions.resynthesise_pairs import resynthesised

ANGLES = (0.0, 0.3, math.pi / 2, math.pi, 2 * math.pi, 4 * math.pi, 1e-15, 1e-11)


@pytest.mark.parametrize("machine", ["aria", "forte"])
def test_no_translation_has_fewer_two_qubit_gates_than_its_bound(machine: str) -> None:
    """Also for whole turns and rounding, which a translation may drop; the bound is reached for the others."""
    rows = [Op(gate, (0, 1), (Angle(0, size),)) for gate in ("xx", "yy", "zz") for size in ANGLES]
    rows += [Op(gate, (0, 1), (Angle(0, size),), 1) for gate in ("rx", "ry", "rz", "p") for size in ANGLES]
    rows += [Op(gate, (0, 1), (), 1) for gate in ("h", "x", "y", "z", "s", "v")]
    rows += [Op("cnot", (0, 1)), Op("swap", (0, 1))]
    context = PassContext(TARGETS[machine], Options())
    reached = 0
    for op in rows:
        circuit = FlatCircuit(2, rows=[op], origins=[None])
        translated = cost_of(choose_native(circuit, context)).two_qubit_gates
        assert fewest_translated(circuit) <= translated, op
        reached += fewest_translated(circuit) == translated > 0
    assert reached > len(rows) / 3


def forms(draw: random.Random) -> Interactions:
    """Interactions on two pairs of wires, most along perpendicular axes and many by quarter turns."""
    letters, items = (X, Y, Z), []
    for _ in range(draw.randrange(2, 6)):
        a, b = draw.choice(((0, 1), (0, 1), (0, 1), (1, 2)))
        number = draw.randrange(3)
        other = draw.choice((number, number, number, number, draw.randrange(3)))
        t = draw.choice((math.pi / 4, math.pi / 4, 0.7, 0.75, 0.75, -0.3, 1e-13))
        items.append(Interaction(a, b, letters[number], letters[other], t, None))
    return Interactions(3, items, [IDENTITY] * 3)


@given(st.integers(0, 1 << 40), st.booleans(), st.sampled_from(["unitary", "unitary", "measurement"]))
@settings(max_examples=150, deadline=None)
def test_blocks_that_are_not_decomposed_would_have_stayed(seed: int, may_rename: bool, preserve: str) -> None:
    module: Any = importlib.import_module("ionqdsl.passes.interactions.resynthesise_pairs")
    results = []
    for decide in (module._may_shrink, lambda *_: True):
        axes = Axes()
        form, blocks = swept(forms(random.Random(seed)), axes)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(module, "_may_shrink", decide)
            results.append(resynthesised(form, blocks, axes, may_rename, preserve).form.items)
    assert results[0] == results[1]


def test_forms_have_one_content_after_a_sweep_if_their_items_are_equal() -> None:
    draw = random.Random(3)
    pairs = set()
    for number in range(300):
        form = forms(random.Random(number % 30))
        draw.shuffle(form.items)
        sweep = SweptForm(form, Axes())
        pairs.add((sweep.content, content_of(sweep.form)))
    assert len(pairs) == len({content for content, _ in pairs}) == len({items for _, items in pairs})
    assert 30 < len(pairs) < 290


@given(st.lists(st.tuples(st.integers(0, 15), st.integers(0, 15)), min_size=1, max_size=12, unique=True))
@settings(max_examples=100, deadline=None)
def test_chains_and_parts_are_those_of_the_definition(strings: list[tuple[int, int]]) -> None:
    near = free_fermions._neighbours(strings)
    for one, mask in zip(strings, near, strict=True):
        assert [mask >> k & 1 for k in range(len(strings))] == [anticommute(*one, *other) for other in strings]
    for start in range(len(strings)):
        chain = free_fermions._chain(start, near)
        for k, place in enumerate(chain):  # neighbours alone anticommute
            assert [anticommute(*strings[place], *strings[other]) for other in chain[:k]] == [False] * (k - 1) + [
                True
            ] * (k > 0)
        rest = [other for other in range(len(strings)) if other not in chain]
        for other in rest:  # no other string goes on
            met = [anticommute(*strings[other], *strings[place]) for place in chain]
            assert met != [False] * (len(chain) - 1) + [True]
    parts = free_fermions._parts(strings)
    assert sorted(string for part in parts for string in part) == sorted(strings)
    where = {string: number for number, part in enumerate(parts) for string in part}
    for one in strings:
        assert all(where[one] == where[other] for other in strings if anticommute(*one, *other))
