"""Level 3 gives circuits equal to their source, never costlier than level 2's, and the same every time.

Checked by dense simulation of the output of the whole pipeline. Would catch a program joined or cut at the wrong place,
an input permutation lost between candidates or in the report, a candidate that is another circuit, and seeds that
depend on the clock.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ionqdsl.algebra.circuit_forms import from_circuit
from ionqdsl.algebra.numeric_forms import content_of
from ionqdsl.algebra.paulis import PauliProgram, fold
from ionqdsl.diagnostics.source import Source, Span
from ionqdsl.ir.angle import radians
from ionqdsl.ir.circuit import FlatCircuit, Op
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import TARGETS
from ionqdsl.passes import Report, search, transpile
from ionqdsl.passes.break_wide_gates import break_wide_gates
from ionqdsl.passes.context import PassContext
from ionqdsl.passes.cost import cost_of
from ionqdsl.passes.interactions.restore_inputs import restored, with_swaps, with_swaps_by_item
from ionqdsl.passes.interactions.use_interactions import Met, compressed
from ionqdsl.passes.local_search import walks
from ionqdsl.passes.local_search.race import SearchBudget, _syntheses, searched, walked
from ionqdsl.passes.local_search.walks import Walk
from ionqdsl.passes.resynthesise import Candidates, candidates, native, quick_synthesis
from ionqdsl.passes.rotations.fold_rotations import program_of, renamed
from ionqdsl.passes.rotations.try_styles import best_forms, tried, with_short_tails
from ionqdsl.passes.rotations.window_forms import improved_tries
from ionqdsl.passes.search import searched_candidates
from ionqdsl.record import changed
from ionqdsl.verify import equivalent
from ionqdsl.workers.parcels import Parcel
from tests.bench import corpus
from tests.random_circuits import EIGHTHS, SYMBOLS, assert_exact, bound
from tests.random_circuits import circuits as random_circuits
from tests.test_paulis import circuits, dense, distance


def compiled(
    source: FlatCircuit, preserve: str = "measurement", effort: float = 0.2, **more: Any
) -> tuple[FlatCircuit, Report]:
    options = Options(preserve=preserve, level=3, effort=effort, **more)
    result, _, report = transpile(source, TARGETS[more.get("target") or "aria"], options, checked=True)
    return result, report


@settings(max_examples=20, deadline=None)
@given(
    circuits(most=20, controls=2),
    st.sampled_from(["unitary", "permuted", "measurement", "outcomes"]),
    st.sampled_from(["aria", "forte"]),
)
def test_results_are_equal_and_no_dearer(source: FlatCircuit, preserve: str, target: str) -> None:
    result, report = compiled(source, preserve, target=target)
    verdict = equivalent(source, result, preserve, inputs=report.inputs or range(source.width))
    assert verdict, verdict
    before, _, _ = transpile(source, TARGETS[target], Options(preserve=preserve, level=2))
    assert cost_of(result) <= cost_of(before)


def toffolis(width: int, count: int, seed: int) -> FlatCircuit:
    generator = random.Random(seed)
    rows = [Op("h", (q,)) for q in range(width)]
    rows += [Op("x", tuple(generator.sample(range(width), 3)), (), 2) for _ in range(count)]
    return FlatCircuit(width, rows=rows, origins=[None] * len(rows))


@pytest.mark.parametrize("preserve", ["unitary", "measurement"])
def test_ten_qubits(preserve: str) -> None:
    """Enough rows to be raced, and fewer than merging alone leaves by a margin."""
    source = toffolis(10, 12, 1)
    result, report = compiled(source, preserve, effort=0.3)
    assert equivalent(source, result, preserve, inputs=report.inputs or range(source.width))
    merged, quick = (transpile(source, TARGETS["aria"], Options(preserve=preserve, level=level))[0] for level in (1, 2))
    assert cost_of(result) <= cost_of(quick)
    assert cost_of(result).two_qubit_gates < 0.85 * cost_of(merged).two_qubit_gates


def test_the_permutation_of_inputs_is_reported() -> None:
    """Swaps before and after: several candidates, several sweeps, one permutation in all."""
    inner = toffolis(5, 6, 4).rows
    rows = [Op("swap", (0, 1)), Op("ry", (0,), (radians("0.3"),)), *inner, Op("swap", (2, 4)), Op("swap", (1, 2))]
    source = FlatCircuit(5, rows=[*rows, Op("rx", (4,), (radians("0.4"),))], origins=[None] * (len(rows) + 1))
    for seed in range(3):
        result, report = compiled(source, seed=seed)
        assert report.inputs is not None
        assert equivalent(source, result, "measurement", inputs=report.inputs)
        assert not equivalent(source, result, "measurement", inputs=range(5))


def test_equal_seeds_give_equal_circuits() -> None:
    source = toffolis(8, 20, 3)  # so large that two searches seldom end alike
    first, second, other = (compiled(source, effort=0.3, seed=seed)[0] for seed in (5, 5, 6))
    assert first.rows == second.rows
    assert first.rows != other.rows


def test_between_barriers() -> None:
    """A barrier in the middle: the stretches on both sides are searched, and nothing crosses it."""
    rows = [*toffolis(5, 6, 3).rows, Op("barrier", tuple(range(5))), *toffolis(5, 6, 4).rows]
    source = FlatCircuit(5, rows=rows, origins=[None] * len(rows))
    for preserve in ("unitary", "measurement"):
        result, report = compiled(source, preserve)
        assert equivalent(source, result, preserve, inputs=report.inputs or range(5))
        place = result.rows.index(rows[11])
        halves = [FlatCircuit(5, rows=part, origins=[None] * len(part)) for part in (rows[:11], rows[12:])]
        searched = [cost_of(compiled(half, "unitary", 0.1)[0]).two_qubit_gates for half in halves]  # of 0.2 in all
        ours = [sum(len(op.qubits) == 2 for op in part) for part in (result.rows[:place], result.rows[place + 1 :])]
        assert ours[0] <= searched[0]
        assert ours[1] <= searched[1]


@settings(max_examples=20, deadline=None)
@given(
    random_circuits(SYMBOLS | EIGHTHS),
    st.sampled_from(["unitary", "permuted", "measurement"]),
    st.floats(-3, 3),
    st.floats(-3, 3),
)
def test_parameters_are_searched(source: FlatCircuit, preserve: str, a: float, b: float) -> None:
    """Compiled once, bound afterwards."""
    result, report = compiled(source, preserve)
    values = {"a": a, "b": b}
    inputs = report.inputs or range(source.width)
    verdict = equivalent(bound(source, values), bound(result, values), preserve, inputs=inputs)
    assert verdict, verdict
    if preserve == "unitary":
        assert_exact(source, result, values)


@pytest.mark.parametrize("effort", [0.02, 0.3])
def test_syntheses_in_both_directions(effort: float) -> None:
    """Many, and only two where effort is short."""
    generator = random.Random(3)
    rotations = [(generator.randrange(32), generator.randrange(32), generator.uniform(-1, 1)) for _ in range(60)]
    program = PauliProgram(5, rotations, (1, 0, 2, 4, 3))
    found = _syntheses(program, random.Random(1), SearchBudget(effort), effort / 10)
    assert found
    for result in found:
        assert distance(dense(result), dense(program)) < 1e-8


@settings(max_examples=10, deadline=None)
@given(circuits(most=20, controls=2), st.sampled_from(["unitary", "permuted", "measurement"]), st.integers(0, 99))
def test_walks(source: FlatCircuit, preserve: str, seed: int) -> None:
    """Every form on the way does the same, also of a walk whose windows all become longer."""
    start = best_forms(tried([fold(program_of(source))], 10**6), preserve)[0]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(walks, "LONGER", (0.5,))
        walk = Walk(start, preserve, seed, 0)
        for _ in range(2 * walks.PACE):
            walk.step()
    walk.finish()
    assert walk.two_qubit_gates <= start.two_qubit_gates
    for form in walk.forms:
        setting = PassContext(TARGETS["aria"], Options(preserve=preserve))
        result = native(Candidates([], [form]), source, setting)
        assert equivalent(source, result, preserve, inputs=setting.inputs or range(source.width))


@settings(max_examples=10, deadline=None)
@given(circuits(most=20, controls=1), st.randoms(use_true_random=False), st.sampled_from([0.0, 0.5, 1.0]))
def test_renamed_inputs_are_put_back(source: FlatCircuit, draw: random.Random, share: float) -> None:
    """The same as the source on other wires, with swaps at its end: written here row by row."""
    inputs = draw.sample(range(source.width), source.width)
    form = changed(compressed(from_circuit(source), "unitary"), inputs=tuple(inputs))
    rows = [op._replace(qubits=tuple([inputs[qubit] for qubit in op.qubits])) for op in source.rows]
    for qubit in range(source.width):
        if inputs[qubit] != qubit:
            rows.append(Op("swap", (qubit, inputs[qubit])))
            other = inputs.index(qubit)
            inputs[qubit], inputs[other] = qubit, inputs[qubit]
    expected = source.with_rows((op, None) for op in rows)
    for one in (with_swaps(form, lambda: draw.random() < share), *restored(form, "unitary")):
        setting = PassContext(TARGETS["aria"], Options(preserve="unitary"))
        result = native(Candidates([], [one]), expected, setting)
        assert one.inputs is None
        assert equivalent(expected, result, "unitary")


@given(circuits(most=20, controls=1), st.randoms(use_true_random=False), st.booleans())
def test_swaps_are_the_same_by_numbers_and_by_item(source: FlatCircuit, draw: random.Random, is_named: bool) -> None:
    if is_named:
        source = source.replace(origins=[Span(Source(""), place, place) for place in range(len(source))])
    form = from_circuit(source)
    form = changed(form, inputs=tuple(draw.sample(range(source.width), source.width)))
    seed = draw.random()

    def chances() -> Callable[[], bool]:
        chance = random.Random(seed)
        return lambda: chance.random() < 0.5

    by_item = with_swaps_by_item(form, chances())
    assert with_swaps(form, chances()).items == by_item.items
    assert content_of(with_swaps(form)) == content_of(with_swaps_by_item(form))


def test_swaps_next_to_interactions_cost_two() -> None:
    """A Fourier transform of five qubits has a phase for each pair; its reversal exchanges two of these pairs."""
    rows = []
    for target in range(5):
        rows.append(Op("h", (target,)))
        rows += [
            Op("p", (late, target), (radians(str(math.pi / 2 ** (late - target))),), 1) for late in range(target + 1, 5)
        ]
    form = compressed(from_circuit(FlatCircuit(5, rows=rows, origins=[None] * len(rows))), "unitary")
    assert form.two_qubit_gates == 10
    assert restored(changed(form, inputs=(4, 3, 2, 1, 0)), "unitary")[0].two_qubit_gates == 10 + 2 * 2
    assert compressed(renamed(form, (4, 3, 2, 1, 0), may_rename=False), "unitary").two_qubit_gates == 10 + 2 * 2
    assert not restored(form, "unitary")


def test_a_unitary_is_searched_with_renamed_inputs_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two swaps, each written as three gates of two qubits, around interactions of the same pairs."""
    generator = random.Random(2)
    pairs = [(a, b) for a in range(5) for b in range(a)]
    rows = [Op("zz", pair, (radians(str(generator.uniform(0.2, 0.6))),)) for pair in pairs]
    mixers = [Op("rx", (wire,), (radians("0.4"),)) for wire in range(5)]
    swaps = [Op("cnot", wires) for a, b in ((0, 3), (1, 4)) for wires in ((a, b), (b, a), (a, b))]
    rows = [*rows, *mixers, *swaps[:3], *rows[::-1], *mixers, *swaps[3:]]
    source = FlatCircuit(5, rows=rows, origins=[None] * len(rows))
    result, _ = compiled(source, "unitary", effort=0.05)
    assert equivalent(source, result, "unitary")
    monkeypatch.setattr(search, "_renamed", lambda ways, most: [])
    without, _ = compiled(source, "unitary", effort=0.05)
    assert cost_of(result).two_qubit_gates < cost_of(without).two_qubit_gates


