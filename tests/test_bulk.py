"""Circuits are read in bulk exactly as they are read line by line: rows, phases, origins, errors.

For comparison each quick road is switched off. Would catch a form that differs from the gate's definition, a loop that
is repeated though its iterations differ, an error that is lost, and work that grows where it should not.
"""

from __future__ import annotations

import pickle
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from fractions import Fraction
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ionqdsl import formats
from ionqdsl import pipeline as stages
from ionqdsl.diagnostics import CompileError
from ionqdsl.diagnostics.source import Source, Span
from ionqdsl.emit import payload
from ionqdsl.emit.openqasm import definition
from ionqdsl.ir.angle import Angle, AngleSum, DecimalAngle, radians
from ionqdsl.ir.circuit import Op
from ionqdsl.ir.gates import GATES
from ionqdsl.ir.options import Options
from ionqdsl.ir.plain_rows import PlainRows
from ionqdsl.language import lines, syntax
from ionqdsl.language.evaluate import Scope
from ionqdsl.language.library import Library, standard_signatures
from ionqdsl.language.lower import forms, plain
from ionqdsl.language.lower.circuits import Lowering
from ionqdsl.language.lower.gates import Expander
from ionqdsl.language.lower.loops import Foresight
from ionqdsl.language.lower.repeated import RepeatedGates
from ionqdsl.language.values import Measure
from ionqdsl.linter import lint
from ionqdsl.read.openqasm import gates as qasm_gates
from ionqdsl.read.openqasm import program as openqasm
from ionqdsl.read.openqasm import runs
from ionqdsl.workers.parcels import Parcel

NUMBERS = st.sampled_from(["0", "0.0", "-0", "0.1", "-.5", "3.", "7", "1e-3", "2.5E+2", "-1.25e-7", "000.10", "0e5"])
PI = st.sampled_from(["pi", "-pi", "pi/4", "-pi/2", "3*pi/8", "0.25*pi", "pi*0.1", "2*pi", "-.5*pi/3", "pi*2", "0*pi"])
ARGUMENT = NUMBERS | PI


# --- angles ----------------------------------------------------------------------------------------------------------


@given(NUMBERS | st.decimals(allow_nan=False, allow_infinity=False, min_value=-99, max_value=99).map(str))
def test_a_written_angle_is_the_exact_one(text: str) -> None:
    exact = radians(text)
    assert DecimalAngle(text).in_radians() == exact.in_radians()
    assert DecimalAngle(text).in_turns() == exact.in_turns()
    assert bool(DecimalAngle(text)) is bool(exact)
    assert DecimalAngle(text) == exact == DecimalAngle(text)
    assert hash(DecimalAngle(text)) == hash(exact)
    assert pickle.loads(pickle.dumps(DecimalAngle(text))) == exact
    assert DecimalAngle(text) * 3 - exact / 2 == exact * Fraction(5, 2)
    assert DecimalAngle(text).reduced() == exact.reduced()


@given(st.lists(st.tuples(ARGUMENT, st.fractions(-9, 9, max_denominator=9)), max_size=6))
def test_a_sum_of_angles_is_exact(parts: list[tuple[str, Fraction]]) -> None:
    total, expected = AngleSum(), Angle()
    for text, factor in [*parts, ("0.1", Fraction(1))]:
        found = plain.argument_of(text)
        assert found is not None
        total.add(found.angle, factor)
        expected += found.angle * factor
    total.add(Angle.of("theta", radians=2))
    assert total.angle() == expected + Angle.of("theta", radians=2)


# --- forms -----------------------------------------------------------------------------------------------------------

PLACE = Span(Source("gate"), 0, 4)


def expanded(expander: Expander, gate: str, gateset: str, angles: list[Angle]) -> Any:
    """The rows and phase of a gate by its definition."""
    scope = Scope({f"a{k}": Measure(angle) if angle.turns else angle.radians for k, angle in enumerate(angles)})
    given = tuple(syntax.Argument(None, syntax.Reference(name, PLACE), PLACE) for name in scope.names)
    template = expander.expand(syntax.Application((), syntax.Name(gate, PLACE), given, (), PLACE), scope, gateset)
    return list(template.rows), template.phase


