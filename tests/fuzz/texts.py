"""Texts that people and programs write: programs, tests, data, flags, request bodies, plans, OpenQASM, settings."""

from __future__ import annotations

from pathlib import Path

from ionqdsl.diagnostics import IonqdslError
from ionqdsl.diagnostics.codes import CODES
from ionqdsl.diagnostics.source import Source
from ionqdsl.pipeline import expression, load
from tests import meaning
from tests.fuzz import changes, places
from tests.fuzz.judging import Kind

ROOT = Path(__file__).parent.parent.parent


def provide() -> None:
    """Writes the files that programs load, where they are missing."""
    for name, content in DATA.items():
        path = places.FOLDER / name
        if not path.exists():
            path.write_text(content, encoding="utf-8")


def qc(text: str) -> None:
    provide()
    load(Source(text))


def meant(text: str) -> None:
    """The plain interpreter reads every program as the compiler does."""
    provide()
    found = meaning.judged(Source(text))
    assert found.kind != "differs", found.said


def tested(text: str) -> None:
    from ionqdsl.testing import suite

    provide()
    for outcome in suite.outcomes(Source(text)):
        for diagnostic in outcome.diagnostics:
            diagnostic.render()


def data(text: str) -> None:
    """The text as a file of data, in both formats, and its values in a program."""
    for name in ("fuzzed.json", "fuzzed.csv"):
        (places.FOLDER / name).write_bytes(text.encode("utf-8", "surrogatepass"))
    for use in ('load("fuzzed.json")', 'load("fuzzed.csv")', 'load("fuzzed.json").edges', 'load("fuzzed.csv")[0].w'):
        try:
            load(Source(f"const d = {use}\nqubit q\nfor x in d {{ rx(x) q }}\nrx(len(d)) q\n"))
        except IonqdslError as error:
            str(error)


def flag(text: str) -> None:
    expression(text, "--set t")


def payload(text: str) -> None:
    from ionqdsl.read import payload as reader

    reader.program(reader.parse(text.encode("utf-8", "surrogatepass")))


def openqasm(text: str) -> None:
    from ionqdsl.read.openqasm import read

    read(Source(text))


def plan(text: str) -> None:
    from ionqdsl.cloud import plan as plans

    plans.read(Source(text))


def settings(text: str) -> None:
    from ionqdsl import settings as reader

    path = places.FOLDER / "ionqdsl.toml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    reader.load(str(path), False)


def characterization(text: str) -> None:
    from ionqdsl.ir.characterization import parse

    parse(text, "c.json")


def formatted(text: str) -> None:
    from ionqdsl.language.reformat import reformat

    reformat(Source(text))


def linted(text: str) -> None:
    from ionqdsl.linter import lint

    lint(Source(text))


def completed(text: str) -> None:
    from ionqdsl.lsp import completion, signatures
    from ionqdsl.lsp.document import Document

    document = Document(text)
    completion.completions(document, len(text))
    signatures.signature(document, len(text))


DATA = {
    "data.json": '{"n": 3, "J": 0.25, "edges": [[0, 1], [1, 2]], "deep": {"x": [1, 2.5]}, "name": "ZX", "no": null}',
    "rows.csv": "i,w,name\n0,0.5,a\n1,-0.25,\n2,1e-3,b\n",
}
VERSION_2 = {
    path.name: path.read_text(encoding="utf-8") for path in sorted((Path(__file__).parent / "programs").glob("*.qc"))
}
"""Programs with the forms of version 2 by their names: a circuit, an energy, sweeps, and tests."""
PROGRAMS = [code.fixed for code in CODES.values() if code.fixed] + [
    path.read_text(encoding="utf-8")
    for path in sorted([*(ROOT / "examples").glob("*.qc"), *(ROOT / "grammar" / "std").glob("*.qc")])
]
PROGRAMS += [*VERSION_2.values()] * 20
TESTS = [VERSION_2["tests.qc"]] * 3 + [
    path.read_text(encoding="utf-8") for path in sorted((ROOT / "examples" / "programs").glob("*.qc"))
]
JSON = [
    '{"type": "ionq.circuit.v1", "name": "a", "shots": 100, "backend": "simulator", "input": '
    '{"gateset": "qis", "qubits": 2, "circuit": [{"gate": "h", "target": 0}, '
    '{"gate": "cnot", "control": 0, "target": 1}]}}',
    '{"kind": "ionqdsl plan", "format_version": 1, "digest": "x", "jobs": []}',
    '{"fidelity": {"spam": {"median": 0.99}, "1q": {"median": 0.999}}, "timing": {"t1": 100, "t2": 1}}',
]
QASM = [
    'OPENQASM 3.0;\ninclude "stdgates.inc";\nqubit[2] q;\ninput float[64] t;\nfor int i in [0:3] { rx(t*i) q[0]; }\n'
    "ctrl @ x q[0], q[1];\ngate g(a) b { rz(a/2) b; }\ng(pi) q[1];\nbit[2] c;\nc = measure q;\n",
    'OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[2];\ncreg c[2];\ngate g(a) b { u1(a/2) b; }\nh q;\ncx q[0],q[1];\n'
    "g(0.1) q[0];\nmeasure q -> c;\n",
]
_SETTINGS = ['target = "aria"\nlevel = 2\nshots = 100\n[profiles.lab]\nbackend = "simulator"\n']
KINDS = {
    "qc": Kind(qc, PROGRAMS, changes.text),
    "meaning": Kind(meant, PROGRAMS, changes.text),
    "tests": Kind(tested, TESTS, changes.text),
    "data": Kind(data, [*DATA.values(), "[1, 2.5, -3e2]", "0.5,1\n2,3\n"], changes.text),
    "data tree": Kind(data, [DATA["data.json"], "[[1, 2], [0.5, null]]"], changes.tree),
    "flag": Kind(
        flag, ["linspace(0, pi, 5)", "[1, 2.5, 90deg]", "0.3*pi/2", "[i for i in range(4) if i]"], changes.text
    ),
    "fmt": Kind(formatted, PROGRAMS, changes.text),
    "lint": Kind(linted, PROGRAMS, changes.text),
    "completion": Kind(completed, PROGRAMS, changes.text),
    "payload": Kind(payload, JSON, changes.text),
    "payload tree": Kind(payload, JSON, changes.tree),
    "plan": Kind(plan, JSON, changes.text),
    "plan tree": Kind(plan, JSON, changes.tree),
    "characterization": Kind(characterization, JSON, changes.text),
    "characterization tree": Kind(characterization, JSON, changes.tree),
    "openqasm": Kind(openqasm, QASM, changes.text),
    "settings": Kind(settings, _SETTINGS, changes.text),
}
