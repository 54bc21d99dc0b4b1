"""Minimising energies: exactly, with shots, by the service, interrupted and continued.

The exact ground energy of H2 comes from diagonalising its operator. Would catch a minimum of another function, an
evaluation that is paid twice after an interruption, a history that is mixed up with that of another problem, and a file
of the user's that is overwritten.
"""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from test_energy import matrix

import ionqdsl as iq
from ionqdsl.cli import main
from ionqdsl.ir.circuit import Operator
from ionqdsl.simulation.observables import observable
from ionqdsl.variational import evaluators
from ionqdsl.variational.history import Evaluation
from ionqdsl.variational.minimize import METHODS, WITH_GRADIENT

pytest.importorskip("scipy")

EXAMPLES = Path(__file__).parents[1] / "examples"
H2, PORTFOLIO = EXAMPLES / "h2.qc", EXAMPLES / "programs" / "portfolio.qc"
MILLIHARTREE = 1e-3
THETA, PHI = iq.param("theta"), iq.param("phi")
ISING = "-Z[0]*Z[1] - 0.6*X[0] - 0.6*X[1]"


def ising_ansatz() -> iq.Circuit:
    return iq.Circuit(2).h([0, 1]).zz(THETA, 0, 1).rx(PHI, [0, 1])


def ground(operator: Operator, qubits: int) -> float:
    return float(np.linalg.eigvalsh(matrix(operator, qubits))[0])


def hydrogen() -> Operator:
    energy = iq.load(H2).energy
    assert energy is not None
    return energy.hamiltonian


# --- the example -----------------------------------------------------------------------------------------------------


def test_the_angles_of_the_portfolio_are_those_that_minimize_finds() -> None:
    program = iq.load(PORTFOLIO)
    best = iq.minimize(program)
    (stated,) = re.findall(r"^const found = \[(.*)\]$", PORTFOLIO.read_text(), re.MULTILINE)
    angles = [float(word) for word in stated.split(",")]
    assert list(best.point.values())[:2] == pytest.approx(angles[:2], abs=0.1)  # the minimum is flat in these
    assert list(best.point.values())[2:] == pytest.approx(angles[2:], abs=2e-3)
    assert best.value == pytest.approx(-0.055447, abs=1e-6)


def test_the_operator_of_the_example_is_hydrogen() -> None:
    """The values that quantum chemistry packages give for H2 in STO-3G at 0.735 angstrom."""
    operator = hydrogen()
    assert ground(operator, 2) == pytest.approx(-1.137306, abs=1e-6)
    dense = matrix(operator, 2)
    assert dense[0b10, 0b10].real == pytest.approx(-1.116999, abs=1e-6)  # Hartree-Fock


