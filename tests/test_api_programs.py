"""The Python API: programs, and running them."""

from __future__ import annotations

import warnings
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import ionqdsl as iq
from ionqdsl.ir.angle import ZERO, radians
from tests.test_api import EXAMPLES, close, refusal

# --- programs --------------------------------------------------------------------------------------------------------

PROGRAM = """
job { shots = 20; noise { model = "ideal"; seed = 3 } }
param t
circuit a { qubit q; rx(t) q }
circuit b(n = 2) { qubit q[n]; h q[0]; register out = q[1], q[0] }
run a, b, b(3) as "three"
"""


def test_programs_have_circuits_runs_and_payloads() -> None:
    program = iq.program(PROGRAM)
    assert list(program.circuits) == ["a", "b"]
    assert [circuit.name for circuit in program] == ["a", "b", "three"]
    assert all(isinstance(circuit, iq.Circuit) for circuit in (*program, *program.circuits.values()))
    bound = program.bind(t=0.5)
    assert (program.runs[0].parameters, bound.runs[0].parameters, bound.circuits["a"].parameters) == (("t",), (), ())
    payload = bound.payload(shots=7, backend="simulator", name="mine")
    assert (payload["shots"], payload["backend"], payload["name"]) == (7, "simulator", "mine")
    assert [circuit["name"] for circuit in payload["input"]["circuits"]] == ["a", "b", "three"]
    assert bound.job.get("shots") == 20  # payloads do not change the program
    assert payload == bound.payload(shots=7, backend="simulator", name="mine")
    assert refusal(program.bind, s=1).code == "QC0880"
    assert iq.program(str(bound)).payload() == bound.payload()


def test_values_and_sweeps_are_numbers_or_text() -> None:
    text = "param t\nqubit q\nrx(t) q\n"
    assert iq.program(text, values={"t": 0.1}).runs[0] == iq.Circuit(1).rx(0.1, 0)
    assert iq.program(text, values={"t": "pi/2"}).runs[0] == iq.Circuit(1).rx(iq.turn / 4, 0)
    assert iq.program(text, values={"t": 30 * iq.deg}).runs[0] == iq.Circuit(1).rx(iq.turn / 12, 0)
    assert iq.program(text, values={"t": Fraction(1, 3)}).runs[0] == iq.Circuit(1).rx(Fraction(1, 3), 0)
    for swept in ([0.1, 0.2, 0.3], np.array([0.1, 0.2, 0.3]), "[0.1, 0.2, 0.3]"):
        program = iq.program(text, sweeps={"t": swept})
        assert [circuit[0].angles[0] for circuit in program] == [radians("0.1"), radians("0.2"), radians("0.3")]
    assert refusal(iq.program, text, values={"t": None}).code == "QC0881"


def test_warnings_are_pythons() -> None:
    """A native circuit for a machine without its gates is translated, with a warning."""
    native = iq.Circuit(2, gateset="native").ms(0, 0, 0, 1)
    with pytest.warns(iq.ProgramWarning, match="QC0"):
        iq.compile(native, target="forte")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        iq.compile(iq.Circuit(1).h(0), target="forte")


def test_files_load(tmp_path: Path) -> None:
    file = tmp_path / "bell.qc"
    file.write_text("qubit q[2]; h q[0]; cnot q[0], q[1]")
    program = iq.load(file)
    assert list(program.circuits) == ["bell"]
    assert program.payload(shots=5)["shots"] == 5
    assert iq.compile(program, target="aria").runs[0].gateset == "native"
    assert repr(program) == "<program: 1 circuit to run>"


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.qc")), ids=lambda path: path.stem)
def test_examples_load(path: Path) -> None:
    program = iq.load(path)
    assert len(program.runs) > 0 or program.energy or program.function


# --- running ---------------------------------------------------------------------------------------------------------


def test_runs_are_local_and_repeatable() -> None:
    bell = iq.Circuit(2).h(0).cnot(0, 1).register("out", [1])
    first, second = iq.run(bell, shots=1000, seed=7), iq.run(bell, shots=1000, seed=7)
    assert first.counts == second.counts
    assert sum(first.counts.values()) == 1000
    assert set(first.counts) == {"00", "11"}
    assert first.registers["out"] == {"0": first.counts["00"], "1": first.counts["11"]}
    assert iq.run(bell, exact=True).probabilities == pytest.approx({"00": 0.5, "11": 0.5})
    assert not iq.run(bell, shots=0).counts


def test_programs_run_with_their_own_shots_and_seed() -> None:
    program = iq.program(PROGRAM).bind(t=0)
    results = iq.run(program)
    assert [(result.name, sum(result.counts.values())) for result in results] == [("a", 20), ("b", 20), ("three", 20)]
    assert [result.counts for result in results] == [result.counts for result in iq.run(program)]
    assert results[0].counts == {"0": 20}


def test_noise_acts_on_the_native_circuit_of_its_machine() -> None:
    """aria-1 depolarizes with 1.33 % after a two-qubit gate: the wrong parities must come to about half of that."""
    bell = iq.Circuit(2).h(0).cnot(0, 1)
    noisy = iq.run(bell, noise="aria-1", exact=True).probabilities
    wrong = noisy["01"] + noisy["10"]
    assert 0.0133 / 2 < wrong < 0.0133 / 2 + 0.002
    assert bell.gateset == "qis"  # the circuit itself is as it was


def test_other_backends_are_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The calls of the client, and that its answers come back; the service itself is another file's matter."""
    seen: list[Any] = []

    class Job:
        def wait(self, progress: object) -> Job:
            return self

        def results(self, progress: object) -> list[str]:
            return ["one", "two"]

    class Client:
        def __enter__(self) -> Client:
            return self

        def __exit__(self, *error: object) -> None:
            seen.append("closed")

        def submit(self, what: Any, backend: str, shots: int | None, **keywords: Any) -> Job:
            seen.append((what, backend, shots, keywords))
            return Job()

    import ionqdsl.cloud.client as client

    monkeypatch.setattr(client, "Client", Client)
    assert iq.run(iq.Circuit(1).h(0), 10, 5, "aria-1", backend="simulator") == "one"
    assert iq.run(iq.program("qubit q; h q"), backend="qpu.forte-1") == ["one", "two"]
    (program, backend, shots, keywords), closed, second, again = seen
    assert closed == again == "closed"
    assert (backend, shots, keywords["noise"], program.job.get("noise.seed")) == ("simulator", 10, "aria-1", 5)
    assert (second[1], second[2]) == ("qpu.forte-1", None)


def test_an_empty_circuit_is_a_circuit() -> None:
    assert close(iq.Circuit(1).unitary(), np.eye(2))
    assert iq.Circuit(2).phase == ZERO
    assert iq.Circuit(0).stats().depth == 0
