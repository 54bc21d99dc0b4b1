"""Recovers from a syntax error: decides its message, and how much text to skip so that the rest can still be read.

Works on the marks of the text, so it needs no parser state: it blanks the faulty statement, and the same grammar reads
the whole text again.
"""

from __future__ import annotations

import re

from ionqdsl.diagnostics import Diagnostic
from ionqdsl.diagnostics.source import Source, Span
from ionqdsl.ir.keywords import ITEMS, KEYWORDS
from ionqdsl.language.marks import MARK

_BRACE_NEXT = re.compile(r"\s*\{")


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
        start = _statement_start(text, bracket)
        end = -1 if text[bracket] == "{" else text.find("\n", bracket)
        return start, len(text) if end < 0 else end
    start = _statement_start(text, offset)
    end = _statement_end(text, max(start, offset))
    end = max(end, _statement_end(text, start))
    return (start, end) if text[start:end].strip() else None


def blank(text: str, where: tuple[int, int]) -> str:
    """The text with a region turned into spaces; offsets and lines stay."""
    start, end = where
    return text[:start] + re.sub(r"[^\n]", " ", text[start:end]) + text[end:]


def _statement_start(text: str, offset: int) -> int:
    start, comma, depth = 0, False, 0
    for match in MARK.finditer(text, 0, offset):
        token = match[0]
        if token[0] == "#":
            continue
        if token in "([":
            depth += 1
        elif token in ")]":
            depth = max(0, depth - 1)
        elif token in ";{}" or (token[0] == "\n" and not (comma or depth or text.startswith("{", match.end()))):
            start, depth = match.end(), 0
        comma = token == "," or (comma and token[0] == "\n")
    return start


def _statement_end(text: str, offset: int) -> int:
    """The end of the statement at `offset`: the end of its line, a separator, or its block's closing brace."""
    braces, comma = 0, False
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
        elif token[0] in "\n;" and not braces and not comma and not _BRACE_NEXT.match(text, match.end()):
            return match.start()
        comma = token == "," or (comma and token[0] == "\n")
    return len(text)


# --- wording ---------------------------------------------------------------------------------------------------------

FOREIGN = {
    "OPENQASM": "a `.qc` file needs no version line, or `qc 1`",
    "qreg": "declare qubits with `qubit q[2]`",
    "creg": "there are no classical bits: name the qubits to read with `register out = q[0:2]`",
    "bit": "there are no classical bits: name the qubits to read with `register out = q[0:2]`",
    "measure": "all qubits are measured at the end by themselves, `register out = q[0:2]` names them; measuring "
    "earlier takes a job of type `ionq.qasm3.v1`",
    "reset": "qubits start in |0> and are measured at the end; resetting takes a job of type `ionq.qasm3.v1`",
    "def": "define gates with `gate name(angles) qubits { ... }`",
    "while": "loops are bounded: `for i in range(n) { ... }`",
    "return": "nothing returns a value here",
    "input": "declare parameters with `param theta`",
    "float": "values need no types: `const x = 0.5`",
    "int": "values need no types: `const n = 4`",
    "angle": "values need no types: `const x = 0.5`",
    "repeat": "use `for i in range(n) { ... }`",
    "elif": "chain conditions with `else if`",
    "import": 'use `include "file.qc"`',
}
"""First words of other languages, and their replacements."""

_NAMES_OF = {
    "_NL": "the end of the statement",
    "$END": "the end of the file",
    "_LBRACE": "`{`",
    "RBRACE": "`}`",
    "LPAR": "`(`",
    "RPAR": "`)`",
    "LSQB": "`[`",
    "RSQB": "`]`",
    "_COMMA": "`,`",
    "COLON": "`:`",
    "_AT": "`@`",
    "EQUAL": "`=`",
    "NAME": "a name",
    "NUMBER": "a number",
    "STRING": "a string",
    "IN": "`in`",
}
_PASSING = frozenset({"LSQB", "LPAR", "IN"})
"""Tokens that may follow nearly every name or value: listed only if no others fit."""
_VALUE = frozenset({"NUMBER", "STRING", "TRUE", "NAME", "LPAR"})


_HINTS = {
    "//": "comments begin with `#`",
    "/*": "comments begin with `#`",
    "..": "ranges are written `range(0, 3)`",
    "else": "`else` stands behind the `}` of an `if`",
}
"""Advice on an unexpected token, by the two characters around or after its beginning."""


