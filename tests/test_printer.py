"""Printing `.qc`: numbers, angles, circuits and programs by hand-written expectations, and as a round trip."""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ionqdsl.diagnostics.source import Source
from ionqdsl.emit import qc
from ionqdsl.ir import notation
from ionqdsl.ir.angle import ZERO, Angle, radians, turns
from ionqdsl.ir.circuit import BARRIER, FlatCircuit, Op, Operator
from ionqdsl.ir.gates import GATES
from ionqdsl.ir.job import LoweredProgram
from ionqdsl.ir.options import Options
from ionqdsl.pipeline import load, transpile

EXAMPLES = Path(__file__).parents[1] / "examples"


def read(text: str) -> FlatCircuit:
    program, _ = load(Source(text))
    (circuit,) = program.circuits.values()
    return circuit


def circuit_of(*rows: Op, width: int = 3, **fields: Any) -> FlatCircuit:
    return FlatCircuit(width, rows=list(rows), origins=[None] * len(rows), **fields)


# --- numbers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (-3, "-3"),
        (Fraction(1, 8), "0.125"),
        (Fraction(1, 3), "1/3"),
        (Fraction(-22, 7), "-22/7"),
        (Fraction(1, 10), "0.1"),
        (Fraction(123456789, 1000), "123456.789"),
        (Fraction(1, 2**40), "1/1099511627776"),
        (0.1, "0.1"),
        (1e-7, "1e-07"),
        (-2.5e-9, "-2.5e-09"),
        (1e300, "1e+300"),
        (5e-324, "5e-324"),
        (2.0, "2"),
        (-0.0, "0"),
        (10**25, "1e+25"),
        (0.0001, "0.0001"),
        (1 / 3, "0.3333333333333333"),
    ],
)
def test_numbers_are_as_short_as_they_are_exact(value: Any, text: str) -> None:
    assert notation.number(value) == text


@given(st.floats(-1e300, 1e300))
def test_floats_come_back_bit_for_bit(value: float) -> None:
    text = notation.number(value)
    assert float(Fraction(text)) == value
    assert (read(f"qubit q; rx({text}) q").rows[0].angles[0]).in_radians() == value


@given(
    st.floats(allow_nan=False, allow_infinity=False, width=32) | st.floats(-2, 2) | st.sampled_from([1e-4, -1e16, -0.0])
)
def test_a_float_is_written_like_the_fraction_of_its_digits(value: float) -> None:
    assert notation.number(value) == notation.number(Fraction(repr(value)))


@given(st.fractions())
def test_fractions_come_back_exactly(value: Fraction) -> None:
    assert Fraction(notation.number(value)) == value


# --- angles ----------------------------------------------------------------------------------------------------------

THETA = Angle.of("theta", radians=1)


