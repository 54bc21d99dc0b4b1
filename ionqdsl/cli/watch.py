"""Checks, runs or tests a program again whenever it, or a file that it includes or loads, is saved.

  ionqdsl watch bell.qc                        shows errors and warnings, as `check` does
  ionqdsl watch bell.qc run --shots 1000       runs it; everything after the verb is for that verb
  ionqdsl watch bell.qc test                   runs its tests

Everything happens on this computer, and nothing is sent. Ctrl-C ends it.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterable

import ionqdsl.pipeline as stages
from ionqdsl import formats
from ionqdsl.cli.terminal import Terminal
from ionqdsl.diagnostics import UsageError
from ionqdsl.diagnostics.mistakes import wrong_usage
from ionqdsl.language.includes import open_includes
from ionqdsl.settings import project_file

VERBS = ("check", "lint", "run", "test", "draw", "stats")
SECONDS_BETWEEN_LOOKS = 0.4
"""A look asks the system for the times of a few files, which takes microseconds and works on every kind of disk."""

Stamps = dict[str, tuple[int, int, int] | None]
"""Path -> its time of change, its size and its number on the disk; None where there is no file."""


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `watch`."""
    parser.add_argument("file", metavar="FILE", help="the program to watch")
    parser.add_argument("verb", nargs="?", default="check", choices=VERBS, help="the command to repeat (check)")
    parser.add_argument("flags", nargs=argparse.REMAINDER, metavar="...", help="flags of that command")


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Repeats the command until it is interrupted."""
    from ionqdsl import cli  # late: this module is one of its verbs

    words = _words(arguments)
    stages.read(arguments.file)  # raises an error if the first round would be in vain
    try:
        while True:
            paths = paths_of(arguments.file)
            seen = stamps(paths)  # before the round: a file saved during it counts
            if cli.command(words) == cli.INTERRUPTED:
                raise KeyboardInterrupt
            terminal.say(f"watching {len(paths)} file{'s' * (len(paths) != 1)}; Ctrl-C ends")
            changed = _changed(paths, seen)
            here = os.getcwd() + os.sep
            terminal.say(f"\nchanged: {', '.join(path.removeprefix(here) for path in changed)}")
    except KeyboardInterrupt:
        terminal.say("\nended")
        return 0


def _words(arguments: argparse.Namespace) -> list[str]:
    """The command of one round. Raises UsageError for one that could not work, or that would send something."""
    from ionqdsl.cli import command_line  # late: this module is one of its verbs

    if arguments.file == "-":
        raise wrong_usage("standard input cannot be watched: name a file", usage="ionqdsl watch")
    words = [arguments.verb, arguments.file, *arguments.flags]
    parsed = command_line.parse(words)[1]
    if getattr(parsed, "backend", None) not in (None, "local") and arguments.verb == "run":
        raise wrong_usage("`watch` sends nothing: leave out `--backend`", usage="ionqdsl watch")
    flags = {"--json": arguments.json, "--quiet": arguments.quiet, "--verbose": arguments.verbose}
    values = {"--color": arguments.color, "--profile": arguments.profile}
    given = [f"{flag}={value}" for flag, value in values.items() if value is not None]
    return [*(flag for flag, is_given in flags.items() if is_given), *given, *words]


def paths_of(file: str) -> list[str]:
    """The files that a program's result depends on, those that it includes and that are missing too."""
    paths = [os.path.realpath(file)]
    try:
        source = stages.read(file)
        if formats.format_of(source) == "qc":
            open_includes(source)
            paths += [*source.files, *source.missing]
    except UsageError:  # it is being written, or gone: it alone is watched until it is there
        pass
    settings = project_file(".")
    return [*dict.fromkeys([*paths, *([os.path.realpath(settings)] if settings else [])])]


def stamps(paths: Iterable[str]) -> Stamps:
    """The state of each file now."""
    found: Stamps = {}
    for path in paths:
        try:
            state = os.stat(path)
            found[path] = (state.st_mtime_ns, state.st_size, state.st_ino)
        except OSError:
            found[path] = None
    return found


def _changed(paths: list[str], seen: Stamps) -> list[str]:
    """Waits until files differ from those seen and have come to rest, because a save may have several steps."""
    before = seen
    while True:
        time.sleep(SECONDS_BETWEEN_LOOKS)
        now = stamps(paths)
        if now != seen and now == before and now[paths[0]] is not None:
            return [path for path in paths if now[path] != seen[path]]
        before = now
