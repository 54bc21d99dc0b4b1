"""The emulated service's answers: jobs through their lives, results in every shape, sessions, money, refusals.

Expected numbers are computed by hand or by another route; answers are checked by the statement of the specification.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jsonschema
import numpy as np
import pytest

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")
pytest.importorskip("jsonschema_rs")

import requests
from schema_check import PUBLISHED_LAST, _translated, published
from test_emulator import BELL, KEY, get, post
from test_emulator_functions import QAOA
from test_wire_functions import energy
from wire_programs import program

import ionqdsl as iq
from ionqdsl import emulator
from ionqdsl.emit.payload import payload
from ionqdsl.emulator import judging, machine
from ionqdsl.emulator.schemas import FORMATS
from ionqdsl.emulator.server import Emulator
from ionqdsl.emulator.tolerances import tolerated
from ionqdsl.read import payload as read
from ionqdsl.simulation.simulate import probabilities, unitary


@pytest.fixture(scope="module")
def service() -> Iterator[Emulator]:
    with emulator.start() as found:
        yield found


def created(service: Emulator, **changes: Any) -> str:
    answer = post(service, BELL | changes)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def view(service: Emulator, job: str) -> Any:
    answer = get(service, f"/jobs/{job}").json()
    judging.validator("JobView").validate(answer)
    return answer


FLIP = {"qubits": 3, "gateset": "qis", "circuit": [{"gate": "x", "target": 1}]}
"""Shows state 2, and 010 with qubit 0 leftmost or rightmost."""


def test_a_job_lives_by_the_clock() -> None:
    """submitted, ready, started, completed, with the predictions at each step."""
    with emulator.start(queue=100, run=50) as slow:
        job = created(slow)
        seen = []
        for seconds in (0, 60, 50, 50):
            slow.advance(seconds)
            found = view(slow, job)
            seen.append((found["status"], found["predicted_wait_time_ms"], found["results"] is None))
        assert [status for status, _, _ in seen] == ["submitted", "ready", "started", "completed"]
        assert seen[0][1] == pytest.approx(100_000, abs=5000)
        assert seen[1][1] == pytest.approx(40_000, abs=5000)
        assert [none for _, _, none in seen] == [True, True, True, False]
        second, third = created(slow), created(slow)  # one after the other on a machine
        assert view(slow, third)["predicted_wait_time_ms"] > view(slow, second)["predicted_wait_time_ms"] + 40_000


def test_results_wait_for_the_end_and_canceled_jobs_have_none() -> None:
    with emulator.start(queue=100, run=50) as slow:
        job, other = created(slow), created(slow)
        assert get(slow, f"/jobs/{job}/results/probabilities").status_code == 404
        answer = requests.put(f"{slow.url}/jobs/{job}/status/cancel", headers=KEY, timeout=60)
        assert answer.json() == {"id": job, "status": "canceled"}
        slow.advance(1000)
        assert view(slow, job)["status"] == "canceled"
        assert get(slow, f"/jobs/{job}/results/probabilities").status_code == 404
        assert get(slow, f"/jobs/{other}/results/probabilities").status_code == 200
        assert requests.put(f"{slow.url}/jobs/{other}/status/cancel", headers=KEY, timeout=60).status_code == 200
        assert view(slow, other)["status"] == "completed"


def test_counted_results_agree_in_every_shape(service: Emulator) -> None:
    """Probabilities, histogram and shots, version 1 and 2, as addresses and as artifacts: one outcome."""
    job = created(service, input=FLIP, shots=200, noise={"model": "aria-1", "seed": 3})
    found = view(service, job)["results"]
    histogram = get(service, f"/jobs/{job}/results/histogram").json()
    shots = get(service, f"/jobs/{job}/results/shots").json()
    shares = get(service, f"/jobs/{job}/results/probabilities").json()
    assert sum(histogram.values()) == len(shots) == 200
    assert {state: shots.count(state) for state in set(shots)} == histogram
    assert {state: count / 200 for state, count in histogram.items()} == pytest.approx(shares)
    assert histogram["2"] > 190
    for name, schema in FORMATS.items():
        if name in found:
            answer = get(service, f"/jobs/{job}/artifacts/{found[name]['id']}").json()
            judging.validator_of(json.dumps(schema)).validate(answer)
            if name.endswith("histogram.json.v2"):
                assert answer["histogram"]["registers"]["output_all"]["010"] == histogram["2"]
            if name.endswith("shots.json.v2"):
                bits = [
                    sum(bit << place for place, bit in enumerate(s["registers"]["output_all"])) for s in answer["shots"]
                ]
                assert [str(state) for state in bits] == shots
    assert len(found) == 3 + 6


def test_the_ideal_simulator_answers_the_distribution_alone(service: Emulator) -> None:
    job = created(service)
    assert get(service, f"/jobs/{job}/results/shots").status_code == 404
    assert set(view(service, job)["results"]) == {
        "probabilities", "ionq.result.probabilities.json.v1", "ionq.result.probabilities.json.v2"
    }  # fmt: skip


def test_mitigation_runs_variants_and_sharpening_votes(service: Emulator) -> None:
    job = created(service, backend="qpu.forte-1", shots=1001)
    found = view(service, job)
    variants = found["output"]["error_mitigation"]["debiasing"]["variants"]
    assert sum(variant["shots"] for variant in variants) == 1001
    total: dict[str, int] = {}
    for variant in variants:
        assert len(set(variant["qubit_map"])) == 2
        answer = get(service, f"/jobs/{job}/variants/{variant['variant_id']}/results/histogram").json()
        artifact = variant["results"]["ionq.result.histogram.json.v1"]["id"]
        assert get(service, f"/jobs/{job}/artifacts/{artifact}").json() == answer
        assert sum(answer.values()) == variant["shots"]
        total = {state: total.get(state, 0) + answer.get(state, 0) for state in {*total, *answer}}
    assert total == get(service, f"/jobs/{job}/results/histogram").json()
    plain = get(service, f"/jobs/{job}/results/probabilities").json()
    voted = get(service, f"/jobs/{job}/results/probabilities?sharpen=true").json()
    assert sum(voted.values()) == pytest.approx(1)
    assert voted.get("1", 0) + voted.get("2", 0) <= plain.get("1", 0) + plain.get("2", 0)
    alone = created(service, backend="qpu.forte-1", shots=1000, settings={"error_mitigation": {"debiasing": False}})
    assert view(service, alone)["output"]["error_mitigation"] == {"debiasing": False}


def test_several_circuits_have_jobs_of_their_own(service: Emulator) -> None:
    """Names, order, registers, and the parent's aggregate."""
    entries = [
        {"name": f"flip {n}", "circuit": [{"gate": "x", "target": n}], "registers": {"r": [1, None, 0]}}
        for n in range(3)
    ]
    body = {"gateset": "qis", "qubits": 3, "circuits": entries}
    job = created(service, type="ionq.multi-circuit.v1", input=body, noise={"model": "forte-1", "seed": 1}, shots=50)
    children = view(service, job)["child_job_ids"]
    assert [view(service, child)["name"] for child in children] == ["flip 0", "flip 1", "flip 2"]
    together = get(service, f"/jobs/{job}/results/probabilities/aggregated").json()
    assert list(together) == children
    assert [max(table, key=table.get) for table in together.values()] == ["1", "2", "4"]
    listed = get(service, f"/jobs?parent_job_id={job}").json()["jobs"]
    assert {each["id"] for each in listed} == set(children)
    (two,) = [view(service, child)["results"]["ionq.result.histogram.json.v2"]["id"] for child in children[1:2]]
    registers = get(service, f"/jobs/{children[1]}/artifacts/{two}").json()["histogram"]["registers"]
    assert max(registers["r"], key=registers["r"].get) == "001"  # qubit 1 is entry 0, the last bit