def test_workers_make_no_difference() -> None:
    """A walk goes on in another process as it would here: its draws, its knowledge and its forms travel with it."""
    form = compressed(from_circuit(dicke(4)), "permuted")
    here, there = (Walk(form, "permuted", 5, 1) for _ in range(2))
    for _ in range(2):
        here = walked(here, 0.02).walk
        there = walked(Parcel(there).contents, 0.02).walk
        assert [content_of(one) for one in here.forms] == [content_of(one) for one in there.forms]


def test_a_search_begins_with_the_shortest_forms_of_level_2() -> None:
    """No effort makes it lose them, and one that finds nothing shorter returns them."""
    source = dicke(4)
    form = compressed(from_circuit(source), "unitary")
    found = searched([source], [form], "unitary", 0, SearchBudget(0.01))
    assert found[0].two_qubit_gates <= form.two_qubit_gates
    again = searched([source], [form], "unitary", 0, SearchBudget(0.01))
    assert [content_of(one) for one in found] == [content_of(one) for one in again]


@settings(max_examples=20, deadline=None)
@given(circuits(most=20, controls=2), st.sampled_from(["unitary", "permuted", "measurement"]))
def test_quick(source: FlatCircuit, preserve: str) -> None:
    """One synthesis without a search; the rows are written as they are everywhere."""
    tries = tried([fold(program_of(source))], 10**6)
    for form in best_forms([*tries, *with_short_tails(tries, preserve)], preserve):
        setting = PassContext(TARGETS["aria"], Options(preserve=preserve))
        result = native(Candidates([form], []), source, setting)
        assert equivalent(source, result, preserve, inputs=setting.inputs or range(source.width))
        assert (form.inputs is None) or preserve != "unitary"


