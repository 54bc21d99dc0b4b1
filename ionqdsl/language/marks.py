"""Finds the marks of any text, valid or not: comments, strings, line ends, brackets, separators, and words.

They are enough to tell the kind of a statement. The grammar's own lexer cannot be used on a broken text, because its
terminals depend on the state of the parser, and parsing a long text takes a hundred times as long.
"""

from __future__ import annotations

import re

from ionqdsl.ir.keywords import UNCALLABLE

MARK = re.compile(r'[^\s;{}()\[\],#"][^\n;{}()\[\],#"]*+|[;{}()\[\],]|\n\s*+|#[^\n]*|"(?:[^"\\\n]|\\.)*"|"', re.ASCII)
"""One mark, or words up to the next: a line end includes blanks and empty lines after it; an open quote is alone."""

OPERATOR = r"(?:[-+*%&|^]|/(?![/*])|[=!]=|[<>]|(?:and|or)(?![A-Za-z0-9_]))"
"""An operator at the beginning of a line, which continues the statement above it."""
_NEXT = re.compile(r"\s*+(?:#[^\n]*+\n\s*+){0,20}+(?:(" + OPERATOR + r")|(\w++))?", re.ASCII)
_BEFORE = re.compile(r"(?:[-+*/%&|^=<>]|(?<![A-Za-z0-9_])(?:and|or))[ \t]*+$")


def ends_open(line: str) -> bool:
    """Whether the code of a line ends with an operator."""
    return _BEFORE.search(line, max(0, len(line) - 20)) is not None


def goes_on(line: str, text: str, offset: int) -> bool:
    """Whether a statement goes on after a line of code: an operator ends it, or begins the code from `offset` on.

    A keyword that begins a statement ends the one before it. Comments between the lines are skipped, the first twenty.
    """
    following = _NEXT.match(text, offset)
    operator, word = following.groups() if following else (None, None)
    return operator is not None or (word not in UNCALLABLE and ends_open(line))
