"""Lint rules about expressions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ionqdsl.language import syntax
from ionqdsl.linter.subject import Finding, Subject, finding

_BASES = (2, 10)
_EXPONENTS = range(2, 11)


def bits_taken_for_powers(subject: Subject) -> Iterator[Finding]:
    """Finds `^` between numbers of which other languages write powers: `2^n`, `x^2`."""
    if "^" not in subject.source.text:
        return
    for node in syntax.walk(subject.file.items):
        if isinstance(node, syntax.Binary) and node.operator == "^":
            left, right = node.left.span.text, node.right.span.text
            if _is_one_of(node.left, _BASES) or _is_one_of(node.right, _EXPONENTS):
                yield finding("QC1020", node.span, left=left, right=right)


def _is_one_of(node: Any, numbers: tuple[int, ...] | range) -> bool:
    """Whether an expression is one of some numbers, written out."""
    return isinstance(node, syntax.Number) and not node.unit and node.value in numbers
