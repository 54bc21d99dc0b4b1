"""Random circuits of the table's gates, and their matrices by the simulator, whose own matrices are written by hand."""

from __future__ import annotations

import cmath
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import strategies as st

from ionqdsl.ir.angle import Angle, radians, turns
from ionqdsl.ir.circuit import BARRIER, FlatCircuit, Op, Operator
from ionqdsl.ir.gates import GATES
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import TARGETS, Target
from ionqdsl.passes import PassContext, transpile
from ionqdsl.passes.break_wide_gates import break_wide_gates
from ionqdsl.passes.expand_pauliexp import expand_pauliexp
from ionqdsl.passes.gather_controls import gather_controls
from ionqdsl.passes.translate_native import translate_native
from ionqdsl.simulation.statevector import basis_state, evolve
from ionqdsl.verify import invariants

ION = ("aria", "forte")
POSITIVE = Target("positive", "native", "zz_native")  # a zz machine that takes no negative angle


def matrix(circuit: FlatCircuit) -> np.ndarray:
    """The circuit's unitary, exact phase included."""
    states = basis_state(circuit.width, 2**circuit.width)
    states[:] = np.eye(2**circuit.width)
    evolve(states, circuit.rows)
    return states.T * cmath.exp(1j * circuit.phase.in_radians())


def circuit(width: int, *rows: Op, **fields: Any) -> FlatCircuit:
    """A circuit whose rows come from nowhere."""
    return FlatCircuit(width, rows=list(rows), origins=[None] * len(rows), **fields)


def narrow(source: FlatCircuit) -> FlatCircuit:
    """The circuit as interaction forms are made from it: at most one control a row."""
    setting = PassContext(TARGETS["forte"], Options())
    for step in (translate_native, expand_pauliexp, gather_controls, break_wide_gates):
        source = step(source, setting)
    return source


def bound(source: FlatCircuit, values: dict[str, Any]) -> FlatCircuit:
    rows = [op._replace(angles=tuple(angle.bind(values.get) for angle in op.angles)) for op in source.rows]
    return source.replace(rows=rows, phase=source.phase.bind(values.get))


def compiled(source: FlatCircuit, target: str | Target, preserve: str = "unitary", **options: Any) -> FlatCircuit:
    """Level 0, every promise checked after every pass."""
    row = TARGETS[target] if isinstance(target, str) else target
    result, _, _ = transpile(source, row, Options(preserve=preserve, level=0, **options), checked=True)
    assert invariants(result, row) == []
    assert result.gateset == row.gateset
    return result


def assert_exact(source: FlatCircuit, result: FlatCircuit, values: dict[str, Any] | None = None) -> None:
    """The same matrix, phase and all."""
    if values is not None:
        source, result = bound(source, values), bound(result, values)
    assert np.abs(matrix(source) - matrix(result)).max() < 1e-9


def assert_same_measurement(source: FlatCircuit, result: FlatCircuit, values: dict[str, Any] | None = None) -> None:
    """The same matrix but for one phase a row, which a Z measurement at the end cannot see."""
    if values is not None:
        source, result = bound(source, values), bound(result, values)
    a, b = matrix(source), matrix(result)
    rows = (a.conj() * b).sum(axis=1)
    assert np.abs(np.abs(rows) - 1).max() < 1e-9
    assert np.abs(b - rows[:, None] * a).max() < 1e-8


def operator_of(*terms: tuple[str, Any], steps: int = 0) -> Operator:
    """`XZ` is X[0]*Z[1]."""
    products = [tuple((letter, i) for i, letter in enumerate(text) if letter != "I") for text, _ in terms]
    return Operator(tuple(zip(products, (factor for _, factor in terms), strict=True)), steps)


def two_qubit_rows(source: FlatCircuit) -> int:
    return sum(len(op.qubits) > 1 for op in source.rows if op.gate != BARRIER)


# --- random circuits -----------------------------------------------------------------------------------------------

