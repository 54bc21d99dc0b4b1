"""Parses plain OpenQASM gate lines without the grammar, for speed.

Takes the text of one line and returns exactly the node that the grammar would build, or None if the line is not plain:
a gate on single qubits whose arguments are products of signed decimal numbers and pi. A property test holds both equal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from ionqdsl.diagnostics.source import Source, Span
from ionqdsl.language.syntax import Name
from ionqdsl.read.openqasm import tree

_OPERAND = re.compile(r"\b([A-Za-z_]\w*+)\[([0-9]{1,30})\]", re.ASCII)
_NUMBER = r"(?:[0-9]{1,30}(?:\.[0-9]{0,30})?|\.[0-9]{1,30})(?:[eE][-+]?[0-9]{1,2})?"
_FACTOR = rf"[-+]?\s*+(?:pi|{_NUMBER})"
_ARGUMENT = rf"{_FACTOR}(?:\s*+[*/]\s*+{_FACTOR})*"
_LINE = re.compile(
    rf"([A-Za-z_]\w*+)(?:[ ]?\(\s*+({_ARGUMENT}(?:\s*+,\s*+{_ARGUMENT})*)\s*+\))?[ \t]++"
    rf"({_OPERAND.pattern}(?:[ \t]*+,[ \t]*+{_OPERAND.pattern})*)[ \t]*+;",
    re.ASCII,
)
_PIECE = re.compile(rf"(?:([-+])\s*+)?(?:(pi)|({_NUMBER}))(?:\s*+([*/]))?", re.ASCII)


def application(text: str, source: Source, offset: int, reserved: frozenset[str]) -> tree.QuantumGate | None:
    """The node of a line at an offset of a source. Lines with one of the `reserved` words are left to the grammar."""
    line = _LINE.fullmatch(text)
    if line is None or line[1] in reserved:
        return None
    gate = Name(line[1], Span(source, offset, offset + line.end(1)))
    if any(match[1] in reserved for match in _OPERAND.finditer(text, *line.span(3))):
        return None
    operands = tuple(_operands(text, line.span(3), source, offset))
    arguments = tuple(_arguments(text, line.span(2), source, offset)) if line[2] is not None else ()
    return tree.QuantumGate((), gate, arguments, operands, Span(source, offset, offset + len(text)))


def _operands(text: str, place: tuple[int, int], source: Source, offset: int) -> Iterator[tree.IndexExpression]:
    for match in _OPERAND.finditer(text, *place):
        start, (first, last) = offset + match.start(), match.span(2)
        name = tree.Identifier(match[1], Span(source, start, offset + match.end(1)))
        index = tree.Literal(int(match[2]), "int", Span(source, offset + first, offset + last))
        yield tree.IndexExpression(name, (index,), Span(source, start, offset + match.end()))


def _arguments(text: str, place: tuple[int, int], source: Source, offset: int) -> Iterator[tree.Expression]:
    """Products from left to right; a sign belongs to its factor: `-pi/4` is `(-pi)/4`."""
    value: tree.Expression | None = None
    operator = ""
    for match in _PIECE.finditer(text, *place):
        which = 2 if match[2] else 3
        start, end = offset + match.start(which), offset + match.end(which)
        factor = _factor(match[which], Span(source, start, end))
        if match[1]:
            factor = tree.UnaryExpression(match[1], factor, Span(source, offset + match.start(), end))
        if value is not None:
            factor = tree.BinaryExpression(operator, value, factor, Span(source, value.span.start, end))
        value, operator = factor, match[4]
        if not operator:
            yield value
            value = None


def _factor(text: str, span: Span) -> tree.Expression:
    if text == "pi":
        return tree.Identifier(text, span)
    return tree.Literal(int(text), "int", span) if text.isdecimal() else tree.Literal(Fraction(text), "float", span)