def test_compiled_circuits_do_the_same(service: Emulator) -> None:
    job = created(service, backend="qpu.forte-1")
    artifact = view(service, job)["output"]["compilation"]["compiled_circuits"]["ionq.native.v1"]["id"]
    answer = get(service, f"/jobs/{job}/artifacts/{artifact}").json()
    assert answer == get(service, f"/jobs/{job}/circuits/native").json()
    assert {row["gate"] for row in answer["circuit"]} <= {"gpi", "gpi2", "zz"}
    (native,) = read.circuits(answer | {"gateset": "native"}, is_multi=False)
    assert probabilities(native) == pytest.approx([0.5, 0, 0, 0.5])
    assert get(service, f"/jobs/{job}/circuits/qasm3").text.startswith("OPENQASM 3.0;")
    assert get(service, f"/jobs/{job}/circuits/cobol").status_code == 400


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"input": FLIP | {"circuit": [{"gate": "x", "target": 3}]}}, "InvalidInput"),
        ({"input": FLIP | {"qubits": 30}}, "NotEnoughQubits"),
        ({"input": FLIP | {"qubits": 28}}, "SimulationError"),
        ({"input": FLIP | {"qubits": 28}, "dry_run": True}, None),
        ({"input": FLIP | {"qubits": 12}, "noise": {"model": "harmony"}}, "NotEnoughQubits"),
        ({"backend": "qpu.forte-1", "settings": {"error_mitigation": {"debiasing": True}}}, "DebiasingError"),
        ({"type": "ionq.qasm3.v1", "input": {"data": "OPENQASM 3.0;"}}, "CompilationError"),
    ],
)
def test_jobs_without_meaning_are_taken_and_fail(service: Emulator, changes: dict[str, Any], code: str | None) -> None:
    found = view(service, created(service, **changes))
    assert found["status"] == ("failed" if code else "completed")
    assert (found["failure"] or {}).get("code") == code
    assert found["results"] is None


