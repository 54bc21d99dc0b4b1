"""Sums over paths: they prove true equalities, also far apart and up to phases of the outcomes, and nothing else.

Would catch a variable summed that a bit still depends on, a phase of the wrong sign, a name given twice, and circuits
called equal whose matrices differ.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

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
from ionqdsl.verify import by_paths, equivalent, path_sum
from ionqdsl.verify.path_sum import PathSum
from tests.random_circuits import circuit, matrix

EXACT = ("h", "t", "ti", "s", "v", "x", "y", "z", "cnot", "swap", "cz", "ch", "cv", "ccx", "ccz", "cswap", "zz8", "xx8")
TURNED = (*EXACT, "rx", "ry", "rz", "zz", "gpi2", "cry")


def row(kind: str, draw: random.Random, width: int) -> Op:
    """A row of a kind on random wires; `8` stands for an eighth of a turn, letters c for controls."""
    gate = kind.lstrip("c").rstrip("8") if kind != "cnot" else kind
    controls = 0 if kind == "cnot" else len(kind) - len(kind.lstrip("c"))
    wires = tuple(draw.sample(range(width), controls + (2 if gate in ("cnot", "swap", "zz", "xx") else 1)))
    angle = turns(draw.choice((0.125, -0.25))) if kind.endswith("8") else turns(draw.choice((0.1, 0.37)))
    return Op(gate, wires, (angle,) if gate in ("zz", "xx", "rx", "ry", "rz", "gpi2") else (), controls)


def few_rows(draw: random.Random, kinds: tuple[str, ...]) -> tuple[int, list[str], list[Op]]:
    """Up to a dozen rows on two to four qubits: the number of qubits, the kinds that fit on them, and the rows."""
    width = draw.randint(2, 4)
    fitting = [kind for kind in kinds if len(row(kind, draw, 4).qubits) <= width]
    return width, fitting, [row(draw.choice(fitting), draw, width) for _ in range(draw.randint(1, 12))]


def is_equal(a: FlatCircuit, b: FlatCircuit, preserve: str) -> bool:
    """The truth, by matrices."""
    between = matrix(b) @ matrix(a).conj().T
    left = between - np.diag(np.diag(between))
    phases = np.diag(between) / between[0, 0] if abs(between[0, 0]) > 0.5 else np.zeros(1)
    return bool(np.abs(left).max() < 1e-9 and (preserve == "measurement" or np.abs(phases - 1).max() < 1e-9))


@given(st.integers(0, 10**6), st.sampled_from([EXACT, TURNED]), st.sampled_from(["unitary", "measurement"]))
@settings(deadline=None)
def test_nothing_false_is_proven(seed: int, kinds: tuple[str, ...], preserve: str) -> None:
    """Circuits that differ in a row, or in the order of two, are often equal; a proof must agree with matrices."""
    draw = random.Random(seed)
    width, fitting, rows = few_rows(draw, kinds)
    others = [*rows]
    place = draw.randrange(len(rows))
    match draw.randrange(4):
        case 0:
            others[place] = row(draw.choice(fitting), draw, width)
        case 1:
            del others[place]
        case 2:
            others.insert(place, others.pop())
        case 3:
            others[place:place] = [row(draw.choice(("t", "z", "s")), draw, width)]
    a, b = circuit(width, *rows), circuit(width, *others)
    answer = by_paths.proof(a, b, preserve, range(width), 1e-9)
    assert answer.equal is not False
    assert not answer.equal or is_equal(a, b, preserve)


@given(st.integers(0, 10**6), st.sampled_from([EXACT, TURNED]))
@settings(deadline=None)
def test_a_circuit_equals_itself_with_renamed_inputs(seed: int, kinds: tuple[str, ...]) -> None:
    draw = random.Random(seed)
    source = circuit(4, *[row(draw.choice(kinds), draw, 4) for _ in range(12)])
    assert by_paths.proof(source, source, "unitary", range(4), 1e-9).equal
    swapped = circuit(4, Op("swap", (1, 3)), *source.rows)
    assert by_paths.proof(source, swapped, "permuted", (0, 3, 2, 1), 1e-9).equal
    other = by_paths.proof(source, swapped, "permuted", range(4), 1e-9)
    assert not other.equal or is_equal(source, swapped, "unitary")


def toffoli(a: int, b: int, target: int) -> list[Op]:
    return [Op("x", (a, b, target), (), 2)]


def relative(a: int, b: int, target: int) -> list[Op]:
    """Times the sign where a is |1>, b is |0> and the target |1>."""
    return [Op("h", (b, target), (), 1), Op("z", (a, target), (), 1), Op("h", (b, target), (), 1)]


def test_signs_far_apart_cancel() -> None:
    """By hand: both signs are where bits 0, 1, 2 are 1, 0, 1, or 1, 0 and its flip; between them the value is used."""
    used = [Op("cnot", (2, wire)) for wire in range(3, 9)]
    one = circuit(12, *toffoli(0, 1, 2), *used, *toffoli(0, 1, 2))
    two = circuit(12, *relative(0, 1, 2), *used, *relative(0, 1, 2))
    three = circuit(12, *relative(0, 1, 2), *used, *relative(1, 0, 2))
    assert by_paths.proof(one, two, "unitary", range(12), 1e-9).equal
    assert not by_paths.proof(one, three, "unitary", range(12), 1e-9).equal
    assert by_paths.proof(one, three, "measurement", range(12), 1e-9).equal


def test_a_sign_before_a_hadamard_is_seen() -> None:
    for wire, is_seen in ((2, True), (3, False)):
        last = Op("h", (wire,))
        one, two = (circuit(4, *gates, last) for gates in (toffoli(0, 1, 2), relative(0, 1, 2)))
        assert bool(by_paths.proof(one, two, "measurement", range(4), 1e-9).equal) is not is_seen


def product(width: int, seed: int, ends: tuple[Op, ...] = ()) -> FlatCircuit:
    """Random Toffolis and cnots."""
    draw = random.Random(seed)
    return circuit(
        width, *[row(draw.choice(("ccx", "ccx", "cnot", "x")), draw, width) for _ in range(2 * width)], *ends
    )


@pytest.mark.parametrize("width", [21, 34])
def test_wide_networks_take_three_for_a_toffoli_and_are_verified(width: int) -> None:
    source = product(width, width)
    toffolis = sum(op.controls == 2 for op in source.rows)
    cnots = sum(op.gate == "cnot" for op in source.rows)
    options = Options("forte", 2, preserve="measurement", verify=True)
    result, warnings, report = transpile(source, TARGETS["forte"], options)
    assert cost_of(result).two_qubit_gates <= 3 * toffolis + cnots
    assert report.verdict, report.verdict
    assert not warnings


def test_wide_networks_before_a_hadamard_keep_their_phases() -> None:
    """Only rows after the last Hadamard may be wrong by a sign: a wide circuit is proven bit by bit."""
    counts = []
    for ends in ((), (Op("h", (0,)),)):
        options = Options("forte", 2, preserve="measurement", verify=True)
        result, _, report = transpile(product(22, 7, ends), TARGETS["forte"], options)
        assert report.verdict, report.verdict
        counts.append(cost_of(result).two_qubit_gates)
    assert counts[1] > counts[0]


def test_a_wrong_sign_in_a_wide_network_is_not_called_equal() -> None:
    """A sign before a Hadamard, and a control in the wrong place, among gates of 24 wires."""
    draw = random.Random(5)
    before = [row(draw.choice(("ccx", "cnot")), draw, 24) for _ in range(30)]
    for one, two in (
        ([*toffoli(0, 1, 2), Op("h", (2,))], [*relative(0, 1, 2), Op("h", (2,))]),
        (toffoli(0, 1, 2), toffoli(0, 3, 2)),
    ):
        verdict = equivalent(circuit(24, *before, *one), circuit(24, *before, *two), "measurement", inputs=range(24))
        assert verdict.equal is not True


def test_it_is_soon_seen_that_circuits_take_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted in terms: far fewer than may be touched, and equal circuits of as many rows are proven within that."""
    seen: list[PathSum] = []

    def sum_of(names: Sequence[int]) -> PathSum:
        seen.append(PathSum(names))
        return seen[-1]

    monkeypatch.setattr(by_paths, "PathSum", sum_of)
    for module in (by_paths, path_sum):
        monkeypatch.setattr(module, "MOST_WORK", 100_000)
    draw = random.Random(3)
    one, other = (circuit(8, *[row(draw.choice(TURNED), draw, 8) for _ in range(1000)]) for _ in range(2))
    assert by_paths.proof(one, one, "unitary", range(8), 1e-7).equal
    refused = by_paths.proof(one, other, "unitary", range(8), 1e-7)
    assert "too long" in refused.obstacle
    assert seen[0].work < 100_000
    assert seen[1].work < 100_000 / 3
