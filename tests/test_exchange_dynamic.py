"""Circuits of qiskit and cirq that measure, reset and decide before their end, both ways.

Random circuits made by the libraries themselves have the distributions that the libraries' own means give: a walk
through all branches with qiskit's matrices, and cirq's simulator. Would catch bits in the wrong order, a condition that
holds at other outcomes, a branch that acts too often, and a register that loses its name.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from typing import Any

import pytest
from dynamic_programs import far, registers, text
from hypothesis import given, settings
from hypothesis import strategies as st
from library_programs import cirq_outcomes, in_cirq, in_qiskit, qiskit_outcomes

import ionqdsl as iq
from ionqdsl.diagnostics import CompileError
from ionqdsl.ir.circuit import MEASURE, RESET, FlatCircuit, Slot

SEEDS = st.integers(0, 10**6)

pytestmark = [
    pytest.mark.filterwarnings("ignore::ionqdsl.ProgramWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:qiskit"),
]


def in_order_of_names(circuit: FlatCircuit) -> dict[tuple[str, ...], float]:
    """The joint distribution of the registers, as `cirq_outcomes` gives it."""
    order = sorted(range(len(circuit.registers)), key=lambda place: circuit.registers[place][0])
    return {tuple([key[place] for place in order]): share for key, share in registers(circuit).items()}


def refused(code: str, convert: Callable[[], Any]) -> None:
    with pytest.raises(CompileError) as caught:
        convert()
    assert [found.code for found in caught.value.diagnostics] == [code]


# --- qiskit ----------------------------------------------------------------------------------------------------------


@given(SEEDS)
@settings(max_examples=30)
def test_qiskit_circuits_mean_what_qiskit_says(seed: int) -> None:
    pytest.importorskip("qiskit", minversion="2.0")
    theirs = in_qiskit(seed)
    circuit = iq.from_qiskit(theirs)
    assert far(registers(circuit), qiskit_outcomes(theirs)) < 1e-9
    assert iq.circuit(str(circuit)) == circuit


@given(SEEDS)
@settings(max_examples=25)
def test_circuits_written_to_qiskit_mean_the_same_there(seed: int) -> None:
    pytest.importorskip("qiskit")
    circuit = iq.circuit(text(seed, has_branches=True))
    theirs = circuit.to_qiskit()
    assert [(register.name, register.size) for register in theirs.cregs] == [
        (name, len(slots)) for name, slots in circuit.registers
    ]
    assert far(registers(circuit), qiskit_outcomes(theirs)) < 1e-9
    back = iq.from_qiskit(theirs)
    assert far(registers(circuit), registers(back)) < 1e-9
    assert iq.from_qiskit(back.to_qiskit()) == back


def test_bit_i_of_a_register_of_qiskit_is_slot_i() -> None:
    """Qiskit would print `011`, ionqdsl prints `110`; as a number in a condition it is 3."""
    pytest.importorskip("qiskit")
    from qiskit.circuit import ClassicalRegister, QuantumCircuit, QuantumRegister

    theirs = QuantumCircuit(QuantumRegister(3, "q"), QuantumRegister(1, "t"), ClassicalRegister(3, "c"))
    theirs.x([0, 1])
    theirs.measure([0, 1, 2], [0, 1, 2])
    with theirs.if_test((theirs.cregs[0], 3)):
        theirs.x(3)
    for qubit in range(4):
        theirs.reset(qubit) if qubit < 3 else None
    theirs.add_register(ClassicalRegister(1, "d"))
    theirs.measure(3, 3)
    circuit = iq.from_qiskit(theirs)
    assert registers(circuit) == pytest.approx({("110", "1"): 1})
    assert circuit.registers == (("c", (Slot("c", 0), Slot("c", 1), Slot("c", 2))), ("d", (3,)))
    assert [op.slot for op in circuit.to_qiskit() and circuit.rows if op.slot] == [("c", 0), ("c", 1), ("c", 2)]


def test_what_qiskit_wraps_is_opened_with_its_bits() -> None:
    """An instruction that measures, twice, on other bits; its own register counts for nothing."""
    pytest.importorskip("qiskit")
    from qiskit.circuit import QuantumCircuit

    inner = QuantumCircuit(2, 2, name="gpi")
    inner.h(1)
    inner.measure(1, 0)
    inner.reset(1)
    inner.x(1)
    inner.measure(1, 1)
    theirs = QuantumCircuit(3, 4)
    theirs.append(inner.to_instruction(), [2, 0], [3, 1])
    theirs.append(inner.to_instruction(), [0, 1], [0, 2])
    circuit = iq.from_qiskit(theirs)
    assert [(op.gate, op.qubits[0], op.slot and op.slot.place) for op in circuit.rows if op.gate in (MEASURE, RESET)] == [
        (MEASURE, 0, 3), (RESET, 0, None), (MEASURE, 0, 1), (MEASURE, 1, 0), (RESET, 1, None), (MEASURE, 1, 2)]  # fmt: skip
    assert far(registers(circuit), {("0111",): 0.25, ("0110",): 0.25, ("1111",): 0.25, ("1110",): 0.25}) < 1e-9


def test_preparing_a_state_again_resets_first() -> None:
    pytest.importorskip("qiskit")
    from qiskit.circuit import QuantumCircuit

    theirs = QuantumCircuit(2, 3)
    theirs.h(0)
    theirs.cx(0, 1)
    theirs.measure(0, 0)
    theirs.initialize([0.6, 0.8], [0])
    theirs.measure([0, 1], [1, 2])
    expected = {("000",): 0.18, ("010",): 0.32, ("101",): 0.18, ("111",): 0.32}
    assert registers(iq.from_qiskit(theirs)) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("name", "is_written", "instead"),
    [("my-bits", True, "my_bits"), ("output", True, "output_"), ("output", False, "output"), ("e", False, "e_"),
     ("θ", True, "theta"), ("t", True, "t_"), ("t", False, "t")],
)  # fmt: skip
def test_a_register_keeps_its_name_where_a_program_can_have_it(name: str, is_written: bool, instead: str) -> None:
    """`t` is a parameter, which a register in the middle of the circuit would hide."""
    pytest.importorskip("qiskit")
    from qiskit.circuit import ClassicalRegister, Parameter, QuantumCircuit, QuantumRegister

    theirs = QuantumCircuit(QuantumRegister(1, "q"), ClassicalRegister(1, name))
    theirs.rx(Parameter("t"), 0)
    theirs.measure(0, 0)
    if is_written:
        theirs.h(0)
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always", iq.ProgramWarning)
        circuit = iq.from_qiskit(theirs)
    assert [register for register, _ in circuit.registers] == [instead]
    assert any(f"`{name}` is renamed to `{instead}`" in str(one.message) for one in seen) == (name != instead)
    assert iq.circuit(str(circuit)) == circuit


def qiskit_refusals() -> list[tuple[str, Any]]:
    from qiskit.circuit import ClassicalRegister, Clbit, QuantumCircuit, QuantumRegister, library
    from qiskit.circuit.classical import expr, types

    def of(build: Callable[[Any], Any]) -> Any:
        circuit = QuantumCircuit(2, 12)
        circuit.h(0)
        circuit.measure(0, 0)
        build(circuit)
        return circuit

    def loop(circuit: Any) -> None:
        with circuit.while_loop((circuit.clbits[0], 1)):
            circuit.x(0)

    def jump(circuit: Any) -> None:
        with circuit.for_loop(range(3)), circuit.if_test((circuit.clbits[0], 1)):
            circuit.break_loop()

    def branch(condition: Callable[[Any], Any], inside: Callable[[Any], Any]) -> Callable[[Any], None]:
        def build(circuit: Any) -> None:
            with circuit.if_test(condition(circuit)):
                inside(circuit)

        return build

    def bit(circuit: Any) -> Any:
        return circuit.clbits[0], 1

    def variable(circuit: Any) -> Any:
        return circuit.add_var("v", expr.lift(1, types.Uint(2)))

    def shared() -> Any:
        first = ClassicalRegister(1, "a")
        circuit = QuantumCircuit(QuantumRegister(1, "q"), first, ClassicalRegister(name="b", bits=[first[0]]))
        circuit.measure(0, 0)
        circuit.h(0)
        return circuit

    loose = QuantumCircuit(QuantumRegister(1, "q"), [Clbit()])
    loose.measure(0, 0)
    inner = QuantumCircuit(1)
    inner.reset(0)
    gate = library.XGate().to_mutable()
    gate.name = "clear"
    return [
        ("QC1188", of(lambda circuit: circuit.measure(1, 0))),
        ("QC1149", of(loop)),
        ("QC1149", of(jump)),
        ("QC1149", of(lambda circuit: circuit.store(variable(circuit), 2))),
        ("QC0299", of(branch(bit, lambda circuit: circuit.measure(1, 1)))),
        ("QC0299", of(branch(bit, lambda circuit: circuit.reset(1)))),
        ("QC0338", of(lambda circuit: (circuit.measure([0] * 11, range(1, 12)),
                                       branch(lambda other: (other.cregs[0], 1), lambda other: other.x(1))(circuit)))),
        ("QC1191", of(branch(lambda circuit: expr.less(circuit.add_input("w", types.Uint(2)), 1), lambda circuit: circuit.x(1)))),
        ("QC1191", of(branch(lambda circuit: expr.equal(expr.add(circuit.cregs[0], 4095), 3),
                             lambda circuit: circuit.x(1)))),
        ("QC1144", of(lambda circuit: circuit.delay(3, 0))),
        ("QC0501", of(lambda circuit: circuit.for_loop(range(10**9), None, QuantumCircuit(1), [0], []))),
        ("QC1144", loose),
        ("QC1144", shared()),
    ]  # fmt: skip


def test_what_no_circuit_can_say_is_refused() -> None:
    pytest.importorskip("qiskit", minversion="2.0")
    for code, theirs in qiskit_refusals():
        refused(code, lambda: iq.from_qiskit(theirs))  # noqa: B023


def test_a_condition_on_bits_that_nothing_measures_is_known() -> None:
    """Bits are 0 until they are written, so that a measurement may stand there: it always happens, or never."""
    pytest.importorskip("qiskit")
    from qiskit.circuit import QuantumCircuit

    theirs = QuantumCircuit(1, 3)
    theirs.h(0)
    with theirs.if_test((theirs.clbits[2], 0)) as otherwise:
        theirs.measure(0, 0)
    with otherwise:
        theirs.measure(0, 2)
    theirs.h(0)
    theirs.measure(0, 1)
    circuit = iq.from_qiskit(theirs)
    assert circuit.registers == (("c", (Slot("c", 0), Slot("c", 1), None)),)
    assert not circuit.has_conditions


# --- cirq ------------------------------------------------------------------------------------------------------------


@given(SEEDS)
@settings(max_examples=25)
def test_cirq_circuits_do_what_cirq_does(seed: int) -> None:
    """Circuits with certain outcomes, so that one shot of cirq's simulator shows all; there and back."""
    pytest.importorskip("cirq")
    theirs = in_cirq(seed, is_classical=True)
    circuit = iq.from_cirq(theirs)
    assert far(in_order_of_names(circuit), cirq_outcomes(theirs, 1, seed)) < 1e-9
    assert iq.circuit(str(circuit)) == circuit
    back = circuit.to_cirq()
    assert far(in_order_of_names(circuit), cirq_outcomes(back, 1, seed)) < 1e-9
    assert in_order_of_names(iq.from_cirq(back)) == pytest.approx(in_order_of_names(circuit))


