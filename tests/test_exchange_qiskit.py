"""Circuits from and to qiskit: the same matrix with its phase, registers, parameters; checked by qiskit's own."""

from __future__ import annotations

import math
import warnings
from contextlib import suppress
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from programs import programs, symbolic_programs

import ionqdsl as iq
from ionqdsl.diagnostics import CompileError
from ionqdsl.ir.gates import GATES
from ionqdsl.language.library import standard_signatures

pytest.importorskip("qiskit")
from qiskit.circuit import (
    ClassicalRegister,
    ControlledGate,
    Gate,
    Parameter,
    ParameterVector,
    QuantumCircuit,
    QuantumRegister,
    library,
)
from qiskit.exceptions import QiskitError
from qiskit import quantum_info
from qiskit.quantum_info import Operator, Pauli, PauliList, SparsePauliOp, Statevector, random_unitary

warnings.filterwarnings("ignore", category=DeprecationWarning, module="qiskit")


def matrix(circuit: QuantumCircuit) -> np.ndarray:
    """Of a circuit without its measurements, qubit 0 leftmost."""
    plain = circuit.copy()
    plain.remove_final_measurements()
    return Operator(plain.reverse_bits()).data


@settings(max_examples=15)
@given(programs(widest=3))
def test_there_and_back(text: str) -> None:
    assume("nop" not in text)
    circuit = iq.Circuit.of(iq.program(text).runs[0])
    theirs = circuit.to_qiskit()
    back = iq.from_qiskit(theirs)
    assert np.allclose(circuit.unitary(), matrix(theirs), atol=1e-7)
    assert np.allclose(circuit.unitary(), back.unitary(), atol=1e-7)
    assert back.registers == circuit.registers


@settings(max_examples=10)
@given(symbolic_programs())
def test_parameters(text: str) -> None:
    circuit = iq.Circuit.of(next(iter(iq.program(text).circuits.values())))
    theirs = circuit.to_qiskit()
    values = {"t": 0.37, "s": -1.1}
    assert {one.name for one in theirs.parameters} == set(circuit.parameters)
    bound = theirs.assign_parameters({one: values[one.name] for one in theirs.parameters})
    mine = circuit.bind({name: values[name] for name in circuit.parameters}).unitary()
    assert np.allclose(mine, matrix(bound), atol=1e-7)
    back = iq.from_qiskit(theirs)
    assert np.allclose(mine, back.bind({name: values[name] for name in back.parameters}).unitary(), atol=1e-7)


def test_what_qiskit_has() -> None:
    """Gates by their definitions, controls on zeros, powers, a random unitary, phases that only a control shows."""
    theirs = QuantumCircuit(4, global_phase=0.3)
    theirs.append(library.CU3Gate(0.1, 0.2, 0.3), [2, 0])
    theirs.append(library.XGate().control(3, ctrl_state=5, annotated=False), [0, 3, 1, 2])
    theirs.append(library.RXGate(0.4).control(2, annotated=True), [1, 0, 3])
    theirs.append(library.U2Gate(0.1, 0.7), [3])
    theirs.append(library.iSwapGate(), [0, 2])
    theirs.append(library.ECRGate(), [3, 1])
    theirs.append(library.RCCXGate(), [0, 1, 2])
    theirs.append(library.QFTGate(3), [0, 1, 2])
    theirs.unitary(random_unitary(4, seed=1), [3, 0])
    theirs.append(library.PhaseGate(0.2), [1])
    inner = QuantumCircuit(1, global_phase=0.5)
    inner.h(0)
    theirs.append(inner.to_gate().control(1, annotated=False), [2, 1])
    assert np.allclose(iq.from_qiskit(theirs).unitary(), matrix(theirs), atol=1e-7)


def standard_gates() -> list[Any]:
    """Every unitary gate of qiskit's library, with some values for its parameters."""
    known = library.get_standard_gate_name_mapping().values()
    gates = [gate for gate in known if gate.name not in ("measure", "reset", "delay")]
    return [
        gate.base_class(*(0.13 + 0.1 * k for k in range(len(gate.params)))) if gate.params else gate for gate in gates
    ]


@pytest.mark.parametrize("gate", standard_gates(), ids=lambda gate: gate.name)
def test_every_gate_of_the_library(gate: Any) -> None:
    """As it is, inverted, and under a control, where a phase would show."""
    for one in (gate, gate.inverse(), gate.control(1, annotated=False), gate.control(2, ctrl_state=1, annotated=False)):
        theirs = QuantumCircuit(one.num_qubits)
        theirs.append(one, range(one.num_qubits))
        assert np.allclose(iq.from_qiskit(theirs).unitary(), matrix(theirs), atol=1e-8), one


