"""The manual's sections run, job, energy, function, include and Limits: the job sent to IonQ.

Would catch a wrong type of job, names that do not match the text, settings in the wrong place or type, energy problems
with a wrong sign, an included file that reaches out of its folder, and limits that do not hold.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from meaning import judged
from reading import circuit, codes, diagnostics, load, payload
from schema_check import check_payload

from ionqdsl import pipeline as stages
from ionqdsl.diagnostics.source import Source
from ionqdsl.ir.job import EnvironmentVariable
from ionqdsl.ir.options import Options

ROTATION = "circuit c(t) { qubit q; rx(t) q }\n"
GHZ = "circuit ghz(n = 2) { qubit q[n]; h q[0]; for i in range(n - 1) { cnot q[i], q[i + 1] } }\n"


def names(text: str) -> list[str]:
    return [run.name for run in load(text).runs]


# --- run -------------------------------------------------------------------------------------------------------------


def test_run_lists_circuits_in_order() -> None:
    text = GHZ + 'circuit echo { qubit q; x q }\nrun ghz(4), ghz(5) as "five", echo'
    program = load(text)
    assert [(run.name, run.width) for run in program.runs] == [("ghz(4)", 4), ("five", 5), ("echo", 1)]


@pytest.mark.parametrize(
    ("item", "want"),
    [
        ("ghz", "ghz"),
        ("ghz()", "ghz()"),
        ("ghz(4)", "ghz(4)"),
        ("ghz(n = 4)", "ghz(n = 4)"),
        ("ghz(2 + 2)", "ghz(2 + 2)"),
        ("ghz(\n  4)", "ghz(4)"),
        ("ghz( # four\n  2+2 )", "ghz(2 + 2)"),
    ],
)
def test_the_default_name_is_the_call_as_fmt_writes_it(item: str, want: str) -> None:
    assert names(f"{GHZ}run {item}") == [want]


def test_a_call_in_a_loop_is_written_with_the_names_that_it_gives() -> None:
    """Would catch `ansatz(2)` for a second parameter, which reads like a value of the first."""
    text = "circuit c(t, n = 2) {\n  qubit q[n]\n  rx(t) q\n}\nrun c(0.1, n = k) for k in [1, 2], c(t = k) for k in [3]"
    assert names(text) == ["c(0.1, n = 1)", "c(0.1, n = 2)", "c(t = 3)"]
    assert judged(text).kind == "same"


@pytest.mark.parametrize(
    ("values", "label", "want"),
    [
        ("[1, 2]", "a {t}", ["a 1", "a 2"]),
        ("[1, 2]", "a {t:03d}", ["a 001", "a 002"]),
        ("[0.5, 1/3]", "a {t:.3f}", ["a 0.500", "a 0.333"]),
        ("[0.5, 0.25]", "a {t}", ["a 0.5", "a 0.25"]),
        ("[45deg, 90deg]", "a {t}", ["a 45", "a 90"]),
        ("[0.25turn]", "{t}", ["0.25"]),
        ("[0.5rad]", "{t}", ["0.5"]),
        ("linspace(0deg, 90deg, 3)", "{t:.1f}", ["0.0", "45.0", "90.0"]),
        ("[2 * 45deg + 10deg]", "{t}", ["100"]),
        ("[pi]", "{t:.4f}", ["3.1416"]),
        ("[pi]", "{t}", ["3.141592653589793"]),
        ("[-1]", "{t:+}", ["-1"]),
        ("[1]", "{{{t}}}", ["{1}"]),
        ("[1]", "ising t={t:>5}|", ["ising t=    1|"]),
        ("range(2)", "{k} {t}", ["7 0", "7 1"]),
    ],
)
def test_fields_are_names_and_their_formats_python_s(values: str, label: str, want: list[str]) -> None:
    """An angle prints in its literal's unit."""
    assert names(f'const k = 7\n{ROTATION}run c(t) for t in {values} as "{label}"') == want


@pytest.mark.parametrize(
    "label", ["{t.real}", "{t[0]}", "{}", "{0}", "{t!r}", "{t:{k}}", "{t", "t}", "{t:q}", "{t:99999d}"]
)
def test_fields_hold_nothing_but_a_name_and_a_format(label: str) -> None:
    assert codes(f'const k = 7\n{ROTATION}run c(t) for t in [1] as "{label}"') == ["QC0422"]
    assert codes(f'{ROTATION}run c(1) as "{{unknown}}"') == ["QC0201"]