QIS = [(name, "qis", len(found.parameters)) for name, found in standard_signatures().items()]
ROWS = [(gate.name, gate.gateset, len(gate.parameters)) for gate in GATES.values() if gate.operands > 0]
OURS = [(name, "qis", len(gate.parameters)) for name, gate in qasm_gates._definitions().items()]
WITHOUT = {"nop", "pauliexp", "_gpi", "_gpi2", "_ms"}
"""Gates without a form: time that cannot be negative, an operator, Braket's pulses, which stay as written."""


@pytest.mark.parametrize(("gate", "gateset", "count"), [*QIS, *ROWS, *OURS])
def test_the_form_of_every_gate_is_its_definition(gate: str, gateset: str, count: int) -> None:
    expander = qasm_gates.expander()
    form = forms.form_of(expander, gateset, PLACE, gate, (None,) * count)
    if form is None:
        assert gate in WITHOUT
        return
    texts = [["0.3", "-1.5", "2e-3", ".25"], ["0.3", "0.3", "-0.3", "0"], ["0"] * 4]
    texts += [["pi/4", "-pi", "0.1", "3*pi/8"], ["2*pi", "4*pi", "-2*pi", "0*pi"]]
    placed = 0
    for chosen in texts if count else texts[:1]:
        angles = [found.angle for text in chosen[:count] if (found := plain.argument_of(text)) is not None]
        rows = form.placed(angles, tuple(range(form.width)))
        if rows is not None:
            if gateset == "qis" or not any(angle.turns for angle in angles):
                placed += 1
            expected = expanded(expander, gate, gateset, angles)
            assert (rows, form.phase_of(angles)) == expected, (gate, chosen)
    assert placed


def test_a_gate_whose_rows_depend_on_its_arguments_has_no_form() -> None:
    text = (
        "gate jump(t) a { if t > 0 { x a }; rx(t) a }\ngate curve(t) a { rx(t*t) a }\n"
        "gate root(t) a { pow(0.5) @ rx(t) a }\ngate many(t) a { for i in range(t) { x a } }\n"
        "gate many_more(t) a { root(t) a }\nqubit q\n"
    )
    parsed = stages.parse(Source(text)).file
    own = {item.name.text: item for item in parsed.items if isinstance(item, syntax.GateDefinition)}
    assert len(own) == 5
    expander = Expander(Library(own), Scope())
    assert [name for name in own if forms.form_of(expander, "qis", PLACE, name, (None,)) is not None] == []


def test_a_phase_that_vanishes_makes_no_row() -> None:
    """`ctrl @ gphase(0)` has none, so arguments of 0 go the ordinary road."""
    text = "gate g(s, t) a { gphase(s - t) }\ngate cg(s, t) a, b { ctrl @ g(s, t) a, b }\nqubit q[2]\n"
    for arguments in ("0.5, 0.5", "0.5, 0.25", "0, 0"):
        program, _ = stages.load(Source(text + f"cg({arguments}) q[0], q[1]\n" * 9))
        assert len(program.runs[0].rows) == (9 if arguments == "0.5, 0.25" else 0)


# --- roads -----------------------------------------------------------------------------------------------------------


def never(*arguments: Any, **keywords: Any) -> None:
    """In place of a quick road."""


@contextmanager
def slow_roads() -> Iterator[None]:
    with ExitStack() as stack:
        stack.enter_context(patch.object(RepeatedGates, "placed", never))
        stack.enter_context(patch.object(RepeatedGates, "placed_once", never))
        stack.enter_context(patch.object(Lowering, "_plain_gates", never))
        stack.enter_context(patch.object(runs, "_plain_gates", never))
        stack.enter_context(patch.object(Foresight, "repeats", never))
        yield


def result(load: Callable[[Source], Any], source: Source) -> Any:
    try:
        program, noticed = load(source)
    except CompileError as error:
        return [(d.code, d.place, d.message) for d in error.diagnostics]
    circuit = program.runs[0]
    compiled, _, reports = stages.transpile(program, Options(target="qis"), may_vanish=True)
    texts = [answer(formats.write, program, form) for form in ("qc", "qasm2", "qasm3")]  # before anybody asks for rows
    bytes_sent = answer(payload.request, compiled)
    costs = [(step.rows, step.before, step.after) for step in reports[0].passes]
    facts = (len(circuit), circuit.rows, circuit.origins, circuit.phase, circuit.registers, circuit.gateset)
    return facts, [d.code for d in noticed], compiled.runs[0].rows, compiled.runs[0].phase, texts, bytes_sent, costs


