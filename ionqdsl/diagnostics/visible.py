"""Text of others as it can be shown: nothing in it moves a terminal's cursor, turns a line around or is a formula.

A text goes in, the same text comes out, with an escape in place of each character that would do something else than be
read. Files, payloads and JSON keep texts as they are.
"""

from __future__ import annotations

import re

TURNING = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
"""Characters that change the direction of what follows them."""
UNSEEN = "\u00ad\u115f\u1160\u180e\u200b-\u200d\u2060-\u2064\u3164\ufeff\uffa0\U000e0000-\U000e007f"
"""Characters that take no room, or look like a blank."""

_ACTING = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029{TURNING}]")
_COLOR = re.compile("(\x1b\\[[0-9;]{0,9}m)")
_HIDDEN = re.compile(f"[{TURNING}{UNSEEN}]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def visible(text: str, has_colors: bool = False) -> str:
    """With control characters and those that turn text around as escapes, except for line ends and tabs.

    With `has_colors` sequences that choose a colour stay: they are ours.
    """
    if has_colors and "\x1b[" in text:
        return "".join(part if number % 2 else visible(part) for number, part in enumerate(_COLOR.split(text)))
    return _ACTING.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    number = ord(match[0])
    return f"\\x{number:02x}" if number < 256 else f"\\u{number:04x}"


def hidden(text: str) -> re.Match[str] | None:
    """The first character that is not seen, or makes others seen elsewhere than where they are."""
    return None if text.isascii() else _HIDDEN.search(text)


def cell(text: str) -> str:
    """A text as a spreadsheet takes for a text: with ' in front where it would be a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