@pytest.mark.parametrize(
    ("angle", "in_qis", "in_native"),
    [
        (ZERO, "0", "0"),
        (turns("1/4"), "pi/2", "0.25"),
        (turns("3/8"), "3*pi/4", "0.375"),
        (turns("-1/2"), "-pi", "-0.5"),
        (turns(1), "2*pi", "1"),
        (turns("1/3"), "2*pi/3", "1/3"),
        (turns("0.1"), "pi/5", "0.1"),
        (turns("0.00012345"), "0.0002469*pi", "0.00012345"),
        (radians("0.1"), "0.1", "0.1rad"),
        (radians("1/3"), "1/3", "1/3*rad"),
        (turns("1/4") - radians("0.1"), "pi/2 - 0.1", "0.25turn - 0.1rad"),
        (turns("1/3") + radians("1"), "2*pi/3 + 1", "1/3*turn + 1rad"),
        (THETA, "theta", "theta*rad"),
        (THETA * -1, "-theta", "-theta*rad"),
        (THETA * Fraction(3, 4), "3*theta/4", "3*theta/4*rad"),
        (THETA * Fraction(1, 10), "0.1*theta", "0.1*theta*rad"),
        (Angle.of("th[0]", turns=1), "2*pi*th[0]", "th[0]"),
        (Angle.of("th[0]", turns=2) + turns("0.5"), "4*pi*th[0] + pi", "2*th[0] + 0.5"),
        (Angle.of("th[0]", turns=1) + THETA, "2*pi*th[0] + theta", "th[0]*turn + theta*rad"),
        (Angle.of("a*b", radians=2) + radians("0.5"), "2*a*b + 0.5", "2*a*b*rad + 0.5rad"),
        (Angle.of("a + b", radians=2), "2*(a + b)", "2*(a + b)*rad"),
        (Angle.of("-a", radians=2), "2*(-a)", "2*(-a)*rad"),
        (Angle.of("sin(a + b)", radians=1), "sin(a + b)", "sin(a + b)*rad"),
        (Angle.of("a**-1", radians=2), "2*a**-1", "2*a**-1*rad"),
        (Angle.of("1e-07*a", radians=2), "2*1e-07*a", "2*1e-07*a*rad"),
        (Angle(0.1), repr(0.2 * math.pi), "0.1"),  # a float is written as it is emitted
        (Angle(0, 0.3), "0.3", repr(0.3 / (2 * math.pi))),
        (Angle(0.25, Fraction(1, 2)), repr(math.pi / 2 + 0.5), repr(0.25 + 0.5 / (2 * math.pi))),
    ],
)
def test_angles_are_written_as_people_would(angle: Angle, in_qis: str, in_native: str) -> None:
    assert notation.angle(angle, "rad") == in_qis
    assert notation.angle(angle, "turn") == in_native


# --- circuits --------------------------------------------------------------------------------------------------------


def test_a_circuit_is_a_program_of_bare_statements() -> None:
    circuit = circuit_of(
        Op("h", (0,)),
        Op("cnot", (0, 1)),
        Op("x", (0, 1, 2), (), 2),
        Op("not", (1,)),
        Op("rx", (0, 2), (turns("1/4"),), 1),
        Op("p", (1,), (THETA,)),
        Op(BARRIER, (0, 1, 2)),
        Op(BARRIER, (2, 0)),
        Op(
            "pauliexp",
            (2, 0),
            (radians("0.1"),),
            0,
            0,
            Operator(((((("X", 0), ("Z", 1))), Fraction(-1, 2)), ((), 2)), 3),
        ),
        wires=(("a", None), ("b", 2)),
        registers=(("out", (0, None, 2)), ("all", (0, 1, 2)), ("tail", (1, 2))),
        phase=turns("5/4"),
    )
    assert qc.text(circuit) == (
        "param theta\n"
        "qubit a, b[2]\n"
        "h a\n"
        "cnot a, b[0]\n"
        "ctrl(2) @ x a, b[0], b[1]\n"
        "not b[0]\n"
        "ctrl @ rx(pi/2) a, b[1]\n"
        "p(theta) b[0]\n"
        "barrier\n"
        "barrier b[1], a\n"
        "pauliexp(0.1, -0.5*X[0]*Z[1] + 2, steps = 3) b[1], a\n"
        "register out = a, _, b[1]\n"
        "register all = a, b\n"
        "register tail = b\n"
        "gphase(pi/2)\n"
    )
    assert read(qc.text(circuit)) == circuit