def test_labels_see_the_parameters_of_the_circuit() -> None:
    """Given, by default or computed from another; names around the run come first, as they always did."""
    two = "circuit d(t, n = 2, m = 2*n) {\n  qubit q[m]\n  rx(t) q\n}\n"
    text = two + 'run d(2*x, n = 1) for x in [0.5, 1] as "{x} {t} {n} {m}", d(0.25) as "{t:.1f} {m}"'
    assert names(text) == ["0.5 1 1 2", "1 2 1 2", "0.2 4"]
    assert judged(text).kind == "same"
    hidden = "const n = 9\n" + two + 'run d(2*t) for t in [0.5] as "{t} {n}"'
    assert names(hidden) == ["0.5 9"]
    assert judged(hidden).kind == "same"


def test_two_equal_names_are_an_error() -> None:
    assert codes(GHZ + "run ghz, ghz") == ["QC0404"]
    assert codes(GHZ + 'run ghz(3) as "a", ghz(4) as "a"') == ["QC0404"]
    assert codes(ROTATION + 'run c(t) for t in [1, 2] as "same"') == ["QC0404"]
    assert codes(ROTATION + 'run c(t) for t in [0.01, 0.02] as "{t:.1f}"') == ["QC0404"]
    assert codes(GHZ + "run ghz(4), ghz(2 + 2)") == []


def test_swept_runs_without_a_label_are_named_by_their_values() -> None:
    assert names(ROTATION + "run c(t) for t in [1, 45deg]") == ["c(1)", "c(45deg)"]


def test_the_values_of_a_sweep_reach_the_circuit() -> None:
    program = load(ROTATION + 'run c(2 * t) for t in linspace(0, pi, 3) as "{t:.2f}"')
    assert [run.rows[0].angles[0].in_turns() for run in program.runs] == [0, 0.5, 1]


def test_without_run_every_circuit_whose_parameters_have_values_in_file_order() -> None:
    text = (
        "circuit b { qubit q; h q }\ncircuit a(t) { qubit q; rx(t) q }\n"
        + GHZ
        + "circuit a2(k = 1) { qubit q[k]; x q }"
    )
    assert names(text) == ["b", "ghz", "a2"]


def test_wrong_arguments() -> None:
    assert codes(ROTATION + "run c") == ["QC0403"]
    assert codes(ROTATION + "run c(1, 2)") == ["QC0406"]
    assert codes(ROTATION + "run c(u = 2)") == ["QC0406"]
    assert codes(ROTATION + "run d(1)") == ["QC0414"]
    assert codes(ROTATION + "run c(t) for t in []") == ["QC0408"]
    assert codes(ROTATION + "run c(t) for t in 5") == ["QC0307"]


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("qubit q\nh q", "circuit"),
        (GHZ, "circuit"),
        (GHZ + "run ghz", "circuit"),
        (GHZ + "run ghz(3)", "circuit"),
        ("qubit q\nh q\nregister r = q", "multi-circuit"),
        ("circuit c { qubit q; h q; register r = q }", "multi-circuit"),
        (GHZ + 'run ghz as "x"', "multi-circuit"),
        (ROTATION + "run c(t) for t in [1]", "multi-circuit"),
        (GHZ + "run ghz, ghz(3)", "multi-circuit"),
        (GHZ + "circuit d { qubit q; x q }", "multi-circuit"),
    ],
)
def test_which_type_of_job_results(text: str, type_: str) -> None:
    """One circuit without registers, `as` or a sweep is a circuit job."""
    body = payload(text)
    check_payload(body)
    assert body["type"] == f"ionq.{type_}.v1"


def test_mixed_gatesets_in_one_job() -> None:
    text = "circuit a { qubit q[2]; cnot q }\ncircuit b { gateset native; qubit q[2]; ms(0, 0.25, angle = 0.1) q }"
    body = payload(text)
    check_payload(body)
    assert body["input"] == {
        "gateset": "native",
        "qubits": 2,
        "circuits": [
            {"name": "a", "gateset": "qis", "circuit": [{"gate": "cnot", "control": 0, "target": 1}]},
            {"name": "b", "circuit": [{"gate": "ms", "targets": [0, 1], "phases": [0, 0.25], "angle": 0.1}]},
        ],
    }


# --- job -------------------------------------------------------------------------------------------------------------


def test_every_key_of_a_job() -> None:
    """Nested as in the API, each in the field's own type."""
    text = """
    job {
      name = "ghz and echo"
      backend = "simulator"; shots = 1000
      session_id = "5c1"
      dry_run = false
      noise { model = "aria-1"; seed = 7 }
      settings { compilation { opt = 0; precision = "1E-3" }; error_mitigation { debiasing = false } }
      metadata { team = "chem"; ticket = "41" }
    }
    qubit q
    h q
    """
    body = payload(text)
    check_payload(body)
    del body["input"]
    assert body == {
        "type": "ionq.circuit.v1",
        "name": "ghz and echo",
        "backend": "simulator",
        "shots": 1000,
        "session_id": "5c1",
        "dry_run": False,
        "noise": {"model": "aria-1", "seed": 7},
        "settings": {"compilation": {"opt": 0, "precision": "1E-3"}, "error_mitigation": {"debiasing": False}},
        "metadata": {"team": "chem", "ticket": "41"},
    }


