"""Shows every error and warning of programs.

A program in any format is read, checked and expanded as for a compilation; nothing is written. `-` is standard input.
"""

from __future__ import annotations

import argparse
from collections import Counter

import ionqdsl.pipeline as stages
from ionqdsl import formats
from ionqdsl.cli.flags import add_values, values_of
from ionqdsl.cli.program import sorted_by_fault, with_hint
from ionqdsl.cli.terminal import Terminal
from ionqdsl.diagnostics import CompileError, Diagnostic, UsageError

FORMATS = ("text", "json", "sarif", "github")


def add_flags(parser: argparse.ArgumentParser) -> None:
    """The flags of `check`."""
    parser.add_argument("files", nargs="+", metavar="FILE", help="programs; - is standard input")
    parser.add_argument("--output-format", choices=FORMATS, default="text", help="for other programs and CI")
    add_values(parser)


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Checks every file, however many are wrong; the exit code is that of the worst."""
    form = "json" if terminal.is_json else arguments.output_format
    terminal.is_json = form != "text"  # diagnostics are then data, not messages
    values, sweeps = values_of(arguments)
    code = 0
    for file in dict.fromkeys(arguments.files):
        diagnostics, kind = _check(file, values, sweeps)
        terminal.report(diagnostics)
        code = max(code, kind)
    if form == "json":
        terminal.answer(files=list(dict.fromkeys(arguments.files)))
    elif form == "text":
        summary(terminal)
    else:
        terminal.is_json = False
        if text := forms(form, terminal.diagnostics):  # GitHub has nothing to be told of where nothing was found
            terminal.data(text)
    return code


def _check(file: str, values: dict[str, str], sweeps: dict[str, str]) -> tuple[list[Diagnostic], int]:
    try:
        source = stages.read(file)
    except UsageError as error:
        return list(error.diagnostics), 2
    try:
        if formats.format_of(source) == "qc":
            return stages.examine(source, values, sweeps), 0
        return formats.loaded(source, values, sweeps)[1], 0
    except UsageError as error:  # a text given with --set or --sweep
        return list(error.diagnostics), 2
    except CompileError as error:
        failure = sorted_by_fault(with_hint(error, source, "check"))
        return list(failure.diagnostics), 2 if isinstance(failure, UsageError) else 1


def forms(form: str, diagnostics: list[Diagnostic]) -> str:
    """Diagnostics in a format of `FORMATS`."""
    from ionqdsl.cli import ci_formats

    return getattr(ci_formats, form)(diagnostics)  # type: ignore[no-any-return]


def summary(terminal: Terminal) -> None:
    """How many errors, warnings and notes there were, where there were several."""
    counts = Counter(diagnostic.severity for diagnostic in terminal.diagnostics)
    parts = [
        f"{counts[word]} {word}{'s' * (counts[word] > 1)}" for word in ("error", "warning", "note") if counts[word]
    ]
    if len(terminal.diagnostics) > 1:
        terminal.say(f"found {' and '.join(parts)}")
