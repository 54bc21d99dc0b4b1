"""Makes errors about the command line, with the word that was probably meant.

Takes a reason and returns a UsageError for the caller to raise. The compiler reports errors inside programs.
"""

from __future__ import annotations

from collections.abc import Iterable


def nearest(word: str, words: Iterable[str]) -> str | None:
    """The most similar of `words`, or None if none is similar."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(word, list(words), n=1)), None)


def wrong_usage(reason: str, suggestion: str | None = None, usage: str | None = None) -> Exception:
    """An error about the command line; `usage` is the command whose --help the message recommends."""
    from ionqdsl.diagnostics import Diagnostic, UsageError

    return UsageError([Diagnostic("QC0801", facts={"reason": reason, "suggestion": suggestion, "usage": usage})])


def unusable(reason: str) -> Exception:
    """The exception by which the type of a flag refuses a value."""
    from argparse import ArgumentTypeError

    return ArgumentTypeError(reason)
