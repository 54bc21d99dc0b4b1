"""Noise, checked by populations computed by hand and by Kraus operators multiplied out on dense matrices."""

import math
from functools import reduce
from itertools import product

import numpy as np
import pytest
from by_hand import PAULIS

from ionqdsl.algebra import compiled
from ionqdsl.diagnostics import CompileError, InternalError
from ionqdsl.ir.angle import ZERO, Angle
from ionqdsl.ir.circuit import Op
from ionqdsl.ir.targets import NOISE_MODELS, NoiseModel
from ionqdsl.simulation import engines, noise, simulate
from ionqdsl.simulation.simulate import run, unitary
from tests.random_circuits import circuit

HARSH = NoiseModel("harsh", "aria", 0.1, 0.2, 12)
QUARTER = Angle(0.25)
MS = Op("ms", (0, 1), (ZERO, ZERO, QUARTER))


def gpi(qubit, phase=0.0):
    return Op("gpi", (qubit,), (Angle(phase),))


def gpi2(qubit, phase=0.0):
    return Op("gpi2", (qubit,), (Angle(phase),))


def ms(a, b, *numbers):
    return Op("ms", (a, b), tuple(Angle(number) for number in numbers))


MIXED = circuit(
    3,
    gpi2(0, 0.1),
    ms(0, 2, 0.1, 0.7, 0.2),
    gpi(1, 0.3),
    ms(2, 1, 0.4, 0.0, 0.25),
    gpi2(2, 0.6),
    ms(1, 0, 0.9, 0.2, 0.1),
)


def kraus_populations(program, model):
    """The docs' Kraus operators, K0 = sqrt(1 - 3r/4), Ki = sqrt(r/4) and so on, multiplied out."""
    paulis = list(PAULIS.values())
    size = 2**program.width
    density = np.zeros((size, size), complex)
    density[0, 0] = 1
    for op in program.rows:
        gate = unitary(circuit(program.width, op))
        density = gate @ density @ gate.conj().T
        rate = model.one_qubit if len(op.qubits) == 1 else model.two_qubit
        kinds = 4 ** len(op.qubits)
        noisy = np.zeros_like(density)
        for letters in product(range(4), repeat=len(op.qubits)):
            weight = rate / kinds + (0 if any(letters) else 1 - rate)
            factors = [np.eye(2)] * program.width
            for qubit, letter in zip(op.qubits, letters, strict=True):
                factors[qubit] = paulis[letter]
            kraus = math.sqrt(weight) * reduce(np.kron, factors)
            noisy += kraus @ density @ kraus.conj().T
        density = noisy
    return density.diagonal().real


def test_the_published_rates_are_these():
    """The figures of the docs: total Pauli error 3r/4 and 15r/16. Catches a rate taken for a Pauli probability."""
    rates = {name: (row.one_qubit, row.two_qubit) for name, row in NOISE_MODELS.items() if row.one_qubit}
    assert rates == {
        "aria-1": (pytest.approx(0.000375 / 0.75), pytest.approx(0.01246875 * 16 / 15)),
        "aria-2": (pytest.approx(0.000493 / 0.75), pytest.approx(0.0174 * 16 / 15)),
        "forte-1": (pytest.approx(0.0002 / 0.75), pytest.approx(0.00464 * 16 / 15)),
    }


@pytest.mark.parametrize("pulses", [1, 2, 5])
def test_pulses_depolarize_one_qubit(pulses):
    """k pulses shrink the Bloch vector by (1 - r)^k."""
    result = run(circuit(1, *[gpi(0)] * pulses), 10, seed=1, noise=HARSH, exact=True)
    flipped = (1 - (-1) ** pulses * 0.9**pulses) / 2
    assert result.probabilities == pytest.approx({"0": 1 - flipped, "1": flipped}, abs=1e-14)
    assert result.is_exact
    assert result.noise == "harsh"


def test_an_two_qubit_gate_depolarizes_two_qubits():
    """The Bell state with weight 1 - r, the rest evenly over all four outcomes."""
    result = run(circuit(2, MS), 10, seed=1, noise=HARSH, exact=True)
    expected = {"00": 0.4 + 0.05, "01": 0.05, "10": 0.05, "11": 0.4 + 0.05}
    assert result.probabilities == pytest.approx(expected, abs=1e-14)


def test_density_matrices_agree_with_kraus_operators():
    found = noise.exact(MIXED, HARSH)
    assert np.allclose(found, kraus_populations(MIXED, HARSH), atol=1e-14)
    assert not np.allclose(found, simulate.probabilities(MIXED), atol=1e-2)


