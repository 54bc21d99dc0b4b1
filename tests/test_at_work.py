"""Long work says so at a terminal, and ends at once when interrupted, in every verb.

Would catch a command that is silent while it compiles, a line that is left among results or written over a question,
and an interrupt that becomes a traceback, a wrong exit code or half a file.
"""

from __future__ import annotations

import io
import random
import sys
from collections.abc import Iterator
from inspect import CO_GENERATOR
from pathlib import Path
from threading import Thread
from types import FrameType
from typing import Any

import pytest

from ionqdsl.cli import main
from ionqdsl.cli.progress_line import ProgressLine
from ionqdsl.cli.terminal import Terminal


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def screen() -> Screen:
    """A terminal, for a test that writes its standard error to it."""
    return Screen()


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    made = Terminal()
    with made.opened:
        yield made


def seen(screen: Screen) -> str:
    """The line that is shown, which begins anew at each carriage return."""
    line = ""
    for written in screen.getvalue().split("\r"):
        line = written + line[len(written) :]
    return line.rstrip()


def test_a_quiet_command_says_that_it_is_at_work(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", screen)
    now = [100.0]
    line = ProgressLine("draw: at work", lambda: now[0])
    line.look()
    assert line.pause() < 1.8
    now[0] += 1.4
    line.look()
    assert screen.getvalue() == ""
    now[0] += line.pause()
    line.look()
    assert seen(screen) == "draw: at work (2 s)"
    assert 0 < line.pause() <= 1
    line.show("drawing one of two")
    assert seen(screen) == "drawing one of two"
    now[0] += 1
    line.look()
    assert seen(screen) == "drawing one of two"
    now[0] += 8.6
    line.look()
    assert seen(screen) == "drawing one of two (11 s)"
    line.remove()
    assert seen(screen) == ""
    now[0] += 1
    line.look()
    assert seen(screen) == ""


def test_nothing_is_printed_after_a_line_that_is_shown(
    screen: Screen, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", screen)
    terminal.watch("check", ["check", "a.qc"])
    terminal.progress("half of it")
    terminal.say("a note")
    assert screen.getvalue() == f"\rhalf of it\r{' ' * len('half of it')}\ra note\n"
    terminal.progress("the rest")
    terminal.opened.close()
    assert seen(screen) == ""
    assert terminal.line is not None
    assert terminal.line._thread is not None
    terminal.line._thread.join(timeout=60)
    assert not terminal.line._thread.is_alive()


def test_a_question_is_not_written_over(screen: Screen, terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    free: list[bool] = []

    class Keyboard(Screen):
        def readline(self, size: int = -1, /) -> str:
            assert terminal.line is not None
            looking = Thread(target=lambda: free.append(terminal.line.lock.acquire(blocking=False)))  # type: ignore[union-attr]
            looking.start()
            looking.join()
            return "y\n"

    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr(sys, "stdin", Keyboard())
    terminal.watch("submit", ["submit", "a.qc"])
    assert terminal.asks("Submit?")
    assert free == [False]


@pytest.mark.parametrize(("verb", "words"), [("lsp", []), ("auth", ["login"]), ("check", ["-"]), ("fmt", ["-"])])
def test_nothing_is_written_while_the_user_types(
    verb: str, words: list[str], screen: Screen, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr(sys, "stdin", Screen())
    terminal.watch(verb, [verb, *words])
    assert terminal.line is not None
    assert terminal.line._thread is None


@pytest.mark.parametrize("attribute", ["is_json", "is_quiet"])
def test_quiet_and_json_have_no_line(
    attribute: str, screen: Screen, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", screen)
    setattr(terminal, attribute, True)
    terminal.watch("check", ["check", "a.qc"])
    terminal.progress("half of it")
    terminal.begins("more")
    assert screen.getvalue() == ""


VERBS = {
    "check": "a.qc",
    "compile": "a.qc --target forte -O2 --verify",
    "compile -O3": "a.qc --target aria -O3 --effort 0.01 --report",
    "run": "a.qc --shots 100",
    "minimize": "energy.qc",
    "test": "test.qc",
    "plan": "a.qc --backend simulator -o plan.json",
    "fmt": "a.qc",
    "lint": "a.qc --fix",
    "draw": "a.qc -o picture.svg",
    "doc": "a.qc -o page.html",
    "report": "a.qc -o page.html",
    "convert": "a.qc --to qasm3 -o out.qasm",
    "convert qasm": "b.qasm --to qc -o out.qc",
    "diff": "a.qc b.qasm",
    "equiv": "a.qc b.qasm",
    "stats": "a.qc --target aria",
}
PROGRAM = (
    "qubit   q[3]\nh q\nfor k in range(3) { cx q[0], q[1 + k%2]; rx(0.1*k) q[2] }\nregister out = measure q[0:2]\n"
)
FILES = {
    "a.qc": PROGRAM,
    "b.qasm": 'OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[3];\nh q;\ncx q[0], q[1];\nu3(1, 2, 3) q[2];\n',
    "test.qc": 'test "bell" { qubit q[2]; h q[0]; cx q[0], q[1]; expect prob("00") == 0.5 }\n',
    "energy.qc": "param t\ncircuit ansatz { qubit q[2]; ry(t) q; cx q[0], q[1] }\n"
    "hamiltonian h = Z[0]*Z[1] + X[0]\nenergy { hamiltonian = h; ansatz = ansatz; params = [0.3] }\n",
}


class _Interrupt:
    """A profile function that interrupts at a call of a function of the project."""

    def __init__(self, at: int) -> None:
        self.left = at

    def __call__(self, frame: FrameType, event: str, _argument: Any) -> None:
        if event == "call" and not frame.f_code.co_flags & CO_GENERATOR:  # Python ignores errors that end generators
            self.left -= 1
            if self.left == 0:
                sys.setprofile(None)
                raise KeyboardInterrupt


def _calls_of(words: list[str]) -> int:
    """The calls that can be interrupted."""
    most = 1 << 60
    counter = _Interrupt(most)
    sys.setprofile(counter)
    try:
        main(words)
    finally:
        sys.setprofile(None)
    return most - counter.left


@pytest.mark.slow
@pytest.mark.parametrize("name", VERBS)
def test_every_verb_can_be_interrupted(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Wherever it is: the exit code is 130, nothing is shown of the program's inside, and no file is half written."""
    monkeypatch.chdir(tmp_path)
    for file, text in FILES.items():
        Path(file).write_text(text)
    words = [name.split()[0], *VERBS[name].split()]
    assert main(words) in (0, 1), capfd.readouterr().err  # and tables are there
    whole = {path.name: path.stat().st_size for path in tmp_path.iterdir()}
    Path("a.qc").write_text(PROGRAM)
    total = _calls_of(words)
    interrupted = 0
    for at in random.Random(name).sample(range(total // 50, total), 3):
        Path("a.qc").write_text(PROGRAM)
        capfd.readouterr()
        interrupt = _Interrupt(at)
        sys.setprofile(interrupt)
        try:
            code = main(words)
        finally:
            sys.setprofile(None)
        if interrupt.left > 0:  # more than before was there already
            continue
        err = capfd.readouterr().err
        assert code == 130, (at, total, err)
        assert "Traceback" not in err
        sizes = {path.name: path.stat().st_size for path in tmp_path.iterdir()}
        assert sizes.items() <= {*whole.items(), ("a.qc", len(PROGRAM))}
        interrupted += 1
    assert interrupted
