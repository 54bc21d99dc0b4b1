"""Makes errors about wrong words on the command line, with the nearest words that are allowed.

Takes a reason and returns a UsageError for the caller to raise. The compiler reports errors inside programs.
"""

from __future__ import annotations

from collections.abc import Iterable


def wrong_usage(reason: str, suggestion: str | None = None, usage: str | None = None) -> Exception:
    """An error about the command line; `usage` is the command whose --help the message recommends."""
    return _wrong(reason, suggestion=suggestion, usage=usage)


def wrong_choice(reason: str, word: str, names: Iterable[object]) -> Exception:
    """An error about a word that is none of `names`; the message lists them, and the nearest."""
    from ionqdsl.diagnostics.choices import choices

    return _wrong(reason, **choices(word, names))


def _wrong(reason: str, **facts: object) -> Exception:
    from ionqdsl.diagnostics import Diagnostic, UsageError

    return UsageError([Diagnostic("QC0801", facts={"reason": reason, **facts})])


def unusable(reason: str) -> Exception:
    """The exception by which the type of a flag refuses a value."""
    from argparse import ArgumentTypeError

    return ArgumentTypeError(reason)
