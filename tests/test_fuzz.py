"""Any text is a program or a list of errors, within a second.

Would catch every other exception, errors that cannot be shown (a missing fact, a span outside the text), and texts that
take long. Loops as long as the limits allow take longer than that by design; here the limits are lowered, which also
shows that they bound the time.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import cases
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from programs import programs

from ionqdsl.diagnostics import CompileError
from ionqdsl.diagnostics.codes import CODES
from ionqdsl.diagnostics.source import Source
from ionqdsl.ir.gates import NAMES
from ionqdsl.ir.keywords import KEYWORDS
from ionqdsl.language import evaluate, functions, includes, step_budget, values
from ionqdsl.language.library import standard_signatures
from ionqdsl.language.lower import circuits, gates
from ionqdsl.pipeline import load
from tests import steps

MOST = 2_000_000
"""Calls that loading a text may take: about a second."""
LOWER = 500
"""How far the limits are lowered."""

EXAMPLES = Path(__file__).parent.parent / "examples"
CORPUS = [
    *(path.read_text(encoding="utf-8") for path in sorted(EXAMPLES.rglob("*.qc"))),
    *(code.fixed for code in CODES.values() if code.fixed),
    *(case.files[cases.MAIN] for case in cases.all_cases() if len(case.files) == 1),
]
_WORDS = """
q a b theta th n i x_1 _ X Y Z pi tau deg turn rad e job qc bell main out name backend shots noise model seed settings
compilation opt precision metadata ansatz params type data 0 1 2 3 -1 0.5 .25 1e3 1e-3 2. 90deg 0.25turn 1.5rad 1_000
0x1 3kg 1e400 12345678901234567890 "" "text" "t={t:.2f}" "a\\n" "simulator" "
+ - * / // % ** < > <= >= == != = += @ , ; :
. ( ) [ ] { } # \\ ' ? ! & | ^ ~ ` $ -> .. é π 🎉
"""
GATES = sorted(NAMES["qis"].keys() | NAMES["native"].keys() | standard_signatures().keys())
BLANK = ["\n", "\n\n", "\r\n", "\t", "# note\n", "\ufeff", "\0", "\x7f", "\u2028"]
TOKENS = [*sorted(KEYWORDS), *GATES, *sorted(functions.FUNCTIONS), *_WORDS.split(), *BLANK]
TOKEN = re.compile(r'#[^\n]*|"[^"\n]*"?|\w+|\s+|.')


@pytest.fixture(autouse=True)
def lower_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    limit = gates.MAX_OPERATIONS // LOWER
    monkeypatch.setattr(gates, "MAX_OPERATIONS", limit)
    monkeypatch.setattr(circuits, "MAX_OPERATIONS", limit)
    for module in (evaluate, functions, values):
        monkeypatch.setattr(module, "MAX_LIST", values.MAX_LIST // LOWER)
    monkeypatch.setattr(step_budget, "STEPS", step_budget.STEPS // 4)
    load(Source("param t\nqubit q\nrx(t*t) q\nqubit r\ncx q, r\n"))  # loads late imports


@contextlib.contextmanager
def interrupted(after: int) -> Iterator[None]:
    """Stops an input that takes far too long, so that a failure is a failure and no waiting."""

    def stop(*_: object) -> None:
        raise AssertionError(f"still running after {after} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(after)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def judge(source: Source) -> None:
    """Loads a text; everything that is said about it can be said."""
    try:
        with interrupted(after=300), steps.counted(MOST):
            _, found = load(source)
    except CompileError as error:
        found = list(error.diagnostics)
        assert any(diagnostic.is_error for diagnostic in found)
    for diagnostic in found:
        assert diagnostic.render().startswith(f"{diagnostic.severity}[{diagnostic.code}]: ")
        fields = [name for _, name, _, _ in Formatter().parse(CODES[diagnostic.code].message) if name]
        assert all(diagnostic.facts[name] is not None for name in fields)
        diagnostic.to_lsp()
        for span in [diagnostic.span, *(span for span, _ in diagnostic.labels)]:
            if span is not None and span.source is source:
                assert 0 <= span.start <= span.end <= len(source.text) + 1


FAST = settings(suppress_health_check=[*settings().suppress_health_check, HealthCheck.function_scoped_fixture])


@FAST
@given(st.text(max_size=200))
def test_random_text(text: str) -> None:
    judge(Source(text))


@FAST
@given(st.binary(max_size=200))
def test_random_bytes(data: bytes) -> None:
    with contextlib.suppress(CompileError):  # no text, or no text of ours
        judge(Source(includes.decode(data, "random.qc"), "random.qc"))


@FAST
@given(st.lists(st.sampled_from(TOKENS), max_size=60), st.sampled_from(["", " "]))
def test_token_soup(tokens: list[str], between: str) -> None:
    judge(Source(between.join(tokens)))


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A program with a few characters or tokens deleted, doubled, swapped, put in or taken from another program."""
    text = draw(st.sampled_from(CORPUS) | programs())
    pieces = list(text) if draw(st.booleans()) else TOKEN.findall(text)
    for _ in range(draw(st.integers(1, 4))):
        if not pieces:
            break
        at = draw(st.integers(0, len(pieces) - 1))
        match draw(st.sampled_from(["delete", "delete", "double", "swap", "put", "put", "cut", "move"])):
            case "delete":
                del pieces[at]
            case "double":
                pieces.insert(at, pieces[at])
            case "swap":
                other = draw(st.integers(0, len(pieces) - 1))
                pieces[at], pieces[other] = pieces[other], pieces[at]
            case "put":
                pieces.insert(at, draw(st.sampled_from(TOKENS)))
            case "cut":
                del pieces[at:]
            case "move":
                length = draw(st.integers(1, 20))
                pieces = [*pieces[:at], *pieces[at + length :], *pieces[at : at + length]]
    return "".join(pieces)