def explain(source: Source, text: str, span: Span, expected: frozenset[str]) -> Diagnostic:
    """The diagnostic for an unexpected token."""
    start = _statement_start(text, span.start)
    first = re.match(r"\s*([A-Za-z_][A-Za-z0-9_]*)", text[start : span.end])
    word = first[1] if first else ""
    word_shown = text[span.start : span.end].strip().partition("\n")[0] or "the end of the line"
    if span.start >= len(text.rstrip()):
        word_shown = "the end of the file"
    elif word_shown[0] in "#;" or text[span.start] == "\n":
        word_shown = "the end of the line"
    at = start + first.start(1) if first else start
    if word in FOREIGN:
        return Diagnostic("QC0112", Span(source, at, at + len(word)), {"word": word, "instead": FOREIGN[word]})
    measured = re.compile(r"\s*(measure|reset)\b").match(text, span.end) if word_shown == "=" else None
    if measured:
        span = Span(source, *measured.span(1))
        return Diagnostic("QC0112", span, {"word": measured[1], "instead": FOREIGN[measured[1]]})
    if word in ("test", "expect") and (hint := _about_tests(text, at, word_shown, expected)) is not None:
        return Diagnostic("QC0100", span, {"found": f"`{word_shown}`", "hint": hint})
    if word_shown in ("+", "-", "*", "/", "**") and text[span.end : span.end + 1] == "=":
        word_shown, span = word_shown + "=", Span(source, span.start, span.end + 1)
    if word_shown.endswith("=") and word_shown != "==" and word and word not in KEYWORDS:
        return Diagnostic("QC0113", span, {"name": word})
    if word in ITEMS and _is_inside(text, start) and "EQUAL" not in expected:
        return Diagnostic("QC0111", Span(source, at, at + len(word)), {"word": word})
    if word == "else" and "_LBRACE" not in expected:
        return Diagnostic("QC0100", Span(source, at, at + len(word)), {"found": "`else`", "hint": _HINTS["else"]})
    sized = re.compile(r"\[([^\]\n]*)\]\s*([A-Za-z_]\w*)").match(text, span.start)
    if word == "qubit" and sized:
        facts = {"word": f"qubit[{sized[1]}]", "instead": f"write `qubit {sized[2]}[{sized[1]}]`"}
        return Diagnostic("QC0112", Span(source, span.start, sized.end(1) + 1), facts)
    if word_shown in KEYWORDS and "NAME" in expected:
        return Diagnostic("QC0103", span, {"word": word_shown})
    shown = "`" + word_shown + "`" if not word_shown.startswith("the end") else word_shown
    near = text[max(0, span.start - 1) : span.start + 2]
    hint = next((hint for mark, hint in _HINTS.items() if mark in (near[:2], near[-2:])), None)
    if hint is None and "," in text[start : span.start] and "\n" in text[start : span.start].strip():
        hint = "a comma at the end of a line continues the statement on the next one"
    return Diagnostic("QC0100", span, {"found": shown, "expected": _listing(expected), "hint": hint})


def _about_tests(text: str, at: int, found: str, expected: frozenset[str]) -> str | None:
    """Advice on a statement that begins with `test` or `expect` at a place, None if it is none of a test."""
    if text.startswith("expect", at):
        if found == "=" and re.match(r"expect\s*=", text[at:]) is None:
            return "`==` compares: `expect value(q) == 1`"
        is_condition = re.match(r"expect\s+[^\n=;]*\(", text[at:]) is not None
        return _EXPECTED if is_condition and not expected & {"WITHIN", "NUMBER"} else None
    if re.match(r"test\s+[A-Za-z_]\w*(\s+for\b[^\n{]*)?\s*\{", text[at:]):
        return 'a test has its name in quotes: `test "name" { ... }`'
    return (
        "a test stands at the top level, outside of blocks"
        if re.match(r'test\s*"', text[at:]) and _is_inside(text, at)
        else None
    )


_EXPECTED = '`expect` stands in a test: `test "name" { ... expect value(q) == 1 }`'


def _is_inside(text: str, offset: int) -> bool:
    """Whether a place is inside a block."""
    braces = [token for token in MARK.findall(text[:offset]) if token in ("{", "}")]
    return braces.count("{") > braces.count("}")


def explain_character(source: Source, text: str, span: Span) -> Diagnostic:
    """The diagnostic for a character that begins no token."""
    char = text[span.start]
    line = text[text.rfind("\n", 0, span.start) + 1 :].lstrip()
    if line.startswith(("measure", "reset", "creg", "qreg")) or char == "-" or text.startswith("->", span.start - 1):
        word = re.match(r"[A-Za-z]*", line)
        if word and word[0] in FOREIGN:
            return Diagnostic("QC0112", span, {"word": word[0], "instead": FOREIGN[word[0]]})
    shown = char if char.isprintable() else f"U+{ord(char):04X}"
    alike = {
        "“": '"',
        "”": '"',
        "'": '"',
        "‘": '"',
        "’": '"',
        "−": "-",
        "–": "-",
        "×": "*",
        "·": "*",
        "÷": "/",
        "^": "**",
        "&": "and",
        "|": "or",
        "!": "not",
        "π": "pi",
    }
    return Diagnostic("QC0101", span, {"character": shown, "instead": alike.get(char)})


def _listing(expected: frozenset[str]) -> str | None:
    """The alternatives at this place, None if nearly everything is allowed."""
    names = [] if not expected >= {"NUMBER", "LPAR"} else ["a value"]
    if "_NL" in expected:
        expected = expected - {"$END"}
    if expected & (_NAMES_OF.keys() - _PASSING):
        expected = expected - _PASSING
    rest = expected - (_VALUE | {"FALSE", "NULL", "NOT", "MINUS", "PLUS", "LSQB"}) if names else expected
    names += sorted(_NAMES_OF[kind] for kind in rest if kind in _NAMES_OF)
    return (
        None
        if not names or len(names) > 4
        else names[0]
        if len(names) == 1
        else ", ".join(names[:-1]) + " or " + names[-1]
    )
