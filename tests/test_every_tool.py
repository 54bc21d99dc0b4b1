"""Every tool on every example, on whole generated programs and on broken ones.

One function per tool takes a program on disk and raises if a result is wrong: an exception that is no diagnostic, a
text that changes when formatted again, a correction or a conversion that changes the circuit (the unitary with its
phase, registers, parameters, settings), a picture that is not XML, an answer of the language server that differs from
the command's. Would catch faults of constructs in combination, which tests of one tool with small programs miss.

`IONQDSL_EVERY_TOOL=500` takes as many programs, whole and broken ones each; `IONQDSL_SEED=7` other ones.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shutil
import xml.etree.ElementTree as ElementTree
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import cases
import dynamic_programs
import numpy as np
import pytest
from dynamic_programs import far, outcomes
from hypothesis import HealthCheck, Phase, given, seed, settings
from test_fmt import judge
from whole_programs import MAIN, Whole, broken, whole_programs

import ionqdsl as iq
from ionqdsl import formats
from ionqdsl import pipeline as stages
from ionqdsl.cli import main
from ionqdsl.diagnostics import CompileError
from ionqdsl.diagnostics.source import Source
from ionqdsl.emit import drawing, svg
from ionqdsl.emit.qc import is_name
from ionqdsl.ir import symbolic
from ionqdsl.ir.circuit import NOT_GATES, FlatCircuit, Slot
from ionqdsl.ir.job import LoweredProgram
from ionqdsl.language import syntax
from ionqdsl.language.parse import parse
from ionqdsl.language.reformat import reformat
from ionqdsl.linter import fixed, lint
from ionqdsl.lsp import completion, hints, hover, navigation, outline, ranges, renaming, signatures, tokens
from ionqdsl.lsp.addresses import path_of
from ionqdsl.lsp.document import Document
from ionqdsl.lsp.positions import edited, offset
from ionqdsl.lsp.worker import TASKS
from ionqdsl.lsp.workspace import Workspace
from ionqdsl.playground import answers
from ionqdsl.simulation import simulate

FOLDER = Path(__file__).parent.parent / "examples"
EXAMPLES = sorted([*FOLDER.glob("*.qc"), *FOLDER.glob("measurements/*.qc")])
COUNT = int(os.environ.get("IONQDSL_EVERY_TOOL", "8"))
SEED = int(os.environ.get("IONQDSL_SEED", "1"))
IS_LARGE = COUNT >= 100
"""Whether every level, every name and every case is taken instead of some."""
MOST_QUBITS = 6
ATOL = 1e-6
VALUES = {"t": 0.37, "open": -1.1}


@dataclass(frozen=True)
class Subject:
    """A program on disk, whole or not."""

    path: Path

    @cached_property
    def source(self) -> Source:
        """Its text."""
        return stages.read(str(self.path))

    @cached_property
    def program(self) -> LoweredProgram | None:
        """What it says; None where it has errors."""
        try:
            return stages.load(self.source)[0]
        except CompileError:
            return None

    @property
    def circuits(self) -> list[FlatCircuit]:
        """What runs, or the ansatz."""
        return circuits_of(self.program) if self.program else []

    def beside(self, text: str, name: str = "other") -> Path:
        """Another main text in a folder of its own, with the same files to include."""
        folder = self.path.parent.with_name(name)
        shutil.copytree(self.path.parent, folder, dirs_exist_ok=True)
        path = folder / self.path.name
        path.write_text(text, encoding="utf-8", newline="")
        return path


def circuits_of(program: LoweredProgram) -> list[FlatCircuit]:
    """What runs, or the ansatz of an energy."""
    return [program.energy.ansatz] if program.energy else list(program.runs)


# --- what is the same ------------------------------------------------------------------------------------------------


def bound(circuit: FlatCircuit, names: tuple[str, ...]) -> FlatCircuit:
    """With numbers for open parameters, the same for the same one of `names`."""
    numbers = {name: VALUES.get(name, 0.1 + 0.37 * place) for place, name in enumerate(sorted(names))}
    return symbolic.bind(circuit, {name: numbers[own(name, names)] for name in symbolic.parameters(circuit)})


def own(name: str, names: tuple[str, ...]) -> str:
    """What a parameter was called before: `th_0` was `th[0]`, and `t_1` was `t`, which is a gate of OpenQASM."""
    stem, _, number = name.rpartition("_")
    return next((one for one in (name, f"{stem}[{number}]", stem) if one in names), name)


def same_circuit(
    one: FlatCircuit, other: FlatCircuit, phase: bool = True, registers: bool = True, may_lose: bool = False
) -> None:
    """The same qubits, registers, parameters (a compiled circuit may have lost one) and unitary."""
    assert one.width == other.width
    if one.is_dynamic:
        same_outcomes(one, other, wholly=registers and phase)
        return
    if registers:
        assert one.registers == other.registers
    assert [slots for _, slots in one.registers] == [slots for _, slots in other.registers]
    names = symbolic.parameters(one)
    left = {own(name, names) for name in symbolic.parameters(other)}
    assert left <= set(names) if may_lose else left == set(names)
    if one.width > MOST_QUBITS:
        return
    first, second = (simulate.unitary(bound(circuit, names)) for circuit in (one, other))
    if not phase:
        place = np.unravel_index(abs(first).argmax(), first.shape)
        second = second * (first[place] / second[place])
    assert np.allclose(first, second, atol=ATOL)


def same_outcomes(one: FlatCircuit, other: FlatCircuit, wholly: bool) -> None:
    """The same joint distribution of registers; `wholly`: their names, parameters and the final qubits as well.

    A foreign format names registers by its own rules, and measures the qubits of a register at the end by statements.
    """
    names = symbolic.parameters(one)
    if wholly:
        assert one.registers == other.registers
        assert names == symbolic.parameters(other)
    if one.width <= MOST_QUBITS:
        seen = outcomes if wholly else dynamic_programs.registers
        first, second = (seen(bound(circuit, names)) for circuit in (one, other))
        assert far(first, second) < ATOL


def same_program(one: LoweredProgram, other: LoweredProgram) -> None:
    """The same job: settings, circuits with their names and gatesets, energy, function."""
    assert {path: s.value for path, s in one.job.settings.items()} == {
        path: s.value for path, s in other.job.settings.items()
    }
    assert one.is_multi == other.is_multi
    if one.is_multi:  # a single one's name is sent nowhere
        assert [c.name for c in one.runs] == [c.name for c in other.runs]
    assert [c.gateset for c in one.runs] == [c.gateset for c in other.runs]
    for first, second in zip(circuits_of(one), circuits_of(other), strict=True):
        same_circuit(first, second)
    for first, second in ((one.energy, other.energy), (one.function, other.function)):
        assert (first is None) == (second is None)
        for name in (
            "hamiltonian",
            "parameters",
            "params",
            "linear_constraints",
            "penalty",
            "cvar_alpha",
            "type",
            "data",
        ):
            assert getattr(first, name, None) == getattr(second, name, None)


# --- the command -----------------------------------------------------------------------------------------------------


def command(*words: str, codes: tuple[int, ...] = (0,)) -> Any:
    """What a verb prints with --json, its exit code one of these and never a bug's."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main([*words, "--json", "-v"])
    assert code in codes, f"{' '.join(words)}: exit {code}\n{out.getvalue()}\n{err.getvalue()}"
    return json.loads(out.getvalue())


