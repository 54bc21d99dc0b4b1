"""The playground's answers: the page gets the same answers as the command, for any text.

Would catch diagnostics, histograms or payloads that differ from the command's, a slider that differs from `--set`, an
exception instead of a diagnostic, access to a file that was not offered, and a picture that does not fit.
"""

from __future__ import annotations

import contextlib
import io
import json
import math
import shutil
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from programs import programs
from test_fuzz import TOKENS

import ionqdsl as iq
from ionqdsl.cli import main
from ionqdsl.diagnostics.codes import CODES
from ionqdsl.emit.bloch import bloch, projected
from ionqdsl.language import standard
from ionqdsl.playground import sliders
from ionqdsl.playground.answers import MOST_ROWS, answer, completions
from ionqdsl.playground.setup import examples, setup

EVERYTHING = ["written", "state", "program", "outcome", "tests", "payload"]
BELL = "qubit q[2]\nh q[0]\ncnot q[0], q[1]\nregister left = q[0]\n"
ANGLES = (
    "param a, b = 0.3, d[2]\nqubit q[2]\nrx(a) q[0]; ry(b) q[1]; cnot q[0], q[1]; rz(d[1] - b) q; rx(2*d[0]) q[0]\n"
)


def ask(text: str, *parts: str, **request: Any) -> dict[str, Any]:
    return answer({"text": text, "parts": parts or EVERYTHING, **request})


def written(tmp_path: Path, text: str, name: str = "main") -> str:
    file = tmp_path / f"{name}.qc"
    file.write_text(text)
    return str(file)


def output(*words: str) -> str:
    """The command's standard output."""
    with contextlib.redirect_stdout(io.StringIO()) as stream, contextlib.redirect_stderr(io.StringIO()):
        main(list(words))
    return stream.getvalue()


def command(tmp_path: Path, text: str, verb: str, *flags: str, name: str = "main") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(output(verb, written(tmp_path, text, name), "--json", *flags))
    return found


def without_file(diagnostics: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**one, "data": {"help": one["data"]["help"]}, "relatedInformation": None} for one in diagnostics]


def codes(part: dict[str, Any]) -> list[str]:
    return [one["code"] for one in part["diagnostics"]]


# -- the same as the command's --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["QC0203", "QC0202", "QC0302", "QC0414", "QC0101"])
def test_diagnostics_are_those_of_check(name: str, tmp_path: Path) -> None:
    text = CODES[name].example
    said = command(tmp_path, text, "check")["diagnostics"]
    assert name in {one["code"] for one in said}
    assert without_file(ask(text)["diagnostics"]) == without_file(said)


@pytest.mark.parametrize("example", examples(), ids=lambda example: example["name"])
def test_examples_compile_and_play_as_with_the_command(example: dict[str, str], tmp_path: Path) -> None:
    name, text = example["name"], example["text"]
    shutil.copytree(Path(__file__).parent.parent / "examples" / "lib", tmp_path / "lib")
    found = ask(text, target="forte", example=example["place"])
    assert found["diagnostics"] == found["written"]["remarks"] == []
    content = output("compile", written(tmp_path, text, name), "--target", "forte")
    assert found["payload"]["body"].strip() == content.strip()
    flags = ("--backend", "local", "--target", "forte", "--exact")
    said = command(tmp_path, text, "run", *flags, name=name)
    if "results" in said and "value" in said["results"][0]:
        assert found["outcome"]["energy"] == f"{said['results'][0]['value']:.9g}"
    elif "results" in said:
        expected = said["results"][0]["probabilities"]
        assert found["outcome"]["result"]["probabilities"] == pytest.approx(expected)
    else:  # the noise of another machine
        assert set(codes(found["outcome"])) == {one["code"] for one in said["diagnostics"] if one["severity"] == 1}


def test_shots_are_those_of_the_command_with_the_same_seed(tmp_path: Path) -> None:
    flags = ("--target", "aria", "--shots", "500", "--seed", "7")
    (result,) = command(tmp_path, BELL, "run", *flags)["results"]
    found = ask(BELL, "outcome", target="aria", shots=500, seed=7)["outcome"]
    assert found["result"]["counts"] == result["counts"]
    assert [picture["title"] for picture in found["pictures"]] == ["all qubits", "register left"]