class OddControl(ControlledGate):
    """A controlled gate whose definition does more than its base gate under its controls."""

    def __init__(self) -> None:
        super().__init__("odd", 3, [], num_ctrl_qubits=1, base_gate=library.SwapGate())

    def _define(self) -> None:
        self.definition = QuantumCircuit(3)
        self.definition.cswap(0, 1, 2)
        self.definition.cs(0, 1)


WIDE = [
    library.MCMTGate(library.XGate(), 1, 3),
    library.MCMTGate(library.RYGate(0.3), 2, 2, ctrl_state=2),
    library.MCXGate(4, ctrl_state=5),
    library.ModularAdderGate(2),
    library.HalfAdderGate(2),
    library.MultiplierGate(2, 2),
    library.PermutationGate([2, 0, 3, 1]),
    library.PermutationGate([2, 0, 1]).control(1, annotated=True),
    library.UCRZGate([0.1, 0.2, 0.3, 0.4]),
    library.UCGate([random_unitary(2, seed=k).data for k in range(4)]),
    library.DiagonalGate([1, 1j, -1, 1]),
    library.LinearFunction([[1, 1], [0, 1]]),
    OddControl(),
]


@pytest.mark.parametrize("gate", WIDE, ids=lambda gate: gate.name)
def test_gates_of_several_targets(gate: Any) -> None:
    """MCMTGate was once read as its first target alone: a controlled gate is more than its base gate there."""
    theirs = QuantumCircuit(gate.num_qubits)
    theirs.append(gate, range(gate.num_qubits)[::-1])
    assert np.allclose(iq.from_qiskit(theirs).unitary(), matrix(theirs), atol=1e-8)


def named(name: str, parameters: list[Any], body: QuantumCircuit) -> QuantumCircuit:
    """A gate that somebody calls like another."""
    gate = Gate(name, body.num_qubits, parameters)
    gate.definition = body
    circuit = QuantumCircuit(body.num_qubits)
    circuit.append(gate, range(body.num_qubits))
    return circuit


def test_a_name_makes_no_gate() -> None:
    """A gate called `s` that is an x; `zz` in radians; `gpi` without a word on its unit."""
    flip, turn = QuantumCircuit(1), QuantumCircuit(2)
    flip.x(0)
    turn.rzz(0.3, 0, 1)
    assert [op.gate for op in iq.from_qiskit(named("s", [], flip)).rows] == ["x"]
    assert [op.gate for op in iq.from_qiskit(named("barrier", [], flip)).rows] == ["x"]
    circuit = iq.from_qiskit(named("zz", [0.3], turn))
    assert (circuit.gateset, [op.gate for op in circuit.rows]) == ("qis", ["zz"])
    assert np.allclose(circuit.unitary(), matrix(named("zz", [0.3], turn)))
    in_turns = QuantumCircuit(2)
    in_turns.rzz(0.3 * 2 * math.pi, 0, 1)
    assert iq.from_qiskit(named("zz", [0.3], in_turns)).gateset == "native"
    opaque = QuantumCircuit(1)
    opaque.append(Gate("gpi", 1, [0.25]), [0])
    with pytest.raises(CompileError) as caught:
        iq.from_qiskit(opaque)
    assert caught.value.diagnostics[0].code == "QC1144"


OURS = sorted(
    {gate.name for gate in GATES.values()}
    | set(standard_signatures())
    | {"barrier", "measure", "reset", "gphase", "u0"}
)


@pytest.mark.parametrize("qubits", [1, 2, 3])
@pytest.mark.parametrize("parameters", [0, 1, 2, 3])
def test_any_name_at_any_arity_is_what_its_definition_says(qubits: int, parameters: int) -> None:
    """All names of ours for gates that are something else, open and bound, alone and under a control."""
    names = [Parameter(f"p{number}") for number in range(parameters)]
    body = QuantumCircuit(qubits, global_phase=0.2)
    body.sx(0)
    for number, name in enumerate(names):
        body.rx(name + 0.1, number % qubits)
    for number in range(qubits - 1):
        body.cx(number, number + 1)
    values = {name: 0.3 + 0.1 * number for number, name in enumerate(names)}

    def pairs(name: str) -> list[tuple[QuantumCircuit, QuantumCircuit]]:
        body.name = name
        found, gates = [], [body.to_gate()]
        with suppress(QiskitError, IndexError, ValueError):  # its own control takes some names at their word
            gates.append(gates[0].control(1, annotated=False))
        for gate in gates:
            theirs = QuantumCircuit(gate.num_qubits)
            theirs.append(gate, range(gate.num_qubits))
            found.append((theirs, theirs.assign_parameters(values)))
        return found

    wanted = [matrix(bound) for _, bound in pairs("nobody")]  # qiskit's own matrices of a gate called `barrier` are not
    for name in OURS:
        for (theirs, bound), expected in zip(pairs(name), wanted, strict=False):
            mine = iq.from_qiskit(theirs).bind({name.name: value for name, value in values.items()})
            assert np.allclose(mine.unitary(), expected, atol=1e-12), name
            if parameters and bound.num_qubits > qubits:  # qiskit binds the definition alone, which goes by names
                with pytest.raises(CompileError, match="got values after it got controls"):
                    iq.from_qiskit(bound)
                continue
            assert np.allclose(iq.from_qiskit(bound).unitary(), expected, atol=1e-12), name