@pytest.mark.parametrize("seed", [0, 3])
def test_cirq_circuits_have_the_distribution_that_cirq_samples(seed: int) -> None:
    """Would catch a measurement that is left out, and one whose outcome goes elsewhere."""
    pytest.importorskip("cirq")
    shots = 150
    theirs = in_cirq(seed, most=16)
    circuit = iq.from_cirq(theirs)
    mine = in_order_of_names(circuit)
    allowed = 1.5 * (len(mine) / shots) ** 0.5
    for each in (theirs, circuit.to_cirq()):
        sampled = cirq_outcomes(each, shots, 1)
        assert far(mine, sampled) < allowed
        assert set(sampled) <= {key for key, share in mine.items() if share > 1e-9}


@given(SEEDS)
@settings(max_examples=25)
def test_circuits_written_to_cirq_come_back(seed: int) -> None:
    pytest.importorskip("cirq")
    circuit = iq.circuit(text(seed, has_branches=True))
    back = iq.from_cirq(circuit.to_cirq())
    assert far(in_order_of_names(circuit), in_order_of_names(back)) < 1e-6
    assert sorted(name for name, _ in back.registers) == sorted(name for name, _ in circuit.registers)


def test_qubit_i_of_a_key_is_slot_i() -> None:
    """The first qubit of a key is its most significant bit in conditions, as cirq has it."""
    cirq, sympy = pytest.importorskip("cirq"), pytest.importorskip("sympy")
    a, b, c = cirq.LineQubit.range(3)
    theirs = cirq.Circuit(
        cirq.X(b),
        cirq.measure(b, a, key="m"),
        cirq.X(c).with_classical_controls(sympy.Eq(sympy.Symbol("m"), 2)),
        cirq.reset(b),
        cirq.measure(c, b, key="out"),
    )
    circuit = iq.from_cirq(theirs)
    assert dict(circuit.registers)["m"] == (Slot("m", 0), Slot("m", 1))
    assert registers(circuit) == pytest.approx({("10", "10"): 1})


