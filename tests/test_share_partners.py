"""Signs of wires that share partners: fewer interactions, and exactly the same circuit.

Would catch a run that goes on over a gate on its wires, an `h` that is lost or written too late, a sign that is written
while its wire holds a sum, and a sum that is not taken back.
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
from ionqdsl.passes.cost import cost_of
from ionqdsl.passes.networks.share_partners import with_shared_partners
from ionqdsl.verify import equivalent
from tests.random_circuits import circuit, matrix


def cz(a: int, b: int) -> Op:
    return Op("z", (a, b), (), 1)


def between_h(a: int, b: int) -> list[Op]:
    """The same sign as a cnot."""
    return [Op("h", (b,)), Op("cnot", (a, b)), Op("h", (b,))]


def pairs(source: FlatCircuit) -> int:
    return sum(len(op.qubits) == 2 for op in source.rows)


def random_rows(draw: random.Random, width: int) -> list[Op]:
    """Mostly signs in both spellings, so that runs are long; now and then a gate of every other kind."""
    rows: list[Op] = []
    for _ in range(draw.randint(6, 40)):
        a, b, c = draw.sample(range(width), 3)
        kind = draw.choice(("cz", "cz", "cz", "text", "text", "cnot", "one", "other"))
        if kind in ("cz", "text"):
            rows += [cz(a, b)] if kind == "cz" else between_h(a, b)
        elif kind == "cnot":
            rows.append(Op("cnot", (a, b)))
        elif kind == "one":
            rows.append(Op(draw.choice(("h", "s", "t", "x", "z", "v", "y")), (a,)))
        elif draw.random() < 0.5:
            rows.append(
                draw.choice(
                    (
                        Op("x", (a, b, c), (), 2),
                        Op("swap", (a, b)),
                        Op("zz", (a, b), (turns(0.1),)),
                        Op("h", (a, b), (), 1),
                        Op("rz", (a,), (turns(0.15),)),
                        Op("barrier", (a, b)),
                    )
                )
            )
    return rows


@given(st.integers(0, 10**9))
@settings(max_examples=150, deadline=None)
def test_the_matrix_stays(seed: int) -> None:
    draw = random.Random(seed)
    source = circuit(5, *random_rows(draw, 5))
    result = with_shared_partners(source)
    assert np.abs(matrix(source) - matrix(result)).max() < 1e-9
    assert pairs(result) <= pairs(source)
    assert len(result.rows) == len(result.origins)


@pytest.mark.parametrize("spelling", [lambda a, b: [cz(a, b)], between_h, lambda a, b: between_h(b, a)])
def test_two_wires_with_three_partners_each_take_five(spelling: object) -> None:
    """By hand: a cnot, three signs, a cnot; with two partners each nothing is saved."""
    for others, least in ((3, 5), (4, 6), (2, 4)):
        rows = [op for a in (0, 1) for b in range(2, 2 + others) for op in spelling(a, b)]  # type: ignore[operator]
        result = with_shared_partners(circuit(2 + others, *rows))
        assert pairs(result) == least


def test_sums_are_nested() -> None:
    """By hand: for three wires with the same four partners two cnots, four signs and the cnots back, not twelve."""
    source = circuit(7, *[cz(a, b) for a in range(3) for b in range(3, 7)])
    assert pairs(with_shared_partners(source)) == 8


def test_flips_from_two_controls_onto_the_same_targets() -> None:
    """The encoder of a code: cnots are signs between h."""
    source = circuit(6, *[Op("cnot", (a, b)) for a in (0, 1) for b in range(2, 6)])
    assert pairs(with_shared_partners(source)) == 6


def test_gates_on_wires_of_a_run_end_it() -> None:
    """By hand: a gate about the letter of its wire stays between, any other one and a barrier end the run."""
    first, second = ([cz(a, b) for b in range(2, 5)] for a in (0, 1))
    for between, least in ((Op("t", (2,)), 5), (Op("v", (2,)), 6), (Op("barrier", (2, 3)), 6), (Op("x", (2,)), 6)):
        assert pairs(with_shared_partners(circuit(5, *first, between, *second))) - len(between.qubits) // 2 == least


def edges_of(width: int) -> list[tuple[int, int]]:
    """The edges of a random graph of 24 nodes between the first ones."""
    draw = random.Random("240.32")
    edges = [(a, b) for a in range(24) for b in range(a + 1, 24) if draw.random() < 0.3]
    return [edge for edge in edges if max(edge) < width]


def test_a_wide_graph_state() -> None:
    """24 wires, 89 signs: 75 two-qubit gates before partners were shared, 73 by PyZX and TKET."""
    edges = edges_of(24)
    assert len(edges) == 89
    result, _, _ = transpile(
        circuit(24, *[cz(*edge) for edge in edges]), TARGETS["forte"], Options("forte", 2, preserve="unitary")
    )
    assert cost_of(result).two_qubit_gates <= 72


@pytest.mark.parametrize("preserve", ["unitary", "measurement"])
def test_a_compiled_graph_state_is_equal(preserve: str) -> None:
    source = circuit(10, *[cz(*edge) for edge in edges_of(10)], *[Op("v", (wire,)) for wire in range(10)])
    compiled, _, report = transpile(source, TARGETS["forte"], Options("forte", 2, preserve=preserve))
    assert equivalent(source, compiled, preserve, report.inputs)
