"""Submissions that are jobs of several kinds, of which some are missing: nothing is lost, doubled or sent in vain.

A real emulator takes the jobs over HTTP. Would catch results that are withheld because another job has none, circuits
that stay silently away, a job that is sent twice, and a clone that its backend can only fail.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")
pytest.importorskip("jsonschema_rs")

from job_service import JobService

from ionqdsl import emulator
from ionqdsl.cli import main
from ionqdsl.cloud import submit
from ionqdsl.cloud.asking import Timing
from ionqdsl.cloud.client import Client
from ionqdsl.diagnostics import JobFailed, UsageError, WaitTimedOut
from ionqdsl.emulator.server import Emulator
from ionqdsl.ir.targets import PROFILES
from ionqdsl.record import changed

PROGRAM = """job { name = "mixed"; backend = "simulator"; shots = 20; noise { model = "aria-1"; seed = 7 } }
circuit loop(t) { qubit a, b; rx(t) a; register first = measure a; reset a; register last = a }
circuit bell { qubit q[2]; h q[0]; cnot q; register m = q }
run loop(0), bell, loop(pi) as "flip", loop(1) as "one"
"""
THREE = """job { name = "three"; backend = "simulator"; shots = 3 }
circuit a(t) { qubit q; rx(t) q }
run a(t) for t in linspace(0.1, 1, 3)
"""
SENT = ["bell", "loop(0)", "flip", "one"]
"""The circuits in the order of their jobs; results are in the order of the program."""


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Emulator]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IONQDSL_STATE", str(tmp_path / "state"))
    monkeypatch.setattr(submit, "FIRST_PAUSE", 0.01)
    Path("mixed.qc").write_text(PROGRAM)
    with emulator.start() as found:
        for name, value in found.environment.items():
            monkeypatch.setenv(name, value)
        yield found


def tag_of(service: Emulator) -> str:
    return str(service.jobs()[0]["metadata"]["ionqdsl"]).rpartition("-")[0]


def answered(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, list[dict[str, Any]], list[str]]:
    """The exit code, the results, and the codes of the diagnostics about them."""
    capsys.readouterr()
    code = main(["--json", *words])
    answer = json.loads(capsys.readouterr().out)
    return code, answer.get("results", []), [one["code"] for one in answer["diagnostics"]]


@pytest.mark.parametrize("arrived", [1, 3])
def test_what_has_a_job_has_results(service: Emulator, capsys: pytest.CaptureFixture[str], arrived: int) -> None:
    service.fault(f"400@POST /jobs:{arrived + 1}")
    assert main(["submit", "mixed.qc", "--yes"]) != 0
    assert len(service.jobs()) == arrived
    for action in ("results", "wait"):
        code, results, codes = answered(capsys, "jobs", action, tag_of(service))
        assert code == 5
        assert [row["name"] for row in results] == ["loop(0)", "bell", "flip", "one"]
        missing = [row["name"] for row in results if "missing" in row]
        assert sorted(missing) == sorted(SENT[arrived:])
        assert codes.count("QC0919") == 4 - arrived
    with Client() as client, pytest.raises(UsageError, match="QC0919"):
        client.job(tag_of(service)).results()
    service.clear()
    assert main(["jobs", "recover"]) == 0
    assert len({job["metadata"]["ionqdsl"] for job in service.jobs()}) == len(service.jobs()) == 4
    code, results, codes = answered(capsys, "jobs", "results", tag_of(service))
    assert (code, codes) == (0, [])
    assert results[0]["registers"]["first"]["counts"] == {"0": 20}
    assert results[2]["registers"]["first"]["counts"] == {"1": 20}


def test_after_giving_up_the_rest_the_results_remain(service: Emulator, capsys: pytest.CaptureFixture[str]) -> None:
    service.fault("400@POST /jobs:2")
    assert main(["submit", "mixed.qc", "--yes"]) != 0
    service.clear()
    assert main(["jobs", "cancel", tag_of(service)]) == 0
    assert main(["jobs", "results", tag_of(service)]) == 5
    said = capsys.readouterr()
    assert "bell" in said.out
    assert "has no job: it is given up" in said.err
    assert "circuits without a result: `flip`" in said.err
    assert "recover" not in said.err[said.err.index("given up") :]


@pytest.mark.parametrize("status", ["failed", "canceled", "ready"])
def test_one_job_that_does_not_complete_keeps_no_result_back(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str], status: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IONQ_API_KEY", "k3y-that-nobody-may-see")
    Path("three.qc").write_text(THREE)
    monkeypatch.setitem(PROFILES, "v0.4", changed(PROFILES["v0.4"], max_circuits=1))
    with JobService() as served:
        monkeypatch.setenv("IONQ_API_URL", served.url)
        assert main(["submit", "three.qc", "--yes"]) == 0
        served.jobs[1].status = status
        tag = served.tags()[0].rpartition("-")[0]
        code_of = {"failed": "QC0860", "canceled": "QC0861", "ready": "QC0862"}
        code, results, codes = answered(capsys, "jobs", "results", tag)
        assert code == (7 if status == "ready" else 6)
        assert ["missing" in row for row in results] == [False, True, False]
        assert [one for one in codes if one != "QC0940"] == [code_of[status]]
        if status != "ready":  # nobody has waited before, in Python
            with Client() as client:
                read = client.job(tag).results(is_strict=False)
                assert [type(one).__name__ for one in read] == ["Result", "MissingResult", "Result"]
                with pytest.raises(JobFailed):
                    client.job(tag).results()


def test_a_submission_is_waited_for_as_long_as_was_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """And not so long for each job; each is asked about once at least. The clock is the test's: sleeping moves it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IONQ_API_KEY", "k3y-that-nobody-may-see")
    Path("three.qc").write_text(THREE)
    monkeypatch.setitem(PROFILES, "v0.4", changed(PROFILES["v0.4"], max_circuits=1))
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    with JobService() as served:
        monkeypatch.setenv("IONQ_API_URL", served.url)
        assert main(["submit", "three.qc", "--yes"]) == 0
        for job in served.jobs:
            job.status = "ready"
        tag = served.tags()[0].rpartition("-")[0]
        with Client(timing=Timing(sleep=sleep, clock=lambda: now[0])) as client:
            with pytest.raises(WaitTimedOut, match="100"):
                client.job(tag).wait(100)
            assert 100 <= now[0] < 110


