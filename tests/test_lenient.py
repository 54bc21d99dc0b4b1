"""Bodies as other clients send them: those that the emulated service takes, the reader takes with the same meaning."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")
pytest.importorskip("jsonschema_rs")

import requests

from ionqdsl import api, emulator
from ionqdsl.cli import main
from ionqdsl.diagnostics import CompileError
from ionqdsl.emulator.server import Emulator
from ionqdsl.read import payload as read
from ionqdsl.simulation import simulate

QISKIT = {
    "type": "ionq.circuit.v1", "backend": "simulator", "shots": 1024, "name": "circuit-1", "session_id": "s",
    "dry_run": False, "metadata": {"shots": "1024", "qiskit_header": "H4sIAAAA"},
    "settings": {"error_mitigation": {"debiasing": False}, "compilation": {"opt": 0, "precision": "1E-3"}},
    "noise": {"model": "ideal", "seed": None},
    "input": {
        "qubits": 2, "gateset": "qis",
        "circuit": [
            {"gate": "h", "targets": [0]}, {"gate": "z", "targets": [0], "rotation": 0.7},
            {"gate": "h", "targets": [0]},
            {"gate": "z", "targets": [1], "controls": [0], "rotation": 0.3},
            {"gate": "x", "targets": [1], "controls": [0]}, {"gate": "ry", "targets": [1], "rotation": 0.4},
        ],
    },
}  # fmt: skip
CIRQ = {
    "type": "ionq.circuit.v1", "backend": "simulator", "lang": "json", "shots": "100", "name": "cirq",
    "metadata": {"measurement0": "a\u001f0,1"},
    "input": {
        "qubits": 2, "gateset": "native",
        "circuit": [
            {"gate": "gpi2", "target": 0, "phase": 0.1}, {"gate": "zz", "targets": [0, 1], "phase": 0.1},
            {"gate": "gpi2", "target": 0, "phase": 0.3},
            {"gate": "ms", "targets": [0, 1], "phases": [0, 0.5], "angle": 0.1},
        ],
    },
}  # fmt: skip
SEVERAL = {
    "type": "ionq.multi-circuit.v1", "backend": "simulator", "shots": 10,
    "input": {
        "gateset": "native", "qubits": 2,
        "circuits": [
            {"name": "a", "gateset": "qis", "registers": {"c": [1, None]}, "circuit": [{"gate": "x", "target": 1}]},
            {"name": "b", "qubits": 1, "circuit": [{"gate": "gpi2", "target": 0, "phase": 0.75}]},
        ],
    },
}  # fmt: skip
BODIES = {"qiskit": QISKIT, "cirq": CIRQ, "several": SEVERAL}

Place = tuple[Any, ...]


def places(value: Any, path: Place = ()) -> Iterator[Place]:
    """Every key of every object."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in pairs:
        if isinstance(value, dict):
            yield (*path, key)
        yield from places(item, (*path, key))


