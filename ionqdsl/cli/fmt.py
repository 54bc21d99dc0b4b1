"""Formats programs in one style.

Spaces, line breaks and blank lines change; tokens and comments never do. A folder means every .qc file in it and below;
`-` reads standard input and writes standard output. A file with a syntax error is reported and left unchanged.
"""

from __future__ import annotations

import sys

from ionqdsl.cli.files import add_programs, programs_below
from ionqdsl.cli.terminal import Terminal
from ionqdsl.diagnostics import CompileError, Diagnostic, UsageError
from ionqdsl.diagnostics.source import Source
from ionqdsl.formats import only_qc
from ionqdsl.language import includes
from ionqdsl.language.reformat import reformat, with_endings_of
from ionqdsl.record import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of `fmt`."""
    add_programs(parser)
    parser.add_argument(
        "--check", action="store_true", help="write nothing, list files that would change; exit with 1 if any would"
    )
    parser.add_argument("--diff", action="store_true", help="the same, and show the changes")


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Formats every file, even after errors; the exit code is the highest of all files."""
    only_looks = arguments.check or arguments.diff
    code = 0
    files: list[dict[str, Any]] = []
    for path in terminal.counted(programs_below(arguments.files), lambda path: f"formatting {path}"):
        try:
            source, before = _read(path)
            only_qc(source, "fmt")
            after = with_endings_of(before, reformat(source))
        except UsageError as error:
            terminal.report(error.diagnostics)
            code = 2
        except CompileError as error:
            terminal.report([*error.diagnostics, Diagnostic("QC1046", source)])
            code = max(code, 1)
        else:
            files.append({"file": source.name, "changed": before != after})
            if arguments.diff:
                files[-1]["diff"] = _difference(source.name, before, after)
            elif path == "-" and not only_looks:
                files[-1]["text"] = after.decode()
            elif not only_looks and before != after:
                from ionqdsl.ir.files import write  # late: most files are as they should be

                write(path, after)
            code = max(code, 1 if only_looks and before != after else 0)
    _show(files, only_looks, terminal)
    terminal.answer(files=files)
    return code


def _read(path: str) -> tuple[Source, bytes]:
    """A file's text, and its bytes, which have the line endings. Raises UsageError."""
    name = "<stdin>" if path == "-" else path
    try:
        data = includes.read_standard_input() if path == "-" else includes.read_bytes(path)
        return Source(includes.decode(data, name), name), data
    except CompileError as error:
        raise UsageError(error.diagnostics) from None


def _difference(name: str, before: bytes, after: bytes) -> str:
    """A unified diff; empty if nothing changes."""
    from ionqdsl.cli.unified import unified

    old, new = (_lines(data.decode("utf-8-sig")) for data in (before, after))
    return "".join([f"{line}\n" for line in unified(old, new, (name, name), _CONTEXT)])


_CONTEXT = 3
"""Lines around a change."""


def _lines(text: str) -> list[str]:
    """The lines of a text without their ends; a last one without an end is followed by the line that says so."""
    *lines, last = text.split("\n")
    return [*lines, f"{last}\n\\ No newline at end of file"] if last else lines


def _show(files: list[dict[str, Any]], only_looks: bool, terminal: Terminal) -> None:
    for file in files:
        if "diff" in file:
            text = file["diff"]
            if terminal.colors(sys.stdout):
                from ionqdsl.cli.paint import paint_difference

                text = paint_difference(text)
        else:
            text = file.get("text", file["file"] if only_looks and file["changed"] else "")
        if text:
            terminal.data(text, exact=True)
    changed = sum(file["changed"] for file in files)
    parts = [f"{_count(changed)} {'would be ' if only_looks else ''}formatted"] if changed else []
    parts += [f"{_count(len(files) - changed)} left unchanged"] if len(files) > changed else []
    if parts and not any("text" in file for file in files):
        terminal.say(", ".join(parts))


def _count(files: int) -> str:
    return f"{files} file{'s' * (files != 1)}"
