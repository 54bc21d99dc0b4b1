"""Compiling with parameters and binding afterwards equals compiling the bound circuit: every level, machine and
contract.

The judge is dense simulation with matrices written by hand. Points are the awkward ones: zero, quarter, half and whole
turns, huge and tiny values, where interactions vanish, become Clifford gates, or leave the machine's range.
"""

from __future__ import annotations

import json
import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

import ionqdsl as iq
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.contracts import PRESERVE
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import TARGETS, Target
from ionqdsl.passes.context import PassContext
from ionqdsl.passes.cost import cost_of
from ionqdsl.passes.fold_angles import fold_angles
from ionqdsl.verify import invariants
from tests.random_circuits import EIGHTHS, SYMBOLS, bound, circuits, plain_rows
from tests.test_levels import ION, assert_equal, compiled

_WHOLE = st.integers(-32, 32).map(lambda n: Fraction(3 * n, 8))  # thirds of turns become eighths
_PI = st.integers(-16, 16).map(lambda n: n * math.pi / 4)
_ODD = st.sampled_from([0, 1, -1, 1e-300, -1e-9, 1e-6, -1e-12, 12345678.9, -1e6, Fraction(300_001, 4), Fraction(1, 3)])
LINE = json.loads(Path("examples/line.json").read_text())
POINTS = st.one_of(_WHOLE, _PI, _ODD, st.floats(-8, 8))
GATES_OF_ANSATZES = ["rx", "ry", "rz", "p", "xx", "yy", "zz", "h", "s", "cnot", "x", "swap"]


@st.composite
def ansatzes(draw: Any) -> FlatCircuit:
    """Longer circuits of the gates that variational programs are made of, up to one control."""
    width = draw(st.integers(1, 4))
    gates = [gate for gate in GATES_OF_ANSATZES if width > 1 or gate in ("rx", "ry", "rz", "p", "h", "s", "x")]
    rows = draw(st.lists(plain_rows(width, gates, SYMBOLS | EIGHTHS, 1), min_size=3, max_size=25))
    return FlatCircuit(width, rows=rows, origins=[None] * len(rows))


def folded(circuit: FlatCircuit, target: str | Target, preserve: str) -> FlatCircuit:
    row = TARGETS[target] if isinstance(target, str) else target
    result = fold_angles(circuit, PassContext(row, Options(preserve=preserve)))
    assert invariants(result, row) == []
    return result


@given(
    circuits(SYMBOLS | EIGHTHS) | ansatzes(),
    st.sampled_from(ION),
    st.sampled_from([0, 1, 2]),
    st.sampled_from(PRESERVE),
    POINTS,
    POINTS,
)
@settings(max_examples=80, deadline=None)
def test_binding_late_is_binding_early(
    source: FlatCircuit, target: str | Target, level: int, preserve: str, a: Any, b: Any
) -> None:
    values = {"a": a, "b": b}
    result, report = compiled(source, target, level, preserve)
    late = folded(bound(result, values), target, preserve)
    early = bound(source, values)
    assert_equal(early, late, report, preserve)


# --- the API ---------------------------------------------------------------------------------------------------------


def native(circuit: iq.Circuit, target: str, preserve: str = "measurement", level: int = 2) -> iq.Circuit:
    return iq.compile(circuit, target=target, preserve=preserve, level=level)


def ring(width: int = 4) -> iq.Circuit:
    """A layer of everything: interactions by a parameter, some plain, rotations by another."""
    g, b = iq.param("g"), iq.param("b")
    circuit = iq.Circuit(width).h(range(width))
    for q in range(width):
        circuit.zz(g, q, (q + 1) % width)
    circuit.rx(b, range(width))
    circuit.cnot(0, 1).ry(b / 2, 1)
    return circuit


@pytest.mark.parametrize("target", ["aria", "forte"])
@pytest.mark.parametrize("preserve", PRESERVE)
@pytest.mark.parametrize("level", [0, 1, 2])
def test_bound_circuits_stay_in_the_range_of_their_machine(target: str, preserve: str, level: int) -> None:
    """Would catch `ms` by a negative angle, `zz` by three quarters of a turn."""
    source = ring()
    made = native(source, target, preserve, level)
    values = [0, -0.3, math.pi, -math.pi / 2, 3 * math.pi / 2, 7.0, -1e5]
    points = made.sweep(g=values, b=0.7)
    for g, point in zip(values, points, strict=True):
        early = source.bind(g=g, b=0.7)
        for late in (point, made.bind(g=g, b=0.7), made.bind(g=g, b=0.7, simplify=True)):
            assert invariants(late, TARGETS[target]) == []
            assert iq.equivalent(early, late, preserve), (g, preserve)


