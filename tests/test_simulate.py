"""The local simulator's states, checked by formulas derived by hand, by dense exponentials, by qiskit and by cirq."""

import math
from fractions import Fraction

import numpy as np
import pytest
from by_hand import FIXED, X, Y, Z, axis, exponential, kron, pauli_sum, product
from hypothesis import given, settings
from hypothesis import strategies as st

from ionqdsl.diagnostics import CompileError
from ionqdsl.diagnostics.source import Source, Span
from ionqdsl.ir.angle import ZERO, Angle
from ionqdsl.ir.circuit import FlatCircuit, Op, Operator
from ionqdsl.ir.gates import GATES
from ionqdsl.simulation import memory, simulate, statevector
from ionqdsl.simulation.draws import drawn
from ionqdsl.simulation.simulate import probabilities, run, state, unitary
from tests.random_circuits import circuit


def rad(value):
    return Angle(0, value)


def turn(value):
    return Angle(value)


def gpi(phase):
    return axis(2 * math.pi * phase)


# --- known states ----------------------------------------------------------------------------------------------------


def test_the_first_qubit_is_the_leftmost():
    assert run(circuit(3, Op("x", (0,))), 10).counts == {"100": 10}
    assert run(circuit(3, Op("x", (2,)), Op("cnot", (2, 1))), 10).counts == {"011": 10}
    assert np.argmax(abs(state(circuit(4, Op("x", (1,)))))) == 0b0100


def test_ghz():
    rows = [Op("h", (0,)), *(Op("cnot", (i, i + 1)) for i in range(4))]
    expected = np.zeros(32, complex)
    expected[0] = expected[31] = math.sqrt(0.5)
    assert np.allclose(state(circuit(5, *rows)), expected, atol=1e-15)


def test_native_bell_has_the_phase_of_the_matrix():
    bell = state(circuit(2, Op("ms", (0, 1), (ZERO, ZERO, turn(Fraction(1, 4))))))
    assert np.allclose(bell, [math.sqrt(0.5), 0, 0, -1j * math.sqrt(0.5)], atol=1e-15)