def test_sliders_mean_what_set_means(tmp_path: Path) -> None:
    """Bound after compilation here, set before it there; the array goes element by element."""
    values = {"a": 1.25, "b": -0.5, "d[0]": 0.75, "d[1]": 2.0}
    sets = [word for text in ("a=1.25", "b=-0.5", "d=[0.75, 2]") for word in ("--set", text)]
    (result,) = command(tmp_path, ANGLES, "run", "--exact", *sets)["results"]
    found = ask(ANGLES, target="forte", values=values)
    assert found["outcome"]["result"]["probabilities"] == pytest.approx(result["probabilities"])
    assert all(slider["binds"] for slider in found["written"]["parameters"])
    payload = output("compile", str(tmp_path / "main.qc"), "--target", "forte", *sets)
    assert found["payload"]["body"].strip() == payload.strip()


def test_a_parameter_that_shapes_the_program_compiles_again(tmp_path: Path) -> None:
    text = "param n = 2, theta\nqubit q[3]\nfor i in range(n) { rx(theta) q[i] }\n"
    memory: dict[Any, Any] = {}
    for n in (1, 3):
        request = {"text": text, "target": "forte", "values": {"n": n, "theta": 3.141592653589793}}
        found = answer({**request, "parts": ["written", "outcome"]}, None, memory)
        assert [slider["binds"] for slider in found["written"]["parameters"]] == [False, True]
        assert list(found["outcome"]["result"]["probabilities"]) == ["1" * n + "0" * (3 - n)]


def test_native_parameters_count_in_turns() -> None:
    text = "param phase = 90deg\ngateset native\nqubit q\ngpi2(0) q; gpi2(phase) q\n"
    (slider,) = ask(text)["written"]["parameters"]
    assert (slider["value"], slider["unit"]) == (0.25, "turn")
    assert ask(text)["outcome"]["result"]["probabilities"] == pytest.approx({"0": 0.5, "1": 0.5})
    opposite = ask(text, values={"phase": 0.5})["outcome"]["result"]["probabilities"]
    assert opposite == pytest.approx({"0": 1.0})


def test_what_was_worked_out_before_does_not_matter() -> None:
    """One memory for different programs, machines and values, against none."""
    memory: dict[Any, Any] = {}
    for text in (ANGLES, BELL, ANGLES):
        for target in ("aria", "forte", None):
            for values in ({}, {"b": 1.0}):
                request = {"text": text, "target": target, "values": values, "parts": EVERYTHING}
                assert answer(request, None, memory) == answer(request)


# -- any text, any request ------------------------------------------------------------------------------------------


@given(st.lists(st.sampled_from(TOKENS), max_size=40))
def test_any_text_has_an_answer(tokens: list[str]) -> None:
    found = ask(" ".join(tokens))
    json.dumps(found)
    assert "QC1155" not in json.dumps(found)


@given(programs())
def test_any_program_is_shown_whole(text: str) -> None:
    found = ask(text, target="forte")
    assert "QC1155" not in json.dumps(found)
    if not any(one["severity"] == 1 for one in found["diagnostics"]):
        for part, name in (
            ("written", "written"),
            ("program", "compiled"),
            ("state", "amplitudes"),
            ("state", "bloch"),
        ):
            if name in found[part]:
                ElementTree.fromstring(found[part][name])


@pytest.mark.parametrize(
    "request_",
    [None, 3, [], {}, {"text": 3}, {"text": "# \ud800"},
     {"text": "", "level": 3}, {"text": "", "level": True}, {"text": "", "x": 1},
     {"text": "", "target": "nowhere"}, {"text": "", "values": {"a": math.nan}}, {"text": "", "values": [1]},
     {"text": "", "width": 10**9}, {"text": "", "parts": ["key"]}, {"text": "", "shots": -1},
     {"text": "", "preserve": []}, {"text": "", "parts": [[]]}, {"text": "", "values": {"a": 10**400}},
     {"text": "", "example": "../../secret"}, {"text": "", "example": 1}, {"text": "", "example": "slider"}],
)  # fmt: skip
def test_other_requests_are_refused(request_: Any) -> None:
    assert codes(answer(request_)) == ["QC1150"]


