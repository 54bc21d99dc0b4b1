"""The documentation is true: its programs compile, and its commands print the output shown."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import pytest

from ionqdsl import emulator
from ionqdsl import pipeline as stages
from ionqdsl.cli import main
from ionqdsl.cloud import submit
from ionqdsl.diagnostics import CompileError
from ionqdsl.diagnostics.source import Source
from ionqdsl.ir.options import Options
from ionqdsl.testing import suite

if TYPE_CHECKING:
    from ionqdsl.emulator.server import Emulator

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
WRITTEN = [page for page in PAGES if not page.read_text(encoding="utf-8").startswith("<!-- Written")]

MINUTES = ROOT / "docs" / "minutes.md"
FOLLOWED = [page for page in WRITTEN if page == MINUTES or "Save this as" in page.read_text(encoding="utf-8")]
"""Pages whose files and commands belong together."""


def own_blocks(page: Path) -> str:
    """A page without its longer code blocks, which show the output of a command: Markdown with blocks of its own."""
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
    """Each program by itself; those of one page share a process, and so their imports."""
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
    """The first test can fail: it compiles its argument."""
    with pytest.raises(CompileError):
        stages.load(Source("qubit q\nfoo q"))


def steps_of(heading: str) -> list[tuple[str, str]]:
    """The functions that a section of docs/architecture.md lists, each with its file."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    section = re.split(r"^##", text.split(f"# {heading}\n")[1], maxsplit=1, flags=re.MULTILINE)[0]
    return re.findall(r"^\d+\. `ionqdsl/([\w/]+\.py)`, `([\w.]+)`", section, re.MULTILINE)


def first_calls(work: Callable[[], None]) -> list[tuple[str, str]]:
    """The functions of the package that are called, each once, in the order of their first calls."""
    called: dict[tuple[str, str], None] = {}

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            called.setdefault((frame.f_code.co_filename.rpartition("/ionqdsl/")[2], frame.f_code.co_qualname))

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return list(called)


def the_way_of_one_angle(angle: str = "90deg") -> None:
    program, _ = stages.load(Source(f"qubit q\nry({angle}) q"))
    program.job.set("backend", "simulator")
    options = Options(target="forte", level=0)
    body = stages.body(stages.payload(stages.transpile(program, options)[0], options))
    assert angle != "90deg" or b'{"gate":"gpi2","target":0,"phase":0.25}' in body


def a_wrong_program_to_its_message() -> None:
    Path("wrong.qc").write_text("qubit q\nhh q\n")
    assert main(["check", "wrong.qc"]) == 1


def a_toffoli() -> None:
    program, _ = stages.load(Source("qubit q[3]\nh q\nccx q[0], q[1], q[2]\nh q\n"))
    stages.transpile(program, Options("forte", 2))


def a_price_on_the_screen() -> None:
    Path("bell.qc").write_text('job { backend = "qpu.forte-1"; shots = 1000 }\nqubit q[2]\nh q[0]\ncnot q[0], q[1]\n')
    assert main(["plan", "bell.qc", "-o", "a.plan"]) == 0


def a_submission_that_is_cut_off_and_resumed(service: Emulator) -> None:
    Path("bell.qc").write_text('job { backend = "simulator" }\nqubit q[2]\nh q[0]\ncnot q[0], q[1]\n')
    service.fault("accept-drop@POST /jobs:1")
    service.fault("503@GET /jobs")
    assert main(["submit", "bell.qc"]) == 5
    service.clear()
    assert main(["jobs", "recover"]) == 0
    assert len(service.jobs()) == 1


def test_the_way_of_an_angle_is_the_way_it_takes() -> None:
    """Each function on the list is called, for the first time, after the ones above it."""
    steps = steps_of("The way of one angle")
    assert len(steps) == 10
    the_way_of_one_angle("45deg")  # modules are imported and tables read, and nothing remembers the other angle
    assert [step for step in first_calls(the_way_of_one_angle) if step in steps] == steps


def test_the_journeys_are_those_that_are_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Catches a function on a list that was renamed, is no longer called, or is called earlier."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(submit, "FIRST_PAUSE", 0.001)
    monkeypatch.setattr(submit, "LONGEST_PAUSE", 0.002)
    with emulator.start() as service:
        for name, value in service.environment.items():
            monkeypatch.setenv(name, value)
        journeys = {
            "A wrong program to its message": a_wrong_program_to_its_message,
            "A Toffoli at `-O2`": a_toffoli,
            "A price on the screen": a_price_on_the_screen,
            "A submission that is cut off and resumed": partial(a_submission_that_is_cut_off_and_resumed, service),
        }
        for heading, journey in journeys.items():
            steps = steps_of(heading)
            assert len(steps) >= 9
            assert [step for step in first_calls(journey) if step in steps] == steps, heading
