"""The emulator plays jobs in OpenQASM 3: refusals, their reasons, registers, shots, and the whole way of a program."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")
pytest.importorskip("jsonschema_rs")

import requests

from ionqdsl import emulator
from ionqdsl.cli import main
from ionqdsl.cloud import submit
from ionqdsl.emulator import openqasm, shapes
from ionqdsl.emulator.failure import Failed

HEAD = 'OPENQASM 3.0;\ninclude "stdgates.inc";\n'
REUSE = "qubit[1] q;\nbit[1] mid;\nbit[2] out;\nx q[0];\nmid[0] = measure q[0];\nreset q[0];\nout[0] = measure q[0];\n"
REUSE += "x q[0];\nout[1] = measure q[0];\n"
NOISE = {"model": "aria-1", "seed": 7}
VERSION = {"compilation": {"service_version": "v0.4"}}
PROBES = sorted((Path(__file__).parents[2] / "shared" / "cases" / "qasm3-probes").glob("*.qasm"))


@pytest.fixture(scope="module")
def service():
    with emulator.start(seed=1) as found:
        yield found


def post(service, text, backend="simulator", noise=NOISE, settings=VERSION, **more):
    """The id of a job in OpenQASM 3."""
    body = {"type": "ionq.qasm3.v1", "backend": backend, "shots": 50, "settings": settings, "input": {"data": text}}
    body |= {"noise": noise} if noise else {}
    answer = requests.post(
        f"{service.url}/jobs", json=body | more, headers={"Authorization": "apiKey emulator"}, timeout=60
    )
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def get(service, path):
    return requests.get(f"{service.url}/jobs/{path}", headers={"Authorization": "apiKey emulator"}, timeout=60)


def artifact(service, job_id, name):
    view = get(service, job_id).json()
    return get(service, f"{job_id}/artifacts/{view['results'][name]['id']}")


def test_registers_shot_by_shot(service):
    job_id = post(service, HEAD + REUSE)
    view = get(service, job_id).json()
    assert (view["type"], view["status"], view["failure"]) == ("ionq.qasm3.v1", "completed", None)
    rows = artifact(service, job_id, "ionq.result.shots.json.v2").json()["shots"]
    assert len(rows) == 50
    assert {key for row in rows for key in row["registers"]} == {"mid", "out", "output_all"}
    right = sum(row["registers"] == {"mid": [1], "out": [0, 1], "output_all": [1]} for row in rows)
    assert right > 40  # gates fail rarely
    tables = artifact(service, job_id, "ionq.result.histogram.json.v2").json()["histogram"]["registers"]
    assert tables["out"]["01"] == sum(row["registers"]["out"] == [0, 1] for row in rows)
    assert get(service, f"{job_id}/results/probabilities").json()["1"] > 0.8
    place = view["output"]["compilation"]["compiled_circuits"]["ionq.qasm3.v1"]
    compiled = get(service, f"{job_id}/artifacts/{place['id']}")
    assert compiled.headers["content-type"].startswith("text/plain")
    assert compiled.text == HEAD + REUSE


def test_the_ideal_simulator_gives_the_final_state_alone(service):
    job_id = post(service, HEAD + REUSE, noise=None)
    view = get(service, job_id).json()
    assert list(view["results"]) == ["ionq.result.probabilities.json.v2"]
    found = artifact(service, job_id, "ionq.result.probabilities.json.v2").json()
    assert found == {"probabilities": {"registers": {"output_all": {"1": pytest.approx(1.0)}}}}


def test_without_a_version_the_names_are_numbers(service):
    job_id = post(service, HEAD + REUSE, settings={})
    rows = artifact(service, job_id, "ionq.result.shots.json.v2").json()["shots"]
    assert set(rows[0]["registers"]) == {"c0", "c1", "output_all"}


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("qubit[1] q; bit[1] c; c[0] = measure q[0]; if (c[0]) { x q[0]; }", "construct: if"),
        ("qubit[1] q; for int i in [0:2] { x q[0]; }", "construct: for"),
        ("qubit[1] q; while (true) { x q[0]; }", "construct: while"),
        ("x $0;", "physical qubits"),
        ('include "/etc/passwd"; qubit[1] q;', "include of another file"),
        ("qubit[1] q; nonsense q[0];", "no gate"),
        ("qubit[1] q; bit[1] c; c[0] = measure q[0]; c[0] = measure q[0];", "twice"),
    ],
)
def test_a_construct_is_refused_by_name_after_the_job_is_accepted(service, text, word):
    view = get(service, post(service, HEAD + text)).json()
    assert view["status"] == "failed"
    assert word in view["failure"]["message"]
    assert view["results"] is None


def test_machines_without_reuse_fail_the_job(service):
    view = get(service, post(service, HEAD + REUSE, "qpu.forte-1", None)).json()
    assert "measurement in the middle" in view["failure"]["message"]
    last = HEAD + "qubit[1] q; bit[1] c; x q[0]; c[0] = measure q[0];"
    assert get(service, post(service, last, "qpu.forte-1", None)).json()["status"] == "completed"


@pytest.mark.skipif(not PROBES, reason="needs ../shared")
def test_a_strict_emulator_takes_what_is_known_alone():
    taken = set()
    for probe in PROBES:
        try:
            openqasm.circuit(probe.read_text(), None, True)
        except Failed:
            continue
        taken.add(probe.stem[:2])
    assert taken == {"01", "02", "03", "04", "14", "20"}


def test_leaked_shots_come_in_addition():
    job = {"type": "ionq.qasm3.v1", "backend": "qpu.tempo-1", "width": 2, "seed": 3, "settings": VERSION, "noise": None}
    job["registers"] = [["m", [2]]]
    found = shapes.registers_result("ionq.result.shots.json.v2", {"joint": {"5": 400}}, job)["shots"]
    leaked = [row for row in found if "leakage_bits" in row]
    assert len(found) - len(leaked) == 400
    assert 5 <= len(leaked) <= 45
    assert all(sum(row["leakage_bits"]) == 1 for row in leaked)
    assert found[0]["registers"] == {"m": [1], "output_all": [1, 0]}


def test_a_machine_that_measures_runs_it(service):
    job_id = post(service, HEAD + REUSE, "qpu.tempo-1", None)
    rows = artifact(service, job_id, "ionq.result.shots.json.v2").json()["shots"]
    assert sum("leakage_bits" not in row for row in rows) == 50


def test_the_whole_way_of_a_program(service, monkeypatch, tmp_path, capsys):
    """Written, priced, sent as two jobs, waited for, and read back in the program's order and names."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(submit, "FIRST_PAUSE", 0.01)
    monkeypatch.setenv("IONQ_API_KEY", "emulator")
    monkeypatch.setenv("IONQ_API_URL", service.url)
    text = 'job { name = "mixed"; backend = "simulator"; shots = 60; noise { model = "aria-1"; seed = 7 } }\n'
    text += "circuit loop { qubit a, b; x a; register s = measure a; reset a; cnot a, b; register output = b, a }\n"
    text += "circuit flip { qubit q[2]; x q[0]; register m = measure q }\nrun loop, flip\n"
    Path("mixed.qc").write_text(text)
    assert main(["submit", "mixed.qc", "--wire", "v0.4-2026-10", "--wait", "--format", "json"]) == 0
    loop, flip = json.loads(capsys.readouterr().out)
    assert (loop["name"], flip["name"]) == ("loop", "flip")
    assert loop["registers"]["s"]["counts"].get("1", 0) > 50
    assert loop["registers"]["output"]["counts"].get("00", 0) > 50
    assert flip["registers"]["m"]["counts"].get("10", 0) > 50
    Path("mixed.qc").write_text(text.replace('noise { model = "aria-1"; seed = 7 }', ""))
    assert main(["submit", "mixed.qc", "--wait", "--format", "json"]) == 0
    loop, flip = json.loads(capsys.readouterr().out)
    assert loop["registers"]["s"]["probabilities"] == {"1": 1.0}
    assert loop["registers"]["output"]["probabilities"] == {"00": 1.0}
