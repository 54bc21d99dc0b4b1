"""Names the choices that a wrong word had, and the nearest of them.

Takes the word and the names that exist; returns facts for a diagnostic whose code has helps for them.
"""

from __future__ import annotations

from collections.abc import Iterable

from ionqdsl.record import Any


def nearest(word: str, names: Iterable[str]) -> str | None:
    """The most similar of `names`, or None if none is similar."""
    from difflib import get_close_matches  # late: only for a mistake

    return next(iter(get_close_matches(word, list(names), n=1)), None)


def choices(word: str, names: Iterable[object]) -> dict[str, Any]:
    """The facts `known`, all names, and `suggestion`, the nearest or None."""
    known = tuple(map(str, names))
    return {"suggestion": nearest(word, known), "known": known}