def test_machines_refuse_each_others_gates(service: Emulator) -> None:
    rows = [{"gate": "ms", "targets": [0, 1], "phases": [0, 0]}]
    for backend, failure in (("qpu.aria-1", None), ("qpu.forte-1", "UnsupportedGate"), ("simulator", None)):
        found = view(service, created(service, backend=backend, input={"gateset": "native", "circuit": rows}))
        assert (found["failure"] or {}).get("code") == failure


def test_lists_are_paged_and_filtered() -> None:
    with emulator.start() as service:
        ids = [created(service, backend="simulator" if n % 2 else "qpu.forte-1") for n in range(7)][::-1]
        found, cursor = [], ""
        while True:
            page = get(service, f"/jobs?limit=3{cursor}").json()
            judging.validator("JobList").validate(page)
            found.append([job["id"] for job in page["jobs"]])
            if page["next"] is None:
                break
            cursor = f"&next={page['next']}"
        assert found == [ids[:3], ids[3:6], ids[6:]]
        assert len(get(service, "/jobs?target=qpu.forte-1").json()["jobs"]) == 4
        assert len(get(service, "/jobs?target=qpu.forte-1,simulator&status=completed").json()["jobs"]) == 7
        assert get(service, "/jobs?status=ready").json()["jobs"] == []
        assert [job["id"] for job in get(service, f"/jobs?ids={ids[2]}&ids={ids[4]}").json()["jobs"]] == [
            ids[2],
            ids[4],
        ]
        answer = requests.delete(service.url + "/jobs", json={"ids": ids[:2]}, headers=KEY, timeout=60)
        assert answer.json() == {"ids": ids[:2], "status": "deleted"}
        assert get(service, f"/jobs/{ids[0]}").status_code == 404
        assert len(get(service, "/jobs").json()["jobs"]) == 5
        assert requests.delete(f"{service.url}/jobs/{ids[2]}", headers=KEY, timeout=60).json()["status"] == "deleted"
        assert requests.put(
            service.url + "/jobs/status/cancel", json={"ids": [ids[3], "nobody"]}, headers=KEY, timeout=60
        ).status_code == 404  # fmt: skip


