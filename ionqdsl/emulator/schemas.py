"""The schemas of requests and responses: the project's own statement of the specification, as JSON Schema.

`SCHEMAS` are the components that endpoints.py refers to by name; `FORMATS` are the formats of results. They accept
everything in both published specifications (May and September 2026), and the additional fields of IonQ's own clients.
The reader of circuits decides whether fields make sense for a gate; a job that makes none is accepted, then fails.
"""

from __future__ import annotations

from typing import Any

from ionqdsl.ir.gates import GATES
from ionqdsl.ir.targets import BACKEND_NAMES, PROFILES

Schema = dict[str, Any]

INT32 = 2**31 - 1
PROFILE = PROFILES["v0.4"]

STATUSES = ("submitted", "ready", "started", "canceled", "failed", "completed")
FAILURES = (
    "InvalidInput", "CompilationError", "ContractExpiredError", "DebiasingError", "InternalError", "NotEnoughQubits",
    "OptimizationError", "PreflightError", "QuantumCircuitComplexityError", "QuantumComputerError",
    "QuotaExhaustedError", "SimulationError", "SimulationTimeout", "SystemCancel", "TooLongPredictedExecutionTime",
    "TooManyControls", "TooManyGates", "TooManyShots", "UnknownBillingError", "UnsupportedGate",
)  # fmt: skip


def ref(name: str) -> Schema:
    """A reference to a component."""
    return {"$ref": f"#/components/schemas/{name}"}


def closed(needed: Schema, others: Schema | None = None) -> Schema:
    """An object with exactly these keys; the first ones are required."""
    return opened(needed, others) | {"additionalProperties": False}


def opened(needed: Schema, others: Schema | None = None) -> Schema:
    """An object with these keys, and perhaps others; the first ones are required."""
    schema: Schema = {"type": "object", "properties": needed | (others or {})}
    return schema | ({"required": list(needed)} if needed else {})


def listed(of: Schema, **limits: int) -> Schema:
    """A list."""
    return {"type": "array", "items": of, **limits}


def table(of: Schema) -> Schema:
    """An object with free keys, whose values all have this schema."""
    return {"type": "object", "additionalProperties": of}


def one_of(*values: str) -> Schema:
    """One of several texts."""
    return {"type": "string", "enum": list(values)}


def maybe(of: Schema) -> Schema:
    """A schema, or null."""
    return {"anyOf": [of, {"type": "null"}]}


TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "number"}
YES_NO: Schema = {"type": "boolean"}
COUNT: Schema = {"type": "integer", "minimum": 0, "maximum": INT32}
POSITIVE: Schema = {"type": "integer", "minimum": 1, "maximum": INT32}
SEED: Schema = {"type": "integer", "minimum": -INT32 - 1, "maximum": INT32}
SHOTS: Schema = {"type": "integer", "minimum": 1, "maximum": PROFILE.max_shots, "default": 100}
MOMENT: Schema = {"type": "string", "format": "date-time"}
NOT_EMPTY: Schema = {"type": "string", "minLength": 1}
BACKEND: Schema = one_of(*BACKEND_NAMES)


def _wire_names(gateset: str) -> Schema:
    return one_of(*(gate.payload_name for gate in GATES.values() if gate.gateset == gateset and gate.payload_name))


_TARGETS: Schema = {"target": COUNT, "targets": listed(COUNT)}
_QIS_GATE = closed(
    {"gate": _wire_names("qis")},
    _TARGETS
    | {"control": COUNT, "controls": listed(COUNT), "rotation": NUMBER}
    | {"terms": listed(TEXT), "coefficients": listed(NUMBER), "time": NUMBER},
)
_NATIVE_GATE = closed(
    {"gate": _wire_names("native")},
    _TARGETS
    | {"controls": listed(COUNT), "phase": NUMBER, "phases": listed(NUMBER), "angle": NUMBER}
    | {"rotation": NUMBER, "time": NUMBER},
)


def _circuit_input(gateset: str, gate: str) -> Schema:
    return closed({"gateset": one_of(gateset), "circuit": listed(ref(gate))}, {"qubits": POSITIVE})


def _entry(gateset: str, gate: str, is_own: bool) -> Schema:
    """One circuit of several; it names its gateset if that differs from its parent's."""
    own: Schema = {"circuit": listed(ref(gate))} | ({"gateset": one_of(gateset)} if is_own else {})
    others: Schema = {"name": TEXT, "qubits": POSITIVE, "registers": table(listed(maybe(COUNT)))}
    return closed(own, others | ({} if is_own else {"gateset": one_of(gateset)}))


_MITIGATION = opened({}, {"debiasing": YES_NO, "symmetry_verification": YES_NO})
_COMPILATION = opened({}, {"opt": NUMBER, "precision": TEXT, "gate_basis": TEXT, "service_version": TEXT})
_CIRCUIT_SETTINGS = opened({}, {"error_mitigation": _MITIGATION, "compilation": _COMPILATION})
_NOISE = closed({"model": TEXT}, {"seed": SEED})
_CHANGES: Schema = {
    "name": TEXT,
    "metadata": table(TEXT),
    "shots": SHOTS,
    "session_id": TEXT,
    "dry_run": YES_NO,
    "settings": ref("Settings"),
}