@pytest.mark.parametrize(("last", "ways"), [("h", 4), ("ccx", 32)])
def test_few_styles_are_tried_where_every_step_emits_a_rotation(last: str, ways: int) -> None:
    """A cost layer of QAOA, alone and with a Toffoli, whose strings have three letters."""
    rows = [Op("zz", (a, a + 1), (radians("0.3"),)) for a in range(4)]
    rows += [Op("rx", (a,), (radians("0.7"),)) for a in range(5)]
    rows += [Op("zz", (a, a + 1), (radians("0.4"),)) for a in range(4)]
    rows.append(Op("h", (0,)) if last == "h" else Op("cnot", (0, 1, 2), (), 1))
    tries = tried([fold(program_of(FlatCircuit(5, rows=rows, origins=[None] * len(rows))))], 10**6)
    assert len(tries) == ways
    assert all(one.is_direct == (last == "h") for one in tries)


def dicke(width: int) -> FlatCircuit:
    """Prepares the sum of all states with two ones (Baertschi and Eidenbenz, arXiv:1904.07358, figure 2)."""
    rows = [Op("x", (wire,)) for wire in (width - 2, width - 1)]
    for left in range(width, 1, -1):
        top = left - 1
        flips = Op("cnot", (top - 1, top))
        rows += [flips, Op("ry", (top, top - 1), (radians(str(2 * math.acos(left**-0.5))),), 1), flips]
        if left > 2:
            flips = Op("cnot", (top - 2, top))
            turn = Op("ry", (top, top - 1, top - 2), (radians(str(2 * math.acos((2 / left) ** 0.5))),), 2)
            rows += [flips, turn, flips]
    return break_wide_gates(FlatCircuit(width, rows=rows, origins=[None] * len(rows)), PassContext(TARGETS["forte"]))