# -- limits and files -----------------------------------------------------------------------------------------------


def test_limits_are_said() -> None:
    assert codes(ask("#" * 100_001)) == ["QC1151"]
    wide = ask("qubit q[21]\nh q\n")
    assert codes(wide["outcome"]) == ["QC1153"]
    deep = ask("qubit q[15]\nfor i in range(2048) { rx(0.1*i) q[i % 15] }\n", "outcome")
    assert codes(deep["outcome"]) == ["QC1153"]
    assert "compiled" in wide["program"]
    long = ask(f"qubit q\nfor i in range({MOST_ROWS + 1}) {{ rx(0.1) q }}\n")
    assert codes(long["outcome"]) == codes(long["payload"]) == codes(long["program"]) == ["QC1153"]
    noisy = 'job { backend = "simulator"; noise { model = "aria-1" } }\nqubit q[7]\nh q\n'
    assert codes(ask(noisy, "outcome", target="aria")["outcome"]) == ["QC1153"]
    assert codes(ask(noisy.replace("7", "2"), "outcome", target="forte")["outcome"]) == ["QC0811"]


def test_files_stay_closed_unless_one_was_given(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "secret.qc").write_text("gate secret a { x a }\n")
    (tmp_path / "inner" / "part.qc").write_text("gate part a { x a }\n")
    (tmp_path / "inner" / "main.qc").write_text("qubit q\n")
    near, far = ('include "part.qc"\nqubit q\npart q\n', 'include "../secret.qc"\nqubit q\nsecret q\n')
    assert codes(ask(near)) == codes(ask(far)) == ["QC1152"]
    path = str(tmp_path / "inner" / "main.qc")
    assert codes(answer({"text": near}, path)) == []
    assert codes(answer({"text": far}, path)) == ["QC0425"]
    assert codes(answer({"text": f'include "{tmp_path}/secret.qc"\nqubit q\n'}, path)) == ["QC0425"]
    assert codes(answer({"text": near, "example": "qft"}, path)) == ["QC0424"]  # which includes a file next to it
    assert codes(ask(far, example="qft")) == ["QC0425"]
    (tmp_path / "inner" / "main.qc").unlink()
    assert codes(answer({"text": near}, path)) == ["QC1152"]  # no folder of its own any more, and no other one


def test_standard_input_opens_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`playground -` has no folder; the one it was started in is not offered."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "part.qc").write_text("gate part a { x a }\n")
    assert codes(answer({"text": 'include "part.qc"\nqubit q\npart q\n'}, "-")) == ["QC1152"]
    assert labels('include "|', None) == standard.names()


# -- remarks, fixes, and completions at the cursor --------------------------------------------------------------------


def mended(text: str, message: dict[str, Any]) -> str:
    """The text after the first fix, made as the page makes it: the last edit first."""
    lines = text.split("\n")

    def at(place: dict[str, int]) -> int:
        return sum(len(line) + 1 for line in lines[: place["line"]]) + int(place["character"])

    edits = [
        (at(e["range"]["start"]), at(e["range"]["end"]), e["newText"]) for e in message["data"]["fixes"][0]["edits"]
    ]
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def test_remarks_are_the_linter_s_and_their_fixes_its_edits(tmp_path: Path) -> None:
    text = "const unused = 1\nqubit q\nrx(90) q\nx q; x q\n"
    said = command(tmp_path, text, "lint")["diagnostics"]
    found = ask(text)["written"]["remarks"]
    assert {one["code"] for one in found} >= {"QC1005", "QC1002", "QC1010"}
    assert without_file(found) == without_file(said)
    (unused,) = [one for one in found if one["code"] == "QC1005"]
    assert mended(text, unused) == "qubit q\nrx(90) q\nx q; x q\n"
    assert [one["data"]["fixes"] for one in found if one["code"] == "QC1002"] == [[]]  # a decision: nothing is changed


def test_a_misspelt_gate_has_a_fix() -> None:
    text = "qubit q\nhh q  # é\n"
    (wrong,) = ask(text)["diagnostics"]
    assert mended(text, wrong) == "qubit q\nh q  # é\n"
    assert wrong["data"]["here"]


