"""Words the diagnostic of a syntax error: by the table of slips, by the first word of the statement, or by the
tokens that could have followed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ionqdsl.diagnostics import Diagnostic
from ionqdsl.diagnostics.source import Source, Span
from ionqdsl.ir.circuit import MEASURE, RESET
from ionqdsl.ir.keywords import ITEMS, KEYWORD_MEANINGS, KEYWORDS
from ionqdsl.language.recover import VALUE, is_in_settings, is_inside, statement_start
from ionqdsl.language.slips.calls import spelling
from ionqdsl.language.slips.explanation import Reader, Slipped, find, form, statement_at
from ionqdsl.language.slips.words import FOREIGN
from ionqdsl.record import record

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


_ALIKE = {
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
    "!": "not",
    "π": "pi",
    "τ": "tau",
    "θ": "theta",
    "φ": "phi",
    "λ": "lam",
}
"""Characters that look like one of the language, or mean the same elsewhere."""


def explain(source: Source, text: str, span: Span, expected: frozenset[str], read: Reader) -> Slipped:
    """The diagnostic for an unexpected token."""
    start = statement_start(text, span.start)
    statement = statement_at(text, start, is_in_settings(text, start))
    first = re.match(r"[A-Za-z_][A-Za-z0-9_]*", text[statement.start : max(span.end, statement.start + 1)])
    word = first[0] if first else ""
    at = Span(source, statement.start, statement.start + len(word))
    if word in ITEMS and is_inside(text, start) and "EQUAL" not in expected:
        return Slipped(Diagnostic("QC0111", at, {"word": word}), 0)
    unexpected = text[span.start : span.end].strip().partition("\n")[0]
    if word == "expect" and unexpected == "within" and re.search(r"\bwithin\b", text[at.start : span.start]):
        return Slipped(Diagnostic("QC0450", span), 0)
    if word in ("test", "expect") and (hint := _about_tests(text, at.start, unexpected, expected)) is not None:
        return Slipped(Diagnostic("QC0100", span, {"found": f"`{unexpected}`", "hint": hint}), 0)
    if not (unexpected in KEYWORDS and "NAME" in expected):
        slip = find(source, text, statement, span.start, read)
        if word == "def" and (slip is None or not slip.diagnostic.facts.get("fixed")):
            return Slipped(_function(source, text, at), slip.end if slip else 0)
        if slip is not None:
            return _with_comment(text, slip)
    return Slipped(_by_words(_unexpected(text, span, expected, at, statement.settings)), 0)


def _about_tests(text: str, at: int, found: str, expected: frozenset[str]) -> str | None:
    """Advice on a statement that begins with `test` or `expect` at a place, None if it is none of a test."""
    if text.startswith("expect", at):
        if found == "=" and re.match(r"expect\s*+=", text[at:]) is None:
            return "`==` compares: `expect value(q) == 1`"
        is_condition = re.match(r"expect\s++[^\n=;(]*+\(", text[at:]) is not None
        return _EXPECTED if is_condition and not expected & {"WITHIN", "NUMBER"} else None
    if re.match(r"test\s++[A-Za-z_]\w*+[^\n{\"]*+\{", text[at:]):
        return 'a test has its name in quotes: `test "name" { ... }`'
    return (
        "a test stands at the top level, outside of blocks"
        if re.match(r'test\s*+"', text[at:]) and is_inside(text, at)
        else None
    )


_EXPECTED = '`expect` stands in a test: `test "name" { ... expect value(q) == 1 }`'


_FUNCTION = re.compile(r"def\s++([A-Za-z_]\w*+)\s*+(\([^()\n]*+\))?\s*+(=(?!=)|\{|:|->)?")


def _function(source: Source, text: str, span: Span) -> Diagnostic:
    """The diagnostic for a function that is not one expression: a value, a block of gates, or another language's."""
    head = _FUNCTION.match(text, span.start)
    name, formals, after = head.groups() if head else (None, None, None)
    if name is None:
        return Diagnostic("QC0130", span, {})
    span = Span(source, span.start, head.end() if head else span.end)
    if not formals and after == "=":
        return Diagnostic("QC0130", span, {"value": name})
    if after == "{":
        return Diagnostic("QC0130", span, {"gate": name})
    return Diagnostic("QC0130", span, {"function": f"{name}{formals or '(x)'}"})


