"""Finds likely mistakes in programs: missing units, unused names, gates without effect.

Each finding has a code; `ionqdsl explain` explains it. --fix makes the corrections that do not change the circuits.
`# lint: off QC1001` at the end of a line or above it turns a rule off, `# lint: off-file QC1001` for the whole file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ionqdsl.pipeline as stages
from ionqdsl.cli.check import FORMATS, forms, summary
from ionqdsl.cli.files import add_programs, programs_below
from ionqdsl.cli.program import with_hint
from ionqdsl.cli.terminal import Terminal
from ionqdsl.diagnostics import CompileError, UsageError
from ionqdsl.diagnostics.source import Source
from ionqdsl.formats import only_qc
from ionqdsl.ir.files import write
from ionqdsl.language.reformat import with_endings_of
from ionqdsl.linter import FIXED, fixed, lint

if TYPE_CHECKING:
    import argparse


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of `lint`."""
    add_programs(parser)
    parser.add_argument("--fix", action="store_true", help="make the corrections that do not change circuits")
    parser.add_argument("--output-format", choices=FORMATS, default="text", help="the form of the messages (text)")


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Checks every file; the exit code is 1 if anything was found, or the highest code of an error."""
    form = "json" if terminal.is_json else arguments.output_format
    terminal.is_json = form != "text"
    paths = programs_below(arguments.files)
    code = settled = 0
    for path in terminal.counted(paths, lambda path: f"checking {path}"):
        try:
            source = only_qc(stages.read(path), "lint")
        except UsageError as error:
            terminal.report(error.diagnostics)
            code = 2
            continue
        try:
            count = 0
            if arguments.fix:
                source, count = _fixed(path, source, terminal)
            diagnostics = [one.diagnostic for one in lint(source)]
        except CompileError as error:
            diagnostics = with_hint(error, source, "lint")
        settled += count
        terminal.report(diagnostics)
        code = max(code, 1 if diagnostics else 0)
    if form == "json":
        terminal.answer(files=paths, fixed=settled)
    elif form == "text":
        summary(terminal)
        if settled:
            terminal.say(f"corrected {settled}")
        elif not arguments.fix and any(diagnostic.code in FIXED for diagnostic in terminal.diagnostics):
            terminal.say("--fix corrects some of these")
    else:
        terminal.is_json = False
        if text := forms(form, terminal.diagnostics):  # GitHub's form of no findings is empty
            terminal.data(text)
    return code


def _fixed(path: str, source: Source, terminal: Terminal) -> tuple[Source, int]:
    """The corrected program, written back to its file, or to standard output if it came from standard input."""
    text, count = fixed(source)
    if path == "-":
        terminal.data(text, exact=True)
        terminal.extras["text"] = text
    elif count:
        with open(path, "rb") as file:
            before = file.read()
        write(path, with_endings_of(before, text))
    return Source(text, source.name), count
