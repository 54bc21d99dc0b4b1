"""The command: its output, the stream, the exit code, and the things it never does."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from commands import BAD, BELL, PAYLOAD, ROOT, command, folder  # noqa: F401 - a fixture is used by being here

from ionqdsl import __version__
from ionqdsl.cli import main, verbs
from ionqdsl.cloud.ledger import Ledger
from ionqdsl.diagnostics import UsageError

posix = pytest.mark.skipif(os.name != "posix", reason="signals, modes and pipes")


# -- check -------------------------------------------------------------------------------------------------------

WITH_A_SERVICE = {"submit", "plan", "jobs", "emulator", "backends", "session", "usage", "whoami", "auth"}
"""Verbs that have their own tests, against a service."""
SERVERS = {"lsp", "playground", "watch"}
"""Verbs that answer as long as they are asked, with tests of their own."""
BAD_SHOWN = """\
error[QC0203]: gate `rx` takes 1 qubit, but 2 were given
 --> bad.qc:2:10
  |
2 | rx(pi/2) q[0], q[1]
  |          ^^^^^^^^^^
  |
  = help: apply it to both with `rx(pi/2) q`
error[QC0202]: there is no gate `hh`
 --> bad.qc:3:1
  |
3 | hh q[0]
  | ^^
  |
  = help: did you mean `h`?
found 2 errors
"""


def test_check_says_everything_on_standard_error(capsys):
    assert main(["check", "bell.qc"]) == 0
    assert capsys.readouterr() == ("", "")
    assert main(["check", "bad.qc"]) == 1
    assert capsys.readouterr() == ("", BAD_SHOWN)


def test_check_goes_through_every_file_once(capsys):
    assert main(["check", "bad.qc", "nowhere.qc", "bell.qc", "bad.qc"]) == 2
    err = capsys.readouterr().err
    assert err.count("QC0203") == 1
    assert "nowhere.qc" in err
    assert "found 3 errors" in err


def test_check_for_other_programs(capsys):
    assert main(["check", "bad.qc", "--output-format", "github"]) == 1
    out, err = capsys.readouterr()
    assert err == ""
    assert out.splitlines()[1] == (
        "::error file=bad.qc,line=3,endLine=3,col=1,endColumn=2,title=ionqdsl QC0202::"
        "there is no gate `hh`%0Ahelp: did you mean `h`?"
    )
    assert main(["check", "bad.qc", "--output-format", "sarif"]) == 1
    log = json.loads(capsys.readouterr().out)
    (run,) = log["runs"]
    assert log["version"] == "2.1.0"
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["QC0202", "QC0203"]
    assert [run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] for result in run["results"]] == [
        result["ruleId"] for result in run["results"]
    ]
    region = run["results"][1]["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 3, "startColumn": 1, "endLine": 3, "endColumn": 3}


def test_github_lines_cannot_be_broken_by_a_name(capsys):
    """A file name with the format's own separators; unescaped, it would start another command."""
    name = "a,b:c%\n.qc"
    Path(name).write_text("hh q\n")
    main(["check", name, "--output-format", "github"])
    lines = capsys.readouterr().out.splitlines()
    assert all(line.startswith("::error file=a%2Cb%3Ac%25%0A.qc,") for line in lines)


def test_json_of_check(capsys):
    assert main(["check", "bad.qc", "bell.qc", "--json"]) == 1
    first = capsys.readouterr().out
    assert main(["check", "--output-format", "json", "bad.qc", "bell.qc"]) == 1
    assert capsys.readouterr().out == first
    answer = json.loads(first)
    assert answer["format_version"] == 1
    assert answer["files"] == ["bad.qc", "bell.qc"]
    assert [item["code"] for item in answer["diagnostics"]] == ["QC0203", "QC0202"]
    assert answer["diagnostics"][0]["range"] == {
        "start": {"line": 1, "character": 9},
        "end": {"line": 1, "character": 19},
    }


# -- files that cannot be read -----------------------------------------------------------------------------------


def _unreadable() -> dict[str, tuple[bytes | None, int]]:
    return {
        "missing.qc": (None, 2),
        "binary.qc": (b"\x00\xff\xfe", 2),
        "latin.qc": (b"# caf\xe9\nqubit q[1]\n", 2),
        "huge.qc": (b"#" * 10_000_001, 2),
        "viewer.qc": (b".v a b\n.i a b\nBEGIN\nH a\nEND\n", 2),
        "empty.qc": (b"", 1),
        "includes.qc": (b'include "missing.qc"\nqubit q[1]\nh q\n', 1),
    }


