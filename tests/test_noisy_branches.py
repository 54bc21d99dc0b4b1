"""Noise in circuits that measure and reset before the end: errors of gates, and outcomes that are misread there.

Distributions are compared with values derived by hand and with density matrices that are computed here, with whole
matrices and sums over Pauli products, which the simulator does not use.
"""

import json
import math
from itertools import product

import dynamic_programs
import numpy as np
import pytest
from by_hand import on
from by_hand import product as letters
from dynamic_programs import NATIVE
from reading import lowered

import ionqdsl as iq
from ionqdsl.batch import feed_forward
from ionqdsl.cli import main
from ionqdsl.ir.circuit import BARRIER, MEASURE, RESET, FlatCircuit, Op, Slot
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import NOISE_MODELS
from ionqdsl.record import changed
from ionqdsl.simulation import branch_states, branches, simulate

MISREADING = changed(NOISE_MODELS["aria-1"], one_qubit=0.0, two_qubit=0.0, readout=0.1)
HARSH = changed(NOISE_MODELS["aria-1"], one_qubit=0.2, two_qubit=0.4, readout=0.15)


def exact(text, noise=MISREADING):
    return dict(simulate.run(lowered(text), 0, noise=noise, exact=True).probabilities)


# --- by hand ---------------------------------------------------------------------------------------------------------


def test_a_misread_outcome_leaves_the_qubit_alone():
    """The qubit is 1. It is read as 1 with 0.9 in the middle, and again with 0.9 at the end, independently."""
    found = exact(
        "gateset native\nqubit a\ngpi(0) a\nregister m = measure a\nnop(0)\nverbatim { gpi2(0) a; gpi2(0.5) a }\n"
    )
    assert found == pytest.approx({"11": 0.81, "10": 0.09, "01": 0.09, "00": 0.01})


def test_a_condition_acts_on_the_outcome_as_it_was_read():
    """`a` is 0; `b` is turned round in the 10 % of shots in which `a` was read as 1, and then read with errors."""
    found = exact("gateset native\nqubit a, b\nregister m = measure a\nif m[0] { gpi(0) b }\n")
    b_given = {0: {0: 0.9, 1: 0.1}, 1: {0: 0.1, 1: 0.9}}
    expected = {
        f"{a}{b}{m}": (0.9 if a == 0 else 0.1) * b_given[m][b] * (0.9 if m == 0 else 0.1)
        for a, b, m in product((0, 1), repeat=3)
    }
    assert found == pytest.approx(expected)


def test_a_reset_does_not_depend_on_what_was_read():
    found = exact("gateset native\nqubit a\ngpi(0) a\nregister m = measure a\nreset a\n")
    assert found == pytest.approx({"01": 0.81, "00": 0.09, "11": 0.09, "10": 0.01})


def test_correcting_on_a_misread_outcome_does_harm():
    """Active reset by a condition: the qubit ends in 1 exactly if it was misread."""
    result = simulate.run(
        lowered("gateset native\nqubit a\ngpi2(0) a\nregister m = measure a\nif m[0] { gpi(0) a }\n"),
        0,
        noise=changed(MISREADING, readout=0.25),
        exact=True,
    )
    true_one = 0.25  # and that is then read as 1 with 0.75
    assert result.final.probabilities["1"] == pytest.approx(true_one * 0.75 + (1 - true_one) * 0.25)


# --- against density matrices ----------------------------------------------------------------------------------------


def gate(op):
    inner = FlatCircuit(len(op.qubits), rows=[Op(op.gate, tuple(range(len(op.qubits))), op.angles)], origins=[None])
    return simulate.unitary(inner)


