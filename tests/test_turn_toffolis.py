"""Toffolis in other roles of their wires: the same unitary, and ends that meet their neighbours.

Would catch an inverse with a wrong root, an `h` that is missing where the target changes, a neighbour on one of two
wires taken for one on both, and a synthesis that changes because another one runs next to it.
"""

from __future__ import annotations

import random
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ionqdsl.ir.circuit import FlatCircuit, Op
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import TARGETS
from ionqdsl.passes import transpile
from ionqdsl.passes.break_wide_gates import break_wide_gates
from ionqdsl.passes.context import PassContext
from ionqdsl.passes.cost import cost_of
from ionqdsl.passes.networks import pair_toffolis
from ionqdsl.passes.networks.turn_toffolis import Toffoli, _with_target, turned
from tests.random_circuits import circuit, matrix

TOFFOLI = FlatCircuit(3, rows=[Op("x", (0, 1, 2), (), 2)], origins=[None])


def narrow(circuit: FlatCircuit) -> FlatCircuit:
    return break_wide_gates(circuit, PassContext(TARGETS["forte"]))


@pytest.mark.parametrize("roles", [*permutations(range(3))])
@pytest.mark.parametrize("is_reversed", [False, True])
def test_every_variant_is_a_toffoli(roles: tuple[int, int, int], is_reversed: bool) -> None:
    toffoli = Toffoli(*roles, is_reversed)
    rows = _with_target(toffoli, 2)
    found = matrix(circuit(3, *rows))
    assert np.abs(found - matrix(TOFFOLI)).max() < 1e-12
    pairs = [frozenset(op.qubits) for op in rows if len(op.qubits) == 2]
    assert [pairs[0], pairs[-1]] == [*map(frozenset, toffoli.ends)]


@given(st.integers(0, 10**6))
@settings(max_examples=40, deadline=None)
def test_turned_circuits_are_the_same(seed: int) -> None:
    draw = random.Random(seed)
    width = draw.randint(3, 5)
    source = FlatCircuit(width)
    for _ in range(draw.randint(1, 12)):
        kind = draw.choice(("ccx", "ccx", "cnot", "h", "t", "barrier"))
        qubits = tuple(draw.sample(range(width), {"ccx": 3, "cnot": 2, "barrier": 2}.get(kind, 1)))
        source.add(Op("x", qubits, (), 2) if kind == "ccx" else Op(kind, qubits))
    plain = narrow(source)
    result = turned(plain)
    assert len(result.origins) == len(result.rows)
    assert np.abs(matrix(plain) - matrix(result)).max() < 1e-10
    barriers = [[op for op in each.rows if op.gate == "barrier"] for each in (plain, result)]
    assert barriers[0] == barriers[1]


def test_they_are_turned_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both the interaction forms and the synthesis try the turned circuit."""
    seen = []
    monkeypatch.setattr(pair_toffolis, "turned", lambda circuit: seen.append(circuit) or turned(circuit))
    source = circuit(4, Op("cnot", (0, 1)), TOFFOLI.rows[0], Op("h", (1,)), Op("cnot", (0, 3)))
    transpile(source, TARGETS["forte"], Options("forte", 2))
    assert len(seen) == 1


def test_ends_meet_their_neighbours() -> None:
    """By hand: after a cnot on 0 and 1 the first row is on these wires; with another gate on 1 between, it is not."""
    cnot, toffoli, other = Op("cnot", (0, 1)), TOFFOLI.rows[0], Op("cnot", (1, 3))
    result = turned(narrow(circuit(4, cnot, toffoli)))
    assert [frozenset(op.qubits) for op in result.rows if len(op.qubits) == 2][1] == {0, 1}
    both = turned(narrow(circuit(4, cnot, toffoli, Op("cnot", (0, 2)))))
    pairs = [frozenset(op.qubits) for op in both.rows if len(op.qubits) == 2]
    assert (pairs[0], pairs[-1]) == (pairs[1], pairs[-2])
    for rows in ([cnot, other, toffoli], [toffoli], [cnot]):
        plain = narrow(circuit(4, *rows))
        assert turned(plain) is plain


def test_a_pinned_toffoli_stays() -> None:
    plain = narrow(circuit(3, Op("cnot", (0, 1)), TOFFOLI.rows[0]._replace(pinned=1)))
    assert turned(plain) is plain


def test_adders_get_shorter() -> None:
    """Majority and its inverse around a cnot, as in a ripple-carry adder of two bits: 29 and 25 without."""
    carry, a, b = 0, (2, 4), (1, 3)
    chain = list(zip((carry, a[0]), b, a, strict=True))
    source = FlatCircuit(6)
    for c, y, x in chain:
        for op in (Op("cnot", (x, y)), Op("cnot", (x, c)), Op("x", (c, y, x), (), 2)):
            source.add(op)
    source.add(Op("cnot", (4, 5)))
    for c, y, x in reversed(chain):
        for op in (Op("x", (c, y, x), (), 2), Op("cnot", (x, c)), Op("cnot", (c, y))):
            source.add(op)
    found = []
    for preserve in ("unitary", "permuted"):
        result, _, report = transpile(source, TARGETS["forte"], Options("forte", 2, preserve, verify=True))
        assert report.verdict
        found.append(cost_of(result).two_qubit_gates)
    assert found[0] <= 28
    assert found[1] <= 21
