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
from ionqdsl.cloud.ledger import Ledger
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
    """A terminal that keeps its input."""

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


def test_redirected_output_is_the_same_bytes_everywhere(monkeypatch):
    """UTF-8, as files are, whatever the locale; PYTHONIOENCODING is obeyed."""
    monkeypatch.delenv("PYTHONIOENCODING", raising=False)
    stream = Stream()
    console.prepare(stream)
    stream.write("θ\n")
    stream.flush()
    assert stream.buffer.getvalue() == "θ\n".encode()
    monkeypatch.setenv("PYTHONIOENCODING", "cp1252")
    stream = Stream()
    console.prepare(stream)
    assert stream.encoding == "cp1252"


def test_a_program_is_refused_rather_than_changed(monkeypatch, capsys):
    """Formatted text in an encoding that lacks one of its characters would be another text."""
    monkeypatch.setenv("PYTHONIOENCODING", "cp1252")
    monkeypatch.setattr(sys, "stdout", Stream())
    Path("theta.qc").write_text("# θ\nqubit q\nh q\n", encoding="utf-8")
    assert main(["convert", "theta.qc", "--to", "qc"]) == 0  # the comment is not part of it
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("# θ\nqubit q\n".encode())))
    assert main(["fmt", "-"]) == 2
    assert "cp1252, its encoding, has no `θ`" in capsys.readouterr().err
    assert b"03b8" not in sys.stdout.buffer.getvalue()


@pytest.mark.parametrize(("encoding", "shown"), [("ascii", b"1 +- 2"), ("cp1252", b"1 \xb1 2")])
def test_a_stream_without_plus_minus_gets_two_characters(monkeypatch, encoding, shown):
    monkeypatch.setenv("PYTHONIOENCODING", encoding)
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding=encoding))
    Terminal().data("1 ± 2")
    assert sys.stdout.buffer.getvalue().strip() == shown


def test_standard_input_may_be_closed(monkeypatch, capsys):
    """A shell's `<&-`: then sys.stdin is None."""
    monkeypatch.setattr(sys, "stdin", None)
    for verb in ("run", "fmt", "check"):
        assert main([verb, "-"]) == 2
        said = capsys.readouterr().err
        assert "error[QC0424]: cannot read `standard input`: it is closed" in said
        assert "name a file, or send the program through a pipe" in said


def test_a_wrong_path_names_the_right_one(capsys):
    Path("lib").mkdir()
    Path("lib/waves.qc").write_text("qubit q\n")
    Path("lib/notes.txt").write_text("")
    for path, said in {
        "lib/wave.qc": "did you mean `lib/waves.qc`?",
        "lib/waves": "did you mean `lib/waves.qc`?",
        "lib": "name a file, such as `lib/waves.qc`",
        "lib/notes": "correct the path",  # that is no program
        "nowhere/waves.qc": "correct the path",
    }.items():
        assert main(["run", path]) == 2
        assert capsys.readouterr().err.splitlines()[1:] == [f"  = help: {said}"], path


def test_the_library_is_named_where_a_gate_is_missing(capsys):
    """`qft q` is the first thing that somebody tries; the gate is there, in a file that must be included."""
    Path("wave.qc").write_text("qubit q[3]\nqft q\n")
    assert main(["check", "wave.qc"]) == 1
    assert 'it is in the standard library: `include "std/fourier.qc"`' in capsys.readouterr().err
    Path("wave.qc").write_text('include "std/fourier.qc"\nqubit q[3]\nqft q\n')
    assert main(["check", "wave.qc"]) == 0
    for topic, said in {"qft": "`ionqdsl doc std/fourier.qc` describes it", "H": "did you mean `h`?"}.items():
        assert main(["explain", topic]) == 2
        assert said in capsys.readouterr().err
    assert main(["doc", "std/fourier.qc"]) == 0
    assert "qft" in capsys.readouterr().out


@pytest.mark.skipif(os.name == "nt", reason="quotes of POSIX shells")
def test_commands_to_type_have_quotes_where_they_need_them(capsys):
    assert main(["init", "my programs"]) == 0
    assert "next: ionqdsl run 'my programs/bell.qc'" in capsys.readouterr().err
    Path("my programs/bell.qc").write_text("qubit q\nh q\n")
    assert main(["plan", "my programs/bell.qc", "--backend", "simulator", "-o", "a plan"]) == 0
    assert "`ionqdsl submit 'a plan'` sends exactly this" in "".join(capsys.readouterr())


