"""Chains of tensors against state vectors, and against the dense state of free fermions where those are too wide.

Would catch a gate on neighbours the wrong way round, a product of a sum that is left out, a centre that is not where it
is said to be, an error that is not counted, and a wrong result where a refusal is due.
"""

from __future__ import annotations

import math
import random
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given

from ionqdsl.diagnostics import CompileError
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import FlatCircuit, Op, Operator
from ionqdsl.simulation import chains, simulate
from tests.random_circuits import circuit, circuits, operator_of

WORDS = ("XZIYXX", "IZIIII", "IIIIII", "YYYYYY", "IXXIII", "ZIIIIZ")


def dense(chain: chains.Chain) -> np.ndarray:
    """The state as a vector."""
    state = np.ones((1, 1), dtype=complex)
    for tensor in chain.tensors:
        state = np.tensordot(state, tensor, (1, 0)).reshape(-1, tensor.shape[2])
    return state[:, 0]


@given(source=circuits(widest=6))
def test_a_chain_is_the_state_vector(source: FlatCircuit) -> None:
    chain = chains.evolved(source)
    exact = simulate.state(source)
    assert abs(abs(np.vdot(dense(chain), exact)) - 1) < 1e-9
    assert chain.error < 1e-7
    words = [word[: source.width] for word in WORDS]
    operator = operator_of(*[(word, Fraction(k + 1, 7)) for k, word in enumerate(dict.fromkeys(words))])
    assert abs(chain.mean(operator) - simulate.mean(source, operator)) < 1e-9
    distribution = simulate.probabilities(source)
    found = chain.distribution()
    assert abs(math.fsum(found.values()) - 1) < 1e-9
    assert all(abs(distribution[int(bits, 2)] - share) < 1e-9 for bits, share in found.items())


@given(source=circuits(widest=5))
def test_a_seed_has_the_counts_that_it_has_with_a_state_vector(source: FlatCircuit) -> None:
    vector, chain = (simulate.run(source, 40, 9, engine=engine) for engine in ("statevector", "mps"))
    assert vector.counts == chain.counts
    assert (vector.engine, chain.engine) == ("statevector", "mps")


def test_sites_keep_their_canonical_form() -> None:
    """Else the counted error of a cut would not be the true one."""
    chain = chains.evolved(ladder(7, 3))
    for site, tensor in enumerate(chain.tensors):
        if site < chain.centre:
            assert np.allclose(np.tensordot(tensor.conj(), tensor, ((0, 1), (0, 1))), np.eye(tensor.shape[2]))
        elif site > chain.centre:
            assert np.allclose(np.tensordot(tensor, tensor.conj(), ((1, 2), (1, 2))), np.eye(len(tensor)))


def ladder(width: int, layers: int) -> FlatCircuit:
    draw = random.Random(3)
    rows = []
    for _ in range(layers):
        rows += [Op("ry", (qubit,), (Angle(0, draw.uniform(-3, 3)),)) for qubit in range(width)]
        rows += [Op("cnot", tuple(draw.sample(range(width), 2))) for _ in range(width)]
    return circuit(width, *rows)


def test_what_is_left_out_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """With bonds too narrow, the true differences stay below the bound, and the bound is no formality."""
    monkeypatch.setattr(chains, "WIDEST_BOND", 6)
    monkeypatch.setattr(chains, "MOST_LEFT_OUT", math.inf)
    source = trotter(10, 6, 0.25)
    chain = chains.evolved(source)
    state = dense(chain)
    differences = np.abs(np.abs(state / np.linalg.norm(state)) ** 2 - simulate.probabilities(source)).sum() / 2
    assert 1e-9 < differences < chain.error < 1


def trotter(width: int, steps: int, angle: float) -> FlatCircuit:
    bonds = [Op("zz", (qubit, qubit + 1), (Angle(0, 2 * angle),)) for qubit in range(width - 1)]
    fields = [Op("rx", (qubit,), (Angle(0, 2 * angle),)) for qubit in range(width)]
    return circuit(width, *((bonds + fields) * steps))


def test_sixty_qubits_of_an_ising_chain() -> None:
    """In the middle of the chain, far from both ends, the means are those of twelve qubits: no signal gets there."""
    steps, angle = 3, 0.1
    wide = simulate.run(trotter(60, steps, angle), 200, seed=1)
    assert (wide.engine, wide.shots, wide.truncation < 1e-6) == ("mps", 200, True)
    middle = Operator(((((("Z", 30)), (("Z", 31))), 1.0),))
    narrow = Operator(((((("Z", 6)), (("Z", 7))), 1.0),))
    expected = simulate.mean(trotter(14, steps, angle), narrow)
    assert abs(simulate.mean(trotter(60, steps, angle), middle) - expected) < 1e-8
    assert expected < 0.99
    value, bound = simulate.bounded_mean(trotter(60, steps, angle), middle)
    assert abs(value - expected) <= bound + 1e-12 < 1e-6


def test_wide_ghz_states_have_two_outcomes() -> None:
    """Long products, and an exact distribution that is short though there are 2**70 outcomes."""
    rows = [Op("ry", (0,), (Angle(0, 1.0),)), *(Op("cnot", (0, qubit)) for qubit in range(69, 0, -1))]
    result = simulate.run(circuit(70, *rows), 0, exact=True)
    assert result.probabilities == pytest.approx({"0" * 70: math.cos(0.5) ** 2, "1" * 70: math.sin(0.5) ** 2})
    drawn = simulate.run(circuit(70, *rows), 500, seed=3).counts
    assert set(drawn) == {"0" * 70, "1" * 70}
    assert abs(drawn["1" * 70] - 500 * math.sin(0.5) ** 2) < 60


def test_shots_of_many_qubits_are_independent() -> None:
    """One number for a shot has 53 bits: later qubits would all be alike."""
    turned = circuit(64, *(Op("ry", (qubit,), (Angle(0, 1.2),)) for qubit in range(64)))
    counts = simulate.run(turned, 2000, seed=2).counts
    share = math.sin(0.6) ** 2
    for qubit in (0, 40, 63):
        ones = sum(count for bits, count in counts.items() if bits[qubit] == "1")
        assert abs(ones - 2000 * share) < 5 * math.sqrt(2000 * share * (1 - share))
    assert len(counts) > 1900


def code_of(refused: pytest.ExceptionInfo[CompileError]) -> str:
    (diagnostic,) = refused.value.diagnostics
    assert diagnostic.render()
    return diagnostic.code


def test_entangled_circuits_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chains, "WIDEST_BOND", 4)
    with pytest.raises(CompileError) as refused:
        simulate.run(ladder(12, 4), 10, engine="mps")
    assert code_of(refused) == "QC0664"


def test_an_exponential_of_terms_that_do_not_commute_is_refused() -> None:
    row = Op("pauliexp", (0, 1, 2), (Angle(0, 1),), operator=operator_of(("XXI", 1), ("IZZ", 1)))
    with pytest.raises(CompileError) as refused:
        simulate.run(circuit(3, row), 10, engine="mps")
    assert code_of(refused) == "QC0665"


def test_too_many_outcomes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chains, "MOST_OUTCOMES", 100)
    with pytest.raises(CompileError) as refused:
        simulate.run(circuit(8, *(Op("ry", (q,), (Angle(0, 1.2),)) for q in range(8))), 0, engine="mps")
    assert code_of(refused) == "QC0659"