EIGHTHS = st.integers(-20, 20).map(lambda n: turns(Fraction(n, 16)))
RADIANS = st.integers(-800, 800).map(lambda n: radians(Fraction(n, 100)))
FLOATS = st.floats(-8, 8).map(lambda x: Angle(0, x))
NUMBERS = st.one_of(EIGHTHS, RADIANS, FLOATS)
SYMBOLS = st.builds(
    lambda symbol, turned, factor, rest: (
        (Angle.of(symbol, turns=Fraction(factor, 3)) if turned else Angle.of(symbol, radians=Fraction(factor, 2)))
        + rest
    ),
    st.sampled_from("ab"),
    st.booleans(),
    st.integers(1, 4),
    EIGHTHS,
)
QIS = sorted(key for key, gate in GATES.items() if gate.gateset == "qis" and key != "pauliexp")
NATIVE = ["gpi", "gpi2", "ms", "zz_native"]


@st.composite
def plain_rows(draw: Any, width: int, gates: list[str], angles: Any, most_controls: int, pinned: int = 0) -> Op:
    key = draw(st.sampled_from([gate for gate in gates if GATES[gate].operands <= width]))
    gate = GATES[key]
    controls = draw(st.integers(0, min(most_controls, width - gate.operands)))
    qubits = tuple(draw(st.permutations(range(width)))[: controls + gate.operands])
    return Op(key, qubits, tuple(draw(angles) for _ in gate.parameters), controls, pinned)


@st.composite
def pauliexp_rows(draw: Any, width: int, angles: Any) -> Op:
    operands = draw(st.integers(1, width))
    controls = draw(st.integers(0, min(1, width - operands)))
    letters = draw(st.lists(st.text("IXYZ", min_size=operands, max_size=operands), min_size=1, max_size=3, unique=True))
    factors = [Fraction(draw(st.integers(-7, 7)) or 1, 4) for _ in letters]
    products = [tuple((letter, i) for i, letter in enumerate(text) if letter != "I") for text in letters]
    qubits = tuple(draw(st.permutations(range(width)))[: controls + operands])
    operator = Operator(tuple(zip(products, factors, strict=True)), steps=draw(st.integers(1, 3)))
    return Op("pauliexp", qubits, (draw(angles),), controls, operator=operator)


@st.composite
def circuits(draw: Any, angles: Any = NUMBERS, widest: int = 4) -> FlatCircuit:
    """Qis circuits with controls, pauliexp, barriers, verbatim blocks of qis gates and blocks of native gates."""
    width = draw(st.integers(1, widest))
    rows: list[Op] = []
    for block in range(1, draw(st.integers(2, 5))):
        kind = draw(st.sampled_from(["rows", "rows", "rows", "pauliexp", "barrier", "verbatim", "native"]))
        if kind == "rows":
            rows += draw(st.lists(plain_rows(width, QIS, angles, 3), min_size=1, max_size=4))
        elif kind == "pauliexp":
            rows.append(draw(pauliexp_rows(width, angles)))
        elif kind == "barrier":
            rows.append(Op(BARRIER, tuple(draw(st.permutations(range(width)))[: draw(st.integers(1, width))])))
        elif kind == "verbatim":
            rows += draw(st.lists(plain_rows(width, QIS, EIGHTHS, 1, block), min_size=1, max_size=3))
        else:
            inside = st.integers(-8, 8).map(lambda n: turns(Fraction(n, 32)))
            block_rows = draw(st.lists(plain_rows(width, NATIVE, inside, 0, block), min_size=1, max_size=3))
            # In range of every machine: pinned angles out of range are refused, which a test of its own looks at.
            rows += [
                op._replace(angles=(*op.angles[:-1], Angle(abs(op.angles[-1].turns)))) if len(op.qubits) > 1 else op
                for op in block_rows
            ]
    phase = draw(EIGHTHS)
    return circuit(width, *rows).replace(phase=phase)
