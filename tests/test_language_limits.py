"""Programs that would be too large are refused before they are expanded, and no others are.

The count that a refusal is based on is compared with the rows that lowering really makes.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ionqdsl.pipeline as stages
from ionqdsl.diagnostics import CompileError
from ionqdsl.diagnostics.source import Source
from ionqdsl.language.lower import circuits, gates
from ionqdsl.language.lower import loops as lowered_loops
from tests import steps

HEAD = "gate own(a) x { h x; if a > 2 { x x }; rx(a) x }\ngate pair x, y { h x; cnot x, y }\nqubit q[4]\n"


@st.composite
def loops(draw: Any, depth: int = 0) -> str:
    """Statements in loops, some of which make more rows in one round than in another."""
    names = [f"i{level}" for level in range(depth)]
    simple = ["h q", "cnot q[0], q[1]", "pair q[1], q[2]", "rx(0.5) q[1:3]", "barrier", "gphase(0.5)"]
    for name in names:
        simple += [
            f"rx({name}) q[0]",
            f"h q[{name} % 4]",
            f"own({name}) q[0]",
            f"h q[0:{name}]",
            f"pow({name}) @ pair q[0], q[1]",
            f"if {name} > 1 {{ h q }}",
            f"const k{depth} = {name}; h q[0:k{depth}]",
            f"for j in range({name}) {{ h q }}",
            f"ctrl @ own({name}) q[0], q[1]",
            f"verbatim {{ x q[{name} % 2] }}",
        ]
    lines = []
    for _ in range(draw(st.integers(1, 3))):
        if depth < 3 and draw(st.booleans()):
            lines.append(f"for i{depth} in range({draw(st.integers(0, 5))}) {{ {draw(loops(depth + 1))} }}")
        else:
            lines.append(draw(st.sampled_from(simple)))
    chosen = [line for number, line in enumerate(lines) if "const" not in line or number == 0]
    return "; ".join(chosen)


def refusals(text: str, limit: int) -> set[str]:
    """The codes of all errors where so many rows are allowed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(circuits, "MAX_OPERATIONS", limit)
        patch.setattr(gates, "MAX_OPERATIONS", limit)
        patch.setattr(lowered_loops, "FORESEEN", 0)
        try:
            stages.load(Source(text))
        except CompileError as error:
            return {diagnostic.code for diagnostic in error.diagnostics}
    return set()


@given(loops())
@settings(max_examples=60, deadline=None)
def test_what_is_foreseen_is_what_lowering_makes(body: str) -> None:
    """The limit lies exactly at the number of rows: would catch a loop that was taken to be even and is not."""
    text = HEAD + "h q\n" + body.replace("; ", "\n") + "\n"
    made = stages.load(Source(text))[0].runs[0]
    rows = sum(op.gate != "barrier" for op in made.rows)
    assert refusals(text, rows) == set()
    assert refusals(text, rows - 1) == {"QC0501"}


@given(loops())
@settings(max_examples=60, deadline=None)
def test_the_same_is_foreseen_in_the_body_of_a_gate(body: str) -> None:
    inner = body.replace("barrier", "x q[3]").replace("verbatim ", "if true ").replace("; ", "\n")
    text = f"{HEAD}gate whole q[] {{\nh q\n{inner}\n}}\nwhole q\n"
    rows = len(stages.load(Source(text))[0].runs[0].rows)
    assert refusals(text, rows) == set()
    assert refusals(text, rows - 1) == {"QC0501"}


@pytest.mark.parametrize(
    "body",
    [
        "for i in range(4000) { for j in range(4000) { rx(i*j) q[j % 4] } }",
        "for i in range(1000000) { h q; x q; pair q[0:2]; pair q[2:4] }",
        "for i in range(300) { for j in range(300) { for k in range(300) { verbatim { x q[(i + j) % 4] } } } }",
    ],
)
def test_too_much_is_refused_at_once(body: str) -> None:
    with (
        pytest.raises(CompileError) as caught,
        steps.counted(most=3_000_000),
    ):  # expanded they take hundreds of millions
        stages.load(Source(HEAD + body))
    assert {diagnostic.code for diagnostic in caught.value.diagnostics} == {"QC0501"}


def test_what_follows_a_refused_loop_is_judged_by_itself() -> None:
    body = "for i in range(4000) { for j in range(4000) { h q } }\nfor i in range(100) { h q }\nnothing q\n"
    with pytest.raises(CompileError) as caught:
        stages.load(Source(HEAD + body))
    assert [diagnostic.code for diagnostic in caught.value.diagnostics] == ["QC0501", "QC0202"]
