"""The marks of any text, right or wrong: comments, strings, line ends, brackets, separators, and the words between.

What a statement is can be told from these alone. The grammar's own lexer cannot be asked where a text is broken, as its
terminals depend on what the parser expects, and to parse a long text takes a hundred times as long.
"""

from __future__ import annotations

import re

MARK = re.compile(r'[^\s;{}()\[\],#"][^\n;{}()\[\],#"]*+|[;{}()\[\],]|\n\s*+|#[^\n]*|"(?:[^"\\\n]|\\.)*"|"', re.ASCII)
"""One mark, or words up to the next: a line end includes blanks and empty lines after it; an open quote is alone."""
