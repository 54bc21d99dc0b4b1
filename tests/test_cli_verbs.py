"""The verbs applied to a program: compile, run, explain, stats, init, and the settings they obey."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from commands import BELL, PAYLOAD, ROOT, folder  # noqa: F401 - a fixture is used by being here

from ionqdsl.cli import main

# -- compile -----------------------------------------------------------------------------------------------------


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
    assert "two-qubit" in err
    assert "verified      as the text says, 2 rows; then equal" in err
    assert main([*words, "--json"]) == 0
    (report,) = json.loads(capsys.readouterr().out)["report"]
    assert report["verified"] is True
    assert report["passes"][-1]["two_qubit_gates"] == [1, 1]


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
    assert main(["run", "sim.qc", "--backend", "simulator"]) == 4  # there is no key
    capsys.readouterr()
    assert main(["run", "sim.qc", "--backend", "local"]) == 0
    assert "QC0458" not in capsys.readouterr().err
    Path("e.qc").write_text('function { type = "other"; data { } }\n')
    assert main(["run", "e.qc"]) == 1
    assert "QC0808" in capsys.readouterr().err
    assert main(["run", "bell.qc", "--noise", "harmony"]) == 1


def test_a_backend_in_the_file_gives_the_machine_and_no_more(capsys, monkeypatch):
    """No key, no network, no noise; the circuit is that of the machine."""
    monkeypatch.setenv("IONQ_API_URL", "http://127.0.0.1:9")
    Path("qpu.qc").write_text('job { backend = "qpu.forte-1"; shots = 50 }\nqubit q[2]\nx q[0]\ncnot q[0], q[1]\n')
    assert main(["run", "qpu.qc", "-v"]) == 0
    out, err = capsys.readouterr()
    assert "11   50   100.0%" in out
    assert "note[QC0458]" in err
    assert "ionqdsl submit qpu.qc --wait" in err
    assert "compiled for forte" in err
    assert main(["run", "qpu.qc", "--json", "--exact"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["backend"], answer["results"][0]["noise"]) == ("local", None)
    assert main(["run", "qpu.qc", "--noise", "forte-1", "--shots", "20000", "--seed", "3", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["results"][0]["counts"]) > 1
    Path("ionqdsl.toml").write_text('backend = "qpu.aria-1"\n')
    assert main(["run", "bell.qc", "-v"]) == 0
    assert "compiled for aria" in capsys.readouterr().err


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
    for topic in ("QC0203", "QC0701"):
        assert main(["explain", topic]) == 0  # found by check, and only when the payload is made
        out = capsys.readouterr().out
        assert re.search(rf"This gives:\n\n    (error|note)\[{topic}\]: ", out)
        assert "\n\nCorrected:\n\n" in out


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
    from ionqdsl.ir.gates import GATES
    from ionqdsl.language.library import standard_signatures

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
    assert table[0].split() == ["circuit", "gateset", "qubits", "gates", "two-qubit", "pulses", "depth"]
    assert table[1].split()[:3] == ["bell", "native", "2"]
    assert "1 ms" in table[3]


def test_init_makes_a_project_that_works_and_overwrites_nothing(capsys, monkeypatch):
    assert main(["init", "new"]) == 0
    out, err = capsys.readouterr()
    assert out.split() == [os.path.join("new", name) for name in ("bell.qc", "h2.qc", "ionqdsl.toml")]
    assert main(["check", "new/bell.qc", "new/h2.qc"]) == 0
    Path("new/bell.qc").write_text("mine")
    assert main(["init", "new"]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("QC0807") == 3
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
        ("shots = 0", "`0` is not a whole number from 1"),
        ("preserve = 'all'", "known: `unitary`, `permuted`, `measurement`, `outcomes`"),
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


def test_check_takes_a_library_for_what_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Definitions for others to include are no error by themselves; nothing at all is, and so is running them."""
    monkeypatch.chdir(tmp_path)
    Path("lib.qc").write_text("const half = pi/2\ngate g a { rx(half) a }\n")
    Path("empty.qc").write_text("# nothing yet\n")
    assert main(["check", "lib.qc"]) == 0
    assert "note[QC0431]" in capsys.readouterr().err
    assert main(["check", "empty.qc"]) == 1
    assert main(["run", "lib.qc"]) == 1
    assert "error[QC0401]" in capsys.readouterr().err