def codes_of(answer: Any) -> list[str]:
    return [one["code"] for one in answer["diagnostics"] if one["severity"] == 1]


# --- one function a tool ---------------------------------------------------------------------------------------------


def check(subject: Subject) -> None:
    """The exit code says whether there are errors; every form can be read."""
    answer = command("check", str(subject.path), codes=(0, 1))
    wanted = (1,) if codes_of(answer) else (0,)
    command("check", str(subject.path), codes=wanted)
    is_tested = 'test "' in subject.source.text  # its errors are found by `check`, not by reading the circuits
    assert subject.program is None or wanted == (0,) or is_tested
    assert subject.program or answer["diagnostics"] or is_tested  # a remark at least: definitions may stand alone
    for form in ("sarif", "github"):
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
            assert main(["check", str(subject.path), "--output-format", form]) in wanted
        if form == "sarif":
            found = json.loads(out.getvalue())["runs"][0]["results"]
            assert len(found) == len(answer["diagnostics"])
        else:
            assert len(out.getvalue().splitlines()) == len(answer["diagnostics"])


def fmt(subject: Subject) -> None:
    """Once is enough; the tree, the comments and the circuits stay."""
    text = subject.source.text
    try:
        result = reformat(Source(text))
    except CompileError:
        assert any(diagnostic.is_error for diagnostic in parse(Source(text)).diagnostics)
        return
    judge(text)
    other, program = subject.beside(result), subject.program
    command("fmt", "--check", str(other))
    if program:
        again = stages.load(stages.read(str(other)))[0]
        same_program(program, again)
        assert [c.rows for c in program.runs] == [c.rows for c in again.runs]


