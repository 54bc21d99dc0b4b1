"""Formats programs in the one style of the language.

Takes a text and returns the same program: indented by two, one statement a line, lines of at most a hundred columns,
comments in their places. A text that the grammar cannot read is refused. A changed text is read again: unless its
tokens and comments are the same, nothing is returned.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from functools import lru_cache
from itertools import chain, pairwise, starmap, zip_longest
from operator import eq

from ionqdsl.diagnostics import CompileError, Diagnostic, InternalError, IonqdslError
from ionqdsl.diagnostics.source import Source
from ionqdsl.garbage import uncollected
from ionqdsl.language import lines
from ionqdsl.language.layout import INDENT, WIDTH, Item, Line, flat
from ionqdsl.language.layout import lines as laid_out
from ionqdsl.language.lexemes import BLANK, BraceBlock, Lexeme, Statement, comments, essence, lexemes, statements
from ionqdsl.nesting import roomy

LONG = 200
"""Lines of the shortest text in which familiar forms are looked for."""


@roomy
def reformat(source: Source) -> str:
    """The text in the one style, with lines ended by a newline.

    Raises CompileError with every syntax error, and InternalError if the result would be another program.
    """
    with uncollected():
        if source.text.count("\n") >= LONG:
            from ionqdsl.language import familiar  # late: most texts are short

            short = familiar.shortened(source.text, WIDTH, _by_itself)
            if short is not None:
                try:
                    return short.restored(_reformatted(Source(short.text, source.name)))
                except IonqdslError:
                    pass  # the whole text has the right places
        return _reformatted(source)


@lru_cache(maxsize=10_000)
def _by_itself(text: str) -> str | None:
    """A short text in the style; None if it has syntax errors."""
    try:
        return _reformatted(Source(text))
    except IonqdslError:
        return None


def _reformatted(source: Source) -> str:
    read = lexemes(source)
    notes = [comments([lexeme]) for lexeme in read]  # formatting removes them from the lexemes
    body, end = statements(read)
    done, ends = _body(body, end, 0, source.text)
    written = _joined(done)
    words, remarks, text = _changed(source, read, notes, body, written, ends)
    try:
        again = lexemes(Source(text, source.name))
    except CompileError:
        again = []
    if not again or not _are_same(essence(again), essence(words)) or comments(again) != remarks:
        raise InternalError([Diagnostic("QC1045", source)])
    return "".join(written)


def _are_same(words: Iterable[str], others: Iterable[str]) -> bool:
    return all(starmap(eq, zip_longest(words, others)))


def _changed(
    source: Source,
    given: list[Lexeme],
    notes: list[list[str]],
    found: list[Statement],
    written: list[str],
    ends: list[int],
) -> tuple[list[Lexeme], list[str], str]:
    """The part to be read again: the tokens and comments of the outermost statements that are not set as they were, and
    their lines as they are `written`, up to `ends` for each.

    A statement that has its lines for itself and keeps them was read once, and is not read again.
    """
    offsets = [lexeme.start for lexeme in given]
    firsts = [bisect_left(offsets, statement.first.start) for statement in found]
    words: list[Lexeme] = []
    remarks: list[str] = []
    text: list[str] = []
    last = begun = 0  # the line on which the previous statement ends, and the number of lines written
    for (first, after), ended in zip(pairwise([*firsts, len(given) - 1]), ends, strict=True):
        line, until, following = (
            source.position(place)[0]
            for place in (given[first].start, given[after - 1].start + len(given[after - 1].text), given[after].start)
        )
        now = written[begun:ended]
        if line == last or following == until or _between(source, last, until) != "".join(now):
            words += given[first:after]
            remarks += chain.from_iterable(notes[first:after])
            text += now
        last, begun = until, ended
    return [*words, given[-1]], remarks + notes[-1], "".join([*text, *written[begun:]])


def _between(source: Source, first: int, last: int) -> str:
    """The lines from `first` to `last`, counted from 0, the last not included."""
    starts = source.line_starts
    return source.text[starts[first] : starts[last] if last < len(starts) else len(source.text)]


def with_endings_of(before: bytes, text: str) -> bytes:
    """A formatted text as bytes with the line endings of the first line of `before`."""
    is_windows = before.partition(b"\n")[0].endswith(b"\r")
    return text.replace("\n", "\r\n" if is_windows else "\n").encode()


def _body(body: list[Statement], end: Lexeme, indent: int, text: str) -> tuple[list[Line], list[int]]:
    """The lines of a block, or of the whole text, with the comments before its end, and the end of each statement."""
    done: list[Line] = []
    ends = []
    for statement in body:
        _above(statement.first, indent, done)
        done += _statement(statement, indent, text)
        ends.append(len(done))
    _above(end, indent, done)
    while done and done[-1].is_empty:
        done.pop()
    return done, ends


def _above(lexeme: Lexeme, indent: int, done: list[Line]) -> None:
    """Writes the comments and blank lines above a lexeme, and removes them from it."""
    for comment in lexeme.before:
        if comment != BLANK:
            done.append(Line(indent, "", comment))
        elif done and not done[-1].is_empty:
            done.append(Line(0))
    lexeme.before = []


def _statement(statement: Statement, indent: int, text: str) -> list[Line]:
    first = statement.first
    if first.kind == "LINES":
        text = first.text
        return list(chain.from_iterable(_plain(piece, indent) for piece, _ in lines.cut(text, 0, len(text))))
    blocks = [part for part in statement.parts if isinstance(part, BraceBlock)]
    if not blocks:
        return laid_out(_items(statement.parts), indent)
    if "\n" not in text[blocks[0].open.start : blocks[-1].close.start]:
        line = _one_line(statement)
        if line is not None and indent + len(line) <= WIDTH:
            return [Line(indent, line, statement.last.trailing)]
    return _with_blocks(statement, indent, text)


def _plain(text: str, indent: int) -> list[Line]:
    """Plain gate lines, as one `Line` if none has to be broken."""
    code = lines.spaced(text)
    single = code.split("\n")
    if indent + max(map(len, single)) <= WIDTH:
        return [Line(indent, code.replace("\n", "\n" + " " * indent))]
    return list(chain.from_iterable(_broken(line, indent) for line in single))


def _broken(line: str, indent: int) -> list[Line]:
    """A plain gate line."""
    if indent + len(line) <= WIDTH:
        return [Line(indent, line)]
    return laid_out(_items(statements(lexemes(Source(line)))[0][0].parts), indent)


def _items(parts: list[Item | BraceBlock]) -> list[Item]:
    return [part for part in parts if not isinstance(part, BraceBlock)]


def _with_blocks(statement: Statement, indent: int, text: str) -> list[Line]:
    """A statement with its blocks below each other."""
    done: list[Line] = []
    head: list[Item] = []
    for part in statement.parts:
        if not isinstance(part, BraceBlock):
            head.append(part)
            continue
        inner, _ = _body(part.statements, part.close, indent + INDENT, text)
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
    """A statement with its blocks on one line; None if comments forbid it."""
    done: list[str] = []
    head: list[Item] = []
    for part in statement.parts:
        if not isinstance(part, BraceBlock):
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


def _joined(done: list[Line]) -> list[str]:
    """Lines as text, each with its newline; comments after code on adjacent lines begin in one column."""
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
    return [line + "\n" for line in written]
