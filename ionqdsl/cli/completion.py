"""Prints a script that completes commands, flags and their values in a shell.

  bash         ionqdsl completion bash > ~/.local/share/bash-completion/completions/ionqdsl
  zsh          ionqdsl completion zsh > a folder of $fpath, as _ionqdsl
  fish         ionqdsl completion fish > ~/.config/fish/completions/ionqdsl.fish
  PowerShell   ionqdsl completion powershell >> $PROFILE

The script does not start Python when it runs. The library shtab writes it from the parsers of the commands.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import shtab

from ionqdsl.cli.terminal import Terminal

if TYPE_CHECKING:
    import argparse

SHELLS = ("bash", "zsh", "fish", "powershell")
_PATHS = {**dict.fromkeys(("FILE", "PATH", "PLAN", "OUT", "PAGE", "A", "B"), "FILE"), "DIR": "DIRECTORY"}
"""An argument's name in the help -> shtab's name of the completion it gets."""


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of `completion`."""
    parser.add_argument("shell", choices=SHELLS, help="the shell for which to print the script")


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Prints the script."""
    script = shtab.complete(_whole_parser(), arguments.shell)
    terminal.data(script, exact=True)
    terminal.answer(shell=arguments.shell, script=script)
    return 0


def _whole_parser() -> argparse.ArgumentParser:
    """One parser with a subparser for each verb, and completions for each argument. It is not used to parse."""
    from ionqdsl.cli.parsers import parser_of, top_parser  # late: it loads every verb
    from ionqdsl.cli.verbs import VERBS

    values, top = _values(), top_parser()
    top.usage = None
    verbs = top.add_subparsers()
    for verb, summary in VERBS.items():
        parser = parser_of(verb)[1]
        for action in parser._actions:
            action.choices = action.choices or values.get(action.dest)
            if isinstance(action.metavar, str) and action.metavar in _PATHS:
                action.complete = getattr(shtab, _PATHS[action.metavar])  # type: ignore[attr-defined]
        verbs.add_parser(verb, help=summary, parents=[parser], add_help=False)
    return top


def _values() -> dict[str, Iterable[str]]:
    """Known values of arguments that also take others."""
    from ionqdsl.diagnostics.codes import CODES
    from ionqdsl.ir.gates import GATES
    from ionqdsl.ir.targets import BACKEND_NAMES, NOISE_MODELS, TARGETS

    return {
        "target": [*TARGETS, *BACKEND_NAMES[1:]],
        "backend": ["local", *BACKEND_NAMES],
        "noise": list(NOISE_MODELS),
        "topic": [*CODES, *dict.fromkeys(gate.name for gate in GATES.values())],
    }
