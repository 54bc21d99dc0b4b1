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
from ionqdsl.language.ratios import SMALL, quick
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
    pairs = st.tuples(inner, st.sampled_from([*SIGNS, "*", "/"]), inner).map(" ".join)
    return pairs | pairs.map("({})".format) | inner.map("-{}".format)


def value(node: Any, names: dict[str, Any] = NAMES) -> tuple[str, ...] | list[str]:
    """The value with the kinds of all its numbers, or the codes and places of the errors."""
    try:
        found = evaluate.evaluate(node, evaluate.Scope(dict(names)))
    except CompileError as error:
        return [f"{one.code} {one.span}" for one in error.diagnostics]
    if not isinstance(found, Measure):
        return type(found).__name__, repr(found)
    angle = found.amount  # a whole number of turns may be an int or a fraction
    return "Measure", str(found.unit), str(angle.turns), str(angle.radians), str(angle.terms), str(angle.is_exact)


SIGNS = ("+", "-", "*", "/", "//", "%", "<", ">", "<=", ">=", "==", "!=")
KINDS = (0, 1, -3, 7, Fraction(-7, 3), Fraction(5, 6), *(Measure(Angle(Fraction(n, 14))) for n in (3, -4, 7)))


@pytest.mark.parametrize("sign", SIGNS)
def test_each_pair_of_numbers(sign: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Would catch denominators that are mixed up, which few random expressions have."""
    sides = ("left", "pi", "tau", "-left", "2/7"), ("right", "pi", "tau", "-right", "2/7")
    texts = [f"{left} {sign} {right}" for left in sides[0] for right in sides[1]]
    nodes = [must_parse(Source(f"const x = {text}\n")).items[0].value for text in texts]
    cases = [
        (node, {"left": left, "right": right})
        for left in KINDS
        for right in KINDS
        for node, text in zip(nodes, texts, strict=True)
        if ("left" in text or left == 0) and ("right" in text or right == 0)
    ]
    found = [value(*case) for case in cases]
    monkeypatch.setattr(evaluate, "quick", lambda *_: None)
    for case, one in zip(cases, found, strict=True):
        assert one == value(*case), case


@pytest.mark.parametrize("text", ["sqrt(4) + 1", "(not yes) + 1", "items[0] * 2", "2 < (1 if yes else 3)", "~i + 1"])
def test_other_expressions_go_step_by_step(text: str) -> None:
    node = must_parse(Source(f"const x = {text}\n")).items[0].value
    assert quick(node, NAMES.get) is None


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
