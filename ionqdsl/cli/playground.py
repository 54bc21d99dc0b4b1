"""A page on this computer to write programs, with their circuits and what they measure beside the text.

Errors are shown while you type, parameters are sliders. Only this computer can see the page, nothing is sent anywhere,
and no file is written. Ctrl-C ends it.
"""

from __future__ import annotations

import argparse

from ionqdsl.cli.terminal import Terminal


def add_flags(parser: argparse.ArgumentParser) -> None:
    """The flags of `playground`."""
    parser.add_argument("file", nargs="?", metavar="FILE", help="a program to begin with; its folder can be included")
    parser.add_argument("--port", type=int, default=0, help="the port to listen on; any that is free by default")


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Serves the page until it is interrupted."""
    from ionqdsl import playground

    with playground.start(arguments.port, arguments.file) as page:
        try:  # whoever reads the address may end it at once
            terminal.data(page.url)
            terminal.answer(url=page.url)
            terminal.say("open this address in a browser; Ctrl-C ends the playground", always=True)
            page.wait()
        except KeyboardInterrupt:
            terminal.say("\nended")
    return 0
