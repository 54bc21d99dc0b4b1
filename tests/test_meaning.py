"""The compiler reads programs like a plain interpreter of the language, which shares no code with lowering.

Random programs over the whole language, and the interpreter itself: its reading of a few programs is written out by
hand here, and a compiler with a fault is caught by `--verify`.
"""

from __future__ import annotations

import json
import os
import shlex
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from calls import program
from hypothesis import HealthCheck, given, settings
from meaning import judged
from programs import programs, symbolic_programs
from whole_programs import Whole, whole_programs

import ionqdsl as iq
from ionqdsl import pipeline as stages
from ionqdsl.cli import main
from ionqdsl.diagnostics import InternalError
from ionqdsl.diagnostics.source import Source, Span
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.options import Options
from ionqdsl.language import syntax
from ionqdsl.language.library import standard_definitions
from ionqdsl.language.lower import gates
from ionqdsl.language.parse import parse
from ionqdsl.language.values import PauliSum
from ionqdsl.verify import lowering
from ionqdsl.verify.findings import Difference
from ionqdsl.verify.interpreter.gates import ProgramGates
from ionqdsl.verify.interpreter.matrices import principal_power
from ionqdsl.verify.interpreter.meaning import CircuitMeaning, Rejected
from ionqdsl.verify.interpreter.plain_lines import applied_lines
from ionqdsl.verify.interpreter.program import whole_program

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
KINDS = ("same", "refused", "early", "limit", "open")


# --- random programs -------------------------------------------------------------------------------------------------


@QUICK
@given(programs())
def test_programs_mean_what_is_lowered(text: str) -> None:
    found = judged(text)
    assert found.kind in KINDS, found.said


@QUICK
@given(symbolic_programs())
def test_open_parameters_mean_what_is_lowered(text: str) -> None:
    found = judged(text)
    assert found.kind in KINDS, found.said


@QUICK
@given(whole_programs())
def test_whole_files_mean_what_is_lowered(whole: Whole) -> None:
    folder = os.path.realpath(os.getcwd())
    beside = {os.path.join(folder, name): content for name, content in whole.files.items()}
    found = judged(Source(whole.text, os.path.join(folder, "main.qc"), beside=beside))
    assert found.kind in KINDS, found.said


@pytest.mark.parametrize("first", range(0, 200, 50))
def test_calls_of_gates_mean_what_is_lowered(first: int) -> None:
    """Arguments of every kind, names like things inside, the same call again; most programs are right."""
    found = [judged(program(seed)) for seed in range(first, first + 50)]
    assert [one.said for one in found if one.kind not in KINDS] == []
    assert sum(one.kind == "same" for one in found) > 20


def _as_it_was(value: Any) -> Any:
    """The keys that arguments once had: Python's equality, and identities of operators that are freed."""
    if isinstance(value, list):
        return tuple(map(_as_it_was, value))
    return id(value) if isinstance(value, PauliSum) else value


