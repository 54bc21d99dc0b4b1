"""Splits a text into lexemes: its tokens with the comments and blank lines around them, losing nothing.

Takes a source and returns lexemes, or statements made of lexemes and of nested bracketed groups and blocks, the form
that layout.py takes. The tokens are the grammar's own (parse.tokens); this module reads only the comments and newlines
between them. It does not look at meaning.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ionqdsl.diagnostics.source import Source
from ionqdsl.ir.circuit import MEASURE
from ionqdsl.language.lines import cut, words
from ionqdsl.language.parse import tokens
from ionqdsl.record import fresh, record

BLANK = ""
"""A blank line among the comments before a lexeme."""

_BETWEEN = re.compile(r"#[^\n]*|\n")
_CLOSING = {"LPAR": "RPAR", "LSQB": "RSQB"}
_CALLED = frozenset({"NAME", "GPHASE", "CTRL", "NEGCTRL", "INV", "POW"})
"""Lexemes whose parenthesis holds arguments."""
_PAUSES = frozenset({"_COMMA", "_LBRACE", "RBRACE", "ELSE", "LINES"})
"""Lexemes with newlines around them that continue no line."""


@record(frozen=False)
class Lexeme:
    """A token, as written in the text.

    `before` are the comments on separate lines above it, with `BLANK` for blank lines; `trailing` is the comment after
    it on its line; `ends` says that its statement ends with it, `continues` that it begins a line within its statement,
    next to an operator outside all brackets. The comma of a tuple of one, `(1,)`, is of kind `ONLY_COMMA`; the last
    lexeme of a text is `$END`.
    """

    kind: str
    text: str
    start: int
    before: list[str] = fresh(default_factory=list)
    trailing: str = ""
    ends: bool = False
    continues: bool = False


@record
class Group:
    """Lexemes in ( ) or [ ]."""

    open: Lexeme
    items: list[Lexeme | Group]
    close: Lexeme


@record
class BraceBlock:
    """Statements in { }."""

    open: Lexeme
    statements: list[Statement]
    close: Lexeme


@record
class Statement:
    """A statement, an item or a setting: its lexemes with the blocks they enclose, from the first to the last."""

    parts: list[Lexeme | Group | BraceBlock]

    @property
    def first(self) -> Lexeme:
        """The first lexeme."""
        return first_of(self.parts[0])

    @property
    def last(self) -> Lexeme:
        """The last lexeme."""
        return last_of(self.parts[-1])


def first_of(part: Lexeme | Group | BraceBlock) -> Lexeme:
    """The first lexeme of a part."""
    return part if isinstance(part, Lexeme) else part.open


def last_of(part: Lexeme | Group | BraceBlock) -> Lexeme:
    """The last lexeme of a part."""
    return part if isinstance(part, Lexeme) else part.close


# --- lexemes ---------------------------------------------------------------------------------------------------------


def _pieces(source: Source) -> Iterator[tuple[str, str, int]]:
    """The kind, text and place of every token; `= measure`, which is one for the grammar, is two."""
    for token in tokens(source):
        start, text = token.start_pos or 0, str(token)
        if token.type == "MEASURED":
            yield "EQUAL", "=", start
            yield "MEASURE", MEASURE, start + len(text) - len(MEASURE)
        else:
            yield token.type, text, start


def lexemes(source: Source) -> list[Lexeme]:
    """The lexemes of a text, `$END` last. Raises CompileError with every syntax error."""
    result: list[Lexeme] = []
    waiting: list[str] = []
    end = 0
    commas: list[int] = []  # in each open bracket; where commas make no tuple, the count begins with one
    for kind, text, start in _pieces(source):
        if kind == "_NL":
            if result:
                result[-1].ends = True
            continue
        if kind in ("_LBRACE", "ELSE"):  # these begin with newlines and comments
            width = 1 if kind == "_LBRACE" else len("else")
            start, text = start + len(text) - width, text[-width:]
        elif kind == "_COMMA":
            text = ","
        elif kind == "LINES":
            text = text.rstrip()
        lexeme = Lexeme(kind, text, start)
        _between(source.text[end:start], result, lexeme)
        waiting = _move_on(waiting, result, lexeme)
        if result and not commas and "\n" in source.text[end:start]:
            is_between = result[-1].ends or result[-1].kind in _PAUSES or kind in _PAUSES
            lexeme.continues = not is_between
        _count(commas, result, lexeme)
        result.append(lexeme)
        end = start + len(text)
    last = Lexeme("$END", "", len(source.text))
    _between(source.text[end:], result, last)
    _move_on(waiting, result, last)
    return [*result, last]


def _count(commas: list[int], lexemes_before: list[Lexeme], lexeme: Lexeme) -> None:
    """Counts the commas in each open bracket, and marks the comma of a tuple of one."""
    if lexeme.kind in _CLOSING:
        is_tuple = lexeme.kind == "LPAR" and not (lexemes_before and lexemes_before[-1].kind in _CALLED)
        commas.append(0 if is_tuple else 1)
    elif lexeme.kind == "_COMMA" and commas:
        commas[-1] += 1
    elif lexeme.kind in ("RPAR", "RSQB") and commas.pop() == 1 and lexemes_before[-1].kind == "_COMMA":
        lexemes_before[-1].kind = "ONLY_COMMA"


def _between(text: str, lexemes_before: list[Lexeme], following: Lexeme) -> None:
    """Notes the comments and blank lines between the lexemes found so far and the following one."""
    if "\n" not in text and "#" not in text:
        return
    newlines = 0 if lexemes_before else 1
    for match in _BETWEEN.finditer(text):
        if match[0] == "\n":
            newlines += 1
            continue
        comment = match[0].rstrip()
        if newlines > 1:
            following.before.append(BLANK)
        if newlines or lexemes_before[-1].trailing:
            following.before.append(comment)
        else:
            lexemes_before[-1].trailing = comment
        newlines = 0
    if newlines > 1:
        following.before.append(BLANK)


def _move_on(waiting: list[str], lexemes_before: list[Lexeme], lexeme: Lexeme) -> list[str]:
    """Removes comments from places where no line should end: before a comma, a brace or the `else` of an `if`.

    They wait for the next place where a line may end, after the comma or the brace. Returns those still waiting.
    """
    kind = lexeme.kind
    if kind in ("_COMMA", "_LBRACE") or (kind == "ELSE" and lexemes_before[-1].kind == "RBRACE"):
        waiting = [*waiting, lexemes_before[-1].trailing, *lexeme.before]
        waiting = [comment for comment in waiting if comment != BLANK]
        lexemes_before[-1].trailing, lexeme.before = "", []
        if waiting and kind != "ELSE":
            lexeme.trailing = waiting.pop(0)
    elif waiting and lexemes_before[-1].kind in ("_COMMA", "_LBRACE"):
        lexeme.before = [*waiting, *lexeme.before]
        waiting = []
    return waiting


def comments(read: list[Lexeme]) -> list[str]:
    """Every comment, in order."""
    return [text for lexeme in read for text in (*lexeme.before, lexeme.trailing) if text]


def essence(read: Iterable[Lexeme]) -> Iterator[str]:
    """The tokens' texts, and `;` at the end of each statement: the part that formatting never changes.

    Parts that the style decides are omitted: a comma before a closing bracket, and the end of a statement next to a
    brace or the end of the text. Words come one by one, because a long text has millions.
    """
    held: list[str] = []  # the last words, which the next lexeme may omit
    last = ""
    for lexeme in read:
        before, last = last, lexeme.kind
        if (last in ("RPAR", "RSQB") and before == "_COMMA") or (last in ("RBRACE", "$END") and held[-1:] == [";"]):
            held.pop()
        yield from held
        if last == "$END":
            return
        if last == "LINES":
            yield from _line_words(lexeme.text)
            held = [";"]
        else:
            held = [lexeme.text, ";"] if lexeme.ends and last not in ("_LBRACE", "RBRACE") else [lexeme.text]


def _line_words(text: str) -> Iterator[str]:
    """The tokens of plain gate lines, with `;` between the lines."""
    for piece, begin in cut(text, 0, len(text)):
        if begin:
            yield ";"
        yield from words(piece.replace("\n", ";"))


# --- statements ------------------------------------------------------------------------------------------------------


def statements(read: list[Lexeme]) -> tuple[list[Statement], Lexeme]:
    """The statements of a text, and its end with the comments before it."""
    stream = read[::-1]  # the next one is the last of the list
    return _statements(stream), stream.pop()


def _statements(stream: list[Lexeme]) -> list[Statement]:
    """Statements up to the closing brace or the end, which stays in the stream."""
    result = []
    while stream[-1].kind not in ("RBRACE", "$END"):
        result.append(_statement(stream))
    return result


def _statement(stream: list[Lexeme]) -> Statement:
    parts: list[Lexeme | Group | BraceBlock] = []
    while stream[-1].kind not in ("RBRACE", "$END"):
        lexeme = stream.pop()
        if lexeme.kind == "_LBRACE":
            parts.append(BraceBlock(lexeme, _statements(stream), stream.pop()))
            if stream[-1].kind != "ELSE":
                break
        elif lexeme.kind in _CLOSING:
            group = _group(lexeme, stream)
            parts.append(group)
            if group.close.ends:
                break
        else:
            parts.append(lexeme)
            if lexeme.ends or lexeme.kind == "LINES":
                break
    return Statement(parts)


def _group(opening: Lexeme, stream: list[Lexeme]) -> Group:
    items: list[Lexeme | Group] = []
    while stream[-1].kind != _CLOSING[opening.kind]:
        lexeme = stream.pop()
        items.append(_group(lexeme, stream) if lexeme.kind in _CLOSING else lexeme)
    return Group(opening, items, stream.pop())