def test_trajectories_add_up_to_the_density_matrix():
    """Every error pattern of a small circuit, weighted by its probability: an equality, not statistics.

    Catches a Pauli product on the wrong qubit, one left out, an error before its gate, a state split off too late.
    """
    program = circuit(2, gpi2(0, 0.1), ms(1, 0, 0.1, 0.7, 0.2), gpi2(1, 0.3))
    patterns, weights = [], []
    for kinds in product(range(4), range(16), range(4)):
        patterns.append(tuple((place, kind) for place, kind in enumerate(kinds) if kind))
        rates = ((0.1, 4), (0.2, 16), (0.1, 4))
        weights.append(math.prod(r / n + (0 if kind else 1 - r) for kind, (r, n) in zip(kinds, rates, strict=True)))
    ordered = sorted(zip(patterns, range(256), strict=True))
    total = np.zeros(4)
    found = noise._trajectories(program, [(pattern, index) for pattern, index in ordered])
    for distribution, index in found:
        total += weights[index] * distribution
    assert np.allclose(total, kraus_populations(program, HARSH), atol=1e-13)


def test_errors_strike_as_often_as_the_rates_say():
    """100,000 shots: single gates, kinds of errors and coincidences within five standard deviations."""
    shots = 100_000
    program = circuit(2, gpi(0), MS, gpi(1))
    patterns = noise.patterns_of(noise.rates(program, HARSH), program, shots, np.random.default_rng(3))
    assert sum(patterns.values()) == shots
    first, second = 0.1 * 3 / 4, 0.2 * 15 / 16

    def is_near(count, share):
        return abs(count - shots * share) < 5 * math.sqrt(shots * share * (1 - share))

    assert is_near(patterns[()], (1 - first) ** 2 * (1 - second))
    for place, share, kinds in ((0, first, 3), (1, second, 15), (2, first, 3)):
        struck = [(kind, count) for pattern, count in patterns.items() for where, kind in pattern if where == place]
        assert is_near(sum(count for _, count in struck), share)
        for kind in range(1, kinds + 1):
            assert is_near(sum(count for k, count in struck if k == kind), share / kinds)
    both = sum(count for pattern, count in patterns.items() if {place for place, _ in pattern} >= {0, 1})
    assert is_near(both, first * second)


@pytest.mark.parametrize("ratio", [4, 1000], ids=["from the density matrix", "by trajectories"])
def test_shots_follow_the_exact_distribution(monkeypatch, ratio):
    """Both ways of sampling give counts within five standard deviations, for a seed chosen once."""
    monkeypatch.setattr(engines, "RATIO", ratio)
    shots = 20_000
    result = run(MIXED, shots, seed=11, noise=HARSH)
    assert sum(result.counts.values()) == shots
    assert not result.is_exact
    for outcome, share in enumerate(kraus_populations(MIXED, HARSH)):
        bits = f"{outcome:03b}"
        assert abs(result.counts[bits] - shots * share) < 5 * math.sqrt(shots * share * (1 - share)), bits
        assert result.probabilities[bits] == result.counts[bits] / shots


def test_no_errors_are_drawn_for_a_density_matrix(monkeypatch):
    """They are in the distribution; drawing them too would be most of the work of many shots."""
    monkeypatch.setattr(noise, "patterns_of", None)
    result = run(MIXED, 20_000, seed=11, noise=HARSH)
    assert result.engine == "density"
    assert sum(result.counts.values()) == 20_000


def test_real_models_on_a_longer_circuit():
    """Trajectories of aria-1 against its density matrix on 6 qubits and 80 gates: total variation below noise level."""
    generator = np.random.default_rng(5)
    rows = []
    for _ in range(40):
        a, b = (int(q) for q in generator.choice(6, 2, replace=False))
        rows += [gpi2(a, float(generator.random())), ms(a, b, *(float(x) for x in generator.random(2)), 0.25)]
    program, shots = circuit(6, *rows), 1000
    exact = noise.exact(program, NOISE_MODELS["aria-1"])
    sampled = run(program, shots, seed=2, noise=NOISE_MODELS["aria-1"]).counts
    found = np.array([sampled.get(f"{k:06b}", 0) for k in range(64)])
    kept = shots * exact > 3
    statistic = float((((found - shots * exact) ** 2) / (shots * exact))[kept].sum())
    freedom = int(kept.sum())
    assert abs(statistic - freedom) < 5 * math.sqrt(2 * freedom)


def test_the_same_seed_gives_the_same_counts(monkeypatch):
    """Also when fewer trajectories fit into memory at once."""
    first = run(MIXED, 100, seed=7, noise=HARSH).counts
    assert first == run(MIXED, 100, seed=7, noise=HARSH).counts
    assert first != run(MIXED, 100, seed=8, noise=HARSH).counts
    monkeypatch.setattr(noise, "AMPLITUDES", 24)
    assert first == run(MIXED, 100, seed=7, noise=HARSH).counts


