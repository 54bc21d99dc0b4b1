"""Runs programs in notebook cells: `%load_ext ionqdsl`, then `%%qc` above a program.

Takes a cell, and shows pictures of its circuits and histograms of their measurements; errors look as in the command.
Everything runs on this computer; nothing is sent.
"""

from __future__ import annotations

import argparse
import shlex
import sys
from typing import Any, NoReturn

from ionqdsl import api
from ionqdsl.diagnostics import CompileError, UsageError
from ionqdsl.ir.options import LEVELS
from ionqdsl.python.builder import Circuit
from ionqdsl.simulation.results import Result

MOST = 4
"""The number of circuits of a cell that are shown."""


class _Flags(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise ValueError(message)


def _flags() -> _Flags:
    parser = _Flags(prog="%%qc", add_help=False)
    parser.add_argument("name", nargs="?", help="the variable to store the program in")
    parser.add_argument("--shots", type=int, default=0, help="0: exact probabilities")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--target", help="machine to compile for; shows and runs the compiled circuits")
    parser.add_argument("-O", dest="level", type=int, choices=LEVELS)
    return parser


def magic(line: str, cell: str, shell: Any) -> None:
    """The cell magic; `line` is the text after `%%qc`."""

    def display(what: Circuit | Result) -> None:
        shell.display_pub.publish(*shell.display_formatter.format(what))

    try:
        words = _flags().parse_args(shlex.split(line))
        program = api.program(cell)
        if words.target is not None or words.level is not None:
            program = api.compile(program, target=words.target, level=words.level)
        circuits = [program.energy.ansatz] if program.energy else program.runs
        for circuit in circuits[:MOST]:
            display(Circuit.of(circuit))
        if len(circuits) > MOST:
            print(f"and {len(circuits) - MOST} circuits more")
        if program.energy and len(program.energy.params or ()) == len(program.energy.parameters):
            for value in program.expectations(words.shots or None, seed=words.seed):
                print(f"energy {value}")
        if not program.energy and not program.function and not any(circuit.symbols for circuit in circuits):
            for circuit in circuits[:MOST]:
                display(api.run(circuit, shots=words.shots, seed=words.seed, exact=not words.shots))
    except (CompileError, UsageError) as error:
        print("\n".join(diagnostic.render() for diagnostic in error.diagnostics), file=sys.stderr)
        return
    except ValueError as error:
        print(f"%%qc: {error}", file=sys.stderr)
        return
    if words.name:
        shell.user_ns[words.name] = program


def load(shell: Any) -> None:
    """Registers the magic with an IPython shell."""

    def qc(line: str, cell: str) -> None:
        """Runs a cell as a program: %%qc [NAME] [--shots N] [--seed N] [--target T] [-O LEVEL]."""
        magic(line, cell, shell)

    shell.register_magic_function(qc, "cell", "qc")
