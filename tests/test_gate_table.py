"""The gate table on trial: every row against matrices, units and payload keys typed a second time, and against peers.

`trial` finds every fault of a table. The trial itself is tested last: each field of each row is changed in turn, and
every change has to be found. A new gate needs its witness here.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
import pytest

from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import BARRIER, Op, Operator
from ionqdsl.ir.gates import GATES, NAMES, SYNONYMS, Gate, Linear, Parameter
from ionqdsl.ir.matrices import controlled, matrix, rotation
from ionqdsl.record import changed
from ionqdsl.simulation.statevector import basis_state, evolve

R = math.sqrt(0.5)


def _turn(theta: float, generator: list[list[complex]]) -> np.ndarray:
    """exp(-i theta/2 G) by its power series: no formula shared with the code under test."""
    exponent = -0.5j * theta * np.array(generator, dtype=complex)
    result = term = np.eye(len(exponent), dtype=complex)
    for order in range(1, 60):
        term = term @ exponent / order
        result = result + term
    return result


X = [[0, 1], [1, 0]]
Y = [[0, -1j], [1j, 0]]
Z = [[1, 0], [0, -1]]
XX = [[0, 0, 0, 1], [0, 0, 1, 0], [0, 1, 0, 0], [1, 0, 0, 0]]
YY = [[0, 0, 0, -1], [0, 0, 1, 0], [0, 1, 0, 0], [-1, 0, 0, 0]]
ZZ = [[1, 0, 0, 0], [0, -1, 0, 0], [0, 0, -1, 0], [0, 0, 0, 1]]


def _ms(p0: float, p1: float, t: float) -> np.ndarray:
    """docs.ionq.com, "getting started with native gates", phases and angle in turns."""
    c, s, tau = math.cos(math.pi * t), -1j * math.sin(math.pi * t), 2j * math.pi
    return np.array(
        [
            [c, 0, 0, s * cmath.exp(-tau * (p0 + p1))],
            [0, c, s * cmath.exp(-tau * (p0 - p1)), 0],
            [0, s * cmath.exp(tau * (p0 - p1)), c, 0],
            [s * cmath.exp(tau * (p0 + p1)), 0, 0, c],
        ]
    )


class Witness(NamedTuple):
    """The expected contents of a row. `parameters` are name, unit, default; `matrix` takes numbers in these units."""

    name: str
    gateset: str
    operands: int
    controls: int
    parameters: str
    payload_keys: str
    matrix: Callable[..., Any] | None
    payload_name: str | None = ""


def _constant(name: str, entries: Any) -> Witness:
    return Witness(name, "qis", 1, 0, "", "", lambda: entries)


def _rotated(name: str, operands: int, generator: list[list[complex]]) -> Witness:
    return Witness(name, "qis", operands, 0, "theta rad", "rotation", lambda theta: _turn(theta, generator))


WITNESSES = {
    "x": _constant("x", X),
    "not": _constant("not", X),
    "y": _constant("y", Y),
    "z": _constant("z", Z),
    "h": _constant("h", [[R, R], [R, -R]]),
    "s": _constant("s", [[1, 0], [0, 1j]]),
    "si": _constant("si", [[1, 0], [0, -1j]]),
    "t": _constant("t", [[1, 0], [0, R + R * 1j]]),
    "ti": _constant("ti", [[1, 0], [0, R - R * 1j]]),
    "v": _constant("v", [[0.5 + 0.5j, 0.5 - 0.5j], [0.5 - 0.5j, 0.5 + 0.5j]]),
    "vi": _constant("vi", [[0.5 - 0.5j, 0.5 + 0.5j], [0.5 + 0.5j, 0.5 - 0.5j]]),
    "rx": _rotated("rx", 1, X),
    "ry": _rotated("ry", 1, Y),
    "rz": _rotated("rz", 1, Z),
    "p": Witness("p", "qis", 1, 0, "lambda rad", "", lambda a: [[1, 0], [0, cmath.exp(1j * a)]], None),
    "cnot": Witness("cnot", "qis", 2, 1, "", "", lambda: [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]]),
    "swap": Witness("swap", "qis", 2, 0, "", "", lambda: [[1, 0, 0, 0], [0, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, 1]]),
    "xx": _rotated("xx", 2, XX),
    "yy": _rotated("yy", 2, YY),
    "zz": _rotated("zz", 2, ZZ),
    "pauliexp": Witness("pauliexp", "qis", -1, 0, "time number, operator operator, steps number 0", "time", None),
    "gpi": Witness(
        "gpi",
        "native",
        1,
        0,
        "phase turn",
        "phase",
        lambda p: [[0, cmath.exp(-2j * math.pi * p)], [cmath.exp(2j * math.pi * p), 0]],
    ),
    "gpi2": Witness(
        "gpi2",
        "native",
        1,
        0,
        "phase turn",
        "phase",
        lambda p: [[R, -1j * R * cmath.exp(-2j * math.pi * p)], [-1j * R * cmath.exp(2j * math.pi * p), R]],
    ),
    "ms": Witness("ms", "native", 2, 0, "phase0 turn, phase1 turn, angle turn 1/4", "phases phases angle", _ms),
    "zz_native": Witness(
        "zz", "native", 2, 0, "angle turn", "angle", lambda t: np.diag(np.exp(-1j * np.pi * t * np.diag(ZZ)))
    ),
    "nop": Witness("nop", "native", 0, 0, "time us", "time", None),
}
POINTS = [(0.1, 0.23, 0.37), (-1.3, 2.9, 5.1), (0.5, 0.25, 1.0), (7.7, -0.6, -2.2)]


def _angle(number: float, unit: str) -> Angle:
    return Angle(0, number) if unit == "rad" else Angle(number)


def trial(table: dict[str, Gate], synonyms: dict[str, str] = SYNONYMS) -> Iterator[str]:
    """Every fault of a gate table, one line each."""
    if list(table) != list(WITNESSES):
        yield "the table has other gates than there are witnesses"
    for key, witness in WITNESSES.items():
        gate = table.get(key)
        if gate is not None:
            yield from (f"{key}: {fault}" for fault in _row_faults(key, gate, witness))
    for one, other in synonyms.items():
        if WITNESSES[one].matrix() != WITNESSES[other].matrix():  # type: ignore[misc]
            yield f"{one} is no synonym of {other}"


def _row_faults(key: str, gate: Gate, witness: Witness) -> Iterator[str]:
    says = (gate.key, gate.name, gate.gateset, gate.operands, gate.controls, " ".join(gate.payload_keys))
    if says != (key, witness.name, witness.gateset, witness.operands, witness.controls, witness.payload_keys):
        yield f"says {says}"
    if gate.payload_name != (witness.name if witness.payload_name == "" else witness.payload_name):
        yield f"is called {gate.payload_name} on the wire"
    wanted = [tuple(text.split()) for text in witness.parameters.split(", ") if text]
    given = [(p.name, p.unit, *([] if p.default is None else [str(p.default)])) for p in gate.parameters]
    if given != wanted:
        yield f"has the parameters {given}"
        return
    if not gate.meaning.strip():
        yield "has no meaning"
    if max(abs(gate.rotation.constant), abs(gate.phase.constant)) > Fraction(1, 2):
        yield "is not written in its simplest form"
    if witness.matrix is None:
        if gate.axis or gate.rotation != Linear() or gate.phase != Linear():
            yield "is no rotation"
        return
    for point in POINTS:
        numbers = point[: len(gate.parameters)]
        angles = tuple(_angle(number, p.unit) for number, p in zip(numbers, gate.parameters, strict=True))
        try:
            found = controlled(rotation(gate, angles), witness.controls)
        except (KeyError, RuntimeError):
            yield "has an axis that makes no matrix"
            return
        expected = np.array(witness.matrix(*numbers))
        if found.shape != expected.shape or np.abs(found - expected).max() > 1e-12:
            yield f"has another matrix at {numbers}"
            return
        if gate.is_diagonal != _is_always_diagonal(witness):
            yield "is wrong about being diagonal"


def _is_always_diagonal(witness: Witness) -> bool:
    parameters = len([text for text in witness.parameters.split(", ") if text])
    found = np.array(witness.matrix(*POINTS[0][:parameters]))  # type: ignore[misc]
    return bool(np.abs(found - np.diag(np.diag(found))).max() < 1e-12)


def test_the_table_stands_trial() -> None:
    assert list(trial(GATES)) == []


def _mutants(gate: Gate) -> Iterator[Gate]:
    """The row with one field changed, every field in several ways."""
    yield changed(gate, key=gate.key + "x")
    yield changed(gate, name="x" if gate.name != "x" else "y")
    yield changed(gate, gateset="native" if gate.gateset == "qis" else "qis")
    for operands in (gate.operands - 1, gate.operands + 1):
        yield changed(gate, operands=operands)
    for axis in ("X", "Y", "Z", "H", "XX", "YY", "ZZ", "SWAP", "P", "PP", "ZX", ""):
        if axis != gate.axis:
            yield changed(gate, axis=axis)
    for field in ("rotation", "phase"):
        linear = getattr(gate, field)
        for step in (Fraction(1, 2), Fraction(-1, 2), Fraction(1, 8), Fraction(1, 1000), 1, 2):
            yield changed(gate, **{field: Linear(linear.constant + step, linear.factor)})
        for factor in (linear.factor + 1, linear.factor * 2, linear.factor / 2, -linear.factor):
            if factor != linear.factor and gate.parameters:
                yield changed(gate, **{field: Linear(linear.constant, factor)})
        if linear.constant:
            yield changed(gate, **{field: Linear(-linear.constant, linear.factor)})
    yield changed(gate, payload_keys=(*gate.payload_keys, "angle"))
    for place in range(len(gate.payload_keys)):
        yield changed(gate, payload_keys=gate.payload_keys[:place] + gate.payload_keys[place + 1 :])
        yield changed(gate, payload_keys=(*gate.payload_keys[:place], "value", *gate.payload_keys[place + 1 :]))
    yield changed(gate, meaning=" ")
    for controls in (gate.controls - 1, gate.controls + 1):
        yield changed(gate, controls=controls)
    for payload_name in (None, gate.key + "x", ""):
        if payload_name != gate.payload_name:
            yield changed(gate, payload_name=payload_name)
    yield changed(gate, parameters=(*gate.parameters, Parameter("extra", "rad")))
    for place, parameter in enumerate(gate.parameters):
        before, after = gate.parameters[:place], gate.parameters[place + 1 :]
        yield changed(gate, parameters=before + after)
        for unit in ("rad", "turn", "number", "us"):
            if unit != parameter.unit:
                yield changed(gate, parameters=(*before, changed(parameter, unit=unit), *after))
        yield changed(gate, parameters=(*before, changed(parameter, name="other"), *after))
        default = Fraction(1, 3) if parameter.default is None else None
        yield changed(gate, parameters=(*before, changed(parameter, default=default), *after))


NAMES_ELSEWHERE = {"qasm2", "qasm3", "qiskit", "label"}
"""test_every_gate.py tries these: other libraries say whether a name is that of the gate."""


@pytest.mark.parametrize("key", GATES)
def test_every_mutation_of_a_row_is_found(key: str) -> None:
    """A trial that lets a changed matrix, phase, unit or wire key pass would itself be worthless."""
    fields = set()
    for mutant in _mutants(GATES[key]):
        assert list(_row_faults(key, mutant, WITNESSES[key])), mutant
        fields |= {name for name in GATES[key].__fields__ if getattr(mutant, name) != getattr(GATES[key], name)}  # type: ignore[attr-defined]
    assert fields | NAMES_ELSEWHERE == set(Gate.__fields__)  # type: ignore[attr-defined]


def test_missing_and_false_synonyms_are_found() -> None:
    assert list(trial({key: gate for key, gate in GATES.items() if key != "vi"}))
    assert list(trial(GATES, {"not": "y"}))
    assert NAMES["qis"]["zz"] == "zz"
    assert NAMES["native"]["zz"] == "zz_native"
    assert sorted(key for keys in NAMES.values() for key in keys.values()) == sorted(GATES)


# --- matrices of whole rows ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("controls", [0, 1, 2])
@pytest.mark.parametrize("key", [key for key in GATES if key not in ("pauliexp", "nop")])
def test_rows_equal_the_simulators_matrices(key: str, controls: int) -> None:
    """Controls first and the first qubit most significant, as in the hand-written simulator."""
    gate = GATES[key]
    width = controls + gate.operands
    for point in POINTS:
        angles = tuple(_angle(number, p.unit) for number, p in zip(point, gate.parameters, strict=False))
        op = Op(key, tuple(range(width)), angles, controls)
        assert np.abs(matrix(op) - simulated(op, width)).max() < 1e-12


def simulated(op: Op, width: int) -> np.ndarray:
    states = basis_state(width, 2**width)
    states[:] = np.eye(2**width)
    evolve(states, [op])
    return states.T


_ZX: tuple[tuple[str, int], ...] = (("Z", 0), ("X", 2))
OPERATORS = {
    "one": Operator(((_ZX, Fraction(1, 2)),)),
    "identity": Operator((((), Fraction(3)),)),
    "commuting": Operator((((("X", 0), ("X", 1)), 0.7), ((("Z", 0), ("Z", 1)), -1), ((), 0.25))),
    "not commuting": Operator((((("X", 0),), 0.7), ((("Z", 0), ("Y", 1)), -1))),
    "steps": Operator((((("X", 0),), 0.7), ((("Z", 0), ("Y", 1)), -1), (_ZX, 0.3)), 3),
}


@pytest.mark.parametrize("controls", [0, 1])
@pytest.mark.parametrize("name", OPERATORS)
def test_exponentials_of_operators(name: str, controls: int) -> None:
    """By eigenvectors here, by series and term by term in the simulator."""
    width = controls + 3
    op = Op("pauliexp", tuple(range(width)), (Angle(0, 0.77),), controls, operator=OPERATORS[name])
    assert np.abs(matrix(op) - simulated(op, width)).max() < 1e-12


def test_rows_that_do_nothing_to_the_state() -> None:
    assert (matrix(Op("nop", (), (Angle(0, 5),))) == np.eye(1)).all()
    assert (matrix(Op(BARRIER, (3, 1))) == np.eye(4)).all()


# --- peers ---------------------------------------------------------------------------------------------------------

ANGLES = (0.3, -1.7, 2.5, 6.0)


def _peer_angles(key: str, number: float) -> tuple[Angle, ...]:
    gate = GATES[key]
    return tuple(_angle(number * (place + 1), p.unit) for place, p in enumerate(gate.parameters))


@pytest.mark.parametrize("controls", [0, 1])
@pytest.mark.parametrize("angle", ANGLES)
def test_qiskit_agrees(angle: float, controls: int) -> None:
    """Every gate qiskit knows, and under one control, where a phase left out would show."""
    library = pytest.importorskip("qiskit.circuit.library")
    from qiskit.quantum_info import Operator as Matrix

    for key, gate in GATES.items():
        if key in ("not", "pauliexp", "nop"):
            continue
        numbers = [angle * (place + 1) for place in range(len(gate.parameters))]
        match key:
            case "gpi2":
                peer = library.RGate(math.pi / 2, 2 * math.pi * angle)
            case "gpi":  # i times that half turn
                peer = library.RGate(math.pi, 2 * math.pi * angle)
            case "zz_native":
                peer = library.RZZGate(2 * math.pi * angle)
            case "cnot":
                peer = library.CXGate()
            case _ if gate.qiskit:
                peer = getattr(library, gate.qiskit)(*numbers)
            case _:
                continue
        if key == "gpi" and controls:
            continue
        if controls:
            peer = peer.control(annotated=False) if key != "cnot" else library.CCXGate()
        expected = Matrix(peer).reverse_qargs().data * (1j if key == "gpi" else 1)
        width = controls + gate.operands
        found = matrix(Op(key, tuple(range(width)), _peer_angles(key, angle), controls))
        assert np.abs(found - expected).max() < 1e-9, key


@pytest.mark.parametrize("controls", [0, 1])
@pytest.mark.parametrize("angle", ANGLES)
def test_cirq_agrees(angle: float, controls: int) -> None:
    """Every gate cirq knows, and under one control."""
    cirq = pytest.importorskip("cirq")
    half = angle / math.pi
    peers = {
        "x": cirq.X,
        "not": cirq.X,
        "y": cirq.Y,
        "z": cirq.Z,
        "h": cirq.H,
        "s": cirq.S,
        "si": cirq.S**-1,
        "t": cirq.T,
        "ti": cirq.T**-1,
        "v": cirq.X**0.5,
        "vi": cirq.X**-0.5,
        "rx": cirq.rx(angle),
        "ry": cirq.ry(angle),
        "rz": cirq.rz(angle),
        "p": cirq.ZPowGate(exponent=half),
        "cnot": cirq.CNOT,
        "swap": cirq.SWAP,
        "xx": cirq.XXPowGate(exponent=half, global_shift=-0.5),
        "yy": cirq.YYPowGate(exponent=half, global_shift=-0.5),
        "zz": cirq.ZZPowGate(exponent=half, global_shift=-0.5),
        "gpi": cirq.PhasedXPowGate(phase_exponent=2 * angle),
        "gpi2": cirq.PhasedXPowGate(phase_exponent=2 * angle, exponent=0.5, global_shift=-0.5),
        "zz_native": cirq.ZZPowGate(exponent=2 * angle, global_shift=-0.5),
    }
    for key, peer in peers.items():
        expected = cirq.unitary(cirq.ControlledGate(peer) if controls else peer)
        width = controls + GATES[key].operands
        found = matrix(Op(key, tuple(range(width)), _peer_angles(key, angle), controls))
        assert np.abs(found - expected).max() < 1e-9, key
