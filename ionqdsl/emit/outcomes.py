"""Writes results as tables: aligned columns for people, CSV and JSON for programs.

Takes results and returns text: every outcome of all qubits and of each register or, given operators, their mean values
instead. histogram.py draws bars; the results themselves hold the order of bits.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from typing import Any

from ionqdsl.diagnostics import Diagnostic, UsageError
from ionqdsl.diagnostics.visible import cell, visible
from ionqdsl.simulation.frames import outcome_rows
from ionqdsl.simulation.results import Result

Row = tuple[str, ...]

_OUTCOME_HEADS = ("circuit", "register", "order", "outcome", "count", "probability")
_NUMERIC = {"count", "probability", "value", "error", "shots"}
_MEAN_HEADS = ("circuit", "operator", "value", "error")


def table(results: Sequence[Result], operators: Sequence[str] = ()) -> str:
    """Aligned columns, numbers to the right, without a final newline."""
    return aligned(*_rows(results, operators))


def aligned(heads: Row, rows: Sequence[Row]) -> str:
    """Rows below their heads, in columns, numbers to the right, without a final newline."""
    lines = [tuple(map(visible, line)) for line in (heads, *rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if head in _NUMERIC else cell.ljust(width)
            for head, cell, width in zip(heads, line, widths, strict=True)
        ).rstrip()
        for line in lines
    )


def comma_separated(results: Sequence[Result], operators: Sequence[str] = ()) -> str:
    """CSV with a line of names; the register of all qubits has no name, unknown numbers are empty."""
    return separated(*_rows(results, operators))


def separated(heads: Row, rows: Sequence[Row]) -> str:
    """Rows as CSV; a name that a spreadsheet would read as a formula gets a leading '."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(heads)
    numbers = [head in _NUMERIC for head in heads]
    writer.writerows([[one if plain else cell(one) for one, plain in zip(row, numbers, strict=True)] for row in rows])
    return text.getvalue()


def as_json(results: Sequence[Result], operators: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Plain data, one block per result, with `expectations` if operators are given."""
    return [
        {**result.to_json(), **({"expectations": _means(result, operators)} if operators else {})} for result in results
    ]


def json_text(results: Sequence[Result], operators: Sequence[str] = ()) -> str:
    """A JSON list."""
    return json.dumps(as_json(results, operators), indent=2, ensure_ascii=False, allow_nan=False)


def shot_by_shot(results: Sequence[Result], operators: Sequence[str] = ()) -> str:
    """A line for each shot, in order, with the bits of each register, or of all qubits where there is none.

    The lines of a circuit are below a line of its name and the registers' names; the next circuit follows an empty
    line. Raises UsageError for a result whose shots are not known one by one.
    """
    parts = []
    for result in results:
        if not result.by_shot:
            raise UsageError([Diagnostic("QC1187", facts={"name": result.name})])
        heads = tuple(name for name, _ in result.slots) or (result.order,)
        columns = [result.register_by_shot(name) for name, _ in result.slots] or [result.by_shot]
        parts.append("\n".join([f"# {result.name}: {' '.join(heads)}", *map(" ".join, zip(*columns, strict=True))]))
    return "\n\n".join(parts)


FORMATS = {"table": table, "json": json_text, "csv": comma_separated, "shots": shot_by_shot}
"""Formats of `--format` other than the histogram."""


def _rows(results: Sequence[Result], operators: Sequence[str]) -> tuple[Row, list[Row]]:
    if operators:
        return _MEAN_HEADS, [
            (result.name, mean["operator"], f"{mean['value']:.12g}", _number(mean["error"]))
            for result in results
            for mean in _means(result, operators)
        ]
    return _OUTCOME_HEADS, [row for result in results for row in _outcomes(result)]


def _outcomes(result: Result) -> Iterator[Row]:
    for register, order, bits, count, share in outcome_rows(result):
        yield result.name, register, order, bits, "" if count is None else str(count), _number(share)


def _means(result: Result, operators: Sequence[str]) -> list[dict[str, Any]]:
    return [{"operator": operator, **result.expectation(operator).to_json()} for operator in operators]


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.12g}"
