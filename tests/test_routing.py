"""Circuits routed on machines that do not connect every pair: the same results, only on connected pairs.

Would catch a swap that is lost or doubled, a register that reads the wrong qubit, a barrier or a verbatim row that
moves, and a route that costs more than the shortest one.
"""

from __future__ import annotations

import os
import random
from fractions import Fraction
from itertools import permutations

import dynamic_programs
import numpy as np
import pytest
from by_hand import product, turned
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
from ionqdsl.passes.routing.merged_pairs import NO_AXIS, PARTIAL, QUARTER, MergedPairs, PairStep
from ionqdsl.passes.routing.places import Places
from ionqdsl.passes.routing.router import FreeEnds, routes
from ionqdsl.passes.routing.steps import problem
from ionqdsl.passes.routing.swap_search import Attempt, Queues, Route, RoutingProblem, Weights
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
    assert "declare 1 qubit for the path" in str(caught.value.diagnostics[0].helps)
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


def ordered(pairs: list[tuple[int, int]], places: Places) -> RoutingProblem:
    """Interactions in this order wherever two share a wire, of which nothing merges."""
    steps: list[PairStep | None] = [PairStep(PARTIAL)] * len(pairs)
    return problem(list(pairs), steps, [(NO_AXIS, NO_AXIS)] * len(pairs), apart(), places)


def apart() -> MergedPairs:
    return MergedPairs(lambda one, other: False, merges=False)


