"""Circuits from and to cirq: the same matrix with its phase, keys, symbols; checked by cirq's own."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from programs import programs, symbolic_programs

import ionqdsl as iq
from ionqdsl.diagnostics import CompileError

cirq = pytest.importorskip("cirq")
sympy = pytest.importorskip("sympy")


def matrix(circuit: cirq.Circuit) -> np.ndarray:
    plain = cirq.Circuit(op for op in circuit.all_operations() if not cirq.is_measurement(op))
    return plain.unitary(qubit_order=sorted(circuit.all_qubits()), qubits_that_should_be_present=circuit.all_qubits())


@settings(max_examples=12)
@given(programs(widest=3))
def test_there_and_back(text: str) -> None:
    assume("nop" not in text and " _," not in text)
    circuit = iq.Circuit.of(iq.program(text).runs[0])
    theirs = circuit.to_cirq()
    back = iq.from_cirq(theirs)
    assert np.allclose(circuit.unitary(), matrix(theirs), atol=1e-6)
    assert np.allclose(circuit.unitary(), back.unitary(), atol=1e-6)
    assert back.registers == circuit.registers


@settings(max_examples=8)
@given(symbolic_programs())
def test_symbols(text: str) -> None:
    circuit = iq.Circuit.of(next(iter(iq.program(text).circuits.values())))
    assume(not circuit.phase.symbols)
    theirs = circuit.to_cirq()
    values = {"t": 0.37, "s": -1.1}
    mine = circuit.bind({name: values[name] for name in circuit.parameters}).unitary()
    assert np.allclose(mine, matrix(cirq.resolve_parameters(theirs, values)), atol=1e-6)


GATES = [
    cirq.X**0.3, cirq.Y**-0.7, cirq.Z**0.25, cirq.Z**-0.5, cirq.H, cirq.H**0.4, cirq.S, cirq.T**-1, cirq.rx(0.3), cirq.ry(-0.4),
    cirq.rz(1.5), cirq.CX, cirq.CX**0.5, cirq.CZ, cirq.CZ**-0.3, cirq.SWAP, cirq.SWAP**0.5, cirq.ISWAP, cirq.ISWAP**0.3, cirq.XX**0.2,
    cirq.YY**1.3, cirq.ZZ**-0.4, cirq.CCX, cirq.CCZ, cirq.CSWAP, cirq.PhasedXPowGate(phase_exponent=0.2, exponent=0.7), cirq.I,
    cirq.FSimGate(0.2, 0.3), cirq.ControlledGate(cirq.H**0.3), cirq.ControlledGate(cirq.Y, control_values=[0]),
    cirq.ControlledGate(cirq.PhasedXPowGate(phase_exponent=0.2, exponent=0.7)), cirq.ms(0.3), cirq.CCX**0.5,
    cirq.MatrixGate(cirq.testing.random_unitary(4, random_state=1)), cirq.ControlledGate(cirq.rz(0.3)), cirq.givens(0.3),
    cirq.XPowGate(exponent=0.3, global_shift=0.2), cirq.ZPowGate(exponent=1, global_shift=0.25),
]  # fmt: skip


@pytest.mark.parametrize("gate", GATES, ids=str)
def test_gates(gate: cirq.Gate) -> None:
    """With the phase, which a control would show."""
    count = cirq.num_qubits(gate)
    circuit = iq.from_cirq(cirq.Circuit(gate.on(*cirq.LineQubit.range(count))))
    assert np.allclose(circuit.unitary(), cirq.unitary(gate), atol=1e-7)


@pytest.mark.parametrize("name", ["gpi", "ms", "zz", "X", "Rx"])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_gates_of_ones_own(name: str, count: int) -> None:
    """By a matrix or by a decomposition, whatever their class is called and derived from; neither is refused."""
    wanted = cirq.testing.random_unitary(2**count, random_state=count)

    def made(base: type, **methods: object) -> cirq.Gate:
        return type(name, (base,), methods)()

    by_matrix = made(cirq.Gate, _num_qubits_=lambda _: count, _unitary_=lambda _: wanted)
    by_parts = made(
        cirq.Gate,
        _num_qubits_=lambda _: count,
        _decompose_=lambda _, qubits: [cirq.rx(0.3)(qubits[0]), *(cirq.CX(qubits[0], q) for q in qubits[1:])],
    )
    unknown = made(cirq.Gate, _num_qubits_=lambda _: count)
    qubits = cirq.LineQubit.range(count)
    for gate in (by_matrix, by_parts)[count > 2 :]:
        circuit = iq.from_cirq(cirq.Circuit(gate.on(*qubits)))
        assert np.allclose(circuit.unitary(), cirq.unitary(gate), atol=1e-7)
    for gate in (unknown, by_matrix)[: 2 if count > 2 else 1]:
        with pytest.raises(CompileError) as caught:
            iq.from_cirq(cirq.Circuit(gate.on(*qubits)))
        assert caught.value.diagnostics[0].code == "QC1144"


def test_a_class_derived_from_a_known_one_is_its_own() -> None:
    """An X that is a phase."""

    class Mine(cirq.XPowGate):
        def _unitary_(self) -> np.ndarray:
            return np.diag([1, 1j])

        def _decompose_(self, qubits: tuple[cirq.Qid, ...]) -> list[cirq.Operation]:
            return [cirq.S(qubits[0])]

    circuit = iq.from_cirq(cirq.Circuit(Mine().on(cirq.LineQubit(0))))
    assert np.allclose(circuit.unitary(), np.diag([1, 1j]))


def test_keys_and_names() -> None:
    a, b = cirq.NamedQubit("alice"), cirq.NamedQubit("bob")
    t = sympy.Symbol("t")
    theirs = cirq.Circuit(cirq.rx(2 * t).on(b), cirq.CX(b, a), cirq.measure(b, a, key="out"))
    circuit = iq.from_cirq(theirs)
    assert circuit.wires == (("alice", None), ("bob", None))
    assert circuit.registers == (("out", (1, 0)),)
    assert circuit.parameters == ("t",)
    assert str(circuit[0].angles[0]) == "Angle(t * (0 turns + 2 rad))"


def test_refused() -> None:
    q = cirq.LineQubit(0)
    circuits = [
        cirq.Circuit(cirq.depolarize(0.1).on(q)),
        cirq.Circuit(cirq.X(q), cirq.wait(q)),
        cirq.Circuit(cirq.IdentityGate(qid_shape=(3,)).on(cirq.LineQid(0, 3))),
    ]
    for theirs in circuits:
        with pytest.raises(CompileError) as caught:
            iq.from_cirq(theirs)
        assert caught.value.diagnostics[0].code == "QC1144"
    with pytest.raises(CompileError):
        iq.Circuit(2).register("out", [1, None]).to_cirq()


def test_a_name_no_parameter_can_have() -> None:
    """A letter and its name are two parameters."""
    q = cirq.LineQubit(0)
    theirs = cirq.Circuit(cirq.X(q) ** sympy.Symbol("θ"), cirq.Z(q) ** sympy.Symbol("theta"))
    with pytest.warns(iq.ProgramWarning, match="`θ` is renamed to `theta_`"):
        circuit = iq.from_cirq(theirs)
    assert [op.angles[0].symbols for op in circuit.rows] == [("theta_",), ("theta",)]


def test_a_decomposition_that_leaves_something_out_is_refused() -> None:
    """cirq's circuit for such a matrix misses it by some 1e-8, as it takes the interaction for nothing."""
    near = cirq.unitary(cirq.ISWAP**1e-8)
    with pytest.raises(CompileError) as refusal:
        iq.from_cirq(cirq.Circuit(cirq.MatrixGate(near).on(*cirq.LineQubit.range(2))))
    assert refusal.value.diagnostics[0].code == "QC1144"
