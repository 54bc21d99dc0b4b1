"""Serves a page on this computer to write programs and see their circuits and results next to the text.

Errors are shown while you type, and each parameter has a slider. Only this computer can see the page, nothing is sent
anywhere, and no file is written. Ctrl-C ends it.
"""

from __future__ import annotations

import argparse

from ionqdsl.cli.terminal import Terminal


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of `playground`."""
    parser.add_argument("file", nargs="?", metavar="FILE", help="a program to open; it can include files of its folder")
    parser.add_argument("--port", type=int, default=0, help="the port to listen on (a free one)")


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Serves the page until it is interrupted."""
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
