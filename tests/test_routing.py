"""Circuits routed on machines that do not connect every pair: the same results, only on connected pairs.

Would catch a swap that is lost or doubled, a register that reads the wrong qubit, a barrier or a verbatim row that
moves, and a route that costs more than the shortest one.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_circuits import matrix
from test_interactions import renamed

import ionqdsl as iq
from ionqdsl.diagnostics import CompileError
from ionqdsl.diagnostics.source import Source
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.characterization import Characterization
from ionqdsl.ir.circuit import BARRIER, FlatCircuit, Op
from ionqdsl.ir.contracts import PRESERVE
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import TARGETS
from ionqdsl.passes import Report, transpile
from ionqdsl.passes.cost import cost_of
from ionqdsl.passes.router import PARTIAL, QUARTER, Places, RoutingProblem, routes
from ionqdsl.pipeline import load

LINE = frozenset({(0, 1), (1, 2), (2, 3)})


def machine(pairs: frozenset[tuple[int, int]] | None) -> Characterization:
    return Characterization("a machine", one_qubit=0.9998, two_qubit=0.995, pairs=pairs)


def routed(circuit: FlatCircuit, pairs: frozenset[tuple[int, int]], **options: object) -> tuple[FlatCircuit, Report]:
    """The circuit compiled for a machine of these pairs, which must hold all its two-qubit rows."""
    given_options = Options(characterization=machine(pairs), **options)  # type: ignore[arg-type]
    result, _, report = transpile(circuit, TARGETS["forte"], given_options, checked=True)
    used = {tuple(sorted(op.qubits)) for op in result.rows if len(op.qubits) == 2 and op.gate != BARRIER}
    assert used <= pairs
    return result, report


def circuit_of(text: str) -> FlatCircuit:
    return load(Source(text))[0].runs[0]


@st.composite
def connected(draw: st.DrawFn, width: int) -> frozenset[tuple[int, int]]:
    """A tree on renamed places, and perhaps more pairs."""
    names = draw(st.permutations(range(width)))
    pairs = {(draw(st.integers(0, b - 1)), b) for b in range(1, width)}
    pairs |= draw(st.sets(st.tuples(st.integers(0, width - 2), st.integers(1, width - 1)), max_size=2))
    return frozenset((min(names[a], names[b]), max(names[a], names[b])) for a, b in pairs if a != b)


@st.composite
def programs(draw: st.DrawFn) -> FlatCircuit:
    width = draw(st.integers(3, 5))
    circuit = FlatCircuit(width, registers=(("r", (width - 1, 0)),))
    for _ in range(draw(st.integers(1, 12))):
        gate = draw(st.sampled_from(["h", "t", "rx", "cnot", "cnot", "zz", "xx", "swap", "ccx", BARRIER]))
        count = {"h": 1, "t": 1, "rx": 1, "ccx": 3}.get(gate, 2)
        qubits = tuple(draw(st.permutations(range(width)))[:count])
        angle = Angle(Fraction(draw(st.integers(1, 31)), 32))
        angles = (angle,) if gate in ("rx", "zz", "xx") else ()
        circuit.add(Op("x" if gate == "ccx" else gate, qubits, angles, 2 if gate == "ccx" else 0))
    return circuit


@given(st.data(), st.integers(0, 3), st.sampled_from(PRESERVE[:4]))
@settings(max_examples=40, deadline=None)
def test_a_routed_circuit_does_the_same(data: st.DataObject, level: int, preserve: str) -> None:
    """Against matrices that are written by hand, for random circuits and random connected machines."""
    circuit = data.draw(programs())
    pairs = data.draw(connected(circuit.width))
    if len(pairs) == circuit.width * (circuit.width - 1) // 2:
        return
    result, _ = routed(circuit, pairs, level=level, preserve=preserve, effort=0.02)
    assert result.registers == circuit.registers
    before, after = matrix(circuit), matrix(result)
    if preserve == "outcomes":
        assert np.abs(np.abs(before[:, 0]) - np.abs(after[:, 0])).max() < 1e-7
        return
    if preserve == "unitary":
        assert result.inputs is None
    before = renamed(before, result.inputs, circuit.width)
    axis = None if preserve in ("unitary", "permuted") else 1
    overlap = (before.conj() * after).sum(axis=axis, keepdims=True)
    assert np.abs(before * overlap / np.abs(overlap) - after).max() < 1e-7


def test_a_verbatim_row_stays_where_it_is_and_one_on_other_pairs_is_refused() -> None:
    text = "qubit q[4]\ncnot q[0], q[3]\nnative { zz(0.1) q[1], q[2] }\ncnot q[0], q[3]\n"
    result, report = routed(circuit_of(text), LINE, verify=True)
    assert [op.qubits for op in result.rows if op.pinned] == [(1, 2)]
    assert report.verdict
    with pytest.raises(CompileError, match="QC0763") as caught:
        routed(circuit_of("qubit q[4]\ncnot q[0], q[3]\nnative { zz(0.1) q[0], q[2] }\n"), LINE)
    (error,) = caught.value.diagnostics
    assert error.facts["near"] == (1,)


@pytest.mark.parametrize("level", [0, 2])
def test_a_barrier_follows_its_qubits_and_a_waiting_time_stays(level: int) -> None:
    """The interactions on the two sides of the barrier would merge on any pair on which it does not stand."""
    text = "gateset native\nqubit q[3]\nzz(0.1) q[0], q[2]\nbarrier q[0], q[2]\nzz(0.1) q[0], q[2]\n"
    source = circuit_of(text).replace(gateset="qis")
    source = source.replace(rows=[op._replace(gate="zz" if op.gate == "zz_native" else op.gate) for op in source.rows])
    result, _ = routed(source, frozenset({(0, 1), (1, 2)}), level=level)
    place = next(number for number, op in enumerate(result.rows) if op.gate == BARRIER)
    pairs = [{tuple(sorted(op.qubits)) for op in rows} for rows in (result.rows[:place], result.rows[place + 1 :])]
    (barrier,) = [op for op in result.rows if op.gate == BARRIER]
    assert tuple(sorted(barrier.qubits)) in pairs[0] & pairs[1]
    wait = circuit_of("gateset native\nqubit q[3]\ngpi2(0) q[0]\nnop(2) \nms(0, 0) q[0], q[2]\n")
    result, _ = routed(wait, frozenset({(0, 1), (1, 2)}), level=level)
    assert [op.qubits for op in result.rows if op.gate == "nop"] == [()]


def test_qubits_that_no_way_connects_are_refused_with_the_qubits_to_declare() -> None:
    bell = circuit_of("qubit q[2]\nh q[0]\ncnot q[0], q[1]\n")
    with pytest.raises(CompileError, match="QC0762") as caught:
        routed(bell, frozenset({(0, 2), (1, 2)}))
    assert "declare 1 more" in str(caught.value.diagnostics[0].helps)
    wider = bell.replace(width=3, wires=())
    assert routed(wider, frozenset({(0, 2), (1, 2)}), verify=True)[1].verdict
    with pytest.raises(CompileError, match="QC0762") as caught:
        routed(bell, frozenset({(0, 2), (1, 3)}))
    assert "leaves the placement to the service" in str(caught.value.diagnostics[0].helps)


def test_a_circuit_that_fits_is_not_changed() -> None:
    chain = circuit_of("qubit q[4]\nh q[0]\ncnot q[0], q[1]\ncnot q[1], q[2]\ncnot q[2], q[3]\n")
    plain, _, _ = transpile(chain, TARGETS["forte"], Options(characterization=machine(None)))
    assert routed(chain, LINE)[0] == plain


def test_open_parameters_and_sweeps_are_routed() -> None:
    theta = iq.param("theta")
    circuit = iq.Circuit(4).h(0).xx(theta, 0, 3).cnot(3, 0)
    result, report = routed(circuit, LINE, verify=True)
    assert result.symbols == ("theta",)
    assert report.verdict


def test_a_swap_next_to_an_interaction_of_its_pair_is_merged() -> None:
    """A cnot and a swap are two interactions, so that the second cnot costs one more, not three."""
    circuit = circuit_of("qubit q[3]\nh q[0]\ncnot q[0], q[1]\ncnot q[0], q[2]\n")
    result, _ = routed(circuit, frozenset({(0, 1), (1, 2)}))
    assert cost_of(result).two_qubit_gates == 3


def fewest_swaps(pairs: list[tuple[int, int]], places: Places, returns: bool) -> int:
    """By trying everything: breadth first over placements, the interactions done in their order."""
    home = tuple(range(places.width))
    layer = dict.fromkeys([home] if returns else permutations(home), 0)

    def done(place: tuple[int, ...], count: int) -> int:
        while count < len(pairs) and tuple(sorted(place[wire] for wire in pairs[count])) in places.pairs:
            count += 1
        return count

    layer = {place: done(place, 0) for place in layer}
    for swaps in range(20):
        if layer.get(home) == len(pairs):
            return swaps
        following = dict(layer)
        for place, count in layer.items():
            for p, q in places.pairs:
                after = tuple([q if x == p else p if x == q else x for x in place])
                following[after] = max(following.get(after, 0), done(after, count))
        layer = following
    raise AssertionError


@pytest.mark.parametrize("returns", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_small_problems_are_solved_exactly(seed: int, returns: bool) -> None:
    """The cost without merging is three for each swap, so that the fewest swaps are the least cost."""
    rng = np.random.default_rng(seed)
    pairs = [tuple(map(int, rng.choice(4, 2, replace=False))) for _ in range(6)]
    places = Places(4, LINE)
    chain = [[number - 1] if number else [] for number in range(6)]
    after = [[number + 1] if number < 5 else [] for number in range(6)]
    problem = RoutingProblem(pairs, [PARTIAL] * 6, chain, after, places.neighbours)
    best = routes(problem, places, is_start_free=not returns, seed=0, most=1)[0]
    swaps = sum(step.number < 0 for step in best.steps)
    assert swaps >= fewest_swaps(pairs, places, returns)
    assert best.cost <= 6 + 3 * fewest_swaps(pairs, places, returns)


def test_the_heuristic_ends_on_a_machine_that_is_wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """A grid of 30 places and far pairs; every wire ends at home, which `routes` replays."""
    grid = {(i, i + 1) for i in range(29) if i % 6 != 5} | {(i, i + 6) for i in range(24)}
    places = Places(30, grid)
    pairs = [(i, 29 - i) for i in range(15)] + [(i, (i * 7 + 3) % 30) for i in range(29)]
    pairs = [(a, b) for a, b in pairs if a != b]
    empty: list[list[int]] = [[] for _ in pairs]
    problem = RoutingProblem(pairs, [QUARTER] * len(pairs), empty, empty, places.neighbours)
    for is_free in (True, False):
        best = routes(problem, places, is_free, seed=1, most=1, effort=0.01)[0]
        place = list(best.start)
        assert is_free or place == list(range(30))
        for step in best.steps:
            if step.number < 0:
                one, other = (place.index(p) for p in step.places)
                place[one], place[other] = place[other], place[one]
            else:
                assert step.places == tuple(place[wire] for wire in pairs[step.number])
            assert tuple(sorted(step.places)) in grid
        assert place == list(range(30))
        assert sorted(step.number for step in best.steps if step.number >= 0) == list(range(len(pairs)))