def answer(ask: Callable[..., Any], *arguments: Any) -> Any:
    """An answer, or the errors and their places."""
    try:
        return ask(*arguments)
    except CompileError as error:
        return [(d.code, d.place, d.message) for d in error.diagnostics]


def assert_roads_agree(load: Callable[[Source], Any], text: str) -> None:
    """Rows as objects, rows as columns, and every line by its syntax: all the same."""
    source = Source(text)
    quick = result(load, source)
    with patch.object(lines, "LONG", 0):
        assert result(load, source) == quick
    with slow_roads():
        assert result(load, source) == quick


HEADS = st.sampled_from(
    [
        ("u3", 3, 1), ("u2", 2, 1), ("u1", 1, 1), ("rx", 1, 1), ("rz", 1, 1), ("h", 0, 1), ("cx", 0, 2), ("ccx", 0, 3),
        ("cu1", 1, 2), ("cu3", 3, 2), ("crz", 1, 2), ("rzz", 1, 2), ("mine", 2, 1), ("both", 2, 2), ("U", 3, 1),
        ("gpi", 1, 1), ("ms", 3, 2), ("nothing", 1, 1), ("rx", 2, 1), ("cx", 0, 1),
    ]
)  # fmt: skip


@st.composite
def qasm_line(draw: st.DrawFn) -> str:
    name, count, operands = draw(HEADS)
    given = ",".join(draw(ARGUMENT | st.sampled_from(["pi/0", "1+1", "sin(1)"] if draw(st.booleans()) else ["1"]))
                     for _ in range(count))  # fmt: skip
    qubits = draw(st.permutations(range(3 if draw(st.integers(0, 20)) else 4)))[:operands]
    return f"{name}({given}) " * bool(count) + f"{name} " * (not count) + ",".join(f"q[{k}]" for k in qubits) + ";"


TEXT_2 = 'OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[3];\ngate mine(a,b) x { u3(a-b,2*b,pi/4) x; }\n'
TEXT_2 += "gate both(a,b) x,y { cu1(a) x,y; mine(b,a/3) y; }\n"
TEXT_3 = 'OPENQASM 3.0;\ninclude "stdgates.inc";\nqubit[3] q;\ngate mine(a,b) x { gphase(a-b); inv @ rx(2*b) x; }\n'
TEXT_3 += "gate both(a,b) x,y { ctrl @ mine(a,b) x,y; pow(2) @ rz(b) y; }\n"


NATIVE = "".join(f"{definition(name)[0]}\n" for name in ("rzz", "rxx", "gpi", "ms"))
"""Definitions of native gates as ionqdsl writes them, which it reads as those gates."""


@given(st.sampled_from([TEXT_2, TEXT_3, TEXT_3 + NATIVE]), st.lists(qasm_line(), min_size=8, max_size=14))
@example(TEXT_3, ["both(0.5,0.5) q[0],q[1];", "both(0.5,0.25) q[0],q[1];"] * 5)
@example(TEXT_3, ["gpi(0.25) q[0];", "h q[1];"] * 5)
@example(TEXT_3 + NATIVE, ["ms(0.1,0.2,0.05) q[0],q[1];", "gpi(0.1) q[1];", "ms(0.1,pi,0.05) q[0],q[1];"] * 4)
def test_openqasm_means_the_same_on_all_roads(head: str, plain_lines: list[str]) -> None:
    assert_roads_agree(openqasm.read, head + "\n".join(plain_lines) + "\n")


BETWEEN_2 = ["// c", "", "barrier q;", "gate late(a) x { rx(2*a) x; }", "qreg r[2];", "creg pi[1];", "opaque far(a) x;"]
BETWEEN_3 = [
    "/* c\n */", "let r = q[1:2];", "const float c = 0.5;", "{ rx(0.5) q[0];\nrx(0.5) q[1];\n}", "gate t x { s x; }",
    'include "qelib1.inc";', "float late = 0.5;", "for int i in [0:1] {\nrx(0.5) q[0];\nt q[1];\n}",
]  # fmt: skip
NEAR = ["late(0.5) q[0];", "rx(0.5) r[0];", "rx(pi/3) q[1];", "t q[2];", "h r[1];", "rx(c) q[0];", "sxdg q[0];"]


