"""The command: what it prints, where, with which exit code, and what it never does."""

from __future__ import annotations

import json
import os
import re
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ionqdsl import __version__
from ionqdsl import compile as stages
from ionqdsl.cli import files, main, verbs
from ionqdsl.cli.paint import paint

ROOT = Path(__file__).parent.parent
BELL = "qubit q[2]\nh q[0]\ncnot q[0], q[1]\n"
BAD = "qubit q[2]\nrx(pi/2) q[0], q[1]\nhh q[0]\n"
posix = pytest.mark.skipif(os.name != "posix", reason="signals, modes and pipes")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A folder of its own, with two programs; no settings, no key."""
    monkeypatch.chdir(tmp_path)
    for name in ("IONQ_API_KEY", "IONQ_API_KEY_FILE", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "60")
    Path("bell.qc").write_text(BELL)
    Path("bad.qc").write_text(BAD)
    return tmp_path


def command(*words: str, **options):
    """A real process."""
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PYTHONPATH": path, **options.pop("environment", {})}
    line = [sys.executable, "-m", "ionqdsl", *words]
    return subprocess.run(line, capture_output=True, text=True, timeout=60, env=environment, **options)


# -- check -------------------------------------------------------------------------------------------------------

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


@posix
def test_folders_and_locked_files(capsys):
    Path("folder.qc").mkdir()
    assert main(["check", "folder.qc"]) == 2
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
        ([], "QC0801", "no command was given"),
        (["--nonsense"], "QC0801", "unrecognized arguments"),
        (["compile"], "QC0801", "required: FILE"),
        (["compile", "bell.qc", "--tarjet", "aria"], "QC0801", "did you mean `--target`?"),
        (["compile", "bell.qc", "--target", "areia"], "QC0801", "did you mean `aria`?"),
        (["compile", "bell.qc", "--target", "simulator"], "QC0801", "there is no target `simulator`"),
        (["run", "bell.qc", "--backend", "simulater"], "QC0801", "did you mean `simulator`?"),
        (["run", "bell.qc", "--noise", "arya-1"], "QC0801", "did you mean `aria-1`?"),
        (["run", "bell.qc", "--shots", "0"], "QC0801", "at least 1"),
        (["run", "bell.qc", "--shots", "1e3"], "QC0801", "`1e3` is not a whole number"),
        (["run", "bell.qc", "--shots", "٣"], "QC0801", "not a whole number"),
        (["run", "bell.qc", "--effort", "nan"], "QC0801", "`nan` is not a number"),
        (["compile", "bell.qc", "-O", "7"], "QC0801", "invalid choice"),
        (["compile", "bell.qc", "--set", "theta"], "QC0804", "`--set` wants `NAME=VALUE`"),
        (["compile", "bell.qc", "--set", "t=1", "--set", "t=2"], "QC0801", "gives `t` twice"),
        (["compile", "bell.qc", "--set", "t=1"], "QC0420", "has no parameter `t`"),
        (["check", "bell.qc", "--sweep", "t=1+"], "QC0100", "does not fit here"),
        (["compile", "bell.qc", "-o", "bell.qc"], "QC0813", "would overwrite the program"),
        (["submit", "bell.qc"], "QC0806", "--backend simulator"),
        (["run", "bell.qc", "--noise", "aria-1", "--target", "forte"], "QC0811", "leave out `--target`"),
        (["explain", "cnott"], "QC0803", "did you mean `cnot`?"),
        (["explain", "qc9999"], "QC0803", "neither a code nor a gate"),
        (["completion", "tcsh"], "QC0801", "invalid choice"),
    ],
)
def test_wrong_usage_is_2_and_says_what_to_do(words, code, said, capsys):
    assert main(words) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert f"error[{code}]" in err
    assert said in err
    assert Path("bell.qc").read_text() == BELL
    if words:
        assert main([*words, "--json"]) == 2
        out, err = capsys.readouterr()
        assert err == ""
        assert json.loads(out)["diagnostics"]


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
    calls = [
        ["check", "bell.qc"],
        ["compile", "bell.qc"],
        ["run", "bell.qc", "--seed", "1"],
        ["explain", "cnot"],
        ["explain", "QC0203"],
        ["stats", "bell.qc"],
        ["init", "new"],
        ["completion", "bash"],
    ]
    assert {call[0] for call in calls} | {"submit", "jobs"} == set(verbs.VERBS)
    for call in calls:
        assert main([*call, "--json"]) == 0
        out, err = capsys.readouterr()
        assert err == ""
        answer = json.loads(out)
        assert answer["format_version"] == 1
        found = [(diagnostic["code"], diagnostic["severity"]) for diagnostic in answer["diagnostics"]]
        assert found == ([("QC0701", 3)] if call[0] == "compile" else [])  # a note: the payload names no backend
        if call[0] != "init":
            main([*call, "--json"])
            assert capsys.readouterr().out == out


# -- compile -----------------------------------------------------------------------------------------------------

PAYLOAD = {
    "type": "ionq.circuit.v1",
    "backend": "simulator",
    "input": {
        "qubits": 2,
        "gateset": "qis",
        "circuit": [{"gate": "h", "target": 0}, {"gate": "cnot", "target": 1, "control": 0}],
    },
}


def test_compile_prints_the_request_body(capsys):
    assert main(["compile", "bell.qc"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out) == PAYLOAD
    assert err.startswith("note[QC0701]: no backend is named, so the payload says `simulator`\n")
    assert main(["compile", "bell.qc", "--quiet"]) == 0
    assert capsys.readouterr() == (out, "")
    assert main(["compile", "bell.qc", "-o", "bell.json"]) == 0
    assert capsys.readouterr().out == ""
    assert Path("bell.json").read_text() == out


def test_flags_win_over_the_program(capsys):
    Path("job.qc").write_text('job { backend = "simulator"; shots = 5; noise { model = "aria-1" } }\n' + BELL)
    assert main(["compile", "job.qc", "--shots", "7", "--noise", "forte-1", "--seed", "3"]) == 0
    payload = json.loads(capsys.readouterr().out)
    assert payload["shots"] == 7
    assert payload["noise"] == {"model": "forte-1", "seed": 3}
    assert main(["compile", "bell.qc", "--backend", "qpu.forte-1"]) == 0
    payload = json.loads(capsys.readouterr().out)
    assert payload["input"]["gateset"] == "native"
    assert {row["gate"] for row in payload["input"]["circuit"]} <= {"gpi", "gpi2", "zz"}


def test_values_and_sweeps(capsys):
    Path("p.qc").write_text("param t\nqubit q[1]\nrx(t) q\n")
    assert main(["compile", "p.qc"]) == 1
    assert "`t`" in capsys.readouterr().err
    assert main(["compile", "p.qc", "--set", "t=2*0.125"]) == 0
    assert json.loads(capsys.readouterr().out)["input"]["circuit"][0]["rotation"] == 0.25
    assert main(["compile", "p.qc", "--sweep", "t=linspace(0, 1, 3)"]) == 0
    circuits = json.loads(capsys.readouterr().out)["input"]["circuits"]
    assert [circuit["circuit"][0]["rotation"] for circuit in circuits] == [0, 0.5, 1]


def test_compiled_circuits_print_as_programs(capsys):
    """The text of a stage is a program: compiling it again gives the same payload."""
    for words in (["--emit", "qc"], ["--stop-after", "transpile"]):
        assert main(["compile", "bell.qc", "--target", "forte", *words]) == 0
        text = capsys.readouterr().out
        assert "gateset native" in text
        Path("native.qc").write_text(text)
        assert main(["compile", "native.qc"]) == 0
        again = capsys.readouterr().out
        assert main(["compile", "bell.qc", "--target", "forte"]) == 0
        assert json.loads(capsys.readouterr().out)["input"] == json.loads(again)["input"]
    Path("p.qc").write_text("param t\nqubit q[2]\nfor i in range(2) { rx(t) q[i] }\n")
    assert main(["compile", "p.qc", "--stop-after", "lower"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.strip() for line in lines if "rx" in line] == ["rx(t) q[0]", "rx(t) q[1]"]


def test_reports(capsys):
    words = ["compile", "bell.qc", "--target", "aria", "--report", "--show-passes", "--verify"]
    assert main(words) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["input"]["gateset"] == "native"
    assert "entanglers" in err
    assert "bell: equal" in err
    assert main([*words, "--json"]) == 0
    (report,) = json.loads(capsys.readouterr().out)["report"]
    assert report["verified"] is True
    assert report["passes"][-1]["entanglers"] == [1, 1]


# -- run ---------------------------------------------------------------------------------------------------------


def test_run_shows_the_histogram(capsys):
    Path("flip.qc").write_text("qubit a, b\nx b\nregister out = b\n")
    assert main(["run", "flip.qc", "--shots", "10"]) == 0
    assert capsys.readouterr().out == (
        "flip · 10 shots\n"
        "order: a b\n"
        "\n"
        "  01   10   100.0%  ████████████████████████████████████████\n"
        "\n"
        "out · order: b\n"
        "\n"
        "  1   10   100.0%  █████████████████████████████████████████\n"
    )


def test_seeds_and_shots(capsys):
    def counts(*words: str) -> dict[str, int]:
        assert main(["run", "bell.qc", "--json", *words]) == 0
        return json.loads(capsys.readouterr().out)["results"][0]["counts"]

    assert counts("--seed", "7", "--shots", "500") == counts("--shots", "500", "--seed", "7")
    assert len({tuple(counts("--shots", "500").values()) for _ in range(6)}) > 1
    assert sum(counts().values()) == 100
    assert set(counts("--noise", "aria-1", "--shots", "20000", "--seed", "1")) == {"00", "01", "10", "11"}


def test_circuits_of_one_run_do_not_share_their_luck(capsys):
    """With one seed for all, equal circuits would give equal counts and a sweep's errors would move together."""
    Path("two.qc").write_text("circuit a { qubit q; h q }\nrun a as 'x', a as 'y'\n".replace("'", '"'))
    main(["run", "two.qc", "--shots", "1000", "--seed", "5", "--json"])
    first, second = json.loads(capsys.readouterr().out)["results"]
    assert first["counts"] != second["counts"]


