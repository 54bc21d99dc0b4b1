"""The command: its output and colours, how it ends, and its exit code."""

from __future__ import annotations

import json
import os
import re
import signal
import stat
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from commands import BAD, BELL, PAYLOAD, ROOT, command, folder  # noqa: F401 - a fixture is used by being here

from ionqdsl import pipeline as stages
from ionqdsl.cli import main
from ionqdsl.cli.paint import paint
from ionqdsl.ir import files
from tests.test_cli import BAD_SHOWN, posix

# -- writing -----------------------------------------------------------------------------------------------------


@posix
def test_outputs_appear_whole_and_keep_their_permissions(monkeypatch):
    target = Path("real.json")
    target.write_text("old")
    target.chmod(0o640)
    Path("link.json").symlink_to(target)
    assert main(["compile", "bell.qc", "-o", "link.json"]) == 0
    assert Path("link.json").is_symlink()
    assert json.loads(target.read_text()) == PAYLOAD
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    before = os.umask(0o027)
    try:
        assert main(["compile", "bell.qc", "-o", "fresh.json"]) == 0
    finally:
        os.umask(before)
    assert stat.S_IMODE(Path("fresh.json").stat().st_mode) == 0o640
    assert main(["compile", "bell.qc", "-o", os.devnull]) == 0
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)


