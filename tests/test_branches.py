"""Circuits that measure and reset qubits before the end, on the local machine: exactly, with shots and with noise.

The distributions are compared with the engine of dynamic_programs.py, which shares no bookkeeping with the simulator,
and with values derived by hand.
"""

import math
from collections import Counter

import dynamic_programs
import pytest
from dynamic_programs import far
from reading import lowered

import ionqdsl as iq
from ionqdsl.diagnostics import CompileError
from ionqdsl.ir.targets import NOISE_MODELS
from ionqdsl.record import changed
from ionqdsl.simulation import branch_states, branches, memory, noise, simulate

PI_8 = math.cos(math.pi / 8) ** 2


def by_record(circuit, joint):
    """A distribution by outcome, with the keys of dynamic_programs.py."""
    names = [f"{slot.register}[{slot.place}]" for slot in circuit.slots]

    def key(bits):
        record = tuple(sorted(zip(names, map(int, bits[circuit.width :]), strict=True)))
        return record, bits[: circuit.width]

    return {key(bits): share for bits, share in joint.items()}


# --- exactly ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(60))
def test_every_branch_has_its_probability(seed):
    circuit = lowered(dynamic_programs.text(seed, has_branches=seed % 2 == 1))
    found = simulate.run(circuit, 0, exact=True).probabilities
    assert dynamic_programs.far(dynamic_programs.distribution(circuit), by_record(circuit, found)) < 1e-12


def test_an_outcome_is_kept_and_a_reset_forgets_one():
    result = simulate.run(lowered("qubit a, b\nry(pi/4) a\nregister m = measure a\nreset a\nx b\n"), 0)
    assert result.is_exact
    assert result.names == ("a", "b", "m[0]")
    assert dict(result.probabilities) == pytest.approx({"010": PI_8, "011": 1 - PI_8})
    assert result.register_probabilities["m"] == pytest.approx({"0": PI_8, "1": 1 - PI_8})
    assert dict(result.final.probabilities) == pytest.approx({"01": 1})


def test_a_measured_qubit_is_no_longer_in_superposition():
    """After H, measure, H the final bit is even, whatever was measured; without the measurement it would be 0."""
    result = simulate.run(lowered("qubit a\nh a\nregister m = measure a\nh a\n"), 0)
    assert dict(result.probabilities) == pytest.approx({"00": 0.25, "01": 0.25, "10": 0.25, "11": 0.25})


def test_gates_follow_the_outcome_that_they_depend_on():
    text = "qubit a, b\nry(pi/4) a\nregister m = measure a\nif m[0] { x b } else { h b }\n"
    expected = {"000": PI_8 / 2, "010": PI_8 / 2, "111": 1 - PI_8}
    assert dict(simulate.run(lowered(text), 0).probabilities) == pytest.approx(expected)


@pytest.mark.parametrize("gate", ["x", "y", "gpi(0.3)"])
def test_known_bits_follow_flips_and_controls(gate):
    """Of three qubits only one is ever in superposition; `cnot b, c` acts on known bits alone."""
    block = f"native {{ {gate} b }}" if gate.startswith("gpi") else f"{gate} b"
    text = f"qubit a, b, c\nh a\nregister m = measure a\n{block}\ncnot b, c\nrz(0.3) c\nctrl @ z b, c\nh a\n"
    circuit = lowered(text)
    assert set(simulate.run(circuit, 0).probabilities) == {f"{a}11{m}" for a in "01" for m in "01"}


def test_qubits_whose_values_are_known_take_no_memory():
    """A chain of 60 qubits in which each is measured before the next is touched; at most two are held at once."""
    steps = "".join(f"cnot q[{k}], q[{k + 1}]\nm[{k}] = measure q[{k}]\n" for k in range(59))
    circuit = lowered(f"qubit q[60]\nregister m[59]\nh q[0]\n{steps}")
    assert branches.widest(circuit) == 2
    result = simulate.run(circuit, 0, exact=True)
    assert dict(result.probabilities) == pytest.approx({"0" * 119: 0.5, "1" * 119: 0.5})


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("qubit q[40]\nry(0.3) q\nregister m = measure q[0]\nh q[0]\n", "QC0650"),
        ("qubit q\nregister m[9]\nfor i in range(9) { h q; m[i] = measure q }\n", "QC0659"),
        ("param t\nqubit q\nrx(t) q\nregister m = measure q\nh q\n", "QC0652"),
    ],
)
def test_too_much_is_refused(text, code, monkeypatch):
    monkeypatch.setattr(branches, "MOST_BRANCHES", 1 << 8)
    with pytest.raises(CompileError) as error:
        simulate.run(lowered(text), 0, exact=True)
    assert [one.code for one in error.value.diagnostics] == [code]


def test_memory_is_checked_before_it_is_taken(monkeypatch):
    monkeypatch.setattr(memory, "free_memory", lambda: 1 << 20)
    with pytest.raises(CompileError, match="20 qubits"):
        simulate.run(lowered("qubit q[20]\nry(0.3) q\nregister m = measure q\nh q\n"), 10)


