"""Machines that do not connect every pair of qubits, according to their characterization."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

import ionqdsl as iq
from ionqdsl.cli import main
from ionqdsl.diagnostics import UsageError
from ionqdsl.ir.characterization import of_record

RECORD: dict[str, Any] = {"qubits": 4, "fidelity": {"1q": {"median": 0.9998}, "2q": {"median": 0.99}}}
LINE = RECORD | {"connectivity": [[0, 1], [2, 1], [2, 3]]}
ALL = [[a, b] for a in range(4) for b in range(a + 1, 4)]
PROGRAM = "qubit q[4]\nh q[0]\ncnot q[0], q[3]\nh q[1]\ncnot q[1], q[2]\ncnot q[0], q[3]\ncnot q[1], q[3]\n"


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("line.json").write_text(json.dumps(LINE))
    Path("all.json").write_text(json.dumps(RECORD | {"connectivity": ALL}))
    Path("p.qc").write_text(PROGRAM)


def test_pulses_on_a_pair_the_machine_lacks_are_refused_at_their_line(
    files: None, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("p.qc").write_text(
        "gateset native\nqubit q[4]\nzz(0.1) q[0], q[3]\nzz(0.1) q[1], q[2]\nzz(0.1) q[0], q[3]\nzz(0.1) q[1], q[3]\n"
    )
    words = ["compile", "p.qc", "--target", "forte", "--characterization"]
    assert main([*words, "line.json"]) == 1
    found = capsys.readouterr().err
    assert found.count("error[QC0760]") == 2  # once a pair
    assert "qubits 0 and 3" in found
    assert "qubits 1 and 3" in found
    assert "p.qc:3:1" in found
    assert "p.qc:6:1" in found
    assert "qubit 1 is connected with 0, 2" in found
    assert main([*words, "all.json"]) == 0
    assert main([*words, "line.json", "-O1"]) == 0  # which asks for another circuit


@pytest.mark.parametrize("level", [0, 1, 2, 3])
def test_a_circuit_in_abstract_gates_is_routed_at_every_level(
    files: None, capsys: pytest.CaptureFixture[str], level: int
) -> None:
    words = ["compile", "p.qc", "--target", "forte", f"-O{level}", "--verify", "--report", "--effort", "0.1"]
    assert main([*words, "--characterization", "line.json", "--emit", "qc"]) == 0
    shown = capsys.readouterr()
    assert "route" in shown.err
    pairs = {tuple(sorted(map(int, pair))) for pair in re.findall(r"zz\(\S+\) q\[(\d)], q\[(\d)]", shown.out)}
    assert pairs
    assert pairs <= {(0, 1), (1, 2), (2, 3)}


def test_abstract_circuits_are_placed_by_the_service(files: None) -> None:
    assert main(["compile", "p.qc", "--target", "qis", "--characterization", "line.json"]) == 0


def test_circuits_that_are_native_already_are_looked_at_too(files: None, capsys: pytest.CaptureFixture[str]) -> None:
    Path("p.qc").write_text("gateset native\nqubit q[4]\ngpi2(0) q[0]\nzz(0.1) q[1], q[0]\nzz(0.1) q[0], q[2]\n")
    assert main(["compile", "p.qc", "--characterization", "line.json"]) == 1
    found = capsys.readouterr().err
    assert found.count("QC0760") == 1
    assert "p.qc:5:1" in found


def test_in_python() -> None:
    bell = iq.Circuit(4).h(0).cnot(0, 1)
    iq.compile(bell, target="forte", characterization=LINE)
    routed = iq.compile(iq.Circuit(4).h(0).cnot(0, 2), target="forte", characterization=LINE)
    assert {tuple(sorted(op.qubits)) for op in routed.rows if len(op.qubits) == 2} <= {(0, 1), (1, 2), (2, 3)}


@pytest.mark.parametrize("pairs", [None, [], ALL, [[1, 0], *ALL], "absent"])
def test_nothing_and_everything_mean_all(pairs: Any) -> None:
    record = RECORD if pairs == "absent" else RECORD | {"connectivity": pairs}
    assert of_record(record, "c").pairs is None


@pytest.mark.parametrize(
    "pairs", [7, "01", [0, 1], [[0]], [[0, 1, 2]], [[0, "1"]], [[0, -1]], [[0, 0.5]], [[0, True]], [None]]
)
def test_what_is_no_list_of_pairs(pairs: Any) -> None:
    with pytest.raises(UsageError, match="QC0614"):
        of_record(RECORD | {"connectivity": pairs}, "c")


def test_running_here_with_a_characterization_has_the_noise_of_that_machine(
    files: None, capsys: pytest.CaptureFixture[str]
) -> None:
    """One qubit that is flipped and read: the chance to read 0 follows from the two fidelities."""
    record = {"backend": "qpu.forte-1", "fidelity": {"spam": {"median": 0.9}, "1q": 0.95, "2q": {"median": 0.9}}}
    Path("noisy.json").write_text(json.dumps(record))
    Path("p.qc").write_text("qubit q\nx q\n")
    words = ["run", "p.qc", "--characterization", "noisy.json", "--exact", "--format", "json"]
    assert main(words) == 0
    shown = capsys.readouterr()
    (result,) = json.loads(shown.out)
    assert "QC0761" not in shown.err
    # a rate r = 0.1 replaces the qubit, so that a half of it is wrong; then one of ten outcomes is misread
    assert result["probabilities"]["0"] == pytest.approx(0.05 * 0.9 + 0.95 * 0.1)
    assert main([*words, "--noise", "ideal"]) == 0  # a model that is named wins
    assert json.loads(capsys.readouterr().out)[0]["probabilities"] == {"1": 1.0}
    assert main(["run", "p.qc", "--characterization", "line.json"]) == 0
    assert "note[QC0761]" in capsys.readouterr().err  # the record names no machine
    assert main(["run", "p.qc", "--characterization", "line.json", "--target", "aria"]) == 0
    assert "QC0761" not in capsys.readouterr().err
    assert main(["run", "p.qc", "--characterization", "noisy.json", "--target", "aria"]) == 0
    assert "QC0615" in capsys.readouterr().err  # the figures of another kind of machine, which the flag asks for
    exact = iq.run(iq.Circuit(1).x(0), exact=True, characterization=record)
    assert exact.probabilities["0"] == pytest.approx(0.05 * 0.9 + 0.95 * 0.1)


def test_two_qubit_errors_and_misread_outcomes_agree_with_what_is_drawn(files: None) -> None:
    """zz(0.25) after which both qubits are measured: F = 1 - 3 r/4 gives r, and each outcome is then misread."""
    record = {"backend": "qpu.forte-1", "fidelity": {"spam": 0.97, "1q": 1.0, "2q": 0.91}}
    bell = iq.Circuit(2).h(0).cnot(0, 1)
    rate, flip = 0.12, 0.03
    same = (1 - rate) + rate / 2
    even = same * ((1 - flip) ** 2 + flip**2) + (1 - same) * 2 * flip * (1 - flip)
    exact = iq.run(bell, exact=True, characterization=record)
    assert exact.probabilities["00"] + exact.probabilities["11"] == pytest.approx(even)
    shots = 20_000
    drawn = iq.run(bell, shots=shots, seed=3, characterization=record)
    assert abs(drawn.counts["00"] + drawn.counts["11"] - shots * even) < 5 * (shots * even * (1 - even)) ** 0.5


def test_a_noise_model_that_only_the_service_knows_is_not_played_as_none(
    files: None, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("p.qc").write_text('job { noise { model = "tempo-1" } }\nqubit q\nx q\n')
    assert main(["run", "p.qc"]) == 1
    assert "QC0710" in capsys.readouterr().err
    assert main(["run", "p.qc", "--noise", "tempo-1"]) == 2
    assert main(["compile", "p.qc"]) == 0
    assert "warning[QC0758]" in capsys.readouterr().err


def test_a_machine_that_no_row_describes_is_compiled_for_by_what_its_record_says(
    files: None, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its native gates choose between ms and zz; without them, or for another target, nothing is assumed."""
    for gate, others in (("zz", "gpi2"), ("ms", "gpi")):
        record = LINE | {"backend": "qpu.unheard-1", "supported_native_gates": [others, gate]}
        Path("new.json").write_text(json.dumps(record))
        assert main(["compile", "p.qc", "--characterization", "new.json", "--emit", "qc", "--verify"]) == 0
        assert f"{gate}(" in capsys.readouterr().out
    assert main(["compile", "p.qc", "--characterization", "new.json", "--emit", "qc", "--target", "qis"]) == 0
    assert "cnot" in capsys.readouterr().out
    Path("new.json").write_text(json.dumps(LINE | {"backend": "qpu.unheard-1"}))
    assert main(["compile", "p.qc", "--characterization", "new.json", "--emit", "qc"]) == 0
    assert "cnot" in capsys.readouterr().out