def test_exact_probabilities(capsys):
    Path("t.qc").write_text("qubit q[2]\nrx(60deg) q[0]\n")
    assert main(["run", "t.qc", "--exact", "--json"]) == 0
    (result,) = json.loads(capsys.readouterr().out)["results"]
    assert result["probabilities"] == pytest.approx({"00": 0.75, "10": 0.25})
    assert result["counts"] == {}
    assert main(["run", "t.qc", "--exact"]) == 0
    assert "exact probabilities" in capsys.readouterr().out


def test_the_local_machine_can_be_forced_and_knows_its_limits(capsys):
    Path("sim.qc").write_text('job { backend = "simulator" }\n' + BELL)
    assert main(["run", "sim.qc"]) == 4  # there is no key
    assert main(["run", "sim.qc", "--backend", "local"]) == 0
    capsys.readouterr()
    Path("e.qc").write_text(
        "param t\ncircuit a { qubit q; rx(t) q }\nhamiltonian h = Z[0]\n"
        "energy { hamiltonian = h; ansatz = a; params = [0.1] }\n"
    )
    assert main(["run", "e.qc"]) == 1
    assert "QC0808" in capsys.readouterr().err
    assert main(["run", "bell.qc", "--noise", "harmony"]) == 1


def test_what_start_up_may_import():
    """The heavy libraries cost more than the whole of a check."""
    code = (
        "import sys; sys.argv = ['ionqdsl', *{words!r}]; from ionqdsl.cli import main; assert main() == 0;"
        "print({{'numpy', 'sympy', 'requests', 'lark', 'argparse', 'dataclasses'}} & {{*sys.modules}}, file=sys.stderr)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}

    def imported(*words: str) -> set[str]:
        line = [sys.executable, "-c", code.format(words=list(words))]
        done = subprocess.run(line, capture_output=True, text=True, env=environment, timeout=60, check=True)
        return set(re.findall(r"'(\w+)'", done.stderr.splitlines()[-1]))

    assert imported("--version") == set()
    assert not imported("check", "bell.qc") & {"numpy", "sympy", "requests"}
    assert not imported("compile", "bell.qc") & {"numpy", "sympy", "requests"}
    assert not imported("run", "bell.qc") & {"sympy", "requests"}


# -- explain, stats, init ----------------------------------------------------------------------------------------


def test_explain_a_code(capsys):
    for topic in ("QC0820", "qc0820"):
        assert main(["explain", topic]) == 0
        out = capsys.readouterr().out
        assert out.startswith("error[QC0820]: no API key\n\n")
        assert "IONQ_API_KEY" in out


def test_explain_a_gate(capsys):
    assert main(["explain", "zz"]) == 0
    out = capsys.readouterr().out
    assert "zz(theta: rad) a, b" in out
    assert "zz(angle: turn) a, b" in out
    assert '{"gate": "zz", "targets": [0, 1], "angle": 0.25}' in out
    assert main(["explain", "s"]) == 0
    assert capsys.readouterr().out.endswith("    |0>  1  .\n    |1>  .  i\n")
    assert main(["explain", "cu3", "--json"]) == 0
    (gate,) = json.loads(capsys.readouterr().out)["gates"]
    # u3(pi/2, pi/2, pi/2) by hand: [[c, -e^{il} s], [e^{ip} s, e^{i(p+l)} c]] with c = s = 1/sqrt 2
    half = 0.5**0.5
    expected = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, half, -1j * half], [0, 0, 1j * half, -half]]
    for row, wanted in zip(gate["matrix"], expected, strict=True):
        assert [complex(*pair) for pair in row] == pytest.approx(wanted)


