"""Finds the marks of any text, valid or not: comments, strings, line ends, brackets, separators, and words.

They are enough to tell the kind of a statement. The grammar's own lexer cannot be used on a broken text, because its
terminals depend on the state of the parser, and parsing a long text takes a hundred times as long.
"""

from __future__ import annotations

import re

MARK = re.compile(r'[^\s;{}()\[\],#"][^\n;{}()\[\],#"]*+|[;{}()\[\],]|\n\s*+|#[^\n]*|"(?:[^"\\\n]|\\.)*"|"', re.ASCII)
"""One mark, or words up to the next: a line end includes blanks and empty lines after it; an open quote is alone."""