@given(
    st.sampled_from([TEXT_2, TEXT_3, 'OPENQASM 3.0;\nqubit[3] q;\ninclude "stdgates.inc";\n']),
    st.lists(st.sampled_from(BETWEEN_2 + BETWEEN_3 + NEAR), min_size=6, max_size=14),
)
@example(TEXT_2, [*NEAR[2:4], "// c", *NEAR[2:4], "creg pi[1];", *NEAR[2:4]])
@example(TEXT_3, ["t q[0];", "t q[1];", "gate t x { s x; }", "t q[0];", "t q[1];"])
def test_openqasm_between_other_statements_means_the_same(head: str, pieces: list[str]) -> None:
    """Runs share the gates and registers of their scope until something is declared."""
    twice = [line for piece in pieces for line in ([piece, piece] if piece in NEAR else [piece])]
    assert_roads_agree(openqasm.read, head + "\n".join(twice) + "\n")


QC_BETWEEN = [
    "# c", "", "barrier q", "let r = q[0:2]", "const c = 2", "{", "for i in range(2) {\nrx(0.5) q[0]\nh q[1]\n}",
    "native {\ngpi(0.5) q[0]\ngpi(0.25) q[1]\n}", "gateset native", "verbatim {\nh q[0]\nh q[1]\n}", "qubit s[2]",
    "gate late(t) a { rx(2*t) a; gphase(t) }",
]  # fmt: skip
QC_NEAR = ["rx(0.5) r[0]", "h r[1]", "late(0.5) q[0]", "rz(pi/2) q[1]", "gpi(0.5) q[0]", "x s[1]", "h q[5]", "not q[0]"]


@given(st.lists(st.sampled_from(QC_BETWEEN + QC_NEAR), min_size=6, max_size=14))
def test_plain_lines_between_other_statements_mean_the_same(pieces: list[str]) -> None:
    twice = [line for piece in pieces for line in ([piece, piece] if piece in QC_NEAR else [piece])]
    assert_roads_agree(stages.load, "qubit q[3]\n" + "\n".join(twice) + "\n")


QC_HEAD = "qubit q[3]\ngate mine(a, b) x { gphase(a - b); inv @ rx(2*b + pi/3) x; p(a) x }\n"
QC_HEAD += "gate both(a, b) x, y { ctrl @ mine(a, b) x, y; pow(2) @ rz(b) y }\ngate half(t) x { sqrt(t*t); x x }\n"
QC_HEADS = st.sampled_from(
    [("u3", 3, 1), ("rx", 1, 1), ("p", 1, 1), ("h", 0, 1), ("cnot", 0, 2), ("ccx", 0, 3), ("cu3", 3, 2), ("crz", 1, 2),
     ("mine", 2, 1), ("both", 2, 2), ("swap", 0, 2), ("gpi", 1, 1), ("nothing", 1, 1), ("rx", 2, 1), ("half", 1, 1)]
)  # fmt: skip
INSIDE = st.sampled_from(["i", "2*i", "pi*i/3", "i - 1", "0.5", "n*k", "k", "30deg*i", "t", "sin(i)", "1/i", "pi/4"])
PLACES = st.sampled_from(["q[i]", "q[i + 1]", "q[0]", "q[1]", "q[k]", "q[2 - i]", "q[i*k]", "q[-1]"])


@st.composite
def statement(draw: st.DrawFn, *more: str) -> str:
    name, count, operands = draw(QC_HEADS)
    given = ", ".join(draw(INSIDE) for _ in range(count))
    qubits = ", ".join(
        draw(st.lists(PLACES | st.sampled_from(more) if more else PLACES, min_size=operands, max_size=operands))
    )
    return f"{name}({given}) {qubits}" if count else f"{name} {qubits}"


