"""Plain gate lines read without the grammar equal those read with it: nodes, spans, circuits, origins, diagnostics.

For comparison the grammar's LINES terminal is switched off. Would catch a line that is taken and read differently, an
error that is lost because equal lines are looked at once, and a span that is off.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ionqdsl import pipeline as stages
from ionqdsl.diagnostics import CompileError, Diagnostic
from ionqdsl.diagnostics.source import Source
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.language import faults, lines, parse, syntax
from ionqdsl.record import changed


@contextmanager
def ordinary_road() -> Iterator[None]:
    quick, careful = parse._parser(express=False), faults._parser(express=False)
    with patch.object(parse, "_parser", lambda _: quick), patch.object(faults, "_parser", lambda _: careful):
        yield


def opened(items: Iterable[Any]) -> tuple[Any, ...]:
    """Items with every run of plain lines as its nodes, in blocks too."""
    nodes: list[Any] = []
    for item in items:
        if isinstance(item, syntax.Lines):
            nodes += lines.applications(item)
            continue
        inner = {name: opened(getattr(item, name)) for name in ("body", "then", "otherwise") if hasattr(item, name)}
        nodes.append(changed(item, **inner) if inner else item)
    return tuple(nodes)


def took_the_lane(source: Source) -> bool:
    return any(isinstance(item, syntax.Lines) for item in parse.parse(source).file.items)


def outcome(source: Source) -> tuple[list[FlatCircuit], list[Diagnostic]]:
    try:
        program, warnings = stages.load(source)
    except CompileError as error:
        return [], list(error.diagnostics)
    return program.runs, warnings


def assert_alike(text: str) -> None:
    source = Source(text)
    by_lane, lane_parsed = outcome(source), parse.parse(source)
    with ordinary_road():
        by_road, road_parsed = outcome(source), parse.parse(source)
        assert not took_the_lane(source)
    assert opened(lane_parsed.file.items) == opened(road_parsed.file.items)
    assert lane_parsed.diagnostics == road_parsed.diagnostics
    assert [(d.code, d.place, d.message) for d in by_lane[1]] == [(d.code, d.place, d.message) for d in by_road[1]]
    assert len(by_lane[0]) == len(by_road[0])
    for one, other in zip(by_lane[0], by_road[0], strict=True):
        assert one.rows == other.rows
        assert one.origins == other.origins
        assert one.phase == other.phase
        assert one == other


# --- random lines ----------------------------------------------------------------------------------------------------

DIGITS = st.sampled_from(["0", "1", "2.5", ".5", "3.", "1e-3", "1.5E+2", "007", "0.1", "12345678901234567890", "2e99"])
UNITS = st.sampled_from(["", "", "turn", "deg", "rad"])
PRIMARY = st.one_of(
    st.tuples(st.sampled_from(["", "", "-", "+"]), DIGITS, UNITS).map("".join),
    st.tuples(st.sampled_from(["", "-", "+"]), st.sampled_from(["pi", "tau"])).map("".join),
)
ARGUMENT = st.tuples(PRIMARY, st.lists(st.tuples(st.sampled_from("*/"), PRIMARY).map("".join), max_size=3)).map(
    lambda p: p[0] + "".join(p[1])
)
BLANK = st.sampled_from(["", "", " ", "\t", "  "])
SPACE = st.sampled_from([" ", " ", "  ", "\t"])
QUBIT = st.tuples(st.sampled_from(["q", "q", "q2", "_a"]), st.integers(0, 3)).map(lambda p: f"{p[0]}[{p[1]}]")
NAMES = [
    "h",
    "x",
    "not",
    "t",
    "cx",
    "own",
    "rx",
    "rz",
    "p",
    "cnot",
    "u",
    "ms",
    "gpi",
    "hh",
    "measure",
    "zz",
    "ctrl",
    "if",
    "pi",
    "qc",
]
NEAR = st.sampled_from(
    [
        "h q", "h q[0]  # c", "# c", "let _b = q2[0:2]", "x _b[1]",
        "h q[-1]", "h q[0:2]", "rx(2*q) q[0]", "rx( 1) q[0]", "rx(1 ) q[0]", "rx (1) q[0]",
        "rx(1+1) q[0]",
        "rx(theta = 1) q[0]", "inv @ h q[0]", "h q [0]", "h q[ 0]", "cnot q[0] , q[1]", "cnot q[0],\n  q[1]",
        "h q[0]; x q[1]", "",
        "rx(1foo) q[0]", "rx(1e999) q[0]", "rx() q[0]", "h pi[0]", "h q[99]", "barrier", "if true { h q[0] }",
        "rx(pi*pi) q[0]",
        "rx(2**3) q[0]", "rx(1//2) q[0]", "rx(-+1) q[0]", "rx(1.2.3) q[0]", "rx(1_0) q[0]", "h q[0] x q[1]",
        "h\tq[0]\t", "h q[0]\r",
        "gphase(1)", "const n = 1", "not q[0]", "else q[0]", "x q[1", "x) q[1]", "h q[0],", "rx(0x1) q[0]",
        "rx(1e5e5) q[0]",
    ]
)  # fmt: skip


ASIDE = st.sampled_from(["", " ", "# c", "\t# rx(1) q2[9]", "#h q[0]", "# // \u00e4 { (", "##", "# x q[0]\r"])
"""Lines that divide no run."""


@st.composite
def line(draw: st.DrawFn) -> str:
    gate = draw(st.sampled_from(NAMES[:11]) | st.sampled_from(NAMES))
    inner = draw(st.lists(ARGUMENT, max_size=3)) if gate not in ("h", "x", "not", "t", "cx", "cnot") else []
    wanted = {"rx": 1, "rz": 1, "p": 1, "u": 3, "gpi": 1, "ms": 2, "own": 1, "zz": 1}.get(gate)
    if inner and wanted and draw(st.booleans()):
        inner = (inner * 3)[:wanted]
    arguments = f"({(',' + draw(BLANK)).join(inner)})" if inner else ""
    count = draw(st.sampled_from([2 if gate in ("cx", "cnot", "ms", "zz") else 1, 1, 2, 3]))
    qubits = draw(st.lists(QUBIT, min_size=count, max_size=count, unique=draw(st.booleans())))
    return f"{draw(BLANK)}{gate}{arguments}{draw(SPACE)}{(',' + draw(BLANK)).join(qubits)}{draw(BLANK)}"


TEXTS = st.tuples(
    st.sampled_from(
        [
            "qubit q[4], q2[4], _a[4]\ngate own(t) a { rx(t) a; gphase(t) }\n",
            "qubit q[4], q2[2]\n",
            "gateset native\nqubit q[4], q2[4]\n",
            "qubit q[4]\ngate own(t = 1) a { native { gpi(t) a } native { gpi(2*t) a } }\n",
        ]
    ),
    st.lists(st.one_of(line(), line(), line(), ASIDE, NEAR), min_size=1, max_size=14),
    st.integers(1, 3),
    st.sampled_from(["\n", "", "\n\n", "\n  x q[0]\n", " "]),
).map(lambda p: p[0] + "\n".join(p[1] * p[2]) + p[3])


@given(TEXTS)
@example("qubit q[4]\n" + "x q[9]\n" * 9)
@example("qubit q[4]\n" + "own(1) q[0]\n" * 9)
@example("qubit q[4]\nh q[0] x q[1]\n" + "h q[0]\n" * 9)
@example("qubit q[4]\n" + "h q[0]\n" * 4 + "x) q[1]\n" + "h q[0]\n" * 4)
@example("qubit q[4]\n" + "h q[0]\n" * 4 + "x q[1] }\n" + "h q[9]\n" * 4)
@example("qubit q[4]\ngate g a, b\n" + "h q[0]\n" * 9)
def test_random_lines_mean_the_same_on_both_roads(text: str) -> None:
    assert_alike(text)


@given(
    st.lists(line(), min_size=8, max_size=12),
    st.sampled_from(["for i in range(2) {\n%s}\n", "if true {\n%s\n}", "verbatim {\n%s}"]),
)
def test_lines_inside_blocks(plain: list[str], block: str) -> None:
    assert_alike("qubit q[4], q2[4], _a[4]\ngate own(t) a { rx(t) a; gphase(t) }\n" + block % ("\n".join(plain) + "\n"))


# --- by hand ---------------------------------------------------------------------------------------------------------


def test_texts_of_eight_lines_take_the_lane_and_shorter_ones_do_not() -> None:
    """Otherwise all of the above would prove nothing."""
    assert took_the_lane(Source("qubit q[2]\n" + "rz(-pi/4) q[1]\n" * 8))
    assert not took_the_lane(Source("qubit q[2]\n" + "rz(-pi/4) q[1]\n" * 6))
    assert took_the_lane(Source("qubit q[2]\n" + "not q[1]\n  cnot q[0],q[1]\n" * 4))
    assert not took_the_lane(Source("qubit q[2]\n" + "if q[1]\n" * 8))


@pytest.mark.parametrize(
    "text",
    [
        "x q[9]\n",
        "h q[0]\nfoo q[0]\n",
        "x q[0]\nx r[0]\n",
        "cnot q[0], q[0]\n",
        "rx q[0]\n",
        "rx(1, 2) q[0]\n",
        "h q[0], q[1]\n",
        "gpi(0) q[0]\n",
        "measure q[0]\n",
        "rx(1e999) q[0]\n",
        "rx(" + "1" * 500 + ") q[0]\n",
        "rx(2e200*2e200) q[0]\n",
        "rx(1deg*1deg) q[0]\n",
        "rx(1/0) q[0]\n",
        "x pi[0]\n",
        "x n[0]\n",
        "x a[0]\n",
    ],
)
def test_errors_are_the_same(text: str) -> None:
    """Every line's own, however often it stands there."""
    assert_alike("const n = 1\nqubit q[4], a\n" + text * 10)
    assert_alike("const n = 1\nqubit q[4], a\nfor i in range(3) {\n" + text * 10 + "}\n")
    assert_alike("circuit c {\nqubit q[4], a\n" + text * 10 + "}\n")


