"""Reads flags with argparse, whose errors become diagnostics: those of the command, and of the notebook's `%%qc`.

Takes words and returns the values of flags. A word that is wrong is named alone, with the most similar that is right.
"""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Sequence
from typing import Any, NoReturn

from ionqdsl.diagnostics.choices import nearest
from ionqdsl.diagnostics.mistakes import wrong_choice, wrong_usage

_WITH_SUFFIX = re.compile(r"\.[A-Za-z]\w*$")


class Parser(argparse.ArgumentParser):
    """An argparse parser whose errors are diagnostics."""

    _words: Sequence[str] = ()

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Reads the words, and keeps them for the error."""
        self._words = [] if args is None else [*args]
        return super().parse_known_args(args, namespace)

    def error(self, message: str) -> NoReturn:
        """Raises a UsageError; for an unknown flag, it suggests the most similar one."""
        suggestion = None
        if message.startswith("unrecognized arguments: "):
            rest = message.split(": ", 1)[1]
            unknown = next((word.split("=")[0] for word in rest.split() if word[0] == "-" != word), None)
            message = f"there is no flag `{unknown}`" if unknown else f"too many arguments: `{rest}`"
            suggestion = unknown and nearest(unknown, [flag for flag in flags_of(self) if flag.startswith("--")])
        suggestion = suggestion or self._file_like_a_flag()
        message = re.sub("invalid int value: '(.*)'", r"`\1` is not a whole number", message)
        raise wrong_usage(message[:1].lower() + message[1:], suggestion, self.prog)

    def _file_like_a_flag(self) -> str | None:
        """The first word that was taken for flags but looks like the name of a file, as a path."""
        given = self._words[: self._words.index("--")] if "--" in self._words else self._words
        for word in given:
            if word[:1] == "-" != word and "=" not in word and (_WITH_SUFFIX.search(word) or os.path.isfile(word)):
                return f"./{word}"
        return None

    def _get_values(self, action: argparse.Action, arg_strings: list[str]) -> Any:
        """The value of an argument. Refuses `--flag=--`, of which argparse makes an empty list for any flag."""
        if action.option_strings and action.nargs is None and arg_strings == ["--"]:
            raise argparse.ArgumentError(action, "expected one argument")
        return super()._get_values(action, arg_strings)

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        """Refuses a value that is none of the action's choices, and names these."""
        if action.choices is not None and value not in action.choices:
            name = "/".join(action.option_strings) or action.metavar or action.dest
            raise wrong_choice(f"`{name}` cannot be `{value}`", str(value), action.choices)


def flags_of(parser: argparse.ArgumentParser) -> list[str]:
    """Every flag that the parser takes, as written."""
    return [flag for action in parser._actions for flag in action.option_strings]