SHAPES = st.sampled_from(
    [
        "for i in range(1, 4) {\n  for k in range(2) {\n%s\n  }\n}\n",
        "for k in range(5) {\n  for i in [0, 1] {\n%s\n  }\n}\n",
        "for k in [1, 1, 1, 1] {\n  const i = 1\n%s\n}\n",
        "const i = 0\nfor k in range(4) {\n  for k2 in range(3) {\n%s\n  }\n}\n",
        "const i = 1\nconst k = 0\nfor j in range(6) {\n%s\n}\n",
        "const i = 1\nconst k = 0\nfor j in range(6) {\nverbatim {\n%s\n}\n}\n",
    ]
)


@given(SHAPES, st.lists(statement(), min_size=1, max_size=3))
@example("const i = 1\nconst k = 0\nfor j in range(6) {\n%s\n}\n", ["rx(pi/3) q[i]", "both(0.5, 0.25) q[0], q[1]"])
@example("const i = 1\nconst k = 0\nfor j in range(6) {\n%s\n}\n", ["mine(0.5, 0.5) q[i]", "rx(1) q[7]"])
def test_loops_mean_the_same_on_all_roads(shape: str, body: list[str]) -> None:
    assert_roads_agree(stages.load, "param t\nconst n = 2\n" + QC_HEAD + shape % "\n".join(body))


@given(st.lists(statement("q", "q[0:2]", "q[1:3]"), min_size=1, max_size=4))
@example(["mine(0.5, 0.25) q", "rx(0) q[0:2]", "cnot q[0:2], q[1:3]", "cnot q[0], q", "h q", "swap q[0:2]"])
def test_statements_that_are_alike_mean_the_same_on_all_roads(body: list[str]) -> None:
    assert_roads_agree(stages.load, "param t\nconst n = 2\nconst i = 1\nconst k = 0\n" + QC_HEAD + "\n".join(body * 3))


@pytest.mark.parametrize("third", ["t/3", "t"])
def test_lines_of_a_gate_with_factors_and_constants_mean_the_same(third: str) -> None:
    """Angles of a line's numbers times 2, -1, 1/2 and 1/3, two numbers in another order, and constants next to them."""
    gate = f"gate late(s, t) a {{ rx(2*t) a; rz(0.25) a; ry({third}) a; rz(-s) a; rx(0.5*s) a; gphase(t - s/2) }}\n"
    plain_lines = [f"late(0.{k}, -1.{k}e-2) q[{k % 2}]\n" for k in range(1, 9)] + ["late(3, 2.5) q[1]\n"] * 2
    assert_roads_agree(stages.load, gate + "qubit q[2]\n" + "".join(plain_lines)[:-1])
    gate, plain_lines = gate.replace(" }", "; }"), [line.replace("\n", ";\n") for line in plain_lines]
    head = 'OPENQASM 3.0;\ninclude "stdgates.inc";\n' + gate + "qubit[2] q;\n"
    assert_roads_agree(openqasm.read, head + "".join(plain_lines)[:-1])


def test_plain_lines_do_not_mistake_a_register_or_constant_of_another_name() -> None:
    line = "rx(pi/2) q[0]\n"
    assert_roads_agree(stages.load, "qubit q[2]\nfor pi in range(3) {\n" + line * 9 + "}\n")
    assert_roads_agree(stages.load, "qubit q[2]\nfor q in range(3) {\n" + line * 9 + "}\n")
    assert_roads_agree(openqasm.read, TEXT_3 + "const float pi = 3;\n" + "rx(pi/2) q[0];\n" * 9)


# --- work ------------------------------------------------------------------------------------------------------------


DIVIDES = "gate g(a) b { const k = 1/a; rx(2) b }\n"
CANCELS = "gate f(a) b { rx(a/a) b }\ngate g(a) b { f(a) b }\n"
HALF_3 = "gate g a { rz(1/2) a; }\n"
UNUSED_2 = "gate f(c) x { }\ngate g(a,b) x { f(b/a) x; }\n"


