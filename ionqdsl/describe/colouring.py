"""Colours programs in pages: patterns in order, and the kinds of their groups.

The patterns are plain data, made from the vocabulary of the language. They mean the same to Python and to the browser,
where the playground's editor uses them; each is tried at the place where the one before it ended, and the first that
fits counts. `pieces` applies them here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from ionqdsl.language import vocabulary as words
from ionqdsl.language.vocabulary import any_of

Rule = tuple[str, list[str]]
"""A pattern, and the kind of each of its groups, or of the whole if it has no group; "" has no colour."""


def rules() -> list[Rule]:
    """The rules, the first that fits first."""
    units = "|".join(words.WORDS["unit"])
    return [
        (r"#.*", ["comment"]),
        (words.STRING, ["string"]),
        (r'"[^"]*', ["string"]),
        (words.DEFINITION, ["keyword", "", "definition"]),
        (words.TEST, ["keyword"]),
        (words.DEF, ["keyword"]),
        (words.EXPECT, ["", "keyword"]),
        (words.WITHIN, ["keyword"]),
        (words.MEASURED, ["", "", "keyword"]),
        (words.KEY, ["", "property"]),
        (words.KEYED_BLOCK, ["", "property"]),
        (words.KNOWN_GATE, ["", "gate"]),
        (words.GATE, ["", "gate"]),
        (rf"({words.NUMBER})({units})\b", ["number", "unit"]),
        (words.NUMBER, ["number"]),
        *((any_of(kind), ["keyword"]) for kind in ("declaration", "operator", "keyword")),
        (any_of("literal"), ["constant"]),
        (any_of("modifier") + r"(?=\s*[(@])", ["keyword"]),
        (any_of("function") + r"(?=\()", ["function"]),
        (words.CALL, ["function"]),
        (any_of("constant"), ["constant"]),
        (words.NAME, [""]),
        (r"\s+|[\s\S]", [""]),
    ]


@cache
def _patterns() -> list[tuple[re.Pattern[str], list[str]]]:
    return [(re.compile(pattern), kinds) for pattern, kinds in rules()]


def pieces(line: str) -> Iterator[tuple[str, str]]:
    """A line of a program in pieces, each with its kind, "" for no colour."""
    place = 0
    while place < len(line):
        match, kinds = next((m, kinds) for p, kinds in _patterns() if (m := p.match(line, place)) and m[0])
        if not match.re.groups:
            yield match[0], kinds[0]
        for group, kind in enumerate(kinds, 1) if match.re.groups else ():
            if match[group] and match.end(group) > place:
                yield line[place : match.end(group)], kind
                place = match.end(group)
        if place < match.end() and match.re.groups:
            yield line[place : match.end()], ""
        place = match.end()


def lines(text: str, most: int) -> tuple[list[list[tuple[str, str]]], int]:
    """The first lines of a program in pieces, at most so many, and the number of the others."""
    texts = text.rstrip("\n").split("\n", most)
    others = texts[most].count("\n") + 1 if len(texts) > most else 0
    return [list(pieces(line)) for line in texts[:most]], others
