"""Mean values and gradients of circuits with parameters, in Python.

Derivatives are compared with those of matrix exponentials made by an eigensolver, and with central differences whose
error is bounded: with the step h the formula is wrong by h^2/6 times the third derivative, and by rounding over h.
Would catch a gate counted once that occurs twice, a lost factor, a control that is ignored, and a wrong frequency of a
shift.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import numpy as np
import pytest
from test_energy import dense_mean, matrix, random_circuit, random_operator

import ionqdsl as iq
from ionqdsl.simulation import gradient as gradients
from ionqdsl.simulation.observables import Expectation, observable

A, B = iq.param("a"), iq.param("b")
POINT = np.array([0.37, -0.81])
OPERATOR = "0.5*X[0]*X[1] + Z[0] - 0.3*Y[2] + 0.2*X[0]*Z[1]*Z[2] + Y[1]"


def scrambled() -> iq.Circuit:
    return iq.Circuit(3).h([0, 1]).t(0).v(2).cnot(0, 1).ry(0.3, 1).cnot(1, 2)


ROWS: dict[str, Callable[[iq.Circuit], iq.Circuit]] = {
    "once": lambda c: c.rx(A, 0).ry(B, 1),
    "twice": lambda c: c.rx(A, 0).cnot(0, 1).rx(A, 0).rz(B, 2).h(2).rz(B, 2),
    "with factors": lambda c: c.rx(3 * A + 0.2, 0).ry(-B / 2 + A, 1),
    "expressions": lambda c: c.rx(A * B, 0).ry(A**2 + B, 1).rz(iq.param("a") ** 3, 0).h(0),
    "phases": lambda c: c.p(A, 0).h(0).p(2 * B, 1, controls=[0]).h(1),
    "controls": lambda c: c.rx(A, 0, controls=[1]).ry(2 * B, 2, controls=[0, 1]).rz(A + B, 1, controls=[2]).h(1),
    "two qubits": lambda c: c.xx(A, 0, 1).yy(B, 1, 2).zz(A - B, 0, 2).h([0, 1, 2]),
    "controlled pairs": lambda c: c.xx(A, 0, 1, controls=[2]).zz(B, 1, 2, controls=[0]).h([0, 1, 2]),
    "exponentials": lambda c: c.pauliexp(A, "0.3*X[0]*X[1] - 0.7*Z[0]*Z[1]", 0, 2).pauliexp(B, "0.4*Y[0]", 1),
    "Trotter steps": lambda c: c.pauliexp(A, "0.3*X[0] + 0.5*Z[0]*Y[1]", 0, 1, steps=3).pauliexp(B, "Z[0]", 2).h(2),
    "controlled exponentials": lambda c: c.pauliexp(A, "0.3*X[0]*Y[1] + 1", 0, 1, controls=[2]).h(2).rx(B, 2),
    "standard gates": lambda c: c.u3(A, B, A + B, 0).crx(B, 0, 1).cu(A, B, 0.3, A, 1, 2),
}


def native() -> iq.Circuit:
    circuit = iq.Circuit(2, gateset="native")
    circuit.gpi2(0.1, 0).gpi2(A, 0).gpi2(0.3, 1).ms(A, B, 0, 1, angle=0.3 * A + 0.1).gpi(B, 1).gpi2(2 * B, 0)
    return circuit.gpi2(0.2, 1).zz(A, 0, 1).gpi2(0.4, 0).gpi2(0.15, 1)


def differences(circuit: iq.Circuit, operator: str) -> np.ndarray:
    """Central differences of dense means, extrapolated: wrong by h^4 times a derivative below 1e5, and by 1e-15/h."""
    chosen = observable(operator, circuit.width)

    def slope(direction: np.ndarray, h: float) -> float:
        ahead, behind = (dense_mean(circuit.bind(dict(zip("ab", POINT + s * h * direction, strict=True))), chosen)
                         for s in (1, -1))  # fmt: skip
        return (ahead - behind) / (2 * h)

    return np.array([(4 * slope(one, 5e-4) - slope(one, 1e-3)) / 3 for one in np.eye(2)])


@pytest.mark.parametrize("name", ROWS)
def test_gradients_are_those_of_differences(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    circuit = ROWS[name](scrambled())
    wanted = differences(circuit, OPERATOR)
    assert np.abs(wanted).min() > 1e-3
    found = circuit.gradient(OPERATOR, dict(zip("ab", POINT, strict=True)))
    place = [found.names.index(name) for name in "ab"]
    assert found.value[place] == pytest.approx(wanted, abs=1e-8)
    assert found.mean == pytest.approx(circuit.expectation(OPERATOR, at=dict(zip("ab", POINT, strict=True))).value)
    assert not found.standard_error.any()
    exact_means(monkeypatch)
    assert circuit.gradient(OPERATOR, {"a": POINT[0], "b": POINT[1]}, shots=1).value[place] == pytest.approx(
        wanted, abs=1e-8
    )


def exact_means(monkeypatch: pytest.MonkeyPatch) -> None:
    """Takes exact means in place of sampled ones, to see the rule of the shifts alone."""
    own = gradients.expectation
    monkeypatch.setattr(gradients, "expectation", lambda one, op, shots, seed: Expectation(own(one, op).value, 0.0))


def test_native_pulses_have_gradients(monkeypatch: pytest.MonkeyPatch) -> None:
    """Derivatives by phases and angles of pulses, in turns."""
    circuit, operator = native(), "X[0]*Y[1] + Z[0] + 0.4*X[1] + Z[0]*Z[1]"
    wanted = differences(circuit, operator)
    assert circuit.gradient(operator, POINT).value == pytest.approx(wanted, abs=1e-5)
    exact_means(monkeypatch)
    assert circuit.gradient(operator, POINT, shots=1).value == pytest.approx(wanted, abs=1e-5)


def test_gradients_are_those_of_matrix_exponentials() -> None:
    """d/da <U+ H U> for U = exp(-i a G) V is the mean of i [G, H], with matrices alone."""
    chosen = random_operator(3, 3, 12)
    before = random_circuit(4, 3)
    generator = observable("0.3*X[0]*X[1] - 0.7*Y[1]*Z[2]", 3)
    g, h = matrix(generator, 3), matrix(chosen, 3)
    values, vectors = np.linalg.eigh(g)
    state = vectors @ (np.exp(-0.6j * values) * (vectors.conj().T @ before.state()))
    wanted = (state.conj() @ (1j * (g @ h - h @ g)) @ state).real
    circuit = before.copy().pauliexp(A, generator, 0, 1, 2)
    assert circuit.gradient(chosen, [0.6]).value == pytest.approx([wanted], abs=1e-11)
    with pytest.raises(iq.CompileError) as caught:  # its terms do not commute
        circuit.gradient(chosen, [0.6], shots=100)
    assert caught.value.diagnostics[0].code == "QC0437"


def test_shots_give_a_gradient_with_its_error() -> None:
    circuit = ROWS["controls"](scrambled())
    exact = circuit.gradient(OPERATOR, POINT).value
    scores = []
    for seed in range(12):
        found = circuit.gradient(OPERATOR, POINT, shots=200, seed=100 * seed)
        assert found.evaluations == 3 * 4  # a + b is one angle: four shifts for each controlled rotation
        scores += list((found.value - exact) / found.standard_error)
    assert abs(np.mean(scores)) < 5 / math.sqrt(len(scores))
    assert 0.4 < np.var(scores) < 2.2


def test_all_parameters_take_three_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The work grows with the number of rows, not with rows times parameters."""
    counted = 0
    own = gradients.evolve

    def counting(states: Any, rows: Any) -> None:
        nonlocal counted
        rows = list(rows)
        counted += len(states) * len(rows)
        own(states, rows)

    monkeypatch.setattr(gradients, "evolve", counting)
    work = []
    for layers in (5, 10):
        counted, circuit = 0, iq.Circuit(3)
        for layer in range(layers):
            for qubit in range(3):
                circuit.ry(iq.param(f"t{layer}_{qubit}"), qubit)
            circuit.cnot(0, 1).cnot(1, 2)
        circuit.gradient("Z[0]", [0.1] * (3 * layers))
        work.append(counted)
        assert counted <= 3 * len(circuit)
    assert work[1] < 2.2 * work[0]


