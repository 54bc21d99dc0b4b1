"""Waiting for a job and its results, questions about costs, and the Python client, against a service on loopback."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from service import Reply
from submissions import accept, bell_program, faulty_service, forget, job, said  # noqa: F401 - two are fixtures

from ionqdsl.cli import main, terminal
from ionqdsl.cloud import submit
from ionqdsl.cloud.asking import Timing
from ionqdsl.cloud.client import Client
from ionqdsl.diagnostics import IonqdslError, JobFailed, ServiceError, UsageError, WaitTimedOut
from ionqdsl.ir.circuit import FlatCircuit, Op

# -- waiting -----------------------------------------------------------------------------------------------------


def test_submit_and_wait_from_the_question_to_the_histogram(service, bell, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    accept(service, Reply(404), job("submitted"), job("ready"), Reply(503), job("a new state"), job("started"), job())
    service.on("GET", "/jobs/j-1/results/probabilities", Reply(404), Reply(200, {"0": 0.5, "3": 0.5}))
    assert main(["submit", bell, "--wait"]) == 0
    out, err = said(capsys)
    assert err == "submitted job j-1\n"
    assert out == (
        "bell · exact probabilities\n"
        "order: q[0] q[1]\n"
        "\n"
        "  00   50.00%  █████████████████████████████████████████████\n"
        "  11   50.00%  █████████████████████████████████████████████\n"
    )
    assert [seen.method for seen in service.seen].count("POST") == 1


def test_the_service_counts_qubits_from_the_other_end(service, bell, capsys):
    """x on q[0] alone: the service's state 1, our bit string 10. A swapped order shows 01."""
    Path(bell).write_text('job { backend = "qpu.forte-1"; shots = 8 }\nqubit q[2]\nx q[0]\nregister last = q[1]\n')
    accept(service, job(backend="qpu.forte-1", shots=8, child_job_ids=["c-1"]))
    service.on("GET", "/jobs/c-1", Reply(200, {"id": "c-1", "status": "completed", "name": "bell", "shots": 8}))
    service.on("GET", "/jobs/c-1/results/probabilities", Reply(200, {"1": 0.875, "3": 0.125}))
    assert main(["submit", bell, "--wait", "--yes", "--json"]) == 0
    answer = json.loads(said(capsys)[0])
    assert answer["job"] == {"id": "j-1", "backend": "qpu.forte-1", "status": "completed"}
    (result,) = answer["results"]
    assert result["order"] == "q[0] q[1]"
    assert result["counts"] == {"10": 7, "11": 1}
    assert result["registers"]["last"]["counts"] == {"0": 7, "1": 1}


def test_results_of_several_circuits_are_matched_by_name(service, bell, capsys):
    Path(bell).write_text(
        'job { backend = "simulator" }\ncircuit one { qubit q[1]; x q[0] }\ncircuit two { qubit q[2]; x q[1] }\n'
    )
    accept(service, job(child_job_ids=["c-2", "c-1"]))  # not in the order of the program
    for child, name, state in (("c-1", "one", "1"), ("c-2", "two", "2")):
        service.on("GET", f"/jobs/{child}", Reply(200, {"id": child, "status": "completed", "name": name}))
        service.on("GET", f"/jobs/{child}/results/probabilities", Reply(200, {state: 1.0}))
    assert main(["run", bell, "--backend", "simulator", "--json"]) == 0
    results = json.loads(said(capsys)[0])["results"]
    assert [(result["name"], result["probabilities"]) for result in results] == [("one", {"1": 1}), ("two", {"01": 1})]
    forget()
    service.on("GET", "/jobs/c-2", Reply(200, {"id": "c-2", "status": "completed", "name": "three"}))
    assert main(["run", bell, "--backend", "simulator"]) == 7
    assert "QC0865" in said(capsys)[1]


def test_exact_is_for_the_local_machine(service, bell, capsys):
    accept(service)
    service.on("GET", "/jobs/j-1/results/probabilities", Reply(200, {"0": 1.0}))
    assert main(["run", bell, "--backend", "simulator", "--exact"]) == 0
    assert "warning[QC0810]" in said(capsys)[1]


