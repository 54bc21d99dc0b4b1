"""The express lane: what a run of plain gate lines says.

A `syntax.Lines` goes in; its lines, or the very `Application` nodes the grammar would have made of them, come out.
Every line is a gate on single qubits with literal arguments, so equal lines mean the same: lowering looks at each
distinct one once. That the nodes equal the ordinary road's is a property test's matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ionqdsl import syntax
from ionqdsl.actions import literal
from ionqdsl.source import Source, Span

_LINE = re.compile(r"([A-Za-z_]\w*)(?:\(([^)\n]*)\))?[ \t]+([^\n]*?)[ \t]*\n", re.ASCII)
_OPERAND = re.compile(r"([A-Za-z_]\w*)\[([0-9]+)\]", re.ASCII)
_ATOM = re.compile(r"([-+]?)(?:(pi|tau)|([0-9.]+(?:[eE][-+]?[0-9]+)?)(turn|deg|rad)?)([*/]?)", re.ASCII)
_GATES = re.compile(r"^[ \t]*(\w+)", re.ASCII | re.MULTILINE)
_REGISTERS = re.compile(r"(\w+)\[", re.ASCII)


def texts(node: syntax.Lines) -> Iterator[tuple[str, int, int]]:
    """Each line without surrounding blanks, with the offsets it runs from and to."""
    start = node.span.start
    for line in node.span.text.split("\n")[:-1]:
        stripped = line.strip()
        first = start + line.index(stripped[0])
        yield stripped, first, first + len(stripped)
        start += len(line) + 1


def names(node: syntax.Lines) -> tuple[set[str], set[str]]:
    """The gates and the registers the lines name."""
    text = node.span.text
    return set(_GATES.findall(text)), set(_REGISTERS.findall(text))


def applications(node: syntax.Lines) -> Iterator[syntax.Application]:
    """The lines as the nodes the grammar makes of them."""
    for _, start, _ in texts(node):
        yield application(node.span.source, start)


def application(source: Source, offset: int) -> syntax.Application:
    """The line at an offset as a node."""
    match = _LINE.match(source.text, offset)
    assert match is not None
    gate = syntax.Name(match[1], Span(source, *match.span(1)))
    arguments = tuple(_arguments(source, *match.span(2))) if match[2] is not None else ()
    operands = tuple([_operand(source, found) for found in _OPERAND.finditer(source.text, *match.span(3))])
    return syntax.Application((), gate, arguments, operands, Span(source, offset, operands[-1].span.end))


def _operand(source: Source, found: re.Match[str]) -> syntax.Operand:
    index = literal(found[2], "", Span(source, *found.span(2)))
    return syntax.Operand(found[1], (index,), Span(source, *found.span()))


def _arguments(source: Source, start: int, end: int) -> Iterator[syntax.Argument]:
    """Products of signed numbers and pi, as the grammar nests them: `-pi/4` is `(-pi)/4`."""
    value: syntax.Expression | None = None
    operator = ""
    for found in _ATOM.finditer(source.text, start, end):
        if not found[0]:
            continue
        span = Span(source, found.start(), found.end() - len(found[5]))
        inner = Span(source, found.end(1), span.end)
        atom: syntax.Expression = (
            syntax.Reference(found[2], inner) if found[2] else literal(found[3], found[4] or "", inner)
        )
        if found[1]:
            atom = syntax.Unary(found[1], atom, span)
        value = atom if value is None else syntax.Binary(operator, value, atom, value.span.to(span))
        operator = found[5]
        if not operator:
            yield syntax.Argument(None, value, value.span)
            value = None
