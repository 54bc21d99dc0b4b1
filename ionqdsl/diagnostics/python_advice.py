"""Words advice for Python: in place of a flag of the command it names the argument of the same meaning.

Takes the text of a diagnostic, in which flags stand in backticks. Whole commands, `ionqdsl ...`, stay as they are, as
do flags that have no argument.
"""

from __future__ import annotations

import re
import shlex

_FLAGS = re.compile(r"`(-[^`]+)`")

_SWITCHES = ("verify", "defer", "reuse", "exact")
_SAME = ("target", "preserve", "effort", "approx", "seed", "noise", "backend", "shots", "engine", "characterization")
ARGUMENTS = {
    **{flag: flag for flag in (*_SWITCHES, *_SAME)},
    "O": "level",
    "max-evaluations": "max_evaluations",
    "cluster": "executor",
}
"""Flag -> the argument of the same meaning, in `compile`, `run` and `minimize`."""
_CALLS = {"set": "bind", "sweep": "sweep"}


def for_python(text: str) -> str:
    """The text with arguments in place of flags."""
    return _FLAGS.sub(_in_python, text) if "`-" in text else text


def _in_python(match: re.Match[str]) -> str:
    try:
        words = shlex.split(re.sub(r"^-O(?=\d)", "-O ", match[1]))
    except ValueError:  # a quotation that does not end
        return match[0]
    calls: list[str] = []
    while words:
        flag = words.pop(0).lstrip("-")
        value = words.pop(0) if words and not words[0].startswith("-") else None
        if flag in _CALLS:
            calls.append(_CALLS[flag] if value is None else f"{_CALLS[flag]}({_bound(value)})")
        elif flag in ARGUMENTS:
            calls.append(_argument(flag, value))
        else:
            return match[0]
    return f"`{', '.join(calls)}`"


def _argument(flag: str, value: str | None) -> str:
    name = ARGUMENTS[flag]
    if flag in _SWITCHES:
        return f"{name}=True"
    if value is None:
        return name
    return f"{name}={value}" if re.fullmatch(r"[\d.]+", value) else f'{name}="{value}"'


def _bound(value: str) -> str:
    """`theta=0.1` as an argument of `bind` or `sweep`; an element of an array needs a mapping."""
    name, equals, number = value.partition("=")
    number = re.sub(r"^linspace\(0, pi,", "np.linspace(0, np.pi,", number)
    return f"{name}={number}" if name.isidentifier() or not equals else f'{{"{name}": {number}}}'