def test_a_mean_needs_the_phases_that_compiling_may_drop() -> None:
    circuit = iq.Circuit(2).ry(0.4, 0).cnot(0, 1).rz(0.3, 1)
    compiled = iq.compile(circuit, target="forte")
    assert compiled.expectation("Z[0]*Z[1]").value == pytest.approx(1)
    for call in (lambda: compiled.expectation("X[0]*X[1]"), lambda: compiled.gradient("X[0]*X[1]", [])):
        with pytest.raises(iq.CompileError) as caught:
            call()
        assert caught.value.diagnostics[0].code == "QC0438"
    whole = iq.compile(circuit, target="forte", preserve="unitary")
    assert whole.expectation("X[0]*X[1]").value == pytest.approx(circuit.expectation("X[0]*X[1]").value)


def test_gates_next_to_a_compiled_circuit_are_warned_of() -> None:
    """Turned into another basis by hand, a circuit compiled for Z would silently give other outcomes."""
    circuit = iq.Circuit(2).ry(0.4, 0).cnot(0, 1).rz(0.3, 1)
    compiled = iq.compile(circuit, target="forte")
    turns = iq.Circuit(2, gateset="native").gpi2(0.25, [0, 1])
    for edit in (
        lambda: compiled.copy().gpi2(0.25, [0, 1]),
        lambda: compiled + turns,
        lambda: turns + compiled,
        lambda: compiled.inverse(),
        lambda: compiled.copy().insert(1, turns),
        lambda: compiled.copy().reset(0),
        lambda: compiled.copy().measure(0, into="m"),
    ):
        with pytest.warns(iq.ProgramWarning, match="QC0878") as caught:
            edit()
        assert [warning.filename for warning in caught] == [__file__]
    compiled.copy().barrier().gphase(0.1)
    compiled[1:3].inverse()
    for contract, is_told in (("unitary", False), ("permuted", True)):
        part = iq.compile(iq.Circuit(2).swap(0, 1).rx(0.2, 1), target="forte", preserve=contract)
        assert (part.inputs is not None) == is_told
        assert (part + turns).width == 2
        with pytest.warns(iq.ProgramWarning, match="QC0878") if is_told else nullcontext():
            part.inverse()
    assert (iq.compile(circuit, target="qis") + circuit).expectation("X[0]").value == pytest.approx(
        (circuit + circuit).expectation("X[0]").value
    )


