"""The values that functions take as circuits: built ones, texts, paths, sweeps, programs, and lists of these.

Would catch a member that is lost, doubled or reordered, two circuits of one name in a job, settings that silently win
over others, a sweep whose points differ from those bound one by one, and wrong values that end in an AttributeError.
"""

from __future__ import annotations

import itertools
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ionqdsl as iq
from ionqdsl.accept import accept, is_path, uniquely_named
from ionqdsl.ir.arguments import whole
from ionqdsl.ir.points import FamilyPoint

ENERGY = """
hamiltonian h = Z[0]
circuit a { qubit q; h q }
energy { hamiltonian = h; ansatz = a }
"""
BELL = "qubit q[2]\nh q[0]\ncnot q[0], q[1]\n"


def refusal(call: Any, *arguments: Any, **keywords: Any) -> Any:
    with pytest.raises(iq.IonqdslError) as caught:
        call(*arguments, **keywords)
    return caught.value.diagnostics[0]


# --- accepted values -------------------------------------------------------------------------------------------------


def test_everything_that_stands_for_a_circuit(tmp_path: Path) -> None:
    """One list of every kind is one job, in its order."""
    file = tmp_path / "flip.qc"
    file.write_text("qubit q; x q")
    theta = iq.param("theta")
    sweep = iq.Circuit(1, "turned").ry(theta, 0).sweep(theta=[0, np.pi])
    program = iq.program("circuit a { qubit q; x q } circuit b { qubit q; h q; h q }")
    members = [iq.Circuit(1, "built").x(0), "qubit q; x q", file, str(file), sweep, program]
    results = iq.run(members, shots=20)
    assert [max(result.counts, key=result.counts.__getitem__) for result in results] == list("11110110")
    assert results.names[:4] == ("built", "main", "flip", "flip 2")
    assert results.names[-2:] == ("a", "b")
    assert iq.run(tuple(members), shots=20).names == results.names


def test_the_kind_decides_about_the_type() -> None:
    """One circuit gives one result; everything else gives as many as there are, also one."""
    circuit = iq.circuit(BELL)
    assert isinstance(iq.run(circuit, exact=True), iq.Result)
    assert isinstance(iq.compile(circuit, "aria"), iq.Circuit)
    for what in (BELL, [circuit], iq.program(BELL)):
        results = iq.run(what, exact=True)
        assert isinstance(results, iq.Results)
        assert len(results) == 1
        assert results.probabilities == pytest.approx({"00": 0.5, "11": 0.5})
        compiled = iq.compile(what, "aria")
        assert isinstance(compiled, iq.Program)
        assert len(compiled) == 1
        assert iq.equivalent(circuit, compiled[0])


@pytest.mark.parametrize(
    ("text", "is_a_path"),
    [
        ("bell.qc", True),
        ("../some where/bell.qasm", True),
        ("qubit q; h q", False),
        ("# as in bell.qc\nqubit q", False),
        ('include "gates.qc"', False),
        ("qubit q # like bell.qc", False),
        ("", False),
    ],
)
def test_paths_and_texts(text: str, is_a_path: bool) -> None:
    assert is_path(text) == is_a_path


def test_a_missing_file_is_named() -> None:
    with pytest.raises(iq.UsageError, match=r"nowhere\.qc"):
        iq.run("nowhere.qc")
    with pytest.raises(iq.UsageError, match=r"nowhere\.qc"):
        iq.run([BELL, Path("nowhere.qc")])


def test_other_formats() -> None:
    text = 'OPENQASM 2.0; include "qelib1.inc"; qreg q[1]; x q[0];'
    assert iq.run(text, exact=True).probabilities == pytest.approx({"1": 1.0})
    assert iq.convert(iq.Circuit(1).x(0), "qasm2").count("x q[0]") == 1


def test_nothing_given_is_changed() -> None:
    first, second = iq.Circuit(1).h(0), iq.Circuit(1).x(0)
    program = iq.Program(runs=[first, second])
    payload = program.payload(shots=10, backend="simulator")
    assert [entry["name"] for entry in payload["input"]["circuits"]] == ["main", "main 2"]
    assert [circuit.name for circuit in program] == ["main", "main"]
    assert program.job.settings == {}
    assert first.name == second.name == "main"


