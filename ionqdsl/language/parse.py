"""Parses text to a syntax tree, by the grammar in grammar/qc.lark.

Takes a text and returns `Parsed`: the tree of every statement that could be read and a diagnostic for every one that
could not. It loads the grammar's tables saved at build time if they match. Names, arities and values are not checked
here.
"""

from __future__ import annotations

import os
import pickle
import re
from collections.abc import Callable, Iterator
from functools import cache, partial
from threading import Lock
from types import ModuleType
from typing import TYPE_CHECKING, Any

import lark

from ionqdsl.diagnostics import CompileError, Diagnostic, fail
from ionqdsl.diagnostics.source import Source, Span
from ionqdsl.garbage import uncollected
from ionqdsl.ir.keywords import UNCALLABLE
from ionqdsl.language import recover, step_budget
from ionqdsl.language.actions import Actions
from ionqdsl.language.syntax import LEVELS, Call, File
from ionqdsl.nesting import MAX_NESTING, too_deep
from ionqdsl.record import record

if TYPE_CHECKING:
    from ionqdsl.language.slips.explanation import Reader

MAX_ERRORS = 20
"""Most syntax errors reported for one text."""
MAX_REREAD = 2_000_000
"""Most characters read again, in all, to find further syntax errors: bounds the time for a broken text."""

_HERE = os.path.dirname(os.path.dirname(__file__))
"""The package, which contains the grammars once installed, and the tables saved from them."""
TABLES = {"qc.lark": "grammar.tables", "openqasm.lark": "openqasm.tables"}
"""The file of a grammar's saved tables, next to this file."""


@record
class Parsed:
    """`lost` are the names in statements that could not be read: nothing is known about them.

    `loads` are the calls of `load`, which name files.
    """

    file: File
    diagnostics: tuple[Diagnostic, ...] = ()
    lost: frozenset[str] = frozenset()
    loads: tuple[Call, ...] = ()


def parse(source: Source, express: bool = True) -> Parsed:
    """Reads a text; never raises for its contents. Without `express` the grammar reads plain lines too."""
    with _LOCK, uncollected():
        return _parse(source, _parser() if express else _parser(express=False))


def _parse(source: Source, parser: _Parser | None = None) -> Parsed:
    parser = parser or _parser()
    actions = parser.actions
    diagnostics: list[Diagnostic] = []
    lost: set[str] = set()
    text, reread = source.text, 0
    while True:
        actions.begin(source)
        brackets = parser.brackets
        try:
            file = parser.lark.parse(text)
        except lark.exceptions.UnexpectedInput as error:
            fault = _fault(source, text, error, brackets, partial(_first_fault, parser))
        else:
            assert isinstance(file, File)
            deepest = too_deep(file.items, LEVELS)
            if deepest is None:
                diagnostics += actions.diagnostics
                diagnostics.sort(key=lambda diagnostic: diagnostic.span.start if diagnostic.span else 0)
                return Parsed(file, tuple(diagnostics), frozenset(lost), tuple(actions.loads))
            fault = _Fault(Diagnostic("QC0503", deepest.span), deepest.span.start)
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


def tokens(source: Source) -> list[lark.Token]:
    """The tokens of a text as the grammar took them, ends of statements (`_NL`) included; where they lie in the text
    says what stands between them. Raises CompileError with every syntax error.
    """
    with _LOCK:
        parser, passing = _token_parser()
        try:
            parser.parse(source.text)
        except lark.exceptions.UnexpectedInput:
            raise CompileError(_parse(source).diagnostics) from None
        finally:
            taken, passing.taken = passing.taken, []
        return taken


_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LOCK = Lock()


class _Brackets:
    """Drops the newlines inside ( ) and [ ] and after an operator, records which brackets are open, and knows the
    statements `expect` of tests.
    """

    always_accept = ("_NL",)

    def __init__(self) -> None:
        self.open: list[lark.Token] = []

    def process(self, stream: Iterator[lark.Token]) -> Iterator[lark.Token]:
        self.open = []
        depth = length = 0
        most = step_budget.MAX_TOKENS
        before: lark.Token | None = None
        dropped: lark.Token | None = None  # a line end after an operator
        test = None  # the number of brackets open around the body of a test, if this is one
        for token in stream:
            kind = token.type
            if kind == "_NL":
                if not depth and (before not in _OPERATORS or before.type == "NAME" or ";" in token.partition("#")[0]):
                    length = 0
                    before = None
                    yield token
                elif not depth:
                    dropped = token
                continue
            if dropped is not None:
                if token in UNCALLABLE and kind == "NAME":  # the next statement begins, so a value is missing
                    raise lark.exceptions.UnexpectedToken(dropped, {*recover.VALUE})  # type: ignore[no-untyped-call]
                dropped = None
            if test is not None and token == "expect" and (before is None or before.type in _BETWEEN_STATEMENTS):
                token.type = kind = "EXPECT"
            before = token
            if not length:
                begin = token
            length = length + 1 if kind not in _BRACES else 0
            if length > most:
                raise _TooLong(begin, most)
            if kind in _OPENING:
                self.open.append(token)
                depth = depth + 1 if kind != "_LBRACE" else 0
                if len(self.open) > MAX_NESTING:
                    raise _TooDeep(token)
            elif kind in _CLOSING and self.open and self.open[-1].type == _CLOSING[kind]:
                self.open.pop()
                depth = max(0, depth - 1)
                if kind == "RBRACE" and len(self.open) == test:
                    test = None
            elif kind == "TEST":
                test = len(self.open)
            yield token


