"""Every refusal and warning about a payload, each at its place; all of a program's problems are reported at once."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from test_wire_functions import energy as energy_of
from wire_programs import Op, Operator, bell, circuit, codes, pauliexp, place, problems, program, radians, sent, turns

from ionqdsl.diagnostics import CompileError
from ionqdsl.diagnostics.codes import CODES
from ionqdsl.diagnostics.codes.wire_format import WIRE_FORMAT
from ionqdsl.diagnostics.source import Source
from ionqdsl.emit import limits, noise_settings
from ionqdsl.emit.payload import payload
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.job import Energy, EnvironmentVariable, Function, LoweredProgram
from ionqdsl.ir.targets import BACKEND_NAMES, LIMITS, NOISE_MODELS, JobLimit
from ionqdsl.pipeline import load

DEBIASING = "settings.error_mitigation.debiasing"


def job(**settings: Any) -> list[str]:
    """The codes found for a Bell circuit with settings; `__` stands for a dot."""
    return codes(program(bell(), settings={key.replace("__", "."): value for key, value in settings.items()}))


# --- examples and texts --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [code for code in WIRE_FORMAT if code.example], ids=lambda code: code.name)
def test_the_example_of_a_code_provokes_it_and_its_mend_does_not(code: Any) -> None:
    """Catches an explanation whose program shows something else."""

    def found(text: str) -> list[str]:
        loaded, warnings = load(Source(text, "example.qc"))
        return [item.code for item in (*warnings, *problems(loaded))]

    assert code.name in found(code.example)
    assert set(found(code.fixed)) <= {"QC0701"}


def test_codes_are_in_order_and_in_their_range() -> None:
    names = [code.name for code in WIRE_FORMAT]
    assert names == sorted(set(names))
    assert all(name.startswith("QC07") for name in names)


# --- settings ------------------------------------------------------------------------------------------------------


def test_no_backend_is_worth_a_note() -> None:
    assert [item.code for item in problems(program(bell()))] == ["QC0701"]
    assert job(backend="simulator") == []


@pytest.mark.parametrize("name", BACKEND_NAMES)
def test_known_backends_pass(name: str) -> None:
    assert job(backend=name) == (["QC0703"] if "aria" in name else [])


def test_unknown_and_retired_backends_are_warnings() -> None:
    wanted = program(bell(), settings={"backend": "qpu.forte1"})
    (found,) = problems(wanted)
    assert (found.code, found.is_error, found.facts["suggestion"]) == ("QC0702", False, "qpu.forte-1")
    assert payload(wanted)["backend"] == "qpu.forte1"
    (found,) = problems(program(bell(), settings={"backend": "qpu.aria-2"}))
    assert (found.code, found.is_error, found.facts["replacement"]) == ("QC0703", False, "qpu.forte-1")
    assert job(backend="qpu.forte-enterprise-3") == []  # newer machines of a known kind


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("name", 3),
        ("shots", 500.0),
        ("shots", True),
        ("shots", "500"),
        ("dry_run", 1),
        ("noise.seed", 1.5),
        ("settings.compilation.opt", "1"),
        ("settings.compilation.opt", True),
        ("settings.compilation.opt", math.inf),
        ("settings.compilation.precision", 1e-3),
        (DEBIASING, "yes"),
        ("metadata.a", 1),
        ("backend", 1),
        ("name", "\udc80"),
        ("shots", EnvironmentVariable("SHOTS")),
    ],
)
def test_settings_have_one_type_each(path: str, value: Any) -> None:
    assert codes(program(bell(), settings={path: value})) == ["QC0704"]


def test_a_setting_that_does_not_exist() -> None:
    (found,) = problems(program(bell(), settings={"backend": "simulator", "shot": 5}))
    assert (found.code, found.facts["suggestion"]) == ("QC0717", "shots")
    assert codes(program(bell(), settings={"noise": "ideal"})) == ["QC0717"]  # a block is not a setting


@pytest.mark.parametrize(
    ("backend", "usual"), [("simulator", 1_000_000), ("qpu.forte-1", 10_000), ("qpu.newer-1", 1_000_000)]
)
def test_shots(backend: str, usual: int) -> None:
    """The specification's million is a limit; the bounds of other clients are none."""
    warned = ["QC0702"] if "newer" in backend else []
    for shots in (1, usual):
        assert job(backend=backend, shots=shots) == warned
    for shots in (0, 1_000_001, -5):
        assert job(backend=backend, shots=shots) == [*warned, "QC0705"]
    for shots in {usual + 1, 1_000_000} - {1_000_001}:
        assert job(backend=backend, shots=shots) == [*warned, *["QC0757"] * (shots > usual)]


