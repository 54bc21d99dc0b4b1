"""OpenQASM's own examples and conformance files, and broken texts: each ends in a program or a diagnostic, quickly.

Would catch a traceback, an invalid text taken for a program, and texts that take long. The files are not part of the
project; without them, only the broken texts are tried.
"""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ionqdsl import formats
from ionqdsl.diagnostics import CompileError
from ionqdsl.diagnostics.source import Source
from ionqdsl.read.openqasm import operands, program
from tests import steps

FOLDER = Path(os.environ.get("IONQDSL_OPENQASM", "../shared/openqasm"))
EXAMPLES = sorted(FOLDER.glob("examples/*.qasm"))
REFERENCE = sorted(FOLDER.glob("source/grammar/tests/reference/**/*.yaml"))
INVALID = sorted(FOLDER.glob("source/grammar/tests/invalid/**/*.qasm"))

ACCEPTED = {"adder", "inverseqft1", "inverseqft2", "qft", "qpt", "rb", "teleport"}
"""The examples that are circuits. The others measure on the way, wait, have subroutines that measure, or have no gate to call."""

MOST = 2_000_000
"""Calls that reading a text may take: about a second."""


def judged(text: str, name: str = "text.qasm") -> str:
    """The code of the first error, "" for a program; within so many calls."""
    source = Source(text, name)
    try:
        with steps.counted(MOST):
            _, noticed = formats.FORMATS["openqasm"].read(source, {})
        found = ""
    except CompileError as error:
        noticed = list(error.diagnostics)
        found = noticed[0].code
    for diagnostic in noticed:
        assert diagnostic.render()
        diagnostic.to_lsp()
        if diagnostic.span is not None and diagnostic.span.source is source:
            assert 0 <= diagnostic.span.start <= diagnostic.span.end <= len(source.text) + 1
    return found


@pytest.mark.skipif(not EXAMPLES, reason="OpenQASM's examples are not here")
def test_examples() -> None:
    outcomes = {path.stem: judged(path.read_text()) for path in EXAMPLES}
    assert {name for name, code in outcomes.items() if not code} == ACCEPTED
    assert set(outcomes.values()) <= {"", "QC1172", "QC1105", "QC1107", "QC1112", "QC1120"}, outcomes


@pytest.mark.skipif(not REFERENCE, reason="OpenQASM's conformance files are not here")
def test_conformance_files() -> None:
    """They hold syntax only, most of them without declarations."""
    yaml = pytest.importorskip("yaml")
    counts: dict[str, int] = {}
    for path in REFERENCE:
        loaded = yaml.safe_load(path.read_text())
        code = judged(loaded["source"] if isinstance(loaded, dict) else "")
        counts[code] = counts.get(code, 0) + 1
    assert sum(counts.values()) == len(REFERENCE)
    assert set(counts) <= {
        "",
        "QC1101",
        "QC1105",
        "QC1107",
        "QC1110",
        "QC1111",
        "QC1112",
        "QC1120",
        "QC1124",
        "QC0424",
        "QC1127",
        "QC1129",
        "QC1135",
    }, counts


@pytest.mark.skipif(not INVALID, reason="OpenQASM's conformance files are not here")
def test_invalid_statements_are_refused() -> None:
    """Each line on its own, with the names it may want."""
    for path in INVALID:
        for line in path.read_text().splitlines():
            statement = line.partition("//")[0].strip()
            if statement.endswith((";", "}")) and "{" not in statement.replace("{}", ""):
                assert judged(f"OPENQASM 3.0;\n{statement}\n"), statement


SEEDS = [
    'OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[3];\ncreg c[3];\ngate g(a, b) x, y { rx(a/2) x; cx x, y; u3(b, pi, -a) y; }\n'
    "g(0.1, pi/4) q[0], q[1];\nh q;\nbarrier q;\nif (c == 1) x q[0];\nmeasure q -> c;\n",
    'OPENQASM 3.0;\ninclude "stdgates.inc";\ninput float theta;\nconst int n = 4;\nqubit[n] q;\nbit[n] c;\n'
    "for int i in [0:n-2] { ctrl @ rx(theta*i) q[i], q[i+1]; if (i % 2 == 0) { inv @ s q[i]; } else x q[i]; }\n"
    "let a = q[{0, 2}] ++ q[3:-1:1];\ngate g(t) a, b { pow(2) @ U(t, 0, 1) a; negctrl @ x a, b; gphase(t); }\n"
    "g(sin(pi/3)) a[0], a[1];\nc[0:1] = measure q[0:1];\nc[3] = measure q[3];\n",
]
TOKEN = re.compile(r'//[^\n]*|"[^"\n]*"?|\w+|\s+|.')
_WORDS = """
OPENQASM 2.0 3.0 include qubit bit int uint[8] float angle const let gate for in if else measure reset barrier ctrl @ inv pow
negctrl gphase U CX x rx q c n theta pi 0 1 -1 1e3 1e400 0x1F 0b101 0.5 999999999999 [ ] ( ) { } , ; : + - * / ** % ^ && || ! ~ <<
>> == != <= -> = += ++ "0101" "stdgates.inc" $0 # @ // /* */ while def box delay 100ns end θ 🎉 ' \\ é input output creg qreg
"""