def test_the_old_cache_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison has the power to see it: with the keys of old, one of 200 programs at most is needed."""
    monkeypatch.setattr(gates, "key_of", _as_it_was)
    assert any(judged(program(seed)).kind == "differs" for seed in range(200))


@pytest.mark.parametrize("number", [500152, 501724, 501919])
def test_programs_that_once_differed(number: int) -> None:
    """Roots of nothing with a phase of rounding, and a sweep whose squares were those of rounded numbers."""
    found = judged(program(number))
    assert found.kind == "same", found.said


def test_a_point_of_a_long_sweep_is_what_it_is_alone() -> None:
    """From eight points on a circuit is read once, with symbols: roots of squares have to stay exact there, too."""
    text = "param x\nqubit q\np(sqrt(x)) q\nrx(sqrt(x)/3) q\n"
    points = [Fraction(1, (k + 1) ** 2) for k in range(9)]
    assert judged(text, sweeps={"x": "[1/(k + 1)**2 for k in range(9)]"}).kind == "same"
    swept = stages.load(Source(text), sweeps={"x": "[1/(k + 1)**2 for k in range(9)]"})[0].runs
    for circuit, point in zip(swept, points, strict=True):
        (alone,) = stages.load(Source(text), {"x": str(point)})[0].runs
        assert circuit.rows == alone.rows


def test_large_powers_keep_their_fraction() -> None:
    """The interpreter multiplies phases in floats, which have no half at 1e300; the compiler reads it exactly."""
    for gate in ("x", "h", "t", "swap"):
        qubits = "q" if gate == "swap" else "q[0]"
        assert judged(f"qubit q[2]\npow(1e300 + 1/2) @ {gate} {qubits}").kind == "same", gate


# --- the interpreter -------------------------------------------------------------------------------------------------


def meant(program: str) -> CircuitMeaning:
    whole = lowering.meaning(Source(program))
    assert whole is not None
    return whole.runs[0]


def told(program: str) -> list[tuple[str, tuple[int, ...], int]]:
    """Gates with their qubits and controls."""
    return [(row.gate, row.qubits, row.controls) for step in meant(program).steps for row in step.rows]


def refusal(program: str) -> str:
    with pytest.raises(Rejected) as caught:
        lowering.meaning(Source(program))
    return caught.value.code


def test_operands_are_spread_and_broadcast() -> None:
    assert told("qubit q[2]\ncnot q") == [("cnot", (0, 1), 0)]
    assert told("qubit q[4]\nctrl(3) @ z q") == [("z", (0, 1, 2, 3), 3)]
    assert told("qubit q[3]\nh q[::-2]") == [("h", (2,), 0), ("h", (0,), 0)]
    assert told("qubit a\nqubit q[2]\ncnot a, q") == [("cnot", (0, 1), 0), ("cnot", (0, 2), 0)]
    assert told("qubit q[4]\nlet b = q[2:]\nswap q[:2], b") == [("swap", (0, 2), 0), ("swap", (1, 3), 0)]
    assert refusal("qubit q[5]\ncnot q[:2], q[2:]") == "QC0224"
    assert refusal("qubit q[2]\ncnot q[0], q[-2]") == "QC0209"


def test_modifiers_take_their_operands_from_the_left() -> None:
    assert told("qubit q[3]\nnegctrl @ ctrl @ s q") == [("x", (0,), 0), ("s", (0, 1, 2), 2), ("x", (0,), 0)]
    assert told("gate g a, b { s a; h b }\nqubit q[2]\ninv @ g q") == [("h", (1,), 0), ("si", (0,), 0)]
    assert told("gate g a { s a; h a }\nqubit q\npow(-2) @ g q") == [("h", (0,), 0), ("si", (0,), 0)] * 2
    assert told("qubit q\npow(2) @ x q") == []
    assert told("gate g a { gphase(0.3); x a }\nqubit q[2]\nctrl @ g q") == [("x", (0, 1), 1), ("p", (0,), 0)]


def test_global_phases_are_kept() -> None:
    assert meant("qubit q\ngphase(0.3)\ngphase(90deg)").phase == Angle(Fraction(1, 4), Fraction(3, 10))
    assert meant("gate g a { gphase(0.3) }\nqubit q\npow(3) @ inv @ g q").phase == Angle(0, Fraction(-9, 10))


@pytest.mark.parametrize(
    ("value", "bits"),
    [('"01" * 2 + "1"', "01011"), ('"1" * 0 + "1"', "1"), ('"" + "0" * 3', "000"), ('("10" + "0") * 2', "100100")],
)
def test_strings_are_joined_and_repeated(value: str, bits: str) -> None:
    """As the plain interpreter does, and as Python's strings."""
    text = f'const s = {value}\nqubit q[9]\nfor i in range(len(s)) {{ if s[i] == "1" {{ x q[i] }} }}\n'
    assert judged(text).kind == "same"
    assert told(text) == [("x", (place,), 0) for place, bit in enumerate(bits) if bit == "1"]


@pytest.mark.parametrize("value", ['"c" + 1', '2 * "0"', '"0" - "0"', '"0" * 1.5', '"0" * true', '"0" + ["1"]'])
def test_strings_take_no_other_arithmetic(value: str) -> None:
    assert judged(f"qubit q\nif len({value}) > 0 {{ x q }}\n").kind == "refused"


def test_angles_are_exact_and_units_count() -> None:
    (step,) = meant("param t\nqubit q\nrx(2*t + pi/4 + 0.1) q").steps
    assert step.rows[0].angles == (Angle(Fraction(1, 8), Fraction(1, 10), (("t", 0, 2),)),)
    (step,) = meant("qubit q\nnative { gpi(0.1) q }").steps
    assert step.rows[0].angles == (Angle(Fraction(1, 10)),)
    assert refusal("qubit q\nrx(90deg + 1) q") == "QC0301"
    assert refusal("gate g(n) a { rx(n) a }\nqubit q\ng(1) q\ng(true) q") == "QC0307"


