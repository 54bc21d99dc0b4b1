"""IonQ's own clients, unchanged, against the emulator: it takes their requests, and they understand its answers.

Each submits a Bell pair, several circuits in one job, and native gates, waits, and decodes the histogram. The circuits
are asymmetric (x on one qubit), so that a client that reads the bits in reverse shows another state. They need many
packages and a separate environment: `make test-clients`; without it the tests are skipped.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator

import pytest

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")
pytest.importorskip("jsonschema_rs")

from ionqdsl import emulator
from ionqdsl.emulator.server import Emulator

pytestmark = pytest.mark.filterwarnings("ignore")

KEY = "a key for tests"
NATIVE_BELL = [{"gate": "ms", "targets": [0, 1], "phases": [0, 0]}]


@pytest.fixture(scope="module")
def service() -> Iterator[Emulator]:
    with emulator.start() as found, pytest.MonkeyPatch.context() as patch:
        patch.setenv("QISKIT_IONQ_API_URL", found.url)  # which qiskit-ionq asks for the sizes of backends
        yield found


# --- ionq-core -----------------------------------------------------------------------------------------------------


def core(service: Emulator, payload: dict) -> tuple:  # type: ignore[type-arg]
    """Submits with ionq-core, waits, and gives the client with the finished job."""
    ionq_core = pytest.importorskip("ionq_core")
    from ionq_core.api.default import create_job
    from ionq_core.models import CircuitJobCreationPayload, JSONMultiCircuitJob

    client = ionq_core.IonQClient(api_key=KEY, base_url=service.url)
    model = JSONMultiCircuitJob if "circuits" in payload["input"] else CircuitJobCreationPayload
    created = create_job.sync(client=client, body=model.from_dict(payload))
    return client, ionq_core.wait_for_job(client, created.id, poll_interval=0.05)


def distribution(client, job_id: str) -> dict[str, float]:  # type: ignore[no-untyped-def]
    from ionq_core.api.default import get_job_probabilities

    return dict(get_job_probabilities.sync(uuid=job_id, client=client).additional_properties)


BELL = [{"gate": "h", "target": 0}, {"gate": "cnot", "control": 0, "target": 1}]
FLIP = [{"gate": "x", "target": 1}]


def test_ionq_core_bell(service: Emulator) -> None:
    payload = {"type": "ionq.circuit.v1", "backend": "simulator", "shots": 100}
    payload |= {"input": {"qubits": 2, "gateset": "qis", "circuit": BELL}}
    client, job = core(service, payload)
    assert job.status == "completed"
    assert distribution(client, job.id) == pytest.approx({"0": 0.5, "3": 0.5})


def test_ionq_core_artifacts(service: Emulator) -> None:
    """September's way to results: a description by format, and its artifact."""
    payload = {"type": "ionq.circuit.v1", "backend": "simulator", "shots": 100, "noise": {"model": "aria-1", "seed": 5}}
    payload |= {"input": {"qubits": 2, "gateset": "qis", "circuit": FLIP}}
    client, job = core(service, payload)
    from ionq_core.api.default import get_job_artifact

    found = {}
    for name in ("probabilities.json.v2", "histogram.json.v2", "shots.json.v2"):
        described = job.results[f"ionq.result.{name}"]
        answer = get_job_artifact.sync_detailed(uuid=job.id, artifact_id=described.id, client=client)
        found[name] = json.loads(answer.content)
    shots = found["shots.json.v2"]["shots"]
    assert len(shots) == 100
    ones = sum(shot["registers"]["output_all"] == [0, 1] for shot in shots)  # entry 1 is qubit 1
    assert ones == found["histogram.json.v2"]["histogram"]["registers"]["output_all"]["10"] > 90
    assert found["probabilities.json.v2"]["probabilities"]["registers"]["output_all"]["10"] == ones / 100


def test_ionq_core_several_circuits_and_native(service: Emulator) -> None:
    entries = [{"name": "bell", "circuit": BELL, "gateset": "qis"}, {"name": "native", "circuit": NATIVE_BELL}]
    payload = {"type": "ionq.multi-circuit.v1", "backend": "simulator", "shots": 100}
    payload |= {"input": {"qubits": 2, "gateset": "native", "circuits": entries}}
    client, job = core(service, payload)
    assert len(job.child_job_ids) == 2
    for child in job.child_job_ids:
        assert distribution(client, child) == pytest.approx({"0": 0.5, "3": 0.5})


def test_ionq_core_lists_and_sessions(service: Emulator) -> None:
    ionq_core = pytest.importorskip("ionq_core")
    payload = {"type": "ionq.circuit.v1", "backend": "simulator"}
    payload |= {"input": {"qubits": 2, "gateset": "qis", "circuit": FLIP}}
    client, job = core(service, payload)
    for _ in range(2):
        core(service, payload)
    ids = [each.id for each in ionq_core.iter_jobs(client, limit=2)]
    assert job.id in ids
    assert len(ids) == len(set(ids)) == len(service.jobs())
    with ionq_core.SessionManager(client, "qpu.forte-1") as session:
        assert session.status() == "created"
    assert session.status() == "ended"


