"""Starting up must load no heavy module. Would catch an import that slows every command; times are tests/bench's."""

from __future__ import annotations

import importlib.util
import marshal
import subprocess
import sys
from collections.abc import Iterator
from importlib.abc import SourceLoader
from pathlib import Path

import pytest

from ionqdsl.language import grammars, lark_parser

NEEDLESS = (
    "argparse", "array", "dataclasses", "gettext", "inspect", "json", "lark", "locale", "pathlib", "pickle", "shutil",
    "string", "threading", "typing", "ionqdsl.cli.paint", "ionqdsl.cli.parsers", "ionqdsl.diagnostics.rendering",
    "ionqdsl.language.faults", "ionqdsl.language.lower.tests",
)  # fmt: skip
"""Modules that a check of a right program does not need. Each takes as long as three to thirty modules of the package;
instead of names of typing take those of record.py, or import late."""
MODULES, BYTES = 95, 1_250_000
"""The most modules of the package that a check loads, and their code in bytes: each module takes a tenth of a
millisecond, and each megabyte of code five milliseconds."""

HEAVY = ("lark", "numpy", "sympy", "requests", "scipy", "ionqdsl.passes", "ionqdsl.cloud")
"""Heavy libraries, and packages that stand for whole stages."""

FIFTY_LINES = "\n".join(
    [
        "## Fifty lines that use most of the language.",
        'job { name = "start"; backend = "qpu.forte-1"; shots = 500',
        "      settings { error_mitigation { debiasing = true } } }",
        "const n = 6",
        "param t = 0.3, th[3]",
        "gate rzx(theta) c, x { h x; zz(theta) c, x; h x }",
        "gate layer(a = 0.1) x, y { ctrl @ ry(a) x, y; gphase(a); inv @ rzx(2*a + pi/4) x, y }",
        "circuit ghz(m = n) {",
        "  qubit q[m]",
        "  h q[0]",
        "  for i in range(m - 1) { cnot q[i], q[i + 1] }",
        "  register out = q[0:2], _",
        "}",
        "circuit ansatz(x) {",
        "  qubit q[n]",
        *[f"  rx({index}*pi/16) q[{index % 6}]" for index in range(12)],
        "  for a in linspace(0, pi, 3) { layer(a) q[0:2] }",
        "  if n > 3 { u3(1, x, t) q[2]; layer(x/2) q[1], q[2] } else { x q }",
        "  native { gpi2(0.25) q[0] }",
        "  barrier",
        *[f"  rz(x*{index} + th[{index % 3}]) q[{index % 6}]" for index in range(12)],
        "  pauliexp(0.2, Z[0]*Z[1] + 0.5*X[2]) q[0:3]",
        "}",
        "circuit echo {",
        "  gateset native",
        "  qubit a, b",
        "  verbatim { gpi(0.1) a; gpi(0.1) a }",
        "  ms(0, 0.25, angle = 0.1) a, b",
        "}",
        'run ghz, ghz(4) as "four", echo, ansatz(v) for v in [0.1, 90deg/rad] as "a {v:.2f}"',
    ]
)


@pytest.fixture(scope="module", autouse=True)
def tables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The parser's tables, as they are saved when the package is built."""
    folder = str(tmp_path_factory.mktemp("tables"))
    grammars.save("qc.lark", lark_parser.automaton("qc.lark"), folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grammars, "TABLES", folder)
        yield


def loaded(*arguments: str, stdin: str = "") -> tuple[set[str], str]:
    """The modules that a command has loaded, and its output."""
    script = (
        "import sys, ionqdsl.cli\n"
        "from ionqdsl.language import grammars\n"
        f"grammars.TABLES = {grammars.TABLES!r}\n"
        f"code = ionqdsl.cli.main({list(arguments)!r})\n"
        "print('CODE', code)\n"
        "print('MODULES', *sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(Path(__file__).parents[1])!r})\n{script}"],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    lines = done.stdout.splitlines()
    assert lines, done.stderr
    assert lines[-1].startswith("MODULES"), done.stderr
    return set(lines[-1].split()[1:]), "\n".join(lines[:-1]) + done.stderr


def heavy(modules: set[str]) -> set[str]:
    return {name for name in modules if name in HEAVY}


def test_importing_the_package_loads_next_to_nothing() -> None:
    script = "import sys; before = set(sys.modules); import ionqdsl; print(*sorted(set(sys.modules) - before))"
    done = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(Path(__file__).parents[1])!r}); {script}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert set(done.stdout.split()) <= {"ionqdsl", "__future__"}


def test_the_version_loads_no_stage() -> None:
    modules, printed = loaded("--version")
    assert "0." in printed
    assert not heavy(modules)
    assert not {"ionqdsl.language.parse", "ionqdsl.pipeline"} & modules


def test_checking_loads_nothing_heavy(tmp_path: Path) -> None:
    """A file of fifty lines, from a path and from standard input."""
    assert len(FIFTY_LINES.splitlines()) >= 45
    path = tmp_path / "fifty.qc"
    path.write_text(FIFTY_LINES)
    for arguments, stdin in ((("check", str(path)), ""), (("check", "-"), FIFTY_LINES)):
        modules, printed = loaded(*arguments, stdin=stdin)
        assert "CODE 0" in printed, printed
        assert not heavy(modules)


@pytest.mark.parametrize("verb", ["check", "fmt --check"])
def test_a_plain_check_loads_few_modules(verb: str, tmp_path: Path) -> None:
    path = tmp_path / "bell.qc"
    path.write_text("qubit q[2]\nh q[0]\ncnot q\nrz(pi/4) q[1]\n")
    modules, printed = loaded(*verb.split(), str(path))
    assert "CODE 0" in printed, printed
    assert not set(NEEDLESS) & modules
    own = {name for name in modules if name.partition(".")[0] == "ionqdsl"}
    assert len(own) <= MODULES
    assert sum(map(size, own)) <= BYTES


def size(module: str) -> int:
    """The bytes of a module's code."""
    spec = importlib.util.find_spec(module)
    assert spec is not None
    assert isinstance(spec.loader, SourceLoader)
    return len(marshal.dumps(spec.loader.get_code(module)))


OPTIMISING = {
    "ionqdsl.passes.choose_native", "ionqdsl.passes.resynthesise", "ionqdsl.passes.route", "ionqdsl.passes.search",
    "ionqdsl.passes.interactions.use_interactions", "ionqdsl.verify",
}  # fmt: skip
"""Passes of higher levels and of machines; each brings others with it."""


@pytest.mark.parametrize(("words", "says"), [("compile --target qis", '"cnot"'), ("lint", "CODE 0")])
def test_commands_that_optimise_nothing_load_no_optimising_pass(words: str, says: str, tmp_path: Path) -> None:
    """Nor a heavy library: level 0 is the default for qis."""
    path = tmp_path / "bell.qc"
    path.write_text("qubit q[2]\nh q[0]\ncnot q\n")
    modules, printed = loaded(*words.split(), str(path))
    assert says in printed
    assert not {"lark", "numpy", "sympy", "requests", *OPTIMISING} & modules


@pytest.mark.parametrize("text", ["qubit q\nfoo q\n", "qubit q\nrx(1 + 2deg) q\n", "qubit q[\n"])
def test_errors_need_no_heavy_library_either(text: str) -> None:
    modules, printed = loaded("check", "-", stdin=text)
    assert "CODE 1" in printed
    assert not {"numpy", "sympy", "requests"} & modules
