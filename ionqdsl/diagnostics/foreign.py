"""Reads JSON that others wrote, and refuses data that cannot be trusted.

Takes bytes or text and returns plain data in which every number is finite, every text can be written as UTF-8 and
nothing is nested too deep. The caller checks everything else.
"""

from __future__ import annotations

from collections.abc import Callable

from ionqdsl.nesting import loads
from ionqdsl.record import Any


def read_json(content: str | bytes, pairs: Callable[[list[tuple[str, Any]]], Any] | None = None) -> Any:
    """The data of a JSON text; `pairs` makes objects from their members. Raises ValueError for anything else.

    NaN and infinities are refused, and so are numbers that overflow a float or have thousands of digits, and halves of
    surrogate pairs.
    """
    content_read = loads(content, parse_constant=_constant, parse_float=_float, object_pairs_hook=pairs)
    text = content if isinstance(content, str) else content.decode("utf-8", "surrogateescape")
    if "\\u" in text or not text.isascii():
        import json

        json.dumps(content_read, ensure_ascii=False, default=str).encode()
    return content_read


def _constant(text: str) -> Any:
    raise ValueError(f"`{text}` is no number of JSON")


def _float(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError("a number is too large")
    return number
