"""Adds ANSI colours to diagnostics and diffs.

Takes the text of `Diagnostic.render()`: severities become red and yellow, margins and secondary places blue.
terminal.py decides whether to use colours.
"""

from __future__ import annotations

from ionqdsl.record import lazy_pattern

RED, GREEN, YELLOW, BLUE = "\x1b[1;31m", "\x1b[1;32m", "\x1b[1;33m", "\x1b[1;34m"
CYAN, BOLD, PLAIN = "\x1b[1;36m", "\x1b[1m", "\x1b[0m"

_ACCENTS = {"error": RED, "warning": YELLOW, "note": CYAN}
_HEAD = lazy_pattern(r"(error|warning|note)(\[\w+\])(: .*)")
_WHERE = lazy_pattern(r"( *)(-->|:::)( .*)")
_MARKS = lazy_pattern(r"( +\|)(\s+)([\^-]+)(.*)")
_QUOTE = lazy_pattern(r"( *\d* \|)(.*)")
_HELP = lazy_pattern(r"( *= )(help|note)(: .*)")


def paint(text: str) -> str:
    """The text with colours added; nothing else changes."""
    head, *rest = text.split("\n")
    match = _HEAD.fullmatch(head)
    accent = _ACCENTS[match[1]] if match else RED
    if match:
        head = f"{accent}{match[1]}{match[2]}{PLAIN}{BOLD}{match[3]}{PLAIN}"
    return "\n".join([head, *(_line(line, accent) for line in rest)])


def paint_difference(text: str) -> str:
    """A unified diff with colours: added lines green, removed lines red."""
    return "\n".join(f"{_CHANGES[line[0]]}{line}{PLAIN}" if line[:1] in _CHANGES else line for line in text.split("\n"))


_CHANGES = {"+": GREEN, "-": RED, "@": CYAN}


def _line(line: str, accent: str) -> str:
    if match := _WHERE.fullmatch(line):
        return f"{match[1]}{BLUE}{match[2]}{PLAIN}{match[3]}"
    if match := _HELP.fullmatch(line):
        return f"{BLUE}{match[1]}{PLAIN}{CYAN}{match[2]}{PLAIN}{match[3]}"
    if match := _MARKS.fullmatch(line):
        mark = accent if match[3][0] == "^" else BLUE
        return f"{BLUE}{match[1]}{PLAIN}{match[2]}{mark}{match[3]}{match[4]}{PLAIN}"
    if match := _QUOTE.fullmatch(line):
        return f"{BLUE}{match[1]}{PLAIN}{match[2]}"
    return line