def test_lines_in_a_gate_body_are_errors_as_they_are_outside_the_lane() -> None:
    assert_alike("gate g a {\n" + "h a[0]\n" * 10 + "}\nqubit q\ng q\n")
    assert_alike("gate g a {\n" + "h q[0]\n" * 10 + "}\nqubit q[1]\ng q\n")


def test_lines_in_a_native_circuit_and_block() -> None:
    assert_alike("gateset native\nqubit q[2]\n" + "gpi(0.1) q[0]\nms(0, 0.25) q[0], q[1]\n" * 8)
    assert_alike(
        "qubit q[2]\nnative {\n" + "gpi(0.1) q[0]\nzz(0.25) q[0], q[1]\n" * 8 + "}\n" + "zz(0.25) q[0], q[1]\n" * 8
    )


def test_a_keyword_is_no_register_on_either_road() -> None:
    for word in ("in", "not", "native"):
        found = outcome(Source("qubit q[4]\n" + f"x {word}[0]\n" * 10))[1]
        assert {d.code for d in found} == {"QC0103"}
    assert {d.code for d in outcome(Source("qubit q[4]\nx in[0]\n"))[1]} == {"QC0103"}


def test_windows_newlines_and_tabs() -> None:
    assert_alike("qubit q[2]\r\n" + "h q[0]\r\n" * 10)
    assert_alike("qubit q[2]\n" + "\th\tq[0]\t\n" * 10)
