"""Finds every syntax error of a text, and reads the rest of it.

Takes a text that automaton.py could not read. Lark reads it and stops at the first error, which becomes a diagnostic;
the faulty statement is blanked (recover.py) and the rest read again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache, partial
from types import ModuleType
from typing import TYPE_CHECKING, Any

import lark

from ionqdsl.diagnostics import Diagnostic
from ionqdsl.diagnostics.source import Source, Span
from ionqdsl.language import recover, step_budget
from ionqdsl.language.actions import Actions, Parsed
from ionqdsl.language.automaton import holds_runs
from ionqdsl.language.brackets import CLOSING, DEEP, LONG, Brackets, Stopped
from ionqdsl.language.lark_parser import grammar_parser
from ionqdsl.language.syntax import LEVELS, File
from ionqdsl.nesting import MAX_NESTING, too_deep
from ionqdsl.record import record

if TYPE_CHECKING:
    from ionqdsl.language.slips.explanation import Reader

MAX_ERRORS = 20
"""Most syntax errors reported for one text."""
MAX_REREAD = 2_000_000
"""Most characters read again, in all, to find further syntax errors: bounds the time for a broken text."""


def read(source: Source, express: bool) -> Parsed:
    """The tree of every statement that can be read, and a diagnostic for every one that cannot."""
    parser = _parser(express and holds_runs(source.text))
    return recovered(source, lambda text: _attempt(parser, source, text))


def recovered(source: Source, attempt: Callable[[str], Parsed | SyntaxFault]) -> Parsed:
    """The same. `attempt` reads a text, in which faulty statements are blank, up to the first further fault."""
    diagnostics: list[Diagnostic] = []
    lost: set[str] = set()
    text, reread = source.text, 0
    while True:
        fault = attempt(text)
        if isinstance(fault, Parsed):
            diagnostics += fault.diagnostics
            diagnostics.sort(key=lambda one: one.span.in_whole.start if one.span else 0)
            return Parsed(fault.file, tuple(diagnostics), frozenset(lost), fault.loads)
        reread += len(text)
        region = recover.region(text, fault.offset, fault.innermost)
        if region is not None and fault.end > region[1]:
            region = region[0], fault.end
        if fault.diagnostic.code not in [d.code for d in diagnostics if d.place == fault.diagnostic.place]:
            diagnostics.append(fault.diagnostic)
        if region is None or fault.is_last or len(diagnostics) >= MAX_ERRORS or reread > MAX_REREAD:
            return Parsed(File(source, ()), tuple(diagnostics), frozenset(_NAME.findall(text)))
        lost.update(_NAME.findall(text[region[0] : region[1]] + " " + str(fault.diagnostic.facts.get("fixed", ""))))
        text = recover.blank(text, region)


def fault_after(source: Source, text: str, begin: int) -> Parsed | SyntaxFault:
    """The first fault of a text whose statements can be read up to `begin`, where one begins outside any block."""
    lead = _LEAD.rjust(begin) if begin >= len(_LEAD) else text[:begin]
    parser = _parser(holds_runs(source.text))
    found = _attempt(parser, source, text, lead + text[begin:])
    return found if isinstance(found, SyntaxFault) else _attempt(parser, source, text)


_LEAD = "h q\n"
"""A statement in place of all that was read: the grammar is not where it was at the beginning."""


def _attempt(parser: _Parser, source: Source, text: str, led: str | None = None) -> Parsed | SyntaxFault:
    """Reads a text, or one `led` by another beginning of the same length, up to its first fault."""
    actions = parser.actions
    actions.begin(source)
    try:
        file = parser.lark.parse(text if led is None else led)
    except lark.exceptions.UnexpectedInput as error:
        return _fault(source, text, error, parser.brackets, partial(_first_fault, parser))
    assert isinstance(file, File)
    deepest = too_deep(file.items, LEVELS)
    if deepest is None:
        return Parsed(file, tuple(actions.diagnostics), loads=tuple(actions.loads))
    return SyntaxFault(Diagnostic("QC0503", deepest.span), deepest.span.start)


_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class _AsLark(lark.exceptions.UnexpectedToken):
    """A token that `Brackets` stopped, as an exception of Lark's, which adds the state of the parser."""

    def __init__(self, stopped: Stopped) -> None:
        super().__init__(stopped.token, {*recover.VALUE})  # type: ignore[no-untyped-call]
        self.reason = stopped.reason


