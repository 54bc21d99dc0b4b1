"""The emulator, over real HTTP: our own client, the command, and requests as anybody would send them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")
pytest.importorskip("jsonschema_rs")

import requests

import ionqdsl as iq
from ionqdsl import emulator
from ionqdsl.cloud.client import Client
from ionqdsl.diagnostics import ServiceError, UsageError
from ionqdsl.emulator.server import Emulator

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
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    with emulator.start() as found:
        for name, value in found.environment.items():
            monkeypatch.setenv(name, value)
        yield found


def post(service: Emulator, body: Any, path: str = "/jobs", **headers: str) -> requests.Response:
    return requests.post(service.url + path, json=body, headers=KEY | headers, timeout=10)


def get(service: Emulator, path: str) -> requests.Response:
    return requests.get(service.url + path, headers=KEY, timeout=10)


def test_our_client_submits_waits_and_reads(service: Emulator) -> None:
    """Catches an answer that our own client does not understand."""
    result = Client().submit(iq.Circuit(2).h(0).cnot(0, 1), backend="simulator", shots=100).wait().result()
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
    """Catches a fault that answers after all, or does not do what it says about the job."""
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


def test_our_client_never_sends_twice(service: Emulator) -> None:
    service.fault("accept-drop@POST /jobs:1")
    with pytest.raises(ServiceError):
        Client().submit(iq.Circuit(1).h(0), backend="simulator")
    assert len(service.requests("POST", "/jobs")) == len(service.jobs()) == 1


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