def _job(kind: str, settings: Schema, others: Schema | None = None) -> Schema:
    needed: Schema = {"type": one_of(kind), "backend": BACKEND, "input": settings}
    return closed(needed, _CHANGES | (others or {}))


_ENERGY_DATA = opened(
    {
        "hamiltonian": listed(opened({"pauli_string": TEXT, "coefficient": NUMBER})),
        "ansatz": opened({"data": TEXT}),
    },
    {
        "linear_constraints": listed(opened({"coeffs": listed(NUMBER), "rhs": NUMBER})),
        "quadratic_constraints": listed(
            opened({"quadratic_coeff": listed(listed(NUMBER)), "linear_coeff": listed(NUMBER), "rhs": NUMBER})
        ),
        "penalty": maybe(NUMBER),
        "cvar_alpha": maybe(NUMBER),
    },
)
_ENERGY = opened(
    {"data": opened({"type": one_of("hamiltonian-energy"), "data": _ENERGY_DATA})}, {"params": listed(NUMBER)}
)
_FUNCTION = opened({"type": NOT_EMPTY, "data": {"type": "object"}}, {"params": listed(NUMBER)})

JOB_TYPES: dict[str, str] = {
    "ionq.circuit.v1": "CircuitJob",
    "ionq.multi-circuit.v1": "MultiCircuitJob",
    "quantum-function": "FunctionJob",
    "ionq.qasm3.v1": "OpenQasmJob",
    "qctrl.qaoa.v1": "QaoaJob",
}
"""The type of a job -> the schema of its request."""

REQUESTS: dict[str, Schema] = {
    "QisGate": _QIS_GATE,
    "NativeGate": _NATIVE_GATE,
    "Settings": _CIRCUIT_SETTINGS,
    "Noise": _NOISE,
    "QisInput": _circuit_input("qis", "QisGate"),
    "NativeInput": _circuit_input("native", "NativeGate"),
    "QisEntries": opened(
        {
            "gateset": one_of("qis"),
            "circuits": listed(
                {"oneOf": [_entry("qis", "QisGate", False), _entry("native", "NativeGate", True)]},
                maxItems=PROFILE.max_circuits,
            ),
        },
        {"qubits": POSITIVE},
    ),
    "NativeEntries": opened(
        {
            "gateset": one_of("native"),
            "circuits": listed(
                {"oneOf": [_entry("native", "NativeGate", False), _entry("qis", "QisGate", True)]},
                maxItems=PROFILE.max_circuits,
            ),
        },
        {"qubits": POSITIVE},
    ),
    "CircuitJob": _job("ionq.circuit.v1", {"oneOf": [ref("QisInput"), ref("NativeInput")]}, {"noise": ref("Noise")}),
    "MultiCircuitJob": _job(
        "ionq.multi-circuit.v1", {"oneOf": [ref("QisEntries"), ref("NativeEntries")]}, {"noise": ref("Noise")}
    ),
    "FunctionJob": _job("quantum-function", {"anyOf": [_ENERGY, _FUNCTION]}),
    "OpenQasmJob": _job("ionq.qasm3.v1", closed({"data": TEXT}), {"noise": ref("Noise")}),
    "QaoaJob": _job(
        "qctrl.qaoa.v1",
        opened({"problem_type": one_of("maxcut"), "problem": {"type": "object"}}),
        {"external_settings": opened({"api_credentials": TEXT}, {"external_organization": TEXT})},
    ),
    "Job": {
        "oneOf": [ref(name) for name in JOB_TYPES.values()],
        "discriminator": {
            "propertyName": "type",
            "mapping": {kind: ref(name)["$ref"] for kind, name in JOB_TYPES.items()},
        },
    },
    "Changes": opened({}, _CHANGES | {"parent": TEXT, "backend": BACKEND, "noise": ref("Noise")}),
    "Ids": closed({"ids": listed(TEXT)}),
    "NewSession": closed(
        {"backend": BACKEND},
        {
            "settings": closed(
                {},
                {
                    "job_count_limit": POSITIVE,
                    "duration_limit_min": POSITIVE,
                    "cost_limit": closed({"unit": TEXT, "value": NUMBER}),
                },
            )
        },
    ),
}