def test_errors_of_included_files_are_shown_where_they_are_included(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "xmain.qc").write_text("gate g a { nothing a }\n")
    (tmp_path / "main.qc").write_text("")
    text = '# one\ninclude "lib/xmain.qc"\nqubit q\ng q\n'
    (wrong,) = answer({"text": text}, str(tmp_path / "main.qc"))["diagnostics"]
    assert wrong["data"]["elsewhere"] == "lib/xmain.qc"
    assert wrong["range"]["start"] == {"line": 1, "character": 0}
    assert wrong["data"]["fixes"] == []


def labels(marked: str, path: str | None, **request: Any) -> list[str]:
    before, _, after = marked.partition("|")
    offset = len(before.encode("utf-16-le")) // 2
    return [item["label"] for item in offers(before + after, offset, path, **request)]


def offers(text: str, offset: int, path: str | None = None, **request: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = completions({"text": text, "offset": offset, **request}, path)["items"]
    return items


def test_completion_offers_gates_names_and_keys() -> None:
    assert "cnot" in labels("qubit q[2]\n# é😀\ncn| q", None)
    assert "swap" not in labels("qubit q[2]\ncn|", None)
    assert labels("qubit first, second\nh fi|", None) == ["first"]
    assert labels("job { sho| }", None) == ["shots"]
    assert "90deg" in labels("qubit q\nrx(90|", None)
    assert labels("# cn|", None) == []
    assert '"qpu.forte-1"' in labels('job { backend = "qpu.f|" }', None)


def test_an_item_says_what_it_replaces_and_what_to_select() -> None:
    """Counted as a text area counts: a character outside the basic plane is two."""
    text = "qubit q\n# 😀\nrx"
    (item,) = [one for one in offers(text, len(text) + 1) if one["label"] == "rx"]
    assert (item["text"], item["select"], item["before"], item["behind"]) == ("rx(theta) ", [3, 8], 2, 0)
    text = 'job { backend = "sim" }'
    (item,) = offers(text, text.index('" }'))
    assert (item["text"], item["before"], item["behind"]) == ('"simulator"', 4, 1)


def test_the_standard_library_needs_no_folder() -> None:
    text = 'include "std/fourier.qc"\nqubit q[2]\nqft q\n'
    assert codes(ask(text)) == []
    assert labels('include "std/f|', None) == ["std/fourier.qc"]
    assert labels('include "std/fourier.qc"\nqubit q[2]\nqf|', None) == ["qft", "qft_reversed"]


def test_completion_reads_no_file_that_cannot_be_included(tmp_path: Path) -> None:
    (tmp_path / "secret.qc").write_text("gate secret a { x a }\n")
    inner = tmp_path / "inner"
    (inner / "lib").mkdir(parents=True)
    (inner / ".hidden").mkdir()
    (inner / ".hidden" / "h.qc").write_text("")
    (inner / "lib" / "part.qc").write_text(
        'include "../../secret.qc"\nconst deep = 1\ngate part(angle, k = 1) a { x a }\n'
    )
    (inner / "main.qc").write_text("")
    path = str(inner / "main.qc")
    text = 'include "lib/part.qc"\nqubit q\n'
    assert labels(f"{text}pa|", path) == ["param", "part", "pauliexp"]
    assert labels(f"{text}rx(de|", path) == ["deep", "deg"]
    for far in ("../secret.qc", f"{tmp_path}/secret.qc", "lib/../../secret.qc"):
        assert "secret" not in labels(f'include "{far}"\nqubit q\nsec|', path)
    assert "secret" not in labels(f"{text}sec|", path)
    assert labels('include "|', path) == [*standard.names(), "lib/part.qc"]
    assert labels('include "../|', path) == labels('include "/|', path) == []
    assert labels(f"{text}pa|", None) == ["param", "pauliexp"]
    assert "qft3" in labels('include "lib/fourier.qc"\nqubit q\nqf|', None, example="qft")
    assert "lib/fourier.qc" in labels('include "l|', None, example="qft")


@given(st.lists(st.sampled_from(TOKENS), max_size=30).map(" ".join), st.integers(0, 200))
def test_any_cursor_has_an_answer(text: str, offset: int) -> None:
    for item in offers(text, offset):
        assert 0 <= item["select"][0] <= item["select"][1] <= len(item["text"])
        assert 0 <= item["before"] <= offset


def test_an_energy_is_computed() -> None:
    (energy,) = [one["text"] for one in examples() if one["name"] == "vqe"]
    found = ask(energy)
    (picture,) = found["outcome"]["pictures"]
    assert found["outcome"]["energy"] == "-1.14559589"
    assert "<svg" in picture["svg"]
    assert "<svg" in found["written"]["written"]
    assert found["payload"]["body"]
    assert codes(ask(energy.replace("[0.2269]", "[]"))["outcome"]) == ["QC0743"]


def test_an_energy_has_sliders() -> None:
    """-cos(t)^2 - sin(t) at 30 degrees; the job gets the moved values, and the ansatz is compiled like any circuit."""
    text = (
        "param t\nhamiltonian m = -Z[0]*Z[1] - 0.5*X[0] - 0.5*X[1]\ncircuit ansatz { qubit q[2]; ry(t) q }\n"
        "energy { hamiltonian = m; ansatz = ansatz; params = [0.3] }\n"
    )
    still, moved = ask(text), ask(text, values={"t": math.pi / 6})
    assert [(one["name"], one["value"], one["binds"]) for one in still["written"]["parameters"]] == [("t", 0.3, True)]
    assert moved["outcome"]["energy"] == "-1.25"
    assert json.loads(still["payload"]["body"])["input"]["params"] == [0.3]
    assert json.loads(moved["payload"]["body"])["input"]["params"] == [math.pi / 6]
    assert "<svg" in still["program"]["compiled"]
    assert codes(ask(text.replace("[0.3]", "[0.3, 1]"))["outcome"]) == ["QC0743"]


def test_a_sweep_has_its_curve() -> None:
    text = "circuit f(t) { qubit q; h q; rz(t) q; h q }\nrun f(t) for t in linspace(0deg, 90deg, 4)\n"
    (whole, sweep) = ask(text, circuit=3)["outcome"]["pictures"]
    assert (whole["title"], sweep["title"]) == ("all qubits", "sweep of f(…), ideal machine")
    assert "argument of f, deg" in sweep["svg"]
    assert "60: 0.75" in sweep["svg"]  # cos(30deg)^2


def test_tests_have_outcomes() -> None:
    text = (
        'qubit q\ntest "fair" for k in range(2) { qubit p; if k == 1 { x p }; expect prob("1") == k }\n'
        'test "wrong" { qubit p; expect prob("0") == 0.5 }\n'
    )
    found = ask(text, "tests")["tests"]
    assert [(one["title"], len(one["failures"])) for one in found["cases"]] == [
        ("fair, k = 0", 0), ("fair, k = 1", 0), ("wrong", 1),
    ]  # fmt: skip
    assert found["cases"][2]["failures"][0]["code"] == "QC0440"
    assert ask("qubit q\n", "tests")["tests"] == {"cases": [], "more": 0}


def test_measurements_are_deferred_if_asked() -> None:
    text = "qubit q[2]\nh q[0]\nregister a = measure q[0]\nif a { x q[1] }\n"
    assert codes(ask(text, target="forte")["program"]) == ["QC0297"]
    assert "compiled" in ask(text, target="forte", defer=True)["program"]


@pytest.mark.parametrize(
    "version", ['2.0;\ninclude "qelib1.inc";\nqreg q[2];', '3.0;\ninclude "stdgates.inc";\nqubit[2] q;']
)
def test_openqasm_is_translated_on_request(version: str) -> None:
    text = f"OPENQASM {version}\nh q[0];\ncx q[0], q[1];\n"
    (said,) = ask(text)["diagnostics"]
    ((edit,),) = [fix["edits"] for fix in said["data"]["fixes"]]
    assert said["code"] == "QC1201"
    assert edit["newText"] == "qubit q[2]\nh q[0]\ncx q[0], q[1]\n"
    assert edit["range"] == {"start": {"line": 0, "character": 0}, "end": {"line": text.count("\n"), "character": 0}}


def test_openqasm_opens_no_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "secret.inc").write_text("gate secret a { x a; }\n")
    for include in ('include "secret.inc";', "include 'secret.inc';", 'include /* */ // x\n "secret.inc";'):
        assert codes(ask(f"OPENQASM 3.0;\n{include}\nqubit q;\nsecret q;\n")) == ["QC1152"]
    assert codes(ask("OPENQASM 3.0;\n// to include nothing\nqubit q;\nsdg q;\n")) == ["QC1120"]  # no library, no sdg
    (wrong,) = ask("OPENQASM 3.0;\nqubit q;\nfoo q;\n")["diagnostics"]
    assert (wrong["code"], wrong["range"]["start"]["line"]) == ("QC1120", 2)


