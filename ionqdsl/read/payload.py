"""Reads a payload: turns the JSON of `POST /v0.4/jobs` back into circuits and settings.

Takes plain data as returned by `json.loads` and returns a `LoweredProgram` or a `FlatCircuit` from which
emit/payload.py writes the same payload. A field without a meaning in the specification is refused rather than guessed;
limits of the service and gates of the machine are not checked here. Angles are the decimals written in the JSON.

The service is laxer than its specification, and other clients rely on it. So null counts as absent, the job's own
numbers may be in quotes, and qubits in a list or alone; native `zz` may call its angle `phase` (cirq-ionq), `z` with a
`rotation` is a phase gate (qiskit-ionq), and cirq-ionq's `lang` is ignored.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from ionqdsl.diagnostics import CompileError, Diagnostic, fail
from ionqdsl.diagnostics.foreign import read_json
from ionqdsl.ir.angle import ZERO, Angle, decimal
from ionqdsl.ir.circuit import MAX_QUBITS, FlatCircuit, Op, Operator
from ionqdsl.ir.gates import GATES, NAMES, Gate
from ionqdsl.ir.job import JOB_KEYS, Job, LoweredProgram
from ionqdsl.ir.operators import anticommuting

TYPES = ("ionq.circuit.v1", "ionq.multi-circuit.v1")
MOST = 20
"""Most problems of one circuit that are reported."""


def parse(content: bytes) -> Any:
    """The JSON of a file or request; raises CompileError if it is invalid."""
    try:
        return read_json(content, _once)
    except ValueError as error:
        raise fail("QC0989", reason=str(error)[:200]) from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys all differ; a repeated key would be ambiguous."""
    fields = dict(pairs)
    if len(fields) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"an object has the key {next(n for n in names if names.count(n) > 1)!r} twice")
    return fields


def program(payload: Any) -> LoweredProgram:
    """The program a payload describes. Raises CompileError with the problems of the first part that has any."""
    body = objected(payload, "payload", ("type", "backend", "input"))
    kind = body["type"]
    if kind not in TYPES:
        reason = "it holds no circuits" if kind == "quantum-function" else "the type is unknown"
        raise fail("QC0988", type=kind, reason=reason, known=" and ".join(f"`{name}`" for name in TYPES))
    job = job_of(body)
    runs = circuits(body["input"], is_multi=kind == TYPES[1])
    named = {circuit.name: circuit for circuit in runs}
    return LoweredProgram(job, named, runs, is_multi=kind == TYPES[1], is_request=True)


def circuits(value: Any, is_multi: bool, names: bool = True) -> list[FlatCircuit]:
    """The circuits of an `input`. With `names`, circuits without a name are called `circuit1` and so on."""
    if not is_multi:
        shown = objected(value, "input", ("gateset", "circuit"), ("qubits",))
        return [circuit(shown["circuit"], shown.get("qubits"), shown["gateset"], path="input")]
    shown = objected(value, "input", ("gateset", "circuits"), ("qubits",))
    result = []
    for number, entry in enumerate(listed(shown["circuits"], "input.circuits")):
        path = f"input.circuits[{number}]"
        entry = objected(entry, path, ("circuit",), ("name", "qubits", "registers", "gateset"))
        width = shown.get("qubits") if entry.get("qubits") is None else entry["qubits"]
        gateset = entry.get("gateset") or shown["gateset"]
        name = entry.get("name") or (f"circuit{number + 1}" if names else "")
        result.append(circuit(entry["circuit"], width, gateset, entry.get("registers"), _text(name, path), path))
    return result


def circuit(
    rows: Any, width: int | None, gateset: Any, registers: Any = None, name: str = "main", path: str = "input"
) -> FlatCircuit:
    """One circuit: its list of gates, with `width` qubits or as many as are named. Raises CompileError."""
    if not isinstance(gateset, str) or gateset not in NAMES:
        raise fail("QC0982", path=f"{path}.gateset", wanted="`qis` or `native`", found=shown(gateset))
    if width is not None:
        width = _whole(width, f"{path}.qubits", 1, MAX_QUBITS)
    problems: list[Diagnostic] = []
    op_of: dict[Any, Op] = {}
    ops = []
    for number, row in enumerate(listed(rows, f"{path}.circuit")):
        key = _key(row)
        op = op_of.get(key) if key is not None else None
        if op is None:
            try:
                op = gate(row, gateset, f"{path}.circuit[{number}]", width)
            except CompileError as error:
                problems += error.diagnostics
                if len(problems) >= MOST:
                    break
                continue
            if key is not None:
                op_of[key] = op
        ops.append(op)
    if problems:
        raise CompileError(problems)
    if width is None:
        width = 1 + max((qubit for op in ops for qubit in op.qubits), default=0)
    slots = _registers(registers, f"{path}.registers", width)
    return FlatCircuit(width, name, gateset, ops, [None] * len(ops), slots)


def _key(row: Any) -> Any:
    """The cache key that equal rows share, None for an object that is not a row."""
    if not isinstance(row, dict):
        return None
    return repr(row)


