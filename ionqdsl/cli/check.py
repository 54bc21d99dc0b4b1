"""Shows every error and warning of programs.

Programs may be in any format. They are read, checked and expanded as for a compilation; nothing is written. A folder
means all .qc files in it and below, `-` standard input.
"""

from __future__ import annotations

from collections import Counter

import ionqdsl.pipeline as stages
from ionqdsl import formats
from ionqdsl.cli.files import programs_below
from ionqdsl.cli.flags import add_values, values_of
from ionqdsl.cli.program import sorted_by_fault, with_hint
from ionqdsl.cli.terminal import Terminal
from ionqdsl.diagnostics import CompileError, Diagnostic, UsageError
from ionqdsl.record import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

FORMATS = ("text", "json", "sarif", "github")


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of `check`."""
    parser.add_argument("files", nargs="+", metavar="FILE", help="programs or folders; - is standard input")
    parser.add_argument("--output-format", choices=FORMATS, default="text", help="the form of the messages (text)")
    add_values(parser)


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Checks every file, even after errors; the exit code is the highest of all files."""
    form = "json" if terminal.is_json else arguments.output_format
    terminal.is_json = form != "text"  # then diagnostics are not printed as messages
    values, sweeps = values_of(arguments)
    code = 0
    files = programs_below(arguments.files)
    for file in terminal.counted(files, lambda file: f"checking {file}"):
        diagnostics, kind = _check(file, values, sweeps)
        terminal.report(diagnostics)
        code = max(code, kind)
    if form == "json":
        terminal.answer(files=files)
    elif form == "text":
        summary(terminal)
    else:
        terminal.is_json = False
        if text := forms(form, terminal.diagnostics):  # GitHub's form of no findings is empty
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
        program, found = formats.loaded(source, values, sweeps)
        return [*found, *stages.notes_on(program)], 0
    except UsageError as error:  # in a value of --set or --sweep
        return list(error.diagnostics), 2
    except CompileError as error:
        failure = sorted_by_fault(with_hint(error, source, "check"))
        return list(failure.diagnostics), 2 if isinstance(failure, UsageError) else 1


def forms(form: str, diagnostics: list[Diagnostic]) -> str:
    """Diagnostics in a format of `FORMATS`."""
    from ionqdsl.cli import ci_formats

    return getattr(ci_formats, form)(diagnostics)  # type: ignore[no-any-return]


def summary(terminal: Terminal) -> None:
    """Shows the number of errors, warnings and notes, if there were several."""
    counts = Counter(diagnostic.severity for diagnostic in terminal.diagnostics)
    parts = [
        f"{counts[word]} {word}{'s' * (counts[word] > 1)}" for word in ("error", "warning", "note") if counts[word]
    ]
    if len(terminal.diagnostics) > 1:
        terminal.say(f"found {' and '.join(parts)}")
