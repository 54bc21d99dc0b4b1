"""Patterns over the words of a statement, in which the table of slips is written.

A pattern such as `qreg <name> [ <size*> ]` is a list of elements, separated by spaces. `<name>` is a name, `<g>` one
that is no keyword, `<x#>` a number, `<x$>` a string, `<x*>` the shortest run of words up to the next element, and
`<x?>` a run that may be empty; `<x:a,b>` is one of the words listed. Brackets in a run are taken whole. Any other
element is itself, `;;` is the end of the statement. A pattern matches at the beginning of a statement, or, if it begins
with `~`, anywhere in it. `!` before an element marks the words that a message points at.

Matching never goes back to an earlier choice, so its steps are bounded by the length of the statement.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ionqdsl.ir.keywords import UNCALLABLE
from ionqdsl.record import record

_WORD = re.compile(
    r"""(?P<string>"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+')
    |(?P<number>[0-9][0-9_]*+(?:\.(?!\.)[0-9_]*+)?+(?:[eE][+-]?[0-9]++)?+(?:[^\W\d]\w*+)?+|(?<!\.)\.[0-9]++)
    |(?P<name>[^\W\d]\w*+|\$[0-9]++)
    |(?P<mark><->|===|!==|\.\.\.|\*\*|//|/\*|\*/|--|\+\+|->|<-|=>|:=|==|!=|<=|>=|<>|&&|\|\||\.\.|[-+*/%]=|[^\s])""",
    re.VERBOSE,
)
_PAIRS = {"(": ")", "[": "]", "{": "}"}
MOST_WORDS = 80
"""Longer statements are not compared with the table: nobody reads a line that long as a suggestion."""


class Word(NamedTuple):
    """A word of a statement: its kind (`name`, `number`, `string`, `mark`), text and place."""

    kind: str
    text: str
    start: int
    end: int


def split(text: str) -> list[Word]:
    """The words of a statement; a comment ends it."""
    words: list[Word] = []
    for match in _WORD.finditer(text):
        if match[0] == "#" or len(words) > MOST_WORDS:
            break
        words.append(Word(str(match.lastgroup), match[0], match.start(), match.end()))
    return words


@record
class Element:
    """One element of a pattern; `kind` is "is" for a word itself, else the kind of token that a capture takes."""

    kind: str
    text: str
    pointed: bool = False
    choices: frozenset[str] = frozenset()


@record
class Match:
    """A part of a statement that matches: words `first` to `last`, captures, and the words a message points at."""

    first: int
    last: int
    captured: dict[str, str]
    pointed: tuple[int, int] | None


_CAPTURE = re.compile(r"<(\w+)([#$*?]|:(\S+))?>")
_TAKES = {"": "name", "#": "number", "$": "string", "*": "run", "?": "maybe"}


class Pattern:
    """A pattern, read once."""

    def __init__(self, text: str) -> None:
        self.anywhere = text.startswith("~ ")
        self.elements = [self._element(part) for part in text.removeprefix("~ ").split()]

    @staticmethod
    def _element(part: str) -> Element:
        pointed = len(part) > 1 and part[0] == "!" and part != "!="
        part = part[1:] if pointed else part
        capture = _CAPTURE.fullmatch(part)
        if capture is None:
            return Element("is" if part != ";;" else "end", part, pointed)
        if capture[3]:
            return Element("one", capture[1], pointed, frozenset(capture[3].split(",")))
        kind = "gate" if capture[1] == "g" and not capture[2] else _TAKES[capture[2] or ""]
        return Element(kind, capture[1], pointed)

    def matches(self, text: str, words: list[Word], fault: int) -> Match | None:
        """The match around word number `fault` of the statement, if there is one."""
        for first in range(min(fault, len(words) - 1) + 1) if self.anywhere else (0,):
            match = self._match(text, words, first)
            if match is not None and match.first <= fault <= match.last:
                return match
        return None

    def _match(self, text: str, words: list[Word], first: int) -> Match | None:
        at = first
        captured: dict[str, str] = {}
        pointed: tuple[int, int] | None = None
        for number, element in enumerate(self.elements):
            begin = at
            if element.kind in ("run", "maybe"):
                following = self.elements[number + 1] if number + 1 < len(self.elements) else None
                end = _run(words, at, following, element.kind == "run")
                if end is None:
                    return None
                captured[element.text] = text[words[at].start : words[end - 1].end] if end > at else ""
                at = end
            elif element.kind == "end":
                if at < len(words):
                    return None
            elif at < len(words) and _fits(words[at], element):
                captured[element.text] = words[at].text
                at += 1
            else:
                return None
            if element.pointed:
                pointed = (begin, max(at, begin + 1)) if pointed is None else (pointed[0], at)
        last = at if self.elements[-1].kind == "end" else at - 1
        return Match(first, last, captured, pointed)


def _fits(word: Word, element: Element) -> bool:
    match element.kind:
        case "is":
            return word.text == element.text
        case "one":
            return word.text in element.choices
        case "gate":
            return word.kind == "name" and word.text not in UNCALLABLE
        case kind:
            return word.kind == kind


def _run(words: list[Word], at: int, following: Element | None, some: bool) -> int | None:
    """The end of the shortest run before a word that fits, brackets taken whole."""
    open_brackets: list[str] = []
    begin = at
    while at < len(words):
        text = words[at].text
        is_outside = not open_brackets and (at > begin or not some)
        if is_outside and following is not None and following.kind != "end" and _fits(words[at], following):
            return at
        if text in _PAIRS:
            open_brackets.append(_PAIRS[text])
        elif open_brackets and text == open_brackets[-1]:
            open_brackets.pop()
        elif text in (")", "]", "}"):
            return at if at > begin and (following is None or following.kind == "end") else None
        at += 1
    ends = following is None or following.kind == "end"
    return at if ends and (at > begin or not some) else None
