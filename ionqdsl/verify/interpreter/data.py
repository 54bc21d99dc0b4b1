"""Reads the contents of a file that a program loads, from its text: JSON, or the rows of CSV."""

from __future__ import annotations

import csv
import json
from fractions import Fraction
from typing import Any


def contents(file: Any) -> Any:
    """The value of a file; lowering has refused what is no JSON and no CSV."""
    if file.path.lower().endswith(".json"):
        return json.loads(file.text, parse_float=Fraction)
    lines = [[_cell(cell) for cell in row] for row in csv.reader(file.text.splitlines()) if row]
    if all(isinstance(cell, int | Fraction) for cell in (lines or [[]])[0]):
        return lines
    header = next(row for row in csv.reader(file.text.splitlines()) if row)
    return [{name.strip(): cell for name, cell in zip(header, row, strict=True)} for row in lines[1:]]


def _cell(text: str) -> Any:
    text = text.strip()
    if not text:
        return None
    if text[-1] not in "0123456789." or "_" in text or "/" in text or not text.isascii():
        return text
    try:
        return int(text) if text.lstrip("+-").isdigit() else Fraction(text)
    except ValueError:
        return text
