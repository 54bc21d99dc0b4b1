"""Writes a program in another format, such as .qc, OpenQASM 3 or the request body for IonQ.

The contents of the file, or the ending of its name, determine its format. Registers, parameters and the order of bits
are kept; a program that the other format cannot express is refused.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import ionqdsl.pipeline as stages
from ionqdsl import formats
from ionqdsl.cli.endings import check_ending
from ionqdsl.cli.files import spare
from ionqdsl.cli.flags import add_file, add_output, add_set, bindings
from ionqdsl.cli.terminal import Terminal
from ionqdsl.ir.files import write

if TYPE_CHECKING:
    import argparse


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of `convert`."""
    add_file(parser)
    parser.add_argument("--to", required=True, choices=tuple(formats.WRITERS), help="the format to write")
    add_output(parser)
    add_set(parser)


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Reads one format and writes another."""
    spare([arguments.file], arguments.output)
    check_ending(arguments.output, arguments.to, "convert", "--to", formats.WRITERS)
    terminal.begins(f"reading {arguments.file}")
    source = stages.read(arguments.file)
    program, noticed = formats.loaded(source, bindings(arguments.set))
    spare(source.files, arguments.output)
    terminal.report(noticed)
    terminal.begins(f"writing {arguments.to}")
    text, noticed = formats.write(program, arguments.to, source)
    terminal.report(noticed)
    if arguments.output != "-":
        write(arguments.output, text)
        terminal.answer(output=arguments.output)
        return 0
    terminal.data(text, exact=True)
    terminal.answer(**{"payload": json.loads(text)} if arguments.to == "payload" else {"program": text})
    return 0