def test_clones_are_new_jobs_with_changes(service: Emulator) -> None:
    job = created(service, name="first", metadata={"a": "b"})
    clone = post(service, {"shots": 7, "name": "second"}, f"/jobs/{job}/clone").json()["id"]
    found = view(service, clone)
    assert (found["name"], found["shots"], found["metadata"]) == ("second", 7, {"a": "b"})
    assert clone != job
    assert post(service, {}, f"/jobs/{job}/move").status_code == 409  # it is over


def test_prices_by_hand(service: Emulator) -> None:
    """12.4166 + 1000 * (0.00022 + 0.000975) dollars on a machine, nothing on the simulator."""
    job = created(service, backend="qpu.forte-1", shots=1000, settings={"error_mitigation": {"debiasing": False}})
    assert get(service, f"/jobs/{job}/cost").json()["cost"] == {"value": 13.61, "unit": "usd"}
    assert get(service, f"/jobs/{created(service)}/cost").json()["cost"]["value"] == 0
    found = get(service, "/jobs/estimate?backend=qpu.forte-1&shots=1000&1q_gates=1&2q_gates=1").json()
    assert found["estimated_cost"] == found["estimated_total_cost"] == 13.61


def test_sessions_have_limits(service: Emulator) -> None:
    settings = {"job_count_limit": 2, "duration_limit_min": 60}
    session = post(service, {"backend": "simulator", "settings": settings}, "/sessions").json()
    judging.validator("Session").validate(session)
    assert (session["status"], session["active"]) == ("created", True)
    for _ in range(2):
        created(service, session_id=session["id"])
    assert post(service, BELL | {"session_id": session["id"]}).status_code == 409
    assert post(service, BELL | {"session_id": "nobody"}).status_code == 404
    assert get(service, f"/sessions/{session['id']}").json()["status"] == "started"
    assert len(get(service, f"/sessions/{session['id']}/jobs").json()["jobs"]) == 2
    assert post(service, None, f"/sessions/{session['id']}/end").json()["status"] == "ended"
    assert session["id"] not in [found["id"] for found in get(service, "/sessions?active=true").json()["sessions"]]