# --- qiskit-ionq ---------------------------------------------------------------------------------------------------


@pytest.fixture
def qiskit_backend(service: Emulator):  # type: ignore[no-untyped-def]
    qiskit_ionq = pytest.importorskip("qiskit_ionq")
    provider = qiskit_ionq.IonQProvider(KEY, url=service.url)

    def backend(name: str, **options: object):  # type: ignore[no-untyped-def]
        return provider.get_backend(name, **options)

    return backend


def test_qiskit_bell(qiskit_backend) -> None:  # type: ignore[no-untyped-def]
    from qiskit import QuantumCircuit

    circuit = QuantumCircuit(3, 3)
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.measure(range(3), range(3))
    job = qiskit_backend("ionq_simulator").run(circuit, shots=1000)
    counts = job.result(wait=0.05).get_counts()
    assert set(counts) == {"000", "011"}  # qubit 2 is leftmost in Qiskit
    assert sum(counts.values()) == 1000
    assert 400 < counts["011"] < 600


def test_qiskit_noisy_shots(qiskit_backend) -> None:  # type: ignore[no-untyped-def]
    from qiskit import QuantumCircuit

    circuit = QuantumCircuit(2, 2)
    circuit.x(1)
    circuit.measure(range(2), range(2))
    backend = qiskit_backend("ionq_simulator")
    backend.set_options(noise_model="aria-1")
    job = backend.run(circuit, shots=200, memory=True)
    memory = job.result(wait=0.05).get_memory()
    assert len(memory) == 200
    assert memory.count("10") > 180


def test_qiskit_several_circuits(qiskit_backend) -> None:  # type: ignore[no-untyped-def]
    from qiskit import QuantumCircuit

    circuits = []
    for flipped in range(3):
        circuit = QuantumCircuit(3, 3, name=f"flip {flipped}")
        circuit.x(flipped)
        circuit.measure(range(3), range(3))
        circuits.append(circuit)
    result = qiskit_backend("ionq_simulator").run(circuits, shots=100).result(wait=0.05)
    assert [result.get_counts(number) for number in range(3)] == [{"001": 100}, {"010": 100}, {"100": 100}]


def test_qiskit_native(qiskit_backend) -> None:  # type: ignore[no-untyped-def]
    from qiskit import QuantumCircuit
    from qiskit_ionq import GPIGate, MSGate

    circuit = QuantumCircuit(3, 3)
    circuit.append(MSGate(0, 0), [0, 1])
    circuit.append(GPIGate(0), [2])
    circuit.measure(range(3), range(3))
    counts = qiskit_backend("ionq_simulator", gateset="native").run(circuit, shots=1000).result(wait=0.05).get_counts()
    assert set(counts) == {"100", "111"}
    assert 400 < counts["111"] < 600


def test_qiskit_qpu(qiskit_backend) -> None:  # type: ignore[no-untyped-def]
    from qiskit import QuantumCircuit

    circuit = QuantumCircuit(2, 2)
    circuit.x(0)
    circuit.measure(range(2), range(2))
    counts = qiskit_backend("ionq_qpu.forte-1").run(circuit, shots=1000).result(wait=0.05).get_counts()
    assert counts["01"] > 950


# --- cirq-ionq -----------------------------------------------------------------------------------------------------


@pytest.fixture
def cirq_service(service: Emulator):  # type: ignore[no-untyped-def]
    cirq_ionq = pytest.importorskip("cirq_ionq")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return cirq_ionq.Service(remote_host=service.url, api_key=KEY, default_target="simulator")


def test_cirq_bell(cirq_service) -> None:  # type: ignore[no-untyped-def]
    import cirq

    q = cirq.LineQubit.range(3)
    circuit = cirq.Circuit(cirq.H(q[0]), cirq.CNOT(q[0], q[1]), cirq.X(q[2]), cirq.measure(*q, key="m"))
    job = cirq_service.create_job(circuit, repetitions=100)
    found = job.results(polling_seconds=0.05).probabilities(key="m")
    assert found == pytest.approx({0b001: 0.5, 0b111: 0.5})  # big-endian: qubit 2 is the last bit


def test_cirq_several_circuits(cirq_service) -> None:  # type: ignore[no-untyped-def]
    import cirq

    q = cirq.LineQubit.range(2)
    circuits = [cirq.Circuit(cirq.X(q[n]), cirq.Z(q[1 - n]), cirq.measure(*q, key="m")) for n in range(2)]
    job = cirq_service.create_batch_job(circuits, repetitions=100)
    found = job.results(polling_seconds=0.05)
    assert [each.probabilities(key="m") for each in found] == [pytest.approx({0b10: 1}), pytest.approx({0b01: 1})]


