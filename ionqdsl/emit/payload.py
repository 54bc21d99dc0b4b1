"""The payload: the JSON that the service's `POST /v0.4/jobs` takes.

Takes a `LoweredProgram` whose circuits are ready to send and a payload profile, and returns plain dicts (`payload`) or
the bytes of the request (`request`, `body`), always the same for the same input. Nothing is compiled here, and a
program that the service would refuse is refused before anything is built (limits.py).

Keys have a fixed order, that of the service's own examples:

    job       type name metadata shots backend session_id settings dry_run noise input
    input     qubits gateset circuit | gateset qubits circuits | data | data params | type data params
    circuits  name gateset qubits registers circuit
    gate      gate target(s) control(s) rotation | phase | phases angle | terms coefficients time

Fields that all circuits of a job share are written once, in `input`: `qubits` if all have the same number (otherwise
each circuit has its own), and the commonest `gateset` (native in a tie), which a circuit repeats only if it differs. A
setting that was not written is not sent.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from functools import lru_cache, partial
from io import BytesIO
from typing import Any, NamedTuple

from ionqdsl.diagnostics import CompileError, Diagnostic, InternalError
from ionqdsl.emit import dynamic
from ionqdsl.emit.limits import check
from ionqdsl.emit.plain_text import LineStyle, LineTemplate, template, written
from ionqdsl.emit.qasm3 import ansatz_text
from ionqdsl.garbage import uncollected
from ionqdsl.ir.angle import Angle, Exact
from ionqdsl.ir.circuit import BARRIER, FlatCircuit, Op, Operator
from ionqdsl.ir.gates import GATES, NAMES, Gate
from ionqdsl.ir.job import JOB_KEYS, Energy, EnvironmentVariable, Function, Job, LoweredProgram, Value
from ionqdsl.ir.plain_rows import LineForm, PlainRows
from ionqdsl.ir.targets import PROFILES, PayloadProfile
from ionqdsl.record import changed

Payload = dict[str, Any]
Row = dict[str, Any]

ORDER = ("type", "name", "metadata", "shots", "backend", "session_id", "settings", "dry_run", "noise")
"""The job's keys in their order; `input` follows."""

QASM3 = "ionq.qasm3.v1"
"""The type of a job with measurements in the middle, which has a circuit written by dynamic.py."""

_DEFAULT = PROFILES["v0.4"]


def payload(
    program: LoweredProgram,
    profile: PayloadProfile = _DEFAULT,
    environment: Mapping[str, str] | None = None,
    target: str | None = None,
) -> Payload:
    """The payload as fresh plain dicts, lists, strings and numbers.

    `environment` gives the values of `env("NAME")`; without it they stay visible as that text. `target` is the name of
    the machine it was compiled for. Raises `CompileError` with every problem of the program at once.
    """
    program = with_register_names(program)
    check(program, profile, environment, target)
    result = _head(program, environment)
    if program.energy:
        result["input"] = _energy(program.energy)
    elif program.function:
        result["input"] = _function(program.function, environment)
    elif result["type"] == QASM3:
        result["input"] = {"data": dynamic.text(program.runs[0])}
    elif result["type"] == "ionq.multi-circuit.v1":
        shared, entries = _entries(program.runs)
        result["input"] = shared
        pairs = zip(entries, program.runs, strict=True)
        shared["circuits"] = [entry | {"circuit": _rows(circuit, profile)} for entry, circuit in pairs]
    else:
        (circuit,) = program.runs
        result["input"] = {"qubits": circuit.width, "gateset": circuit.gateset, "circuit": _rows(circuit, profile)}
    return result


def request(
    program: LoweredProgram,
    profile: PayloadProfile = _DEFAULT,
    environment: Mapping[str, str] | None = None,
    *,
    checked: bool = False,
) -> bytes:
    """The same bytes as `body(payload(...))`, faster: one piece of JSON per distinct row instead of a dict per row.

    `checked` says that limits.py has already checked the program.
    """
    with uncollected():
        return _request(program, profile, environment, checked)


