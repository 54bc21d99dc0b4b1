"""The playground: a page on this computer to write programs, with everything about them beside the text.

A request's JSON goes in and an answer's JSON comes out (answers.py), over the same stages as the command's; a process
of its own works on them (worker.py), and a web application shows the page to nobody but its user (server.py). Nothing
is sent anywhere, no key is read, and no file but the one it is started with and what that includes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ionqdsl.extras import require

if TYPE_CHECKING:
    from ionqdsl.playground.server import Playground


def start(port: int = 0, path: str | None = None) -> Playground:
    """A playground in a thread of this process: `with playground.start() as page: page.url`.

    `path` is a program to begin with. Raises UsageError where it cannot be read, where the port cannot be had or where
    the packages of the extra `playground` are missing.
    """
    require("playground")
    from ionqdsl.playground.server import Playground

    return Playground(port, path)


__all__ = ["start"]