@pytest.mark.parametrize("name", _unreadable())
@pytest.mark.parametrize("verb", ["check", "compile", "run", "stats", "submit"])
def test_a_file_argument_that_is_no_program(name, verb, capsys):
    """2 for an argument that cannot be read, 1 for anything inside a file, an include too."""
    content, code = _unreadable()[name]
    if content is not None:
        Path(name).write_bytes(content)
    assert main([verb, name]) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("error[") == 1
    assert name in err


def test_thousands_of_errors_are_counted_not_shown(capsys):
    Path("many.qc").write_text("qubit q[2]\n" + "foo q[0]\n" * 1150)
    assert main(["check", "many.qc"]) == 1
    err = capsys.readouterr().err
    assert err.count("error[QC0202]") == 100
    assert "1,050 more are not shown" in err
    assert "found 1150 errors" in err
    assert main(["--json", "check", "many.qc"]) == 1
    assert len(json.loads(capsys.readouterr().out)["diagnostics"]) == 1150


@pytest.mark.parametrize("flags", [[], ["--quiet"]])
def test_warnings_never_hide_the_error_after_them(flags, capsys):
    Path("many.qc").write_text("qubit q\n" + "native { gpi2(0.1) q }\n" * 150)
    assert main(["compile", "many.qc", "--target", "qis", "-o", "nowhere/many.json", *flags]) == 2
    err = capsys.readouterr().err
    assert "error[QC0805]" in err
    assert err.count("warning[") == (0 if flags else 100)


def test_a_page_says_a_command_whose_words_are_no_text(capsys):
    Path("bell.qc").write_text(BELL)
    assert main(["report", "bell.qc", "--noise=\udcff", "-o", "page.html"]) == 0
    assert "\\udcff" in Path("page.html").read_text()


@pytest.mark.parametrize(
    "words", [["check", "\0"], ["draw", "a.qc", "-o", "a\0"], ["backends", "--api-key-file", "\0"]]
)
def test_no_name_holds_a_zero_byte(words, capsys):
    assert main(words) == 2
    assert "QC0801" in capsys.readouterr().err


def test_paths_of_settings_and_callers_may_hold_a_zero_byte(capsys, monkeypatch):
    """Which no file's name can; a shell cannot give one, a settings file and Python can."""
    Path("ionqdsl.toml").write_text('api_key_file = "\\u0000"')
    monkeypatch.delenv("IONQ_API_KEY", raising=False)
    assert main(["backends"]) == 4
    assert "QC0821" in capsys.readouterr().err
    with pytest.raises(UsageError, match="zero byte"):
        Ledger("a\0")


@posix
def test_folders_and_locked_files(capsys):
    Path("folder.qc").mkdir()
    assert main(["run", "folder.qc"]) == 2
    assert "is a directory" in capsys.readouterr().err
    Path("bell.qc").chmod(0)
    if os.access("bell.qc", os.R_OK):
        pytest.skip("this user may read everything")
    assert main(["check", "bell.qc"]) == 2
    assert "permission" in capsys.readouterr().err


def test_standard_input():
    assert command("check", "-", input=BELL).returncode == 0
    assert command("compile", "-", input=BELL).stdout == command("compile", "bell.qc").stdout
    found = command("check", "-", input="bell.qc\n")
    assert found.returncode == 1
    assert "warning[QC0809]" in found.stderr
    assert "write `ionqdsl check bell.qc`" in found.stderr
    assert "<stdin>:2:10" in command("check", "-", input=BAD).stderr


