"""Writes the rows of plain lines as text: a template for each form of lines, filled in with the numbers of each line.

Takes `PlainRows` and, of a form, its `LineTemplate`; returns the texts of the lines, some thousand at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from operator import itemgetter
from typing import Any

from ionqdsl.ir.circuit import Op
from ionqdsl.ir.plain_rows import LineForm, PlainRows, open_angles, share
from ionqdsl.record import NamedTuple

_LINES = 1024
"""Lines that are written together."""


class LineStyle(NamedTuple):
    """The text between the rows of a line, and whether whole numbers have no point."""

    between: str
    is_json: bool


class LineTemplate(NamedTuple):
    """The text of a line with `%r` for its numbers, how many the line has, and the function that picks those of the
    text, in order; None if they are the same.
    """

    text: str
    arity: int
    pick: Callable[[Sequence[Any]], Any] | None = None


def template(form: LineForm, texts: Sequence[str], style: LineStyle) -> LineTemplate | None:
    """The template for a form, of the texts of its rows with `%r` for each open angle.

    None if an angle is not a number of the line times a power of two, which no rounding changes.
    """
    shares = [share(angle) for angle in open_angles(form.rows)]
    if any(not factor for _, factor in shares):
        return None
    text, places = style.between.join(texts), [place for place, _ in shares]
    if all(factor == 1 for _, factor in shares):
        return LineTemplate(text, form.arity, None if places == [*range(form.arity)] else _picker(places))
    change = whole if style.is_json else float
    return LineTemplate(text, form.arity, lambda numbers: tuple([change(numbers[k] * factor) for k, factor in shares]))


def _picker(places: list[int]) -> Callable[[Sequence[float]], Any]:
    return itemgetter(*places) if places else lambda numbers: ()


def whole(value: float) -> float:
    """A number as JSON has it: a whole one without a point."""
    value = float(value)
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


def written(
    rows: PlainRows,
    template_of: Callable[[LineForm], LineTemplate | None],
    row_text: Callable[[Op], str],
    style: LineStyle,
) -> Iterator[list[str]]:
    """The texts of the lines in order, by their templates; `row_text` writes the rows of those without."""
    table = {number: template_of(rows.forms[number]) for number in dict.fromkeys(rows.form_of)}
    is_simple = None not in table.values()
    is_full = all(found is None or found.text for found in table.values())
    arities = {number: rows.forms[number].arity for number in table}
    fixed = {number: found.text for number, found in table.items() if found is not None and not found.arity}
    at = 0
    for begin in range(0, len(rows.form_of), _LINES):
        numbers_of = rows.form_of[begin : begin + _LINES]
        if len(fixed) == len(table):
            yield [*filter(None, map(fixed.__getitem__, numbers_of))]
            continue
        count = sum(map(arities.__getitem__, numbers_of))
        values: list[float] = rows.numbers[at : at + count].tolist()
        at += count
        if style.is_json and any(map(float.is_integer, values)):
            values = [*map(whole, values)]
        if is_simple:
            texts = _filled(numbers_of, table, values)
        else:
            lines = zip(numbers_of, rows.starts[begin : begin + _LINES], strict=True)
            texts = _some_filled(rows, lines, table, values, lambda ops: style.between.join(map(row_text, ops)))
        yield texts if is_full else [*filter(None, texts)]


def written_exactly(
    rows: PlainRows,
    template_of: Callable[[LineForm], LineTemplate | None],
    row_text: Callable[[Op], str],
    number_text: Callable[[str], str],
) -> Iterator[str]:
    """The same, a row a line, with the numbers as texts: `number_text` makes them of those of the source."""
    table = {number: template_of(rows.forms[number]) for number in dict.fromkeys(rows.form_of)}
    for number, start in zip(rows.form_of, rows.starts, strict=True):
        found = table[number]
        if found is None:
            yield from map(row_text, rows.bound(number, start))
        elif not found.arity:
            yield from found.text.split("\n") if found.text else ()
        else:
            given = [number_text(text) for text in rows.number_texts(start)]
            yield from (found.text % (tuple(given) if found.pick is None else found.pick(given))).split("\n")


def _filled(numbers_of: Sequence[int], table: dict[int, Any], values: list[float]) -> list[str]:
    place, texts = 0, []
    for number in numbers_of:
        text, arity, pick = table[number]
        if not arity:
            texts.append(text)
        elif arity == 1 and pick is None:
            texts.append(text % values[place])
        else:
            given = values[place : place + arity]
            texts.append(text % (tuple(given) if pick is None else pick(given)))
        place += arity
    return texts


def _some_filled(
    rows: PlainRows,
    lines: Iterator[tuple[int, int]],
    table: dict[int, LineTemplate | None],
    values: list[float],
    rows_text: Callable[[Sequence[Op]], str],
) -> list[str]:
    place, texts = 0, []
    for number, start in lines:
        found, arity = table[number], rows.forms[number].arity
        if found is None:
            texts.append(rows_text(rows.bound(number, start)))
        else:
            texts += _filled([number], {number: found}, values[place : place + arity])
        place += arity
    return texts