def test_debiasing_needs_a_machine_and_enough_shots() -> None:
    def debiased(**settings: Any) -> list[str]:
        return codes(program(bell(), settings={DEBIASING: True, **settings}))

    assert debiased(backend="qpu.forte-1", shots=500) == []
    assert debiased(backend="qpu.forte-1", shots=499) == ["QC0707"]
    assert debiased(backend="qpu.forte-1") == ["QC0707"]  # 100 by default
    assert debiased(backend="simulator", shots=500) == ["QC0706"]
    assert debiased(shots=500) == ["QC0706"]
    assert codes(program(bell(), settings={DEBIASING: False, "shots": 1})) == []


def test_noise_is_for_the_simulator() -> None:
    assert job(backend="simulator", noise__model="aria-1", noise__seed=2**31 - 1) == []
    assert job(noise__model="aria-1", noise__seed=-(2**31)) == []
    assert job(backend="qpu.forte-1", noise__model="ideal") == ["QC0708"]
    assert job(noise__seed=1) == ["QC0709"]
    assert job(noise__model="aria-1", noise__seed=2**31) == ["QC0711"]
    assert job(noise__model="aria-1", noise__seed=-(2**31) - 1) == ["QC0711"]


@pytest.mark.parametrize("model", NOISE_MODELS)
def test_every_published_noise_model_passes(model: str) -> None:
    assert job(noise__model=model) == []


def test_an_unknown_noise_model_gets_a_suggestion() -> None:
    (found,) = problems(program(bell(), settings={"backend": "simulator", "noise.model": "forte-2"}))
    assert (found.code, found.severity, found.facts["suggestion"]) == ("QC0758", "warning", "forte-1")


def test_metadata() -> None:
    def notes(values: dict[str, str]) -> list[str]:
        return codes(program(bell(), settings={f"metadata.{key}": value for key, value in values.items()}))

    assert notes({f"k{i}": "v" for i in range(10)}) == []
    assert notes({f"k{i}": "v" for i in range(11)}) == ["QC0714"]
    assert notes({"k" * 40: "v" * 40_000}) == []
    assert notes({"k" * 41: "v" * 40_001}) == ["QC0715", "QC0716"]


def test_values_of_the_environment() -> None:
    wanted = program(bell(), settings={"backend": "simulator", "session_id": EnvironmentVariable("SESSION")})
    assert [item.code for item in problems(wanted)] == ["QC0712"]
    assert problems(wanted, environment={"SESSION": "s"}) == []
    for environment in ({}, {"SESSION": ""}, {"SESSION": "\udc80"}):
        assert [item.code for item in problems(wanted, environment=environment)] == ["QC0713"]
    function = Function("f", {"a": [EnvironmentVariable("KEY")]})
    wanted = program(settings={"backend": "simulator"}, function=function)
    assert [item.code for item in problems(wanted, environment={})] == ["QC0713"]


def test_a_backend_from_the_environment_is_checked_when_submitting() -> None:
    wanted = program(bell(), settings={"backend": EnvironmentVariable("B"), "noise.model": "ideal"})
    assert [item.code for item in problems(wanted)] == ["QC0712"]
    assert [item.code for item in problems(wanted, environment={"B": "qpu.forte-1"})] == ["QC0708"]
    assert problems(wanted, environment={"B": "simulator"}) == []