LINES = """gate late a { gphase(0.1); h a }
qubit q[3]
h q[0]
cx q[0], q[1]

# the same again
h q[0]
  rz(0.25) q[1]
rz(-pi/4) q[2]
late q[2]
late q[2]
cx q[0], q[1]
if len(q) > 2 {
  rz(0.25) q[1]
  reset q[0]
  rz(0.25) q[1]
  reset q[0]
}
gate pair r[] {
  h r[0]
  cx r[0], r[1]
}
pair q[0:2]
gate turned a { native { gpi(0) a } }
turned q[0]
turned q[0]
verbatim {
  h q[0]
  h q[0]
}
"""


def test_runs_of_lines_mean_what_their_lines_mean() -> None:
    """Against the grammar's reading of the whole text: rows, phases and places."""
    source = Source(LINES)
    whole = lowering.meaning(source)
    file = parse(source, express=False).file
    assert whole is not None
    assert not any(isinstance(item, syntax.Lines) for item in file.items)
    one, other = whole.runs[0], whole_program(file, standard_definitions(), {}, {}, "main").runs[0]
    assert len(one.parts) < len(other.parts), "the lines are read together"
    assert [*one.steps] == [*other.steps]
    assert one.phase == other.phase == Angle(0, Fraction(1, 5))