def _with_comment(text: str, slip: Slipped) -> Slipped:
    """A slip; if it is `/*`, all lines of the comment belong to it."""
    facts, place = slip.diagnostic.facts, slip.diagnostic.span
    close = text.find("*/", place.start) if place and facts["word"] == "/*" and slip.diagnostic.code == "QC0117" else -1
    return Slipped(slip.diagnostic, max(slip.end, close + 2))


@record
class _Unexpected:
    """A token that may not stand where it does, and those that could have followed there, in a text whose faulty
    statements are blank.

    The statement begins `at` a word, which may be empty.
    """

    text: str
    span: Span
    token: str
    expected: frozenset[str]
    at: Span
    is_setting: bool

    @property
    def word(self) -> str:
        return self.at.text

    @property
    def shown(self) -> str:
        return self.token if self.is_end else f"`{self.token}`"

    @property
    def is_end(self) -> bool:
        """Whether a line or the text ends there."""
        return self.token.startswith("the end")

    @property
    def is_defined(self) -> bool:
        """Whether the text defines a gate of the statement's first word."""
        return re.search(rf"\bgate[ \t]+{self.word}\b", self.text) is not None


def _unexpected(text: str, span: Span, expected: frozenset[str], at: Span, is_setting: bool) -> _Unexpected:
    token = text[span.start : span.end].strip().partition("\n")[0]
    if span.start >= len(text.rstrip()):
        token = "the end of the file"
    elif not token or token[0] in "#;" or text[span.start] == "\n":
        token = "the end of the line"
    return _Unexpected(text, span, token, expected, at, is_setting)


def _by_words(fault: _Unexpected) -> Diagnostic:
    """The diagnostic by the statement's first word and by the unexpected token: the first kind that fits."""
    return next(diagnostic for kind in _KINDS if (diagnostic := kind(fault)) is not None)


def _foreign_word(fault: _Unexpected) -> Diagnostic | None:
    if fault.word not in FOREIGN or fault.is_setting:
        return None
    return Diagnostic("QC0112", fault.at, {"word": fault.word, "instead": FOREIGN[fault.word]})


def _measurement(fault: _Unexpected) -> Diagnostic | None:
    if fault.word not in (MEASURE, RESET) or fault.is_defined:
        return None
    return Diagnostic("QC0131" if fault.word == MEASURE else "QC0339", fault.span)


def _assignment(fault: _Unexpected) -> Diagnostic | None:
    is_one = fault.token == "=" and fault.word and fault.word not in KEYWORDS
    return Diagnostic("QC0113", fault.span, {"name": fault.word}) if is_one else None


def _keyword_as_name(fault: _Unexpected) -> Diagnostic | None:
    is_one = fault.token in KEYWORDS and "NAME" in fault.expected
    return Diagnostic("QC0103", fault.span, {"word": fault.token}) if is_one else None


def _register_without_gate(fault: _Unexpected) -> Diagnostic | None:
    if fault.token != "[" or not re.search(rf"\bqubit\b[^\n]*\b{fault.word}\b", fault.text):
        return None
    return Diagnostic("QC0128", fault.at, {"wanted": "a gate", "found": f"before `{fault.word}`", "form": None})


def _missing_part(fault: _Unexpected) -> Diagnostic | None:
    missing = "a value" if fault.expected >= VALUE else "a name" if fault.expected == {"NAME"} else None
    if not fault.word and fault.span.source.text.startswith(fault.token, fault.at.start):
        missing = "a gate or a keyword"
    if not missing and not fault.is_end:
        return None
    wanted = missing or _listing(fault.expected) or "the rest"
    facts = {"wanted": wanted, "found": f"before {fault.shown}", "form": form(fault.word)}
    return Diagnostic("QC0128", fault.span, facts)