# --- names -----------------------------------------------------------------------------------------------------------


@given(st.lists(st.sampled_from(["a", "a 2", "a 3", "b", "a 2 2"]), max_size=8))
def test_names_are_unique_and_the_first_keeps_its_own(names: list[str]) -> None:
    circuits = [iq.Circuit(1, name) for name in names]
    made = [circuit.name for circuit in uniquely_named(circuits)]
    assert len(set(made)) == len(names)
    for name in set(names):
        assert made[names.index(name)] == name
    assert all(new.startswith(old) for new, old in zip(made, names, strict=True))


# --- lists -----------------------------------------------------------------------------------------------------------


def test_settings_must_agree() -> None:
    """Settings of texts and programs: nobody's are dropped."""
    few, many, none = (f"job {{ {text} }}\nqubit q; h q" for text in ("shots = 7", "shots = 9", ""))
    assert [result.shots for result in iq.run([few, none, iq.Circuit(1).h(0)])] == [7, 7, 7]
    problem = refusal(iq.run, [few, many])
    assert problem.code == "QC0874"
    assert "7, 9" in problem.message
    assert problem.helps == ["give the value for all: `shots=...`"]
    assert [result.shots for result in iq.run([few, many], shots=5)] == [5, 5]


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ([], "no circuits"),
        ([BELL, [BELL]], "member 2 of the list is itself a list"),
        ([ENERGY, BELL], "energy"),
        ([BELL, 3], "member 2 of the list must be"),
        ([None], "member 1 of the list must be"),
    ],
)
def test_lists_that_make_no_job(members: list[Any], said: str) -> None:
    for call in (iq.run, iq.compile, iq.program):
        assert said in refusal(call, members).message


def test_requests_keep_their_gates_and_are_not_mixed_with_others() -> None:
    request = iq.convert(iq.program(BELL), "payload")
    assert accept(request).program.is_request
    assert accept([request, request]).program.is_request
    assert not accept([request, request], {"backend": "qpu.forte-1"}).program.is_request
    assert refusal(accept, [request, BELL]).code == "QC0874"


# --- sweeps ----------------------------------------------------------------------------------------------------------

ANGLES = st.one_of(st.integers(-9, 9), st.fractions(-9, 9, max_denominator=99), st.floats(-9, 9))


@given(st.lists(st.tuples(ANGLES, ANGLES), min_size=1, max_size=4), st.booleans())
def test_the_points_of_a_sweep_are_those_bound_one_by_one(points: list[tuple[Any, Any]], is_native: bool) -> None:
    """Lowered as a family, or bound point by point where angles are turns."""
    a, b = iq.param("a"), iq.param("b")
    if is_native:
        circuit = iq.Circuit(2, "c", "native").gpi2(a, 0).zz(0.25, 0, 1).gpi(a + 2 * b, 1)
    else:
        circuit = iq.Circuit(2, "c").rx(a, 0).cnot(0, 1).rz(a * b - 1, 1).gphase(b)
    sweep = circuit.sweep(a=[one for one, _ in points], b=[other for _, other in points])
    program = accept(sweep).program
    assert isinstance(program.runs[0], FamilyPoint) != is_native
    assert [iq.Circuit.of(run) for run in program.runs] == list(sweep)
    assert [point["a"] for point in program.points] == [float(one) for one, _ in points]


def test_points_are_named_as_in_the_language() -> None:
    text = "param t\nqubit q; ry(t) q"
    swept = iq.program(text, sweeps={"t": [0.1, 1, Fraction(1, 3)]})
    built = iq.program(iq.circuit(text).sweep(t=[0.1, 1, Fraction(1, 3)]))
    assert [run.name for run in built] == [run.name for run in swept]


def test_a_compiled_sweep_stays_compiled() -> None:
    theta = iq.param("theta")
    native = iq.compile(iq.Circuit(2).ry(theta, 0).cnot(0, 1), "forte")
    program = iq.program(native.sweep(theta=[0.1, 7.0]))
    assert [run.rows for run in program] == [native.bind(theta=value).rows for value in (0.1, 7.0)]
    assert all(run.compiled for run in program)


