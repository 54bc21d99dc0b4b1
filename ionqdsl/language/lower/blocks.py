"""Lowers the settings blocks `job`, `energy` and `function` to the records of job.py.

The tables `JOB_KEYS` and `ENERGY_KEYS` decide which keys are valid. Each value keeps its place in the text, because
limits are checked much later. Whether a backend accepts a setting is not decided here.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from ionqdsl.diagnostics import CompileError, Diagnostic, fail
from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.circuit import Operator
from ionqdsl.ir.job import JOB_KEYS, EnvironmentVariable, Function, Job
from ionqdsl.language import syntax, values
from ionqdsl.language.comparison import count
from ionqdsl.language.evaluate import GoingOn, Scope, evaluate, suggest
from ionqdsl.language.functions import operator
from ionqdsl.record import Any


def lower_job(
    block: syntax.SettingsBlock, scope: Scope, diagnostics: list[Diagnostic], broken: frozenset[Span] = frozenset()
) -> Job:
    """The settings of a `job` block except `broken` ones; faults are added to `diagnostics`."""
    job = Job()
    settings = tuple(setting for setting in block.settings if setting.span not in broken)
    _settings(settings, "", scope, job, diagnostics)
    return job


def _settings(
    settings: tuple[syntax.SettingEntry, ...], prefix: str, scope: Scope, job: Job, diagnostics: list[Diagnostic]
) -> None:
    seen: dict[str, Span] = {}
    for setting in settings:
        path = prefix + setting.key.text
        with GoingOn(diagnostics.extend):
            if setting.key.text in seen:
                raise fail("QC0411", setting.key.span, (seen[setting.key.text], "first"), key=path)
            seen[setting.key.text] = setting.key.span
            _setting(setting, path, prefix, scope, job, diagnostics)


def _setting(
    setting: syntax.SettingEntry, path: str, prefix: str, scope: Scope, job: Job, diagnostics: list[Diagnostic]
) -> None:
    is_free = JOB_KEYS.get(prefix.removesuffix("."))
    is_note = is_free is not None and is_free.type == "strings"
    key = JOB_KEYS.get(path)
    if key is None and not is_note:
        raise _unknown_key(setting.key, prefix.removesuffix(".") or "job", prefix, list(JOB_KEYS))
    kind = "string" if is_note or key is None else key.type
    if isinstance(setting.value, tuple):
        if kind not in ("block", "strings"):
            raise fail("QC0412", setting.span, key=path, wants=_WANTS[kind], given="a block")
        _settings(setting.value, path + ".", scope, job, diagnostics)
        if path == "noise" and "noise.model" not in job.settings:
            raise fail("QC0418", setting.key.span)
        return
    if kind in ("block", "strings"):
        raise fail("QC0412", setting.span, key=path, wants="a block `{ ... }`", given="a value")
    value = evaluate(setting.value, scope)
    try:
        job.set(path, _typed(value, kind, path, setting), setting.value.span)
    except values.Mismatch as mismatch:
        raise fail(mismatch.code, setting.value.span, **mismatch.facts) from None


_WANTS = {
    "string": "a string",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
}


def _typed(value: Any, kind: str, path: str, setting: syntax.SettingEntry) -> Any:
    """A value in the JSON type of its key."""
    if isinstance(value, EnvironmentVariable) and kind == "string":
        return value
    if kind == "string" and isinstance(value, str):
        return value
    if kind == "boolean" and isinstance(value, bool):
        return value
    if kind in ("integer", "number") and values.is_number(value) and not values.is_angle(value):
        number = json_number(value)
        if kind == "number" or isinstance(number, int):
            return number
    assert not isinstance(setting.value, tuple)
    text = setting.value.span.text
    quoted = f'"{text}"' if kind == "string" and values.is_number(value) else None
    value_text = f"`{text}`" if kind == "integer" and values.is_number(value) and len(text) < 20 else values.kind(value)
    raise fail("QC0412", setting.value.span, key=path, wants=_WANTS[kind], given=value_text, quoted=quoted)


def json_number(value: values.Number) -> int | float:
    """A known number as a JSON number: whole ones as integers."""
    number = values.plain(value)
    return int(number) if number == int(number) and not isinstance(number, float) else float(number)


def _unknown_key(key: syntax.Name, block: str, prefix: str, keys: list[str]) -> CompileError:
    """The error for an unknown key; if it exists in another block, with its path."""
    here = [path[len(prefix) :] for path in keys if path.startswith(prefix) and "." not in path[len(prefix) :]]
    suggestion = suggest(key.text, here)
    elsewhere = next((path for path in JOB_KEYS if path.rpartition(".")[2] == key.text), None)
    path = None if suggestion or elsewhere is None else "job { " + elsewhere.replace(".", " { ") + " ..."
    if path is not None:
        path += " }" * path.count("{")
    facts = {"key": key.text, "block": block, "suggestion": suggestion, "path": path}
    return fail("QC0410", key.span, **facts, known=tuple(here))


# --- energy ----------------------------------------------------------------------------------------------------------

ENERGY_KEYS = {
    "hamiltonian": "the operator whose mean is wanted",
    "ansatz": "the circuit that prepares the state",
    "params": "a value for every scalar parameter of the ansatz, in declaration order",
    "linear_constraints": "[[coeffs, rhs], ...]: coeffs . x <= rhs",
    "quadratic_constraints": "[[quadratic_coeff, linear_coeff, rhs], ...]: x P x + r . x <= rhs",
    "penalty": "added to states that break a constraint",
    "cvar_alpha": "average only over this best fraction of the shots",
}


def energy_settings(block: syntax.SettingsBlock, keys: dict[str, str], diagnostics: list[Diagnostic]) -> dict[str, Any]:
    """The settings of an `energy` block by key; unknown keys are reported."""
    chosen: dict[str, Any] = {}
    for setting in block.settings:
        key = setting.key.text
        if key not in keys:
            diagnostics += _unknown_key(setting.key, block.kind, "", list(keys)).diagnostics
        elif key in chosen:
            diagnostics.append(Diagnostic("QC0411", setting.key.span, {"key": key}, ((chosen[key].key.span, "first"),)))
        elif isinstance(setting.value, tuple) and key != "data":
            facts = {"key": key, "wants": "a value", "given": "a block"}
            diagnostics.append(Diagnostic("QC0412", setting.span, facts))
        else:
            chosen[key] = setting
    return chosen


def operator_value(value: Any, span: Span, steps: int = 0) -> Operator:
    """A Hamiltonian's value as a row's operator; a plain number is that multiple of the identity."""
    return operator(value, span).operator(steps)


def numbers(value: Any, span: Span) -> tuple[float, ...]:
    """A list of known numbers."""
    if not isinstance(value, (list, range, tuple)):
        raise fail("QC0307", span, wanted="a list of numbers", given=values.kind(value))
    return tuple(number(item, span) for item in value)


def number(value: Any, span: Span) -> float:
    """A known number; an angle is in radians."""
    if not values.is_number(value):
        raise fail("QC0307", span, wanted="a number", given=values.kind(value))
    if values.is_symbolic(value):
        raise fail("QC0305", span, names=value.amount.symbols)
    result = json_number(value)
    if not math.isfinite(result):
        raise fail("QC0309", span)
    return result


def taken(
    chosen: dict[str, Any], key: str, scope: Scope, diagnostics: list[Diagnostic], convert: Callable[[Any, Span], Any]
) -> Any:
    """The value of a setting, or None (with its error in `diagnostics`)."""
    node = chosen[key].value
    with GoingOn(diagnostics.extend):
        value = evaluate(node, scope)
        count(value, node.span, scope.budget)
        return convert(value, node.span)
    return None


def constraints(value: Any, span: Span, parts: int) -> tuple[Any, ...]:
    """`[[coeffs, rhs], ...]` (2 parts) or `[[matrix, coeffs, rhs], ...]` (3 parts)."""
    shape = "[[coeffs, rhs], ...]" if parts == 2 else "[[quadratic_coeff, linear_coeff, rhs], ...]"
    if not isinstance(value, (list, tuple)) or not all(
        isinstance(item, (list, tuple)) and len(item) == parts for item in value
    ):
        raise fail("QC0419", span, shape=shape)
    result = []
    for item in value:
        row: list[Any] = [numbers(item[-2], span), number(item[-1], span)]
        if parts == 3:
            if not isinstance(item[0], (list, tuple)):
                raise fail("QC0419", span, shape=shape)
            row.insert(0, tuple(numbers(line, span) for line in item[0]))
        result.append(tuple(row))
    return tuple(result)


def lower_function(block: syntax.SettingsBlock, scope: Scope, diagnostics: list[Diagnostic]) -> Function | None:
    """A `function` block: its type, its data as written, its parameters."""
    chosen = energy_settings(block, {"type": "", "data": "", "params": ""}, diagnostics)
    for key in ("type", "data"):
        if key not in chosen:
            diagnostics.append(Diagnostic("QC0413", word(block), {"block": "function", "key": key}))
    if "type" not in chosen or "data" not in chosen:
        return None
    kind = taken(chosen, "type", scope, diagnostics, _string)
    params = taken(chosen, "params", scope, diagnostics, numbers) if "params" in chosen else None
    if not isinstance(chosen["data"].value, tuple):
        facts = {"key": "data", "wants": "a block `{ ... }`", "given": "a value"}
        diagnostics.append(Diagnostic("QC0412", chosen["data"].span, facts))
        return None
    return Function(kind, _data(chosen["data"].value, scope, diagnostics), params, block.span)


def _string(value: Any, span: Span) -> str:
    if not isinstance(value, str):
        raise fail("QC0412", span, key="type", wants="a string", given=values.kind(value))
    return value


ENERGY_VALUES: dict[str, Callable[[Any, Span], Any]] = {
    "params": numbers,
    "linear_constraints": lambda value, span: constraints(value, span, 2),
    "quadratic_constraints": lambda value, span: constraints(value, span, 3),
    "penalty": lambda value, span: None if value is None else number(value, span),
    "cvar_alpha": lambda value, span: None if value is None else number(value, span),
}
"""Readers of the optional settings of an `energy` block."""


def word(block: syntax.SettingsBlock) -> Span:
    """The first word of a block."""
    return Span(block.span.source, block.span.start, block.span.start + len(block.kind))


def _data(settings: tuple[syntax.SettingEntry, ...], scope: Scope, diagnostics: list[Diagnostic]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    chosen: dict[str, syntax.SettingEntry] = {}
    for setting in settings:
        key = setting.key.text
        if key in chosen:
            diagnostics.append(Diagnostic("QC0411", setting.key.span, {"key": key}, ((chosen[key].key.span, "first"),)))
            continue
        chosen[key] = setting
        if isinstance(setting.value, tuple):
            result[key] = _data(setting.value, scope, diagnostics)
        else:
            result[key] = taken(chosen, key, scope, diagnostics, _plain)
    return result


def _plain(value: Any, span: Span) -> Any:
    """A value as JSON."""
    if isinstance(value, (list, range, tuple)):
        return [_plain(item, span) for item in value]
    if value is None or isinstance(value, (bool, str)):
        return value
    return number(value, span)