def _request(
    program: LoweredProgram, profile: PayloadProfile, environment: Mapping[str, str] | None, checked: bool
) -> bytes:
    program = with_register_names(program)
    if not checked:
        check(program, profile, environment)
    head = _head(program, environment)
    if program.energy:
        return body(head | {"input": _energy(program.energy)}, profile)
    if program.function:
        return body(head | {"input": _function(program.function, environment)}, profile)
    if head["type"] == QASM3:
        return body(head | {"input": {"data": dynamic.text(program.runs[0])}}, profile)
    if head["type"] == "ionq.multi-circuit.v1":
        shared, entries = _entries(program.runs)
        texts_of: dict[str, dict[int, str]] = {gateset: {} for gateset in NAMES}
        entries_text = (
            _nested(entry, "circuit", _rows_text(circuit, profile, texts_of[circuit.gateset]))
            for entry, circuit in zip(entries, program.runs, strict=True)
        )
        inner = _nested(shared, "circuits", _listed(entries_text))
    else:
        (circuit,) = program.runs
        single = {"qubits": circuit.width, "gateset": circuit.gateset}
        inner = _nested(single, "circuit", _rows_text(circuit, profile, {}))
    stream = BytesIO()
    for text in _nested(head, "input", inner):
        stream.write(text.encode())
    return _measured(stream.getvalue(), profile)


def body(payload: Mapping[str, Any], profile: PayloadProfile = _DEFAULT) -> bytes:
    """The bytes of the request: compact JSON in UTF-8, keys in the payload's order.

    Raises `CompileError` if the request is larger than the service reads.
    """
    return _measured(_json(payload).encode(), profile)


def _measured(content: bytes, profile: PayloadProfile) -> bytes:
    if len(content) > profile.max_bytes:
        raise CompileError([Diagnostic("QC0731", None, {"size": len(content), "most": profile.max_bytes})])
    return content


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _nested(value: Mapping[str, Any], last: str, inner: Iterable[str]) -> Iterator[str]:
    """The JSON of an object with one more key at its end, whose value is already JSON, in pieces."""
    yield f'{_json(value)[:-1]},"{last}":'
    yield from inner
    yield "}"


def _listed(items: Iterable[Iterable[str]]) -> Iterator[str]:
    """The JSON of a list of things that are already JSON, in pieces."""
    between = "["
    for item in items:
        yield between
        yield from item
        between = ","
    yield "]" if between == "," else "[]"


# --- the job -------------------------------------------------------------------------------------------------------


def _head(program: LoweredProgram, environment: Mapping[str, str] | None) -> Payload:
    """Everything but the input."""
    head: Payload = {"type": type_of(program), "backend": "simulator"}
    for path, key in JOB_KEYS.items():
        value = _value(program.job.get(path), environment)
        if value is not None and key.type not in ("block", "strings"):
            block = head
            *outer, name = path.split(".")
            for part in outer:
                block = block.setdefault(part, {})
            block[name] = value
    if head["type"] == QASM3:
        head.setdefault("settings", {}).setdefault("compilation", {})
        head["settings"]["compilation"].setdefault("service_version", dynamic.SERVICE_VERSION)
    if metadata := _metadata(program.job, environment):
        head["metadata"] = metadata
    return {key: head[key] for key in ORDER if key in head}


def type_of(program: LoweredProgram) -> str:
    """The type of job that a program makes: one with measurements in the middle if there is only that circuit."""
    if program.energy or program.function:
        return "quantum-function"
    if len(program.runs) == 1 and program.runs[0].is_dynamic:
        return QASM3
    several = program.is_multi or len(program.runs) > 1 or any(circuit.registers for circuit in program.runs)
    return "ionq.multi-circuit.v1" if several else "ionq.circuit.v1"