def test_the_record_of_a_backend_is_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("uvicorn")
    from ionqdsl import emulator

    monkeypatch.chdir(tmp_path)
    Path("p.qc").write_text(PROGRAM)
    with emulator.start(seed=1) as service:
        monkeypatch.setenv("IONQ_API_URL", service.url)
        monkeypatch.setenv("IONQ_API_KEY", "emulator")
        words = ["compile", "p.qc", "--target", "tempo", "--characterization", "qpu.tempo-1", "--report"]
        assert main(words) == 0
        assert "qpu.tempo-1" in capsys.readouterr().err
        assert main(["compile", "p.qc", "--characterization", "qpu.unheard-1"]) == 2
        assert main(["backends", "qpu.tempo-1", "--save", "t.json"]) == 0
        assert "zz" in json.loads(Path("t.json").read_text())["supported_native_gates"]
        assert iq.compile(iq.Circuit(2).h(0).cnot(0, 1), target="tempo", characterization="qpu.tempo-1").rows


def test_a_machine_of_few_connections_needs_a_record_of_them(files: None, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["compile", "p.qc", "--target", "tempo"]
    assert main(words) == 0
    assert capsys.readouterr().err.count("warning[QC0765]") == 1
    assert main([*words, "--characterization", "line.json"]) == 0
    assert "QC0765" not in capsys.readouterr().err
    Path("p.qc").write_text("qubit q[2]\nh q\n")
    assert main(words) == 0
    assert "QC0765" not in capsys.readouterr().err


def test_angles_bound_later_are_in_the_range_of_a_machine_that_no_row_describes() -> None:
    record = LINE | {"backend": "qpu.unheard-1", "supported_native_gates": ["gpi", "gpi2", "zz"]}
    theta = iq.param("theta")
    compiled = iq.compile(iq.Circuit(3).h(0).xx(theta, 0, 2), characterization=record)
    bound = compiled.bind(theta=2.5)  # 0.4 turns, more than zz takes
    angles = [float(op.angles[-1].in_turns()) for op in bound.rows if op.gate == "zz_native"]
    assert angles
    assert all(-0.25 < angle <= 0.25 for angle in angles)
    assert iq.equivalent(iq.Circuit(3).h(0).xx(2.5, 0, 2), bound, preserve="measurement")
