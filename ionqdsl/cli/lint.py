"""Finds what is allowed in a program and probably not meant: units, unused names, gates without effect.

Each finding has a code that `ionqdsl explain` tells more about. --fix makes the corrections that leave the program
doing the same. `# lint: off QC1001` behind or above a line, or `# lint: off-file QC1001`, switches a rule off.
"""

from __future__ import annotations

import argparse

import ionqdsl.pipeline as stages
from ionqdsl.cli.check import FORMATS, forms, summary
from ionqdsl.cli.files import programs_below, write
from ionqdsl.cli.program import with_hint
from ionqdsl.cli.terminal import Terminal
from ionqdsl.diagnostics import CompileError, UsageError
from ionqdsl.diagnostics.source import Source
from ionqdsl.formats import only_qc
from ionqdsl.language.reformat import with_endings_of
from ionqdsl.linter import FIXED, fixed, lint


def add_flags(parser: argparse.ArgumentParser) -> None:
    """The flags of `lint`."""
    parser.add_argument(
        "files", nargs="*", default=["."], metavar="FILE", help="programs or folders (.); - is standard input"
    )
    parser.add_argument("--fix", action="store_true", help="correct what can be without changing what the program does")
    parser.add_argument("--output-format", choices=FORMATS, default="text", help="for other programs and CI")


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Looks at every file; the exit code is 1 where anything was found, or that of the worst error."""
    form = "json" if terminal.is_json else arguments.output_format
    terminal.is_json = form != "text"
    paths = programs_below(arguments.files)
    code = settled = 0
    for path in paths:
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
            terminal.say("some of these can be corrected with --fix")
    else:
        terminal.is_json = False
        if text := forms(form, terminal.diagnostics):  # GitHub has nothing to be told of where nothing was found
            terminal.data(text)
    return code


def _fixed(path: str, source: Source, terminal: Terminal) -> tuple[Source, int]:
    """The corrected program, written to where it came from: standard input's to standard output."""
    text, count = fixed(source)
    if path == "-":
        terminal.data(text)
        terminal.extras["text"] = text
    elif count:
        with open(path, "rb") as file:
            before = file.read()
        write(path, with_endings_of(before, text))
    return Source(text, source.name), count