def test_a_key_is_a_register_or_one_of_its_slots() -> None:
    """A register measured at once has one key, another one a key for each slot; both come back."""
    cirq = pytest.importorskip("cirq")
    circuit = iq.circuit(
        "qubit q[2]\nregister m[2]\nregister s[3]\nh q\nm = measure q\ns[0] = measure q[0]\nh q[0]\ns[1] = measure q[0]\n"
        "if m[0] and not m[1] and s[1] { x q[1] }\nreset q[0]\ns[2] = measure q[1]\nh q"
    )
    theirs = circuit.to_cirq()
    assert sorted(map(str, cirq.measurement_key_objs(theirs))) == ["m", "s[0]", "s[1]", "s[2]"]
    assert iq.from_cirq(theirs) == circuit


def test_inverted_outcomes_are_measured_between_two_flips() -> None:
    """The second flip only where the qubit is used again; before its reset there is none."""
    cirq = pytest.importorskip("cirq")
    a, b = cirq.LineQubit.range(2)
    last = iq.from_cirq(cirq.Circuit(cirq.measure(a, b, key="m", invert_mask=(True, False))))
    assert [op.gate for op in last.rows] == ["x"]
    assert last.registers == (("m", (0, 1)),)
    used = iq.from_cirq(cirq.Circuit(cirq.measure(a, key="m", invert_mask=(True,)), cirq.CX(a, b)))
    assert [op.gate for op in used.rows] == ["x", MEASURE, "x", "x"]
    cleared = iq.from_cirq(cirq.Circuit(cirq.measure(a, key="m", invert_mask=(True,)), cirq.reset(a), cirq.H(a)))
    assert [op.gate for op in cleared.rows] == ["x", MEASURE, RESET, "h"]
    decided = cirq.Circuit(
        cirq.measure(a, key="m", invert_mask=(True,)),
        cirq.CX(a, b).with_classical_controls("m"),
        cirq.measure(b, a, key="n"),
    )
    assert registers(iq.from_cirq(decided)) == pytest.approx({("1", "00"): 1})