def test_the_queue_is_told_where_somebody_watches():
    watch = submit.Watch(status="ready", details={"predicted_wait_time_ms": 300_000})
    assert submit.progress_line("j-1", watch) == "job j-1: ready, about 5 min to wait"
    assert submit.progress_line("j-1", submit.Watch(status="started", details={"predicted_wait_time_ms": None})) == (
        "job j-1: started"
    )


def test_an_energy_gets_its_identity_term_back(service, bell, capsys):
    Path(bell).write_text(
        'job { backend = "simulator" }\nparam t\ncircuit a { qubit q[2]; ry(t) q[0] }\n'
        "hamiltonian h = -1.5 + 0.25*Z[0]\nenergy { hamiltonian = h; ansatz = a; params = [0.1] }\n"
    )
    accept(service, job(type="quantum-function", results={"value": 0.25, "variance": 0.01}))
    assert main(["submit", bell, "--wait"]) == 0
    assert said(capsys)[0] == "energy -1.25   variance 0.01\n"


@pytest.mark.parametrize("body", [{"0": 1.5, "1": -0.5}, {"0": "1"}, {"4": 1.0}, {"x": 1.0}, {}, [1.0], {"0": True}])
def test_results_that_make_no_sense_are_not_shown(service, bell, capsys, body):
    accept(service)
    service.on("GET", "/jobs/j-1/results/probabilities", Reply(200, body))
    assert main(["submit", bell, "--wait"]) == 7
    out, err = said(capsys)
    assert out == ""
    assert "QC0864" in err or "QC0656" in err


def test_results_that_are_odd_are_shown_with_a_word_on_it(service, bell, capsys):
    accept(service)
    service.on("GET", "/jobs/j-1/results/probabilities", Reply(200, {"0": 0.5, "3": 0.4899, "9": 0.01}))
    assert main(["submit", bell, "--wait"]) == 0
    out, err = said(capsys)
    assert "48.99%" in out
    assert "add up to 0.9999" not in err
    assert "state 9 is none of 2 qubits" in err
    assert main(["jobs", "results", "j-1", "--json"]) == 0
    (found,) = json.loads(said(capsys)[0])["results"]
    assert found["notes"] == ["state 9 is none of 2 qubits, and left out"]
    assert found["probabilities"] == {"00": 0.5, "11": 0.4899}


@pytest.mark.parametrize(
    ("details", "shown"),
    [
        (
            {
                "type": "qctrl.qaoa.v1",
                "results": {
                    "qaoa_results": {"optimal_cost": -1.5, "optimal_bitstring": "01", "processing_status": "complete"}
                },
            },
            {"qaoa_results": {"optimal_cost": -1.5, "optimal_bitstring": "01", "processing_status": "complete"}},
        ),
        (
            {"type": "quantum-function", "results": {"solution": {"minimum_value": -2}}},
            {"solution": {"minimum_value": -2}},
        ),
        ({"type": "quantum-function", "results": None, "output": {"answer": [1, 2]}}, {"answer": [1, 2]}),
        ({"type": "quantum-function", "results": {"value": "1.5"}}, {"value": "1.5"}),
        ({"type": "ionq.tomorrow.v1", "results": {"summary": 3}}, {"summary": 3}),
    ],
)
def test_results_of_another_kind_are_shown_as_they_are(service, bell, capsys, details, shown):
    accept(service, job(**details))
    service.on("GET", "/jobs/j-1/results/probabilities", Reply(404))
    assert main(["submit", bell, "--wait"]) == 0
    assert json.loads(said(capsys)[0]) == shown
    assert main(["jobs", "results", "j-1", "--json"]) == 0
    assert json.loads(said(capsys)[0])["results"] == [{"raw": shown}]


def test_a_session_that_is_not_there_is_not_blamed_on_the_address(service, bell, capsys):
    Path(bell).write_text('job { backend = "simulator"; session_id = "nope" }\nqubit q\nh q\n')
    service.on("POST", "/jobs", Reply(404, {"statusCode": 404, "error": "Not Found", "message": "Session not found."}))
    assert main(["submit", bell]) == 2
    err = said(capsys)[1]
    assert "error[QC0845]" in err
    assert "Session not found." in err
    assert "session list" in err
    assert ":1:43" in err  # where the session stands


