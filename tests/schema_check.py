"""Checks whether the service would take a payload; used by every test that makes one.

`check_payload` uses four routes: the project's own JSON Schema (tests/schema), the rules that a schema cannot state
(qubits within the width, no qubit twice, exact types), the published OpenAPI schema if a copy is next to the repository
and PyYAML is installed, and the models of IonQ's own client library if it is installed.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import re
from collections.abc import Iterator
from copy import deepcopy
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema

SCHEMA = json.loads((Path(__file__).parent / "schema" / "job.json").read_text())
PUBLISHED = Path(__file__).parents[2] / "shared" / "ionq" / "create-job.openapi.yaml"
PUBLISHED_LATER = PUBLISHED.with_name("openapi-2026-05-15.yaml")
PUBLISHED_LAST = PUBLISHED.with_name("openapi-2026-10-01.json")
CLIENT_GATES = ("pauliexp", "nop")

DEFINITIONS = {
    "ionq.circuit.v1": "circuitJob",
    "ionq.multi-circuit.v1": "multiCircuitJob",
    "quantum-function": "quantumFunctionJob",
}
PUBLISHED_SCHEMAS = {
    "ionq.circuit.v1": "CircuitJobCreationPayload",
    "ionq.multi-circuit.v1": "MultiCircuitJobCreationPayload",
    "quantum-function": "QuantumFunctionJobCreationPayload",
}
CLIENT_MODELS = {
    "ionq.circuit.v1": ("circuit_job_creation_payload", "CircuitJobCreationPayload"),
    "ionq.multi-circuit.v1": ("json_multi_circuit_job", "JSONMultiCircuitJob"),
    "quantum-function": ("quantum_function_job_creation_payload", "QuantumFunctionJobCreationPayload"),
}

# An integer is an int: 500.0 is one for JSON Schema, but not for us.
_TYPES = jsonschema.Draft202012Validator.TYPE_CHECKER.redefine("integer", lambda _, value: type(value) is int)
Strict = jsonschema.validators.extend(jsonschema.Draft202012Validator, type_checker=_TYPES)


def check_payload(payload: dict[str, Any], wire: str = "v0.4") -> None:
    """Raises AssertionError or ValidationError unless the payload is one that may be sent under the profile."""
    text = json.dumps(payload, allow_nan=False)
    assert json.loads(text) == payload, "not plain JSON"
    assert not re.search(r"-0\.0(?!\d)", text)
    plain, extra = _without_client_gates(payload) if wire == "v0.4-clients" else (payload, [])
    validate_strictly(plain)
    for row in extra:
        own_validator("clientsGate").validate(row)
    _check_meaning(payload)
    if yaml_is_here():
        published_validator(payload["type"]).validate(plain)
    if PUBLISHED_LAST.exists():
        published_validator(payload["type"], PUBLISHED_LAST).validate(plain)
    if client_is_here() and "pauliexp" not in text and "nop" not in text and not _only_native_zz(payload):
        assert through_client(payload) == payload


def validate_strictly(payload: dict[str, Any]) -> None:
    """By the project's own schema."""
    own_validator(DEFINITIONS[payload["type"]]).validate(payload)


@lru_cache
def own_validator(definition: str) -> Any:
    """A validator for one of the definitions of tests/schema/job.json."""
    return Strict({"$ref": f"#/$defs/{definition}", "$defs": SCHEMA["$defs"]})


def _without_client_gates(payload: dict[str, Any]) -> tuple[dict[str, Any], list[Any]]:
    """A copy without the rows the published schema has no fields for, and those rows."""
    plain = deepcopy(payload)
    extra = []
    for circuit in [plain["input"], *plain["input"].get("circuits", [])]:
        if "circuit" in circuit:
            extra += [row for row in circuit["circuit"] if row["gate"] in CLIENT_GATES]
            kept = [row for row in circuit["circuit"] if row["gate"] not in CLIENT_GATES]
            native = circuit.get("gateset", plain["input"]["gateset"]) == "native"
            circuit["circuit"] = kept or [
                {"gate": "gpi", "target": 0, "phase": 0} if native else {"gate": "x", "target": 0}
            ]
    return plain, extra