def with_register_names(program: LoweredProgram) -> LoweredProgram:
    """The program with the names of its registers in the job's metadata, if its text has to have others.

    A map that the job has already is of another program, perhaps of the one that this was before it was changed.
    """
    path = f"metadata.{dynamic.NAMES_KEY}"
    names = dynamic.name_map(program.runs[0]) if type_of(program) == QASM3 else None
    if names == program.job.get(path):
        return program
    settings = {key: value for key, value in program.job.settings.items() if key != path}
    job = Job(settings)
    if names is not None:
        job.set(path, names)
    return changed(program, job=job)


def _metadata(job: Job, environment: Mapping[str, str] | None) -> dict[str, str]:
    start = "metadata."
    notes = {path.removeprefix(start): job.get(path) for path in job.settings if path.startswith(start)}
    return {key: _value(value, environment) for key, value in notes.items() if value is not None}


def _value(value: Value, environment: Mapping[str, str] | None) -> Any:
    """A setting as JSON: numbers as they were written, the environment's values if they are known."""
    match value:
        case EnvironmentVariable(name=name):
            return str(value) if environment is None else environment[name]
        case Fraction():
            return number(value)
        case float():
            return value or 0.0  # no -0.0
        case dict():
            return {key: _value(item, environment) for key, item in value.items()}
        case list() | tuple():
            return [_value(item, environment) for item in value]
    return value


# --- circuits ------------------------------------------------------------------------------------------------------


def _entries(circuits: list[FlatCircuit]) -> tuple[Payload, list[Payload]]:
    """The fields that the circuits of a job share, and the fields of each, both still without the circuits' rows."""
    native = sum(circuit.gateset == "native" for circuit in circuits)
    shared: Payload = {"gateset": "native" if 2 * native >= len(circuits) else "qis"}
    widths = {circuit.width for circuit in circuits}
    if len(widths) == 1:
        shared["qubits"] = circuits[0].width
    entries = []
    for circuit in circuits:
        entry: Payload = {"name": circuit.name}
        if circuit.gateset != shared["gateset"]:
            entry["gateset"] = circuit.gateset
        if len(widths) > 1:
            entry["qubits"] = circuit.width
        if circuit.registers:
            entry["registers"] = {name: list(slots) for name, slots in circuit.registers}
        entries.append(entry)
    return shared, entries


def _rows(circuit: FlatCircuit, profile: PayloadProfile) -> list[Row]:
    """A fresh dict for every row that is sent."""
    distinct = {id(op): op for op in circuit.rows}
    objects = {key: gate_object(op, circuit.gateset, profile) for key, op in distinct.items()}
    sent = (objects[id(op)] for op in circuit.rows)
    return [{key: value[:] if type(value) is list else value for key, value in row.items()} for row in sent if row]


def _rows_text(circuit: FlatCircuit, profile: PayloadProfile, texts: dict[int, str]) -> Iterator[str]:
    """The JSON of all rows in pieces. `texts` keeps the JSON of rows already seen, by identity: the rows outlive it."""
    return _listed([",".join(found)] for found in _row_texts(circuit, profile, texts) if found)


def _row_texts(circuit: FlatCircuit, profile: PayloadProfile, texts: dict[int, str]) -> Iterator[list[str]]:
    """The JSON of the rows that are sent, some thousand at a time."""
    gateset, row_text = circuit.gateset, partial(_row_text, gateset=circuit.gateset, profile=profile)
    for part in circuit.parts:
        if isinstance(part, PlainRows):
            yield from written(part, partial(_line_template, gateset=gateset, profile=profile), row_text, _STYLE)
            continue
        for key, op in {id(op): op for op in part.rows if id(op) not in texts}.items():
            texts[key] = row_text(op)
        for begin in range(0, len(part.rows), _AT_ONCE):
            yield [*filter(None, [texts[id(op)] for op in part.rows[begin : begin + _AT_ONCE]])]


_STYLE = LineStyle(",", is_json=True)
_AT_ONCE = 1 << 14
"""Rows that are written together."""