class _Row(NamedTuple):
    """A gate object and its place, for messages."""

    value: Mapping[str, Any]
    path: str


def gate(row: Any, gateset: str, path: str, width: int | None = None) -> Op:
    """One gate object as a row. `width` is the number of qubits, None if that is open."""
    if not isinstance(row, dict):
        raise fail("QC0982", path=path, wanted="an object", found=shown(row))
    row = _spelled(row, gateset)
    if "gate" not in row:
        raise fail("QC0980", path=f"{path}.gate")
    key = NAMES[gateset].get(row["gate"]) if isinstance(row["gate"], str) else None
    if key == "z" and "rotation" in row:
        key = "p"
    elif key is None or GATES[key].payload_name is None:
        names = " ".join(name for name, key in NAMES[gateset].items() if GATES[key].payload_name is not None)
        raise fail("QC0983", path=path, gate=row["gate"], gateset=gateset, known=names)
    fields = _Row(row, path)
    taken = {"gate", "target", "targets"} | ({"control", "controls"} if gateset == "qis" else set())
    if key == "pauliexp":
        return _evolution(fields, taken, width)
    row_of = GATES[key]
    wire = ("rotation",) if key == "p" else row_of.payload_keys
    angles = _angles(row_of, wire, fields)
    _no_others(fields, taken | set(wire))
    controls = _qubits(fields, "control", width)
    targets = _qubits(fields, "target", width)
    wanted = row_of.operands - row_of.controls
    if len(targets) != wanted:
        raise fail("QC0984", path=path, gate=row["gate"], wanted=_counted(wanted, "target"), found=len(targets))
    if len(controls) < row_of.controls:
        raise fail("QC0984", path=path, gate=row["gate"], wanted="a control and a target", found=len(targets))
    _different(fields, (*controls, *targets))
    return Op(key, (*controls, *targets), angles, len(controls) - row_of.controls)


def _spelled(row: Mapping[str, Any], gateset: str) -> Mapping[str, Any]:
    """A gate object without null fields, and in the specification's spelling if a client has its own."""
    fields = {key: value for key, value in row.items() if value is not None}
    if gateset == "native" and fields.get("gate") == "zz" and "phase" in fields and "angle" not in fields:
        fields["angle"] = fields.pop("phase")
    return fields


def _angles(row_of: Gate, wire: tuple[str, ...], row: _Row) -> tuple[Angle, ...]:
    """The parameters: those that share a key come from its list; an optional last one defaults."""
    angles = []
    for place, (parameter, key) in enumerate(zip(row_of.parameters, wire, strict=True)):
        if key not in row.value:
            if parameter.default is None:
                raise fail("QC0980", path=f"{row.path}.{key}")
            angles.append(Angle(parameter.default))
            continue
        value = row.value[key]
        if (many := wire.count(key)) > 1:
            if not isinstance(value, list) or len(value) != many:
                raise fail("QC0982", path=f"{row.path}.{key}", wanted=f"a list of {many} numbers", found=shown(value))
            value = value[wire[:place].count(key)]
        number = number_of(value, f"{row.path}.{key}")
        angles.append(Angle(number) if parameter.unit == "turn" else Angle(0, number))
    return tuple(angles)


def _evolution(row: _Row, taken: set[str], width: int | None) -> Op:
    """`pauliexp`: the rightmost letter of a term acts on the first target."""
    _no_others(row, (taken - {"control", "controls"}) | {"terms", "coefficients", "time"})
    targets = _qubits(row, "target", width)
    _different(row, targets)
    for key in ("terms", "coefficients", "time"):
        if key not in row.value:
            raise fail("QC0980", path=f"{row.path}.{key}")
    letters = listed(row.value["terms"], f"{row.path}.terms")
    factors = listed(row.value["coefficients"], f"{row.path}.coefficients")
    if len(factors) != len(letters):
        wanted = _counted(len(letters), "number")
        raise fail("QC0982", path=f"{row.path}.coefficients", wanted=wanted, found=_counted(len(factors), "number"))
    terms: dict[tuple[tuple[str, int], ...], Any] = {}
    for number, (text, factor) in enumerate(zip(letters, factors, strict=True)):
        place = f"{row.path}.terms[{number}]"
        if not isinstance(text, str) or len(text) != len(targets) or set(text) - set("IXYZ"):
            raise fail("QC0982", path=place, wanted=f"{len(targets)} letters of I, X, Y and Z", found=shown(text))
        product = tuple((letter, index) for index, letter in enumerate(reversed(text)) if letter != "I")
        value = number_of(factor, f"{row.path}.coefficients[{number}]")
        terms[product] = terms.get(product, 0) + value
    operator = Operator(tuple(sorted(terms.items())))
    if pair := anticommuting(operator):
        first, second = ("".join(f"{letter}{index}" for letter, index in product) for product in pair)
        raise fail("QC0987", path=row.path, first=first, second=second)
    time = number_of(row.value["time"], f"{row.path}.time")
    return Op("pauliexp", targets, (Angle(0, time) if time else ZERO,), operator=operator)