def test_no_road_leads_around_the_phases_that_compiling_may_drop() -> None:
    """Not measured in that basis, compiled again under a contract that keeps phases, folded, twirled, or in a list."""
    circuit = iq.Circuit(2).ry(0.4, 0).cnot(0, 1).rz(0.3, 1)
    compiled = iq.compile(circuit, target="forte")
    listed = iq.compile([circuit, compiled], target="forte", preserve="permuted")
    changed = [iq.compile(compiled), listed[1], iq.fold(compiled, 3), *iq.twirl(compiled, 1, seed=1)]
    for one in (iq.compile(compiled, target="forte", level=1, preserve="unitary"), *changed):
        with pytest.raises(iq.CompileError, match="QC0438"):
            one.expectation("X[0]*X[1]")
    for what in (compiled, [circuit, compiled]):
        with pytest.raises(iq.CompileError, match="QC0438"):
            iq.run(what, basis="ZY")
    assert iq.run(compiled, exact=True, basis="ZZ").expectation("ZZ").value == pytest.approx(1)
    for one in (circuit, listed[0], iq.compile(listed[0], target="forte", level=1, preserve="unitary")):
        assert iq.run(one, exact=True, basis="XX").expectation("XX").value == pytest.approx(
            math.cos(0.3) * math.sin(0.4)
        )


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda c: c.expectation("Z[0]"), "QC0652"),
        (lambda c: c.expectation("Z[7]", at=[1, 2]), "QC0950"),
        (lambda c: c.expectation(3, at=[1, 2]), "QC0950"),
        (lambda c: c.expectation("Z[0]", at=[1]), "QC0881"),
        (lambda c: c.expectation("Z[0]", at={"a": 1}), "QC0882"),
        (lambda c: c.expectation("Z[0]", at={"a": 1, "b": 2, "c": 3}), "QC0880"),
        (lambda c: c.gradient("Z[0]", [1, "two"]), "QC0881"),
        (lambda c: c.gradient("Z[0]", [1, math.inf]), "QC0881"),
        (lambda c: c.expectation("Z[0]", 0, at=[1, 2]), "QC0435"),
        (lambda c: c.expectation("Z[0]", 10**9, at=[1, 2]), "QC0972"),
        (lambda c: c.expectation("Z[0]", 10, at=[1, 2], noise="aria-9"), "QC0710"),
    ],
)
def test_wrong_calls_say_so(call: Callable[[iq.Circuit], Any], code: str) -> None:
    with pytest.raises(iq.IonqdslError) as caught:
        call(iq.Circuit(2).rx(A, 0).rz(B, 1))
    assert caught.value.diagnostics[0].code == code


