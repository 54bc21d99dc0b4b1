"""Colours for diagnostics and differences.

The text of `Diagnostic.render()` comes in and goes out with ANSI colours: severities red and yellow, margins and second
places blue. Whether colours are wanted is terminal.py's decision.
"""

from __future__ import annotations

import re

RED, GREEN, YELLOW, BLUE = "\x1b[1;31m", "\x1b[1;32m", "\x1b[1;33m", "\x1b[1;34m"
CYAN, BOLD, PLAIN = "\x1b[1;36m", "\x1b[1m", "\x1b[0m"

_ACCENTS = {"error": RED, "warning": YELLOW, "note": CYAN}
_HEAD = re.compile(r"(error|warning|note)(\[\w+\])(: .*)")
_WHERE = re.compile(r"( *)(-->|:::)( .*)")
_MARKS = re.compile(r"( +\|)(\s+)([\^-]+)(.*)")
_QUOTE = re.compile(r"( *\d* \|)(.*)")
_HELP = re.compile(r"( *= )(help|note)(: .*)")


def paint(text: str) -> str:
    """The text with colours; without them it is unchanged."""
    head, *rest = text.split("\n")
    found = _HEAD.fullmatch(head)
    accent = _ACCENTS[found[1]] if found else RED
    if found:
        head = f"{accent}{found[1]}{found[2]}{PLAIN}{BOLD}{found[3]}{PLAIN}"
    return "\n".join([head, *(_line(line, accent) for line in rest)])


def paint_difference(text: str) -> str:
    """A unified difference with colours: green what comes, red what goes."""
    return "\n".join(f"{_CHANGES[line[0]]}{line}{PLAIN}" if line[:1] in _CHANGES else line for line in text.split("\n"))


_CHANGES = {"+": GREEN, "-": RED, "@": CYAN}


def _line(line: str, accent: str) -> str:
    if found := _WHERE.fullmatch(line):
        return f"{found[1]}{BLUE}{found[2]}{PLAIN}{found[3]}"
    if found := _HELP.fullmatch(line):
        return f"{BLUE}{found[1]}{PLAIN}{CYAN}{found[2]}{PLAIN}{found[3]}"
    if found := _MARKS.fullmatch(line):
        mark = accent if found[3][0] == "^" else BLUE
        return f"{BLUE}{found[1]}{PLAIN}{found[2]}{mark}{found[3]}{found[4]}{PLAIN}"
    if found := _QUOTE.fullmatch(line):
        return f"{BLUE}{found[1]}{PLAIN}{found[2]}"
    return line
