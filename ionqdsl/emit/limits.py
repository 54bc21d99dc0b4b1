"""Finds everything the service is known to refuse, before a job is sent.

Takes a program and a payload profile and returns warnings; raises all errors of the program at once, each at the
setting or the row it is about. The figures are rows of targets.py. It compiles nothing and sends no request.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from ionqdsl.diagnostics import CompileError, Diagnostic
from ionqdsl.diagnostics.source import Span
from ionqdsl.emit import dynamic
from ionqdsl.emit.noise_settings import noise_findings
from ionqdsl.emit.qasm3 import is_writable
from ionqdsl.ir.angle import Angle, Unbound
from ionqdsl.ir.circuit import BARRIER, FlatCircuit, Op
from ionqdsl.ir.gates import GATES
from ionqdsl.ir.job import JOB_KEYS, Energy, EnvironmentVariable, Function, Job, LoweredProgram, Value
from ionqdsl.ir.symbols import names as names_in
from ionqdsl.ir.targets import (
    BACKEND_NAMES,
    BACKENDS,
    NOISE_MODELS,
    TARGETS,
    BackendFamily,
    PayloadProfile,
    backend_of,
    machine_of,
)

DEFAULT_SHOTS = 100
"""The service's default."""

Found = Iterator[Diagnostic]


def check(
    program: LoweredProgram,
    profile: PayloadProfile,
    environment: Mapping[str, str] | None = None,
    target: str | None = None,
) -> list[Diagnostic]:
    """Warnings and notes of a program that is ready to send; raises `CompileError` with everything found.

    `target` is the name of the machine it was compiled for: if no backend is named, that machine's limits count.
    """
    name = _resolved(program.job.get("backend"), environment)
    backend = backend_of(name) if isinstance(name, str) else None
    findings = [*_values(program.job, environment), *_backend(program.job, name)]
    if not any(diagnostic.is_error for diagnostic in findings):  # limits of ill-typed settings would only confuse
        findings += [*_shots(program.job, profile, backend, name), *noise_findings(program.job, backend, name)]
    findings += [*_metadata(program.job, profile, environment), *_compilation(program.job, profile)]
    if program.energy:
        findings += [*_function_settings(program.job), *_energy(program.energy, program)]
        if len(program.energies) > 1:
            findings.append(Diagnostic("QC0433", program.span, {"count": len(program.energies)}))
        findings += _width(program.energy.ansatz, program, backend, name, None)
    elif program.function:
        findings += _function_settings(program.job)
        findings += _function(program.function, environment)
    else:
        findings += _circuits(program, profile, backend, name, target)
    once: dict[tuple[str, Any, str], Diagnostic] = {}
    for item in findings:
        once.setdefault((item.code, item.place, str(item.facts)), item)
    unique = list(once.values())
    if any(diagnostic.is_error for diagnostic in unique):
        raise CompileError(unique)
    return unique


def _resolved(value: Value, environment: Mapping[str, str] | None) -> Value:
    """A setting's value; None if only the environment knows it."""
    if isinstance(value, EnvironmentVariable):
        return None if environment is None else environment.get(value.name)
    return value


# --- settings ------------------------------------------------------------------------------------------------------

_TYPES: dict[str, tuple[str, Callable[[Value], bool]]] = {
    "string": ("a string", lambda value: isinstance(value, str) and _is_text(value)),
    "integer": ("an integer", lambda value: type(value) is int),
    "number": ("a number", lambda value: _is_number(value)),
    "boolean": ("true or false", lambda value: isinstance(value, bool)),
}


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:  # half of a surrogate pair, which the environment can hold
        return False
    return True


def _is_number(value: Value) -> bool:
    """Whether a value is a number that JSON and floating point can represent."""
    if isinstance(value, bool) or not isinstance(value, int | float | Fraction):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def _is_json(value: Value) -> bool:
    """Whether a value of a function's data, blocks and lists included, can be sent."""
    if isinstance(value, Mapping):
        return all(isinstance(key, str) and _is_text(key) and _is_json(item) for key, item in value.items())
    if isinstance(value, list | tuple):
        return all(map(_is_json, value))
    if isinstance(value, str):
        return _is_text(value)
    return value is None or isinstance(value, bool | EnvironmentVariable) or _is_number(value)