def by_density(circuit, noise):
    """The joint distribution of all qubits at the end, as read, and of the slots."""
    width = circuit.width
    rho = np.zeros((2**width, 2**width), dtype=complex)
    rho[0, 0] = 1
    states: list[tuple[dict[Slot, int], np.ndarray]] = [({}, rho)]
    for op in circuit.rows:
        new = []
        for record, rho in states:
            if op.gate == MEASURE:
                for true, read in product((0, 1), repeat=2):
                    projector = on(np.diag([1.0 - true, true]), op.qubits, width)
                    share = noise.readout if true != read else 1 - noise.readout
                    new.append(({**record, op.slot: read}, share * projector @ rho @ projector))
                continue
            if op.gate == RESET:
                rho = sum(
                    k @ rho @ k.T
                    for k in (on(np.array(m), op.qubits, width) for m in ([[1, 0], [0, 0]], [[0, 1], [0, 0]]))
                )
            elif op.gate not in (BARRIER, "nop") and all(record[slot] == bit for slot, bit in op.when):
                matrix = on(gate(op), op.qubits, width)
                rho = matrix @ rho @ matrix.conj().T
                rate = {1: noise.one_qubit, 2: noise.two_qubit}[len(op.qubits)]
                mixed = sum(
                    on(e, op.qubits, width) @ rho @ on(e, op.qubits, width).conj().T
                    for e in map(letters, product("IXYZ", repeat=len(op.qubits)))
                ) / 4 ** len(op.qubits)
                rho = (1 - rate) * rho + rate * mixed
            new.append((record, rho))
        states = new
    found: dict[str, float] = {}
    confusion = np.array([[1]])
    for _ in range(width):
        confusion = np.kron(confusion, [[1 - noise.readout, noise.readout], [noise.readout, 1 - noise.readout]])
    for record, rho in states:
        ending = "".join(str(record[slot]) for slot in circuit.slots)
        for number, share in enumerate(confusion @ rho.diagonal().real):
            key = format(number, f"0{width}b") + ending
            found[key] = found.get(key, 0.0) + float(share)
    return found


def native_text(seed):
    return dynamic_programs.text(seed, True, 11, False, gates=NATIVE, widths=(2, 3), least=6, most_slots=3)


@pytest.mark.parametrize("seed", range(8))
def test_exact_and_drawn_outcomes_follow_the_density_matrix(seed):
    circuit = lowered(native_text(seed))
    wanted = by_density(circuit, HARSH)
    found = simulate.run(circuit, 0, noise=HARSH, exact=True).probabilities
    assert set(found) <= set(wanted)
    assert max(abs(found.get(bits, 0) - share) for bits, share in wanted.items()) < 1e-12
    shots = 2000
    counts = simulate.run(circuit, shots, seed, HARSH).counts
    assert sum(counts.values()) == shots
    surprise = sum((counts.get(bits, 0) - shots * p) ** 2 / (shots * p) for bits, p in wanted.items() if p > 1e-12)
    outcomes = sum(p > 1e-12 for p in wanted.values())
    assert surprise < outcomes + 5 * math.sqrt(2 * outcomes)  # chi squared: five standard deviations


# --- the tree --------------------------------------------------------------------------------------------------------

ROUNDS = """gateset native
qubit q[4]
register m[20]
gpi(0) q[1]
for i in range(20) { ms(0, 0) q[0], q[1]; ms(0, 0) q[0], q[1]; m[i] = measure q[2]; gpi(0.1) q[2] }
"""


def counted(monkeypatch, circuit, shots, noise):
    """The counts, and how many amplitudes gates acted on."""
    sizes = []
    plain = branch_states.evolve
    monkeypatch.setattr(
        branch_states, "evolve", lambda states, rows: (sizes.append(states.size * len(rows)), plain(states, rows))
    )
    counts = branches.counts(circuit, shots, 5, lambda needed: None, noise)
    monkeypatch.setattr(branch_states, "evolve", plain)
    return counts, sum(sizes)


def test_misreading_costs_no_branch_unless_a_gate_depends_on_it(monkeypatch):
    circuit = lowered(ROUNDS)
    plain, alone = counted(monkeypatch, circuit, 1000, None)
    misread, together = counted(monkeypatch, circuit, 1000, MISREADING)
    assert len(plain) == 1
    assert len(misread) > 500
    assert together == alone
    deciding = lowered(ROUNDS + "if m[3] { gpi(0) q[3] }\n")
    assert alone < counted(monkeypatch, deciding, 1000, MISREADING)[1] <= 2 * alone + 2


def test_shots_with_no_error_yet_are_followed_together(monkeypatch):
    """Errors strike 0.1 % of gates: the shots fork at their first error, and most have none."""
    rare = changed(MISREADING, one_qubit=0.001, two_qubit=0.001)
    _, alone = counted(monkeypatch, lowered(ROUNDS), 1, None)
    _, size = counted(monkeypatch, lowered(ROUNDS), 1000, rare)
    assert size < 100 * alone