class _Passing(_Brackets):
    """Also records the tokens that passed."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[lark.Token] = []

    def process(self, stream: Iterator[lark.Token]) -> Iterator[lark.Token]:
        for token in super().process(stream):
            self.taken.append(token)
            yield token


class _NoActions:
    """The grammar's actions if only tokens are needed: none, which takes two thirds of the time."""

    def __getattr__(self, name: str) -> Callable[[list[Any]], None]:
        if name.startswith("_") or not name.islower():  # an inlined rule, a terminal
            raise AttributeError(name)
        return lambda children: None


_CLOSING = {"RPAR": "LPAR", "RSQB": "LSQB", "RBRACE": "_LBRACE"}
_OPENING = frozenset(_CLOSING.values())
_BRACES = frozenset(("_LBRACE", "RBRACE"))
_BETWEEN_STATEMENTS = frozenset(("_LBRACE", "RBRACE", "LINES"))
_SYMBOLS = ("=", "+", "-", "*", "/", "//", "%", "**", "|", "^", "&", "<<", ">>", "<", ">", "<=", ">=", "==", "!=")
_OPERATORS = frozenset((*_SYMBOLS, "and", "or"))
"""A statement goes on after a line that ends with one of these."""


class _TooDeep(lark.exceptions.UnexpectedToken):
    """A bracket too many, raised from inside the token stream."""

    def __init__(self, token: lark.Token) -> None:
        super().__init__(token, set())  # type: ignore[no-untyped-call]


class _TooLong(lark.exceptions.UnexpectedToken):
    """A statement of more tokens than `most`, raised from inside the token stream at its first token."""

    def __init__(self, token: lark.Token, most: int) -> None:
        super().__init__(token, set())  # type: ignore[no-untyped-call]
        self.most = most


@record
class _Parser:
    lark: lark.Lark
    actions: Actions
    brackets: _Brackets


@cache
def _parser(express: bool = True) -> _Parser:
    actions, brackets = Actions(), _Brackets()
    return _Parser(grammar_parser("qc.lark", actions, brackets, express), actions, brackets)


@cache
def _token_parser() -> tuple[lark.Lark, _Passing]:
    passing = _Passing()
    return grammar_parser("qc.lark", _NoActions(), passing), passing


_LINES = re.compile(r"(?<=^LINES\.3: /).*(?=/$)", re.MULTILINE)
_NEVER = r"[^\s\S]"
"""The grammar's terminal for plain gate lines, and the one that matches none."""


_OPTIONS: dict[str, dict[str, Any]] = {
    "qc.lark": {"start": "start"},
    "openqasm.lark": {"start": ["program", "application"]},
}


UnexpectedInput = lark.exceptions.UnexpectedInput
"""The parser's exceptions for a text that does not match the grammar."""


def grammar_parser(name: str, actions: Any, postlex: Any = None, express: bool = True) -> lark.Lark:
    """The parser of a grammar, which calls its actions while parsing; uses the tables from build time if they match."""
    grammar = grammar_text(name)
    tables = _saved_tables(grammar, name)
    if not express:
        grammar = _LINES.sub(lambda _: _NEVER, grammar)
        for piece in tables["memo"].values() if tables is not None else ():
            if piece.get("name") == "LINES":
                piece["pattern"]["value"] = _NEVER
    if tables is None:
        return lark.Lark(
            grammar, parser="lalr", maybe_placeholders=True, transformer=actions, postlex=postlex, **_OPTIONS[name]
        )
    # as Lark.load, but with a transformer: the public call takes none
    instance = lark.Lark.__new__(lark.Lark)
    return instance._load(tables, transformer=actions, postlex=postlex)


def grammar_path(name: str) -> str:
    """Where a file of the grammar folder is: next to the package if installed, in the checkout otherwise."""
    installed = os.path.join(_HERE, "grammar", name)
    return installed if os.path.exists(installed) else os.path.join(os.path.dirname(_HERE), "grammar", name)


def grammar_text(name: str) -> str:
    """The text of a file of the grammar folder."""
    with open(grammar_path(name), encoding="utf-8") as file:
        return file.read()


def _origin(grammar: str) -> str:
    """The required origin of saved tables: this version of Lark, this grammar."""
    return f"{lark.__version__}\n{grammar}"


