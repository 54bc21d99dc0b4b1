"""Shows the commands, or the flags of one.

ionqdsl help           the commands, as `ionqdsl` alone does
ionqdsl help VERB      one command, as `ionqdsl VERB --help` does
"""

from __future__ import annotations

import argparse

from ionqdsl.cli.terminal import Terminal
from ionqdsl.cli.verbs import VERBS


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Adds the argument of `help`."""
    parser.add_argument("verb", nargs="?", metavar="VERB", help="a command (all of them)")


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Shows one help text."""
    from ionqdsl.cli import command_line, parsers  # late: they import the verbs by their names

    if arguments.verb is not None and arguments.verb not in VERBS:
        raise command_line.unknown_verb(arguments.verb)
    parser = parsers.top_parser() if arguments.verb is None else parsers.parser_of(arguments.verb)[1]
    text = parser.format_help()
    terminal.data(text)
    terminal.answer(help=text, verbs=VERBS)
    return 0