@pytest.mark.parametrize(
    ("setting", "code"),
    [
        ("shot = 5", "QC0410"),
        ('shots = "5"', "QC0412"),
        ("shots = 1.5", "QC0412"),
        ("shots = 90deg", "QC0412"),
        ("name = 5", "QC0412"),
        ("dry_run = 1", "QC0412"),
        ("noise = 5", "QC0412"),
        ("noise { seed = 1 }", "QC0418"),
        ('noise { model = "aria-1"; sead = 1 }', "QC0410"),
        ("shots { a = 1 }", "QC0412"),
        ("shots = 1; shots = 2", "QC0411"),
        ("settings { opt = 1 }", "QC0410"),
        ("settings { compilation { precision = 1 } }", "QC0412"),
        ("metadata { a = 5 }", "QC0412"),
        ('metadata { a { b = "c" } }', "QC0412"),
        ("shots = missing", "QC0201"),
    ],
)
def test_wrong_settings(setting: str, code: str) -> None:
    assert codes(f"job {{ {setting} }}\nqubit q\nh q") == [code]


def test_unknown_keys_come_with_a_suggestion_or_the_right_place() -> None:
    (found,) = diagnostics("job { setings { } }\nqubit q\nh q")
    assert "did you mean `settings`?" in found.helps
    (found,) = diagnostics("job { debiasing = true }\nqubit q\nh q")
    assert any("settings { error_mitigation { debiasing" in text for text in found.helps)


def test_settings_may_be_expressions() -> None:
    assert load("const n = 5\njob { shots = 100 * n }\nqubit q\nh q").job.get("shots") == 500


def test_the_environment_is_read_only_when_submitting() -> None:
    os.environ.pop("QC_TEST_TEAM", None)
    text = 'job { metadata { team = env("QC_TEST_TEAM") } }\nqubit q\nh q'
    program = load(text)
    assert program.job.get("metadata.team") == EnvironmentVariable("QC_TEST_TEAM")
    from ionqdsl.emit import payload as emit

    assert emit.payload(program, environment={"QC_TEST_TEAM": "chem"})["metadata"] == {"team": "chem"}
    assert codes("job { name = env(5) }\nqubit q\nh q") == ["QC0316"]


# --- energy ----------------------------------------------------------------------------------------------------------

VQE = """
param th[4]
circuit ansatz {
  qubit q[2]
  ry(th[0]) q[0]; ry(th[1]) q[1]; cnot q[0], q[1]; ry(th[2]) q[0]; ry(th[3]) q[1]
}
hamiltonian h2 = -1.05 + 0.39*Z[0] - 0.39*Z[1] - 0.01*Z[0]*Z[1] + 0.18*X[0]*X[1]
energy {
  hamiltonian = h2
  ansatz = ansatz
  params = [0.1, 0.2, 0.3, 0.4]
  cvar_alpha = 0.25
}
"""


def test_an_energy_block_is_a_hamiltonian_energy_job() -> None:
    body = payload(VQE)
    check_payload(body)
    assert body["type"] == "quantum-function"
    data = body["input"]["data"]
    assert data["type"] == "hamiltonian-energy"
    assert body["input"]["params"] == [0.1, 0.2, 0.3, 0.4]
    assert data["data"]["cvar_alpha"] == 0.25
    terms = {term["pauli_string"]: term["coefficient"] for term in data["data"]["hamiltonian"]}
    assert len(terms) == 4
    assert "II" not in terms
    assert terms["ZZ"] == -0.01
    assert terms["XX"] == 0.18
    assert sorted(terms.values()) == [-0.39, -0.01, 0.18, 0.39]


def test_the_identity_is_not_sent_but_kept() -> None:
    energy = load(VQE).energy
    assert dict(energy.hamiltonian.terms)[()] == pytest.approx(-1.05)


def test_the_ansatz_goes_out_as_openqasm_3_with_one_input_a_scalar_parameter() -> None:
    text = payload(VQE)["input"]["data"]["data"]["ansatz"]["data"]
    assert re.findall(r"input float\[64\] (\w+);", text) == ["th_0", "th_1", "th_2", "th_3"]
    assert "OPENQASM 3" in text
    loads = pytest.importorskip("qiskit.qasm3")
    assert hasattr(loads, "loads")