@pytest.mark.parametrize("preserve", ["unitary", "permuted", "measurement"])
def test_windows_improve_the_best_syntheses(preserve: str) -> None:
    """The preparation of a Dicke state, for which TKET's greedy synthesis took fewer gates than any of ours."""
    source = dicke(8)
    tries = tried([fold(program_of(source))], 10**6)
    forms = improved_tries(tries, preserve, 10**6, Met())
    for form in forms:
        setting = PassContext(TARGETS["aria"], Options(preserve=preserve))
        result = native(Candidates([], [form]), source, setting)
        assert equivalent(source, result, preserve, inputs=setting.inputs or range(source.width))
    if preserve != "unitary":
        assert min(form.two_qubit_gates for form in forms) < min(one.renamed for one in tries) - 4


@pytest.mark.skipif(not corpus.names(), reason="the folder of benchmark circuits is not here")
@pytest.mark.parametrize(("name", "most"), [("wstate_n3", 5), ("vqe_uccsd_n4", 15), ("adder_n10", 46), ("qpe_n9", 26)])
def test_benchmark_circuits(name: str, most: int) -> None:
    """Found with a second of effort, and fewer than any other compiler is known to reach, or as many."""
    source = corpus.circuit(name)
    result, report = compiled(source, effort=0.7)
    assert equivalent(source, result, "measurement", inputs=report.inputs or range(source.width))
    assert cost_of(result).two_qubit_gates <= most


def test_a_rotation_by_nothing_is_nothing() -> None:
    source = FlatCircuit(2, rows=[Op("zz", (0, 1), (radians(0),)), Op("h", (0,))] * 3, origins=[None] * 6)
    assert cost_of(compiled(source)[0]).two_qubit_gates == 0


def test_a_search_says_how_far_it_is() -> None:
    """Shares rise to one, whatever they are shares of; every line names the circuit."""
    said: list[tuple[float, int]] = []
    source = toffolis(8, 10, 5)
    transpile(
        source,
        TARGETS["aria"],
        Options(level=3, effort=0.3),
        progress=lambda share, two_qubit_gates: said.append((share, two_qubit_gates)),
    )
    assert said
    assert [share for share, _ in said] == sorted(share for share, _ in said)
    assert all(0 <= share <= 1 and two_qubit_gates > 0 for share, two_qubit_gates in said)


@pytest.mark.parametrize("preserve", ["unitary", "outcomes"])
def test_level_3_has_all_candidates_of_level_2(preserve: str) -> None:
    """However short the forms are that the search finds: none of level 2 goes without its shorter blocks for them."""
    rows = [Op("x", tuple(random.Random(place).sample(range(4), 3)), (), 2) for place in range(5)]
    context = PassContext(TARGETS["forte"], Options(preserve=preserve, level=3, effort=0.02))
    source = break_wide_gates(FlatCircuit(4, rows=rows, origins=[None] * 5), context)
    known = candidates(source, preserve, quick_synthesis)
    both = searched_candidates(source, context)
    contents = {content_of(form) for form in (*both.exact, *both.synthesised)}
    assert contents >= {content_of(form) for form in (*known.exact, *known.synthesised)}