@FAST
@given(mutated())
def test_mutated_programs(text: str) -> None:
    judge(Source(text))


HARD = [
    "qubit q[2\n" * 200,
    "{" * 3000,
    "(" * 3000 + "1",
    "qubit q\nrx(" + "-" * 10_000 + "1) q",
    "qubit q\nrx(" + "1+" * 8_000 + "1) q",
    "qubit q\nrx(" + "2**" * 5_000 + "1) q",
    "qubit q\nrx(" + "not " * 5_000 + "1) q",
    "qubit q\n" + "if q == 1 { h q } else " * 300 + "{ h q }",
    "const x = [" + "[" * 50 + "1" + "]" * 50 + "]",
    "".join(f"gate g{k} a {{ g{k + 1} a; g{k + 1} a }}\n" for k in range(60)) + "gate g60 a { h a }\nqubit q\ng0 q",
    "".join(f"gate g{k}(x) a {{ g{k + 1}(x + 1) a; g{k + 1}(x) a }}\n" for k in range(60))
    + "gate g60(x) a { rx(x) a }\nqubit q\ng0(0) q",
    "qubit q\nfor i in range(10**4) { for j in range(10**4) { rx(1) q } }",
    "qubit q\nfor i in range(10**4) { for j in range(10**4) { } }",
    "qubit q\nfor i in range(10**4) { for j in range(10**4) { const k = i*j } }",
    "const x = [[j for j in range(1000)] for i in range(1000)]",
    "const x = sum([sum([i*j for j in range(1000)]) for i in range(1000)])",
    "const x = [0]*1000000\nconst y = x + x\nconst z = y + y + y + y + y + y + y + y + y + y + y + y",
    "const x = range(10**18)\nconst y = 5 in x\nconst z = len(x)\nconst w = x[5:10**17]",
    "const x = max(range(10**12))\nconst y = sum(range(10**12))",
    "const x = 10**1200 * 10**1200\nconst y = 7**1400 % 3\nconst z = 1e400 + 1/3",
    "const x = 10**400 + 1/2\nqubit q[x]\nrx(x) q\nh q[x]\nnop(x)",
    "job { shots = 10**400 + 1/2 }\nqubit q\nh q",
    "hamiltonian h1 = 10**400*Z[0]\ncircuit a { qubit q; h q }\n"
    "energy { hamiltonian = h1; ansatz = a; params = [10**400, 1/3] }",
    'circuit a(t) { qubit q; rx(t) q }\nrun a(t) for t in [10**400 + 1/2] as "{t:.3f}"',
    'circuit a(t) { qubit q; rx(t) q }\nrun a(t) for t in [true, "x", [1], null] as "{t:>30}"',
    "qubit q[10000]\nfor i in range(100) { h q }",
    "qubit q[10000], r[10000]\ncnot q, r",
    "param p[30000]\nqubit q\nrx(p[29999]) q",
    "qubit q[3]\nctrl(1000) @ pow(1/3) @ ctrl(1000) @ x q",
    "qubit q[2]\npow(10**9) @ u(1, 2, 3) q\npow(-10**9) @ h q\npow(10**4000) @ h q",
    "hamiltonian big = sum([Z[i]*Z[j] for i in range(200) for j in range(200)])",
    "hamiltonian big = sum([sum([Z[i]*Z[j] for j in range(100) if j != i]) for i in range(100)])",
    "hamiltonian a = sum([Z[i] for i in range(1000)])\nhamiltonian b = a*a\nhamiltonian c = b*b\nqubit q\nh q",
    "hamiltonian h1 = Z[10**30]\nqubit q\npauliexp(1, Z[10**9]) q",
    "param t\nqubit q\nrx(((t + 1)**30)**30) q",
    "param t\nqubit q\nrx(sum([t**k for k in range(100)])) q",
    "param p[10000]\nqubit q\nrx(sum(p)) q\nrx(max(p)) q\nrx(sum([k*p[k] for k in range(100)])) q",
    "qubit q\nfor i in range(-2**62, 2**62) { h q }\nconst n = len(range(-2**60, 2**60))",
    "param t, s\nqubit q\n" + "".join(f"rx(sin(t + {k})*cos(s*{k})) q\n" for k in range(40)),
    "qubit q\n" + "h q;" * 2000,
    "h" * 100_000,
    "1" * 100_000,
    '"' * 100_001,
    "#" * 100_000 + "\nqubit q\nh q }",
    "qubit q\n" + "h q }\n" * 1000,
    "\n" * 100_000 + "}",
    "qubit q\nassert" + " " * 50_000 + "(",
    "a," * 20_000,
    "gate g " + ",".join(f"a{k}" for k in range(3000)) + " { h a0 }\nqubit q[3000]\ng q",
    "let q = q\nlet r = r[0]\nqubit r\nconst c = c",
    'include "\0"\ninclude "' + "a" * 5000 + '"\ninclude "a/../../x"\nqubit q\nh q',
    "qubit q\nrx(X*Y) q\nrx(X + 1) q\nrx(len(X)) q\nrx(X == X) q\nrx(-X) q\nrx(sum([X])) q\nrx(X[X]) q\nrx([X][0]) q",
    "qubit q\nrx(sum([])) q\nrx(max(sum([]), 1)) q\nrx(sum([]) < 1deg) q\nrx(-sum([])) q\n"
    "rx(sum([])/sum([])) q\nrx(sum([])**2) q",
    'qubit q\nrx(env("A") + 1) q\nif env("A") == "x" { h q }\nrx(len(env("A"))) q\n'
    'for i in env("A") { h q }\nassert false, env("A")',
    "qubit q[3]\nfor i in range(3) { for j in [1] * 1000 { for k in range(1000) { const x = sin(i*j*k) } } }",
]
"""Texts made to be slow, deep, long or odd."""


