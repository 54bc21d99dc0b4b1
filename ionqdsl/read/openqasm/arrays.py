"""Declares arrays, `array[float, 3] a = {0.1, 0.2, 0.3};`, and changes their elements, while a program is read.

Takes a statement and the scope around it. An array is a list of its elements, or of its rows; expressions.py reads it.
Slices of arrays, and arrays as arguments, are refused.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from ionqdsl.diagnostics import fail
from ionqdsl.diagnostics.source import Span
from ionqdsl.language import values
from ionqdsl.language.syntax import Name
from ionqdsl.read.openqasm import tree
from ionqdsl.read.openqasm.expressions import (
    combined,
    converted,
    evaluate,
    part_of_array,
    place_in_array,
    sizes_of,
    whole,
)
from ionqdsl.read.openqasm.scope import Array, QasmScope, Value, Variable


def new_array(node: tree.ArrayDeclaration, scope: QasmScope) -> Array:
    """The array of a declaration, with the elements that it gives. Raises CompileError."""
    sizes = [whole(size, scope, "a number of elements") for size in node.sizes]
    for size, at in zip(sizes, node.sizes, strict=True):
        if not 1 <= size <= values.MAX_LIST:
            raise fail("QC1109", at.span, index=size, indices=range(1, values.MAX_LIST + 1))
    if math.prod(sizes) > values.MAX_LIST:
        raise fail("QC0502", node.span, limit=values.MAX_LIST)
    return _array(sizes, node.value, node.type, scope)


def _array(sizes: list[int], given: Any, kind: tree.Type, scope: QasmScope) -> Array:
    """An array of this shape: without elements, with those in braces, or a copy of another array or row."""
    size, *inner = sizes
    items = [None] * size if given is None else _given(sizes, given, scope)
    if inner:
        return Array(kind, [_array(inner, item, kind, scope) for item in items])
    return Array(kind, [None if item is None else _element(item, kind, scope) for item in items])


def _given(sizes: list[int], given: Any, scope: QasmScope) -> Sequence[Any]:
    """The elements or rows that a piece of syntax gives; in an array they are values, with the place of their copy."""
    part = given if isinstance(given, _Copied) else _Copied(part_of_array(given, scope), given.span)
    if isinstance(part.value, Array):
        if sizes_of(part.value) != sizes:
            wanted, found = (" by ".join(map(str, shape)) for shape in (sizes, sizes_of(part.value)))
            raise fail("QC1110", part.span, wanted=f"an array of {wanted}", found=f"one of {found}")
        return [None if item is None else _Copied(item, part.span) for item in part.value.items]
    if isinstance(given, tree.Elements) and len(given.items) == sizes[0]:
        return given.items
    found = str(len(given.items)) if isinstance(given, tree.Elements) else "a single value"
    raise fail("QC1110", part.span, wanted=f"a list of {sizes[0]} in braces", found=found)


class _Copied(NamedTuple):
    """An element or a row of another array, and where the program copies it."""

    value: Any
    span: Span


def _element(item: Any, kind: tree.Type, scope: QasmScope) -> Value:
    if isinstance(item, tree.Elements):
        raise fail("QC1110", item.span, wanted="a single value", found="a list in braces")
    value = item.value if isinstance(item, _Copied) else evaluate(item, scope)
    return converted(value, kind, scope, item.span)


class ArrayReader(Protocol):
    """The part of the program reader that declares names: see program.py."""

    def define(self, name: Name, value: Any, scope: QasmScope) -> None: ...


def declare(reading: ArrayReader, node: tree.ArrayDeclaration, scope: QasmScope) -> None:
    """Adds an array to the names of a scope. Raises CompileError."""
    if node.value is None and node.is_constant:
        raise fail("QC1112", node.span, name=node.name.text)
    array = new_array(node, scope)
    reading.define(node.name, Variable(node.type, array, node.is_constant), scope)


def assign(array: Array, node: tree.Assignment, scope: QasmScope) -> None:
    """Changes an element, a row or all of an array: `a[1][2] += 0.5;`, `a[1] = b[0];`. Raises CompileError."""
    target = node.target
    row, place = array, 0
    old: Any = array
    if isinstance(target, tree.IndexExpression):
        outer = part_of_array(target.value, scope)
        if not isinstance(outer, Array):
            raise fail("QC1110", target.span, wanted="an element of the array", found="a bit of one")
        row, place = place_in_array(outer, target, scope)
        old = row.items[place]
    if isinstance(old, Array):
        if node.operator != "=":
            raise fail("QC1110", target.span, wanted="an element of the array", found="an array")
        old.items[:] = _array(sizes_of(old), node.value, old.type, scope).items
        return
    value = evaluate(node.value, scope)
    if node.operator != "=":
        if old is None:
            raise fail("QC1112", target.span, name=target.span.text)
        value = combined(node.operator[:-1], old, value, scope, node)
    row.items[place] = converted(value, row.type, scope, node.value.span)