def lint_and_fix(subject: Subject) -> None:
    """Corrections change no circuit, are made once, and settle what they are for."""
    if subject.program is None:
        command("lint", str(subject.path), codes=(0, 1))  # definitions alone are fine here
        return
    found = lint(subject.source)
    assert bool(found) == bool(command("lint", str(subject.path), codes=(0, 1))["diagnostics"])
    result, count = fixed(subject.source)
    other = subject.beside(result)
    again = stages.read(str(other))
    same_program(subject.program, stages.load(again)[0])
    assert fixed(again) == (result, 0)
    assert bool(count) == any(one.edits for one in found)
    if count:
        left = [one.diagnostic.code for one in lint(again)]
        assert len(left) <= len(found) or set(left) - {one.diagnostic.code for one in found}
    if parse(Source(result)).diagnostics == []:
        reformat(Source(result))


def draw(subject: Subject) -> None:
    """Text keeps to its width, where a gate fits it; SVG is XML."""
    for circuit in subject.circuits:
        for width in (40, 100):
            text = drawing.drawing(circuit, width)
            assert text == drawing.drawing(circuit, width)
            ascii_only = drawing.drawing(circuit, width, unicode=False)
            assert ascii_only.replace("\n", "").isascii() or not all(name.isascii() for name, _ in circuit.wires)
            assert max(map(len, text.splitlines()), default=0) <= max(width, 72)
        ElementTree.fromstring(svg.svg(circuit))
    codes = (0,) if subject.program else (1,)
    answer = command("draw", str(subject.path), "--as", "svg", codes=codes)
    if subject.program and subject.circuits:
        ElementTree.fromstring(answer["drawing"])
    command("draw", str(subject.path), "--target", "aria", "--before", codes=(0, 1))


def convert(subject: Subject) -> None:
    """There and back in every format; what a format cannot say is refused."""
    program = subject.program
    if program is None:
        for form in formats.WRITERS:
            command("convert", str(subject.path), "--to", form, codes=(1,))
        return
    for form in formats.WRITERS:
        try:
            text, _ = formats.write(program, form)
        except CompileError as error:
            tally(form, error)
            continue
        again, _ = formats.loaded(Source(text, {"payload": "main.json", "qc": "main.qc"}.get(form, "main.qasm")))
        if form == "qc":
            same_program(program, again)
            settled = formats.write(again, "qc")[0]  # a single circuit `ghz(4)` has no name in its text
            assert settled == text or not any(map(is_name, (c.name for c in program.runs)))
            assert formats.write(formats.loaded(Source(settled, MAIN))[0], "qc")[0] == settled
            assert reformat(Source(text)) == text, (text, reformat(Source(text)))
        elif form == "payload":
            compiled = stages.transpile(program, stages.Options())[0]
            for first, second in zip(circuits_of(compiled), circuits_of(again), strict=True):
                same_circuit(first, second, phase=False, registers=program.energy is None)
        else:
            (one,), (other,) = circuits_of(program), circuits_of(again)
            same_circuit(one, other, form == "qasm3", registers=False)