def test_what_cannot_be_played_says_so() -> None:
    assert codes(ask('function { type = "other"; data { } }\n')["outcome"]) == ["QC0808"]


def test_the_page_begins_with_programs_that_work() -> None:
    begin = setup(None, None)
    assert "bell" in [example["name"] for example in begin["examples"]]
    for example in begin["examples"]:
        assert codes(ask(example["text"], "written", example=example["place"])) == []


# -- counts and spheres ---------------------------------------------------------------------------------------------


def test_counts_before_and_after() -> None:
    """Two cnots that undo each other: a pair of two-qubit gates gate by gate, none compiled."""
    counts = ask("qubit q[2]\nh q[0]\ncnot q[0], q[1]\ncnot q[0], q[1]\n", "program", target="aria")["program"][
        "counts"
    ]
    assert counts["heads"] == ["", "gate by gate", "compiled"]
    rows = {row[0]: row[1:] for row in counts["rows"]}
    assert rows["two-qubit gates"] == ("2", "0")
    assert float(rows["expected fidelity"][0]) < float(rows["expected fidelity"][1])


@pytest.mark.parametrize(
    ("gates", "vector"),
    [("id q[0]", (0, 0, 1)), ("x q[0]", (0, 0, -1)), ("h q[0]", (1, 0, 0)), ("h q[0]; s q[0]", (0, 1, 0)),
     ("rx(pi/2) q[0]", (0, -1, 0)), ("h q[0]; cnot q[0], q[1]", (0, 0, 0)), ("ry(0.6) q[0]", (0.564642, 0, 0.825336))],
)  # fmt: skip
def test_spheres_show_textbook_vectors(gates: str, vector: tuple[float, float, float]) -> None:
    picture = ElementTree.fromstring(ask(f"qubit q[2]\n{gates}\n", "state", target="forte")["state"]["bloch"])
    first = picture.find("{*}g/{*}title")
    assert first is not None
    assert first.text is not None
    x, y, z = (float(part.split()[1]) for part in first.text.split(": ")[1].split(", ")[:3])
    assert (x, y, z) == pytest.approx(vector, abs=1e-6)


