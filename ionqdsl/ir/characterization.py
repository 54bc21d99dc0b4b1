"""Reads a machine's characterization: measured fidelities of its gates, and durations.

Takes the service's JSON text (an object, or a page of several) and returns a `Characterization`. Unknown keys are
ignored, missing ones are None, and an impossible value is refused with its key. Nothing is estimated here; published
figures of each machine are in targets.py.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from ionqdsl.diagnostics import Diagnostic, UsageError
from ionqdsl.diagnostics.foreign import read_json
from ionqdsl.record import Any, record


@record
class Characterization:
    """Fidelities are in (0, 1], times in seconds; unknown values are None.

    `spam` is the fidelity of preparing and reading one qubit. `pairs` are the pairs of qubits, smaller one first, that
    a two-qubit gate may act on, None if it may act on all. `native_gates` are those that the record lists. `source`
    says where the figures come from. The service gives one median for all qubits and pairs, and nothing about how a
    two-qubit gate's error depends on its angle.
    """

    source: str
    backend: str | None = None
    one_qubit: float | None = None
    two_qubit: float | None = None
    spam: float | None = None
    one_qubit_seconds: float | None = None
    two_qubit_seconds: float | None = None
    readout_seconds: float | None = None
    reset_seconds: float | None = None
    t1_seconds: float | None = None
    t2_seconds: float | None = None
    pairs: frozenset[tuple[int, int]] | None = None
    native_gates: tuple[str, ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        """The keys without a value, spelled as in the service's record."""
        return tuple(".".join(path) for field, *path in KEYS if getattr(self, field) is None)


KEYS = (
    ("one_qubit", "fidelity", "1q"),
    ("two_qubit", "fidelity", "2q"),
    ("spam", "fidelity", "spam"),
    ("one_qubit_seconds", "timing", "1q"),
    ("two_qubit_seconds", "timing", "2q"),
    ("readout_seconds", "timing", "readout"),
    ("reset_seconds", "timing", "reset"),
    ("t1_seconds", "timing", "t1"),
    ("t2_seconds", "timing", "t2"),
)
"""Field, group and key."""

LONGEST = 3.2e7
"""Largest T1 and T2 in seconds; gates, readout and reset take less than a second."""

NEEDED = ("one_qubit", "two_qubit")
"""Values required to compare circuits."""


def parse(text: str, name: str) -> Characterization:
    """The characterization in a text; if there are several, the latest one. Raises UsageError with all faults."""
    import json  # imported late: few commands need it

    try:
        content = read_json(text)
    except ValueError as error:
        reason = f"line {error.lineno}: {error.msg}" if isinstance(error, json.JSONDecodeError) else str(error)
        raise _refused("QC0612", path=name, reason=reason[:1].lower() + reason[1:]) from None
    return of_record(content, name)


def of_record(content: Any, name: str) -> Characterization:
    """The characterization in a record of the service, or in a page of several, as plain data; see `parse`."""
    records = content.get("characterizations") if isinstance(content, Mapping) else None
    if isinstance(records, list):
        dated = [entry for entry in records if isinstance(entry, Mapping)]
        content = max(dated, key=lambda entry: str(entry.get("date", "")), default=None)
    if not isinstance(content, Mapping) or not ("fidelity" in content or "timing" in content):
        raise _refused("QC0612", path=name, reason="neither `fidelity` nor `timing` is in it")
    values: dict[str, float | None] = {}
    wrong: list[Diagnostic] = []
    for field, group, key in KEYS:
        try:
            values[field] = _value(content, group, key)
        except ValueError as error:
            wrong.append(Diagnostic("QC0614", facts={"path": name, "key": f"{group}.{key}", "reason": str(error)}))
    try:
        pairs = _pairs(content.get("connectivity"), content.get("qubits"))
    except ValueError as error:
        wrong.append(Diagnostic("QC0614", facts={"path": name, "key": "connectivity", "reason": str(error)}))
        pairs = None
    t1, t2 = values.get("t1_seconds"), values.get("t2_seconds")
    if t1 and t2 and t2 > 2 * t1:
        reason = f"{t2:g} s is more than twice T1, {t1:g} s, which no qubit can have"
        wrong.append(Diagnostic("QC0614", facts={"path": name, "key": "timing.t2", "reason": reason}))
    for field, group, key in KEYS:
        if field in NEEDED and field in values and values[field] is None:
            wrong.append(Diagnostic("QC0613", facts={"path": name, "key": f"{group}.{key}"}))
    if wrong:
        raise UsageError(wrong)
    backend, date = (content.get(key) if isinstance(content.get(key), str) else None for key in ("backend", "date"))
    source = ", ".join(filter(None, (name, backend, date and date[:10])))
    gates = content.get("supported_native_gates")
    names = tuple(gate for gate in gates if isinstance(gate, str)) if isinstance(gates, list) else ()
    return Characterization(source, backend, **values, pairs=pairs, native_gates=names)


def _pairs(rows: Any, qubits: Any) -> frozenset[tuple[int, int]] | None:
    """The connected pairs; None if none or all are listed, which means all."""
    if rows is None or rows == []:
        return None
    if not isinstance(rows, list):
        raise ValueError("it is not a list of pairs")
    pairs = set()
    for row in rows:
        if not (isinstance(row, list) and len(row) == 2 and all(_is_qubit(qubit) for qubit in row)):
            raise ValueError(f"`{str(row)[:40]}` is not a pair of qubits")
        low, high = sorted(map(int, row))
        if low != high:
            pairs.add((low, high))
    count = qubits if type(qubits) is int else 1 + max((high for _, high in pairs), default=0)
    return None if len(pairs) == count * (count - 1) // 2 else frozenset(pairs)


def _is_qubit(value: Any) -> bool:
    return not isinstance(value, bool) and isinstance(value, int | float) and value >= 0 and value == value // 1


def _value(content: Mapping[str, Any], group: str, key: str) -> float | None:
    """A fidelity or a time: a number, or an object with its median (or, in older records, its mean)."""
    part = content.get(group)
    entry = part.get(key) if isinstance(part, Mapping) else None
    if isinstance(entry, Mapping):
        entry = entry["median"] if entry.get("median") is not None else entry.get("mean")
    if entry is None:
        return None
    if isinstance(entry, bool) or not isinstance(entry, int | float):
        raise ValueError(f"`{str(entry)[:40]}` is not a number")
    value = float(max(min(entry, 1e9), -1e9))  # within these, every integer fits into a float
    if math.isnan(value) or value <= 0:
        raise ValueError(f"{value:g} is not above 0")
    if group == "fidelity" and value > 1:
        raise ValueError(f"{value:g} is more than 1: fidelities are fractions, such as 0.996")
    if group == "timing" and value > (LONGEST if key in ("t1", "t2") else 1):
        span = "a year" if key in ("t1", "t2") else "a second"
        raise ValueError(f"{value:g} is more than {span}: times are in seconds")
    return value


def _refused(code: str, **facts: Any) -> UsageError:
    return UsageError([Diagnostic(code, facts=facts)])
