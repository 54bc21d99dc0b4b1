"""Makes settings the defaults of flags.

Takes the words of the command and the parser of a verb; settings that apply become defaults of the parser and must obey
the rules of their flags. ionqdsl/settings.py lists the settings and decides which of several values applies.
"""

from __future__ import annotations

from collections.abc import Sequence

from ionqdsl.diagnostics.choices import choices
from ionqdsl.record import TYPE_CHECKING, Any
from ionqdsl.settings import OF_THE_JOB, SETTINGS, ResolvedSetting, resolve, wrong

if TYPE_CHECKING:
    import argparse

_ELSEWHERE = ("api_key_file", "profile")
"""Settings that must not become defaults of their flags: a flag comes before IONQ_API_KEY, a setting after it."""


def profile_of(words: Sequence[str]) -> str | None:
    """The profile that the words of a command name, before they are parsed."""
    for number, word in enumerate(words):
        if word == "--":
            break
        if word.startswith("--profile="):
            return word.partition("=")[2]
        if word == "--profile" and number + 1 < len(words):
            return words[number + 1]
    return None


def apply(parser: argparse.ArgumentParser, folder: str, profile: str | None = None) -> dict[str, Any]:
    """Makes the settings that apply to a folder the parser's defaults; returns those of OF_THE_JOB."""
    resolved = resolve(folder, profile)
    set_somewhere = {name for name, (_, origin) in resolved.items() if origin not in ("", "default")}
    flags = {action.dest: action for action in parser._actions if action.dest in set_somewhere - {*_ELSEWHERE}}
    values = {name: _value(flags[name], resolved[name]) for name in flags}
    parser.set_defaults(**{name: value for name, value in values.items() if name not in OF_THE_JOB})
    return {name: value for name, value in values.items() if name in OF_THE_JOB}


def _value(action: argparse.Action, setting: ResolvedSetting) -> Any:
    """A setting's value, checked by the rules of its flag. Raises UsageError."""
    from argparse import ArgumentTypeError

    from ionqdsl.diagnostics import UsageError

    name = action.dest
    is_variable = setting.origin == SETTINGS[name].environment
    try:
        result = action.type(str(setting.value)) if callable(action.type) else setting.value
    except ArgumentTypeError as error:
        raise wrong(setting.origin, f"`{name}`: {error}", is_variable) from None
    except UsageError as error:
        facts = dict(error.diagnostics[0].facts)
        raise wrong(setting.origin, facts.pop("reason"), is_variable, facts) from None
    if action.choices is not None and result not in action.choices:
        reason = f"`{name}` cannot be `{result}`"
        raise wrong(setting.origin, reason, is_variable, choices(str(result), action.choices))
    return result
