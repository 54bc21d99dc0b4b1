"""Energies and mean values on this computer: exact, sampled, with noise, with constraints and tails.

Expectations come from dense matrices and from plain loops over outcomes, which share no code with the package. Would
catch a wrong sign of a term after a change of basis, bits in the wrong order, shots counted twice, a standard error
that does not describe the scatter, and a value from `--set` that is ignored.
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from by_hand import pauli_sum

import ionqdsl as iq
from ionqdsl.cli import main
from ionqdsl.ir.circuit import FlatCircuit, Operator
from ionqdsl.simulation import energy, memory, simulate
from ionqdsl.simulation.grouping import grouped, identity_of, qubitwise
from ionqdsl.simulation.observables import observable
from ionqdsl.simulation.pauli_sums import HermitianSum
from ionqdsl.simulation.results import Result
from ionqdsl.simulation.rules import PLAIN, Rules

VQE = Path(__file__).parents[1] / "examples" / "vqe.qc"


def matrix(operator: Operator, qubits: int) -> np.ndarray:
    return pauli_sum(operator.terms, qubits)


def random_operator(seed: int, qubits: int, terms: int) -> Operator:
    chance = random.Random(seed)
    result = {}
    for _ in range(terms):
        drawn = [chance.choice("IXYZ") for _ in range(qubits)]
        result[tuple((letter, q) for q, letter in enumerate(drawn) if letter != "I")] = chance.uniform(-1, 1)
    return Operator(tuple(result.items()))


def random_circuit(seed: int, qubits: int) -> iq.Circuit:
    chance = random.Random(seed)
    circuit = iq.Circuit(qubits)
    for _ in range(4 * qubits):
        circuit.u3(chance.uniform(-3, 3), chance.uniform(-3, 3), chance.uniform(-3, 3), chance.randrange(qubits))
        if qubits > 1:
            circuit.cnot(*chance.sample(range(qubits), 2))
    return circuit


def dense_mean(circuit: FlatCircuit, operator: Operator) -> float:
    state = simulate.state(circuit)
    return float((state.conj() @ matrix(operator, circuit.width) @ state).real)


# --- groups ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(12))
def test_the_groups_add_up_to_the_operator(seed: int) -> None:
    """U+ D U, with the gates U of a group and its diagonal D."""
    qubits = 1 + seed % 4
    operator = random_operator(seed, qubits, 10)
    for groups in (qubitwise(operator, qubits), grouped(operator, qubits, 0), grouped(operator, qubits, 30)):
        total = identity_of(operator) * np.eye(2**qubits, dtype=complex)
        for group in groups:
            rows = list(group.rows)
            turn = simulate.unitary(FlatCircuit(qubits, rows=rows, origins=[None] * len(rows)))
            assert {letter for product, _ in group.diagonal.terms for letter, _ in product} <= {"Z"}
            total += turn.conj().T @ matrix(group.diagonal, qubits) @ turn
        assert np.allclose(total, matrix(operator, qubits), atol=1e-12)


def test_an_entangled_basis_is_chosen_where_it_costs_less() -> None:
    """XX, YY and ZZ in one basis after a cnot, unless the circuit has so few gates that a cnot counts for more."""
    operator = observable("X[0]*X[1] + Y[0]*Y[1] + Z[0]*Z[1]", 2)
    (bell,) = grouped(operator, 2, 10)  # sqrt(3) sqrt(11) < 3 sqrt(10)
    assert (bell.basis, bell.two_qubit_gates) == (None, 1)
    assert [group.basis for group in qubitwise(operator, 2)] == ["ZZ", "XX", "YY"]
    uneven = observable("X[0]*X[1] + 0.01*Z[0]*Z[1]", 2)
    assert [group.basis for group in grouped(uneven, 2, 1)] == ["ZZ", "XX"]  # 1.0001 sqrt(2) > 1.01


def test_many_terms_take_few_passes() -> None:
    """A term for every flip of bits, not for every term, costs a pass over the state."""
    operator = random_operator(5, 5, 400)
    total = HermitianSum(operator, 5)
    assert len(total._terms) <= 32
    state = simulate.state(random_circuit(5, 5))
    assert total.mean(state) == pytest.approx((state.conj() @ matrix(operator, 5) @ state).real, abs=1e-12)
    assert np.allclose(total.applied(state), matrix(operator, 5) @ state, atol=1e-12)


# --- means -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
def test_exact_means_are_those_of_matrices(seed: int) -> None:
    qubits = 1 + seed % 3
    circuit, operator = random_circuit(seed, qubits), random_operator(seed, qubits, 9)
    wanted = dense_mean(circuit, operator)
    assert energy.expectation(circuit, operator).value == pytest.approx(wanted, abs=1e-12)
    in_groups = energy.repeated(circuit, operator, PLAIN, None)
    assert in_groups.value == pytest.approx(wanted, abs=1e-12)


def test_the_standard_error_describes_the_scatter() -> None:
    """Over many seeds the deviations from the exact mean, in standard errors, have mean 0 and variance 1."""
    circuit, operator = random_circuit(3, 3), random_operator(8, 3, 12)
    wanted = dense_mean(circuit, operator)
    found = [energy.expectation(circuit, operator, 600, seed) for seed in range(120)]
    assert {sum(group.shots or 0 for group in one.groups) for one in found} == {600}
    scores = np.array([(one.value - wanted) / one.standard_error for one in found])
    assert abs(scores.mean()) < 5 / math.sqrt(120)
    assert 0.6 < scores.var() < 1.5  # the variance of 120 scores is 1 +- 0.13
    assert found[3].value == energy.expectation(circuit, operator, 600, 3).value


def test_shots_go_where_the_variance_is() -> None:
    """In |0> X has the variance 1 and Z none."""
    found = energy.expectation(iq.Circuit(1), observable("5*Z[0] + X[0]", 1), 1000, 1)
    assert [(group.basis, group.shots) for group in found.groups] == [("Z", 2), ("X", 998)]
    assert found.groups[0].value == 5


def test_sums_without_terms_to_measure() -> None:
    circuit = iq.Circuit(2).h(0)
    for shots in (None, 10):
        assert circuit.expectation("2", shots).value == pytest.approx(2)
        assert circuit.expectation("0*Z[0] + 1", shots).value == pytest.approx(1)
        assert iq.Circuit(0).expectation("0.5", shots).value == 0.5
        assert circuit.gradient("X[0]", [], shots=shots).value.shape == (0,)


def test_a_state_that_does_not_fit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "free_memory", lambda: 1 << 20)
    for call in (lambda c: c.expectation("X[0]"), lambda c: c.gradient("X[0]", []), lambda c: c.expectation("X[0]", 9)):
        with pytest.raises(iq.CompileError) as caught:
            call(iq.Circuit(16))
        assert caught.value.diagnostics[0].code == "QC0651"


def test_too_few_shots_are_refused() -> None:
    with pytest.raises(iq.CompileError) as caught:
        energy.expectation(iq.Circuit(1), observable("X[0] + Z[0] + Y[0]", 1), 2)
    assert caught.value.diagnostics[0].code == "QC0435"
    assert energy.expectation(iq.Circuit(1), observable("X[0] + Z[0] + Y[0]", 1), 3).error is None


# --- constraints and tails -------------------------------------------------------------------------------------------


def slow_tail(pairs: Sequence[tuple[float, float]], alpha: float) -> float:
    """The mean of the lowest part of (value, probability) pairs, taken from below until it is full."""
    left, total = alpha, 0.0
    for value, share in sorted(pairs):
        taken = min(left, share)
        total, left = total + taken * value, left - taken
    return total / alpha


def values_of(operator: Operator, bits: str, penalty: float, breaks: Callable[[str], bool]) -> float:
    value = math.fsum(
        float(factor) * (-1) ** sum(int(bits[qubit]) for _, qubit in product) for product, factor in operator.terms
    )
    return value + penalty * breaks(bits)


@pytest.mark.parametrize("alpha", [1, 0.5, 0.2, 0.01])
@pytest.mark.parametrize("penalty", [0, 3.5])
def test_a_tail_of_penalised_outcomes_by_hand(alpha: float, penalty: float) -> None:
    circuit, diagonal = random_circuit(11, 3), observable("Z[0]*Z[2] - 0.7*Z[1] + 0.2*Z[0]", 3)
    rules = Rules(
        linear=(((1.0, 2.0, 0.0), 1.0),),
        quadratic=((((0, 0, 1.0), (0, 0, 0), (0, 1.0, 0)), (0.0, 0.0, 1.0), 1.0),),
        penalty=penalty,
        alpha=alpha,
    )

    def breaks(bits: str) -> bool:
        a, b, c = map(int, bits)
        return a + 2 * b > 1 or a * c + c * b + c > 1

    pairs = [(values_of(diagonal, bits, penalty, breaks), share) for bits, share in circuit.probabilities().items()]
    wanted = 0.3 + slow_tail(pairs, alpha)
    operator = Operator((*diagonal.terms, ((), 0.3)))
    assert energy.expectation(circuit, operator, rules=rules).value == pytest.approx(wanted, abs=1e-12)
    scores = []
    for seed in range(60):
        found = energy.expectation(circuit, operator, 4000, seed, rules=rules)
        scores.append((found.value - wanted) / found.error if found.error else 0.0)
    assert abs(np.mean(scores)) < 5 / math.sqrt(60) + (0.5 if alpha < 0.1 else 0)  # a tail of 40 shots has a bias


def test_each_basis_has_its_own_tail() -> None:
    """Z and X of ry(t): the lower half of each, and the penalty counts in the Z basis alone."""
    circuit = iq.Circuit(1).ry(0.4, 0)
    rules = Rules(linear=(((1.0,), 0.0),), penalty=10.0, alpha=0.5)
    found = energy.expectation(circuit, observable("-Z[0] + X[0]", 1), rules=rules)
    up, plus = math.cos(0.2) ** 2, (1 + math.sin(0.4)) / 2
    wanted = slow_tail([(-1, up), (11, 1 - up)], 0.5) + slow_tail([(1, plus), (-1, 1 - plus)], 0.5)
    assert found.value == pytest.approx(wanted, abs=1e-12)
    only = energy.expectation(circuit, observable("X[0]", 1), rules=Rules(linear=rules.linear, penalty=10.0))
    assert only.value == pytest.approx(math.sin(0.4) + 10 * (1 - up), abs=1e-12)


def test_sums_of_decimals_satisfy_an_equality() -> None:
    """0.1 + 0.2 is more than 0.3 as a float, and no violation."""
    rules = Rules(linear=(((0.1, 0.2), 0.3),), penalty=1.0)
    assert energy.feasible(rules, 2, np.arange(4)).all()
    assert energy.feasible(Rules(linear=(((0.1, 0.2), 0.25),), penalty=1.0), 2, np.arange(4)).tolist() == [
        True, True, True, False,
    ]  # fmt: skip


def test_outcomes_of_many_qubits_are_counted_exactly() -> None:
    """An outcome of 70 qubits is more than a machine word."""
    bits = "1" + "0" * 68 + "1"
    result = Result("wide", 70, 4, {"0" * 70: 3, bits: 1}, {"0" * 70: 0.75, bits: 0.25})
    operator = observable("Z[0] + 2*Z[0]*Z[69] + 4*Z[69]", 70)
    (group,) = qubitwise(operator, 70)
    rules = Rules(linear=((tuple([1.0] * 70), 1.0),), penalty=8.0)
    assert energy.group_mean(group, PLAIN, result).value == (3 * (1 + 2 + 4) + (-1 + 2 - 4)) / 4
    assert energy.group_mean(group, rules, result).value == (3 * (1 + 2 + 4) + (-1 + 2 - 4) + 8) / 4
    reversed_result = result.ordered("q0-right")
    assert energy.group_mean(group, PLAIN, reversed_result) == energy.group_mean(group, PLAIN, result)


# --- run -------------------------------------------------------------------------------------------------------------

BODY = """param theta
param g = 0.5
circuit ansatz { qubit q[2]; ry(theta) q[0]; cnot q[0], q[1] }
hamiltonian h = 0.25 + Z[0] + g*X[0]*X[1]
"""


def answer(words: list[str], capsys: pytest.CaptureFixture[str]) -> list[dict[str, float]]:
    assert main([*words, "--json"]) == 0
    found: list[dict[str, float]] = json.loads(capsys.readouterr().out)["results"]
    return found


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("IONQ_API_KEY", raising=False)
    path = tmp_path / "e.qc"
    path.write_text(
        BODY + 'job { backend = "simulator" }\nenergy { hamiltonian = h; ansatz = ansatz; params = [0.3] }\n'
    )
    return path


def test_run_computes_an_energy_without_a_key(program: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (found,) = answer(["run", str(program)], capsys)
    assert found["value"] == pytest.approx(0.25 + math.cos(0.3) + 0.5 * math.sin(0.3), abs=1e-11)
    assert (found["error"], found["shots"]) == (0, None)
    assert main(["run", str(program)]) == 0
    assert capsys.readouterr().out == "energy 1.35309659246   exact\n"
    (drawn,) = answer(["run", str(program), "--shots", "4000", "--seed", "5"], capsys)
    assert drawn["shots"] == 4000
    assert abs(drawn["value"] - found["value"]) < 5 * drawn["error"]
    assert [drawn] == answer(["run", str(program), "--shots", "4000", "--seed", "5"], capsys)
    (exact,) = answer(["run", str(program), "--shots", "4000", "--exact"], capsys)
    assert exact == found


def test_values_from_outside_count_instead_of_params(program: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (found,) = answer(["run", str(program), "--set", "theta=pi/2", "--verify"], capsys)
    assert found["value"] == pytest.approx(0.75)
    swept = answer(["run", str(program), "--sweep", "theta=linspace(0, pi, 5)", "--verify"], capsys)
    angles = np.linspace(0, math.pi, 5)
    assert [one["value"] for one in swept] == pytest.approx(0.25 + np.cos(angles) + 0.5 * np.sin(angles))
    assert swept[0]["name"] == "energy theta=0"
    both = answer(["run", str(program), "--sweep", "g=[1, 2]", "--sweep", "theta=[0.1, 0.2]"], capsys)
    wanted = [0.25 + math.cos(t) + g * math.sin(t) for g in (1, 2) for t in (0.1, 0.2)]
    assert [one["value"] for one in both] == pytest.approx(wanted)


def test_a_coefficient_without_a_default_can_be_swept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "j.qc"
    path.write_text(
        "param J\ncircuit a { qubit q; h q }\nhamiltonian h = J*X[0]\nenergy { hamiltonian = h; ansatz = a }\n"
    )
    words = ["run", str(path), "--sweep", "J=[2, 3]", "--verify"]
    assert [one["value"] for one in answer(words, capsys)] == pytest.approx([2, 3])
    assert main(["run", str(path)]) == 1
    assert "QC0305" in capsys.readouterr().err


def test_a_circuit_with_a_swept_coefficient_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "j.qc"
    path.write_text("param J\nhamiltonian h = J*X[0]\nqubit q\npauliexp(pi/4, h) q\n")
    found = answer(["run", str(path), "--sweep", "J=[1, 2]", "--exact", "--verify"], capsys)
    assert [one["probabilities"].get("1", 0) for one in found] == pytest.approx([0.5, 1])  # type: ignore[attr-defined]
    assert main(["run", str(path)]) == 1
    assert "QC0305" in capsys.readouterr().err


def test_every_point_of_a_sweep_is_compared(program: Path) -> None:
    """The first points are equal, and the last ones are not."""
    one = iq.load(program, sweeps={"theta": [0.1, 0.2]})
    assert iq.equivalent(one, iq.load(program, sweeps={"theta": "[0.1, 0.1 + 0.1]"}))
    assert iq.equivalent(one, iq.load(program, sweeps={"theta": [0.1, 0.3]})).equal is False
    assert iq.equivalent(one, iq.load(program, sweeps={"theta": [0.1]})).equal is False
    with pytest.raises(iq.CompileError) as caught:
        str(one)  # a text has one energy
    assert caught.value.diagnostics[0].code == "QC0433"


def test_flags_without_effect_are_noticed(program: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", str(program), "--target", "forte", "-O", "2"]) == 0
    assert capsys.readouterr().err.count("QC0620") == 2
    assert main(["run", str(program), "--noise", "forte-1", "-O", "2"]) == 0
    assert "QC0620" not in capsys.readouterr().err


def test_a_job_has_one_energy(program: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A sweep was once dropped without a word."""
    assert main(["compile", str(program), "--sweep", "theta=[1, 2]"]) == 1
    assert "QC0433" in capsys.readouterr().err
    assert main(["compile", str(program), "--set", "theta=1"]) == 0
    assert json.loads(capsys.readouterr().out)["input"]["params"] == []