def variants(body: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The body with each key absent, null, as a text, with a point; and with a key more in each object."""
    yield "as it is", deepcopy(body)
    for path in places(body):
        for what in ("absent", "null", "text", "point", "more"):
            changed = deepcopy(body)
            block: Any = changed
            for key in path[:-1]:
                block = block[key]
            value = block[path[-1]]
            if what == "absent":
                del block[path[-1]]
            elif what == "null":
                block[path[-1]] = None
            elif what == "text" and type(value) in (int, float):
                block[path[-1]] = str(value)
            elif what == "point" and type(value) is int:
                block[path[-1]] = float(value)
            elif what == "more" and isinstance(value, dict):
                value["unheard_of"] = 1
            else:
                continue
            yield f"{'.'.join(map(str, path))} {what}", changed


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Emulator]:
    with emulator.start(shape="september") as found:
        yield found


def asked(service: Emulator, path: str, body: Any = None) -> requests.Response:
    return requests.request("GET" if body is None else "POST", service.url + path, json=body,
                            headers={"Authorization": "apiKey x"}, timeout=60)  # fmt: skip


def outcomes(body: dict[str, Any]) -> list[dict[str, float]]:
    """The outcomes of a body on the local machine."""
    found = []
    for circuit in read.program(body).runs:
        state = simulate.state(circuit)
        shares = {str(int(format(n, f"0{circuit.width}b")[::-1], 2)): abs(v) ** 2 for n, v in enumerate(state)}
        found.append({key: share for key, share in shares.items() if share > 1e-12})
    return found


@pytest.mark.parametrize("name", BODIES)
def test_what_the_service_takes_is_read_and_means_the_same(service: Emulator, name: str) -> None:
    taken = 0
    for what, body in variants({key: value for key, value in BODIES[name].items() if key != "session_id"}):
        answer = asked(service, "/jobs", body)
        if answer.status_code != 201:
            assert answer.status_code == 400, what
            continue
        job = asked(service, f"/jobs/{answer.json()['id']}").json()
        if job["status"] == "failed":
            assert job["failure"]["code"] in ("InvalidInput", "CompilationError", "UnsupportedGate", "NotEnoughQubits")
            continue
        taken += 1
        ids = job["child_job_ids"] or [job["id"]]
        if what.endswith(" more"):  # a key that nobody knows, where the specification lets any stand
            with pytest.raises(CompileError, match="QC0981"):
                outcomes(body)
            continue
        ours = outcomes(body)
        for job_id, shares in zip(ids, ours, strict=True):
            theirs = asked(service, f"/jobs/{job_id}/results/probabilities").json()
            assert theirs == pytest.approx(shares, abs=1e-9), what
    assert taken > 10


@pytest.mark.parametrize("name", BODIES)
def test_every_variant_is_read_or_refused_with_a_place(name: str) -> None:
    """And null is read as an absent value, wherever that is read."""
    found: dict[str, Any] = {}
    for what, body in variants(BODIES[name]):
        try:
            found[what] = outcomes(body)
        except CompileError as error:
            found[what] = sorted({item.code for item in error.diagnostics})
            assert all(code.startswith("QC09") for code in found[what]), what
    for what, result in found.items():
        if what.endswith(" null") and ".registers." not in what:  # which are names, and not keys
            assert result == found[what.replace(" null", " absent")], what
    assert found["as it is"] == outcomes(BODIES[name])


def test_meanings_by_hand() -> None:
    """`z` with a rotation is diag(1, e^it), controlled too; native `zz` turns by its phase as by its angle."""

    def unitary(gateset: str, *rows: dict[str, Any]) -> Any:
        (circuit,) = read.circuits({"qubits": 2, "gateset": gateset, "circuit": list(rows)}, is_multi=False)
        return simulate.unitary(circuit)

    assert np.allclose(unitary("qis", {"gate": "z", "target": 1, "rotation": 0.7}), np.diag([1, np.exp(0.7j)] * 2))
    controlled = {"gate": "z", "targets": [1], "controls": [0], "rotation": 0.7}
    assert np.allclose(unitary("qis", controlled), np.diag([1, 1, 1, np.exp(0.7j)]))
    assert np.allclose(unitary("qis", {"gate": "z", "target": 1}), np.diag([1, -1] * 2))
    half = np.exp(-1j * np.pi * 0.1 * np.array([1, -1, -1, 1]))
    assert np.allclose(unitary("native", {"gate": "zz", "targets": [0, 1], "phase": 0.1}), np.diag(half))
    with pytest.raises(CompileError, match="QC0981"):
        unitary("native", {"gate": "zz", "targets": [0, 1], "phase": 0.1, "angle": 0.1})
    with pytest.raises(CompileError, match="QC0984"):  # nobody says whether this is two gates
        unitary("qis", {"gate": "h", "targets": [0, 1]})


def test_verification_of_symmetries_comes_back(tmp_path: Path) -> None:
    body = QISKIT | {"settings": {"error_mitigation": {"symmetry_verification": True}}}
    (tmp_path / "a.json").write_text(json.dumps(body))
    assert api.load(tmp_path / "a.json").payload()["settings"] == body["settings"]


# -- the same body again -------------------------------------------------------------------------------------------

PUBLISHED = [
    {
        "type": "ionq.circuit.v1", "name": "Sample circuit", "metadata": {"fizz": "buzz"}, "shots": 500,
        "backend": "qpu.forte-1", "settings": {"error_mitigation": {"debiasing": False}},
        "input": {"qubits": 2, "gateset": "qis", "circuit": [{"gate": "h", "target": 0}]},
    },
    {
        "type": "ionq.multi-circuit.v1", "backend": "qpu.forte-1", "shots": 500,
        "input": {
            "gateset": "qis", "qubits": 2,
            "circuits": [
                {"name": "a", "circuit": [{"gate": "h", "target": 0}, {"gate": "cnot", "control": 1, "target": 0}]},
                {"name": "b", "gateset": "native", "circuit": [{"gate": "gpi2", "target": 0, "phase": 0.1}]},
                {"name": "c", "circuit": [{"gate": "h", "target": 0}]},
            ],
        },
    },
    {
        "type": "ionq.circuit.v1", "backend": "qpu.forte-1", "shots": 100,
        "input": {"qubits": 1, "gateset": "native", "circuit": [{"gate": "gpi2", "target": 0, "phase": 0}] * 2},
    },
]  # fmt: skip


@pytest.mark.parametrize("body", PUBLISHED, ids=["single", "several", "native"])
def test_a_request_comes_back_as_it_was(body: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever machine it names: its gates are those it asks for."""
    path = tmp_path / "a.json"
    path.write_text(json.dumps(body))
    for words in (["compile", str(path)], ["convert", str(path), "--to", "payload"]):
        assert main(words) == 0
        assert json.loads(capsys.readouterr().out) == body
    assert api.load(path).payload() == body
    assert main(["compile", str(path), "--target", "forte"]) == 0
    assert "h" not in {gate["gate"] for gate in _gates(json.loads(capsys.readouterr().out)["input"])}
    assert main(["compile", str(path), "--backend", "qpu.forte-1"]) == 0  # a machine that is asked for now
    assert "h" not in {gate["gate"] for gate in _gates(json.loads(capsys.readouterr().out)["input"])}


def _gates(given: Any) -> Any:
    return given.get("circuit") or [gate for entry in given["circuits"] for gate in entry["circuit"]]


def test_a_request_written_as_a_program_says_which_gates_it_will_have(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, text = tmp_path / "a.json", tmp_path / "a.qc"
    path.write_text(json.dumps(PUBLISHED[0]))
    assert main(["convert", str(path), "--to", "qc", "-o", str(text)]) == 0
    assert "note[QC0756]" in capsys.readouterr().err
    assert main(["compile", str(text), "--target", "qis"]) == 0
    assert json.loads(capsys.readouterr().out) == PUBLISHED[0]
    path.write_text(json.dumps(PUBLISHED[2]))
    assert main(["convert", str(path), "--to", "qc", "-o", str(text)]) == 0
    assert "QC0756" not in capsys.readouterr().err
