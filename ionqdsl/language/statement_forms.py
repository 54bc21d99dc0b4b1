"""Builds the syntax of a statement from that of another one, which differs in names and numbers alone.

Takes a place in a text and returns the node of the line there, as the grammar would build it, or None: for the first
line of a form, and for a line that is not one whole statement. The form of a line is its text without its names and
numbers. When a form comes again, the grammar reads a sample of it, and a function is written that builds the sample's
tree with other words: most statements of a long file are made by a few dozen such functions.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from fractions import Fraction
from functools import partial

from ionqdsl.diagnostics.source import Source, Span
from ionqdsl.ir.keywords import KEYWORDS
from ionqdsl.language import syntax
from ionqdsl.language.actions import Actions
from ionqdsl.language.automaton import Automaton, Unmatched
from ionqdsl.language.brackets import Brackets, Stopped
from ionqdsl.nesting import too_deep
from ionqdsl.record import Any, NamedTuple

MOST = 2_000
"""Forms that are remembered."""
FIRST, EACH = 40, 100
"""The functions that are written at once, and the lines that must be read for each other one: writing one takes as long
as the grammar takes for twenty lines.
"""
_DEEPEST = 40
"""Levels of a tree that is built: Python limits the brackets of the function."""
_ELSEWHERE = frozenset({"def", "expect", "test", "within"})
"""Words that mean something else in some places, such as the body of a test."""
_WORDS = "|".join(sorted({*KEYWORDS, *_ELSEWHERE, "load", "measure", "_"}))
"""Words that may decide how a statement is read; all others may stand for each other."""
_WORD = re.compile(
    rf"(?<![\w.])([0-9]{{1,15}}(?:\.[0-9]{{1,15}})?|(?!(?:{_WORDS})(?!\w))[A-Za-z_]\w*+)(?![\w.])", re.ASCII
)
_LINE = re.compile(
    r"([A-Za-z_][^\n#;\"]{1,300}+)(?:#[^\n]*+)?\n[ \t]*+"
    r"(?=(?:(?:#[^\n]*+)?\n[ \t\f\r]*+)*+(?:\Z|\}|(?!(?:and|or|else)(?!\w))[A-Za-z_]))",
    re.ASCII,
)
"""A line that may be a statement, after which the next one does not go on with it."""
_KINDS = (syntax.Application, syntax.Const, syntax.For, syntax.If, syntax.Barrier, syntax.Alias)
"""Statements that may stand wherever plain lines may."""


class BuiltStatement(NamedTuple):
    """A node, and the offset at which its line ends in the text."""

    node: Any
    end: int


class StatementForms:
    """The forms of the statements of texts that `actions` build nodes for, by the tables of the grammar."""

    def __init__(self, tables: dict[str, Any], actions: Actions) -> None:
        self._tables, self._actions = tables, actions
        self._known: dict[tuple[Any, ...], Callable[..., Any] | None] = {}
        self._lines = self._written = 0
        self._samples: tuple[Automaton, Actions] | None = None

    def read(self, text: str, start: int, begin: int) -> BuiltStatement | None:
        """The statement that is the rest of the line at an offset of a text; its spans count from `begin`."""
        line = _LINE.match(text, start)
        if line is None:
            return None
        parts = _WORD.split(line[1])
        between, words = parts[::2], parts[1::2]
        form = (*between, *map(str.isdecimal, words), *map(str.isidentifier, words))
        known = self._known
        self._lines += 1
        if form not in known:
            if len(known) >= MOST:
                self._forget()
            known[form] = _seen_once
            return None
        build = known[form]
        if build is _seen_once:
            if self._written >= FIRST + self._lines // EACH:
                return None
            self._written += 1
            build = known[form] = self._builder(between, words)
        if build is None:
            return None
        return BuiltStatement(build(self._actions.source, start - begin, *words), line.end())

    def _forget(self) -> None:
        """Forgets the forms that came once; all if even so half of the room is taken, and then all may come again."""
        once = [form for form, build in self._known.items() if build is _seen_once]
        for form in once:
            del self._known[form]
        if 2 * len(self._known) > MOST:
            self._known.clear()
            self._lines = self._written = 0

    def _builder(self, between: list[str], words: list[str]) -> Callable[..., Any] | None:
        """A function that takes a source, an offset and the words of a line, and returns its node; None if the grammar
        reads anything but one statement.
        """
        if any(word in text for word in _ELSEWHERE for text in between):
            return None
        sample = _Sample(between, words)
        if self._samples is None:
            actions = Actions()
            self._samples = Automaton(self._tables, actions, express=False), actions
        automaton, actions = self._samples
        actions.begin(Source(sample.text))
        try:
            items = automaton.parse(sample.text, Brackets()).items
            if actions.diagnostics or actions.loads or len(items) != 1 or type(items[0]) not in _KINDS:
                return None
            return sample.builder(items[0]) if too_deep(items, syntax.LEVELS) is None else None
        except (Unmatched, Stopped, _Unwritten):
            return None


def _seen_once(*arguments: Any) -> None:
    """Stands for the function of a form that has come once."""


class _Unwritten(Exception):
    """A tree with a part that does not follow from the words alone."""


class _Place(NamedTuple):
    """Where a word begins and ends in a sample."""

    start: int
    end: int


class _Sample:
    """A line of a form whose words are all different, and not those of any other line."""

    def __init__(self, between: list[str], words: list[str]) -> None:
        letter = "w"
        while any(letter in text for text in between):
            letter += "w"
        self._values: dict[Any, str] = {}
        self._places: list[_Place] = []
        self._letters, self._constants = letter, dict[str, Any](span=partial(tuple.__new__, Span), Fraction=Fraction)
        text = between[0]
        for number, (word, after) in enumerate(zip(words, between[1:], strict=True)):
            if word.isidentifier():
                written = f"{letter}{number}"
                self._values[written] = f"w{number}"
            elif word.isdecimal():
                written = str(10**14 + number)
                self._values[int(written)] = f"int(w{number})"
            else:
                written = f"{10**14 + number}.5"
                self._values[Fraction(written)] = f"Fraction(w{number})"
            self._places.append(_Place(len(text), len(text) + len(written)))
            text += written + after
        self.text = text + "\n"

    def builder(self, node: Any) -> Callable[..., Any]:
        """The function that builds the tree of a node with other words. Raises _Unwritten.

        Its text has names of classes and numbers; nothing of a program is in it.
        """
        tree = self._written(node, 0)
        words = [f"w{number}" for number in range(len(self._places))]
        lines = [f"def build({', '.join(['source', 'p0', *words])}):"]
        lines += [f" p{number + 1} = p{number} + len({word})" for number, word in enumerate(words)]
        exec("\n".join([*lines, f" return {tree}"]), self._constants)
        build: Callable[..., Any] = self._constants["build"]
        return build

    def _written(self, part: Any, level: int) -> str:
        """A part of the tree as an expression of Python."""
        if level > _DEEPEST:
            raise _Unwritten
        kind = type(part)
        if kind is Span:
            return f"span((source, {self._offset(part.start)}, {self._offset(part.end)}))"
        if kind is tuple:
            return "(" + "".join([f"{self._written(one, level + 1)}, " for one in part]) + ")"
        if kind in (str, int, Fraction) and part in self._values:
            return self._values[part]
        if part is None or kind in (bool, int) or (kind is str and self._letters not in part):
            name = f"c{len(self._constants)}"
            self._constants[name] = part
            return name
        if not hasattr(part, "__fields__"):
            raise _Unwritten
        self._constants[kind.__name__] = kind
        inner = [self._written(getattr(part, name), level + 1) for name in part.__fields__]
        return f"{kind.__name__}({', '.join(inner)})"

    def _offset(self, offset: int) -> str:
        """An offset of the sample as one of a line with other words: `p2` is that of the line and the first two."""
        before = bisect_right([place.end for place in self._places], offset)
        if before < len(self._places) and self._places[before].start < offset:
            raise _Unwritten
        fixed = offset - sum(place.end - place.start for place in self._places[:before])
        return f"p{before} + {fixed}" if fixed else f"p{before}"
