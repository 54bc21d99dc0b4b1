"""Recovers from a syntax error: decides how much text to skip so that the rest can still be read.

Works on the marks of the text, so it needs no parser state: it blanks the faulty statement, and the same grammar reads
the whole text again.
"""

from __future__ import annotations

import re

from ionqdsl.language.marks import MARK, goes_on

VALUE = frozenset({"NUMBER", "STRING", "TRUE", "NAME", "LPAR"})
"""Tokens that may follow wherever a value may."""


def unclosed(text: str) -> tuple[int, int] | None:
    """The offsets of the brace most likely left open and of the outermost open one; None if every one is closed.

    A closing brace that is under the line of an outer block was meant for that one.
    """
    opened: list[tuple[int, int]] = []
    suspects: list[tuple[int, tuple[int, int]]] = []
    line, own = 0, len(text) - len(text.lstrip(" \t"))  # the start of the current line, and its indentation
    for match in MARK.finditer(text):
        if match[0][0] == "\n":
            line, own = match.end(), len(match[0]) - match[0].rfind("\n") - 1
        elif match[0] == "{":
            opened.append((match.start(), own))
        elif match[0] == "}" and opened:
            offset, indent = opened.pop()
            if own < indent and line > offset:
                suspects += [(offset, outer) for outer in opened if outer[1] == own]
    if not opened:
        return None
    return next((offset for offset, outer in suspects if outer in opened), opened[-1][0]), opened[0][0]


def region(text: str, offset: int, bracket: int | None) -> tuple[int, int] | None:
    """The statement around an error, as offsets; None if no part can sensibly be skipped.

    With `bracket`, the offset of an unclosed or unmatched bracket, the statement around it is skipped to the end of its
    line; an unclosed block runs to the end of the text.
    """
    if bracket is not None:
        if text[bracket] in ")]}":
            return bracket, bracket + 1
        start = statement_start(text, bracket)
        end = -1 if text[bracket] == "{" else text.find("\n", bracket)
        return start, len(text) if end < 0 else end
    start = statement_start(text, offset)
    end = _statement_end(text, max(start, offset))
    end = max(end, _statement_end(text, start))
    return (start, end) if text[start:end].strip() else None


def blank(text: str, where: tuple[int, int]) -> str:
    """The text with a region turned into spaces; offsets and lines stay."""
    start, end = where
    return text[:start] + re.sub(r"[^\n]", " ", text[start:end]) + text[end:]


def statement_start(text: str, offset: int) -> int:
    """The end of the statement or the brace before a place."""
    start, comma, depth, before = 0, False, 0, ""
    for match in MARK.finditer(text, 0, offset):
        token = match[0]
        if token[0] == "#":
            continue
        if token in "([":
            depth += 1
        elif token in ")]":
            depth = max(0, depth - 1)
        elif (
            token in "{}"
            or (token == ";" and not depth)
            or (token[0] == "\n" and not (comma or depth or _goes_on(text, before, match.end())))
        ):
            start, depth = match.end(), 0
        comma = token == "," or (comma and token[0] == "\n")
        before = token if token[0] != "\n" else before
    return start


def _goes_on(text: str, before: str, offset: int) -> bool:
    """Whether a statement goes on after the end of a line, which ends with the mark `before` (comments apart)."""
    return text.startswith("{", offset) or goes_on(before, text, offset)


def _statement_end(text: str, offset: int) -> int:
    """The end of the statement at `offset`: the end of its line, a separator, or its block's closing brace."""
    braces, comma, before = 0, False, ""
    for match in MARK.finditer(text, offset):
        token = match[0]
        if token[0] == "#":
            continue
        if token == "{":
            braces += 1
        elif token == "}":
            if not braces:
                return match.start()
            braces -= 1
            if not braces:
                return match.end()
        elif (
            token[0] in "\n;" and not braces and not comma and (token == ";" or not _goes_on(text, before, match.end()))
        ):
            return match.start()
        comma = token == "," or (comma and token[0] == "\n")
        before = token if token[0] != "\n" else before
    return len(text)


def is_closing(text: str, offset: int) -> bool:
    """Whether the bracket at an offset closes one that is open there; braces count from the text's beginning, others
    from the statement's.
    """
    open_brackets: list[str] = []
    for match in MARK.finditer(text, 0 if text[offset] == "}" else statement_start(text, offset), offset):
        if match[0] in ("(", "[", "{"):
            open_brackets.append(match[0])
        elif match[0] in (")", "]", "}") and open_brackets:
            open_brackets.pop()
    return bool(open_brackets) and open_brackets[-1] == _PAIRS[text[offset]]


_PAIRS = {")": "(", "]": "[", "}": "{"}


def is_inside(text: str, offset: int) -> bool:
    """Whether a place is inside a block."""
    braces = [token for token in MARK.findall(text[:offset]) if token in ("{", "}")]
    return braces.count("{") > braces.count("}")


def is_in_settings(text: str, offset: int) -> bool:
    """Whether a place is inside a `job`, `energy` or `function` block."""
    depth, settings, word = 0, None, ""
    for match in MARK.finditer(text, 0, offset):
        if match[0] == "{":
            depth += 1
            if settings is None and word in ("job", "energy", "function"):
                settings = depth
        elif match[0] == "}":
            settings = None if settings == depth else settings
            depth -= 1
        elif match[0][0] not in '\n;#,()[]"':
            word = match[0].strip(" \t=:").partition(" ")[0]
    return settings is not None
