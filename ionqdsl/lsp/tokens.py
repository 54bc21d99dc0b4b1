"""Semantic tokens: classifies the words and signs of a text for editors that read no TextMate grammar.

Takes a document and returns numbers as the protocol packs them. The patterns are those of vocabulary.py, applied line
by line, because no token continues after the end of a line; equal lines are read once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain

from ionqdsl.language import vocabulary
from ionqdsl.language.lines import cut
from ionqdsl.lsp.document import Document

LEGEND = ("comment", "string", "number", "keyword", "modifier", "operator", "function", "property", "variable")
"""The protocol's names of the token types; a token holds an index into this list."""

_UNITS = "|".join(vocabulary.WORDS["unit"])
_RULES = (
    ("comment", r"#[^\n]*"),
    ("string", vocabulary.STRING),
    ("keyword", f"{vocabulary.TEST}|{vocabulary.DEF}|{vocabulary.EXPECT}|{vocabulary.WITHIN}"),
    ("keyword", r"(?<==)\s*measure(?=\s+[A-Za-z_])"),
    ("property", rf"{vocabulary.KEY}|{vocabulary.KEYED_BLOCK}"),
    ("function", rf"(?<=\bgate )\s*{vocabulary.NAME}|(?<=\bcircuit )\s*{vocabulary.NAME}|{vocabulary.GATE}"),
    ("number", rf"{vocabulary.NUMBER}(?:(?:{_UNITS})\b)?|{vocabulary.any_of('constant')}|{vocabulary.any_of('unit')}"),
    ("modifier", rf"{vocabulary.any_of('modifier')}(?=\s*[(@])"),
    ("operator", rf"{vocabulary.any_of('operator')}|\*\*|//|<=|>=|==|!=|[-+*/%<>=@]"),
    ("keyword", "|".join(vocabulary.any_of(kind) for kind in ("declaration", "literal", "keyword"))),
    ("function", vocabulary.CALL),
    ("variable", vocabulary.NAME),
)
"""The patterns to try at each place, in this order."""
_TOKEN = re.compile("|".join(f"(?P<_{number}>{rule})" for number, (_, rule) in enumerate(_RULES)), re.ASCII)
_KINDS = {f"_{number}": LEGEND.index(kind) for number, (kind, _) in enumerate(_RULES)}


def tokens(document: Document, line_range: range | None = None) -> list[int]:
    """Five numbers per token: lines and characters from the previous one, length, type, no modifiers.

    For all lines, or for a range of them, counted from 0.
    """
    packed: list[int] = []
    last = 0
    for number, line in _lines(document, line_range):
        if numbers := _packed(line):
            if number - last != 1:
                numbers = (number - last, *numbers[1:])
            packed += numbers
            last = number
    return packed


def _lines(document: Document, line_range: range | None) -> Iterable[tuple[int, str]]:
    """The lines of a text, or some of them, with their numbers."""
    text, begin, end, first = document.text, 0, len(document.text), 0
    if line_range is not None:
        starts, first = document.source.line_starts, line_range.start
        begin, end = (starts[place] if place < len(starts) else end for place in (line_range.start, line_range.stop))
    pieces = (piece.split("\n") for piece, _ in cut(text, begin, end))
    return enumerate(chain.from_iterable(pieces), first)


@lru_cache(maxsize=200_000)  # with more lines than this, each would evict one needed next time
def _packed(line: str) -> tuple[int, ...]:
    """The numbers of a line that is the next one after a line with tokens."""
    numbers: list[int] = []
    last = 0
    for start, end, kind in _tokens(line):
        if not line.isascii():
            start, end = (len(line[:place].encode("utf-16-le", "surrogatepass")) // 2 for place in (start, end))
        numbers += (0, start - last, end - start, kind, 0)
        last = start
    if numbers:
        numbers[0] = 1
    return tuple(numbers)


def _tokens(line: str) -> Iterator[tuple[int, int, int]]:
    for match in _TOKEN.finditer(line):
        text = match[0]
        assert match.lastgroup is not None
        yield match.end() - len(text.lstrip()), match.end(), _KINDS[match.lastgroup]