def _values(job: Job, environment: Mapping[str, str] | None) -> Found:
    """Each setting in the type the API gives it, and the environment's in place of references to it."""
    for path, setting in job.settings.items():
        if setting.value is None:
            continue
        kind = "string" if path.startswith("metadata.") else JOB_KEYS[path].type if path in JOB_KEYS else ""
        if kind not in _TYPES:
            yield Diagnostic("QC0717", setting.span, {"key": path, "suggestion": _close(path, JOB_KEYS)})
            continue
        wanted, fits = _TYPES[kind]
        if isinstance(setting.value, EnvironmentVariable):
            name = setting.value.name
            if wanted != "a string":
                yield _ill_typed(path, wanted, str(setting.value), setting.span)
            elif environment is None:
                yield Diagnostic("QC0712", setting.span, {"name": name})
            elif not environment.get(name) or not fits(environment[name]):
                yield Diagnostic("QC0713", setting.span, {"name": name})
        elif not fits(setting.value):
            yield _ill_typed(path, wanted, setting.value, setting.span)


def _ill_typed(path: str, wanted: str, value: Value, span: Span | None) -> Diagnostic:
    shown = {True: "true", False: "false"}.get(value) if isinstance(value, bool) else None
    value_text = shown or (f'"{value}"' if isinstance(value, str) else str(value))
    quoted = value_text if wanted == "a string" and not isinstance(value, str) else None
    return Diagnostic("QC0704", span, {"key": path, "wanted": wanted, "given": value_text, "quoted": quoted})


def _backend(job: Job, name: Value) -> Found:
    span = job.span("backend")
    if job.get("backend") is None:
        yield Diagnostic("QC0701", span)
    elif isinstance(name, str):
        backend = backend_of(name)
        if backend is None:
            yield Diagnostic("QC0702", span, {"name": name, "suggestion": _close(name, BACKEND_NAMES)})
        elif backend.retired:
            current = next(row.pattern for row in BACKENDS if not row.retired and not row.is_simulator)
            replacement = next(known for known in BACKEND_NAMES if backend_of(known) == backend_of(current))
            model = name.removeprefix("qpu.")
            facts = {"name": name, "replacement": replacement, "model": model if model in NOISE_MODELS else None}
            yield Diagnostic("QC0703", span, facts)


def _close(name: str, names: Iterable[str]) -> str | None:
    from difflib import get_close_matches

    return next(iter(get_close_matches(name, names, 1, 0.5)), None)


def _shots(job: Job, profile: PayloadProfile, backend: BackendFamily | None, name: Value) -> Found:
    shots = job.get("shots")
    if shots is not None and not 1 <= shots <= profile.max_shots:
        facts = {"shots": shots, "most": profile.max_shots, "where": "the service"}
        yield Diagnostic("QC0705", job.span("shots"), facts)
    elif shots is not None and backend and shots > backend.shots:
        yield Diagnostic("QC0757", job.span("shots"), {"shots": shots, "most": backend.shots, "where": f"`{name}`"})
    path = "settings.error_mitigation.debiasing"
    if job.get(path):
        if job.get("backend") is None or (backend and backend.is_simulator):
            yield Diagnostic("QC0706", job.span(path), {"backend": name or "simulator"})
        elif (DEFAULT_SHOTS if shots is None else shots) < profile.debiasing_shots:
            facts = {"least": profile.debiasing_shots, "shots": DEFAULT_SHOTS if shots is None else shots}
            yield Diagnostic("QC0707", job.span(path), facts)


def _compilation(job: Job, profile: PayloadProfile) -> Found:
    """Settings of the service's compiler that the profile no longer has: the service might ignore them."""
    start = "settings.compilation."
    for path in job.settings:
        is_left = path.removeprefix(start) not in profile.compilation and path in JOB_KEYS
        if path.startswith(start) and is_left and job.get(path) is not None:
            yield Diagnostic("QC0764", job.span(path), {"key": path, "wire": profile.name})


