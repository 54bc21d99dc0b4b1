"""Writes a call on one line, as `fmt` would: without comments, and with its blanks.

Takes the text of a call and returns another, the same for every text that `fmt` lays out alike. Names of circuits are
made of it, so that formatting changes none.
"""

from __future__ import annotations

from ionqdsl.diagnostics.source import Source
from ionqdsl.record import lazy_pattern

_IS_LAID_OUT = lazy_pattern(r"\w+(\(([\w.]+(, [\w.]+)*)?\))?")
"""Calls that need no work, which most are."""


def one_line(text: str) -> str:
    """The call on one line. `text` has no syntax errors."""
    if _IS_LAID_OUT.fullmatch(text):
        return text
    from ionqdsl.language.layout import flat  # late: for few calls
    from ionqdsl.language.lexemes import BraceBlock, lexemes, statements

    words = " ".join(lexeme.text for lexeme in lexemes(Source(f"run {text}")) if lexeme.text.strip())
    (statement,) = statements(lexemes(Source(words)))[0]
    parts = [part for part in statement.parts[1:] if not isinstance(part, BraceBlock)]
    return flat(parts) or text