# --- circuits ------------------------------------------------------------------------------------------------------


def wide(qubits: int) -> FlatCircuit:
    return circuit(qubits, Op("x", (0,)))


@pytest.mark.parametrize(
    ("settings", "most"),
    [
        ({"backend": "simulator"}, 29),
        ({}, 29),
        ({"backend": "qpu.forte-1"}, 36),
        ({"noise.model": "aria-1"}, 25),
        ({"noise.model": "harmony"}, 11),
    ],
)
def test_qubits(settings: dict[str, Any], most: int) -> None:
    assert codes(program(wide(most), settings=settings)) == []
    assert codes(program(wide(most + 1), settings=settings)) == ["QC0721"]
    assert codes(program(wide(1000), settings={"backend": "qpu.newer-1"})) == ["QC0702"]


@pytest.mark.parametrize(
    ("backend", "gate", "found"),
    [
        ("qpu.forte-1", "ms", ["QC0720"]),
        ("qpu.forte-1", "zz_native", []),
        ("qpu.aria-1", "zz_native", ["QC0703", "QC0720"]),
        ("qpu.aria-1", "ms", ["QC0703"]),
        ("simulator", "ms", []),
        ("simulator", "zz_native", []),
    ],
)
def test_a_machine_has_its_own_two_qubit_gate(backend: str, gate: str, found: list[str]) -> None:
    angles = (turns(0), turns(0)) if gate == "ms" else (turns("1/4"),)
    native = circuit(2, Op(gate, (0, 1), angles), gateset="native")
    assert codes(program(native, settings={"backend": backend})) == found


def test_the_documented_range_of_ms() -> None:
    def angle(value: str) -> list[str]:
        return codes(program(circuit(2, Op("ms", (0, 1), (turns(0), turns(0), turns(value))), gateset="native")))

    assert angle("0") == angle("0.25") == []
    assert angle("-0.01") == angle("0.251") == ["QC0722"]
    (found,) = problems(
        program(
            circuit(2, Op("ms", (0, 1), (turns(0), turns(0), turns("0.3"))), gateset="native"),
            settings={"backend": "simulator"},
        )
    )
    assert not found.is_error


def test_nop_has_no_field_in_the_published_schema() -> None:
    native = circuit(1, Op("nop", (), (Angle(0, 10),)), Op("gpi", (0,), (turns(0),)), gateset="native")
    wanted = program(native, settings={"backend": "simulator"})
    (found,) = problems(wanted)
    assert (found.code, found.facts["time"]) == ("QC0723", "10")
    assert problems(wanted, "v0.4-clients") == []


@pytest.mark.parametrize("angle", [Angle(0, math.inf), Angle(math.nan), Angle(0, Fraction(10) ** 400), Angle(10**400)])
def test_angles_that_no_float_can_hold(angle: Angle) -> None:
    assert codes(program(circuit(1, Op("rx", (0,), (angle,))))) == ["QC0724"]
    assert codes(program(circuit(1, pauliexp("1", {"X0": math.inf}, 0))), "v0.4-clients") == ["QC0724"]


def test_unbound_parameters_are_named_where_they_are_declared() -> None:
    text = "param a\nparam b[2]\nqubit q\nrx(a) q\nry(b[1]) q\nrz(sin(a)*b[0]) q\n"
    rows = [
        Op("rx", (0,), (Angle.of("a", radians=1),)),
        Op("ry", (0,), (Angle.of("b[1]", radians=1),)),
        Op("rz", (0,), (Angle.of("sin(a)*b[0]", radians=1),)),
        Op("x", (0,)),
    ]
    origins = [place(word, text) for word in ("rx(a) q", "ry(b[1]) q", "rz(sin(a)*b[0]) q", "q")]
    wanted = program(FlatCircuit(1, rows=rows, origins=origins))
    wanted.parameters = {"a": (place("a", text), None), "b": (place("b", text), None)}
    found = [item for item in problems(wanted) if item.is_error]
    assert [(item.code, item.span.text if item.span else "") for item in found] == [("QC0725", "a"), ("QC0750", "b")]
    assert found[1].message.endswith("`b` have no value: `b[1]`, `b[0]`")
    assert [item.labels[0][0].text for item in found] == ["rx(a) q", "ry(b[1]) q"]
    loose = program(circuit(1, Op("rx", (0,), (Angle.of("t", radians=1),))))
    assert codes(loose) == ["QC0725"]