# -- the command line --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["chek", "bell.qc"], "QC0802", "did you mean `check`?"),
        (["bell.qc"], "QC0802", "ionqdsl check bell.qc"),
        (["--nonsense"], "QC0801", "there is no flag `--nonsense`"),
        (["compile"], "QC0801", "required: FILE"),
        (["compile", "bell.qc", "--tarjet", "aria"], "QC0801", "did you mean `--target`?"),
        (["compile", "bell.qc", "--target", "areia"], "QC0801", "did you mean `aria`?"),
        (["compile", "bell.qc", "--target", "simulator"], "QC0801", "there is no target `simulator`"),
        (["run", "bell.qc", "--backend", "simulater"], "QC0801", "did you mean `simulator`?"),
        (["run", "bell.qc", "--noise", "arya-1"], "QC0801", "did you mean `aria-1`?"),
        (["run", "bell.qc", "--shots", "0"], "QC0801", "`0` is not a whole number from 1"),
        (["run", "bell.qc", "--shots", "1e3"], "QC0801", "`1e3` is not a whole number"),
        (["run", "bell.qc", "--shots", "٣"], "QC0801", "not a whole number"),
        (["run", "bell.qc", "--timeout", "nan"], "QC0801", "`nan` is not a number"),
        (["run", "bell.qc", "--effort", "nan"], "QC0617", "`effort` cannot be `nan`"),
        (["run", "bell.qc", "--effort", "0"], "QC0617", "seconds above 0"),
        (["run", "bell.qc", "--effort", "soon"], "QC0617", "`effort` cannot be `soon`"),
        (["compile", "bell.qc", "--effort", "inf"], "QC0617", "`effort` cannot be `inf`"),
        (["compile", "bell.qc", "--approx", "-0.1"], "QC0616", "`approx` cannot be `-0.1`"),
        (["compile", "bell.qc", "--approx", "2"], "QC0616", "at least 0 and less than 2"),
        (["compile", "bell.qc", "--approx", "nan"], "QC0616", "a small number such as 0.001"),
        (["compile", "bell.qc", "--characterization", "bell.qc"], "QC0612", "is not a characterization"),
        (["compile", "bell.qc", "--characterization", "none.json"], "QC0424", "cannot read `none.json`"),
        (["compile", "bell.qc", "-O", "7"], "QC0801", "known: `0`, `1`, `2`, `3`"),
        (["compile", "bell.qc", "--set", "theta"], "QC0804", "`--set` needs `NAME=VALUE`"),
        (["compile", "bell.qc", "--set", "t=1", "--set", "t=2"], "QC0801", "gives `t` twice"),
        (["compile", "bell.qc", "--set", "t=1"], "QC0420", "has no parameter `t`"),
        (["check", "bell.qc", "--sweep", "t=1+"], "QC0128", "a value is missing"),
        (["compile", "bell.qc", "-o", "bell.qc"], "QC0813", "would overwrite `bell.qc`"),
        (["compile", "bell.qc", "-o", "a.svg"], "QC0801", "did you mean `--emit svg`?"),
        (["compile", "bell.qc", "-o", "a.QASM"], "QC0801", "did you mean `--emit qasm3`?"),
        (["compile", "bell.qc", "--stop-after", "lower", "-o", "a.json"], "QC0801", "did you mean `a.qc`?"),
        (["compile", "bell.qc", "--emit", "svg", "-o", "a.pdf"], "QC0801", "did you mean `a.svg`?"),
        (["draw", "bell.qc", "-o", "a.qc"], "QC0801", "did you mean `a.txt`?"),
        (["draw", "bell.qc", "--as", "text", "-o", "a.svg"], "QC0801", "did you mean `--as svg`?"),
        (["convert", "bell.qc", "--to", "qasm2", "-o", "a.qasm3"], "QC0801", "did you mean `--to qasm3`?"),
        (["submit", "bell.qc"], "QC0806", "--backend simulator"),
        (["run", "bell.qc", "--noise", "aria-1", "--target", "forte"], "QC0811", "leave out `--target`"),
        (["explain", "cnott"], "QC0803", "did you mean `cnot`?"),
        (["explain", "qc9999"], "QC0803", "neither a code nor a gate"),
        (["completion", "tcsh"], "QC0801", "`shell` cannot be `tcsh`"),
        (["equiv", "-", "-"], "QC0814", "only one of the two"),
        (["diff", "bell.qc", "bell.qc", "--context", "-1"], "QC0801", "`-1` is not a whole number from 0"),
        (["diff", "bell.qc", "three.qc"], "QC0815", "`bell.qc` has 1 circuit and `three.qc` has 3"),
    ],
)
def test_wrong_usage_is_2_and_says_what_to_do(words, code, said, capsys):
    Path("three.qc").write_text("circuit c(n) { qubit q[n]; h q }\nrun c(1), c(2), c(3)\n")
    assert main(words) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert f"error[{code}]" in err
    assert said in err
    assert Path("bell.qc").read_text() == BELL
    assert main([*words, "--json"]) == 2
    out, err = capsys.readouterr()
    assert err == ""
    assert json.loads(out)["diagnostics"]


WRITING = {"compile": [], "convert": ["--to", "qasm3"], "doc": [], "draw": ["--as", "svg"], "plan": [], "report": []}


def test_no_verb_writes_over_what_it_reads(capsys):
    """The program would be gone. `-o` is looked for in every verb's help, so that a new one is tried, too."""
    written = set()
    for verb in verbs.VERBS:
        assert main([verb, "--help"]) == 0
        text = capsys.readouterr().out
        if re.search(r"^  -o ", text, re.MULTILINE) and re.search(r"^  FILE", text, re.MULTILINE):
            written.add(verb)
    assert written == set(WRITING)
    Path("link.qc").symlink_to("bell.qc")
    for verb, flags in WRITING.items():
        for output in ("bell.qc", "./bell.qc", "link.qc"):
            assert main([verb, "bell.qc", *flags, "-o", output]) == 2
            assert "error[QC0813]" in capsys.readouterr().err
            assert Path("bell.qc").read_text() == BELL


