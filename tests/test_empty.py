"""A circuit that does nothing is still sent, by every route, and never fails its job.

Would catch a scan, an echo or a calibration of |0...0> that is refused, dropped or moved among its neighbours; two
gates that do not cancel; gates that are sent and not counted.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from commands import folder  # noqa: F401 - a fixture for every test
from schema_check import check_payload

import ionqdsl as iq
from ionqdsl import pipeline as stages
from ionqdsl.cli import main
from ionqdsl.diagnostics.source import Source
from ionqdsl.emit import limits
from ionqdsl.ir.options import Options

SCAN = 'circuit scan(t) { qubit q; rx(t) q }\nrun scan(t) for t in linspace(0, pi, 5) as "s{t:.2f}"\n'
ECHO = "qubit q[2]\nh q\ncnot q[0], q[1]\ncnot q[0], q[1]\nh q\n"
NOTHING = {
    "only qubits": "qubit q[2]\n",
    "only a barrier": "qubit q[2]\nbarrier q\n",
    "a phase": "qubit q[2]\ngphase(0.3)\n",
    "identities": "qubit q[2]\nid q\nrx(0) q[0]\n",
    "an evolution by nothing": "qubit q[2]\npauliexp(0, X[0]*X[1]) q\n",
    "native": "gateset native\nqubit q[2]\n",
}
PAIRS: dict[str, list[dict[str, Any]]] = {
    "native": [{"gate": "gpi2", "target": 0, "phase": 0}, {"gate": "gpi2", "target": 0, "phase": 0.5}],
    "qis": [{"gate": "x", "target": 0}, {"gate": "x", "target": 0}],
}
TARGETS = ("qis", "aria", "forte")


def sent(text: str, **options: Any) -> tuple[list[tuple[str, list[dict[str, Any]]]], list[str]]:
    """Names and rows of the circuits sent, and the codes of the diagnostics; every body is held to the schema."""
    chosen = Options(**options)
    program, _ = stages.load(Source(text))
    compiled, noticed, _ = stages.transpile(program, chosen)
    body = stages.payload(compiled, chosen)
    check_payload(body, "v0.4")
    given = body["input"]
    rows = (
        [(one["name"], one["circuit"]) for one in given["circuits"]]
        if "circuits" in given
        else [("", given["circuit"])]
    )
    return rows, [diagnostic.code for diagnostic in noticed]


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("level", [0, 1, 2, 3])
def test_a_scan_that_begins_at_nothing_is_sent_whole(target: str, level: int) -> None:
    """The first point is two gates that cancel, or rx(0) where qis is sent as written; the others are as they were."""
    circuits, said = sent(SCAN, target=target, level=level, verify=True, effort=0.1)
    assert [name for name, _ in circuits] == ["s0.00", "s0.79", "s1.57", "s2.36", "s3.14"]
    assert all(rows for _, rows in circuits)
    as_written = [{"gate": "rx", "target": 0, "rotation": 0}]
    assert circuits[0][1] == (as_written if target == "qis" else PAIRS["native"])
    assert said == ([] if target == "qis" and level == 0 else ["QC0618" if target == "qis" else "QC0619"])


@pytest.mark.parametrize("preserve", ["unitary", "permuted", "measurement", "outcomes"])
@pytest.mark.parametrize("target", ["aria", "forte"])
def test_an_echo_is_sent_gate_by_gate(target: str, preserve: str) -> None:
    """Its pulses are those of -O0, which has no fewer two-qubit gates than were written."""
    ((_, rows),), said = sent(ECHO, target=target, preserve=preserve, verify=True)
    assert said == ["QC0618"]
    assert rows == sent(ECHO, target=target, preserve=preserve, level=0)[0][0][1]
    assert sum("targets" in row for row in rows) == 2


@pytest.mark.parametrize("text", NOTHING.values(), ids=NOTHING)
@pytest.mark.parametrize("target", [None, *TARGETS])
def test_where_no_gate_can_be_written_two_that_cancel_are_sent(text: str, target: str | None) -> None:
    """All of these are |0...0>, measured."""
    ((_, rows),), said = sent(text, target=target, verify=True)
    if "(0" in text and target in (None, "qis") and "gphase" not in text:  # qis gates are sent as written
        assert [row["rotation"] for row in rows] == [0]
        return
    gateset = "native" if target in ("aria", "forte") or (target is None and "native" in text) else "qis"
    assert rows == PAIRS[gateset]
    assert said == ["QC0619"]


def test_the_pairs_are_the_identity_exactly() -> None:
    """By the simulator, which does not read the gate table."""
    for gateset, rows in PAIRS.items():
        made = iq.Circuit(1, gateset=gateset)
        for row in rows:
            made.gate(row["gate"], *([row["phase"]] if "phase" in row else []), 0)
        np.testing.assert_allclose(made.unitary(), np.eye(2), atol=1e-15)


def test_one_note_for_all_and_a_place() -> None:
    """A scan of many points through nothing does not bury the other diagnostics."""
    text = "circuit c(t) { qubit q; rx(0*t) q }\nrun c(t) for t in range(6)\n"
    program, _ = stages.load(Source(text))
    _, (note,), _ = stages.transpile(program, Options("forte"))
    assert note.severity == "note"
    assert "`c(0)`, `c(1)`, `c(2)` and 3 more" in note.message
    assert note.span is not None
    assert note.span.text == "rx(0*t) q"


def test_what_is_sent_is_what_is_counted() -> None:
    """Reports, estimates and limits see the gates."""
    program, _ = stages.load(Source("qubit q\n"))
    compiled, _, (report,) = stages.transpile(program, Options("forte", verify=True))
    assert limits.gates_sent(compiled.runs[0]) == 2
    assert report.passes[-1].after.pulses == 2
    assert report.why == "there is no gate to write"
    assert report.verdict


def test_an_ansatz_without_gates_goes_out_with_two() -> None:
    """The energy of |0...0> is one."""
    text = "circuit nothing { qubit q[2] }\nhamiltonian h = Z[0]*Z[1]\nenergy { hamiltonian = h; ansatz = nothing }\n"
    program, _ = stages.load(Source(text))
    compiled, noticed, _ = stages.transpile(program, Options())
    body = stages.payload(compiled, Options())
    assert body["input"]["data"]["data"]["ansatz"]["data"].count("x q[0];") == 2
    assert [diagnostic.code for diagnostic in noticed] == ["QC0619"]


def test_python_may_keep_it_empty_and_sends_it_all_the_same() -> None:
    """`compile` shows the remaining gates, `payload` the sent ones; values that make gates vanish are no error."""
    echo = iq.Circuit(1).x(0).x(0)
    assert len(iq.compile(echo, target="forte")) == 0
    with pytest.warns(iq.ProgramWarning, match="QC0618"):
        assert len(iq.Program(runs=[echo]).payload(backend="qpu.forte-1")["input"]["circuit"]) == 2
    theta = iq.param("theta")
    bound = iq.compile(iq.Circuit(1).rx(theta, 0), target="forte").bind(theta=0, simplify=True)
    assert len(bound) == 0
    with pytest.warns(iq.ProgramWarning, match="QC0619"):
        assert iq.Program(runs=[bound]).payload(backend="qpu.forte-1")["input"]["circuit"] == PAIRS["native"]


def test_it_runs_here_too(capsys: Any) -> None:
    """Also with noise, which acts on the pulses that the service would play."""
    assert iq.run(iq.Circuit(2), 10).counts == {"00": 10}
    with pytest.warns(iq.ProgramWarning, match="QC0619"):
        noisy = iq.run(iq.Circuit(1), noise="aria-1", exact=True)
    assert 0 < noisy.probabilities["1"] < 0.001


@pytest.mark.parametrize("form", ["payload", "qc", "qasm2", "qasm3"])
def test_every_form_of_the_command_shows_what_is_sent(form: str, tmp_path: Any, capsys: Any) -> None:
    """And ends well."""
    (tmp_path / "nothing.qc").write_text("qubit q[2]\n")
    assert main(["compile", "nothing.qc", "--emit", form, "-q"]) == 0
    out = capsys.readouterr().out
    assert out.count('"x"' if form == "payload" else "x q[0]") == 2


def test_reading_the_payload_back_gives_the_circuit(tmp_path: Any, capsys: Any) -> None:
    """Pulses mean pulses: the pair is sent again as it is."""
    (tmp_path / "nothing.qc").write_text('job { backend = "qpu.forte-1" }\nqubit q[2]\n')
    assert main(["compile", "nothing.qc", "-q", "-o", "nothing.json"]) == 0
    assert main(["compile", "nothing.json", "-q"]) == 0
    assert json.loads(capsys.readouterr().out)["input"]["circuit"] == PAIRS["native"]