@given(
    st.sampled_from(["aria", "forte"]),
    st.sampled_from(PRESERVE),
    st.sampled_from([0, 1, 2]),
    st.lists(st.tuples(POINTS, POINTS), min_size=1, max_size=4),
)
@settings(max_examples=30, deadline=None)
def test_a_compiled_sweep_sends_the_bytes_of_its_points(target: str, preserve: str, level: int, points: list) -> None:
    """Each point of the other job is bound by itself, in fractions."""
    g, b = iq.param("g"), iq.param("b")
    source = ring().zz(3 * g + 2 * b + 0.1, 1, 2).rx(b / 3, 1).rz(g - b, 2).h(2).xx(b, 0, 2)
    made = native(source, target, preserve, level)
    swept = iq.program(made.sweep(g=[one for one, _ in points], b=[two for _, two in points]))
    alone = [made.bind(g=one, b=two) for one, two in points]
    bound_alone = [one.replace(name=run.name) for one, run in zip(alone, swept.runs, strict=True)]
    assert json.dumps(swept.payload()) == json.dumps(iq.program(bound_alone).payload())


def test_simplifying_gives_what_compiling_the_numbers_gives() -> None:
    source = ring()
    for target in ("aria", "forte"):
        made = native(source, target)
        for g, b in ((0, 0.3), (math.pi, 0.3), (0.4, 0), (0, 0), (math.pi / 2, math.pi)):
            plain, simple = made.bind(g=g, b=b), made.bind(g=g, b=b, simplify=True)
            numbers = native(source.bind(g=g, b=b), target)
            assert cost_of(simple)[:2] <= cost_of(numbers)[:2]
            assert cost_of(simple) <= cost_of(plain)
            assert [s.rows for s in made.sweep(g=[g], b=[b], simplify=True)] == [simple.rows]
    # by hand: four interactions by nothing vanish, a cnot stays
    made = native(source, "forte")
    assert cost_of(made.bind(g=0, b=0.3)).two_qubit_gates == 5
    assert cost_of(made.bind(g=0, b=0.3, simplify=True)).two_qubit_gates <= 1
    again = made.bind(g=0).bind(b=0.3, simplify=True)  # half bound, then whole
    assert cost_of(again).two_qubit_gates <= 1


def test_a_simplified_circuit_is_read_where_its_qubits_end() -> None:
    """Compiling again may move qubits, and rename inputs, further than compiling with open parameters did."""
    source = iq.circuit(
        """
        param a
        qubit q[4]
        ry(0.65) q[0]
        cnot q[0], q[1]; cnot q[0], q[2]; cnot q[3], q[2]; cnot q[3], q[0]
        rx(a) q[1]
        cnot q[1], q[2]
        register out = q[1], q[0], q[2]
        """
    )
    made = iq.compile(source, "forte", preserve="registers", characterization={**LINE, "backend": "qpu.forte-1"})
    simple = made.bind(a=0, simplify=True)
    assert simple.registers != made.registers, "nothing was moved, so this tests nothing"
    assert simple.inputs is not None
    assert simple.compiled == made.compiled
    expected, got = iq.run([source.bind(a=0), simple], exact=True)
    assert got.registers["out"] == pytest.approx(expected.registers["out"])


def test_simplifying_needs_a_compiled_circuit() -> None:
    source = ring()
    made = native(source, "forte")
    assert made.copy().compiled == made.compiled
    with pytest.warns(iq.ProgramWarning, match="QC0878"):
        others = [made.copy().gpi(0, 0), made.inverse(), made + made]
    for circuit in (source, made[1:], *others):
        assert circuit.compiled is None
        with pytest.raises(iq.CompileError) as caught:
            circuit.bind(g=0, simplify=True)
        assert caught.value.diagnostics[0].code == "QC0630"
        with pytest.raises(iq.CompileError):
            circuit.sweep(g=[0.1], simplify=True)[0]


def test_pieces_of_compiled_circuits_bind_exactly() -> None:
    """Folding a piece as if it were measured would lose its frames: pieces are bound as they are written."""
    made = native(ring(3), "forte")
    whole = made.copy()
    values = {"g": 4.0, "b": 0.2}
    half = len(made) // 2
    pieces = whole[:half].bind(values) + whole[half:].bind(values)
    assert iq.equivalent(pieces, whole[:].bind(values), "unitary")


def test_programs_bind_for_their_machines_too() -> None:
    program = iq.program("param t\ncircuit a { qubit q[2]; h q; zz(t) q }\ncircuit b { qubit q[2]; h q; zz(2*t) q }")
    made = iq.compile(program, target="aria")
    for t in (-0.3, 0, 2.5):
        for simplify in (False, True):
            for run, source in zip(made.bind(t=t, simplify=simplify), program.bind(t=t), strict=True):
                assert invariants(run, TARGETS["aria"]) == []
                assert iq.equivalent(source, run)
    assert [cost_of(run).two_qubit_gates for run in made.bind(t=0, simplify=True)] == [0, 0]


def test_an_angle_for_what_counts_in_two_units_is_refused() -> None:
    t = iq.param("t")
    made = native(iq.Circuit(1).h(0).rx(t, 0).rx(sympy.pi * t / 3, 0), "aria")
    assert made.bind(t=0.5).parameters == ()
    with pytest.raises(iq.CompileError) as caught:
        made.bind(t=90 * iq.deg)
    assert caught.value.diagnostics[0].code == "QC0631"