@pytest.mark.parametrize("width", [1, 2, 5])
def test_fourier_transform(width):
    """Catches a wrong bit order of states, unitaries, controlled phases or swaps."""
    rows = []
    for i in range(width):
        rows.append(Op("h", (i,)))
        rows += [Op("p", (j, i), (turn(Fraction(1, 2 ** (j - i + 1))),), 1) for j in range(i + 1, width)]
    rows += [Op("swap", (i, width - 1 - i)) for i in range(width // 2)]
    size = 2**width
    fourier = np.exp(2j * math.pi * np.outer(np.arange(size), np.arange(size)) / size) / math.sqrt(size)
    assert np.allclose(unitary(circuit(width, *rows)), fourier, atol=1e-13)


def test_global_phase_counts():
    flipped = circuit(1, Op("x", (0,)), phase=Angle(Fraction(1, 4)))
    assert np.allclose(state(flipped), [0, 1j], atol=1e-15)
    assert np.allclose(unitary(flipped), [[0, 1j], [1j, 0]], atol=1e-15)


def test_barriers_and_waits_do_nothing():
    rows = [Op("h", (0,)), Op("barrier", (0, 1)), Op("nop", (), (rad(12.5),)), Op("h", (0,))]
    assert np.allclose(unitary(circuit(2, *rows)), np.eye(4), atol=1e-15)


def test_no_qubits_and_no_gates():
    assert state(circuit(0)).tolist() == [1]
    assert unitary(circuit(0)).tolist() == [[1]]
    assert run(circuit(2), 5).counts == {"00": 5}


# --- every gate against its definition -------------------------------------------------------------------------------

A, B, C = 0.7312, -0.2943, 0.1234

DEFINED = {
    **{name: (Op(name, (0,) if len(matrix) == 2 else (0, 1)), matrix) for name, matrix in FIXED.items()},
    "rx": (Op("rx", (0,), (rad(A),)), exponential(X, A / 2)),
    "ry": (Op("ry", (0,), (rad(A),)), exponential(Y, A / 2)),
    "rz": (Op("rz", (0,), (rad(A),)), exponential(Z, A / 2)),
    "p": (Op("p", (0,), (rad(A),)), np.diag([1, np.exp(1j * A)])),
    "cnot": (Op("cnot", (0, 1)), np.eye(4)[[0, 1, 3, 2]]),
    "xx": (Op("xx", (0, 1), (rad(A),)), exponential(product("XX"), A / 2)),
    "yy": (Op("yy", (0, 1), (rad(A),)), exponential(product("YY"), A / 2)),
    "zz": (Op("zz", (0, 1), (rad(A),)), exponential(product("ZZ"), A / 2)),
    "pauliexp": (
        Op("pauliexp", (0, 1), (rad(A),), 0, 0, Operator((((("X", 0), ("Y", 1)), Fraction(1, 2)),))),
        exponential(product("XY"), A / 2),
    ),
    "gpi": (Op("gpi", (0,), (turn(A),)), gpi(A)),
    "gpi2": (Op("gpi2", (0,), (turn(A),)), (np.eye(2) - 1j * gpi(A)) / math.sqrt(2)),
    "ms": (Op("ms", (0, 1), (turn(A), turn(B), turn(C))), exponential(kron(gpi(A), gpi(B)), math.pi * C)),
    "zz_native": (Op("zz_native", (0, 1), (turn(C),)), exponential(product("ZZ"), math.pi * C)),
    "nop": (Op("nop", (), (rad(3),)), np.eye(2)),
}


def test_every_gate_is_defined_here():
    assert DEFINED.keys() == GATES.keys()


def test_whole_table_by_the_definitions():
    for key, (op, expected) in DEFINED.items():
        width = expected.shape[0].bit_length() - 1
        assert np.allclose(unitary(circuit(width, op)), expected, atol=1e-14), key


@pytest.mark.parametrize("key", sorted(DEFINED.keys() - {"nop"}))
@pytest.mark.parametrize("controls", [1, 2])
def test_controls_act_on_ones_only(key, controls):
    """Catches a lost relative phase: the controlled gate is the gate itself where all controls are 1."""
    op, inner = DEFINED[key]
    qubits = (*range(controls), *(qubit + controls for qubit in op.qubits))
    width = len(qubits)
    expected = np.eye(2**width, dtype=complex)
    expected[-len(inner) :, -len(inner) :] = inner
    assert np.allclose(unitary(circuit(width, op._replace(qubits=qubits, controls=controls))), expected, atol=1e-14)


@pytest.mark.parametrize("key", sorted(key for key, (op, _) in DEFINED.items() if len(op.qubits) == 2))
def test_operands_keep_their_order_and_places(key):
    """Catches operands or controls taken in the order of their numbers: a (2, 0) gate with control 1 of 4 qubits."""
    op, inner = DEFINED[key]
    found = unitary(circuit(4, op._replace(qubits=(1, 2, 0), controls=1)))
    expected = np.zeros((16, 16), complex)
    for column in range(16):
        bits = [column >> 3 & 1, column >> 2 & 1, column >> 1 & 1, column & 1]
        if not bits[1]:
            expected[column, column] = 1
            continue
        for row in range(4):
            bits[2], bits[0] = row >> 1, row & 1
            target = bits[0] << 3 | bits[1] << 2 | bits[2] << 1 | bits[3]
            expected[target, column] = inner[row, (column >> 1 & 1) << 1 | column >> 3 & 1]
    assert np.allclose(found, expected, atol=1e-14)


# --- exponentials of operators ---------------------------------------------------------------------------------------


COMMUTING = Operator(
    (((), 0.7), ((("X", 0), ("X", 1)), 0.3), ((("Y", 0), ("Y", 1)), -1.1), ((("Z", 0), ("Z", 1)), Fraction(1, 3)))
)
CLASHING = Operator((((("X", 0),), 0.8), ((("Y", 1), ("Z", 2)), 0.4), ((("Z", 0), ("Z", 1)), -1.3)))


@pytest.mark.parametrize("time", [0.37, -1.9])
@pytest.mark.parametrize("operator", [COMMUTING, CLASHING], ids=["commuting", "clashing"])
def test_exponentials_are_exact(operator, time):
    op = Op("pauliexp", (0, 1, 2), (rad(time),), 0, 0, operator)
    assert np.allclose(unitary(circuit(3, op)), exponential(pauli_sum(operator.terms, 3), time), atol=1e-13)


@pytest.mark.parametrize("time", [40.0, -12345.6])
def test_long_times_are_exact_and_too_long_ones_are_refused(time):
    """By the eigenvectors; a series would take as many steps as the time is long."""
    op = Op("pauliexp", (3, 2, 0, 1), (rad(time),), 1, 0, CLASHING)
    expected = np.eye(16, dtype=complex)
    order = [
        0b1000 * (k >> 1 & 1) | 0b100 * (k & 1) | 0b10 * (k >> 2 & 1) | 1 for k in range(8)
    ]  # q[2], q[0], q[1]; q[3]
    expected[np.ix_(order, order)] = exponential(pauli_sum(CLASHING.terms, 3), time)
    assert np.allclose(unitary(circuit(4, op)), expected, atol=1e-10)
    with pytest.raises(CompileError, match="QC0669"):
        unitary(circuit(4, op._replace(angles=(rad(1e8),))))
    wide = Operator(tuple((((letter, k),), 1) for k in range(11) for letter in "XZ"))
    with pytest.raises(CompileError, match="QC0669"):
        state(circuit(11, Op("pauliexp", tuple(range(11)), (rad(1000),), 0, 0, wide)))


def test_an_identity_term_is_a_phase_under_control():
    op = Op("pauliexp", (0, 1), (rad(2),), 1, 0, Operator((((), 0.25),)))
    assert np.allclose(unitary(circuit(2, op)), np.diag([1, 1, np.exp(-0.5j), np.exp(-0.5j)]), atol=1e-15)


@pytest.mark.parametrize("steps", [1, 2, 7])
def test_trotter_steps_take_the_terms_in_order(steps):
    op = Op("pauliexp", (0, 1, 2), (rad(0.9),), 0, 0, CLASHING._replace(steps=steps))
    step = np.eye(8)
    for term in CLASHING.terms:
        step = exponential(pauli_sum([term], 3), 0.9 / steps) @ step
    assert np.allclose(unitary(circuit(3, op)), np.linalg.matrix_power(step, steps), atol=1e-13)


# --- random programs -------------------------------------------------------------------------------------------------

ONE = ["x", "not", "y", "z", "h", "s", "si", "t", "ti", "v", "vi", "rx", "ry", "rz", "p", "gpi", "gpi2"]
TWO = ["cnot", "swap", "xx", "yy", "zz", "ms", "zz_native"]


@st.composite
def programs(draw, keys=(*ONE, *TWO), min_width=2, max_width=4, most=20, most_controls=2):
    width = draw(st.integers(min_width, max_width))
    rows = []
    for _ in range(draw(st.integers(0, most))):
        gate = GATES[draw(st.sampled_from([key for key in keys if GATES[key].operands <= width]))]
        controls = draw(st.integers(0, min(most_controls, width - gate.operands)))
        qubits = tuple(draw(st.permutations(range(width)))[: gate.operands + controls])
        numbers = draw(st.lists(st.floats(-3, 3), min_size=len(gate.parameters), max_size=len(gate.parameters)))
        make = turn if gate.gateset == "native" else rad
        rows.append(Op(gate.key, qubits, tuple(map(make, numbers)), controls))
    return circuit(width, *rows, phase=Angle(draw(st.fractions(-1, 1, max_denominator=16))))


@settings(max_examples=60, deadline=None)
@given(programs())
def test_states_are_first_columns_of_unitary_matrices(program):
    matrix = unitary(program)
    assert np.allclose(matrix @ matrix.conj().T, np.eye(len(matrix)), atol=1e-12)
    assert np.allclose(state(program), matrix[:, 0], atol=1e-12)
    assert np.allclose(probabilities(program), abs(matrix[:, 0]) ** 2, atol=1e-12)


@settings(max_examples=30, deadline=None)
@given(programs(min_width=7, max_width=8, most=12))
def test_cutting_into_pieces_changes_nothing(program):
    """Large states are worked on piece by piece. Catches pieces that are left out or taken twice."""
    whole = state(program)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(statevector, "CACHED", 16)
        patch.setattr(statevector, "SINGLE", 256)
        assert np.allclose(state(program), whole, atol=1e-13)


@settings(max_examples=40, deadline=None)
@given(programs())
def test_rows_one_by_one_are_the_rows_together(program):
    """Runs of one-qubit gates are multiplied together first. Catches runs that slip past a gate they must not pass."""
    states = statevector.basis_state(program.width)
    for op in program.rows:
        statevector.apply(states, op)
    phase = np.exp(2j * math.pi * program.phase.in_turns())
    assert np.allclose(states[0] * phase, state(program), atol=1e-13)


QISKIT = {"not": "x", "si": "sdg", "ti": "tdg", "v": "sx", "vi": "sxdg", "cnot": "cx"}
QISKIT |= {"xx": "rxx", "yy": "ryy", "zz": "rzz", "zz_native": "rzz"}


@settings(max_examples=15, deadline=None)
@given(programs(keys=sorted({*ONE, *TWO} - {"gpi", "gpi2", "ms"})))
def test_qiskit_agrees(program):
    """Same unitary including global and relative phases, with any number of controls."""
    pytest.importorskip("qiskit")
    from qiskit import QuantumCircuit
    from qiskit.circuit.library import get_standard_gate_name_mapping
    from qiskit.quantum_info import Operator as Matrix

    names = get_standard_gate_name_mapping()
    theirs = QuantumCircuit(program.width, global_phase=2 * math.pi * program.phase.in_turns())
    for op in program.rows:
        angles = [2 * math.pi * angle.in_turns() for angle in op.angles]  # zz_native: exp(-i pi t ZZ) = rzz(2 pi t)
        gate = type(names[QISKIT.get(op.gate, op.gate)])(*angles)
        theirs.append(gate.control(op.controls, annotated=False) if op.controls else gate, list(op.qubits))
    assert np.allclose(unitary(program), Matrix(theirs.reverse_bits()).data, atol=1e-9)


@settings(max_examples=15, deadline=None)
@given(programs())
def test_cirq_agrees(program):
    cirq = pytest.importorskip("cirq")
    wires = cirq.LineQubit.range(program.width)
    constant = {"x": cirq.X, "not": cirq.X, "y": cirq.Y, "z": cirq.Z, "h": cirq.H, "s": cirq.S, "si": cirq.S**-1}
    constant |= {"t": cirq.T, "ti": cirq.T**-1, "v": cirq.X**0.5, "vi": cirq.X**-0.5, "cnot": cirq.CNOT}
    constant |= {"swap": cirq.SWAP}
    made = {
        "rx": cirq.rx,
        "ry": cirq.ry,
        "rz": cirq.rz,
        "p": lambda a: cirq.ZPowGate(exponent=a / math.pi),
        "gpi": lambda p: cirq.PhasedXPowGate(phase_exponent=2 * p),
        "gpi2": lambda p: cirq.PhasedXPowGate(phase_exponent=2 * p, exponent=0.5, global_shift=-0.5),
        "xx": lambda a: cirq.XXPowGate(exponent=a / math.pi, global_shift=-0.5),
        "yy": lambda a: cirq.YYPowGate(exponent=a / math.pi, global_shift=-0.5),
        "zz": lambda a: cirq.ZZPowGate(exponent=a / math.pi, global_shift=-0.5),
        "zz_native": lambda t: cirq.ZZPowGate(exponent=2 * t, global_shift=-0.5),
    }

    def gate_of(op):
        if op.gate in constant:
            return constant[op.gate]
        native = GATES[op.gate].gateset == "native"
        numbers = [angle.in_turns() if native else angle.in_radians() for angle in op.angles]
        if op.gate != "ms":
            return made[op.gate](*numbers)
        frame = np.kron(*(cirq.unitary(cirq.Z ** (2 * phase)) for phase in numbers[:2]))
        return cirq.MatrixGate(frame @ cirq.unitary(cirq.ms(math.pi * numbers[2])) @ frame.conj().T)

    operations = [
        gate_of(op)
        .on(*(wires[q] for q in op.qubits[op.controls :]))
        .controlled_by(*(wires[q] for q in op.qubits[: op.controls]))
        for op in program.rows
    ]
    theirs = cirq.Circuit(operations).unitary(qubit_order=wires, qubits_that_should_be_present=wires)
    theirs = theirs * np.exp(2j * math.pi * program.phase.in_turns())
    assert np.allclose(unitary(program), theirs, atol=1e-7)


# --- shots -----------------------------------------------------------------------------------------------------------

BELL = circuit(2, Op("h", (0,)), Op("cnot", (0, 1)))


def test_the_same_seed_gives_the_same_counts():
    first, again, other = (run(BELL, 1000, seed).counts for seed in (7, 7, 8))
    assert first == again
    assert first != other
    assert sum(first.values()) == 1000
    assert first.keys() == {"00", "11"}
    assert run(BELL, 100, -5).counts == run(BELL, 100, -5).counts


def test_shots_follow_the_probabilities():
    """20,000 shots, three rotations: every count within five standard deviations."""
    tilted = circuit(3, *(Op("ry", (i,), (rad(0.4 + i),)) for i in range(3)))
    result = run(tilted, 20_000, seed=1)
    for bits, share in result.probabilities.items():
        assert abs(result.counts.get(bits, 0) - 20_000 * share) < 5 * math.sqrt(20_000 * share * (1 - share))


def test_ideal_probabilities_are_exact_whatever_the_shots():
    result = run(BELL, 3, seed=1)
    assert result.is_exact
    assert result.probabilities == pytest.approx({"00": 0.5, "11": 0.5}, abs=1e-15)
    assert run(BELL, 0).counts == {}
    assert run(BELL, 0).probabilities == pytest.approx({"00": 0.5, "11": 0.5}, abs=1e-15)


def test_impossible_outcomes_are_never_drawn():
    """Catches a draw of exactly 0, or rounding at the end of the cumulated sum."""
    sure = circuit(3, Op("x", (1,)))
    for total in np.random.default_rng(1).uniform(0.9, 1.1, 1000):
        assert drawn(np.array([0, total, 0]), Edges().random(3)).tolist() == [1, 1, 1]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(simulate.np.random, "default_rng", lambda _: Edges())
        assert run(sure, 3).counts == {"010": 3}


class Edges:
    """A generator that draws the ends of its range."""

    def random(self, shots):
        return np.array([0.0, 1 - 2**-53, 0.5])[:shots]


# --- refusals --------------------------------------------------------------------------------------------------------


def code_of(error):
    (diagnostic,) = error.value.diagnostics
    assert diagnostic.render()
    return diagnostic.code


def test_unbound_parameters_are_named_at_their_first_gate():
    source = Source("rx(theta) q\nrz(phi) q\n")
    rows = [
        Op("h", (0,)),
        Op("rx", (0,), (Angle.of("theta", radians=1),)),
        Op("rz", (0,), (Angle.of("phi", radians=2),)),
    ]
    program = FlatCircuit(1, rows=rows, origins=[None, Span(source, 0, 11), Span(source, 12, 21)])
    with pytest.raises(CompileError) as error:
        state(program)
    assert code_of(error) == "QC0652"
    assert "`theta`, `phi`" in error.value.diagnostics[0].message
    assert error.value.diagnostics[0].place == Span(source, 0, 11)


def test_an_unbound_global_phase_is_refused_too():
    with pytest.raises(CompileError, match="phi"):
        run(circuit(1, phase=Angle.of("phi", radians=1)), 10)


@pytest.mark.parametrize("ask", [state, probabilities, unitary])
def test_thirty_qubits_are_too_many(ask):
    with pytest.raises(CompileError) as error:
        ask(circuit(30, *(Op("ry", (qubit,), (Angle.of(1, radians=1),)) for qubit in range(30))))
    assert code_of(error) == "QC0650"
    assert "30" in error.value.diagnostics[0].message
    assert "29" in error.value.diagnostics[0].message


def test_too_little_memory_is_told_in_numbers(monkeypatch):
    monkeypatch.setattr(memory, "free_memory", lambda: 100 << 20)
    with pytest.raises(CompileError) as error:
        run(circuit(24, Op("h", (0,))), 10)
    assert code_of(error) == "QC0651"
    assert "512.0 MiB" in error.value.diagnostics[0].message
    assert "100.0 MiB" in error.value.diagnostics[0].message
    with pytest.raises(CompileError) as error:
        unitary(circuit(12))
    assert code_of(error) == "QC0653"
    assert "unitary" in error.value.diagnostics[0].message
    assert run(circuit(20), 10).counts == {"0" * 20: 10}


def test_memory_is_read_from_the_system():
    assert 1 << 20 < memory.free_memory() < 1 << 50


@pytest.mark.parametrize("shots", [-1, -1000])
def test_negative_shots(shots):
    with pytest.raises(CompileError) as error:
        run(BELL, shots)
    assert code_of(error) == "QC0657"


def test_numpy_does_not_come_with_results():
    """Reading results must not import numpy: catches an import at the top of results.py or the histogram."""
    import subprocess
    import sys

    code = "import sys, ionqdsl.simulation.results, ionqdsl.emit.histogram; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
