"""The Python API: circuits built by methods against the same programs as text, and matrices computed by hand."""

from __future__ import annotations

import copy
import inspect
import math
import pickle
import re
import subprocess
import sys
import textwrap
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy

import ionqdsl as iq
from ionqdsl.diagnostics import IonqdslError
from ionqdsl.diagnostics.codes import CODES
from ionqdsl.ir.angle import Angle, radians, turns
from ionqdsl.ir.circuit import Operator
from ionqdsl.ir.gates import GATES
from ionqdsl.language.library import standard_signatures
from ionqdsl.python.fluent import GateMethods

EXAMPLES = Path(__file__).parents[1] / "examples"


def text_of(statements: str, width: int = 3) -> iq.Circuit:
    return iq.circuit(f"qubit q[{width}]\n{statements}")


def refusal(call: Any, *arguments: Any, **keywords: Any) -> Any:
    with pytest.raises(IonqdslError) as caught:
        call(*arguments, **keywords)
    return caught.value.diagnostics[0]


# --- the package -----------------------------------------------------------------------------------------------------


def test_the_public_names_are_exactly_those_listed() -> None:
    assert iq.__all__ == sorted(iq.__all__, key=lambda name: (name.islower(), name))
    assert set(iq.__all__) <= set(dir(iq))
    for name in iq.__all__:
        assert getattr(iq, name).__doc__, name


def test_importing_the_package_loads_nothing() -> None:
    """Catches an import that would cost every command its start-up time."""
    program = """
        import sys
        before = set(sys.modules)
        import ionqdsl
        assert {name for name in set(sys.modules) - before} <= {"ionqdsl", "__future__"}, set(sys.modules) - before
        ionqdsl.Circuit(2).h(0).cnot(0, 1).rx(0.1, 0)
        assert not {"numpy", "sympy", "requests"} & set(sys.modules)
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(program)], check=True)


def test_importing_a_module_of_the_package_loads_no_other() -> None:
    """The import system asks the package for the name first, which must not load the public names."""
    program = """
        import sys
        from ionqdsl import record
        assert "ionqdsl.api" not in sys.modules
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(program)], check=True)