@pytest.mark.parametrize(
    ("block", "code", "wrong"),
    [
        ("params = [1, 2]", "QC0743", "[1, 2]"),
        ("params = [1]; cvar_alpha = 0", "QC0745", "0"),
        ("params = [1]; penalty = -1", "QC0746", "-1"),
        ("params = [1]; linear_constraints = [[[1], 1]]; penalty = 2", "QC0744", "[[[1]"),
    ],
)
def test_wrong_energies_are_refused_here_too(
    block: str, code: str, wrong: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By `check`, too, which once called all of them right; each at its own value, once at the block."""
    path = tmp_path / "e.qc"
    line = f"energy {{ hamiltonian = h; ansatz = ansatz; {block} }}\n"
    path.write_text(BODY + line)
    place = f"e.qc:5:{line.index(wrong) + 1}"
    for verb in ("check", "run"):
        assert main([verb, str(path)]) == 1
        message = capsys.readouterr().err
        assert code in message
        assert place in message


def test_a_check_leaves_values_to_flags(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "e.qc"
    path.write_text(f"{BODY}energy {{ hamiltonian = h; ansatz = ansatz }}\n")
    assert main(["check", str(path)]) == 0
    path.write_text(
        path.read_text().replace("param theta", "param theta = 1").replace("ansatz }", "ansatz; params = [1] }")
    )
    assert main(["check", str(path)]) == 1
    assert "remove the value of `theta` in the program, or that in `params`" in capsys.readouterr().err
    assert main(["check", str(path), "--set", "theta=1"]) == 1


def test_constraints_without_a_penalty_are_noticed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "e.qc"
    block = "energy { hamiltonian = h; ansatz = ansatz; params = [0.3]; linear_constraints = [[[1, 1], 1]]"
    path.write_text(f"{BODY}{block} }}\n")
    assert main(["run", str(path)]) == 0
    assert "QC0434" in capsys.readouterr().err
    path.write_text(f"{BODY}{block}; penalty = 4 }}\n")
    (found,) = answer(["run", str(path)], capsys)
    plain = 0.25 + math.cos(0.3) + 0.5 * math.sin(0.3)
    assert found["value"] == pytest.approx(plain + 4 * math.sin(0.15) ** 2)


def test_noise_acts_on_every_measured_circuit(capsys: pytest.CaptureFixture[str]) -> None:
    """The mean with noise is that of circuits written by hand, each compiled and run alone."""
    words = ["run", str(VQE), "--noise", "aria-1"]
    (found,) = answer([*words, "--exact"], capsys)
    program = iq.load(VQE)
    assert program.energy is not None
    ansatz = iq.Circuit.of(program.energy.ansatz).bind(theta=0.2269)
    wanted = 0.0
    for basis, letters in (("", "Z"), ("X", "X"), ("Y", "Y")):
        turned = ansatz.copy()
        for qubit in range(2 if basis else 0):
            (turned.si(qubit) if basis == "Y" else turned).h(qubit)
        result = iq.run(turned, noise="aria-1", exact=True)
        for product, factor in program.energy.hamiltonian.terms:
            if product and {letter for letter, _ in product} == {letters}:
                wanted += float(factor) * result.expectation("*".join(f"Z[{q}]" for _, q in product)).value
    groups = found["groups"]
    assert isinstance(groups, list)
    identity = 0.2252
    is_entangled = any(group["basis"] is None for group in groups)
    assert found["value"] == pytest.approx(identity + wanted, abs=5e-3 if is_entangled else 1e-9)
    (drawn,) = answer([*words, "--shots", "20000", "--seed", "3"], capsys)
    assert abs(drawn["value"] - found["value"]) < 5 * drawn["error"]


def test_the_forms_of_a_sweep(program: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["run", str(program), "--sweep", "theta=[0, 1]", "--shots", "100", "--seed", "1", "--format"]
    assert main([*words, "csv"]) == 0
    heads, *rows = capsys.readouterr().out.splitlines()
    assert heads == "energy,value,error,shots"
    assert [row.split(",")[::3] for row in rows] == [["energy theta=0", "100"], ["energy theta=1", "100"]]
    assert main([*words, "json"]) == 0
    assert [one["name"] for one in json.loads(capsys.readouterr().out)] == ["energy theta=0", "energy theta=1"]
    assert main(["run", str(program), "--expect", "Z[0]"]) == 2


# --- by `iq.run` -----------------------------------------------------------------------------------------------------

TILTED = """
job { shots = 400 }
param t
circuit a { qubit q; ry(t) q }
hamiltonian h = Z[0] + 0.5*X[0]
energy { hamiltonian = h; ansatz = a; params = [0.4] }
"""


def test_run_computes_an_energy() -> None:
    """By hand: the mean of Z is cos t, that of X is sin t."""
    wanted = math.cos(0.4) + 0.5 * math.sin(0.4)
    exact = iq.run(TILTED, exact=True)
    assert exact.value == pytest.approx(wanted)
    assert exact.names == ("energy",)
    sampled = iq.run(TILTED, seed=3)
    assert 0 < abs(sampled.value - wanted) < 0.2
    assert sampled[0].error > 0  # type: ignore[attr-defined]
    assert sampled.value == iq.run(TILTED, 400, 3).value != iq.run(TILTED, 400, 4).value
    noisy = iq.run(TILTED, exact=True, noise="aria-1").value
    assert noisy != pytest.approx(wanted, abs=1e-6)
    assert noisy == pytest.approx(wanted, abs=0.05)


def test_run_computes_the_energies_of_a_sweep() -> None:
    several = iq.run(iq.program(TILTED.replace("shots = 400", ""), sweeps={"t": [0.4, 0.5]}))
    assert [one.value for one in several] == pytest.approx([math.cos(t) + 0.5 * math.sin(t) for t in (0.4, 0.5)])  # type: ignore[attr-defined]
    assert several.names == ("energy t=0.4", "energy t=0.5")
    assert several["energy t=0.5"] == several[1] == several[1:][0]


@pytest.mark.parametrize(
    ("read", "code"),
    [
        (lambda: iq.run(TILTED).counts, "QC0877"),
        (lambda: iq.run(TILTED).registers, "QC0877"),
        (lambda: iq.run(TILTED).expectation("Z[0]"), "QC0877"),
        (lambda: iq.run(TILTED, basis="X"), "QC0439"),
        (lambda: iq.run("qubit q; h q").value, "QC0877"),
        (lambda: iq.run(TILTED.replace("a {", "a(s = 0.1) {").replace("ry(t)", "ry(s)")), "QC0743"),
    ],
)
def test_an_energy_is_no_table_of_outcomes(read: Any, code: str) -> None:
    with pytest.raises(iq.IonqdslError) as caught:
        read()
    assert caught.value.diagnostics[0].code == code
    assert all("{" not in text for text in caught.value.diagnostics[0].helps)
    if code == "QC0743":
        assert "the value of `s`" in caught.value.diagnostics[0].helps[0]
