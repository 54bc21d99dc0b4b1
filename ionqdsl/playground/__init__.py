"""The playground: a page on this computer for writing programs, with their pictures and results next to the text.

Takes a request's JSON and returns an answer's JSON (answers.py), using the same stages as the command; a separate
process computes the answers (worker.py), and a web application shows the page to its user alone (server.py). Nothing is
sent anywhere, no key is read, and no file except the one it is started with and its includes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ionqdsl.diagnostics.extras import require

if TYPE_CHECKING:
    from ionqdsl.playground.server import Playground


def start(port: int = 0, path: str | None = None) -> Playground:
    """A playground in a thread of this process: `with playground.start() as page: page.url`.

    `path` is a program to begin with. Raises UsageError if it cannot be read, if the port is not available or if
    packages of the extra `playground` are missing.
    """
    require("playground")
    from ionqdsl.playground.server import Playground

    return Playground(port, path)


__all__ = ["start"]