class _Brackets(Brackets):
    def process(self, stream: Iterator[Any]) -> Iterator[Any]:
        try:
            yield from super().process(stream)
        except Stopped as stopped:
            raise _AsLark(stopped) from None


@record
class _Parser:
    lark: lark.Lark
    actions: Actions
    brackets: _Brackets


@cache
def _parser(express: bool) -> _Parser:
    actions, brackets = Actions(), _Brackets()
    return _Parser(grammar_parser("qc.lark", actions, brackets, express), actions, brackets)


# --- the meaning of a syntax error -----------------------------------------------------------------------------------


@record
class SyntaxFault:
    """A syntax error: its diagnostic, and the place where the parser stopped."""

    diagnostic: Diagnostic
    offset: int
    innermost: int | None = None  # offset of the faulty bracket
    is_last: bool = False  # whether further reading would take too long
    end: int = 0  # the end of the text that cannot be read, if it is known


def _first_fault(parser: _Parser, text: str) -> int | None:
    """The offset of the first fault of a short text that a message may suggest, None if the grammar reads it."""
    parser.actions.begin(Source(text))
    try:
        parser.lark.parse(text)
    except lark.exceptions.UnexpectedCharacters as error:
        return error.pos_in_stream
    except lark.exceptions.UnexpectedToken as error:
        return len(text) if error.token.type == "$END" else error.token.start_pos or 0
    places = [diagnostic.span.start for diagnostic in parser.actions.diagnostics if diagnostic.span]
    return min(places, default=None)


def _fault(
    source: Source, text: str, error: lark.exceptions.UnexpectedInput, brackets: _Brackets, read: Reader
) -> SyntaxFault:
    """The fault that stopped the parser: the first kind that fits."""
    if isinstance(error, lark.exceptions.UnexpectedCharacters):
        return _bad_character(source, text, error.pos_in_stream or 0, read)
    assert isinstance(error, lark.exceptions.UnexpectedToken)
    stop = _Halt(source, text, error, tuple(brackets.open), read)
    return (
        _beyond_limit(stop) or _unclosed_block(stop) or _unclosed_bracket(stop) or _unopened(stop) or _misplaced(stop)
    )


@record
class _Halt:
    """The token at which the parser stopped, and the brackets open there."""

    source: Source
    text: str
    error: lark.exceptions.UnexpectedToken
    open: tuple[lark.Token, ...]
    read: Reader

    @property
    def token(self) -> lark.Token:
        token: lark.Token = self.error.token
        return token

    @property
    def is_end(self) -> bool:
        return bool(self.token.type == "$END")

    @property
    def offset(self) -> int:
        return len(self.text.rstrip()) if self.is_end else self.token.start_pos or 0

    def at(self, start: int, end: int | None = None) -> Span:
        return Span(self.source, start, start + 1 if end is None else end)


def _beyond_limit(stop: _Halt) -> SyntaxFault | None:
    """A statement of too many tokens, or brackets too deep."""
    offset = stop.offset
    reason = getattr(stop.error, "reason", None)
    if reason == LONG:
        spent = {"limit": step_budget.STEPS, "tokens": step_budget.MAX_TOKENS}
        return SyntaxFault(Diagnostic("QC0511", stop.at(offset, stop.token.end_pos), spent), offset, is_last=True)
    if reason == DEEP:
        whole = stop.open[0].start_pos or 0  # the rest of the statement around it may still be too deep
        return SyntaxFault(Diagnostic("QC0105", stop.at(offset), {"limit": MAX_NESTING}), whole)
    return None


