"""Names the circuits of a job: fills in the texts of `as` and writes values in names.

Takes a text with fields, or a value, and returns the text with the values filled in. Whether names are unique is
checked where circuits are listed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from fractions import Fraction

from ionqdsl.diagnostics import fail
from ionqdsl.diagnostics.source import Span
from ionqdsl.language import syntax, values
from ionqdsl.language.comparison import count
from ionqdsl.language.evaluate import Scope
from ionqdsl.record import Any


def format_value(value: Any, spec: str = "", with_unit: bool = True) -> str:
    """A value in a name: an angle in the unit it was written in; the fields of `as` show its number alone."""
    if isinstance(value, values.Measure) and value.unit:
        number = values.divide(value, values.literal(1, value.unit))
        return format_value(number, spec) + (value.unit if with_unit else "")
    if isinstance(value, values.Measure):
        value = values.as_float(value)
    if isinstance(value, (list, tuple)) and not spec:
        parts = ", ".join(format_value(part, "", with_unit) for part in value)
        return f"[{parts}]" if isinstance(value, list) else f"({parts}{',' * (len(value) == 1)})"
    if isinstance(value, dict) and not spec:
        return "{" + ", ".join(f"{key}: {format_value(part, '', with_unit)}" for key, part in value.items()) + "}"
    if isinstance(value, Fraction):
        value = float(value)
    return format(value, spec)


def label_at(name: str, point: Mapping[str, Any]) -> str:
    """The circuit's name at a point of a sweep: `ansatz t=0.5 th=[0.1, 0.2]`."""
    if not point:
        return name
    groups: dict[str, dict[str, str]] = {}
    for key, value in point.items():
        groups.setdefault(key.partition("[")[0], {})[key] = format_value(value)
    parts = []
    for base, shown in groups.items():
        if len(shown) > 1 and [*shown] == [f"{base}[{index}]" for index in range(len(shown))]:
            texts = list(dict.fromkeys(shown.values()))  # one number stands for all elements
            shown = {base: texts[0] if len(texts) == 1 else f"[{', '.join(shown.values())}]"}
        parts += [f"{key}={text}" for key, text in shown.items()]
    return f"{name} {' '.join(parts)}"


def formatted(label: syntax.Text, scope: Scope, parameters: Callable[[], Mapping[str, Any]]) -> str:
    """A name's text with each `{field:spec}` filled in; fields are names in the scope, or else of the parameters."""
    from string import Formatter  # late: few names have fields

    parts = []
    try:
        pieces = list(Formatter().parse(label.value))
    except ValueError as error:
        raise fail("QC0422", label.span, reason="python", said=str(error)) from None
    scope.budget.spend(4 * len(pieces), label.span)  # a field takes some microseconds to fill in
    for before, name, spec, conversion in pieces:
        parts.append(before)
        if name is None:
            continue
        at = max(0, label.span.text.find("{" + name))
        field = Span(label.span.source, label.span.start + at + 1, label.span.start + at + 1 + len(name))
        if not re.fullmatch(r"[A-Za-z_]\w*", name) or conversion or "{" in (spec or ""):
            raise fail("QC0422", field, reason="field")
        if any(len(digits) > 3 for digits in re.findall(r"\d+", spec or "")):
            raise fail("QC0422", label.span, reason="width")
        is_own = scope.value(name) is None and name in (own := parameters())
        value = own[name] if is_own else scope.lookup(name, field)
        count(value, field, scope.budget)
        try:
            parts.append(format_value(value, spec or "", with_unit=False))
        except (ValueError, TypeError, OverflowError) as error:
            said = str(error)
            raise fail("QC0422", field, reason="python", said=said[:1].lower() + said[1:]) from None
        except values.Mismatch as mismatch:
            raise fail(mismatch.code, field, **mismatch.facts) from None
    text = "".join(parts)
    scope.budget.spend(len(text) // 8, label.span)
    return text
