"""Writes numbers and angles in `.qc` text, exactly.

Takes exact numbers and angles and returns expressions that read back as the same value: finite decimals where they
exist, otherwise `1/3`; `pi/2` in a qis circuit and `0.25` (turns) in a native one. emit/qc.py writes whole programs.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

from ionqdsl.ir.angle import Angle, Exact

_SHORT = 20
"""Decimals of up to this many digits are preferred to a ratio."""


@lru_cache(maxsize=65536, typed=True)
def number(value: Exact) -> str:
    """A plain number: `0.1`, `1/3`, `2.5e-07`; a float as its shortest decimal, which reads back as the same float."""
    if isinstance(value, float):
        text = repr(value)
        if 1e-4 <= abs(value) < 1e16:  # Python writes these without an exponent
            return text.removesuffix(".0")
        value = Fraction(text)
    exact = Fraction(value)
    ratio = f"{exact.numerator}/{exact.denominator}" if exact.denominator > 1 else str(exact.numerator)
    decimal = _decimal(exact)
    return decimal if decimal and len(decimal) <= max(_SHORT + 4, len(ratio)) else ratio


def _decimal(value: Fraction) -> str:
    """The finite decimal, "" if there is none; with an exponent if that saves zeros."""
    places = 0
    rest = value.denominator
    for prime in (2, 5):
        count = 0
        while rest % prime == 0:
            rest //= prime
            count += 1
        places = max(places, count)
    if rest > 1:
        return ""
    digits = str(abs(value.numerator) * 10**places // value.denominator)
    sign = "-" if value < 0 else ""
    short = digits.rstrip("0") or "0"
    point = len(digits) - places  # the value is 0.digits times 10 to this power
    if not places and point <= _SHORT:
        return sign + digits
    if -4 < point <= _SHORT:
        padded = digits.rjust(places + 1, "0")
        return f"{sign}{padded[:-places]}.{padded[-places:]}"
    mantissa = short[0] + ("." + short[1:] if short[1:] else "")
    return f"{sign}{mantissa}e{point - 1:+03d}"


@lru_cache(maxsize=65536)
def angle(value: Angle, unit: str = "rad") -> str:
    """An angle as text; bare numbers are in `unit`: "rad" (qis), or "turn" (native).

    Exact parts stay exact. If a pass has made a float, the constant is written as the float that would be emitted.
    """
    is_float = isinstance(value.turns, float) or isinstance(value.radians, float)
    has_radians = bool(value.radians and not is_float) or any(radians for _, _, radians in value.terms)
    bare = unit == "rad" or not has_radians
    parts = []
    for symbol, turns, radians in value.terms:
        factor = symbol if is_factor(symbol) else f"({symbol})"
        if unit == "rad":
            parts += [times(2 * turns, "pi*" + factor)] if turns else []
            parts += [times(radians, factor)] if radians else []
        else:
            parts += [times(turns, factor) + ("" if bare else "*turn")] if turns else []
            parts += [times(radians, factor) + "*rad"] if radians else []
    parts += _constant(value.turns, value.radians, unit, bare)
    return joined(parts)


def _constant(turns: Exact, radians: Exact, unit: str, bare: bool) -> list[str]:
    if isinstance(turns, float) or isinstance(radians, float):
        constant = Angle(turns, radians)
        text = number(constant.in_radians() if unit == "rad" else constant.in_turns())
        return [] if text == "0" else [text if bare else _with_unit(text, "turn")]
    parts = []
    if turns:
        parts.append(times(2 * turns, "pi") if unit == "rad" else number(turns) if bare else _with_unit(number(turns)))
    if radians:
        parts.append(number(radians) if unit == "rad" else _with_unit(number(radians), "rad"))
    return parts


def _with_unit(text: str, unit: str = "turn") -> str:
    return f"{text}*{unit}" if "/" in text else text + unit


def times(coefficient: Exact, factor: str) -> str:
    """A product in conventional notation: `3*pi/4`, `-theta`, `0.1*theta`."""
    exact = Fraction(repr(coefficient)) if isinstance(coefficient, float) else Fraction(coefficient)
    over, under = exact.numerator, exact.denominator
    is_plain = under <= 64 and not under & (under - 1)  # halves, quarters, eighths ...
    if not is_plain and (under > 1000 or not factor.startswith("pi")):
        decimal = number(exact)
        if "/" not in decimal:
            return f"{decimal}*{factor}"
    head = {1: factor, -1: "-" + factor}.get(over, f"{number(over)}*{factor}")
    return head if under == 1 else f"{head}/{under}"


def joined(parts: list[str]) -> str:
    """A sum of parts, `0` for none."""
    if not parts:
        return "0"
    rest = (f" - {part[1:]}" if part.startswith("-") else f" + {part}" for part in parts[1:])
    return parts[0] + "".join(rest)


def is_factor(text: str) -> bool:
    """Whether an expression can be a factor as it is: no sum outside parentheses, no leading sign."""
    depth = 0
    for position, char in enumerate(text):
        depth += (char in "([") - (char in ")]")
        if char in "+-" and not depth:
            before = text[:position].rstrip()
            if not before.endswith(("*", "/")) and not (before[-1:] in "eE" and before[-2:-1].isdigit()):
                return False
    return True
