"""Draws the circuits of a program, in the terminal or as SVG.

With --target or -O the compiled circuits are drawn; --before puts the program's own in front of each. Text is folded to
the width of the terminal.
"""

from __future__ import annotations

import argparse
import shutil
import sys

from ionqdsl.cli.files import spare, write
from ionqdsl.cli.flags import add_compilation, add_file, add_job, positive_integer
from ionqdsl.cli.program import load, transpiled
from ionqdsl.cli.terminal import Terminal, is_terminal
from ionqdsl.emit.drawing import MOST_ROWS, drawing
from ionqdsl.ir.circuit import Circuit
from ionqdsl.ir.job import Program

FORMS = ("text", "svg")


def add_flags(parser: argparse.ArgumentParser) -> None:
    """The flags of `draw`."""
    add_file(parser)
    parser.add_argument("-o", dest="output", default="-", metavar="OUT", help="a file; by default standard output")
    parser.add_argument("--as", dest="form", choices=FORMS, help="text, or svg (which a file named .svg is anyway)")
    parser.add_argument("--before", action="store_true", help="with --target or -O: what the program says, too")
    parser.add_argument("--columns", type=positive_integer, metavar="N", help="characters or pixels across")
    parser.add_argument(
        "--rows", type=positive_integer, default=MOST_ROWS, metavar="N", help="at most so many gates (2000)"
    )
    add_job(parser)
    add_compilation(parser)


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Draws every circuit that would run, or the ansatz of an energy."""
    spare([arguments.file], arguments.output)
    program = load(arguments, terminal, "draw")
    circuits = _circuits(program)
    if arguments.target is not None or arguments.level is not None:
        compiled = _circuits(transpiled(program, arguments, terminal))
        pairs = [circuit for pair in zip(circuits, compiled, strict=True) for circuit in pair]
        circuits = pairs if arguments.before else compiled
    form = arguments.form or ("svg" if arguments.output.endswith(".svg") else "text")
    text = _drawn(circuits, form, arguments.columns, arguments.rows, arguments.output == "-")
    if not circuits:
        terminal.say("the program runs no circuits")
    elif arguments.output == "-":
        terminal.data(text, exact=True)
    else:
        write(arguments.output, text.encode())
    terminal.answer(**({"drawing": text} if arguments.output == "-" else {"output": arguments.output}))
    return 0


def drawn(program: Program, form: str, is_shown: bool) -> str:
    """A program's circuits as `text` or `svg`, to be shown in the terminal or not."""
    return _drawn(_circuits(program), form, None, MOST_ROWS, is_shown)


def _circuits(program: Program) -> list[Circuit]:
    return [program.energy.ansatz] if program.energy else program.runs


def _drawn(circuits: list[Circuit], form: str, columns: int | None, rows: int, is_shown: bool) -> str:
    if form == "svg":
        from ionqdsl.emit.svg import page

        return page(circuits, columns or 960, rows)
    from ionqdsl.emit.histogram import can_draw

    width = columns or (shutil.get_terminal_size().columns if is_terminal(sys.stdout) else 100)
    unicode = can_draw(sys.stdout.encoding) if is_shown else True
    texts = [drawing(circuit, width, unicode, rows) for circuit in circuits]
    if len(texts) > 1:
        texts = [f"{circuit.name} ({circuit.gateset}):\n{text}" for circuit, text in zip(circuits, texts, strict=True)]
    return "\n\n".join(texts) + "\n"