def save_tables(folder: str = _HERE) -> None:
    """Writes the grammars' tables, so that starting up need not compute them; run when a wheel is built."""
    for name, postlex in (("qc.lark", _Brackets()), ("openqasm.lark", None)):
        grammar = grammar_text(name)
        parser = lark.Lark(grammar, parser="lalr", maybe_placeholders=True, postlex=postlex, **_OPTIONS[name])
        data, rules = parser.memo_serialize([lark.lexer.TerminalDef, lark.grammar.Rule])
        with open(os.path.join(folder, TABLES[name]), "wb") as file:
            pickle.dump((_origin(grammar), {"data": data, "memo": rules}), file, protocol=5)


def _saved_tables(grammar: str, name: str = "qc.lark") -> dict[str, Any] | None:
    """The tables from build time, None if none match. They are a file of this package, not a cache."""
    try:
        with open(os.path.join(_HERE, TABLES[name]), "rb") as file:
            made_from, tables = pickle.load(file)
    except (OSError, pickle.UnpicklingError, EOFError, AttributeError, ValueError):
        return None
    return tables if made_from == _origin(grammar) else None


# --- the meaning of a syntax error -----------------------------------------------------------------------------------


@record
class _Fault:
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
) -> _Fault:
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


def _beyond_limit(stop: _Halt) -> _Fault | None:
    """A statement of too many tokens, or brackets too deep."""
    offset = stop.offset
    if isinstance(stop.error, _TooLong):
        spent = {"limit": step_budget.STEPS, "tokens": stop.error.most}
        return _Fault(Diagnostic("QC0511", stop.at(offset, stop.token.end_pos), spent), offset, is_last=True)
    if isinstance(stop.error, _TooDeep):
        return _Fault(Diagnostic("QC0105", stop.at(offset), {"limit": MAX_NESTING}), offset)
    return None


def _unclosed_block(stop: _Halt) -> _Fault | None:
    """A block whose end is missing, by the indentation of the lines in it."""
    if not stop.open or stop.open[-1].type != "_LBRACE":
        return None
    blamed, outermost = recover.unclosed(stop.text) or (stop.offset + 1, 0)
    if blamed > stop.offset:
        return None
    return _Fault(Diagnostic("QC0102", stop.at(blamed), {"bracket": "{", "closing": "}"}), stop.offset, outermost)


def _unclosed_bracket(stop: _Halt) -> _Fault | None:
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
    return _Fault(Diagnostic("QC0102", stop.at(at), {"bracket": opening, "closing": _PAIRS[opening]}), stop.offset, at)


def _unopened(stop: _Halt) -> _Fault | None:
    """A closing bracket without an opening one."""
    offset = stop.offset
    if stop.token.type not in _CLOSING or recover.is_closing(stop.text, offset):
        return None
    facts: dict[str, Any] = {"bracket": str(stop.token), **_wording().unopened(stop.text, offset, stop.read)}
    return _Fault(Diagnostic("QC0110", stop.at(offset), facts), offset, None if facts.get("fixed") else offset)


def _misplaced(stop: _Halt) -> _Fault:
    """Another token that the grammar does not allow there."""
    token, offset = stop.token, stop.offset
    end = offset + 1 if stop.is_end or token.type == "_COMMA" else token.end_pos or offset + 1
    if token.type in ("_LBRACE", "ELSE"):
        offset = end - len(str(token).strip())
    if token.type == "LINES" and (word := _NAME.match(stop.text, offset)):
        end = word.end()  # a run of plain lines that begins in the middle of one: its first word is unexpected
    span = stop.at(min(offset, max(end - 1, 0)), end)
    slip = _wording().explain(stop.source, stop.text, span, _expected(stop.error), stop.read)
    return _Fault(slip.diagnostic, offset, end=slip.end)


def _wording() -> ModuleType:
    from ionqdsl.language.slips import wording  # its table is large, and only errors need it

    return wording


_PAIRS = {"(": ")", "[": "]", "{": "}"}


def _bad_character(source: Source, text: str, offset: int, read: Reader) -> _Fault:
    span = Span(source, offset, offset + 1)
    if text[offset] == '"':
        line_end = text.find("\n", offset)
        end = len(text) if line_end < 0 else line_end
        return _Fault(Diagnostic("QC0104", Span(source, offset, end)), offset)
    slip = _wording().explain_character(source, text, span, read)
    return _Fault(slip.diagnostic, offset, end=slip.end)


def _expected(error: lark.exceptions.UnexpectedToken) -> frozenset[str]:
    accepts = getattr(error, "interactive_parser", None)
    if accepts is not None:
        try:
            return frozenset(accepts.accepts())
        except (AttributeError, KeyError, TypeError, ValueError):  # accepts() tries our callbacks on empty stacks
            pass
    return frozenset(error.expected or ())


def must_parse(source: Source) -> File:
    """The tree of a text that is part of ionqdsl; raises CompileError with its first errors."""
    parsed = parse(source)
    if parsed.diagnostics:
        first = parsed.diagnostics[0]
        raise fail(first.code, first.place, **dict(first.facts))
    return parsed.file