def test_two_processes_at_once_send_each_job_once(service: Emulator) -> None:
    command = [sys.executable, "-m", "ionqdsl", "submit", "mixed.qc", "--yes"]
    service.fault("slow(0.2)@POST /jobs")
    started = [subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) for _ in range(2)]
    said = [process.communicate(timeout=120)[1].decode() for process in started]
    codes = sorted(process.returncode for process in started)
    tags = [job["metadata"]["ionqdsl"] for job in service.jobs()]
    assert len(set(tags)) == len(tags)
    assert len(tags) == 4 * codes.count(0), said  # the other one was told, or began anew after the first was complete


def test_a_clone_goes_only_where_it_can_run(service: Emulator, capsys: pytest.CaptureFixture[str]) -> None:
    backend = "qpu.forte-1"
    assert main(["submit", "mixed.qc", "--yes"]) == 0
    bell, loop = service.jobs()[:2]
    assert main(["jobs", "clone", loop["id"], "--backend", backend, "--yes"]) == 1
    assert "QC0792" in capsys.readouterr().err
    assert len(service.jobs()) == 4
    assert main(["jobs", "clone", loop["id"], "--shots", "7", "--yes"]) == 0
    clone = service.jobs()[-1]
    _, results, _ = answered(capsys, "jobs", "results", clone["id"])
    assert results[0]["registers"]["first"]["counts"] == {"0": 7}
    assert main(["jobs", "clone", bell["id"], "--backend", backend, "--yes"]) == 0
