"""The project's own schema on trial: it is a schema, accepts valid payloads, and refuses all that the published one
does.

It must be the stricter of the two. So every small change of a good payload that the published schema refuses must be
refused by ours as well; and nearly every change of a key or a type must be refused by ours alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import jsonschema
import pytest
from schema_check import (
    CLIENT_MODELS,
    DEFINITIONS,
    PUBLISHED,
    PUBLISHED_LATER,
    PUBLISHED_SCHEMAS,
    SCHEMA,
    _translated,
    check_payload,
    client_is_here,
    own_validator,
    published,
    published_validator,
    through_client,
    validate_strictly,
    yaml_is_here,
)
from test_payload import EXAMPLE, MIXED, SINGLE
from test_wire_functions import energy
from test_wire_rows import NATIVE, QIS
from wire_programs import bell, circuit, program, sent

from ionqdsl.emit.payload import payload
from ionqdsl.ir.job import Function
from ionqdsl.ir.targets import NOISE_MODELS

FULL = {
    "name": "n",
    "backend": "simulator",
    "shots": 500,
    "session_id": "s",
    "dry_run": True,
    "noise.model": "ideal",
    "noise.seed": 1,
    "settings.error_mitigation.debiasing": False,
    "settings.compilation.opt": 0.5,
    "settings.compilation.precision": "1",
    "metadata.a": "b",
}
FUNCTION_SETTINGS = {key: value for key, value in FULL.items() if "noise" not in key and "compilation" not in key}
CONSTRAINED = energy(
    linear_constraints=(((1, 0, 1), 2),),
    quadratic_constraints=((((1, 0, 0), (0, 1, 0), (0, 0, 1)), (0, 1, 0), 3),),
    penalty=1,
    cvar_alpha=0.5,
)
SOME = [
    next(op for op, row in QIS if set(row) == keys) for keys in map(set, dict.fromkeys(tuple(row) for _, row in QIS))
]
"""One row of each shape."""
PAYLOADS: dict[str, dict[str, Any]] = {
    "single": payload(program(circuit(4, *SOME), settings=FULL)),
    "native": payload(program(circuit(4, *(op for op, _ in NATIVE), gateset="native"))),
    "several": payload(
        program(bell("a"), circuit(3, bell().rows[0], name="b", registers=(("r", (0, None)),)), settings=FULL)
    ),
    "mixed": payload(MIXED),
    "energy": payload(program(settings=FUNCTION_SETTINGS, energy=CONSTRAINED)),
    "function": payload(program(settings=FUNCTION_SETTINGS, function=Function("f", {"a": 1}, (0.5,)))),
    "first": payload(SINGLE),
    "example": payload(EXAMPLE),
}

needs_published = pytest.mark.skipif(not yaml_is_here(), reason="no copy of the published schema, or no PyYAML")
each_payload = pytest.mark.parametrize("kind", PAYLOADS)


def test_it_is_a_schema_and_its_parts_are_used() -> None:
    """Catches a misspelt keyword's definition, and a definition nobody refers to."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    text = str(SCHEMA)
    unused = [name for name in SCHEMA["$defs"] if text.count(f"'#/$defs/{name}'") == 0]
    assert unused == ["clientsGate"]  # used by schema_check.py only
    for part in walk(SCHEMA):
        if isinstance(part, dict) and "$ref" in part:
            assert part["$ref"].removeprefix("#/$defs/") in SCHEMA["$defs"]


def walk(value: Any) -> Iterator[Any]:
    """Every object and list within."""
    yield value
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from walk(item)


@each_payload
def test_good_payloads_pass_everywhere(kind: str) -> None:
    check_payload(PAYLOADS[kind])
    assert jsonschema.Draft202012Validator(SCHEMA).is_valid(PAYLOADS[kind])


def changes(value: Any) -> Iterator[tuple[str, Any]]:
    """Copies of a payload with one change each: a key gone, added or renamed, a value of another kind."""
    if isinstance(value, dict):
        for key, item in value.items():
            rest = {k: v for k, v in value.items() if k != key}
            yield f"without {key}", rest
            yield f"{key} renamed", rest | {key + "s": item}
            for what, changed in changes(item):
                yield f"{key}: {what}", value | {key: changed}
        yield "with another key", value | {"unheard_of": 1}
        yield "as a list", [value]
    elif isinstance(value, list):
        for index, item in enumerate(value):
            for what, changed in changes(item):
                yield f"{index}: {what}", [*value[:index], changed, *value[index + 1 :]]
        yield "with a string", [*value, "x"]
        yield "with null", [*value, None]
        yield "as an object", {"0": value}
    else:
        for other in (None, True, "x", 0.5, -1, [], {}):
            if type(other) is not type(value) or other != value:
                yield f"{value!r} -> {other!r}", other


