"""Ledgers: the rows of a valid one with other values, or its bytes, read by every command that reads a ledger.

An input is the rows, the command, and the changes of the file's bytes. A blob is `{"packed": ...}`, which is
compressed as the ledger does it, or `{"bytes": "..."}`.
"""

from __future__ import annotations

import itertools
import json
import sqlite3
import zlib
from hashlib import sha256
from typing import Any

from ionqdsl.cloud.ledger import FILE, MIGRATIONS
from tests.fuzz import changes, places
from tests.fuzz.judging import Kind, data_of

TABLES = {"submissions": 15, "parts": 15, "answers": 3, "facts": 2}
"""Table -> its columns."""
_BODY = '{"type": "ionq.circuit.v1", "backend": "simulator", "input": {"qubits": 2, "circuit": []}}'
_KEEPSAKE = json.dumps(
    {
        "circuits": [
            {"name": "bell", "qubits": 2, "registers": [["q", [0, 1]]], "wires": [["q", 2]], "places": {"h": [8, 9]}}
        ]
    }
)
_JOB = json.dumps({"id": "j-1", "status": "completed", "backend": "simulator", "stats": {"qubits": 2}})
_SUBMISSION = [
    "iq-1", "f", places.URL, "12345678", "simulator", "bell", 100, 1.7e9, None, "bell.qc",
    {"packed": "qubit q[2]\nh q\n"}, {"packed": _KEEPSAKE}, None, None, None,
]  # fmt: skip
_PART = [
    "iq-1", "iq-1", 0, 0, 1, sha256(_BODY.encode()).hexdigest(), {"packed": _BODY}, "confirmed", 1, 1.7e9, "j-1",
    "completed", None, None, None,
]  # fmt: skip
_ANSWERS = [
    [places.URL, "/jobs/j-1", {"packed": _JOB}],
    [places.URL, "/jobs/j-1/results/probabilities", {"packed": '{"0": 0.5, "3": 0.5}'}],
]
_OPEN = ["iq-1", "iq-1", 0, 0, 1, _PART[5], _PART[6], "intended", 0, 1.7e9, None, None, None, None, None]
_DOUBT = [*_OPEN[:7], "doubtful", 1, 1.7e9, None, None, None, 9e9, None]
_DOUBLE = [*_PART[:13], 9e9, "j-2 j-3"]
COMMANDS = (
    ["jobs", "list"], ["jobs", "list", "--json"], ["jobs", "show", "j-1", "iq-1"], ["jobs", "show", "j-1", "--json"],
    ["jobs", "results", "j-1"], ["jobs", "results", "iq-1", "--json"], ["jobs", "wait", "iq-1", "--timeout", "1"],
    ["jobs", "recover"], ["jobs", "recover", "--json"], ["jobs", "wait", "--timeout", "1"], ["jobs", "cancel", "iq-1"],
    ["jobs", "compiled", "j-1"], ["jobs", "variants", "j-1"],
)  # fmt: skip
CORPUS = [
    json.dumps(
        {"words": words, "submissions": [_SUBMISSION], "parts": [part], "answers": _ANSWERS,
         "facts": [["salt", "5a17"]], "version": len(MIGRATIONS), **bytes_}
    )
    for words, part, bytes_ in itertools.product(
        COMMANDS, (_PART, _OPEN, _DOUBT, _DOUBLE), ({}, {"flips": [[100, 1], [5000, 255]]}, {"cut": 9000})
    )
]  # fmt: skip


def _value(given: Any) -> Any:
    match given:
        case {"packed": str() as text}:
            return zlib.compress(text.encode("utf-8", "surrogatepass"), 1)
        case {"bytes": str() as text}:
            return text.encode("utf-8", "surrogatepass")
        case list() | dict():
            return json.dumps(given).encode()
        case int() if not -(2**63) <= given < 2**63:
            return float("inf")
        case str():
            return given.encode("utf-8", "replace").decode()
    return given


def _fresh() -> bytes:
    connection = sqlite3.connect(":memory:")
    for steps in MIGRATIONS:
        for step in steps:
            connection.execute(step)
    connection.execute("DELETE FROM facts")
    connection.commit()
    return bytes(connection.serialize())


_EMPTY = _fresh()


def _file(data: dict[str, Any]) -> bytes:
    connection = sqlite3.connect(":memory:")
    connection.deserialize(_EMPTY)
    connection.execute("PRAGMA ignore_check_constraints = ON")
    for table, width in TABLES.items():
        rows = data.get(table)
        for row in rows if isinstance(rows, list) else []:
            if isinstance(row, list):
                values = [_value(value) for value in (row + [None] * width)[:width]]
                marks = ",".join("?" * width)
                connection.execute(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", values)
    version = data.get("version")
    connection.execute(f"PRAGMA user_version = {version if isinstance(version, int) and abs(version) < 2**31 else 2}")
    connection.commit()
    content = bytearray(connection.serialize())
    connection.close()
    flips, cut = data.get("flips"), data.get("cut")
    for flip in flips if isinstance(flips, list) else []:
        match flip:
            case [int() as at, int() as bits]:
                content[at % len(content)] ^= bits & 255
    if isinstance(cut, int):
        del content[cut % (len(content) + 1) :]
    return bytes(content)


def ledger(text: str) -> None:
    data = data_of(text)
    if not isinstance(data, dict):
        return
    words = data.get("words")
    for path in places.STATE.iterdir():
        path.unlink()
    (places.STATE / FILE).write_bytes(_file(data))
    places.command(words if words in COMMANDS else COMMANDS[len(text) % len(COMMANDS)])


KINDS = {"ledger": Kind(ledger, CORPUS, changes.tree)}
