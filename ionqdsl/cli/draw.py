"""Draws the circuits of a program, in the terminal or to a file, such as SVG.

With --target or -O, it draws the compiled circuits; --before also draws each circuit as written. Pictures in the
terminal are folded to its width.
"""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

from ionqdsl import formats
from ionqdsl.cli.console import is_terminal
from ionqdsl.cli.endings import check_ending
from ionqdsl.cli.flags import add_compilation, add_file, add_job, add_output, positive_integer
from ionqdsl.cli.program import load, transpiled
from ionqdsl.cli.terminal import Terminal
from ionqdsl.emit.drawing import MOST_ROWS
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.files import write
from ionqdsl.ir.job import LoweredProgram

if TYPE_CHECKING:
    import argparse


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of `draw`."""
    add_file(parser)
    add_output(parser)
    kinds = tuple(formats.PICTURES)
    parser.add_argument("--as", dest="form", choices=kinds, help="kind of picture (by the file's name, or text)")
    parser.add_argument("--before", action="store_true", help="with --target or -O: also draw circuits as written")
    parser.add_argument("--columns", type=positive_integer, metavar="N", help="width in characters or pixels")
    parser.add_argument(
        "--rows", type=positive_integer, default=MOST_ROWS, metavar="N", help="draw at most this many gates (2000)"
    )
    add_job(parser)
    add_compilation(parser)


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Draws every circuit that would run, or the ansatz of an energy."""
    program = load(arguments, terminal, "draw", arguments.output)
    form = _form(arguments)
    circuits = _circuits(program)
    if arguments.target is not None or arguments.level is not None:
        compiled = _circuits(transpiled(program, arguments, terminal))
        pairs = [circuit for pair in zip(circuits, compiled, strict=True) for circuit in pair]
        circuits = pairs if arguments.before else compiled
    if not circuits:
        terminal.say("the program runs no circuits")
        terminal.answer(drawing="")
        return 0
    text = _drawn(circuits, form, arguments.columns, arguments.rows, arguments.output == "-")
    if arguments.output == "-":
        terminal.data(text, exact=True)
    else:
        write(arguments.output, text)
    terminal.answer(**({"drawing": text} if arguments.output == "-" else {"output": arguments.output}))
    return 0


def _form(arguments: argparse.Namespace) -> str:
    """The kind of picture, by the flag or the file's name. Raises UsageError for a name that means something else."""
    path = arguments.output.lower()
    ending = (name for name, picture in formats.PICTURES.items() if path.endswith(picture.suffix))
    form = arguments.form or next(ending, "text")
    check_ending(arguments.output, form, "draw", "--as", formats.PICTURES)
    return form


def drawn(program: LoweredProgram, form: str, is_shown: bool) -> str:
    """A picture of a program's circuits; `is_shown` if it goes to the terminal."""
    return _drawn(_circuits(program), form, None, MOST_ROWS, is_shown)


def _circuits(program: LoweredProgram) -> list[FlatCircuit]:
    return [program.energy.ansatz] if program.energy else program.runs


def _drawn(circuits: list[FlatCircuit], form: str, columns: int | None, rows: int, is_shown: bool) -> str:
    from ionqdsl.emit.histogram import can_draw

    if form == "text" and columns is None and is_terminal(sys.stdout):
        columns = shutil.get_terminal_size().columns
    is_unicode = can_draw(sys.stdout.encoding) if is_shown else True
    return formats.PICTURES[form].draw(circuits, formats.Paper(columns, rows, is_unicode))