def _qubits(row: _Row, key: str, width: int | None) -> tuple[int, ...]:
    """The qubits under `target` or `targets`, `control` or `controls`."""
    names = [name for name in (key, key + "s") if name in row.value]
    if len(names) > 1:
        raise fail("QC0981", path=f"{row.path}.{key}")
    return tuple(
        _qubit(qubit, f"{row.path}.{name}", width)
        for name in names
        for qubit in (row.value[name] if isinstance(row.value[name], list) else [row.value[name]])
    )


def _qubit(value: Any, path: str, width: int | None) -> int:
    qubit = _whole(value, path, 0, MAX_QUBITS - 1)
    if width is not None and qubit >= width:
        raise fail("QC0985", path=path, qubit=qubit, width=_counted(width, "qubit"), indices=range(width))
    return qubit


def _different(row: _Row, qubits: tuple[int, ...]) -> None:
    for place, qubit in enumerate(qubits):
        if qubit in qubits[:place]:
            raise fail("QC0986", path=row.path, qubit=qubit)


def _registers(value: Any, path: str, width: int) -> tuple[tuple[str, tuple[int | None, ...]], ...]:
    if value is None:
        return ()
    registers = []
    for name, slots in objected(value, path, (), None).items():
        place = f"{path}.{name}"
        registers.append((name, tuple(None if s is None else _qubit(s, place, width) for s in listed(slots, place))))
    return tuple(registers)


# --- settings ------------------------------------------------------------------------------------------------------


def job_of(body: Mapping[str, Any]) -> Job:
    """All fields except `type` and `input`, by dotted path."""
    job = Job()
    for path, value in _flat({key: value for key, value in body.items() if key not in ("type", "input", "lang")}, ""):
        job.set(path, value)
    return job


_KINDS: dict[str, tuple[str, tuple[type, ...]]] = {
    "string": ("a text", (str,)),
    "integer": ("a whole number", (int,)),
    "number": ("a number", (int, float)),
    "boolean": ("true or false", (bool,)),
}


def _flat(block: Mapping[str, Any], before: str) -> Iterable[tuple[str, Any]]:
    for name, value in block.items():
        if value is None:
            continue
        path = before + name
        key = JOB_KEYS.get(path)
        if before == "metadata.":
            wanted, kinds = _KINDS["string"]
        elif key is None:
            raise fail("QC0981", path=path)
        elif key.type in ("block", "strings"):
            yield from _flat(objected(value, path, (), None), path + ".")
            continue
        else:
            wanted, kinds = _KINDS[key.type]
            value = _number(value, kinds) if key.type in ("integer", "number") else value
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            raise fail("QC0982", path=path, wanted=wanted, found=shown(value))
        yield path, value


# --- JSON ----------------------------------------------------------------------------------------------------------


def objected(value: Any, path: str, needed: tuple[str, ...], others: tuple[str, ...] | None = ()) -> Mapping[str, Any]:
    """An object with the keys it needs; `others` are its optional keys (None: any)."""
    if not isinstance(value, dict):
        raise fail("QC0982", path=path, wanted="an object", found=shown(value))
    before = "" if path == "payload" else path + "."
    missing = [Diagnostic("QC0980", facts={"path": before + key}) for key in needed if value.get(key) is None]
    if missing:
        raise CompileError(missing)
    if others is not None and path != "payload":
        unknown = [key for key in value if key not in (*needed, *others) and value[key] is not None]
        if unknown:
            raise CompileError([Diagnostic("QC0981", facts={"path": before + str(key)}) for key in unknown])
    return value


def _no_others(row: _Row, keys: set[str]) -> None:
    unknown = [key for key in row.value if key not in keys]
    if unknown:
        raise CompileError([Diagnostic("QC0981", facts={"path": f"{row.path}.{key}"}) for key in unknown])


def listed(value: Any, path: str) -> list[Any]:
    """A list, as it is."""
    if not isinstance(value, list):
        raise fail("QC0982", path=path, wanted="a list", found=shown(value))
    return value


def _text(value: Any, path: str) -> str:
    if not isinstance(value, str):
        raise fail("QC0982", path=f"{path}.name", wanted="a text", found=shown(value))
    return value


_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?", re.ASCII)


def _number(value: Any, kinds: tuple[type, ...]) -> Any:
    """A number in quotes as a number; if a whole one is wanted, 2.0 is 2. Other values unchanged."""
    if isinstance(value, str) and len(value) <= 400 and _NUMBER.fullmatch(value):
        value = json.loads(value)
    if isinstance(value, float) and float not in kinds and value.is_integer():
        value = int(value)
    return value


def _whole(value: Any, path: str, least: int, most: int) -> int:
    """A whole number; in JSON, 2.0 is one."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise fail("QC0982", path=path, wanted=f"a whole number from {least} to {most}", found=shown(value))
    return value


def number_of(value: Any, path: str) -> Any:
    """The decimal as written."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value or abs(value) == float("inf"):
        raise fail("QC0982", path=path, wanted="a number", found=shown(value))
    return decimal(value)


def shown(value: Any) -> str:
    """A value as JSON, shortened."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return f"`{text if len(text) <= 60 else text[:57] + '...'}`"


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