@pytest.mark.parametrize("returns", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_small_problems_are_solved_exactly(seed: int, returns: bool) -> None:
    """A swap costs three gates, so that the fewest swaps are the least cost. Every pair shares wires with the next."""
    rng = np.random.default_rng(seed)
    pairs = [(0, 1), *[tuple(map(int, rng.permutation(3)[:2])) for _ in range(4)], (2, 3)]
    places = Places(4, LINE)
    best = routes(ordered(pairs, places), places, FreeEnds(not returns, False), seed=0, most=1)[0]
    swaps = sum(step.number < 0 for step in best.steps)
    assert swaps == fewest_swaps(pairs, places, returns)
    assert best.cost == 6 + 3 * swaps


def follow(best: Route, pairs: list[tuple[int, int]], places: Places) -> None:
    """Checks that a route does every step once, on the places of its wires, and on connected pairs."""
    place = list(best.start)
    assert sorted(place) == list(range(places.width))
    for step in best.steps:
        if step.number < 0:
            one, other = (place.index(p) for p in step.places)
            place[one], place[other] = place[other], place[one]
        else:
            assert step.places == tuple(place[wire] for wire in pairs[step.number])
        assert tuple(sorted(step.places)) in places.pairs
    assert tuple(place) == best.end
    assert sorted(step.number for step in best.steps if step.number >= 0) == list(range(len(pairs)))


@pytest.mark.parametrize(
    "free", [FreeEnds(*ends) for ends in ((False, False), (True, False), (False, True), (True, True))]
)
def test_the_heuristic_keeps_the_ends_that_are_not_free(free: FreeEnds) -> None:
    """A grid of 30 places and far pairs that all commute; the same seed finds the same routes."""
    grid = {(i, i + 1) for i in range(29) if i % 6 != 5} | {(i, i + 6) for i in range(24)}
    places = Places(30, grid)
    pairs = [(i, 29 - i) for i in range(15)] + [(i, (i * 7 + 3) % 30) for i in range(29)]
    pairs = [(a, b) for a, b in pairs if a != b]
    steps: list[PairStep | None] = [PairStep(QUARTER, 0, 0)] * len(pairs)
    one_group = problem(list(pairs), steps, [(0, 0)] * len(pairs), apart(), places)
    found = routes(one_group, places, free, seed=1, most=3, effort=0.1)
    for route in found:
        follow(route, pairs, places)
        assert free.start or route.start == tuple(range(30))
        assert free.end or route.end == tuple(range(30))
    assert [route.cost for route in found] == sorted(route.cost for route in found)
    assert routes(one_group, places, free, seed=1, most=3, effort=0.1) == found


def test_the_work_of_one_attempt_grows_with_the_steps_and_not_faster() -> None:
    """Distances compared by single attempts on problems of one, two and four times as many steps."""
    places = Places(16, {(i, i + 1) for i in range(15) if i % 4 != 3} | {(i, i + 4) for i in range(12)})
    weights = Weights(0.45, 0.33, 1, 0.0, is_nearest_first=True)
    work = []
    for count in (200, 400, 800):
        rng = np.random.default_rng(1)
        pairs = [tuple(map(int, rng.choice(16, 2, replace=False))) for _ in range(count)]
        steps = ordered(pairs, places)
        attempt = Attempt(steps, Queues(steps, 16), places, range(16))
        attempt.run(random.Random(0), weights, returns=False)
        follow(attempt.route(), pairs, places)
        work.append(attempt.weighed)
    assert work[1] < 2.5 * work[0]
    assert work[2] < 2.5 * work[1]


def interaction(axes: tuple[int, int], t: float) -> np.ndarray:
    """exp(-i t A (x) B) of two Pauli matrices by their numbers."""
    return turned(product("XYZ"[axis] for axis in axes), 2 * t)


@pytest.mark.parametrize("seed", range(30))
def test_merged_pairs_are_counted_like_their_unitaries(seed: int) -> None:
    """Random interactions along X, Y and Z and swaps of one pair: never fewer than the unitary needs."""
    rng = np.random.default_rng(seed)
    merged = MergedPairs(lambda one, other: one != other)
    state, unitary = 0, np.eye(4)
    swap = np.eye(4)[[0, 2, 1, 3]]
    for _ in range(rng.integers(1, 5)):
        if rng.random() < 0.3:
            state, unitary = merged.swapped(state), swap @ unitary
            continue
        first, second = map(int, rng.integers(0, 3, 2))
        is_quarter = rng.random() < 0.6
        state = merged.after(state, PairStep(QUARTER if is_quarter else PARTIAL, first, second))
        unitary = interaction((first, second), np.pi / 4 if is_quarter else rng.uniform(0.1, 0.7)) @ unitary
    assert merged.costs[state] >= gates_needed(unitary)


def gates_needed(unitary: np.ndarray) -> int:
    """The interactions a unitary of two qubits needs, from the spectrum of its gamma matrix.

    V. Shende, S. Bullock, I. Markov, Phys. Rev. A 70, 012310 (2004), for interactions by any angle: none if gamma is
    the identity up to a sign or a factor i, at most two if its trace is real.
    """
    unitary = unitary / np.linalg.det(unitary) ** 0.25
    flips = product("YY")
    gamma = unitary @ flips @ unitary.T @ flips
    values = np.sort(np.angle(np.linalg.eigvals(gamma)))
    if np.abs(gamma - gamma[0, 0] * np.eye(4)).max() < 1e-7:
        return 0
    spectra = [np.linalg.eigvals(1j**turn * gamma) for turn in range(2)]
    for spectrum in spectra:  # pairs e^{ix}, e^{ix}, e^{-ix}, e^{-ix}: one interaction
        angles = np.sort(np.abs(np.angle(spectrum)))
        if angles[3] - angles[0] < 1e-6 and abs(spectrum.sum().imag) < 1e-6:
            return 1
    assert len(values) == 4
    return 2 if any(abs(spectrum.sum().imag) < 1e-6 for spectrum in spectra) else 3


@given(st.data(), st.integers(0, 2))
@settings(max_examples=8, deadline=None)
def test_registers_follow_qubits_that_end_elsewhere(data: st.DataObject, level: int) -> None:
    """Under `registers`, outputs are free: the registers' distribution is the same, by matrices written by hand."""
    circuit = data.draw(programs())
    pairs = data.draw(connected(circuit.width))
    if len(pairs) == circuit.width * (circuit.width - 1) // 2:
        return
    result, report = routed(circuit, pairs, level=level, preserve="registers", verify=True)
    assert report.verdict
    ((name, slots),) = circuit.registers
    ((other_name, places),) = result.registers
    assert other_name == name
    if report.outputs is not None:
        assert places == tuple(report.outputs[slot] for slot in slots)
    before, after = (marginal(one, read) for one, read in ((circuit, slots), (result, places)))
    assert np.abs(before - after).max() < 1e-7


def marginal(circuit: FlatCircuit, slots: tuple[int, ...]) -> np.ndarray:
    """The distribution of two qubits from |0...0>."""
    shares = (np.abs(matrix(circuit)[:, 0]) ** 2).reshape((2,) * circuit.width)
    others = tuple(qubit for qubit in range(circuit.width) if qubit not in slots)
    shares = shares.sum(axis=others)
    return shares if slots[0] < slots[1] else shares.T


def test_free_outputs_save_the_swaps_back() -> None:
    """The ends of a chain interact three times with the middle: no swap is left once they need not come home."""
    text = "qubit q[4]\nh q[0]\ncnot q[0], q[3]\ncnot q[3], q[1]\ncnot q[1], q[2]\nregister m = q\n"
    result, report = routed(circuit_of(text), LINE, preserve="registers", verify=True)
    assert cost_of(result).two_qubit_gates <= 3
    assert report.verdict
    kept, _ = routed(circuit_of(text), LINE, verify=True)
    assert kept.registers == (("m", (0, 1, 2, 3)),)
    _, report = routed(circuit_of(text.replace("register m = q\n", "")), LINE, preserve="registers", verify=True)
    assert report.outputs is None  # all qubits are read, each at its own place
    assert report.verdict


@pytest.mark.parametrize("seed", range(int(os.environ.get("IONQDSL_ROUTED", "12"))))
def test_circuits_that_measure_in_the_middle_are_routed(seed: int) -> None:
    """The registers' distribution by an engine of its own, on a line, under the contracts that differ in their ends."""
    circuit = circuit_of(dynamic_programs.text(seed, has_blocks=False))
    pairs = frozenset((i, i + 1) for i in range(circuit.width - 1))
    if not pairs:
        return
    before = dynamic_programs.registers(circuit)
    for preserve in ("registers", "measurement", "unitary"):
        result, _ = routed(circuit, pairs, level=seed % 3, preserve=preserve)
        assert dynamic_programs.far(before, dynamic_programs.registers(result)) < 1e-7, preserve