def test_a_native_circuit_counts_in_turns() -> None:
    circuit = circuit_of(
        Op("gpi2", (0,), (turns("0.25"),)),
        Op("gpi", (1,), (Angle.of("t", turns=1),)),
        Op("ms", (0, 1), (ZERO, turns("0.5"), turns("0.25"))),
        Op("ms", (0, 1), (ZERO, turns("0.5"), turns("0.1"))),
        Op("zz_native", (0, 2), (radians("0.1"),)),
        Op("nop", (), (radians("2.5"),)),
        gateset="native",
        phase=turns("-1/8"),
    )
    assert qc.text(circuit) == (
        "param t\n"
        "gateset native\n"
        "qubit q[3]\n"
        "gpi2(0.25) q[0]\n"
        "gpi(t) q[1]\n"
        "ms(0, 0.5) q[0], q[1]\n"
        "ms(0, 0.5, 0.1) q[0], q[1]\n"
        "zz(0.1rad) q[0], q[2]\n"
        "nop(2.5)\n"
        "gphase(-pi/4)\n"
    )
    assert read(qc.text(circuit)) == circuit


def test_pinned_rows_stand_in_their_blocks() -> None:
    """Blocks end where their number does, barriers do not end them, and native rows of a qis circuit are marked."""
    gpi = Op("gpi", (0,), (turns("0.1"),))
    circuit = circuit_of(
        Op("x", (0,), (), 0, 1),
        Op(BARRIER, (0, 1, 2)),
        Op("x", (0,), (), 0, 1),
        Op("x", (0,), (), 0, 2),
        Op(BARRIER, (0, 1, 2)),
        Op("h", (0,)),
        gpi._replace(pinned=7),
        gpi._replace(pinned=7),
        gpi._replace(pinned=9),
        Op("y", (1,), (), 0, 9),
        Op("zz", (1, 2), (turns("0.1"),), 0, 9),
        Op("zz_native", (1, 2), (turns("0.1"),), 0, 9),
    )
    assert qc.text(circuit) == (
        "qubit q[3]\n"
        "verbatim {\n  x q[0]\n  barrier\n  x q[0]\n}\n"
        "verbatim {\n  x q[0]\n}\n"
        "barrier\n"
        "h q[0]\n"
        "native {\n  gpi(0.1) q[0]\n  gpi(0.1) q[0]\n}\n"
        "verbatim {\n"
        "  native {\n    gpi(0.1) q[0]\n  }\n"
        "  y q[1]\n"
        "  zz(pi/5) q[1], q[2]\n"
        "  native {\n    zz(0.1) q[1], q[2]\n  }\n"
        "}\n"
    )
    assert read(qc.text(circuit)) == circuit


@pytest.mark.parametrize(
    "wires",
    [
        (("q", 2),),  # too few
        (("for", 3),),  # a keyword
        (("pi", 3),),
        (("theta", 3),),  # the parameter's name
        (("a b", 3),),
        (("a", None), ("a", 2)),
        (),
    ],
)
def test_names_that_do_not_fit_give_way(wires: Any) -> None:
    circuit = circuit_of(Op("rx", (2,), (THETA,)), wires=wires)
    assert qc.text(circuit) == "param theta\nqubit q[3]\nrx(theta) q[2]\n"


def test_an_operator_without_letters_is_still_one() -> None:
    assert qc.operator(Operator(())) == "0*Z[0]"
    assert qc.operator(Operator((((), Fraction(-1, 2)),))) == "-0.5 + 0*Z[0]"
    assert qc.operator(Operator((((), 2), ((("Z", 3),), -1), ((("Y", 0),), Fraction(1, 3))))) == "2 - Z[3] + 1/3*Y[0]"


def test_qubits_make_room_for_a_parameter_called_q() -> None:
    circuit = circuit_of(Op("rx", (2,), (Angle.of("q[1]", radians=1),)))
    assert qc.text(circuit) == "param q[2]\nqubit q_[3]\nrx(q[1]) q_[2]\n"
    assert read(qc.text(circuit)) == circuit


# --- round trips -----------------------------------------------------------------------------------------------------