def test_a_session_has_its_limit_for_requests_at_one_time(service: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    read_circuits, all_there = machine.circuits, threading.Barrier(4, timeout=60)
    monkeypatch.setattr(machine, "circuits", lambda *words: (all_there.wait(), read_circuits(*words))[1])
    session = post(service, {"backend": "simulator", "settings": {"job_count_limit": 2}}, "/sessions").json()["id"]
    with ThreadPoolExecutor(4) as pool:
        answers = [*pool.map(lambda _: post(service, BELL | {"session_id": session}).status_code, range(4))]
    assert sorted(answers) == [201, 201, 409, 409]


def test_who_is_refused_and_how(service: Emulator) -> None:
    def status(**given: Any) -> tuple[int, list[str]]:
        answer = requests.request("POST", service.url + "/jobs", timeout=60, **({"headers": KEY} | given))
        judging.validator("Error").validate(answer.json())
        assert answer.headers["x-request-id"]
        assert answer.json()["statusCode"] == answer.status_code
        return answer.status_code, answer.json().get("validation", {}).get("keys", [])

    assert status(headers={}, json=BELL) == (401, [])
    assert status(headers={"Authorization": "Bearer x"}, json=BELL) == (401, [])
    assert status(data=b"{") == (400, [])
    assert status(data=b"x" * 10_000_001) == (413, [])
    assert status(json=BELL, headers=KEY | {"Content-Type": "text/html"})[0] == 415
    assert status(json=BELL | {"type": "other"}) == (400, ["type"])
    assert status(json=BELL | {"backend": "qpu.other"}) == (400, ["backend"])
    assert status(json=BELL | {"shots": 0}) == (400, ["shots"])
    assert status(json=BELL | {"unheard": 0}) == (400, ["unheard"])
    assert status(json={key: value for key, value in BELL.items() if key != "input"}) == (400, ["input"])
    circuits = [{"circuit": [{"gate": "h", "target": 0}] * 75_001}] * 2
    several = {"type": "ionq.multi-circuit.v1", "input": {"gateset": "qis", "circuits": circuits}}
    assert status(json=BELL | several) == (400, ["input.circuits"])


def test_public_endpoints_need_no_key(service: Emulator) -> None:
    for path in ("/health", "/backends", "/backends/simulator", "/backends/qpu.forte-1/characterizations"):
        assert requests.get(service.url + path, timeout=60).status_code == 200
    found = requests.get(service.url + "/backends/qpu.forte-1/characterizations", timeout=60).json()[
        "characterizations"
    ]
    assert (
        get(service, f"/backends/qpu.forte-1/characterizations/{found[0]['id']}").json()["fidelity"]
        == found[0]["fidelity"]
    )
    usage = "/organizations/x/usage?start_date=2026-01-01&end_date=2026-02-01&group_by=job&modality=daily"
    assert get(service, usage).json()["job_count"] == 0
    for name in FORMATS:
        assert get(service, f"/schemas/formats/{name}").json()["$id"] == name


@pytest.mark.parametrize("shape", ["may", "september"])
def test_each_specification_alone(shape: str) -> None:
    """The fields the two contradict each other in; another's must not appear."""
    with emulator.start(shape=shape) as service:
        found = view(service, created(service))
        assert set(found["results"]) == (
            {"probabilities"} if shape == "may" else {f"ionq.result.probabilities.json.v{n}" for n in (1, 2)}
        )
        assert ("shots" in found) == (shape == "may")
        estimate = get(service, "/jobs/estimate?backend=simulator").json()
        assert ("cost_unit" in estimate, "estimated_unit" in estimate) == (shape == "may", shape == "september")


def test_what_clients_send_means_what_they_mean() -> None:
    """qiskit's phase gate, with and without a control, against its matrix; cirq's native zz."""
    e = np.exp(0.3j)
    for more, wanted in (({}, [1, 1, e, e]), ({"controls": [1]}, [1, 1, 1, e])):  # of 00 01 10 11, qubit 0 first
        row = {"gate": "z", "targets": [0], "rotation": 0.3} | more
        given = tolerated({"input": {"qubits": 2, "gateset": "qis", "circuit": [row]}})
        (circuit,) = read.circuits(given["input"], is_multi=False)
        found = unitary(circuit)
        assert np.allclose(found / found[0, 0], np.diag(wanted))
    given = {"input": {"gateset": "native", "circuit": [{"gate": "zz", "targets": [0, 1], "phase": 0.1}]}}
    assert tolerated(given)["input"]["circuit"] == [{"gate": "zz", "targets": [0, 1], "angle": 0.1}]


def test_a_tempo_like_machine_connects_some_pairs_and_fails_native_circuits_on_others(service: Emulator) -> None:
    (record,) = get(service, "/backends/qpu.tempo-1/characterizations").json()["characterizations"]
    pairs = {tuple(pair) for pair in record["connectivity"]}
    assert (3, 4) in pairs  # the ends of two parcels
    assert (0, 4) not in pairs
    assert len(pairs) < record["qubits"] * (record["qubits"] - 1) // 2
    for targets, code in (([3, 4], None), ([4, 0], "InvalidInput")):
        row = {"gate": "zz", "targets": targets, "angle": 0.1}
        body = {"input": {"qubits": 5, "gateset": "native", "circuit": [row]}, "backend": "qpu.tempo-1"}
        failure = view(service, created(service, **body))["failure"]
        assert (failure and failure["code"]) == code
    row = {"gate": "zz", "targets": [4, 0], "rotation": 0.1}  # which the service places itself
    body = {"input": {"qubits": 5, "gateset": "qis", "circuit": [row]}, "backend": "qpu.tempo-1"}
    assert view(service, created(service, **body))["failure"] is None


def test_what_the_router_makes_of_a_characterization_runs_on_that_machine(service: Emulator) -> None:
    (record,) = get(service, "/backends/qpu.tempo-1/characterizations").json()["characterizations"]
    ghz = iq.Circuit(6).h(0)
    for qubit in range(1, 6):
        ghz.cnot(0, qubit)
    native = iq.compile(ghz, target="qpu.tempo-1", characterization=record)
    body = payload(program(native, settings={"backend": "qpu.tempo-1", "shots": 200}))
    job = post(service, body).json()["id"]
    assert view(service, job)["failure"] is None
    counts = get(service, f"/jobs/{job}/results/histogram").json()
    assert sum(counts.get(state, 0) for state in ("0", "63")) > 150


def test_the_old_endpoint_of_compiled_circuits_is_gone_by_the_later_specification() -> None:
    with emulator.start(shape="september") as service:
        answer = get(service, f"/jobs/{created(service)}/circuits/native")
        assert answer.status_code == 410
        judging.validator("Error").validate(answer.json())


SHAPES_OF_OCTOBER = {
    "ionq.circuit.v1": "SingleCircuitJob",
    "ionq.multi-circuit.v1": "MultiCircuitJob",
    "quantum-function": "QuantumFunctionJob",
    "qctrl.qaoa.v1": "QaoaJob",
}


@pytest.mark.skipif(not PUBLISHED_LAST.exists(), reason="no copy of the specification of October")
@pytest.mark.parametrize("backend", ["simulator", "qpu.forte-1"])
def test_answers_have_the_four_shapes_of_october(backend: str) -> None:
    """Except that mitigation which is off is false, as the service says it, and not an object."""
    components = _translated(published(PUBLISHED_LAST)["components"])
    mitigation = components["schemas"]["ErrorMitigationOutput"]["properties"]
    mitigation["debiasing"] = {"anyOf": [{"type": "boolean"}, mitigation["debiasing"]]}
    two = {"gateset": "qis", "qubits": 3, "circuits": [{"name": name, "circuit": FLIP["circuit"]} for name in "ab"]}
    bodies = [
        BELL | {"backend": backend},
        BELL | {"backend": backend, "type": "ionq.multi-circuit.v1", "input": two},
        payload(program(settings={"backend": backend, "shots": 50}, energy=energy())),
        QAOA | {"backend": backend},
    ]
    with emulator.start(shape="september") as service:
        for body in bodies:
            found = view(service, post(service, body).json()["id"])
            assert found["status"] == "completed", found["failure"]
            reference = {"$ref": f"#/components/schemas/{SHAPES_OF_OCTOBER[body['type']]}", "components": components}
            jsonschema.Draft202012Validator(reference).validate(found)


@pytest.mark.skipif(not PUBLISHED_LAST.exists(), reason="no copy of the specification of October")
def test_money_and_machines_have_the_shapes_of_october() -> None:
    """Of a free job the service leaves the estimated cost out, which its specification allows."""
    components = _translated(published(PUBLISHED_LAST)["components"])

    def judge(name: str, answer: Any) -> None:
        reference = {"$ref": f"#/components/schemas/{name}", "components": components}
        jsonschema.Draft202012Validator(reference).validate(answer)

    with emulator.start(shape="september") as service:
        for backend in ("simulator", "qpu.tempo-1"):
            judge("GetJobEstimateResponse", get(service, f"/jobs/estimate?backend={backend}&qubits=2").json())
            judge("GetJobCostResponse", get(service, f"/jobs/{created(service, backend=backend)}/cost").json())
            judge("Backend", get(service, f"/backends/{backend}").json())
