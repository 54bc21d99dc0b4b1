"""Makes foreign text safe to show: it cannot move a terminal's cursor, reverse a line or become a formula.

A text goes through `visible` or `cell` before it is shown, and unsafe characters become escapes. Texts in files,
payloads and JSON are not changed.
"""

from __future__ import annotations

import re

from ionqdsl.record import lazy_pattern

TURNING = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
"""Characters that change the direction of the text after them."""
UNSEEN = "\u00ad\u115f\u1160\u180e\u200b-\u200d\u2060-\u2064\u3164\ufeff\uffa0\U000e0000-\U000e007f"
"""Characters that are invisible, or look like a blank."""

_ACTING = lazy_pattern(f"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029{TURNING}]")
_COLOR = lazy_pattern("(\x1b\\[[0-9;]{0,9}m)")
_HIDDEN = lazy_pattern(f"[{TURNING}{UNSEEN}]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def visible(text: str, has_colors: bool = False) -> str:
    """Escapes control characters and those that reverse text, except for line ends and tabs.

    With `has_colors`, sequences that choose a colour stay: they are ionqdsl's own.
    """
    if has_colors and "\x1b[" in text:
        return "".join(part if number % 2 else visible(part) for number, part in enumerate(_COLOR.split(text)))
    return _ACTING.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    number = ord(match[0])
    return f"\\x{number:02x}" if number < 256 else f"\\u{number:04x}"


def hidden(text: str) -> re.Match[str] | None:
    """Finds the first character that is invisible, or shows others in a different order."""
    return None if text.isascii() else _HIDDEN.search(text)


def cell(text: str) -> str:
    """Makes a spreadsheet read a text as text: adds a ' before one that it would read as a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