def test_results_that_never_come(service, bell, capsys):
    accept(service)
    service.on("GET", "/jobs/j-1/results/probabilities", Reply(404))
    assert main(["submit", bell, "--wait"]) == 7
    err = said(capsys)[1]
    assert "error[QC0863]" in err
    assert "ionqdsl jobs wait j-1" in err


@pytest.mark.parametrize(
    ("details", "words"),
    [
        ({"failure": {"code": "TooManyGates", "message": "too long"}}, ["TooManyGates", "too long", "higher -O"]),
        ({"failure": {"code": "SomethingNew", "message": None}}, ["SomethingNew"]),
        ({"failure": {"error": "old words"}}, ["old words"]),
        ({"failure": None}, ["no reason given"]),
    ],
)
def test_a_failed_job_says_why(service, bell, capsys, details, words):
    accept(service, job("failed", **details))
    assert main(["submit", bell, "--wait", "--json"]) == 6
    answer = json.loads(said(capsys)[0])
    assert answer["job"]["status"] == "failed"
    text = json.dumps(answer["diagnostics"])
    for word in ("QC0860", *words):
        assert word in text


def test_a_canceled_job(service, bell, capsys):
    accept(service, job("canceled"))
    assert main(["submit", bell, "--wait"]) == 6
    assert "error[QC0861]: job j-1 was canceled" in said(capsys)[1]


def test_waiting_has_an_end_and_the_job_has_none(service, bell, capsys):
    accept(service, job("ready"))
    assert main(["submit", bell, "--wait", "--timeout", "0.1"]) == 7
    err = said(capsys)[1]
    assert "error[QC0862]: job j-1 is still ready after 0.1 s" in err
    assert "`ionqdsl jobs wait j-1` continues to wait" in err
    assert main(["submit", bell, "--wait", "--timeout", "0.1", "--json"]) == 7
    out, err = said(capsys)
    assert json.loads(out)["job"] == {"id": "j-1", "backend": "simulator", "status": "ready"}
    assert err == "submitted job j-1\n"  # at once, whatever comes later
    assert not service.asked("PUT")
    assert not service.asked("DELETE")


@pytest.mark.parametrize("trouble", [Reply(500), Reply(429), Reply(fault="reset"), Reply(200, b"<html>")])
def test_questions_are_repeated_but_not_for_ever(service, bell, capsys, trouble):
    accept(service, trouble, trouble, trouble, job())
    service.on("GET", "/jobs/j-1/results/probabilities", Reply(200, {"0": 1}))
    assert main(["submit", bell, "--wait"]) == 0
    forget()
    accept(service, trouble)
    service.seen.clear()
    assert main(["submit", bell, "--wait"]) == 7
    assert len(service.asked("GET")) == submit.PATIENCE
    err = said(capsys)[1]
    assert "error[QC0843]" in err
    assert "ionqdsl jobs wait j-1" in err


def test_long_waits_that_the_service_asks_for_are_told_and_end(service, held):
    slept, warned = [], []
    timing = Timing(slept.append, lambda: sum(slept), lambda: 0.0)
    client = held(Client(timing=timing, warn=warned.append))
    service.on("GET", "/jobs/j-1", Reply(503, headers={"Retry-After": "300"}))
    with pytest.raises(ServiceError, match="QC0843"):
        client.job("j-1").refresh()
    assert slept == [300.0, 300.0]
    assert [one.code for one in warned] == ["QC0848"] * 2
    assert [str(one.message) for one in warned] == [
        "the service asks for a wait of 300 s before the next request about job j-1"
    ] * 2
    service.on("GET", "/jobs/j-1", Reply(503, headers={"Retry-After": "20"}))
    warned.clear()
    with pytest.raises(ServiceError, match="QC0843"):
        client.job("j-1").refresh()
    assert not warned


def test_a_key_that_is_refused_while_waiting_ends_it_at_once(service, bell, capsys):
    accept(service, Reply(401))
    assert main(["submit", bell, "--wait"]) == 4
    assert len(service.asked("GET")) == 1


