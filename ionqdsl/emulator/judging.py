"""Validates requests against the specification.

Takes a query or a JSON body and returns it with its values read, or raises a `Problem` that names the wrong keys and
their place. The rules are in endpoints.py and schemas.py; tolerances.py lists fields that clients send nevertheless.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import jsonschema_rs

from ionqdsl.diagnostics.foreign import read_json
from ionqdsl.emulator.endpoints import ServedEndpoint
from ionqdsl.emulator.schemas import JOB_TYPES, SCHEMAS, ref
from ionqdsl.emulator.service import Problem
from ionqdsl.emulator.tolerances import tolerated

MOST_DIGITS = 18
"""Digits of a number in a query; a number with more counts nothing real."""


@cache
def validator(name: str) -> jsonschema_rs.Validator:
    """The validator of a component."""
    return jsonschema_rs.validator_for(ref(name) | {"components": {"schemas": SCHEMAS}}, validate_formats=True)


@cache
def validator_of(schema: str) -> jsonschema_rs.Validator:
    """The validator of a schema given as text."""
    return jsonschema_rs.validator_for(json.loads(schema), validate_formats=True)


def body(endpoint: ServedEndpoint, content: bytes, media: str, is_strict: bool) -> Any:
    """The JSON of a request's body, validated. An endpoint without a body ignores it."""
    if endpoint.body is None:
        return None
    if media and media.split(";")[0].strip().lower() != "application/json":
        raise Problem(415, f"Unsupported media type {media!r}.")
    try:
        content_read = read_json(content)
    except ValueError:
        raise Problem(400, "Invalid request payload JSON format") from None
    name = endpoint.body
    if name == "Job":
        if not isinstance(content_read, dict):
            raise Problem(400, '"value" must be of type object')
        if content_read.get("type") not in list(JOB_TYPES):
            raise Problem(400, f'"type" must be one of [{", ".join(JOB_TYPES)}]', ("type",))
        content_read = content_read if is_strict else tolerated(content_read)
        name = JOB_TYPES[content_read["type"]]
    _judge(validator(name), content_read, "payload", "")
    return content_read


def _judge(judge: jsonschema_rs.Validator, value: Any, source: str, before: str) -> None:
    error = next(judge.iter_errors(value), None)
    if error is None:
        return
    path = before + ".".join(map(str, error.instance_path))
    keys = _names(error.message) if "required" in error.message or "dditional" in error.message else []
    named = [f"{path}.{key}" if path else key for key in keys] or ([path] if path else [])
    raise Problem(400, f'"{named[0] if named else "value"}" is invalid: {error.message}'[:500], tuple(named), source)


def _names(message: str) -> list[str]:
    """The keys that a message quotes."""
    parts = message.replace('"', "'").split("'")
    return parts[1::2]


def query(endpoint: ServedEndpoint, pairs: list[tuple[str, str]], is_strict: bool) -> dict[str, Any]:
    """The query, each parameter converted to its type. Strictly, unknown parameters are refused."""
    fields: dict[str, Any] = {}
    names = {row.name for row in endpoint.query}
    unknown = tuple(name for name, _ in pairs if name.removesuffix("[]") not in names)
    if unknown and is_strict:
        raise Problem(400, f'"{unknown[0]}" is not allowed', unknown, "query")
    for row in endpoint.query:
        values = [value for name, value in pairs if name in (row.name, row.name + "[]")]
        if not values:
            if row.is_needed:
                raise Problem(400, f'"{row.name}" is required', (row.name,), "query")
            continue
        value = _read(row.schema, values)
        _judge(validator_of(json.dumps(row.schema)), value, "query", row.name)
        fields[row.name] = value
    return fields


def _read(schema: Mapping[str, Any], values: list[str]) -> Any:
    """Texts as the type of value a schema wants; others stay texts, which the schema then refuses."""
    text = values[-1]
    match schema.get("type"):
        case "array":
            return [part for value in values for part in value.split(",") if part]
        case "integer":
            digits = text.removeprefix("-")
            return int(text) if digits.isascii() and digits.isdigit() and len(digits) <= MOST_DIGITS else text
        case "boolean":
            return {"true": True, "false": False, "True": True, "False": False}.get(text, text)
    return text


def part(endpoint: ServedEndpoint, parts: Mapping[str, str]) -> None:
    """Validates the parts of the path."""
    for name, schema in endpoint.parts:
        _judge(validator_of(json.dumps(schema)), parts[name], "params", name)
