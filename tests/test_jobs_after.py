"""Requests about a finished job, against the emulator: costs, variants, compiled circuits, clones.

Would catch results read from the wrong place or in the wrong order of bits, an aggregation that is not requested, a
clone that is sent twice or without a yes, and a failure code of the service without advice.
"""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest
from commands import folder  # noqa: F401 - a fixture is used by being here
from service import Reply, Service

import ionqdsl as iq
from ionqdsl import emulator
from ionqdsl.cli import main
from ionqdsl.cloud.asking import Timing
from ionqdsl.cloud.client import Client
from ionqdsl.cloud.transport import Transport
from ionqdsl.diagnostics import UsageError
from ionqdsl.diagnostics.codes.service import FAILURE_HINTS

SPECIFICATION = Path(__file__).parents[2] / "shared" / "ionq" / "openapi-2026-05-15.yaml"
ASYMMETRIC = """\
job { backend = "qpu.forte-1"; shots = 600; settings { error_mitigation { debiasing = true } } }
qubit q[3]
x q[0]
h q[2]
"""
"""q[0] is always 1, q[1] always 0, q[2] a coin: a reversed order would show."""


@pytest.fixture
def service(monkeypatch):
    pytest.importorskip("starlette")
    pytest.importorskip("jsonschema_rs")
    with emulator.start() as service:
        monkeypatch.setenv("IONQ_API_URL", service.url)
        monkeypatch.setenv("IONQ_API_KEY", "any-key-will-do")
        yield service


@pytest.fixture
def job(service, held):
    """A debiased job that is completed."""
    found = held(Client()).submit(ASYMMETRIC)
    return found.wait(60)


def shares(text):
    rows = csv.DictReader(io.StringIO(text))
    return {row["outcome"]: float(row["probability"]) for row in rows}


def test_results_of_a_debiased_job(job, capsys):
    for flags in ([], ["--sharpen"], ["--aggregation", "majority"]):
        assert main(["jobs", "results", job.id, "--format", "csv", *flags]) == 0
        found = shares(capsys.readouterr().out)
        assert found.get("100", 0) + found.get("101", 0) > 0.95
        assert 0.3 < found["100"] < 0.7
    assert main(["jobs", "results", job.id, "--format", "csv", "--order", "q0-right"]) == 0
    found = shares(capsys.readouterr().out)
    assert found["001"] + found["101"] > 0.95


def test_means_of_a_job(job, capsys):
    assert main(["jobs", "results", job.id, "--format", "json", "--expect", "Z[0]", "--expect", "IIZ"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    first, coin = found["expectations"]
    assert first["value"] < -0.9
    assert abs(coin["value"]) < 0.3
    assert 0.03 < coin["error"] < 0.05  # 1 / sqrt(600)
    (result,) = job.results()
    assert result.expectation("ZII").value == pytest.approx(first["value"])


def test_variants_share_the_shots(job):
    found = job.variants()
    assert len(found) > 1
    assert sum(result.shots for _, result in found) == 600
    assert sum(variant.shots for variant, _ in found) == 600
    for variant, result in found:
        assert len(set(variant.qubit_map)) == 3
        assert sum(count for bits, count in result.counts.items() if bits[:2] == "10") > 0.9 * result.shots


def test_the_compiled_circuit_is_a_program(job, capsys):
    assert main(["jobs", "compiled", job.id]) == 0
    text = capsys.readouterr().out
    program = iq.program(text)
    assert program.runs[0].gateset == "native"
    exact = iq.run(program.runs[0], exact=True).probabilities
    assert sum(value for bits, value in exact.items() if bits[:2] == "10") == pytest.approx(1)


def test_cost_clone_and_deletion(job, service, capsys, held):
    assert main(["jobs", "cost", job.id]) == 0
    assert re.search(rf"{job.id} +\d+\.\d\d usd +\d+\.\d\d usd", capsys.readouterr().out)
    assert main(["jobs", "clone", job.id]) == 3, "nobody said yes"
    assert main(["jobs", "clone", job.id, "--yes", "--shots", "70", "--json"]) == 0
    made = json.loads(capsys.readouterr().out)["job"]
    assert made["id"] != job.id
    assert held(Client()).job(made["id"]).refresh()["shots"] == 70
    assert main(["jobs", "clone", job.id, "--dry-run", "--json"]) == 0, "which spends nothing"
    dry = json.loads(capsys.readouterr().out)["job"]["id"]
    assert held(Client()).job(dry).wait(30).results() == []
    assert main(["jobs", "delete", job.id, made["id"]]) == 0
    with pytest.raises(UsageError, match="QC0967"):
        held(Client()).cost(made["id"])


def test_many_circuits_take_few_requests(service, monkeypatch, held):
    """Sixty circuits, each with its own outcome: names by the page, probabilities in one answer, then offline."""
    lines = ['job { backend = "simulator" }']
    for n in range(1, 61):
        ones = "".join(f"  x q[{k}]\n" for k in range(6) if n >> k & 1)
        lines.append(f"circuit c{n} {{\n  qubit q[6]\n{ones}}}")
    program = iq.program("\n".join([*lines, f"run {', '.join(f'c{n}' for n in range(1, 61))}"]))
    sent = []
    send = Transport.send
    monkeypatch.setattr(Transport, "send", lambda self, asked: sent.append(asked) or send(self, asked))
    job = held(Client()).submit(program).wait(60)
    sent.clear()
    found = job.results()
    assert len(sent) < 6
    for n, result in enumerate(found, 1):
        assert result.name == f"c{n}"
        assert result.probabilities == {f"{n:06b}"[::-1]: 1.0}
    sent.clear()
    assert [result.probabilities for result in job.results()] == [result.probabilities for result in found]
    assert sent == []


def test_results_come_from_the_next_place_where_one_fails(monkeypatch, held):
    """An artifact that is gone, then one that makes no sense, then the probabilities."""
    monkeypatch.setenv("IONQ_API_KEY", "any-key-will-do")
    with Service() as service:
        results = {f"ionq.result.histogram.json.v{n}": {"id": f"a{n}"} for n in (1, 2)}
        details = {"id": "j1", "status": "completed", "backend": "qpu.x", "shots": 4, "stats": {"qubits": 2}}
        service.on("GET", "/jobs/j1", Reply(body={**details, "results": results}))
        service.on("GET", "/jobs/j1/artifacts/a1", Reply(body={"histogram": 3}))
        service.on("GET", "/jobs/j1/results/probabilities", Reply(body={"1": 0.75, "2": 0.25}))
        (found,) = held(Client(service.url, timing=Timing(sleep=lambda seconds: None))).job("j1").results()
        assert found.counts == {"10": 3, "01": 1}


def test_every_failure_code_has_advice():
    yaml = pytest.importorskip("yaml")
    if not SPECIFICATION.exists():
        pytest.skip("the specification is not at hand")
    schemas = yaml.safe_load(SPECIFICATION.read_text())["components"]["schemas"]
    listed = {
        code for schema in schemas.values() for code in schema.get("properties", {}).get("code", {}).get("enum", ())
    }
    assert len(listed) > 15
    assert listed <= set(FAILURE_HINTS)
