"""Texts that people and programs write: programs, flags, request bodies, plans, OpenQASM, settings."""

from __future__ import annotations

from pathlib import Path

from ionqdsl.diagnostics.codes import CODES
from ionqdsl.diagnostics.source import Source
from ionqdsl.pipeline import expression, load
from tests.fuzz import changes, places
from tests.fuzz.judging import Kind

ROOT = Path(__file__).parent.parent.parent


def qc(text: str) -> None:
    load(Source(text))


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


PROGRAMS = [code.fixed for code in CODES.values() if code.fixed] + [
    path.read_text(encoding="utf-8") for path in sorted((ROOT / "examples").glob("*.qc"))
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