def test_one_command_finds_the_ground_state(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["minimize", str(H2), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["value"] - ground(hydrogen(), 2) == pytest.approx(0, abs=1e-7)
    assert found["converged"]
    assert found["evaluations"] <= 10
    assert main(["minimize", str(H2), "--plot", str(tmp_path / "h2.svg")]) == 0
    assert capsys.readouterr().out.startswith("energy -1.13730604   ")
    dots = re.findall(r"<title>each evaluation, evaluation (\d+): (\S+)</title>", (tmp_path / "h2.svg").read_text())
    assert [int(number) for number, _ in dots] == list(range(1, found["evaluations"] + 1))
    assert min(float(value) for _, value in dots) == pytest.approx(found["value"], abs=1e-5)
    assert main(["minimize", str(H2), "--plot", "h2.png"]) == 2


@pytest.mark.parametrize("method", METHODS)
def test_every_method_reaches_chemical_accuracy(method: str) -> None:
    found = iq.minimize(iq.load(H2), method=method)
    assert found.value - ground(hydrogen(), 2) == pytest.approx(0, abs=1.6 * MILLIHARTREE)
    assert iq.load(H2).energy is not None
    gradients = {evaluation.gradient is not None for evaluation in found.history}
    assert gradients == {method in WITH_GRADIENT}


def test_python_takes_an_operator_and_an_ansatz() -> None:
    ansatz = ising_ansatz()
    heard: list[Evaluation] = []
    found = iq.minimize(ISING, ansatz, start={"theta": 0.3, "phi": 0.2}, progress=heard.append)
    angles = np.linspace(-math.pi, math.pi, 41)
    states = [ansatz.bind(theta=t, phi=p).state() for t in angles for p in angles]
    dense = matrix(observable(ISING, 2), 2)
    lowest = min(float((state.conj() @ dense @ state).real) for state in states)
    assert found.value <= lowest + 1e-6
    assert ansatz.expectation(ISING, at=found.point).value == pytest.approx(found.value)
    assert [*found.point] == ["theta", "phi"]
    assert heard == [*found.history]
    assert found.history[0].point == (0.3, 0.2)


def test_the_circuit_is_bound_without_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """No point parses, compiles or evaluates an expression again."""
    program = iq.load(H2)

    def never(*_arguments: object, **_named: object) -> None:
        raise AssertionError("this is done once, not for every point")

    for name in ("ionqdsl.pipeline.load", "ionqdsl.pipeline.transpile", "ionqdsl.ir.symbolic.bind"):
        monkeypatch.setattr(name, never)
    assert iq.minimize(program).value == pytest.approx(-1.137306, abs=1e-5)


# --- shots, noise, rules ---------------------------------------------------------------------------------------------


def test_shots_and_noise_lead_near_the_minimum() -> None:
    exact = ground(hydrogen(), 2)
    sampled = iq.minimize(iq.load(H2), shots=3000, seed=5)
    assert sampled.error is not None
    assert sampled.error > 0
    assert sampled.method == "COBYLA"
    here = iq.load(H2).energy
    assert here is not None
    ansatz = iq.Circuit.of(here.ansatz)
    assert ansatz.expectation(here.hamiltonian, at=sampled.point).value < exact + 0.02
    assert sampled == iq.minimize(iq.load(H2), shots=3000, seed=5)
    by_shifts = iq.minimize(iq.load(H2), None, "BFGS", shots=4000, seed=1, max_evaluations=6)
    assert by_shifts.evaluations <= 6
    assert ansatz.expectation(here.hamiltonian, at=by_shifts.point).value < exact + 0.02
    noisy = iq.minimize(iq.load(H2), noise="forte-1", max_evaluations=12)
    assert exact < noisy.value < exact + 0.05


def test_noisy_circuits_are_compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """One compilation for each basis; the energies are those of circuits that are compiled at the point."""
    from ionqdsl import pipeline

    count, own = 0, pipeline.transpile

    def counting(*arguments: Any, **named: Any) -> Any:
        nonlocal count
        count += 1
        return own(*arguments, **named)

    ansatz = ising_ansatz()
    with monkeypatch.context() as patch:
        patch.setattr(pipeline, "transpile", counting)
        found = iq.minimize(ISING, ansatz, start=[0.5, 0.7], noise="aria-1", max_evaluations=4)
    assert (count, found.evaluations) == (2, 4)
    for evaluation in found.history:
        alone = ansatz.expectation(ISING, at=evaluation.point, noise="aria-1").value
        assert evaluation.value == pytest.approx(alone, abs=0.01)  # other pulses, with other noise
        assert evaluation.value != pytest.approx(ansatz.expectation(ISING, at=evaluation.point).value, abs=1e-4)


def test_a_tail_is_minimised_without_gradients() -> None:
    """The lowest half of -Z reaches -1 long before the mean does."""
    text = "param t\ncircuit a { qubit q; ry(t) q }\nhamiltonian h = -Z[0]\n"
    program = iq.program(f"{text}energy {{ hamiltonian = h; ansatz = a; params = [2]; cvar_alpha = 0.5 }}\n")
    found = iq.minimize(program)
    assert found.method == "COBYLA"
    assert found.value == pytest.approx(-1)
    assert code_of(lambda: iq.minimize(program, method="BFGS")) == "QC0954"


# --- interrupted and continued ---------------------------------------------------------------------------------------


def test_an_interrupted_minimisation_continues(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same points in the end as without an interruption, and none of them is evaluated twice."""
    path = tmp_path / "history"
    count = 0

    def stopping(_evaluation: Evaluation) -> None:
        nonlocal count
        count += 1
        if count == 7:
            raise KeyboardInterrupt

    settings: dict[str, Any] = {"shots": 500, "seed": 9, "start": [0.4, 0.3]}
    whole = iq.minimize(ISING, ising_ansatz(), **settings)
    first = iq.minimize(ISING, ising_ansatz(), history=path, progress=stopping, **settings)
    assert (first.message, first.evaluations, first.is_converged) == ("interrupted", 7, False)
    assert first.value == min(evaluation.value for evaluation in first.history)
    with path.open("a") as file:
        file.write('{"point": [0.1, 0.')  # a crash in the middle of a line
    evaluated = []
    own = evaluators.SampledEvaluator.evaluate

    def counting(self: Any, point: Any, wants: bool, number: int) -> Evaluation:
        evaluated.append(tuple(point))
        return own(self, point, wants, number)

    monkeypatch.setattr(evaluators.SampledEvaluator, "evaluate", counting)
    again = iq.minimize(ISING, ising_ansatz(), history=path, **settings)
    assert again.history == whole.history
    assert again.value == whole.value
    assert len(evaluated) == whole.evaluations - 7
    evaluated.clear()
    assert iq.minimize(ISING, ising_ansatz(), history=path, **settings) == again
    assert not evaluated


def test_a_history_belongs_to_one_problem(tmp_path: Path) -> None:
    path = tmp_path / "history"
    iq.minimize(ISING, ising_ansatz(), start=[0.4, 0.3], history=path, max_evaluations=2)
    before = path.read_text()
    calls: list[dict[str, Any]] = [{"start": [0.4, 0.2]}, {"method": "CG"}, {"shots": 10}, {"tolerance": 0.1}]
    for changed in calls:
        named = {"start": [0.4, 0.3], **changed}
        assert code_of(lambda named=named: iq.minimize(ISING, ising_ansatz(), history=path, **named)) == "QC0953"
    assert code_of(lambda: iq.minimize("Z[0]", ising_ansatz(), start=[0.4, 0.3], history=path)) == "QC0953"
    assert path.read_text() == before


@pytest.mark.parametrize(
    "text", ["qubit q\nh q\n", "one line", '{"format": 1}\n', "[1]\n", "\x00\n", '{"a":' * 3000 + "\n"]
)
def test_a_file_of_the_user_is_never_overwritten(text: str, tmp_path: Path) -> None:
    path = tmp_path / "mine"
    path.write_text(text)
    assert code_of(lambda: iq.minimize(ISING, ising_ansatz(), history=path)) == "QC0953"
    assert path.read_text() == text
    assert code_of(lambda: iq.minimize(ISING, ising_ansatz(), history=tmp_path)) == "QC0953"
    assert code_of(lambda: iq.minimize(ISING, ising_ansatz(), history=tmp_path / "no" / "file")) == "QC0953"


@pytest.mark.parametrize("engine", ["statevector", "mps"])
def test_engines_find_the_same_minimum(engine: str) -> None:
    """The chain of tensors has gradients by shifts; each evaluation is the same up to rounding."""
    found, other = (iq.minimize(ISING, ising_ansatz(), start=[0.3, 0.2], engine=name) for name in ("auto", engine))
    assert found.value == pytest.approx(other.value, abs=1e-9)
    for one, two in zip(found.history[:3], other.history[:3], strict=True):
        assert one.gradient == pytest.approx(two.gradient, abs=1e-8)


def test_an_ansatz_may_be_wider_than_a_state_vector() -> None:
    angle = iq.param("t")
    wide = iq.Circuit(31).ry(angle, range(31)).cnot(0, 1)
    found = iq.minimize("Z[0] + Z[30]", wide, start=[3.0], max_evaluations=8)
    assert found.value == pytest.approx(-2, abs=1e-6)


def test_an_engine_may_refuse_an_energy(client: iq.Client) -> None:
    for code, named in {
        "QC0663": {"engine": "stabiliser"},
        "QC0881": {"engine": "abacus"},
        "QC0667": {"engine": "mps", "on": client},
    }.items():
        assert code_of(lambda named=named: iq.minimize(ISING, ising_ansatz(), **named)) == code


def code_of(call: Any) -> str:
    with pytest.raises(iq.IonqdslError) as caught:
        call()
    return caught.value.diagnostics[0].code


@pytest.mark.parametrize(
    ("arguments", "named", "code"),
    [
        ((ISING,), {}, "QC0881"),
        ((ISING, iq.Circuit(2)), {}, "QC0881"),
        (("Z[5]", ising_ansatz()), {}, "QC0950"),
        ((ISING, ising_ansatz()), {"method": "SGD"}, "QC0881"),
        ((ISING, ising_ansatz()), {"start": [1]}, "QC0881"),
        ((ISING, ising_ansatz()), {"start": {"theta": 1}}, "QC0882"),
        ((ISING, ising_ansatz()), {"on": "forte"}, "QC0881"),
        ((ISING, ising_ansatz()), {"session": "s"}, "QC0881"),
        ((ISING, ising_ansatz()), {"noise": "nois"}, "QC0710"),
        ((ISING, ising_ansatz()), {"shots": 1}, "QC0435"),
        ((iq.program("qubit q\nh q\n"),), {}, "QC0881"),
    ],
)
def test_wrong_calls_say_so(arguments: tuple[Any, ...], named: dict[str, Any], code: str) -> None:
    assert code_of(lambda: iq.minimize(*arguments, **named)) == code


def test_a_line_that_was_cut_off_is_removed_and_no_other_is_written_again(tmp_path: Path) -> None:
    path = tmp_path / "history"
    found = iq.minimize(ISING, ising_ansatz(), start=[0.3, 0.2], history=path)
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"point": [0.1, ')
    number = path.stat().st_ino
    assert iq.minimize(ISING, ising_ansatz(), start=[0.3, 0.2], history=path).value == found.value
    assert (path.read_bytes(), path.stat().st_ino) == (whole, number)
    path.write_bytes(whole + b'{"point": [0.1, ')
    path.chmod(0o400)
    if not os.access(path, os.W_OK):  # the superuser may write anything
        assert code_of(lambda: iq.minimize(ISING, ising_ansatz(), start=[0.3, 0.2], history=path)) == "QC0953"


def test_the_command_says_how_it_ended(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["minimize", str(H2), "--shots", "300", "--seed", "2", "--history", str(tmp_path / "h")]
    assert main([*words, "--max-evaluations", "3"]) == 0
    out, err = capsys.readouterr()
    assert "3 evaluations, COBYLA" in out
    assert "the same command continues" in err
    assert main(words) == 0
    assert main(["minimize", str(H2.parent / "bell.qc")]) == 2
    assert "QC0958" in capsys.readouterr().err


def test_scipy_is_optional(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "scipy.optimize", None)
    assert code_of(lambda: iq.minimize(ISING, ising_ansatz())) == "QC0957"


# --- the service -----------------------------------------------------------------------------------------------------


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[iq.Client]:
    for package in ("starlette", "uvicorn", "jsonschema_rs"):
        pytest.importorskip(package)
    from ionqdsl import emulator
    from ionqdsl.cloud.asking import Timing
    from ionqdsl.cloud.ledger import Ledger

    monkeypatch.setenv("IONQ_API_KEY", "emulator")
    ledger = Ledger(str(tmp_path / "ledger.sqlite3"))
    with emulator.start(data=str(tmp_path / "jobs")) as service:
        with iq.Client(service.url, ledger=ledger, timing=Timing()) as found:
            yield found
        ledger.close()


def jobs_of(client: iq.Client) -> int:
    import requests

    address = client.url.split("/v0.4")[0]
    jobs = requests.get(f"{address}/_emulator/jobs", timeout=60).json()
    listed = jobs["jobs"] if isinstance(jobs, dict) else jobs
    return sum(not job.get("parent_job_id") for job in listed)


def test_each_evaluation_is_one_job(client: iq.Client, tmp_path: Path) -> None:
    """On the ideal simulator the points are those of the exact local machine."""
    path = tmp_path / "history"
    here = iq.minimize(iq.load(H2), method="COBYLA", max_evaluations=3)
    there = iq.minimize(iq.load(H2), method="COBYLA", on=client, max_evaluations=3, history=path)
    assert [one.value for one in there.history] == pytest.approx([one.value for one in here.history], abs=1e-9)
    assert jobs_of(client) == 3
    again = iq.minimize(iq.load(H2), method="COBYLA", on=client, max_evaluations=4, history=path)
    assert again.history[:3] == there.history
    assert jobs_of(client) == 4
    assert len({one.job for one in again.history}) == 4


def test_a_job_that_was_sent_is_not_sent_again(
    client: iq.Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Interrupted while it waits for the result: the next call fetches it."""
    from ionqdsl.cloud.remote import RemoteJob

    path = tmp_path / "history"
    settings: dict[str, Any] = {"on": client, "history": path, "method": "COBYLA", "max_evaluations": 1}
    with monkeypatch.context() as patch:

        def interrupted(*_arguments: object, **_named: object) -> None:
            raise KeyboardInterrupt

        patch.setattr(RemoteJob, "results", interrupted)
        with pytest.raises(KeyboardInterrupt):  # there is no point yet
            iq.minimize(iq.load(H2), **settings)
    assert jobs_of(client) == 1
    found = iq.minimize(iq.load(H2), **settings)
    assert jobs_of(client) == 1
    assert found.value == pytest.approx(-1.116999, abs=1e-5)


def test_a_machine_measures_a_gradient_in_one_job(client: iq.Client) -> None:
    assert code_of(lambda: iq.minimize(iq.load(H2), on=client, backend="qpu.forte-1")) == "QC0956"
    settings: dict[str, Any] = {"method": "BFGS", "max_evaluations": 1, "shots": 2000}
    found = iq.minimize(iq.load(H2), on=client, backend="qpu.forte-1", **settings)
    assert jobs_of(client) == 1
    (only,) = found.history
    assert only.gradient is not None
    assert only.error is not None
    exact = iq.minimize(iq.load(H2), method="BFGS", max_evaluations=1).history[0]
    assert exact.gradient is not None
    assert abs(only.value - exact.value) < 5 * only.error + 0.05  # the noise of the machine
    assert abs(only.gradient[0] - exact.gradient[0]) < 0.1


# --- programs as texts, and the command on the service ---------------------------------------------------------------


def test_python_takes_the_text_and_the_path_of_a_program() -> None:
    whole = iq.minimize(iq.load(H2))
    assert iq.minimize(H2) == iq.minimize(str(H2)) == iq.minimize(H2.read_text()) == whole
    assert code_of(lambda: iq.minimize("circuit a { qubit q; h q }\nrun a\n")) == "QC0881"
    assert code_of(lambda: iq.minimize("nowhere.qc")) == "QC0424"
    with pytest.raises(iq.IonqdslError, match="ansatz of an operator"):
        iq.minimize(ISING)


@pytest.fixture
def machine(client: iq.Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> iq.Client:
    """The same service, and a ledger of its own, for the command."""
    monkeypatch.setenv("IONQ_API_URL", client.url)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return client


QPU = ["minimize", str(H2), "--backend", "qpu.forte-1", "--shots", "100", "--method", "COBYLA"]


def test_the_command_measures_by_the_service(
    machine: iq.Client, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The points and energies of the simulator are those of this computer; each is a job, known ones are not sent."""
    here, words = tmp_path / "h", ["minimize", str(H2), "--method", "COBYLA", "--max-evaluations", "3", "--json"]
    assert main(words) == 0
    local = json.loads(capsys.readouterr().out)
    for jobs in (3, 3):
        assert main([*words, "--backend", "simulator", "--history", str(here)]) == 0
        assert json.loads(capsys.readouterr().out)["value"] == pytest.approx(local["value"], abs=1e-9)
        assert jobs_of(machine) == jobs
    assert main([*words, "--backend", "local"]) == 0
    assert jobs_of(machine) == 3


def test_the_command_confirms_the_price_of_all_evaluations(
    machine: iq.Client, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import io

    from ionqdsl.cli import terminal

    assert main(QPU) == 2
    assert "--max-evaluations" in capsys.readouterr().err
    limited = [*QPU, "--max-evaluations", "2"]
    assert main(limited) == 3
    assert "QC0850" in capsys.readouterr().err
    assert main([*limited, "--yes", "--max-cost", "20"]) == 3, "two jobs of 12.4166 usd at least"
    assert "QC0852" in capsys.readouterr().err
    assert jobs_of(machine) == 0
    with monkeypatch.context() as patch:
        patch.setattr(terminal, "is_terminal", lambda _stream: True)
        patch.setattr("sys.stdin", io.StringIO("no\n"))
        assert main(limited) == 3
        asked = capsys.readouterr().err
        assert "up to 2 jobs of 2 circuits with 100 shots each on qpu.forte-1: this costs at most " in asked
        assert jobs_of(machine) == 0
    price = float(asked.partition("at most ")[2].partition(" usd")[0])
    assert 2 * 12.4166 < price < 2 * 12.4166 + 1
    assert main([*limited, "--yes", "--max-cost", "30", "--history", str(tmp_path / "h")]) == 0
    assert jobs_of(machine) == 2
    lines = map(json.loads, (tmp_path / "h").read_text().splitlines()[1:])
    bills = [machine.cost(line["job"]).actual for line in lines if "value" in line]
    assert price / 2 < sum(bill.value for bill in bills if bill is not None) <= price


def test_settings_of_the_file_and_a_session_reach_every_job(machine: iq.Client, tmp_path: Path) -> None:
    session = machine.start_session("qpu.forte-1", jobs=5)
    path = tmp_path / "mine.qc"
    path.write_text(
        'job { name = "mine"; shots = 700; settings { error_mitigation { debiasing = false } } }\n' + H2.read_text()
    )
    words = ["minimize", str(path), "--backend", "qpu.forte-1", "--max-evaluations", "1", "--yes", "--method", "COBYLA"]
    assert main([*words, "--session", session.id]) == 0
    import requests

    asked = f"{machine.url}/jobs?session_id={session.id}"
    (job,) = requests.get(asked, headers={"Authorization": "apiKey emulator"}, timeout=60).json()["jobs"]
    assert (job["name"], job["shots"], job["session_id"]) == ("mine", 700, session.id)
    assert job["settings"]["error_mitigation"]["debiasing"] is False
