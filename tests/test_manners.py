"""The command's manners: help, lists of choices, progress, `watch`, `doctor`, and terminals of every kind.

Would catch a wrong word that is answered without the ones that exist, a key that `doctor` shows, a `watch` that misses
a file, runs twice for one save or never rests, and sequences sent to a terminal that prints them.
"""

from __future__ import annotations

import io
import json
import os
import re
import sys
import tomllib
from pathlib import Path

import pytest
from commands import ROOT, folder  # noqa: F401 - a fixture is used by being here

from ionqdsl.cli import console, main, verbs, watch
from ionqdsl.cli.progress_line import ProgressLine
from ionqdsl.cli.terminal import Terminal
from ionqdsl.diagnostics import extras
from ionqdsl.ir.targets import NOISE_MODELS, TARGETS

# -- help and choices --------------------------------------------------------------------------------------------


def test_help_comes_as_people_ask_for_it(capsys):
    """Nothing, `help` and `--help` say the same; `help VERB` is `VERB --help`."""
    texts = []
    for words in ([], ["help"], ["--help"]):
        assert main(words) == 0
        texts.append(capsys.readouterr().out)
    assert texts[0] == texts[1] == texts[2]
    assert main(["help", "run"]) == main(["run", "--help"]) == 0
    half = capsys.readouterr().out
    assert half[: len(half) // 2] == half[len(half) // 2 :]
    assert main(["help", "runn"]) == 2
    assert "did you mean `run`?" in capsys.readouterr().err


def test_a_bare_noun_lists(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("IONQDSL_STATE", str(tmp_path / "state"))
    assert main(["jobs"]) == main(["jobs", "list"]) == 0
    said = capsys.readouterr()
    assert said.out.splitlines()[0] == said.out.splitlines()[1]
    assert said.err.count("no jobs were submitted from here") == 2
    assert main(["jobs", "shwo"]) == 2
    assert "did you mean `show`?" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "nearest", "known"),
    [
        (["run", "bell.qc", "--noise", "foo"], None, NOISE_MODELS),
        (["run", "bell.qc", "--noise", "arya-1"], "aria-1", NOISE_MODELS),
        (["compile", "bell.qc", "--target", "fort"], "forte", TARGETS),
        (["compile", "bell.qc", "--preserve", "unitray"], "unitary", ("unitary", "measurement", "registers")),
        (["check", "bell.qc", "--output-format", "saref"], "sarif", ("text", "json", "sarif", "github")),
        (["jobs", "canel", "x"], "cancel", ("list", "cancel", "recover")),
        (["emulator", "--fault", "drap@POST /jobs"], None, ("drop", "slow")),
    ],
)
def test_a_wrong_choice_names_the_choices_and_the_nearest(words, nearest, known, capsys):
    assert main(words) == 2
    err = capsys.readouterr().err
    assert [name for name in known if not re.search(rf"\b{name}\b", err)] == []
    assert ("did you mean" in err) == (nearest is not None)
    assert nearest is None or f"did you mean `{nearest}`?" in err


def test_a_wrong_setting_names_the_choices(capsys, monkeypatch):
    monkeypatch.setenv("IONQDSL_TARGET", "fort")
    assert main(["compile", "bell.qc"]) == 2
    err = capsys.readouterr().err
    assert "did you mean `forte`?" in err
    assert "known: `qis`, `aria`" in err
    monkeypatch.delenv("IONQDSL_TARGET")
    Path("ionqdsl.toml").write_text('format = "tabel"')
    assert main(["run", "bell.qc"]) == 2
    err = capsys.readouterr().err
    assert "did you mean `table`?" in err
    assert "`histogram`" in err


# -- terminals ---------------------------------------------------------------------------------------------------


