"""The examples keep their promises: each is compiled for every target and run, and its answer is checked by hand."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import dynamic_programs
import numpy as np
import pytest
from by_hand import pauli_sum

from ionqdsl import pipeline as stages
from ionqdsl.cli import main
from ionqdsl.ir.job import LoweredProgram
from ionqdsl.ir.options import Options
from ionqdsl.ir.symbolic import bind
from ionqdsl.simulation import simulate
from ionqdsl.testing import suite
from ionqdsl.verify import equivalent

EXAMPLES = Path(__file__).parent.parent / "examples"
PROGRAMS = sorted(path.name for path in EXAMPLES.glob("*.qc"))


def load(name: str) -> LoweredProgram:
    program, warnings = stages.load(stages.read(str(EXAMPLES / name)))
    assert warnings == []
    return program


def outcomes(name: str, index: int = 0) -> dict[str, float]:
    result = simulate.run(load(name).runs[index], shots=0)
    return {bits: value for bits, value in result.probabilities.items() if value > 1e-9}


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("target", [None, "qis", "aria", "forte"])
def test_every_example_compiles_for_every_target(name: str, target: str | None) -> None:
    """Compiled circuits are equal to their sources, and the service would take the request."""
    program = load(name)
    if target == "qis" or (target == "aria" and "forte" in program.job.get("backend", "")):
        program.job.set("backend", "simulator")
        program.job.settings.pop("settings.error_mitigation.debiasing", None)
    elif "backend" not in program.job.settings:
        program.job.set("backend", "simulator")
    options = Options(target=target, level=0, preserve="unitary")
    compiled, _, _ = stages.transpile(program, options)
    for source, result in zip(program.runs, compiled.runs, strict=True):
        if source.width <= 6:
            assert equivalent(source, result, "unitary")
    assert stages.body(stages.payload(compiled, options))


ENERGIES = {"vqe.qc"}
"""Programs that ask for an energy, which the service computes."""


PUBLISHED = sorted(f"programs/{path.name}" for path in (EXAMPLES / "programs").glob("*.qc"))
"""Programs after publications, which carry tests of their own."""

MEASURED = sorted(f"measurements/{path.name}" for path in (EXAMPLES / "measurements").glob("*.qc"))
"""Programs that measure and reset qubits before the end; they carry tests of their own, too."""


@pytest.mark.parametrize("name", PUBLISHED)
def test_programs_pass_their_own_tests(name: str) -> None:
    source = stages.read(str(EXAMPLES / name))
    outcomes = suite.outcomes(source)
    assert [outcome.title for outcome in outcomes if not outcome] == []
    assert len(outcomes) >= 3
    assert re.search(r"^# [A-Z]\. [A-Z][\w']+.*\b(19|20)\d\d\b", source.text, re.MULTILINE), "the source is named"


@pytest.mark.parametrize("name", [*(name for name in PROGRAMS if name not in ENERGIES), *PUBLISHED, *MEASURED])
def test_every_example_runs_on_this_computer(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a key, and without a service to ask."""
    for variable in ("IONQ_API_KEY", "IONQ_API_KEY_FILE"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("IONQ_API_URL", "http://127.0.0.1:9")
    monkeypatch.chdir(tmp_path)
    assert main(["run", str(EXAMPLES / name), "--shots", "20", "--seed", "1"]) == 0
    assert "20 shots" in capsys.readouterr().out


@pytest.mark.parametrize("name", MEASURED)
def test_measurements_before_the_end(name: str) -> None:
    """Their own tests pass, an engine that shares no bookkeeping with the simulator agrees, and so does deferral."""
    assert [outcome.title for outcome in suite.outcomes(stages.read(str(EXAMPLES / name))) if not outcome] == []
    program = load(name)
    for circuit in program.runs:
        assert circuit.is_dynamic
        result = simulate.run(circuit, 0, exact=True)
        wanted = dynamic_programs.registers(circuit)
        found: dict[object, float] = {}
        for bits, share in result.probabilities.items():
            read = tuple("".join("0" if p is None else bits[p] for p in places) for _, places in result.slots)
            found[read] = found.get(read, 0.0) + share
        assert dynamic_programs.far(wanted, found) < 1e-12
    deferred, _, _ = stages.transpile(program, Options(defer=True, preserve="registers"))
    for circuit, static in zip(program.runs, deferred.runs, strict=True):
        assert equivalent(circuit, static, "registers")


@pytest.mark.parametrize("name", MEASURED)
@pytest.mark.parametrize("wire", ["v0.4", "v0.4-2026-10"])
def test_measurements_before_the_end_make_bodies(name: str, wire: str) -> None:
    """Deferred for every machine; and as they are, where no gate depends on an outcome."""
    program = load(name)
    program.job.set("backend", "simulator")
    deferred = Options(defer=True, wire=wire)
    body = stages.payload(stages.transpile(program, deferred)[0], deferred)
    assert body["type"] in ("ionq.circuit.v1", "ionq.multi-circuit.v1")
    if wire != "v0.4" and len(program.runs) == 1 and not program.runs[0].has_conditions:
        program.job.set("noise.model", "aria-1")
        plain = Options(wire=wire)
        text = stages.payload(stages.transpile(program, plain)[0], plain)["input"]["data"]
        assert "measure q[" in text
        assert "reset q[" in text


REGISTERS: dict[str, dict[tuple[str, ...], float]] = {
    "teleportation": {(m, "0"): 1 / 4 for m in ("00", "01", "10", "11")},
    "iterative_phase_estimation": {("0101",): 1},  # 0.3125 = 0/2 + 1/4 + 0/8 + 1/16
    "repetition_code": {("000", "000", "000"): np.cos(0.6) ** 2, ("000", "000", "111"): np.sin(0.6) ** 2},
    "active_reset": {
        (f"{one}{other}", "00"): np.prod([np.sin(0.45) ** 2 if bit else np.cos(0.45) ** 2 for bit in (one, other)])
        for one in (0, 1)
        for other in (0, 1)
    },
    "bernstein_vazirani_reuse": {("101101",): 1},
    "ghz_by_measurement": {(format(parity, "03b"), bits): 1 / 16 for parity in range(8) for bits in ("0000", "1111")},
}
"""The registers of the first circuit, by hand."""


@pytest.mark.parametrize("name", MEASURED)
def test_measurements_before_the_end_by_hand(name: str) -> None:
    found = dynamic_programs.registers(load(name).runs[0])
    wanted = REGISTERS[name.removeprefix("measurements/").removesuffix(".qc")]
    assert {key: share for key, share in found.items() if share > 1e-12} == pytest.approx(wanted)


def test_bell() -> None:
    assert outcomes("bell.qc") == pytest.approx({"00": 0.5, "11": 0.5})


def test_ghz_has_two_outcomes_at_every_size() -> None:
    for index, n in enumerate((2, 3, 4, 6, 8)):
        assert outcomes("ghz.qc", index) == pytest.approx({"0" * n: 0.5, "1" * n: 0.5})


def test_qft_reads_the_frequency() -> None:
    assert outcomes("qft.qc") == pytest.approx({"011": 1})


def test_phase_estimation_reads_the_phase() -> None:
    """0.3125 = 5/16, so the register reads 0101."""
    result = simulate.run(load("phase_estimation.qc").runs[0], shots=10, seed=1)
    assert result.registers["phase"] == {"0101": 10}


def test_grover_finds_the_marked_state() -> None:
    """After two rounds sin^2(5 asin(1/sqrt 8)) = 0.9453."""
    assert outcomes("grover.qc")["101"] == pytest.approx(np.sin(5 * np.arcsin(8**-0.5)) ** 2)


def test_bernstein_vazirani_reads_the_string() -> None:
    result = simulate.run(load("bernstein_vazirani.qc").runs[0], shots=10, seed=1)
    assert result.registers["answer"] == {"10110": 10}


def test_qaoa_beats_guessing_on_the_ring() -> None:
    """The mean cut at (0.79, 0.3) or so is above 3, half of the six edges."""
    program = load("qaoa.qc")

    def cut(bits: str) -> int:
        return sum(bits[i] != bits[(i + 1) % 6] for i in range(6))

    means = [
        sum(p * cut(bits) for bits, p in simulate.run(circuit, shots=0).probabilities.items())
        for circuit in program.runs
    ]
    assert max(means) > 4
    assert [circuit.name for circuit in program.runs][:2] == ["gamma=0.00 beta=0.39", "gamma=0.50 beta=0.39"]


def test_ising_quench_follows_trotter_by_matrices() -> None:
    n, field, step = 5, 0.7, 0.15
    z = np.array([[1 - 2 * (state >> (n - 1 - i) & 1) for i in range(n)] for state in range(2**n)])
    diagonal = np.exp(1j * step * sum(z[:, i] * z[:, i + 1] for i in range(n - 1)))
    turn = np.array(
        [[np.cos(field * step), 1j * np.sin(field * step)], [1j * np.sin(field * step), np.cos(field * step)]]
    )
    layer = np.array([[1]])
    for _ in range(n):
        layer = np.kron(layer, turn)
    state = np.zeros(2**n, complex)
    state[0] = 1
    for _ in range(4):
        state = layer @ (diagonal * state)
    circuit = load("ising.qc").runs[1]
    assert circuit.name == "t = 4 x 0.15"
    assert np.abs(simulate.probabilities(circuit) - abs(state) ** 2).max() < 1e-12


def test_vqe_reaches_the_ground_energy() -> None:
    """At its parameter the ansatz is within 2 mHa of the matrix's lowest eigenvalue, -1.1456."""
    energy = load("vqe.qc").energy
    assert energy is not None
    matrix = pauli_sum(energy.hamiltonian.terms, 2)
    assert energy.params is not None
    state = simulate.state(bind(energy.ansatz, {"theta": energy.params[0]}))
    assert np.linalg.eigvalsh(matrix)[0] == pytest.approx(-1.1456, abs=1e-4)
    assert np.vdot(state, matrix @ state).real == pytest.approx(-1.1456, abs=2e-3)


def test_evolution_conserves_what_it_should() -> None:
    """The hopping terms move the one excitation between the first two qubits; nothing else changes."""
    found = outcomes("evolution.qc")
    assert set(found) <= {"0000", "1000", "0100"}
    assert found["0000"] == pytest.approx(0.5)


def test_echo_fringe() -> None:
    """gpi2(0) gpi(1/4) gpi2(p): |1> with probability cos^2(pi p)."""
    for index, phase in enumerate(np.linspace(0, 1, 9)):
        found = outcomes("ramsey.qc", index).get("1", 0.0)
        assert found == pytest.approx(np.cos(np.pi * phase) ** 2, abs=1e-12)


def test_both_bells_of_the_mixed_job_agree() -> None:
    program = load("mixed.qc")
    assert [circuit.gateset for circuit in program.runs] == ["qis", "native"]
    assert outcomes("mixed.qc", 0) == pytest.approx(outcomes("mixed.qc", 1))


def test_mitigated_job_is_a_dry_run_on_a_qpu() -> None:
    program = load("mitigated.qc")
    compiled, _, _ = stages.transpile(program, Options())
    job = stages.payload(compiled, Options())
    assert job["dry_run"] is True
    assert job["settings"] == {"error_mitigation": {"debiasing": True}}
    assert job["input"]["gateset"] == "native"


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.py")), ids=lambda path: path.name)
def test_python_examples_run(path: Path) -> None:
    done = subprocess.run([sys.executable, str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    if path.name == "sweep.py":  # sin^2 of 0, 1/4, 1/2 and 3/4
        assert [line.split()[-1] for line in done.stdout.splitlines()] == ["0.0000", "0.0612", "0.2298", "0.4646"]
