"""Draws the tables of the benchmarks: each plot stands above the table that it shows.

Takes the page and returns it with plots. Figures come from the tables alone; a table that is not found ends the build.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from html import escape
from typing import NamedTuple

from ionqdsl.emit.colours import declared
from ionqdsl.emit.svg import picture

WIDTH = 720
_CHAR, _MARGIN, _ROW = 7.3, 12, 24
_STYLE = f"""
{declared(("edge", "quiet", "accent", "string"), ".qc")}
.qc .grid {{ stroke: var(--edge); }} .qc .small {{ fill: var(--quiet); }} .qc .right {{ text-anchor: end; }}
.qc .even {{ stroke: var(--quiet); stroke-dasharray: 4 3; }} .qc .less {{ fill: var(--accent); stroke: none; }}
.qc .same {{ fill: var(--one); stroke: var(--line); }} .qc .more {{ fill: var(--string); stroke: none; }}
.qc .point {{ fill: var(--accent); fill-opacity: .75; }} .qc .point.held {{ fill: var(--paper); stroke: var(--accent);
  stroke-width: 2; fill-opacity: 1; }}
"""


class Table(NamedTuple):
    """A table of a page: where it begins, its heads and its rows, as texts."""

    start: int
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


TABLE = re.compile(r"(?:^\|.*\n)+", re.MULTILINE)

MOST_ROWS = 24
"""Rows of the longest table of measurements that is open."""


def added(text: str) -> str:
    """The page with a plot above each table that has one."""
    contracts = _table(text, "| level | contract | circuits | number | two-qubit gates |")
    compilers = _table(text, "| compiler | held to | setting |")
    circuits = _table(text, "| circuit | `unitary` | `permuted` |")
    plots = [(contracts, _ratios(contracts)), (compilers, _shares(compilers)), (circuits, _scatter(circuits))]
    for table, plot in sorted(plots, key=lambda pair: -pair[0].start):
        markup = plot.replace("\n", "")
        text = f'{text[: table.start]}<figure class="picture">{markup}</figure>\n\n{text[table.start :]}'
    return text


def _table(text: str, head: str) -> Table:
    start = text.find(head)
    if start < 0:
        raise SystemExit(f"plots.py: there is no table {head} in benchmarks.md")
    lines = text[start:].split("\n\n")[0].split("\n")
    cells = [tuple(cell.strip().strip("`") for cell in re.split(r"(?<!\\)\|", line)[1:-1]) for line in lines]
    return Table(start, cells[0], tuple(cells[2:]))


def _ratios(table: Table) -> str:
    """Ours over the best of the others, for each contract: gates and pulses, open circuits and held-out ones."""
    columns = [table.heads.index(name) for name in ("two-qubit gates", "pulses forte", "pulses aria")]
    left, right, top = 170.0, WIDTH - 150.0, 34.0
    parts = [f'<text class="output small" x="{_MARGIN}" y="14">ours / best of the others: left of 1 is fewer</text>']
    place = lambda ratio: left + (ratio - 0.3) / 0.8 * (right - left)  # noqa: E731
    names = list(dict.fromkeys(row[:2] for row in table.rows))
    bottom = top + len(names) * len(columns) * _ROW + (len(names) - 1) * 10
    for mark in (0.4, 0.6, 0.8, 1.0):
        kind = "even" if mark == 1 else "grid"
        parts.append(f'<line class="{kind}" x1="{place(mark):.1f}" y1="{top}" x2="{place(mark):.1f}" y2="{bottom}"/>')
        parts.append(f'<text class="small" x="{place(mark):.1f}" y="{bottom + 14}">{mark:g}</text>')
    y = top + _ROW / 2
    for level, contract in names:
        name = f"{contract} {level}"
        rows = {row[2]: row for row in table.rows if row[:2] == (level, contract)}
        parts.append(f'<text class="output" x="{_MARGIN}" y="{y:.1f}">{name}</text>')
        for column in columns:
            label = table.heads[column]
            parts.append(f'<text class="output small" x="{right + 14:.1f}" y="{y:.1f}">{label}</text>')
            for kind, row in rows.items():
                ratio = float(row[column])
                held = " held" if kind == "held out" else ""
                parts.append(
                    f'<circle class="point{held}" cx="{place(ratio):.1f}" cy="{y:.1f}" r="5">'
                    f"<title>{name}, {kind}, {label}: {ratio:g}</title></circle>"
                )
            y += _ROW
        y += 10
    parts.append(f'<circle class="point" cx="{left:.1f}" cy="{bottom + 38}" r="5"/>')
    parts.append(f'<text class="output small" x="{left + 10:.1f}" y="{bottom + 38}">open circuits</text>')
    parts.append(f'<circle class="point held" cx="{left + 140:.1f}" cy="{bottom + 38}" r="5"/>')
    parts.append(f'<text class="output small" x="{left + 150:.1f}" y="{bottom + 38}">held out</text>')
    return picture("Ours over the best of the others, by contract", WIDTH, bottom + 52, parts, _STYLE)


def _shares(table: Table) -> str:
    """For each compiler and contract: circuits with fewer, as many and more two-qubit gates than its own."""
    column = table.heads.index("we have fewer / same / more")
    left, right, top = 230.0, WIDTH - 150.0, 34.0
    parts = [f'<text class="output small" x="{_MARGIN}" y="14">circuits on which we take fewer, as many, more</text>']
    y = top
    for row in table.rows:
        counts = [int(part) for part in row[column].split("/")]
        parts.append(f'<text class="output" x="{_MARGIN}" y="{y + 9:.1f}">{row[0]}, {row[1]}</text>')
        x = left
        for kind, count in zip(("less", "same", "more"), counts, strict=True):
            wide = count / sum(counts) * (right - left)
            if count:
                hint = f"<title>{row[0]}, {row[1]}: {count} of {sum(counts)}</title>"
                parts.append(
                    f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{_ROW - 7}">{hint}</rect>'
                )
            x += wide
        parts.append(f'<text class="output small" x="{right + 12:.1f}" y="{y + 9:.1f}">{row[column]}</text>')
        y += _ROW
    return picture(
        "Circuits with fewer, as many and more two-qubit gates than each compiler's", WIDTH, y + 6, parts, _STYLE
    )


def _scatter(table: Table) -> str:
    """Every open circuit: two-qubit gates of the best other compiler, and ours; below the line we take fewer."""
    size, gap, top = 300.0, 56.0, 22.0
    parts: list[str] = []
    for number, contract in enumerate(table.heads[1:]):
        x, y = 44 + number % 2 * (size + gap), top + number // 2 * (size + gap)
        parts += _panel(contract, [(row[0], row[number + 1]) for row in table.rows], x, y, size)
    return picture(
        "Two-qubit gates of every open circuit, ours and the best of the others",
        WIDTH,
        top + 2 * (size + gap),
        parts,
        _STYLE,
    )


def _panel(contract: str, cells: Sequence[tuple[str, str]], x: float, y: float, size: float) -> Iterator[str]:
    low, high = math.log10(2), math.log10(1000)
    place = lambda count: (math.log10(max(count, 2)) - low) / (high - low) * size  # noqa: E731
    yield f'<text class="output" x="{x:.0f}" y="{y - 10:.0f}">{contract}</text>'
    for mark in (10, 100, 1000):
        across, up = x + place(mark), y + size - place(mark)
        yield f'<line class="grid" x1="{across:.1f}" y1="{y}" x2="{across:.1f}" y2="{y + size}"/>'
        yield f'<line class="grid" x1="{x}" y1="{up:.1f}" x2="{x + size}" y2="{up:.1f}"/>'
        yield f'<text class="small" x="{across:.1f}" y="{y + size + 12}">{mark}</text>'
        yield f'<text class="small right" x="{x - 5}" y="{up:.1f}">{mark}</text>'
    yield f'<line class="even" x1="{x}" y1="{y + size}" x2="{x + size}" y2="{y}"/>'
    for name, cell in cells:
        if "/" not in cell:
            continue
        ours, theirs = (int(part) for part in cell.split("/"))
        hint = f"<title>{escape(name)}: ours {ours}, best of the others {theirs}</title>"
        across, up = x + place(theirs), y + size - place(ours)
        yield f'<circle class="point" cx="{across:.1f}" cy="{up:.1f}" r="3.5">{hint}</circle>'
    yield f'<text class="small right" x="{x + size}" y="{y + size + 28}">best of the others</text>'
    yield f'<text class="output small" x="{x + 6}" y="{y + 10}">ours</text>'


def folded(text: str) -> str:
    """The page with every long table under a line that opens it."""

    def fold(match: re.Match[str]) -> str:
        rows = match[0].rstrip("\n").split("\n")
        if len(rows) - 2 <= MOST_ROWS:
            return match[0]
        table = "\n".join(f"    {row}" for row in rows)
        return f'??? quote "All {len(rows) - 2} rows"\n\n{table}\n'

    return TABLE.sub(fold, text)
