"""Compares two lists of lines and shows the differences as a unified diff, in time proportional to the lines.

Lines that occur once in each list are anchors: the longest run of them in the same order divides both lists (the
"patience diff" of Bram Cohen), and difflib compares the parts between, without the lines that only one of them has. In
a part that would take it long, equal lines that are near each other are matched.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import Match, SequenceMatcher

MOST_PAIRS = 100_000
"""Pairs of equal lines of a part that difflib compares: it may look at each of them once for every difference."""

REACH, SURE = 10, 3
"""Lines to leave out of both parts together where they differ, at most, and equal lines that must follow then."""


class _Anchored(SequenceMatcher[str]):
    """difflib's matcher with other matching blocks, so that it groups and numbers the lines."""

    def __init__(self, one: Sequence[str], other: Sequence[str]) -> None:
        super().__init__(autojunk=False)
        self.a, self.b = one, other

    def get_matching_blocks(self) -> list[Match]:
        """The runs of equal lines, in order, and an empty one at the end."""
        return [*_joined(_blocks(self.a, self.b)), Match(len(self.a), len(self.b), 0)]


def unified(one: Sequence[str], other: Sequence[str], names: tuple[str, str], context: int) -> Iterator[str]:
    """A unified diff without line ends, with so many lines of context; empty if the lists are equal."""
    if one == other:
        return
    yield from (f"--- {names[0]}", f"+++ {names[1]}")
    for group in _Anchored(one, other).get_grouped_opcodes(context):
        (_, start, _, begin, _), (_, _, end, _, until) = group[0], group[-1]
        yield f"@@ -{_range(start, end)} +{_range(begin, until)} @@"
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                yield from (f" {line}" for line in one[i1:i2])
                continue
            yield from (f"-{line}" for line in one[i1:i2])
            yield from (f"+{line}" for line in other[j1:j2])


def _range(start: int, stop: int) -> str:
    """Lines as a unified diff counts them: from 1, an empty range by the line before it."""
    count = stop - start
    return f"{start + 1}" if count == 1 else f"{start + bool(count)},{count}"


def _blocks(one: Sequence[str], other: Sequence[str]) -> Iterator[Match]:
    """Runs of equal lines, in order."""
    i = j = 0
    for at, there in [*_anchors(one, other), (len(one), len(other))]:
        for found in _between(one[i:at], other[j:there]):
            yield Match(i + found.a, j + found.b, found.size)
        if at < len(one):
            yield Match(at, there, 1)
        i, j = at + 1, there + 1


def _anchors(one: Sequence[str], other: Sequence[str]) -> list[tuple[int, int]]:
    """The places of lines that occur once in each list, the most of them that have the same order in both."""
    counts, place = Counter(one), {line: number for number, line in enumerate(other)}
    counts_there = Counter(other)
    pairs = [(number, place[line]) for number, line in enumerate(one) if counts[line] == 1 == counts_there.get(line, 0)]
    ends: list[int] = []  # the least place in `other` at which a run of each length ends
    tails: list[int] = []  # the pair at which it ends
    before: list[int] = []
    for number, (_, there) in enumerate(pairs):
        length = bisect_left(ends, there)
        before.append(tails[length - 1] if length else -1)
        ends[length : length + 1], tails[length : length + 1] = [there], [number]
    run: list[tuple[int, int]] = []
    at = tails[-1] if tails else -1
    while at >= 0:
        run.append(pairs[at])
        at = before[at]
    return run[::-1]


def _between(one: Sequence[str], other: Sequence[str]) -> Iterator[Match]:
    """The runs of equal lines of two parts: at the beginnings, at the ends, and those that difflib finds."""
    least = min(len(one), len(other))
    head = next((n for n in range(least) if one[n] != other[n]), least)
    tail = next((n for n in range(least - head) if one[-1 - n] != other[-1 - n]), least - head)
    yield Match(0, 0, head)
    for at, there in _pairs(one[head : len(one) - tail], other[head : len(other) - tail]):
        yield Match(head + at, head + there, 1)
    yield Match(len(one) - tail, len(other) - tail, tail)


def _pairs(one: Sequence[str], other: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The places of lines that are matched."""
    counts, known = Counter(other), {*one}
    here = [place for place, line in enumerate(one) if line in counts]
    there = [place for place, line in enumerate(other) if line in known]
    first, second = [one[place] for place in here], [other[place] for place in there]
    is_quick = sum(counts[line] for line in first) <= MOST_PAIRS
    matcher = SequenceMatcher(None, first, second, autojunk=False) if is_quick else None
    for found in matcher.get_matching_blocks() if matcher else _near(first, second):
        yield from zip(here[found.a : found.a + found.size], there[found.b : found.b + found.size], strict=True)


def _near(one: Sequence[str], other: Sequence[str]) -> Iterator[Match]:
    """Runs of equal lines, each begun with as few lines left out as possible after the one before."""
    steps = [(total - more, more) for total in range(REACH + 1) for more in range(total + 1)]
    i = j = 0
    while i < len(one) and j < len(other):
        if one[i] == other[j]:
            yield Match(i, j, 1)
            i, j = i + 1, j + 1
            continue
        for a, b in steps:
            if one[i + a : i + a + 1] == other[j + b : j + b + 1] and (
                one[i + a : i + a + SURE] == other[j + b : j + b + SURE]
            ):
                i, j = i + a, j + b
                break
        else:
            i, j = i + 1, j + 1


def _joined(blocks: Iterator[Match]) -> Iterator[Match]:
    """The runs without empty ones; runs that touch are joined."""
    last = Match(0, 0, 0)
    for found in blocks:
        if (last.a + last.size, last.b + last.size) == (found.a, found.b):
            last = Match(last.a, last.b, last.size + found.size)
        elif found.size:
            if last.size:
                yield last
            last = found
    if last.size:
        yield last
