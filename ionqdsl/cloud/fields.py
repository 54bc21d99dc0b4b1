"""Reads parts of the service's data, any of which may be missing or of another kind than the API says.

Takes JSON data and returns the part, or an empty one: the callers decide which parts they need.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any


def at(data: Any, *keys: str) -> Any:
    """The value at a path of keys; None if it does not lead there."""
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else None
    return data


def block(data: Any, *keys: str) -> Mapping[str, Any]:
    """The object at a path of keys; an empty one if there is none."""
    found = at(data, *keys)
    return found if isinstance(found, dict) else {}


def objects(data: Any, *keys: str) -> list[dict[str, Any]]:
    """The objects of the list at a path of keys, other items left out; none if there is no list."""
    found = at(data, *keys)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def number(value: Any) -> float | None:
    """A number that a float can hold."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None
