"""The documentation is true: its programs compile, and its commands print the output shown."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from ionqdsl import emulator
from ionqdsl import pipeline as stages
from ionqdsl.cli import main
from ionqdsl.diagnostics import CompileError
from ionqdsl.diagnostics.source import Source
from ionqdsl.ir.options import Options
from ionqdsl.testing import suite

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
WRITTEN = [page for page in PAGES if not page.read_text(encoding="utf-8").startswith("<!-- Written")]

MINUTES = ROOT / "docs" / "minutes.md"
FOLLOWED = [page for page in WRITTEN if page == MINUTES or "Save this as" in page.read_text(encoding="utf-8")]
"""Pages whose files and commands belong together."""


def own_blocks(page: Path) -> str:
    """A page without its longer code blocks, which show what a command prints: Markdown with blocks of its own."""
    return re.sub(r"^````.*?^````$", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)


def blocks(language: str) -> list[pytest.param]:
    return [
        pytest.param(text, id=f"{page.name}-{number}")
        for page in WRITTEN
        for number, text in enumerate(re.findall(rf"```{language}\n(.*?)```", own_blocks(page), re.DOTALL))
    ]


@pytest.mark.parametrize("text", blocks("qc"))
def test_programs_on_pages_compile(text: str) -> None:
    """Would catch an example that the language has moved away from."""
    program, warnings = stages.load(Source(text))
    assert warnings == []
    assert all(suite.outcomes(Source(text)))
    if "backend" not in program.job.settings:
        program.job.set("backend", "simulator")
    options, _ = stages.for_service(program, Options())
    compiled, _, _ = stages.transpile(program, options)
    if not any(circuit.symbols for circuit in compiled.runs):
        assert stages.body(stages.payload(compiled, options))


def pythons(page: Path) -> list[str]:
    """The Python programs on a page."""
    return re.findall(r"```python\n(.*?)```", own_blocks(page), re.DOTALL)


@pytest.mark.parametrize("page", [page for page in WRITTEN if pythons(page)], ids=lambda page: page.name)
def test_python_on_pages_runs(page: Path, tmp_path: Path) -> None:
    """Each program by itself; those of one page share a process, and so what they import."""
    named = [(f"{page.name}, program {number}", text) for number, text in enumerate(pythons(page), 1)]
    lines = [f"exec(compile({text!r}, {name!r}, 'exec'), {{'__name__': '__main__'}})" for name, text in named]
    words = [sys.executable, "-c", "\n".join(lines)]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def commands(page: Path) -> list[tuple[str, str]]:
    """Every `$ ionqdsl ...` of a page with its output, "" if none is shown."""
    text, found = page.read_text(encoding="utf-8"), []
    for _, block in re.findall(r"^(```+)console\n(.*?)^\1$", text, re.DOTALL | re.MULTILINE):
        found += re.findall(r"^\$ (ionqdsl [^\n]*)\n((?:(?!\$ )[^\n]*\n)*)", block, re.MULTILINE)
    return found


def sessions() -> list[pytest.param]:
    """Every command that is shown with its output, on pages whose commands stand for themselves."""
    return [
        pytest.param(command, output, id=f"{page.name}-{command[8:30]}")
        for page in WRITTEN
        if page not in FOLLOWED
        for command, output in commands(page)
        if output
    ]


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """Runs a command in a folder of its own, as wide as a terminal is: the exit code, the output, and the messages."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")

    def run(command: str) -> tuple[int, str, str]:
        code = main(shlex.split(command)[1:])
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.mark.parametrize(("command", "output"), sessions())
def test_sessions_print_what_is_shown(command: str, output: str, tmp_path: Path, terminal: Callable[..., Any]) -> None:
    """The picture in the README is the picture users get."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    (tmp_path / "wrong_unit.qc").write_text("qubit q\nrx(90) q\n")
    (tmp_path / "swap.qc").write_text("qubit q[2]\nswap q[0], q[1]\n")
    cnots = "qubit q[2]\ncnot q[0], q[1]\ncnot q[1], q[0]\ncnot q[0], q[1]\n"
    (tmp_path / "cnots.qc").write_text(cnots)
    flipped = "qubit q[2]\nry(0.3) q[0]\ncnot q[0], q[1]\nx q[1]\nregister out = "
    (tmp_path / "up.qc").write_text(flipped + "q\n")
    (tmp_path / "down.qc").write_text(flipped + "q[1], q[0]\n")
    wrong_sum = 'test "sum" for a in [1] {\n  qubit q[2]\n  x q[0]\n  expect value(q) == a + 1\n}\n'
    (tmp_path / "wrong_sum.qc").write_text(wrong_sum)
    (tmp_path / "wrong.qc").write_text("\nqubit q[2]\nrx(pi/2) q[0], q[1]\n")
    _, shown, said = terminal(command)
    assert (shown + said).strip() == output.strip()


@pytest.mark.parametrize("page", FOLLOWED, ids=lambda page: page.name)
def test_a_page_can_be_followed(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, terminal: Callable[..., Any]
) -> None:
    """In a folder of its own, from top to bottom, with the emulator as the service."""
    text = page.read_text(encoding="utf-8")
    programs = re.findall(r"Save this as `(\w+\.qc)`:\n\n```qc\n(.*?)```", text, re.DOTALL)
    assert len(programs) == text.count("```qc\n")
    for name, program in programs:
        (tmp_path / name).write_text(program, encoding="utf-8")
    steps = commands(page)
    assert len(steps) >= 2
    with emulator.start() as service:
        for name, value in {**service.environment, "IONQDSL_STATE": str(tmp_path / "state")}.items():
            monkeypatch.setenv(name, value)
        for command, output in steps:
            code, shown, said = terminal(command)
            assert code == 0, command + said
            assert output.strip() in ("", shown.strip()), command
        assert len(service.jobs()) == (2 if page.name == "tutorial.md" else 0)


def test_links_lead_somewhere() -> None:
    for page in PAGES:
        for link in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if not link.startswith("http"):
                assert (page.parent / link).exists(), f"{page.name}: {link}"


def test_every_verb_and_code_is_documented() -> None:
    from ionqdsl.cli.verbs import VERBS
    from ionqdsl.diagnostics.codes import CODES

    commands = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    errors = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    assert all(f"## {verb}\n" in commands for verb in VERBS)
    assert all(f"## {code}" in errors for code in CODES)


def test_a_wrong_program_on_a_page_would_be_noticed() -> None:
    """The first test can fail: it compiles what it is given."""
    with pytest.raises(CompileError):
        stages.load(Source("qubit q\nfoo q"))


def test_the_way_of_an_angle_is_the_way_it_takes() -> None:
    """Each function on the list is called, for the first time, after the ones above it."""
    text = (ROOT / "docs" / "architecture.md").read_text()
    steps = re.findall(r"^\d+\. `ionqdsl/([\w/]+\.py)`, `([\w.]+)`", text, re.MULTILINE)
    assert len(steps) == 10
    called: dict[tuple[str, str], None] = {}

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            called.setdefault((frame.f_code.co_filename.rpartition("/ionqdsl/")[2], frame.f_code.co_qualname))

    def compiled(angle: str) -> bytes:
        program, _ = stages.load(Source(f"qubit q\nry({angle}) q"))
        program.job.set("backend", "simulator")
        options = Options(target="forte", level=0)
        return stages.body(stages.payload(stages.transpile(program, options)[0], options))

    compiled("45deg")  # modules are imported and tables read, and nothing remembers the other angle
    sys.setprofile(note)
    try:
        body = compiled("90deg")
    finally:
        sys.setprofile(None)
    assert b'{"gate":"gpi2","target":0,"phase":0.25}' in body
    assert [step for step in called if step in steps] == steps