def test_cirq_native(cirq_service) -> None:  # type: ignore[no-untyped-def]
    import cirq
    import cirq_ionq

    q = cirq.LineQubit.range(3)
    circuit = cirq.Circuit(
        cirq_ionq.MSGate(phi0=0, phi1=0).on(q[0], q[1]), cirq_ionq.GPIGate(phi=0).on(q[2]), cirq.measure(*q, key="m")
    )
    job = cirq_service.create_job(circuit, repetitions=100)
    assert job.results(polling_seconds=0.05).probabilities(key="m") == pytest.approx({0b001: 0.5, 0b111: 0.5})


def test_cirq_qpu(cirq_service) -> None:  # type: ignore[no-untyped-def]
    import cirq

    q = cirq.LineQubit.range(2)
    circuit = cirq.Circuit(cirq.X(q[0]), cirq.measure(*q, key="m"))
    job = cirq_service.create_job(circuit, repetitions=400, target="qpu.forte-1")
    assert job.results(polling_seconds=0.05).counts(key="m")[0b10] > 380


# --- PennyLane -----------------------------------------------------------------------------------------------------


@pytest.fixture
def pennylane(service: Emulator, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """PennyLane, whose client takes its address from a class and not from a setting."""
    client = pytest.importorskip("pennylane_ionq.api_client")
    monkeypatch.setattr(client.APIClient, "BASE_URL", service.url)
    return pytest.importorskip("pennylane")


def test_pennylane_bell(pennylane) -> None:  # type: ignore[no-untyped-def]
    @pennylane.set_shots(100)
    @pennylane.qnode(pennylane.device("ionq.simulator", wires=3, api_key=KEY))
    def bell():  # type: ignore[no-untyped-def]
        pennylane.Hadamard(0)
        pennylane.CNOT([0, 1])
        pennylane.PauliX(2)
        return pennylane.probs(wires=[0, 1, 2])

    assert list(bell()) == pytest.approx([0, 0.5, 0, 0, 0, 0, 0, 0.5])  # wire 2 is the last bit


def test_pennylane_native(pennylane) -> None:  # type: ignore[no-untyped-def]
    from pennylane_ionq.ops import GPI, MS

    @pennylane.set_shots(100)
    @pennylane.qnode(pennylane.device("ionq.simulator", wires=3, gateset="native", api_key=KEY))
    def bell():  # type: ignore[no-untyped-def]
        MS(0, 0, wires=[0, 1])
        GPI(0, wires=[2])
        return pennylane.probs(wires=[0, 1, 2])

    assert list(bell()) == pytest.approx([0, 0.5, 0, 0, 0, 0, 0, 0.5])


def test_pennylane_qpu(pennylane) -> None:  # type: ignore[no-untyped-def]
    @pennylane.set_shots(400)
    @pennylane.qnode(pennylane.device("ionq.qpu", wires=2, backend="forte-1", api_key=KEY))
    def flip():  # type: ignore[no-untyped-def]
        pennylane.PauliX(0)
        return pennylane.expval(pennylane.PauliZ(0)), pennylane.expval(pennylane.PauliZ(1))

    first, second = flip()
    assert first < -0.9
    assert second > 0.9


# --- measurements in the middle ------------------------------------------------------------------------------------

REUSE = """OPENQASM 3.0;
include "stdgates.inc";
qubit[1] q;
bit[1] mid;
bit[2] result;
x q[0];
mid[0] = measure q[0];
reset q[0];
result[0] = measure q[0];
x q[0];
result[1] = measure q[0];
"""


def test_ionq_core_measures_in_the_middle(service: Emulator) -> None:
    payload = {"type": "ionq.qasm3.v1", "backend": "simulator", "shots": 100, "noise": {"model": "aria-1", "seed": 7}}
    payload |= {"settings": {"compilation": {"service_version": "v0.4"}}, "input": {"data": REUSE}}
    client, job = core(service, payload)
    assert (job.status, job.type_) == ("completed", "ionq.qasm3.v1")
    assert distribution(client, job.id)["1"] > 0.9


def test_qiskit_measures_in_the_middle(service: Emulator) -> None:
    """Named registers, read from the shots; its counts have the last register first, and its last bit first."""
    pytest.importorskip("qiskit_ionq")
    from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
    from qiskit_ionq import IonQProvider

    qubit, mid, result = QuantumRegister(1, "q"), ClassicalRegister(1, "mid"), ClassicalRegister(2, "result")
    circuit = QuantumCircuit(qubit, mid, result)
    circuit.x(0)
    circuit.measure(0, mid[0])
    circuit.reset(0)
    circuit.measure(0, result[0])
    circuit.x(0)
    circuit.measure(0, result[1])
    backend = IonQProvider(KEY, url=service.url).get_backend("ionq_simulator")
    backend.set_options(noise_model="aria-1", sampler_seed=7)
    counts = backend.run(circuit, shots=100).get_counts()
    assert counts["10 1"] > 80
    assert sum(counts.values()) == 100
    posted = next(job for job in service.jobs() if job["type"] == "ionq.qasm3.v1" and job["metadata"])
    assert posted["status"] == "completed"
