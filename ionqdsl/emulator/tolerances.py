"""Accepts fields that IonQ's clients send although the specification refuses them.

Takes a job as it was posted and returns one that the specification accepts; `TOLERATED` lists each change in a row, for
docs/emulator.md. With `strict` nothing is changed, and such jobs are refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ionqdsl.record import record

Row = dict[str, Any]


@record
class Tolerated:
    """A row: the place, the client that sends it, the rule of the specification, and the emulator's action."""

    place: str
    client: str
    says: str
    action: str


TOLERATED = (
    Tolerated("lang", "cirq-ionq", "no such key", "left out"),
    Tolerated("shots", "cirq-ionq", "a number, not a text", "read as a number"),
    Tolerated("input.qubits of `ionq.qasm3.v1`", "qiskit-ionq", "no such key", "left out"),
    Tolerated("noise.seed", "qiskit-ionq", "a number, never null", "null is left out"),
    Tolerated(
        "gate `z` with `rotation`", "qiskit-ionq", "the meaning is open", "a phase gate, with one control at most"
    ),
    Tolerated("native `zz` with `phase`", "cirq-ionq", "the meaning is open", "the angle, in turns"),
)


def tolerated(job: Mapping[str, Any]) -> Row:
    """A job with only the fields that the specification accepts, corrected where clients are known to differ."""
    fields = {key: value for key, value in job.items() if key != "lang"}
    shots, noise, settings = fields.get("shots"), fields.get("noise"), fields.get("input")
    if isinstance(shots, str) and shots.isascii() and shots.isdigit():
        fields["shots"] = int(shots)
    if isinstance(noise, dict) and "seed" in noise and noise["seed"] is None:
        fields["noise"] = {key: value for key, value in noise.items() if key != "seed"}
    if isinstance(settings, dict):
        fields["input"] = _input(settings)
        if job.get("type") == "ionq.qasm3.v1" and "data" in settings:
            fields["input"].pop("qubits", None)
    return fields


def _input(settings: Row) -> Row:
    fields = dict(settings)
    if isinstance(rows := settings.get("circuit"), list):
        fields["circuit"] = _rows(rows)
    if isinstance(entries := settings.get("circuits"), list):
        fields["circuits"] = [
            entry | {"circuit": _rows(entry["circuit"])}
            if isinstance(entry, dict) and isinstance(entry.get("circuit"), list)
            else entry
            for entry in entries
        ]
    return fields


def _rows(rows: list[Any]) -> list[Any]:
    return [made for row in rows for made in (_row(row) if isinstance(row, dict) else [row])]


def _row(row: Row) -> list[Row]:
    gate = row.get("gate")
    if gate == "zz" and "phase" in row and "angle" not in row:
        return [{key: value for key, value in row.items() if key != "phase"} | {"angle": row["phase"]}]
    if gate == "z" and isinstance(row.get("rotation"), int | float):
        return _phase(row)
    return [row]


def _phase(row: Row) -> list[Row]:
    """diag(1, e^{i t}) up to a global phase: rz(t), or under a control rz(t/2) on each and zz(-t/2)."""
    targets = row["targets"] if "targets" in row else [row.get("target")]
    controls = row["controls"] if "controls" in row else [row["control"]] if "control" in row else []
    angle = row["rotation"]
    if not isinstance(targets, list) or not isinstance(controls, list) or len(targets) != 1 or len(controls) > 1:
        return [row]
    if not controls:
        return [{"gate": "rz", "target": targets[0], "rotation": angle}]
    alone = [{"gate": "rz", "target": qubit, "rotation": angle / 2} for qubit in (*controls, *targets)]
    return [*alone, {"gate": "zz", "targets": [*controls, *targets], "rotation": -angle / 2}]
