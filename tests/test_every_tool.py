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
import re
import shutil
import xml.etree.ElementTree as ElementTree
import zlib
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import cases
import dynamic_programs
import pytest
from editor_tools import highlighting, language_server, lenses
from hypothesis import HealthCheck, Phase, given, seed, settings
from sameness import MOST_QUBITS, circuits_of, same_circuit, same_outcomes, same_program
from test_fmt import judge
from tool_subjects import COUNT, IDENTIFIER, IS_LARGE, SEED, Subject, codes_of, command, tally, tally_codes
from whole_programs import MAIN, Whole, broken, whole_programs

import ionqdsl as iq
from ionqdsl import formats
from ionqdsl import pipeline as stages
from ionqdsl.cli import main
from ionqdsl.diagnostics import CompileError
from ionqdsl.diagnostics.source import Source
from ionqdsl.emit import drawing, svg
from ionqdsl.emit.qc import is_name
from ionqdsl.ir.circuit import NOT_GATES
from ionqdsl.language import syntax
from ionqdsl.language.parse import parse
from ionqdsl.language.reformat import reformat
from ionqdsl.linter import fixed, lint
from ionqdsl.playground import answers
from ionqdsl.record import changed

FOLDER = Path(__file__).parent.parent / "examples"
EXAMPLES = sorted([*FOLDER.glob("*.qc"), *FOLDER.glob("measurements/*.qc")])


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
    """Corrections change no circuit, are made once, and settle their findings."""
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
    """There and back in every format; circuits that a format cannot say are refused."""
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
    """A program has the effect of its formatted, printed and compiled forms, and equals the first two in all else."""
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
            program = subject.program if IS_LARGE else changed(subject.program, runs=subject.program.runs[:2])
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
    """The local machine plays all circuits that it can."""
    words = [str(subject.path), "--backend", "local", "--shots", "20", "--seed", "3"]
    answer = command("run", *words, codes=(0, 1) if subject.program else (1,))
    tally_codes("run", codes_of(answer) if subject.program else [])


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
    """The page can show its answers, and completions are given at every name."""
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


# --- the subjects ----------------------------------------------------------------------------------------------------


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
    valid, count = sum(subject.program is not None for subject in subjects), len(subjects)
    assert valid > 0.7 * count - 2 * (0.21 * count) ** 0.5  # by two standard deviations, as a few may be unlucky


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
    unused = shutil.ignore_patterns("*.py", "*.ipynb", "programs")  # each tool copies the folder, some several times
    shutil.copytree(FOLDER, tmp_path / "program", ignore=unused)
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