def test_waits_and_barriers_have_no_noise():
    still = circuit(2, *[Op("nop", (), (Angle(0, 10),)), Op("barrier", (0, 1))] * 20)
    assert run(still, 500, seed=1, noise=HARSH).counts == {"00": 500}
    assert run(still, 5, noise=HARSH, exact=True).probabilities == {"00": 1.0}


def test_rare_noise_leaves_all_shots_ideal():
    """No shot is struck: catches an error-free state that is never brought to the end of the circuit."""
    rare = NoiseModel("rare", "aria", 1e-15, 1e-15, 12)
    assert run(circuit(2, gpi(0)), 50, seed=1, noise=rare).counts == {"10": 50}


def test_the_ideal_model_is_no_noise():
    """Any gateset, exact probabilities, the same draws."""
    bell = circuit(2, Op("h", (0,)), Op("cnot", (0, 1)))
    with_model, without = (run(bell, 100, seed=3, noise=model) for model in (NOISE_MODELS["ideal"], None))
    assert with_model.counts == without.counts
    assert with_model.is_exact
    assert with_model.noise == "ideal"


# --- refusals --------------------------------------------------------------------------------------------------------


def code_of(error):
    (diagnostic,) = error.value.diagnostics
    assert diagnostic.render()
    return diagnostic.code


@pytest.mark.parametrize("model", ["harmony", "harmony-1", "harmony-2", "forte-enterprise-1"])
def test_secret_rates(model):
    with pytest.raises(CompileError, match=model) as error:
        run(circuit(2, MS), 10, noise=NOISE_MODELS[model])
    assert code_of(error) == "QC0654"
    assert "--backend simulator" in error.value.diagnostics[0].render()


@pytest.mark.parametrize("op", [Op("h", (0,)), Op("zz", (0, 1), (QUARTER,)), Op("gpi", (0, 1), (QUARTER,), 1)])
@pytest.mark.parametrize("exact", [False, True])
def test_noise_wants_native_gates(op, exact):
    with pytest.raises(InternalError, match="QC0655"):
        run(circuit(2, op), 10, noise=HARSH, exact=exact)


def test_machines_have_so_many_qubits():
    with pytest.raises(CompileError, match=r"26 qubits.*aria-1.*25") as error:
        run(circuit(26, gpi(0)), 10, noise=NOISE_MODELS["aria-1"])
    assert code_of(error) == "QC0658"


def test_density_matrices_need_memory():
    with pytest.raises(CompileError, match="density") as error:
        run(circuit(25, gpi(0)), 10, noise=NOISE_MODELS["aria-1"], exact=True)
    assert code_of(error) == "QC0653"


def test_no_shots_need_exact_probabilities():
    with pytest.raises(CompileError) as error:
        run(circuit(1, gpi(0)), 0, noise=HARSH)
    assert code_of(error) == "QC0657"
    assert run(circuit(1, gpi(0)), 0, noise=HARSH, exact=True).counts == {}


def pulses(width, layers, seed):
    draw = np.random.default_rng(seed)
    rows = []
    for layer in range(layers):
        rows += [[gpi, gpi2][draw.integers(2)](qubit, draw.random()) for qubit in range(width)]
        pairs = range(layer % 2, width - 1, 2)
        rows += [ms(pair + 1, pair, *draw.random(3)) for pair in pairs]
        rows.append(Op("zz_native", (0, width - 1), (Angle(draw.random()),)))
    return circuit(width, *rows)


@pytest.mark.skipif(not compiled.HAS_KERNEL, reason="the kernel was not built: python kernel/build.py")
@pytest.mark.parametrize("seed", range(3))
def test_the_kernel_has_the_density_matrix_of_numpy(monkeypatch, seed):
    """Catches a conjugate that is left out, noise merged over a two-qubit gate, a wrong share of the mixed state."""
    program = pulses(6, 3, seed)
    found = noise.exact(program, HARSH)
    monkeypatch.setattr(compiled, "HAS_KERNEL", False)
    assert np.abs(found - noise.exact(program, HARSH)).max() < 1e-14


def test_wide_trajectories_are_the_narrow_ones(monkeypatch):
    """One state at a time or many together, a seed has the same counts."""
    program = pulses(5, 4, 1)
    together = run(program, 200, 3, HARSH, engine="trajectories").counts
    monkeypatch.setattr(noise, "ALONE", 2)
    assert run(program, 200, 3, HARSH, engine="trajectories").counts == together
