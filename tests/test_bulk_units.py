"""Numbers with units in plain lines: read in bulk and line by line, they mean the same.

Would catch a unit that is forgotten, one taken for that of another argument, and a form shared by two units where the
gate compares or adds its argument.
"""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from ionqdsl import pipeline as stages
from tests.test_bulk import NUMBERS, QC_HEAD, assert_roads_agree

WITH_UNITS = st.sampled_from(
    [
        ("rx", 1, 1),
        ("p", 1, 1),
        ("u", 3, 1),
        ("crz", 1, 2),
        ("rzz", 1, 2),
        ("mine", 2, 1),
        ("jump", 1, 1),
        ("idle", 1, 1),
    ]
)


@st.composite
def line_with_units(draw: st.DrawFn) -> str:
    name, count, operands = draw(WITH_UNITS)
    given = ", ".join(draw(NUMBERS) + draw(st.sampled_from(["rad", "turn", "deg", ""])) for _ in range(count))
    return f"{name}({given}) " + ", ".join(f"q[{k}]" for k in draw(st.permutations(range(3)))[:operands])


@given(st.lists(line_with_units(), min_size=6, max_size=12))
@example(["rx(0.5rad) q[0]", "rx(0.5) q[0]", "rx(0.5turn) q[0]", "rx(0rad) q[0]", "rx(-90deg) q[1]"] * 2)
@example(["mine(0.5rad, 0.5) q[0]", "mine(0.5, 0.5turn) q[0]"] * 4)
@example(["idle(0.5turn) q[0]", "idle(0.5rad) q[1]", "idle(0.5) q[1]"] * 3)
def test_lines_with_units_mean_the_same(plain_lines: list[str]) -> None:
    """Also in a gate that compares or adds its argument, for which a unit makes a difference."""
    gates = "gate jump(t) a { if t > 1 { x a }; rx(t) a }\ngate idle(t) a { x a }\n"
    assert_roads_agree(stages.load, gates + QC_HEAD + "\n".join(plain_lines) + "\n")


def test_native_lines_with_units_mean_the_same() -> None:
    """Their plain numbers are turns."""
    plain_lines = "".join(f"gpi({text}) q[0]\n" for text in ("0.25rad", "0.25", "0.25turn", "30deg"))
    plain_lines += "ms(0rad, 0.1, 0.2turn) q[0], q[1]\n"
    assert_roads_agree(stages.load, "gateset native\nqubit q[2]\n" + plain_lines * 2)