def test_the_package_travels_by_name() -> None:
    """A cluster's pickler takes functions that use the package by value, and the package itself by its name."""
    program = """
        import pickle, sys, types
        import ionqdsl as iq
        assert type(iq) is types.ModuleType
        assert pickle.loads(pickle.dumps(iq.compile)) is iq.compile
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(program)], check=True)


def test_unknown_names_are_attribute_errors() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        iq.nothing  # noqa: B018


# --- gates -----------------------------------------------------------------------------------------------------------


def test_every_gate_has_a_method_with_its_parameters_first() -> None:
    for name, parameters, required, operands in [
        *((g.name, [p.name for p in g.parameters], g.required, g.operands) for g in GATES.values()),
        *((s.name, list(s.parameters), s.required, s.operands) for s in standard_signatures().values()),
    ]:
        if name in ("phase", "pauliexp", "zz"):  # a field of circuits; a form of its own; one method for two gates
            continue
        found = inspect.signature(getattr(GateMethods, {"not": "not_"}.get(name, name))).parameters.values()
        positional = [p.name for p in found if p.kind is p.POSITIONAL_OR_KEYWORD][1:]
        assert positional[:required] == [{"lambda": "lam"}.get(text, text) for text in parameters[:required]]
        assert len(positional) == required + operands
        assert {p.name for p in found if p.kind is p.KEYWORD_ONLY} - {"controls"} == set(parameters[required:])


@pytest.mark.parametrize("name", [g.name for g in GATES.values() if g.gateset == "qis" and g.operands > 0])
def test_table_gates_are_the_languages(name: str) -> None:
    gate = GATES[name]
    parameters = [0.25 + index for index in range(len(gate.parameters))]
    arguments = f"({', '.join(map(str, parameters))})" if parameters else ""
    operands = list(range(gate.operands))[::-1]
    built = iq.Circuit(3).gate(name, *parameters, *operands)
    assert built == text_of(f"{name}{arguments} " + ", ".join(f"q[{qubit}]" for qubit in operands))
    method = getattr(iq.Circuit(3), {"not": "not_"}.get(name, name))
    assert method(*parameters, *operands) == built


@pytest.mark.parametrize("name", standard_signatures())
def test_standard_gates_are_the_languages(name: str) -> None:
    """Rows, angles and the global phase, with and without controls."""
    signature = standard_signatures()[name]
    parameters = [0.25 + index for index in range(len(signature.parameters))]
    arguments = f"({', '.join(map(str, parameters))})" if parameters else ""
    operands = list(range(signature.operands))[::-1]
    listed = ", ".join(f"q[{qubit}]" for qubit in operands)
    assert iq.Circuit(5).gate(name, *parameters, *operands) == text_of(f"{name}{arguments} {listed}", 5)
    controlled = iq.Circuit(5).gate(name, *parameters, *operands, controls=[4, 3])
    assert controlled == text_of(f"ctrl(2) @ {name}{arguments} q[4], q[3], {listed}", 5)


def test_native_gates_are_the_languages() -> None:
    built = iq.Circuit(2, gateset="native").gpi(0.1, 0).gpi2(Fraction(1, 3), 1).ms(0, 0.25, 0, 1).zz(0.1, 1, 0).nop(2.5)
    built.ms(0.5, 0, 1, 0, angle=0.1)
    text = "gateset native; qubit q[2]; gpi(0.1) q[0]; gpi2(1/3) q[1]; ms(0, 0.25) q[0], q[1]; zz(0.1) q[1], q[0]"
    assert built == iq.circuit(text + "\nnop(2.5); ms(0.5, 0, 0.1) q[1], q[0]")


@pytest.mark.parametrize(
    ("angle", "in_qis", "in_native"),
    [
        (0.1, radians("0.1"), turns("0.1")),
        (1, radians(1), turns(1)),
        (Fraction(1, 3), radians("1/3"), turns("1/3")),
        (np.float64(0.1), radians("0.1"), turns("0.1")),
        (np.int32(2), radians(2), turns(2)),
        (sympy.Rational(1, 3), radians("1/3"), turns("1/3")),
        (sympy.pi / 3, turns("1/6"), turns(Fraction(repr(math.pi / 3)))),
        (45 * iq.deg, turns("1/8"), turns("1/8")),
        (iq.turn / 3, turns("1/3"), turns("1/3")),
        (0.1 * iq.turn, turns("0.1"), turns("0.1")),
        (2 * iq.rad, radians(2), radians(2)),
        (iq.param("t") * 2, Angle.of("t", radians=2), Angle.of("t", turns=2)),
        (0.1 * iq.param("t") + 0.2, Angle.of("t", radians=Fraction(1, 10)) + radians("0.2"), None),
        (sympy.pi * iq.param("t"), Angle.of("t", turns=Fraction(1, 2)), None),
        (sympy.sin(iq.param("t")) * 3, Angle.of("sin(t)", radians=3), Angle.of("sin(t)", turns=3)),
        (iq.param("th", 2)[1], Angle.of("th[1]", radians=1), Angle.of("th[1]", turns=1)),
    ],
)
def test_numbers_count_in_the_gatesets_unit_and_angles_for_themselves(angle: Any, in_qis: Any, in_native: Any) -> None:
    assert iq.Circuit(1).rx(angle, 0)[0].angles == (in_qis,)
    if in_native is not None:
        assert iq.Circuit(1, gateset="native").gpi(angle, 0)[0].angles == (in_native,)


def test_lists_of_qubits_broadcast_as_in_the_language() -> None:
    assert iq.Circuit(3).h([0, 1, 2]) == text_of("h q")
    assert iq.Circuit(3).h(range(3)) == iq.Circuit(3).h(np.arange(3)) == text_of("h q")
    assert iq.Circuit(4).cnot([0, 1], [2, 3]) == text_of("cnot q[0:2], q[2:4]", 4)
    assert iq.Circuit(3).cnot([0, 1], 2) == text_of("cnot q[0:2], q[2]")
    assert iq.Circuit(3).h(-1) == text_of("h q[-1]")
    assert len(iq.Circuit(3).h([])) == 0
    assert refusal(iq.Circuit(4).cnot, [0, 1, 2], [3, 2]).code == "QC0898"


def test_a_refused_call_leaves_the_circuit_as_it_was() -> None:
    circuit = iq.Circuit(3).h(0)
    for call in (lambda: circuit.cnot([0, 1], [2, 1]), lambda: circuit.h([1, 5]), lambda: circuit.u3(1, 2, "x", 0)):  # type: ignore[arg-type]
        refusal(call)
    assert circuit == iq.Circuit(3).h(0)


def test_operators_may_be_text_letters_or_the_compilers() -> None:
    expected = text_of("pauliexp(0.1, 0.5*X[0]*Z[1] - Y[1], steps = 2) q[2], q[0]")
    operator = Operator(((((("X", 0), ("Z", 1))), Fraction(1, 2)), ((("Y", 1),), -1)), 2)
    assert iq.Circuit(3).pauliexp(0.1, "0.5*X[0]*Z[1] - Y[1]", 2, 0, steps=2) == expected
    assert iq.Circuit(3).pauliexp(0.1, {"XZ": 0.5, "IY": -1}, [2, 0], steps=2) == expected
    assert iq.Circuit(3).pauliexp(0.1, operator, 2, 0, steps=2) == expected
    assert iq.Circuit(3).pauliexp(iq.param("t"), "Z[0]", 1, controls=2) == iq.circuit(
        "param t; qubit q[3]; ctrl @ pauliexp(t, Z[0]) q[2], q[1]"
    )


@pytest.mark.parametrize(
    ("operator", "qubits", "code"),
    [
        ("X[0", (0,), "QC0102"),
        ("X[0]) q[0]; x q[0]; pauliexp(1, X[0]", (0,), "QC0888"),
        ("1deg", (0,), "QC0307"),
        ("X[1]", (0,), "QC0216"),
        ({"XX": 1}, (0,), "QC0899"),
        ({"A": 1}, (0,), "QC0899"),
        ({"X": "1"}, (0,), "QC0881"),
        ("X[0]", (), "QC0888"),
    ],
)
def test_what_is_no_operator_is_refused(operator: Any, qubits: Any, code: str) -> None:
    found = refusal(iq.Circuit(2).pauliexp, 0.1, operator, *qubits)
    assert found.code == code
    assert found.is_error


@pytest.mark.parametrize(
    ("call", "code", "says"),
    [
        (lambda: iq.Circuit(2).gate("hh", 0), "QC0883", "did you mean `h`?"),
        (lambda: iq.Circuit(2).gate("ms", 0, 0, 0, 1), "QC0883", "is a native gate"),
        (lambda: iq.Circuit(2, gateset="native").h(0), "QC0883", "is a qis gate"),
        (lambda: iq.Circuit(2, gateset="native").gate("u3", 1, 2, 3, 0), "QC0883", "is a qis gate"),
        (lambda: iq.Circuit(2).gate("rx", 0), "QC0884", "`rx(theta, 0)`"),
        (lambda: iq.Circuit(2).gate("rx", 0.1, 0, 1), "QC0884", "1 parameter and 1 qubit, but 3 arguments were given"),
        (lambda: iq.Circuit(2).gate("rx", 0.1, 0, angle=1), "QC0884", "the keyword `angle`"),
        (lambda: iq.Circuit(2).cnot(1, 1), "QC0885", "qubit 1 twice"),
        (lambda: iq.Circuit(2).h(1, controls=1), "QC0885", "qubit 1 twice"),
        (lambda: iq.Circuit(2).h(2), "QC0886", "use 0 to 1"),
        (lambda: iq.Circuit(2).h(-3), "QC0886", "no qubit -3"),
        (lambda: iq.Circuit(2).h(0.0), "QC0881", "whole number"),  # type: ignore[arg-type]
        (lambda: iq.Circuit(2).h("0"), "QC0881", "whole number"),  # type: ignore[arg-type]
        (lambda: iq.Circuit(2).h(True), "QC0881", "whole number"),
        (lambda: iq.Circuit(2).rx("pi", 0), "QC0881", "`theta` must be a finite real number, not 'pi'"),  # type: ignore[arg-type]
        (lambda: iq.Circuit(2).rx(math.nan, 0), "QC0881", "not nan"),
        (lambda: iq.Circuit(2).rx([0.1, 0.2], 0), "QC0881", "finite real number"),  # type: ignore[arg-type]
        (lambda: iq.Circuit(2).rx(sympy.Function("f")(iq.param("t")), 0), "QC0888", "f(t)"),
        (lambda: iq.Circuit(2, gateset="native").nop(1 * iq.deg), "QC0881", "a plain number"),
        (lambda: iq.Circuit(2, gateset="native").nop(-1), "QC0881", "0 or more"),
        (lambda: iq.Circuit(2, gateset="native").zz(0.1, 0, 1, controls=[0]), "QC0894", "no controls"),
        (lambda: iq.Circuit(2).append(iq.Circuit(3).h(0)), "QC0892", "has 3 qubits, but 2"),
        (lambda: iq.Circuit(2).append(iq.Circuit(1).h(0), [0, 1]), "QC0892", "has 1 qubit, but 2"),
        (lambda: iq.Circuit(2).append(iq.Circuit(1, gateset="native").gpi(0, 0)), "QC0887", "`verbatim` inserts it"),
        (lambda: iq.Circuit(2, gateset="native").verbatim(iq.Circuit(1).h(0)), "QC0887", "a qis circuit"),
        (lambda: iq.Circuit(2).register("for", [0]), "QC0893", "`for`"),
        (lambda: iq.Circuit(2).register("a", [0]).register("a", [1]), "QC0893", "`a`"),
        (lambda: iq.Circuit(2).register("a", [0, 0]), "QC0897", "each once"),
        (lambda: iq.Circuit(2).register("a", [None]), "QC0897", "some qubits"),
        (lambda: iq.Circuit(2).h(0).x(0).power(0.5), "QC0895", "no power 0.5"),
        (lambda: iq.Circuit(-1), "QC0881", "from 0 to"),
        (lambda: iq.Circuit(2.0), "QC0881", "whole number"),  # type: ignore[arg-type]
        (lambda: iq.Circuit(2, gateset="ions"), "QC0881", '"qis" or "native"'),
        (lambda: iq.param("for"), "QC0888", "cannot name a parameter"),
        (lambda: iq.circuit("circuit a { qubit q; h q }\ncircuit b { qubit q; h q }"), "QC0891", "2 circuits"),
        (lambda: iq.circuit("job { shots = 5 }\nqubit q; h q"), "QC0891", "program(text)"),
        (lambda: iq.circuit("qubit q; hh q"), "QC0202", "did you mean"),
        (lambda: iq.load("no-such-file.qc"), None, "no-such-file.qc"),
        (lambda: iq.compile(iq.Circuit(1).h(0), target="fort"), "QC0881", "aria, forte"),
        (lambda: iq.compile(iq.Circuit(1).h(0), level=4), "QC0881", "0, 1, 2, 3"),
        (lambda: iq.compile(iq.Circuit(1).h(0), preserve="all"), "QC0881", "unitary, permuted, measurement, outcomes"),
        (
            lambda: iq.equivalent(iq.Circuit(1), iq.Circuit(1), "all"),
            "QC0881",
            "unitary, permuted, measurement, outcomes",
        ),
        (lambda: iq.run(iq.Circuit(1).h(0), noise="aria"), "QC0710", "aria"),
        (lambda: iq.run(iq.Circuit(1).rx(iq.param("t"), 0)), "QC0652", "t"),
        (lambda: iq.run(iq.program('function { type = "a"; data { } }')), "QC0808", ""),
    ],
)
def test_wrong_calls_say_what_is_wrong(call: Any, code: str | None, says: str) -> None:
    found = refusal(call)
    assert code is None or found.code == code
    assert says in "\n".join([found.message, *found.helps, found.render()])


def test_every_code_of_the_api_is_provoked_somewhere() -> None:
    """A code nobody can meet would be a dead page of the error index."""
    own = {name for name in CODES if "QC0880" <= name <= "QC0899"}
    tests = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))
    assert own - set(re.findall(r"QC08\d\d", tests)) == set()
    for name in own:
        assert len(CODES[name].explanation) > 60


# --- reading, editing, composing -------------------------------------------------------------------------------------


def matrix(circuit: iq.Circuit) -> Any:
    return circuit.unitary()


def close(a: Any, b: Any) -> bool:
    return bool(np.abs(a - b).max() < 1e-12)


def test_a_bell_circuit_is_what_textbooks_say() -> None:
    bell = iq.Circuit(2, "bell").h(0).cnot(0, 1)
    half = math.sqrt(0.5)
    assert close(bell.state(), np.array([half, 0, 0, half]))
    assert close(matrix(bell), half * np.array([[1, 0, 1, 0], [0, 1, 0, 1], [0, 1, 0, -1], [1, 0, -1, 0]]))
    assert dict(bell.probabilities()) == pytest.approx({"00": 0.5, "11": 0.5})
    assert dict(iq.Circuit(2).x(0).probabilities()) == {"10": 1.0}  # q[0] is the leftmost character
    assert str(bell) == "qubit q[2]\nh q[0]\ncnot q[0], q[1]\n"
    assert repr(bell) == "<qis circuit 'bell': 2 qubits, 2 gates>"


def test_steps_slices_and_deletion() -> None:
    circuit = iq.Circuit(2).h(0).cnot(0, 1).rx(0.1, 1).gphase(0.3).register("out", [1])
    assert [(step.gate, step.qubits, step.controls, step.origin) for step in circuit][1] == ("cnot", (0, 1), 0, None)
    assert circuit[-1].angles == (radians("0.1"),)
    assert circuit[:2] == iq.Circuit(2).h(0).cnot(0, 1)
    assert len(circuit[::-1]) == 3
    del circuit[1]
    assert circuit[:] == iq.Circuit(2).h(0).rx(0.1, 1)
    del circuit[:]
    assert (len(circuit), circuit.phase, circuit.registers) == (0, radians("0.3"), (("out", (1,)),))


def test_rows_of_texts_know_their_place() -> None:
    circuit = iq.circuit("qubit q[2]\nfor i in range(2) { rx(0.1) q[i] }\n")
    assert [step.origin.text for step in circuit if step.origin] == ["rx(0.1) q[i]"] * 2
    native = iq.compile(circuit, target="aria", level=0)
    assert {step.origin.text for step in native if step.origin} == {"rx(0.1) q[i]"}
    assert all(step.origin for step in native)


def test_copies_and_sums_are_independent() -> None:
    one = iq.Circuit(1).h(0)
    other, sliced = one.copy().x(0), one[:].y(0)
    total = one + other
    assert (len(one), len(other), len(sliced), len(total)) == (1, 2, 2, 3)
    assert total == iq.Circuit(1).h(0).h(0).x(0)
    loaded = iq.circuit("qubit q; h q")
    iq.compile(loaded).x(0)
    assert len(loaded) == 1


def test_append_and_insert_place_qubits_blocks_and_phases() -> None:
    inner = iq.Circuit(2).cnot(0, 1).gphase(0.25).barrier()
    outer = iq.Circuit(3).h(0).append(inner, [2, 0]).append(inner, [0, 1], controls=2).insert(0, iq.Circuit(1).y(0), 1)
    assert outer == text_of(
        "y q[1]; h q[0]; cnot q[2], q[0]; barrier q[2], q[0]; ctrl @ cnot q[2], q[0], q[1]; barrier q[0], q[1]; "
        "p(0.25) q[2]; gphase(0.25)"
    )
    assert outer.append(outer, [1, 2, 0]).phase == radians("0.5")  # appending a circuit to itself is finite


def test_verbatim_blocks_stay_apart() -> None:
    echo = iq.Circuit(1).x(0).x(0)
    pulse = iq.Circuit(1, gateset="native").gpi(0.1, 0)
    built = iq.Circuit(2).verbatim(echo, 1).verbatim(echo, 1).verbatim(pulse).h(0)
    assert built == text_of(
        "verbatim { x q[1]; x q[1] }; verbatim { x q[1]; x q[1] }; native { gpi(0.1) q[0] }; h q[0]", 2
    )
    twice = iq.Circuit(2).append(built).append(built)
    assert len({op.pinned for op in twice.rows}) == 7  # six blocks, and the rows outside
    assert built.power(2) == twice


def test_inverse_and_powers_are_those_of_the_matrix() -> None:
    circuit = (
        iq.Circuit(3).h(0).u3(0.1, 0.2, 0.3, 1).cnot(0, 1).v(2, controls=0).iswap(1, 2).t(0).swap(0, 2).gphase(0.4)
    )
    unitary = matrix(circuit)
    assert close(matrix(circuit.inverse()), unitary.conj().T)
    assert close(matrix(circuit.power(3)), unitary @ unitary @ unitary)
    assert close(matrix(circuit.power(-2)), np.linalg.inv(unitary @ unitary))
    assert len(circuit.power(0)) == 0
    assert close(matrix(circuit.power(0)), np.eye(8))
    root = matrix(iq.Circuit(1).x(0).power(0.5))
    assert close(root, np.array([[1 + 1j, 1 - 1j], [1 - 1j, 1 + 1j]]) / 2)  # the principal root of X, IonQ's v
    assert iq.Circuit(1).rx(iq.param("t"), 0).power(Fraction(1, 3))[0].angles == (
        Angle.of("t", radians=Fraction(1, 3)),
    )
    assert iq.Circuit(1).h(0).register("r", [0]).inverse().registers == (("r", (0,)),)
    assert refusal(iq.Circuit(1).h(0).x(0).power, 10**8).code == "QC0501"


def test_controlled_makes_the_global_phase_real() -> None:
    inner = iq.Circuit(1).h(0).gphase(math.pi / 2)  # i H
    expected = np.eye(8, dtype=complex)
    expected[6:, 6:] = 1j * math.sqrt(0.5) * np.array([[1, 1], [1, -1]])
    assert close(matrix(inner.controlled(2)), expected)
    assert inner.register("out", [0, None]).controlled().registers == (("out", (1, None)),)


def test_phases_collect_and_gphase_under_control_is_a_gate() -> None:
    circuit = iq.Circuit(2).gphase(0.1).gphase(0.2, controls=[1]).gphase(0.3, controls=[0, 1])
    assert circuit == text_of("gphase(0.1); p(0.2) q[1]; ctrl @ p(0.3) q[0], q[1]", 2)


def test_stats_count_what_the_hardware_does() -> None:
    found = iq.Circuit(3).h(0).cnot(0, 1).barrier().rx(0.1, 2).x(0, controls=[1, 2]).stats()
    assert (found.qubits, found.gates, found.depth) == (3, 4, 4)  # the barrier makes rx wait
    assert found.by_gate == {"cnot": 1, "ctrl(2) @ x": 1, "h": 1, "rx": 1}
    native = iq.Circuit(2, gateset="native").gpi(0, 0).gpi2(0, 1).ms(0, 0, 0, 1).stats()
    assert (native.pulses, native.two_qubit_gates, native.depth) == (2, 1, 2)


# --- parameters ------------------------------------------------------------------------------------------------------


def test_parameters_bind_in_all_spellings() -> None:
    theta, (first, second) = iq.param("theta"), iq.param("th", 2)
    circuit = iq.Circuit(1).rx(2 * theta, 0).ry(first + second, 0).gphase(theta)
    assert circuit.parameters == ("theta", "th[0]", "th[1]")
    bound = circuit.bind(theta=0.1, th=[0.2, 0.3])
    assert bound == iq.Circuit(1).rx(0.2, 0).ry(0.5, 0).gphase(0.1)
    assert circuit.bind({theta: 0.1, first: 0.2, "th[1]": 0.3}) == bound
    assert isinstance(bound, iq.Circuit)
    assert circuit.bind(theta=0.1).parameters == ("th[0]", "th[1]")
    assert refusal(circuit.bind, theta=0.1, partial=False).code == "QC0882"
    assert refusal(circuit.bind, thet=0.1).helps == ["did you mean `theta`?"]


def test_parameters_may_vanish_in_compilation_and_still_be_given() -> None:
    """An rz before the measurement is dropped; a loop over its parameter must go on working."""
    theta = iq.param("theta")
    source = iq.Circuit(1).h(0).rz(theta, 0)
    compiled = iq.compile(source, target="aria", level=2)
    assert compiled.bind(theta=0.3).parameters == ()
    assert len(compiled.sweep(theta=[0.1, 0.2])) == 2
    assert refusal(compiled.bind, phi=1).code == "QC0880"
    text = iq.circuit("param a; param b; qubit q; rx(a - a + b) q")
    assert text.bind(a=1, b=2) == iq.Circuit(1).rx(2, 0)


def test_compiling_keeps_parameters_open_and_the_circuit_the_same() -> None:
    """Binding before and after compilation must give the same matrix, at every point of a sweep."""
    theta = iq.param("theta")
    ansatz = iq.Circuit(2).ry(2 * theta, 0).cnot(0, 1).rx(theta / 3 + 0.1, 1)
    native = iq.compile(ansatz, target="forte", level=2, preserve="unitary")
    assert native.gateset == "native"
    assert iq.equivalent(ansatz, native, "unitary")
    values = np.linspace(-1, 3.14, 7)
    for value, circuit in zip(values, native.sweep(theta=values), strict=True):
        left, right = matrix(ansatz.bind(theta=value)), matrix(circuit)
        overlap = (left.conj() * right).sum()
        assert abs(overlap) == pytest.approx(4, abs=1e-9)  # equal up to a global phase


def test_equivalence_knows_the_contracts() -> None:
    plain, turned = iq.Circuit(1).h(0), iq.Circuit(1).h(0).rz(0.3, 0)
    assert iq.equivalent(plain, turned)
    assert not iq.equivalent(plain, turned, "unitary")
    assert not plain.equivalent(iq.Circuit(1).x(0))
    assert plain.equivalent(iq.Circuit(1).rx(math.pi / 2, 0), "outcomes")


def test_names_of_other_libraries_are_answered_with_those_of_this_one() -> None:
    """Whoever types `measure_all()` learns that it needs none; the names in the answers exist."""
    from ionqdsl.ir import habits

    circuit = iq.Circuit(2).h(0).cnot(0, 1)
    result = iq.run(circuit, shots=10, seed=1)
    for owner, table in ((circuit, habits.CIRCUIT), (result, habits.RESULT)):
        for name, answer in table.items():
            with pytest.raises(AttributeError, match=f"no attribute '{name}'; here it is"):
                getattr(owner, name)
            for kind, used in re.findall(r"\b(circuit|result)\.(\w+)", answer):
                assert hasattr({"circuit": circuit, "result": result}[kind], used), answer
            assert all(hasattr(iq, used) for used in re.findall(r"\bionqdsl\.(\w+)", answer))
    with pytest.raises(AttributeError) as error:
        circuit.entangle()
    assert str(error.value) == "'Circuit' object has no attribute 'entangle'"
    for one in (circuit, result):
        assert pickle.loads(pickle.dumps(one)) == copy.deepcopy(one) == one


def test_objects_compare_with_those_of_numpy() -> None:
    """numpy would make arrays of sequences first, and fail for circuits, whose gates differ in size."""
    bell = iq.Circuit(2).h(0).cnot(0, 1)
    swept = iq.Circuit(1).ry(iq.param("t"), 0).sweep(t=[0.1, 0.2])
    for mine in (bell, swept, iq.program([bell]), iq.run([bell, bell], exact=True)):
        for other in (np.float64(1), np.arange(2), np.array([]), np.bool_(True)):
            assert [mine == other, other == mine, mine != other, other != mine] == [False, False, True, True]


def test_an_array_of_circuits_has_circuits() -> None:
    bell, compiled = iq.Circuit(2).h(0).cnot(0, 1), iq.compile("qubit q; h q", "forte")[0]
    assert np.array([[bell, compiled], [bell, iq.Circuit(1)]]).shape == (2, 2)
    assert np.array(bell)[()] is bell
    assert np.array([compiled, bell])[1] is bell
    assert np.array([iq.program([bell, compiled])]).shape == (1, 2)
    with pytest.raises((TypeError, ValueError)):
        np.array([bell], dtype=float)


def test_programs_of_one_text_are_equal() -> None:
    """Places in the text do not count, nor does the text itself; names and settings do."""
    text = 'job { shots = 5 }\nparam a = 0.3\ncircuit c(n = 2) { qubit q[n]; rx(a) q }\nrun c(2), c(3) as "three"\n'
    program = iq.program(text)
    assert program == iq.program("# the same\n" + text) == pickle.loads(pickle.dumps(program))
    for old, new in (("= 5", "= 6"), ("0.3", "0.4"), ("c(2)", "c(4)"), ('"three"', '"3"'), ("rx", "ry")):
        assert program != iq.program(text.replace(old, new))
    energy = "param t\ncircuit a { qubit q; ry(t) q }\nhamiltonian h = Z[0]\nenergy { hamiltonian = h; ansatz = a }\n"
    assert iq.program(energy) == iq.program(energy) != iq.program(energy.replace("Z[0]", "X[0]"))
