"""Phases that no measurement sees: they go, and only they, so that all outcomes keep their probabilities.

Would catch a phase dropped before a Hadamard, a flip with a free sign whose target a later gate turns, one before a
barrier, and a contract that promises phases.
"""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ionqdsl.ir.angle import turns
from ionqdsl.ir.circuit import FlatCircuit, Op
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import TARGETS
from ionqdsl.passes import transpile
from ionqdsl.passes.context import PassContext
from ionqdsl.passes.cost import cost_of
from ionqdsl.passes.drop_barriers import drop_barriers
from ionqdsl.passes.drop_unseen_phases import drop_unseen_phases
from ionqdsl.passes.networks.read_rows import read
from ionqdsl.passes.networks.unseen_phases import with_free_signs
from ionqdsl.verify import equivalent
from tests.paired import with_pairs
from tests.random_circuits import assert_same_measurement, circuit, matrix

KINDS = {
    **dict.fromkeys(("h", "t", "x", "z", "y", "v"), 1),
    **dict.fromkeys(("cnot", "swap", "cz", "ch", "cry", "zz"), 2),
    **dict.fromkeys(("ccx", "ccz", "cswap"), 3),
    **dict.fromkeys(("cccx", "cccy", "cccs"), 4),
}
"""Names for this file -> qubits; letters c before a gate of the table are controls."""

FLIPS = ("x", "cnot", "swap", "cz", "ccx", "ccz", "cccx", "cccy", "cccs", "t")


def row(kind: str, *qubits: int) -> Op:
    """A row of the table."""
    gate = kind.lstrip("c") if kind != "cnot" else kind
    angles = (turns(0.15),) if gate in ("zz", "ry") else ()
    return Op(gate, qubits, angles, 0 if kind == "cnot" else len(kind) - len(gate))