def _unclosed_block(stop: _Halt) -> SyntaxFault | None:
    """A block whose end is missing, by the indentation of the lines in it."""
    if not stop.open or stop.open[-1].type != "_LBRACE":
        return None
    blamed, outermost = recover.unclosed(stop.text) or (stop.offset + 1, 0)
    if blamed > stop.offset:
        return None
    return SyntaxFault(Diagnostic("QC0102", stop.at(blamed), {"bracket": "{", "closing": "}"}), stop.offset, outermost)


def _unclosed_bracket(stop: _Halt) -> SyntaxFault | None:
    """A bracket that is the likeliest cause of the error: the text ends in it, or runs on into other lines."""
    around = stop.open[:-1] if stop.open and stop.token is stop.open[-1] else stop.open
    if not around:
        return None
    bracket = around[-1]
    at = (bracket.end_pos or 1) - 1
    opening = stop.text[at]
    if not stop.is_end:
        if bracket.type == "_LBRACE":
            return None
        line_end = stop.text.find("\n", stop.offset)
        line = stop.text[bracket.start_pos : len(stop.text) if line_end < 0 else line_end]
        runs_on = "\n" in stop.text[bracket.end_pos : stop.offset]
        if not runs_on and line.count(opening) <= line.count(_PAIRS[opening]):
            return None
    return SyntaxFault(
        Diagnostic("QC0102", stop.at(at), {"bracket": opening, "closing": _PAIRS[opening]}), stop.offset, at
    )


def _unopened(stop: _Halt) -> SyntaxFault | None:
    """A closing bracket without an opening one."""
    offset = stop.offset
    if stop.token.type not in CLOSING or recover.is_closing(stop.text, offset):
        return None
    facts: dict[str, Any] = {"bracket": str(stop.token), **_wording().unopened(stop.text, offset, stop.read)}
    return SyntaxFault(Diagnostic("QC0110", stop.at(offset), facts), offset, None if facts.get("fixed") else offset)


def _misplaced(stop: _Halt) -> SyntaxFault:
    """Another token that the grammar does not allow there."""
    token, offset = stop.token, stop.offset
    end = offset + 1 if stop.is_end or token.type == "_COMMA" else token.end_pos or offset + 1
    if token.type in ("_LBRACE", "ELSE"):
        offset = end - len(str(token).strip())
    if token.type == "LINES" and (word := _NAME.match(stop.text, offset)):
        end = word.end()  # a run of plain lines that begins in the middle of one: its first word is unexpected
    span = stop.at(min(offset, max(end - 1, 0)), end)
    slip = _wording().explain(stop.source, stop.text, span, _expected(stop.error), stop.read)
    return SyntaxFault(slip.diagnostic, offset, end=slip.end)


def _wording() -> ModuleType:
    from ionqdsl.language.slips import wording  # its table is large, and only errors need it

    return wording


_PAIRS = {"(": ")", "[": "]", "{": "}"}


def _bad_character(source: Source, text: str, offset: int, read: Reader) -> SyntaxFault:
    span = Span(source, offset, offset + 1)
    if text[offset] == '"':
        line_end = text.find("\n", offset)
        end = len(text) if line_end < 0 else line_end
        return SyntaxFault(Diagnostic("QC0104", Span(source, offset, end)), offset)
    slip = _wording().explain_character(source, text, span, read)
    return SyntaxFault(slip.diagnostic, offset, end=slip.end)


def _expected(error: lark.exceptions.UnexpectedToken) -> frozenset[str]:
    accepts = getattr(error, "interactive_parser", None)
    if accepts is not None:
        try:
            return frozenset(accepts.accepts())
        except (AttributeError, KeyError, TypeError, ValueError):  # accepts() tries our callbacks on empty stacks
            pass
    return frozenset(error.expected or ())
