"""Circuits of Clifford gates by stabilisers: against state vectors, against stim if it is installed, and when wide."""

import json
import math

import numpy as np
import pytest
from dynamic_programs import CLIFFORD, Gates, far, text
from reading import lowered

from ionqdsl.cli import main
from ionqdsl.diagnostics import CompileError
from ionqdsl.ir.circuit import BARRIER, MEASURE, RESET
from ionqdsl.ir.targets import NOISE_MODELS
from ionqdsl.record import changed
from ionqdsl.simulation import branches, simulate, stabilisers


def uses_stabilisers(circuit):
    return simulate.choice_of(circuit, 10).engine == "stabiliser"


def clifford_text(seed):
    """A program of Clifford gates on a few qubits, with up to six measurements, resets and conditions."""
    return text(seed, True, 22, False, gates=CLIFFORD, least=22, most_slots=6)


@pytest.mark.parametrize("seed", range(40))
def test_the_distribution_is_that_of_state_vectors(seed):
    circuit = lowered(clifford_text(seed))
    assert stabilisers.is_clifford(circuit)
    wanted = branches.distribution(circuit, lambda needed: None)
    assert far(wanted, stabilisers.distribution(circuit)) < 1e-12
    counts = stabilisers.counts(circuit, 1500, seed)
    assert sum(counts.values()) == 1500
    assert set(counts) <= set(wanted)
    assert far({k: n / 1500 for k, n in counts.items()}, wanted) < 1.3 * math.sqrt(len(wanted) / 1500)


@pytest.mark.parametrize("gate", ["t q", "rz(0.3) q", "ctrl @ h q, r", "ctrl(2) @ x q, r, s", "gpi2(0.1) q"])
def test_other_gates_are_no_clifford_gates(gate):
    block = f"native {{ {gate} }}" if gate.startswith("gpi2") else gate
    assert not stabilisers.is_clifford(lowered(f"qubit q, r, s\nregister m = measure q\n{block}\nh q\n"))


@pytest.mark.parametrize(
    ("angle", "is_clifford"),
    [
        ("pi/2", True),
        ("1.5707963267948966", True),
        ("-1570.7963267948967", True),
        ("pi/2 + 0.000000000001", False),
        ("0.000000000001", False),
    ],
)
def test_an_angle_near_a_clifford_gate_is_not_rounded(angle, is_clifford):
    for gate in (f"rz({angle}) q", f"xx({angle}) q, r"):
        assert stabilisers.is_clifford(lowered(f"qubit q, r\n{gate}\n")) == is_clifford


def test_errors_and_misread_outcomes_follow_the_density_matrix():
    text = """gateset native
qubit a, b
register m[3]
gpi2(0) a; ms(0, 0.25) a, b
m[0] = measure a
if m[0] { gpi(0.25) b }
reset a
gpi2(0.25) a; ms(0.5, 0) b, a
m[1] = measure b
if not m[1] and m[0] { gpi2(0.5) a }
m[2] = measure a
gpi2(0) b
"""
    model = changed(NOISE_MODELS["aria-1"], one_qubit=0.2, two_qubit=0.4, readout=0.15)
    circuit = lowered(text)
    wanted = simulate.run(circuit, 0, noise=model, exact=True).probabilities
    counts = stabilisers.counts(circuit, 20_000, 3, model)
    surprise = sum((counts.get(k, 0) - 20_000 * p) ** 2 / (20_000 * p) for k, p in wanted.items())
    assert surprise < len(wanted) + 5 * math.sqrt(2 * len(wanted))  # chi squared: five standard deviations


# --- wide circuits ---------------------------------------------------------------------------------------------------