def test_an_interrupted_wait_leaves_the_job_alone(service, bell):
    accept(service, job("ready"))
    command = [sys.executable, "-m", "ionqdsl", "submit", bell, "--wait"]
    path = os.pathsep.join([str(Path(__file__).parent.parent), os.environ.get("PYTHONPATH", "")])
    child = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": path})
    limit = time.monotonic() + 60
    while not service.asked("GET") and time.monotonic() < limit:
        time.sleep(0.01)
    child.send_signal(signal.SIGINT)
    try:
        _, err = child.communicate(timeout=60)
    finally:
        child.kill()
    assert child.returncode == 130
    assert "job j-1 continues; `ionqdsl jobs wait j-1` shows the result" in err
    assert "Traceback" not in err
    assert {seen.method for seen in service.seen} == {"POST", "GET"}


def test_pauses_grow_spread_and_keep_to_what_the_service_asks(monkeypatch):
    watches = [submit.Watch(requests=count) for count in range(1, 40)]
    longest = [submit.pause(watch, None, 0.999) for watch in watches]
    shortest = [submit.pause(watch, None, 0.0) for watch in watches]
    assert longest == sorted(longest)
    assert longest[0] < 1.01
    assert 29 < longest[-1] <= submit.LONGEST_PAUSE
    assert all(2 * low == pytest.approx(high, rel=0.01) for low, high in zip(shortest, longest, strict=True))

    def asked(text):
        return submit.pause(submit.Watch(requests=1), submit.Answer(429, {"retry-after": text}), 0.0)

    assert asked("7") == 7
    assert asked("86400") == submit.LONGEST_WAIT
    assert asked("soon") == shortest[0]
    assert asked("-5") == shortest[0]


# -- guards ------------------------------------------------------------------------------------------------------


def test_a_qpu_job_needs_a_yes(service, bell, capsys, monkeypatch):
    accept(service)
    assert main(["submit", bell, "--backend", "qpu.forte-1"]) == 3
    assert "QC0850" in said(capsys)[1]
    assert main(["run", bell, "--backend", "qpu.unheard-of-1"]) == 3
    assert service.seen == []
    monkeypatch.setattr(terminal, "is_terminal", lambda stream: True)
    for answer, code in (("n\n", 3), ("\n", 3), ("", 3), ("y\n", 0), ("YES\n", 0)):
        monkeypatch.setattr(sys, "stdin", io.StringIO(answer))
        assert main(["submit", bell, "--backend", "qpu.forte-1"]) == code
        err = capsys.readouterr().err
        assert ("error[QC0851]" in err) == (code == 3)
        assert "1 circuit with 200 shots each on qpu.forte-1" in err
    assert len(service.asked("POST")) == 2
    assert main(["submit", bell, "--backend", "qpu.forte-1", "--yes"]) == 0
    assert len(service.asked("POST")) == 3


def test_a_dry_run_spends_nothing_and_needs_no_yes(service, bell, capsys):
    accept(service, job(dry_run=True, results=None))
    assert main(["submit", bell, "--backend", "qpu.forte-1", "--dry-run", "--wait"]) == 0
    assert service.asked("POST")[0].json["dry_run"] is True
    assert "a dry run has no results" in said(capsys)[1]


@pytest.mark.parametrize(
    ("estimate", "limit", "refusal"),
    [
        ({"estimated_cost": 3.5, "cost_unit": "usd"}, "4", None),
        ({"estimated_cost": 4.5, "cost_unit": "usd"}, "4", "QC0852"),
        ({"estimated_total_cost": 4.5, "estimated_unit": "credits"}, "4", "QC0852"),
        ({"estimated_total_cost": 0, "estimated_unit": "credits"}, "0", None),
        ({"estimated_cost": None}, "4", "QC0853"),
        ({}, "1000", "QC0853"),
    ],
)
def test_a_limit_of_the_cost(service, bell, capsys, estimate, limit, refusal):
    accept(service)
    service.on("GET", "/jobs/estimate", Reply(200, estimate))
    assert main(["submit", bell, "--backend", "qpu.forte-1", "--yes", "--max-cost", limit]) == (3 if refusal else 0)
    assert len(service.asked("POST")) == (not refusal)
    assert f"error[{refusal}]" in said(capsys)[1] or not refusal
    (asked,) = service.asked("GET")
    for part in ("backend=qpu.forte-1", "qubits=2", "shots=200", "2q_gates=1", "error_mitigation=false"):
        assert part in asked.path
    said(capsys)


# -- jobs and the Python client ----------------------------------------------------------------------------------