def drawn(seed: int, width: int, kinds: tuple[str, ...], length: int) -> FlatCircuit:
    """A random circuit that begins with gates of all kinds and ends with gates of these."""
    draw = random.Random(seed)
    rows = []
    for place in range(length):
        kind = draw.choice((*KINDS,) if place < length // 3 else kinds)
        rows.append(row(kind, *draw.sample(range(width), KINDS[kind])))
    return circuit(width, *rows)


def dropped(source: FlatCircuit, preserve: str = "measurement") -> FlatCircuit:
    return drop_unseen_phases(source, PassContext(TARGETS["forte"], Options("forte", 2, preserve=preserve)))


@given(st.integers(0, 10**6), st.sampled_from([FLIPS, (*KINDS,), ("ccx", "ccx", "ch", "cnot", "h")]))
@settings(deadline=None)
def test_outcomes_stay_for_every_input(seed: int, kinds: tuple[str, ...]) -> None:
    source = drawn(seed, 4 + seed % 2, kinds, 14)
    assert_same_measurement(source, dropped(source))


@given(st.integers(0, 10**6), st.sampled_from([("ccx", "cnot", "t"), ("ccx", "ccz", "cnot", "x", "t", "h", "cz")]))
@settings(deadline=None)
def test_outcomes_of_networks_stay_for_every_input(seed: int, kinds: tuple[str, ...]) -> None:
    source = drawn(seed, 4, kinds, 12)
    plain = circuit(4, *[each for op in source.rows for each in broken(op)])
    found = with_pairs(plain, "measurement")
    if found is not None:
        assert_same_measurement(plain, found)


def broken(op: Op) -> list[Op]:
    """A row in gates with one control, as the passes before would leave it."""
    from ionqdsl.passes.break_wide_gates import break_wide_gates
    from ionqdsl.passes.gather_controls import gather_controls

    context = PassContext(TARGETS["forte"], Options("forte", 2))
    return break_wide_gates(gather_controls(circuit(5, op), context), context).rows


@given(st.integers(0, 10**6))
@settings(deadline=None)
def test_outcomes_of_networks_from_zeros(seed: int) -> None:
    """Rotations first, so that the Toffolis see superpositions, and last, so that phases are seen."""
    draw = random.Random(seed)
    source = drawn(seed, 5, ("ccx", "ccx", "cnot", "x", "z", "h"), 9)
    turned = [Op("rx", (wire,), (turns(draw.random()),)) for wire in range(5) for _ in range(draw.randint(0, 1))]
    plain = circuit(5, *turned, *[each for op in source.rows for each in broken(op)], *turned)
    found = with_pairs(plain, "outcomes")
    if found is not None:
        chances = [np.abs(matrix(each)[:, 0]) ** 2 for each in (plain, found)]
        assert np.abs(chances[0] - chances[1]).max() < 1e-9


@pytest.mark.parametrize("preserve", ["measurement", "outcomes"])
def test_a_pair_with_opposite_targets_between_what_is_seen(preserve: str) -> None:
    """The second Toffoli of the pair gets x around it, which are more gates than the network had."""
    pair = [row("ccx", 0, 1, 2), row("x", 2), row("ccx", 2, 3, 4), row("ccx", 0, 1, 2)]
    seen = [Op("rx", (wire,), (turns(0.1 + wire / 50),)) for wire in range(5)]
    source = circuit(5, *seen, *pair, *seen)
    found = with_pairs(circuit(5, *[each for op in source.rows for each in broken(op)]), preserve)
    assert found is not None
    assert sum(op.gate == "x" and not op.controls for op in found.rows) == 3
    assert equivalent(source, found, "unitary")


@given(st.integers(0, 10**6), st.sampled_from(["measurement", "outcomes"]))
@settings(max_examples=5, deadline=None)
def test_whole_compilations(seed: int, preserve: str) -> None:
    source = drawn(seed, 4 + seed % 2, FLIPS, 9)
    options = Options("forte", 2, preserve=preserve)
    result, _, report = transpile(source, TARGETS["forte"], options, checked=True)
    verdict = equivalent(source, result, preserve, report.inputs)
    assert verdict, verdict


def gates_for(source: FlatCircuit, preserve: str = "measurement") -> int:
    return cost_of(transpile(source, TARGETS["forte"], Options("forte", 2, preserve=preserve))[0]).two_qubit_gates


@pytest.mark.parametrize(("controls", "most"), [(2, 3), (3, 6), (4, 12), (5, 18), (6, 26)])
def test_flips_under_many_controls(controls: int, most: int) -> None:
    """Maslov 2016: a Toffoli of relative phase takes three, one with three controls six; each further four to eight."""
    assert gates_for(circuit(controls + 1, Op("x", tuple(range(controls + 1)), (), controls))) <= most


def test_toffolis_take_three_interactions_where_only_flips_follow() -> None:
    flips = [row("ccx", 0, 1, 3), row("ccx", 3, 2, 0)]
    assert gates_for(circuit(4, *flips)) <= 6
    seen = [row("h", wire) for wire in range(4)]
    assert gates_for(circuit(4, *flips, *seen)) > 6
    assert gates_for(circuit(4, *flips), "permuted") > 6


@pytest.mark.parametrize("controls", [(0, 1), (1, 0)])
def test_toffolis_end_on_the_pair_where_the_next_one_may_begin(controls: tuple[int, int]) -> None:
    """By hand: only wire 1 is flipped between both, so their interactions on wires 0 and 2 meet."""
    rows = [row("ccx", *controls, 2), row("ccx", 3, 4, 1), row("ccx", *controls, 2)]
    network = with_free_signs(read([(op, None) for op in rows]), [True] * 3)
    assert [gate.wires for gate in network.gates][::2] == [(1, 0, 2)] * 2


def test_toffolis_take_three_interactions_where_their_targets_are_zero() -> None:
    """By hand: two into fresh qubits, one of them computed back, between rotations that see all phases."""
    ands = [row("ccx", 0, 1, 2), row("ccx", 2, 4, 3), row("ccx", 0, 1, 2)]
    turned = [Op("rx", (wire,), (turns(0.1 + wire / 50),)) for wire in range(5)]
    source = circuit(5, *turned[:2], turned[4], *ands, *turned)
    assert gates_for(source, "outcomes") <= 9
    assert gates_for(source, "measurement") > 9  # the one between its own pair needs five


def test_only_phases_that_are_not_seen_go() -> None:
    """By hand: the control of the last gate is free, its target is not; a barrier ends the search."""
    ccs, last = Op("s", (0, 1, 2), (), 2), row("ch", 0, 3)
    assert dropped(circuit(4, ccs, last)).rows == [last]
    for kept in (
        circuit(4, ccs, row("ch", 3, 0)),
        circuit(4, ccs, Op("barrier", (0, 1))),
        circuit(4, ccs, row("cnot", 2, 1), row("h", 1)),
        circuit(4, ccs, row("swap", 2, 3), row("v", 3)),
    ):
        assert dropped(kept) is kept
    assert dropped(circuit(4, ccs, row("cnot", 2, 1), row("h", 3))).rows == [row("cnot", 2, 1), row("h", 3)]
    assert dropped(circuit(4, ccs, row("swap", 2, 3), row("v", 2))).rows == [row("swap", 2, 3), row("v", 2)]
    for strict in ("unitary", "permuted"):
        source = circuit(4, ccs)
        assert dropped(source, strict) is source


def barrier(*qubits: int) -> Op:
    return Op("barrier", qubits)


def test_barriers_that_separate_nothing_go() -> None:
    """By hand: nothing is before the first two, nothing after the last two; those between have rows on both sides."""
    h, cnot = row("h", 0), row("cnot", 0, 1)
    kept = [h, barrier(0, 1), cnot, barrier(1, 2), row("h", 1)]
    source = circuit(3, barrier(0, 1, 2), barrier(2), *kept, barrier(1), barrier(0, 1, 2))
    assert drop_barriers(source).rows == kept
    for same in (circuit(3, *kept), circuit(3, h, barrier(0, 1), row("h", 1))):
        again = drop_barriers(same)
        assert [op for op in again.rows if op.gate != "barrier"] == [op for op in same.rows if op.gate != "barrier"]
    assert drop_barriers(circuit(3, *kept)).rows == kept
    pinned = Op("barrier", (0,), (), 0, 1)
    assert pinned.pinned
    assert drop_barriers(circuit(1, pinned)).rows == [pinned]


def test_a_barrier_before_the_measurements_hides_nothing() -> None:
    """As other tools write programs; at level 0 the barrier stays."""
    flips = [row("h", 0), row("h", 1), row("ccx", 0, 1, 2)]
    assert gates_for(circuit(3, *flips, barrier(0, 1, 2))) == gates_for(circuit(3, *flips)) == 3
    plain = transpile(circuit(1, row("h", 0), barrier(0)), TARGETS["forte"], Options("forte", 0))[0]
    assert [op.gate for op in plain.rows][-1] == "barrier"