def test_nothing_of_which_a_program_consists_is_overwritten(capsys):
    """The files that it includes and loads, also by another name, and programs that it has nothing to do with."""
    texts = {
        "main.qc": 'include "lib.qc"\nconst d = load("d.json")\nqubit q\nfoo(d[0]) q\ntest "t" { expect 1 == 1 }\n',
        "lib.qc": "gate foo(t) a { rx(t) a }\n",
        "d.json": "[1, 2]\n",
        "other.qc": "qubit q\nh q\n",
    }
    for name, text in texts.items():
        Path(name).write_text(text)
    Path("data.plan").symlink_to("d.json")
    Path("a.md").symlink_to("lib.qc")
    for words, outputs in (
        (("compile", "main.qc", "-o"), ("lib.qc", "d.json", "a.md", "other.qc")),
        (("draw", "main.qc", "--as", "text", "-o"), ("lib.qc", "d.json", "a.md", "other.qc")),
        (("convert", "main.qc", "--to", "payload", "-o"), ("lib.qc", "d.json", "a.md", "other.qc")),
        (("report", "main.qc", "-o"), ("lib.qc", "d.json", "a.md", "other.qc")),
        (("plan", "main.qc", "--backend", "simulator", "-o"), ("lib.qc", "data.plan", "a.md", "other.qc")),
        (("doc", "main.qc", "-o"), ("lib.qc", "d.json", "a.md", "other.qc")),
        (("test", "main.qc", "--junit"), ("lib.qc", "d.json", "a.md", "other.qc")),
    ):
        for output in outputs:
            assert main([*words, output]) == 2, (words, output)
            assert re.search("QC0813|QC0801.*named like", capsys.readouterr().err), (words, output)
    assert {name: Path(name).read_text() for name in texts} == texts


def test_help_and_version(capsys):
    assert main(["--help"]) == 0
    top = capsys.readouterr().out
    for verb in verbs.VERBS:
        assert f"\n  {verb} " in top
        assert main([verb, "--help"]) == 0
        assert f"usage: ionqdsl {verb} " in capsys.readouterr().out
    for words in (["--version"], ["-V"], ["--version", "--quiet"]):
        assert main(words) == 0
        assert capsys.readouterr().out == f"ionqdsl {__version__}\n"


def test_flags_before_the_verb(capsys):
    assert main(["--color", "always", "--json", "check", "bell.qc"]) == 0
    assert json.loads(capsys.readouterr().out)["diagnostics"] == []


def test_every_verb_speaks_json(capsys):
    Path("tested.qc").write_text('test "flip" { qubit q; x q; expect value(q) == 1 }\n')
    calls = [
        ["test", "tested.qc"],
        ["check", "bell.qc"],
        ["compile", "bell.qc"],
        ["run", "bell.qc", "--seed", "1"],
        ["calibrate", "--qubits", "2", "-o", "calibration.json"],
        ["explain", "cnot"],
        ["explain", "QC0203"],
        ["stats", "bell.qc"],
        ["draw", "bell.qc"],
        ["report", "bell.qc"],
        ["doc", "bell.qc"],
        ["diff", "bell.qc", "bell.qc"],
        ["equiv", "bell.qc", "bell.qc"],
        ["init", "new"],
        ["completion", "bash"],
        ["config"],
        ["doctor"],
        ["help", "run"],
        ["fmt", "bell.qc"],
        ["lint", "bell.qc"],
        ["convert", "bell.qc", "--to", "qasm3"],
        ["minimize", str(Path(__file__).parents[1] / "examples" / "h2.qc")],
    ]
    assert {call[0] for call in calls} | WITH_A_SERVICE | SERVERS == set(verbs.VERBS)
    for call in calls:
        assert main([*call, "--json"]) == 0
        out, err = capsys.readouterr()
        assert err == ""
        answer = json.loads(out)
        assert answer["format_version"] == 1
        found = [(diagnostic["code"], diagnostic["severity"]) for diagnostic in answer["diagnostics"]]
        notes = {"compile": [("QC0701", 3)], "calibrate": [("QC0619", 3)]}  # no backend, and a circuit without gates
        assert found == notes.get(call[0], [])
        if call[0] != "init":
            main([*call, "--json"])
            assert capsys.readouterr().out == out