exact = st.builds(Fraction, st.integers(-40, 40), st.sampled_from([1, 2, 3, 4, 7, 10, 64, 1000]))
constants = st.builds(Angle, exact, exact)
angles = st.one_of(
    constants,
    st.builds(
        lambda constant, symbol, turned, plain: constant + Angle(0, 0, ((symbol, turned, plain),)),
        constants,
        st.sampled_from(["theta", "th[0]", "th[2]", "sin(theta)", "th[0]*theta", "theta**2"]),
        exact.filter(bool),
        st.one_of(st.just(0), exact),
    ),
)
WIDTH = 4
KEYS = {gateset: [g.key for g in GATES.values() if g.gateset == gateset] for gateset in ("qis", "native")}


@st.composite
def rows(draw: st.DrawFn, gateset: str) -> Op:
    key = draw(st.sampled_from([*KEYS[gateset], BARRIER]))
    order = draw(st.permutations(range(WIDTH)))
    if key == BARRIER:
        return Op(BARRIER, tuple(order[: draw(st.integers(1, WIDTH))]))
    gate = GATES[key]
    if key == "pauliexp":
        count = draw(st.integers(1, WIDTH))
        letters = st.lists(st.sampled_from("IXYZ"), min_size=count, max_size=count)
        products = draw(st.lists(letters, min_size=1, max_size=3, unique_by=tuple))
        terms = tuple(
            (tuple((letter, index) for index, letter in enumerate(product) if letter != "I"), draw(exact.filter(bool)))
            for product in products
        )
        steps = draw(st.integers(1, 5))
        return Op(key, tuple(order[:count]), (draw(angles),), 0, 0, Operator(terms, steps))
    controls = draw(st.integers(0, WIDTH - gate.operands)) if gateset == "qis" else 0
    given = tuple(draw(constants if key == "nop" else angles) for _ in gate.parameters)
    if key == "nop":
        given = (Angle(0, abs(given[0].radians)),)
    return Op(key, tuple(order[: controls + gate.operands]), given, controls)


@st.composite
def circuits(draw: st.DrawFn) -> FlatCircuit:
    gateset = draw(st.sampled_from(["qis", "qis", "native"]))
    chosen: list[Op] = []
    for number in range(draw(st.integers(1, 4))):
        inner = draw(st.sampled_from([gateset, gateset, "native"]))
        pinned = number + 5 if inner != gateset else draw(st.sampled_from([0, 0, number + 5]))
        chosen += [
            op if op.gate == BARRIER else op._replace(pinned=pinned)
            for op in draw(st.lists(rows(inner), min_size=1, max_size=4))
        ]
    slots = draw(st.lists(st.one_of(st.none(), st.integers(0, WIDTH - 1)), max_size=4, unique=True))
    registers = (("out", tuple(slots)),) if any(slot is not None for slot in slots) else ()
    wires = draw(st.sampled_from([(), (("a", None), ("b", 3)), (("x1", 2), ("y1", 2))]))
    phase = draw(angles)
    return FlatCircuit(WIDTH, "main", gateset, chosen, [None] * len(chosen), registers, phase, wires)


@settings(max_examples=150, deadline=None)
@given(circuits())
def test_what_is_printed_reads_back_as_the_same_circuit(circuit: FlatCircuit) -> None:
    text = qc.text(circuit)
    again = read(text)
    assert again == circuit
    assert again.gateset == circuit.gateset
    assert qc.text(again) == text


@settings(max_examples=40, deadline=None)
@given(circuits(), st.sampled_from(["aria", "forte", "qis"]))
def test_compiled_circuits_read_back_with_the_same_numbers(circuit: FlatCircuit, target: str) -> None:
    """Passes make floats; the printed text must emit the same bits."""
    bound = circuit.replace(
        rows=[op._replace(angles=tuple(a.bind(lambda _: Fraction(1, 3)) for a in op.angles)) for op in circuit.rows],
        phase=circuit.phase.bind(lambda _: Fraction(1, 3)),
    )
    loose = [op._replace(pinned=0) for op in bound.rows if GATES.get(op.gate, GATES["x"]).gateset == bound.gateset]
    loose = [op._replace(operator=op.operator._replace(steps=1)) if op.operator else op for op in loose]
    program, _, _ = transpile(
        LoweredProgram(runs=[bound.replace(rows=loose, origins=[None] * len(loose))]), Options(target)
    )
    (compiled,) = program.runs
    again = read(qc.text(compiled))
    assert [op._replace(angles=()) for op in again.rows] == [op._replace(angles=()) for op in compiled.rows]
    unit = "in_turns" if compiled.gateset == "native" else "in_radians"
    for before, after in zip(compiled.rows, again.rows, strict=True):
        for left, right in zip(before.angles, after.angles, strict=True):
            assert getattr(left, unit)() == getattr(right, unit)()


