"""Parses runs of plain gate lines without the grammar, for speed.

Takes a `syntax.Lines` and returns its lines, or exactly the `Application` nodes that the grammar would have built. Each
line is a gate on single qubits with literal arguments, so equal lines mean the same and lowering looks at each distinct
line once; between them are empty lines and comments. A property test checks that the nodes equal the grammar's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ionqdsl.diagnostics.source import Source, Span
from ionqdsl.language import syntax
from ionqdsl.language.actions import literal
from ionqdsl.record import Any, NamedTuple, lazy_pattern

_LINE = lazy_pattern(r"([A-Za-z_]\w*)(?:\(([^)\n]*)\))?[ \t]++([^\n]*[^ \t\n])[ \t]*+\n", re.ASCII)
_OPERAND = lazy_pattern(r"\b([A-Za-z_]\w*+)\[([0-9]++)\]", re.ASCII)
_PRIMARY = lazy_pattern(r"([-+]?)(?:(pi|tau)|([0-9.]+(?:[eE][-+]?[0-9]+)?)(turn|deg|rad)?)([*/]?)", re.ASCII)
_WORD = lazy_pattern(r"[A-Za-z_]\w*|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?(?:turn|deg|rad)?|[^\s]", re.ASCII)
_GATES = lazy_pattern(r"^[ \t]*(\w+)", re.ASCII | re.MULTILINE)
_REGISTERS = lazy_pattern(r"\b(\w++)\[", re.ASCII)
_COMMENT = lazy_pattern(r"#[^\n]*")
_BLANKS = lazy_pattern(r"[ \t]+")
_STRETCH = lazy_pattern(r"^[ \t]*+((?:[A-Za-z_][^\n]*+\n[ \t]*+)++)", re.MULTILINE)
COMMENTS = ("#", "//")
"""The beginnings of a comment in a run of lines, here and in OpenQASM."""

LONG = 1 << 16
"""Characters of a long text: in shorter ones, objects are as good as columns."""
MOST_KNOWN = 1_000
"""Distinct lines with decimals that are remembered: where there are more, few come again."""


class LineRun(NamedTuple):
    """Lines `text[begin:end]`, whose first stands at the offset `start` of a source."""

    source: Source
    text: str
    begin: int
    end: int
    start: int

    @property
    def is_long(self) -> bool:
        """Whether the lines stand in the source as they are, and that is long: then their rows stay columns."""
        return self.text is self.source.text and len(self.text) >= LONG


_PIECE = 1 << 16
"""Characters of a piece."""


def run_of(node: Any) -> LineRun:
    """The lines of a node, of either language."""
    source, start, end = node.span
    if node.cut is None:
        return LineRun(source, source.text, start, end, start)
    return LineRun(source, node.cut, 0, len(node.cut), start)


def pieces(run: LineRun) -> Iterator[tuple[str, int]]:
    """Whole lines of a run, some thousand at a time, with their offset in the source: a long run is not held twice."""
    shift = run.start - run.begin
    return ((piece.rstrip(), place + shift) for piece, place in cut(run.text, run.begin, run.end))


def cut(text: str, begin: int, end: int) -> Iterator[tuple[str, int]]:
    """Some thousand whole lines of a part of a text at a time, without the newline at their end, and their offsets."""
    while begin < end:
        until = text.find("\n", begin + _PIECE, end)
        until = end if until < 0 else until
        yield text[begin:until], begin
        begin = until + 1


def is_gate(line: str) -> bool:
    """Whether a line of a run without surrounding blanks is a gate: neither empty nor a comment of either language."""
    return line != "" and not line.startswith(COMMENTS)


def stretches(text: str) -> Iterator[tuple[str, int]]:
    """The lines between the empty ones and the comments of a run, with their offsets in it."""
    for match in _STRETCH.finditer(text):
        yield match[1], match.start(1)


def texts(text: str, start: int) -> Iterator[tuple[str, int, int]]:
    """Each gate line of a text without surrounding blanks, with the offsets of its start and end.

    Empty lines and comments are left out. The text begins at offset `start`. Lines are cut off one by one, so that a
    long run is not held twice.
    """
    place = 0
    while place < len(text):
        end = text.find("\n", place)
        end = len(text) if end < 0 else end
        line = text[place:end].strip()
        if is_gate(line):
            first = text.index(line[0], place) + start
            yield line, first, first + len(line)
        place = end + 1


def parts(line: str) -> tuple[str, str | None, str]:
    """One line without surrounding blanks: its gate, its arguments (None without brackets), and its operands.

    Lines of OpenQASM have the same parts.
    """
    head, bracket, rest = line.partition("(")
    if bracket:
        arguments, _, operands = rest.rpartition(")")
        return head.rstrip(), arguments, operands
    gate, operands = line.split(maxsplit=1)
    return gate, None, operands


def words(text: str) -> list[str]:
    """The tokens of lines, as the grammar's lexer would return them."""
    return _WORD.findall(text)