def exchange(subject: Subject) -> None:
    """Circuits of qiskit and cirq, there and back."""
    for circuit in subject.circuits:
        for library in ("qiskit", "cirq"):
            if find_spec(library) is None or circuit.width > MOST_QUBITS:
                continue
            own = iq.Circuit.of(circuit)
            try:
                theirs = own.to_qiskit() if library == "qiskit" else own.to_cirq()
            except CompileError as error:
                tally(library, error)
                continue
            back = iq.from_qiskit(theirs) if library == "qiskit" else iq.from_cirq(theirs)
            same_circuit(circuit, back, registers=not circuit.is_dynamic)


def compare(subject: Subject) -> None:
    """A program does what its formatted, printed and compiled forms do, and differs in nothing from the first two."""
    program = subject.program
    if program is None:
        command("diff", str(subject.path), str(subject.path), codes=(1,))
        return
    if not subject.circuits:
        return
    for name, text in (("a", reformat(subject.source)), ("b", formats.write(program, "qc")[0])):
        other = str(subject.beside(text, name))
        assert command("diff", str(subject.path), other)["differences"] == []
        equal(subject.path, other, "unitary")
    for target in ("qis", "aria", "forte"):
        answer = command("compile", str(subject.path), "--target", target, "--emit", "qc", codes=(0, 1))
        if "program" in answer:
            equal(subject.path, str(subject.beside(answer["program"], target)), "measurement")


def equal(path: Path, other: str, preserve: str) -> None:
    """The command finds no difference under a contract."""
    found = command("equiv", str(path), other, "--preserve", preserve, codes=(0, 1))
    assert found["pairs"]
    assert all(pair["equal"] is not False for pair in found["pairs"]), found