def test_equal_lines_are_interpreted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of ten thousand lines with twelve different ones."""
    seen: list[str] = []
    applied = ProgramGates.applied

    def counted(self: ProgramGates, node: syntax.Application, *more: Any) -> Any:
        seen.append(node.span.text)
        return applied(self, node, *more)

    monkeypatch.setattr(ProgramGates, "applied", counted)
    lines = [f"{gate} q[{qubit}]" for gate in ("x", "y", "z") for qubit in range(4)]
    steps = [*meant("qubit q[4]\n" + "\n".join(lines * 1000) + "\n").steps]
    assert sorted(seen) == sorted(lines)
    assert [step.span.text for step in steps] == lines * 1000


@pytest.mark.parametrize("text", ["h q[0]\nlet p = q\n", "h q[0]\ncx q[0],\nq[1]\n", "h q[0]; h q[1]\n", "barrier q\n"])
def test_only_applications_are_lines(text: str) -> None:
    """A fault in what finds runs of lines is no reading of the program."""
    node = syntax.Lines(None, Span(Source(text), 0, len(text)))
    with pytest.raises(Rejected):
        applied_lines(node, 0, lambda _: [])


def test_a_refused_line_has_its_place() -> None:
    text = "qubit q[2]\n" + "x q[0]\n" * 20 + "x q[1]\nx q[2]\nx q[0]\n"
    with pytest.raises(Rejected) as caught:
        lowering.meaning(Source(text))
    assert caught.value.span is not None
    assert caught.value.span.text == "x q[2]"
    assert caught.value.span.source.text == text


def test_runs_have_their_names() -> None:
    whole = lowering.meaning(
        Source('circuit c(t = 2) { qubit q; rx(t) q }\nrun c, c(1/2), c(t) for t in [90deg] as "a {t}"')
    )
    assert whole is not None
    assert [run.name for run in whole.runs] == ["c", "c(1/2)", "a 90"]


def test_names_show_numbers_as_they_are_written() -> None:
    """`1.0` is not `1` in a name, so that verification took a right program for a wrong one; arithmetic makes it 1."""
    text = 'circuit c(n) { qubit q; rx(n) q }\nrun c(n) for n in [1.0, 2.0*1, +3.0, -4.0, 5.0/1] as "{n}"'
    assert judged(text).kind == "same"
    assert [run.name for run in stages.load(Source(text))[0].runs] == ["1.0", "2", "3", "-4", "5"]
    for swept in ("[1, 1.0]", "[2.0, 1e0]"):
        assert judged("param a\nqubit q\nrx(a) q", sweeps={"a": swept}).kind == "same"


def test_principal_powers_have_eigenphases_up_to_pi() -> None:
    x, half = np.array([[0, 1], [1, 0]], dtype=complex), np.array([[1 + 1j, 1 - 1j], [1 - 1j, 1 + 1j]]) / 2
    assert np.allclose(principal_power(x, 0.5), half)
    assert np.allclose(principal_power(-np.eye(2, dtype=complex), 0.5), 1j * np.eye(2))
    generator = np.random.default_rng(5)
    unitary = np.linalg.qr(generator.normal(size=(4, 4)) + 1j * generator.normal(size=(4, 4)))[0]
    third = principal_power(unitary, 1 / 3)
    assert np.allclose(third @ third @ third, unitary)
    assert np.abs(np.angle(np.linalg.eigvals(third))).max() <= np.pi / 3 + 1e-9


@pytest.mark.parametrize(
    "program",
    [
        "gate g(op) a { h a; pauliexp(0.7, op) a }\nqubit q\npow(1/3) @ g(0.4*X[0] + 0.5) q",
        "gate g a { h a; t a }\nqubit q\npow(0.5) @ inv @ inv @ inv @ inv @ g q",
        "gate g a { native { pow(0.5) @ gpi(0.2) a } }\nqubit q\npow(1/3) @ pow(2) @ g q",
        "gate g a { pauliexp(0.7, X[0] + Z[0], steps = 3) a; t a }\nqubit q\npow(-0.5) @ g q",
        "gate g a { pauliexp(0.7, X[0] + Z[0]) a; t a }\nqubit q\npow(0.5) @ g q",
    ],
)
def test_roots_see_exponentials_of_operators(program: str) -> None:
    """They were taken for nothing. The root is compared with the matrix of its power."""
    root = iq.circuit(program).unitary()
    exponent = float(eval(program.rpartition("pow(")[2].partition(")")[0]))
    before = program.rpartition("pow(")[0] + program.rpartition("@ ")[2]
    whole = iq.circuit(before).unitary()
    assert np.allclose(principal_power(whole, exponent), root, atol=1e-9)
    assert judged(program).kind == "same"


@pytest.mark.parametrize("modifier", ["inv", "pow(1)", "inv @ pow(1)"])
def test_thousands_of_modifiers_are_read(modifier: str) -> None:
    """As lowering reads them: in a loop. One call for each ended in a RecursionError under `--verify`."""
    assert judged(f"qubit q\n{f'{modifier} @ ' * 4000}h q").kind == "same"


def test_an_ansatz_is_never_cut_short() -> None:
    """Gates that depend on an open parameter cannot be left out of the circuit that is sent."""
    text = (
        "param t\ncircuit c {{ qubit q; rx(t) q; {} }}\n"
        "circuit spare(s) {{ qubit q; if s {{ x q }} }}\n"
        "energy {{ hamiltonian = 1.0*Z[0]; ansatz = c }}"
    )
    stages.load(Source(text.format("h q")))
    with pytest.raises(iq.CompileError) as caught:
        stages.load(Source(text.format("if t > 0 { x q }")))
    assert [diagnostic.code for diagnostic in caught.value.diagnostics] == ["QC0305"]


# --- in the compiler -------------------------------------------------------------------------------------------------

PROGRAM = """const n = 3
gate turn_by(op, k = 2) a { pauliexp(0.3/k, op) a }
qubit q[n]
h q
turn_by(0.1*X[0]) q[0]
turn_by(0.2*Y[0]) q[1]
ctrl @ turn_by(0.3*Z[0], 3) q[0], q[2]
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "operators.qc").write_text(PROGRAM)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def faulty(monkeypatch: pytest.MonkeyPatch) -> None:
    """A compiler that takes the second operator for the first."""
    monkeypatch.setattr(gates, "key_of", lambda value: "any" if isinstance(value, list) else value)


