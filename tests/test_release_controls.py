"""Controls that gates do not need: circuits stay the same, and programs under a control cost as they should.

Would catch a pair that a gate between them keeps apart, one across a barrier or across a change of the control, pairs
that cross without commuting, a product that is -1 in place of 1, and a control of a phase taken for another wire.
"""

from __future__ import annotations

import random

import pytest

from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import FlatCircuit, Op, canonical
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import TARGETS
from ionqdsl.passes.context import PassContext
from ionqdsl.passes.release_controls import release_controls
from tests.control_problems import block, gate, inverse
from tests.counting import two_qubit_gates
from tests.random_circuits import assert_exact, circuit


def released(source: FlatCircuit) -> FlatCircuit:
    return release_controls(source, PassContext(TARGETS["forte"], Options()))


@pytest.mark.parametrize("seed", range(12))
def test_random_circuits_stay_the_same(seed: int) -> None:
    draw = random.Random(seed)
    before = after = 0
    for _ in range(8):
        width = draw.randint(3, 5)
        rows: list[Op] = []
        for _ in range(2):
            controls = draw.sample(range(width), draw.randint(1, width - 2) if width < 5 else 2)
            rows += block(draw, 2, [wire for wire in range(width) if wire not in controls], controls)
            if draw.random() < 0.4:
                rows.insert(draw.randrange(len(rows) + 1), gate(draw, [*range(width)], []))
        source = circuit(width, *rows)
        result = released(source)
        assert_exact(source, result)
        before += sum(canonical(op).controls for op in source.rows)
        after += sum(canonical(op).controls for op in result.rows)
    assert after < 0.95 * before


X, RZ = Op("x", (0, 1, 2), (), 2), Op("rz", (0, 2), (Angle(0, 0.3),), 1)


def controls(*rows: Op, width: int = 4) -> list[int]:
    source = circuit(width, *rows)
    result = released(source)
    assert_exact(source, result)
    return [canonical(op).controls for op in result.rows]


def test_by_hand() -> None:
    """Qubit 0 is the control that a pair of Toffolis on 1 and 2 can do without."""
    assert controls(X, RZ, X) == [1, 1, 1]
    assert controls(X, Op("h", (3,)), RZ, X) == [1, 0, 1, 1]  # elsewhere
    assert controls(X, Op("rx", (2,), (Angle(0, 0.3),)), RZ, X) == [1, 0, 1, 1]  # commutes
    assert controls(X, Op("h", (2,)), RZ, X) == [2, 0, 1, 2]  # happens without the control
    assert controls(X, Op("barrier", (2,)), RZ, X) == [2, 0, 1, 2]
    assert controls(X, RZ, Op("x", (0,)), X) == [2, 1, 0, 2]  # under the opposite control
    assert controls(X, RZ, Op("y", (0, 1, 2), (), 2)) == [2, 1, 2]
    whole = Op("rx", (0, 2), (Angle(1),), 1)  # twice it is 1, once it is -1
    assert controls(whole, RZ, whole) == [0, 1, 0]
    assert controls(whole, RZ, RZ) == [1, 1, 1]


def test_pairs_that_cross() -> None:
    """Layers of gates on different wires come back in any order; those that share a wire only in the opposite one."""
    h1, h2, z = Op("h", (0, 1), (), 1), Op("h", (0, 2), (), 1), Op("z", (0, 1, 2), (), 2)
    assert controls(h1, h2, z, h1, h2) == [0, 0, 2, 0, 0]
    one, other = Op("x", (0, 1, 2), (), 2), Op("x", (0, 2, 1), (), 2)
    assert sum(controls(one, other, RZ, one, other)) == 7  # one of both pairs
    swaps = Op("swap", (0, 1, 2), (), 1), Op("swap", (0, 2, 3), (), 1)
    assert sum(controls(*swaps, RZ, *swaps)) == 3


def test_a_phase_has_no_target() -> None:
    """A controlled z is the same from either wire, so that each may be the control that goes."""
    assert controls(Op("z", (1, 0), (), 1), RZ, Op("z", (0, 1), (), 1)) == [0, 1, 0]


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_computation_under_controls_costs_what_its_middle_does(count: int) -> None:
    """The gates that compute and compute back are there once each, whatever the number of controls."""
    own, (a, b, c) = tuple(range(count)), (count, count + 1, count + 2)

    def rows(around: tuple[int, ...], inside: tuple[int, ...]) -> list[Op]:
        compute = [("h", (a,)), ("x", (a, b)), ("t", (b,)), ("x", (a, b, c))]
        there = [Op(name, (*around, *on), (), len(around) + len(on) - 1) for name, on in compute]
        middle = Op("ry", (*inside, c), (Angle(0, 0.3),), len(inside))
        return [*there, middle, *map(inverse, reversed(there))]

    everything, by_hand = (circuit(count + 3, *rows(around, own)) for around in (own, ()))
    assert_exact(everything, by_hand)
    assert two_qubit_gates(everything, "unitary") <= two_qubit_gates(by_hand, "unitary")
