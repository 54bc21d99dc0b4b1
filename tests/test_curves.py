"""Curves are drawn at their values, sweeps are found by the names of circuits, and colours can be read.

Would catch a point at the wrong place, an axis that lies, circuits that are joined to a curve although they differ in
more than one parameter, and text without contrast.
"""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ionqdsl.emit import colours
from ionqdsl.emit.colours import COLOURS, SERIES, declared
from ionqdsl.emit.curves import PROBABILITY, Curve, curves, label, marks_between
from ionqdsl.emit.sweeps import drawn, sweeps

SVG = "{http://www.w3.org/2000/svg}"


def points(svg: str) -> list[tuple[float, float]]:
    """The middles of all circles that have a title, in pixels."""
    tree = ElementTree.fromstring(svg)
    found = [circle for circle in tree.iter(f"{SVG}circle") if circle.find(f"{SVG}title") is not None]
    return [(float(circle.attrib["cx"]), float(circle.attrib["cy"])) for circle in found]


def test_points_stand_where_their_values_are() -> None:
    """On a straight line points stand on a straight line; equal steps are equal, and up is up."""
    shown = points(curves([Curve("line", [0, 1, 2, 4], [0.0, 0.25, 0.5, 1.0])], "x", PROBABILITY))
    (x0, y0), (x1, y1), (x2, y2), (x4, y4) = shown
    assert x4 - x0 == pytest.approx(4 * (x1 - x0), abs=0.3)
    assert y4 - y0 == pytest.approx(4 * (y1 - y0), abs=0.3)
    assert (x2, y2) == pytest.approx(((x0 + x4) / 2, (y0 + y4) / 2), abs=0.2)
    assert y4 < y0


def test_everything_is_inside_the_picture() -> None:
    names = [f"a curve with a long name, {number}" for number in range(12)]
    svg = curves([Curve(name, [-1e-3, 5e-3], [-1e9, 1e9], [1e8, 0]) for name in names], "x", "energy")
    tree = ElementTree.fromstring(svg)
    width, height = float(tree.attrib["width"]), float(tree.attrib["height"])
    assert all(0 < x < width and 0 < y < height for x, y in points(svg))
    ends = [float(text.attrib["x"]) + 7.3 * len(text.text or "") for text in tree.iter(f"{SVG}text")]
    assert all(0 < float(text.attrib["y"]) < height for text in tree.iter(f"{SVG}text"))
    assert len(list(tree.iter(f"{SVG}text"))) > len(SERIES)
    assert (
        max(end for end, text in zip(ends, tree.iter(f"{SVG}text"), strict=True) if "energy" in (text.text or ""))
        < width
    )


def test_values_that_are_not_finite_are_left_out() -> None:
    nan, infinite = float("nan"), float("inf")
    assert len(points(curves([Curve("e", [0, 1, 2, 3], [1.0, nan, infinite, 2.0])], "x", "energy"))) == 2
    assert points(curves([], "x", "energy")) == []
    assert len(points(curves([Curve("e", [1], [0.0])], "evaluation", "energy"))) == 1


@given(st.floats(-1e12, 1e12), st.floats(1e-9, 1e12), st.integers(2, 8))
def test_marks_are_round_and_enclose_the_range(low: float, size: float, count: int) -> None:
    """Steps of 1, 2 or 5 times a power of ten, and marks that read as different numbers."""
    high = low + size
    marks = marks_between(low, high, count)
    slack = 1e-8 * max(abs(low), abs(high), size)
    assert marks[0] <= low + slack
    assert marks[-1] >= high - slack
    assert 2 <= len(marks) <= count + 3
    if size > 1e-3 * abs(low):
        step = marks[1] - marks[0]
        assert re.fullmatch(r"[125]\.0+e[-+]\d+", f"{step:.4e}"), step
        if 1e-4 <= step < 1e6:
            assert len({label(mark, marks) for mark in marks}) == len(marks)


def test_sweeps_are_found_by_names() -> None:
    grid = ["c a=0 b=1", "c a=0.5 b=1", "c a=1 b=1", "c a=0.7 b=0", "c a=0.7 b=2", "c a=0.7 b=3", "other"]
    first, second = sweeps(grid)
    assert first == ("a", "c b=1", 0, 3, (0.0, 0.5, 1.0))
    assert second == ("b", "c a=0.7", 3, 6, (0.0, 2.0, 3.0))
    (turned,) = sweeps(["phase=0deg", "phase=90deg", "phase=180deg"])
    assert turned.parameter == "phase, deg"
    assert sweeps(["a=0", "a=1"]) == []  # two points are no curve
    assert sweeps(["a=0 b=0", "a=1 b=1", "a=2 b=2"]) == []  # two parameters at once
    assert sweeps(["a=0", "b=1", "a=2"]) == []
    assert sweeps(["a=1deg", "a=2turn", "a=3deg"]) == []
    assert sweeps(["a=x", "a=y", "a=z", "bell", "bell", "bell"]) == []


def test_points_of_a_sweep_are_drawn_from_left_to_right() -> None:
    (found,) = sweeps(["t=2", "t=0", "t=1"])
    svg = drawn(found, [{"1": 0.2}, {"1": 0.0}, {"1": 0.1}], PROBABILITY)
    shown = points(svg)
    assert shown == sorted(shown)
    assert [y for _, y in shown] == sorted((y for _, y in shown), reverse=True)


def luminance(colour: str) -> float:
    """The relative luminance of WCAG 2.2."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("is_dark", [False, True])
def test_colours_can_be_read(is_dark: bool) -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    shown = {name: colour.dark if is_dark else colour.light for name, colour in COLOURS.items()}
    for text in ("ink", "quiet", *SERIES):
        for ground in ("paper", "code"):
            assert contrast(shown[text], shown[ground]) >= 4.5, (text, ground)
    for ground in ("one", "two", "pauli", "fixed", "turn", "read", "pinned"):
        assert contrast(shown["ink"], shown[ground]) >= 4.5, ground
    assert contrast(shown["line"], shown["paper"]) >= 3


def test_the_playground_has_the_same_colours() -> None:
    """Its stylesheet is a file of its own, for browsers without Python."""
    style = (Path(colours.__file__).parents[1] / "playground" / "static" / "page.css").read_text(encoding="utf-8")
    light, dark = re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    for text, is_dark in ((light, False), (dark, True)):
        found = {name: value for name, value in re.findall(r"--(\w+): (#\w+)", text) if name in COLOURS}
        whole = {name: re.sub(r"^#(.)(.)(.)$", r"#\1\1\2\2\3\3", value) for name, value in found.items()}
        assert len(whole) > 12
        assert whole == {name: COLOURS[name].dark if is_dark else COLOURS[name].light for name in whole}


def test_colours_are_declared_for_both_kinds_of_pages() -> None:
    light, dark = declared(("ink",), ".qc").split("\n")
    assert COLOURS["ink"].light in light
    assert dark == f"@media (prefers-color-scheme: dark) {{ .qc {{ --ink: {COLOURS['ink'].dark}; }} }}"