def _in_statement(fault: _Unexpected) -> Diagnostic | None:
    if fault.word not in KEYWORD_MEANINGS or fault.word in _NO_STATEMENTS:
        return None
    facts = {"word": fault.token, "statement": fault.word, "expected": _listing(fault.expected)}
    return Diagnostic("QC0124", fault.span, {**facts, "form": form(fault.word)})


_NO_STATEMENTS = ("true", "false", "null", "and", "or", "not", "in", "as")
"""Keywords that begin no statement."""


def _after_gate(fault: _Unexpected) -> Diagnostic | None:
    if not (spelling(fault.word) or fault.is_defined):
        return None
    return Diagnostic("QC0129" if fault.token.isidentifier() else "QC0120", fault.span, {"word": fault.token})


def _any_token(fault: _Unexpected) -> Diagnostic:
    hint = None
    if re.search(r",\s*\n", fault.text[fault.at.start : fault.span.start]):
        hint = "a comma at the end of a line continues the statement on the next one"
    elif fault.word:
        hint = f"there is no gate `{fault.word}`; gates are written `cnot q[0], q[1]` or `rx(pi/2) q[0]`"
    facts = {"found": fault.shown, "expected": _listing(fault.expected), "hint": hint}
    return Diagnostic("QC0100", fault.span, facts)


_KINDS: tuple[Callable[[_Unexpected], Diagnostic | None], ...] = (
    _foreign_word,
    _measurement,
    _assignment,
    _keyword_as_name,
    _register_without_gate,
    _missing_part,
    _in_statement,
    _after_gate,
    _any_token,
)


def unopened(text: str, offset: int, read: Reader) -> dict[str, Any]:
    """The facts about a closing bracket without an opening one that help to mend it: the statement as it was meant."""
    start = statement_start(text, offset)
    statement = statement_at(text, start, is_in_settings(text, start))
    part = text[statement.start : statement.end]
    at = offset - statement.start
    indexed = re.sub(r"([A-Za-z_])([0-9]+)$", r"\1[\2", part[:at]) if text[offset] == "]" else part
    for line in (indexed + part[at:], part[:at] + part[at + 1 :]):
        if 0 <= at < len(part) <= _LONGEST and "\n" not in line and line != part and read(line) is None:
            return {"fixed": line.rstrip(), "replaced": (statement.start, statement.end)}
    return {}


_LONGEST = 160


def explain_character(source: Source, text: str, span: Span, read: Reader) -> Slipped:
    """The diagnostic for a character that begins no token."""
    char = text[span.start]
    start = statement_start(text, span.start)
    statement = statement_at(text, start, is_in_settings(text, start))
    slip = None if char.isspace() or not char.isprintable() else find(source, text, statement, span.start, read)
    if slip is not None:
        return slip
    first = re.match(r"[A-Za-z_][A-Za-z0-9_]*", text[statement.start : span.start])
    if first and first[0] in FOREIGN:
        at = Span(source, statement.start, statement.start + len(first[0]))
        return Slipped(Diagnostic("QC0112", at, {"word": first[0], "instead": FOREIGN[first[0]]}), 0)
    shown = char if char.isprintable() else f"U+{ord(char):04X}"
    return Slipped(Diagnostic("QC0101", span, {"character": shown, "instead": _ALIKE.get(char)}), 0)


def _listing(expected: frozenset[str]) -> str | None:
    """The alternatives at this place, None if nearly everything is allowed."""
    names = [] if not expected >= {"NUMBER", "LPAR"} else ["a value"]
    if "_NL" in expected:
        expected = expected - {"$END"}
    if expected & (_NAMES_OF.keys() - _PASSING):
        expected = expected - _PASSING
    rest = expected - (VALUE | {"FALSE", "NULL", "NOT", "MINUS", "PLUS", "LSQB"}) if names else expected
    names += sorted(_NAMES_OF[kind] for kind in rest if kind in _NAMES_OF)
    return (
        None
        if not names or len(names) > 4
        else names[0]
        if len(names) == 1
        else ", ".join(names[:-1]) + " or " + names[-1]
    )