def test_pauli_products_are_measured_by_their_parts() -> None:
    cirq = pytest.importorskip("cirq")
    a, b = cirq.LineQubit.range(2)
    bell = [cirq.H(a), cirq.CX(a, b)]
    products = [cirq.measure_single_paulistring(product, key=key) for key, product in
                (("xx", cirq.X(a) * cirq.X(b)), ("zz", cirq.Z(a) * cirq.Z(b)), ("yy", -1 * cirq.Y(a) * cirq.Y(b)))]  # fmt: skip
    assert registers(iq.from_cirq(cirq.Circuit(bell, products))) == pytest.approx({("0", "0", "0"): 1})


@pytest.mark.parametrize(
    ("key", "name"),
    [("q(0),q(1)", "q_0_q_1"), ("a b", "a_b"), ("0:m", "_0_m"), ("alice", "alice"), ("output", "output_")],
)
def test_a_key_no_register_can_have_is_renamed(key: str, name: str) -> None:
    """A qubit may be called as its key, which is cirq's default."""
    cirq = pytest.importorskip("cirq")
    a, b = cirq.NamedQubit("alice"), cirq.NamedQubit("bob")
    measured = cirq.measure(a, b, key=cirq.MeasurementKey.parse_serialized(key))
    circuit = iq.from_cirq(cirq.Circuit(cirq.H(a), measured, cirq.H(a)))
    assert [register for register, _ in circuit.registers] == [name]
    assert iq.circuit(str(circuit)) == circuit


