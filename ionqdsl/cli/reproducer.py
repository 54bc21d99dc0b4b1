"""Writes a small file that reproduces a bug of the compiler, after one of its own checks has failed.

Takes the program, its options and the error. Writes a `.qc` file with as few rows as still fail, the compiled rows and
the command that repeats the fault: in the current folder, or else in the one for temporary files. Each attempt compiles
again; the passes are not inspected.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import tempfile
import time
from collections.abc import Callable

import ionqdsl
import ionqdsl.pipeline as stages
from ionqdsl import passes
from ionqdsl.diagnostics import Diagnostic, InternalError, IonqdslError, UsageError
from ionqdsl.diagnostics.source import Source
from ionqdsl.emit import qc
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.files import write
from ionqdsl.ir.job import LoweredProgram, Origin
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import Target, choose_target
from ionqdsl.record import changed

SECONDS = 10.0
"""The longest time spent on making the program smaller."""

CODES = ("QC0640", "QC0641")
"""Faults that a program and its options reproduce."""

TEXT = "QC0872"
"""The fault that the text alone reproduces."""


def explained(program: LoweredProgram, options: Options, error: InternalError) -> InternalError:
    """The error with one more message, which names the reproducer or says why there is none."""
    code = error.diagnostics[0].code
    if code == TEXT and program.origin is not None:
        return InternalError([*error.diagnostics, _of_text(program.origin, program.job.get("backend"), options)])
    if code not in CODES:
        return error
    for circuit in program.runs:
        target = stages.target_of(program, circuit, options)
        fixed = changed(options, level=passes.level_of(circuit, target, options).number)
        if _failure(circuit, target, fixed) == code:
            note = _written(circuit, target, fixed, code)
            return InternalError([*error.diagnostics, note])
    return error


def _written(circuit: FlatCircuit, target: Target, options: Options, code: str) -> Diagnostic:
    def fails(candidate: FlatCircuit) -> bool:
        return _failure(candidate, target, options) == code

    small = _bare(shrunk(circuit, fails, time.monotonic() + SECONDS))
    flags = _flags(target, options)
    text = _text(small, target, options, flags)
    if not _is_repeated(text, target, options, code):
        text = _text(_bare(circuit), target, options, flags)
    return _kept(text, flags)


def _kept(text: str, flags: str) -> Diagnostic:
    """Writes a text to a file; returns the note that names the file, or says why there is none."""
    name = f"ionqdsl-reproducer-{hashlib.sha256(text.encode()).hexdigest()[:8]}.qc"
    for folder in (".", tempfile.gettempdir()):
        path = os.path.normpath(os.path.join(folder, name))
        try:
            write(path, text)
        except UsageError:
            continue
        command = f"ionqdsl compile {shlex.quote(path)} {flags}"
        return Diagnostic("QC0643", facts={"path": path, "command": command})
    return Diagnostic("QC0644", facts={"folder": tempfile.gettempdir()})


def _of_text(origin: Origin, backend: str | None, options: Options) -> Diagnostic:
    """Writes the text without the lines that the fault does not need; included files must be next to it."""
    source, deadline = origin.source, time.monotonic() + SECONDS

    def fails(lines: list[str]) -> bool:
        candidate = Source("".join(lines), source.name, beside=source.beside)
        try:
            stages.verified(stages.load(candidate, origin.values, origin.sweeps)[0])
        except InternalError as error:
            return error.diagnostics[0].code == TEXT
        except IonqdslError:
            return False
        return False

    lines = source.text.splitlines(keepends=True)
    size = len(lines) // 2
    while size:
        place = len(lines) - size
        while place > -size and time.monotonic() < deadline:
            candidate = lines[: max(0, place)] + lines[place + size :]
            if fails(candidate):
                lines = candidate
            place -= size
        size //= 2
    target = choose_target(options.target, backend, "qis").name
    arguments = [word for name, value in origin.values.items() for word in ("--set", f"{name}={value}")]
    swept = [word for name, value in origin.sweeps.items() for word in ("--sweep", f"{name}={value}")]
    flags = shlex.join(["--target", target, *arguments, *swept, "--verify"])
    head = f"# ionqdsl {ionqdsl.__version__} reads this program wrongly: ionqdsl compile THIS-FILE {flags}\n\n"
    return _kept(head + "".join(lines), flags)


def shrunk(circuit: FlatCircuit, fails: Callable[[FlatCircuit], bool], deadline: float) -> FlatCircuit:
    """The circuit without the rows that it does not need to fail, as far as time allows.

    Drops runs of rows, at first half of all, then ever shorter ones (Zeller's delta debugging, without the
    complements).
    """
    size = len(circuit.rows) // 2
    while size:
        place = len(circuit.rows) - size
        while place > -size and time.monotonic() < deadline:
            low, high = max(0, place), place + size
            steps = list(zip(circuit.rows, circuit.origins, strict=True))
            candidate = circuit.with_rows(steps[:low] + steps[high:])
            if fails(candidate):
                circuit = candidate
            place -= size
        size //= 2
    narrow = _narrowed(circuit)
    return narrow if fails(narrow) else circuit


def _narrowed(circuit: FlatCircuit) -> FlatCircuit:
    """The circuit on the qubits that it uses."""
    used = sorted({qubit for op in circuit.rows for qubit in op.qubits})
    place = {qubit: number for number, qubit in enumerate(used)}
    rows = [op.on(place) for op in circuit.rows]
    return circuit.replace(width=max(1, len(used)), rows=rows, registers=(), wires=())


def _bare(circuit: FlatCircuit) -> FlatCircuit:
    """The circuit without the names that only results need."""
    return circuit.replace(registers=(), wires=(), name="main")


def _failure(circuit: FlatCircuit, target: Target, options: Options) -> str | None:
    """The code of the internal error that compiling a circuit raises; None if there is none."""
    try:
        passes.transpile(circuit, target, options)
    except InternalError as error:
        return error.diagnostics[0].code
    except Exception:  # not the fault in question
        return None
    return None


def _is_repeated(text: str, target: Target, options: Options, code: str) -> bool:
    try:
        program, _ = stages.load(Source(text, "reproducer.qc"))
    except IonqdslError:
        return False
    return _failure(program.runs[0], target, options) == code


def _flags(target: Target, options: Options) -> str:
    words = ["--target", target.name, f"-O{options.level}", "--preserve", options.preserve, "--seed", str(options.seed)]
    plain = Options()
    for flag in ("effort", "approx", "wire"):
        if getattr(options, flag) != getattr(plain, flag):
            words += [f"--{flag}", str(getattr(options, flag))]
    words += [f"--{flag}" for flag in ("defer", "reuse") if getattr(options, flag)]
    return shlex.join([*words, "--verify"])


def _text(circuit: FlatCircuit, target: Target, options: Options, flags: str) -> str:
    lines = [f"# ionqdsl {ionqdsl.__version__} compiles this program wrongly: ionqdsl compile THIS-FILE {flags}"]
    try:
        result, _, _ = passes.transpile(circuit, target, changed(options, verify=False))
        compiled = qc.text(result).splitlines()
    except Exception as error:  # without its checks, a wrong pass makes later ones fail anyhow
        compiled = str(error).splitlines()
    lines += ["", qc.text(circuit).rstrip(), "", "# Compiled to:", *(f"# {line}".rstrip() for line in compiled)]
    return "\n".join(lines) + "\n"