WORDS = _WORDS.split()


@pytest.fixture(autouse=True)
def _lower_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "MAX_STEPS", 5000)
    monkeypatch.setattr(operands, "MAX_ROUNDS", 5000)


@st.composite
def mutated(draw: st.DrawFn) -> str:
    text = draw(st.sampled_from(SEEDS))
    pieces = list(text) if draw(st.booleans()) else TOKEN.findall(text)
    for _ in range(draw(st.integers(1, 5))):
        at = draw(st.integers(0, max(len(pieces) - 1, 0)))
        match draw(st.sampled_from(["delete", "double", "put", "put", "cut", "swap"])):
            case "delete":
                del pieces[at : at + 1]
            case "double":
                pieces[at:at] = pieces[at : at + 3]
            case "put":
                pieces.insert(at, draw(st.sampled_from(WORDS)))
            case "cut":
                del pieces[at:]
            case "swap" if pieces:
                other = draw(st.integers(0, len(pieces) - 1))
                pieces[at], pieces[other] = pieces[other], pieces[at]
    return "".join(pieces)


@settings(max_examples=120)
@given(mutated())
def test_mutated_programs(text: str) -> None:
    judged(text)


@settings(max_examples=60)
@given(st.lists(st.sampled_from(WORDS), max_size=40), st.sampled_from(["", " "]))
def test_token_soup(tokens: list[str], between: str) -> None:
    judged("OPENQASM 3.0;\nqubit[2] q; bit[2] c;\n" + between.join(tokens))


TWO = 'OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[2];\n'
THREE = 'OPENQASM 3.0;\ninclude "stdgates.inc";\nqubit[2] q;\n'
HARD = [
    TWO + "rx(" + "(" * 3000 + "1",
    TWO + "rx(" + "-" * 5000 + "1) q[0];",
    TWO + "rx(" + "1+" * 5000 + "1) q[0];",
    THREE + "rx(" + "2**" * 3000 + "1) q[0];",
    THREE + "rx(10**1000*10**1000) q[0];",
    THREE + "rx(1 << 100000) q[0];",
    THREE + "{" * 3000,
    THREE + "for int i in [0:1000000000000] { }",
    THREE + "for int i in [0:100000] for int j in [0:100000] x q[0];",
    THREE + "int n = 1; for int i in [0:4000] { n = n * n + 3; }",
    THREE + "if (true) " * 2000 + "x q[0];",
    TWO
    + "".join(f"gate g{k + 1} a {{ g{k} a; g{k} a; }}\n" for k in range(1, 60)).replace("g1 a", "x a", 2)
    + "g60 q[0];",
    THREE + "gate g a { x a; }\npow(1000000000) @ g q[0];",
    THREE + "pow(1000000000) @ inv @ U(1, 2, 3) q[0];",
    THREE + "ctrl(1000) @ ctrl(1000) @ x q[0];",
    TWO + "h q[0];\n" * 3000,
    TWO + "hh q[0];\n" * 3000,
    "OPENQASM 2.0;" + "qreg q[1];" * 3000,
    "/*" * 50_000,
    "OPENQASM 3; qubit q; " + '"' * 50_001,
    "OPENQASM 3; " + "x" * 100_000,
    TWO + "rx(" + "1" * 100_000 + ") q[0];",
    THREE + "let a = " + "q ++ " * 3000 + "q;",
    THREE + "uint[4096] n = 0; rx(n[4095]) q[0]; rx(~n) q[0];",
    THREE + "\x00\ufeff\u2028x q[0];",
    THREE + "input float t; rx(((t + 1)**30)**30) q[0];",
]


@pytest.mark.parametrize("text", HARD, ids=[re.sub(r"\s+", " ", text[-60:])[:30] for text in HARD])
def test_hard_texts(text: str) -> None:
    judged(text)


def test_a_file_that_includes_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.qasm").write_text('OPENQASM 3;\ninclude "a.qasm";\nqubit q;\n')
    with contextlib.suppress(CompileError):
        formats.load("a.qasm")
        raise AssertionError