def _line_template(form: LineForm, gateset: str, profile: PayloadProfile) -> LineTemplate | None:
    """The JSON of plain lines; None if a number in it is not the angle in radians alone."""
    texts = []
    for op in form.rows:
        if not any(angle.terms for angle in op.angles):
            texts.append(_row_text(op, gateset, profile).replace("%", "%%"))
            continue
        fields = _FIELDS[op.gate]
        if len(fields) != 1 or fields[0].read is not _radians or fields[0].default is not None:
            return None
        frame = _frame_text(op.gate, op.qubits, op.controls, gateset, profile.nop_time).replace("%", "%%")
        texts.append(f'{frame},"{fields[0].key}":%r}}')
    return template(form, [text for text in texts if text], _STYLE)


def _row_text(op: Op, gateset: str, profile: PayloadProfile) -> str:
    """The JSON of `gate_object`; the part before the parameters is made once for each gate and its qubits."""
    name, qubits, angles, controls, *_ = op
    if name == BARRIER or name == "pauliexp":
        row = gate_object(op, gateset, profile)
        return _json(row) if row else ""
    frame = _frame_text(name, qubits, controls, gateset, profile.nop_time)
    fields = _FIELDS[name]
    if not angles or not fields:
        return f"{frame}}}"
    if len(fields) == 1 and fields[0].default is None and fields[0].key != "phases":
        return f'{frame},"{fields[0].key}":{fields[0].read(angles[0])!r}}}'
    parameters = [
        f',"{key}":{value!r}' if type(value) is not list else f',"{key}":[{",".join(map(repr, value))}]'
        for key, value in _parameters(name, angles)
    ]
    return f"{frame}{''.join(parameters)}}}"


@lru_cache(maxsize=1 << 16)
def _frame_text(name: str, qubits: tuple[int, ...], controls: int, gateset: str, nop_time: bool) -> str:
    return _json(_frame(name, qubits, controls, gateset, nop_time))[:-1]


def gate_object(op: Op, gateset: str = "qis", profile: PayloadProfile = _DEFAULT) -> Row | None:
    """One row as the service spells it, None for a row that is not sent (a barrier, evolution for no time).

    One target is `target`, several are `targets`; one control is `control`, several are `controls`. A parameter with a
    default (the angle of `ms`) is omitted if it has that value. Raises `InternalError` for a row that a pass should
    have rewritten, `Unbound` for one with open parameters.
    """
    if op.gate == BARRIER:
        return None
    if op.gate == "pauliexp":
        return _evolution(op, profile)
    return _frame(op.gate, op.qubits, op.controls, gateset, profile.nop_time) | dict(_parameters(op.gate, op.angles))


def _frame(name: str, qubits: tuple[int, ...], controls: int, gateset: str, nop_time: bool) -> Row:
    """The gate and the qubits of a row."""
    gate = GATES[name]
    if gate.gateset != gateset or gate.payload_name is None:
        raise _misplaced(f"`{name}` in a {gateset} circuit")
    if controls and gateset == "native":
        raise _misplaced(f"`{name}` with controls")
    if name == "nop" and not nop_time:
        raise _misplaced("`nop` without a field for its time")
    first = controls + gate.controls
    result: Row = {"gate": gate.payload_name}
    for key, placed in (("target", qubits[first:]), ("control", qubits[:first])):
        if len(placed) == 1:
            result[key] = placed[0]
        elif placed:
            result[key + "s"] = list(placed)
    return result


def _parameters(name: str, angles: tuple[Angle, ...]) -> list[tuple[str, Any]]:
    """The parameters by their keys; those that share a key become a list."""
    result: list[tuple[str, Any]] = []
    for (key, read, default), angle in zip(_FIELDS[name], angles, strict=False):
        value = read(angle)
        if key == "phases":
            if result:
                result[0][1].append(value)
            else:
                result.append((key, [value]))
        elif value != default:
            result.append((key, value))
    return result


def _phase(angle: Angle) -> int | float:
    """A phase in turns. The service documents -1 to 1; others are brought into that range, which changes nothing."""
    value = angle.in_turns()
    if abs(value) > 1:
        value = angle.reduced().in_turns()  # exact in the turns
    return number(math.remainder(value, 1) if abs(value) > 1 else value)