def test_an_unbound_global_phase_does_not_matter() -> None:
    """It is not sent."""
    assert codes(program(circuit(1, Op("x", (0,)), phase=Angle.of("t", radians=1)))) == []


def test_empty_circuits() -> None:
    assert codes(program(circuit(2))) == ["QC0726"]
    assert codes(program(circuit(2, Op("barrier", (0, 1))))) == ["QC0726"]
    assert codes(program(circuit(1, pauliexp("0", {"X0": 1}, 0))), "v0.4-clients") == ["QC0726"]
    assert codes(program(circuit(1, pauliexp("1", {"": 1}, 0))), "v0.4-clients") == ["QC0726"]
    assert codes(program(bell(), circuit(2, name="none"))) == ["QC0726"]


def test_equal_names_and_nothing_at_all() -> None:
    assert codes(program(bell("a"), bell("b"), bell("a"))) == ["QC0727"]
    assert codes(LoweredProgram()) == ["QC0728"]


def test_how_much_a_job_may_hold() -> None:
    small = bell()
    many = [small.replace(name=str(index)) for index in range(5001)]
    assert codes(program(*many[:5000])) == []
    assert codes(program(*many)) == ["QC0729"]
    long = circuit(1, *[Op("x", (0,))] * 75_000)
    assert codes(program(long, long.replace(name="second"))) == []
    longer = circuit(1, *[Op("x", (0,))] * 75_001, name="second")
    assert codes(program(long, longer)) == ["QC0730"]
    barriers = circuit(1, *[Op("x", (0,))] * 75_000, *[Op("barrier", (0,))] * 9, name="second")
    assert codes(program(long, barriers)) == []


# --- quantum functions ---------------------------------------------------------------------------------------------

Z = (("Z", 0),)
ANSATZ = circuit(2, Op("ry", (0,), (Angle.of("t", radians=1),)), Op("cnot", (0, 1)))


def energy(**fields: Any) -> list[str]:
    """The codes found for an energy with other fields."""
    given = {"hamiltonian": Operator(((Z, 1),)), "ansatz": ANSATZ, "parameters": ("t",), "params": (0.5,)}
    return codes(program(energy=Energy(**(given | fields))))


def test_energies() -> None:
    assert energy() == []
    assert energy(hamiltonian=Operator(((Z, 1), (((("X", 0), ("Z", 2)), 1))))) == ["QC0741"]
    assert energy(hamiltonian=Operator((((), 2),))) == energy(hamiltonian=Operator(())) == ["QC0742"]
    assert energy(params=None) == energy(params=(1, 2)) == ["QC0743"]
    assert energy(params=(math.nan,)) == ["QC0747"]
    assert energy(hamiltonian=Operator(((Z, math.inf),))) == ["QC0747"]
    assert energy(cvar_alpha=1) == energy(cvar_alpha=1e-9) == []
    assert energy(cvar_alpha=0) == energy(cvar_alpha=1.01) == energy(cvar_alpha=-1) == ["QC0745"]
    assert energy(cvar_alpha=math.nan) == ["QC0745"]
    assert energy(penalty=0) == energy(penalty=10.5) == []
    assert energy(penalty=-1) == ["QC0746"]
    assert energy(penalty=math.inf) == ["QC0747"]


