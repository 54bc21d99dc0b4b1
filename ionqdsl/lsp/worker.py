"""Checks and compiles for the server, in a process of its own that can be ended at any time.

Requests come in on standard input, one JSON object a line with `task`, `text` and `uri`; an answer goes out for each.
`check` gives errors and warnings, `lint` the linter's remarks, `count` what the code lenses say. Nothing is kept
between requests.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

from ionqdsl.lsp.document import Document
from ionqdsl.lsp.findings import findings, remarks


def _check(document: Document) -> Any:
    return findings(document.source, document.uri)


def _lint(document: Document) -> Any:
    return remarks(document.source, document.uri)


def _count(document: Document) -> Any:
    from ionqdsl.lsp.lenses import counts

    return counts(document.source)


TASKS: dict[str, Callable[[Document], Any]] = {"check": _check, "lint": _lint, "count": _count}


def serve() -> None:
    """Answers until standard input ends. What escapes is a bug and is answered as `error`."""
    for line in sys.stdin.buffer:
        request = json.loads(line)
        try:
            answer = {"result": TASKS[request["task"]](Document(request["text"], request["uri"]))}
        except Exception as error:  # the editor goes on, and says so
            answer = {"error": f"{type(error).__name__}: {error}"}
        sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    serve()