def test_a_table_of_values_is_a_sweep() -> None:
    pandas = pytest.importorskip("pandas")
    a, b = iq.param("a"), iq.param("b")
    native = iq.compile(iq.Circuit(2, "c").rx(a, 0).cnot(0, 1).ry(b, 1), "forte")
    table = pandas.DataFrame({"a": [0.1, 0.2, 0.3], "b": [1, 2, 3]})
    results = iq.run(native.sweep(table), exact=True)
    assert [point["b"] for point in results.points] == [1, 2, 3]
    for (_, row), result in zip(table.iterrows(), results, strict=True):
        bound = iq.run(native.bind(dict(row)), exact=True)
        assert dict(result.probabilities) == pytest.approx(dict(bound.probabilities))


def test_the_note_about_inputs_survives_a_sweep() -> None:
    circuit = iq.Circuit(2).rx(iq.param("t"), 0).replace(inputs=(1, 0))
    assert all(run.inputs == (1, 0) for run in accept(circuit.sweep(t=[1, 2])).program.runs)


def test_equal_points_of_a_sweep_have_names_of_their_own() -> None:
    """As equal circuits of a list have: the sweep's results are found by its numbers."""
    sweep = iq.Circuit(1, "a").ry(iq.param("t"), 0).sweep(t=[1, 2, 1, 1])
    runs = accept(sweep).program.runs
    assert [run.name for run in runs] == ["a t=1", "a t=2", "a t=1 2", "a t=1 3"]
    assert iq.run(sweep, exact=True).points[2] == {"t": 1}
    assert iq.program(accept(sweep).program).payload(shots=1, backend="simulator")


def test_an_empty_sweep_is_no_job() -> None:
    sweep = iq.Circuit(1).ry(iq.param("t"), 0).sweep(t=[])
    assert "no circuits" in refusal(iq.run, sweep).message


# --- numbers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [10, np.int64(10), np.uint8(10), 10.0, np.float32(10), np.array(10), Fraction(10)])
def test_whole_numbers(number: Any) -> None:
    assert whole(number, "the number") == 10
    assert type(whole(number, "the number")) is int
    circuit = iq.circuit(BELL)
    assert iq.run(circuit, shots=number, seed=number).counts == iq.run(circuit, shots=10, seed=10).counts
    assert iq.program(circuit).payload(shots=number, backend="simulator")["shots"] == 10


@pytest.mark.parametrize("number", [True, "10", b"10", 2.5, np.nan, np.inf, [10], np.array([10]), 10j, None, object()])
def test_no_whole_numbers(number: Any) -> None:
    assert refusal(whole, number, "the number").code == "QC0881"


def test_levels_and_seeds_may_be_numpys() -> None:
    circuit = iq.circuit(BELL)
    made = iq.compile(circuit, "aria", np.int64(3), seed=np.int32(1), effort=np.float64(0.1), approx=np.float64(0))
    assert made == iq.compile(circuit, "aria", 3, seed=1, effort=0.1)
    assert refusal(iq.compile, circuit, level=np.array([1, 2])).code == "QC0881"
    assert refusal(iq.compile, circuit, target=np.array(["qis"])).code == "QC0881"


def test_a_generator_is_not_run_for_ever() -> None:
    problem = refusal(iq.run, (iq.Circuit(1) for _ in itertools.count()))
    assert problem.helps == ["make it a list: `list(value)`"]


@pytest.mark.parametrize("library", ["qiskit", "cirq"])
def test_circuits_of_other_libraries_are_pointed_to_their_reader(library: str) -> None:
    module = pytest.importorskip(library)
    circuit = module.QuantumCircuit(1) if library == "qiskit" else module.Circuit()
    assert f"from_{library}" in refusal(iq.run, circuit).helps[0]


@pytest.mark.parametrize(
    ("library", "advised"),
    [("qiskit.circuit", "from_qiskit"), ("pytket._tket", "circuit_to_qasm_str"), ("pennylane.tape", "to_openqasm")],
)
def test_a_circuit_of_another_library_is_answered_by_its_conversion(library: str, advised: str) -> None:
    theirs = type("Circuit", (), {"__module__": library})()
    assert advised in refusal(iq.run, theirs).helps[0]