@pytest.mark.parametrize("qubits", [1, 2, 3])
@pytest.mark.parametrize("parameters", [[], [0.3], [0.1, 0.2], [0.1, 0.2, 0.3], [np.eye(2)], ["a word"]])
def test_gates_without_a_definition_are_refused_by_any_name(qubits: int, parameters: list[Any]) -> None:
    """With a code and the name, never an error of another library."""

    class Opaque(Gate):
        def validate_parameter(self, parameter: Any) -> Any:
            return parameter

    for name in OURS:
        theirs = QuantumCircuit(qubits)
        theirs.append(Opaque(name, qubits, parameters), range(qubits))
        with pytest.raises(CompileError) as caught:
            iq.from_qiskit(theirs)
        assert caught.value.diagnostics[0].code == "QC1144"
        assert f"`{name}`" in caught.value.diagnostics[0].message


@pytest.mark.parametrize("other", ["h", "rx", "u", "gpi", "barrier", "id"])
def test_a_gate_of_the_library_under_another_name_is_itself(other: str) -> None:
    """`copy(name)` renames any gate of qiskit's."""
    for gate in (library.XGate(), library.RZXGate(0.3), library.CU3Gate(0.1, 0.2, 0.3), library.SwapGate()):
        theirs = QuantumCircuit(gate.num_qubits)
        theirs.append(gate.copy(other), range(gate.num_qubits))
        assert np.allclose(iq.from_qiskit(theirs).unitary(), matrix(theirs), atol=1e-12)


def test_native_gates_with_parameters_come_back() -> None:
    text = "param a\nparam b\ngateset native\nqubit q[2]\ngpi(2*a) q[0]\nms(a, b + 0.1, 0.2) q[0], q[1]\ngpi2(b) q[1]"
    circuit = iq.circuit(text)
    assert iq.from_qiskit(circuit.to_qiskit()) == circuit


@pytest.mark.parametrize(
    ("name", "instead"), [("θ", "theta"), ("my x", "my_20x"), ("pi", "pi_"), ("1a", "_1a"), ("θ[1]", "theta[1]")]
)
def test_a_name_no_parameter_can_have(name: str, instead: str) -> None:
    """The nearest that can stand in a program, with a warning; others stay, words of Python too."""
    theirs = QuantumCircuit(1)
    theirs.rx(Parameter(name), 0)
    theirs.ry(Parameter("lambda"), 0)
    with pytest.warns(iq.ProgramWarning, match="is renamed to"):
        circuit = iq.from_qiskit(theirs)
    assert circuit.parameters == (instead, "lambda")
    assert iq.circuit(str(circuit)) == circuit


def test_barriers_inside_a_gate_stay() -> None:
    """Left out, the two halves would be merged into nothing."""
    inner = QuantumCircuit(2)
    inner.h(1)
    inner.barrier(1)
    inner.h(1)
    theirs = QuantumCircuit(3)
    theirs.append(inner.to_instruction(), [2, 0])
    assert [(op.gate, op.qubits) for op in iq.from_qiskit(theirs).rows] == [("h", (0,)), ("barrier", (0,)), ("h", (0,))]


def test_registers_and_names() -> None:
    a, b, c, unused = (
        QuantumRegister(2, "a"),
        QuantumRegister(1, "b"),
        ClassicalRegister(3, "c"),
        ClassicalRegister(1, "u"),
    )
    theirs = QuantumCircuit(a, b, c, unused)
    th = ParameterVector("th", 2)
    theirs.rx(2 * th[1] + Parameter("phi") * math.pi, a[1])
    theirs.measure(b[0], c[0])
    theirs.measure(a[1], c[2])
    circuit = iq.from_qiskit(theirs)
    assert circuit.registers == (("c", (2, None, 1)),)
    assert circuit.wires == (("a", 2), ("b", 1))
    assert set(circuit.parameters) == {"th[1]", "phi"}
    assert [len(register) for register in circuit.to_qiskit().cregs] == [3]