# --- programs --------------------------------------------------------------------------------------------------------

PROGRAM = """job {
  name = "a \\"b\\"\\n"
  shots = 500
  dry_run = true
  noise {
    model = "aria-1"
    seed = 7
  }
  settings {
    compilation {
      opt = 0.5
      precision = "1E-3"
    }
  }
  metadata {
    team = env("TEAM")
  }
}
param theta
circuit ghz_2 {
  qubit q[2]
  h q[0]
  cnot q[0], q[1]
}
circuit five {
  gateset native
  qubit a
  gpi(0.1) a
}
circuit circuit_1_2_t {
  qubit q
  rx(theta) q
}
run ghz_2 as "ghz(2)", five, circuit_1_2_t as "1/2 {{t}}"
"""

ENERGY = """param th[2]
circuit ansatz {
  qubit q[2]
  ry(th[0]) q[0]
  ry(th[1]) q[1]
}
hamiltonian hamiltonian_1 = -1.05 + 0.39*Z[0] - X[0]*X[1]
energy {
  hamiltonian = hamiltonian_1
  ansatz = ansatz
  params = [0.1, 2]
  linear_constraints = [[[1, 2.5], 3]]
  quadratic_constraints = [[[[1, 0], [0, 1]], [1, 2], 0.5]]
  penalty = 2
  cvar_alpha = 0.25
}
"""

FUNCTION = """function {
  type = "some-kind"
  data {
    a = [1, 2.5, "x", null, true, [false]]
    b {
      c = -3
    }
  }
  params = [1, 0.5]
}
"""


@pytest.mark.parametrize("text", [PROGRAM, ENERGY, FUNCTION])
def test_programs_print_as_they_are_written(text: str) -> None:
    assert qc.program_text(load(Source(text))[0]) == text


def test_one_circuit_stays_one_circuit() -> None:
    """A label, and a name that needs one, would make another type of job of it."""
    for text, name in (("qubit q\nh q\n", "my-file.qc"), ("qubit q\nh q\n", "bell.qc")):
        program, _ = load(Source(text, name))
        again, _ = load(Source(qc.program_text(program)))
        assert not program.is_multi
        assert not again.is_multi
    multi, _ = load(Source('circuit a { qubit q; h q }\nrun a as "a"'))
    assert multi.is_multi
    assert load(Source(qc.program_text(multi)))[0].is_multi


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.qc")), ids=lambda path: path.stem)
def test_examples_read_back(path: Path) -> None:
    program, _ = load(Source(path.read_text(), str(path)))
    text = qc.program_text(program)
    again, _ = load(Source(text))
    assert qc.program_text(again) == text
    assert again.is_multi == program.is_multi
    assert again.job.settings.keys() == program.job.settings.keys()
    assert [circuit.name for circuit in again.runs] == [c.name for c in program.runs] or len(program.runs) == 1
    for before, after in zip(program.runs, again.runs, strict=True):
        assert before == after


@pytest.mark.parametrize("text", ['a"b\\c\nd\te', "{x}", "", "ünïcode ✓"])
def test_strings_come_back(text: str) -> None:
    program, _ = load(Source("qubit q\nh q\n"))
    program.job.set("name", text)
    assert load(Source(qc.program_text(program)))[0].job.get("name") == text
