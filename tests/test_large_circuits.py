"""Circuits too large for one synthesis are improved window by window, like small ones and never into another circuit.

Would catch a window spliced at a wrong place, outputs that move where wires must stay, a weaker contract that costs
more, and a size at which the results get worse. Large circuits are compared exactly, by their rotations.
"""

from __future__ import annotations

import random
from importlib import import_module

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ionqdsl.algebra.paulis import PauliProgram
from ionqdsl.ir.circuit import FlatCircuit, Op
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import TARGETS
from ionqdsl.passes import transpile
from ionqdsl.passes.cost import cost_of
from ionqdsl.passes.rotations.windows import improve_once
from tests.test_paulis import circuits, dense, distance, programs


@settings(max_examples=40, deadline=None)
@given(programs(width=5, most=40, letters=2), st.integers(0, 99), st.booleans())
def test_one_round_of_windows(program: PauliProgram, seed: int, may_rename: bool) -> None:
    (result,) = improve_once(program, seed, (3, 12), (2, 4), [may_rename])
    assert distance(dense(result), dense(program)) < 1e-8
    assert result.two_qubit_gates <= program.two_qubit_gates
    assert may_rename or result.outputs == program.outputs


@pytest.fixture
def all_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("ionqdsl.passes.resynthesise"), "WIDEST", 1)


@settings(max_examples=8, deadline=None)
@given(circuits(most=25, controls=2))
@pytest.mark.usefixtures("all_are_large")
def test_small_circuits_as_if_they_were_large(source: FlatCircuit) -> None:
    """Equal under every contract, and no weaker one costs more."""
    costs = []
    for preserve in ("unitary", "permuted", "measurement", "outcomes"):
        result, _, report = transpile(source, TARGETS["forte"], Options(level=2, preserve=preserve, verify=True))
        assert report.verdict
        costs.append(cost_of(result).two_qubit_gates)
    assert costs == sorted(costs, reverse=True)


def adder(bits: int) -> FlatCircuit:
    """A ripple-carry adder (Cuccaro and others, quant-ph/0410184) with every Toffoli as six cnots."""
    draw = FlatCircuit(2 * bits + 2)
    chain = [(2 * k, 2 * k + 1, 2 * k + 2) for k in range(bits)]

    def toffoli(a: int, b: int, c: int) -> None:
        for text in (f"h {c}", f"cnot {b} {c}", f"ti {c}", f"cnot {a} {c}", f"t {c}", f"cnot {b} {c}", f"ti {c}",
                     f"cnot {a} {c}", f"t {b}", f"t {c}", f"h {c}", f"cnot {a} {b}", f"t {a}", f"ti {b}",
                     f"cnot {a} {b}"):  # fmt: skip
            gate, *qubits = text.split()
            draw.add(Op(gate, tuple(map(int, qubits))))

    for x, y, z in chain:
        draw.add(Op("cnot", (z, y)))
        draw.add(Op("cnot", (z, x)))
        toffoli(x, y, z)
    draw.add(Op("cnot", (2 * bits, 2 * bits + 1)))
    for x, y, z in reversed(chain):
        toffoli(x, y, z)
        draw.add(Op("cnot", (z, x)))
        draw.add(Op("cnot", (x, y)))
    return draw


def test_there_is_no_cliff() -> None:
    """Adders below and above the size of one synthesis take as many two-qubit gates a bit, within 10 %."""
    shares = []
    for bits in (4, 18, 22, 60):  # at most 40 wires are one problem
        result, _, _ = transpile(adder(bits), TARGETS["forte"], Options(level=2, preserve="unitary"))
        shares.append(cost_of(result).two_qubit_gates / bits)
    assert max(shares) <= 1.1 * min(shares), shares


def test_wide_random_circuits() -> None:
    draw = random.Random(4)
    source = FlatCircuit(45)
    for _ in range(400):
        a = draw.randrange(40)
        source.add(Op("cnot", (a, a + draw.randint(1, 4))) if draw.random() < 0.4 else Op(draw.choice("hts"), (a,)))
    for preserve in ("unitary", "measurement"):
        result, _, report = transpile(source, TARGETS["forte"], Options(level=2, preserve=preserve, verify=True))
        assert report.verdict
        assert cost_of(result).two_qubit_gates > 20
