"""Parses text to a syntax tree, by the grammar in grammar/qc.lark.

Takes a text and returns `Parsed`: the tree of every statement that could be read and a diagnostic for every one that
could not. A text without syntax errors is read by automaton.py, any other by Lark, which faults.py asks. Names, arities
and values are not checked here.
"""

from __future__ import annotations

from _thread import allocate_lock
from collections.abc import Iterator
from functools import cache

from ionqdsl.diagnostics import CompileError, fail
from ionqdsl.diagnostics.source import Source
from ionqdsl.garbage import uncollected
from ionqdsl.language import grammars
from ionqdsl.language.actions import Actions, Parsed
from ionqdsl.language.automaton import RUN, Automaton, Token, Unmatched
from ionqdsl.language.brackets import Brackets, Stopped
from ionqdsl.language.lines import stretches
from ionqdsl.language.syntax import LEVELS, File
from ionqdsl.nesting import too_deep
from ionqdsl.record import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ionqdsl.language.statement_forms import BuiltStatement, StatementForms

_LOCK = allocate_lock()


def parse(source: Source, express: bool = True, part: tuple[int, int] | None = None) -> Parsed:
    """Reads a text, or the part of it between two offsets; never raises for its contents. Without `express` the grammar
    reads plain lines too.
    """
    text = source.text if part is None else " " * part[0] + source.text[slice(*part)]
    with _LOCK, uncollected():
        parser, actions = _parser(express)
        actions.begin(source)
        try:
            file = parser.parse(text, Brackets())
        except (Unmatched, Stopped):
            return _faulty(source, express)
        if too_deep(file.items, LEVELS) is not None:
            return _faulty(source, express)
        return Parsed(file, actions.in_order(), loads=tuple(actions.loads))


def tokens(source: Source) -> list[Token]:
    """The tokens of a text as the grammar took them, ends of statements (`_NL`) included; their places in the
    text show the comments and blanks between them. Raises CompileError with every syntax error.
    """
    with _LOCK:
        passing = _Passing()
        try:
            _follower().parse(source.text, passing)
        except (Unmatched, Stopped):
            raise CompileError(_faulty(source, express=True).diagnostics) from None
        return passing.taken


def must_parse(source: Source, part: tuple[int, int] | None = None) -> File:
    """The tree of a text that is part of ionqdsl, or of a part of it; raises CompileError with its first errors."""
    parsed = parse(source, part=part)
    if parsed.diagnostics:
        first = parsed.diagnostics[0]
        raise fail(first.code, first.place, **dict(first.facts))
    return parsed.file


def _faulty(source: Source, express: bool) -> Parsed:
    from ionqdsl.language import faults  # Lark takes longer to import than most texts take to read

    return faults.read(source, express)


class _Passing(Brackets):
    """Also records the tokens. A run of plain lines counts as several if empty lines or comments divide it."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[Token] = []

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        for token in super().process(stream):
            self.taken += _stretches(token) if token.type == RUN else (token,)
            yield token


def _stretches(run: Token) -> Iterator[Token]:
    for text, offset in stretches(run):
        token = Token(text)
        token.type, token.start_pos = RUN, run.start_pos + offset
        token.end_pos = token.start_pos + len(text)
        yield token


@cache
def _parser(express: bool) -> tuple[Automaton, Actions]:
    actions = Actions()
    return Automaton(tables_of("qc.lark"), actions, express, _statement), actions


def _statement(text: str, start: int, begin: int) -> BuiltStatement | None:
    return _forms().read(text, start, begin)


@cache
def _forms() -> StatementForms:
    from ionqdsl.language.statement_forms import StatementForms  # late: only long texts need it

    return StatementForms(tables_of("qc.lark"), _parser(True)[1])


@cache
def _follower() -> Automaton:
    """Follows a text without building anything."""
    return Automaton(tables_of("qc.lark"))


@cache
def tables_of(name: str) -> dict[str, Any]:
    """The tables that automaton.py runs for a grammar of the grammar folder."""
    tables = grammars.saved(name)
    if tables is None:
        from ionqdsl.language import lark_parser  # only where nothing was built

        tables = lark_parser.automaton(name)
    return tables
