"""Makes argparse's parsers of command lines: of each verb, and of the words before the verb.

command_line.py reads most lines with the same definitions; argparse reads the others, and prints every help.
"""

from __future__ import annotations

import argparse
from importlib import import_module
from types import ModuleType

from ionqdsl import __version__
from ionqdsl.cli.verbs import VERBS, add_common_flags
from ionqdsl.diagnostics.flag_parser import Parser

_EPILOG = """exit codes:
  0 success   1 errors in the program   2 usage, settings or a file that cannot be read   3 refused: cost or limits
  4 the API key   5 service or network, try again   6 the job failed   7 the wait ended   101 a bug in ionqdsl
  130 interrupted

`ionqdsl help VERB` describes one command. A first program: `ionqdsl init`, then `ionqdsl run bell.qc`."""


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