def test_an_expression_without_a_derivative_is_named() -> None:
    circuit = iq.circuit("param a\nqubit q\nrx(abs(a)) q")
    assert circuit.expectation("Z[0]", at=[-0.3]).value == pytest.approx(math.cos(0.3))
    with pytest.raises(iq.CompileError) as caught:
        circuit.gradient("Z[0]", [0.3])
    assert caught.value.diagnostics[0].code == "QC0436"


def test_a_result_in_another_basis() -> None:
    circuit = iq.Circuit(2).ry(0.4, 0).cnot(0, 1)
    result = iq.run(circuit, basis="XX", exact=True)
    assert result.expectation("X[0]*X[1]").value == pytest.approx(math.sin(0.4))
    assert iq.run(circuit, basis="YX", exact=True).expectation("1 + YI").value == pytest.approx(1)
    with pytest.raises(iq.UsageError) as caught:
        result.expectation("X[0] + Z[1]")
    assert caught.value.diagnostics[0].code == "QC0951"
    assert "q[1] was measured in the X basis" in caught.value.diagnostics[0].render()
    assert 'basis="XZ"' in caught.value.diagnostics[0].render()
    for basis in ("X", "XQ", "XXX"):
        with pytest.raises(iq.CompileError):
            iq.run(circuit, basis=basis)
    noisy = iq.run(circuit, basis="XX", noise="aria-1", exact=True)
    assert 0.3 < noisy.expectation("X[0]*X[1]").value < math.sin(0.4)


def test_operators_of_a_program() -> None:
    text = "param t\ncircuit a { qubit q; ry(t) q }\nhamiltonian h = Z[0] + 0.5*X[0]\n"
    program = iq.program(f"{text}energy {{ hamiltonian = h; ansatz = a; params = [0.4] }}\n", sweeps={"t": [0.4, 0.5]})
    wanted = [math.cos(t) + 0.5 * math.sin(t) for t in (0.4, 0.5)]
    assert [one.value for one in program.expectations()] == pytest.approx(wanted)
    ansatz = iq.program(text + "run a(1)".replace("a(1)", "a"), {"t": 0.4}).circuits["a"]
    assert ansatz.expectation(program.hamiltonians["h"]).value == pytest.approx(wanted[0])
    assert [one.value for one in iq.run(program)] == pytest.approx(wanted)
