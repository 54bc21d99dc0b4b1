"""Recognises, reads and writes programs in every format.

Takes a path or a text and returns a `LoweredProgram` with its warnings, or takes a program and returns a text. The name
of a file decides its format, then its contents; each format is read and written by its own module. `FORMATS` are the
formats that can be read, `WRITERS` those that can be written, `PICTURES` the formats for drawings: one row each, from
which commands, completion and docs/formats.md take them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence

import ionqdsl.pipeline as stages
from ionqdsl.diagnostics import CompileError, Diagnostic, UsageError, fail
from ionqdsl.diagnostics.source import Source
from ionqdsl.ir import notation
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import FlatCircuit, Op
from ionqdsl.ir.job import LoweredProgram
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import ANY_MACHINE, backend_of
from ionqdsl.language.evaluate import Scope, evaluate
from ionqdsl.record import NamedTuple, lazy_pattern

Loaded = tuple[LoweredProgram, list[Diagnostic]]
Written = tuple[str, list[Diagnostic]]


class Format(NamedTuple):
    """A format that can be read: its file endings, a test for texts, its reader, and which part of it is read."""

    title: str
    suffixes: tuple[str, ...]
    is_one: Callable[[str], bool]
    read: Callable[[Source, Mapping[str, str]], Loaded]
    extent: str


def _qc(source: Source, values: Mapping[str, str]) -> Loaded:
    return stages.load(source, values)


def _payload(source: Source, values: Mapping[str, str]) -> Loaded:
    """Any body of the API: jobs of circuits, energies and other functions, compiled circuits."""
    from ionqdsl.read import functions, payload

    name = os.path.splitext(source.file)[0]
    body = payload.parse(source.text.encode())
    noticed: list[Diagnostic] = []
    if isinstance(body, dict) and "type" not in body and "circuit" in body:
        program = functions.native(body, "main")
    elif isinstance(body, dict) and body.get("type") == functions.TYPE:
        program, noticed = functions.program(body)
    elif isinstance(body, dict) and body.get("type") == functions.TEXT_TYPE:
        program, noticed = functions.text_job(body)
    else:
        program = payload.program(body)
    if len(program.runs) == 1 and program.runs[0].name == "main":
        program.runs[0].name = name
    return program, noticed


def _openqasm(source: Source, values: Mapping[str, str]) -> Loaded:
    from ionqdsl.read import openqasm

    numbers = {name: evaluate(stages.expression(text, f"--set {name}"), Scope()) for name, text in values.items()}
    return openqasm.read(source, numbers)


def is_openqasm(text: str) -> bool:
    """Whether a text says that it is OpenQASM, in its first words or in the files it includes."""
    return bool(_OPENQASM.match(text))


_OPENQASM = lazy_pattern(
    r"(?:\s|//[^\n]*\n|/\*[\s\S]*?\*/)*(?:OPENQASM\b|include\s*[\"'](?:qelib1|stdgates)\.inc[\"']\s*;|[qc]reg\s)"
)

_JOBS = "jobs of circuits, in OpenQASM 3 too, energies, other functions, compiled circuits (`ionq.native.v1`)"
_OPENQASM_READ = "all of OpenQASM 2, and the part of OpenQASM 3 below"

FORMATS: dict[str, Format] = {
    "payload": Format("an IonQ job", (".json",), lambda text: text.lstrip()[:1] in ("{", "["), _payload, _JOBS),
    "openqasm": Format("OpenQASM", (".qasm", ".qasm2", ".qasm3"), is_openqasm, _openqasm, _OPENQASM_READ),
    "qc": Format("ionqdsl", (".qc",), lambda text: True, _qc, "all of it"),
}
"""By name, in the order in which a text is tested."""


def format_of(source: Source) -> str:
    """The format of a text: by a known file ending, or else by its contents."""
    for name, form in FORMATS.items():
        if source.name.endswith(form.suffixes):
            return name
    return next(name for name, form in FORMATS.items() if form.is_one(source.text))


def only_qc(source: Source, verb: str) -> Source:
    """The source, if it is in the language. Raises UsageError for a text of another format."""
    form = format_of(source)
    if form != "qc":
        facts = {
            "path": source.name,
            "format": FORMATS[form].title,
            "verb": verb,
            "stem": os.path.splitext(source.name)[0],
        }
        raise UsageError([Diagnostic("QC1049", facts=facts)])
    return source


def load(path: str, values: Mapping[str, str] | None = None) -> Loaded:
    """The program of a file in any format; `-` is standard input. Raises UsageError and CompileError."""
    return loaded(stages.read(path), values)


def loaded(source: Source, values: Mapping[str, str] | None = None, sweeps: Mapping[str, str] | None = None) -> Loaded:
    """The program of a text in any format, with values and sweeps as texts. Raises CompileError.

    Sweeps of a program in another format run on its `.qc` text.
    """
    form = format_of(source)
    if form == "qc":
        return stages.load(source, values, sweeps)
    program, noticed = FORMATS[form].read(source, values or {})
    if not sweeps:
        return program, noticed
    name = os.path.splitext(source.name)[0] + ".qc"
    return stages.load(Source(write(program, "qc", source)[0], name), {}, sweeps)[0], noticed


# --- writing ---------------------------------------------------------------------------------------------------------


def _to_qc(program: LoweredProgram, source: Source | None) -> Written:
    from ionqdsl.emit import qc

    form = "qc" if source is None else format_of(source)
    if source is None or form == "qc":
        return qc.program_text(program), []
    text = _translated(program, source) if form == "openqasm" else qc.program_text(program)
    return f"# from {source.file}, {FORMATS[form].title}\n\n{text}", _kept_gates(program)


def _kept_gates(program: LoweredProgram) -> list[Diagnostic]:
    """A note if compiling turns a request's abstract gates into a machine's own."""
    row = backend_of(str(program.job.get("backend"))) if program.is_request else None
    if row is None or row.target is None or all(circuit.gateset == "native" for circuit in program.runs):
        return []
    return [Diagnostic("QC0756", None, {"backend": program.job.get("backend")})]


def _translated(program: LoweredProgram, source: Source) -> str:
    """OpenQASM as `.qc` text: as it was written if that reads back as the same circuit, or else gate by gate."""
    from ionqdsl.emit import qc
    from ionqdsl.language.reformat import reformat
    from ionqdsl.read.openqasm import translate

    (circuit,) = program.runs
    for keeps in (True, False):
        text = translate.text(program, source, keeps)
        try:
            loaded_circuit = loaded(Source(text))[0].runs[0]
        except CompileError:
            continue
        left_out = (circuit.phase - loaded_circuit.phase).reduced()
        if loaded_circuit.replace(name=circuit.name, phase=circuit.phase) == circuit:
            return reformat(Source(text + (f"gphase({notation.angle(left_out)})\n" if left_out else "")))
    return qc.text(circuit)  # for example native gates among others


def _to_qasm2(program: LoweredProgram, source: Source | None) -> Written:
    return _to_openqasm(program, 2)


def _to_qasm3(program: LoweredProgram, source: Source | None) -> Written:
    return _to_openqasm(program, 3)


def _to_openqasm(program: LoweredProgram, version: int) -> Written:
    from ionqdsl.emit import openqasm

    circuit, noticed = only_circuit(program, f"OpenQASM {version}")
    parameters = {symbol.partition("[")[0] for symbol in circuit.symbols}
    declared = [name for name, (_, value) in program.parameters.items() if value is None and name not in parameters]
    text, more = openqasm.text(narrowed(circuit) if version == 2 else circuit, version, declared)
    return text, [*noticed, *more]


def only_circuit(program: LoweredProgram, form: str) -> tuple[FlatCircuit, list[Diagnostic]]:
    """The only circuit of a program, and a note on lost settings. Raises CompileError for any other program."""
    what = "a quantum function" if program.function else "an energy" if program.energy else None
    if what is None and len(program.runs) != 1:
        what = f"a program of {len(program.runs)} circuits"
    if what is not None:
        raise fail("QC1142", program.span, what=what, format=form)
    settings = ", ".join(program.job.settings)
    noticed = [Diagnostic("QC1143", None, {"format": form, "settings": settings})] if settings else []
    return program.runs[0], noticed


def narrowed(circuit: FlatCircuit) -> FlatCircuit:
    """The circuit with gates that have more controls than OpenQASM 2 has names for broken up, exactly."""
    from ionqdsl.algebra.elementary import elementary
    from ionqdsl.emit.openqasm import is_plain
    from ionqdsl.passes.break_wide_gates import break_wide_gates
    from ionqdsl.passes.context import PassContext
    from ionqdsl.passes.expand_pauliexp import expand_pauliexp
    from ionqdsl.passes.gather_controls import gather_controls

    if all(map(is_plain, circuit.patterns)):
        return circuit
    rows_of_op: dict[Op, tuple[list[Op], Angle]] = {}
    phase = circuit.phase
    steps = []
    for op, origin in zip(circuit.rows, circuit.origins, strict=True):
        if is_plain(op):
            steps.append((op, origin))
            continue
        if op not in rows_of_op:
            part = circuit.replace(rows=[op], origins=[origin], phase=Angle())
            for step in (expand_pauliexp, gather_controls, break_wide_gates):
                part = step(part, PassContext(ANY_MACHINE, Options()))
            narrow = [row for wide in part.rows for row in ([wide] if is_plain(wide) else elementary(wide)[0])]
            rows_of_op[op] = narrow, part.phase  # controls leave no phase
        rows, more = rows_of_op[op]
        phase += more
        steps += [(row, origin) for row in rows]
    return circuit.with_rows(steps, phase=phase)


def _to_payload(program: LoweredProgram, source: Source | None) -> Written:
    options = Options()
    compiled, noticed, _ = stages.transpile(program, options)
    return stages.body(stages.payload(compiled, options)).decode(), noticed


class Writer(NamedTuple):
    """A format that can be written, and its writer, which takes a program and its source, if it has one."""

    title: str
    write: Callable[[LoweredProgram, Source | None], Written]


WRITERS: dict[str, Writer] = {
    "payload": Writer("the request body for IonQ", _to_payload),
    "qc": Writer("the language itself", _to_qc),
    "qasm2": Writer("OpenQASM 2", _to_qasm2),
    "qasm3": Writer("OpenQASM 3", _to_qasm3),
}
"""The formats a program can be written in, by name."""


def write(program: LoweredProgram, form: str, source: Source | None = None) -> Written:
    """A program as text in a format of `WRITERS`, with notes. Raises CompileError.

    `source` is the text the program was read from: `.qc` output keeps its comments and definitions.
    """
    return WRITERS[form].write(program, source)


# --- drawing ---------------------------------------------------------------------------------------------------------


class Paper(NamedTuple):
    """The size and style of pictures: width (characters or pixels), gates at most, and which characters."""

    columns: int | None = None
    rows: int | None = None
    is_unicode: bool = True


class Picture(NamedTuple):
    """A kind of picture: its drawing function, and its file ending."""

    draw: Callable[[Sequence[FlatCircuit], Paper], str]
    suffix: str


def _text(circuits: Sequence[FlatCircuit], paper: Paper) -> str:
    from ionqdsl.emit.drawing import drawing
    from ionqdsl.emit.placement import title_of

    width = paper.columns or 100
    texts = [drawing(circuit, width, paper.is_unicode, paper.rows) for circuit in circuits]
    if len(texts) > 1:
        texts = [f"{title_of(circuit)}:\n{text}" for circuit, text in zip(circuits, texts, strict=True)]
    return "\n\n".join(texts) + "\n"


def _svg(circuits: Sequence[FlatCircuit], paper: Paper) -> str:
    from ionqdsl.emit.svg import page

    return page(circuits, paper.columns or 960, paper.rows)


PICTURES: dict[str, Picture] = {"text": Picture(_text, ".txt"), "svg": Picture(_svg, ".svg")}
"""The kinds of pictures circuits can be drawn as, by name."""