def test_jobs_are_listed_shown_and_resumed(service, bell, capsys):
    listed = {"id": "j-1", "status": "ready", "backend": "simulator", "name": "bell\x1b[2J", "shots": None}
    service.on("GET", "/jobs", Reply(200, {"jobs": [listed], "next": None}))
    assert main(["jobs", "list", "--remote", "--limit", "5"]) == 0
    out, _ = said(capsys)
    assert out.split("\n")[1].split() == ["j-1", "ready", "simulator", "-", "bell\ufffd[2J"]
    assert service.seen[0].path.endswith("limit=5")
    accept(service, job("ready"))
    assert main(["jobs", "show", "j-1"]) == 0
    assert main(["jobs", "results", "j-1"]) == 7
    accept(service, job(stats={"qubits": 2}, name="bell"))
    service.on("GET", "/jobs/j-1/results/probabilities", Reply(200, {"1": 1.0}))
    capsys.readouterr()
    assert main(["jobs", "wait", "j-1", "--json"]) == 0
    assert json.loads(said(capsys)[0])["results"][0]["probabilities"] == {"10": 1}
    assert main(["jobs", "show", "j-2"]) == 2
    assert "error[QC0832]: the service knows no job `j-2`" in said(capsys)[1]
    for words in (["results", "j-2"], ["wait", "j-2", "--timeout", "0.1"]):  # not a job that is not over yet
        assert main(["jobs", *words]) == 2
        assert "error[QC0832]: the service knows no job `j-2`" in said(capsys)[1]
    assert main(["jobs", "show", "../whoami"]) == 2
    assert service.seen[-1].path == "/v0.4/jobs/..%2Fwhoami"
    service.on("GET", "/jobs", Reply(200, ["no", "table"]))
    assert main(["jobs", "list", "--remote"]) == 5
    assert "error[QC0844]" in said(capsys)[1]
    assert main(["jobs", "show"]) == 2
    assert main(["jobs", "list", "j-1"]) == 2


def test_the_python_client(service, held):
    circuit = FlatCircuit(2, rows=[Op("x", (0,))], origins=[None])
    slept: list[float] = []
    client = held(Client(timing=Timing(slept.append, lambda: sum(slept), lambda: 0.0)))
    accept(service, job("ready"), Reply(429, headers={"Retry-After": "3"}), job())
    service.on("GET", "/jobs/j-1/results/probabilities", Reply(200, {"1": 1.0}))
    remote = client.submit(circuit, backend="simulator", shots=10)
    assert remote.id == "j-1"
    assert remote.wait().result().probabilities == {"10": 1.0}
    assert slept[-1] == 3
    assert circuit.rows == [Op("x", (0,))]
    with pytest.raises(UsageError, match="QC0806"):
        client.submit(circuit)
    forget()
    accept(service, job("started"))
    slept.clear()
    patient = held(Client(timing=Timing(slept.append, lambda: sum(slept))))
    with pytest.raises(WaitTimedOut):
        patient.submit(circuit, backend="simulator").wait(timeout=25)
    assert sum(slept) == 25  # not a pause longer
    forget()
    accept(service, job("failed"))
    with pytest.raises(JobFailed):
        held(Client(timing=Timing(slept.append, lambda: sum(slept)))).submit(
            "qubit q[1]; h q[0]", backend="simulator"
        ).result()


def test_a_client_without_a_key(monkeypatch):
    monkeypatch.delenv("IONQ_API_KEY", raising=False)
    monkeypatch.delenv("IONQ_API_KEY_FILE", raising=False)
    with pytest.raises(IonqdslError, match="QC0820"):
        Client()


@pytest.mark.parametrize("odd", [-1.5, 1 << 70, [], {"a": 1}, True])
def test_a_job_with_odd_fields_is_cloned(service, capsys, odd):
    """The fields are for the ledger and the question about the price only; the ledger holds texts and 63 bits."""
    details = {"id": "j-1", "status": "completed", "backend": odd, "name": odd, "shots": odd, "child_job_ids": odd}
    service.on("GET", "/jobs/j-1", Reply(200, details))
    service.on("POST", "/jobs/j-1/clone", Reply(201, {"id": "j-2", "status": "submitted"}))
    assert main(["jobs", "clone", "j-1", "--yes"]) == 0
    assert said(capsys)[0] == "j-2 submitted\n"