def spaced(text: str) -> str:
    """Lines of a run with the blanks of the formatter: one after the gate, one after each comma."""
    words_apart = _BLANKS.sub(" ", text).replace(" \n", "\n").replace("\n ", "\n").strip(" ")
    return words_apart.replace(", ", ",").replace(",", ", ")


def names(node: syntax.Lines) -> tuple[set[str], set[str]]:
    """The gates and the registers the lines name."""
    gates, registers = set[str](), set[str]()
    for piece, _ in pieces(run_of(node)):
        piece = _COMMENT.sub("", piece) if "#" in piece else piece
        piece = "\n".join({*piece.split("\n")})  # most circuits repeat their lines
        gates.update(_GATES.findall(piece))
        registers.update(_REGISTERS.findall(piece))
    return gates, registers


def applications(node: syntax.Lines) -> Iterator[syntax.Application]:
    """The lines as the nodes that the grammar would build."""
    run = run_of(node)
    for piece, place in pieces(run):
        for _, start, _ in texts(piece, place):
            yield application(run, start)


def application(run: LineRun, offset: int) -> syntax.Application:
    """The line at an offset of the source as a node."""
    source, text, base = run.source, run.text, run.start - run.begin
    match = _LINE.match(text, offset - base, run.end)
    assert match is not None
    gate = syntax.Name(match[1], Span(source, offset, base + match.end(1)))
    arguments = tuple(_arguments(source, base, text, *match.span(2))) if match[2] is not None else ()
    operands = tuple([_operand(source, base, found) for found in _OPERAND.finditer(text, *match.span(3))])
    return syntax.Application((), gate, arguments, operands, Span(source, offset, operands[-1].span.end))


def _operand(source: Source, base: int, match: re.Match[str]) -> syntax.Operand:
    start, end = match.span(2)
    index = literal(match[2], "", Span(source, base + start, base + end))
    return syntax.Operand(match[1], (index,), Span(source, base + match.start(), base + match.end()))


def _arguments(source: Source, base: int, text: str, start: int, end: int) -> Iterator[syntax.Argument]:
    """Products of signed numbers and pi, as the grammar nests them: `-pi/4` is `(-pi)/4`."""
    value: syntax.Expression | None = None
    operator = ""
    for match in _PRIMARY.finditer(text, start, end):
        if not match[0]:
            continue
        span = Span(source, base + match.start(), base + match.end() - len(match[5]))
        inner = Span(source, base + match.end(1), span.end)
        primary: syntax.Expression = (
            syntax.Reference(match[2], inner) if match[2] else literal(match[3], match[4] or "", inner)
        )
        if match[1]:
            primary = syntax.Unary(match[1], primary, span)
        value = primary if value is None else syntax.Binary(operator, value, primary, value.span.to(span))
        operator = match[5]
        if not operator:
            yield syntax.Argument(None, value, value.span)
            value = None