def _radians(angle: Angle) -> int | float:
    value = angle.in_radians()
    return number(value) if value.is_integer() else value


def _turns(angle: Angle) -> int | float:
    return number(angle.in_turns())


class _Field(NamedTuple):
    """A parameter's key, the function that makes its number, and the number that is omitted (None: none is)."""

    key: str
    read: Callable[[Angle], int | float]
    default: float | None


def _fields(gate: Gate) -> tuple[_Field, ...]:
    return tuple(
        _Field(
            key,
            _phase if key.startswith("phase") else _turns if parameter.unit == "turn" else _radians,
            None if parameter.default is None else float(parameter.default),
        )
        for key, parameter in zip(gate.payload_keys, gate.parameters, strict=False)
    )


_FIELDS = {gate.key: _fields(gate) for gate in GATES.values()}


def _evolution(op: Op, profile: PayloadProfile) -> Row | None:
    """`pauliexp` as IonQ's clients send it: the rightmost letter acts on the first target, time is not negative."""
    if not profile.pauliexp or op.operator is None or op.operator.steps or op.controls:
        raise _misplaced("`pauliexp` that has to be written as other gates")
    time = number(op.angles[0].in_radians())
    terms = pauli_terms(op.operator, len(op.qubits))
    if not time or not terms:
        return None
    return {
        "gate": "pauliexp",
        "targets": list(op.qubits),
        "terms": [letters for letters, _ in terms],
        "coefficients": [number(-factor if time < 0 else factor) for _, factor in terms],
        "time": abs(time),
    }


def _misplaced(what: str) -> InternalError:
    return InternalError([Diagnostic("QC0790", None, {"what": what})])


# --- quantum functions ---------------------------------------------------------------------------------------------


def _energy(energy: Energy) -> Payload:
    data: Payload = {
        "hamiltonian": [
            {"pauli_string": letters, "coefficient": number(factor)}
            for letters, factor in pauli_terms(energy.hamiltonian, energy.ansatz.width)
        ],
        "ansatz": {"data": ansatz_text(energy.ansatz, energy.parameters)},
    }
    if energy.linear_constraints is not None:
        data["linear_constraints"] = [
            {"coeffs": _numbers(coeffs), "rhs": number(rhs)} for coeffs, rhs in energy.linear_constraints
        ]
    if energy.quadratic_constraints is not None:
        data["quadratic_constraints"] = [
            {"quadratic_coeff": [_numbers(row) for row in square], "linear_coeff": _numbers(line), "rhs": number(rhs)}
            for square, line, rhs in energy.quadratic_constraints
        ]
    for key in ("penalty", "cvar_alpha"):
        if (value := getattr(energy, key)) is not None:
            data[key] = number(value)
    result: Payload = {"data": {"type": "hamiltonian-energy", "data": data}}
    if energy.params is not None:
        result["params"] = _numbers(energy.params)
    return result


def _function(function: Function, environment: Mapping[str, str] | None) -> Payload:
    result: Payload = {"type": function.type, "data": _value(function.data, environment)}
    if function.params is not None:
        result["params"] = _numbers(function.params)
    return result


def pauli_terms(operator: Operator, width: int) -> list[tuple[str, Exact]]:
    """The terms except the identity as strings of `width` letters, the rightmost being qubit 0."""
    result = []
    for product, factor in operator.terms:
        if product:
            letters = ["I"] * width
            for letter, index in product:
                letters[width - 1 - index] = letter
            result.append(("".join(letters), factor))
    return result


def _numbers(values: tuple[float, ...]) -> list[int | float]:
    return [number(value) for value in values]


def number(value: Exact) -> int | float:
    """The nearest JSON number, a whole one without a point: `0`, never `0.0` or `-0.0`."""
    value = float(value)
    return int(value) if value.is_integer() and abs(value) < 2**53 else value