@needs_published
@each_payload
def test_ours_refuses_whatever_the_published_one_refuses(kind: str) -> None:
    good = PAYLOADS[kind]
    theirs, ours = published_validator(good["type"]), own_validator(DEFINITIONS[good["type"]])
    escaped = [what for what, changed in changes(good) if not theirs.is_valid(changed) and ours.is_valid(changed)]
    # the names of noise models were a closed list until October 2026
    assert [what for what in escaped if not what.startswith("noise: model: ")] == []


FREE = ("metadata: ", "registers: ")
"""Where keys are the user's own."""


@each_payload
def test_ours_refuses_unknown_keys_and_other_types_everywhere(kind: str) -> None:
    """Catches a part of the schema that takes anything."""
    good = PAYLOADS[kind]
    ours = own_validator(DEFINITIONS[good["type"]])
    for what, changed in changes(good):
        path, _, change = f": {what}".rpartition(": ")
        is_key = change.endswith("renamed") and not f"{path}: ".endswith(FREE)
        is_kind = change.startswith(("as a", "with ")) or (" ->" in change and _other_type(change))
        if "registers: r" in path and ("None" in change or "null" in change):
            continue  # slots may be null
        if (is_key or is_kind) and not (kind == "function" and path.startswith(": input: data")):
            assert not ours.is_valid(changed), what


KINDS = {"T": "boolean", "F": "boolean", "'": "string", "N": "null", "[": "list", "{": "object"}


def _other_type(change: str) -> bool:
    """Whether `1 -> 'x'` is no number any more, `'a' -> None` no string ..."""
    old, new = (KINDS.get(side[0], "number") for side in change.split(" -> "))
    return old != new


@needs_published
def test_the_published_examples_pass_ours() -> None:
    """We send the same for these circuits, so ours may not refuse them."""
    schemas = published()["components"]["schemas"]
    for name in ("JobCreationPayload", "MultiCircuitJobCreationPayload"):
        example = schemas[name]["example"]
        validate_strictly(example)
        published_validator(example["type"]).validate(example)


@needs_published
def test_our_tables_name_what_the_published_schema_names() -> None:
    """Catches a gate or a noise model that the schema knows and we do not, or the other way round."""
    schemas = published()["components"]["schemas"]
    from ionqdsl.ir.gates import GATES

    for schema, gateset in (("QisGate", "qis"), ("NativeGate", "native")):
        ours = {gate.payload_name for gate in GATES.values() if gate.gateset == gateset and gate.payload_name}
        assert ours == set(schemas[schema]["enum"])
    assert list(NOISE_MODELS) == schemas["NoiseModel"]["enum"]
    assert set(schemas) >= set(PUBLISHED_SCHEMAS.values())


@pytest.mark.skipif(not (yaml_is_here() and PUBLISHED_LATER.exists()), reason="no copy of the later specification")
@each_payload
def test_the_specification_of_two_weeks_later_takes_them_too(kind: str) -> None:
    components = _translated(published(PUBLISHED_LATER)["components"])
    name = PUBLISHED_SCHEMAS[PAYLOADS[kind]["type"]]
    if name not in components["schemas"]:
        name = "JSONMultiCircuitJob" if "Multi" in name else name
    if name not in components["schemas"]:
        pytest.skip(f"{name} is not in that file")
    reference = {"$ref": f"#/components/schemas/{name}", "components": components}
    jsonschema.Draft202012Validator(reference).validate(PAYLOADS[kind])


@pytest.mark.skipif(not client_is_here(), reason="ionq-core is not installed")
@each_payload
def test_the_clients_models_reproduce_them(kind: str) -> None:
    """Catches a field under another name than IonQ's own library knows: it would be lost on the way."""
    assert through_client(PAYLOADS[kind]) == PAYLOADS[kind]
    extra = deepcopy(PAYLOADS[kind])
    extra["unheard_of"] = 1
    if extra["type"] != "quantum-function":  # whose model keeps everything
        assert through_client(extra) != extra
    assert set(CLIENT_MODELS) == set(DEFINITIONS) == set(PUBLISHED_SCHEMAS)


def test_the_check_itself_refuses() -> None:
    """A judge that agrees with everything is none: faults that no schema can state."""
    good = sent(program(circuit(3, bell().rows[1])))
    row = {"gate": "cnot", "target": 1, "control": 1}
    for wrong in (
        good | {"input": good["input"] | {"circuit": [row]}},
        good | {"input": good["input"] | {"qubits": 1}},
        good | {"input": good["input"] | {"circuit": [{"gate": "rx", "target": 0, "rotation": -0.0}]}},
        good | {"shots": 500.0},
        payload(MIXED) | {"input": payload(MIXED)["input"] | {"gateset": "qis"}},
    ):
        with pytest.raises((AssertionError, jsonschema.ValidationError)):
            check_payload(wrong)
    with pytest.raises(ValueError, match="Out of range"):
        check_payload(good | {"shots": float("nan")})
    assert PUBLISHED.name == "create-job.openapi.yaml"