_NULL_TEXT, _NULL_MOMENT, _NULL_COUNT = maybe(TEXT), maybe(MOMENT), maybe(COUNT)
_LISTED_JOB: Schema = {
    "id": TEXT,
    "status": one_of(*STATUSES),
    "type": one_of(*JOB_TYPES),
    "backend": TEXT,
    "dry_run": YES_NO,
    "submitter_id": TEXT,
    "project_id": _NULL_TEXT,
    "parent_job_id": _NULL_TEXT,
    "session_id": _NULL_TEXT,
    "metadata": maybe(table(TEXT)),
    "name": _NULL_TEXT,
    "submitted_at": MOMENT,
    "started_at": _NULL_MOMENT,
    "completed_at": _NULL_MOMENT,
    "predicted_wait_time_ms": _NULL_COUNT,
    "predicted_execution_duration_ms": _NULL_COUNT,
    "execution_duration_ms": _NULL_COUNT,
    "failure": maybe(closed({"code": one_of(*FAILURES), "message": TEXT})),
    "output": {"type": "object"},
    "settings": {"type": "object"},
    "stats": {"type": "object"},
    "results": maybe({"type": "object"}),
}
_SOMETIMES: Schema = {
    "shots": SHOTS,
    "noise": ref("Noise"),
    "cost_model": one_of("QCT", "quantum_compute_time", "2QGE_operations"),
}
_PRICE = closed({"value": NUMBER, "unit": TEXT})
_BACKEND = opened(
    {"backend": TEXT, "status": TEXT, "qubits": COUNT, "average_queue_time": NUMBER, "last_updated": MOMENT}
)
_CHARACTERIZATION = opened({"id": TEXT, "backend": TEXT, "date": MOMENT, "qubits": POSITIVE})
_SESSION = closed(
    {
        "id": TEXT,
        "created_at": MOMENT,
        "organization_id": TEXT,
        "backend": _NULL_TEXT,
        "project_id": _NULL_TEXT,
        "creator_id": _NULL_TEXT,
        "ended_at": _NULL_MOMENT,
        "ender_id": _NULL_TEXT,
        "active": YES_NO,
        "status": one_of("created", "started", "ended"),
        "started_at": _NULL_MOMENT,
    },
    {"settings": {"type": "object"}},
)
_ESTIMATE = opened({"estimated_at": MOMENT, "estimated_execution_time": NUMBER, "current_predicted_queue_time": NUMBER})

ANSWERS: dict[str, Schema] = {
    "Error": opened(
        {"statusCode": {"type": "integer"}, "error": TEXT, "message": TEXT},
        {"validation": opened({}, {"keys": listed(TEXT), "source": TEXT})},
    ),
    "Ticket": closed({"id": TEXT, "status": one_of(*STATUSES), "session_id": _NULL_TEXT}),
    "JobView": closed(_LISTED_JOB | {"child_job_ids": maybe(listed(TEXT))}, _SOMETIMES),
    "JobList": closed({"jobs": listed(closed(_LISTED_JOB, _SOMETIMES)), "next": _NULL_TEXT}),
    "Canceled": closed({"id": TEXT, "status": one_of("canceled")}),
    "SeveralCanceled": closed({"ids": listed(TEXT), "status": one_of("canceled")}),
    "Deleted": closed({"id": TEXT, "status": one_of("deleted")}),
    "SeveralDeleted": closed({"ids": listed(TEXT), "status": one_of("deleted")}),
    "Cost": closed({"dry_run": YES_NO}, {"estimated_cost": _PRICE, "cost": _PRICE}),
    "Estimate": _ESTIMATE,
    "Numbers": table(NUMBER),
    "NumbersByJob": table(table(NUMBER)),
    "Texts": listed(TEXT),
    "Anything": {},
    "Whoami": opened({"key_id": {"type": "string", "format": "uuid"}, "key_name": TEXT}),
    "Backend": _BACKEND,
    "Backends": listed(_BACKEND),
    "Characterization": _CHARACTERIZATION,
    "Characterizations": opened({"characterizations": listed(_CHARACTERIZATION), "pages": COUNT}),
    "Session": _SESSION,
    "Sessions": closed({"organization_id": TEXT, "sessions": listed(_SESSION)}),
    "Usage": opened({"start_date": TEXT, "end_date": TEXT, "group_type": TEXT, "modality": TEXT}),
    "Health": opened({"status": TEXT}),
    "Format": opened({"$schema": TEXT, "$id": TEXT, "type": TEXT}),
}

SCHEMAS: dict[str, Schema] = REQUESTS | ANSWERS


def _registers(of: Schema, kind: str) -> Schema:
    return closed({kind: closed({"registers": table(of)})})


FORMATS: dict[str, Schema] = {
    "ionq.result.probabilities.json.v1": table(NUMBER),
    "ionq.result.probabilities.json.v2": _registers(table(NUMBER), "probabilities"),
    "ionq.result.histogram.json.v1": table(COUNT),
    "ionq.result.histogram.json.v2": _registers(table(COUNT), "histogram"),
    "ionq.result.shots.json.v1": listed(TEXT),
    "ionq.result.shots.json.v2": closed(
        {"shots": listed(closed({"registers": table(listed({"type": "integer", "minimum": 0, "maximum": 1}))}))}
    ),
    "ionq.result.probabilities-aggregate.json.v1": table(table(NUMBER)),
    "ionq.native.v1": closed({"qubits": POSITIVE, "circuit": listed(_NATIVE_GATE)}),
}
"""Name of a format -> its schema."""
