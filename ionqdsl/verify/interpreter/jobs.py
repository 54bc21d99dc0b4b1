"""Interprets the settings blocks `job`, `energy` and `function`: keys with values of the service's types."""

from __future__ import annotations

from typing import Any

from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.job import JOB_KEYS, EnvironmentVariable
from ionqdsl.language import syntax, values
from ionqdsl.verify.interpreter.arithmetic import number
from ionqdsl.verify.interpreter.expressions import NameScope, evaluate
from ionqdsl.verify.interpreter.meaning import Rejected
from ionqdsl.verify.interpreter.values import is_number

OPTIONAL = ("params", "linear_constraints", "quadratic_constraints", "penalty", "cvar_alpha")
"""Optional keys of an energy."""


def job_settings(block: syntax.SettingsBlock, scope: NameScope) -> dict[str, Any]:
    """The settings of a `job` block by their paths, such as `settings.compilation.opt`."""
    settings: dict[str, Any] = {}
    _fill(settings, block.settings, "", scope)
    return settings


def _fill(result: dict[str, Any], settings: tuple[syntax.SettingEntry, ...], before: str, scope: NameScope) -> None:
    _need_once(settings)
    for setting in settings:
        path = before + setting.key.text
        around = JOB_KEYS.get(before.removesuffix("."))
        kind = JOB_KEYS[path].type if path in JOB_KEYS else "string" if around and around.type == "strings" else ""
        if not kind:
            raise Rejected("QC0410", setting.key.span)
        is_block = kind in ("block", "strings")
        if isinstance(setting.value, tuple) is not is_block:
            raise Rejected("QC0412", setting.span)
        if isinstance(setting.value, tuple):
            _fill(result, setting.value, path + ".", scope)
            if path == "noise" and "noise.model" not in result:
                raise Rejected("QC0418", setting.key.span)
        else:
            result[path] = _typed(evaluate(setting.value, scope), kind, setting.value.span)


def _need_once(settings: tuple[syntax.SettingEntry, ...]) -> None:
    keys = [setting.key.text for setting in settings]
    for place, setting in enumerate(settings):
        if setting.key.text in keys[:place]:
            raise Rejected("QC0411", setting.key.span)


def _typed(value: Any, kind: str, span: Span) -> Any:
    """A value as JSON has it, in the type of its key."""
    if kind == "string" and isinstance(value, str | EnvironmentVariable):
        return value
    if kind == "boolean" and isinstance(value, bool):
        return value
    if kind in ("integer", "number") and is_number(value) and not values.is_angle(value):
        plain = _json(values.plain(value))
        if kind == "number" or isinstance(plain, int):
            return plain
    raise Rejected("QC0412", span)


def _json(plain: Any) -> int | float:
    """A number as JSON has it: an exact whole one is an integer."""
    return int(plain) if not isinstance(plain, float) and plain == int(plain) else float(plain)


def chosen(block: syntax.SettingsBlock, keys: tuple[str, ...]) -> dict[str, syntax.SettingEntry]:
    """The settings of an `energy` or `function` block by key."""
    _need_once(block.settings)
    for setting in block.settings:
        if setting.key.text not in keys:
            raise Rejected("QC0410", setting.key.span)
        if isinstance(setting.value, tuple) and setting.key.text != "data":
            raise Rejected("QC0412", setting.span)
    return {setting.key.text: setting for setting in block.settings}


def needed(settings: dict[str, syntax.SettingEntry], keys: tuple[str, ...], block: syntax.SettingsBlock) -> None:
    """Refuses a block that lacks one of these keys."""
    for key in keys:
        if key not in settings:
            raise Rejected("QC0413", block.span)


def energy_value(key: str, value: Any, span: Span) -> Any:
    """The value of an optional key of an energy."""
    match key:
        case "params":
            return _numbers(value, span)
        case "linear_constraints":
            return tuple((_numbers(row[0], span), _number(row[1], span)) for row in _table(value, 2, span))
        case "quadratic_constraints":
            return tuple(
                (_square(row[0], span), _numbers(row[1], span), _number(row[2], span)) for row in _table(value, 3, span)
            )
    return None if value is None else _number(value, span)


def _number(value: Any, span: Span) -> int | float:
    """A known number; an angle is in radians."""
    if not is_number(value):
        raise Rejected("QC0307", span)
    number(value, span)  # it must be known
    return _json(values.plain(value))


def _numbers(value: Any, span: Span) -> tuple[int | float, ...]:
    if not isinstance(value, list | range | tuple):
        raise Rejected("QC0307", span)
    return tuple(_number(item, span) for item in value)


def _square(value: Any, span: Span) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise Rejected("QC0419", span)
    return tuple(_numbers(row, span) for row in value)


def _table(value: Any, columns: int, span: Span) -> list[Any]:
    if not isinstance(value, list) or not all(isinstance(row, list) and len(row) == columns for row in value):
        raise Rejected("QC0419", span)
    return value


def function_settings(block: syntax.SettingsBlock, scope: NameScope) -> dict[str, Any]:
    """A `function` block: its type, its data as written, and parameters."""
    settings = chosen(block, ("type", "data", "params"))
    needed(settings, ("type", "data"), block)
    kind = evaluate(settings["type"].value, scope)  # type: ignore[arg-type]
    if not isinstance(kind, str) or not isinstance(settings["data"].value, tuple):
        raise Rejected("QC0412", settings["data"].span)
    result: dict[str, Any] = {"type": kind, "data": _data(settings["data"].value, scope)}
    if "params" in settings:
        result["params"] = _numbers(evaluate(settings["params"].value, scope), settings["params"].span)  # type: ignore[arg-type]
    return result


def _data(settings: tuple[syntax.SettingEntry, ...], scope: NameScope) -> dict[str, Any]:
    _need_once(settings)
    return {
        setting.key.text: _data(setting.value, scope)
        if isinstance(setting.value, tuple)
        else _written(evaluate(setting.value, scope), setting.span)
        for setting in settings
    }


def _written(value: Any, span: Span) -> Any:
    if isinstance(value, list | range | tuple):
        return [_written(item, span) for item in value]
    return value if value is None or isinstance(value, bool | str) else _number(value, span)