def _metadata(job: Job, profile: PayloadProfile, environment: Mapping[str, str] | None) -> Found:
    notes = [path for path in job.settings if path.startswith("metadata.") and job.get(path) is not None]
    if len(notes) > profile.max_metadata:
        place = job.span(notes[profile.max_metadata])
        yield Diagnostic("QC0714", place, {"count": len(notes), "most": profile.max_metadata})
    for path in notes:
        key, value = path.removeprefix("metadata."), _resolved(job.get(path), environment)
        if len(key) > profile.max_metadata_key:
            yield Diagnostic(
                "QC0715", job.span(path), {"key": key, "length": len(key), "most": profile.max_metadata_key}
            )
        if isinstance(value, str) and len(value) > profile.max_metadata_value:
            facts = {"key": key, "length": len(value), "most": profile.max_metadata_value}
            yield Diagnostic("QC0716", job.span(path), facts)


# --- circuits ------------------------------------------------------------------------------------------------------


def _circuits(
    program: LoweredProgram, profile: PayloadProfile, backend: BackendFamily | None, name: Value, target: str | None
) -> Found:
    circuits = program.runs
    if not circuits:
        yield Diagnostic("QC0728", program.span)
    if len(circuits) > profile.max_circuits:
        yield Diagnostic("QC0729", program.span, {"count": len(circuits), "most": profile.max_circuits})
    yield from dynamic.sent_alone(program)
    seen: set[str] = set()
    gates = 0
    for circuit in circuits:
        if circuit.name in seen:
            yield Diagnostic("QC0727", _place(circuit, program), {"name": circuit.name})
        seen.add(circuit.name)
        rows = _distinct(circuit)
        sent = gates_sent(circuit)
        if circuit.is_dynamic:
            yield from dynamic.findings(circuit, program, backend, name)
        elif not sent:
            yield Diagnostic("QC0726", _place(circuit, program), {"circuit": circuit.name})
        gates += 0 if circuit.is_dynamic else sent
        yield from _width(circuit, program, backend, name, target)
        yield from _rows(circuit, rows, program, profile, backend, name)
    if gates > profile.max_gates:
        yield Diagnostic("QC0730", program.span, {"count": gates, "most": profile.max_gates})


def rows_sent(circuit: FlatCircuit) -> list[int]:
    """The numbers of the rows that are sent, in order."""
    return [number for number, op in enumerate(circuit.rows) if is_sent(op)]


def gates_sent(circuit: FlatCircuit) -> int:
    """The number of gates of a circuit that the service will count."""
    return len(circuit) - sum([not is_sent(op) for op in circuit.patterns])  # those of plain lines are all sent


def _place(circuit: FlatCircuit, program: LoweredProgram) -> Span | None:
    return circuit.first_origin or program.span


def _width(
    circuit: FlatCircuit, program: LoweredProgram, backend: BackendFamily | None, name: Value, target: str | None
) -> Found:
    """Checks the width against the backend; without one, against the machine it was compiled for, or the simulator."""
    simulator = backend_of("simulator")
    where, most, _ = room(program.job, backend, name, target)
    most = circuit.width if most is None else most
    facts = {"circuit": circuit.name, "qubits": circuit.width, "where": where, "most": most}
    if circuit.width > most:
        yield Diagnostic("QC0721", _place(circuit, program), facts)
    elif program.job.get("backend") is None and simulator and circuit.width > simulator.qubits:
        yield Diagnostic("QC0751", _place(circuit, program), {**facts, "most": simulator.qubits})


def room(
    job: Job, backend: BackendFamily | None, name: Value, target: str | None
) -> tuple[str, int | None, BackendFamily | None]:
    """The place that takes the fewest qubits, in words, how many these are if known, and the backend meant."""
    model = job.get("noise.model")
    noise = NOISE_MODELS.get(model) if isinstance(model, str) else None
    where = f"`{name}`"
    machine = machine_of(target) if noise is None else None  # noise is the simulator's
    if job.get("backend") is None:
        backend, where = (machine, f"`--target {target}`") if machine else (backend_of("simulator"), "`simulator`")
    rows = [(where, backend.qubits)] if backend else []
    rows += [(f"the noise model `{model}`", noise.qubits)] if noise else []
    where, most = min(rows, key=lambda row: row[1]) if rows else ("", None)
    return where, most, backend


def is_sent(op: Op) -> bool:
    """Whether a row is sent: barriers are not, and neither is evolution for no time or by a number."""
    if op.gate == "pauliexp":
        return bool(op.angles[0]) and op.operator is not None and any(product for product, _ in op.operator.terms)
    return op.gate != BARRIER