def test_a_write_that_fails_leaves_everything_as_it_was(monkeypatch, capsys):
    Path("out.json").write_text("old")
    before = sorted(os.listdir())

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    assert main(["compile", "bell.qc", "-o", "out.json"]) == 2
    assert "no space left on device" in capsys.readouterr().err
    assert Path("out.json").read_text() == "old"
    assert sorted(os.listdir()) == before
    assert main(["compile", "bell.qc", "-o", "nowhere/out.json"]) == 2
    assert main(["compile", "bell.qc", "-o", "."]) == 2
    assert main(["compile", "bad.qc", "-o", "out.json"]) == 1
    assert Path("out.json").read_text() == "old"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_standard_output_that_is_full_or_closed():
    for words, said in (
        (["compile", "bell.qc"], "error[QC0805]"),
        (["compile", "bell.qc", "--json"], "note[QC0701]"),
        (["compile", "nowhere.qc", "--json"], "error[QC0424]"),
        (["-V"], "error: "),
    ):
        with open("/dev/full", "w") as full:
            done = command(*words, stdout=full)
        assert done.returncode == 2
        assert said in done.stderr
        assert "cannot write" in done.stderr
        assert "Traceback" not in done.stderr
    line = ["sh", "-c", f"{sys.executable} -m ionqdsl compile bell.qc >&-"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(line, capture_output=True, text=True, env=environment, timeout=60)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


@posix
def test_a_broken_pipe_ends_silently():
    Path("long.qc").write_text("qubit q\n" + "h q\nx q\n" * 5_000)
    line = f"{sys.executable} -m ionqdsl compile long.qc --quiet | head -c 10"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(line, shell=True, capture_output=True, text=True, env=environment, timeout=60)
    assert done.stdout == '{"type":"i'
    assert done.stderr == ""
    for words in (["compile", "bell.qc", "--quiet"], ["--help"], ["--version"]):
        reader, writer = os.pipe()
        os.close(reader)  # nobody reads from the start
        done = command(*words, stdout=writer)
        os.close(writer)
        assert (done.returncode, done.stderr) == (0, "")


# -- colours, interrupts, our bugs -------------------------------------------------------------------------------


def test_colours_only_where_they_are_wanted(capsys, monkeypatch):
    assert main(["check", "bad.qc", "--color", "always"]) == 1
    painted = capsys.readouterr().err
    assert "\x1b[1;31merror[QC0203]\x1b[0m" in painted
    assert re.sub(r"\x1b\[[\d;]*m", "", painted) == BAD_SHOWN
    monkeypatch.setattr(type(sys.stderr), "isatty", lambda self: True, raising=False)
    main(["check", "bad.qc"])
    assert "\x1b[" in capsys.readouterr().err
    for environment in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        with monkeypatch.context() as here:
            for name, value in environment.items():
                here.setenv(name, value)
            main(["check", "bad.qc"])
            assert "\x1b" not in capsys.readouterr().err
    main(["check", "bad.qc", "--color", "never"])
    assert "\x1b" not in capsys.readouterr().err


@pytest.mark.parametrize(("severity", "colour"), [("error", "31"), ("warning", "33"), ("note", "36")])
def test_severities_have_their_colours(severity, colour):
    assert paint(f"{severity}[QC0001]: x").startswith(f"\x1b[1;{colour}m{severity}[QC0001]\x1b[0m")


def test_painting_changes_nothing_but_colours():
    text = """\
warning[QC0001]: | = help: --> odd
  --> a.qc:1:1
   |
 1 | = help: x
   | ^^^ here -
...
 9 |
   | --- x
   = help: y"""
    assert re.sub(r"\x1b\[[\d;]*m", "", paint(text)) == text


@posix
def test_an_interrupt_is_130():
    line = [sys.executable, "-m", "ionqdsl", "check", "-"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    child = subprocess.Popen(line, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    child.stdin.write("# more than a pipe holds\n" * 10_000)
    child.stdin.flush()  # comes back when it reads: it is at work by now
    child.send_signal(signal.SIGINT)
    try:
        _, err = child.communicate(timeout=60)
    finally:
        child.kill()
    assert child.returncode == 130
    assert "Traceback" not in err


@posix
def test_an_interrupt_while_python_reads_a_text_is_130_too():
    """CPython remembers an interrupt of `exec` of a text, even if it was caught, and ends by its signal."""
    Path("interrupted.py").write_text(
        "import sys\nfrom ionqdsl import cli\nfrom ionqdsl.cli import config\n"
        "def run(arguments, terminal): exec('raise KeyboardInterrupt')\n"
        "config.run = run\nsys.argv = ['ionqdsl', 'config']\nsys.exit(cli.process())\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    line = [sys.executable, "-m", "interrupted"]
    done = subprocess.run(line, capture_output=True, text=True, env=environment, timeout=60)
    assert (done.returncode, done.stderr) == (130, "interrupted\n")


def test_a_bug_of_ours_is_101_and_keeps_secrets(capsys, monkeypatch):
    from ionqdsl.cloud.key import Secret

    Secret("hidden-key")

    def broken(path: str) -> None:
        raise ZeroDivisionError("while holding hidden-key\nmore")

    monkeypatch.setattr(stages, "read", broken)
    assert main(["compile", "bell.qc"]) == 101
    err = capsys.readouterr().err
    assert "error[QC0870]: ionqdsl itself failed: ZeroDivisionError: while holding [key]\n" in err
    assert "please report" in err
    assert "Traceback" not in err
    assert main(["compile", "bell.qc", "-v"]) == 101
    err = capsys.readouterr().err
    assert "Traceback" in err
    assert "hidden-key" not in err
    assert main(["compile", "bell.qc", "--json"]) == 101
    assert json.loads(capsys.readouterr().out)["diagnostics"][0]["code"] == "QC0870"


@pytest.mark.parametrize(
    ("fault", "library"),
    [("import absent", "absent"), ("raise ImportError('no libblas.so')", "otherlib"), ("from os import blas", "os")],
)
def test_a_library_that_cannot_be_imported_is_not_a_bug(fault, library, capsys, monkeypatch, tmp_path):
    (tmp_path / "otherlib.py").write_text(fault)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(stages, "read", lambda path: import_module("otherlib"))
    assert main(["compile", "bell.qc"]) == 2
    err = capsys.readouterr().err
    assert f"error[QC0869]: the library {library} cannot be imported: " in err
    assert "--force-reinstall" in err


def test_a_module_of_ours_that_cannot_be_imported_is_a_bug(capsys, monkeypatch):
    monkeypatch.setattr(stages, "read", lambda path: import_module("ionqdsl.nowhere"))
    assert main(["compile", "bell.qc"]) == 101
    assert "QC0870" in capsys.readouterr().err


def test_too_little_memory_is_not_a_bug(capsys, monkeypatch):
    def greedy(path: str) -> None:
        raise MemoryError

    monkeypatch.setattr(stages, "read", greedy)
    assert main(["compile", "bell.qc"]) == 1
    assert "QC0871" in capsys.readouterr().err


def test_verbose_says_more_and_quiet_less(capsys):
    assert main(["compile", "bell.qc", "-v", "--target", "aria"]) == 0
    err = capsys.readouterr().err
    assert "bell.qc: 1 circuits, 2 operations" in err
    assert "bell: compiled for aria at -O2" in err
    assert main(["check", "bad.qc", "-q"]) == 1
    assert capsys.readouterr().err == BAD_SHOWN.replace("found 2 errors\n", "")


def test_exit_codes_are_those_of_the_manual():
    from ionqdsl import diagnostics
    from ionqdsl.cli.terminal import EXIT_CODES

    raised = {kind.__name__ for kind in diagnostics.IonqdslError.__subclasses__()}
    assert raised == set(EXIT_CODES)
    assert EXIT_CODES == {
        "CompileError": 1,
        "UsageError": 2,
        "Refused": 3,
        "KeyRefused": 4,
        "ServiceError": 5,
        "JobFailed": 6,
        "WaitTimedOut": 7,
        "InternalError": 101,
    }


def test_every_code_of_this_family_is_met_here():
    """Catches a code that no test provokes, and one that nothing can provoke any more."""
    from ionqdsl.diagnostics.codes.service import SERVICE

    here = ("cli", "cli_output", "cli_verbs", "key", "submit", "waiting", "meaning")
    tests = "".join((ROOT / "tests" / f"test_{name}.py").read_text() for name in here)
    assert [code.name for code in SERVICE if code.name not in tests] == []


@pytest.mark.parametrize(
    "words", [["check", "--set=--", BELL], ["run", "--shots=--", BELL], ["jobs", "list", "--limit=--"]]
)
def test_two_dashes_are_no_value(words, capsys):
    """argparse makes an empty list of `--flag=--`."""
    assert main(words) == 2
    assert "QC0801" in capsys.readouterr().err
