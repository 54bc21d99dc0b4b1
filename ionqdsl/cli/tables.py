"""Tables for the terminal: columns, and what a compilation changed.

Texts, circuits and reports come in, lines go out. Nothing is measured here but by passes/cost.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ionqdsl.circuit import Circuit


def columns(heads: Sequence[str], rows: Iterable[Sequence[str]], left: int) -> list[str]:
    """Lines of a table; the first `left` columns stand to the left, the others (numbers) to the right."""
    table = [tuple(heads), *map(tuple, rows)]
    widths = [max(len(row[index]) for row in table) for index in range(len(heads))]
    return [
        "  ".join(
            cell.ljust(width) if index < left else cell.rjust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in table
    ]


def comparison(before: Sequence[Circuit], after: Sequence[Circuit]) -> str:
    """What compilation made of each circuit."""
    from ionqdsl.passes.cost import cost_of

    rows = []
    for old, new in zip(before, after, strict=True):
        was, now = cost_of(old), cost_of(new)
        counts = (
            (len(old), len(new)),
            (was.entanglers, now.entanglers),
            (was.pulses, now.pulses),
            (was.depth, now.depth),
        )
        rows.append((new.name, f"{old.gateset} -> {new.gateset}", *(f"{a} -> {b}" for a, b in counts)))
    heads = ("circuit", "gateset", "gates", "entanglers", "pulses", "entangler depth")
    return "\n".join(columns(heads, rows, left=2))
