"""Finds the programs that a command names. ir/files.py writes files, pipeline.read reads programs."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from ionqdsl.record import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse


def add_programs(parser: argparse.ArgumentParser) -> None:
    """Adds the argument for programs and folders of programs, which `programs_below` finds."""
    parser.add_argument(
        "files", nargs="*", default=["."], metavar="FILE", help="programs or folders (.); - is standard input"
    )


def programs_below(paths: list[str]) -> list[str]:
    """The paths, with each folder replaced by the .qc files in it and below, except in hidden folders; no duplicates.

    Pipes and devices in folders are no programs: reading one may never end.

    Raises UsageError for a folder that contains none.
    """
    files: dict[str, None] = {}
    for path in paths:
        if not os.path.isdir(path):
            files[path] = None
            continue
        inside = sorted(_programs_in(path))
        if not inside:
            raise _without_programs(path)
        files.update(dict.fromkeys(inside))
    return list(files)


def _programs_in(folder: str) -> Iterator[str]:
    for here, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        paths = (os.path.normpath(os.path.join(here, name)) for name in names if name.endswith(".qc"))
        yield from (path for path in paths if os.path.isfile(path) or not os.path.exists(path))


def _without_programs(folder: str) -> Exception:
    from ionqdsl.diagnostics import Diagnostic, UsageError

    return UsageError([Diagnostic("QC1047", facts={"folder": folder})])


def spare(inputs: Iterable[str], output: str | None) -> None:
    """Raises UsageError if the output would overwrite an input."""
    from ionqdsl.diagnostics import Diagnostic, UsageError

    if output not in ("-", None) and any(_is_same(path, output) for path in inputs):
        raise UsageError([Diagnostic("QC0813", facts={"path": output})])


def _is_same(first: str, second: str) -> bool:
    """Whether two paths lead to one file that exists."""
    try:
        return os.path.samefile(first, second)
    except OSError:
        return False


def typed(path: str) -> str:
    """A path as a user would type it in a command, with quotes if it has spaces."""
    import shlex  # late: few commands name another
    from subprocess import list2cmdline

    return list2cmdline([path]) if os.name == "nt" else shlex.quote(path)