def test_verification_begins_at_the_text(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compile", "operators.qc", "--target", "forte", "--verify", "-o", "out.json"]) == 0
    assert "operators: as the text says, 6 rows; then equal" in capsys.readouterr().err
    assert main(["compile", "operators.qc", "--target", "forte", "--verify", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["report"][0]["text"] == "as the text says, 6 rows"


def test_a_program_that_was_changed_is_a_file_and_no_payload(
    folder: Path, faulty: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compile", "operators.qc", "--target", "forte", "--verify", "-o", "out.json"]) == 101
    shown = capsys.readouterr().err
    assert "error[QC0872]" in shown
    assert "operators.qc:6" in shown, "the second call"
    assert not (folder / "out.json").exists()
    (file,) = folder.glob("ionqdsl-reproducer-*.qc")
    written = file.read_text()
    assert "\nh q" not in written, "rows that the fault does not need are left out"
    command = shown.split("repeat the fault: `")[1].split("`")[0]
    assert main(shlex.split(command)[1:]) == 101
    assert "error[QC0872]" in capsys.readouterr().err


def test_every_way_to_verify_begins_there(folder: Path, faulty: None, capsys: pytest.CaptureFixture[str]) -> None:
    for verb in ("compile", "run", "stats"):
        assert main([verb, "operators.qc", "--target", "forte", "--verify"]) == 101, verb
        assert "QC0872" in capsys.readouterr().err
    assert main(["submit", "operators.qc", "--backend", "qpu.forte-1", "--dry-run", "--yes", "--verify"]) == 101
    loaded = iq.load("operators.qc")
    with pytest.raises(InternalError, match="QC0872"):
        iq.compile(loaded, target="forte", verify=True)
    with pytest.raises(InternalError, match="QC0872"):
        loaded.payload(target="forte", verify=True)


def test_a_program_that_was_edited_is_verified_from_there() -> None:
    """It differs from its text then, and nobody claims otherwise."""
    loaded = iq.program("param t\nqubit q\nrx(t) q")
    assert stages.verified(loaded) is not None
    bound = loaded.bind(t=0.3)
    assert stages.verified(bound) is None
    iq.compile(bound, target="forte", verify=True)
    loaded.runs[0].h(0)
    assert stages.verified(loaded) is None
    compiled = stages.transpile(stages.load(Source("qubit q\nh q"))[0], Options(target="forte", verify=True))[0]
    assert stages.verified(compiled) is None


def test_flags_change_settings_not_the_program() -> None:
    loaded, _ = stages.load(Source('job { shots = 200; name = "a" }\nqubit q\nh q'))
    loaded.job.set("shots", 500)
    assert stages.verified(loaded) is not None
    loaded.job.settings["name"].value = "b"
    with pytest.raises(InternalError, match="QC0872"):
        stages.verified(loaded)


def _row(place: int, **fields: Any) -> Any:
    """A change of one row of a circuit."""

    def changed(circuit: FlatCircuit) -> FlatCircuit:
        rows = list(circuit.rows)
        rows[place] = rows[place]._replace(**fields)
        return circuit.replace(rows=rows)

    return changed


NEARLY = Angle(0, Fraction(3, 10) + Fraction(1, 10**12))
CHANGES = {
    "registers": lambda c: c.replace(registers=(("out", (1, 0)),)),
    "width": lambda c: c.replace(width=3),
    "name": lambda c: c.replace(name="other"),
    "phase": lambda c: c.replace(phase=Angle(0, Fraction(1, 7))),
    "a row left out": lambda c: c.replace(rows=c.rows[:-1], origins=c.origins[:-1]),
    "a row twice": lambda c: c.replace(rows=[*c.rows, c.rows[-1]], origins=[*c.origins, c.origins[-1]]),
    "order": lambda c: c.replace(rows=c.rows[::-1]),
    "place": lambda c: c.replace(origins=[*c.origins[1:], c.origins[0]]),
    "an angle": _row(0, angles=(NEARLY,)),
    "a root": _row(3, angles=(Angle(Fraction(1, 3)),)),
    "a block": _row(-1, pinned=0),
    "a qubit": _row(1, qubits=(0,)),
}


@pytest.mark.parametrize("what", CHANGES)
def test_every_change_of_a_circuit_is_seen(what: str) -> None:
    program = "qubit q[2]\nrx(0.3) q[0]\nh q[1]\npow(0.3) @ h q[1]\nregister out = q\nverbatim { x q[0] }\n"
    loaded, _ = stages.load(Source(program))
    whole = lowering.meaning(Source(program))
    assert whole is not None
    (found,) = lowering.compared(loaded, whole)
    assert (found.rows, found.powers, found.unjudged) == (3, 1, 0)
    assert loaded.runs[0].rows[3].gate == "p"
    loaded.runs = [CHANGES[what](loaded.runs[0])]
    with pytest.raises(Difference):
        lowering.compared(loaded, whole)