def test_every_gate_can_be_explained(capsys):
    from ionqdsl.gates import GATES
    from ionqdsl.library import standard_signatures

    for name in {gate.name for gate in GATES.values()} | set(standard_signatures()):
        assert main(["explain", name]) == 0, name
    capsys.readouterr()


def test_stats(capsys):
    Path("s.qc").write_text("qubit q[3]\nh q\nctrl(2) @ z q[0], q[1], q[2]\nbarrier q\nh q[1]\n")
    assert main(["stats", "s.qc", "--json"]) == 0
    (facts,) = json.loads(capsys.readouterr().out)["circuits"]
    assert facts["qubits"] == 3
    assert facts["gates"] == 5
    assert facts["by_gate"] == {"ctrl(2) @ z": 1, "h": 4}
    assert facts["depth"] == 3
    assert main(["stats", "bell.qc", "--target", "aria"]) == 0
    table = capsys.readouterr().out.splitlines()
    assert table[0].split() == ["circuit", "gateset", "qubits", "gates", "entanglers", "pulses", "depth"]
    assert table[1].split()[:3] == ["bell", "native", "2"]
    assert "1 ms" in table[3]


def test_init_makes_a_project_that_works_and_overwrites_nothing(capsys, monkeypatch):
    assert main(["init", "new"]) == 0
    out, err = capsys.readouterr()
    assert out.split() == [os.path.join("new", "bell.qc"), os.path.join("new", "ionqdsl.toml")]
    assert main(["check", "new/bell.qc"]) == 0
    Path("new/bell.qc").write_text("mine")
    assert main(["init", "new"]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("QC0807") == 2
    assert Path("new/bell.qc").read_text() == "mine"
    assert main(["init", "bell.qc/below"]) == 2
    monkeypatch.chdir("new")
    text = Path("ionqdsl.toml").read_text()
    Path("ionqdsl.toml").write_text(re.sub(r"^# (\w+ = )", r"\1", text, flags=re.MULTILINE))
    assert main(["stats", "../bell.qc", "--json"]) == 0  # every setting it shows is one


# -- settings ----------------------------------------------------------------------------------------------------


def test_settings_of_the_project(capsys):
    Path("ionqdsl.toml").write_text('target = "aria"\nshots = 11\nbackend = "simulator"\n')
    Path("sub").mkdir()
    os.chdir("sub")

    def payload(*words: str):
        assert main(["compile", "../bell.qc", *words]) == 0
        return json.loads(capsys.readouterr().out)

    assert payload()["shots"] == 11
    assert payload()["input"]["gateset"] == "native"
    assert payload("--target", "qis", "--shots", "3")["input"]["gateset"] == "qis"
    Path("../bell.qc").write_text("job { shots = 5 }\n" + BELL)
    assert payload()["shots"] == 5
    assert payload("--shots", "3")["shots"] == 3
    Path("pyproject.toml").write_text('[tool.ionqdsl]\ntarget = "qis"\n')
    assert payload()["input"]["gateset"] == "qis"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tarjet = 'aria'", "did you mean `target`?"),
        ("target = 'areia'", "there is no target `areia`"),
        ("shots = '5'", "`shots` must be a whole number"),
        ("shots = 0", "at least 1"),
        ("preserve = 'all'", "must be one of unitary, measurement, outcomes"),
        ("shots = ", "settings file"),
    ],
)
def test_settings_that_are_wrong(text, said, capsys):
    Path("ionqdsl.toml").write_text(text)
    assert main(["compile", "bell.qc"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "error[QC0812]" in err
    assert "ionqdsl.toml" in err
    assert said in err


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
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    for words, said in ((["compile", "bell.qc"], "error[QC0805]"), (["-V"], "error: ")):
        with open("/dev/full", "w") as full:
            line = [sys.executable, "-m", "ionqdsl", *words]
            done = subprocess.run(line, stdout=full, stderr=subprocess.PIPE, text=True, env=environment, timeout=60)
        assert done.returncode == 2
        assert said in done.stderr
        assert "cannot write" in done.stderr
        assert "Traceback" not in done.stderr
    line = ["sh", "-c", f"{sys.executable} -m ionqdsl compile bell.qc >&-"]
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
        line = [sys.executable, "-m", "ionqdsl", *words]
        done = subprocess.run(line, stdout=writer, stderr=subprocess.PIPE, text=True, env=environment, timeout=60)
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
    time.sleep(1.0)
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=20)
    assert child.returncode == 130
    assert "Traceback" not in err


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
    from ionqdsl.codes.service import SERVICE

    tests = "".join(Path(__file__).with_name(name).read_text() for name in ("test_cli.py", "test_submit.py"))
    assert [code.name for code in SERVICE if code.name not in tests] == []