@pytest.mark.parametrize(
    ("load", "text", "code"),
    [
        (stages.load, DIVIDES + "qubit q[2]\n" + "g(1) q[0]\n" * 9 + "g(0) q[0]\n", "QC0303"),
        (stages.load, DIVIDES + "qubit q[2]\nfor i in [2, 1, 3, 0] { g(i) q[0] }\n", "QC0303"),
        (stages.load, CANCELS + "qubit q[2]\nfor i in [2, 1, 3, 0] { g(i) q[0] }\n", "QC0303"),
        (stages.load, "gate g(a) b { rx(0*sqrt(a)) b }\nqubit q[2]\n" + "g(4) q[0]\n" * 9 + "g(-1) q[0]\n", "QC0310"),
        (openqasm.read, TEXT_2 + UNUSED_2 + "g(1.0,2) q[1];\n" * 9 + "g(0.0,2) q[1];\n", "QC0303"),
        (openqasm.read, TEXT_3 + HALF_3 + "h q[0];\n" * 8 + "g q[1];\n" * 2, "QC1114"),
    ],
)
def test_errors_and_notes_about_some_arguments_are_not_lost(load: Any, text: str, code: str) -> None:
    """A form knows no values, so an error for some of them, or a note, would get lost."""
    assert code in str(result(load, Source(text)))
    assert_roads_agree(load, text)


def rows_text(count: int) -> str:
    return "".join(f"u3({k / 7},{k / 9 + 1},{-k / 11 - 1}) q[{k % 3}];\n" for k in range(1, count + 1))


def test_distinct_lines_are_expanded_once_a_gate() -> None:
    """Counts: definitions opened, syntax nodes built, and exact fractions made on the way to the request."""
    made: list[Any] = []
    source = Source(TEXT_2 + rows_text(400))
    with (
        patch.object(Expander, "expand", autospec=True, side_effect=Expander.expand) as expand,
        patch.object(runs, "application", side_effect=runs.application) as application,
        patch.object(DecimalAngle, "__getattr__", lambda self, name: made.append(name)),
    ):
        program, _ = openqasm.read(source)
        compiled, *_ = stages.transpile(program, Options(target="qis"))
        payload.request(compiled)
    assert len(program.runs[0].rows) == 1200
    assert expand.call_count < 10
    assert application.call_count == 0
    assert made == []
    text = "qubit q[3]\n" + rows_text(400).replace(";", "")
    text += "".join(f"rx(0.{k}{unit}) q[1]\n" for k in range(1, 100) for unit in ("rad", "turn", "deg"))
    with patch.object(lines, "application", side_effect=lines.application) as application:
        stages.load(Source(text))
    assert application.call_count == 0


def test_a_loop_of_equal_iterations_is_lowered_twice() -> None:
    text = "qubit q[4]\nfor i in range(50000) {\n  for j in range(3) {\n    cnot q[j], q[j + 1]\n  }\n  rx(0.1) q\n}\n"
    with patch.object(Lowering, "_application", autospec=True, side_effect=Lowering._application) as lowered:
        program, _ = stages.load(Source(text))
    assert len(program.runs[0].rows) == len(program.runs[0].origins) == 50_000 * 7
    assert lowered.call_count == 2 * 4


def test_rows_of_plain_lines_are_made_when_somebody_asks() -> None:
    """Neither the passes of level 0 nor the writers ask, whatever stands between the lines."""
    head, end = "qubit q[3]\n# c\nfor i in range(3) {\n  h q[i]\n  cnot q[0], q[1]\n}\n", "register m = q[1], q[0]\n"
    text = rows_text(60).replace(";", "") + "# c\nbarrier q\n" + "rz(pi/8) q[1]\ncp(0.5) q[0], q[1]\n" * 9
    openqasm_text = TEXT_2 + rows_text(60) + "cx q[0],q[1];\ncu1(0.3) q[0],q[2];\n// c\nbarrier q;\n" + rows_text(9)
    openqasm_text += "creg c[3];\nmeasure q -> c;\n"
    for load, source in ((stages.load, Source(head + text + end)), (openqasm.read, Source(openqasm_text))):
        with patch.object(lines, "LONG", 0), patch.object(PlainRows, "rows", never):
            program, _ = load(source)
            compiled = sent(program)
            for form in ("qc", "qasm2", "qasm3"):
                formats.write(program, form)
        assert program.runs[0].is_plain
        assert compiled.runs[0].is_plain


def test_a_copy_has_rows_of_its_own() -> None:
    with patch.object(lines, "LONG", 0):
        program, _ = stages.load(Source("qubit q[3]\nbarrier q\n" + rows_text(9).replace(";", "")))
    circuit = program.runs[0]
    copy = circuit.replace(name="copy")
    assert len(circuit.rows) == len(copy.rows) == len(copy) == len(copy.origins) == 1 + 3 * 9
    assert copy == circuit