def _distinct(circuit: FlatCircuit) -> Iterable[Op]:
    return {id(op): op for op in circuit.patterns}.values()


def _rows(
    circuit: FlatCircuit,
    rows: Iterable[Op],
    program: LoweredProgram,
    profile: PayloadProfile,
    backend: BackendFamily | None,
    name: Value,
) -> Found:
    """Faults of single rows; each kind is reported once per circuit, at the first such row."""
    target = TARGETS[backend.target] if backend and backend.target else None
    is_dynamic = circuit.is_dynamic
    findings: dict[tuple[str, str], tuple[Op, dict[str, Any]]] = {}
    for op in rows:
        if op.angles:
            for code, facts in _row(op):
                findings.setdefault((code, facts.get("name", "")), (op, facts))
        if is_dynamic:
            continue
        if op.gate == "nop" and not profile.nop_time:
            findings.setdefault(("QC0723", ""), (op, {"wire": profile.name, "time": _shown(op.angles[0])}))
        if target and circuit.gateset == "native" and op.gate not in (*target.gates, BARRIER):
            spelled = GATES[op.gate].name
            findings.setdefault(("QC0720", spelled), (op, {"backend": name, "gate": spelled, "target": target.name}))
    if findings and circuit.is_plain:
        yield from _rows(circuit, circuit.rows, program, profile, backend, name)  # of the rows themselves, with places
    else:
        yield from _located(findings, circuit, program)


def _located(
    findings: Mapping[tuple[str, str], tuple[Op, dict[str, Any]]], circuit: FlatCircuit, program: LoweredProgram
) -> Found:
    unbound: dict[str, dict[str, Span | None]] = {}  # by parameter: its elements, and the first row that needs each
    first: dict[int, int] = {}
    for index, row in enumerate(circuit.rows if findings else ()):
        first.setdefault(id(row), index)
    for (code, _), (op, facts) in findings.items():
        origin = circuit.origins[first[id(op)]]
        if code == "QC0725":
            for name in names_in(facts["name"]):
                unbound.setdefault(name.partition("[")[0], {}).setdefault(name, origin)
        else:
            yield Diagnostic(code, origin, facts)
    yield from (_unbound(name, elements, program) for name, elements in unbound.items())


def _row(op: Op) -> Iterator[tuple[str, dict[str, Any]]]:
    for index, angle in enumerate(op.angles):
        try:
            value = angle.in_turns() if GATES[op.gate].gateset == "native" else angle.in_radians()
        except Unbound as unbound:
            for symbol in unbound.names:
                yield "QC0725", {"name": symbol}
            continue
        except OverflowError:
            value = math.inf
        if not math.isfinite(value):
            yield "QC0724", {"gate": GATES[op.gate].name}
        elif op.gate == "ms" and index == 2 and not 0 <= value <= 0.25:
            yield "QC0722", {"angle": f"{value:g}"}
    if op.operator and not all(_is_number(factor) for _, factor in op.operator.terms):
        yield "QC0724", {"gate": GATES[op.gate].name}


def _shown(time: Angle) -> str | None:
    return f"{float(time.radians):g}" if time.is_bound else None


def _unbound(name: str, elements: Mapping[str, Span | None], program: LoweredProgram) -> Diagnostic:
    """Reports at the parameter's declaration, if it has one, with the first row that needs it."""
    code, facts = "QC0725", {"name": next(iter(elements))}
    if len(elements) > 1:
        code, facts = "QC0750", {"name": name, "elements": ", ".join(f"`{element}`" for element in [*elements][:4])}
        facts["more"] = " …" * (len(elements) > 4)
    declared = program.parameters.get(next(iter(elements))) or program.parameters.get(name)
    origin = next(iter(elements.values()))
    if declared is None:
        return Diagnostic(code, origin, facts)
    return Diagnostic(code, declared[0], facts, ((origin, "use"),) if origin else ())


# --- quantum functions ---------------------------------------------------------------------------------------------


def _function_settings(job: Job) -> Found:
    for path in job.settings:
        if path.startswith(("noise.", "settings.compilation.")) and job.get(path) is not None:
            yield Diagnostic("QC0740", job.span(path), {"key": path})