def test_what_cirq_says_and_no_circuit_can_is_refused() -> None:
    cirq, sympy = pytest.importorskip("cirq"), pytest.importorskip("sympy")
    q, r = cirq.LineQubit.range(2)
    measured = cirq.measure(q, key="m")
    until = cirq.CircuitOperation(
        cirq.FrozenCircuit(cirq.X(q), measured),
        use_repetition_ids=False,
        repeat_until=cirq.KeyCondition(cirq.MeasurementKey("m")),
    )
    many = cirq.CircuitOperation(cirq.FrozenCircuit(cirq.X(q), measured), repetitions=10**9)
    wrong = cirq.measure(q, key="m", confusion_map={(0,): [[0.9, 0.1], [0.2, 0.8]]})
    for code, operations in (
        ("QC1188", [measured, cirq.X(q), measured]),
        ("QC1149", [until]),
        ("QC0501", [many]),
        ("QC0299", [measured, cirq.reset(r).with_classical_controls("m")]),
        ("QC0338", [cirq.measure(*cirq.LineQubit.range(11), key="m"), cirq.X(q).with_classical_controls("m")]),
        ("QC1191", [measured, cirq.X(r).with_classical_controls(sympy.Symbol("m") + sympy.I > 0)]),
        ("QC1191", [measured, cirq.X(r).with_classical_controls(cirq.KeyCondition(cirq.MeasurementKey("m"), 3))]),
        ("QC1192", [wrong]),
        ("QC1144", [measured, cirq.depolarize(0.1).on(r)]),
    ):
        refused(code, lambda: iq.from_cirq(cirq.Circuit(operations)))  # noqa: B023
    refused("QC1190", lambda: iq.from_cirq(cirq.Circuit(cirq.X(r).with_classical_controls("m"), measured)))
    refused("QC1144", lambda: iq.circuit("qubit a\nregister m[2]\nh a\nm[0] = measure a\nh a").to_cirq())
    refused("QC1144", lambda: iq.Circuit(2).register("out", [1, None]).to_cirq())


def test_a_refusal_names_the_construct_and_one_thing_to_try() -> None:
    pytest.importorskip("qiskit")
    from qiskit.circuit import QuantumCircuit

    theirs = QuantumCircuit(1, 1)
    theirs.measure(0, 0)
    theirs.measure(0, 0)
    with pytest.raises(CompileError) as caught:
        iq.from_qiskit(theirs)
    assert re.search(
        r"a bit of `c` is measured into twice(.|\n)*measure into another bit", caught.value.diagnostics[0].render()
    )


def test_a_qubit_measured_twice_at_the_end_of_a_static_circuit_is_read_once() -> None:
    """Into two registers, as `measure_all` after `measure` does; twice into one register, or after a reset, stays twice."""
    pytest.importorskip("qiskit")
    from qiskit.circuit import QuantumCircuit

    theirs = QuantumCircuit(2, 1)
    theirs.h(0)
    theirs.measure(0, 0)
    theirs.measure_all()
    circuit = iq.from_qiskit(theirs)
    assert circuit.registers == (("c", (0,)), ("meas", (0, 1)))
    assert not circuit.is_dynamic
    again = QuantumCircuit(1, 2)
    again.h(0)
    again.measure([0, 0], [0, 1])
    assert [op.gate for op in iq.from_qiskit(again).rows] == ["h", MEASURE, MEASURE]
    theirs.reset(1)
    theirs.measure_all()
    assert [op.gate for op in iq.from_qiskit(theirs).rows if op.qubits == (0,)] == ["h", MEASURE, MEASURE, MEASURE]


@pytest.mark.parametrize("library", ["qiskit", "cirq"])
def test_registers_with_qubits_in_common_come_back(library: str) -> None:
    pytest.importorskip(library)
    circuit = iq.circuit("qubit q[2]\nh q\nregister left = q[0]\nregister both = q[1], _, q[0]")
    back = iq.from_qiskit(circuit.to_qiskit()) if library == "qiskit" else iq.from_cirq(circuit.to_cirq())
    assert back == circuit
