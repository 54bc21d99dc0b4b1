"""Lists the verbs, and parses the command line of one.

Takes the words of the command; returns the verb's module and its arguments. Only that module is imported. Each verb is
a module next to this one with `add_flags(parser)` and `run(arguments, terminal) -> int`. flags.py defines shared flags.
"""

from __future__ import annotations

import argparse
from importlib import import_module
from types import ModuleType
from typing import Any, NoReturn

from ionqdsl import __version__
from ionqdsl.cli import settings
from ionqdsl.cli.mistakes import nearest, wrong_usage
from ionqdsl.cli.terminal import COLORS

VERBS: dict[str, str] = {
    "check": "show every error and warning of programs",
    "compile": "print the request body for IonQ, or the compiled circuit",
    "run": "compile, execute and show the histogram",
    "minimize": "find the lowest energy of a program",
    "test": "run the tests of programs, exactly",
    "plan": "write the exact request to a file, with its cost",
    "submit": "send a program or a plan to IonQ, and wait if asked",
    "calibrate": "measure the readout errors of a machine",
    "jobs": "list submitted jobs, wait for them, fetch their results",
    "emulator": "emulate IonQ's service on this computer, for tests and learning",
    "backends": "show IonQ's machines: status, queue, fidelities",
    "session": "reserve time on a machine: start, list, end",
    "usage": "show the usage of the organisation: jobs, QPU time, cost",
    "whoami": "show which API key is in use",
    "auth": "store the API key: login, status, logout",
    "config": "show every setting and where it comes from",
    "fmt": "format programs in one style",
    "lint": "find likely mistakes, and correct them",
    "lsp": "run the language server, for editors",
    "explain": "explain a message by its code, or a gate",
    "draw": "draw circuits, in the terminal or as SVG",
    "doc": "write a reference of programs, from their comments and definitions",
    "report": "write a page with a program, its circuits before and after, and the result",
    "playground": "serve a page on this computer to write and try programs",
    "convert": "write a program in another format, such as .qc, OpenQASM or the request body",
    "diff": "show the gates in which two programs differ",
    "equiv": "compare the results of two programs",
    "stats": "show the size of circuits",
    "init": "start a project: a first program and a settings file",
    "completion": "print a script that completes commands in a shell",
}

_EPILOG = """exit codes:
  0 success   1 errors in the program   2 usage, settings or a file that cannot be read   3 refused: cost or limits
  4 the API key   5 service or network, try again   6 the job failed   7 the wait timed out   101 a bug in ionqdsl
  130 interrupted

`ionqdsl VERB --help` describes one command. A first program: `ionqdsl init`, then `ionqdsl run bell.qc`."""


class Parser(argparse.ArgumentParser):
    """An argparse parser whose errors are diagnostics."""

    def error(self, message: str) -> NoReturn:
        """Raises a UsageError; for an unknown flag, it suggests the most similar one."""
        suggestion = None
        if message.startswith("unrecognized arguments: -"):
            word = message.split(": ", 1)[1].split()[0].split("=")[0]
            suggestion = nearest(word, [flag for flag in flags_of(self) if flag.startswith("--")])
        raise wrong_usage(message[:1].lower() + message[1:], suggestion, self.prog)

    def _get_values(self, action: argparse.Action, arg_strings: list[str]) -> Any:
        """The value of an argument. Refuses `--flag=--`, of which argparse makes an empty list for any flag."""
        if action.option_strings and action.nargs is None and arg_strings == ["--"]:
            raise argparse.ArgumentError(action, "expected one argument")
        return super()._get_values(action, arg_strings)


def flags_of(parser: argparse.ArgumentParser) -> list[str]:
    """Every flag that the parser takes, as written."""
    return [flag for action in parser._actions for flag in action.option_strings]


def parse(words: list[str]) -> tuple[ModuleType, argparse.Namespace]:
    """The module of the verb and its arguments. Flags that every verb has may also come before the verb."""
    if any("\0" in word for word in words):  # a shell cannot pass one, a caller of main can
        raise wrong_usage("an argument contains a zero byte, which no file name can")
    before = _leading_flags(words)
    if len(words) == before:
        parser = top_parser()
        parser.parse_args(words)  # --help, --version, or an unknown flag
        raise wrong_usage("no command was given", usage=parser.prog)
    verb = words[before]
    if verb not in VERBS:
        raise _unknown_verb(verb)
    module, parser = parser_of(verb)
    defaults = settings.apply(parser, ".", settings.profile_of(words))
    arguments = parser.parse_args(words[:before] + words[before + 1 :])
    arguments.defaults = defaults
    return module, arguments


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


def add_common_flags(parser: argparse.ArgumentParser) -> None:
    """Adds the flags that every verb has."""
    group = parser.add_argument_group("output")
    group.add_argument("--json", action="store_true", help="one JSON object on standard output, diagnostics included")
    group.add_argument("--color", choices=COLORS, help="colours (auto: on a terminal, unless NO_COLOR is set)")
    group.add_argument("--profile", metavar="NAME", help="use this profile of the settings files")
    group.add_argument("-q", "--quiet", action="store_true", help="show errors only, no warnings or notes")
    group.add_argument("-v", "--verbose", action="store_true", help="show more details")


def _leading_flags(words: list[str]) -> int:
    """The number of words before the verb."""
    position = 0
    while position < len(words) and words[position].startswith("-") and words[position] != "-":
        position += 2 if words[position] in ("--color", "--profile") else 1
    return min(position, len(words))


def _unknown_verb(verb: str) -> Exception:
    from ionqdsl.diagnostics import Diagnostic, UsageError

    facts = {"verb": verb, "suggestion": nearest(verb, VERBS), "file": verb if "." in verb else None}
    return UsageError([Diagnostic("QC0802", facts=facts)])