@pytest.mark.parametrize("view", [simulate.state, simulate.unitary, simulate.bloch_vectors, simulate.probabilities])
def test_there_is_no_single_state(view):
    with pytest.raises(CompileError) as error:
        view(lowered("qubit q\nh q\nregister m = measure q\nh q\n"))
    assert error.value.diagnostics[0].code == "QC0645"
    assert error.value.diagnostics[0].span.text == "register m = measure q"


# --- shots -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(1, 13, 2))
def test_shots_follow_the_distribution(seed):
    circuit = lowered(dynamic_programs.text(seed, has_branches=True))
    result = simulate.run(circuit, 20_000, seed)
    assert sum(result.counts.values()) == 20_000
    assert set(result.counts) <= set(result.probabilities)
    shares = {bits: count / 20_000 for bits, count in result.counts.items()}
    spread = math.sqrt(len(result.probabilities) / 20_000)  # twice the mean of the distance, roughly
    assert far(shares, result.probabilities) < spread


def test_a_seed_gives_the_same_counts_and_another_gives_others():
    circuit = lowered("qubit q\nregister m[4]\nfor i in range(4) { h q; m[i] = measure q }\n")
    one, again, other = (simulate.run(circuit, 1000, seed).counts for seed in (7, 7, 8))
    assert one == again
    assert one != other
    assert simulate.run(circuit, 1000, -1).counts  # a job's noise.seed may be negative


def test_branches_may_be_visited_in_any_order():
    """Each branch draws its own numbers: earlier branches in the walk play no part."""
    text = "qubit a, b\nregister m[2]\nh a; h b\nm[0] = measure a\nm[1] = measure b\nh a; h b\n"
    circuit = lowered(text)
    swapped = lowered(
        text.replace("m[0] = measure a\nm[1] = measure b", "m[0] = measure a\nx a\nx a\nm[1] = measure b")
    )
    assert simulate.run(circuit, 500, 3).counts == simulate.run(swapped, 500, 3).counts


def test_only_the_branches_that_shots_take_are_followed(monkeypatch):
    """20 measurements whose outcomes are certain are one branch, and 30 coin tosses at most one for each shot.

    All branches at one place take their gates in one call.
    """
    steps = []
    plain = branch_states.evolve
    monkeypatch.setattr(branch_states, "evolve", lambda states, rows: (steps.append(len(states)), plain(states, rows)))
    certain = "qubit q[3]\nregister m[20]\nh q[0]\nfor i in range(20) { cnot q[0], q[1]; m[i] = measure q[2] }\n"
    simulate.run(lowered(certain), 1000, 1, engine="statevector")
    assert len(steps) <= 2 * 21  # each segment once for the counts, once for the exact distribution
    steps.clear()
    coins = "qubit q\nregister m[30]\nfor i in range(30) { h q; m[i] = measure q }\n"
    result = simulate.run(lowered(coins), 50, 1, engine="statevector")
    assert not result.is_exact
    assert sum(result.counts.values()) == 50
    assert len(steps) <= 31
    assert 2 < max(steps) <= 50


@pytest.mark.parametrize("seed", [2])
def test_a_single_shot_follows_the_distribution_too(seed):
    """It reads qubits early; 600 runs of one shot are as good as one of 600."""
    circuit = lowered(dynamic_programs.text(seed, has_branches=True))
    wanted = branches.distribution(circuit, lambda needed: None)
    found = Counter[str]()
    for number in range(600):
        found += branches.counts(circuit, 1, number, lambda needed: None)
    assert set(found) <= set(wanted)
    assert far({bits: n / 600 for bits, n in found.items()}, wanted) < math.sqrt(len(wanted) / 600)


def test_a_single_shot_reads_qubits_once_nothing_follows(monkeypatch):
    """A chain in which one qubit after the other is used for the last time: the state shrinks as it goes."""
    sizes = []
    plain = branch_states.evolve
    monkeypatch.setattr(branch_states, "evolve", lambda state, rows: (sizes.append(state.size), plain(state, rows)))
    steps = "".join(f"h q[{k}]; cnot q[{k}], q[{k + 1}]; m[{k}] = measure q[11]; h q[11]\n" for k in range(10))
    circuit = lowered("qubit q[12]\nregister m[10]\nh q\n" + steps)
    branches.counts(circuit, 1, 3, lambda needed: None)
    assert sizes[0] == 2**12
    assert sizes[-1] <= 2**4


