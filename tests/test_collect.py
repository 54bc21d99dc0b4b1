"""Many jobs at once: few requests, a steady pace, every result in the ledger, memory that does not grow."""

from __future__ import annotations

import json
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some
from job_service import JobService
from service import Reply

from ionqdsl.cli import main
from ionqdsl.cloud import submit
from ionqdsl.cloud.client import Client
from ionqdsl.cloud.ledger import Ledger
from ionqdsl.cloud.pace import Pace, after, wait
from ionqdsl.cloud.submit import Answer

BELL = 'job { backend = "simulator" }\nqubit q[2]\nh q[0]\ncnot q[0], q[1]\n'


@pytest.fixture
def service(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(submit, "FIRST_PAUSE", 0.01)
    Path("bell.qc").write_text(BELL)
    with JobService() as running:
        monkeypatch.setenv("IONQ_API_KEY", "key")
        monkeypatch.setenv("IONQ_API_URL", running.url)
        yield running


@given(
    rate=some.floats(0.5, 50),
    burst=some.floats(1, 20),
    rests=some.lists(some.floats(0, 3), min_size=30, max_size=80),
)
def test_the_pace_is_kept_in_every_second(rate, burst, rests):
    """Whatever the caller does in between: no window of a second holds more than the rate and the burst."""
    pace, now, sent = Pace(rate, burst), 0.0, []
    for rest in rests:
        now += rest if rest < 1 else 0.0
        seconds, pace = wait(pace, now)
        now += seconds
        sent.append(now)
        pace = after(pace, Answer(200))
    for start in sent:
        assert sum(start <= moment < start + 1 for moment in sent) <= rate + burst + 1e-6 + 1


def test_a_429_slows_down_and_success_speeds_up_again():
    _, pace = wait(Pace(10.0, 1.0), 0.0)
    slower = after(after(pace, Answer(429)), Answer(429))
    assert slower.rate == 2.5
    for _ in range(200):
        slower = after(slower, Answer(200))
    assert slower.rate == 10.0


def test_many_jobs_cost_few_questions(service, capsys, held):
    jobs = [service.take({"type": "ionq.circuit.v1", "name": f"j{n}", "input": {"qubits": 2}}) for n in range(120)]
    for kept in jobs[::2]:
        kept.status = "ready"
    jobs[1].status = "failed"
    seen = []

    def noticed(tally):
        seen.append(len(tally.waiting))
        if len(seen) > 3:
            for kept in jobs[::2]:
                kept.status = "completed"

    client = held(Client())
    client.link.pace = Pace(10_000.0)
    tally = client.collect([kept.id for kept in jobs], None, noticed)
    assert tally.waiting == []
    assert tally.statuses[jobs[1].id] == "failed"
    lists = [one for one in service.asked("GET") if one.path.startswith("/v0.4/jobs?")]
    others = [one for one in service.asked("GET") if not one.path.startswith("/v0.4/jobs?")]
    assert len(lists) <= 10
    assert len(others) == 119  # one result each, and nothing else
    service.seen.clear()
    assert client.job(jobs[5].id).result().probabilities == {"00": 0.5, "11": 0.5}
    client.collect([kept.id for kept in jobs])
    assert service.seen == []


def test_jobs_wait_without_ids_waits_for_what_was_submitted_from_here(service, capsys):
    for _ in range(3):
        assert main(["submit", "bell.qc"]) == 0
    service.take({"name": "somebody else's"})
    service.jobs[1].status = "canceled"
    capsys.readouterr()
    assert main(["jobs", "wait", "--json"]) == 6
    answer = json.loads(capsys.readouterr().out)
    assert {job["id"]: job["status"] for job in answer["jobs"]} == {kept.id: kept.status for kept in service.jobs[:3]}
    assert main(["jobs", "wait"]) == 0
    assert "is over" in capsys.readouterr().err
    service.jobs[3].status = "ready"
    assert main(["jobs", "wait", service.jobs[0].id, service.jobs[3].id, "--timeout", "0.05"]) == 7


@pytest.mark.parametrize("jobs", [[], None, "none", [None, {"id": ["a"], "status": "completed"}, {"id": {}}]])
def test_a_job_the_list_leaves_out_is_asked_about(service, monkeypatch, held, jobs):
    """Whatever else the list holds: an id that is a list ended the command with a bug."""
    monkeypatch.setattr(JobService, "_list", lambda self, query: Reply(200, {"jobs": jobs, "next": None}))
    kept = service.take({"type": "ionq.circuit.v1", "input": {"qubits": 2}})
    assert held(Client()).collect([kept.id]).statuses == {kept.id: "completed"}


def test_several_circuits_are_collected_with_their_children(service, held):
    children = [service.take({"name": name, "input": {"qubits": 2}}) for name in ("a", "b")]
    kept = service.take({"type": "ionq.multi-circuit.v1"})
    kept.extra = {"child_job_ids": [child.id for child in children]}
    client = held(Client())
    client.collect([kept.id])
    service.seen.clear()
    assert [result.name for result in client.job(kept.id).results()] == ["a", "b"]
    assert service.seen == []


def test_memory_does_not_grow_with_the_jobs(service):
    """Twice as many jobs, hardly more memory at the peak: a few hundred bytes a job, not their results."""
    large = {format(state, "d"): 1 / 1024 for state in range(1024)}

    class Large(JobService):
        def _reply_to(self, seen):
            return Reply(200, large) if seen.path.endswith("/probabilities") else super()._reply_to(seen)

    peaks = []
    with Large() as other:
        for count in (5, 20):
            ids = [other.take({"type": "ionq.circuit.v1", "input": {"qubits": 10}}).id for _ in range(count)]
            with Client(other.url) as client:
                client.link.pace = Pace(10_000.0)
                tracemalloc.start()
                client.collect(ids)
                peaks.append(tracemalloc.get_traced_memory()[1])
                tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]


def test_an_interrupted_collection_goes_on_later(service, held):
    for _ in range(3):
        held(Client()).submit(BELL)
    service.jobs[2].status = "ready"
    program = "import sys; from ionqdsl.cli import main; sys.exit(main(['jobs', 'wait']))"
    child = subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE, text=True)
    ledger = held(Ledger())
    while sum(entry.parts[0].status == "completed" for entry in ledger.latest()) < 2:
        assert child.poll() is None
    child.send_signal(2)
    assert child.wait(20) == 130
    assert "the same command continues to wait" in child.stderr.read()
    child.stderr.close()
    service.jobs[2].status = "completed"
    assert main(["jobs", "wait"]) == 0
