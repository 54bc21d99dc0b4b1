"""Unified diffs are right and take time in proportion.

Would catch a line lost at an anchor, a hunk with wrong numbers, and a comparison of every line with every other.
"""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ionqdsl.cli.unified import MOST_PAIRS, unified
from tests import steps

Lines = list[str]


def patched(one: Lines, diff: Lines) -> Lines:
    """The list after a diff, each hunk applied where its first line says; the lines it shows must be there."""
    result: Lines = []
    at = 0
    for line in diff[2:]:
        if head := re.fullmatch(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@", line):
            start = int(head[1]) - (head[2] != "0")
            result += one[at:start]
            at = start
            assert int(head[3]) - (head[4] != "0") == len(result)
            continue
        if line[0] in " -":
            assert one[at] == line[1:]
            at += 1
        result += [line[1:]] if line[0] in " +" else []
    return result + one[at:]


texts = st.lists(st.sampled_from("aabbcdefgh"), max_size=12)


@given(texts, texts, st.integers(0, 3), st.sampled_from([0, 3, MOST_PAIRS]))
def test_the_diff_leads_from_one_to_the_other(one: Lines, other: Lines, context: int, most_pairs: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ionqdsl.cli.unified.MOST_PAIRS", most_pairs)
        diff = list(unified(one, other, ("one", "other"), context))
    assert diff[:2] == (["--- one", "+++ other"] if one != other else [])
    assert patched(one, diff) == other
    changed = sum(line[0] in "-+" for line in diff[2:])
    assert changed <= len(one) + len(other)


def test_an_example_by_hand() -> None:
    one, other = list("abcdefgh"), list("abcXefgh")
    assert [*unified(one, other, ("a", "b"), 1)] == ["--- a", "+++ b", "@@ -3,3 +3,3 @@", " c", "-d", "+X", " e"]
    assert [*unified(one, one[:-1], ("a", "b"), 0)] == ["--- a", "+++ b", "@@ -8 +7,0 @@", "-h"]


def test_anchors_are_found_in_time_in_proportion() -> None:
    """All lines differ, and each list lacks some at its beginning."""

    def calls(count: int) -> int:
        one = [f"rz({k})" for k in range(count)]
        return steps.of(lambda: [*unified(one[3:], one[:-7:-1] + one, ("a", "b"), 3)])

    assert steps.growth(calls, 200, 800, 3200) < 1.2


class Line(str):
    """A line that is compared by a call, which `steps` counts."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return str.__eq__(self, other)

    __hash__ = str.__hash__


def repeated(count: int) -> tuple[Lines, Lines]:
    """Lines of which each occurs often, some with more blanks than the formatter leaves."""
    pick = random.Random(1)
    given = [f"rz(0.{pick.randrange(9)}) {'  ' * (k % 50 == 7)}q[{pick.randrange(7)}]" for k in range(count)]
    return [*map(Line, given)], [Line(" ".join(line.split())) for line in given]


def test_lines_that_occur_often_are_matched_in_time_in_proportion() -> None:
    def calls(count: int) -> int:
        one, other = repeated(count)
        return steps.of(lambda: [*unified(one, other, ("a", "b"), 3)])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ionqdsl.cli.unified.MOST_PAIRS", 0)
        assert steps.growth(calls, 400, 1600, 6400) < 1.2


def test_lines_that_occur_often_are_shown_as_changed_only_where_they_are() -> None:
    """There are too many pairs of equal lines for difflib."""
    one, other = repeated(16_000)
    other[500:500] = ["h q[0]"]
    del other[800]
    diff = [*unified(one, other, ("a", "b"), 3)]
    assert patched(one, diff) == other
    assert sum(line[0] in "-+" for line in diff[2:]) == 2 * 320 + 2