class Balance(HTMLParser):
    """Every element that is opened is closed, the innermost first."""

    VOID = frozenset({"meta", "br", "hr", "img", "input", "link"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def well_formed(page: str) -> None:
    """Every element of a page is closed, its pictures are XML."""
    balance = Balance()
    balance.feed(page)
    balance.close()
    assert not balance.open
    for drawn in re.findall(r"<svg[\s\S]*?</svg>", page):
        ElementTree.fromstring(drawn)


def report(subject: Subject) -> None:
    """The page is well-formed and holds the text of the program."""
    has_branches = any(op.when for circuit in subject.circuits for op in circuit.rows)
    more = ["--defer"] if has_branches else []
    answer = command("report", str(subject.path), "-o", "-", *more, codes=(0,) if subject.program else (1,))
    if subject.program:
        well_formed(answer["page"])


def stats(subject: Subject) -> None:
    """Counts of the circuits as they are."""
    answer = command("stats", str(subject.path), codes=(0,) if subject.program else (1,))
    if subject.program:
        assert [one["qubits"] for one in answer["circuits"]] == [c.width for c in subject.circuits]
        gates = [sum(op.gate not in NOT_GATES for op in c.rows) for c in subject.circuits]
        assert [one["gates"] for one in answer["circuits"]] == gates


def compile_and_verify(subject: Subject) -> None:
    """Every level for every target, verified by the compiler and, for the unitary, here."""
    if subject.program is None:
        command("compile", str(subject.path), codes=(1,))
        return
    some = {"qis": (0, 1), "aria": (2,), "forte": (1, 3), "tempo": (2,)}
    for target, levels in dict.fromkeys(some, (0, 1, 2, 3)).items() if IS_LARGE else some.items():
        for level in levels:
            preserve = ("unitary", "permuted", "measurement", "outcomes")[(level + len(target)) % 4]
            options = stages.Options(target, level, preserve, effort=0.1, verify=True)
            program = subject.program if IS_LARGE else replace(subject.program, runs=subject.program.runs[:2])
            try:
                compiled = stages.transpile(program, options)[0]
            except CompileError as error:
                tally(f"-O{level} {target}", error)
                continue
            for source, result in zip(program.runs, compiled.runs, strict=True):
                assert [(name, len(slots)) for name, slots in source.registers] == [
                    (name, len(slots)) for name, slots in result.registers
                ]
                if source.is_dynamic:
                    same_outcomes(source, result, wholly=False)
                    continue
                assert source.registers == result.registers
                if preserve == "unitary":
                    same_circuit(source, result, may_lose=True)
    answer = command("compile", str(subject.path), "--report", "--show-passes", codes=(0, 1))
    tally_codes("compile", codes_of(answer))


def run(subject: Subject) -> None:
    """The local machine plays what can be played."""
    words = [str(subject.path), "--backend", "local", "--shots", "20", "--seed", "3"]
    answer = command("run", *words, codes=(0, 1) if subject.program else (1,))
    tally_codes("run", codes_of(answer) if subject.program else [])


IDENTIFIER = re.compile(r"[A-Za-z_]\w*|\"")


def language_server(subject: Subject) -> None:
    """Every request at every name; the command's diagnostics; fixes and formatting that do what they say."""
    text = subject.source.text
    files = Workspace()
    document = files.open(text, subject.path.resolve().as_uri())
    ours = TASKS["check"](document.source, document.uri)
    ours += [] if any(one["severity"] == 1 for one in ours) else TASKS["lint"](document.source, document.uri)
    assert [comparable(one) for one in structured(ours)] == [comparable(one) for one in command_says(subject)]
    assert all(0 <= offset(document.source, one["range"][end]) <= len(text) for one in ours for end in ("start", "end"))
    for one in ours:
        for fix in one["data"]["fixes"]:
            edited(text, [{"range": e["range"], "text": e["newText"]} for e in reversed(fix["edits"])])
    assert len(outline.outline(document)) <= len(document.pieces)
    outline.search(files.below([str(subject.path.parent)]), "q")
    ranges.folds(document)
    assert len(tokens.tokens(document)) % 5 == 0
    labels = hints.hints(document, 0, len(text))
    assert all(label["label"].startswith("= ") for label in labels)
    matches = list(IDENTIFIER.finditer(text))
    for match in matches[:: 1 if IS_LARGE else 1 + len(matches) // 8]:
        for place in (match.start(), match.end()):
            hover.hover(document, place)
            at = navigation.definition(document, place, files)
            places = navigation.references(document, place, files)
            marks = navigation.highlights(document, place)
            for item in completion.completions(document, place)[:: 1 if IS_LARGE else 40]:
                completion.resolved(item)
            completion.wants_more(document, place)
            signatures.signature(document, place)
            ranges.growing(document, place)
            if at is not None and places and at["uri"] == document.uri:
                assert at in places
                assert len(marks) == len([p for p in places if p["uri"] == document.uri])
        rename(subject, files, document, match.start())
    edits = [{"range": e["range"], "text": e["newText"]} for e in formatted_by_server(document)]
    with contextlib.suppress(CompileError):
        assert edited(text, edits) == reformat(Source(text))


def formatted_by_server(document: Document) -> list[dict[str, Any]]:
    from ionqdsl.lsp import formatting

    return formatting.formatted(document)


def rename(subject: Subject, files: Workspace, document: Document, place: int) -> None:
    """Refused with a reason, or another name for the same, in every file of the program."""
    try:
        _, name = renaming.renameable(document, place, files)
        changes = renaming.rename(document, place, "fresh_name", files)["changes"]
    except CompileError:
        return
    if subject.program is None:
        return
    path = subject.beside(document.text)
    for uri, edits in changes.items():
        file = files.find(path_of(uri))
        assert file is not None
        text = edited(file.text, [{"range": e["range"], "text": e["newText"]} for e in reversed(edits)])
        changed = path.parent / Path(file.path).relative_to(subject.path.parent.resolve())
        changed.write_text(text, encoding="utf-8", newline="")
    after = stages.load(stages.read(str(path)))[0]
    before = subject.program
    assert len(before.runs) == len(after.runs)
    for one, other in zip(circuits_of(before), circuits_of(after), strict=True):
        one, other = (with_slot_names(circuit, name, "fresh_name") for circuit in (one, other))
        assert (one.width, [q for _, q in one.registers]) == (other.width, [q for _, q in other.registers]), name
        if not one.symbols:
            assert one.rows == other.rows, name


def with_slot_names(circuit: FlatCircuit, name: str, other: str) -> FlatCircuit:
    """The slots of one register under another name."""

    def slot(one: Slot) -> Slot:
        return one._replace(register=other) if one.register == name else one

    rows = [
        op._replace(slot=op.slot and slot(op.slot), when=tuple((slot(one), bit) for one, bit in op.when))
        for op in circuit.rows
    ]
    registers = tuple(
        (label, tuple(slot(one) if isinstance(one, Slot) else one for one in slots))
        for label, slots in circuit.registers
    )
    return replace(circuit, rows=rows, registers=registers)


def lenses(subject: Subject) -> None:
    """Counts for the editor, and lenses at their circuits."""
    from ionqdsl.lsp.lenses import counts
    from ionqdsl.lsp.lenses import lenses as placed

    found = counts(subject.source)
    shown = placed(Document(subject.source.text, subject.path.resolve().as_uri()), found, True)
    counted = [lens for lens in shown if not lens["command"]["command"]]  # the others run a test
    assert len(counted) <= len(found)
    assert subject.program is not None or not found


def documentation(subject: Subject) -> None:
    """The reference, as text and as a page: every gate and circuit of the file is in it."""
    path = subject.beside(subject.source.text).with_name("reference.html")
    answer = command("doc", str(subject.path), "-o", str(path), codes=(0, 1))
    if codes_of(answer):
        assert subject.program is None
        return
    well_formed(path.read_text(encoding="utf-8"))
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        assert main(["doc", str(subject.path)]) == 0
    for item in parse(subject.source).file.items:
        if isinstance(item, syntax.GateDefinition | syntax.CircuitDefinition):
            assert item.name.text in out.getvalue()


def playground(subject: Subject) -> None:
    """What the page is told can be told, and completions are given at every name."""
    text = subject.source.text
    told = answers.answer({"text": text, "parts": ["program", "outcome", "payload"]})
    json.dumps(told, allow_nan=False)
    assert not {"QC0870", "QC1155"} & set(codes_of(told))
    if subject.program is None and "include" not in text:
        said = codes_of(command("check", str(subject.path), codes=(0, 1)))
        assert codes_of(told) == said or not said
    matches = list(IDENTIFIER.finditer(text))
    for match in matches[:: 1 + len(matches) // 5]:
        assert answers.completions({"text": text, "offset": match.end()})["items"] is not None


def highlighting(subject: Subject) -> None:
    """The tokens are the text; a whole program has no token that is none."""
    if find_spec("pygments") is None:
        pytest.skip("pygments is not installed")
    from pygments.token import Error

    from ionqdsl.describe.highlight import QcLexer

    text = subject.source.text
    tokens = list(QcLexer(ensurenl=False, stripnl=False).get_tokens_unprocessed(text))
    assert "".join(value for _, _, value in tokens) == text
    assert subject.program is None or not [value for _, kind, value in tokens if kind in Error]


def structured(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """As the protocol's types carry them, where these are there."""
    if find_spec("lsprotocol") is None:
        return found
    from lsprotocol import types
    from lsprotocol.converters import get_converter

    converter = get_converter()
    return converter.unstructure(converter.structure(json.loads(json.dumps(found)), list[types.Diagnostic]))


def command_says(subject: Subject) -> list[dict[str, Any]]:
    """What `check` says about a file, and `lint` where there are no errors."""
    path = str(subject.path.resolve())
    found = command("check", path, codes=(0, 1))["diagnostics"]
    if not any(one["severity"] == 1 for one in found):
        found += command("lint", path, codes=(0, 1))["diagnostics"]
    return found


def comparable(diagnostic: dict[str, Any]) -> dict[str, Any]:
    """A diagnostic without edits; what an included file's fault is shown at differs, and is left out."""
    data = {key: value for key, value in diagnostic["data"].items() if key != "fixes"}
    elsewhere = Path(data["file"] or MAIN).name != MAIN
    related = diagnostic.get("relatedInformation", [])
    places = [(one["location"]["range"], one["message"]) for one in related] if not elsewhere else []
    return {
        **diagnostic,
        "data": data,
        "relatedInformation": places,
        "range": None if elsewhere else diagnostic["range"],
    }


TOOLS: dict[str, Callable[[Subject], None]] = {
    "check": check,
    "fmt": fmt,
    "lint": lint_and_fix,
    "draw": draw,
    "convert": convert,
    "exchange": exchange,
    "diff and equiv": compare,
    "report": report,
    "stats": stats,
    "compile": compile_and_verify,
    "run": run,
    "language server": language_server,
    "code lens": lenses,
    "doc": documentation,
    "playground": playground,
    "highlighting": highlighting,
}

TALLY: dict[tuple[str, str], int] = {}
"""How often a tool refused a program, by code."""


def tally(tool: str, error: CompileError) -> None:
    """Notes a refusal, which must be one that can be shown."""
    assert error.diagnostics
    for diagnostic in error.diagnostics:
        assert diagnostic.render()
        diagnostic.to_lsp()
    tally_codes(tool, [error.diagnostics[0].code])


def tally_codes(tool: str, codes: list[str]) -> None:
    for code in codes:
        TALLY[tool, code] = TALLY.get((tool, code), 0) + 1


# --- on what ---------------------------------------------------------------------------------------------------------


def drawn(strategy: Any) -> list[Whole]:
    """Programs of a strategy, the same every time."""
    found: list[Whole] = []

    @seed(SEED)
    @settings(
        max_examples=COUNT,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(whole: Whole) -> None:
        found.append(whole)

    collect()
    return list({whole.text: whole for whole in found}.values())


@pytest.fixture(scope="module")
def wholes() -> list[Whole]:
    """Generated programs."""
    return drawn(whole_programs())


@pytest.fixture(scope="module")
def fragments() -> list[Whole]:
    """Generated programs with a few wrong tokens."""
    return drawn(broken())


def use(tool: str, whole: Whole, folder: Path) -> Subject:
    """Runs one tool on a program; a failure shows the text."""
    subject = Subject(whole.write(folder / "program"))
    try:
        TOOLS[tool](subject)
    except Exception as error:
        error.add_note("\n".join(f"--- {name}\n{text}" for name, text in whole.files.items()))
        raise
    return subject


@pytest.mark.parametrize("tool", TOOLS)
def test_generated_programs(tool: str, wholes: list[Whole], tmp_path: Path) -> None:
    subjects = [use(tool, whole, tmp_path / str(number)) for number, whole in enumerate(wholes)]
    assert sum(subject.program is not None for subject in subjects) > 0.7 * len(subjects)


@pytest.mark.parametrize("tool", TOOLS)
def test_programs_that_measure(tool: str, tmp_path: Path) -> None:
    for number in range(SEED, SEED + COUNT):
        text = dynamic_programs.text(number, has_branches=number % 2 == 0, most=10)
        use(tool, Whole({MAIN: text}), tmp_path / str(number))


@pytest.mark.parametrize("tool", TOOLS)
def test_broken_programs(tool: str, fragments: list[Whole], tmp_path: Path) -> None:
    for number, whole in enumerate(fragments):
        use(tool, whole, tmp_path / str(number))


@pytest.mark.parametrize("tool", TOOLS)
def test_examples(tool: str, tmp_path: Path) -> None:
    """Those that are part of the project, with the files they include."""
    shutil.copytree(FOLDER, tmp_path / "program", ignore=shutil.ignore_patterns("*.py"))
    for example in EXAMPLES:
        TOOLS[tool](Subject(tmp_path / "program" / example.relative_to(FOLDER)))


def own_cases() -> Iterator[Whole]:
    """Some of the programs of tests/cases, right and wrong ones: a new case does not change which others."""
    for case in cases.all_cases():
        if not IS_LARGE and zlib.crc32(case.title.encode()) % 8 != SEED % 8:
            continue
        files = {MAIN if name == cases.MAIN else name: text for name, text in case.files.items()}
        if not case.flags and all(not name.startswith((".", "/")) and not name.endswith("/") for name in files):
            yield Whole(files)


@pytest.mark.parametrize("tool", ["check", "fmt", "lint", "language server", "highlighting"])
def test_cases(tool: str, tmp_path: Path) -> None:
    """The rest of the tools have nothing to do with programs that are wrong, as most of these are."""
    for number, whole in enumerate(own_cases()):
        use(tool, whole, tmp_path / str(number))
