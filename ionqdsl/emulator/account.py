"""Serves the account and its machines: key, backends, characterizations, usage; and health and formats.

Each function answers one endpoint, as in jobs.py. Machines and their figures come from targets.py; a characterization
is derived from the rates of a machine's noise model; dates come from the clock.
"""

from __future__ import annotations

from typing import Any

from ionqdsl.emulator import machine, schemas
from ionqdsl.emulator.service import (
    PROJECT,
    Problem,
    ServedAnswer,
    ServedRequest,
    Service,
    identifier,
    iso,
)
from ionqdsl.ir.gates import GATES, NAMES
from ionqdsl.ir.targets import BACKEND_NAMES, NOISE_MODELS, TARGETS, backend_of


def health(service: Service, request: ServedRequest) -> ServedAnswer:
    """Confirms that the service is running."""
    return ServedAnswer({"status": "pass"})


def whoami(service: Service, request: ServedRequest) -> ServedAnswer:
    """The key, as a digest."""
    return ServedAnswer(
        {"key_id": identifier(request.key), "key_name": f"emulator {request.key[:4]}", "project_id": PROJECT}
    )


# --- backends ------------------------------------------------------------------------------------------------------


def backends(service: Service, request: ServedRequest) -> ServedAnswer:
    """All machines."""
    return ServedAnswer([_backend(service, name) for name in BACKEND_NAMES])


def backend(service: Service, request: ServedRequest) -> ServedAnswer:
    """One machine."""
    return ServedAnswer(_backend(service, _known(request)))


def _known(request: ServedRequest) -> str:
    if request.parts["backend"] not in BACKEND_NAMES:
        raise Problem(404, "Backend not found.")
    return request.parts["backend"]


def _backend(service: Service, name: str) -> dict[str, Any]:
    row = backend_of(name)
    assert row is not None, name
    native = TARGETS[row.target].gates if row.target is not None else NAMES["native"].values()
    answer: dict[str, Any] = {
        "backend": name,
        "status": "retired" if row.retired else "available",
        "degraded": False,
        "qubits": row.qubits,
        "average_queue_time": round(service.settings.queue * 1000),
        "last_updated": iso(service.now()),
        "supported_gates": [key for key, gate in ((n, GATES[k]) for n, k in NAMES["qis"].items()) if gate.payload_name],
        "supported_native_gates": [GATES[gate].name for gate in native if gate != "nop"],
    }
    if not row.is_simulator:
        answer |= {"characterization_id": identifier(name), "kw": 0.0, "location": "127.0.0.1"}
        answer |= {"supported_error_mitigations": ["debiasing", "symmetry_verification"]}
    if service.settings.shape == "may":
        return {key: value for key, value in answer.items() if not key.startswith("supported_")}
    return answer


def characterizations(service: Service, request: ServedRequest) -> ServedAnswer:
    """The machine's only characterization, on the first page."""
    name = _known(request)
    records = [] if name == "simulator" or request.query.get("page", 1) > 1 else [_characterization(service, name)]
    return ServedAnswer({"characterizations": records, "pages": 0})


def characterization(service: Service, request: ServedRequest) -> ServedAnswer:
    """A characterization by its id."""
    name = _known(request)
    if name == "simulator" or request.parts["UUID"] != identifier(name):
        raise Problem(404, "Characterization not found.")
    return ServedAnswer(_characterization(service, name))


def _characterization(service: Service, name: str) -> dict[str, Any]:
    model = machine.noise_model({"backend": name}) or NOISE_MODELS["ideal"]
    row = backend_of(name)
    width = row.qubits if row is not None else model.qubits
    return {
        "id": identifier(name),
        "backend": name,
        "date": iso(service.now() // 86400 * 86400),
        "qubits": width,
        "connectivity": [list(pair) for pair in machine.pairs(name, width)],
        "fidelity": {
            "spam": {"median": 1, "stderr": 0},
            "1q": {"median": 1 - (model.one_qubit or 0) / 2},
            "2q": {"median": 1 - 3 * (model.two_qubit or 0) / 4},
        },
        "timing": {"readout": 0.00015, "reset": 0.00005, "1q": 0.00011, "2q": 0.0009, "t1": 100, "t2": 1},
    }


# --- usage and formats ---------------------------------------------------------------------------------------------


def usage(service: Service, request: ServedRequest) -> ServedAnswer:
    """The usage, which is zero: the emulator bills nobody."""
    query = request.query
    return ServedAnswer(
        {
            "organization": request.parts["organization_id"],
            "group_type": query["group_by"],
            "modality": query["modality"],
            "start_date": query["start_date"],
            "end_date": query["end_date"],
            "usage_from": f"{query['start_date']}T00:00:00Z",
            "usage_to": f"{query['end_date']}T00:00:00Z",
            "usage_unit": "usd",
            "usage_data": [],
            "amount_total": 0,
            "time_us_total": 0,
            "job_count": 0,
        }
    )


def result_format(service: Service, request: ServedRequest) -> ServedAnswer:
    """The schema of a format."""
    name = request.parts["format"]
    start = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": name}
    return ServedAnswer(start | schemas.FORMATS[name])