def test_constraints_as_in_the_schema() -> None:
    text = """
    circuit a { qubit q[2]; h q }
    energy {
      hamiltonian = Z[0]*Z[1]
      ansatz = a
      linear_constraints = [[[1, 1], 1], [[0.5, -1], 0]]
      quadratic_constraints = [[[[1, 0], [0, 1]], [0, 0.5], 2]]
      penalty = 10
    }
    """
    body = payload(text)
    check_payload(body)
    data = body["input"]["data"]["data"]
    assert data["linear_constraints"] == [{"coeffs": [1, 1], "rhs": 1}, {"coeffs": [0.5, -1], "rhs": 0}]
    assert data["quadratic_constraints"] == [{"quadratic_coeff": [[1, 0], [0, 1]], "linear_coeff": [0, 0.5], "rhs": 2}]
    assert data["penalty"] == 10


@pytest.mark.parametrize(
    ("block", "code"),
    [
        ("ansatz = a", "QC0413"),
        ("hamiltonian = Z[0]", "QC0413"),
        ("hamiltonian = Z[0]; ansatz = b", "QC0414"),
        ("hamiltonian = Z[0]; ansatz = a; cvar = 1", "QC0410"),
        ('hamiltonian = "ZZ"; ansatz = a', "QC0307"),
        ("hamiltonian = Z[0]; ansatz = a; params = 5", "QC0307"),
        ("hamiltonian = Z[0]; ansatz = a; linear_constraints = [1]", "QC0419"),
        ("hamiltonian = Z[0]; ansatz = a; quadratic_constraints = [[1, 2, 3]]", "QC0307"),
        ("hamiltonian = Z[0]; ansatz = a; penalty = 1; penalty = 2", "QC0411"),
    ],
)
def test_wrong_energy_blocks(block: str, code: str) -> None:
    assert codes(f"circuit a {{ qubit q; h q }}\nenergy {{ {block} }}") == [code]


def test_parameters_in_declaration_order_whatever_their_use() -> None:
    text = "param b\nparam a[2]\ncircuit c(z) { qubit q; rx(z) q; rx(a[1]) q; ry(a[0]) q; rz(b) q }\n"
    assert load(text + "energy { hamiltonian = Z[0]; ansatz = c }").energy.parameters == ("b", "a[0]", "a[1]", "z")


# --- function --------------------------------------------------------------------------------------------------------


def test_function_data_goes_through_as_written() -> None:
    text = """
    function {
      type = "my-function"
      data { number = 1.5; whole = 3; text = "a"; list = [1, [2.5, "b"], true, null]; inner { deep { x = 1 } } }
      params = [0.5, 1]
    }
    """
    body = payload(text)
    assert body["type"] == "quantum-function"
    assert body["input"]["type"] == "my-function" or body["input"]["data"]["type"] == "my-function"
    want = {
        "number": 1.5,
        "whole": 3,
        "text": "a",
        "list": [1, [2.5, "b"], True, None],
        "inner": {"deep": {"x": 1}},
    }
    assert want in (body["input"]["data"], body["input"]["data"].get("data"))
    assert body["input"]["params"] == [0.5, 1]
    check_payload(body)


def test_a_function_needs_type_and_data() -> None:
    assert codes("function { data { } }") == ["QC0413"]
    assert codes('function { type = "a" }') == ["QC0413"]
    assert codes('function { type = "a"; data { }; other = 1 }') == ["QC0410"]


# --- the manual's own examples ---------------------------------------------------------------------------------------

EXAMPLES = Path(__file__).parents[2] / "shared" / "LANGUAGE.md"


@pytest.mark.skipif(not EXAMPLES.exists(), reason="the manual is not here")
@pytest.mark.parametrize("number", range(4))
def test_the_manual_s_examples_compile(number: int) -> None:
    text = re.findall(r"```\n(.*?)```", EXAMPLES.read_text(), re.DOTALL)[number]
    body = payload(text)
    check_payload(body)
    assert json.loads(stages.body(body)) == body
    types = ["circuit", "multi-circuit", "multi-circuit"]
    assert body["type"] == (f"ionq.{types[number]}.v1" if number < 3 else "quantum-function")


def test_payloads_are_the_same_every_time() -> None:
    for text in (VQE, GHZ + "run ghz, ghz(3)", "qubit q[3]\nh q\nctrl(2) @ rz(0.3) q"):
        first, second = (stages.body(payload(text, target="forte")) for _ in range(2))
        assert first == second


def test_circuits_of_a_string_are_named_main() -> None:
    assert stages.load(Source("qubit q\nh q"))[0].runs[0].name == "main"
    assert circuit("qubit q\nh q").name == "test"
    assert Options().preserve == "measurement"
