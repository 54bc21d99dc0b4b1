"""Inputs at volume, outside the gate: `make fuzz MINUTES=10 SEED=7`.

Each kind of input is made from known ones by small changes, from a seed that is printed; whatever raises something else
than one of ionqdsl's own errors, or takes more than three seconds of processor time, is made smaller and
kept in a file under `fuzz-found/`. Says how many inputs were tried.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

from ionqdsl.diagnostics import IonqdslError
from ionqdsl.diagnostics.codes import CODES
from ionqdsl.diagnostics.source import Source
from ionqdsl.pipeline import expression, load

ROOT = Path(__file__).parent.parent
SECONDS = 3.0
PIECES = """
{ } ( ) [ ] , ; : @ = == + - * / ** // % < > . " ' # \\ \n \t \x00 \x1b \ufeff \u202e é π 0 1 2 -1 1e400 0.5
1_0 2_ 90deg 9999999999999999999999999 qubit q gate for i in range(3) if else let const param circuit run energy job
ctrl @ inv pow(2) null true NaN Infinity "\\ud800" OPENQASM 3; include measure reset barrier def pragma // /* */
float[64] input
""".split(" ")  # noqa: SIM905


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
    import tempfile

    from ionqdsl import settings as reader

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "ionqdsl.toml")
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


_PROGRAMS = [code.fixed for code in CODES.values() if code.fixed] + [
    path.read_text(encoding="utf-8") for path in sorted((ROOT / "examples").glob("*.qc"))
]
_JSON = [
    '{"type": "ionq.circuit.v1", "name": "a", "shots": 100, "backend": "simulator", "input": '
    '{"gateset": "qis", "qubits": 2, "circuit": [{"gate": "h", "target": 0}, '
    '{"gate": "cnot", "control": 0, "target": 1}]}}',
    '{"kind": "ionqdsl plan", "format_version": 1, "digest": "x", "jobs": []}',
    '{"fidelity": {"spam": {"median": 0.99}, "1q": {"median": 0.999}}, "timing": {"t1": 100, "t2": 1}}',
]
_QASM = [
    'OPENQASM 3.0;\ninclude "stdgates.inc";\nqubit[2] q;\ninput float[64] t;\nfor int i in [0:3] { rx(t*i) q[0]; }\n'
    "ctrl @ x q[0], q[1];\ngate g(a) b { rz(a/2) b; }\ng(pi) q[1];\nbit[2] c;\nc = measure q;\n",
    'OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[2];\ncreg c[2];\ngate g(a) b { u1(a/2) b; }\nh q;\ncx q[0],q[1];\n'
    "g(0.1) q[0];\nmeasure q -> c;\n",
]
_SETTINGS = ['target = "aria"\nlevel = 2\nshots = 100\n[profiles.lab]\nbackend = "simulator"\n']
KINDS: dict[str, tuple[Callable[[str], None], list[str]]] = {
    "qc": (qc, _PROGRAMS),
    "flag": (flag, ["linspace(0, pi, 5)", "[1, 2.5, 90deg]", "0.3*pi/2", "[i for i in range(4) if i]"]),
    "fmt": (formatted, _PROGRAMS),
    "lint": (linted, _PROGRAMS),
    "completion": (completed, _PROGRAMS),
    "payload": (payload, _JSON),
    "plan": (plan, _JSON),
    "characterization": (characterization, _JSON),
    "openqasm": (openqasm, _QASM),
    "settings": (settings, _SETTINGS),
}


def changed(text: str, others: list[str], source: random.Random) -> str:
    """A text with a few pieces deleted, doubled, put in or taken from another."""
    for _ in range(source.randint(1, 4)):
        start = source.randint(0, len(text))
        end = min(len(text), start + source.choice((0, 1, 1, 3, 10, 40)))
        match source.randrange(5):
            case 0:
                text = text[:start] + text[end:]
            case 1:
                text = text[:end] + text[start:end] * source.choice((1, 2, 30)) + text[end:]
            case 2:
                text = text[:start] + source.choice(PIECES) + text[start:]
            case 3:
                text = text[:start] + chr(source.choice((source.randrange(128), source.randrange(0xD800)))) + text[end:]
            case 4:
                other = source.choice(others)
                at = source.randint(0, len(other))
                text = text[:start] + other[at : at + source.choice((5, 30, 100))] + text[end:]
    return text[:20_000]


def fault(judge: Callable[[str], None], text: str) -> str:
    """What is wrong with how a text is taken; "" for nothing."""
    began = time.process_time()
    try:
        judge(text)
    except IonqdslError as error:
        str(error)
        json.dumps([one.to_lsp() for one in error.diagnostics])
    except Exception as error:
        return f"{type(error).__name__}: {error}"[:200]
    took = time.process_time() - began
    return "slow" if took > SECONDS else ""


def smaller(judge: Callable[[str], None], text: str, what: str) -> str:
    """The text without pieces that the fault does not need."""
    kind, size = what.partition(":")[0], len(text) // 2
    while size and kind != "slow":
        at = 0
        while at < len(text):
            shorter = text[:at] + text[at + size :]
            if fault(judge, shorter).partition(":")[0] == kind:
                text = shorter
            else:
                at += size
        size //= 2
    return text


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", choices=tuple(KINDS))
    arguments = parser.parse_args()
    source, found, tried = random.Random(arguments.seed), dict[str, str](), dict.fromkeys(KINDS, 0)
    until = time.monotonic() + 60 * arguments.minutes
    while time.monotonic() < until:
        for name in [arguments.kind] if arguments.kind else KINDS:
            judge, corpus = KINDS[name]
            text = changed(source.choice(corpus), corpus, source)
            tried[name] += 1
            what = fault(judge, text)
            if what and f"{name} {what[:60]}" not in found:
                found[f"{name} {what[:60]}"] = text
                folder = ROOT / "fuzz-found"
                folder.mkdir(exist_ok=True)
                path = folder / f"{name}-{arguments.seed}-{tried[name]}.txt"
                path.write_bytes(smaller(judge, text, what).encode("utf-8", "surrogatepass"))
                print(f"{name}: {what}\n  {path}", flush=True)
    print(f"seed {arguments.seed}: {sum(tried.values()):,} inputs, {len(found)} faults; {json.dumps(tried)}")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