@pytest.mark.parametrize("most", [1, 800, 1 << 22])
def test_memory_is_bounded_however_many_branches_there_are(most, monkeypatch):
    """Groups are halved before a gate makes them too large, by several qubits at once; the outcomes are the same."""
    circuit = lowered(
        "qubit q[6]\nregister m[8]\nfor i in range(6) { ry(1.0) q[i % 2]; cnot q[0], q[1]; m[i] = measure q[i % 2] }\n"
        "for i in range(6) { reset q[i] }\nif m[0] { pauliexp(0.3, X[0]*X[1]*Y[2]*X[3]) q[2:6] }\n"
        "m[6] = measure q[5]\nm[7] = measure q[3]\n"
    )
    wanted = branches.distribution(circuit, lambda needed: None)
    sizes = []
    plain = branch_states.evolve
    monkeypatch.setattr(
        branch_states, "evolve", lambda states, rows: (sizes.append((len(states), states.nbytes)), plain(states, rows))
    )
    monkeypatch.setattr(branches, "AT_ONCE", most)
    found = branches.distribution(circuit, lambda needed: None)
    assert max(size for rows, size in sizes if rows > 1 or most == 1) <= max(most, 16 << 4)
    assert far(wanted, found) < 1e-12
    counts = branches.counts(circuit, 5000, 1, lambda needed: None)
    assert sum(counts.values()) == 5000
    assert set(counts) <= set(wanted)
    assert far({bits: n / 5000 for bits, n in counts.items()}, wanted) < math.sqrt(len(wanted) / 5000)


# --- noise -----------------------------------------------------------------------------------------------------------

NATIVE = """gateset native
qubit a, b
register m[2]
gpi2(0) a
ms(0, 0.1) a, b
m[0] = measure a
gpi2(0.2) a
reset b
gpi(0.3) b
if m[0] { gpi2(0.7) b }
m[1] = measure b
gpi2(0.4) b
"""


def test_noise_by_hand():
    """A pulse of rate r leaves a depolarised qubit: the outcome 1 has 1 - r/2, and after a reset nothing remains."""
    model = NOISE_MODELS["aria-1"]
    circuit = lowered("gateset native\nqubit a\ngpi(0) a\nregister m = measure a\nreset a\ngpi(0) a\n")
    right = 1 - model.one_qubit / 2
    found = simulate.run(circuit, 0, noise=model, exact=True).probabilities
    expected = {"11": right * right, "01": right * (1 - right), "10": right * (1 - right), "00": (1 - right) ** 2}
    assert dict(found) == pytest.approx(expected)


def test_noisy_shots_follow_the_noisy_distribution():
    model = changed(NOISE_MODELS["aria-1"], one_qubit=0.3, two_qubit=0.8)
    circuit = lowered(NATIVE)
    result = simulate.run(circuit, 4_000, 3, model, exact=True)
    shares = {bits: count / 4_000 for bits, count in result.counts.items()}
    assert sum(result.probabilities.values()) == pytest.approx(1)
    assert far(shares, result.probabilities) < math.sqrt(len(result.probabilities) / 4_000)
    sampled = simulate.run(circuit, 1000, 3, model)
    assert not sampled.is_exact
    assert sampled.probabilities == {k: n / 1000 for k, n in sampled.counts.items()}
    ideal = simulate.run(circuit, 0, exact=True)
    assert far(ideal.probabilities, result.probabilities) > 0.05


def test_measuring_early_what_nothing_follows_changes_no_noise():
    model = NOISE_MODELS["aria-1"]
    body = "gateset native\nqubit a, b\ngpi2(0) a\nms(0, 0.1) a, b\n"
    plain = noise.exact(lowered(body), model)
    early = simulate.run(lowered(body + "register m = measure a\n"), 0, noise=model, exact=True).probabilities
    assert {bits: early[bits + bits[0]] for bits in ("00", "01", "10", "11")} == pytest.approx(
        {format(number, "02b"): share for number, share in enumerate(plain)}
    )


# --- results ---------------------------------------------------------------------------------------------------------


def test_results_name_qubits_and_slots_and_turn_round_whole():
    result = simulate.run(lowered("qubit a, b\nregister s[2]\nx a\ns[0] = measure a\ns[1] = measure b\nx a\n"), 5)
    assert result.counts == {"0010": 5}
    assert result.order == "a b s[0] s[1]"
    assert result.qubits == 2
    turned = result.ordered("q0-right")
    assert turned.counts == {"0100": 5}
    assert turned.order == "s[1] s[0] b a"
    assert turned.registers == {"s": {"01": 5}}
    assert result.registers == {"s": {"10": 5}}
    assert turned.final.counts == {"00": 5}
    assert turned.final.order == "b a"
    assert list(result.to_json())[:4] == ["name", "qubits", "written", "registers"]


def test_the_mean_of_an_operator_is_that_of_the_final_readout():
    result = iq.run("qubit a, b\nh a\nregister m = measure a\nif m[0] { x b }\n", shots=1000, seed=1)[0]
    assert result.expectation("ZZ").value == 1.0
    with pytest.raises(iq.UsageError, match="QC0646"):
        result.mitigated(iq.Calibration(((0.1, 0.1), (0.1, 0.1))))
