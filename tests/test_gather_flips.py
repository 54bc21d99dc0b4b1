"""Flips gathered under more controls: always the same matrix, global phase included.

Would catch a flip that is moved past one it does not commute with, a negated control that is taken for a plain one,
products that are added with a wrong factor, and flips that are wrong by phases which neither cancel nor are free.
"""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ionqdsl.ir.angle import turns
from ionqdsl.ir.circuit import FlatCircuit, Op
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import TARGETS
from ionqdsl.passes import transpile
from ionqdsl.passes.break_wide_gates import break_wide_gates
from ionqdsl.passes.context import PassContext
from ionqdsl.passes.cost import cost_of
from ionqdsl.passes.networks.gather_flips import gathered, with_relative_flips
from ionqdsl.passes.networks.network import FLIP, PHASE, RELATIVE, SWAP, UNDO, H, Network, NetworkGate, written
from ionqdsl.passes.networks.pair_toffolis import other_ways, paired
from ionqdsl.passes.networks.read_rows import read
from ionqdsl.passes.networks.unseen_phases import free_signs
from tests.random_circuits import assert_same_measurement, circuit, matrix


def random_network(draw: random.Random, width: int) -> Network:
    """Flips around a wire that others under up to three controls borrow, again and again, mostly between flips of one
    wire, whose controls are negated then, and now and then other gates.
    """
    borrowed = draw.randrange(width)
    others = [wire for wire in range(width) if wire != borrowed]
    lent = [NetworkGate(FLIP, (*draw.sample(others, 2), borrowed)) for _ in range(2)]
    users = [
        NetworkGate(FLIP, (*draw.sample([borrowed, *draw.sample(others, count)], count + 1), target))
        for count in (1, 1, 2)
        for target in [draw.choice(others)]
    ]
    users = [gate for gate in users if len({*gate.wires}) == len(gate.wires)] or lent
    gates: list[NetworkGate] = []
    for _ in range(draw.randint(2, 4)):
        one, other = draw.choice(users), draw.choice(lent)
        for each in draw.choice(((one, other, one, other), (other, one, other, one), (other, one, other))):
            gates.append(each)
            if draw.random() < 0.4:
                wires = tuple(draw.sample(range(width), 2))
                phase = NetworkGate(PHASE, wires, draw.randrange(1, 8))
                kinds = [NetworkGate(FLIP, wires[:1])] * 3 + [
                    NetworkGate(FLIP, wires),
                    draw.choice(lent),
                    draw.choice(users),
                ]
                gates.append(draw.choice((*kinds, *kinds, phase, NetworkGate(H, wires[:1]))))
    return Network(gates, Fraction(0))


def network_of(rows: list[Op]) -> Network:
    return read([(op, None) for op in rows])


def circuit_of(width: int, network: Network, *, are_whole: bool = False) -> FlatCircuit:
    rows, lacking = written(network, are_whole, width)
    plain = circuit(width, *[op for op, _ in rows])
    return plain.replace(phase=plain.phase + turns(lacking % 1))


@given(st.integers(0, 10**9))
@settings(max_examples=150, deadline=None)
def test_gathered_flips_have_the_same_matrix(seed: int) -> None:
    draw = random.Random(seed)
    width = draw.randint(4, 5)
    source = random_network(draw, width)
    result = gathered(source, width)
    if result is not None:
        wanted = matrix(circuit_of(width, source, are_whole=True))
        for network in (each for found in result.networks for each in (found, paired(found))):
            assert np.abs(wanted - matrix(circuit_of(width, network))).max() < 1e-9


@given(st.integers(0, 10**9))
@settings(max_examples=60, deadline=None)
def test_phases_of_wide_flips_cancel_or_are_free(seed: int) -> None:
    draw = random.Random(seed)
    target, *controls = draw.sample(range(4), 4)
    gates: list[NetworkGate] = []
    for _ in range(4):
        last = target if draw.random() < 0.8 else draw.randrange(4)
        gates.append(NetworkGate(FLIP, (*draw.sample([*{*controls, target} - {last}], 3), last)))
        for _ in range(draw.randrange(3)):
            wires = tuple(draw.sample(range(4), 3))
            few = [NetworkGate(FLIP, wires[:count]) for count in (1, 1, 2, 2, 3)]
            gates.append(draw.choice((*few, NetworkGate(SWAP, wires[:2]), NetworkGate(H, wires[:1]))))
    source = Network(gates, Fraction(0))
    wanted = circuit_of(4, source, are_whole=True)
    assert np.abs(matrix(wanted) - matrix(circuit_of(4, paired(source)))).max() < 1e-9
    free = free_signs(source, from_zeros=False)
    assert_same_measurement(wanted, circuit_of(4, with_relative_flips(source, free)))


@given(st.integers(0, 10**9))
@settings(max_examples=40, deadline=None)
def test_other_ways_to_write_gathered_flips(seed: int) -> None:
    draw = random.Random(seed)
    source = break_wide_gates(circuit_of(5, random_network(draw, 5), are_whole=True), PassContext(TARGETS["forte"]))
    for way in other_ways(source, "measurement"):
        if way.is_looser:
            assert_same_measurement(source, way.circuit)
        else:
            assert np.abs(matrix(source) - matrix(way.circuit)).max() < 1e-9


def test_a_borrowed_wire_is_given_back() -> None:
    """c flips e under a, b and d; four Toffolis that borrow it take 16 interactions, with two pairs."""
    rows = [Op("x", (3, 2, 4), (), 2), Op("x", (0, 1, 2), (), 2)] * 2
    result = gathered(network_of(rows), 5)
    assert result is not None
    assert [(gate.kind, {*gate.wires[:-1]}, gate.wires[-1]) for gate in result.networks[0].gates] == [
        (FLIP, {0, 1, 3}, 4)
    ]


def test_two_wide_flips_cancel_their_phases() -> None:
    """A flip under three controls takes 13 interactions, and 6 next to another one that has the same bits."""
    wide = NetworkGate(FLIP, (0, 1, 2, 3))
    turn = NetworkGate(FLIP, (3, 4))
    back = wide._replace(wires=(2, 0, 1, 3))
    same = paired(Network([wide, turn, back], Fraction(0)))
    assert [gate.kind for gate in same.gates] == [RELATIVE, FLIP, UNDO]
    other = paired(Network([wide, NetworkGate(FLIP, (4, 0)), back], Fraction(0)))
    assert [gate.kind for gate in other.gates] == [FLIP, FLIP, FLIP]


def test_four_toffolis_take_the_interactions_of_one_wide_flip() -> None:
    rows = [Op("x", (3, 2, 4), (), 2), Op("x", (0, 1, 2), (), 2)] * 2
    source = circuit(5, *rows)
    counts = {
        preserve: cost_of(transpile(source, TARGETS["forte"], Options(preserve=preserve))[0]).two_qubit_gates
        for preserve in ("unitary", "measurement")
    }
    assert counts == {"unitary": 13, "measurement": 6}
