"""The verbs about the account, keys and settings, against a real server on loopback.

Would catch a request that is not in the specification, a session started twice, a key that shows in any output, a key
file that others may read, and a setting that wins over one of higher precedence.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commands import folder  # noqa: F401 - a fixture is used by being here
from service import Reply, Service, refused

from ionqdsl.cli import main
from ionqdsl.cloud import account
from ionqdsl.cloud.asking import Timing
from ionqdsl.cloud.client import Client
from ionqdsl.diagnostics import JobFailed, KeyRefused, ServiceError

KEY = "k3y-that-nobody-may-see-0123456789"
FORTE = {
    "backend": "qpu.forte-1",
    "status": "available",
    "qubits": 36,
    "average_queue_time": 7_200_000,
    "degraded": True,
    "characterization_id": "c1",
    "supported_native_gates": ["gpi", "gpi2", "zz"],
}
RECORD = {
    "id": "c1",
    "date": "2026-06-16T00:00:00Z",
    "backend": "qpu.forte-1",
    "fidelity": {"spam": {"median": 0.9962}, "1q": {"median": 0.9998}, "2q": {"median": 0.9954}},
    "timing": {"t1": 100, "1q": 0.00013},
}
SIMULATOR = {"backend": "simulator", "status": "available", "qubits": 29, "average_queue_time": 0}
SESSION = {
    "id": "s1",
    "status": "started",
    "backend": "qpu.forte-1",
    "active": True,
    "started_at": "2026-06-16T08:15:00Z",
    "settings": {"job_count_limit": 10, "cost_limit": {"unit": "usd", "value": 100}},
}


@pytest.fixture(name="service")
def account_service(monkeypatch):
    with Service() as service:
        monkeypatch.setenv("IONQ_API_KEY", KEY)
        monkeypatch.setenv("IONQ_API_URL", service.url)
        monkeypatch.setattr("ionqdsl.cloud.submit.LONGEST_PAUSE", 0.0)
        monkeypatch.setattr("ionqdsl.cloud.states.SOON", (0.0,))
        monkeypatch.setattr("ionqdsl.cloud.states.LATER", (0.0,))
        retired = {**SIMULATOR, "backend": "qpu.aria-1", "status": "retired"}
        service.on("GET", "/backends", Reply(body=[FORTE, SIMULATOR, retired]))
        service.on("GET", "/backends/qpu.forte-1", Reply(body=FORTE))
        service.on("GET", "/backends/qpu.forte-1/characterizations/c1", Reply(body=RECORD))
        service.on("GET", "/whoami", Reply(body={"key_id": "k1", "key_name": "mine", "project_id": "p1"}))
        service.on("GET", "/sessions", Reply(body={"organization_id": "org", "sessions": [SESSION]}))
        service.on("POST", "/sessions", Reply(201, SESSION))
        service.on("POST", "/sessions/s1/end", Reply(body={**SESSION, "status": "ended"}))
        usage = {"job_count": 3, "amount_total": 12.5, "time_us_total": 9e6, "usage_unit": "usd",
                 "usage_data": [{"from": "2026-07-01", "job_count": 3, "amount": 12.5, "time_us": 9e6, "group_usages":
                                 [{"group_name": "chem", "job_count": 3, "amount": 12.5}]}]}  # fmt: skip
        service.on("GET", "/organizations/org/usage", Reply(body=usage))
        yield service


@pytest.fixture
def client(service, held):
    return held(Client(timing=Timing(sleep=lambda seconds: None)))


# -- verbs -------------------------------------------------------------------------------------------------------


def test_backends(service, capsys):
    assert main(["backends"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["name", "status", "qubits", "queue", "1q", "2q", "spam", "measured"]
    assert lines[1].split() == [
        "qpu.forte-1", "available,", "degraded", "36", "2.0", "h", "99.98%", "99.54%", "99.62%", "2026-06-16"
    ]  # fmt: skip
    assert lines[2].split() == ["simulator", "available", "29", "0", "s"]
    assert len(lines) == 3, "the retired one is left out"
    assert main(["backends", "-v"]) == 0
    assert "retired" in capsys.readouterr().out
    assert main(["backends", "--json"]) == 0
    forte = json.loads(capsys.readouterr().out)["backends"][0]
    assert (forte["name"], forte["is_degraded"], forte["figures"]["fidelity"]["2q"]) == ("qpu.forte-1", True, 0.9954)


def test_one_backend_and_its_characterization_for_the_compiler(service, capsys):
    assert main(["backends", "qpu.forte-1"]) == 0
    out = capsys.readouterr().out
    assert "native gates   gpi, gpi2, zz" in out
    assert "time 1q        0.00013 s" in out
    assert main(["backends", "qpu.forte-1", "--save", "forte.json"]) == 0
    assert json.loads(Path("forte.json").read_text()) == RECORD | {"supported_native_gates": ["gpi", "gpi2", "zz"]}
    assert main(["compile", "bell.qc", "--target", "forte", "--characterization", "forte.json", "-q"]) == 0
    assert main(["backends", "qpu.nowhere"]) == 2
    assert "error[QC0967]" in capsys.readouterr().err


def test_whoami(service, capsys):
    assert main(["whoami"]) == 0
    assert capsys.readouterr().out.splitlines()[:2] == ["key      mine (k1)", "project  p1"]


def test_sessions(service, capsys):
    assert (
        main(["session", "start", "qpu.forte-1", "--max-jobs", "10", "--max-minutes", "60", "--max-cost", "100"]) == 0
    )
    assert service.asked("POST", "/sessions")[0].json == {
        "backend": "qpu.forte-1",
        "settings": {"job_count_limit": 10, "duration_limit_min": 60, "cost_limit": {"unit": "usd", "value": 100.0}},
    }
    assert capsys.readouterr().out == "s1 started\n"
    assert main(["session", "list"]) == 0
    assert service.asked("GET", "/sessions")[-1].path.endswith("?active=true")
    assert capsys.readouterr().out.splitlines()[1].split() == [
        "s1", "started", "qpu.forte-1", "2026-06-16", "08:15", "10", "100.00", "usd"
    ]  # fmt: skip
    assert main(["session", "end", "s1"]) == 0
    assert capsys.readouterr().out == "s1 ended\n"
    for words in (["start"], ["end"], ["list", "s1"]):
        assert main(["session", *words]) == 2


def test_usage(service, capsys):
    assert main(["usage", "--from", "2026-07-01", "--to", "2026-08-01", "--every", "monthly"]) == 0
    asked = service.asked("GET", "/organizations/org/usage")[0].path
    assert asked.endswith("?start_date=2026-07-01&end_date=2026-08-01&group_by=project&modality=monthly")
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[1:] == [
        ["2026-07-01", "3", "9.0", "s", "12.50", "usd"],
        ["chem", "3", "12.50", "usd"],
        ["total", "3", "9.0", "s", "12.50", "usd"],
    ]
    service.on("GET", "/sessions", Reply(body={}))
    assert main(["usage"]) == 2
    assert "error[QC0970]" in capsys.readouterr().err


# -- trouble -----------------------------------------------------------------------------------------------------


def test_what_reads_is_asked_again_and_what_spends_is_not(service, client):
    service.on("GET", "/whoami", Reply(503), Reply(fault="reset"), Reply(429), Reply(body={"key_id": "k1"}))
    assert client.whoami().id == "k1"
    for bad in (Reply(502), Reply(fault="reset"), Reply(504)):
        service.seen.clear()
        service.on("POST", "/sessions", bad)
        with pytest.raises(
            ServiceError, match=r"QC0969.*whether the request was carried out is unknown[^`]*`ionqdsl session list`"
        ):
            client.start_session("qpu.forte-1")
        assert len(service.asked("POST")) == 1
    service.on("POST", "/sessions/s1/end", Reply(502), Reply(body={**SESSION, "status": "ended"}))
    assert client.end_session("s1").status == "ended", "ending twice is ending once"


def test_refusals(service, client):
    service.on("POST", "/sessions", refused(400, "no such limit", validation={"keys": ["settings.x"]}))
    with pytest.raises(JobFailed, match=r"QC0968.*session.*400.*no such limit[^`]*`settings.x`"):
        client.start_session("qpu.forte-1")
    service.on("GET", "/whoami", Reply(401))
    with pytest.raises(KeyRefused, match="QC0824"):
        client.whoami()
    service.on("GET", "/whoami", Reply(200, b"<html>"))
    with pytest.raises(ServiceError, match=r"QC0844.*API key"):
        client.whoami()


def pages(*contents):
    """Pages of a list: the ids on each, and its `next`."""
    return [Reply(200, {"jobs": [{"id": one} for one in ids], "next": after}) for ids, after in contents]


def listed(held):
    """The ids of a list, and whether it was said to be broken off."""
    found = []
    try:
        for job in account.jobs(held(Client()).link):
            found.append(job["id"])
    except ServiceError as error:
        return found, error.diagnostics[0].code
    return found, None


LONG = "c" * 500
"""A cursor is the service's own business, whatever it looks like."""


