"""Reads the data that `load("graph.json")` names: JSON, or the rows of CSV.

Takes a text and the ending of its name and returns values of the language: numbers as exact as in a program's text,
strings, lists, and objects as dictionaries. Raises ValueError with a reason for everything else. includes.py finds and
opens the file.
"""

from __future__ import annotations

from fractions import Fraction

from ionqdsl.language import values
from ionqdsl.language.actions import is_bounded
from ionqdsl.nesting import loads
from ionqdsl.record import Any, lazy_pattern, record

ENDINGS = (".json", ".csv")

_NUMBER = lazy_pattern(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


@record
class LoadedFile:
    """A file that was read: its path, its text, and the value of its text."""

    path: str
    text: str
    value: Any


def value_of(text: str, ending: str) -> Any:
    """The value of a text. Raises ValueError."""
    return _rows(text) if ending == ".csv" else _json(text)


def _json(text: str) -> Any:
    import json  # late: few programs need it

    value = loads(text, parse_constant=_constant, parse_float=_number, parse_int=_number, object_pairs_hook=_object)
    if "\\u" in text:
        json.dumps(value, ensure_ascii=False, default=str).encode()  # halves of surrogate pairs are no text
    return value


def _number(digits: str) -> int | Fraction | float:
    """The exact value of a number, as in a program's text."""
    try:
        if is_bounded(digits.lstrip("+-")):
            return values.simple(Fraction(digits))
    except values.Mismatch:
        pass
    raise ValueError(f"the number `{digits[:30]}` is too long or too large")


def _constant(text: str) -> Any:
    raise ValueError(f"`{text}` is no number")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    result = dict(pairs)
    if len(result) < len(pairs):
        twice = next(name for place, name in enumerate(names) if name in names[:place])
        raise ValueError(f"the key `{twice[:50]}` stands twice in an object")
    return result


def _rows(text: str) -> list[Any]:
    """Rows as lists; if a cell of the first row is no number, that row names the fields of the others."""
    import csv

    reader = csv.reader(text.splitlines(), strict=True)
    try:
        lines = [(reader.line_num, row) for row in reader if row]
    except csv.Error as error:
        raise ValueError(f"it is no CSV: {error}") from None
    rows = [(number, [_cell(cell.strip()) for cell in row]) for number, row in lines]
    for number, row in rows:
        if len(row) != len(rows[0][1]):
            raise ValueError(f"line {number} has {len(row)} cells, and the first has {len(rows[0][1])}")
    if not rows or all(isinstance(cell, (int, Fraction)) for cell in rows[0][1]):
        return [row for _, row in rows]
    names = [cell.strip() for cell in lines[0][1]]
    return [_object(list(zip(names, row, strict=True))) for _, row in rows[1:]]


def _cell(text: str) -> Any:
    """A number if it is one, null if it is empty, otherwise a string."""
    if not text:
        return None
    return _number(text) if _NUMBER.fullmatch(text) else text