def test_a_wrong_line_names_the_wrong_word(capsys):
    for words, said in {
        ("run", "--shot", "10", "bell.qc"): "there is no flag `--shot`",  # and `bell.qc` is not wrong
        ("run", "bell.qc", "three.qc"): "too many arguments: `three.qc`",
        ("run", "bell.qc", "--shots", "0"): "argument --shots: `0` is not a whole number from 1",
        ("compile", "-O", "high", "bell.qc"): "argument -O: `high` is not a whole number",
    }.items():
        assert main(list(words)) == 2
        assert capsys.readouterr().err.splitlines()[0] == f"error[QC0801]: {said}", words


def test_a_file_whose_name_looks_like_a_flag_is_named_in_another_way(capsys):
    Path("--evil.qc").write_text("qubit q\nh q\n")
    Path("-plain").write_text("qubit q\nh q\n")
    for words, name in {
        ("run", "--evil.qc"): "./--evil.qc",
        ("fmt", "--evil.qc"): "./--evil.qc",
        ("diff", "--evil.qc", "-plain"): "./--evil.qc",
        ("check", "-plain"): "./-plain",
        ("compile", "./-plain", "-o", "-out.json"): "./-out.json",
        ("--evil.qc",): "./--evil.qc",
    }.items():
        assert main([*words]) == 2
        assert f"did you mean `{name}`?" in capsys.readouterr().err, words
    assert main(["run", "--shot", "10", "--", "--evil.qc"]) == 2
    assert "did you mean `--shots`?" in capsys.readouterr().err
    assert main(["check", "./--evil.qc", "./-plain"]) == main(["check", "--", "--evil.qc"]) == 0


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
    """A save of the program, of its included files, of the files that those include or load, and of a missing one."""
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


def test_doctor_counts_the_ledger_and_makes_none(monkeypatch, capsys, tmp_path):
    """`submit` would stop at a ledger that cannot be used: the doctor finds it before."""
    state = tmp_path / "state"
    monkeypatch.setenv("IONQDSL_STATE", str(state))
    assert main(["doctor"]) == 0
    assert f"{state / 'ledger.sqlite'} (not there yet)" in capsys.readouterr().out
    assert not state.exists()
    with Ledger() as ledger:
        assert ledger.latest() == []
    assert main(["doctor"]) == 0
    assert "ledger.sqlite (0 submissions)" in capsys.readouterr().out
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("IONQDSL_STATE", str(tmp_path / "file" / "below"))
    assert main(["doctor"]) == 2
    assert "error[QC0901]" in capsys.readouterr().err
    (state / "ledger.sqlite").write_text("no database")
    monkeypatch.setenv("IONQDSL_STATE", str(state))
    assert main(["doctor"]) == 2
    assert "error[QC09" in capsys.readouterr().err


def test_check_takes_folders(capsys):
    """As `fmt`, `lint`, `doc` and `test` do."""
    Path("below").mkdir()
    Path("below/wrong.qc").write_text("qubit q\nhh q\n")
    assert main(["check", "."]) == 1
    assert "below/wrong.qc:2:1" in capsys.readouterr().err.replace(os.sep, "/")


def test_run_compiles_for_no_machine_that_it_does_not_know(monkeypatch, capsys):
    monkeypatch.setenv("IONQDSL_BACKEND", "qpu.fort-1")
    assert main(["run", "bell.qc"]) == 0
    err = capsys.readouterr().err
    assert "warning[QC0702]: `qpu.fort-1` is not a backend that this version knows" in err
    assert "did you mean `qpu.forte-1`?" in err
    assert "QC0458" not in err  # that they are compiled for it


def test_draw_makes_no_picture_of_another_kind(capsys):
    for name in ("bell.png", "bell.PDF"):
        assert main(["draw", "bell.qc", "-o", name]) == 2
        assert "did you mean `bell.svg`?" in capsys.readouterr().err
        assert not Path(name).exists()
    assert main(["draw", "bell.qc", "-o", "bell.SVG"]) == 0
    assert Path("bell.SVG").read_text().startswith("<svg")
    assert main(["draw", "bell.qc", "-o", "bell.png", "--as", "text"]) == 2
    assert main(["draw", "bell.qc", "-o", "bell.drawing", "--as", "text"]) == 0


def test_the_table_of_extras_is_that_of_the_project():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    for_users = {name: text for name, text in project.items() if name not in ("all", "dev", "docs", "test")}
    assert set(for_users) == set(extras.EXTRAS)
    assert project["all"] == [f"ionqdsl[{','.join(sorted(extras.EXTRAS))}]"]
    for name, extra in extras.EXTRAS.items():
        assert {re.match(r"[\w.-]+", package)[0] for package in project[name]} == set(extra.packages.values()), name


def test_commands_of_their_own_names_have_their_extras():
    assert {name for name in extras.EXTRAS if name in verbs.VERBS} == {"lsp", "playground", "emulator"}
