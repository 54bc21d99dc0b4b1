"""Writes a reference of programs: the purpose, the call and the cost of each definition.

The reference contains the comments directly above a definition or at the top of a file, signatures, matrices of small
gates, and the numbers of two-qubit gates and pulses on the machines. It is Markdown, or an HTML page with -o NAME.html.
A folder means every .qc file in it and below.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ionqdsl.pipeline as stages
from ionqdsl.cli.endings import check_no_program
from ionqdsl.cli.files import add_programs, programs_below, spare
from ionqdsl.cli.terminal import Terminal
from ionqdsl.formats import only_qc
from ionqdsl.ir.files import write

if TYPE_CHECKING:
    import argparse


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of `doc`."""
    add_programs(parser)
    parser.add_argument(
        "-o", dest="output", default="-", metavar="OUT", help="output file, .html for a page (standard output)"
    )


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Reads every file, then writes the reference; nothing is written if a file has errors."""
    paths = programs_below(arguments.files)
    spare(paths, arguments.output)
    check_no_program(arguments.output, "a reference", ".md", "doc")
    sources = [only_qc(stages.read(path), "doc") for path in paths]
    from ionqdsl.describe.reference.reading import chapters  # late: not needed if a file cannot be read

    entries, errors = chapters(sources)
    spare([path for source in sources for path in source.files], arguments.output)
    terminal.report(errors)
    if errors:
        terminal.answer(files=[])
        return 1
    if arguments.output.endswith((".html", ".htm")):
        from ionqdsl.describe.reference.webpage import webpage

        text = webpage(entries)
    else:
        from ionqdsl.describe.reference.markdown import markdown

        text = markdown(entries)
    if arguments.output == "-":
        terminal.data(text, exact=True)
        terminal.answer(files=[chapter.to_json() for chapter in entries])
        return 0
    write(arguments.output, text)
    terminal.say(f"wrote {arguments.output}")
    terminal.answer(files=[chapter.to_json() for chapter in entries], output=arguments.output)
    return 0