@pytest.mark.parametrize(
    ("contents", "found"),
    [
        ([("ab", "1"), ("c", None)], ("abc", None)),
        ([("ab", LONG), ("c", None)], ("abc", None)),
        ([("ab", 2), ("c", None)], ("ab", "QC0844")),
        ([("ab", True)], ("ab", "QC0844")),
        ([("ab", {"after": "b"})], ("ab", "QC0844")),
        ([("ab", "")], ("ab", "QC0844")),
        ([("ab", "1"), ("c", "2"), ("d", "1")], ("abcd", "QC0844")),
        ([("ab", "1"), ("", "2"), ("c", None)], ("abc", None)),
        ([("ab", "1"), ("", "2"), ("", "3"), ("", "4")], ("ab", "QC0844")),
    ],
    ids=["two pages", "long", "number", "truth", "table", "empty text", "circle", "empty page", "empty pages"],
)
def test_a_list_of_jobs_is_whole_or_says_that_it_is_not(service, held, contents, found):
    service.on("GET", "/jobs", *pages(*contents))
    assert listed(held) == ([*found[0]], found[1])
    asked = [seen.path for seen in service.asked("GET", "/jobs")]
    assert all(f"next={after}" in path for path, (_, after) in zip(asked[1:], contents, strict=False))


def test_a_broken_list_does_not_matter_where_enough_was_read(service, held):
    service.on("GET", "/jobs", *pages(("ab", 2)))
    assert [job["id"] for job in account.jobs(held(Client()).link, 2)] == ["a", "b"]