@pytest.mark.parametrize("text", HARD, ids=[re.sub(r"\s+", " ", text[:40]) for text in HARD])
def test_hard_texts(text: str) -> None:
    judge(Source(text))


def test_the_fuzz_runs() -> None:
    """An input of each kind of `make fuzz`."""
    words = [sys.executable, "-m", "tests.fuzz", "--each", "1", "--seed", "1"]
    root = EXAMPLES.parent
    ended = subprocess.run(words, cwd=root, env={**os.environ, "PYTHONPATH": str(root)}, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    kinds = json.loads(ended.stdout.partition(" faults; ")[2])
    assert len(kinds) > 15
    assert not [name for name, tried in kinds.items() if not tried.startswith("1 ")]


_BEGIN = {"jsonrpc": "2.0", "method": "initialize", "params": {"capabilities": {}}, "id": 0}
_END = {"jsonrpc": "2.0", "method": "shutdown", "params": None}
_OPEN = {"uri": "file://[", "languageId": "qc", "version": 1, "text": "h q"}


@pytest.mark.parametrize(
    "messages",
    [
        [_BEGIN, {**_END, "id": 1}, {**_END, "id": 2}],
        [{**_BEGIN, "params": {"capabilities": {}, "rootUri": "fe://]db"}}, _BEGIN],
        [_BEGIN, {"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {"textDocument": _OPEN}}],
    ],
    ids=["a shutdown during a shutdown", "a folder at no address", "a file at no address"],
)
def test_the_server_survives(messages: list[dict[str, object]], tmp_path: Path) -> None:
    """A request that is cancelled leaves the table of requests; an address may be none."""
    (tmp_path / "messages.txt").write_text(json.dumps(messages))
    words = [sys.executable, "-m", "tests.fuzz", "--kind", "editor", "--again", str(tmp_path / "messages.txt")]
    root = EXAMPLES.parent
    ended = subprocess.run(words, cwd=root, env={**os.environ, "PYTHONPATH": str(root)}, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout + ended.stderr