class Screen(io.StringIO):
    """A terminal that keeps what it is sent."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def shown(sent: str) -> list[str]:
    """The lines of a terminal that knows carriage returns and no other control character."""
    lines = []
    for text in sent.split("\n"):
        line = ""
        for part in text.split("\r"):
            line = part + line[len(part) :]
        lines.append(line.rstrip())
    return lines


def test_progress_needs_no_sequences_and_leaves_nothing(monkeypatch):
    """Messages have lines of their own, lines are cut off where the terminal ends, and at the end nothing is left."""
    monkeypatch.setattr(sys, "stderr", Screen())
    monkeypatch.setenv("COLUMNS", "30")
    terminal = Terminal()
    terminal.line = ProgressLine("at work")
    terminal.progress("a long line that no terminal of this width shows")
    assert shown(sys.stderr.getvalue()) == ["a long line that no terminal"]
    terminal.progress("short")
    assert shown(sys.stderr.getvalue()) == ["short"]
    terminal.say("a message")
    assert shown(sys.stderr.getvalue()) == ["a message", ""]
    terminal.progress("short")
    terminal.progress("")
    assert shown(sys.stderr.getvalue()) == ["a message", ""]
    assert "\x1b" not in sys.stderr.getvalue()


def test_every_long_work_shows_progress(monkeypatch, capsys):
    """Each of several circuits or files is named, with its number."""
    Path("three.qc").write_text("circuit c(n) { qubit q[n]; h q }\nrun c(1), c(2), c(3)\n")
    Path("tests.qc").write_text('test "a" { qubit q; x q; expect value(q) == 1 }\n')
    cases = {
        ("check", "bell.qc", "three.qc"): "checking three.qc, 2 of 2",
        ("lint", "bell.qc", "three.qc"): "checking three.qc, 2 of 2",
        ("fmt", "--check", "bell.qc", "three.qc"): "formatting bell.qc, 1 of 2",
        ("test", "tests.qc", "bell.qc"): "1 of 1 tests",
        ("run", "three.qc", "-j", "1"): "running 3 of 3: c(3)",
        ("report", "three.qc"): "drawing and running c(1), 1 of 3",
        ("equiv", "three.qc", "three.qc"): "comparing c(2), 2 of 3",
    }
    for words, line in cases.items():
        with monkeypatch.context() as here:
            here.setattr(sys, "stderr", Screen())
            main(list(words))
            sent = sys.stderr.getvalue()
        assert line in sent, words
        assert [text for text in shown(sent) if line in text] == [], words
    capsys.readouterr()


class Stream(io.TextIOWrapper):
    """Redirected output in the code page of a Windows of western Europe."""

    def __init__(self) -> None:
        super().__init__(io.BytesIO(), encoding="cp1252", newline="\r\n")


def test_redirected_output_is_the_same_bytes_on_windows(monkeypatch):
    monkeypatch.delenv("PYTHONIOENCODING", raising=False)
    sent = {}
    for platform in ("win32", "linux"):
        stream = Stream()
        console.prepare(stream, platform)
        stream.write("θ\n")
        stream.flush()
        sent[platform] = stream.buffer.getvalue()
    assert sent == {"win32": "θ\n".encode(), "linux": b"\\u03b8\r\n"}  # there the user has chosen the encoding
    monkeypatch.setenv("PYTHONIOENCODING", "cp1252")
    stream = Stream()
    console.prepare(stream, "win32")
    assert stream.encoding == "cp1252"


def test_a_console_without_sequences_gets_none(monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert console.has_colors(Screen(), "linux")
    for obeys in (True, False):
        monkeypatch.setattr(console, "_obeys_sequences", lambda stream, obeys=obeys: obeys)
        assert console.has_colors(Screen(), "win32") == obeys
    assert not console.has_colors(io.StringIO(), "win32")


# -- watch -------------------------------------------------------------------------------------------------------


class Looks:
    """Takes the place of `time.sleep`: does one thing at each pause, and interrupts after the last."""

    def __init__(self, *steps: object) -> None:
        self.steps = list(steps)

    def __call__(self, seconds: float) -> None:
        assert seconds > 0
        if not self.steps:
            raise KeyboardInterrupt
        step = self.steps.pop(0)
        if step is not None:
            step()


def rounds(monkeypatch, capsys, words: list[str], *steps: object) -> tuple[str, str]:
    looks = Looks(*steps)
    monkeypatch.setattr(watch.time, "sleep", looks)
    assert main(["watch", *words]) == 0
    assert looks.steps == []
    return capsys.readouterr()


def write(path: str, text: str):
    return lambda: (Path(path).parent.mkdir(exist_ok=True), Path(path).write_text(text))


def test_watch_follows_includes_and_data(monkeypatch, capsys):
    """A save of the program, of what it includes and of what that includes or loads, and a file that was missing."""
    Path("a.qc").write_text('include "lib/b.qc"\nconst n = load("n.json")\nqubit q[n]\nh q\n')
    out, err = rounds(
        monkeypatch,
        capsys,
        ["a.qc", "stats"],
        write("n.json", "2"),  # missing before, as the library is
        None,
        write("lib/b.qc", "const unused = 1\n"),
        None,
        write("n.json", "33"),
        None,
    )
    assert err.count("changed:") == 3
    assert re.findall(r"changed: (.*)", err) == ["n.json", os.path.join("lib", "b.qc"), "n.json"]
    assert re.findall(r"(\d+) h\b", out) == ["2", "33"]


def test_watch_runs_once_for_a_save_of_several_steps(monkeypatch, capsys):
    """Editors write another file and put it in the place of the old one; for a moment there may be none."""
    out, err = rounds(
        monkeypatch,
        capsys,
        ["bell.qc", "run", "--shots", "8", "--seed", "1"],
        lambda: Path("bell.qc").unlink(),
        None,
        write("bell.qc", "qubit q\n"),
        write("bell.qc", "qubit q\nx q\n"),
        None,
    )
    assert out.count("8 shots") == 2
    assert err.count("changed: bell.qc") == 1
    assert "1   8   100.0%" in out.splitlines()[-1]


def test_watch_rests_while_nothing_changes(monkeypatch, capsys):
    """Between two looks it sleeps; each look asks about the same few files, and reads none."""
    read = []
    real = watch.stages.read
    monkeypatch.setattr(watch.stages, "read", lambda path: read.append(path) or real(path))
    rounds(monkeypatch, capsys, ["bell.qc"], *[None] * 50)
    assert len(read) <= 3


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["-"], "standard input cannot be watched"),
        (["bell.qc", "run", "--backend", "simulator"], "`watch` sends nothing"),
        (["bell.qc", "submit"], "known: `check`"),
        (["nowhere.qc"], "cannot read `nowhere.qc`"),
        (["bell.qc", "run", "--shotz", "3"], "did you mean `--shots`?"),
    ],
)
def test_watch_refuses_what_it_cannot_repeat(words, said, monkeypatch, capsys):
    monkeypatch.setattr(watch.time, "sleep", Looks())
    assert main(["watch", *words]) == 2
    assert said in capsys.readouterr().err


def test_watch_gives_its_own_flags_to_the_command(monkeypatch, capsys):
    monkeypatch.setattr(watch.time, "sleep", Looks())
    assert main(["--json", "watch", "bell.qc", "stats"]) == 0
    assert json.loads(capsys.readouterr().out)["circuits"][0]["qubits"] == 2


# -- doctor ------------------------------------------------------------------------------------------------------

KEY = "Zq81kLm3PzR7vT5wXy2NbH6c"


def test_doctor_says_what_counts_and_never_the_key(monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("IONQDSL_CONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("IONQ_API_KEY", KEY)
    Path("ionqdsl.toml").write_text("shots = 77\n")
    assert main(["doctor"]) == 0
    said = "".join(capsys.readouterr())
    assert re.search(r"shots +77 +\S*ionqdsl\.toml", said)
    assert re.search(r"key: +IONQ_API_KEY\n", said)
    assert main(["doctor", "--json"]) == 0
    answer = capsys.readouterr().out
    assert KEY not in said + answer
    answer = json.loads(answer)
    assert answer["settings"]["shots"] == {"value": 77, "origin": str(tmp_path / "ionqdsl.toml")}
    assert answer["installed"]["libraries"]["numpy"]


def test_doctor_names_the_missing_and_the_command_for_it(monkeypatch, capsys):
    real = extras.find_spec
    monkeypatch.setattr(extras, "find_spec", lambda name: None if name == "scipy" else real(name))
    assert main(["doctor"]) == 0
    said = capsys.readouterr().out
    assert re.search(r"optimize +missing: scipy", said)
    assert f"pip install '{ROOT}[all]'" in said


@pytest.mark.parametrize(("text", "code", "said"), [("shots = 1.5", 2, "QC0812"), ('api_key_file = "no"', 4, "QC0821")])
def test_doctor_shows_the_rest_where_something_is_broken(text, code, said, capsys):
    Path("ionqdsl.toml").write_text(text)
    assert main(["doctor"]) == code
    out, err = capsys.readouterr()
    assert f"error[{said}]" in err
    assert "kernel:" in out


def test_the_table_of_extras_is_that_of_the_project():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    for_users = {name: text for name, text in project.items() if name not in ("all", "dev", "docs", "test")}
    assert set(for_users) == set(extras.EXTRAS)
    assert project["all"] == [f"ionqdsl[{','.join(sorted(extras.EXTRAS))}]"]
    for name, extra in extras.EXTRAS.items():
        assert {re.match(r"[\w.-]+", package)[0] for package in project[name]} == set(extra.packages.values()), name


def test_commands_of_their_own_names_have_their_extras():
    assert {name for name in extras.EXTRAS if name in verbs.VERBS} == {"lsp", "playground", "emulator"}
