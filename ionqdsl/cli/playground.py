"""Serves a page on this computer to write programs and see their circuits and results next to the text.

Errors are shown while you type, and each parameter has a slider. Only this computer can see the page, nothing is sent
anywhere, and no file is written. Ctrl-C ends it. With `--static FOLDER` nothing is served: the page is written as files
that any web server can host, and the browser runs ionqdsl itself.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ionqdsl.cli.terminal import Terminal
from ionqdsl.diagnostics import Diagnostic, UsageError
from ionqdsl.ir import files

if TYPE_CHECKING:
    import argparse


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of `playground`."""
    parser.add_argument("file", nargs="?", metavar="FILE", help="a program to open; it can include files of its folder")
    parser.add_argument("--port", type=int, default=0, help="the port to listen on (a free one)")
    parser.add_argument("--static", metavar="FOLDER", help="write the page to this folder, for any web server")
    parser.add_argument(
        "--pyodide", metavar="FOLDER", help="with --static: the npm package pyodide, unpacked (its public site)"
    )


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Serves the page until it is interrupted, or writes it."""
    is_static = arguments.static is not None
    if (is_static and arguments.port) or (not is_static and arguments.pyodide is not None):
        raise UsageError([Diagnostic("QC1200")])
    if is_static:
        return _write(arguments, terminal)
    from ionqdsl import playground

    with playground.start(arguments.port, arguments.file) as page:
        try:  # the program that reads the address may end the playground at once
            terminal.data(page.url)
            terminal.answer(url=page.url)
            terminal.say("open this address in a browser; Ctrl-C ends the playground", always=True)
            page.wait()
        except KeyboardInterrupt:
            terminal.say("\nended")
    return 0


def _write(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Writes the page's files."""
    from ionqdsl.playground import folder

    goal: str = arguments.static
    _refuse_others(goal)
    contents = folder.files(arguments.pyodide, arguments.file)
    for name, content in contents.items():
        path = os.path.join(goal, *name.split("/"))
        try:
            os.makedirs(os.path.dirname(path), exist_ok=True)
        except OSError as error:
            raise files.cannot_write(path, error) from None
        files.write(path, content)
    terminal.data(goal)
    terminal.answer(folder=goal, files=sorted(contents))
    terminal.say(f"wrote {len(contents)} files; any web server can host the folder: `python -m http.server -d {goal}`")
    return 0


def _refuse_others(goal: str) -> None:
    """Raises UsageError if the folder holds anything but an earlier page."""
    from ionqdsl.playground.folder import is_page

    try:
        if not os.path.isdir(goal) or not os.listdir(goal):
            return
        with open(os.path.join(goal, "setup.json"), encoding="utf-8") as file:
            if is_page(file.read()):
                return
    except (OSError, ValueError):
        pass
    raise UsageError([Diagnostic("QC1157", facts={"folder": goal})])