STATES = [
    (2, [2**-0.5, 0, 0, 2**-0.5]),
    (2, [0.5, 0.5j, -0.5, 0.1 + 0.48989794855663565j]),
    (3, "0+r"),
    (3, 5),
    (1, [0, 1j]),
]


@pytest.mark.parametrize(("qubits", "state"), STATES)
def test_initialize_at_the_start_prepares_its_state(qubits: int, state: Any) -> None:
    """On its own, next to gates on other qubits, and inside an instruction; the state is qiskit's, up to the phase."""
    theirs = QuantumCircuit(qubits + 1)
    theirs.h(qubits)
    theirs.initialize(state, range(qubits))
    theirs.cx(0, qubits)
    wrapped = QuantumCircuit(qubits + 1)
    wrapped.append(theirs.to_instruction(), range(qubits + 1))
    plain = QuantumCircuit(qubits + 1)
    plain.h(qubits)
    plain.prepare_state(state, range(qubits))
    plain.cx(0, qubits)
    wanted = Statevector(plain).reverse_qargs().data
    for circuit in (theirs, wrapped):
        assert abs(np.vdot(wanted, iq.from_qiskit(circuit).state())) == pytest.approx(1)


def test_operators_act_on_the_qubits_that_they_name() -> None:
    """Qiskit's text has the first qubit at the right: read as ours, `ZI` would be another operator, without an error."""
    theirs = QuantumCircuit(3)
    theirs.ry(0.4, 0)
    theirs.ry(1.1, 1)
    theirs.cx(0, 2)
    theirs.rx(0.7, 2)
    ours = iq.from_qiskit(theirs)
    operator = SparsePauliOp.from_list([("IIZ", 0.5), ("YXI", -0.25), ("ZZX", 1.5), ("III", 2)])
    expected = Statevector(theirs).expectation_value(operator).real
    assert ours.expectation(operator).value == pytest.approx(expected)
    first = SparsePauliOp("IIZ")
    counted = iq.run(ours, shots=4000, seed=1).expectation(first)
    assert abs(counted.value - math.cos(0.4)) < 5 * counted.error
    turned = iq.Circuit(3).pauliexp(0.3, first, [0, 1, 2])
    assert turned.rows[0].operator == iq.Circuit(3).pauliexp(0.3, "Z[0]", [0, 1, 2]).rows[0].operator
    for single in (Pauli("-YXI"), PauliList(["YXI", "IIZ"])):
        expected = Statevector(theirs).expectation_value(SparsePauliOp(single)).real
        assert ours.expectation(single).value == pytest.approx(expected)
    if hasattr(SparsePauliOp, "from_sparse_observable"):
        projectors = quantum_info.SparseObservable.from_label("0+Z")
        expected = Statevector(theirs).expectation_value(projectors.as_paulis()).real
        assert ours.expectation(projectors).value == pytest.approx(expected)
    for wrong, said in (
        (SparsePauliOp("ZZ"), "for 2 qubits"),
        (SparsePauliOp(["ZZZ"], [1j]), "is not real"),
        (Pauli("iZZZ"), "is not real"),
        (SparsePauliOp(["ZZZ"], np.array([Parameter("a")])), "is not a number"),
        (Operator(np.eye(8)), "a SparsePauliOp can"),
    ):
        with pytest.raises(iq.UsageError, match=said):
            ours.expectation(wrong)


def test_a_minimisation_takes_operators_and_spellings_of_scipy() -> None:
    pytest.importorskip("scipy")
    ansatz = iq.Circuit(2).ry(iq.param("t"), 0)
    found = iq.minimize(SparsePauliOp.from_list([("IX", 1.0)]), ansatz, start=[0.3], method="l-bfgs-b")
    assert found.value == pytest.approx(-1)  # of X on q[0], the one that turns
    with pytest.raises(CompileError, match="did you mean `COBYLA`"):
        iq.minimize("XI", ansatz, start=[0.3], method="coblya")


def test_values_without_names_are_answered_with_a_line_that_names_them() -> None:
    circuit = iq.Circuit(1).rx(iq.param("t"), 0)
    for values in ([0.3], np.array([0.3])):
        with pytest.raises(iq.UsageError, match=r"dict\(zip\(circuit.parameters, values\)\)"):
            circuit.bind(values)
    assert circuit.bind(dict(zip(circuit.parameters, [0.3], strict=True))).parameters == ()
