"""Formats tables for the terminal: rows of texts become aligned lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ionqdsl.diagnostics.visible import visible


def columns(heads: Sequence[str], rows: Iterable[Sequence[str]], left: int) -> list[str]:
    """The lines of a table; the first `left` columns are aligned left, the others (numbers) right."""
    table = [tuple(map(visible, row)) for row in (heads, *rows)]
    widths = [max(len(row[index]) for row in table) for index in range(len(heads))]
    return [
        "  ".join(
            cell.ljust(width) if index < left else cell.rjust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in table
    ]
