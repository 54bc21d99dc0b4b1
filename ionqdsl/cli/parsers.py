"""Makes argparse's parsers of command lines: of each verb, and of the words before the verb.

command_line.py reads most lines with the same definitions; argparse reads the others, and prints every help.
"""

from __future__ import annotations

import argparse
import re
from importlib import import_module
from types import ModuleType
from typing import Any, NoReturn

from ionqdsl import __version__
from ionqdsl.cli.mistakes import wrong_choice, wrong_usage
from ionqdsl.cli.verbs import VERBS, add_common_flags
from ionqdsl.diagnostics.choices import nearest

_EPILOG = """exit codes:
  0 success   1 errors in the program   2 usage, settings or a file that cannot be read   3 refused: cost or limits
  4 the API key   5 service or network, try again   6 the job failed   7 the wait timed out   101 a bug in ionqdsl
  130 interrupted

`ionqdsl help VERB` describes one command. A first program: `ionqdsl init`, then `ionqdsl run bell.qc`."""


class Parser(argparse.ArgumentParser):
    """An argparse parser whose errors are diagnostics."""

    def error(self, message: str) -> NoReturn:
        """Raises a UsageError; for an unknown flag, it suggests the most similar one."""
        suggestion = None
        if message.startswith("unrecognized arguments: "):
            rest = message.split(": ", 1)[1]
            unknown = next((word.split("=")[0] for word in rest.split() if word[0] == "-" != word), None)
            message = f"there is no flag `{unknown}`" if unknown else f"too many arguments: `{rest}`"
            suggestion = unknown and nearest(unknown, [flag for flag in flags_of(self) if flag.startswith("--")])
        message = re.sub("invalid int value: '(.*)'", r"`\1` is not a whole number", message)
        raise wrong_usage(message[:1].lower() + message[1:], suggestion, self.prog)

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


def parser_of(verb: str) -> tuple[ModuleType, Parser]:
    """A verb's module and the parser of its flags."""
    module = import_module(f"ionqdsl.cli.{verb}")
    parser = _parser(f"ionqdsl {verb}", module.__doc__ or "")
    module.add_flags(parser)
    add_common_flags(parser)
    return module, parser


def top_parser() -> Parser:
    """The parser of the words before the verb, which also prints `--help`."""
    commands = "\n".join(f"  {verb:<12}{summary}" for verb, summary in VERBS.items())
    parser = _parser("ionqdsl", f"Compiles .qc programs to IonQ's quantum computers.\n\ncommands:\n{commands}")
    parser.usage, parser.epilog = "ionqdsl VERB ...", _EPILOG
    parser.add_argument("-V", "--version", action="version", version=f"ionqdsl {__version__}")
    add_common_flags(parser)
    return parser


def _parser(prog: str, description: str) -> Parser:
    shape = argparse.RawDescriptionHelpFormatter
    return Parser(prog=prog, description=description, formatter_class=shape, allow_abbrev=False)
