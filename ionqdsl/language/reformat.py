"""Programs in the one style they are written in.

A text goes in, the same program comes out: indented by two, a statement a line, lines of at most a hundred columns,
comments where they were. A text that the grammar cannot read is refused. The result is read again and compared: tokens
and comments must be the same, or nothing is returned.
"""

from __future__ import annotations

from itertools import chain

from ionqdsl.diagnostics import Diagnostic, InternalError
from ionqdsl.diagnostics.source import Source
from ionqdsl.language import lines
from ionqdsl.language.layout import INDENT, WIDTH, Item, Line, flat
from ionqdsl.language.layout import lines as laid_out
from ionqdsl.language.lexemes import BLANK, Block, Lexeme, Statement, comments, essence, lexemes, statements
from ionqdsl.nesting import roomy


@roomy
def reformat(source: Source) -> str:
    """The text in the one style, lines ended by a newline.

    Raises CompileError with every syntax error, and InternalError where the result would be another program.
    """
    given = lexemes(source)
    words, notes = essence(given), comments(given)
    found, end = statements(given)
    text = _joined(_body(found, end, 0, source.text))
    written = lexemes(Source(text, source.name))
    if essence(written) != words or comments(written) != notes:
        raise InternalError([Diagnostic("QC1045", source)])
    return text


def with_endings_of(before: bytes, text: str) -> bytes:
    """A formatted text as bytes whose lines end like the first line of `before`."""
    is_windows = before.partition(b"\n")[0].endswith(b"\r")
    return text.replace("\n", "\r\n" if is_windows else "\n").encode()


def _body(found: list[Statement], end: Lexeme, indent: int, text: str) -> list[Line]:
    """The lines of a block, or of the whole text, with what stands before its end."""
    done: list[Line] = []
    for statement in found:
        _above(statement.first, indent, done)
        done += _statement(statement, indent, text)
    _above(end, indent, done)
    while done and done[-1].is_empty:
        done.pop()
    return done


def _above(lexeme: Lexeme, indent: int, done: list[Line]) -> None:
    """Puts the comments and blank lines above a lexeme; takes them off it."""
    for comment in lexeme.before:
        if comment != BLANK:
            done.append(Line(indent, "", comment))
        elif done and not done[-1].is_empty:
            done.append(Line(0))
    lexeme.before = []


def _statement(statement: Statement, indent: int, text: str) -> list[Line]:
    first = statement.first
    if first.kind == "LINES":
        return list(chain.from_iterable(_plain(line, indent) for line in first.text.split("\n")))
    blocks = [part for part in statement.parts if isinstance(part, Block)]
    if not blocks:
        return laid_out(_items(statement.parts), indent)
    if "\n" not in text[blocks[0].open.start : blocks[-1].close.start]:
        line = _one_line(statement)
        if line is not None and indent + len(line) <= WIDTH:
            return [Line(indent, line, statement.last.trailing)]
    return _with_blocks(statement, indent, text)


def _plain(line: str, indent: int) -> list[Line]:
    """A line of the express lane."""
    code = lines.spaced(line)
    if indent + len(code) <= WIDTH:
        return [Line(indent, code)]
    return laid_out(_items(statements(lexemes(Source(code)))[0][0].parts), indent)


def _items(parts: list[Item | Block]) -> list[Item]:
    return [part for part in parts if not isinstance(part, Block)]


def _with_blocks(statement: Statement, indent: int, text: str) -> list[Line]:
    """A statement with its blocks below each other."""
    done: list[Line] = []
    head: list[Item] = []
    for part in statement.parts:
        if not isinstance(part, Block):
            head.append(part)
            continue
        inner = _body(part.statements, part.close, indent + INDENT, text)
        opening = " {" if inner or part.open.trailing else " { }"
        rest = laid_out(head, indent, opening)
        if done:  # `} else`
            rest[0].code = f"{done.pop().code} {rest[0].code}"
        done += rest
        head = []
        if opening == " {":
            done[-1].comment = part.open.trailing
            done += [*inner, Line(indent, "}")]
    done[-1].comment = statement.last.trailing
    return done


def _one_line(statement: Statement) -> str | None:
    """A statement with its blocks on one line; None where comments forbid it."""
    done: list[str] = []
    head: list[Item] = []
    for part in statement.parts:
        if not isinstance(part, Block):
            head.append(part)
            continue
        inner = [_one_line(inside) for inside in part.statements]
        last = part.statements[-1].last.trailing if part.statements else ""
        before = flat(head)
        if before is None or None in inner or any(part.close.before) or part.open.trailing or last:
            return None
        done += [before, "{ " + "; ".join(map(str, inner)) + " }" if inner else "{ }"]
        head = []
    if head:
        return flat(head)
    return " ".join(done)


def _joined(done: list[Line]) -> str:
    """Lines as text; comments behind code on neighbouring lines begin in one column."""
    written: list[str] = []
    start = 0
    while start < len(done):
        end = start
        while end < len(done) and done[end].code and done[end].comment:
            end += 1
        if end == start:
            line = done[start]
            written.append(" " * line.indent + line.code + line.comment if not line.is_empty else "")
            start += 1
            continue
        column = max(line.indent + len(line.code) for line in done[start:end]) + 2
        written += [(" " * line.indent + line.code).ljust(column) + line.comment for line in done[start:end]]
        start = end
    return "".join(line + "\n" for line in written)