def _function(function: Function, environment: Mapping[str, str] | None) -> Found:
    if not _is_json((function.data, function.params)):
        yield Diagnostic("QC0747", function.span, {"key": "function"})
    missing = (name for name in _variables(function.data) if environment is not None and not environment.get(name))
    yield from (Diagnostic("QC0713", function.span, {"name": name}) for name in missing)


def _variables(value: Value) -> Iterator[str]:
    if isinstance(value, EnvironmentVariable):
        yield value.name
    elif isinstance(value, Mapping | list | tuple):
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from _variables(item)


def _energy(energy: Energy, program: LoweredProgram) -> Found:
    if not any(product for product, _ in energy.hamiltonian.terms):
        yield Diagnostic("QC0742", energy.place("hamiltonian"))
    yield from energy_findings(energy)
    yield from _ansatz(energy, program)


def energy_findings(energy: Energy) -> Found:
    """The errors in the numbers of an energy, wherever it is computed."""
    width = energy.ansatz.width
    highest = max((index for product, _ in energy.hamiltonian.terms for _, index in product), default=0)
    if highest >= width:
        yield Diagnostic(
            "QC0741", energy.place("hamiltonian"), {"index": highest, "qubits": width, "indices": range(width)}
        )
    count = len(energy.params or ())
    if count != len(energy.parameters):
        facts = {"wanted": len(energy.parameters), "given": count, "names": energy.parameters or None}
        yield Diagnostic("QC0743", energy.place("params"), {**facts, "settled": energy.settled or None})
    yield from _constraints(energy, width)
    if energy.cvar_alpha is not None and not 0 < energy.cvar_alpha <= 1:
        yield Diagnostic("QC0745", energy.place("cvar_alpha"), {"value": energy.cvar_alpha})
    if energy.penalty is not None and not energy.penalty >= 0:
        yield Diagnostic("QC0746", energy.place("penalty"), {"value": energy.penalty})
    numbers = {
        "hamiltonian": [factor for _, factor in energy.hamiltonian.terms],
        "params": energy.params,
        "linear_constraints": energy.linear_constraints,
        "quadratic_constraints": energy.quadratic_constraints,
        "penalty": energy.penalty,
    }
    for key, values in numbers.items():
        if not _is_json(values):
            yield Diagnostic("QC0747", energy.place(key), {"key": key})


def _ansatz(energy: Energy, program: LoweredProgram) -> Found:
    circuit = energy.ansatz
    if not any(map(is_sent, circuit.rows)):
        yield Diagnostic("QC0726", _place(circuit, program), {"circuit": circuit.name})
    findings: dict[tuple[str, str], tuple[Op, dict[str, Any]]] = {}
    for op in _distinct(circuit):
        if op.gate == "nop":
            findings.setdefault(("QC0749", ""), (op, {}))
        for code, facts in _row(op):
            symbol = facts.get("name", "")
            if code == "QC0724":
                findings.setdefault((code, ""), (op, facts))
            elif code == "QC0725" and not is_writable(symbol):
                findings.setdefault(("QC0748", symbol), (op, {"expression": symbol}))
            elif code == "QC0725":
                free = (name for name in names_in(symbol) if name not in energy.parameters)
                findings.update({(code, name): (op, {"name": name}) for name in free})
    yield from _located(findings, circuit, program)


def _constraints(energy: Energy, width: int) -> Found:
    """Checks for one coefficient per qubit, and square matrices."""
    rows: list[tuple[str, int, str, list[int]]] = []
    for number, (coeffs, _) in enumerate(energy.linear_constraints or (), 1):
        rows.append(("linear_constraints", number, "`coeffs`", [len(coeffs)]))
    for number, (square, line, _) in enumerate(energy.quadratic_constraints or (), 1):
        rows.append(("quadratic_constraints", number, "`quadratic_coeff`", [len(square), *map(len, square)]))
        rows.append(("quadratic_constraints", number, "`linear_coeff`", [len(line)]))
    for key, number, what, lengths in rows:
        wrong = next((length for length in lengths if length != width), None)
        if wrong is not None:
            facts = {"key": key, "number": number, "what": what, "given": wrong, "wanted": width}
            yield Diagnostic("QC0744", energy.place(key), facts)