def test_spheres_from_python() -> None:
    """Named like the program's qubits; an open parameter is an error, not a picture."""
    texts = "".join(ElementTree.fromstring(iq.circuit("qubit a, b; x b").bloch()).itertext())
    assert "a: <X> +0.000000, <Y> +0.000000, <Z> +1.000000" in texts
    assert "b: <X> +0.000000, <Y> +0.000000, <Z> -1.000000" in texts
    with pytest.raises(iq.CompileError, match="QC0652"):
        iq.circuit("param t; qubit q; rx(t) q").bloch()


@given(st.tuples(*[st.floats(-1, 1)] * 3), st.integers(240, 1200))
def test_spheres_stay_inside_their_picture(vector: tuple[float, float, float], width: int) -> None:
    length = math.hypot(*vector)
    unit = [part / length if length > 1 else part for part in vector]
    assert math.hypot(*projected(unit)) <= 1 + 1e-9
    picture = ElementTree.fromstring(bloch([unit] * 6, [f"q[{n}]" for n in range(6)], width))
    assert float(picture.attrib["width"]) <= width
    assert projected((0, 0, 1))[1] < 0 < projected((0, 1, 0))[0]  # |0> is above, y to the right


def test_every_parameter_has_a_slider_that_reaches_it() -> None:
    (slider,) = ask("param far = 40.0\nqubit q\nrx(far) q\n")["written"]["parameters"]
    assert slider["low"] < slider["own"] == slider["value"] == 40 < slider["high"]
    assert sliders.MOST >= 16