def circuits_of(payload: dict[str, Any]) -> Iterator[tuple[dict[str, Any], int, str]]:
    """Each circuit object of a payload with its width and gateset, its own or inherited."""
    shared = payload["input"]
    if "circuit" in shared:
        yield shared, shared["qubits"], shared["gateset"]
    for circuit in shared.get("circuits", []):
        yield circuit, circuit.get("qubits", shared.get("qubits")), circuit.get("gateset", shared["gateset"])


def _check_meaning(payload: dict[str, Any]) -> None:
    """Rules that no schema states: qubits exist and differ, names are unique, the parent gateset is the commonest."""
    for circuit, width, _ in circuits_of(payload):
        for row in circuit["circuit"]:
            scalars = [row[key] for key in ("target", "control") if key in row]
            qubits = scalars + row.get("targets", []) + row.get("controls", [])
            assert len(set(qubits)) == len(qubits), row
            assert all(type(qubit) is int and 0 <= qubit < width for qubit in qubits), row
            assert all(len(term) == len(row["targets"]) for term in row.get("terms", [])), row
            assert len(row.get("coefficients", [])) == len(row.get("terms", [])), row
        for slots in circuit.get("registers", {}).values():
            assert all(slot is None or slot < width for slot in slots), slots
    entries = payload["input"].get("circuits", [])
    assert len({entry["name"] for entry in entries}) == len(entries)
    if entries:
        native = sum(gateset == "native" for _, _, gateset in circuits_of(payload))
        assert payload["input"]["gateset"] == ("native" if native >= len(entries) - native else "qis")


# --- the published schema ------------------------------------------------------------------------------------------


def yaml_is_here() -> bool:
    """Whether the published schema can be read."""
    return PUBLISHED.exists() and importlib.util.find_spec("yaml") is not None


@lru_cache
def published(path: Path = PUBLISHED) -> Any:
    """The published OpenAPI 3.0 document."""
    if path.suffix == ".json":
        return json.loads(path.read_text())
    import yaml

    return yaml.safe_load(path.read_text())


@lru_cache
def published_validator(kind: str, path: Path = PUBLISHED) -> Any:
    """A validator for a type of job: OpenAPI 3.0 says `nullable` where JSON Schema has the type `null`.

    The top level is an `anyOf` over all types of job; choosing by `type` first keeps errors readable.
    """
    components = _translated(published(path)["components"])
    reference = f"#/components/schemas/{PUBLISHED_SCHEMAS[kind]}"
    return jsonschema.Draft202012Validator({"$ref": reference, "components": components})


def _translated(value: Any) -> Any:
    if isinstance(value, list):
        return [_translated(item) for item in value]
    if not isinstance(value, dict):
        return value
    result = {key: _translated(item) for key, item in value.items() if key not in ("nullable", "discriminator")}
    if value.get("nullable") is True and isinstance(value.get("type"), str):
        result["type"] = [value["type"], "null"]
    elif value.get("nullable") is True:
        result = {"anyOf": [result, {"type": "null"}]}
    return result


# --- IonQ's client library -----------------------------------------------------------------------------------------


def client_is_here() -> bool:
    """Whether ionq-core is installed."""
    return importlib.util.find_spec("ionq_core") is not None


def through_client(payload: dict[str, Any]) -> dict[str, Any]:
    """The payload read and written again by the client's model of it."""
    module, name = CLIENT_MODELS[payload["type"]]
    model = getattr(importlib.import_module(f"ionq_core.models.{module}"), name)
    return model.from_dict(deepcopy(payload)).to_dict()


def _only_native_zz(payload: dict[str, Any]) -> bool:
    """Whether a native circuit that names no gateset holds nothing but `zz`: the client takes it for a qis circuit."""
    return any(
        gateset == "native" and "gateset" not in circuit and {row["gate"] for row in circuit["circuit"]} == {"zz"}
        for circuit, _, gateset in circuits_of(payload)
    )