def test_branches_in_many_groups_follow_the_same_distribution(monkeypatch):
    """A group too large to be followed together is halved, and each half goes on by itself."""
    circuit = lowered(native_text(4) + "if m[0] { gpi2(0.2) q[0] }\n")
    wanted = by_density(circuit, HARSH)
    monkeypatch.setattr(branches, "AT_ONCE", 200)
    one, again, other = (branches.counts(circuit, 2000, seed, lambda needed: None, HARSH) for seed in (7, 7, 8))
    assert one == again != other
    assert sum(one.values()) == 2000
    outcomes = sum(p > 1e-12 for p in wanted.values())
    surprise = sum((one[bits] - 2000 * p) ** 2 / (2000 * p) for bits, p in wanted.items() if p > 1e-12)
    assert surprise < outcomes + 5 * math.sqrt(2 * outcomes)


RECORD = {
    "backend": "qpu.forte-1",
    "qubits": 36,
    "fidelity": {"1q": {"median": 1.0}, "2q": {"median": 1.0}, "spam": {"median": 0.9}},
}


def test_the_figures_of_a_machine_reach_measurements_in_the_middle(tmp_path, capsys):
    (tmp_path / "c.qc").write_text("qubit a\nregister m[2]\nm[0] = measure a\nreset a\nm[1] = measure a\nh a\n")
    (tmp_path / "r.json").write_text(json.dumps(RECORD))
    arguments = ["run", str(tmp_path / "c.qc"), "--characterization", str(tmp_path / "r.json"), "--exact", "--json"]
    assert main(arguments) == 0
    result = json.loads(capsys.readouterr().out)["results"][0]
    assert result["registers"]["m"]["probabilities"] == pytest.approx({"00": 0.81, "01": 0.09, "10": 0.09, "11": 0.01})


# --- programs that are compiled for a machine, branches included ------------------------------------------------------


@pytest.mark.parametrize("machine", ["aria", "forte"])
@pytest.mark.parametrize("seed", range(6))
def test_stretches_in_native_gates_do_the_same(seed, machine):
    """Measurements, resets and conditions stay where they are; between them are the machine's gates alone."""
    circuit = lowered(dynamic_programs.text(seed, True, 12, widths=(2, 3), most_slots=3))
    native, _ = feed_forward.compiled(circuit, Options(machine))
    two = {"aria": "ms", "forte": "zz_native"}[machine]
    assert {op.gate for op in native.rows} <= {MEASURE, RESET, BARRIER, "gpi", "gpi2", two}
    assert native.slots == circuit.slots
    written, kept = ([op.slot for op in one.rows if op.gate == MEASURE] for one in (circuit, native))
    assert kept == written
    wanted = dict(simulate.run(circuit, 0, exact=True).probabilities)
    found = dict(simulate.run(native, 0, exact=True).probabilities)
    assert max(abs(found.get(bits, 0) - wanted.get(bits, 0)) for bits in found.keys() | wanted.keys()) < 1e-9


def test_a_correction_by_feed_forward_runs_with_noise(capsys, tmp_path):
    """Teleportation: without an error the state arrives; each pulse and gate on its way may spoil it, and no more."""
    text = (
        "qubit q[3]\nregister m[2]\nry(0.9) q[0]\nh q[1]\ncnot q[1:3]\ncnot q[0:2]\nh q[0]\nm = measure q[0:2]\n"
        "if m[1] { x q[2] }\nif m[0] { z q[2] }\nry(-0.9) q[2]\nregister out = q[2]\n"
    )
    for model in ("aria-1", "forte-1"):
        noise = NOISE_MODELS[model]
        with pytest.warns(iq.ProgramWarning, match="QC0340"):
            share = iq.run(iq.circuit(text), exact=True, noise=model).registers["out"]["1"]
        assert noise.two_qubit / 4 < share < 3 * noise.two_qubit + 15 * noise.one_qubit + noise.readout * 3
    path = tmp_path / "t.qc"
    path.write_text(text)
    assert main(["run", str(path), "--noise", "aria-1", "--exact", "--verify", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["results"][0]["registers"]["out"]["probabilities"]["0"] > 0.9
