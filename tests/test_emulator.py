"""The emulator, over real HTTP: our own client, the command, and plain requests."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")
pytest.importorskip("jsonschema_rs")

import requests

import ionqdsl as iq
from ionqdsl import emulator
from ionqdsl.cli import main
from ionqdsl.cloud.client import Client
from ionqdsl.diagnostics import UsageError
from ionqdsl.emulator import app
from ionqdsl.emulator.faults import KINDS
from ionqdsl.emulator.server import Emulator
from ionqdsl.emulator.tolerances import TOLERATED

KEY = {"Authorization": "apiKey of a test"}
BELL = {
    "type": "ionq.circuit.v1",
    "backend": "simulator",
    "shots": 100,
    "input": {
        "qubits": 2,
        "gateset": "qis",
        "circuit": [{"gate": "h", "target": 0}, {"gate": "cnot", "control": 0, "target": 1}],
    },
}


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Emulator]:
    monkeypatch.setenv("IONQDSL_STATE", str(tmp_path))
    with emulator.start() as found:
        for name, value in found.environment.items():
            monkeypatch.setenv(name, value)
        yield found


def post(service: Emulator, body: Any, path: str = "/jobs", **headers: str) -> requests.Response:
    return requests.post(service.url + path, json=body, headers=KEY | headers, timeout=60)


def get(service: Emulator, path: str) -> requests.Response:
    return requests.get(service.url + path, headers=KEY, timeout=60)


def test_our_client_submits_waits_and_reads(service: Emulator) -> None:
    """Catches an answer that our own client does not understand."""
    with Client() as client:
        result = client.submit(iq.Circuit(2).h(0).cnot(0, 1), backend="simulator", shots=100).wait().result()
    assert result.probabilities == pytest.approx({"00": 0.5, "11": 0.5})
    (job,) = service.jobs()
    assert job["status"] == "completed"
    assert job["stats"]["gate_counts"] == {"1q": 1, "2q": 1}


def test_states_are_counted_from_qubit_0_as_the_least_significant(service: Emulator) -> None:
    """x on qubit 0 of two shows state 1, on qubit 1 state 2; by hand."""
    for qubit, state in ((0, "1"), (1, "2")):
        circuit = {"qubits": 2, "gateset": "qis", "circuit": [{"gate": "x", "target": qubit}]}
        job = post(service, BELL | {"input": circuit}).json()
        assert get(service, f"/jobs/{job['id']}/results/probabilities").json() == pytest.approx({state: 1})


@pytest.mark.parametrize(
    ("fault", "created"),
    [("drop", 0), ("accept-drop", 1), ("reset", 0), ("accept-reset", 1), ("truncate", 1), ("restart(0.1)", 0)],
)
def test_connections_end_without_an_answer(service: Emulator, fault: str, created: int) -> None:
    """Catches a fault that answers after all, or has another effect on the job than its name says."""
    service.fault(f"{fault}@POST /jobs:1")
    with pytest.raises(requests.RequestException):
        post(service, BELL)
    assert len(service.jobs()) == created


@pytest.mark.parametrize("fault", ["400", "429(7)", "500", "503", "520", "accept-502"])
def test_statuses_on_demand_strike_the_request_they_are_for(service: Emulator, fault: str) -> None:
    service.fault(f"{fault}@POST /jobs:2")
    first, second, third = (post(service, BELL) for _ in range(3))
    assert (first.status_code, third.status_code) == (201, 201)
    assert second.status_code == int(fault.removeprefix("accept-")[:3])
    assert second.json()["statusCode"] == second.status_code
    assert second.headers.get("retry-after") == ("7" if fault == "429(7)" else None)
    assert len(service.jobs()) == (3 if fault.startswith("accept-") else 2)


def test_a_listing_may_lag_while_the_job_is_there(service: Emulator) -> None:
    service.fault("unlisted(2)@POST /jobs:1", "lag(1000)@POST /jobs:2")
    first, second = (post(service, BELL).json()["id"] for _ in range(2))
    listings = [[job["id"] for job in get(service, "/jobs").json()["jobs"]] for _ in range(3)]
    assert listings == [[], [], [first]]
    assert get(service, f"/jobs/{second}").status_code == 200
    service.advance(1001)
    assert [job["id"] for job in get(service, "/jobs").json()["jobs"]] == [second, first]


def test_our_client_sends_once_whatever_happens(service: Emulator) -> None:
    """Catches a client that sends again because no answer came: the job would be there twice."""
    service.fault("accept-drop@POST /jobs:1")
    with Client() as client:
        client.submit(iq.Circuit(1).h(0), backend="simulator")
    assert len(service.requests("POST", "/jobs")) == len(service.jobs()) == 1


def test_a_fault_may_come_with_the_request(service: Emulator) -> None:
    assert post(service, BELL, **{"X-Emulator-Fault": "accept-503(2)"}).headers["retry-after"] == "2"
    assert post(service, BELL, **{"X-Emulator-Fault": "nonsense"}).status_code == 400
    assert len(service.jobs()) == 1


def test_a_duplicate_delivery_makes_two_jobs(service: Emulator) -> None:
    """A client that cannot tell must live with it; and our own tests count it."""
    service.fault("twice@POST /jobs:1")
    assert post(service, BELL).json()["id"] == service.jobs()[1]["id"]
    assert len(service.jobs()) == 2


def test_bodies_go_wrong_on_demand(service: Emulator) -> None:
    service.fault("html@GET /whoami:1", "empty@GET /whoami:2", "garbage@GET /whoami:3", "text@GET /whoami:4")
    answers = [get(service, "/whoami") for _ in range(5)]
    kinds = [answer.headers["content-type"].split(";")[0] for answer in answers]
    assert kinds == ["text/html", *["application/json"] * 2, "text/plain", "application/json"]
    assert (answers[1].content, answers[3].json()) == (b"", answers[4].json())
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        json.loads(answers[2].content)


def test_slow_answers_and_clock_jumps(service: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    sleep = asyncio.sleep

    def noted(seconds: float, result: object = None) -> Any:
        waits.append(seconds)
        return sleep(seconds, result)

    monkeypatch.setattr(asyncio, "sleep", noted)
    service.fault("slow(0.3)@GET /health:1", "drip(0.3)@GET /health:2", "clock(-7200)@GET /whoami:1")
    for _ in range(2):
        assert get(service, "/health").json() == {"status": "pass"}
    pieces = [seconds for seconds in waits if seconds == pytest.approx(0.03, rel=0.3)]
    assert waits.count(0.3) == 1  # before the first answer
    assert sum(pieces) == pytest.approx(0.3)  # between the pieces of the second
    before = service.service.now()
    get(service, "/whoami")
    assert -7300 < service.service.now() - before < -7100


def test_restarts_lose_no_job(service: Emulator) -> None:
    service.fault("accept-restart(0.2)@POST /jobs:1")
    with pytest.raises(requests.RequestException):
        post(service, BELL)
    with pytest.raises(requests.RequestException):
        get(service, "/jobs")  # nobody listens
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            found = get(service, "/jobs").json()["jobs"]
            break
        except requests.RequestException:
            time.sleep(0.05)
    assert [job["id"] for job in found] == [job["id"] for job in service.jobs()]
    assert len(found) == 1


def test_a_rate_is_kept_with_retry_after(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "time", SimpleNamespace(monotonic=lambda: 0.0))  # nothing is forgiven meanwhile
    with emulator.start(rate=5) as service:
        answers = [get(service, "/whoami") for _ in range(7)]
        refused = [answer for answer in answers if answer.status_code == 429]
        assert len(refused) == 2
        assert {answer.headers["retry-after"] for answer in refused} == {"1"}


def test_the_emulator_is_told_over_http(service: Emulator) -> None:
    address = service.url.replace("/v0.4", "/_emulator/")
    put = requests.post(address + "faults", json={"faults": ["503@GET /whoami:1"]}, timeout=60).json()
    assert put == {"faults": [{"fault": "503@GET /whoami:1", "matched": 0, "befell": 0}]}
    assert [get(service, "/whoami").status_code for _ in range(2)] == [503, 200]
    wrong = requests.post(address + "faults", json={"faults": ["nonsense"]}, timeout=60)
    assert (wrong.status_code, "nonsense" in wrong.json()["message"]) == (400, True)
    assert requests.delete(address + "faults", timeout=60).json() == {"faults": []}
    assert requests.post(address + "clock", json={"advance": 60}, timeout=60).json()["ahead"] == 60
    assert [note["status"] for note in requests.get(address + "requests", timeout=60).json()["requests"]] == [
        "503",
        200,
    ]


def test_faults_that_make_no_sense_are_explained() -> None:
    for text in (
        "999@POST /jobs",
        "nonsense",
        "drop(3)",
        "503@FETCH /jobs",
        "503@POST /jobs:0",
        "accept-slow",
        "lag(x)",
    ):
        with pytest.raises(UsageError, match="QC0991"):
            emulator.start(faults=(text,))


def test_a_port_in_use_is_said(service: Emulator) -> None:
    with pytest.raises(UsageError, match="QC0992"):
        emulator.start(port=service.port)


def test_jobs_are_kept_in_a_file(tmp_path: Path) -> None:
    with emulator.start(data=str(tmp_path / "new"), seed=1) as service:
        job = post(service, BELL).json()["id"]
    with emulator.start(data=str(tmp_path / "new"), seed=1) as service:
        assert post(service, BELL).json()["id"] != job
        assert len(service.jobs()) == 2
        assert get(service, f"/jobs/{job}/results/probabilities").json() == pytest.approx({"0": 0.5, "3": 0.5})
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="QC0994"):
        emulator.start(data=str(tmp_path / "file"))
    (tmp_path / "emulator.sqlite3").write_text("no database, and long enough to be taken for one " * 50)
    with pytest.raises(UsageError, match="QC0994"):
        emulator.start(data=str(tmp_path))


def test_the_command_serves_until_it_is_interrupted() -> None:
    words = [sys.executable, "-m", "ionqdsl", "emulator", "--fault", "503@GET /health:1", "--queue", "0"]
    running = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert running.stdout is not None
        lines = [running.stdout.readline() for _ in range(2)]
        found = dict(line.strip().removeprefix("export ").split("=") for line in lines)
        assert set(found) == {"IONQ_API_URL", "IONQ_API_KEY"}
        statuses = [requests.get(found["IONQ_API_URL"] + "/health", timeout=60).status_code for _ in range(2)]
        assert statuses == [503, 200]
        running.send_signal(signal.SIGINT)
        _, messages = running.communicate(timeout=60)
    finally:
        running.kill()
    assert running.returncode == 0
    assert "ended after 2 requests" in messages
    assert "Traceback" not in messages


def test_a_wrong_fault_is_an_error_of_usage() -> None:
    words = [sys.executable, "-m", "ionqdsl", "emulator", "--fault", "nonsense"]
    ended = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 2
    assert "QC0991" in ended.stderr


def test_the_page_has_the_tables() -> None:
    """docs/emulator.md lists every fault and every tolerance, in the words of the tables."""
    page = (Path(__file__).parent.parent / "docs" / "emulator.md").read_text(encoding="utf-8")
    for kind in KINDS.values():
        argument = f"{kind.argument}, {kind.default:g} by default" if kind.argument else ""
        carried = "yes" if kind.may_be_done else "always" if kind.needs_done else ""
        assert f"| `{kind.name}` | {argument} | {carried} | {kind.meaning} |\n" in page
    for row in TOLERATED:
        place = row.place if "`" in row.place else f"`{row.place}`"
        assert f"| {place} | {row.client} | {row.says} | {row.action} |\n" in page


def test_the_command_submits_to_it(service: Emulator) -> None:
    """As the page shows it; the fixture has set the two variables."""
    example = Path(__file__).parent.parent / "examples" / "bell.qc"
    words = [sys.executable, "-m", "ionqdsl", "submit", str(example), "--backend", "simulator", "--wait", "--json"]
    ended = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 0, ended.stderr
    assert len(service.jobs()) == 1
    assert service.jobs()[0]["id"] in ended.stdout


def test_a_seed_makes_everything_the_same() -> None:
    noisy = BELL | {"noise": {"model": "aria-1"}}

    def outcome(seed: int | None) -> Any:
        with emulator.start(seed=seed, faults=("503@POST /jobs:50%",)) as service:
            answers = [post(service, noisy).json() for _ in range(24)]  # one is not refused, all but surely
            found = next(answer["id"] for answer in answers if "id" in answer)
            return answers, get(service, f"/jobs/{found}/results/shots").json()

    assert outcome(3) == outcome(3)
    assert outcome(3) != outcome(4)
    assert outcome(None)[0] != outcome(None)[0]


def test_several_clients_at_once_lose_nothing(service: Emulator) -> None:
    """Every request that was carried out made one job, those that arrived twice made two; nothing crashed."""
    service.fault(
        "accept-drop@POST /jobs:3,17", "twice@POST /jobs:5,29", "503@POST /jobs:7,41", "drop@POST /jobs:11,53"
    )
    statuses: list[int] = []

    def submit() -> None:
        for _ in range(12):
            try:
                statuses.append(post(service, BELL).status_code)
            except requests.RequestException:
                statuses.append(0)

    clients = [threading.Thread(target=submit) for _ in range(5)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    assert {status: statuses.count(status) for status in (0, 201, 503)} == {0: 4, 201: 54, 503: 2}
    assert len({job["id"] for job in service.jobs()}) == 60 - 4 + 2


def test_faults_may_come_together(service: Emulator) -> None:
    """In the order they are given; those that are no longer possible are left."""
    service.fault("slow(0.01)@GET /health", "drip(0.05)@GET /health", "truncate@GET /health", "text@GET /health:2")
    for _ in range(2):
        assert requests.get(service.url + "/health", timeout=60).status_code == 200


@pytest.mark.parametrize("word", ["emulator", "bell", "q", "0"])
def test_a_public_key_may_stand_in_a_program(
    service: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str], word: str
) -> None:
    monkeypatch.setenv("IONQ_API_KEY", word)
    monkeypatch.chdir(tmp_path)
    job = f'job {{ name = "{word} test"; backend = "simulator" }}\n'
    Path("p.qc").write_text(f"{job}qubit q[2]\nregister bell = q\nx q[0]\n")
    assert main(["submit", "p.qc", "--wait", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["results"][0]["registers"]["bell"]["probabilities"] == pytest.approx({"10": 1})
    assert service.jobs()[0]["name"] == f"{word} test"
