"""Writes values for people: an angle in both units, a number with its decimals, the first items of a list.

Takes a value of values.py and returns a short text, or "" for a value that would tell a reader little.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from ionqdsl.ir import notation
from ionqdsl.ir.angle import TAU, Angle
from ionqdsl.language import values
from ionqdsl.record import Any

_NAMED = 8
"""Most values that are written out for names."""


def shown(value: Any) -> str:
    """A value for people: an angle in three units, a number with its decimals; "" for a value that tells little."""
    if isinstance(value, bool) or value is None:
        return "" if value is None else str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, values.PauliSum):
        return f"{len(value.terms)} Pauli term{'s' * (len(value.terms) != 1)}"
    if isinstance(value, tuple):
        return _element(value)
    if isinstance(value, dict):
        return f"an object with {', '.join(map(str, [*value][:4]))}{', ...' * (len(value) > 4)}"
    if isinstance(value, (list, range)):
        first = ", ".join(filter(None, (_element(item) for item in value[:4])))
        return f"{len(value)} values: {first}{', ...' * (len(value) > 4)}" if first else f"{len(value)} values"
    if not values.is_number(value):
        return ""
    if values.is_symbolic(value):
        return notation.angle(value.amount, "rad")
    if values.is_angle(value):
        degrees = decimal(_turns(value.amount) * 360)
        return f"{in_turns(value.amount)} = {in_radians(value.amount)} = {degrees}deg"
    if isinstance(value, values.Measure):
        return f"{notation.angle(value.amount, 'rad')} = {decimal(values.as_float(value))}"
    text, short = notation.number(value), decimal(value)
    return text if text == short else f"{text} = {short}"


def brief(value: Any) -> str:
    """A value for a title: a text as it is, a number without its decimals."""
    if isinstance(value, (list, range, tuple)):
        parts = [brief(part) for part in value[:4]]
        return f"[{', '.join(parts)}{', ...' * (len(value) > 4)}]"
    return shown(value).split(" = ")[0] or values.kind(value)


def assignments(named: Mapping[str, Any]) -> str:
    """Names with their values: `a = 1, b = 3`, of a list of parameters the first."""
    shown = [f"{name} = {brief(value)}" for name, value in [*named.items()][:_NAMED]]
    return ", ".join(shown + ["..."] * (len(named) > _NAMED))


def _element(value: Any) -> str:
    """A value within a list, in its shortest form."""
    if isinstance(value, tuple):
        inside = ", ".join(_element(item) or "..." for item in value)
        return f"({inside}{',' * (len(value) == 1)})"
    if isinstance(value, (list, range)):
        return f"[{', '.join(_element(item) or '...' for item in value[:4])}{', ...' * (len(value) > 4)}]"
    return shown(value).split(" = ")[0]


def as_angle(value: Any, unit: str) -> Angle | None:
    """A known number as the angle a gate takes it for, `unit` being the unit of its plain numbers."""
    if not values.is_number(value) or values.is_symbolic(value):
        return None
    amount = values.amount(value)
    return values.in_turns(amount) if unit == "turn" and not values.is_angle(value) else amount


def in_turns(angle: Angle) -> str:
    """A known angle in turns, exact if that is short."""
    exact = notation.number(angle.turns) if not angle.radians else ""
    return f"{exact if exact and len(exact) <= 8 else decimal(_turns(angle))}turn"


def in_radians(angle: Angle) -> str:
    """A known angle in radians, with six digits."""
    return f"{decimal(angle.in_radians())}rad"


def _turns(angle: Angle) -> float:
    return float(angle.turns) + float(angle.radians) / float(TAU)


def decimal(value: Fraction | float) -> str:
    """A number with six digits."""
    return f"{float(value):.6g}"
