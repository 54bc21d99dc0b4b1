"""Expressions of numbers and multiples of pi have the value that they have step by step, of the same kind.

Would catch a result that is not reduced, a unit or a zero that is lost, and an error that becomes a value.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ionqdsl.diagnostics import CompileError
from ionqdsl.diagnostics.source import Source
from ionqdsl.ir.angle import Angle
from ionqdsl.language import evaluate, syntax
from ionqdsl.language.parse import must_parse
from ionqdsl.language.ratios import SMALL
from ionqdsl.language.values import Measure

NAMES = {
    "i": 5,
    "z": 0,
    "f": Fraction(-7, 3),
    "long": Fraction(1, 2**64 + 1),
    "big": SMALL,
    "last": SMALL - 1,
    "d": 0.5,
    "yes": True,
    "items": [1, 2],
    "turned": Measure(Angle(Fraction(3, 14))),
    "mixed": Measure(Angle(Fraction(1, 2), 1)),
    "rough": Measure(Angle(0.25)),
    "unit": Measure(Angle(Fraction(1, 12)), "deg"),
    "open": Measure(Angle.of("open", radians=1)),
}
LEAVES = st.sampled_from([*NAMES, "0", "1", "3", "0.5", "2.0", "pi", "tau", "e", "30deg", "123456789012"])


def joined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    signs = st.sampled_from(["+", "-", "*", "/", "*", "/", "//", "%", "<", ">", "<=", ">=", "==", "!="])
    pairs = st.tuples(inner, signs, inner).map(" ".join)
    return pairs | pairs.map("({})".format) | inner.map("-{}".format)


def value(node: Any) -> tuple[str, ...] | list[str]:
    """The value with the kinds of all its numbers, or the codes and places of the errors."""
    try:
        found = evaluate.evaluate(node, evaluate.Scope(dict(NAMES)))
    except CompileError as error:
        return [f"{one.code} {one.span}" for one in error.diagnostics]
    if not isinstance(found, Measure):
        return type(found).__name__, repr(found)
    angle = found.amount  # a whole number of turns may be an int or a fraction
    return "Measure", str(found.unit), str(angle.turns), str(angle.radians), str(angle.terms), str(angle.is_exact)


@given(st.recursive(LEAVES, joined, max_leaves=7))
def test_a_value_is_the_one_found_step_by_step(text: str) -> None:
    node = must_parse(Source(f"const x = {text}\n")).items[0].value
    quick = value(node)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evaluate, "quick", lambda *_: None)
        assert quick == value(node), text


@pytest.mark.parametrize(
    "text", ["i + 1", "2*pi/7", "f/i - 3", "i % 2 == 1", "turned > 2", "turned/pi", "pi - pi", "-i*0.5"]
)
def test_ordinary_expressions_take_one_walk(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluate, "_evaluate", lambda *_: pytest.fail("it went step by step"))
    node = must_parse(Source(f"const x = {text}\n")).items[0].value
    assert isinstance(node, syntax.Binary)
    evaluate.evaluate(node, evaluate.Scope(dict(NAMES)))


def test_a_huge_power_of_a_parameter_is_refused() -> None:
    """Its formula would be computed for minutes."""
    node = must_parse(Source("const x = (2*open)**(2**40)\n")).items[0].value
    found = value(node)
    assert [one[:6] for one in found] == ["QC0308"]