def surface_code(distance, rounds):
    """The rotated surface code: a row (letter, data qubits) for each check, and a program of rounds of all checks."""
    place = {(i, j): i * distance + j for i in range(distance) for j in range(distance)}
    checks = []
    for i in range(distance + 1):
        for j in range(distance + 1):
            on = [place[c] for c in ((i - 1, j - 1), (i - 1, j), (i, j - 1), (i, j)) if c in place]
            letter = "X" if (i + j) % 2 else "Z"
            is_edge = (i in (0, distance) and letter == "X") or (j in (0, distance) and letter == "Z")
            if len(on) == 4 or (len(on) == 2 and is_edge):
                checks.append((letter, on))
    lines = [f"qubit d[{len(place)}]", f"qubit a[{len(checks)}]", f"register s[{len(checks) * rounds}]"]
    for number in range(rounds):
        for k, (letter, on) in enumerate(checks):
            turn = [f"h a[{k}]"] if letter == "X" else []
            gates = [f"cnot a[{k}], d[{q}]" if letter == "X" else f"cnot d[{q}], a[{k}]" for q in on]
            slot = number * len(checks) + k
            lines += [*turn, *gates, *turn, f"s[{slot}] = measure a[{k}]", f"reset a[{k}]"]
    return checks, "\n".join(lines) + "\n"


def test_rounds_of_a_surface_code():
    """49 qubits, three rounds. Z checks of |0...0> read 0; X checks are coins, each the same in every round.

    At the end the ancillas are 0, and a Z check is the parity of its data qubits.
    """
    checks, text = surface_code(5, 3)
    circuit = lowered(text)
    assert (circuit.width, len(checks)) == (49, 24)
    result = simulate.run(circuit, 300, 7)
    assert not result.is_exact
    for bits in result.counts:
        data, ancillas, record = bits[:25], bits[25:49], bits[49:]
        rounds = [record[24 * k : 24 * k + 24] for k in range(3)]
        assert rounds[0] == rounds[1] == rounds[2]
        assert set(ancillas) == {"0"}
        for (letter, on), bit in zip(checks, rounds[0], strict=True):
            if letter == "Z":
                assert bit == "0"
                assert sum(int(data[q]) for q in on) % 2 == 0
    for k, (letter, _) in enumerate(checks):
        share = sum(n for bits, n in result.counts.items() if bits[49 + k] == "1") / 300
        assert share == 0 if letter == "Z" else abs(share - 0.5) < 0.15
    assert len({bits[49 : 49 + 24] for bits in result.counts}) > 250  # 2^12 records are equally likely
    assert simulate.run(circuit, 300, 7).counts == result.counts
    with pytest.raises(CompileError, match="QC0659"):
        simulate.run(circuit, 0, exact=True)  # 2^24 outcomes: 12 checks, and 12 more coins of the data


def test_a_repetition_code_corrects_itself():
    """51 data qubits in a GHZ state: an x on one of them is found by its two checks and undone by conditions."""
    lines = ["qubit d[51]", "qubit a", "register s[50]", "h d[0]"]
    lines += [f"cnot d[0], d[{k}]" for k in range(1, 51)] + ["x d[20]"]
    for k in range(50):
        lines += [f"cnot d[{k}], a; cnot d[{k + 1}], a", f"s[{k}] = measure a", "reset a"]
    lines += [f"if s[{k - 1}] and s[{k}] {{ x d[{k}] }}" for k in range(1, 50)]
    circuit = lowered("\n".join(lines) + "\n")
    record = "".join("1" if k in (19, 20) else "0" for k in range(50))
    exact = simulate.run(circuit, 0, exact=True).probabilities
    assert dict(exact) == {"0" * 52 + record: 0.5, "1" * 51 + "0" + record: 0.5}
    assert set(simulate.run(circuit, 100, 2).counts) == set(exact)