def test_constraints_have_one_coefficient_a_qubit() -> None:
    eye = ((1, 0), (0, 1))
    assert energy(linear_constraints=(((1, 1), 1), ((0, 2), 0)), quadratic_constraints=((eye, (1, 1), 3),)) == []
    assert energy(linear_constraints=()) == []
    assert energy(linear_constraints=(((1,), 1),)) == ["QC0744"]
    assert energy(linear_constraints=(((1, 1), 1), ((), 1))) == ["QC0744"]
    assert energy(linear_constraints=(((1, 1), math.inf),)) == ["QC0747"]
    assert energy(quadratic_constraints=((((1, 0), (0,)), (1, 1), 3),)) == ["QC0744"]
    assert energy(quadratic_constraints=((((1, 0),), (1, 1), 3),)) == ["QC0744"]
    assert energy(quadratic_constraints=((eye, (1, 1, 1), 3),)) == ["QC0744"]


def test_what_an_ansatz_cannot_hold() -> None:
    def with_row(op: Op) -> list[str]:
        return energy(ansatz=circuit(2, *ANSATZ.rows, op))

    assert with_row(Op("rx", (0,), (Angle.of("sin(t)", radians=1),))) == []
    assert with_row(Op("rx", (0,), (Angle.of("atan2(t, 2)", radians=1),))) == ["QC0748"]
    assert with_row(Op("rx", (0,), (Angle.of("u", radians=1),))) == ["QC0725"]
    assert with_row(Op("nop", (), (Angle(0, 1),))) == ["QC0749"]
    assert with_row(Op("rx", (0,), (radians(10**400),))) == ["QC0724"]
    assert energy(ansatz=circuit(2), parameters=(), params=None) == ["QC0726"]
    assert energy(ansatz=circuit(40, *ANSATZ.rows)) == ["QC0721"]


def test_quantum_functions_have_neither_noise_nor_compilation() -> None:
    settings = {"noise.model": "ideal", "settings.compilation.opt": 1, DEBIASING: False}
    for kind in (
        {"function": Function("f", {})},
        {"energy": Energy(Operator(((Z, 1),)), circuit(2, Op("x", (0,))), ())},
    ):
        assert codes(program(settings=settings, **kind)) == ["QC0740", "QC0740"]
        assert codes(program(settings={DEBIASING: True, "backend": "qpu.forte-1", "shots": 5}, **kind)) == ["QC0707"]


def test_data_of_a_function_must_be_json() -> None:
    for data in ({"a": math.nan}, {"a": [1, {"b": math.inf}]}, {"a": object()}, {"a": "\udc80"}):
        assert codes(program(function=Function("f", data))) == ["QC0747"]
    assert codes(program(function=Function("f", {}, (math.inf,)))) == ["QC0747"]


# --- all at once ---------------------------------------------------------------------------------------------------


def test_all_problems_of_a_program_come_at_once_and_in_place() -> None:
    text = 'job { shots = 0; backend = "qpu.forte-1"; metadata { m = "v" }; noise { model = "x"; seed = 1 } }\nnop(1)'
    wanted = program(
        circuit(40, Op("gpi", (0,), (Angle.of("t", turns=1),)), Op("nop", (), (Angle(0, 1),)), gateset="native"),
        circuit(2, Op("ms", (0, 1), (turns(0), turns(0))), name="main", gateset="native"),
        circuit(1, name="empty"),
    )
    wanted.job.set("shots", 0, place("0", text))
    wanted.job.set("backend", "qpu.forte-1", place('"qpu.forte-1"', text))
    wanted.job.set("noise.model", "x", place('"x"', text))
    wanted.runs[0].origins[1] = place("nop(1)", text)
    with pytest.raises(CompileError) as caught:
        payload(wanted)
    found = {item.code: item.span.text if item.span else None for item in caught.value.diagnostics}
    assert found == {
        "QC0705": "0",
        "QC0708": '"x"',
        "QC0758": '"x"',
        "QC0720": None,
        "QC0721": "nop(1)",
        "QC0723": "nop(1)",
        "QC0725": None,
        "QC0726": None,
        "QC0727": None,
    }