@pytest.mark.parametrize("loads", [stages.load, openqasm.read])
def test_a_line_that_makes_no_row_has_no_place(loads: Any) -> None:
    """`id` is no row; a circuit whose rows were made can grow."""
    if loads is stages.load:
        text = "qubit q[2]\n" + "h q[0]\nid q[1]\nx q[1]\n" * 9
    else:
        text = 'OPENQASM 3;\ninclude "stdgates.inc";\nqubit[2] q;\n' + "h q[0];\nid q[1];\nx q[1];\n" * 9
    with patch.object(lines, "LONG", 0):
        circuit = loads(Source(text))[0].runs[0]
    assert circuit.is_plain
    assert [op.gate for op in circuit.rows] == ["h", "x"] * 9
    assert [text[span.start] for span in circuit.origins if span is not None] == ["h", "x"] * 9
    circuit.add(Op("z", (0,)))
    assert [len(circuit.rows), len(circuit.origins)] == [19, 19]


@pytest.mark.parametrize("line", ["h q[3]", "rx(0.25) r[0]", "cnot q[0], q[0]", "rx(0.5, 0.5) q[0]", "hh q[0]"])
def test_the_last_of_many_lines_is_named(line: str) -> None:
    """Its place, and rows of the lines before it are no hindrance."""
    before = "qubit q[3]\n" + rows_text(40).replace(";", "").replace("\n", " # c\n", 3)
    with patch.object(lines, "LONG", 0):
        found = result(stages.load, Source(before + line + "\n" + "h q[0]\n"))
    assert {place.source.position(place.start)[0] for _, place, _ in found} == {before.count("\n") + 1}


def test_columns_travel_small_and_arrive_equal() -> None:
    text = "qubit q[3]\n" + "".join(f"rz(0.{k + 1}) q[{k % 3}]\n" for k in range(3000))
    with patch.object(lines, "LONG", 0):
        circuit = stages.load(Source(text))[0].runs[0]
    parcel = Parcel(circuit)
    assert circuit.is_plain
    assert len(parcel.data) < 20 * 3000
    arrived = parcel.contents
    assert (arrived.rows, arrived.origins, arrived.phase) == (circuit.rows, circuit.origins, circuit.phase)


def test_bytes_for_each_gate_stay_few() -> None:
    """From text to the request: a number for the form, an offset and 8 bytes for an angle, and the request's own bytes.

    A line with `u3` makes three gates.
    """
    repetitive = "".join(f"rz(pi/{k % 4 + 1}) q[{k % 3}]\n" for k in range(8000))
    distinct = "".join(f"rz(0.{k + 1}) q[{k % 3}]\n" for k in range(8000))
    sent(stages.load(Source("qubit q[3]\n" + "h q[0]\n" * 9))[0])  # does all imports
    for text, gates in ((repetitive, 1), (distinct, 1), (rows_text(8000).replace(";", ""), 3)):
        source = Source("qubit q[3]\n" + text)
        tracemalloc.start()
        program, _ = stages.load(source)
        held, _ = tracemalloc.get_traced_memory()
        sent(program)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert len(program.runs[0]) == 8000 * gates
        assert held < 60 * 8000
        assert most < 200 * 8000 * gates


def test_the_linter_keeps_no_node_of_a_plain_line() -> None:
    """Of a line without a finding next to nothing stays; with one, the finding and its edit. A node takes 900 bytes."""
    silent = "".join(f"{'ht'[k % 2]} q[{k % 3}]\n" for k in range(16_000))
    telling = "".join(f"rz(0.{k + 1}) q[{k % 3}]\n" for k in range(16_000))
    lint(Source("qubit q[3]\nh q\nrz(0.1) q[0]\n"))  # does all imports
    for text, findings, most in ((silent, 0, 200), (telling, 16_000, 1200)):
        tracemalloc.start()
        found = lint(Source("qubit q[3]\n" + text))
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert len(found) >= findings
        assert peak < most * 16_000


def sent(program: Any) -> Any:
    """The compiled program, after its request was made."""
    compiled, *_ = stages.transpile(program, Options(target="qis"))
    payload.request(compiled)
    return compiled
