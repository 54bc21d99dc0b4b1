"""Inlay hints: shows angles in radians also in turns, and angles in turns also in radians.

Takes a document and the offsets on screen, and returns hints. Only known angles of built-in gates get one; zero needs
none.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ionqdsl.describe.handbook import parameters_of
from ionqdsl.language import lines, readable, syntax, values
from ionqdsl.lsp import constant_values, fragments
from ionqdsl.lsp.document import Document
from ionqdsl.lsp.fragments import Fragment
from ionqdsl.lsp.positions import position

AT_ONCE = 2000
"""Fragments examined for one answer: no screen shows more."""


def hints(document: Document, start: int, end: int) -> list[dict[str, Any]]:
    """The hints between two offsets."""
    inside = [p for p in document.pieces if p.start < end and p.end > start and p.kind == "leaf" and "(" in p.text]
    return [hint for piece in inside[:AT_ONCE] for hint in _hints(document, piece)]


def _hints(document: Document, piece: Fragment) -> Iterator[dict[str, Any]]:
    shift = fragments.shift(piece)
    for application in applications(piece):
        for argument, unit in arguments_with_units(application, document.gateset_at(piece.start)):
            if unit not in ("rad", "turn"):
                continue
            value = constant_values.value_of(document, argument.value, shift)
            angle = readable.as_angle(value, unit)
            if angle is None or not angle:
                continue
            written = value.unit if values.is_angle(value) else unit
            text = readable.in_turns(angle) if written == "rad" else readable.in_radians(angle)
            yield {
                "position": position(document.source, argument.span.end + shift),
                "label": f"= {text}",
                "paddingLeft": True,
                "kind": 1,
            }


def applications(piece: Fragment) -> Iterator[syntax.Application]:
    """The gates that a fragment applies."""
    for node in fragments.nodes(piece):
        if isinstance(node, syntax.Application):
            yield node
        elif isinstance(node, syntax.Lines):
            yield from lines.applications(node)


def arguments_with_units(node: syntax.Application, gateset: str) -> Iterator[tuple[syntax.Argument, str]]:
    """The arguments of a built-in gate with the units of their parameters."""
    parameters = parameters_of(node.gate.text, gateset)
    if node.gate.text == "gphase":
        parameters = (("angle", "rad"),)
    by_name = dict(parameters)
    for number, argument in enumerate(node.arguments):
        if argument.name is not None:
            yield argument, by_name.get(argument.name.text, "")
        elif number < len(parameters):
            yield argument, parameters[number][1]