def test_a_problem_of_many_rows_is_said_once() -> None:
    parameter = Op("rx", (0,), (Angle.of("t", radians=1),))
    assert codes(program(circuit(1, *[parameter] * 5, Op("ry", (0,), parameter.angles)))) == ["QC0725"]


@hypothesis_settings(deadline=None)
@given(st.dictionaries(st.sampled_from(["shots", "noise.seed", "noise.model", "name", "backend", DEBIASING]), st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=3), st.sampled_from(BACKEND_NAMES),
    st.sampled_from(list(NOISE_MODELS)),
)))  # fmt: skip
def test_any_settings_give_a_payload_or_a_refusal(settings: dict[str, Any]) -> None:
    """Catches a traceback, and a setting that passes the limits but not the schema."""
    wanted = program(bell(), settings=settings)
    if not any(item.is_error for item in problems(wanted)) and settings.get("backend") != "":
        sent(wanted)


# --- where limits come from ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", LIMITS, ids=lambda row: row.code)
def test_what_the_specification_states_is_an_error_and_all_else_a_warning(row: JobLimit) -> None:
    assert CODES[row.code].severity == ("error" if row.is_stated else "warning")


def test_every_limit_has_its_source() -> None:
    """Catches a new check of a limit of the service that does not name the source of its figure."""
    text = "".join(Path(str(one.__file__)).read_text() for one in (limits, noise_settings))
    ours = {
        "QC0701", "QC0703", "QC0704", "QC0710", "QC0712", "QC0713", "QC0717",  # settings that are none
        "QC0724", "QC0725", "QC0726", "QC0727", "QC0728", "QC0750",  # programs that ask for nothing definite
        "QC0433", "QC0741", "QC0742", "QC0743", "QC0744", "QC0745", "QC0746", "QC0747", "QC0748", "QC0749",  # energies
    }  # fmt: skip
    checked = set(re.findall(r"QC\d{4}", text)) - ours
    assert checked == {row.code for row in LIMITS} - {"QC0731"}  # which is seen when the request is written


def test_symmetry_verification_is_sent() -> None:
    path = "settings.error_mitigation.symmetry_verification"
    wanted = program(bell(), settings={"backend": "qpu.forte-1", path: True})
    assert codes(wanted) == []
    assert payload(wanted)["settings"] == {"error_mitigation": {"symmetry_verification": True}}


def test_the_profile_of_october_leaves_one_setting_of_the_services_compiler() -> None:
    """The others are refused at their place instead of being ignored by the service; the seed's profile sends them."""
    start = "settings.compilation."
    for key, value in (("opt", 0.5), ("precision", "1E-3"), ("gate_basis", "ZZ")):
        wanted = program(bell(), settings={"backend": "simulator", start + key: value})
        assert codes(wanted) == []
        assert codes(wanted, "v0.4-2026-10") == ["QC0764"]
        assert key in problems(wanted, "v0.4-2026-10")[0].message
    kept = program(bell(), settings={"backend": "simulator", start + "service_version": "v0.4"})
    assert sent(kept, "v0.4-2026-10")["settings"] == {"compilation": {"service_version": "v0.4"}}
    assert sent(kept) == sent(kept, "v0.4-2026-10")


@pytest.mark.parametrize("wire", ["v0.4", "v0.4-2026-10"])
def test_every_kind_of_job_is_valid_under_both_specifications(wire: str) -> None:
    mitigated = {"backend": "qpu.forte-1", "shots": 500, "settings.error_mitigation.debiasing": True}
    for wanted in (
        program(bell(), settings=mitigated),
        program(bell("a"), bell("b"), settings=mitigated),
        program(settings=mitigated, energy=energy_of()),
        program(settings=mitigated, function=Function("f", {"a": 1}, (0.5,))),
    ):
        assert sent(wanted, wire)["settings"] == {"error_mitigation": {"debiasing": True}}