def test_it_is_chosen_once_and_said_in_one_line(tmp_path, capsys, monkeypatch):
    asked = []
    decide = stabilisers.is_clifford
    monkeypatch.setattr(stabilisers, "is_clifford", lambda circuit: asked.append(circuit.name) or decide(circuit))
    path = tmp_path / "wide.qc"
    path.write_text(
        "qubit q[60]\nregister m[1]\nh q[0]\nfor i in range(59) { cnot q[i], q[i+1] }\nm[0] = measure q[59]\nh q[59]\n"
    )
    assert main(["run", str(path), "--shots", "50", "--seed", "1", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert [one["code"] for one in said["diagnostics"]] == ["QC0649"]
    assert asked == ["wide"]
    assert set(said["results"][0]["registers"]["m"]["counts"]) == {"0", "1"}
    path.write_text(path.read_text().replace("h q[0]", "t q[0]"))
    assert main(["run", str(path), "--shots", "50"]) != 0
    assert "QC0650" in capsys.readouterr().err


def test_wide_circuits_that_measure_at_the_end_alone_run_too():
    """Would catch a run that is refused until somebody measures a qubit in the middle."""
    ghz = lowered("qubit q[60]\nh q[0]\nfor i in range(59) { cnot q[i], q[i+1] }\nregister out = q[0, 59]\n")
    assert uses_stabilisers(ghz)
    assert simulate.run(ghz, 0).registers == {"out": {"00": 0.5, "11": 0.5}}
    counts = simulate.run(ghz, 100, 2).counts
    assert set(counts) == {"0" * 60, "1" * 60}
    assert simulate.run(ghz, 100, 2).counts == counts
    idle = lowered(
        "qubit q[60]\nry(2*pi/3) q[3]\nccx q[3], q[4], q[5]\ncnot q[3], q[9]\nx q[59]\nregister out = q[3, 5, 9, 59]\n"
    )
    assert not uses_stabilisers(idle)
    assert simulate.run(idle, 0).registers["out"] == pytest.approx({"0001": 0.25, "1011": 0.75})
    assert simulate.run(idle, 40, 1).counts.keys() == simulate.run(idle, 0).probabilities.keys()


def test_small_circuits_keep_their_state_vectors():
    assert not uses_stabilisers(lowered("qubit q\nh q\nregister m = measure q\nh q\n"))
    with pytest.raises(CompileError, match="QC0652"):
        uses_stabilisers(lowered("param t\nqubit q[30]\nrx(t) q\nregister m = measure q[0]\nh q[0]\n"))


# --- stim ------------------------------------------------------------------------------------------------------------

NAMES = {"h": "H", "x": "X", "y": "Y", "z": "Z", "s": "S", "si": "S_DAG", "v": "SQRT_X", "cnot": "CX", "swap": "SWAP"}


@pytest.mark.parametrize("seed", range(10))
def test_stim_draws_from_the_same_outcomes(seed):
    """All outcomes are equally likely here: those that stim draws must lie in the set, and must span it."""
    stim = pytest.importorskip("stim")
    gates = Gates(("h", "x", "y", "z", "s", "si", "v"), ("cnot", "swap"))
    circuit = lowered(text(seed, False, 160, False, gates=gates, widths=(12, 12), least=160, most_slots=6))
    lines = []
    for op in circuit.rows:
        name = {MEASURE: "M", RESET: "R"}.get(op.gate) or NAMES.get("cnot" if op.controls else op.gate)
        if op.gate != BARRIER:
            lines.append(f"{name} {' '.join(map(str, op.qubits))}")
    sampler = stim.Circuit("\n".join([*lines, f"M {' '.join(map(str, range(12)))}"])).compile_sampler(seed=5)
    drawn = sampler.sample(400).astype(np.uint8)
    written = len(circuit.slots)
    order = [op.slot for op in circuit.rows if op.gate == MEASURE]
    drawn = drawn[:, [*range(written, written + 12), *(order.index(slot) for slot in circuit.slots)]]
    (part,) = stabilisers.affine(circuit)
    pivots = part.basis.argmax(axis=1) if len(part.basis) else np.array([], dtype=int)
    rest = drawn ^ part.start
    rest ^= (rest[:, pivots].astype(int) @ part.basis % 2).astype(np.uint8)
    assert not rest.any()
    spanned = stabilisers._independent(drawn ^ drawn[0])
    assert len(spanned) == len(part.basis)
