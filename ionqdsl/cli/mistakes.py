"""Mistakes on the command line, as diagnostics.

A reason comes in, a UsageError to be raised goes out, with the word that was probably meant. What is wrong inside
programs is the compiler's to say.
"""

from __future__ import annotations

from collections.abc import Iterable


def nearest(word: str, words: Iterable[str]) -> str | None:
    """The word that was probably meant."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(word, list(words), n=1)), None)


def wrong_usage(reason: str, suggestion: str | None = None, usage: str | None = None) -> Exception:
    """An error about the command line; `usage` is the command whose --help would tell more."""
    from ionqdsl.diagnostics import Diagnostic, UsageError

    return UsageError([Diagnostic("QC0801", facts={"reason": reason, "suggestion": suggestion, "usage": usage})])
